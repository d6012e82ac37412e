/* Bins of streets and the times somebody was there. */
#include "tests/support/check_near.h"

#include "geo/cover/visits.h"
#include "tests/support/town.h"

enum { ROW = 0, HOT = 1, HOUR_S = 3600, DWELL_S = 600 };

/* A block of 100 m; on the second street one has to stay for ten minutes of two hours. */
static struct visits *block(struct arena *a)
{
    static const struct visits_rule rules[] = { { 8 * HOUR_S, 1 }, { 2 * HOUR_S, DWELL_S } };
    static const uint8_t by_segment[] = { ROW, HOT, ROW, ROW };
    static const struct visits_spot spot = { { 2, 2500, 5500 }, HOT };
    const struct visits_wish wish = { .network = town_blocks(1, (struct point){ 117.2, 34.3 }, a),
                                      .rules = rules,
                                      .rule_count = 2,
                                      .segment_rule = by_segment,
                                      .spots = &spot,
                                      .spot_count = 1 };

    assert_int_equal(wish.network->segment_count, 4);
    return visits_new(&wish);
}

static int32_t pass(struct visits *v, int32_t segment, uint32_t from_cm, uint32_t to_cm,
                    uint32_t from_s, uint32_t to_s)
{
    const struct visits_pass p = { segment, from_cm, to_cm, from_s, to_s, false };
    const struct visits_flip *flips;

    return visits_add(v, &p, &flips);
}

static struct visits_told told(const struct visits *v, int32_t segment, uint32_t along_cm)
{
    struct visits_told out;

    visits_tell(v, (struct spot){ segment, along_cm }, &out);
    return out;
}

static int32_t tick(struct visits *v, uint32_t now_s)
{
    const struct visits_flip *flips;

    return visits_tick(v, now_s, &flips);
}

static void a_pass_covers_its_bins_each_from_its_own_second_for_the_window(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct visits *v = block(a);
    bool is_covered;

    tick(v, 1000);
    assert_int_equal(pass(v, 0, 500, 3000, 900, 950), 3); /* half a bin and two */
    assert_int_equal(told(v, 0, 0).last_s, 910);
    assert_int_equal(told(v, 0, 1500).last_s, 930);
    assert_int_equal(told(v, 0, 2999).last_s, 950);
    assert_int_equal(told(v, 0, 3000).last_s, 0);
    assert_int_equal(visits_run(v, 0, 0, &is_covered), 3000);
    assert_true(is_covered);
    assert_int_equal(visits_run(v, 0, 3000, &is_covered), 10000);
    assert_false(is_covered);
    assert_int_equal(told(v, 0, 0).until_s, 910 + 8 * HOUR_S);
    assert_int_equal(tick(v, 909 + 8 * HOUR_S), 0);
    assert_int_equal(tick(v, 910 + 8 * HOUR_S), 1);
    assert_false(told(v, 0, 0).is_covered);
    assert_int_equal(told(v, 0, 0).last_s, 910);
    assert_int_equal(tick(v, 950 + 8 * HOUR_S), 2);
    visits_free(v);
    arena_free(a);
}

static void against_the_way_the_far_end_comes_first(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct visits *v = block(a);

    assert_int_equal(pass(v, 0, 2000, 0, 100, 120), 2);
    assert_int_equal(told(v, 0, 1500).last_s, 110);
    assert_int_equal(told(v, 0, 500).last_s, 120);
    visits_free(v);
    arena_free(a);
}

static void a_hot_spot_asks_for_its_minutes(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct visits *v = block(a);

    tick(v, 10000);
    assert_int_equal(pass(v, 1, 4500, 4500, 5000, 5400), 0);
    assert_int_equal(pass(v, 1, 4500, 4500, 5300, 5500), 0); /* together is once */
    assert_int_equal(told(v, 1, 4000).dwell_s, 500);
    assert_int_equal(told(v, 1, 4000).visits, 1);
    assert_int_equal(pass(v, 1, 4900, 4100, 9000, 9100), 1);
    assert_int_equal(told(v, 1, 4999).visits, 2);
    assert_int_equal(told(v, 1, 4999).dwell_s, DWELL_S);
    assert_int_equal(told(v, 1, 4999).until_s, 5001 + 2 * HOUR_S);
    assert_int_equal(tick(v, 5000 + 2 * HOUR_S), 0);
    assert_int_equal(tick(v, 5001 + 2 * HOUR_S), 1);
    /* Of a piece of a street only those bins ask whose middle is in it. */
    assert_int_equal(pass(v, 2, 0, 10000, 11000, 11100), 7);
    assert_false(told(v, 2, 2500).is_covered);
    assert_true(told(v, 2, 5500).is_covered);
    visits_free(v);
    arena_free(a);
}

static void thin_evidence_is_unknown_and_covers_nothing(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct visits *v = block(a);
    const struct visits_pass p = { 0, 0, 1000, 100, 200, true };
    const struct visits_flip *flips;

    tick(v, 300);
    assert_int_equal(visits_add(v, &p, &flips), 0);
    assert_true(told(v, 0, 500).is_unknown);
    assert_false(told(v, 0, 1500).is_unknown);
    assert_int_equal(pass(v, 0, 0, 1000, 100, 200), 1);
    assert_false(told(v, 0, 500).is_unknown);
    tick(v, 200 + 8 * HOUR_S);
    assert_false(told(v, 0, 500).is_covered);
    assert_false(told(v, 0, 500).is_unknown);
    visits_free(v);
    arena_free(a);
}

static void what_comes_late_is_as_if_it_had_come_in_time(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct town_dice dice = { 81 };

    for (int32_t round = 0; round < 50; round++) {
        struct visits *one = block(a);
        struct visits *other = block(a);
        struct visits_pass passes[40];
        const struct visits_flip *flips;

        for (int32_t i = 0; i < 40; i++) {
            const uint32_t from_s = (uint32_t)town_pick(&dice, 12 * HOUR_S);

            passes[i] = (struct visits_pass){ town_pick(&dice, 3),
                                              (uint32_t)town_pick(&dice, 10001),
                                              (uint32_t)town_pick(&dice, 10001),
                                              from_s,
                                              from_s + (uint32_t)town_pick(&dice, 2000),
                                              town_pick(&dice, 5) == 0 };
            visits_add(one, &passes[i], &flips);
            if (i % 10 == 9)
                tick(one, (uint32_t)i * 1500);
        }
        for (int32_t i = 39; i >= 0; i--)
            visits_add(other, &passes[i], &flips);
        tick(other, 39 * 1500);
        assert_int_equal(visits_hash(one), visits_hash(other));
        pass(other, 3, 0, 9999, 50000, 50100);
        assert_int_not_equal(visits_hash(one), visits_hash(other));
        visits_free(one);
        visits_free(other);
    }
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pass_covers_its_bins_each_from_its_own_second_for_the_window),
        cmocka_unit_test(against_the_way_the_far_end_comes_first),
        cmocka_unit_test(a_hot_spot_asks_for_its_minutes),
        cmocka_unit_test(thin_evidence_is_unknown_and_covers_nothing),
        cmocka_unit_test(what_comes_late_is_as_if_it_had_come_in_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
