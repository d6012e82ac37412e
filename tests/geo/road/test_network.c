/* Costs and places on the network, and the draft that makes it. */
#include "geo/road/network.h"

#include <stdio.h>
#include <string.h>

#include "geo/road/draft.h"
#include "tests/support/check_near.h"
#include "tests/support/town.h"

static const struct point_e7 BEND[] = { { 1172000000, 343000000 },
                                        { 1172010000, 343000000 },
                                        { 1172010000, 343010000 } };

static struct draft_segment sound_segment(void)
{
    return (struct draft_segment){ .segment_id = 10,
                                   .way_id = 1,
                                   .from_node = 100,
                                   .to_node = 200,
                                   .length_cm = 20000,
                                   .street_class = STREET_PRIMARY,
                                   .access = 63,
                                   .name = "淮海路",
                                   .shape = BEND,
                                   .shape_count = 3 };
}

static struct network one_segment(struct arena *a, const struct draft_segment *s)
{
    const struct network_speeds speeds = town_speeds();
    struct draft *d = draft_new();
    struct network n;
    struct fail f;

    assert_true(draft_add(d, s, &f));
    assert_true(draft_finish(d, 3, a, &n, &f));
    draft_free(d);
    network_price(&n, &speeds, a);
    return n;
}

static void costs_are_rounded_up_to_milliseconds(void **state)
{
    static const struct {
        uint32_t length_cm;
        int32_t maxspeed_kmh;
        uint32_t foot_ms, ebike_ms, car_ms; /* at 4.32, 15.12 and 72 km/h */
    } CASES[] = {
        { 12000, 0, 100000, 28572, 6000 }, /* 28,571.43 */
        { 1, 0, 9, 3, 1 },                 /* 8.33, 2.38 and 0.5 */
        { 12000, 36, 100000, 28572, 12000 },
        { 12000, 10, 100000, 43200, 43200 }, /* an e-bike keeps to it too */
        { 12000, 120, 100000, 28572, 6000 }, /* a limit makes nobody faster */
        { NETWORK_LENGTH_MAX_CM, 0, 833333334, 238095239, 50000000 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct arena *a = arena_new();
        struct draft_segment s = sound_segment();

        s.length_cm = CASES[i].length_cm;
        s.maxspeed_kmh = CASES[i].maxspeed_kmh;
        const struct network n = one_segment(a, &s);

        for (int32_t edge = 0; edge < 2; edge++) {
            assert_int_equal(n.cost_ms[MODE_FOOT][edge], CASES[i].foot_ms);
            assert_int_equal(n.cost_ms[MODE_EBIKE][edge], CASES[i].ebike_ms);
            assert_int_equal(n.cost_ms[MODE_CAR][edge], CASES[i].car_ms);
        }
        arena_free(a);
    }
}

static void who_may_not_go_never_arrives(void **state)
{
    (void)state;
    for (int32_t access = 0; access < 64; access++) {
        struct arena *a = arena_new();
        struct draft_segment s = sound_segment();

        s.access = access;
        const struct network n = one_segment(a, &s);

        for (enum mode mode = 0; mode < MODE_COUNT; mode++)
            for (int32_t edge = 0; edge < 2; edge++)
                assert_true((n.cost_ms[mode][edge] < NETWORK_COST_NEVER) ==
                            ((access >> (2 * (int32_t)mode + edge) & 1) == 1));
        arena_free(a);
    }
}

static void a_class_without_speed_is_closed(void **state)
{
    struct arena *a = arena_new();
    struct draft_segment s = sound_segment();
    struct network n = one_segment(a, &s);
    struct network_speeds speeds = town_speeds();

    (void)state;
    speeds.kmh[STREET_PRIMARY][MODE_FOOT] = 0;
    speeds.kmh[STREET_PRIMARY][MODE_CAR] = 0.0004; /* less than a metre an hour */
    network_price(&n, &speeds, a);
    assert_int_equal(n.cost_ms[MODE_FOOT][0], NETWORK_COST_NEVER);
    assert_int_equal(n.cost_ms[MODE_CAR][1], NETWORK_COST_NEVER);
    assert_int_equal(n.cost_ms[MODE_EBIKE][0], 47620);
    arena_free(a);
}

static void parts_are_rounded_down(void **state)
{
    struct arena *a = arena_new();
    struct draft_segment s = sound_segment();

    (void)state;
    s.length_cm = 7;
    s.access = 1; /* on foot, forward only: 58.33 ms */
    const struct network n = one_segment(a, &s);

    assert_int_equal(n.cost_ms[MODE_FOOT][0], 59);
    assert_int_equal(network_part_ms(&n, MODE_FOOT, 0, 0), 0);
    assert_int_equal(network_part_ms(&n, MODE_FOOT, 0, 1), 8);
    assert_int_equal(network_part_ms(&n, MODE_FOOT, 0, 6), 50);
    assert_int_equal(network_part_ms(&n, MODE_FOOT, 0, 7), 59);
    assert_int_equal(network_part_ms(&n, MODE_FOOT, 1, 0), 0);
    assert_int_equal(network_part_ms(&n, MODE_FOOT, 1, 1), NETWORK_COST_NEVER);
    arena_free(a);
}

static void sums_stop_at_never(void **state)
{
    (void)state;
    assert_int_equal(network_add(1, 2), 3);
    assert_int_equal(network_add(NETWORK_COST_NEVER, 0), NETWORK_COST_NEVER);
    assert_int_equal(network_add(NETWORK_COST_NEVER, NETWORK_COST_NEVER), NETWORK_COST_NEVER);
    assert_int_equal(network_add(NETWORK_COST_NEVER - 5, 4), NETWORK_COST_NEVER - 1);
    assert_int_equal(network_add(NETWORK_COST_NEVER - 5, 6), NETWORK_COST_NEVER);
}

static void a_place_is_linear_along_the_drawing(void **state)
{
    struct arena *a = arena_new();
    const struct draft_segment s = sound_segment();
    const struct network n = one_segment(a, &s);
    const double east_m = network_leg_m(BEND[0], BEND[1]);
    const double north_m = network_leg_m(BEND[1], BEND[2]);
    const struct point start = network_point(&n, (struct spot){ 0, 0 });
    const struct point end = network_point(&n, (struct spot){ 0, 20000 });
    const struct point middle = network_point(&n, (struct spot){ 0, 10000 });

    (void)state;
    check_near(start.lon, 117.2, 1e-12);
    check_near(end.lat, 34.301, 1e-12);
    /* Half of all drawn metres is past the bend, as the second leg is the longer. */
    check_near(middle.lon, 117.201, 1e-12);
    check_near(middle.lat, 34.3 + 0.001 * (north_m - east_m) / 2 / north_m, 1e-9);
    check_near(east_m, 92.06, 0.02);
    check_near(north_m, 110.93, 0.02);
    arena_free(a);
}

static void ids_are_found(void **state)
{
    struct arena *a = arena_new();
    struct town_dice dice = { 3 };
    const struct network *n = town_random(&dice, 10, 40, false, a);

    (void)state;
    for (int32_t s = 0; s < n->segment_count; s++)
        assert_int_equal(network_find(n, n->segment_id[s]), s);
    assert_int_equal(network_find(n, 0), -1);
    assert_int_equal(network_find(n, INT64_MAX), -1);
    arena_free(a);
}

static void every_edge_leaves_its_node_once(void **state)
{
    struct arena *a = arena_new();
    struct town_dice dice = { 4 };
    const struct network *n = town_random(&dice, 10, 40, false, a);
    int32_t seen[80] = { 0 };

    (void)state;
    for (int32_t v = 0; v < n->node_count; v++)
        for (int32_t i = n->first_out[v]; i < n->first_out[v + 1]; i++) {
            assert_int_equal(network_tail(n, n->out_edge[i]), v);
            assert_int_equal(network_head(n, n->out_edge[i] ^ 1), v);
            seen[n->out_edge[i]]++;
        }
    for (int32_t edge = 0; edge < 2 * n->segment_count; edge++)
        assert_int_equal(seen[edge], 1);
    arena_free(a);
}

static void a_name_is_kept_once(void **state)
{
    struct arena *a = arena_new();
    struct draft *d = draft_new();
    struct draft_segment s = sound_segment();
    struct network n;
    struct fail f;

    (void)state;
    for (int32_t i = 0; i < 5000; i++) {
        s.segment_id = i + 1;
        s.name = arena_text(a, "%s%d", i % 3 ? "Rua " : "路", i % 2000);
        assert_true(draft_add(d, &s, &f));
    }
    assert_true(draft_finish(d, 1, a, &n, &f));
    draft_free(d);
    for (int32_t i = 0; i < 5000; i++) {
        assert_string_equal(network_name(&n, i),
                            arena_text(a, "%s%d", i % 3 ? "Rua " : "路", i % 2000));
        for (int32_t j = i + 1; j < n.segment_count && j < i + 20; j++)
            assert_true((strcmp(network_name(&n, i), network_name(&n, j)) == 0) ==
                        (n.name_at[i] == n.name_at[j]));
    }
    assert_int_equal(n.node_count, 2);
    arena_free(a);
}

enum { TOO_LONG = NETWORK_NAME_MAX + 1 };

static void what_cannot_be_right_is_refused(void **state)
{
    static const struct point_e7 OFF[] = { { 0, 0 }, { 0, 900000001 } };
    static char name[TOO_LONG + 1];
    struct draft_segment cases[] = {
        sound_segment(), sound_segment(), sound_segment(), sound_segment(), sound_segment(),
        sound_segment(), sound_segment(), sound_segment(), sound_segment(), sound_segment(),
        sound_segment(), sound_segment(), sound_segment(),
    };
    struct draft *d = draft_new();
    struct arena *a = arena_new();
    struct fail f = { 0 };
    struct network n;
    const struct draft_segment first = sound_segment();

    (void)state;
    memset(name, 'x', TOO_LONG);
    cases[0].segment_id = 10;
    cases[1].segment_id = 9;
    cases[2].segment_id = -1;
    cases[3].length_cm = 0;
    cases[4].length_cm = NETWORK_LENGTH_MAX_CM + 1;
    cases[5].street_class = STREET_CLASS_COUNT;
    cases[6].street_class = -1;
    cases[7].access = 64;
    cases[8].access = -1;
    cases[9].maxspeed_kmh = -1;
    cases[10].shape_count = 1;
    cases[11].shape = OFF;
    cases[11].shape_count = 2;
    cases[12].name = name;
    assert_true(draft_add(d, &first, &f));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (i > 2)
            cases[i].segment_id = 11;
        if (draft_add(d, &cases[i], &f))
            fail_msg("case %zu was taken", i);
        assert_int_equal(f.code, CODE_STREETS_UNSOUND);
        assert_true(strlen(f.text) > 20);
    }
    assert_true(draft_finish(d, 1, a, &n, &f));
    assert_int_equal(n.segment_count, 1);
    draft_free(d);
    arena_free(a);
}

static void a_city_without_streets_is_refused(void **state)
{
    struct draft *d = draft_new();
    struct arena *a = arena_new();
    struct network n;
    struct fail f;

    (void)state;
    assert_false(draft_finish(d, 1, a, &n, &f));
    assert_int_equal(f.code, CODE_NO_STREETS);
    draft_free(d);
    arena_free(a);
}

static void a_street_takes_the_memory_that_is_promised(void **state)
{
    struct arena *a = arena_new();
    struct town_dice dice = { 6 };
    const struct network *n = town_random(&dice, 1000, 3000, false, a);

    (void)state;
    assert_int_equal(network_bytes(n), 20 * (size_t)n->node_count + (size_t)71 * 3000 +
                                           8 * (size_t)n->shape_count + (size_t)n->name_bytes);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(costs_are_rounded_up_to_milliseconds),
        cmocka_unit_test(who_may_not_go_never_arrives),
        cmocka_unit_test(a_class_without_speed_is_closed),
        cmocka_unit_test(parts_are_rounded_down),
        cmocka_unit_test(sums_stop_at_never),
        cmocka_unit_test(a_place_is_linear_along_the_drawing),
        cmocka_unit_test(ids_are_found),
        cmocka_unit_test(every_edge_leaves_its_node_once),
        cmocka_unit_test(a_name_is_kept_once),
        cmocka_unit_test(what_cannot_be_right_is_refused),
        cmocka_unit_test(a_city_without_streets_is_refused),
        cmocka_unit_test(a_street_takes_the_memory_that_is_promised),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
