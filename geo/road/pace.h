#ifndef GEO_ROAD_PACE_H
#define GEO_ROAD_PACE_H

#include "geo/road/network.h"

/* What the edges cost at one moment: the speeds of classes and modes, how much of them is
 * left at this hour, and what is closed or slowed. Of two moments with the same of these
 * the costs are the same, whatever came between. */

enum {
    PACE_WHOLE = 1000, /* thousandths: the speed as it is in the table */
    PACE_FACTOR_MIN = 10,
    PACE_FACTOR_MAX = 5000,
};

struct pace {
    struct network_speeds speeds;
    int32_t hour[STREET_CLASS_COUNT][MODE_COUNT]; /* thousandths, this hour */
};

/* Of one edge and some modes. */
struct pace_limit {
    int32_t edge;
    uint32_t modes; /* bits 1 << mode */
    enum {
        PACE_CLOSED,
        PACE_FACTOR, /* thousandths of the speed of this hour */
        PACE_SPEED,  /* so many metres an hour, whatever the table and the signs say */
    } kind;
    int32_t value;
};

/* The cost of an edge under the limits that are about it: rounded up once, as
 * network_price does. Of several limits the one that makes it cost most counts; nothing
 * opens what the mode may not use at all. */
uint32_t pace_cost(const struct network *n, const struct pace *p, enum mode mode, int32_t edge,
                   const struct pace_limit *limits, int32_t count);

/* Of all edges, 2 x segment_count; the limits are ascending by edge. */
void pace_price(const struct network *n, const struct pace *p, enum mode mode,
                const struct pace_limit *limits, int32_t count, uint32_t *cost_ms);

#endif
