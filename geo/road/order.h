#ifndef GEO_ROAD_ORDER_H
#define GEO_ROAD_ORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "geo/base/fail.h"

/* The order in which the nodes of a graph are taken out, so that what remains falls
 * apart early: nested dissection by small separators (George, Nested dissection of a
 * regular finite element mesh, SIAM J. Numer. Anal. 10, 1973; METIS finds them). The
 * home of METIS. It depends on the shape of the graph alone, not on any cost; the same
 * graph always gets the same order.
 *
 * The graph is undirected: neighbours of node i are heads[firsts[i]] to
 * heads[firsts[i + 1] - 1], each edge stands at both its ends, none leads to its own
 * node or twice to the same. order[k] becomes the node taken out as the k-th. False
 * with ORDER_FAILED. */
bool order_find(int32_t node_count, const int32_t *firsts, const int32_t *heads, int32_t *order,
                struct fail *f);

#endif
