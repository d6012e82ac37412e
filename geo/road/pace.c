#include "geo/road/pace.h"

enum { WHOLE = PACE_WHOLE };

/* Both factors at once, rounded half up once; something is always left. */
static int64_t slowed(int64_t speed, int32_t hour, int32_t factor)
{
    const int64_t parts = (int64_t)WHOLE * WHOLE;
    const int64_t left = (speed * hour * factor + parts / 2) / parts;

    return left > 0 ? left : 1;
}

static uint32_t limited(uint32_t length_cm, int64_t speed, int32_t hour, const struct pace_limit *l)
{
    switch (l->kind) {
    case PACE_CLOSED:
        return NETWORK_COST_NEVER;
    case PACE_FACTOR:
        return network_speed_ms(length_cm, slowed(speed, hour, l->value));
    case PACE_SPEED:
        break;
    }
    return network_speed_ms(length_cm, l->value);
}

uint32_t pace_cost(const struct network *n, const struct pace *p, enum mode mode, int32_t edge,
                   const struct pace_limit *limits, int32_t count)
{
    const int32_t s = edge >> 1;
    const int64_t speed = network_speed(n, &p->speeds, mode, s);
    const int32_t hour = p->hour[n->street_class[s]][mode];
    uint32_t most = 0;

    if (!(n->access[s] >> (2 * mode) >> (edge & 1) & 1) || speed <= 0)
        return NETWORK_COST_NEVER;
    for (int32_t i = 0; i < count; i++) {
        const uint32_t cost =
            limits[i].modes >> mode & 1 ? limited(n->length_cm[s], speed, hour, &limits[i]) : 0;

        most = cost > most ? cost : most;
    }
    return most > 0 ? most : network_speed_ms(n->length_cm[s], slowed(speed, hour, WHOLE));
}

void pace_price(const struct network *n, const struct pace *p, enum mode mode,
                const struct pace_limit *limits, int32_t count, uint32_t *cost_ms)
{
    int32_t first = 0;

    for (int32_t edge = 0; edge < 2 * n->segment_count; edge++) {
        int32_t end = first;

        while (end < count && limits[end].edge == edge)
            end++;
        cost_ms[edge] = pace_cost(n, p, mode, edge, limits + first, end - first);
        first = end;
    }
}
