#ifndef ENGINE_TRAIL_H
#define ENGINE_TRAIL_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/live.h"
#include "engine/positions.h"
#include "geo/base/arena.h"
#include "geo/track.h"

/* Where everybody who is tracked was in the last minutes, in memory: the history of the
 * hour under way has no index over people, and reading somebody's last minutes out of it
 * would read everyone's.
 *
 * A person keeps her newest TRAIL_FIX_MAX fixes for TRAIL_KEEP_S: 32 bytes each, at most
 * 2 KiB, and 64 bytes for herself; 60,000 people on patrol (a fix a minute) take 35 MB, and
 * 130 MB when all of them report every ten seconds. Any thread may call any of these. */
struct trail;

enum { TRAIL_FIX_MAX = 64, TRAIL_KEEP_S = 900 };

/* Knows nothing of what was received before now_us. */
struct trail *trail_new(int64_t now_us);
void trail_free(struct trail *t);

/* Fixes that are committed, here or by another process; self is the trail. A person_id of
 * 0 is passed over, and so is what is there already. */
void trail_passed(void *self, const struct live_fix *fixes, int32_t count);

/* What a writer asks of it: whether a fix is here already, committed (who was not answered
 * sends it again, perhaps behind a newer one), and to keep those that passed. */
struct positions_stage trail_stage(struct trail *t);

/* Something that was received up to now_us may be missing: other processes were not heard. */
void trail_lost(struct trail *t, int64_t now_us);

/* Her fixes of a time, both ends included, as track_sort leaves them. False: there may have
 * been more, so that the database has to be asked. */
bool trail_read(struct trail *t, int64_t person_id, int64_t since_us, int64_t until_us,
                int64_t now_us, struct arena *a, struct track_fix **out, int32_t *count);

/* Forgets whoever was silent for too long or does not agree any more. A part of everyone
 * each time: TRAIL_SWEEPS calls are through. */
enum { TRAIL_SWEEPS = 16 };
void trail_sweep(struct trail *t, struct live *l, int64_t now_us);

/* People it holds fixes of. */
int32_t trail_count(struct trail *t);

#endif
