/* The definitions of geo/road/network.h and nearest.h, written out. */
#include "tests/support/slow.h"

#include <stdlib.h>

enum { NEVER = INT32_MAX };

/* The rule for parts, once more and in other words. */
static int64_t part(const struct network *n, enum mode mode, int32_t edge, int64_t cm)
{
    const int64_t whole = n->cost_ms[mode][edge];

    if (cm == 0)
        return 0;
    return whole == NEVER ? NEVER : whole * cm / n->length_cm[edge / 2];
}

static void lower(int64_t *cost, int64_t offer, bool *changed)
{
    if (offer < *cost && offer < NEVER) {
        *cost = offer;
        *changed = true;
    }
}

uint32_t slow_cost(const struct network *n, enum mode mode, struct spot from, struct spot to)
{
    int64_t *cost = malloc((size_t)n->node_count * sizeof *cost);
    int64_t best = NEVER;
    bool changed = true;
    const int32_t s = from.segment;
    const int32_t t = to.segment;
    const int64_t a = from.along_cm;
    const int64_t b = to.along_cm;
    const int64_t rest = n->length_cm[s] - a;
    const int64_t left = n->length_cm[t] - b;

    if (!cost)
        abort();
    for (int32_t v = 0; v < n->node_count; v++)
        cost[v] = NEVER;
    lower(&cost[n->to[s]], part(n, mode, 2 * s, rest), &changed);
    lower(&cost[n->from[s]], part(n, mode, 2 * s + 1, a), &changed);
    while (changed) {
        changed = false;
        for (int32_t i = 0; i < n->segment_count; i++) {
            const int64_t onward = n->cost_ms[mode][2 * (size_t)i];
            const int64_t back = n->cost_ms[mode][2 * (size_t)i + 1];

            if (onward < NEVER)
                lower(&cost[n->to[i]], cost[n->from[i]] + onward, &changed);
            if (back < NEVER)
                lower(&cost[n->from[i]], cost[n->to[i]] + back, &changed);
        }
    }
    if (cost[n->from[t]] < NEVER)
        lower(&best, cost[n->from[t]] + part(n, mode, 2 * t, b), &changed);
    if (cost[n->to[t]] < NEVER)
        lower(&best, cost[n->to[t]] + part(n, mode, 2 * t + 1, left), &changed);
    if (s == t && a <= b)
        lower(&best, part(n, mode, 2 * s, b - a), &changed);
    if (s == t && a >= b)
        lower(&best, part(n, mode, 2 * s + 1, a - b), &changed);
    free(cost);
    return (uint32_t)best;
}
