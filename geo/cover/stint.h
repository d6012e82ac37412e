#ifndef GEO_COVER_STINT_H
#define GEO_COVER_STINT_H

#include <stdint.h>

#include "geo/base/arena.h"

/* Times during which somebody is there: [from, to) in whole seconds. */
struct stint {
    int64_t from_s, to_s;
};

/* The times when at least `need` (1 or more) of them are there together, ascending; no two
 * touch. Those without length count for nothing. In the arena. */
int32_t stint_manned(const struct stint *stints, int32_t count, int32_t need, struct arena *a,
                     const struct stint **out);

#endif
