#ifndef ENGINE_FENCES_H
#define ENGINE_FENCES_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/live.h"
#include "engine/orgs.h"
#include "engine/positions.h"
#include "geo/base/fail.h"

/* Watches who comes into fences and who goes. As a stage of positions it sees each fix
 * that this process has committed, together with where she was before; a thread of its
 * own writes what it saw, follows what other processes wrote, and calls the roll where
 * somebody should be. What happened is decided by the database (vigil.fence_visit), so
 * that of a crossing that two processes saw one event is told. A process that starts
 * takes over who is inside from there; who left meanwhile is noticed within seconds.
 *
 * A fix costs one look into a tree of boxes, and for each of at most FENCES_NEAR_MAX
 * fences whose box the way touches, and PRESENCE_FENCES_MAX that she is in, the few edges
 * near it: some microseconds where squares of 120 m cover the city (tools/bar fences),
 * nothing where there is no fence. Not judged are fixes that are not believed, older than
 * the last one, or vaguer than FENCES_ACCURACY_MAX_M; and the way between two that are more
 * than FENCES_GAP_MAX_S apart is not taken for straight. */
struct fences;

enum {
    FENCES_MAX = 20000, /* open ones in a city */
    FENCES_NEAR_MAX = 128,
    FENCES_ACCURACY_MAX_M = 200,
    FENCES_GAP_MAX_S = 900,
};

/* `database` is a libpq string; `live` must outlive this. `orgs` gives the newest
 * organisation tree, which is dropped with orgs_drop. NULL when the database cannot be
 * reached. */
struct fences *fences_open(const char *database, struct live *live,
                           const struct orgs *(*orgs)(void *self), void *self, struct fail *why);
/* When no stage calls it any more: writes what is waiting, if the database is there. */
void fences_close(struct fences *f);

struct positions_stage fences_stage(struct fences *f);

/* Waits until what has passed is written and what the database has changed is known; for
 * tests. False when that does not come about. */
bool fences_settle(struct fences *f);

#endif
