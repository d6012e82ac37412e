#ifndef TESTS_SUPPORT_SLOW_H
#define TESTS_SUPPORT_SLOW_H

#include "geo/road/network.h"

/* The cost from one spot to another by the definition: Bellman-Ford over all edges,
 * with the two spots as points of their own; where turns are forbidden, over all
 * beginnings of bans that a way can end with. Slow, and shares
 * nothing with the searches it judges. NETWORK_COST_NEVER when there is no way. */
uint32_t slow_cost(const struct network *n, enum mode mode, struct spot from, struct spot to);

#endif
