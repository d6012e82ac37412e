/* What can be reached, as the outside asks for it. */
#include "tests/support/check_near.h"

#include <string.h>

#include "engine/clock.h"
#include "engine/engine.h"
#include "geo/frame.h"
#include "tests/support/asking.h"
#include "tests/support/block.h"
#include "tests/support/database.h"

enum { SIDE = 10 };

static struct asking_room ROOM;

/* The city 1 with the counties 2 and 3. People 1, who walks, and 2, who drives, are of two,
 * 3 is of three, and nobody knows where 4 is. Each county has a station. All are at the
 * crossing as many blocks east as their number, four blocks north. */
static const char CITY[] =
    "INSERT INTO vigil.org (org_id, parent_id, kind, code, name) VALUES"
    " (2, 1, 'county', '320301', 'Two'), (3, 1, 'county', '320302', 'Three');"
    "INSERT INTO vigil.person (person_id, display_name, org_id, mode, location_consent, on_duty)"
    " VALUES (1, 'walks', 2, 'foot', true, true), (2, 'drives', 2, 'car', true, true),"
    " (3, 'of three', 3, 'foot', true, true), (4, 'somewhere', 2, 'foot', true, true);"
    "INSERT INTO vigil.station (station_id, org_id, code, name, geom)"
    " SELECT i, i, 'S' || i, 'S' || i, ST_Point(%.7f + i * 0.001, %.7f, 4326)"
    " FROM generate_series(2, 3) AS i;"
    "INSERT INTO vigil.position_last (person_id, lon_e7, lat_e7, fix_us, received_us)"
    " SELECT i, %d + i * 10000, %d, %lld, %lld FROM generate_series(1, 3) AS i"
    " ON CONFLICT (person_id) DO UPDATE SET lon_e7 = excluded.lon_e7, lat_e7 = excluded.lat_e7,"
    " fix_us = excluded.fix_us, received_us = excluded.received_us";

/* Blocks in Beijing, where every frame is at home. */
static int set_up(void **state)
{
    const struct point row = { BLOCK_BEIJING.lon, BLOCK_BEIJING.lat + 0.004 };
    const struct point_e7 row_e7 = point_to_e7(row);
    const long long now_us = clock_wall_us();
    struct fail f = { 0 };

    if (asking_open_room(&ROOM, state))
        return -1;
    block_import(ROOM.d, SIDE, BLOCK_BEIJING);
    if (!db_script(ROOM.d->db,
                   arena_text(ROOM.d->arena, CITY, row.lon, row.lat, row_e7.lon, row_e7.lat, now_us,
                              now_us),
                   &f) ||
        !engine_follow(asking_engine(ROOM.asking), &f))
        fail_msg("%s", f.text);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return asking_close_room(&ROOM);
}

static struct asking_answer ask_as(int64_t org_id, const char *query, const char *body)
{
    asking_as(ROOM.worker, ROLE_DISPATCHER, org_id, 0);
    return asking_send(ROOM.worker, "POST", arena_text(ROOM.d->arena, "/v1/reach%s", query), NULL,
                       body);
}

static struct asking_answer ask(const char *query, const char *body)
{
    return ask_as(1, query, body);
}

/* The crossing so many blocks east and north of the south-west. */
static const char *crossing(int32_t east, int32_t north)
{
    return arena_text(ROOM.d->arena, "{\"place\":{\"lon\":%.7f,\"lat\":%.7f,\"frame\":\"wgs84\"}}",
                      BLOCK_BEIJING.lon + east * 0.001, BLOCK_BEIJING.lat + north * 0.001);
}

/* Seconds for so many thousandths of a block. */
static double walk_s(int32_t thousandths)
{
    return (double)database_int(ROOM.d, "SELECT min(foot_ms) FROM vigil.edge") * thousandths / 1e6;
}

static double block_m(void)
{
    return (double)database_int(ROOM.d, "SELECT max(length_cm) FROM vigil.segment") / 100;
}

static void from_a_crossing_it_goes_four_ways(void **state)
{
    const struct asking_answer answer =
        ask("", arena_text(ROOM.d->arena,
                           "{\"sources\":[%s],\"mode\":\"foot\",\"limits_s\":[%.3f,%.3f],"
                           "\"streets\":true}",
                           crossing(4, 4), walk_s(250), walk_s(1500)));

    (void)state;
    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_text(&answer, "/mode"), "foot");
    assert_string_equal(asking_text(&answer, "/direction"), "from");
    assert_string_equal(asking_text(&answer, "/frame"), "wgs84");
    assert_int_equal(asking_count(&answer, "/limits"), 2);
    check_near(asking_number(&answer, "/limits/0/limit_s"), walk_s(250), 0.001);
    check_near(asking_number(&answer, "/limits/0/length_m"), block_m(), block_m() / 50);
    assert_int_equal(asking_count(&answer, "/limits/0/pieces"), 4);
    assert_int_equal(asking_count(&answer, "/limits/0/streets/coordinates"), 4);
    assert_string_equal(asking_text(&answer, "/limits/0/streets/type"), "MultiLineString");
    check_near(asking_number(&answer, "/limits/0/pieces/0/to_m") -
                   asking_number(&answer, "/limits/0/pieces/0/from_m"),
               block_m() / 4, block_m() / 100);
    /* Half a block further on from four crossings, three ways each. */
    check_near(asking_number(&answer, "/limits/1/length_m"), 10 * block_m(), block_m() / 5);
    assert_string_equal(asking_text(&answer, "/limits/1/outline/type"), "MultiPolygon");
    assert_int_equal(asking_count(&answer, "/limits/1/outline/coordinates"), 1);
    assert_true(asking_count(&answer, "/limits/1/outline/coordinates/0/0") > 40);
}

static void only_what_is_asked_for_is_drawn(void **state)
{
    const char *body = arena_text(ROOM.d->arena,
                                  "{\"sources\":[%s],\"mode\":\"car\",\"limits_s\":[10],"
                                  "\"outline\":false}",
                                  crossing(1, 1));
    const struct asking_answer answer = ask("", body);

    (void)state;
    asking_expect(&answer, 200, NULL);
    assert_non_null(strstr(answer.body, "\"outline\":null"));
    assert_non_null(strstr(answer.body, "\"streets\":null"));
    assert_false(asking_has(&answer, "/limits/0/pieces"));
    assert_true(asking_number(&answer, "/limits/0/length_m") > 0);
}

static void many_sources_reach_together_what_each_of_them_reaches(void **state)
{
    const struct asking_answer answer =
        ask("", arena_text(ROOM.d->arena,
                           "{\"sources\":[%s,%s,%s],\"mode\":\"foot\",\"limits_s\":[%.3f],"
                           "\"direction\":\"towards\"}",
                           crossing(1, 1), crossing(8, 8), crossing(8, 8), walk_s(500)));

    (void)state;
    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_text(&answer, "/direction"), "towards");
    check_near(asking_number(&answer, "/limits/0/length_m"), 4 * block_m(), block_m() / 25);
    assert_int_equal(asking_count(&answer, "/limits/0/outline/coordinates"), 2);
}

static void it_is_drawn_in_the_frame_that_is_asked_for(void **state)
{
    static const char *const FIRST[] = { "/limits/0/streets/coordinates/0/0",
                                         "/limits/0/outline/coordinates/0/0/0" };
    const char *body = arena_text(ROOM.d->arena,
                                  "{\"sources\":[%s],\"mode\":\"foot\",\"limits_s\":[60],"
                                  "\"streets\":true}",
                                  crossing(5, 5));
    struct point plain[2];
    struct asking_answer answer = ask("", body);

    (void)state;
    for (int i = 0; i < 2; i++)
        plain[i] = (struct point){
            asking_number(&answer, arena_text(ROOM.d->arena, "%s/0", FIRST[i])),
            asking_number(&answer, arena_text(ROOM.d->arena, "%s/1", FIRST[i])),
        };
    answer = ask("?frame=gcj02", body);
    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_text(&answer, "/frame"), "gcj02");
    for (int i = 0; i < 2; i++) {
        struct point want;
        struct fail f;

        assert_true(frame_from_wgs84(FRAME_GCJ02, plain[i], &want, &f));
        check_near(asking_number(&answer, arena_text(ROOM.d->arena, "%s/0", FIRST[i])), want.lon,
                   2e-7);
        check_near(asking_number(&answer, arena_text(ROOM.d->arena, "%s/1", FIRST[i])), want.lat,
                   2e-7);
    }
}

static double length_from(const char *sources, const char *mode)
{
    const struct asking_answer answer =
        ask("", arena_text(ROOM.d->arena, "{\"sources\":%s%s,\"limits_s\":[20]}", sources, mode));

    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_count(&answer, "/missing"), 0);
    assert_int_equal(asking_count(&answer, "/unplaced"), 0);
    assert_int_equal(asking_count(&answer, "/off_street"), 0);
    return asking_number(&answer, "/limits/0/length_m");
}

static void people_and_stations_are_known_by_their_ids(void **state)
{
    const char *there = arena_text(ROOM.d->arena, "[%s]", crossing(2, 4));
    const double walks_m = length_from(there, ",\"mode\":\"foot\"");
    const double drives_m = length_from(there, ",\"mode\":\"car\"");

    (void)state;
    assert_true(walks_m > 0 && drives_m > 2 * walks_m);
    check_near(length_from("{\"station_ids\":[2]}", ",\"mode\":\"foot\""), walks_m, 0.5);
    check_near(length_from("[{\"person_id\":2}]", ",\"mode\":\"foot\""), walks_m, 0.5);
    check_near(length_from("[{\"person_id\":2}]", ""), drives_m, 0.5);
    /* Two who walk and stand two crossings apart do not meet in so short a time. */
    check_near(length_from("{\"person_ids\":[1,3]}", ""), 2 * walks_m, 1);
    /* Who drives reaches all that who walks beside her does. */
    check_near(length_from("{\"person_ids\":[1,2]}", ""), drives_m, walks_m);
}

static void of_another_organisation_nobody_is_there(void **state)
{
    static const char BODY[] = "{\"sources\":[{\"person_id\":1},{\"person_id\":3},"
                               "{\"station_id\":3},{\"person_id\":4},{\"station_id\":77}],"
                               "\"mode\":\"foot\",\"limits_s\":[20]}";
    struct asking_answer answer = ask_as(2, "", BODY);

    (void)state;
    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_count(&answer, "/missing"), 3);
    assert_int_equal(asking_int(&answer, "/missing/0"), 1);
    assert_int_equal(asking_int(&answer, "/missing/1"), 2);
    assert_int_equal(asking_int(&answer, "/missing/2"), 4);
    assert_int_equal(asking_count(&answer, "/unplaced"), 1);
    assert_int_equal(asking_int(&answer, "/unplaced/0"), 3);
    assert_int_equal(asking_count(&answer, "/off_street"), 0);
    answer = ask_as(2, "", "{\"sources\":{\"person_ids\":[3]},\"limits_s\":[20]}");
    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_int(&answer, "/missing/0"), 0);
    check_near(asking_number(&answer, "/limits/0/length_m"), 0, 0);
    assert_int_equal(asking_count(&answer, "/limits/0/outline/coordinates"), 0);
}

static void wishes_that_make_no_sense_are_refused(void **state)
{
#define HERE                                                                                       \
    "{\"sources\":[{\"place\":{\"lon\":116.392,\"lat\":39.902,\"frame\":\"wgs84\"}}],"             \
    "\"mode\":\"foot\""
    static const struct {
        const char *body;
        int32_t status;
        const char *code;
        const char *pointer;
    } CASES[] = {
        { "{}", 422, "key_missing", NULL },
        { HERE "}", 422, "key_missing", NULL },
        { HERE ",\"limits_s\":[]}", 422, "value_out_of_range", "/limits_s" },
        { HERE ",\"limits_s\":[0]}", 422, "value_out_of_range", "/limits_s/0" },
        { HERE ",\"limits_s\":[60,60]}", 422, "value_out_of_range", "/limits_s/1" },
        { HERE ",\"limits_s\":[60,3601]}", 422, "value_out_of_range", "/limits_s/1" },
        { HERE ",\"limits_s\":[1,2,3,4,5,6,7,8,9,10,11]}", 422, "value_out_of_range", "/limits_s" },
        { HERE ",\"limits_s\":[60],\"direction\":\"away\"}", 422, "value_not_allowed",
          "/direction" },
        { HERE ",\"limits_s\":[60],\"streets\":1}", 422, "value_wrong_type", "/streets" },
        { HERE ",\"limits_s\":[60],\"fast\":true}", 422, "key_unknown", NULL },
        { "{\"sources\":[],\"mode\":\"foot\",\"limits_s\":[60]}", 422, "value_out_of_range",
          "/sources" },
        { "{\"sources\":[{}],\"mode\":\"foot\",\"limits_s\":[60]}", 422, NULL, NULL },
        { "{\"sources\":[{\"station_id\":2}],\"limits_s\":[60]}", 422, "key_missing", "/mode" },
        { "{\"sources\":{\"person_ids\":[0]},\"limits_s\":[60]}", 422, "value_out_of_range", NULL },
        { HERE ",\"limits_s\":[60],\"mode\":\"horse\"}", 400, "json_duplicate_key", NULL },
    };
#undef HERE

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct asking_answer answer = ask("", CASES[i].body);

        asking_expect(&answer, CASES[i].status, CASES[i].code);
        if (CASES[i].pointer)
            assert_string_equal(asking_text(&answer, "/pointer"), CASES[i].pointer);
        if (CASES[i].status == 422)
            assert_true(asking_has(&answer, "/allowed"));
    }
}

static void limits_that_descend_are_told_apart(void **state)
{
    const struct asking_answer answer = ask("", arena_text(ROOM.d->arena,
                                                           "{\"sources\":[%s],\"mode\":\"foot\","
                                                           "\"limits_s\":[60,300,180]}",
                                                           crossing(1, 1)));

    (void)state;
    asking_expect(&answer, 422, "value_out_of_range");
    assert_string_equal(asking_text(&answer, "/detail"),
                        "limits_s must ascend: 180 comes after 300");
    assert_string_equal(asking_text(&answer, "/value"), "180");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_a_crossing_it_goes_four_ways),
        cmocka_unit_test(only_what_is_asked_for_is_drawn),
        cmocka_unit_test(many_sources_reach_together_what_each_of_them_reaches),
        cmocka_unit_test(it_is_drawn_in_the_frame_that_is_asked_for),
        cmocka_unit_test(people_and_stations_are_known_by_their_ids),
        cmocka_unit_test(of_another_organisation_nobody_is_there),
        cmocka_unit_test(wishes_that_make_no_sense_are_refused),
        cmocka_unit_test(limits_that_descend_are_told_apart),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
