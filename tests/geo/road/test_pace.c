#include "geo/road/pace.h"

#include <string.h>

#include "tests/support/check_near.h"
#include "tests/support/town.h"

enum { EDGES_MAX = 400 };

struct room {
    struct arena *arena;
    const struct network *n;
    struct pace pace;
};

static struct pace even(void)
{
    struct pace p = { .speeds = town_speeds() };

    for (int32_t c = 0; c < STREET_CLASS_COUNT; c++)
        for (enum mode mode = 0; mode < MODE_COUNT; mode++)
            p.hour[c][mode] = PACE_WHOLE;
    return p;
}

static struct room open_room(void)
{
    struct town_dice dice = { 5 };
    struct arena *a = arena_new();

    return (struct room){ a, town_random(&dice, 60, EDGES_MAX / 2, false, a), even() };
}

static uint32_t cost(const struct room *r, enum mode mode, int32_t edge,
                     const struct pace_limit *limits, int32_t count)
{
    return pace_cost(r->n, &r->pace, mode, edge, limits, count);
}

static void an_even_hour_without_limits_costs_what_the_table_says(void **state)
{
    struct room r = open_room();
    uint32_t costs[EDGES_MAX];

    (void)state;
    for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
        pace_price(r.n, &r.pace, mode, NULL, 0, costs);
        assert_memory_equal(costs, r.n->cost_ms[mode], sizeof costs);
    }
    arena_free(r.arena);
}

/* An edge of a car street in both directions, 36 km/h, no posted limit. */
static int32_t plain_edge(const struct network *n)
{
    for (int32_t s = 0; s < n->segment_count; s++)
        if (n->access[s] == 63 && n->maxspeed_kmh[s] == 0 && n->street_class[s] > STREET_PRIMARY &&
            n->length_cm[s] > 1000)
            return 2 * s;
    fail_msg("no plain street in %d", n->segment_count);
    return 0;
}

static void limits_are_what_they_say(void **state)
{
    struct room r = open_room();
    const int32_t edge = plain_edge(r.n);
    const uint32_t length_cm = r.n->length_cm[edge >> 1];
    const struct pace_limit closed = { edge, 1 << MODE_CAR, PACE_CLOSED, 0 };
    const struct pace_limit half = { edge, 1 << MODE_CAR, PACE_FACTOR, 500 };
    const struct pace_limit walk = { edge, 7, PACE_SPEED, 3600 };

    (void)state;
    assert_int_equal(cost(&r, MODE_CAR, edge, NULL, 0), length_cm);
    assert_int_equal(cost(&r, MODE_CAR, edge, &closed, 1), NETWORK_COST_NEVER);
    assert_int_equal(cost(&r, MODE_CAR, edge, &half, 1), 2 * length_cm);
    assert_int_equal(cost(&r, MODE_CAR, edge, &walk, 1), 10 * length_cm);
    assert_int_equal(cost(&r, MODE_FOOT, edge, &walk, 1), 10 * length_cm);
    assert_int_equal(cost(&r, MODE_FOOT, edge, &closed, 1), cost(&r, MODE_FOOT, edge, NULL, 0));
    r.pace.hour[r.n->street_class[edge >> 1]][MODE_CAR] = 250;
    assert_int_equal(cost(&r, MODE_CAR, edge, NULL, 0), 4 * length_cm);
    assert_int_equal(cost(&r, MODE_CAR, edge, &half, 1), 8 * length_cm);
    assert_int_equal(cost(&r, MODE_CAR, edge, &walk, 1), 10 * length_cm);
    arena_free(r.arena);
}

static void of_several_limits_the_slowest_counts_in_any_order(void **state)
{
    struct room r = open_room();
    const int32_t edge = plain_edge(r.n);
    const struct pace_limit limits[] = { { edge, 7, PACE_FACTOR, 500 },
                                         { edge, 7, PACE_FACTOR, 2000 },
                                         { edge, 7, PACE_CLOSED, 0 } };
    const struct pace_limit turned[] = { limits[2], limits[1], limits[0] };

    (void)state;
    assert_int_equal(cost(&r, MODE_CAR, edge, limits, 2), cost(&r, MODE_CAR, edge, limits, 1));
    assert_int_equal(cost(&r, MODE_CAR, edge, turned + 1, 2), cost(&r, MODE_CAR, edge, limits, 1));
    assert_int_equal(cost(&r, MODE_CAR, edge, limits, 3), NETWORK_COST_NEVER);
    assert_int_equal(cost(&r, MODE_CAR, edge, turned, 3), NETWORK_COST_NEVER);
    assert_true(cost(&r, MODE_CAR, edge, limits + 1, 1) < cost(&r, MODE_CAR, edge, NULL, 0));
    arena_free(r.arena);
}

static void nothing_opens_what_a_mode_may_not_use(void **state)
{
    struct room r = open_room();

    (void)state;
    for (enum mode mode = 0; mode < MODE_COUNT; mode++)
        for (int32_t edge = 0; edge < EDGES_MAX; edge++) {
            const struct pace_limit fast = { edge, 7, PACE_SPEED, 100000 };

            if (r.n->cost_ms[mode][edge] == NETWORK_COST_NEVER)
                assert_int_equal(cost(&r, mode, edge, &fast, 1), NETWORK_COST_NEVER);
        }
    arena_free(r.arena);
}

static void however_slow_something_is_left(void **state)
{
    struct room r = open_room();
    const int32_t edge = plain_edge(r.n);
    const struct pace_limit least = { edge, 7, PACE_FACTOR, PACE_FACTOR_MIN };

    (void)state;
    r.pace.hour[r.n->street_class[edge >> 1]][MODE_CAR] = PACE_FACTOR_MIN;
    r.pace.speeds.kmh[r.n->street_class[edge >> 1]][MODE_CAR] = 0.001;
    assert_int_equal(cost(&r, MODE_CAR, edge, &least, 1),
                     network_speed_ms(r.n->length_cm[edge >> 1], 1));
    arena_free(r.arena);
}

static void all_edges_cost_what_each_costs(void **state)
{
    struct room r = open_room();
    struct town_dice dice = { 6 };
    struct pace_limit limits[EDGES_MAX];
    uint32_t costs[EDGES_MAX];
    int32_t count = 0;

    (void)state;
    for (int32_t edge = 0; edge < EDGES_MAX; edge++)
        for (int32_t i = town_pick(&dice, 3); i > 1; i--)
            limits[count++] =
                (struct pace_limit){ edge, 1u + (uint32_t)town_pick(&dice, 7),
                                     (unsigned)town_pick(&dice, 3), 1 + town_pick(&dice, 5000) };
    pace_price(r.n, &r.pace, MODE_CAR, limits, count, costs);
    for (int32_t edge = 0, at = 0; edge < EDGES_MAX; edge++) {
        const int32_t first = at;

        while (at < count && limits[at].edge == edge)
            at++;
        assert_int_equal(costs[edge], cost(&r, MODE_CAR, edge, limits + first, at - first));
    }
    arena_free(r.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_even_hour_without_limits_costs_what_the_table_says),
        cmocka_unit_test(limits_are_what_they_say),
        cmocka_unit_test(of_several_limits_the_slowest_counts_in_any_order),
        cmocka_unit_test(nothing_opens_what_a_mode_may_not_use),
        cmocka_unit_test(however_slow_something_is_left),
        cmocka_unit_test(all_edges_cost_what_each_costs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
