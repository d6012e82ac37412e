/* Grids over HTTP: areas, codes by profile, overlaps, and cells laid over an area. */
#include "tests/support/check_near.h"

#include <string.h>

#include "tests/support/asking.h"
#include "tests/support/database.h"

static struct asking_room ROOM;

static struct asking_answer post(const char *target, const char *body)
{
    return asking_send(ROOM.worker, "POST", target, asking_fresh_key(&ROOM), body);
}

/* A square of 0.01 degrees whose south-west corner is 117 + east/100, 34. */
static const char *square(const char *profile, const char *code, double east)
{
    const double west = 117 + east / 100;

    return arena_text(ROOM.d->arena,
                      "{\"code\":\"%s\",\"profile\":\"%s\",\"area\":{\"frame\":\"wgs84\","
                      "\"type\":\"Polygon\",\"coordinates\":[[[%.6f,34],[%.6f,34],[%.6f,34.01],"
                      "[%.6f,34.01],[%.6f,34]]]}}",
                      code, profile, west, west + 0.01, west + 0.01, west, west);
}

static void a_grid_is_made_with_its_area_and_read_in_another_frame(void **state)
{
    struct asking_answer answer = post("/v1/grids", square("DB11-15", "110101001001001", 0));

    (void)state;
    asking_expect(&answer, 201, NULL);
    assert_string_equal(asking_text(&answer, "/area/type"), "MultiPolygon");
    assert_string_equal(asking_text(&answer, "/area/frame"), "wgs84");
    assert_int_equal(asking_count(&answer, "/area/coordinates/0/0"), 5);
    assert_string_equal(asking_text(&answer, "/kind"), "drawn");
    assert_int_equal(asking_count(&answer, "/warnings"), 0);

    const char *path =
        arena_text(ROOM.d->arena, "/v1/grids/%lld", (long long)asking_int(&answer, "/grid_id"));

    answer = asking_send(ROOM.worker, "PATCH", path, "If-Match: \"1\"",
                         "{\"responsible\":\"王网格员\",\"name\":\"云龙一格\"}");
    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_text(&answer, "/responsible"), "王网格员");
    answer = asking_send(ROOM.worker, "GET", arena_text(ROOM.d->arena, "%s?frame=gcj02", path),
                         NULL, NULL);
    assert_string_equal(asking_text(&answer, "/area/frame"), "gcj02");
    assert_true(asking_number(&answer, "/area/coordinates/0/0/0/0") > 117.004);
    answer = asking_send(ROOM.worker, "DELETE", path, NULL, NULL);
    asking_expect(&answer, 204, NULL);
}

static const char *bow(const char *frame)
{
    return arena_text(ROOM.d->arena,
                      "{\"code\":\"BOW\",\"area\":{\"frame\":\"%s\",\"type\":\"Polygon\","
                      "\"coordinates\":[[[117,34],[117.01,34.01],[117.01,34],[117,34.01],"
                      "[117,34]]]}}",
                      frame);
}

static void an_area_that_crosses_itself_is_answered_with_where_and_the_repair(void **state)
{
    struct asking_answer answer = post("/v1/grids", bow("wgs84"));

    (void)state;
    asking_expect(&answer, 422, "shape_invalid");
    assert_string_equal(asking_text(&answer, "/pointer"), "/area");
    check_near(asking_number(&answer, "/where/lon"), 117.005, 1e-7);
    check_near(asking_number(&answer, "/where/lat"), 34.005, 1e-7);
    assert_string_equal(asking_text(&answer, "/value"), "117.0050000,34.0050000");
    assert_string_equal(asking_text(&answer, "/repaired/type"), "MultiPolygon");
    assert_int_equal(asking_count(&answer, "/repaired/coordinates"), 2);
    assert_string_equal(asking_text(&answer, "/repaired/frame"), "wgs84");

    /* What is offered is taken as it stands. */
    const char *offer = strstr(answer.body, "\"repaired\":") + strlen("\"repaired\":");
    const char *body = arena_text(ROOM.d->arena, "{\"code\":\"BOW\",\"area\":%s", offer);

    answer = post("/v1/grids", body);
    asking_expect(&answer, 201, NULL);

    answer = post("/v1/grids", bow("gcj02"));
    asking_expect(&answer, 422, "shape_invalid");
    check_near(asking_number(&answer, "/where/lon"), 117.005, 1e-5);
    assert_string_equal(asking_text(&answer, "/where/frame"), "gcj02");
    assert_string_equal(asking_text(&answer, "/repaired/frame"), "gcj02");
}

static void grids_that_make_no_sense_are_refused(void **state)
{
#define AREA(type, coordinates)                                                                    \
    "\"area\":{\"frame\":\"wgs84\",\"type\":\"" type "\",\"coordinates\":" coordinates "}"
#define RING "[[117,34],[117.01,34],[117.01,34.01],[117,34]]"
    static const struct {
        const char *body;
        const char *code;
    } CASES[] = {
        { "{\"code\":\"A\"}", "key_missing" },
        { "{\"code\":\"A\",\"area\":{\"type\":\"Polygon\",\"coordinates\":[" RING "]}}",
          "frame_missing" },
        { "{\"code\":\"A\"," AREA("Point", "[117,34]") "}", "figure_kind" },
        { "{\"code\":\"A\"," AREA("LineString", RING) "}", "figure_kind" },
        { "{\"code\":\"A\"," AREA("Polygon", "[[[117,34],[117.01,34],[117.01,34.01]]]") "}",
          "figure_malformed" },
        { "{\"code\":\"A\"," AREA("Polygon", "[[[117,34],[217,34],[117.01,34.01],[117,34]]]") "}",
          "place_out_of_range" },
        { "{\"code\":\"1101\",\"profile\":\"DB11-15\"," AREA("Polygon", "[" RING "]") "}",
          "grid_code_malformed" },
        { "{\"code\":\"11010100100100X\",\"profile\":\"DB11-15\"," AREA("Polygon",
                                                                        "[" RING "]") "}",
          "grid_code_malformed" },
        { "{\"code\":\"A\",\"profile\":\"DB12\"," AREA("Polygon", "[" RING "]") "}",
          "value_not_allowed" },
        { "{\"code\":\"A\",\"kind\":\"round\"," AREA("Polygon", "[" RING "]") "}",
          "value_not_allowed" },
    };
#undef AREA
#undef RING

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct asking_answer answer = post("/v1/grids", CASES[i].body);

        asking_expect(&answer, 422, CASES[i].code);
    }
}

static void an_overlap_inside_a_community_is_told_and_a_shared_edge_is_none(void **state)
{
    struct asking_answer answer = post("/v1/grids", square("DB11-15", "110101002002001", 10));

    (void)state;
    asking_expect(&answer, 201, NULL);
    const int64_t first = asking_int(&answer, "/grid_id");

    answer = post("/v1/grids", square("DB11-15", "110101002002002", 11));
    asking_expect(&answer, 201, NULL);
    assert_int_equal(asking_count(&answer, "/warnings"), 0);
    answer = post("/v1/grids", square("DB11-15", "110101002002003", 9.5));
    asking_expect(&answer, 201, NULL);
    assert_int_equal(asking_count(&answer, "/warnings"), 1);
    assert_string_equal(asking_text(&answer, "/warnings/0/code"), "grids_overlap");
    assert_int_equal(asking_int(&answer, "/warnings/0/other_id"), first);
    /* Half a square of 0.01 degrees at 34 N: 461.9 m by 1,109.2 m. */
    check_near(asking_number(&answer, "/warnings/0/common_m2"), 461.9 * 1109.2, 600);
    /* Another community's grid on the same ground is its own affair. */
    answer = post("/v1/grids", square("DB11-15", "110101002003001", 10));
    asking_expect(&answer, 201, NULL);
    assert_int_equal(asking_count(&answer, "/warnings"), 0);
    answer = post("/v1/grids", square("DB11-15", "110101002002001", 40));
    asking_expect(&answer, 409, "code_taken");
    /* The same number under another profile is another code. */
    answer = post("/v1/grids", square("free", "110101002002001", 40));
    asking_expect(&answer, 201, NULL);
}

static const char *lay(const char *kind, int side_m, const char *prefix)
{
    return arena_text(
        ROOM.d->arena,
        "{\"kind\":\"%s\",\"side_m\":%d,\"prefix\":\"%s\",\"area\":{\"frame\":\"wgs84\","
        "\"type\":\"Polygon\",\"coordinates\":[[[118,34],[118.05,34],[118.05,34.05],"
        "[118,34.05],[118,34]]]}}",
        kind, side_m, prefix);
}

static void cells_are_laid_over_an_area_and_shown_before(void **state)
{
    struct asking_answer answer = post("/v1/grids/lay?dry_run=true", lay("square", 500, "LAY-"));

    (void)state;
    asking_expect(&answer, 200, NULL);
    const int64_t count = asking_int(&answer, "/would_add");

    /* 4.6 km by 5.5 km. */
    assert_true(count >= 10 * 12 && count <= 11 * 13);
    assert_int_equal(asking_count(&answer, "/preview/features"), count);
    assert_string_equal(asking_text(&answer, "/preview/frame"), "wgs84");
    assert_false(asking_has(&answer, "/preview/features/0/id"));
    assert_int_equal(
        database_int(ROOM.d, "SELECT count(*) FROM vigil.grid WHERE code LIKE 'LAY-%'"), 0);

    answer = post("/v1/grids/lay", lay("square", 500, "LAY-"));
    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_int(&answer, "/added"), count);
    assert_int_equal(asking_count(&answer, "/warnings"), 0);
    assert_int_equal(
        database_int(ROOM.d, "SELECT count(*) FROM vigil.grid WHERE code LIKE 'LAY-%' AND kind = "
                             "'square' AND profile = 'free'"),
        count);
    answer = post("/v1/grids/lay", lay("hexagon", 500, "LAY-"));
    asking_expect(&answer, 409, "code_taken");
    answer = post("/v1/grids/lay", lay("hexagon", 300, "HEX-"));
    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_count(&answer, "/warnings"), 0);
}

static void wishes_for_cells_that_make_no_sense_are_refused(void **state)
{
    static const struct {
        const char *kind;
        int side_m;
        const char *prefix;
        const char *code;
    } CASES[] = {
        { "triangle", 500, "A-", "value_not_allowed" },
        { "square", 5, "A-", "value_out_of_range" },
        { "square", 50000, "A-", "value_out_of_range" },
        { "square", 20, "A-", "grid_too_many" },
        { "square", 500, "", "value_empty" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct asking_answer answer =
            post("/v1/grids/lay", lay(CASES[i].kind, CASES[i].side_m, CASES[i].prefix));

        asking_expect(&answer, 422, CASES[i].code);
    }
    struct asking_answer answer = post("/v1/grids/lay?dry_run=maybe", lay("square", 500, "A-"));

    asking_expect(&answer, 422, "value_not_allowed");
    answer = post("/v1/grids/lay",
                  "{\"kind\":\"square\",\"side_m\":500,\"prefix\":\"A-\",\"area\":{\"frame\":"
                  "\"wgs84\",\"type\":\"Polygon\",\"coordinates\":[[[118,34],[118.01,34.01],"
                  "[118.01,34],[118,34.01],[118,34]]]}}");
    asking_expect(&answer, 422, "shape_invalid");
    assert_true(asking_has(&answer, "/repaired"));
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
        cmocka_unit_test(a_grid_is_made_with_its_area_and_read_in_another_frame),
        cmocka_unit_test(an_area_that_crosses_itself_is_answered_with_where_and_the_repair),
        cmocka_unit_test(grids_that_make_no_sense_are_refused),
        cmocka_unit_test(an_overlap_inside_a_community_is_told_and_a_shared_edge_is_none),
        cmocka_unit_test(cells_are_laid_over_an_area_and_shown_before),
        cmocka_unit_test(wishes_for_cells_that_make_no_sense_are_refused),
    };

    return cmocka_run_group_tests(tests, open_room, close_room);
}
