/* What a side knows of a node stands by rank. The nodes that a climb comes by are those
 * above its ends in the elimination tree; they are listed, so that all is unknown again
 * after as many steps as the search took. */
#include "geo/road/climb.h"

#include <assert.h>

#include "geo/base/arena.h"

enum { NONE = -1 };

enum side { START, END };

/* The cost from the start (or to the end) and the arc of the hierarchy by which the
 * climb came; NONE at an end. */
struct hold {
    int32_t cost_ms;
    int32_t arc;
};

struct climb {
    struct arena *arena;
    struct buf holds[2];  /* struct hold by rank; METRIC_NEVER between two searches */
    struct buf seen;      /* int32_t: ranks, ascending, of the last search */
    struct buf meetings;  /* struct climb_meeting */
    struct buf arcs;      /* int32_t */
    struct buf unpacking; /* of metric_unpack */
    int32_t front[CLIMB_ENDS_MAX];
    int32_t front_count;
};

struct climb *climb_new(void)
{
    struct arena *a = arena_new();
    struct climb *c = arena_take(a, 1, sizeof *c);

    c->arena = a;
    return c;
}

void climb_free(struct climb *c)
{
    if (!c)
        return;
    for (int side = 0; side < 2; side++)
        buf_free(&c->holds[side]);
    buf_free(&c->seen);
    buf_free(&c->meetings);
    buf_free(&c->arcs);
    buf_free(&c->unpacking);
    arena_free(c->arena);
}

static struct hold *holds(const struct climb *c, enum side side)
{
    return (void *)c->holds[side].bytes;
}

static int32_t seen_count(const struct climb *c)
{
    return (int32_t)(c->seen.size / sizeof(int32_t));
}

static const int32_t *seen(const struct climb *c)
{
    return (const void *)c->seen.bytes;
}

/* Forgets the search before and makes room for this hierarchy. */
static void begin(struct climb *c, const struct hierarchy *h)
{
    static const struct hold UNKNOWN = { METRIC_NEVER, NONE };
    const size_t bytes = (size_t)h->node_count * sizeof(struct hold);

    for (enum side side = 0; side < 2; side++) {
        for (int32_t i = 0; i < seen_count(c); i++)
            holds(c, side)[seen(c)[i]] = UNKNOWN;
        if (c->holds[side].size < bytes)
            buf_reserve(&c->holds[side], bytes - c->holds[side].size);
        while (c->holds[side].size < bytes) {
            *(struct hold *)(void *)(c->holds[side].bytes + c->holds[side].size) = UNKNOWN;
            c->holds[side].size += sizeof UNKNOWN;
        }
    }
    buf_clear(&c->seen);
    c->front_count = 0;
}

/* Whether the rank was not yet among those from which the climb goes on. */
static void stand_on(struct climb *c, int32_t rank)
{
    for (int32_t i = 0; i < c->front_count; i++)
        if (c->front[i] == rank)
            return;
    c->front[c->front_count++] = rank;
}

static void take_ends(struct climb *c, const struct hierarchy *h, enum side side,
                      const struct climb_end *ends, int32_t count)
{
    for (int32_t i = 0; i < count; i++) {
        const int32_t rank = h->rank_of[ends[i].node];
        struct hold *hold = &holds(c, side)[rank];

        if (ends[i].cost_ms < hold->cost_ms)
            hold->cost_ms = ends[i].cost_ms;
        stand_on(c, rank);
    }
}

/* The lowest node that is still to be climbed from; its parent takes its place. */
static int32_t next_rank(struct climb *c, const struct hierarchy *h)
{
    int32_t lowest = 0;

    for (int32_t i = 1; i < c->front_count; i++)
        if (c->front[i] < c->front[lowest])
            lowest = i;
    const int32_t rank = c->front[lowest];

    c->front[lowest] = c->front[--c->front_count];
    if (h->parent[rank] != NONE)
        stand_on(c, h->parent[rank]);
    return rank;
}

/* Up from a rank, as far as it costs less than `reach`; the highest rank come to. */
static int32_t go_up(const struct hierarchy *h, const int32_t *cost, struct hold *known,
                     int32_t rank, int64_t reach)
{
    const int32_t so_far = known[rank].cost_ms;
    int32_t highest = rank;

    for (int32_t arc = h->up_first[rank]; arc < h->up_first[rank + 1]; arc++) {
        struct hold *there = &known[h->head[arc]];
        const int32_t there_ms = so_far + cost[arc];

        if (there_ms < there->cost_ms && there_ms < reach) {
            *there = (struct hold){ there_ms, arc };
            highest = h->head[arc]; /* they are ascending */
        }
    }
    return highest;
}

static int32_t higher(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

/* The highest rank of the ends, or that of a search without any on this side. */
static int32_t highest_end(const struct hierarchy *h, const struct climb_end *ends, int32_t count)
{
    int32_t highest = count == 0 ? h->node_count : 0;

    for (int32_t i = 0; i < count; i++)
        highest = higher(highest, h->rank_of[ends[i].node]);
    return highest;
}

/* Above the highest rank that one side has come to they cannot meet; what the other has
 * come to by then is only listed, to be forgotten. */
int32_t climb_find(struct climb *c, const struct hierarchy *h, const struct metric *m,
                   const struct climb_wish *wish, int32_t *meeting)
{
    const int32_t *up = metric_up(m);
    const int32_t *down = metric_down(m);
    int32_t from_top = highest_end(h, wish->from, wish->from_count);
    int32_t to_top = highest_end(h, wish->to, wish->to_count);
    int32_t best = wish->below_ms;
    int64_t reach = (int64_t)best * (100 + wish->slack_percent) / 100;

    assert(wish->from_count + wish->to_count <= CLIMB_ENDS_MAX);
    begin(c, h);
    take_ends(c, h, START, wish->from, wish->from_count);
    take_ends(c, h, END, wish->to, wish->to_count);
    *meeting = NONE;
    while (c->front_count > 0) {
        const int32_t rank = next_rank(c, h);

        if (rank > from_top && rank > to_top)
            break;
        buf_put(&c->seen, &rank, sizeof rank);
        if (rank > from_top || rank > to_top)
            continue;
        const int32_t from_ms = holds(c, START)[rank].cost_ms;
        const int32_t to_ms = holds(c, END)[rank].cost_ms;

        if (from_ms + to_ms < best) {
            best = from_ms + to_ms;
            reach = (int64_t)best * (100 + wish->slack_percent) / 100;
            *meeting = rank;
        }
        if (from_ms < reach)
            from_top = higher(from_top, go_up(h, up, holds(c, START), rank, reach));
        if (to_ms < reach)
            to_top = higher(to_top, go_up(h, down, holds(c, END), rank, reach));
    }
    return *meeting == NONE ? METRIC_NEVER : best;
}

/* ------------------------------------------------------------------ by labels */

static const int32_t *row(const struct labels *l, enum side side, int32_t rank)
{
    return side == START ? labels_up_row(l, rank) : labels_down_row(l, rank);
}

/* Where a side goes from a rank, to the node above it at a depth: by one of the arcs whose
 * cost and the rest from there are what the label says of the whole. */
static int32_t next_arc(const struct hierarchy *h, const int32_t *cost, const struct labels *l,
                        enum side side, int32_t rank, int32_t depth)
{
    const int32_t whole_ms = row(l, side, rank)[depth];
    int32_t end = h->up_first[rank];

    for (; end < h->up_first[rank + 1] && h->depth[h->head[end]] >= depth; end++)
        __builtin_prefetch(&row(l, side, h->head[end])[depth]);
    for (int32_t arc = h->up_first[rank]; arc < end; arc++)
        if (cost[arc] + row(l, side, h->head[arc])[depth] == whole_ms)
            return arc;
    return NONE;
}

/* From an end up to the node above it at a depth; that node. */
static int32_t follow(struct climb *c, const struct hierarchy *h, enum side side,
                      const int32_t *cost, const struct labels *l, struct climb_end end,
                      int32_t depth)
{
    struct hold hold = { end.cost_ms, NONE };
    int32_t rank = h->rank_of[end.node];

    for (;;) {
        holds(c, side)[rank] = hold;
        buf_put(&c->seen, &rank, sizeof rank);
        if (h->depth[rank] == depth)
            return rank;
        hold.arc = next_arc(h, cost, l, side, rank, depth);
        assert(hold.arc != NONE);
        hold.cost_ms += cost[hold.arc];
        rank = h->head[hold.arc];
    }
}

int32_t climb_by_labels(struct climb *c, const struct hierarchy *h, const struct metric *m,
                        const struct labels *l, const struct climb_wish *wish, int32_t *meeting)
{
    struct climb_end from = { 0 }, to = { 0 };
    int32_t best = wish->below_ms, depth = NONE;

    begin(c, h);
    *meeting = NONE;
    for (int32_t i = 0; i < wish->from_count; i++)
        for (int32_t j = 0; j < wish->to_count; j++) {
            const int32_t one = h->rank_of[wish->from[i].node];
            const int32_t other = h->rank_of[wish->to[j].node];
            const int32_t common = labels_meet_ranks(l, one, other);
            const int64_t ends_ms = (int64_t)wish->from[i].cost_ms + wish->to[j].cost_ms;

            if (common == NONE || ends_ms >= best)
                continue;
            const int32_t cost_ms =
                labels_least(l, labels_up_row(l, one), labels_down_row(l, other), common);

            if (cost_ms >= METRIC_NEVER || cost_ms + ends_ms >= best)
                continue;
            best = cost_ms + (int32_t)ends_ms;
            from = wish->from[i];
            to = wish->to[j];
            depth = common;
        }
    if (depth == NONE)
        return METRIC_NEVER;
    const int32_t *up = labels_up_row(l, h->rank_of[from.node]);
    const int32_t *down = labels_down_row(l, h->rank_of[to.node]);

    while (up[depth] + down[depth] + from.cost_ms + to.cost_ms != best)
        depth--;
    *meeting = follow(c, h, START, metric_up(m), l, from, depth);
    follow(c, h, END, metric_down(m), l, to, depth);
    return best;
}

/* ------------------------------------------------------------------ what was found */

const struct climb_meeting *climb_meetings(struct climb *c, int32_t *count)
{
    buf_clear(&c->meetings);
    *count = 0;
    for (int32_t i = 0; i < seen_count(c); i++) {
        const int32_t rank = seen(c)[i];
        const int32_t from_ms = holds(c, START)[rank].cost_ms;
        const int32_t to_ms = holds(c, END)[rank].cost_ms;
        const struct climb_meeting one = { rank, from_ms + to_ms };

        if (from_ms >= METRIC_NEVER || to_ms >= METRIC_NEVER || one.cost_ms >= METRIC_NEVER)
            continue;
        buf_put(&c->meetings, &one, sizeof one);
        ++*count;
    }
    return (const void *)c->meetings.bytes;
}

int32_t climb_cost_to(const struct climb *c, int32_t rank)
{
    return holds(c, END)[rank].cost_ms;
}

/* The arcs from the rank down to where the side began; that node. */
static int32_t descend(struct climb *c, const struct hierarchy *h, enum side side, int32_t rank)
{
    buf_clear(&c->arcs);
    for (int32_t arc = holds(c, side)[rank].arc; arc != NONE; arc = holds(c, side)[rank].arc) {
        buf_put(&c->arcs, &arc, sizeof arc);
        rank = h->tail[arc];
    }
    return h->node_of[rank];
}

struct climb_way climb_way(struct climb *c, const struct hierarchy *h, const struct metric *m,
                           int32_t rank, struct buf *edges)
{
    const size_t begin = edges->size;
    struct climb_way way = { .from = descend(c, h, START, rank) };
    const int32_t *arcs = (const void *)c->arcs.bytes;

    for (size_t i = c->arcs.size / sizeof *arcs; i > 0; i--)
        metric_unpack(m, arcs[i - 1], false, edges, &c->unpacking);
    way.before = (int32_t)((edges->size - begin) / sizeof(int32_t));
    way.to = descend(c, h, END, rank);
    arcs = (const void *)c->arcs.bytes;
    for (size_t i = 0; i < c->arcs.size / sizeof *arcs; i++)
        metric_unpack(m, arcs[i], true, edges, &c->unpacking);
    return way;
}
