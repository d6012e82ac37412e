#ifndef GEO_ROAD_LABELS_H
#define GEO_ROAD_LABELS_H

#include <stddef.h>
#include <stdint.h>

#include "geo/road/metric.h"

/* Of every node the cost to and from each of those above it in the elimination tree,
 * as two rows by depth: the cheapest way between two nodes passes one that is above
 * both, so it is the least sum of two rows up to where their ways to the root meet
 * (hub labels on the order of a customizable hierarchy: Abraham, Delling, Goldberg,
 * Werneck, Hierarchical hub labelings, ESA 2012; Ouyang et al., When hierarchy meets
 * 2-hop-labeling, SIGMOD 2018). A sweep from the roots down fills them, so new costs
 * need no new labels but only new numbers.
 *
 * 8 bytes for each node and each above it: some 1,400 a node for a large city. Any
 * number of threads may read while nobody fills. */
struct labels;

struct labels *labels_new(const struct hierarchy *h);
void labels_free(struct labels *l);
size_t labels_bytes(const struct labels *l);

/* Everything from the metric. */
void labels_fill(struct labels *l, const struct metric *m);
/* Only what the changed arcs can concern: the nodes below the lower end of one. */
void labels_refill(struct labels *l, const struct metric *m, const int32_t *arcs, int32_t count);

/* From one of the caller's nodes to another; METRIC_NEVER when there is no way. */
int32_t labels_distance(const struct labels *l, int32_t from, int32_t to);

/* From one node to many: costs[i] to nodes[i]; and to one from many. */
void labels_from(const struct labels *l, int32_t from, const int32_t *nodes, int32_t count,
                 int32_t *costs);
void labels_to(const struct labels *l, int32_t to, const int32_t *nodes, int32_t count,
               int32_t *costs);

/* For those who take many costs at once, by rank: of a node the costs to those above
 * it, and from them, each by depth from a root's 0 to the node's own. They may be read
 * until the labels are filled the next time. */
const int32_t *labels_up_row(const struct labels *l, int32_t rank);
const int32_t *labels_down_row(const struct labels *l, int32_t rank);
/* How deep down the ways of two ranks from the root are the same; -1: nowhere. */
int32_t labels_meet_ranks(const struct labels *l, int32_t one, int32_t other);
/* The least sum of two such numbers down to a depth, of at most METRIC_NEVER each. */
int32_t labels_least(const struct labels *l, const int32_t *row, const int32_t *other,
                     int32_t depth);
/* labels_meet_ranks of one and each of many. */
void labels_meet_many(const struct labels *l, int32_t one, const int32_t *others, int32_t count,
                      int32_t *depths);
/* Another row in the place of the node's own: labels_from is labels_from_row with the
 * node's row upwards. */
void labels_from_row(const struct labels *l, int32_t from, const int32_t *row, const int32_t *nodes,
                     int32_t count, int32_t *costs);
void labels_to_row(const struct labels *l, int32_t to, const int32_t *row, const int32_t *nodes,
                   int32_t count, int32_t *costs);

#endif
