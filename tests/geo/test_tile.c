/* geo/tile.c: tile names and Web Mercator. */
#include "geo/tile.h"

#include <math.h>
#include <string.h>

#include "tests/support/check_near.h"

static void names_of_tiles_are_read(void **state)
{
    static const struct {
        const char *text;
        struct tile want;
    } GOOD[] = {
        { "0/0/0.mvt", { 0, 0, 0 } },
        { "14/13525/6530.mvt", { 14, 13525, 6530 } },
        { "22/4194303/4194303.mvt", { 22, 4194303, 4194303 } },
    };
    struct tile t;
    struct fail f;

    (void)state;
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++) {
        assert_true(tile_parse(GOOD[i].text, &t, &f));
        assert_memory_equal(&t, &GOOD[i].want, sizeof t);
    }
    assert_true(tile_parse_pieces("14", "13525", "6530.mvt", &t, &f));
    assert_memory_equal(&t, &GOOD[1].want, sizeof t);
    assert_true(tile_parse_pieces("14", "13525", "6530", &t, &f));
    assert_memory_equal(&t, &GOOD[1].want, sizeof t);
}

static void names_that_are_no_tile_are_refused(void **state)
{
    static const struct {
        const char *text;
        enum fail_code code;
    } WRONG[] = {
        { "", CODE_TILE_MALFORMED },
        { "1/1", CODE_TILE_MALFORMED },
        { "1/1/1", CODE_TILE_MALFORMED },
        { "1/1/1.pbf", CODE_TILE_MALFORMED },
        { "1/1/1.mvt ", CODE_TILE_MALFORMED },
        { "1/1/1.mvt/2", CODE_TILE_MALFORMED },
        { " 1/1/1.mvt", CODE_TILE_MALFORMED },
        { "+1/1/1.mvt", CODE_TILE_MALFORMED },
        { "-1/1/1.mvt", CODE_TILE_MALFORMED },
        { "1/-1/1.mvt", CODE_TILE_MALFORMED },
        { "01/1/1.mvt", CODE_TILE_MALFORMED },
        { "1/01/1.mvt", CODE_TILE_MALFORMED },
        { "1//1.mvt", CODE_TILE_MALFORMED },
        { "/1/1.mvt", CODE_TILE_MALFORMED },
        { "1.0/1/1.mvt", CODE_TILE_MALFORMED },
        { "1e0/1/1.mvt", CODE_TILE_MALFORMED },
        { "0x1/1/1.mvt", CODE_TILE_MALFORMED },
        { "１/1/1.mvt", CODE_TILE_MALFORMED },
        { "1/1/18446744073709551617.mvt", CODE_TILE_MALFORMED },
        { "23/0/0.mvt", CODE_ZOOM_RANGE },
        { "4294967296/0/0.mvt", CODE_ZOOM_RANGE },
        { "0/1/0.mvt", CODE_TILE_OUTSIDE },
        { "0/0/1.mvt", CODE_TILE_OUTSIDE },
        { "22/4194304/0.mvt", CODE_TILE_OUTSIDE },
        { "3/0/4294967296.mvt", CODE_TILE_OUTSIDE },
    };
    static const char *const PIECES[][3] = {
        { "", "0", "0" },   { "0", "", "0" },      { "0", "0", "" },     { "0/", "0", "0" },
        { "0", "0 ", "0" }, { "0", "0", "0.png" }, { "0", "0", ".mvt" }, { "0", "0.mvt", "0" },
    };
    struct tile t = { 7, 7, 7 };
    struct fail f;

    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        if (tile_parse(WRONG[i].text, &t, &f))
            fail_msg("was read: %s", WRONG[i].text);
        if (f.code != WRONG[i].code)
            fail_msg("%s: %s", WRONG[i].text, fail_word(f.code));
        assert_true(f.allowed[0]);
    }
    for (size_t i = 0; i < sizeof PIECES / sizeof *PIECES; i++) {
        assert_false(tile_parse_pieces(PIECES[i][0], PIECES[i][1], PIECES[i][2], &t, &f));
        assert_int_equal(f.code, CODE_TILE_MALFORMED);
    }
    assert_false(tile_parse_pieces("23", "0", "0", &t, &f));
    assert_int_equal(f.code, CODE_ZOOM_RANGE);
    assert_string_equal(f.value, "23");
    assert_int_equal(t.x, 7);
}

static void the_tile_of_a_place_covers_it(void **state)
{
    static const struct point PLACES[] = { { 117.2, 34.26 }, { 11.97, 57.71 },  { -8.61, 41.15 },
                                           { -70.6, -33.4 }, { 179.999, 84.9 }, { -180, -85 } };

    (void)state;
    for (int32_t zoom = 0; zoom <= TILE_ZOOM_MAX; zoom++) {
        for (size_t i = 0; i < sizeof PLACES / sizeof *PLACES; i++) {
            const struct tile t = tile_at(PLACES[i], zoom);
            const struct tile_xy xy = tile_xy(t, PLACES[i]);

            assert_true(box_holds(box_grown(tile_box(t), 0.001), PLACES[i]));
            assert_true(xy.x >= -1e-3 && xy.x <= TILE_EXTENT + 1e-3);
            assert_true(xy.y >= -1e-3 && xy.y <= TILE_EXTENT + 1e-3);
        }
    }
    const struct tile xuzhou = tile_at((struct point){ 117.2, 34.26 }, 14);

    assert_int_equal(xuzhou.x, 13525);
    assert_int_equal(xuzhou.y, 6530);
}

static void places_beyond_the_square_are_in_its_last_rows(void **state)
{
    (void)state;
    assert_int_equal(tile_at((struct point){ 180, 90 }, 3).x, 7);
    assert_int_equal(tile_at((struct point){ 180, 90 }, 3).y, 0);
    assert_int_equal(tile_at((struct point){ -180, -90 }, 3).x, 0);
    assert_int_equal(tile_at((struct point){ -180, -90 }, 3).y, 7);
}

static void neighbours_share_their_edge(void **state)
{
    const struct box here = tile_box((struct tile){ 14, 13525, 6530 });
    const struct box east = tile_box((struct tile){ 14, 13526, 6530 });
    const struct box south = tile_box((struct tile){ 14, 13525, 6531 });
    const struct box world = tile_box((struct tile){ 0, 0, 0 });
    const struct box wide = tile_box_buffered((struct tile){ 14, 13525, 6530 });

    (void)state;
    check_near(here.max.lon, east.min.lon, 0);
    check_near(here.min.lat, south.max.lat, 0);
    check_near(world.min.lon, -180, 0);
    check_near(world.max.lon, 180, 0);
    check_near(world.max.lat, 85.0511287798, 1e-9);
    check_near(world.min.lat, -85.0511287798, 1e-9);
    check_near((wide.max.lon - wide.min.lon) / (here.max.lon - here.min.lon), 1 + 128 / 4096.0,
               1e-9);
    check_near(tile_box_buffered((struct tile){ 0, 0, 0 }).min.lon, -180, 0);
}

static void units_and_places_go_both_ways(void **state)
{
    const struct tile t = { 14, 13525, 6530 };

    (void)state;
    for (int x = -64; x <= 4160; x += 64) {
        for (int y = -64; y <= 4160; y += 64) {
            const struct tile_xy back = tile_xy(t, tile_point(t, (struct tile_xy){ x, y }));

            check_near(back.x, x, 1e-5);
            check_near(back.y, y, 1e-5);
        }
    }
}

static void the_plane_of_a_tile_is_true_within_its_promise(void **state)
{
    static const struct point PLACES[] = { { 117.2, 34.26 }, { 11.97, 57.71 }, { 0.1, 0.1 },
                                           { -70.6, -33.4 }, { 25, 71 },       { 100, 80 } };

    (void)state;
    for (int32_t zoom = 0; zoom <= TILE_ZOOM_MAX; zoom++) {
        for (size_t i = 0; i < sizeof PLACES / sizeof *PLACES; i++) {
            const struct tile t = tile_at(PLACES[i], zoom);
            const struct tile_plane plane = tile_plane(t);

            for (int x = -64; x <= 4160; x += 352) {
                for (int y = -64; y <= 4160; y += 352) {
                    const struct point p = tile_point(t, (struct tile_xy){ x, y });
                    const struct tile_xy got = tile_plane_xy(&plane, p);
                    const struct tile_xy want = tile_xy(t, p);

                    check_near(got.x, want.x, 1.0 / 500);
                    check_near(got.y, want.y, 1.0 / 500);
                }
            }
        }
    }
}

static void what_is_far_from_a_tile_stays_outside_of_it(void **state)
{
    const struct tile t = { 14, 13525, 6530 };
    const struct tile_plane plane = tile_plane(t);

    (void)state;
    for (int lon = -180; lon <= 180; lon += 7) {
        for (int lat = -90; lat <= 90; lat += 5) {
            const struct tile_xy got = tile_plane_xy(&plane, (struct point){ lon, lat });

            assert_true(isfinite(got.x) && isfinite(got.y));
            assert_true(got.x < -64 || got.x > 4160 || got.y < -64 || got.y > 4160);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_tiles_are_read),
        cmocka_unit_test(names_that_are_no_tile_are_refused),
        cmocka_unit_test(the_tile_of_a_place_covers_it),
        cmocka_unit_test(places_beyond_the_square_are_in_its_last_rows),
        cmocka_unit_test(neighbours_share_their_edge),
        cmocka_unit_test(units_and_places_go_both_ways),
        cmocka_unit_test(the_plane_of_a_tile_is_true_within_its_promise),
        cmocka_unit_test(what_is_far_from_a_tile_stays_outside_of_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
