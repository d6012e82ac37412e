#ifndef GEO_ROAD_SWEEP_H
#define GEO_ROAD_SWEEP_H

#include <stddef.h>

#include "geo/road/metric.h"

/* What it costs to come from the nearest of some nodes to every node, or from every node
 * to the nearest of them: up from the starts, then once down over all arcs in the order
 * of their ranks (Delling, Goldberg, Nowatzyk, Werneck, PHAST, IPDPS 2011; on the
 * elimination tree no queue is needed upwards either). The time hardly depends on how
 * many starts there are. */
struct sweep_start {
    int32_t node; /* the caller's */
    int32_t cost_ms;
};

struct sweep_wish {
    const struct hierarchy *hierarchy; /* of the metric */
    const struct metric *metric;
    bool is_towards; /* costs to the starts, not from them */
    const struct sweep_start *starts;
    int32_t start_count;
};

/* Scratch space of one thread: a bit a node. */
struct sweep_room;
struct sweep_room *sweep_room_new(void);
void sweep_room_free(struct sweep_room *room);

/* costs[rank] for each rank of the hierarchy, METRIC_NEVER where no way leads. */
void sweep_costs(const struct sweep_wish *wish, struct sweep_room *room, int32_t *costs);

#endif
