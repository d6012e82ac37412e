#ifndef ENGINE_WALKS_H
#define ENGINE_WALKS_H

#include <stdint.h>

#include "engine/db.h"
#include "engine/trail.h"
#include "engine/world.h"
#include "geo/base/buf.h"
#include "geo/cover/witness.h"

/* The patrols that are under way: what those who have checked in for one bear witness of
 * (geo/cover/witness) while they walk, some two minutes behind them, on the streets of their
 * beats or beside them. Their positions come
 * out of memory, and out of the history for what was before somebody was followed. It is
 * proven once more when the patrol is over (engine/proof), from all that came late, too.
 * Belongs to one thread. */
struct walks;

/* On the streets of a world, which is held. */
struct walks *walks_new(const struct world *w);
void walks_free(struct walks *w);

struct walks_room {
    struct db *db;
    struct trail *trail;
    struct arena *arena;
    int64_t now_us;
};

/* Who is on patrol now, and since when; *out is in the arena. */
struct walks_one {
    int64_t person_id;
    int64_t since_us;
};
bool walks_patrolling(struct db *db, struct arena *a, const struct walks_one **out, int32_t *count,
                      struct fail *f);

/* Follows exactly these people (ascending by id) up to now; adds what has become certain
 * (struct witness_piece) to `told`. Whoever is no longer among them has ended. False when
 * the history cannot be read; the next look goes on. */
bool walks_look(struct walks *w, const struct walks_room *room, const struct walks_one *people,
                int32_t count, struct buf *told, struct fail *f);

#endif
