#ifndef GEO_ROAD_HIERARCHY_H
#define GEO_ROAD_HIERARCHY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "geo/base/arena.h"
#include "geo/base/fail.h"

/* The part of a customizable contraction hierarchy that knows no costs (Dibbelt,
 * Strasser, Wagner, Customizable Contraction Hierarchies, ACM JEA 21, 2016, sections 2
 * and 5): the nodes in the order in which they are taken out, and the arcs that keep
 * the others connected. Made once for a network; metrics give it costs.
 *
 * Here a node is known by its *rank*: 0 is taken out first. Ranks are a postorder of
 * the elimination tree, so that everything below a node lies directly before it. An
 * *arc* leads up, from the lower rank to the higher, and stands for both directions;
 * arcs are numbered by their lower end, then by their upper end. It never changes, and
 * may be read by any number of threads. */
struct hierarchy {
    int32_t node_count;
    int32_t arc_count;
    int32_t height; /* nodes on the longest way up to a root */

    const int32_t *rank_of; /* of the caller's node */
    const int32_t *node_of; /* of the rank */

    const int32_t *up_first; /* [node_count + 1] into the arcs */
    const int32_t *tail;     /* per arc: its lower end */
    const int32_t *head;     /* per arc: its upper end, ascending for each lower end */

    /* The arcs by their upper end: arc numbers, ascending by lower end. */
    const int32_t *down_first; /* [node_count + 1] into down */
    const int32_t *down;       /* arc_count */

    /* The lowest node that an arc leads to; -1 at a root. Every node that can be
     * reached upwards is one of those above it. */
    const int32_t *parent;
    const int32_t *depth; /* 0 at a root */
};

/* The edges as the caller has them: directed, between any two of its nodes, any number
 * of them, in no order. */
struct hierarchy_edges {
    int32_t node_count;
    int32_t edge_count;
    const int32_t *from, *to;
};

/* Everything lives in the arena. False with ORDER_FAILED, or STREETS_TOO_MANY when
 * more than HIERARCHY_ARCS_MAX arcs are needed. */
enum { HIERARCHY_ARCS_MAX = 400 * 1000 * 1000 };
bool hierarchy_take(struct arena *a, const struct hierarchy_edges *edges, struct hierarchy *out,
                    struct fail *f);

/* The same in an order that is known: order[k] is the node taken out as the k-th, such as
 * node_of of the hierarchy that hierarchy_take made of these edges, which then is made
 * once more. */
bool hierarchy_take_by(struct arena *a, const struct hierarchy_edges *edges, const int32_t *order,
                       struct hierarchy *out, struct fail *f);

/* Whether arrays of somewhere, of at least these counts, are such a hierarchy, whatever
 * stands in them: every number of it follows from the arcs, and the arcs are all that
 * taking the nodes out in this order asks for. Then every search over it is safe, and
 * right for edges that it joins. */
bool hierarchy_sound(const struct hierarchy *h);

/* Whether there is an arc for every edge; loops need none. */
bool hierarchy_joins(const struct hierarchy *h, const struct hierarchy_edges *edges);

/* 24 bytes a node, 12 an arc. */
size_t hierarchy_bytes(const struct hierarchy *h);

/* The arc between two ranks; -1 when there is none. */
int32_t hierarchy_arc(const struct hierarchy *h, int32_t one, int32_t other);

#endif
