/* Tracks through made-up streets whose way is known. */
#include "geo/road/match.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/check_near.h"
#include "tests/support/town.h"

enum { SIDE = 12, FOUND_MAX = 4000 };

static const struct point CORNER = { 117.2, 0.1 };
static const int64_t SECOND_US = 1000000;

/* A track being matched in blocks of 100 m: row r runs east along y = 100 r, column c
 * north along x = 100 c. */
struct trip {
    struct arena *arena;
    struct network network;
    struct graph graph;
    struct snap_index *index;
    struct hop_room *room;
    struct match *match;
    struct match_place places[FOUND_MAX];
    struct match_piece pieces[FOUND_MAX];
    int32_t fix_count, place_count, piece_count;
    int32_t waited_most;
};

static struct trip *start_on(const struct network *n, struct arena *a, enum mode mode, int32_t lag)
{
    struct trip *t = arena_take(a, 1, sizeof *t);

    t->arena = a;
    t->network = *n;
    graph_take(&t->network, a, &t->graph);
    t->index = snap_index_new(&t->network);
    t->room = hop_room_new();
    t->match =
        match_new(&(struct match_streets){ { &t->network, &t->graph, mode }, t->index }, lag);
    return t;
}

static struct trip *start(enum mode mode, int32_t lag)
{
    struct arena *a = arena_new();

    return start_on(town_blocks(SIDE, CORNER, a), a, mode, lag);
}

static void end(struct trip *t)
{
    match_free(t->match);
    hop_room_free(t->room);
    snap_index_free(t->index);
    arena_free(t->arena);
}

static void keep(struct trip *t, const struct match_found *found)
{
    assert_true(t->place_count + found->place_count <= FOUND_MAX);
    assert_true(t->piece_count + found->piece_count <= FOUND_MAX);
    if (found->place_count > 0)
        memcpy(t->places + t->place_count, found->places,
               (size_t)found->place_count * sizeof *found->places);
    if (found->piece_count > 0)
        memcpy(t->pieces + t->piece_count, found->pieces,
               (size_t)found->piece_count * sizeof *found->pieces);
    t->place_count += found->place_count;
    t->piece_count += found->piece_count;
    if (t->fix_count - t->place_count > t->waited_most)
        t->waited_most = t->fix_count - t->place_count;
}

static struct point at_m(double x_m, double y_m)
{
    /* The blocks are 9000 e7 of a degree wide and high. */
    return (struct point){ CORNER.lon + x_m / 100 * 9000e-7, CORNER.lat + y_m / 100 * 9000e-7 };
}

static void fix(struct trip *t, double at_s, double x_m, double y_m)
{
    const struct match_fix f = { .at_us = (int64_t)(at_s * 1e6), .at = at_m(x_m, y_m) };
    struct match_found found;

    t->fix_count++;
    match_add(t->match, t->room, &f, &found);
    keep(t, &found);
}

static void finish(struct trip *t)
{
    struct match_found found;

    match_end(t->match, t->room, &found);
    keep(t, &found);
    assert_int_equal(t->place_count, t->fix_count);
}

/* Every piece goes its edge's way, as the mode may, and begins where the one before ended. */
static void check_way(const struct trip *t, enum mode mode)
{
    for (int32_t i = 0; i < t->piece_count; i++) {
        const struct match_piece *p = &t->pieces[i];
        const uint32_t length_cm = t->network.length_cm[p->edge >> 1];

        assert_true(p->edge & 1 ? p->from_cm > p->to_cm : p->from_cm < p->to_cm);
        assert_true(p->from_cm <= length_cm && p->to_cm <= length_cm);
        assert_true(p->from_us <= p->to_us);
        assert_true(t->network.cost_ms[mode][p->edge] < NETWORK_COST_NEVER);
        if (i == 0 || p[-1].run != p->run)
            continue;
        assert_true(p[-1].to_us <= p->from_us);
        if (p[-1].edge >> 1 == p->edge >> 1 && p[-1].to_cm == p->from_cm)
            continue;
        assert_int_equal(p[-1].to_cm, p[-1].edge & 1 ? 0 : t->network.length_cm[p[-1].edge >> 1]);
        assert_int_equal(p->from_cm, p->edge & 1 ? length_cm : 0);
        assert_int_equal(network_head(&t->network, p[-1].edge), network_tail(&t->network, p->edge));
    }
}

static int64_t gone_cm(const struct trip *t)
{
    int64_t sum = 0;

    for (int32_t i = 0; i < t->piece_count; i++)
        sum += labs((long)t->pieces[i].to_cm - (long)t->pieces[i].from_cm);
    return sum;
}

/* ------------------------------------------------------------------ the way */

static void a_way_round_a_corner_is_found_with_its_measures_and_times(void **state)
{
    struct trip *t = start(MODE_EBIKE, MATCH_LAG_MAX);

    (void)state;
    /* East along row 2 from x = 150 to column 5, then north to y = 450. */
    for (int i = 0; i <= 7; i++)
        fix(t, 10 * i, 150 + 50 * i, 200 + (i % 2 ? 6 : -5));
    for (int i = 1; i <= 5; i++)
        fix(t, 70 + 10 * i, 500 + (i % 2 ? -4 : 5), 200 + 50 * i);
    finish(t);
    check_way(t, MODE_EBIKE);
    for (int32_t i = 0; i < t->place_count; i++) {
        assert_int_equal(t->places[i].verdict, MATCH_PLACED);
        assert_int_equal(t->places[i].run, 0);
        assert_true(t->places[i].off_m < 7);
        assert_true(t->places[i].confidence > 0.9);
    }
    check_near((double)gone_cm(t), 60000, 200);
    assert_int_equal(t->pieces[0].from_us, 0);
    assert_int_equal(t->pieces[t->piece_count - 1].to_us, 120 * SECOND_US);
    assert_int_equal(t->pieces[0].edge, 2 * (2 * SIDE + 1));
    check_near(t->pieces[0].from_cm, 5000, 100);
    assert_int_equal(t->pieces[t->piece_count - 1].edge, 2 * ((SIDE + 1) * SIDE + 5 * SIDE + 4));
    check_near(t->pieces[t->piece_count - 1].to_cm, 5000, 100);
    end(t);
}

static void who_turns_round_between_junctions_is_followed(void **state)
{
    struct trip *t = start(MODE_FOOT, MATCH_LAG_MAX);

    (void)state;
    for (int i = 0; i <= 8; i++)
        fix(t, 30 * i, 310 + 40 * (i <= 4 ? i : 8 - i), 101);
    finish(t);
    check_way(t, MODE_FOOT);
    check_near((double)gone_cm(t), 32000, 400);
    assert_int_equal(t->pieces[0].edge ^ 1, t->pieces[t->piece_count - 1].edge);
    end(t);
}

static void a_street_that_goes_one_way_is_never_gone_the_other(void **state)
{
    struct trip *t = start(MODE_CAR, MATCH_LAG_MAX);
    const size_t segments = (size_t)t->network.segment_count;
    uint8_t *access = arena_take(t->arena, segments, sizeof *access);
    const struct network_speeds speeds = town_speeds();

    (void)state;
    /* Row 3 eastwards only for cars. */
    for (size_t i = 0; i < segments; i++)
        access[i] = i / SIDE == 3 ? 63 & ~(1 << (2 * MODE_CAR + 1)) : 63;
    t->network.access = access;
    network_price(&t->network, &speeds, t->arena);
    for (int i = 0; i <= 10; i++)
        fix(t, 15 * i, 900 - 50 * i, 300 + (i % 3 - 1) * 3);
    finish(t);
    check_way(t, MODE_CAR);
    end(t);
}

static void a_way_begins_at_the_first_fix_and_ends_at_the_last(void **state)
{
    struct trip *t = start(MODE_FOOT, MATCH_LAG_MAX);

    (void)state;
    for (int i = 0; i <= 60; i++)
        fix(t, 5 * i, 130 + 6 * i, 200 + (i % 2 ? 4 : -4));
    finish(t);
    check_near((double)gone_cm(t), 36000, 50);
    assert_int_equal(t->pieces[0].from_us, 0);
    assert_int_equal(t->pieces[t->piece_count - 1].to_us, 300 * SECOND_US);
    end(t);
}

/* 15 m off, every second: nearly nothing is claimed but the way, and that in one direction. */
static void who_goes_on_is_not_sent_to_and_fro(void **state)
{
    struct trip *t = start(MODE_FOOT, MATCH_LAG_MAX);
    struct town_dice dice = { 9 };

    (void)state;
    for (int i = 0; i <= 700; i++)
        fix(t, i, 150 + 1.2 * i + town_pick(&dice, 53) - 26, 500 + town_pick(&dice, 53) - 26);
    finish(t);
    check_way(t, MODE_FOOT);
    check_near((double)gone_cm(t), 84000, 3000);
    for (int32_t i = 0; i < t->piece_count; i++)
        assert_int_equal(t->pieces[i].edge & 1, 0);
    end(t);
}

/* ------------------------------------------------------------------ what does not fit */

static void single_fixes_that_nobody_can_have_been_at_are_outliers(void **state)
{
    struct trip *t = start(MODE_FOOT, MATCH_LAG_MAX);

    (void)state;
    for (int i = 0; i <= 8; i++)
        fix(t, 30 * i, 100 + 40 * i, i == 4 ? 1000 : 100);
    finish(t);
    for (int32_t i = 0; i <= 8; i++)
        assert_int_equal(t->places[i].verdict, i == 4 ? MATCH_OUTLIER : MATCH_PLACED);
    assert_int_equal(t->places[4].spot.segment, -1);
    assert_int_equal(t->places[8].run, 0);
    check_near((double)gone_cm(t), 32000, 200);
    end(t);
}

static void a_track_that_goes_on_elsewhere_is_two_runs_with_nothing_between(void **state)
{
    struct trip *t = start(MODE_FOOT, MATCH_LAG_MAX);

    (void)state;
    for (int i = 0; i < 6; i++)
        fix(t, 30 * i, 100 + 40 * i, 100);
    for (int i = 6; i < 12; i++)
        fix(t, 30 * i, 100 + 40 * i, 1100);
    finish(t);
    check_way(t, MODE_FOOT);
    for (int32_t i = 0; i < 12; i++) {
        assert_int_equal(t->places[i].verdict, MATCH_PLACED);
        assert_int_equal(t->places[i].run, i >= 6);
    }
    check_near((double)gone_cm(t), 2 * 20000, 400);
    end(t);
}

static void silence_is_left_as_a_gap(void **state)
{
    struct trip *t = start(MODE_FOOT, MATCH_LAG_MAX);

    (void)state;
    for (int i = 0; i < 10; i++)
        fix(t, 30 * i + (i < 5 ? 0 : 200), 100 + 40 * i, 100);
    finish(t);
    assert_int_equal(t->places[4].run, 0);
    assert_int_equal(t->places[5].run, 1);
    check_near((double)gone_cm(t), 2 * 16000, 400);
    end(t);
}

static void who_is_off_all_streets_is_nowhere(void **state)
{
    struct trip *t = start(MODE_FOOT, MATCH_LAG_MAX);

    (void)state;
    fix(t, 0, 150, -150);
    fix(t, 60, 150, -200);
    finish(t);
    assert_int_equal(t->places[0].verdict, MATCH_OFF_ROAD);
    assert_int_equal(t->places[1].verdict, MATCH_OFF_ROAD);
    assert_int_equal(t->places[1].spot.segment, -1);
    assert_int_equal(t->piece_count, 0);
    end(t);
}

static void fixes_out_of_order_are_late_and_change_nothing(void **state)
{
    struct trip *t = start(MODE_FOOT, MATCH_LAG_MAX);

    (void)state;
    for (int i = 0; i < 6; i++) {
        fix(t, 30 * i, 100 + 40 * i, 100);
        fix(t, 30 * i, 900, 900);
    }
    finish(t);
    for (int32_t i = 0; i < 12; i++)
        assert_int_equal(t->places[i].verdict, i % 2 ? MATCH_LATE : MATCH_PLACED);
    check_near((double)gone_cm(t), 20000, 200);
    end(t);
}

static void who_stands_goes_nowhere_however_her_fixes_dance(void **state)
{
    struct trip *t = start(MODE_FOOT, MATCH_LAG_ONLINE);
    struct town_dice dice = { 5 };

    (void)state;
    for (int i = 0; i < 1000; i++)
        fix(t, 10 * i, 150 + town_pick(&dice, 21) - 10, 200 + town_pick(&dice, 21) - 10);
    finish(t);
    check_way(t, MODE_FOOT);
    for (int32_t i = 0; i < t->place_count; i++)
        assert_int_equal(t->places[i].verdict, MATCH_PLACED);
    assert_true(gone_cm(t) < 20000);
    end(t);
}

/* ------------------------------------------------------------------ in time, and how sure */

static void online_tells_in_time_and_never_takes_back(void **state)
{
    struct trip *online = start(MODE_EBIKE, MATCH_LAG_ONLINE);
    struct trip *whole = start(MODE_EBIKE, MATCH_LAG_MAX);

    (void)state;
    for (int i = 0; i < 40; i++) {
        fix(online, 10 * i, 100 + 25 * i, 400 + (i % 3 - 1) * 8);
        fix(whole, 10 * i, 100 + 25 * i, 400 + (i % 3 - 1) * 8);
    }
    finish(online);
    finish(whole);
    check_way(online, MODE_EBIKE);
    assert_true(online->waited_most <= 2 * MATCH_LAG_ONLINE);
    assert_int_equal(online->piece_count, whole->piece_count);
    for (int32_t i = 0; i < whole->piece_count; i++) {
        assert_int_equal(online->pieces[i].edge, whole->pieces[i].edge);
        assert_int_equal(online->pieces[i].to_cm, whole->pieces[i].to_cm);
    }
    end(online);
    end(whole);
}

static void half_way_between_two_streets_nobody_is_sure(void **state)
{
    struct trip *t = start(MODE_FOOT, MATCH_LAG_MAX);
    struct match_found found;

    (void)state;
    /* Two rows 100 m apart, a bad receiver exactly between them. */
    for (int i = 0; i < 6; i++) {
        const struct match_fix f = { .at_us = 60 * i * SECOND_US,
                                     .at = at_m(550 + 5 * i, 150),
                                     .accuracy_m = 80 };

        t->fix_count++;
        match_add(t->match, t->room, &f, &found);
        keep(t, &found);
    }
    finish(t);
    for (int32_t i = 0; i < t->place_count; i++)
        assert_true(t->places[i].confidence < 0.6);
    end(t);
}

static void whatever_the_track_the_way_hangs_together(void **state)
{
    struct town_dice dice = { 20261122 };

    (void)state;
    for (int round = 0; round < 60; round++) {
        const enum mode mode = (enum mode)(round % MODE_COUNT);
        struct trip *t = start(mode, 1 + town_pick(&dice, 20));
        double x_m = 600, y_m = 600, at_s = 0;

        for (int i = 0; i < 300; i++) {
            at_s += town_pick(&dice, 40);
            x_m += town_pick(&dice, 201) - 100;
            y_m += town_pick(&dice, 201) - 100;
            fix(t, at_s, x_m, y_m);
        }
        finish(t);
        check_way(t, mode);
        end(t);
    }
}

/* The edges from junction to junction; -1 parts what no junction joins. */
static int32_t edges_of(const struct trip *t, int32_t *edges)
{
    int32_t count = 0;

    for (int32_t i = 0; i < t->piece_count; i++) {
        const struct match_piece *p = &t->pieces[i];
        const uint32_t begin = p->edge & 1 ? t->network.length_cm[p->edge >> 1] : 0;
        const bool goes_on = i > 0 && p[-1].run == p->run;

        if (goes_on && p[-1].edge == p->edge && p[-1].to_cm == p->from_cm)
            continue;
        if (!goes_on || p->from_cm != begin)
            edges[count++] = -1;
        edges[count++] = p->edge;
    }
    return count;
}

static void check_bans(const struct trip *t, enum mode mode)
{
    const struct network *n = &t->network;
    int32_t edges[2 * FOUND_MAX];
    const int32_t count = edges_of(t, edges);

    for (int32_t ban = 0; ban < n->ban_count; ban++) {
        const int32_t *banned = n->ban_edge + n->first_ban_edge[ban];
        const int32_t length = n->first_ban_edge[ban + 1] - n->first_ban_edge[ban];

        for (int32_t i = 0; (n->ban_modes[ban] & 1u << mode) && i + length <= count; i++)
            assert_memory_not_equal(edges + i, banned, (size_t)length * sizeof *edges);
    }
}

/* Fixes at the very junctions, where whoever turned round could forget whence she came. */
static void no_turn_is_taken_that_is_forbidden(void **state)
{
    struct town_dice dice = { 41 };

    (void)state;
    for (int round = 0; round < 60; round++) {
        const enum mode mode = (enum mode)(round % MODE_COUNT);
        struct arena *a = arena_new();
        const struct network *n = town_banned(&dice, town_blocks(SIDE, CORNER, a), 400, a);
        struct trip *t = start_on(n, a, mode, MATCH_LAG_MAX);
        int x = 6, y = 6;

        for (int i = 0; i < 200; i++) {
            x += town_pick(&dice, 3) - 1;
            y += town_pick(&dice, 3) - 1;
            fix(t, 30 * i, 100 * x, 100 * y);
        }
        finish(t);
        check_way(t, mode);
        check_bans(t, mode);
        end(t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_way_round_a_corner_is_found_with_its_measures_and_times),
        cmocka_unit_test(who_turns_round_between_junctions_is_followed),
        cmocka_unit_test(a_street_that_goes_one_way_is_never_gone_the_other),
        cmocka_unit_test(a_way_begins_at_the_first_fix_and_ends_at_the_last),
        cmocka_unit_test(who_goes_on_is_not_sent_to_and_fro),
        cmocka_unit_test(single_fixes_that_nobody_can_have_been_at_are_outliers),
        cmocka_unit_test(a_track_that_goes_on_elsewhere_is_two_runs_with_nothing_between),
        cmocka_unit_test(silence_is_left_as_a_gap),
        cmocka_unit_test(who_is_off_all_streets_is_nowhere),
        cmocka_unit_test(fixes_out_of_order_are_late_and_change_nothing),
        cmocka_unit_test(who_stands_goes_nowhere_however_her_fixes_dance),
        cmocka_unit_test(online_tells_in_time_and_never_takes_back),
        cmocka_unit_test(half_way_between_two_streets_nobody_is_sure),
        cmocka_unit_test(whatever_the_track_the_way_hangs_together),
        cmocka_unit_test(no_turn_is_taken_that_is_forbidden),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
