#ifndef ENGINE_MATCHES_H
#define ENGINE_MATCHES_H

#include "engine/world.h"
#include "geo/base/arena.h"
#include "geo/road/match.h"
#include "geo/track.h"

/* A whole track on the streets of a world: which way somebody went, in runs without a gap.
 * The streets are those of the map: what is closed now may have been open then. */
enum { MATCHES_FIX_MAX = 10000 }; /* that a caller may send at once */

struct matches_run {
    int64_t from_us, to_us;
    int64_t length_cm;
    int32_t first_piece, piece_count; /* 0 pieces: nobody moved */
    int32_t point_count;              /* at least one */
    const struct point *points;       /* from where it began to where it ended */
};

struct matches {
    const struct network *network;
    const struct match_place *places; /* one for each fix */
    int32_t place_count;
    const struct match_piece *pieces; /* what follows on the same edge is one */
    int32_t piece_count;
    const struct matches_run *runs;
    int32_t run_count;
};

/* The streets of a world, which is held as long as they are used. */
struct match_streets matches_streets(const struct world *w, enum mode mode);

/* Everything lives in the arena. */
void matches_find(const struct match_streets *streets, const struct match_fix *fixes, int32_t count,
                  struct hop_room *room, struct arena *a, struct matches *out);

/* The fixes of a track as it is kept. */
const struct match_fix *matches_fixes(const struct track_fix *fixes, int32_t count,
                                      struct arena *a);

#endif
