#ifndef GEO_PLAN_GREEDY_H
#define GEO_PLAN_GREEDY_H

#include "geo/plan/siting.h"

/* The first answer: always the site that adds most next. What a site adds only falls as others
 * are chosen, so most need not be looked at again (lazy greedy). Those that stand come first,
 * in their order; then values[k] is the value of the first k + 1 sites: the curve of what each
 * further point gives. Fewer than s->count when a distance forbids the rest. */
struct greedy {
    int32_t count;
    const int32_t *sites;
    const int64_t *values;
};

void greedy_take(const struct siting *s, struct arena *a, struct greedy *out);

#endif
