/* An arc (low, high) is made of its own edges and of its *lower triangles*: a node
 * below both ends with arcs to both. Nodes are gone through upwards, so that the arcs
 * from below are final when they are used.
 *
 * A change goes the same way: an arc whose cost changed concerns the arcs between its
 * upper end and the other upper neighbours of its lower end, all of them higher. Of these
 * only those can change that the triangle becomes cheaper than, or that cost what it cost
 * before; they wait in a heap by arc number, are computed anew from their own edges and
 * triangles, and go no further where nothing changed. */
#include "geo/road/metric.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "geo/base/buf.h"

enum { NONE = -1 };

/* All numbers of one set of costs. */
struct costs {
    int32_t *up, *down; /* per arc */
    int32_t *edge_cost; /* per edge */
};

struct metric {
    const struct hierarchy *h;
    struct arena *arena;
    int32_t edge_count;
    int32_t *up, *down;     /* per arc */
    int32_t *edge_cost;     /* per edge */
    struct costs draft;     /* NULLs but between metric_draft and metric_adopt */
    const int32_t *edge_at; /* per edge: 2 x arc, + 1 when it leads down; NONE for a loop */
    int32_t *arc_first;     /* [arc_count + 1] into arc_edges */
    int32_t *arc_edges;     /* the edges of an arc */
    int32_t *arc_to;        /* by rank, for one node at a time: its arc to there, or NONE */
    uint8_t *is_waiting;    /* per arc */
    struct buf heap;        /* int32_t: arcs that wait, the lowest first */
    struct buf changed;     /* int32_t */
};

/* ------------------------------------------------------------------ which edge is where */

static void place_edges(struct metric *m, const struct hierarchy_edges *e)
{
    const struct hierarchy *h = m->h;
    int32_t *at = arena_take(m->arena, (size_t)e->edge_count + 1, sizeof *at);
    int32_t *ends = m->arc_first + 1;

    for (int32_t edge = 0; edge < e->edge_count; edge++) {
        const int32_t from = h->rank_of[e->from[edge]];
        const int32_t to = h->rank_of[e->to[edge]];

        at[edge] = from == to ? NONE : 2 * hierarchy_arc(h, from, to) + (from > to);
        if (at[edge] != NONE)
            ends[(at[edge] >> 1) + 1]++;
    }
    for (int32_t arc = 1; arc <= h->arc_count; arc++)
        ends[arc] += ends[arc - 1];
    for (int32_t edge = 0; edge < e->edge_count; edge++)
        if (at[edge] != NONE)
            m->arc_edges[ends[at[edge] >> 1]++] = edge;
    m->edge_at = at;
}

/* Not from the arena: a draft takes the place of what was there, which goes. */
static struct costs costs_new(const struct hierarchy *h, int32_t edge_count)
{
    const size_t arcs = (size_t)h->arc_count + 1;
    const struct costs c = { malloc(arcs * sizeof *c.up), malloc(arcs * sizeof *c.down),
                             malloc(((size_t)edge_count + 1) * sizeof *c.edge_cost) };

    if (!c.up || !c.down || !c.edge_cost)
        abort();
    return c;
}

static void costs_free(const struct costs *c)
{
    free(c->up);
    free(c->down);
    free(c->edge_cost);
}

static struct costs kept(const struct metric *m)
{
    return (struct costs){ m->up, m->down, m->edge_cost };
}

static void keep(struct metric *m, struct costs c)
{
    m->up = c.up;
    m->down = c.down;
    m->edge_cost = c.edge_cost;
}

struct metric *metric_new(const struct hierarchy *h, const struct hierarchy_edges *edges)
{
    struct arena *a = arena_new();
    struct metric *m = arena_take(a, 1, sizeof *m);
    const size_t arcs = (size_t)h->arc_count;

    m->arena = a;
    m->h = h;
    m->edge_count = edges->edge_count;
    keep(m, costs_new(h, edges->edge_count));
    m->arc_first = arena_take(a, arcs + 2, sizeof *m->arc_first);
    m->arc_edges = arena_take(a, (size_t)edges->edge_count + 1, sizeof *m->arc_edges);
    m->arc_to = arena_take(a, (size_t)h->node_count + 1, sizeof *m->arc_to);
    m->is_waiting = arena_take(a, arcs + 1, sizeof *m->is_waiting);
    place_edges(m, edges);
    for (int32_t node = 0; node < h->node_count; node++)
        m->arc_to[node] = NONE;
    for (int32_t edge = 0; edge < edges->edge_count; edge++)
        m->edge_cost[edge] = METRIC_NEVER;
    for (size_t arc = 0; arc < arcs; arc++)
        m->up[arc] = m->down[arc] = METRIC_NEVER;
    return m;
}

void metric_free(struct metric *m)
{
    if (!m)
        return;
    const struct costs now = kept(m);

    costs_free(&now);
    costs_free(&m->draft);
    buf_free(&m->heap);
    buf_free(&m->changed);
    arena_free(m->arena);
}

size_t metric_bytes(const struct metric *m)
{
    const size_t costs =
        2 * (size_t)m->h->arc_count * sizeof *m->up + (size_t)m->edge_count * sizeof *m->edge_cost;

    return arena_used(m->arena) + costs + m->heap.room + m->changed.room;
}

const int32_t *metric_up(const struct metric *m)
{
    return m->up;
}

const int32_t *metric_down(const struct metric *m)
{
    return m->down;
}

/* ------------------------------------------------------------------ all anew */

static int32_t cost_of(uint32_t cost_ms)
{
    return cost_ms < (uint32_t)METRIC_NEVER ? (int32_t)cost_ms : METRIC_NEVER;
}

static int32_t least(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

/* The cost of an arc's own edges. */
static void own_cost(const struct metric *m, const int32_t *edge_cost, int32_t arc, int32_t *up,
                     int32_t *down)
{
    *up = *down = METRIC_NEVER;
    for (int32_t i = m->arc_first[arc]; i < m->arc_first[arc + 1]; i++) {
        const int32_t edge = m->arc_edges[i];
        int32_t *way = m->edge_at[edge] & 1 ? down : up;

        *way = least(*way, edge_cost[edge]);
    }
}

/* Everything that a node below adds to the arcs of `node`: the way over it, to
 * each of its other upper neighbours. */
static void go_over(const struct metric *m, const struct costs *c, int32_t node, int32_t below)
{
    const struct hierarchy *h = m->h;
    const int32_t to_node = c->up[below];
    const int32_t from_node = c->down[below];

    for (int32_t arc = below + 1; arc < h->up_first[h->tail[below] + 1]; arc++) {
        const int32_t mine = m->arc_to[h->head[arc]];

        assert(mine >= h->up_first[node]);
        c->up[mine] = least(c->up[mine], from_node + c->up[arc]);
        c->down[mine] = least(c->down[mine], c->down[arc] + to_node);
    }
}

void metric_draft(struct metric *m, const uint32_t *cost_ms)
{
    const struct hierarchy *h = m->h;
    const struct costs c = m->draft.up ? m->draft : costs_new(h, m->edge_count);

    for (int32_t edge = 0; edge < m->edge_count; edge++)
        c.edge_cost[edge] = m->edge_at[edge] == NONE ? METRIC_NEVER : cost_of(cost_ms[edge]);
    for (int32_t node = 0; node < h->node_count; node++) {
        for (int32_t arc = h->up_first[node]; arc < h->up_first[node + 1]; arc++) {
            own_cost(m, c.edge_cost, arc, &c.up[arc], &c.down[arc]);
            m->arc_to[h->head[arc]] = arc;
        }
        for (int32_t i = h->down_first[node]; i < h->down_first[node + 1]; i++)
            go_over(m, &c, node, h->down[i]);
        for (int32_t arc = h->up_first[node]; arc < h->up_first[node + 1]; arc++)
            m->arc_to[h->head[arc]] = NONE;
    }
    m->draft = c;
}

void metric_adopt(struct metric *m)
{
    const struct costs before = kept(m);

    assert(m->draft.up);
    keep(m, m->draft);
    m->draft = before;
}

void metric_tidy(struct metric *m)
{
    costs_free(&m->draft);
    m->draft = (struct costs){ 0 };
}

void metric_price(struct metric *m, const uint32_t *cost_ms)
{
    metric_draft(m, cost_ms);
    metric_adopt(m);
    metric_tidy(m);
}

/* ------------------------------------------------------------------ some anew */

static int32_t *waiting(const struct metric *m)
{
    return (void *)m->heap.bytes;
}

static void wait_for(struct metric *m, int32_t arc)
{
    if (m->is_waiting[arc])
        return;
    m->is_waiting[arc] = 1;
    buf_reserve(&m->heap, sizeof arc);

    int32_t *heap = waiting(m);
    size_t i = m->heap.size / sizeof arc;

    m->heap.size += sizeof arc;
    for (; i > 0 && heap[(i - 1) / 2] > arc; i = (i - 1) / 2)
        heap[i] = heap[(i - 1) / 2];
    heap[i] = arc;
}

static int32_t next_waiting(struct metric *m)
{
    int32_t *heap = waiting(m);
    const int32_t first = heap[0];
    const size_t count = m->heap.size / sizeof first - 1;
    const int32_t last = heap[count];
    size_t i = 0;

    m->heap.size -= sizeof first;
    for (size_t child = 1; child < count; child = 2 * i + 1) {
        if (child + 1 < count && heap[child + 1] < heap[child])
            child++;
        if (heap[child] >= last)
            break;
        heap[i] = heap[child];
        i = child;
    }
    heap[i] = last;
    m->is_waiting[first] = 0;
    return first;
}

/* The arc from its edges and lower triangles: both ends' lists of lower arcs are
 * ascending by the node below, and so meet in one pass. */
static bool compute_again(struct metric *m, int32_t arc)
{
    const struct hierarchy *h = m->h;
    int32_t i = h->down_first[h->tail[arc]];
    int32_t j = h->down_first[h->head[arc]];
    const int32_t i_end = h->down_first[h->tail[arc] + 1];
    const int32_t j_end = h->down_first[h->head[arc] + 1];
    int32_t up, down;

    own_cost(m, m->edge_cost, arc, &up, &down);
    while (i < i_end && j < j_end) {
        const int32_t low = h->down[i];
        const int32_t high = h->down[j];

        if (h->tail[low] == h->tail[high]) {
            up = least(up, m->down[low] + m->up[high]);
            down = least(down, m->down[high] + m->up[low]);
        }
        i += h->tail[low] <= h->tail[high];
        j += h->tail[high] <= h->tail[low];
    }
    up = least(up, METRIC_NEVER);
    down = least(down, METRIC_NEVER);
    if (up == m->up[arc] && down == m->down[arc])
        return false;
    m->up[arc] = up;
    m->down[arc] = down;
    return true;
}

/* The arcs between the upper end and the other upper neighbours of the lower end. */
/* Whether a way that another has become could change what it may be the cheapest of. */
static bool matters(int32_t cost, int32_t before, int32_t now)
{
    return now < cost || (before == cost && cost < METRIC_NEVER && now > before);
}

/* `arc` cost these before. Where both sides of a triangle change, the second finds the
 * first as it is now: whatever the sum of both has become, one of the two looks sees it. */
static void concern(struct metric *m, int32_t arc, int32_t was_up, int32_t was_down)
{
    const struct hierarchy *h = m->h;
    const int32_t node = h->tail[arc];
    const int32_t *up = m->up;
    const int32_t *down = m->down;

    for (int32_t other = h->up_first[node]; other < h->up_first[node + 1]; other++) {
        if (other == arc)
            continue;
        const int32_t third = hierarchy_arc(h, h->head[arc], h->head[other]);
        const bool is_lower = h->head[arc] < h->head[other];
        const int32_t out = is_lower ? up[third] : down[third]; /* from this arc's upper end */
        const int32_t in = is_lower ? down[third] : up[third];

        if (matters(out, was_down + up[other], down[arc] + up[other]) ||
            matters(in, down[other] + was_up, down[other] + up[arc]))
            wait_for(m, third);
    }
}

int32_t metric_change(struct metric *m, const struct metric_change *changes, int32_t count,
                      const int32_t **arcs)
{
    buf_clear(&m->changed);
    for (int32_t i = 0; i < count; i++) {
        const int32_t at = m->edge_at[changes[i].edge];

        m->edge_cost[changes[i].edge] = cost_of(changes[i].cost_ms);
        if (at != NONE)
            wait_for(m, at >> 1);
    }
    while (m->heap.size > 0) {
        const int32_t arc = next_waiting(m);
        const int32_t was_up = m->up[arc], was_down = m->down[arc];

        if (!compute_again(m, arc))
            continue;
        buf_put(&m->changed, &arc, sizeof arc);
        concern(m, arc, was_up, was_down);
    }
    *arcs = (void *)m->changed.bytes;
    return (int32_t)(m->changed.size / sizeof(int32_t));
}

/* ------------------------------------------------------------------ what an arc stands for */

/* Calls for what will be looked at when its turn comes: arcs lie anywhere in memory. */
static void put_way(const struct metric *m, struct buf *waiting, int32_t arc, bool is_down)
{
    const int32_t way = 2 * arc + is_down;

    buf_put(waiting, &way, sizeof way);
    __builtin_prefetch(&m->arc_first[arc]);
    __builtin_prefetch(&m->h->tail[arc]);
    __builtin_prefetch(&m->h->head[arc]);
    __builtin_prefetch(&(is_down ? m->down : m->up)[arc]);
}

/* The edge of its own that the arc costs as much as, or NONE. */
static int32_t own_edge(const struct metric *m, int32_t arc, bool is_down, int32_t cost)
{
    for (int32_t i = m->arc_first[arc]; i < m->arc_first[arc + 1]; i++) {
        const int32_t edge = m->arc_edges[i];

        if ((m->edge_at[edge] & 1) == is_down && m->edge_cost[edge] == cost)
            return edge;
    }
    return NONE;
}

/* The arc from the lower end of `first`, behind it, to a node above: they stand by their
 * upper end, nearly always within a few of it, and behind them those of the next node. */
static int32_t arc_above(const struct hierarchy *h, int32_t first, int32_t head)
{
    int32_t arc = first + 1;

    while (arc < h->arc_count && h->head[arc] < head && h->head[arc] > h->head[arc - 1])
        arc++;
    return arc < h->arc_count && h->head[arc] == head && h->tail[arc] == h->tail[first] ? arc
                                                                                        : NONE;
}

/* Calls for what is looked at of the arcs from below. */
static void call_for_some(const struct hierarchy *h, const int32_t *cost, int32_t from, int32_t to)
{
    for (int32_t i = from; i < to; i++) {
        __builtin_prefetch(&cost[h->down[i]]);
        __builtin_prefetch(&h->head[h->down[i]]);
    }
}

/* The two arcs of the lower triangle by which the arc got its cost: first what is
 * travelled last, so that the other is taken from `waiting` before it. */
static void take_apart(const struct metric *m, int32_t arc, bool is_down, int32_t cost,
                       struct buf *waiting)
{
    enum { SOME = 8 };
    const struct hierarchy *h = m->h;
    const int32_t low = h->tail[arc];
    const int32_t begin = h->down_first[low], end = h->down_first[low + 1];
    const int32_t *to_low = is_down ? m->up : m->down;
    const int32_t *to_high = is_down ? m->down : m->up;

    for (int32_t i = begin;; i++) {
        assert(i < end); /* an arc costs what its edges or a triangle cost */
        const int32_t one = h->down[i];

        if ((i - begin) % SOME == 0)
            call_for_some(h, to_low, i, end - i < SOME ? end : i + SOME);
        if (to_low[one] >= cost)
            continue;
        const int32_t other = arc_above(h, one, h->head[arc]);

        if (other == NONE || to_low[one] + to_high[other] != cost)
            continue;
        put_way(m, waiting, is_down ? one : other, false);
        put_way(m, waiting, is_down ? other : one, true);
        return;
    }
}

void metric_unpack(const struct metric *m, int32_t arc, bool is_down, struct buf *edges,
                   struct buf *waiting)
{
    buf_clear(waiting);
    put_way(m, waiting, arc, is_down);
    while (waiting->size > 0) {
        int32_t way;

        waiting->size -= sizeof way;
        memcpy(&way, waiting->bytes + waiting->size, sizeof way);
        const int32_t cost = (way & 1 ? m->down : m->up)[way >> 1];
        const int32_t edge = own_edge(m, way >> 1, way & 1, cost);

        assert(cost < METRIC_NEVER);
        if (edge != NONE)
            buf_put(edges, &edge, sizeof edge);
        else
            take_apart(m, way >> 1, way & 1, cost, waiting);
    }
}

/* ------------------------------------------------------------------ a way */

/* Costs from (or to) `node` of all nodes above it, by depth. */
static void climb(const struct hierarchy *h, const int32_t *cost, int32_t node, int32_t *by_depth)
{
    for (int32_t d = 0; d < h->depth[node]; d++)
        by_depth[d] = METRIC_NEVER;
    by_depth[h->depth[node]] = 0;
    for (int32_t at = node; at != NONE; at = h->parent[at]) {
        const int32_t so_far = by_depth[h->depth[at]];

        if (so_far >= METRIC_NEVER)
            continue;
        for (int32_t arc = h->up_first[at]; arc < h->up_first[at + 1]; arc++) {
            int32_t *there = &by_depth[h->depth[h->head[arc]]];

            *there = least(*there, so_far + cost[arc]);
        }
    }
}

int32_t metric_distance(const struct metric *m, int32_t from, int32_t to, int32_t *room)
{
    const struct hierarchy *h = m->h;
    int32_t one = h->rank_of[from];
    int32_t other = h->rank_of[to];
    int32_t best = METRIC_NEVER;

    climb(h, m->up, one, room);
    climb(h, m->down, other, room + h->height);
    while (one != other && one != NONE && other != NONE) {
        if (one < other)
            one = h->parent[one];
        else
            other = h->parent[other];
    }
    if (one != other)
        return METRIC_NEVER; /* in different trees */
    for (int32_t d = 0; d <= h->depth[one]; d++)
        best = least(best, room[d] + room[h->height + d]);
    return best;
}
