#ifndef ENGINE_BATCHES_H
#define ENGINE_BATCHES_H

#include <stdint.h>

#include "engine/live.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"

/* Writes batches of fixes into the database, each in one transaction and exactly once:
 * the number of the batch, the last positions, the history and what the other nodes are
 * told. One connection, used by one thread. */
struct batches;

/* Who writes. No two processes may use the same node_id; 0 is of none: nobody is told. */
struct batches_by {
    int64_t node_id;
    int32_t writer;
};

/* `database` is a libpq string, used at once and copied. */
struct batches *batches_open(const char *database, struct batches_by by, struct fail *f);
void batches_close(struct batches *b);

enum batches_end {
    BATCHES_WRITTEN, /* committed */
    BATCHES_NOT,     /* nothing of it is written */
    BATCHES_UNKNOWN, /* the answer to the commit was lost, and nobody could be asked */
};

/* A fix that comes so long after it was taken is judged by whether its person was tracked
 * then, not only now; the rest is left to clocks that differ. */
enum { BATCHES_LATE_US = 60 * 1000000 };

/* Writes the fixes that have a person_id, at most POSITIONS_BATCH_MAX. Those of people
 * whom the database does not want tracked, or did not when a late one was taken, are left
 * out: their person_id becomes 0, and codes[i] says why; the other codes are left alone.
 * Unless the batch is written, *f says why and the other fixes are as they were. Tries
 * again by itself what may succeed at once. */
enum batches_end batches_write(struct batches *b, struct live_fix *fixes, int32_t count,
                               enum fail_code *codes, struct arena *a, struct fail *f);

#endif
