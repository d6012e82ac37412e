/* Tables of travel times as the outside asks for them. */
#include "tests/support/check_near.h"

#include <endian.h>
#include <string.h>

#include "engine/clock.h"
#include "engine/engine.h"
#include "engine/landmarks.h"
#include "tests/support/asking.h"
#include "tests/support/block.h"
#include "tests/support/database.h"

enum { SIDE = 10 };

static struct asking_room ROOM;

/* The city 1 with the counties 2 and 3. Each has a station, a lookout point and a site;
 * people 1 and 2 are of two, 3 is of three, and nobody knows where 4 is. */
static const char CITY[] =
    "INSERT INTO vigil.org (org_id, parent_id, kind, code, name) VALUES"
    " (2, 1, 'county', '320301', 'Two'), (3, 1, 'county', '320302', 'Three');"
    "INSERT INTO vigil.person (person_id, display_name, org_id, mode, location_consent, on_duty)"
    " VALUES (1, 'walks', 2, 'foot', true, true), (2, 'drives', 2, 'car', true, true),"
    " (3, 'of three', 3, 'foot', true, true), (4, 'somewhere', 2, 'foot', true, true);"
    "INSERT INTO vigil.station (station_id, org_id, code, name, geom)"
    " SELECT i, i, 'S' || i, 'S' || i, ST_Point(116.3910 + i * 0.001, 39.9062, 4326)"
    " FROM generate_series(2, 3) AS i;"
    "INSERT INTO vigil.lookout_point (lookout_point_id, org_id, code, name, geom)"
    " SELECT i, i, 'L' || i, 'L' || i, ST_Point(116.3910 + i * 0.001, 39.9062, 4326)"
    " FROM generate_series(2, 3) AS i;"
    "INSERT INTO vigil.site (site_id, org_id, code, name, geom)"
    " SELECT i, i, 'W' || i, 'W' || i, ST_Point(116.3910 + i * 0.001, 39.9062, 4326)"
    " FROM generate_series(2, 3) AS i;"
    "INSERT INTO vigil.incident_type (type, name_en, name_zh) VALUES ('fight', 'Fight', 'x')"
    " ON CONFLICT DO NOTHING;"
    "INSERT INTO vigil.incident (incident_id, org_id, type, priority, geom)"
    " SELECT i, i, (SELECT min(type) FROM vigil.incident_type), 2,"
    "        ST_Point(116.3910 + i * 0.001, 39.9062, 4326)"
    " FROM generate_series(2, 3) AS i;"
    "INSERT INTO vigil.layer_version (layer, version) VALUES ('stations', 7)"
    " ON CONFLICT (layer) DO UPDATE SET version = layer_version.version + 1";

static void follow_landmarks(void)
{
    struct fail f = { 0 };

    if (!landmarks_follow(engine_landmarks(asking_engine(ROOM.asking)), ROOM.d->db, &f))
        fail_msg("%s: %s", fail_word(f.code), f.text);
}

/* A place in blocks from the south-west. */
static struct point at(double east, double north)
{
    return (struct point){ BLOCK_BEIJING.lon + east * 0.0009, BLOCK_BEIJING.lat + north * 0.0009 };
}

static void stands(int64_t person_id, struct point where)
{
    const struct point_e7 p = point_to_e7(where);
    const int64_t now_us = clock_wall_us();

    asking_change(
        &ROOM,
        arena_text(ROOM.d->arena,
                   "INSERT INTO vigil.position_last VALUES (%lld, %d, %d, NULL, NULL, %lld, %lld)"
                   " ON CONFLICT (person_id) DO UPDATE SET lon_e7 = excluded.lon_e7,"
                   " lat_e7 = excluded.lat_e7, fix_us = excluded.fix_us;"
                   "UPDATE vigil.person SET version = version WHERE person_id = %lld",
                   (long long)person_id, p.lon, p.lat, (long long)now_us, (long long)now_us,
                   (long long)person_id));
}

static int set_up(void **state)
{
    if (asking_open_room(&ROOM, state))
        return -1;
    block_import(ROOM.d, SIDE, BLOCK_BEIJING);
    asking_change(&ROOM, CITY);
    stands(1, at(0.5, 0));
    stands(2, at(2.5, 1));
    stands(3, at(4.5, 2));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return asking_close_room(&ROOM);
}

static struct asking_answer ask(int64_t org_id, const char *query, const char *body)
{
    asking_as(ROOM.worker, ROLE_DISPATCHER, org_id, 0);
    return asking_send(ROOM.worker, "POST", arena_text(ROOM.d->arena, "/v1/matrix%s", query), NULL,
                       body);
}

static const char *place(struct point p)
{
    return arena_text(ROOM.d->arena, "{\"place\":{\"lon\":%.9f,\"lat\":%.9f,\"frame\":\"wgs84\"}}",
                      p.lon, p.lat);
}

static double seconds(const struct asking_answer *answer, int row, int column)
{
    return asking_number(answer, arena_text(ROOM.d->arena, "/durations_s/%d/%d", row, column));
}

/* A null in the table. */
static bool is_none(const struct asking_answer *answer, int row, int column)
{
    const struct input *rows = input_get(answer->json, "durations_s");

    return input_is_null(input_item(input_item(rows, row), column));
}

static double route_s(struct point from, struct point to, const char *mode)
{
    const struct asking_answer answer = asking_send(
        ROOM.worker, "POST", "/v1/route", NULL,
        arena_text(ROOM.d->arena,
                   "{\"from\":{\"lon\":%.9f,\"lat\":%.9f,\"frame\":\"wgs84\"},"
                   "\"to\":{\"lon\":%.9f,\"lat\":%.9f,\"frame\":\"wgs84\"},\"mode\":\"%s\"}",
                   from.lon, from.lat, to.lon, to.lat, mode));

    asking_expect(&answer, 200, NULL);
    return asking_number(&answer, "/duration_s");
}

static void every_pair_takes_as_long_as_its_route(void **state)
{
    const struct point from[] = { at(0.3, 0), at(2.2, 3), at(7.9, 9) };
    const struct point to[] = { at(5, 5.4), at(0, 0.1) };
    double got[3][2];

    (void)state;
    const struct asking_answer answer =
        ask(1, "",
            arena_text(ROOM.d->arena,
                       "{\"sources\":[%s,%s,%s],\"destinations\":[%s,%s],\"mode\":\"ebike\"}",
                       place(from[0]), place(from[1]), place(from[2]), place(to[0]), place(to[1])));

    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_text(&answer, "/mode"), "ebike");
    assert_int_equal(asking_count(&answer, "/durations_s"), 3);
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 2; k++)
            got[i][k] = seconds(&answer, i, k);
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 2; k++)
            check_near(got[i][k], route_s(from[i], to[k], "ebike"), 1e-9);
}

static void people_go_by_their_own_mode_unless_one_is_said(void **state)
{
    (void)state;
    const char *ends = arena_text(ROOM.d->arena,
                                  "\"sources\":{\"person_ids\":[1,2,3]},"
                                  "\"destinations\":[%s]",
                                  place(at(9, 9)));
    struct asking_answer answer = ask(1, "", arena_text(ROOM.d->arena, "{%s}", ends));

    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_text(&answer, "/mode"), "own");
    const double own[] = { seconds(&answer, 0, 0), seconds(&answer, 1, 0), seconds(&answer, 2, 0) };

    check_near(own[0], route_s(at(0.5, 0), at(9, 9), "foot"), 1e-9);
    check_near(own[1], route_s(at(2.5, 1), at(9, 9), "car"), 1e-9);
    check_near(own[2], route_s(at(4.5, 2), at(9, 9), "foot"), 1e-9);
    answer =
        ask(1, "", "{\"sources\":{\"person_ids\":[1,2]},\"destinations\":{\"person_ids\":[1,2]}}");
    asking_expect(&answer, 200, NULL);
    const double across[] = { seconds(&answer, 0, 1), seconds(&answer, 1, 0) };

    check_near(across[0], route_s(at(0.5, 0), at(2.5, 1), "foot"), 1e-9);
    check_near(across[1], route_s(at(2.5, 1), at(0.5, 0), "car"), 1e-9);
    answer = ask(1, "", arena_text(ROOM.d->arena, "{%s,\"mode\":\"foot\"}", ends));
    asking_expect(&answer, 200, NULL);
    check_near(seconds(&answer, 0, 0), own[0], 1e-9);
    const double walked_s = seconds(&answer, 1, 0);

    check_near(walked_s, route_s(at(2.5, 1), at(9, 9), "foot"), 1e-9);
}

static const char EVERYTHING[] =
    "{\"sources\":[{\"station_id\":2},{\"lookout_point_id\":2},{\"site_id\":2},"
    "{\"incident_id\":2},{\"person_id\":1}],"
    "\"destinations\":[{\"station_id\":3},{\"lookout_point_id\":3},{\"site_id\":3},"
    "{\"incident_id\":3},{\"person_id\":3},{\"station_id\":999},{\"person_id\":4}],"
    "\"mode\":\"foot\"}";

/* First the database is asked for what is not in memory yet, then nothing is. */
static void what_has_an_id_is_found_in_memory_or_not(void **state)
{
    (void)state;
    for (int round = 0; round < 2; round++) {
        const struct asking_answer answer = ask(1, "", EVERYTHING);

        asking_expect(&answer, 200, NULL);
        for (int row = 0; row < 4; row++) {
            for (int column = 0; column < 4; column++)
                check_near(seconds(&answer, row, column), seconds(&answer, 0, 0), 1e-9);
            assert_false(is_none(&answer, row, 4));
            assert_true(is_none(&answer, row, 5));
            assert_true(is_none(&answer, row, 6));
        }
        assert_int_equal(asking_count(&answer, "/missing/sources"), 0);
        assert_int_equal(asking_count(&answer, "/missing/destinations"), 1);
        assert_int_equal(asking_int(&answer, "/missing/destinations/0"), 5);
        assert_int_equal(asking_count(&answer, "/unplaced/destinations"), 1);
        assert_int_equal(asking_int(&answer, "/unplaced/destinations/0"), 6);
        assert_int_equal(asking_count(&answer, "/off_street/destinations"), 0);
        follow_landmarks();
    }
}

static void what_is_out_of_scope_looks_missing(void **state)
{
    (void)state;
    for (int round = 0; round < 2; round++) {
        const struct asking_answer answer = ask(2, "", EVERYTHING);

        asking_expect(&answer, 200, NULL);
        assert_int_equal(asking_count(&answer, "/missing/sources"), 0);
        assert_int_equal(asking_count(&answer, "/missing/destinations"), 6);
        for (int row = 0; row < 5; row++)
            for (int column = 0; column < 7; column++)
                assert_true(is_none(&answer, row, column));
        follow_landmarks();
    }
}

static void what_was_closed_or_moved_is_so_for_the_next_question(void **state)
{
    (void)state;
    static const char ASKED[] = "{\"sources\":{\"station_ids\":[2]},\"destinations\":"
                                "{\"station_ids\":[2,3]},\"mode\":\"foot\"}";
    struct asking_answer answer = ask(1, "", ASKED);

    asking_expect(&answer, 200, NULL);
    assert_true(seconds(&answer, 0, 0) <= 0);
    const double before = seconds(&answer, 0, 1);

    asking_change(
        &ROOM,
        "UPDATE vigil.station SET geom = ST_Point(116.3995, 39.9062, 4326) WHERE station_id = 3;"
        "UPDATE vigil.layer_version SET version = version + 1 WHERE layer = 'stations'");
    follow_landmarks();
    answer = ask(1, "", ASKED);
    assert_true(seconds(&answer, 0, 1) > before);
    asking_change(&ROOM,
                  "UPDATE vigil.station SET valid_to = now() WHERE station_id = 3;"
                  "UPDATE vigil.layer_version SET version = version + 1 WHERE layer = 'stations'");
    follow_landmarks();
    answer = ask(1, "", ASKED);
    assert_true(is_none(&answer, 0, 1));
    assert_int_equal(asking_int(&answer, "/missing/destinations/0"), 1);
}

static void the_binary_form_says_the_same(void **state)
{
    (void)state;
    struct asking_answer answer = ask(1, "", EVERYTHING);
    int32_t want[5][7];

    for (int row = 0; row < 5; row++)
        for (int column = 0; column < 7; column++)
            want[row][column] = is_none(&answer, row, column)
                                    ? -1
                                    : (int32_t)(seconds(&answer, row, column) * 1000 + 0.5);
    answer = ask(1, "?encoding=binary", EVERYTHING);
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer.type, "application/octet-stream");
    assert_int_equal(answer.size, sizeof want);
    for (int i = 0; i < 35; i++) {
        uint32_t value;

        memcpy(&value, answer.body + 4 * i, 4);
        assert_int_equal((int32_t)le32toh(value), want[i / 7][i % 7]);
    }
}

static void what_makes_no_sense_is_refused(void **state)
{
    static const struct {
        const char *query, *body;
        const char *code;
    } CASES[] = {
        { "", "{\"sources\":{\"station_ids\":[2]},\"mode\":\"foot\"}", "key_missing" },
        { "", "{\"sources\":{\"station_ids\":[2]},\"destinations\":{\"station_ids\":[3]}}",
          "key_missing" },
        { "",
          "{\"sources\":{\"station_ids\":[]},\"destinations\":{\"station_ids\":[3]},"
          "\"mode\":\"foot\"}",
          "value_out_of_range" },
        { "",
          "{\"sources\":{\"station_ids\":[2],\"site_ids\":[2]},\"destinations\":"
          "{\"station_ids\":[3]},\"mode\":\"foot\"}",
          "value_not_allowed" },
        { "",
          "{\"sources\":[{\"station_id\":2,\"site_id\":2}],\"destinations\":"
          "{\"station_ids\":[3]},\"mode\":\"foot\"}",
          "value_not_allowed" },
        { "", "{\"sources\":[{}],\"destinations\":{\"station_ids\":[3]},\"mode\":\"foot\"}",
          "value_not_allowed" },
        { "",
          "{\"sources\":[{\"grid_id\":2}],\"destinations\":{\"station_ids\":[3]},"
          "\"mode\":\"foot\"}",
          "key_unknown" },
        { "",
          "{\"sources\":{\"station_ids\":[2]},\"destinations\":{\"station_ids\":[0]},"
          "\"mode\":\"foot\"}",
          "value_out_of_range" },
        { "",
          "{\"sources\":{\"station_ids\":[2]},\"destinations\":{\"station_ids\":[3]},"
          "\"mode\":\"swim\"}",
          "value_not_allowed" },
        { "?encoding=csv",
          "{\"sources\":{\"station_ids\":[2]},\"destinations\":{\"station_ids\":[3]},"
          "\"mode\":\"foot\"}",
          "value_not_allowed" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct asking_answer answer = ask(1, CASES[i].query, CASES[i].body);

        asking_expect(&answer, 422, CASES[i].code);
        assert_true(asking_has(&answer, "/allowed"));
    }
    asking_as(ROOM.worker, ROLE_VOLUNTEER, 2, 1);
    const struct asking_answer answer =
        asking_send(ROOM.worker, "POST", "/v1/matrix", NULL, EVERYTHING);

    asking_expect(&answer, 403, NULL);
}

static void a_thousand_ends_are_taken_and_one_more_is_not(void **state)
{
    (void)state;
    for (int count = 1000; count <= 1001; count++) {
        struct buf body = { 0 };

        buf_string(&body, "{\"mode\":\"foot\",\"destinations\":{\"station_ids\":[2]},"
                          "\"sources\":{\"station_ids\":[2");
        for (int i = 1; i < count; i++)
            buf_string(&body, ",2");
        buf_string(&body, "]}}");
        const struct asking_answer answer = ask(1, "", buf_text(&body));

        asking_expect(&answer, count == 1000 ? 200 : 422,
                      count == 1000 ? NULL : "value_out_of_range");
        buf_free(&body);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_pair_takes_as_long_as_its_route, set_up, tear_down),
        cmocka_unit_test_setup_teardown(people_go_by_their_own_mode_unless_one_is_said, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_has_an_id_is_found_in_memory_or_not, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_is_out_of_scope_looks_missing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_closed_or_moved_is_so_for_the_next_question,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_binary_form_says_the_same, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_makes_no_sense_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_thousand_ends_are_taken_and_one_more_is_not, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
