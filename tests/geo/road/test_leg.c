/* Other ways than the cheapest are what leg.h promises of them. */
#include "geo/road/leg.h"

#include "tests/support/check_near.h"
#include "tests/support/town.h"

enum { SIDE = 14, PAIRS = 400 };

static uint32_t cost_of(const struct network *n, enum mode mode, const struct leg *leg)
{
    uint32_t cost_ms = 0;

    for (int32_t i = 0; i < leg->edge_count; i++) {
        const uint32_t length_cm = n->length_cm[leg->edges[i] >> 1];
        const bool back = leg->edges[i] & 1;
        uint32_t part_cm = length_cm;

        if (leg->edge_count == 1 && leg->from_within && leg->to_within)
            part_cm = back ? leg->from.along_cm - leg->to.along_cm
                           : leg->to.along_cm - leg->from.along_cm;
        else if (i == 0 && leg->from_within)
            part_cm = back ? leg->from.along_cm : length_cm - leg->from.along_cm;
        else if (i == leg->edge_count - 1 && leg->to_within)
            part_cm = back ? length_cm - leg->to.along_cm : leg->to.along_cm;
        cost_ms += network_part_ms(n, mode, leg->edges[i], part_cm);
    }
    return cost_ms;
}

static bool has(const struct leg *leg, int32_t edge)
{
    for (int32_t i = 0; i < leg->edge_count; i++)
        if (leg->edges[i] == edge)
            return true;
    return false;
}

static uint64_t common_ms(const struct network *n, enum mode mode, const struct leg *one,
                          const struct leg *other)
{
    uint64_t cost_ms = 0;

    for (int32_t i = 0; i < one->edge_count; i++)
        if (has(other, one->edges[i]))
            cost_ms += n->cost_ms[mode][one->edges[i]];
    return cost_ms;
}

static void check_way(const struct network *n, enum mode mode, const struct leg *best,
                      const struct leg *leg)
{
    assert_int_equal(cost_of(n, mode, leg), leg->cost_ms);
    assert_true(leg->cost_ms >= best->cost_ms);
    assert_true(leg->cost_ms <= best->cost_ms * (100 + LEG_STRETCH_PERCENT) / 100);
    for (int32_t i = 1; i < leg->edge_count; i++) {
        assert_int_equal(network_head(n, leg->edges[i - 1]), network_tail(n, leg->edges[i]));
        for (int32_t j = 0; j < i - 1; j++)
            assert_int_not_equal(network_head(n, leg->edges[i - 1]),
                                 network_head(n, leg->edges[j]));
    }
}

/* A town of blocks whose streets cost this and that, so that ways differ. */
static const struct network *uneven_blocks(struct town_dice *dice, struct arena *a)
{
    struct network *n = arena_take(a, 1, sizeof *n);

    *n = *town_blocks(SIDE, (struct point){ 117.2, 34.3 }, a);
    for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
        uint32_t *cost = arena_take(a, 2 * (size_t)n->segment_count, sizeof *cost);

        for (int32_t edge = 0; edge < 2 * n->segment_count; edge++)
            cost[edge] = 5000 + (uint32_t)town_pick(dice, 4000);
        n->cost_ms[mode] = cost;
    }
    return n;
}

static void other_ways_are_short_different_and_never_cross_themselves(void **state)
{
    struct town_dice dice = { 8128 };
    struct arena *a = arena_new();
    const struct network *n = uneven_blocks(&dice, a);
    struct roads *roads = town_roads(n, a);
    struct leg_room *room = leg_room_new();
    int32_t pairs_with = 0;

    (void)state;
    for (int32_t pair = 0; pair < PAIRS; pair++) {
        const struct spot from = town_spot(&dice, n), to = town_spot(&dice, n);
        struct leg best, others[LEG_OTHERS_MAX];

        assert_true(leg_find(roads, MODE_CAR, from, to, NETWORK_COST_NEVER, room, a, &best));
        assert_int_equal(cost_of(n, MODE_CAR, &best), best.cost_ms);
        const int32_t count = leg_others(roads, MODE_CAR, &best, LEG_OTHERS_MAX, room, a, others);

        assert_in_range(count, 0, LEG_OTHERS_MAX);
        pairs_with += count > 0;
        for (int32_t i = 0; i < count; i++) {
            const uint64_t most_ms = (uint64_t)best.cost_ms * LEG_SHARED_PERCENT / 100;

            check_way(n, MODE_CAR, &best, &others[i]);
            assert_true(common_ms(n, MODE_CAR, &others[i], &best) <= most_ms);
            for (int32_t j = 0; j < i; j++) {
                assert_true(common_ms(n, MODE_CAR, &others[i], &others[j]) <= most_ms);
                assert_true(others[j].cost_ms <= others[i].cost_ms);
            }
        }
    }
    assert_true(pairs_with > PAIRS / 4);
    leg_room_free(room);
    arena_free(a);
}

static void no_more_are_given_than_asked_for(void **state)
{
    struct town_dice dice = { 496 };
    struct arena *a = arena_new();
    const struct network *n = uneven_blocks(&dice, a);
    struct roads *roads = town_roads(n, a);
    struct leg_room *room = leg_room_new();

    (void)state;
    for (int32_t pair = 0; pair < PAIRS / 4; pair++) {
        struct leg best, one, three[LEG_OTHERS_MAX];

        assert_true(leg_find(roads, MODE_FOOT, town_spot(&dice, n), town_spot(&dice, n),
                             NETWORK_COST_NEVER, room, a, &best));
        const int32_t all = leg_others(roads, MODE_FOOT, &best, LEG_OTHERS_MAX, room, a, three);

        assert_int_equal(leg_others(roads, MODE_FOOT, &best, 0, room, a, &one), 0);
        assert_int_equal(leg_others(roads, MODE_FOOT, &best, 1, room, a, &one), all > 0);
        if (all > 0)
            assert_int_equal(one.cost_ms, three[0].cost_ms);
    }
    leg_room_free(room);
    arena_free(a);
}

static void a_way_that_may_not_cost_more_is_the_same_or_none(void **state)
{
    struct town_dice dice = { 6174 };
    struct leg_room *room = leg_room_new();

    (void)state;
    for (int32_t town = 0; town < 5 * PAIRS; town++) {
        struct arena *a = arena_new();
        const struct network *n =
            town_random(&dice, 2 + town_pick(&dice, 30), 1 + town_pick(&dice, 60), town % 2, a);
        struct roads *roads = town_roads(n, a);
        const struct spot from = town_spot(&dice, n), to = town_spot(&dice, n);
        struct leg any, some;

        if (leg_find(roads, MODE_FOOT, from, to, NETWORK_COST_NEVER, room, a, &any)) {
            assert_true(leg_find(roads, MODE_FOOT, from, to, any.cost_ms, room, a, &some));
            assert_int_equal(some.cost_ms, any.cost_ms);
            assert_int_equal(cost_of(n, MODE_FOOT, &some), any.cost_ms);
            if (any.cost_ms > 0)
                assert_false(leg_find(roads, MODE_FOOT, from, to, any.cost_ms - 1, room, a, &some));
            assert_true(leg_find(roads, MODE_FOOT, from, to, NETWORK_COST_NEVER, room, a, &some));
            assert_int_equal(some.cost_ms, any.cost_ms);
        }
        arena_free(a);
    }
    leg_room_free(room);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_ways_are_short_different_and_never_cross_themselves),
        cmocka_unit_test(no_more_are_given_than_asked_for),
        cmocka_unit_test(a_way_that_may_not_cost_more_is_the_same_or_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
