/* What is told of a turn follows from its angle, and the line is the drawn one. */
#include "geo/road/guide.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "geo/road/draft.h"
#include "tests/support/check_near.h"
#include "tests/support/town.h"

enum { HALF_DEG = 180, CENTRE = 1, LENGTH_CM = 20000 };

static const double RADIANS = 3.14159265358979323846 / 180;

/* A point 200 m from the crossing, so many degrees clockwise from north. */
static struct point_e7 away(double bearing_deg)
{
    const double lon = 200 * sin(bearing_deg * RADIANS) / (111320 * cos(34.3 * RADIANS));
    const double lat = 200 * cos(bearing_deg * RADIANS) / 110930;

    return point_to_e7((struct point){ 117.2 + lon, 34.3 + lat });
}

/* Three streets that meet: one from the south, one that leaves it at an angle, and
 * one to the east or west of both, so that there is something to tell. */
static const struct network *crossing(double change_deg, struct arena *a)
{
    const double leaves[] = { HALF_DEG, change_deg, change_deg > 0 ? -90 : 90 };
    const struct network_speeds speeds = town_speeds();
    struct network *n = arena_take(a, 1, sizeof *n);
    struct draft *d = draft_new();
    struct fail f;

    for (int32_t i = 0; i < 3; i++) {
        const struct point_e7 shape[] = { { 1172000000, 343000000 }, away(leaves[i]) };

        assert_true(draft_add(d,
                              &(struct draft_segment){ .segment_id = i + 1,
                                                       .from_node = CENTRE,
                                                       .to_node = 2 + i,
                                                       .length_cm = LENGTH_CM,
                                                       .street_class = STREET_TERTIARY,
                                                       .access = 63,
                                                       .name = "",
                                                       .shape = shape,
                                                       .shape_count = 2 },
                              &f));
    }
    assert_true(draft_finish(d, 1, a, n, &f));
    draft_free(d);
    network_price(n, &speeds, a);
    return n;
}

static void a_turn_is_told_by_its_angle(void **state)
{
    static const struct {
        double change_deg;
        enum turn turn; /* TURN_STRAIGHT: no step at all */
    } CASES[] = {
        { 0, TURN_STRAIGHT },      { 20, TURN_STRAIGHT },     { -20, TURN_STRAIGHT },
        { 30, TURN_SLIGHT_RIGHT }, { -30, TURN_SLIGHT_LEFT }, { 55, TURN_SLIGHT_RIGHT },
        { 65, TURN_RIGHT },        { -65, TURN_LEFT },        { 90, TURN_RIGHT },
        { -90, TURN_LEFT },        { 115, TURN_RIGHT },       { -115, TURN_LEFT },
        { 130, TURN_SHARP_RIGHT }, { -130, TURN_SHARP_LEFT }, { 160, TURN_SHARP_RIGHT },
        { 172, TURN_BACK },        { -172, TURN_BACK },
    };
    struct route_room *room = route_room_new();

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct arena *a = arena_new();
        const struct network *n = crossing(CASES[i].change_deg, a);
        const struct spot from = { 0, LENGTH_CM };
        const struct spot to = { 1, LENGTH_CM };
        struct route r;
        struct fail f;

        assert_true(route_find(town_roads(n, a), MODE_CAR, from, to, room, a, &r, &f));
        if (CASES[i].turn == TURN_STRAIGHT) {
            assert_int_equal(r.step_count, 2);
        } else {
            assert_int_equal(r.step_count, 3);
            assert_int_equal(r.steps[1].turn, CASES[i].turn);
            assert_int_equal(r.steps[1].first_point, 1);
            assert_int_equal(r.steps[1].length_cm, LENGTH_CM);
        }
        assert_int_equal(r.point_count, 3);
        arena_free(a);
    }
    route_room_free(room);
}

/* The bend in the middle belongs to a way exactly when both sides of it are used. */
static void the_line_is_that_of_the_part_in_use(void **state)
{
    static const struct point_e7 BEND[] = { { 1172000000, 343000000 },
                                            { 1172010000, 343000000 },
                                            { 1172010000, 343010000 } };
    static const struct {
        uint32_t from_cm, to_cm;
        int32_t point_count;
    } CASES[] = { { 0, 20000, 3 },    { 20000, 0, 3 },    { 1000, 2000, 2 }, { 15000, 12000, 2 },
                  { 1000, 19000, 3 }, { 19000, 1000, 3 }, { 5000, 5000, 2 } };
    const struct network_speeds speeds = town_speeds();
    struct route_room *room = route_room_new();
    struct arena *a = arena_new();
    struct draft *d = draft_new();
    struct network n;
    struct fail f;

    (void)state;
    assert_true(draft_add(d,
                          &(struct draft_segment){ .segment_id = 1,
                                                   .from_node = 1,
                                                   .to_node = 2,
                                                   .length_cm = LENGTH_CM,
                                                   .access = 63,
                                                   .name = "Lu",
                                                   .shape = BEND,
                                                   .shape_count = 3 },
                          &f));
    assert_true(draft_finish(d, 1, a, &n, &f));
    draft_free(d);
    network_price(&n, &speeds, a);
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct route r;
        double drawn_m = 0;

        assert_true(route_find(town_roads(&n, a), MODE_FOOT, (struct spot){ 0, CASES[i].from_cm },
                               (struct spot){ 0, CASES[i].to_cm }, room, a, &r, &f));
        assert_int_equal(r.point_count, CASES[i].point_count);
        for (int32_t p = 1; p < r.point_count; p++)
            drawn_m += network_leg_m(point_to_e7(r.points[p - 1]), point_to_e7(r.points[p]));
        /* 203 drawn metres stand for 200. */
        check_near(drawn_m, r.length_cm / 100.0 * 1.015, 0.05);
    }
    route_room_free(room);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_turn_is_told_by_its_angle),
        cmocka_unit_test(the_line_is_that_of_the_part_in_use),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
