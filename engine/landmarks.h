#ifndef ENGINE_LANDMARKS_H
#define ENGINE_LANDMARKS_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "engine/world.h"
#include "geo/base/fail.h"
#include "geo/point.h"

/* The stations, lookout points and sites of the city in memory, and where they stand on
 * its streets, so that questions that name them need neither the database nor a search
 * for the nearest street. Followed from the database about every two seconds; a new
 * world has them snapped anew. Any number of threads read. */
enum landmarks_kind { LANDMARKS_STATION, LANDMARKS_LOOKOUT_POINT, LANDMARKS_SITE, LANDMARKS_KINDS };

struct landmarks_one {
    enum landmarks_kind kind;
    int64_t id;
    int64_t org_id; /* whoever may see this organisation may see it */
    struct point at;
    uint32_t modes;                /* that have a street near: bits 1 << mode */
    struct spot spots[MODE_COUNT]; /* on the streets of the world of landmarks_version */
};

struct landmarks;

struct landmarks *landmarks_new(struct world_slot *worlds);
void landmarks_free(struct landmarks *l);

/* For engine_every_tick. */
void landmarks_tick(void *self, struct db *db);
/* The same, saying whether it could be done. */
bool landmarks_follow(struct landmarks *l, struct db *db, struct fail *f);

/* Between these two they stay as they are: read briefly. */
void landmarks_read(struct landmarks *l);
void landmarks_read_end(struct landmarks *l);

/* NULL when there is no open one of this id, as far as is known yet. */
const struct landmarks_one *landmarks_find(const struct landmarks *l, enum landmarks_kind kind,
                                           int64_t id);
/* The world whose streets the spots are of; 0: none. */
uint64_t landmarks_version(const struct landmarks *l);

#endif
