#ifndef GEO_PLAN_FLOW_H
#define GEO_PLAN_FLOW_H

#include <stdbool.h>
#include <stdint.h>

/* What goes from where it is to where it is wanted at the least cost: minimum-cost flow by
 * the primal network simplex, in whole numbers. After each run the flow of every arc stands
 * beside a price for every node, and the prices alone say how far from the least the cost
 * can be: at the optimum the two are equal, which anyone can add up again.
 *
 * One thread at a time. The same calls give the same flow. */
struct flow;

enum { FLOW_NODES_MAX = 1 << 20, FLOW_ARCS_MAX = 100000000 };

/* What an arc may carry at most, and cost at most (or bring in): then no sum overflows. */
#define FLOW_CAPACITY_MAX ((int64_t)1 << 31)
#define FLOW_COST_MAX     ((int64_t)1 << 40)

struct flow_arc {
    int32_t tail, head;
    int64_t capacity; /* 0 to FLOW_CAPACITY_MAX */
    int64_t cost;     /* of one unit, within FLOW_COST_MAX of 0 */
};

/* `supply` is what a node has; what it wants is below 0; together they must be 0. */
struct flow *flow_new(const int64_t *supply, int32_t node_count, const struct flow_arc *arcs,
                      int32_t arc_count);
void flow_free(struct flow *f);

/* Takes, one after the other, those of `count` arcs from `first` on that pay as things stand: a
 * good beginning, for whoever knows one, spares a run most of its steps. */
void flow_try(struct flow *f, int32_t first, int32_t count);

/* Goes on from where the last run ended, to the optimum, or until `goes_on` says no (asked
 * every FLOW_STEPS steps; NULL: to the end). False when it was stopped. */
enum { FLOW_STEPS = 1000 };
bool flow_run(struct flow *f, bool (*goes_on)(void *self), void *self);

/* Another cost of an arc. The flow stands as it is, so that the next run has little to do. */
void flow_price(struct flow *f, int32_t arc, int64_t cost);

/* What goes along an arc. */
int64_t flow_of(const struct flow *f, int32_t arc);
/* What one more unit at a node would save, or cost; only differences mean anything. */
int64_t flow_worth(const struct flow *f, int32_t node);
/* How many units of supply find no way at all with the arcs that there are: as few as can
 * be. The next two speak of a flow in which there are none. */
int64_t flow_stranded(const struct flow *f);
int64_t flow_cost(const struct flow *f);
/* No flow without stranded units costs less, by the prices as they are now; equal to the
 * cost at the optimum. */
int64_t flow_bound(const struct flow *f);

/* Steps of all runs, for figures. */
int64_t flow_steps(const struct flow *f);

/* Looks at everything again: each node gives what it has, no arc carries what it may not,
 * and no arc could be used, or spared, with profit. */
bool flow_is_best(const struct flow *f);

#endif
