#ifndef TESTS_SUPPORT_WEB_H
#define TESTS_SUPPORT_WEB_H

#include <stdint.h>

#include "geo/road/hierarchy.h"

/* A made-up net of streets for what knows nothing but nodes, edges and costs: a
 * lattice with some edges missing, some of one direction, some double, some loops, and
 * shortcuts; the same for the same seed. And the plainest search on it. */
struct web {
    struct hierarchy_edges edges;
    uint32_t *cost_ms; /* per edge; UINT32_MAX: closed */
};

/* side x side nodes; the last few are in a piece of their own. In the arena. */
struct web web_take(struct arena *a, uint64_t seed, int32_t side);

/* A number below `below`, which moves the seed on. */
uint32_t web_chance(uint64_t *seed, uint32_t below);

/* Cost from a node to each, METRIC_NEVER where no way leads: Bellman and Ford's, without
 * any queue. */
void web_costs(const struct web *w, int32_t from, int32_t *costs);

#endif
