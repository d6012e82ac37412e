/* Tests of geo/cover/ground.c and geo/cover/disc.c: streets laid flat, and what of them is
 * within a distance, against the definition. */
#include "geo/cover/disc.h"

#include <math.h>
#include <string.h>

#include "geo/crs.h"
#include "tests/support/check_near.h"
#include "tests/support/town.h"

enum { TOWNS = 60, DISCS = 30, SIDE = 12 };

static const struct point SOUTH_WEST = { 117.2, 34.2 };

/* Every random street is somewhere within this of the middle. */
static struct point somewhere(struct town_dice *dice, const struct network *n)
{
    struct point p = network_point(n, town_spot(dice, n));

    p.lon += (town_pick(dice, 2001) - 1000) * 1e-6;
    p.lat += (town_pick(dice, 2001) - 1000) * 1e-6;
    return p;
}

static double off_m(const struct ground *g, struct crs_xy centre, struct spot spot)
{
    const struct crs_xy xy = ground_spot(g, spot);

    return hypot(xy.x - centre.x, xy.y - centre.y);
}

static bool is_inside(const struct range_band *band, int32_t segment, double along_cm)
{
    for (int32_t i = 0; i < band->piece_count; i++)
        if (band->pieces[i].segment == segment && band->pieces[i].from_cm <= along_cm &&
            band->pieces[i].to_cm >= along_cm)
            return true;
    return false;
}

/* How much of the plane a centimetre of the street is: drawn streets and their lengths need
 * not agree in made-up towns. */
static double centimetre_m(const struct ground *g, int32_t segment)
{
    const struct ground_point *points = ground_points(g);
    double most = 0;

    for (int32_t i = ground_first(g, segment); i < ground_first(g, segment + 1) - 1; i++) {
        const double cm = points[i + 1].along_cm - points[i].along_cm;

        if (cm > 0)
            most = fmax(most,
                        hypot(points[i + 1].x - points[i].x, points[i + 1].y - points[i].y) / cm);
    }
    return most;
}

static void check_disc(struct town_dice *dice, const struct ground *g, struct point centre,
                       double reach_m, const struct range_band *band)
{
    const struct network *n = ground_network(g);
    const struct crs_xy xy = ground_put(g, centre);

    for (int i = 0; i < 200; i++) {
        const struct spot spot = town_spot(dice, n);
        const double off = off_m(g, xy, spot);

        if (fabs(off - reach_m) > 0.51 * centimetre_m(g, spot.segment))
            assert_int_equal(is_inside(band, spot.segment, spot.along_cm), off < reach_m);
    }
    for (int32_t i = 0; i < band->piece_count; i++) {
        const struct range_piece *p = &band->pieces[i];
        const double within = 0.51 * centimetre_m(g, p->segment);

        assert_true(p->from_cm < p->to_cm && p->to_cm <= n->length_cm[p->segment]);
        if (i > 0)
            assert_true(p[-1].segment < p->segment ||
                        (p[-1].segment == p->segment && p[-1].to_cm < p->from_cm));
        if (p->from_cm > 0)
            check_near(off_m(g, xy, (struct spot){ p->segment, p->from_cm }), reach_m, within);
        if (p->to_cm < n->length_cm[p->segment])
            check_near(off_m(g, xy, (struct spot){ p->segment, p->to_cm }), reach_m, within);
    }
}

static void what_is_within_the_distance_is_in_the_disc_and_nothing_else(void **state)
{
    struct town_dice dice = { 11 };
    int64_t covered_cm = 0;

    (void)state;
    for (int32_t town = 0; town < TOWNS; town++) {
        struct arena *a = arena_new();
        const struct network *n = town_random(&dice, 2 + town_pick(&dice, 40),
                                              1 + town_pick(&dice, 120), town % 3 == 0, a);
        struct ground *g = ground_new(n);

        for (int32_t i = 0; i < DISCS; i++) {
            const struct point centre = somewhere(&dice, n);
            const double reach_m = town_pick(&dice, i % 3 ? 300 : 5000) / 1.7;
            struct range_band band;

            disc_find(g, centre, reach_m, a, &band);
            check_disc(&dice, g, centre, reach_m, &band);
            covered_cm += band.length_cm;
        }
        ground_free(g);
        arena_free(a);
    }
    assert_true(covered_cm > 0);
}

/* How many centimetres of its length a segment that is drawn as one leg has in 40 m. */
static double in_forty_m(const struct network *n, int32_t segment)
{
    const struct point_e7 *ends = n->shape + n->first_shape[segment];

    return 40 * n->length_cm[segment] / network_leg_m(ends[0], ends[1]);
}

static void a_disc_on_a_crossroads_is_four_times_its_radius(void **state)
{
    struct arena *a = arena_new();
    const struct network *n = town_blocks(SIDE, SOUTH_WEST, a);
    struct ground *g = ground_new(n);
    struct range_band band;

    (void)state;
    for (int32_t i = 0; i < n->node_count; i++) {
        if (n->first_out[i + 1] - n->first_out[i] != 4)
            continue;
        disc_find(g, point_from_e7(n->node_at[i]), 40, a, &band);
        assert_int_equal(band.piece_count, 4);
        for (int32_t k = 0; k < 4; k++) {
            const struct range_piece *p = &band.pieces[k];

            check_near((double)p->to_cm - p->from_cm, in_forty_m(n, p->segment), 0.51);
        }
    }
    ground_free(g);
    arena_free(a);
}

static void a_disc_that_holds_the_town_has_every_street_whole(void **state)
{
    struct arena *a = arena_new();
    const struct network *n = town_blocks(SIDE, SOUTH_WEST, a);
    struct ground *g = ground_new(n);
    struct range_band band;
    int64_t length_cm = 0;

    (void)state;
    for (int32_t s = 0; s < n->segment_count; s++)
        length_cm += n->length_cm[s];
    disc_find(g, ground_plane(g)->middle, 2000, a, &band);
    assert_int_equal(band.piece_count, n->segment_count);
    assert_int_equal(band.length_cm, length_cm);
    ground_free(g);
    arena_free(a);
}

static void no_distance_and_no_street_near_give_nothing(void **state)
{
    struct arena *a = arena_new();
    const struct network *n = town_blocks(SIDE, SOUTH_WEST, a);
    struct ground *g = ground_new(n);
    struct range_band band;

    (void)state;
    disc_find(g, point_from_e7(n->node_at[5]), 0, a, &band);
    assert_int_equal(band.piece_count, 0);
    disc_find(g, (struct point){ -60, -30 }, DISC_REACH_MAX_M, a, &band);
    assert_int_equal(band.piece_count, 0);
    ground_free(g);
    arena_free(a);
}

static void a_spot_lies_where_the_network_draws_it(void **state)
{
    struct town_dice dice = { 12 };

    (void)state;
    for (int32_t town = 0; town < TOWNS; town++) {
        struct arena *a = arena_new();
        const struct network *n = town_random(&dice, 20, 60, false, a);
        struct ground *g = ground_new(n);

        for (int i = 0; i < 100; i++) {
            const struct spot spot = town_spot(&dice, n);
            const struct crs_xy there = ground_spot(g, spot);
            const struct crs_xy drawn = ground_put(g, network_point(n, spot));

            check_near(there.x, drawn.x, 0.02);
            check_near(there.y, drawn.y, 0.02);
        }
        ground_free(g);
        arena_free(a);
    }
}

static void a_ground_takes_the_memory_it_says(void **state)
{
    struct arena *a = arena_new();
    const struct network *n = town_blocks(60, SOUTH_WEST, a);
    struct ground *g = ground_new(n);
    const size_t points = (size_t)ground_first(g, n->segment_count);

    (void)state;
    assert_true(ground_bytes(g) <=
                24 * points + 4 * ((size_t)n->segment_count + 1) + 44 * (points + 8) + 1024);
    ground_free(g);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_within_the_distance_is_in_the_disc_and_nothing_else),
        cmocka_unit_test(a_disc_on_a_crossroads_is_four_times_its_radius),
        cmocka_unit_test(a_disc_that_holds_the_town_has_every_street_whole),
        cmocka_unit_test(no_distance_and_no_street_near_give_nothing),
        cmocka_unit_test(a_spot_lies_where_the_network_draws_it),
        cmocka_unit_test(a_ground_takes_the_memory_it_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
