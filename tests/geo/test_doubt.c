/* Jumps, and frames told from the streets. */
#include "geo/doubt.h"

#include <math.h>

#include "tests/support/check_near.h"
#include "tests/support/town.h"

static const struct point XUZHOU = { 117.185, 34.261 };
static const double NORTH_DEG = 1 / 110925.0; /* of a metre, there */
static const double EAST_DEG = 1 / 92129.0;

static struct point beside(struct point p, double east_m, double north_m)
{
    return (struct point){ p.lon + east_m * EAST_DEG, p.lat + north_m * NORTH_DEG };
}

/* ------------------------------------------------------------------ jumps */

static struct doubt_fix fix_at(double east_m, int64_t at_s)
{
    return (struct doubt_fix){ .at = point_to_e7(beside(XUZHOU, east_m, 0)),
                               .accuracy_dm = 50,
                               .speed_cms = -1,
                               .fix_us = at_s * 1000000 };
}

struct step {
    double east_m;
    int64_t at_s;
    bool is_jump;
};

static void walk(struct doubt_jumps *j, enum mode mode, const struct step *steps, int32_t count)
{
    for (int32_t i = 0; i < count; i++) {
        const struct doubt_fix fix = fix_at(steps[i].east_m, steps[i].at_s);

        if (doubt_jump(j, mode, &fix) != steps[i].is_jump)
            fail_msg("step %d, %.0f m at %lld s", i, steps[i].east_m, (long long)steps[i].at_s);
    }
}

#define WALK(mode, ...)                                                                            \
    do {                                                                                           \
        struct doubt_jumps jumps = { 0 };                                                          \
        const struct step steps[] = { __VA_ARGS__ };                                               \
                                                                                                   \
        walk(&jumps, mode, steps, sizeof steps / sizeof *steps);                                   \
    } while (0)

static void one_fix_too_far_is_a_jump_and_the_way_goes_on(void **state)
{
    (void)state;
    WALK(MODE_FOOT, { 0, 0, false }, { 80, 60, false }, { 4000, 70, true }, { 95, 80, false },
         { 180, 140, false });
}

static void two_places_in_turn_do_not_convince(void **state)
{
    (void)state;
    WALK(MODE_FOOT, { 0, 0, false }, { 9000, 10, true }, { 2, 20, false }, { 9000, 30, true },
         { 4, 40, false }, { 9000, 50, true }, { 6, 60, false });
}

static void jumps_that_do_not_fit_each_other_are_never_believed(void **state)
{
    (void)state;
    WALK(MODE_FOOT, { 0, 0, false }, { 9000, 10, true }, { -9000, 20, true }, { 20000, 30, true },
         { -20000, 40, true });
}

static void the_third_fix_that_agrees_is_believed(void **state)
{
    (void)state;
    WALK(MODE_FOOT, { 0, 0, false }, { 9000, 10, true }, { 9010, 20, true }, { 9020, 30, false },
         { 9030, 40, false }, { 0, 50, true });
}

static void whoever_rides_is_measured_by_a_car(void **state)
{
    (void)state;
    /* On a bus at 15 m/s: not believed at first, then at every step. */
    WALK(MODE_FOOT, { 0, 0, false }, { 300, 20, true }, { 600, 40, true }, { 900, 60, false },
         { 1200, 80, false }, { 1500, 100, false }, { 9000, 110, true });
}

static void each_mode_has_its_own_reach(void **state)
{
    (void)state;
    WALK(MODE_FOOT, { 0, 0, false }, { 520, 60, false }, { 1200, 120, true });
    WALK(MODE_EBIKE, { 0, 0, false }, { 1200, 60, false }, { 3600, 120, true });
    WALK(MODE_CAR, { 0, 0, false }, { 3300, 60, false }, { 9900, 120, true });
    WALK(MODE_COUNT, { 0, 0, false }, { 3300, 60, false }, { 9900, 120, true });
}

static void accuracy_and_stated_speed_leave_more_open(void **state)
{
    struct doubt_jumps j = { 0 };
    struct doubt_fix fix = fix_at(0, 0);

    (void)state;
    assert_false(doubt_jump(&j, MODE_FOOT, &fix));
    fix = fix_at(1000, 10);
    assert_true(doubt_jump(&(struct doubt_jumps){ .believed = j.believed, .has_believed = true },
                           MODE_FOOT, &fix));
    fix.accuracy_dm = 9000;
    assert_false(doubt_jump(&(struct doubt_jumps){ .believed = j.believed, .has_believed = true },
                            MODE_FOOT, &fix));
    fix = fix_at(300, 20);
    fix.speed_cms = 1500;
    assert_false(doubt_jump(&j, MODE_FOOT, &fix));
    /* No device states a speed that excuses everything. */
    fix = fix_at(9000, 40);
    fix.speed_cms = 50000;
    assert_true(doubt_jump(&j, MODE_FOOT, &fix));
}

static void what_comes_late_is_judged_and_changes_nothing(void **state)
{
    (void)state;
    WALK(MODE_FOOT, { 0, 1000, false }, { 100, 1060, false }, { 9000, 1000, true },
         { 9000, 1010, true }, { 9000, 1020, true }, { 60, 1030, false }, { 180, 1120, false });
}

/* ------------------------------------------------------------------ clocks */

/* What the last of so many requests says, a minute apart, each with an old fix and a
 * newer one that is so much late. */
static enum doubt_clock_says ask_clock(int32_t requests, int64_t late_s, int64_t *late_us)
{
    struct doubt_clock c = { 0 };
    enum doubt_clock_says says = DOUBT_CLOCK_NOTHING;

    for (int32_t i = 0; i <= requests; i++) { /* a request is weighed when the next comes */
        const int64_t now_us = (100000 + i * 60LL) * 1000000;

        says = doubt_clock(&c, now_us - 3600LL * 1000000, now_us, late_us);
        assert_int_equal(doubt_clock(&c, now_us - late_s * 1000000, now_us, late_us),
                         DOUBT_CLOCK_NOTHING);
    }
    return says;
}

static void a_clock_that_is_always_equally_late_is_wrong(void **state)
{
    static const struct {
        int64_t late_s;
        enum doubt_clock_says says;
    } CASES[] = {
        { 0, DOUBT_CLOCK_RIGHT },    { 290, DOUBT_CLOCK_RIGHT }, { 310, DOUBT_CLOCK_WRONG },
        { 3500, DOUBT_CLOCK_WRONG }, { -50, DOUBT_CLOCK_RIGHT }, { -70, DOUBT_CLOCK_WRONG },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        int64_t late_us = 0;

        assert_int_equal(ask_clock(4, CASES[i].late_s, &late_us), DOUBT_CLOCK_NOTHING);
        assert_int_equal(ask_clock(5, CASES[i].late_s, &late_us), CASES[i].says);
        assert_int_equal(late_us, CASES[i].late_s * 1000000);
    }
}

static void a_queue_that_catches_up_says_nothing_of_the_clock(void **state)
{
    struct doubt_clock c = { 0 };
    int64_t late_us;

    (void)state;
    for (int64_t i = 0; i < 60; i++) /* an hour's fixes, one a minute, sent within a minute */
        assert_int_equal(doubt_clock(&c, i * 60000000, 3600000000 + i * 1000000, &late_us),
                         DOUBT_CLOCK_NOTHING);
}

/* ------------------------------------------------------------------ frames */

enum { SIDE = 40 };

struct place {
    struct arena *arena;
    const struct network *network;
    struct snap_index *streets;
};

static int set_up(void **state)
{
    static struct place place;

    place.arena = arena_new();
    place.network = town_blocks(SIDE, beside(XUZHOU, -2000, -2000), place.arena);
    place.streets = snap_index_new(place.network);
    *state = &place;
    return 0;
}

static int tear_down(void **state)
{
    struct place *p = *state;

    snap_index_free(p->streets);
    arena_free(p->arena);
    return 0;
}

/* Walks a staircase of three blocks each, a fix every 150 m, off the streets by `off_m`, and sends
 * it in one frame declared as another. Rows come first, each along its blocks. */
static void send(struct doubt_window *w, const struct place *p, enum frame sent,
                 enum frame declared, double off_m, int32_t count)
{
    const struct network *n = p->network;

    for (int32_t i = 0; i < count; i++) {
        const int32_t at_m = i * 150;
        const int32_t corner = 12 + at_m / 600 * 3, block = at_m % 300 / 100;
        const int32_t row = SIDE * corner + corner + block;
        const int32_t column = SIDE * (SIDE + 1 + corner + 3) + corner + block;
        const struct spot spot = { at_m % 600 < 300 ? row : column, (uint32_t)(at_m % 100 * 100) };
        struct point out, told;
        struct fail f;

        assert_true(frame_from_wgs84(sent, beside(network_point(n, spot), off_m + i % 3 - 1, off_m),
                                     &out, &f));
        assert_true(frame_to_wgs84(declared, out, &told, &f));
        doubt_keep(w, declared, &(struct doubt_fix){ .at = point_to_e7(told), .accuracy_dm = 40 });
    }
}

static void a_frame_is_told_from_the_streets(void **state)
{
    static const enum frame FRAMES[] = { FRAME_WGS84, FRAME_CGCS2000, FRAME_GCJ02, FRAME_BD09 };

    for (int sent = 0; sent < 4; sent++) {
        for (int declared = 0; declared < 4; declared++) {
            const bool is_same = sent == declared || (sent < 2 && declared < 2);
            struct doubt_window w = { 0 };
            struct doubt_verdict v;

            send(&w, *state, FRAMES[sent], FRAMES[declared], 0, DOUBT_FIXES);
            assert_int_equal(w.count, DOUBT_FIXES);
            assert_true(doubt_frame(&w, ((struct place *)*state)->streets, MODE_FOOT, &v));
            if (v.is_doubted == is_same || v.is_cleared != is_same)
                fail_msg("%s declared as %s: %.1f m, %s %.1f m", frame_word(FRAMES[sent]),
                         frame_word(FRAMES[declared]), v.declared_m, frame_word(v.likely),
                         v.likely_m);
            assert_int_equal(v.likely, is_same    ? FRAMES[declared]
                                       : sent < 2 ? FRAME_WGS84
                                                  : FRAMES[sent]);
            check_near(v.likely_m, 1.0, 1.5);
        }
    }
}

static void where_there_are_no_streets_nobody_is_doubted(void **state)
{
    struct place *p = *state;
    struct doubt_window w = { 0 };
    struct doubt_verdict v;

    send(&w, p, FRAME_GCJ02, FRAME_GCJ02, 5000, DOUBT_FIXES);
    assert_true(doubt_frame(&w, p->streets, MODE_FOOT, &v));
    assert_false(v.is_doubted);
    assert_false(v.is_cleared);
}

static void a_window_that_is_not_full_says_nothing(void **state)
{
    struct place *p = *state;
    struct doubt_window w = { 0 };
    struct doubt_verdict v;

    send(&w, p, FRAME_BD09, FRAME_WGS84, 0, DOUBT_FIXES - 1);
    assert_false(doubt_frame(&w, p->streets, MODE_FOOT, &v));
}

static void standing_blurred_and_repeated_fixes_are_not_kept(void **state)
{
    struct doubt_window w = { 0 };
    struct doubt_fix fix = fix_at(0, 0);

    (void)state;
    assert_true(doubt_keep(&w, FRAME_WGS84, &fix));
    fix = fix_at(95, 10);
    assert_false(doubt_keep(&w, FRAME_WGS84, &fix));
    fix = fix_at(105, 20);
    fix.accuracy_dm = 600;
    assert_false(doubt_keep(&w, FRAME_WGS84, &fix));
    fix.accuracy_dm = -1;
    assert_true(doubt_keep(&w, FRAME_WGS84, &fix));
    assert_int_equal(w.count, 2);
    fix = fix_at(40, 30);
    assert_false(doubt_keep(&w, FRAME_WGS84, &fix)); /* she has been there */
    assert_true(doubt_keep(&w, FRAME_GCJ02, &fix));  /* another frame begins anew */
    assert_int_equal(w.count, 1);
}

static void the_oldest_fix_gives_way(void **state)
{
    struct place *p = *state;
    struct doubt_window w = { 0 };
    struct doubt_verdict v;

    send(&w, p, FRAME_WGS84, FRAME_WGS84, 40, 15);
    send(&w, p, FRAME_BD09, FRAME_WGS84, 0, DOUBT_FIXES);
    assert_int_equal(w.count, DOUBT_FIXES);
    assert_true(doubt_frame(&w, p->streets, MODE_FOOT, &v));
    assert_true(v.is_doubted);
    assert_int_equal(v.likely, FRAME_BD09);
}

static void outside_china_frames_are_one(void **state)
{
    struct place *p = *state;
    struct doubt_window w = { 0 };
    struct doubt_verdict v;

    for (int32_t i = 0; i < DOUBT_FIXES; i++)
        doubt_keep(&w, FRAME_WGS84,
                   &(struct doubt_fix){ .at = { 119700000 + i * 20000, 577000000 } });
    assert_int_equal(w.count, DOUBT_FIXES);
    assert_false(doubt_frame(&w, p->streets, MODE_FOOT, &v));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_fix_too_far_is_a_jump_and_the_way_goes_on),
        cmocka_unit_test(two_places_in_turn_do_not_convince),
        cmocka_unit_test(jumps_that_do_not_fit_each_other_are_never_believed),
        cmocka_unit_test(the_third_fix_that_agrees_is_believed),
        cmocka_unit_test(whoever_rides_is_measured_by_a_car),
        cmocka_unit_test(each_mode_has_its_own_reach),
        cmocka_unit_test(accuracy_and_stated_speed_leave_more_open),
        cmocka_unit_test(what_comes_late_is_judged_and_changes_nothing),
        cmocka_unit_test(a_clock_that_is_always_equally_late_is_wrong),
        cmocka_unit_test(a_queue_that_catches_up_says_nothing_of_the_clock),
        cmocka_unit_test(a_frame_is_told_from_the_streets),
        cmocka_unit_test(where_there_are_no_streets_nobody_is_doubted),
        cmocka_unit_test(a_window_that_is_not_full_says_nothing),
        cmocka_unit_test(standing_blurred_and_repeated_fixes_are_not_kept),
        cmocka_unit_test(the_oldest_fix_gives_way),
        cmocka_unit_test(outside_china_frames_are_one),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
