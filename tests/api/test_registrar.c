/* Lists of the registry: pages, filters, frames and formats. */
#include "tests/support/check_near.h"

#include <string.h>

#include "tests/support/asking.h"
#include "tests/support/database.h"

static struct asking_room ROOM;

/* 201 bytes. */
#define TWENTY "aaaaaaaaaaaaaaaaaaaa"
#define FIFTY  TWENTY TWENTY "aaaaaaaaaa"
#define LONG   FIFTY FIFTY FIFTY FIFTY "a"

enum { STATIONS = 25 };

static struct asking_answer get(const char *target)
{
    return asking_send(ROOM.worker, "GET", target, NULL, NULL);
}

/* Twenty-five stations from west to east, 0.01 degrees apart. */
static int open_room(void **state)
{
    asking_open_room(&ROOM, state);
    for (int32_t i = 0; i < STATIONS; i++) {
        const char *body = arena_text(
            ROOM.d->arena,
            "{\"code\":\"S-%02d\",\"name\":\"%s\",\"place\":{\"lon\":117.%02d,\"lat\":34.26,"
            "\"frame\":\"wgs84\"}}",
            i, i == 7 ? "Estação São Bento 100%" : "服务站", i);
        const struct asking_answer answer =
            asking_send(ROOM.worker, "POST", "/v1/stations", asking_fresh_key(&ROOM), body);

        asking_expect(&answer, 201, NULL);
    }
    return 0;
}

static int close_room(void **state)
{
    (void)state;
    return asking_close_room(&ROOM);
}

static void pages_give_every_item_once_in_order(void **state)
{
    static const int32_t LIMITS[] = { 1, 7, 24, 25, 26, 1000 };

    (void)state;
    for (size_t k = 0; k < sizeof LIMITS / sizeof *LIMITS; k++) {
        const char *target = arena_text(ROOM.d->arena, "/v1/stations?limit=%d", LIMITS[k]);
        const char *next = target;
        int32_t seen = 0;

        while (next) {
            const struct asking_answer answer = get(next);

            asking_expect(&answer, 200, NULL);
            const int32_t count = asking_count(&answer, "/items");

            assert_true(count > 0 && count <= LIMITS[k]);
            for (int32_t i = 0; i < count; i++)
                assert_string_equal(
                    asking_text(&answer, arena_text(ROOM.d->arena, "/items/%d/code", i)),
                    arena_text(ROOM.d->arena, "S-%02d", seen++));
            next = asking_has(&answer, "/next") ? arena_text(ROOM.d->arena, "%s&cursor=%s", target,
                                                             asking_text(&answer, "/next"))
                                                : NULL;
        }
        assert_int_equal(seen, STATIONS);
    }
}

static void a_cursor_belongs_to_its_list_and_its_filters(void **state)
{
    struct asking_answer answer = get("/v1/stations?limit=3");
    const char *cursor = arena_text(ROOM.d->arena, "%s", asking_text(&answer, "/next"));
    static const char *const TARGETS[] = {
        "/v1/lookout_points?limit=3&cursor=%s",
        "/v1/stations?q=S&limit=3&cursor=%s",
        "/v1/stations?bbox=1,2,3,4&frame=wgs84&cursor=%s",
        "/v1/stations?cursor=x%s",
        "/v1/stations?cursor=%s0",
    };

    (void)state;
    for (size_t i = 0; i < sizeof TARGETS / sizeof *TARGETS; i++) {
        const size_t at = strcspn(TARGETS[i], "%");

        answer = get(arena_text(ROOM.d->arena, "%.*s%s%s", (int)at, TARGETS[i], cursor,
                                TARGETS[i] + at + 2));
        asking_expect(&answer, 422, "cursor_malformed");
    }
    /* Another limit is the same list. */
    answer = get(arena_text(ROOM.d->arena, "/v1/stations?limit=5&cursor=%s", cursor));
    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_text(&answer, "/items/0/code"), "S-03");
}

static void names_are_found_without_case_accents_or_width(void **state)
{
    static const struct {
        const char *target;
        int32_t count;
    } CASES[] = {
        { "/v1/stations?q=sao%20bento", 1 },
        { "/v1/stations?q=ESTA%C3%87%C3%83O", 1 },
        { "/v1/stations?q=%EF%BC%B3-03", 1 }, /* a full-width S */
        { "/v1/stations?q=%E6%9C%8D%E5%8A%A1", 24 },
        { "/v1/stations?q=100%25", 1 },
        { "/v1/stations?q=%25", 1 },
        { "/v1/stations?q=_", 0 },
        { "/v1/stations?q=s-1", 10 },
        { "/v1/stations?q=nowhere", 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct asking_answer answer = get(CASES[i].target);

        asking_expect(&answer, 200, NULL);
        if (asking_count(&answer, "/items") != CASES[i].count)
            print_error("%s: %s\n", CASES[i].target, answer.body);
        assert_int_equal(asking_count(&answer, "/items"), CASES[i].count);
    }
}

static void a_box_filters_in_the_frame_it_declares(void **state)
{
    struct asking_answer answer = get("/v1/stations?bbox=117.045,34,117.085,35&frame=wgs84");

    (void)state;
    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_count(&answer, "/items"), 4);
    /* In Xuzhou gcj02 lies some 0.0058 degrees east of WGS 84. */
    answer = get("/v1/stations?bbox=117.051,34,117.0905,35&frame=gcj02");
    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_count(&answer, "/items"), 4);
    assert_string_equal(asking_text(&answer, "/items/0/place/frame"), "gcj02");
    assert_string_equal(asking_text(&answer, "/items/0/code"), "S-05");
}

static void a_list_comes_as_geojson_when_asked_for(void **state)
{
    struct asking_answer answer = get("/v1/stations?format=geojson&frame=bd09&limit=2");

    (void)state;
    asking_expect(&answer, 200, NULL);
    assert_string_equal(answer.type, "application/geo+json");
    assert_string_equal(asking_text(&answer, "/type"), "FeatureCollection");
    assert_string_equal(asking_text(&answer, "/frame"), "bd09");
    assert_string_equal(asking_text(&answer, "/features/0/geometry/type"), "Point");
    assert_true(asking_number(&answer, "/features/0/geometry/coordinates/0") > 117.01);
    assert_string_equal(asking_text(&answer, "/features/1/properties/code"), "S-01");
    assert_true(asking_int(&answer, "/features/1/id") > 0);
    assert_true(asking_has(&answer, "/next"));
    answer = asking_send(ROOM.worker, "GET", "/v1/stations?limit=1",
                         "Accept: application/geo+json, application/json", NULL);
    assert_string_equal(answer.type, "application/geo+json");
    answer = asking_send(ROOM.worker, "GET", "/v1/stations?limit=1&format=json",
                         "Accept: application/geo+json", NULL);
    assert_string_equal(answer.type, "application/json");
}

static void wishes_that_make_no_sense_are_refused(void **state)
{
    static const struct {
        const char *target;
        const char *code;
    } CASES[] = {
        { "/v1/stations?limit=0", "query_out_of_range" },
        { "/v1/stations?limit=1001", "query_out_of_range" },
        { "/v1/stations?limit=ten", "query_out_of_range" },
        { "/v1/stations?cursor=", "cursor_malformed" },
        { "/v1/stations?q=", "value_empty" },
        { "/v1/stations?q=" LONG, "value_too_long" },
        { "/v1/stations?bbox=1,2,3,4", "frame_missing" },
        { "/v1/stations?bbox=1,2,3&frame=wgs84", "box_malformed" },
        { "/v1/stations?bbox=3,2,1,4&frame=wgs84", "box_malformed" },
        { "/v1/stations?bbox=1,2,3,nan&frame=wgs84", "box_malformed" },
        { "/v1/stations?bbox=1,2,300,4&frame=wgs84", "place_out_of_range" },
        { "/v1/stations?bbox=1,2,3,4&frame=bd09", "frame_outside_china" },
        { "/v1/stations?frame=utm", "frame_unknown" },
        { "/v1/stations?frame=", "frame_missing" },
        { "/v1/stations?format=xml", "value_not_allowed" },
        { "/v1/stations?colour=red", "query_unknown" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct asking_answer answer = get(CASES[i].target);

        asking_expect(&answer, 422, CASES[i].code);
    }
}

static void an_unknown_wish_is_told_which_there_are(void **state)
{
    const struct asking_answer answer = get("/v1/stations?colour=red");

    (void)state;
    asking_expect(&answer, 422, "query_unknown");
    assert_string_equal(asking_text(&answer, "/allowed"),
                        "limit, cursor, q, org, bbox, frame, format");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_give_every_item_once_in_order),
        cmocka_unit_test(a_cursor_belongs_to_its_list_and_its_filters),
        cmocka_unit_test(names_are_found_without_case_accents_or_width),
        cmocka_unit_test(a_box_filters_in_the_frame_it_declares),
        cmocka_unit_test(a_list_comes_as_geojson_when_asked_for),
        cmocka_unit_test(wishes_that_make_no_sense_are_refused),
        cmocka_unit_test(an_unknown_wish_is_told_which_there_are),
    };

    return cmocka_run_group_tests(tests, open_room, close_room);
}
