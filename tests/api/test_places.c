/* The search of places: what is found, and in which order. */
#include "tests/support/check_near.h"

#include <string.h>

#include "tests/support/asking.h"
#include "tests/support/database.h"

static struct asking_room ROOM;

/* 201 bytes. */
#define TWENTY "aaaaaaaaaaaaaaaaaaaa"
#define FIFTY  TWENTY TWENTY "aaaaaaaaaa"
#define LONG   FIFTY FIFTY FIFTY FIFTY "a"

static struct asking_answer get(const char *target)
{
    return asking_send(ROOM.worker, "GET", target, NULL, NULL);
}

static int open_room(void **state)
{
    asking_open_room(&ROOM, state);
    database_text(
        ROOM.d,
        "INSERT INTO osm.name (name, name_folded, kind, geom, segment_id, weight) "
        "SELECT name, vigil.fold(folded), kind, ST_SetSRID(ST_MakePoint(lon, lat), 4326), id, w "
        "FROM (VALUES"
        " ('和平路', '和平路 Heping Road', 'street', 117.20, 34.26, 11, 3.0),"
        " ('和平路', '和平路 Heping Road', 'street', 117.201, 34.261, 12, 2.0),"
        " ('和平路', '和平路', 'street', 118.00, 34.26, 13, 1.0),"
        " ('和平新村', '和平新村', 'place', 117.21, 34.27, NULL, 5.0),"
        " ('新和平巷', '新和平巷', 'street', 117.20, 34.26, 14, 0.1),"
        " ('Rua de São João', 'Rua de São João', 'street', -8.61, 41.15, 15, 1.0),"
        " ('Praça São João', 'Praça São João', 'street', -8.62, 41.16, 16, 4.0),"
        " ('100% Café_Bar', '100% Café_Bar', 'poi', -8.60, 41.14, NULL, 0.5)"
        ") AS t (name, folded, kind, lon, lat, id, w) RETURNING name");

    const struct asking_answer answer = asking_send(
        ROOM.worker, "POST", "/v1/stations", asking_fresh_key(&ROOM),
        "{\"code\":\"XZ-01\",\"name\":\"和平路服务站\",\"place\":{\"lon\":117.19,\"lat\":34.25,"
        "\"frame\":\"wgs84\"}}");

    asking_expect(&answer, 201, NULL);
    return 0;
}

static int close_room(void **state)
{
    (void)state;
    return asking_close_room(&ROOM);
}

static void names_are_found_by_how_well_they_fit(void **state)
{
    static const struct {
        const char *q;
        const char *first;
        int32_t count;
    } CASES[] = {
        { "sao%20joao", "Praça São João", 2 },
        { "S%C3%83O", "Praça São João", 2 },
        { "rua%20joao", "Rua de São João", 1 },
        { "joao%20rua", NULL, 0 },
        { "HEPING", "和平路", 1 },
        { "xz-01", "和平路服务站", 1 },
        { "%E5%92%8C%E5%B9%B3%E6%96%B0", "和平新村", 1 },
        { "100%25%20cafe_", "100% Café_Bar", 1 },
        { "%25", "100% Café_Bar", 1 },
        { "zzz", NULL, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct asking_answer answer =
            get(arena_text(ROOM.d->arena, "/v1/places?q=%s", CASES[i].q));

        asking_expect(&answer, 200, NULL);
        if (asking_count(&answer, "/items") != CASES[i].count)
            print_error("%s: %s\n", CASES[i].q, answer.body);
        assert_int_equal(asking_count(&answer, "/items"), CASES[i].count);
        if (CASES[i].first)
            assert_string_equal(asking_text(&answer, "/items/0/name"), CASES[i].first);
        assert_false(asking_has(&answer, "/items/0/distance_m"));
    }
}

static void the_whole_name_comes_before_its_beginning_and_that_before_a_part(void **state)
{
    /* 和平路 */
    const struct asking_answer answer = get("/v1/places?q=%E5%92%8C%E5%B9%B3%E8%B7%AF&near=117.2,"
                                            "34.26&frame=wgs84");

    (void)state;
    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_count(&answer, "/items"), 3);
    assert_int_equal(asking_int(&answer, "/items/0/id"), 13); /* the exact name, though far */
    assert_int_equal(asking_int(&answer, "/items/1/id"), 11);
    assert_string_equal(asking_text(&answer, "/items/2/kind"), "station");
    assert_string_equal(asking_text(&answer, "/items/2/code"), "XZ-01");
}

static void the_nearest_comes_first_in_any_frame(void **state)
{
    /* 和平 */
    struct asking_answer answer =
        get("/v1/places?q=%E5%92%8C%E5%B9%B3&near=118.0,34.26&frame=wgs84&limit=1");

    (void)state;
    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_count(&answer, "/items"), 1);
    assert_int_equal(asking_int(&answer, "/items/0/id"), 13);
    check_near(asking_number(&answer, "/items/0/distance_m"), 0, 1);
    answer = get("/v1/places?q=heping&near=117.2058,34.2588&frame=gcj02");
    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_text(&answer, "/items/0/place/frame"), "gcj02");
    assert_true(asking_number(&answer, "/items/0/distance_m") < 150);
}

static void wishes_that_make_no_sense_are_refused(void **state)
{
    static const struct {
        const char *target;
        const char *code;
    } CASES[] = {
        { "/v1/places", "value_empty" },
        { "/v1/places?q=", "value_empty" },
        { "/v1/places?q=%20%20", "value_empty" },
        { "/v1/places?q=" LONG, "value_too_long" },
        { "/v1/places?q=a&limit=51", "query_out_of_range" },
        { "/v1/places?q=a&near=1,2", "frame_missing" },
        { "/v1/places?q=a&near=1&frame=wgs84", "near_malformed" },
        { "/v1/places?q=a&near=1,2,3&frame=wgs84", "near_malformed" },
        { "/v1/places?q=a&near=,2&frame=wgs84", "near_malformed" },
        { "/v1/places?q=a&near=0x1,2&frame=wgs84", "near_malformed" },
        { "/v1/places?q=a&near=nan,inf&frame=wgs84", "near_malformed" },
        { "/v1/places?q=a&near=1e999,2&frame=wgs84", "place_out_of_range" },
        { "/v1/places?q=a&near=181,2&frame=wgs84", "place_out_of_range" },
        { "/v1/places?q=a&near=1,2&frame=bd09", "frame_outside_china" },
        { "/v1/places?q=a&frame=mars", "frame_unknown" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct asking_answer answer = get(CASES[i].target);

        asking_expect(&answer, 422, CASES[i].code);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_found_by_how_well_they_fit),
        cmocka_unit_test(the_whole_name_comes_before_its_beginning_and_that_before_a_part),
        cmocka_unit_test(the_nearest_comes_first_in_any_frame),
        cmocka_unit_test(wishes_that_make_no_sense_are_refused),
    };

    return cmocka_run_group_tests(tests, open_room, close_room);
}
