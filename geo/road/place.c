#include "geo/road/place.h"

#include <assert.h>

enum { NOWHERE = -1 };

int32_t place_junction(const struct network *n, struct spot spot)
{
    assert(spot.along_cm <= n->length_cm[spot.segment]);
    if (spot.along_cm == 0)
        return n->from[spot.segment];
    return spot.along_cm == n->length_cm[spot.segment] ? n->to[spot.segment] : NOWHERE;
}

/* Centimetres from the tail of one of the spot's edges to the spot. */
static uint32_t from_tail(const struct network *n, int32_t edge, struct spot spot)
{
    return (edge & 1) ? n->length_cm[spot.segment] - spot.along_cm : spot.along_cm;
}

int32_t place_out(const struct network *n, const struct graph *g, enum mode mode, struct spot from,
                  struct place_door *doors)
{
    const int32_t junction = place_junction(n, from);
    int32_t count = 0;

    if (junction != NOWHERE) {
        doors[0] = (struct place_door){ .state = junction, .edge = PLACE_NO_EDGE };
        return 1;
    }
    for (int32_t edge = 2 * from.segment; edge <= 2 * from.segment + 1; edge++) {
        const uint32_t rest = n->length_cm[from.segment] - from_tail(n, edge, from);
        const uint32_t cost_ms = network_part_ms(n, mode, edge, rest);

        if (cost_ms < NETWORK_COST_NEVER)
            doors[count++] = (struct place_door){ graph_arrival(g, edge), cost_ms, edge };
    }
    return count;
}

static int32_t all_states(const struct graph *g, int32_t junction, struct place_door *doors)
{
    int32_t count = 0;

    doors[count++] = (struct place_door){ .state = junction, .edge = PLACE_NO_EDGE };
    for (int32_t s = g->first_more[junction]; s < g->first_more[junction + 1]; s++)
        doors[count++] = (struct place_door){ .state = s, .edge = PLACE_NO_EDGE };
    return count;
}

int32_t place_in(const struct network *n, const struct graph *g, enum mode mode, struct spot to,
                 struct place_door *doors)
{
    const int32_t junction = place_junction(n, to);
    int32_t count = 0;

    if (junction != NOWHERE)
        return all_states(g, junction, doors);
    for (int32_t edge = 2 * to.segment; edge <= 2 * to.segment + 1; edge++) {
        const uint32_t cost_ms = network_part_ms(n, mode, edge, from_tail(n, edge, to));

        if (cost_ms >= NETWORK_COST_NEVER)
            continue;
        for (int32_t arc = g->first_arc[edge]; arc < g->first_arc[edge + 1]; arc++)
            if (g->arc_modes[arc] & 1u << mode)
                doors[count++] = (struct place_door){ g->tail[arc], cost_ms, edge };
    }
    return count;
}

uint32_t place_direct(const struct network *n, enum mode mode, struct spot from, struct spot to,
                      int32_t *edge)
{
    const bool onward = from.along_cm <= to.along_cm;
    const int32_t way = 2 * from.segment + (onward ? 0 : 1);
    const uint32_t part_cm = onward ? to.along_cm - from.along_cm : from.along_cm - to.along_cm;

    if (from.segment != to.segment)
        return NETWORK_COST_NEVER;
    if (edge)
        *edge = part_cm == 0 ? PLACE_NO_EDGE : way;
    return network_part_ms(n, mode, way, part_cm);
}

uint32_t place_distance(const struct roads *r, enum mode mode, struct spot from, struct spot to,
                        int32_t *room)
{
    const struct network *n = roads_network(r);
    const struct graph *g = roads_base(r)->graph;
    struct place_door out[PLACE_OUT_MAX], in[PLACE_IN_MAX];
    const int32_t out_count = place_out(n, g, mode, from, out);
    const int32_t in_count = place_in(n, g, mode, to, in);
    uint32_t best_ms = place_direct(n, mode, from, to, NULL);

    for (int32_t i = 0; i < out_count; i++)
        for (int32_t j = 0; j < in_count; j++) {
            const uint32_t between_ms = roads_distance(r, mode, out[i].state, in[j].state, room);
            const uint32_t whole_ms =
                network_add(network_add(out[i].cost_ms, between_ms), in[j].cost_ms);

            best_ms = whole_ms < best_ms ? whole_ms : best_ms;
        }
    return best_ms;
}
