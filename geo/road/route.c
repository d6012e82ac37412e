#include "geo/road/route.h"

#include <assert.h>

#include "geo/road/guide.h"

struct route_room {
    struct arena *arena;
    struct leg_room *legs;
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

    return route_over(roads, mode, places, 2, room, a, out, f);
}

bool route_over(const struct roads *roads, enum mode mode, const struct spot *places, int32_t count,
                struct route_room *room, struct arena *a, struct route *out, struct fail *f)
{
    struct leg legs[ROUTE_PLACES_MAX - 1];

    assert(count >= 2 && count <= ROUTE_PLACES_MAX);
    for (int32_t i = 0; i < count - 1; i++)
        if (!leg_find(roads, mode, places[i], places[i + 1], room->legs, a, &legs[i]))
            return fail_set(f, FAIL_INPUT, NO_ROUTE, "%s finds no way between the two places",
                            network_mode_word(mode));
    guide_fill(roads_network(roads), mode, legs, count - 1, a, out);
    return true;
}
