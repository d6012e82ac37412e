#include "geo/road/leg.h"

#include "geo/road/climb.h"
#include "geo/road/place.h"

struct leg_room {
    struct arena *arena;
    struct climb *climb;
    struct buf arcs; /* int32_t */
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
static void list_edges(const struct roads *r, enum mode mode, const struct doors *d, int32_t rank,
                       struct leg_room *room, struct arena *a, struct leg *leg)
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
}

static void stay_on(int32_t edge, struct arena *a, struct leg *leg)
{
    int32_t *only = arena_take(a, 1, sizeof *only);

    *only = edge;
    leg->edges = only;
    leg->edge_count = edge == PLACE_NO_EDGE ? 0 : 1;
    leg->from_within = leg->to_within = true;
}

bool leg_find(const struct roads *r, enum mode mode, struct spot from, struct spot to,
              struct leg_room *room, struct arena *a, struct leg *out)
{
    struct leg leg = { .from = from, .to = to };
    struct doors doors;
    int32_t edge = PLACE_NO_EDGE, rank;
    const uint32_t direct_ms = place_direct(roads_network(r), mode, from, to, &edge);

    open_doors(r, mode, from, to, &doors);
    const struct climb_wish wish = {
        .from = doors.from,
        .to = doors.to,
        .from_count = doors.out_count,
        .to_count = doors.in_count,
        .below_ms = direct_ms < METRIC_NEVER ? (int32_t)direct_ms : METRIC_NEVER,
    };
    const int32_t cost_ms =
        climb_find(room->climb, roads_base(r)->hierarchy, roads_metric(r, mode), &wish, &rank);

    if (cost_ms < METRIC_NEVER) {
        leg.cost_ms = (uint32_t)cost_ms;
        list_edges(r, mode, &doors, rank, room, a, &leg);
    } else if (direct_ms < NETWORK_COST_NEVER) {
        leg.cost_ms = direct_ms;
        stay_on(edge, a, &leg);
    } else {
        return false;
    }
    *out = leg;
    return true;
}
