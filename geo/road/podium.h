#ifndef GEO_ROAD_PODIUM_H
#define GEO_ROAD_PODIUM_H

#include "geo/road/nearest.h"

/* The best k of those whom a search has offered so far, each once with her least cost.
 * What is beyond bound_ms can change nothing any more. */
struct podium {
    const struct crowd *crowd;
    const struct nearest_wish *wish;
    uint32_t limit_ms;
    uint32_t bound_ms; /* the limit, or what the last of k comes at */
    int32_t count;
    uint32_t *late_ms; /* ascending, then by id: cost and delay */
    uint32_t *delay_ms;
    uint32_t *length_cm; /* of the way that costs it; NEAREST_UNMEASURED: not known */
    int32_t *slots;
};

void podium_start(struct podium *p, const struct crowd *c, const struct nearest_wish *wish,
                  struct arena *a);

/* Someone who passes the filter of the wish comes at that cost, by a way of that length;
 * whether she is wanted otherwise is asked here. */
void podium_offer(struct podium *p, int32_t slot, uint32_t cost_ms, uint32_t length_cm);

#endif
