#include "geo/road/leg.h"

#include <stdlib.h>
#include <string.h>

#include "geo/road/climb.h"
#include "geo/road/place.h"

struct leg_room {
    struct arena *arena;
    struct climb *climb;
    struct buf arcs;     /* int32_t */
    struct buf meetings; /* struct climb_meeting */
    struct buf taken;    /* by edge: 1 << the ways that were chosen; 0 between two questions */
    struct buf passed;   /* by junction: a byte; 0 between two ways */
    struct buf heights;  /* for roads_distance */
};

struct leg_room *leg_room_new(void)
{
    struct arena *a = arena_new();
    struct leg_room *room = arena_take(a, 1, sizeof *room);

    room->arena = a;
    room->climb = climb_new();
    return room;
}

void leg_room_free(struct leg_room *room)
{
    if (!room)
        return;
    climb_free(room->climb);
    buf_free(&room->arcs);
    buf_free(&room->meetings);
    buf_free(&room->taken);
    buf_free(&room->passed);
    buf_free(&room->heights);
    arena_free(room->arena);
}

/* The doors at both ends, as a climb takes them. */
struct doors {
    int32_t out_count, in_count;
    struct place_door out[PLACE_OUT_MAX], in[PLACE_IN_MAX];
    struct climb_end from[PLACE_OUT_MAX], to[PLACE_IN_MAX];
};

static void as_ends(const struct place_door *doors, int32_t count, struct climb_end *ends)
{
    for (int32_t i = 0; i < count; i++)
        ends[i] = (struct climb_end){ doors[i].state, (int32_t)doors[i].cost_ms };
}

static void open_doors(const struct roads *r, enum mode mode, struct spot from, struct spot to,
                       struct doors *d)
{
    const struct network *n = roads_network(r);
    const struct graph *g = roads_base(r)->graph;

    d->out_count = place_out(n, g, mode, from, d->out);
    d->in_count = place_in(n, g, mode, to, d->in);
    as_ends(d->out, d->out_count, d->from);
    as_ends(d->in, d->in_count, d->to);
}

/* The edge of the cheapest door at a state; PLACE_NO_EDGE at a junction. */
static int32_t edge_of(const struct place_door *doors, int32_t count, int32_t state)
{
    const struct place_door *best = NULL;

    for (int32_t i = 0; i < count; i++)
        if (doors[i].state == state && (!best || doors[i].cost_ms < best->cost_ms))
            best = &doors[i];
    return best ? best->edge : PLACE_NO_EDGE;
}

/* The edges of the way over a rank, those of the doors at its ends. */
static struct climb_way list_edges(const struct roads *r, enum mode mode, const struct doors *d,
                                   int32_t rank, struct leg_room *room, struct arena *a,
                                   struct leg *leg)
{
    const struct roads_base *base = roads_base(r);

    buf_clear(&room->arcs);
    const struct climb_way way =
        climb_way(room->climb, base->hierarchy, roads_metric(r, mode), rank, &room->arcs);
    const int32_t *arcs = (const void *)room->arcs.bytes;
    const int32_t arc_count = (int32_t)(room->arcs.size / sizeof *arcs);
    const int32_t first = edge_of(d->out, d->out_count, way.from);
    const int32_t last = edge_of(d->in, d->in_count, way.to);
    int32_t *edges = arena_take(a, (size_t)arc_count + 2, sizeof *edges);
    int32_t count = 0;

    if (first != PLACE_NO_EDGE)
        edges[count++] = first;
    for (int32_t i = 0; i < arc_count; i++)
        edges[count++] = base->graph->edge[arcs[i]];
    if (last != PLACE_NO_EDGE)
        edges[count++] = last;
    leg->edges = edges;
    leg->edge_count = count;
    leg->from_within = first != PLACE_NO_EDGE;
    leg->to_within = last != PLACE_NO_EDGE;
    return way;
}

void leg_stay(struct leg *leg, int32_t edge, struct arena *a)
{
    int32_t *only = arena_take(a, 1, sizeof *only);

    *only = edge;
    leg->edges = only;
    leg->edge_count = edge == PLACE_NO_EDGE ? 0 : 1;
    leg->from_within = leg->to_within = true;
}

bool leg_find(const struct roads *r, enum mode mode, struct spot from, struct spot to,
              uint32_t most_ms, struct leg_room *room, struct arena *a, struct leg *out)
{
    struct leg leg = { .from = from, .to = to };
    struct doors doors;
    int32_t edge = PLACE_NO_EDGE, rank;
    const uint32_t direct_ms = place_direct(roads_network(r), mode, from, to, &edge);
    const uint32_t below_ms = direct_ms <= most_ms ? direct_ms : most_ms + 1;

    open_doors(r, mode, from, to, &doors);
    const struct climb_wish wish = {
        .from = doors.from,
        .to = doors.to,
        .from_count = doors.out_count,
        .to_count = doors.in_count,
        .below_ms = below_ms < METRIC_NEVER ? (int32_t)below_ms : METRIC_NEVER,
    };
    const struct hierarchy *h = roads_base(r)->hierarchy;
    const struct metric *m = roads_metric(r, mode);
    const struct labels *labels = roads_labels(r, mode);
    const int32_t cost_ms = labels ? climb_by_labels(room->climb, h, m, labels, &wish, &rank)
                                   : climb_find(room->climb, h, m, &wish, &rank);

    if (cost_ms < METRIC_NEVER) {
        leg.cost_ms = (uint32_t)cost_ms;
        list_edges(r, mode, &doors, rank, room, a, &leg);
    } else if (direct_ms < NETWORK_COST_NEVER && direct_ms <= most_ms) {
        leg.cost_ms = direct_ms;
        leg_stay(&leg, edge, a);
    } else {
        return false;
    }
    *out = leg;
    return true;
}

/* ------------------------------------------------------------------ other ways */

struct choosing {
    const struct roads *r;
    enum mode mode;
    const struct leg *best;
    const struct doors *doors;
    struct leg_room *room;
    int32_t chosen; /* ways, the best among them */
};

static void mark(const struct choosing *c, const struct leg *leg, bool is_taken)
{
    uint8_t *taken = (uint8_t *)c->room->taken.bytes;

    for (int32_t i = 0; i < leg->edge_count; i++)
        taken[leg->edges[i]] = (uint8_t)(is_taken ? taken[leg->edges[i]] | 1u << c->chosen : 0);
}

/* What of a way costs as much as it has in common with one of those chosen, at most. */
static uint32_t shared_ms(const struct choosing *c, const struct leg *leg)
{
    const uint32_t *cost = roads_network(c->r)->cost_ms[c->mode];
    const uint8_t *taken = (const uint8_t *)c->room->taken.bytes;
    uint32_t shared[LEG_OTHERS_MAX + 1] = { 0 }, most = 0;

    for (int32_t i = 0; i < leg->edge_count; i++)
        for (int32_t way = 0; way < c->chosen; way++)
            if (taken[leg->edges[i]] >> way & 1)
                shared[way] = network_add(shared[way], cost[leg->edges[i]]);
    for (int32_t way = 0; way < c->chosen; way++)
        most = shared[way] > most ? shared[way] : most;
    return most;
}

static bool passes_twice(const struct choosing *c, const struct leg *leg)
{
    const struct network *n = roads_network(c->r);
    uint8_t *passed = (uint8_t *)c->room->passed.bytes;
    bool twice = false;

    for (int32_t i = 0; i + 1 < leg->edge_count; i++) {
        uint8_t *here = &passed[network_head(n, leg->edges[i])];

        twice |= *here;
        *here = 1;
    }
    for (int32_t i = 0; i + 1 < leg->edge_count; i++)
        passed[network_head(n, leg->edges[i])] = 0;
    return twice;
}

/* Whether the way is the cheapest from so far before the node that it was found over to
 * so far behind it (the T-test there). */
static bool is_best_around(const struct choosing *c, const struct climb_way *way)
{
    const struct graph *g = roads_base(c->r)->graph;
    const uint32_t *cost = roads_network(c->r)->cost_ms[c->mode];
    const uint64_t far_ms = (uint64_t)c->best->cost_ms * LEG_LOCAL_PERCENT / 100;
    const int32_t *arcs = (const void *)c->room->arcs.bytes;
    const int32_t count = (int32_t)(c->room->arcs.size / sizeof *arcs);
    uint64_t before_ms = 0, behind_ms = 0;
    int32_t from = way->before, to = way->before;

    while (from > 0 && before_ms < far_ms)
        before_ms += cost[g->edge[arcs[--from]]];
    while (to < count && behind_ms < far_ms)
        behind_ms += cost[g->edge[arcs[to++]]];
    if (from == to)
        return true;
    buf_zeroed(&c->room->heights,
               2 * (size_t)roads_base(c->r)->hierarchy->height * sizeof(int32_t));
    return roads_distance(c->r, c->mode, g->tail[arcs[from]], g->head[arcs[to - 1]],
                          (void *)c->room->heights.bytes) == before_ms + behind_ms;
}

static int by_cost(const void *left, const void *right)
{
    const struct climb_meeting *a = left, *b = right;

    if (a->cost_ms != b->cost_ms)
        return a->cost_ms < b->cost_ms ? -1 : 1;
    return (a->rank > b->rank) - (a->rank < b->rank);
}

/* The nodes that both sides climb to, the cheapest to come by first. */
static int32_t list_meetings(const struct choosing *c, struct leg_room *room)
{
    const struct climb_wish wish = { .from = c->doors->from,
                                     .to = c->doors->to,
                                     .from_count = c->doors->out_count,
                                     .to_count = c->doors->in_count,
                                     .below_ms = METRIC_NEVER,
                                     .slack_percent = LEG_STRETCH_PERCENT };
    int32_t rank, count;

    climb_find(room->climb, roads_base(c->r)->hierarchy, roads_metric(c->r, c->mode), &wish, &rank);
    const struct climb_meeting *found = climb_meetings(room->climb, &count);

    buf_clear(&room->meetings);
    buf_put(&room->meetings, found, (size_t)count * sizeof *found);
    qsort(room->meetings.bytes, (size_t)count, sizeof *found, by_cost);
    return count;
}

uint32_t leg_length_cm(const struct network *n, const struct leg *leg)
{
    uint32_t length_cm = 0;

    for (int32_t i = 0; i < leg->edge_count; i++) {
        const bool back = leg->edges[i] & 1;
        const uint32_t whole_cm = n->length_cm[leg->edges[i] >> 1];
        const bool is_first = i == 0 && leg->from_within;
        const bool is_last = i == leg->edge_count - 1 && leg->to_within;
        const uint32_t begin_cm = is_first ? leg->from.along_cm : back ? whole_cm : 0;
        const uint32_t end_cm = is_last ? leg->to.along_cm : back ? 0 : whole_cm;

        length_cm += begin_cm < end_cm ? end_cm - begin_cm : begin_cm - end_cm;
    }
    return length_cm;
}

int32_t leg_others(const struct roads *r, enum mode mode, const struct leg *best, int32_t most,
                   struct leg_room *room, struct arena *a, struct leg *out)
{
    const struct network *n = roads_network(r);
    const uint64_t dearest_ms = (uint64_t)best->cost_ms * (100 + LEG_STRETCH_PERCENT) / 100;
    const uint64_t most_shared_ms = (uint64_t)best->cost_ms * LEG_SHARED_PERCENT / 100;
    struct doors doors;
    struct choosing c = { r, mode, best, &doors, room, 0 };
    int32_t found = 0;

    open_doors(r, mode, best->from, best->to, &doors);
    buf_zeroed(&room->taken, 2 * (size_t)n->segment_count);
    buf_zeroed(&room->passed, (size_t)n->node_count);
    const int32_t count = list_meetings(&c, room);

    mark(&c, best, true);
    c.chosen = 1;
    for (int32_t i = 0; i < count && found < most; i++) {
        const struct climb_meeting meeting =
            ((const struct climb_meeting *)(const void *)room->meetings.bytes)[i];
        struct leg leg = { best->from, best->to, .cost_ms = (uint32_t)meeting.cost_ms };

        if (leg.cost_ms > dearest_ms)
            break;
        const struct climb_way way = list_edges(r, mode, &doors, meeting.rank, room, a, &leg);

        if (shared_ms(&c, &leg) > most_shared_ms || passes_twice(&c, &leg) ||
            !is_best_around(&c, &way))
            continue;
        mark(&c, &leg, true);
        c.chosen++;
        out[found++] = leg;
    }
    mark(&c, best, false);
    for (int32_t i = 0; i < found; i++)
        mark(&c, &out[i], false);
    return found;
}
