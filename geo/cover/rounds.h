#ifndef GEO_COVER_ROUNDS_H
#define GEO_COVER_ROUNDS_H

#include <stdbool.h>

#include "geo/cover/slab.h"

/* A beat that is walked once through, from its first street to its last, at even pace. */
struct rounds_leg {
    struct range_piece piece;
    bool is_back; /* against the way */
};

/* Says in which direction each leg is walked: so that it leads to the next, where the two
 * meet, else along the way. */
void rounds_turn(const struct network *n, struct rounds_leg *legs, int32_t count);

enum { ROUNDS_BIN_CM = 1000 };

/* What the walk covers: every piece of at most ROUNDS_BIN_CM (cut from the segment's
 * beginning) from the whole second on at which it has been walked to its end, for the
 * window of its segment. In the arena. */
int32_t rounds_walk(const struct rounds_leg *legs, int32_t count, int64_t from_s, int64_t to_s,
                    const int32_t *window_s, struct arena *a, const struct slab **out);

#endif
