/* Imports: all or nothing, and every feature that cannot be taken is named. */
#include "tests/support/check_near.h"

#include <stdlib.h>
#include <string.h>

#include "api/registrar_import.h"
#include "geo/base/buf.h"
#include "tests/support/asking.h"
#include "tests/support/database.h"

static struct asking_room ROOM;

static struct asking_answer post(const char *target, const char *body)
{
    return asking_send(ROOM.worker, "POST", target, asking_fresh_key(&ROOM), body);
}

#define HEAD "{\"type\":\"FeatureCollection\",\"frame\":\"wgs84\",\"features\":["
#define POINT(code, lon, lat)                                                                      \
    "{\"type\":\"Feature\",\"properties\":{\"code\":\"" code "\",\"name\":\"n\"},\"geometry\":{"   \
    "\"type\":\"Point\",\"coordinates\":[" lon "," lat "]}}"
#define CELL(code, ring)                                                                           \
    "{\"type\":\"Feature\",\"properties\":{\"code\":\"" code "\"},\"geometry\":{\"type\":"         \
    "\"Polygon\",\"coordinates\":[" ring "]}}"

static int64_t stations(void)
{
    return database_int(ROOM.d, "SELECT count(*) FROM vigil.station");
}

static void every_noun_is_imported_with_its_properties(void **state)
{
    struct asking_answer answer =
        post("/v1/lookout_points/import",
             "{\"type\":\"FeatureCollection\",\"name\":\"a layer\",\"frame\":\"bd09\",\"features\":"
             "[{\"type\":\"Feature\",\"id\":7,\"properties\":{\"code\":\"L-1\",\"name\":\"瞭望点\","
             "\"reach_m\":150,\"state\":\"active\",\"fid\":3,\"colour\":\"red\"},\"geometry\":{"
             "\"type\":\"Point\",\"coordinates\":[117.197360,34.265480,12.5]}}]}");

    (void)state;
    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_int(&answer, "/added"), 1);
    assert_int_equal(asking_count(&answer, "/ignored_properties"), 2);
    assert_string_equal(asking_text(&answer, "/ignored_properties/0"), "fid");
    assert_string_equal(asking_text(&answer, "/ignored_properties/1"), "colour");
    answer = asking_send(ROOM.worker, "GET", "/v1/lookout_points", NULL, NULL);
    assert_string_equal(asking_text(&answer, "/items/0/code"), "L-1");
    assert_int_equal(asking_int(&answer, "/items/0/reach_m"), 150);
    assert_int_equal(asking_int(&answer, "/items/0/min_staff"), 1);
    assert_string_equal(asking_text(&answer, "/items/0/state"), "active");
    check_near(asking_number(&answer, "/items/0/place/lon"), 117.185, 2e-6);
    check_near(asking_number(&answer, "/items/0/place/lat"), 34.261, 2e-6);
}

static void what_a_list_gives_as_geojson_another_city_can_import(void **state)
{
    struct asking_answer answer =
        post("/v1/stations/import", HEAD POINT("R-1", "1", "2") "," POINT("R-2", "3", "4") "]}");

    (void)state;
    asking_expect(&answer, 200, NULL);
    answer = asking_send(ROOM.worker, "GET", "/v1/stations?q=R-&format=geojson", NULL, NULL);
    const char *list = arena_text(ROOM.d->arena, "%s", answer.body);

    answer = post("/v1/lookout_points/import", list);
    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_int(&answer, "/added"), 2);
}

static void one_bad_feature_and_nothing_is_imported(void **state)
{
    const int64_t before = stations();
    const char *body = HEAD POINT("G-1", "117", "34") "," POINT("G-2", "217", "34") "," POINT(
        "G-1", "117",
        "35") ",{\"type\":\"Feature\",\"properties\":{\"code\":\"G-4\"},\"geometry\":{"
              "\"type\":\"Point\",\"coordinates\":[1,2]}},"
              "{\"type\":\"Feature\",\"properties\":null,\"geometry\":null},"
              "{\"type\":\"Point\",\"coordinates\":[1,2]},"
              "{\"type\":\"Feature\",\"properties\":{\"code\":\"G-7\",\"name\":\"n\"},"
              "\"geometry\":{\"type\":\"MultiPoint\",\"coordinates\":[[1,2],[3,4]]}},"
              "{\"type\":\"Feature\",\"properties\":[],\"geometry\":{\"type\":"
              "\"Point\",\"coordinates\":[1,2]}}]}";
    static const struct {
        int64_t index;
        const char *code;
        const char *pointer;
    } WANT[] = {
        { 1, "place_out_of_range", NULL },
        { 2, "code_repeated", "/features/2/properties/code" },
        { 3, "key_missing", "/features/3/properties" },
        { 4, "key_missing", "/features/4/geometry" },
        { 5, "key_unknown", "/features/5/coordinates" },
        { 6, "figure_kind", "/features/6/geometry" },
        { 7, "value_wrong_type", "/features/7/properties" },
    };
    const int32_t want_count = sizeof WANT / sizeof *WANT;
    struct asking_answer answer = post("/v1/stations/import", body);

    (void)state;
    asking_expect(&answer, 422, "import_refused");
    assert_string_equal(answer.type, "application/problem+json");
    assert_string_equal(asking_text(&answer, "/code"), "import_refused");
    assert_non_null(strstr(asking_text(&answer, "/detail"), "7 features cannot"));
    assert_non_null(strstr(asking_text(&answer, "/detail"), "the first is feature 1:"));
    assert_int_equal(asking_int(&answer, "/refused"), want_count);
    assert_int_equal(asking_count(&answer, "/errors"), want_count);
    for (int32_t i = 0; i < want_count; i++) {
        const char *at = arena_text(ROOM.d->arena, "/errors/%d", i);

        assert_int_equal(asking_int(&answer, arena_text(ROOM.d->arena, "%s/index", at)),
                         WANT[i].index);
        assert_string_equal(asking_text(&answer, arena_text(ROOM.d->arena, "%s/code", at)),
                            WANT[i].code);
        if (WANT[i].pointer)
            assert_string_equal(asking_text(&answer, arena_text(ROOM.d->arena, "%s/pointer", at)),
                                WANT[i].pointer);
    }
    assert_int_equal(stations(), before);
    answer = post("/v1/stations/import?dry_run=true", body);
    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_int(&answer, "/would_add"), 0);
    assert_int_equal(asking_int(&answer, "/refused"), want_count);
    assert_int_equal(asking_count(&answer, "/errors"), want_count);
}

/* A layer in metres would be read as degrees and land anywhere. */
static void a_layer_in_another_system_is_refused(void **state)
{
    static const char LAYER[] =
        "{\"type\":\"FeatureCollection\",\"frame\":\"wgs84\",\"crs\":%s,\"features\":["
        "{\"type\":\"Feature\",\"properties\":{\"code\":\"C-%d\",\"name\":\"n\"},"
        "\"geometry\":{\"type\":\"Point\",\"coordinates\":[1,2]}}]}";
    static const struct {
        const char *crs;
        int32_t status;
        const char *code;
    } CASES[] = {
        { "null", 200, NULL },
        { "{\"type\":\"name\",\"properties\":{\"name\":\"urn:ogc:def:crs:OGC:1.3:CRS84\"}}", 200,
          NULL },
        { "{\"type\":\"name\",\"properties\":{\"name\":\"urn:ogc:def:crs:EPSG::3857\"}}", 422,
          "value_not_allowed" },
        { "{}", 422, "geojson_malformed" },
    };

    (void)state;
    for (int32_t i = 0; i < (int32_t)(sizeof CASES / sizeof *CASES); i++) {
        const struct asking_answer answer =
            post("/v1/stations/import", arena_text(ROOM.d->arena, LAYER, CASES[i].crs, i));

        asking_expect(&answer, CASES[i].status, CASES[i].code);
    }
}

static void codes_that_the_city_has_are_named(void **state)
{
    struct asking_answer answer = post("/v1/stations/import", HEAD POINT("T-1", "1", "2") "]}");

    (void)state;
    asking_expect(&answer, 200, NULL);
    const int64_t before = stations();

    answer =
        post("/v1/stations/import", HEAD POINT("T-0", "1", "2") "," POINT("T-1", "1", "2") "]}");
    asking_expect(&answer, 422, "import_refused");
    assert_int_equal(asking_count(&answer, "/errors"), 1);
    assert_string_equal(asking_text(&answer, "/errors/0/code"), "code_taken");
    assert_string_equal(asking_text(&answer, "/errors/0/value"), "T-1");
    assert_string_equal(asking_text(&answer, "/errors/0/pointer"), "/features/1/properties/code");
    assert_int_equal(stations(), before);
}

static void a_preview_changes_nothing_and_an_import_sent_twice_is_done_once(void **state)
{
    const char *body = HEAD POINT("P-1", "1", "2") "," POINT("P-2", "1", "2") "]}";
    const int64_t before = stations();
    static const char LAYER[] =
        "SELECT max(version) FROM vigil.layer_version WHERE layer = 'stations'";
    const int64_t layer = database_int(ROOM.d, LAYER);
    struct asking_answer answer = post("/v1/stations/import?dry_run=true", body);

    (void)state;
    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_int(&answer, "/would_add"), 2);
    assert_int_equal(stations(), before);
    assert_int_equal(database_int(ROOM.d, LAYER), layer);
    for (int32_t i = 0; i < 2; i++) {
        answer = asking_send(ROOM.worker, "POST", "/v1/stations/import",
                             "Idempotency-Key: import-once", body);
        asking_expect(&answer, 200, NULL);
        assert_int_equal(asking_int(&answer, "/added"), 2);
    }
    assert_int_equal(stations(), before + 2);
    assert_int_equal(database_int(ROOM.d, LAYER), layer + 1);
}

static void areas_that_cross_themselves_come_back_repaired(void **state)
{
    struct asking_answer answer = post(
        "/v1/grids/import",
        HEAD CELL("A-1", "[[117,34],[117.01,34],[117.01,34.01],[117,34.01],[117,34]]") "," CELL(
            "A-2", "[[118,34],[118.01,34.01],[118.01,34],[118,34.01],[118,34]]") "]}");

    (void)state;
    asking_expect(&answer, 422, "import_refused");
    assert_int_equal(asking_count(&answer, "/errors"), 1);
    assert_string_equal(asking_text(&answer, "/errors/0/code"), "shape_invalid");
    assert_string_equal(asking_text(&answer, "/errors/0/pointer"), "/features/1/geometry");
    check_near(asking_number(&answer, "/errors/0/where/lon"), 118.005, 1e-7);
    assert_int_equal(asking_count(&answer, "/errors/0/repaired/coordinates"), 2);
    assert_int_equal(database_int(ROOM.d, "SELECT count(*) FROM vigil.grid"), 0);
}

static void grids_that_overlap_in_the_file_are_told(void **state)
{
    struct asking_answer answer = post(
        "/v1/grids/import",
        HEAD CELL("O-1", "[[117,34],[117.01,34],[117.01,34.01],[117,34.01],[117,34]]") "," CELL(
            "O-2",
            "[[117.005,34],[117.015,34],[117.015,34.01],[117.005,34.01],[117.005,34]]") "]}");

    (void)state;
    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_int(&answer, "/added"), 2);
    assert_int_equal(asking_count(&answer, "/warnings"), 1);
    assert_string_equal(asking_text(&answer, "/warnings/0/code"), "grids_overlap");
}

static void files_that_are_no_collection_are_refused(void **state)
{
    static const struct {
        const char *body;
        const char *code;
    } CASES[] = {
        { "[]", "value_wrong_type" },
        { "{\"type\":\"FeatureCollection\",\"frame\":\"wgs84\"}", "key_missing" },
        { "{\"type\":\"FeatureCollection\",\"features\":[" POINT("X", "1", "2") "]}",
          "frame_missing" },
        { "{\"type\":\"FeatureCollection\",\"frame\":\"epsg:4326\",\"features\":[" POINT("X", "1",
                                                                                         "2") "]}",
          "frame_unknown" },
        { "{\"type\":\"Topology\",\"frame\":\"wgs84\",\"features\":[]}", "value_not_allowed" },
        { HEAD "]}", "value_out_of_range" },
        { "{\"type\":\"FeatureCollection\",\"frame\":\"wgs84\",\"features\":{}}",
          "value_wrong_type" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct asking_answer answer = post("/v1/stations/import", CASES[i].body);

        asking_expect(&answer, 422, CASES[i].code);
    }
}

/* A file of `count` points in two rows of degrees. */
static const char *many_points(struct buf *b, int32_t count)
{
    buf_clear(b);
    buf_string(b, HEAD);
    for (int32_t i = 0; i < count; i++)
        buf_format(b,
                   "%s{\"type\":\"Feature\",\"properties\":{\"code\":\"M-%d\",\"name\":\"n\"},"
                   "\"geometry\":{\"type\":\"Point\",\"coordinates\":[%.5f,1]}}",
                   i > 0 ? "," : "", i, i / 1000.0);
    buf_string(b, "]}");
    return buf_text(b);
}

static void a_file_at_the_limit_is_taken_and_one_over_it_is_refused(void **state)
{
    const int64_t before = stations();
    struct buf b = { 0 };
    struct asking_answer answer =
        post("/v1/stations/import", many_points(&b, REGISTRAR_IMPORT_FEATURES_MAX + 1));

    (void)state;
    asking_expect(&answer, 422, "value_out_of_range");
    answer = post("/v1/stations/import", many_points(&b, REGISTRAR_IMPORT_FEATURES_MAX));
    asking_expect(&answer, 200, NULL);
    assert_int_equal(stations(), before + REGISTRAR_IMPORT_FEATURES_MAX);
    /* All of them taken: a hundred are named, all are counted. */
    answer = post("/v1/stations/import", b.bytes);
    asking_expect(&answer, 422, "import_refused");
    assert_int_equal(asking_int(&answer, "/refused"), REGISTRAR_IMPORT_FEATURES_MAX);
    assert_int_equal(asking_count(&answer, "/errors"), REGISTRAR_IMPORT_ERRORS_MAX);
    buf_free(&b);
}

static int open_room(void **state)
{
    return asking_open_room(&ROOM, state);
}

static int close_room(void **state)
{
    (void)state;
    return asking_close_room(&ROOM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_noun_is_imported_with_its_properties),
        cmocka_unit_test(what_a_list_gives_as_geojson_another_city_can_import),
        cmocka_unit_test(one_bad_feature_and_nothing_is_imported),
        cmocka_unit_test(a_layer_in_another_system_is_refused),
        cmocka_unit_test(codes_that_the_city_has_are_named),
        cmocka_unit_test(a_preview_changes_nothing_and_an_import_sent_twice_is_done_once),
        cmocka_unit_test(areas_that_cross_themselves_come_back_repaired),
        cmocka_unit_test(grids_that_overlap_in_the_file_are_told),
        cmocka_unit_test(files_that_are_no_collection_are_refused),
        cmocka_unit_test(a_file_at_the_limit_is_taken_and_one_over_it_is_refused),
    };

    return cmocka_run_group_tests(tests, open_room, close_room);
}
