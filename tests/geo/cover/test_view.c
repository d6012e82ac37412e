/* Tests of geo/cover/view.c and geo/cover/obstacle.c: a street is seen where the straight
 * way to it meets no wall, tried wall by wall. */
#include "geo/cover/view.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "geo/cover/disc.h"
#include "geo/cover/field.h"
#include "geo/shape.h"
#include "tests/support/check_near.h"
#include "tests/support/town.h"

enum { ROUNDS = 30, SIDE = 8, BUILDINGS = 120, PLACES = 6, SPOTS = 400 };

static const struct point SOUTH_WEST = { 117.2, 34.2 };

struct scene {
    struct arena *arena;
    const struct network *network;
    struct ground *ground;
    struct figure buildings[BUILDINGS];
    struct crs_xy corners[BUILDINGS][5];
    const struct obstacles *obstacles;
};

static double roll(struct town_dice *dice, double from, double to)
{
    return from + (to - from) * (double)(town_roll(dice) >> 11) / 9007199254740992.0;
}

static struct point somewhere(struct town_dice *dice)
{
    return (struct point){ SOUTH_WEST.lon + roll(dice, 0, SIDE * 1e-3),
                           SOUTH_WEST.lat + roll(dice, 0, SIDE * 0.9e-3) };
}

/* A turned quadrangle, from huts to halls; they overlap as they please. */
static struct figure building(struct town_dice *dice, struct arena *a)
{
    const struct point middle = somewhere(dice);
    const double reach = roll(dice, 2e-5, town_pick(dice, 10) ? 2e-4 : 2e-3);
    const double turned = roll(dice, 0, 1.5);
    struct point ring[5];

    for (int i = 0; i < 5; i++)
        ring[i] = (struct point){ middle.lon + reach * cos(turned + i % 4 * M_PI_2),
                                  middle.lat + reach * sin(turned + i % 4 * M_PI_2) };
    return figure_ring(a, ring, 5);
}

static struct scene scene_of(struct town_dice *dice)
{
    struct scene s = { .arena = arena_new() };

    s.network = town_blocks(SIDE, SOUTH_WEST, s.arena);
    s.ground = ground_new(s.network);
    for (int i = 0; i < BUILDINGS; i++) {
        s.buildings[i] = building(dice, s.arena);
        for (int k = 0; k < 5; k++)
            s.corners[i][k] = ground_put(s.ground, s.buildings[i].points[k]);
    }
    s.obstacles = obstacle_take(s.ground, s.buildings, BUILDINGS, s.arena);
    return s;
}

static void leave(struct scene *s)
{
    ground_free(s->ground);
    arena_free(s->arena);
}

static double side_of(struct crs_xy a, struct crs_xy b, struct crs_xy p)
{
    return (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x);
}

static double least(double a, double b)
{
    return fabs(a) < fabs(b) ? fabs(a) : fabs(b);
}

/* Whether the way meets the wall; `doubt` becomes small where it hardly does or hardly
 * does not. */
static bool meets(struct crs_xy from, struct crs_xy to, struct crs_xy a, struct crs_xy b,
                  double *doubt)
{
    const double one = side_of(a, b, from), other = side_of(a, b, to);
    const double left = side_of(from, to, a), right = side_of(from, to, b);

    *doubt = fmin(*doubt, least(least(one, other), least(left, right)));
    return (one < 0) != (other < 0) && (left < 0) != (right < 0);
}

static bool is_around(const struct scene *s, struct point place, int i)
{
    const struct field *field = field_take(s->ground, &s->buildings[i], s->arena);

    return field_holds(field, ground_put(s->ground, place));
}

static bool is_hidden(const struct scene *s, const bool *is_own, struct crs_xy from,
                      struct crs_xy to, double *doubt)
{
    bool hidden = false;

    for (int i = 0; i < BUILDINGS; i++)
        for (int k = 1; k < 5 && !is_own[i]; k++)
            hidden |= meets(from, to, s->corners[i][k - 1], s->corners[i][k], doubt);
    return hidden;
}

static bool is_seen(const struct range_band *band, struct spot spot)
{
    for (int32_t i = 0; i < band->piece_count; i++)
        if (band->pieces[i].segment == spot.segment && band->pieces[i].from_cm <= spot.along_cm &&
            band->pieces[i].to_cm >= spot.along_cm)
            return true;
    return false;
}

/* The doubt is in square metres: what a centimetre more or less along the street makes of
 * the corners. */
static int check_view(struct town_dice *dice, const struct scene *s, const struct view_wish *wish)
{
    const struct crs_xy at = ground_put(s->ground, wish->place);
    struct range_band band;
    bool is_own[BUILDINGS];
    int32_t around[OBSTACLE_AROUND_MAX];
    int32_t own_count = 0;
    int sure = 0;

    view_find(s->ground, wish, s->arena, &band);
    for (int i = 0; i < BUILDINGS; i++)
        own_count += is_own[i] = is_around(s, wish->place, i);
    /* She may lean on a wall from outside, too. */
    if (own_count < obstacle_around(s->obstacles, s->ground, wish->place, around))
        return 0;
    for (int i = 0; i < SPOTS; i++) {
        const struct spot spot = town_spot(dice, s->network);
        const struct crs_xy there = ground_spot(s->ground, spot);
        const double off_m = hypot(there.x - at.x, there.y - at.y);
        double doubt = INFINITY;
        const bool hidden = is_hidden(s, is_own, at, there, &doubt);

        if (doubt < 0.02 * (1 + off_m) || fabs(off_m - wish->reach_m) < 0.02)
            continue;
        sure++;
        assert_int_equal(is_seen(&band, spot), off_m < wish->reach_m && !hidden);
    }
    return sure;
}

static void a_street_is_seen_where_no_wall_is_in_the_way(void **state)
{
    struct town_dice dice = { 31 };
    int sure = 0;

    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        struct scene s = scene_of(&dice);

        for (int i = 0; i < PLACES; i++)
            sure += check_view(&dice, &s,
                               &(struct view_wish){ .place = somewhere(&dice),
                                                    .reach_m = roll(&dice, 0, i % 2 ? 150 : 900),
                                                    .obstacles = s.obstacles });
        leave(&s);
    }
    assert_true(sure > ROUNDS * PLACES * SPOTS / 4);
}

static void without_buildings_the_view_is_the_disc(void **state)
{
    struct town_dice dice = { 32 };
    struct scene s = scene_of(&dice);
    const struct obstacles *none = obstacle_take(s.ground, NULL, 0, s.arena);

    (void)state;
    for (int i = 0; i < 50; i++) {
        const struct view_wish wish = { somewhere(&dice), roll(&dice, 0, 400),
                                        i % 2 ? none : NULL };
        struct range_band seen, disc;

        view_find(s.ground, &wish, s.arena, &seen);
        disc_find(s.ground, wish.place, wish.reach_m, s.arena, &disc);
        assert_int_equal(seen.piece_count, disc.piece_count);
        assert_int_equal(seen.length_cm, disc.length_cm);
        assert_memory_equal(seen.pieces, disc.pieces,
                            (size_t)seen.piece_count * sizeof *seen.pieces);
    }
    leave(&s);
}

/* A wall of 8 m, 10 m north of the place, from 4 m west to 4 m east: of the street 40 m to
 * the north it hides 32 m. */
static void a_building_hides_what_similar_triangles_say(void **state)
{
    struct arena *a = arena_new();
    const struct network *n = town_blocks(SIDE, SOUTH_WEST, a);
    struct ground *g = ground_new(n);
    const struct gauss *plane = ground_plane(g);
    const struct spot middle = { SIDE * SIDE / 2, n->length_cm[SIDE * SIDE / 2] / 2 };
    const struct crs_xy street = ground_spot(g, middle);
    const struct crs_xy at = { street.x, street.y - 40 };
    const struct point ring[] = { gauss_back(plane, (struct crs_xy){ at.x - 4, at.y + 10 }),
                                  gauss_back(plane, (struct crs_xy){ at.x + 4, at.y + 10 }),
                                  gauss_back(plane, (struct crs_xy){ at.x + 4, at.y + 12 }),
                                  gauss_back(plane, (struct crs_xy){ at.x - 4, at.y + 12 }),
                                  gauss_back(plane, (struct crs_xy){ at.x - 4, at.y + 10 }) };
    const struct figure house = figure_ring(a, ring, 5);
    struct view_wish wish = { .place = gauss_back(plane, at), .reach_m = 50 };
    struct range_band open, hidden;

    (void)state;
    view_find(g, &wish, a, &open);
    wish.obstacles = obstacle_take(g, &house, 1, a);
    view_find(g, &wish, a, &hidden);
    /* The made-up street is a little shorter than its length says. */
    const double scale = n->length_cm[middle.segment] /
                         (100 * network_leg_m(n->shape[n->first_shape[middle.segment]],
                                              n->shape[n->first_shape[middle.segment] + 1]));

    check_near((double)(open.length_cm - hidden.length_cm) / 100, 32 * scale, 0.03);
    arena_free(a);
    ground_free(g);
}

static void whoever_stands_in_a_building_looks_out_of_it(void **state)
{
    struct arena *a = arena_new();
    const struct network *n = town_blocks(SIDE, SOUTH_WEST, a);
    struct ground *g = ground_new(n);
    const struct point place = { SOUTH_WEST.lon + 1.5e-3, SOUTH_WEST.lat + 1.4e-3 };
    const double reach = 1e-4;
    const struct point ring[] = { { place.lon - reach, place.lat - reach },
                                  { place.lon + reach, place.lat - reach },
                                  { place.lon + reach, place.lat + reach },
                                  { place.lon - reach, place.lat + reach },
                                  { place.lon - reach, place.lat - reach } };
    const struct figure house = figure_ring(a, ring, 5);
    const struct obstacles *obstacles = obstacle_take(g, &house, 1, a);
    const struct point door = { place.lon + reach, place.lat };
    const struct point street = { place.lon + 3 * reach, place.lat };
    struct range_band seen, disc;

    (void)state;
    for (int i = 0; i < 3; i++) {
        const struct point at = i == 0 ? place : i == 1 ? door : street;

        view_find(g, &(struct view_wish){ at, 200, obstacles }, a, &seen);
        disc_find(g, at, 200, a, &disc);
        if (i < 2)
            assert_int_equal(seen.length_cm, disc.length_cm);
        else
            assert_true(seen.length_cm < disc.length_cm);
    }
    arena_free(a);
    ground_free(g);
}

/* The outline is drawn for the eye; here it must agree with what is counted. */
static void the_outline_holds_the_streets_that_are_seen(void **state)
{
    struct town_dice dice = { 33 };

    (void)state;
    for (int round = 0; round < ROUNDS / 4; round++) {
        struct scene s = scene_of(&dice);
        struct shape *shape = shape_take(s.arena);

        for (int i = 0; i < PLACES; i++) {
            const struct view_wish wish = { somewhere(&dice), roll(&dice, 1, 400), s.obstacles };
            struct range_band seen, in_outline;
            struct figure outline, valid;
            struct fail f = { 0 };

            view_find(s.ground, &wish, s.arena, &seen);
            view_outline(s.ground, &wish, s.arena, &outline);
            assert_true(shape_repair(shape, &outline, &valid, &f));
            field_find(field_take(s.ground, &valid, s.arena), s.ground, s.arena, &in_outline);
            /* Where buildings overlap the drawn edge jumps from one to the other. */
            check_near((double)in_outline.length_cm, (double)seen.length_cm,
                       300 + 0.02 * (double)seen.length_cm);
        }
        leave(&s);
    }
}

static void nothing_is_seen_without_reach(void **state)
{
    struct town_dice dice = { 34 };
    struct scene s = scene_of(&dice);
    const struct view_wish wish = { somewhere(&dice), 0, s.obstacles };
    struct range_band seen;
    struct figure outline;

    (void)state;
    view_find(s.ground, &wish, s.arena, &seen);
    view_outline(s.ground, &wish, s.arena, &outline);
    assert_int_equal(seen.piece_count, 0);
    assert_int_equal(outline.point_count, 0);
    leave(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_street_is_seen_where_no_wall_is_in_the_way),
        cmocka_unit_test(without_buildings_the_view_is_the_disc),
        cmocka_unit_test(a_building_hides_what_similar_triangles_say),
        cmocka_unit_test(whoever_stands_in_a_building_looks_out_of_it),
        cmocka_unit_test(the_outline_holds_the_streets_that_are_seen),
        cmocka_unit_test(nothing_is_seen_without_reach),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
