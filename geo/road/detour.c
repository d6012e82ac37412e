#include "geo/road/detour.h"

#include <string.h>

#include "geo/road/climb.h"
#include "geo/road/place.h"
#include "geo/road/queue.h"

enum { NONE = -1 };

/* What is known of a state: how it was come by. */
struct hold {
    uint32_t round;
    uint32_t cost_ms;
    int32_t arc; /* of the graph; NONE at a door */
};

/* The cost from a rank to the end, nothing avoided. */
struct guess {
    uint32_t round;
    int32_t cost_ms;
};

struct detour_room {
    struct arena *arena;
    struct climb *climb;
    struct buf holds;   /* struct hold by state */
    struct buf guesses; /* struct guess by rank */
    struct buf chain;   /* int32_t */
    struct buf arcs;    /* int32_t */
    struct queue frontier;
    uint32_t round;
};

struct detour_room *detour_room_new(void)
{
    struct arena *a = arena_new();
    struct detour_room *room = arena_take(a, 1, sizeof *room);

    room->arena = a;
    room->climb = climb_new();
    return room;
}

void detour_room_free(struct detour_room *room)
{
    if (!room)
        return;
    climb_free(room->climb);
    buf_free(&room->holds);
    buf_free(&room->guesses);
    buf_free(&room->chain);
    buf_free(&room->arcs);
    queue_free(&room->frontier);
    arena_free(room->arena);
}

static void begin_round(struct detour_room *room, const struct hierarchy *h)
{
    buf_zeroed(&room->holds, (size_t)h->node_count * sizeof(struct hold));
    buf_zeroed(&room->guesses, (size_t)h->node_count * sizeof(struct guess));
    if (room->round == UINT32_MAX) {
        memset(room->holds.bytes, 0, room->holds.size);
        memset(room->guesses.bytes, 0, room->guesses.size);
        room->round = 0;
    }
    room->round++;
    queue_clear(&room->frontier);
}

struct search {
    const struct network *n;
    const struct graph *g;
    const struct hierarchy *h;
    const struct metric *metric;
    enum mode mode;
    const struct avoid_view *avoid;
    struct detour_room *room;
    const struct place_door *in;
    int32_t in_count;
    uint32_t best_ms;
    int32_t best_door; /* NONE while the best does not leave one segment */
};

/* ------------------------------------------------------------------ the estimate */

static struct guess *guess_of(const struct search *s, int32_t rank)
{
    return (struct guess *)(void *)s->room->guesses.bytes + rank;
}

/* Of a rank whose upper neighbours are known. */
static int32_t guess_from_above(const struct search *s, int32_t rank)
{
    const int32_t *up = metric_up(s->metric);
    int32_t least = climb_cost_to(s->room->climb, rank);

    for (int32_t arc = s->h->up_first[rank]; arc < s->h->up_first[rank + 1]; arc++) {
        const int32_t cost_ms = up[arc] + guess_of(s, s->h->head[arc])->cost_ms;

        least = cost_ms < least ? cost_ms : least;
    }
    return least;
}

/* Everything above a rank is on the way from it to the root; what is not known of that
 * is found from the top down. */
static int32_t guess_ms(const struct search *s, int32_t state)
{
    struct buf *chain = &s->room->chain;
    const int32_t own = s->h->rank_of[state];

    buf_clear(chain);
    for (int32_t rank = own; rank != NONE && guess_of(s, rank)->round != s->room->round;
         rank = s->h->parent[rank])
        buf_put(chain, &rank, sizeof rank);
    const int32_t *ranks = (const void *)chain->bytes;

    for (size_t i = chain->size / sizeof *ranks; i > 0; i--)
        *guess_of(s, ranks[i - 1]) =
            (struct guess){ s->room->round, guess_from_above(s, ranks[i - 1]) };
    return guess_of(s, own)->cost_ms;
}

/* ------------------------------------------------------------------ the search */

static struct hold *hold_of(const struct search *s, int32_t state)
{
    return (struct hold *)(void *)s->room->holds.bytes + state;
}

static void reach(const struct search *s, int32_t state, uint32_t cost_ms, int32_t arc)
{
    struct hold *hold = hold_of(s, state);

    if (cost_ms >= METRIC_NEVER || (hold->round == s->room->round && hold->cost_ms <= cost_ms))
        return;
    const int32_t rest_ms = guess_ms(s, state);

    if (rest_ms >= METRIC_NEVER)
        return;
    *hold = (struct hold){ s->room->round, cost_ms, arc };
    queue_put(
        &s->room->frontier,
        (struct queue_item){ .cost = cost_ms + (uint32_t)rest_ms, .what = state, .id = state });
}

static void arrive(struct search *s, int32_t state, uint32_t cost_ms)
{
    for (int32_t i = 0; i < s->in_count; i++) {
        const uint32_t whole_ms = network_add(cost_ms, s->in[i].cost_ms);

        if (s->in[i].state != state || whole_ms >= s->best_ms)
            continue;
        s->best_ms = whole_ms;
        s->best_door = i;
    }
}

static void settle(struct search *s, int32_t state)
{
    const uint32_t cost_ms = hold_of(s, state)->cost_ms;

    arrive(s, state, cost_ms);
    for (int32_t i = s->g->first_out[state]; i < s->g->first_out[state + 1]; i++) {
        const int32_t arc = s->g->out_arc[i];
        const int32_t edge = s->g->edge[arc];

        if ((s->g->arc_modes[arc] & 1u << s->mode) &&
            s->n->cost_ms[s->mode][edge] < NETWORK_COST_NEVER && !avoid_has(s->avoid, edge >> 1))
            reach(s, s->g->head[arc], network_add(cost_ms, s->n->cost_ms[s->mode][edge]), arc);
    }
}

/* The estimate never falls by more than an edge costs, so a state is right when it is
 * taken out; an older entry of it costs more than it does by now. */
static void look_for(struct search *s)
{
    while (queue_top(&s->room->frontier)) {
        const struct queue_item top = queue_take(&s->room->frontier);
        const uint32_t now_ms = hold_of(s, top.what)->cost_ms + (uint32_t)guess_ms(s, top.what);

        if (top.cost >= s->best_ms)
            return;
        if (top.cost == now_ms)
            settle(s, top.what);
    }
}

/* ------------------------------------------------------------------ from end to end */

/* Those doors whose edge is not avoided. */
static int32_t keep_open(const struct search *s, struct place_door *doors, int32_t count)
{
    int32_t kept = 0;

    for (int32_t i = 0; i < count; i++)
        if (doors[i].edge == PLACE_NO_EDGE || !avoid_has(s->avoid, doors[i].edge >> 1))
            doors[kept++] = doors[i];
    return kept;
}

/* The estimate begins at the doors to the end. */
static void prepare_guesses(const struct search *s)
{
    struct climb_end ends[PLACE_IN_MAX];
    int32_t rank;

    for (int32_t i = 0; i < s->in_count; i++)
        ends[i] = (struct climb_end){ s->in[i].state, (int32_t)s->in[i].cost_ms };
    climb_find(
        s->room->climb, s->h, s->metric,
        &(struct climb_wish){ .to = ends, .to_count = s->in_count, .below_ms = METRIC_NEVER },
        &rank);
}

static void list_edges(const struct search *s, const struct place_door *out, int32_t out_count,
                       struct arena *a, struct leg *leg)
{
    struct buf *arcs = &s->room->arcs;
    int32_t state = s->in[s->best_door].state;
    int32_t first = PLACE_NO_EDGE, count = 0;

    buf_clear(arcs);
    for (int32_t arc = hold_of(s, state)->arc; arc != NONE; arc = hold_of(s, state)->arc) {
        buf_put(arcs, &arc, sizeof arc);
        state = s->g->tail[arc];
    }
    for (int32_t i = 0; i < out_count; i++)
        if (out[i].state == state && out[i].cost_ms == hold_of(s, state)->cost_ms)
            first = out[i].edge;
    const int32_t last = s->in[s->best_door].edge;
    const int32_t *list = (const void *)arcs->bytes;
    int32_t *edges = arena_take(a, arcs->size / sizeof *list + 2, sizeof *edges);

    if (first != PLACE_NO_EDGE)
        edges[count++] = first;
    for (size_t i = arcs->size / sizeof *list; i > 0; i--)
        edges[count++] = s->g->edge[list[i - 1]];
    if (last != PLACE_NO_EDGE)
        edges[count++] = last;
    leg->edges = edges;
    leg->edge_count = count;
    leg->from_within = first != PLACE_NO_EDGE;
    leg->to_within = last != PLACE_NO_EDGE;
}

bool detour_find(const struct roads *r, enum mode mode, struct spot from, struct spot to,
                 const struct avoid_view *avoid, struct detour_room *room, struct arena *a,
                 struct leg *out)
{
    const struct roads_base *base = roads_base(r);
    struct search s = { .n = roads_network(r),
                        .g = base->graph,
                        .h = base->hierarchy,
                        .metric = roads_metric(r, mode),
                        .mode = mode,
                        .avoid = avoid,
                        .room = room,
                        .best_door = NONE };
    struct place_door doors_out[PLACE_OUT_MAX], doors_in[PLACE_IN_MAX];
    struct leg leg = { .from = from, .to = to };
    int32_t edge = PLACE_NO_EDGE;

    begin_round(room, s.h);
    s.best_ms = place_direct(s.n, mode, from, to, &edge);
    if (edge != PLACE_NO_EDGE && avoid_has(avoid, edge >> 1))
        s.best_ms = NETWORK_COST_NEVER;
    const int32_t out_all = place_out(s.n, s.g, mode, from, doors_out);
    const int32_t in_all = place_in(s.n, s.g, mode, to, doors_in);
    const int32_t out_count = keep_open(&s, doors_out, out_all);

    s.in = doors_in;
    s.in_count = keep_open(&s, doors_in, in_all);
    prepare_guesses(&s);
    for (int32_t i = 0; i < out_count; i++)
        reach(&s, doors_out[i].state, doors_out[i].cost_ms, NONE);
    look_for(&s);
    if (s.best_ms >= NETWORK_COST_NEVER)
        return false;
    leg.cost_ms = s.best_ms;
    if (s.best_door != NONE)
        list_edges(&s, doors_out, out_count, a, &leg);
    else
        leg_stay(&leg, edge, a);
    *out = leg;
    return true;
}
