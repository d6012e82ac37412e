#ifndef ENGINE_FENCE_GUARD_H
#define ENGINE_FENCE_GUARD_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/crossings.h"
#include "engine/fence_set.h"
#include "engine/footsteps.h"
#include "engine/live.h"
#include "engine/orgs.h"
#include "engine/presence.h"

/* What one process knows of fences, and how a fix goes past them: the part of
 * engine/fences that neither waits nor asks the database. It does not lock; whoever
 * calls it holds the lock of fences. */
struct fence_guard {
    struct live *live;
    struct fence_set *set;       /* NULL before the first */
    struct fence_set_list *list; /* NULL likewise */
    struct presence *presence;
    struct footsteps *footsteps;
    struct crossings *crossings; /* what was seen and is to be written */
    bool is_lost;                /* not all of it: who is inside is to be read anew */
};

void fence_guard_start(struct fence_guard *g, struct live *live);
void fence_guard_end(struct fence_guard *g);

/* Before these fixes are written: notes where their people stand. */
void fence_guard_note(struct fence_guard *g, const struct live_fix *fixes, int32_t count);
/* Afterwards: what came of the ways to them. */
void fence_guard_pass(struct fence_guard *g, const struct orgs *orgs, const struct live_fix *fixes,
                      int32_t count);

/* Holds the last fix of someone who is inside against her fences, when it was received
 * before `until_us`: who moved in another process, or whose fence was moved. */
void fence_guard_look_at(struct fence_guard *g, int64_t person_id, int64_t until_us);

/* All stays anew; what is still to be written is added. `inside` is taken over. */
void fence_guard_exchange(struct fence_guard *g, struct presence *inside);
/* One stay as the database has it; left_us is CROSSING_NOT while it lasts. */
void fence_guard_hear(struct fence_guard *g, int64_t person_id, const struct presence_stay *stay,
                      int64_t left_us);

#endif
