#ifndef GEO_ROAD_CLIMB_H
#define GEO_ROAD_CLIMB_H

#include "geo/base/buf.h"
#include "geo/road/labels.h"
#include "geo/road/metric.h"

/* The cheapest way from any of some nodes to any of others by a hierarchy and its
 * metric, and the edges that it takes: both sides climb the elimination tree, rank by
 * rank, without a queue (Dibbelt, Strasser, Wagner 2016, section 5.2), and what they
 * climbed by is taken apart into edges. Nothing is kept of one metric for the next. */
struct climb_end {
    int32_t node;    /* the caller's, not a rank */
    int32_t cost_ms; /* from where the way begins to this node, or from it to the end */
};

struct climb_wish {
    const struct climb_end *from, *to;
    int32_t from_count, to_count; /* together at most CLIMB_ENDS_MAX */
    int32_t below_ms;             /* only ways that cost less; METRIC_NEVER: any */
    /* How much dearer than the cheapest, in hundredths, a way over another node may be
     * that climb_meetings tells: 0 is the quickest search. */
    int32_t slack_percent;
};

enum { CLIMB_ENDS_MAX = 256 };

/* Room of one thread; grows to the hierarchy on first use, 16 bytes a node. */
struct climb;
struct climb *climb_new(void);
void climb_free(struct climb *c);

/* The cost of the cheapest way; METRIC_NEVER when there is none below the limit. It lies
 * over a node that both sides climbed to: *meeting, a rank. */
int32_t climb_find(struct climb *c, const struct hierarchy *h, const struct metric *m,
                   const struct climb_wish *wish, int32_t *meeting);

/* The same by labels that fit the metric: they say over which node the way leads, and at
 * each node by which arc, so that only the way itself is climbed. climb_way gives its
 * edges; there is nothing else to be told of it. */
int32_t climb_by_labels(struct climb *c, const struct hierarchy *h, const struct metric *m,
                        const struct labels *l, const struct climb_wish *wish, int32_t *meeting);

/* Of the search just made: every rank that both sides climbed to, with what the way over
 * it costs that the climb knows, ascending by rank. The next search overwrites them. */
struct climb_meeting {
    int32_t rank;
    int32_t cost_ms;
};
const struct climb_meeting *climb_meetings(struct climb *c, int32_t *count);

/* Of the search just made, which went as far as it could: the cheapest way down from a
 * rank to where it ends; METRIC_NEVER when it was not climbed to from there. */
int32_t climb_cost_to(const struct climb *c, int32_t rank);

/* Of the search just made, the way over a rank that both sides climbed to: its edges in
 * order (int32_t, the numbers the metric was priced by) behind what is in `edges`, and
 * at which nodes it begins and ends. *before is how many of them lie before the rank. */
struct climb_way {
    int32_t from, to;
    int32_t before;
};
struct climb_way climb_way(struct climb *c, const struct hierarchy *h, const struct metric *m,
                           int32_t rank, struct buf *edges);

#endif
