#ifndef GEO_ROAD_ROADS_H
#define GEO_ROAD_ROADS_H

#include "geo/road/graph.h"
#include "geo/road/hierarchy.h"
#include "geo/road/inward.h"
#include "geo/road/labels.h"
#include "geo/road/metric.h"
#include "geo/road/network.h"

/* The streets as they can be used now: the costs of this hour with what is closed, and
 * what makes questions about them fast. A plain data structure: the caller sees to it
 * that nobody reads while it is being changed. */

/* What never changes; it must outlive the roads. The hierarchy is that of the graph's
 * states and arcs (roads_hierarchy). */
struct roads_base {
    const struct network *network; /* with the costs of its table of speeds */
    const struct graph *graph;
    const struct hierarchy *hierarchy;
};

/* The hierarchy for a graph: some seconds for a large city; see hierarchy_take. */
bool roads_hierarchy(const struct graph *g, struct arena *a, struct hierarchy *out, struct fail *f);

/* The one that the network brings when it fits the graph, whose arrays then are the
 * network's; else as roads_hierarchy. */
bool roads_hierarchy_known(const struct network *n, const struct graph *g, struct arena *a,
                           struct hierarchy *out, struct fail *f);

struct roads;

/* With the costs of the network, all labels filled. */
struct roads *roads_new(const struct roads_base *base);
/* For some modes only (bits 1 << mode): of the others nothing is kept, and nothing may be
 * asked or changed. */
struct roads *roads_new_for(const struct roads_base *base, uint32_t modes);
void roads_free(struct roads *r);
size_t roads_bytes(const struct roads *r);

const struct roads_base *roads_base(const struct roads *r);

/* The network with the costs of now; everything else in it is that of the base. What is
 * asked of the streets' layout (snapping) takes the base's. */
const struct network *roads_network(const struct roads *r);

/* Of one mode, per arc of the graph. */
const struct metric *roads_metric(const struct roads *r, enum mode mode);

/* The same costs by where the arcs lead. */
const struct inward *roads_inward(const struct roads *r, enum mode mode);

/* NULL while they are out of date: then the metric answers. */
const struct labels *roads_labels(const struct roads *r, enum mode mode);

/* Some edges cost something else now; NETWORK_COST_NEVER closes one. The network and the
 * metric are right at once and exactly as if they had been made with these costs; the
 * labels of the mode are out of date until roads_label. Nothing happens where nothing
 * changes. */
struct roads_change {
    int32_t edge;
    uint32_t cost_ms;
};
void roads_change(struct roads *r, enum mode mode, const struct roads_change *changes,
                  int32_t count);

/* The same for all edges of a mode (2 x segment_count), in three steps: roads_draft
 * computes beside what is, which others may read meanwhile; roads_adopt exchanges them at
 * once; roads_tidy lets go of what was, when nobody reads it any more. */
void roads_draft(struct roads *r, enum mode mode, const uint32_t *cost_ms);
void roads_adopt(struct roads *r, enum mode mode);
void roads_tidy(struct roads *r, enum mode mode);

/* Brings the labels of a mode up to date, in two steps: roads_label computes what the
 * changes since can concern, and others may read the roads meanwhile, since they are not
 * given these labels; roads_labelled lets them have them. */
void roads_label(struct roads *r, enum mode mode);
void roads_labelled(struct roads *r, enum mode mode);

/* By road from state to state of the graph, milliseconds; NETWORK_COST_NEVER when there
 * is no way. By the labels, else by the metric, which needs `room` for 2 x height of the
 * hierarchy numbers. */
uint32_t roads_distance(const struct roads *r, enum mode mode, int32_t from, int32_t to,
                        int32_t *room);

#endif
