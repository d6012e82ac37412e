#ifndef ENGINE_CROSSINGS_H
#define ENGINE_CROSSINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"

/* What was seen at fences and is still to be written, in its order: a bounded queue, and
 * the writing of it. The queue does not lock. */
struct crossing {
    int64_t fence_id;
    int64_t person_id;
    int64_t enter_us; /* CROSSING_NOT: she did not, as with the next two */
    int64_t leave_us;
    int64_t dwell_us;
};

enum {
    CROSSING_NOT = -1,
    CROSSINGS_MAX = 20000,
    CROSSINGS_BATCH_MAX = 200,
};

struct crossings;

struct crossings *crossings_new(void);
void crossings_free(struct crossings *c);

/* False when the queue is full: this one is lost. */
bool crossings_add(struct crossings *c, const struct crossing *one);
int32_t crossings_count(const struct crossings *c);
/* The i-th that waits. */
const struct crossing *crossings_at(const struct crossings *c, int32_t i);

/* Copies the first that wait, up to where a fence and person come a second time; how
 * many. */
int32_t crossings_head(const struct crossings *c, struct crossing out[CROSSINGS_BATCH_MAX]);
void crossings_drop(struct crossings *c, int32_t count);

/* Writes such a head, and tells of what had not been written by another process before;
 * writing it again changes nothing. */
bool crossings_write(struct db *db, const struct crossing *head, int32_t count, struct arena *a,
                     int64_t *told, struct fail *f);

#endif
