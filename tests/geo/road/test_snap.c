/* Snapping against looking at every leg of every street. */
#include "geo/road/snap.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "geo/road/draft.h"
#include "tests/support/check_near.h"
#include "tests/support/town.h"

enum { TOWNS = 300, POINTS = 40 };

static const double DEGREE = 3.14159265358979323846 / 180;

/* Metres from the point to a leg, by trying places on it ever finer: no formula is
 * shared with what is tested. */
static double leg_distance_m(struct point p, struct point a, struct point b)
{
    const double sine = sin(p.lat * DEGREE);
    const double w = sqrt(1 - 0.00669437999014 * sine * sine);
    const double east = 6378137.0 / w * cos(p.lat * DEGREE) * DEGREE;
    const double north = 6378137.0 * (1 - 0.00669437999014) / (w * w * w) * DEGREE;
    double low = 0;
    double high = 1;
    double least = INFINITY;

    for (int round = 0; round < 60; round++) {
        const double one = low + (high - low) / 3;
        const double two = high - (high - low) / 3;
        const double one_m = hypot((a.lon + one * (b.lon - a.lon) - p.lon) * east,
                                   (a.lat + one * (b.lat - a.lat) - p.lat) * north);
        const double two_m = hypot((a.lon + two * (b.lon - a.lon) - p.lon) * east,
                                   (a.lat + two * (b.lat - a.lat) - p.lat) * north);

        if (one_m < two_m)
            high = two;
        else
            low = one;
        least = fmin(least, fmin(one_m, two_m));
    }
    return least;
}

static double segment_distance_m(const struct network *n, int32_t s, struct point p)
{
    double least = INFINITY;

    for (int32_t i = n->first_shape[s]; i < n->first_shape[s + 1] - 1; i++)
        least = fmin(least,
                     leg_distance_m(p, point_from_e7(n->shape[i]), point_from_e7(n->shape[i + 1])));
    return least;
}

static double spot_distance_m(const struct network *n, struct spot spot, struct point p)
{
    const struct point at = network_point(n, spot);

    return leg_distance_m(p, at, at);
}

static double drawn_m(const struct network *n, int32_t s)
{
    double sum = 0;

    for (int32_t i = n->first_shape[s]; i < n->first_shape[s + 1] - 1; i++)
        sum += network_leg_m(n->shape[i], n->shape[i + 1]);
    return sum;
}

static void check_point(const struct network *n, const struct snap_index *index, enum mode mode,
                        struct point p)
{
    struct snap got;
    struct fail f;
    double least = INFINITY;
    int32_t nearest = -1;

    for (int32_t s = 0; s < n->segment_count; s++) {
        const double off_m = network_usable(n, mode, s) ? segment_distance_m(n, s, p) : HUGE_VAL;

        if (off_m < least - 1e-6) {
            least = off_m;
            nearest = s;
        }
    }
    if (!snap_to(index, mode, p, &got, &f)) {
        assert_int_equal(f.code, CODE_NO_STREET_NEAR);
        assert_true(f.value[0] && f.allowed[0]);
        assert_true(least > SNAP_REACH_M - 1e-3);
        return;
    }
    check_near(got.off_m, least, 1e-4);
    assert_true(network_usable(n, mode, got.spot.segment));
    /* The lower of two that are equally near; the search's own rounding may part them. */
    if (got.spot.segment != nearest)
        check_near(segment_distance_m(n, got.spot.segment, p), least, 1e-5);
    /* The spot is where the distance says, but for rounding to a whole centimetre of
     * a length that may be far shorter than the drawing. */
    const double centimetre_m = drawn_m(n, got.spot.segment) / n->length_cm[got.spot.segment];

    check_near(spot_distance_m(n, got.spot, p), got.off_m, centimetre_m + 1e-3 * got.off_m + 0.01);
}

static void the_nearest_street_is_that_of_looking_at_all(void **state)
{
    struct town_dice dice = { 42 };

    (void)state;
    for (int32_t town = 0; town < TOWNS; town++) {
        struct arena *a = arena_new();
        const struct network *n =
            town_random(&dice, 2 + town_pick(&dice, 40), 1 + town_pick(&dice, 60), false, a);
        struct snap_index *index = snap_index_new(n);

        for (int32_t i = 0; i < POINTS; i++) {
            const double spread = town_pick(&dice, 4) ? 0.02 : 0.06;
            const struct point p = { 117.2 + spread * (town_pick(&dice, 2000) / 1000.0 - 0.9),
                                     34.3 + spread * (town_pick(&dice, 2000) / 1000.0 - 0.9) };

            check_point(n, index, (enum mode)town_pick(&dice, MODE_COUNT), p);
        }
        snap_index_free(index);
        arena_free(a);
    }
}

static int by_nearness(const void *left, const void *right)
{
    const struct snap *a = left;
    const struct snap *b = right;

    if (a->off_m < b->off_m || b->off_m < a->off_m)
        return a->off_m < b->off_m ? -1 : 1;
    return a->spot.segment - b->spot.segment;
}

static void check_around(const struct network *n, const struct snap_index *index, enum mode mode,
                         struct point p, double reach_m, int32_t most)
{
    struct snap got[SNAP_WITHIN_MAX];
    struct snap *want = malloc((size_t)n->segment_count * sizeof *want);
    const int32_t count = snap_within(index, mode, p, reach_m, got, most);
    int32_t all = 0;

    assert_non_null(want);
    for (int32_t s = 0; s < n->segment_count; s++) {
        want[all] = (struct snap){ .spot = { .segment = s }, .off_m = segment_distance_m(n, s, p) };
        all += network_usable(n, mode, s) && want[all].off_m <= reach_m;
    }
    qsort(want, (size_t)all, sizeof *want, by_nearness);
    assert_int_equal(count, all < most ? all : most);
    for (int32_t i = 0; i < count; i++) {
        check_near(got[i].off_m, want[i].off_m, 1e-4);
        check_near(segment_distance_m(n, got[i].spot.segment, p), got[i].off_m, 1e-4);
        assert_true(i == 0 || got[i - 1].off_m <= got[i].off_m);
        for (int32_t j = 0; j < i; j++)
            assert_int_not_equal(got[i].spot.segment, got[j].spot.segment);
    }
    free(want);
}

static void the_streets_around_are_those_of_looking_at_all(void **state)
{
    struct town_dice dice = { 43 };

    (void)state;
    for (int32_t town = 0; town < TOWNS / 3; town++) {
        struct arena *a = arena_new();
        const struct network *n =
            town_random(&dice, 2 + town_pick(&dice, 40), 1 + town_pick(&dice, 60), false, a);
        struct snap_index *index = snap_index_new(n);

        for (int32_t i = 0; i < POINTS; i++) {
            const struct point p = { 117.2 + 0.02 * (town_pick(&dice, 2000) / 1000.0 - 0.9),
                                     34.3 + 0.02 * (town_pick(&dice, 2000) / 1000.0 - 0.9) };

            check_around(n, index, (enum mode)town_pick(&dice, MODE_COUNT), p,
                         1 + town_pick(&dice, town_pick(&dice, 2) ? 200 : SNAP_REACH_M),
                         1 + town_pick(&dice, town_pick(&dice, 2) ? 5 : SNAP_WITHIN_MAX));
        }
        snap_index_free(index);
        arena_free(a);
    }
}

static void a_spot_is_found_again(void **state)
{
    struct arena *a = arena_new();
    const struct network *n = town_blocks(6, (struct point){ 117.2, 34.3 }, a);
    struct snap_index *index = snap_index_new(n);
    struct town_dice dice = { 5 };

    (void)state;
    for (int32_t i = 0; i < 1000; i++) {
        const struct spot want = { town_pick(&dice, n->segment_count),
                                   (uint32_t)(100 + town_pick(&dice, 9800)) };
        struct snap got;
        struct fail f;

        assert_true(snap_to(index, MODE_FOOT, network_point(n, want), &got, &f));
        assert_int_equal(got.spot.segment, want.segment);
        assert_in_range(got.spot.along_cm, want.along_cm - 1, want.along_cm + 1);
        assert_int_equal(got.side, SNAP_ON);
        check_near(got.off_m, 0, 0.01);
    }
    snap_index_free(index);
    arena_free(a);
}

static void the_side_is_that_of_the_way(void **state)
{
    struct arena *a = arena_new();
    const struct network *n = town_blocks(1, (struct point){ 117.2, 34.3 }, a);
    struct snap_index *index = snap_index_new(n);
    static const struct {
        struct point p;
        int32_t segment; /* Row 0, Row 1, Column 0, Column 1 */
        enum snap_side side;
    } CASES[] = {
        { { 117.2005, 34.30005 }, 0, SNAP_LEFT },  /* north of an eastward street */
        { { 117.2005, 34.29995 }, 0, SNAP_RIGHT }, /* south of it */
        { { 117.20005, 34.3005 }, 2, SNAP_RIGHT }, /* east of a northward street */
        { { 117.19995, 34.3005 }, 2, SNAP_LEFT },  /* west of it */
        { { 117.2005, 34.30000 }, 0, SNAP_ON },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct snap got;
        struct fail f;

        assert_true(snap_to(index, MODE_FOOT, CASES[i].p, &got, &f));
        assert_int_equal(got.spot.segment, CASES[i].segment);
        assert_int_equal(got.side, CASES[i].side);
    }
    snap_index_free(index);
    arena_free(a);
}

static void of_equally_near_streets_the_lower_wins(void **state)
{
    struct arena *a = arena_new();
    const struct network *n = town_blocks(2, (struct point){ 117.2, 34.3 }, a);
    struct snap_index *index = snap_index_new(n);
    struct snap got;
    struct fail f;

    (void)state;
    /* The middle crossing belongs to two pieces of Row 1 (2, 3) and of Column 1. */
    assert_true(snap_to(index, MODE_FOOT, (struct point){ 117.2009, 34.3009 }, &got, &f));
    assert_int_equal(got.spot.segment, 2);
    assert_int_equal(got.spot.along_cm, 10000);
    /* Off the south-west corner Row 0 and Column 0 are equally far. */
    assert_true(snap_to(index, MODE_FOOT, (struct point){ 117.1995, 34.2995 }, &got, &f));
    assert_int_equal(got.spot.segment, 0);
    assert_int_equal(got.spot.along_cm, 0);
    snap_index_free(index);
    arena_free(a);
}

static void beyond_the_reach_there_is_no_street(void **state)
{
    struct arena *a = arena_new();
    const struct network *n = town_blocks(1, (struct point){ 117.2, 34.3 }, a);
    struct snap_index *index = snap_index_new(n);
    static const struct {
        struct point p;
        bool near;
    } CASES[] = {
        { { 117.2, 34.3 - 1990 / 110930.0 }, true },
        { { 117.2, 34.3 - 2010 / 110930.0 }, false },
        { { 117.2 - 0.0216, 34.3 }, true },
        { { 117.2 - 0.0219, 34.3 }, false },
        { { 0, 0 }, false },
        { { -180, 90 }, false },
        { { 180, -90 }, false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct snap got;
        struct fail f;

        assert_true(snap_to(index, MODE_CAR, CASES[i].p, &got, &f) == CASES[i].near);
    }
    snap_index_free(index);
    arena_free(a);
}

/* At a pole all longitudes are close together, so no cell of the grid would be too far
 * east or west to be looked at. */
static void who_is_far_away_is_not_looked_for_in_the_whole_city(void **state)
{
    enum { SIDE = 300, TIMES = 1000 };
    struct arena *a = arena_new();
    struct snap_index *index = snap_index_new(town_blocks(SIDE, (struct point){ 117.2, 34.3 }, a));
    const clock_t began = clock();

    (void)state;
    for (int i = 0; i < TIMES; i++) {
        struct snap got;
        struct fail f;

        assert_false(snap_to(index, MODE_FOOT, (struct point){ i * 0.01, 90 }, &got, &f));
        assert_false(snap_to(index, MODE_FOOT, (struct point){ 117.2, -89.999 }, &got, &f));
    }
    assert_true(clock() - began < CLOCKS_PER_SEC);
    snap_index_free(index);
    arena_free(a);
}

/* However few and long the streets of a country are. */
static void the_grid_takes_the_memory_that_is_promised(void **state)
{
    struct town_dice dice = { 77 };

    (void)state;
    for (int32_t spread = 1; spread <= 100000; spread *= 10) {
        struct arena *a = arena_new();
        struct draft *d = draft_new();
        struct network n;
        struct fail f;

        for (int32_t i = 0; i < 2000; i++) {
            const struct point_e7 shape[] = {
                { town_pick(&dice, 9000 * spread), town_pick(&dice, 9000 * spread) },
                { town_pick(&dice, 9000 * spread), town_pick(&dice, 9000 * spread) }
            };

            assert_true(draft_add(d,
                                  &(struct draft_segment){ .segment_id = i + 1,
                                                           .from_node = 2 * i,
                                                           .to_node = 2 * i + 1,
                                                           .length_cm = 1,
                                                           .name = "",
                                                           .shape = shape,
                                                           .shape_count = 2 },
                                  &f));
        }
        assert_true(draft_finish(d, 1, a, &n, &f));
        struct snap_index *index = snap_index_new(&n);

        assert_true(snap_index_bytes(index) <= 96 * (size_t)n.shape_count + 512);
        snap_index_free(index);
        draft_free(d);
        arena_free(a);
    }
}

/* On a block's edge of 100 m rows and columns: the nearest street of each direction. */
static void a_course_counts_only_streets_that_run_its_way(void **state)
{
    struct arena *a = arena_new();
    const struct network *n = town_blocks(4, (struct point){ 117.2, 34.3 }, a);
    struct snap_index *index = snap_index_new(n);
    const struct point p = { 117.20103, 34.30202 }; /* near a column, further from a row */
    const struct snap_course any = { 0, 360 }, north = { 180, 20 }, east = { 95, 20 };
    const struct snap_course aslant = { 45, 20 };
    struct snap nearest;
    struct fail f;

    (void)state;
    assert_true(snap_to(index, MODE_FOOT, p, &nearest, &f));
    check_near(snap_off_m(index, MODE_FOOT, p, any, 500), nearest.off_m, 1e-9);
    const double north_m = snap_off_m(index, MODE_FOOT, p, north, 500);
    const double east_m = snap_off_m(index, MODE_FOOT, p, east, 500);

    check_near(fmin(north_m, east_m), nearest.off_m, 1e-9);
    assert_true(fabs(north_m - east_m) > 1);
    check_near(snap_off_m(index, MODE_FOOT, p, aslant, 500), 500, 1e-9);
    check_near(snap_off_m(index, MODE_FOOT, p, any, 0.5), 0.5, 1e-9);
    snap_index_free(index);
    arena_free(a);
}

/* Against an index of the streets that are not passed over alone. */
static void streets_to_be_passed_over_give_way_to_what_is_hardly_further(void **state)
{
    struct town_dice dice = { 7 };
    int32_t gave_way = 0;

    (void)state;
    for (int32_t town = 0; town < TOWNS; town++) {
        struct arena *a = arena_new();
        const struct network *n = town_random(&dice, 20, 30, false, a);
        struct network rest = *n;
        const size_t edges = 2 * (size_t)n->segment_count;
        uint32_t *cost = arena_take(a, edges, sizeof *cost);
        uint8_t *modes = arena_take(a, (size_t)n->segment_count, sizeof *modes);
        struct snap_index *index = snap_index_new(n);
        struct snap_index *choosy = snap_index_new(n);
        struct snap_index *others = snap_index_new(&rest);

        for (size_t e = 0; e < edges; e++) {
            modes[e / 2] = e % 2 ? modes[e / 2] : (uint8_t)town_pick(&dice, 8);
            cost[e] = modes[e / 2] >> MODE_CAR & 1 ? NETWORK_COST_NEVER : n->cost_ms[MODE_CAR][e];
        }
        rest.cost_ms[MODE_CAR] = cost;
        snap_index_pass_over(choosy, modes);
        for (int32_t i = 0; i < POINTS; i++) {
            const struct point p = network_point(n, town_spot(&dice, n));
            struct snap first, other, got;
            struct fail f;

            if (!snap_to(index, MODE_CAR, p, &first, &f)) {
                assert_false(snap_to(choosy, MODE_CAR, p, &got, &f));
                continue;
            }
            const bool gives_way = (modes[first.spot.segment] >> MODE_CAR & 1) &&
                                   snap_to(others, MODE_CAR, p, &other, &f) &&
                                   other.off_m <= first.off_m + SNAP_FURTHER_M;

            gave_way += gives_way;
            assert_true(snap_to(choosy, MODE_CAR, p, &got, &f));
            const struct snap *want = gives_way ? &other : &first;

            assert_int_equal(got.spot.segment, want->spot.segment);
            assert_int_equal(got.spot.along_cm, want->spot.along_cm);
            check_near(got.off_m, want->off_m, 0);
        }
        snap_index_free(index);
        snap_index_free(choosy);
        snap_index_free(others);
        arena_free(a);
    }
    assert_true(gave_way > POINTS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_course_counts_only_streets_that_run_its_way),
        cmocka_unit_test(the_nearest_street_is_that_of_looking_at_all),
        cmocka_unit_test(the_streets_around_are_those_of_looking_at_all),
        cmocka_unit_test(a_spot_is_found_again),
        cmocka_unit_test(the_side_is_that_of_the_way),
        cmocka_unit_test(of_equally_near_streets_the_lower_wins),
        cmocka_unit_test(who_is_far_away_is_not_looked_for_in_the_whole_city),
        cmocka_unit_test(the_grid_takes_the_memory_that_is_promised),
        cmocka_unit_test(beyond_the_reach_there_is_no_street),
        cmocka_unit_test(streets_to_be_passed_over_give_way_to_what_is_hardly_further),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
