#ifndef GEO_ROAD_METRIC_H
#define GEO_ROAD_METRIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "geo/base/buf.h"
#include "geo/road/hierarchy.h"

/* What the arcs of a hierarchy cost: of each arc, upwards and downwards, the cheapest
 * way that touches only nodes below its lower end (Dibbelt, Strasser, Wagner 2016,
 * section 6, basic customization). With it the cheapest way between any two nodes
 * leads first upwards, then downwards.
 *
 * Costs are milliseconds; METRIC_NEVER and more is never. It is a quarter of what 32
 * bits hold, so that two of them can be added and compared as signed numbers, which
 * every processor does four at a time. 13 bytes an arc, 12 an edge, 4 a node. */
#define METRIC_NEVER (((int32_t)1 << 30) - 1)

struct metric;

/* The edges are those that the hierarchy was made of; they and it must outlive the
 * metric. Every edge costs METRIC_NEVER until metric_price. */
struct metric *metric_new(const struct hierarchy *h, const struct hierarchy_edges *edges);
void metric_free(struct metric *m);
size_t metric_bytes(const struct metric *m);

/* All costs anew, one per edge. */
void metric_price(struct metric *m, const uint32_t *cost_ms);

/* The same in three steps, for who must not make readers wait: metric_draft computes it
 * beside what is, which may be read meanwhile and is not to be changed; metric_adopt puts
 * it in its place, at once; metric_tidy lets go of what was there, when nobody reads it. */
void metric_draft(struct metric *m, const uint32_t *cost_ms);
void metric_adopt(struct metric *m);
void metric_tidy(struct metric *m);

/* Some edges cost something else now. Only the arcs that this touches are computed
 * again, and the outcome is that of metric_price with all costs. Gives the arcs that
 * changed, ascending; they may be read until the next change. */
struct metric_change {
    int32_t edge;
    uint32_t cost_ms;
};
int32_t metric_change(struct metric *m, const struct metric_change *changes, int32_t count,
                      const int32_t **arcs);

/* By arc: from its lower end to its upper, and back. Until the next metric_adopt. */
const int32_t *metric_up(const struct metric *m);
const int32_t *metric_down(const struct metric *m);

/* The edges of the cheapest way that an arc stands for (int32_t, in the order of travel,
 * from the lower end to the upper or, with `is_down`, back), behind what is in `edges`.
 * The arc must cost less than METRIC_NEVER. `waiting` is room that is used anew each
 * time. */
void metric_unpack(const struct metric *m, int32_t arc, bool is_down, struct buf *edges,
                   struct buf *waiting);

/* The cheapest way between two of the caller's nodes, walking up both sides of the
 * elimination tree (section 5.2 there); METRIC_NEVER when there is none. `room` holds
 * 2 x height numbers. */
int32_t metric_distance(const struct metric *m, int32_t from, int32_t to, int32_t *room);

#endif
