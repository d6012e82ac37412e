/* Nodes that are above no start cannot be on a way up, so upwards only the others are
 * gone through: their bits are set on the way from each start to the first node that has
 * one already. */
#include "geo/road/sweep.h"

#include <string.h>

#include "geo/base/arena.h"
#include "geo/base/buf.h"

enum { NONE = -1, WORD_BITS = 64 };

struct sweep_room {
    struct arena *arena;
    struct buf above; /* uint64_t: a bit a rank; all zero between two questions */
};

struct sweep_room *sweep_room_new(void)
{
    struct arena *a = arena_new();
    struct sweep_room *room = arena_take(a, 1, sizeof *room);

    room->arena = a;
    return room;
}

void sweep_room_free(struct sweep_room *room)
{
    if (!room)
        return;
    buf_free(&room->above);
    arena_free(room->arena);
}

static uint64_t *bits_for(struct sweep_room *room, int32_t node_count)
{
    const size_t bytes = ((size_t)node_count / WORD_BITS + 1) * sizeof(uint64_t);

    buf_zeroed(&room->above, bytes);
    return (void *)room->above.bytes;
}

static int32_t least(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static void begin(const struct sweep_wish *w, uint64_t *above, int32_t *costs)
{
    const struct hierarchy *h = w->hierarchy;

    for (int32_t rank = 0; rank < h->node_count; rank++)
        costs[rank] = METRIC_NEVER;
    for (int32_t i = 0; i < w->start_count; i++) {
        const int32_t start = h->rank_of[w->starts[i].node];

        costs[start] = least(costs[start], w->starts[i].cost_ms);
        for (int32_t rank = start;
             rank != NONE && !(above[rank / WORD_BITS] >> rank % WORD_BITS & 1);
             rank = h->parent[rank])
            above[rank / WORD_BITS] |= UINT64_C(1) << rank % WORD_BITS;
    }
}

static void go_up(const struct hierarchy *h, const int32_t *rise, int32_t rank, int32_t *costs)
{
    const int32_t mine = costs[rank];

    if (mine >= METRIC_NEVER)
        return;
    for (int32_t arc = h->up_first[rank]; arc < h->up_first[rank + 1]; arc++)
        costs[h->head[arc]] = least(costs[h->head[arc]], mine + rise[arc]);
}

/* Every node once, after all that are above it. */
static void go_down(const struct hierarchy *h, const int32_t *fall, int32_t *costs)
{
    int32_t end = h->up_first[h->node_count];

    for (int32_t rank = h->node_count - 1; rank >= 0; rank--) {
        const int32_t first = h->up_first[rank];
        int32_t best = costs[rank];

        for (int32_t arc = first; arc < end; arc++)
            best = least(best, costs[h->head[arc]] + fall[arc]);
        costs[rank] = best;
        end = first;
    }
}

void sweep_costs(const struct sweep_wish *w, struct sweep_room *room, int32_t *costs)
{
    const struct hierarchy *h = w->hierarchy;
    const int32_t *rise = w->is_towards ? metric_down(w->metric) : metric_up(w->metric);
    const int32_t *fall = w->is_towards ? metric_up(w->metric) : metric_down(w->metric);
    uint64_t *above = bits_for(room, h->node_count);

    begin(w, above, costs);
    for (int32_t word = 0; word <= h->node_count / WORD_BITS; word++) {
        for (uint64_t left = above[word]; left; left &= left - 1)
            go_up(h, rise, word * WORD_BITS + __builtin_ctzll(left), costs);
        above[word] = 0;
    }
    go_down(h, fall, costs);
}
