#ifndef TESTS_SUPPORT_SITING_RACE_H
#define TESTS_SUPPORT_SITING_RACE_H

#include "geo/plan/dual.h"
#include "geo/plan/greedy.h"
#include "geo/plan/swap.h"

/* Search and bound in a thread each for so many seconds of processor time of their own, until
 * they meet. */
struct siting_race {
    double search_s, bound_s, wall_s; /* processor time; wall */
    int64_t value, bound;             /* the bound in 1/DUAL_SCALE */
    int64_t kicks, steps;
    const int32_t *sites;
    int32_t count;
    const int64_t *prices;
};

/* Everything lives in the arena. */
void siting_race(const struct siting *s, const struct greedy *g, double seconds, uint64_t seed,
                 struct arena *a, struct siting_race *out);

/* Writes the sealed certificate. */
bool siting_race_certify(const struct siting *s, const struct siting_race *r, const char *path);

#endif
