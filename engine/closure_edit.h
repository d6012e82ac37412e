#ifndef ENGINE_CLOSURE_EDIT_H
#define ENGINE_CLOSURE_EDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "engine/world.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"
#include "geo/figure.h"
#include "geo/road/pace.h"

/* Closures made, changed and lifted, in the caller's transaction and scope; its commit
 * wakes every node (engine/closures). */

/* Which way along a street, or from the first place of a stretch to the second. */
enum closure_edit_direction {
    CLOSURE_EDIT_BOTH,
    CLOSURE_EDIT_FORWARD,
    CLOSURE_EDIT_BACKWARD,
    CLOSURE_EDIT_DIRECTIONS
};
extern const char *const CLOSURE_EDIT_DIRECTION_WORDS[CLOSURE_EDIT_DIRECTIONS];

enum {
    CLOSURE_EDIT_REASON_MAX = 300, /* bytes */
    CLOSURE_EDIT_IDS_MAX = 1000,   /* streets that are named one by one */
    CLOSURE_EDIT_AREA_POINTS_MAX = 2000,
    CLOSURE_EDIT_STREETS_MAX = 20000, /* of one */
    CLOSURE_EDIT_OPEN_MAX = 5000,     /* in a city, and how many streets they are about */
    CLOSURE_EDIT_CITY_STREETS_MAX = 500000,
    CLOSURE_EDIT_SPEED_MIN_KMH = 1,
    CLOSURE_EDIT_SPEED_MAX_KMH = 150,
};

/* What is about streets is said in one of four ways. */
struct closure_edit {
    int64_t closure_id;
    int64_t org_id;
    const char *reason;
    uint32_t modes;   /* bits 1 << mode */
    int32_t factor;   /* thousandths; 0 with the next: closed */
    int32_t speed_mh; /* metres an hour */
    enum closure_edit_direction direction;
    int64_t starts_us, ends_us; /* 0: now; until it is lifted */
    const int64_t *segment_ids;
    const int64_t *sides; /* of each: 1 along, 2 against, 3 both; NULL: as the direction says */
    int32_t segment_count;
    int64_t way_id;            /* 0: not by this */
    const struct figure *area; /* valid; NULL: not by this */
    int64_t version;           /* of one that was read */
};

/* The streets between two places, with their sides, in its direction. */
bool closure_edit_between(struct closure_edit *e, const struct world *w, struct point from,
                          struct point to, struct arena *a, struct fail *f);

/* REFERENCE_UNKNOWN for what is not there or not in scope, CLOSURES_TOO_MANY, and
 * VALUE_NOT_ALLOWED for an end that is past, an area without streets or with too many. */
bool closure_edit_add(struct db *db, const struct closure_edit *e, struct arena *a, struct fail *f);

/* One that is not lifted, for a change of its reason or times. NOT_FOUND. */
bool closure_edit_get(struct db *db, int64_t closure_id, struct arena *a, struct closure_edit *out,
                      struct fail *f);
/* Writes reason and times where e->version is still the row's, or 0. VERSION_STALE. */
bool closure_edit_change(struct db *db, const struct closure_edit *e, struct arena *a,
                         struct fail *f);
/* Fills org_id and reason, or leaves org_id 0 when it is lifted already. */
bool closure_edit_lift(struct db *db, struct closure_edit *e, struct arena *a, struct fail *f);

#endif
