/* Two Dijkstra searches that meet: one from the start along the edges, one from the
 * end against them. Each begins with the ends of its own segment at the cost of the
 * part in between. */
#include "geo/road/route.h"

#include <assert.h>
#include <string.h>

#include "geo/road/guide.h"
#include "geo/road/queue.h"

enum { NOWHERE = -1 };

/* What one side knows of a node: its cost from (or to) the spot and the edge that
 * leads there (or on from there). */
struct label {
    uint32_t round;
    uint32_t cost_ms;
    int32_t edge;
    bool begins; /* the edge is that of the spot itself, used in part */
};

struct route_room {
    struct arena *arena;
    struct buf labels[2]; /* of nodes: from the start, from the end */
    struct queue frontier[2];
    uint32_t round;
};

struct route_room *route_room_new(void)
{
    struct arena *a = arena_new();
    struct route_room *room = arena_take(a, 1, sizeof *room);

    room->arena = a;
    return room;
}

void route_room_free(struct route_room *room)
{
    if (!room)
        return;
    for (int side = 0; side < 2; side++) {
        buf_free(&room->labels[side]);
        queue_free(&room->frontier[side]);
    }
    arena_free(room->arena);
}

const char *route_turn_word(enum turn turn)
{
    static const char *const WORDS[] = {
        [TURN_DEPART] = "depart",
        [TURN_STRAIGHT] = "straight",
        [TURN_SLIGHT_LEFT] = "slight_left",
        [TURN_LEFT] = "left",
        [TURN_SHARP_LEFT] = "sharp_left",
        [TURN_SLIGHT_RIGHT] = "slight_right",
        [TURN_RIGHT] = "right",
        [TURN_SHARP_RIGHT] = "sharp_right",
        [TURN_BACK] = "back",
        [TURN_ARRIVE] = "arrive",
    };

    assert(turn <= TURN_ARRIVE);
    return WORDS[turn];
}

/* Makes the room fit the network and everything in it unknown. */
static void begin_round(struct route_room *room, const struct network *n)
{
    const size_t bytes = (size_t)n->node_count * sizeof(struct label);
    const bool grow = room->labels[0].size < bytes;

    for (int side = 0; side < 2; side++) {
        if (grow) {
            buf_reserve(&room->labels[side], bytes - room->labels[side].size);
            room->labels[side].size = bytes;
        }
        if (grow || room->round == UINT32_MAX)
            memset(room->labels[side].bytes, 0, room->labels[side].size);
        queue_clear(&room->frontier[side]);
    }
    if (grow || room->round == UINT32_MAX)
        room->round = 0;
    room->round++;
}

enum side { START, END };

struct search {
    const struct network *n;
    enum mode mode;
    struct route_room *room;
    uint32_t best_ms;
    int32_t meeting; /* a node; NOWHERE while the best does not leave one segment */
};

static struct label *label_of(const struct search *s, enum side side, int32_t node)
{
    return (struct label *)(void *)s->room->labels[side].bytes + node;
}

static bool known(const struct search *s, enum side side, int32_t node)
{
    return label_of(s, side, node)->round == s->room->round;
}

static void reach(struct search *s, enum side side, int32_t node, struct label label)
{
    struct label *old = label_of(s, side, node);

    if (label.cost_ms >= NETWORK_COST_NEVER ||
        (known(s, side, node) && old->cost_ms <= label.cost_ms))
        return;
    label.round = s->room->round;
    *old = label;
    queue_put(&s->room->frontier[side],
              (struct queue_item){ .cost = label.cost_ms, .what = node, .id = node });
    if (known(s, !side, node)) {
        const uint32_t whole_ms = network_add(label.cost_ms, label_of(s, !side, node)->cost_ms);

        if (whole_ms < s->best_ms) {
            s->best_ms = whole_ms;
            s->meeting = node;
        }
    }
}

/* Both ends of the spot's segment, with the part of it in between. From the start
 * an edge is used from the spot to its head, towards the end from its tail. */
static void reach_ends(struct search *s, enum side side, struct spot spot)
{
    const struct network *n = s->n;
    const uint32_t length_cm = n->length_cm[spot.segment];

    for (int32_t back = 0; back < 2; back++) {
        const int32_t edge = 2 * spot.segment + back;
        const bool to_the_end = (side == START) == (back == 0);
        const uint32_t part_cm = to_the_end ? length_cm - spot.along_cm : spot.along_cm;
        const struct label label = { .cost_ms = network_part_ms(n, s->mode, edge, part_cm),
                                     .edge = part_cm > 0 ? edge : NOWHERE,
                                     .begins = true };

        reach(s, side, side == START ? network_head(n, edge) : network_tail(n, edge), label);
    }
}

static void settle(struct search *s, enum side side)
{
    const struct network *n = s->n;
    const struct queue_item top = queue_take(&s->room->frontier[side]);

    if (label_of(s, side, top.what)->cost_ms < top.cost)
        return; /* a better way here was taken out before */
    for (int32_t i = n->first_out[top.what]; i < n->first_out[top.what + 1]; i++) {
        const int32_t leaving = n->out_edge[i];
        const int32_t edge = side == START ? leaving : leaving ^ 1;
        const struct label label = { .cost_ms = network_add(top.cost, n->cost_ms[s->mode][edge]),
                                     .edge = edge };

        reach(s, side, network_head(n, leaving), label);
    }
}

/* No way that is still unknown is shorter than the two radii together. */
static void meet(struct search *s)
{
    for (;;) {
        const struct queue_item *start = queue_top(&s->room->frontier[START]);
        const struct queue_item *end = queue_top(&s->room->frontier[END]);

        if (!start || !end || network_add(start->cost, end->cost) >= s->best_ms)
            return;
        settle(s, start->cost <= end->cost ? START : END);
    }
}

/* How a way between two spots of one segment need not leave it. */
static int32_t direct_edge(struct spot from, struct spot to)
{
    return 2 * from.segment + (from.along_cm <= to.along_cm ? 0 : 1);
}

static uint32_t direct_ms(const struct network *n, enum mode mode, struct spot from, struct spot to)
{
    const uint32_t part_cm =
        from.along_cm <= to.along_cm ? to.along_cm - from.along_cm : from.along_cm - to.along_cm;

    return network_part_ms(n, mode, direct_edge(from, to), part_cm);
}

/* The edges from the meeting back to one spot, in the order found; counts only
 * while `edges` is NULL. *at_spot tells whether the last one is that of the spot
 * itself. */
static int32_t trace(const struct search *s, enum side side, int32_t *edges, bool *at_spot)
{
    int32_t count = 0;

    for (int32_t node = s->meeting;;) {
        const struct label *label = label_of(s, side, node);

        if (label->edge != NOWHERE) {
            if (edges)
                edges[count] = label->edge;
            count++;
        }
        *at_spot = label->edge != NOWHERE;
        if (label->begins)
            return count;
        node = side == START ? network_tail(s->n, label->edge) : network_head(s->n, label->edge);
    }
}

static struct guide_ends list_edges(const struct search *s, struct arena *a, struct route *r)
{
    struct guide_ends ends = { true, true };

    if (s->meeting == NOWHERE) {
        int32_t *only = arena_take(a, 1, sizeof *only);

        *only = direct_edge(r->from, r->to);
        r->edge_count = r->from.along_cm == r->to.along_cm ? 0 : 1;
        r->edges = only;
        return ends;
    }
    const int32_t before = trace(s, START, NULL, &ends.from_spot);
    const int32_t after = trace(s, END, NULL, &ends.to_spot);
    int32_t *edges = arena_take(a, (size_t)before + (size_t)after + 1, sizeof *edges);

    trace(s, START, edges, &ends.from_spot);
    for (int32_t i = 0; i < before / 2; i++) {
        const int32_t swap = edges[i];

        edges[i] = edges[before - 1 - i];
        edges[before - 1 - i] = swap;
    }
    trace(s, END, edges + before, &ends.to_spot);
    r->edges = edges;
    r->edge_count = before + after;
    return ends;
}

bool route_find(const struct roads *roads, enum mode mode, struct spot from, struct spot to,
                struct route_room *room, struct arena *a, struct route *out, struct fail *f)
{
    const struct network *n = roads_network(roads);
    struct search s = {
        .n = n, .mode = mode, .room = room, .best_ms = NETWORK_COST_NEVER, .meeting = NOWHERE
    };
    struct route r = { .from = from, .to = to };

    begin_round(room, n);
    if (from.segment == to.segment)
        s.best_ms = direct_ms(n, mode, from, to);
    reach_ends(&s, START, from);
    reach_ends(&s, END, to);
    meet(&s);
    if (s.best_ms >= NETWORK_COST_NEVER)
        return fail_set(f, FAIL_INPUT, NO_ROUTE, "%s finds no way between the two places",
                        network_mode_word(mode));
    r.cost_ms = s.best_ms;
    const struct guide_ends ends = list_edges(&s, a, &r);

    guide_fill(n, mode, ends, a, &r);
    *out = r;
    return true;
}
