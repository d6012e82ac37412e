/* The cost between two spots against the definition. */
#include "geo/road/place.h"

#include "tests/support/check_near.h"
#include "tests/support/slow.h"
#include "tests/support/town.h"

enum { TOWNS = 1200, PAIRS = 8 };

static void the_least_way_through_the_doors_is_the_cost(void **state)
{
    struct town_dice dice = { 161803 };
    int32_t found = 0;
    int32_t missing = 0;

    (void)state;
    for (int32_t town = 0; town < TOWNS; town++) {
        struct arena *a = arena_new();
        const struct network *n =
            town_random(&dice, 2 + town_pick(&dice, 30), 1 + town_pick(&dice, 60), town % 2, a);

        if (town % 4 > 0)
            n = town_banned(&dice, n, town_pick(&dice, 40), a);

        const struct roads *roads = town_roads(n, a);
        const int32_t height = roads_base(roads)->hierarchy->height;
        int32_t *room = arena_take(a, 2 * (size_t)height, sizeof *room);

        for (int32_t pair = 0; pair < PAIRS; pair++) {
            const enum mode mode = (enum mode)town_pick(&dice, MODE_COUNT);
            struct spot from = town_spot(&dice, n);
            const struct spot to = town_spot(&dice, n);

            if (pair % 3 == 0) { /* on the same segment */
                from.segment = to.segment;
                from.along_cm = (uint32_t)town_pick(&dice, (int32_t)n->length_cm[to.segment] + 1);
            }
            const uint32_t want_ms = slow_cost(n, mode, from, to);

            assert_int_equal(place_distance(roads, mode, from, to, room), want_ms);
            found += want_ms < NETWORK_COST_NEVER;
            missing += want_ms == NETWORK_COST_NEVER;
        }
        arena_free(a);
    }
    assert_true(found > TOWNS && missing > TOWNS / 10);
}

static void who_stands_at_an_end_stands_on_the_junction(void **state)
{
    struct arena *a = arena_new();
    const struct network *n = town_blocks(2, (struct point){ 117.2, 34.3 }, a);
    const struct roads *roads = town_roads(n, a);
    const struct graph *g = roads_base(roads)->graph;
    struct place_door doors[PLACE_IN_MAX];

    (void)state;
    for (int32_t back = 0; back < 2; back++) {
        const struct spot spot = { 3, back ? n->length_cm[3] : 0 };
        const int32_t junction = back ? n->to[3] : n->from[3];

        assert_int_equal(place_junction(n, spot), junction);
        assert_int_equal(place_out(n, g, MODE_CAR, spot, doors), 1);
        assert_int_equal(doors[0].state, junction);
        assert_int_equal(doors[0].cost_ms, 0);
        assert_int_equal(doors[0].edge, PLACE_NO_EDGE);
        assert_int_equal(place_in(n, g, MODE_CAR, spot, doors), 1);
        assert_int_equal(doors[0].state, junction);
    }
    arena_free(a);
}

static void from_within_doors_lead_both_ways(void **state)
{
    struct arena *a = arena_new();
    const struct network *n = town_blocks(2, (struct point){ 117.2, 34.3 }, a);
    const struct roads *roads = town_roads(n, a);
    const struct graph *g = roads_base(roads)->graph;
    const struct spot spot = { 3, n->length_cm[3] / 4 };
    const uint32_t whole_ms = n->cost_ms[MODE_FOOT][6];
    struct place_door doors[PLACE_IN_MAX];

    (void)state;
    assert_int_equal(place_junction(n, spot), -1);
    assert_int_equal(place_out(n, g, MODE_FOOT, spot, doors), 2);
    assert_int_equal(doors[0].edge, 6);
    assert_int_equal(doors[0].state, n->to[3]);
    assert_int_equal(doors[0].cost_ms, whole_ms * 3 / 4);
    assert_int_equal(doors[1].edge, 7);
    assert_int_equal(doors[1].state, n->from[3]);
    assert_int_equal(doors[1].cost_ms, whole_ms / 4);
    assert_int_equal(place_in(n, g, MODE_FOOT, spot, doors), 2);
    assert_int_equal(doors[0].edge, 6);
    assert_int_equal(doors[0].state, n->from[3]);
    assert_int_equal(doors[0].cost_ms, whole_ms / 4);
    assert_int_equal(doors[1].edge, 7);
    assert_int_equal(doors[1].state, n->to[3]);
    assert_int_equal(doors[1].cost_ms, whole_ms * 3 / 4);
    arena_free(a);
}

static void a_way_along_one_segment_needs_no_door(void **state)
{
    struct arena *a = arena_new();
    const struct network *n = town_blocks(2, (struct point){ 117.2, 34.3 }, a);
    const struct spot near = { 3, 1000 }, far = { 3, 3000 }, elsewhere = { 4, 3000 };
    int32_t edge = 99;

    (void)state;
    assert_int_equal(place_direct(n, MODE_CAR, near, far, &edge), 2000);
    assert_int_equal(edge, 6);
    assert_int_equal(place_direct(n, MODE_CAR, far, near, &edge), 2000);
    assert_int_equal(edge, 7);
    assert_int_equal(place_direct(n, MODE_CAR, far, far, &edge), 0);
    assert_int_equal(edge, PLACE_NO_EDGE);
    assert_int_equal(place_direct(n, MODE_CAR, far, elsewhere, NULL), NETWORK_COST_NEVER);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_least_way_through_the_doors_is_the_cost),
        cmocka_unit_test(who_stands_at_an_end_stands_on_the_junction),
        cmocka_unit_test(from_within_doors_lead_both_ways),
        cmocka_unit_test(a_way_along_one_segment_needs_no_door),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
