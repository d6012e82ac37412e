/* What a map asks for: tiles, their descriptions, the style, the console's files
 * and the city. */
#include "tests/support/check_near.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/assets.h"
#include "engine/engine.h"
#include "tests/support/asking.h"
#include "tests/support/database.h"

enum { PATH_ROOM = 128 };

static struct asking_room ROOM;
static char FOLDER[PATH_ROOM];

/* Segment 1 to 3 of a street that has them in the city's form: nodes and all are
 * what the loader of streets wants to see. */
static const char CITY[] =
    "INSERT INTO vigil.import (file_name, file_sha256, city_name, attribution, finished_at,"
    " segment_count, bounds, current) VALUES ('test', '', 'Testville', 'made by hand', now(), 1,"
    " ST_MakeEnvelope(11.96, 57.69, 11.98, 57.71, 4326), true);"
    "INSERT INTO vigil.segment (way_id, from_node, to_node, ordinal, start_cm, length_cm, class,"
    " access, name, geom, import_id) VALUES (1, 1, 2, 0, 0, 119400, 5, 63, 'First Street',"
    " ST_GeomFromText('LINESTRING(11.96 57.70, 11.98 57.70)', 4326),"
    " (SELECT import_id FROM vigil.import));"
    "INSERT INTO osm.building (osm_id, kind, geom) VALUES (7, 'yes',"
    " ST_Multi(ST_MakeEnvelope(11.9701, 57.7001, 11.9702, 57.7002, 4326)));"
    "INSERT INTO vigil.station (station_id, code, name, geom) VALUES (1024, 'S1', 'North',"
    " ST_SetSRID(ST_MakePoint(11.9701, 57.7001), 4326));";

static struct asking_answer get(const char *target, const char *headers)
{
    return asking_send(ROOM.worker, "GET", target, headers, NULL);
}

static void write_file(const char *name, const char *text)
{
    char path[PATH_ROOM + 64];

    snprintf(path, sizeof path, "%s/%s", FOLDER, name);
    FILE *file = fopen(path, "we");

    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

static void make_folder(const char *name)
{
    char path[PATH_ROOM + 64];

    snprintf(path, sizeof path, "%s/%s", FOLDER, name);
    assert_int_equal(mkdir(path, 0700), 0);
}

static int open_room(void **state)
{
    struct fail f = { 0 };

    if (asking_open_room(&ROOM, state) != 0)
        return -1;
    snprintf(FOLDER, sizeof FOLDER, "/tmp/vigil-console-XXXXXX");
    assert_non_null(mkdtemp(FOLDER));
    make_folder("words");
    make_folder("library-1.2.3");
    write_file("index.html", "<p>console</p>");
    write_file("enter.html", "<p>enter</p>");
    write_file("main.js", "start();");
    write_file("palette.json",
               "{\"light\":{\"land\":\"#ffffff\"},\"dark\":{\"land\":\"#000000\"}}");
    write_file("style.json",
               "{\"version\":8,\"url\":\"@base/tiles/streets.json\",\"c\":\"@land\"}");
    write_file("words/en.json", "{}");
    write_file("library-1.2.3/library.mjs", "export {};");
    write_file("library-1.2.3/.hidden.mjs", "export {};");
    write_file("library-1.2.3/notes.md", "not served");
    if (!assets_load(FOLDER, &f))
        fail_msg("%s", f.text);
    return 0;
}

static int close_room(void **state)
{
    static const char *const NAMES[] = { "index.html",
                                         "enter.html",
                                         "main.js",
                                         "palette.json",
                                         "style.json",
                                         "words/en.json",
                                         "words",
                                         "library-1.2.3/library.mjs",
                                         "library-1.2.3/.hidden.mjs",
                                         "library-1.2.3/notes.md",
                                         "library-1.2.3" };
    char path[PATH_ROOM + 64];

    (void)state;
    assets_unload();
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", FOLDER, NAMES[i]);
        assert_int_equal(remove(path), 0);
    }
    assert_int_equal(rmdir(FOLDER), 0);
    return asking_close_room(&ROOM);
}

static int open_city(void **state)
{
    struct fail f = { 0 };

    if (open_room(state) != 0)
        return -1;
    if (!db_script(ROOM.d->db, CITY, &f) || !engine_follow(asking_engine(ROOM.asking), &f))
        fail_msg("%s", f.text);
    return 0;
}

/* ---- tiles ---- */

static void a_tile_is_served_with_its_type_frame_and_tag(void **state)
{
    const struct asking_answer answer = get("/tiles/streets/14/8736/4960.mvt", NULL);

    (void)state;
    asking_expect(&answer, 200, NULL);
    assert_string_equal(answer.type, "application/vnd.mapbox-vector-tile");
    assert_string_equal(asking_header(&answer, "Vigil-Frame"), "wgs84");
    assert_string_equal(asking_header(&answer, "Cache-Control"), "private, no-cache");
    assert_non_null(asking_header(&answer, "ETag"));
    assert_true(answer.size > 20);
}

static void a_tile_where_nothing_is_has_no_bytes(void **state)
{
    const struct asking_answer answer = get("/tiles/streets,stations/14/1/1.mvt", NULL);

    (void)state;
    asking_expect(&answer, 200, NULL);
    assert_int_equal(answer.size, 0);
}

static const char *tag_of(const char *target)
{
    const struct asking_answer answer = get(target, NULL);

    asking_expect(&answer, 200, NULL);
    return arena_text(ROOM.d->arena, "%s", asking_header(&answer, "ETag"));
}

static void whoever_has_the_tile_is_told_so(void **state)
{
    static const char TARGET[] = "/tiles/streets,stations/14/8736/4960.mvt";
    const char *tag = tag_of(TARGET);
    const char *const same[] = { tag, arena_text(ROOM.d->arena, "W/%s", tag),
                                 arena_text(ROOM.d->arena, "\"other\", %s", tag), "*" };
    const char *const other[] = { "\"other\"", "\"\"", "nonsense", "W/\"other\"" };

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        const struct asking_answer answer =
            get(TARGET, arena_text(ROOM.d->arena, "If-None-Match: %s", same[i]));

        asking_expect(&answer, 304, NULL);
        assert_int_equal(answer.size, 0);
        assert_string_equal(asking_header(&answer, "ETag"), tag);
    }
    for (size_t i = 0; i < 4; i++) {
        const struct asking_answer answer =
            get(TARGET, arena_text(ROOM.d->arena, "If-None-Match: %s", other[i]));

        asking_expect(&answer, 200, NULL);
    }
}

static void a_new_station_changes_the_tag_of_its_tiles(void **state)
{
    static const char TARGET[] = "/tiles/stations/14/8736/4960.mvt";
    const char *before = tag_of(TARGET);
    const struct asking_answer made =
        asking_send(ROOM.worker, "POST", "/v1/stations", asking_fresh_key(&ROOM),
                    "{\"code\":\"S2\",\"name\":\"South\",\"place\":{\"lon\":11.9705,"
                    "\"lat\":57.7003,\"frame\":\"wgs84\"}}");

    (void)state;
    asking_expect(&made, 201, NULL);
    assert_string_not_equal(tag_of(TARGET), before);
}

static void what_is_no_tile_is_not_found(void **state)
{
    static const struct {
        const char *target;
        const char *code;
    } WRONG[] = {
        { "/tiles/roads/14/8736/4960.mvt", "layer_unknown" },
        { "/tiles/streets,roads/14/8736/4960.mvt", "layer_unknown" },
        { "/tiles/streets/14/16384/4934.mvt", "tile_outside" },
        { "/tiles/streets/14/8736/16384.mvt", "tile_outside" },
        { "/tiles/streets/18/8736/4960.mvt", "tile_outside" },
        { "/tiles/streets/23/1/1.mvt", "zoom_range" },
        { "/tiles/streets/-1/0/0.mvt", NULL },
        { "/tiles/streets/a/b/c.mvt", NULL },
        { "/tiles/streets/14/8736/4960", NULL },
        { "/tiles/streets/14/8736/4960.pbf", NULL },
        { "/tiles/streets/014/8736/4960.mvt", NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        const struct asking_answer answer = get(WRONG[i].target, NULL);

        asking_expect(&answer, 404, WRONG[i].code);
    }
}

static void more_than_ten_layers_in_a_tile_are_refused(void **state)
{
    const struct asking_answer answer =
        get("/tiles/water,water,water,water,water,water,water,water,water,water,water/14/1/1.mvt",
            NULL);

    (void)state;
    asking_expect(&answer, 422, "layers_too_many");
}

static void tiles_in_a_shifted_frame_are_refused_rather_than_drawn_beside(void **state)
{
    struct asking_answer answer = get("/tiles/streets/14/8736/4960.mvt?frame=gcj02", NULL);

    (void)state;
    asking_expect(&answer, 422, "value_not_allowed");
    answer = get("/tiles/streets/14/8736/4960.mvt?frame=mars", NULL);
    asking_expect(&answer, 422, "frame_unknown");
    answer = get("/tiles/streets.json?frame=bd09", NULL);
    asking_expect(&answer, 422, "value_not_allowed");
    answer = get("/tiles/streets/14/8736/4960.mvt?frame=cgcs2000", NULL);
    asking_expect(&answer, 200, NULL);
}

static void before_the_first_import_streets_are_yet_to_come(void **state)
{
    struct asking_answer answer = get("/tiles/streets/14/8736/4960.mvt", NULL);

    (void)state;
    asking_expect(&answer, 503, "no_city_yet");
    answer = get("/v1/city", NULL);
    asking_expect(&answer, 503, "no_city_yet");
    answer = get("/tiles/stations/14/8736/4960.mvt", NULL);
    asking_expect(&answer, 200, NULL);
    answer = get("/tiles/streets.json", NULL);
    asking_expect(&answer, 200, NULL);
    assert_false(asking_has(&answer, "/bounds"));
}

/* ---- descriptions ---- */

static void a_description_says_where_what_and_whose(void **state)
{
    const struct asking_answer answer =
        get("/tiles/streets,grids.json", "X-Forwarded-Proto: https");

    (void)state;
    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_text(&answer, "/tilejson"), "3.0.0");
    assert_string_equal(asking_text(&answer, "/frame"), "wgs84");
    assert_string_equal(asking_text(&answer, "/tiles/0"),
                        "https://vigil.test/tiles/streets,grids/{z}/{x}/{y}.mvt");
    assert_string_equal(asking_text(&answer, "/attribution"), "made by hand");
    check_near(asking_number(&answer, "/bounds/0"), 11.96, 1e-6);
    check_near(asking_number(&answer, "/bounds/3"), 57.70, 0.02);
    assert_int_equal(asking_int(&answer, "/minzoom"), 5);
    assert_int_equal(asking_int(&answer, "/maxzoom"), 16);
    assert_int_equal(asking_count(&answer, "/vector_layers"), 3);
    assert_string_equal(asking_text(&answer, "/vector_layers/2/id"), "grid_labels");
    assert_true(asking_has(&answer, "/vector_layers/0/fields/class"));
}

static void a_description_of_no_layer_is_not_found(void **state)
{
    const struct asking_answer answer = get("/tiles/roads.json", NULL);

    (void)state;
    asking_expect(&answer, 404, "layer_unknown");
}

static void the_city_tells_its_name_bounds_and_who_is_ready(void **state)
{
    const struct asking_answer answer = get("/v1/city", NULL);

    (void)state;
    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_text(&answer, "/name"), "Testville");
    assert_string_equal(asking_text(&answer, "/time_zone"), "Asia/Shanghai");
    assert_int_equal(asking_int(&answer, "/segments"), 1);
    assert_int_equal(asking_count(&answer, "/layers"), 1);
    assert_string_equal(asking_text(&answer, "/layers/0"), "buildings");
    assert_int_equal(asking_int(&answer, "/people/known"), 0);
    assert_int_equal(asking_count(&answer, "/bounds"), 4);
    assert_int_equal(strlen(asking_text(&answer, "/people/version")), 16);
}

/* ---- the style ---- */

static void the_style_has_the_colours_of_its_theme_and_our_address(void **state)
{
    struct asking_answer answer = get("/style.json", NULL);

    (void)state;
    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_text(&answer, "/url"), "http://vigil.test/tiles/streets.json");
    assert_string_equal(asking_text(&answer, "/c"), "#ffffff");
    answer = get("/style.json?theme=dark", NULL);
    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_text(&answer, "/c"), "#000000");
    answer = get("/style.json?theme=blue", NULL);
    asking_expect(&answer, 422, "value_not_allowed");
}

static void a_style_with_an_unknown_colour_is_our_fault(void **state)
{
    struct fail f = { 0 };

    (void)state;
    write_file("style.json", "{\"version\":8,\"c\":\"@sea\"}");
    assert_true(assets_load(FOLDER, &f));
    const struct asking_answer answer = get("/style.json", NULL);

    asking_expect(&answer, 500, "style_broken");
}

/* ---- files ---- */

static void pages_and_files_come_from_memory_with_type_and_tag(void **state)
{
    static const struct {
        const char *target, *type, *caching, *body;
    } FILES[] = {
        { "/", "text/html; charset=utf-8", "no-cache", "<p>console</p>" },
        { "/enter", "text/html; charset=utf-8", "no-cache", "<p>enter</p>" },
        { "/console/main.js", "text/javascript; charset=utf-8", "no-cache", "start();" },
        { "/console/words/en.json", "application/json", "no-cache", "{}" },
        { "/console/library-1.2.3/library.mjs", "text/javascript; charset=utf-8",
          "public, max-age=31536000, immutable", "export {};" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof FILES / sizeof FILES[0]; i++) {
        struct asking_answer answer = get(FILES[i].target, NULL);

        asking_expect(&answer, 200, NULL);
        assert_string_equal(answer.type, FILES[i].type);
        assert_string_equal(asking_header(&answer, "Cache-Control"), FILES[i].caching);
        assert_int_equal(answer.size, strlen(FILES[i].body));
        assert_memory_equal(answer.body, FILES[i].body, answer.size);
        answer = get(FILES[i].target, arena_text(ROOM.d->arena, "If-None-Match: %s",
                                                 asking_header(&answer, "ETag")));
        asking_expect(&answer, 304, NULL);
        assert_int_equal(answer.size, 0);
    }
}

static void what_is_not_in_the_folder_is_not_served(void **state)
{
    static const char *const WRONG[] = {
        "/console/nothing.js",
        "/console/words/xx.json",
        "/console/words",
        "/console/library-1.2.3/.hidden.mjs",
        "/console/library-1.2.3/notes.md",
        "/console/%2e%2e/main.js",
        "/console/words/%2e%2e%2fmain.js",
        "/console/a/b/c.js",
    };

    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        const struct asking_answer answer = get(WRONG[i], NULL);

        if (answer.status != 404 && answer.status != 400)
            fail_msg("%s: %d", WRONG[i], answer.status);
    }
}

static void a_folder_without_a_console_is_refused(void **state)
{
    struct fail f = { 0 };

    (void)state;
    assert_false(assets_load("/nonexistent/vigil", &f));
    assert_int_equal(f.code, CODE_CONSOLE_MISSING);
    assert_null(assets_find("index.html"));
    f = (struct fail){ 0 };
    assert_false(assets_load("/dev/pts", &f));
    assert_int_equal(f.code, CODE_CONSOLE_MISSING);
    assert_true(assets_load(FOLDER, &f));
}

static void a_file_that_is_too_large_is_refused(void **state)
{
    char path[PATH_ROOM + 64];
    struct fail f = { 0 };

    (void)state;
    snprintf(path, sizeof path, "%s/main.js", FOLDER);
    assert_int_equal(truncate(path, (8 << 20) + 1), 0);
    assert_false(assets_load(FOLDER, &f));
    assert_int_equal(f.code, CODE_CONSOLE_TOO_LARGE);
}

#define CITY_TEST(name) cmocka_unit_test_setup_teardown(name, open_city, close_room)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CITY_TEST(a_tile_is_served_with_its_type_frame_and_tag),
        CITY_TEST(a_tile_where_nothing_is_has_no_bytes),
        CITY_TEST(whoever_has_the_tile_is_told_so),
        CITY_TEST(a_new_station_changes_the_tag_of_its_tiles),
        CITY_TEST(what_is_no_tile_is_not_found),
        CITY_TEST(more_than_ten_layers_in_a_tile_are_refused),
        CITY_TEST(tiles_in_a_shifted_frame_are_refused_rather_than_drawn_beside),
        cmocka_unit_test_setup_teardown(before_the_first_import_streets_are_yet_to_come, open_room,
                                        close_room),
        CITY_TEST(a_description_says_where_what_and_whose),
        CITY_TEST(a_description_of_no_layer_is_not_found),
        CITY_TEST(the_city_tells_its_name_bounds_and_who_is_ready),
        CITY_TEST(the_style_has_the_colours_of_its_theme_and_our_address),
        CITY_TEST(a_style_with_an_unknown_colour_is_our_fault),
        CITY_TEST(pages_and_files_come_from_memory_with_type_and_tag),
        CITY_TEST(what_is_not_in_the_folder_is_not_served),
        CITY_TEST(a_folder_without_a_console_is_refused),
        CITY_TEST(a_file_that_is_too_large_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
