#include "tests/support/web.h"

#include "geo/road/metric.h"

enum { PIECE = 5 };

uint32_t web_chance(uint64_t *seed, uint32_t below)
{
    *seed ^= *seed << 13; /* Marsaglia, Xorshift RNGs, 2003 */
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return (uint32_t)(*seed >> 32) % below;
}

struct maker {
    int32_t *from, *to;
    uint32_t *cost_ms;
    int32_t count;
    uint64_t seed;
};

static void put(struct maker *m, int32_t from, int32_t to)
{
    m->from[m->count] = from;
    m->to[m->count] = to;
    m->cost_ms[m->count++] = web_chance(&m->seed, 20) == 0 ? 0 : 1 + web_chance(&m->seed, 5000);
}

static void put_street(struct maker *m, int32_t one, int32_t other)
{
    const uint32_t kind = web_chance(&m->seed, 10);

    if (kind == 0)
        return;
    put(m, one, other);
    if (kind > 2)
        put(m, other, one);
    if (kind == 9)
        put(m, one, other);
}

struct web web_take(struct arena *a, uint64_t seed, int32_t side)
{
    const int32_t count = side * side;
    const size_t room = 8 * (size_t)count;
    struct maker m = {
        .from = arena_take(a, room, sizeof *m.from),
        .to = arena_take(a, room, sizeof *m.to),
        .cost_ms = arena_take(a, room, sizeof *m.cost_ms),
        .seed = seed * 0x9E3779B97F4A7C15u + 1,
    };

    for (int32_t i = 0; i < count - PIECE; i++) {
        if (i % side != side - 1 && i + 1 < count - PIECE)
            put_street(&m, i, i + 1);
        if (i + side < count - PIECE)
            put_street(&m, i, i + side);
        if (web_chance(&m.seed, 30) == 0)
            put(&m, i, (int32_t)web_chance(&m.seed, (uint32_t)(count - PIECE)));
    }
    for (int32_t i = count - PIECE; i < count - 1; i++)
        put(&m, i, i + 1);
    return (struct web){
        .edges = { .node_count = count, .edge_count = m.count, .from = m.from, .to = m.to },
        .cost_ms = m.cost_ms,
    };
}

void web_costs(const struct web *w, int32_t from, int32_t *costs)
{
    bool is_moving = true;

    for (int32_t i = 0; i < w->edges.node_count; i++)
        costs[i] = METRIC_NEVER;
    costs[from] = 0;
    while (is_moving) {
        is_moving = false;
        for (int32_t e = 0; e < w->edges.edge_count; e++) {
            const int64_t there = (int64_t)costs[w->edges.from[e]] + w->cost_ms[e];

            if (there < costs[w->edges.to[e]]) {
                costs[w->edges.to[e]] = (int32_t)there;
                is_moving = true;
            }
        }
    }
}
