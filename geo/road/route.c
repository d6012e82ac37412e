#include "geo/road/route.h"

#include <assert.h>
#include <stdio.h>

#include "geo/road/detour.h"
#include "geo/road/guide.h"

struct route_room {
    struct arena *arena;
    struct leg_room *legs;
    struct detour_room *detours; /* NULL until something is avoided */
};

struct route_room *route_room_new(void)
{
    struct arena *a = arena_new();
    struct route_room *room = arena_take(a, 1, sizeof *room);

    room->arena = a;
    room->legs = leg_room_new();
    return room;
}

void route_room_free(struct route_room *room)
{
    if (!room)
        return;
    leg_room_free(room->legs);
    detour_room_free(room->detours);
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
        [TURN_ROUNDABOUT] = "roundabout",
        [TURN_WAYPOINT] = "waypoint",
        [TURN_ARRIVE] = "arrive",
    };

    assert(turn <= TURN_ARRIVE);
    return WORDS[turn];
}

bool route_find(const struct roads *roads, enum mode mode, struct spot from, struct spot to,
                struct route_room *room, struct arena *a, struct route *out, struct fail *f)
{
    const struct spot places[] = { from, to };
    const struct route_wish wish = { .mode = mode, .place_count = 2, .places = places };

    return route_over(roads, &wish, room, a, out, f);
}

/* Places are counted from one; the value is where the two of them are on the streets. */
static bool no_route(const struct network *n, const struct route_wish *wish, int32_t leg,
                     struct fail *f)
{
    const char *mode = network_mode_word(wish->mode);
    const char *clear = wish->avoid ? " that keeps clear of what is to be avoided" : "";
    char from[POINT_TEXT_SIZE], to[POINT_TEXT_SIZE], value[sizeof from + sizeof to + 8];

    fail_set(f, FAIL_INPUT, NO_ROUTE, "%s finds no way from place %d to place %d of %d%s", mode,
             leg + 1, leg + 2, wish->place_count, clear);
    fail_allowed(f, "places that streets join which are open to %s now%s", mode,
                 wish->avoid ? ", or less to be avoided" : "");
    point_write(network_point(n, wish->places[leg]), from);
    point_write(network_point(n, wish->places[leg + 1]), to);
    snprintf(value, sizeof value, "%s to %s", from, to);
    return fail_value(f, value);
}

bool route_over(const struct roads *roads, const struct route_wish *wish, struct route_room *room,
                struct arena *a, struct route *out, struct fail *f)
{
    const struct network *n = roads_network(roads);
    const struct avoid_view *avoid = wish->avoid ? avoid_take(n, wish->avoid, a) : NULL;
    const uint32_t most_ms = wish->leg_most_ms ? wish->leg_most_ms : NETWORK_COST_NEVER;
    struct leg legs[ROUTE_PLACES_MAX - 1];

    assert(wish->place_count >= 2 && wish->place_count <= ROUTE_PLACES_MAX);
    if (avoid && !room->detours)
        room->detours = detour_room_new();
    for (int32_t i = 0; i < wish->place_count - 1; i++) {
        const struct spot from = wish->places[i], to = wish->places[i + 1];
        const bool ok =
            avoid ? detour_find(roads, wish->mode, from, to, avoid, room->detours, a, &legs[i])
                  : leg_find(roads, wish->mode, from, to, most_ms, room->legs, a, &legs[i]);

        if (!ok)
            return no_route(n, wish, i, f);
    }
    if (wish->is_undrawn)
        guide_measure(n, legs, wish->place_count - 1, a, out);
    else
        guide_fill(n, wish->mode, legs, wish->place_count - 1, a, out);
    return true;
}

int32_t route_others(const struct roads *roads, enum mode mode, struct spot from, struct spot to,
                     int32_t most, struct route_room *room, struct arena *a, struct route *out)
{
    struct leg best, others[LEG_OTHERS_MAX];

    assert(most <= LEG_OTHERS_MAX);
    if (!leg_find(roads, mode, from, to, NETWORK_COST_NEVER, room->legs, a, &best))
        return 0;
    const int32_t count = leg_others(roads, mode, &best, most, room->legs, a, others);

    for (int32_t i = 0; i < count; i++)
        guide_fill(roads_network(roads), mode, &others[i], 1, a, &out[i]);
    return count;
}
