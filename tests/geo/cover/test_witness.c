/* Walks and rides over made-up streets whose way is known. */
#include "geo/cover/beside.h"

#include <string.h>

#include "tests/support/check_near.h"
#include "tests/support/town.h"

enum { SIDE = 12, TOLD_MAX = 4000 };

static const struct point CORNER = { 117.2, 0.1 };
static const double DEGREES = 9e-6; /* of a metre */

/* Blocks of 100 m: row r runs east along y = 100 r, column c north along x = 100 c. */
struct town {
    struct arena *arena;
    struct network network;
    struct graph graph;
    struct snap_index *index;
    struct witness_room room;
    struct witness *witness;
    struct witness_piece told[TOLD_MAX];
    int32_t told_count;
};

static struct town *start(void)
{
    struct arena *a = arena_new();
    struct town *t = arena_take(a, 1, sizeof *t);

    t->arena = a;
    t->network = *town_blocks(SIDE, CORNER, a);
    graph_take(&t->network, a, &t->graph);
    t->index = snap_index_new(&t->network);
    t->room = (struct witness_room){ hop_room_new(), bypass_new(&t->network, MODE_FOOT) };
    t->witness = witness_new(
        &(struct match_streets){ { &t->network, &t->graph, MODE_FOOT }, t->index }, MATCH_LAG_MAX);
    return t;
}

static void end(struct town *t)
{
    witness_free(t->witness);
    bypass_free(t->room.bypass);
    hop_room_free(t->room.hop);
    snap_index_free(t->index);
    arena_free(t->arena);
}

static void keep(struct town *t, const struct witness_told *told)
{
    assert_true(t->told_count + told->count <= TOLD_MAX);
    if (told->count > 0)
        memcpy(t->told + t->told_count, told->pieces, (size_t)told->count * sizeof *told->pieces);
    t->told_count += told->count;
}

/* She is so many metres east and north of the corner; a little off, always the same way. */
static void seen(struct town *t, int32_t at_s, double x_m, double y_m)
{
    const int32_t off_m = at_s * 7 % 5 - 2;
    const struct match_fix fix = {
        .at_us = at_s * INT64_C(1000000),
        .at = { CORNER.lon + (x_m + off_m) * DEGREES, CORNER.lat + (y_m - off_m) * DEGREES },
        .accuracy_m = 8,
    };
    struct witness_told told;

    witness_add(t->witness, &t->room, &fix, &told);
    keep(t, &told);
}

static void over(struct town *t)
{
    struct witness_told told;

    witness_end(t->witness, &t->room, &told);
    keep(t, &told);
}

/* East along row 2 from x = 100 m, for so long. */
static void go(struct town *t, int32_t from_s, int32_t for_s, int32_t every_s, double mps)
{
    for (int32_t s = 0; s <= for_s; s += every_s)
        seen(t, from_s + s, 100 + s * mps, 200);
}

static double metres(const struct town *t, enum witness_basis basis)
{
    return (double)witness_sum(t->witness)->cm[basis] / 100;
}

/* ------------------------------------------------------------------ tests */

static void who_walks_proves_what_she_passed_with_its_times(void **state)
{
    struct town *t = start();

    (void)state;
    go(t, 1000, 500, 10, 1.4);
    over(t);
    check_near(metres(t, WITNESS_POSITIONS), 700, 20);
    check_near(metres(t, WITNESS_THIN) + metres(t, WITNESS_RIDDEN), 0, 0.01);
    for (int32_t i = 0; i < t->told_count; i++) {
        const struct point at =
            network_point(&t->network, (struct spot){ t->told[i].edge >> 1, t->told[i].to_cm });

        assert_true(i == 0 || t->told[i].from_us >= t->told[i - 1].to_us);
        check_near((at.lat - CORNER.lat) / DEGREES, 200, 1);
        /* Where she was then, within what her fixes were off. */
        check_near((at.lon - CORNER.lon) / DEGREES,
                   100 + ((double)t->told[i].to_us / 1e6 - 1000) * 1.4, 20);
    }
    end(t);
}

static void a_jump_is_left_out_and_its_place_is_not_proven(void **state)
{
    struct town *t = start();

    (void)state;
    go(t, 1000, 200, 10, 1.4);
    seen(t, 1205, 100 + 205 * 1.4, 800);
    for (int32_t s = 210; s <= 500; s += 10)
        seen(t, 1000 + s, 100 + s * 1.4, 200);
    over(t);
    assert_int_equal(witness_sum(t->witness)->jumps, 1);
    check_near(metres(t, WITNESS_POSITIONS), 700, 20);
    end(t);
}

/* On a straight street there is no other way in the time; round a corner there is. */
static void over_a_longer_gap_only_the_only_way_is_proven(void **state)
{
    struct town *t = start();

    (void)state;
    go(t, 1000, 200, 10, 1.25);
    for (int32_t s = 270; s <= 400; s += 10)
        seen(t, 1000 + s, 100 + s * 1.25, 200);
    over(t);
    check_near(metres(t, WITNESS_ONLY_WAY), 70 * 1.25, 20);
    check_near(metres(t, WITNESS_THIN), 0, 0.01);
    end(t);

    t = start();
    go(t, 1000, 80, 10, 1.25); /* to (200, 200); then to (300, 300), over either corner */
    for (int32_t s = 0; s <= 120; s += 10)
        seen(t, 1240 + s, 300, 300 + s * 1.25);
    over(t);
    check_near(metres(t, WITNESS_ONLY_WAY), 0, 10);
    assert_true(metres(t, WITNESS_THIN) > 150);
    end(t);
}

static void whoever_rides_walks_neither_then_nor_while_she_waits(void **state)
{
    struct town *t = start();

    (void)state;
    go(t, 1000, 100, 5, 4.2); /* 15 km/h */
    for (int32_t s = 105; s <= 180; s += 5)
        seen(t, 1000 + s, 520, 200); /* a light is red */
    for (int32_t s = 185; s <= 300; s += 5)
        seen(t, 1000 + s, 520 + (s - 185) * 4.2, 200);
    over(t);
    check_near(metres(t, WITNESS_POSITIONS) + metres(t, WITNESS_ONLY_WAY), 0, 0.01);
    assert_true(metres(t, WITNESS_RIDDEN) > 800);
    assert_true(witness_sum(t->witness)->ridden_m > 400);
    end(t);
}

static void after_a_ride_she_walks_again(void **state)
{
    struct town *t = start();

    (void)state;
    go(t, 1000, 100, 5, 5);
    for (int32_t s = 105; s <= 700; s += 5)
        seen(t, 1000 + s, 600, 200 + (s - 105) * 1.2);
    over(t);
    assert_true(metres(t, WITNESS_POSITIONS) > 500);
    assert_true(metres(t, WITNESS_RIDDEN) > 400);
    end(t);
}

static void what_is_told_is_told_once_and_in_time(void **state)
{
    struct town *t = start();

    (void)state;
    go(t, 1000, 700, 10, 1.4);
    assert_true(t->told_count > 0);
    assert_true(t->told[t->told_count - 1].to_us <= INT64_C(1700000000) - 60 * 1000000);
    over(t);
    for (int32_t i = 1; i < t->told_count; i++)
        assert_true(t->told[i].from_us >= t->told[i - 1].to_us);
    end(t);
}

static void somebody_far_from_any_street_proves_nothing(void **state)
{
    struct town *t = start();

    (void)state;
    for (int32_t s = 0; s <= 300; s += 10)
        seen(t, 1000 + s, 200 + s, -900);
    over(t);
    assert_int_equal(t->told_count, 0);
    assert_int_equal(witness_sum(t->witness)->fixes, 31);
    end(t);
}

/* ------------------------------------------------------------------ another way */

static struct spot on_row(int32_t row, int32_t block, uint32_t along_cm)
{
    return (struct spot){ row * SIDE + block, along_cm };
}

static void another_way_is_found_up_to_its_length(void **state)
{
    struct town *t = start();
    const struct spot from = on_row(2, 3, 5000), to = on_row(2, 5, 5000);
    const struct range_piece middle = { on_row(2, 4, 0).segment, 4000, 5000 };

    (void)state;
    assert_false(bypass_exists(t->room.bypass, from, to, &middle, 39999));
    assert_true(bypass_exists(t->room.bypass, from, to, &middle, 40000));
    /* Forth and back are the same; a piece that is not between hinders nobody. */
    assert_true(bypass_exists(t->room.bypass, to, from, &middle, 40000));
    const struct range_piece elsewhere = { on_row(7, 4, 0).segment, 0, 10000 };

    assert_true(bypass_exists(t->room.bypass, from, to, &elsewhere, 20000));
    assert_false(bypass_exists(t->room.bypass, from, to, &elsewhere, 19999));
    end(t);
}

static void on_one_street_the_other_way_is_round_the_block(void **state)
{
    struct town *t = start();
    const struct spot from = on_row(2, 3, 3000), to = on_row(2, 3, 6000);
    const struct range_piece between = { from.segment, 3000, 6000 };
    const struct range_piece before = { from.segment, 1000, 2000 };

    (void)state;
    assert_false(bypass_exists(t->room.bypass, from, to, &between, 36999));
    assert_true(bypass_exists(t->room.bypass, from, to, &between, 37000));
    assert_true(bypass_exists(t->room.bypass, from, to, &before, 3000));
    end(t);
}

/* ------------------------------------------------------------------ beside */

/* Rows of the made-up town are 100 m apart; these two are 10 m apart. */
static void what_runs_beside_a_walk_counts_and_what_crosses_it_does_not(void **state)
{
    struct town *t = start();
    struct point_e7 *shape = arena_take(t->arena, (size_t)t->network.shape_count, sizeof *shape);
    const int32_t beside = on_row(3, 4, 0).segment, walked = on_row(2, 4, 0).segment;

    (void)state;
    memcpy(shape, t->network.shape, (size_t)t->network.shape_count * sizeof *shape);
    for (int32_t i = t->network.first_shape[beside]; i < t->network.first_shape[beside + 1]; i++)
        shape[i].lat = t->network.shape[t->network.first_shape[walked]].lat + 900;
    t->network.shape = shape;
    const struct range_piece planned[] = { { beside, 0, 10000 }, { beside + 1, 0, 10000 } };
    const struct witness_piece pieces[] = {
        { 2 * walked, 2000, 7000, 1000, 51000, WITNESS_POSITIONS },
        { 2 * walked, 7000, 10000, 51000, 81000, WITNESS_THIN },
    };
    const struct witness_piece *got;
    int32_t count;

    beside_find(&t->network, planned, 2, pieces, 2, t->arena, &got, &count);
    assert_int_equal(count, 1);
    assert_int_equal(got[0].edge >> 1, beside);
    check_near(got[0].from_cm, 2000, 600);
    check_near(got[0].to_cm, 7000, 600);
    check_near((double)got[0].to_us, 51000, 2000);
    const struct range_piece across = { SIDE * (SIDE + 1) + 4 * SIDE + 2, 0, 10000 };

    beside_find(&t->network, &across, 1, pieces, 2, t->arena, &got, &count);
    assert_int_equal(count, 0);
    beside_find(&t->network, planned, 0, pieces, 2, t->arena, &got, &count);
    assert_int_equal(count, 0);
    end(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_walks_proves_what_she_passed_with_its_times),
        cmocka_unit_test(a_jump_is_left_out_and_its_place_is_not_proven),
        cmocka_unit_test(over_a_longer_gap_only_the_only_way_is_proven),
        cmocka_unit_test(whoever_rides_walks_neither_then_nor_while_she_waits),
        cmocka_unit_test(after_a_ride_she_walks_again),
        cmocka_unit_test(what_is_told_is_told_once_and_in_time),
        cmocka_unit_test(somebody_far_from_any_street_proves_nothing),
        cmocka_unit_test(another_way_is_found_up_to_its_length),
        cmocka_unit_test(on_one_street_the_other_way_is_round_the_block),
        cmocka_unit_test(what_runs_beside_a_walk_counts_and_what_crosses_it_does_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
