#ifndef ENGINE_FENCE_EDIT_H
#define ENGINE_FENCE_EDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"
#include "geo/figure.h"

/* Fences made, changed and closed, in the caller's transaction and scope. Processes
 * learn of it within two seconds (engine/fences). */

/* What is told of it, as bits of 1 << kind. */
enum fence_edit_kind {
    FENCE_EDIT_ENTER,
    FENCE_EDIT_LEAVE,
    FENCE_EDIT_DWELL,  /* has stayed for dwell_s */
    FENCE_EDIT_ABSENT, /* should be there by the roster and is not */
    FENCE_EDIT_KINDS
};
extern const char *const FENCE_EDIT_KIND_WORDS[FENCE_EDIT_KINDS];

/* About whom. */
enum fence_edit_whom {
    FENCE_EDIT_EVERYONE, /* of its organisation and those below it */
    FENCE_EDIT_SQUAD,
    FENCE_EDIT_ROSTERED,   /* who has a shift there at the time */
    FENCE_EDIT_DISPATCHED, /* whom the incident has */
    FENCE_EDIT_WHOMS
};
extern const char *const FENCE_EDIT_WHOM_WORDS[FENCE_EDIT_WHOMS];

enum {
    FENCE_EDIT_NAME_MAX = 200, /* bytes */
    FENCE_EDIT_RADIUS_MIN = 10,
    FENCE_EDIT_MARGIN_MAX = 500,
    FENCE_EDIT_MARGIN_USUAL = 10,
    FENCE_EDIT_DWELL_MIN = 10,
    FENCE_EDIT_DWELL_MAX = 86400,
    FENCE_EDIT_GRACE_MAX = 3600,
    FENCE_EDIT_GRACE_USUAL = 300,
};

/* What may be changed later. */
struct fence_edit_rules {
    const char *name;
    int64_t radius_m; /* 0: of an area; of a lookout point, its reach; of an incident, 50 */
    int64_t margin_m;
    uint32_t kinds;
    int64_t dwell_s; /* 0: none */
    int64_t grace_s;
};

/* One of: around a lookout point, a grid, an incident, or by its own shape. */
struct fence_edit {
    int64_t fence_id;
    int64_t org_id;
    int64_t lookout_point_id, grid_id, incident_id;
    const struct figure *figure; /* one point, or valid areas */
    bool is_area;                /* by its own shape or its grid's; else a circle */
    enum fence_edit_whom whom;
    int64_t squad_id;
    struct fence_edit_rules rules;
    int64_t version; /* of one that was read */
};

/* Whether its parts go together; says which key does not. The second is for one that
 * was read and is to be changed. */
bool fence_edit_check(const struct fence_edit *e, struct fail *f);
bool fence_edit_check_rules(const struct fence_edit *e, struct fail *f);

/* Whether all it names is open, in scope and at or below its organisation, else
 * REFERENCE_UNKNOWN; and FENCES_TOO_MANY when the city has FENCES_MAX. */
bool fence_edit_add(struct db *db, const struct fence_edit *e, struct arena *a, struct fail *f);

/* An open one, for a change; without its figure. NOT_FOUND. */
bool fence_edit_get(struct db *db, int64_t fence_id, struct arena *a, struct fence_edit *out,
                    struct fail *f);
/* Writes its rules where e->version is still the row's, or 0. VERSION_STALE. */
bool fence_edit_change(struct db *db, const struct fence_edit *e, struct arena *a, struct fail *f);
/* Fills org_id and whom, or leaves org_id 0 when there is no open one. */
bool fence_edit_close(struct db *db, struct fence_edit *e, struct arena *a, struct fail *f);

#endif
