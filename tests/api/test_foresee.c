/* And if the plan were another? What is said beforehand is what the hours then are. */
#include "tests/support/check_near.h"

#include <string.h>

#include "engine/coverage.h"
#include "engine/engine.h"
#include "engine/terrain.h"
#include "tests/support/asking.h"
#include "tests/support/block.h"
#include "tests/support/database.h"

enum { SIDE = 6, STREETS_M = 8400, HOURS = 24 };

static struct asking_room ROOM;

/* County 2 has the streets around lookout point 7. At 8 somebody stands from half past eight
 * to ten, at 7 from nine to eleven and again from ten to twelve; both see 50 m. */
static const char CITY[] =
    "INSERT INTO vigil.org (org_id, parent_id, kind, code, name, area) VALUES"
    " (2, 1, 'county', '110101', 'East', ST_Multi(ST_MakeEnvelope(116.3925, 39.9025, 116.3935, "
    "39.9035, 4326))),"
    " (3, 1, 'county', '110102', 'West', NULL);"
    "INSERT INTO vigil.lookout_point (lookout_point_id, org_id, code, name, state, reach_m, geom)"
    " VALUES (7, 2, 'L7', 'Seven', 'active', 50, 'SRID=4326;POINT(116.393 39.903)'),"
    " (8, 1, 'L8', 'Eight', 'active', 50, 'SRID=4326;POINT(116.391 39.901)');"
    "INSERT INTO vigil.squad (squad_id, org_id, kind, code, name) VALUES (50, 1, 'squad', 'S', "
    "'Squad');"
    "INSERT INTO vigil.grid (grid_id, org_id, code, profile, kind, geom) VALUES"
    " (70, 2, 'G70', 'free', 'square', ST_Multi(ST_MakeEnvelope(116.3925, 39.9025, 116.3935, "
    "39.9035, 4326)));"
    "INSERT INTO vigil.shift (shift_id, org_id, day, name, lookout_point_id, squad_id, during,"
    "                         cutoff_at, joins, approval, radius_m, state)"
    " SELECT id, org_id, '2030-01-07', 'Shift', lookout, squad, during, '2030-01-07 00:00Z',"
    "        'members', false, 100, state"
    " FROM (VALUES (900, 1, 8, NULL, '[2030-01-07 08:30Z,2030-01-07 10:00Z)'::tstzrange, 'open'),"
    "  (901, 2, 7, NULL, '[2030-01-07 09:00Z,2030-01-07 11:00Z)', 'open'),"
    "  (902, 2, 7, NULL, '[2030-01-07 10:00Z,2030-01-07 12:00Z)', 'open'),"
    "  (903, 1, 8, NULL, '[2030-01-07 14:00Z,2030-01-07 15:00Z)', 'cancelled'),"
    "  (904, 1, NULL, 50, '[2030-01-07 14:00Z,2030-01-07 15:00Z)', 'open'))"
    "  AS v (id, org_id, lookout, squad, during, state)";

static const char DAY[] = "\"kind\":\"plan\",\"from\":\"2030-01-07T00:00:00Z\","
                          "\"to\":\"2030-01-08T00:00:00Z\"";

static void settle(void)
{
    struct fail f = { 0 };

    if (!engine_follow(asking_engine(ROOM.asking), &f))
        fail_msg("%s", f.text);
    assert_true(terrain_settle(engine_terrain(asking_engine(ROOM.asking))));
}

static int set_up(void **state)
{
    if (asking_open_room(&ROOM, state))
        return -1;
    block_import(ROOM.d, SIDE, BLOCK_BEIJING);
    database_run(ROOM.d, CITY);
    settle();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return asking_close_room(&ROOM);
}

static struct asking_answer try_body(int64_t org_id, const char *body)
{
    asking_as(ROOM.worker, ROLE_PLANNER, org_id, 0);
    return asking_send(ROOM.worker, "POST", "/v1/coverage/what-if", NULL, body);
}

static struct asking_answer try(int64_t org_id, const char *changes)
{
    return try_body(org_id, arena_text(ROOM.d->arena, "{%s,\"candidates\":[[%s]]}", DAY, changes));
}

static double at_hour(const struct asking_answer *a, const char *list, int hour)
{
    return asking_number(a, arena_text(ROOM.d->arena, "%s/%d/gap_m_h", list, hour));
}

/* The day as it is planned: what every hour misses, and all of them of the cell. */
struct day {
    double hours[HOURS];
    double cell_m_h;
};

static struct day read_day(void)
{
    struct day day;

    asking_as(ROOM.worker, ROLE_PLANNER, 1, 0);
    const struct asking_answer a = asking_send(
        ROOM.worker, "GET",
        "/v1/coverage/hours?from=2030-01-07T00:00:00Z&to=2030-01-08T00:00:00Z&by=grid", NULL, NULL);

    asking_expect(&a, 200, NULL);
    for (int h = 0; h < HOURS; h++)
        day.hours[h] = at_hour(&a, "/hours", h);
    day.cell_m_h = asking_number(&a, "/items/0/gap_m_h");
    return day;
}

/* What is said of it, of one candidate. */
struct said {
    struct day before, after;
    double change_m_h, lost_m_h, gained_m_h;
};

static struct said read_said(const char *changes)
{
    const struct asking_answer a = try(1, changes);
    struct said said = { 0 };

    asking_expect(&a, 200, NULL);
    assert_int_equal(asking_count(&a, "/hours"), HOURS);
    for (int h = 0; h < HOURS; h++) {
        said.before.hours[h] = at_hour(&a, "/hours", h);
        said.after.hours[h] = at_hour(&a, "/candidates/0/hours", h);
    }
    if (asking_count(&a, "/candidates/0/grids") > 0)
        said.after.cell_m_h = asking_number(&a, "/candidates/0/grids/0/change_m_h/unwatched");
    said.change_m_h = asking_number(&a, "/candidates/0/change_m_h/unwatched");
    said.lost_m_h = asking_number(&a, "/candidates/0/lost_m_h");
    said.gained_m_h = asking_number(&a, "/candidates/0/gained_m_h");
    return said;
}

/* What is tried is done, and then it is so: each hour, and the cell. */
static void check_then(const char *changes, const char *sql, bool has_change)
{
    const struct day was = read_day();
    const struct said said = read_said(changes);
    double change_m_h = 0;

    database_run(ROOM.d, sql);
    settle();
    const struct day is = read_day();

    for (int h = 0; h < HOURS; h++) {
        check_near(said.before.hours[h], was.hours[h], 0.001);
        check_near(said.after.hours[h], is.hours[h], 0.001);
        change_m_h += is.hours[h] - was.hours[h];
    }
    check_near(said.change_m_h, change_m_h, 0.2);
    check_near(said.lost_m_h - said.gained_m_h, change_m_h, 0.2);
    check_near(said.after.cell_m_h, is.cell_m_h - was.cell_m_h, 0.02);
    assert_int_equal(has_change, said.lost_m_h + said.gained_m_h > 0);
}

static const char NOTHING[] = "SELECT 1";

static void a_shift_at_other_times_changes_its_hours(void **state)
{
    (void)state;
    check_then("{\"shift\":{\"shift_id\":901,\"starts_at\":\"2030-01-07T06:15:00Z\","
               "\"ends_at\":\"2030-01-07T11:30:00+01:00\"}}",
               "UPDATE vigil.shift SET during = '[2030-01-07 06:15Z,2030-01-07 10:30Z)' WHERE "
               "shift_id = 901",
               true);
}

static void what_another_shift_covers_is_not_lost(void **state)
{
    (void)state;
    check_then("{\"shift\":{\"shift_id\":901,\"starts_at\":\"2030-01-07T09:00:00Z\","
               "\"ends_at\":\"2030-01-07T10:00:00Z\"}}",
               "UPDATE vigil.shift SET during = '[2030-01-07 09:00Z,2030-01-07 10:00Z)' WHERE "
               "shift_id = 901",
               false);
}

static void shifts_are_cancelled_and_new(void **state)
{
    (void)state;
    check_then("{\"cancel_shift\":{\"shift_id\":900}},"
               "{\"shift\":{\"lookout_point_id\":7,\"starts_at\":\"2030-01-07T20:00:00Z\","
               "\"ends_at\":\"2030-01-08T04:00:00Z\"}}",
               "UPDATE vigil.shift SET state = 'cancelled' WHERE shift_id = 900;"
               "INSERT INTO vigil.shift (shift_id, org_id, day, name, lookout_point_id, during,"
               " cutoff_at, joins, approval, radius_m) VALUES (910, 2, '2030-01-07', 'New', 7,"
               " '[2030-01-07 20:00Z,2030-01-08 04:00Z)', '2030-01-07 00:00Z', 'members', false, "
               "100)",
               true);
}

static void a_lookout_point_closes_with_all_its_shifts(void **state)
{
    (void)state;
    check_then("{\"close_lookout\":{\"lookout_point_id\":7}}",
               "UPDATE vigil.lookout_point SET state = 'suspended', version = version + 1 WHERE "
               "lookout_point_id = 7",
               true);
    check_then("{\"shift\":{\"lookout_point_id\":7,\"starts_at\":\"2030-01-07T20:00:00Z\","
               "\"ends_at\":\"2030-01-07T22:00:00Z\"}}",
               NOTHING, false); /* it is suspended */
}

static void a_lookout_point_moves_with_all_its_shifts(void **state)
{
    (void)state;
    check_then("{\"move_lookout\":{\"lookout_point_id\":7,\"place\":{\"lon\":116.391,"
               "\"lat\":39.901,\"frame\":\"wgs84\"}}}",
               "UPDATE vigil.lookout_point SET geom = 'SRID=4326;POINT(116.391 39.901)',"
               " version = version + 1 WHERE lookout_point_id = 7",
               true);
}

static void a_new_lookout_point_covers_while_somebody_is_there(void **state)
{
    (void)state;
    check_then("{\"add_lookout\":{\"place\":{\"lon\":116.392,\"lat\":39.902,\"frame\":\"wgs84\"},"
               "\"reach_m\":60,\"starts_at\":\"2030-01-07T12:30:00Z\","
               "\"ends_at\":\"2030-01-07T18:00:00Z\"}}",
               "INSERT INTO vigil.lookout_point (lookout_point_id, org_id, code, name, state, "
               "reach_m, geom) VALUES (9, 1, 'L9', 'Nine', 'active', 60,"
               " 'SRID=4326;POINT(116.392 39.902)');"
               "INSERT INTO vigil.shift (shift_id, org_id, day, name, lookout_point_id, during,"
               " cutoff_at, joins, approval, radius_m) VALUES (911, 1, '2030-01-07', 'New', 9,"
               " '[2030-01-07 12:30Z,2030-01-07 18:00Z)', '2030-01-07 00:00Z', 'members', false, "
               "100)",
               true);
}

static void somebody_may_be_there_all_the_time(void **state)
{
    (void)state;
    check_then("{\"staff_lookout\":{\"lookout_point_id\":8}},"
               "{\"cancel_shift\":{\"shift_id\":900}}",
               "INSERT INTO vigil.shift (shift_id, org_id, day, name, lookout_point_id, during,"
               " cutoff_at, joins, approval, radius_m) VALUES (912, 1, '2030-01-06', 'New', 8,"
               " '[2030-01-06 23:00Z,2030-01-08 01:00Z)', '2030-01-06 00:00Z', 'members', false, "
               "100);"
               "UPDATE vigil.shift SET state = 'cancelled' WHERE shift_id = 900",
               true);
}

static void candidates_stand_side_by_side(void **state)
{
    const struct asking_answer a =
        try_body(1, arena_text(ROOM.d->arena,
                               "{%s,\"candidates\":[[{\"cancel_shift\":{\"shift_id\":900}}],"
                               "[{\"cancel_shift\":{\"shift_id\":901}},"
                               "{\"cancel_shift\":{\"shift_id\":902}}]]}",
                               DAY));

    (void)state;
    asking_expect(&a, 200, NULL);
    assert_int_equal(asking_count(&a, "/candidates"), 2);
    const double seen_m = asking_number(&a, "/candidates/0/lost_m_h") / 1.5;

    assert_true(seen_m > 180 && seen_m < 220);
    assert_int_equal(asking_count(&a, "/candidates/0/lost/coordinates"), 4);
    assert_int_equal(asking_count(&a, "/candidates/0/gained/coordinates"), 0);
    assert_int_equal(asking_count(&a, "/candidates/0/grids"), 0);
    check_near(asking_number(&a, "/candidates/1/lost_m_h"), 3 * seen_m, 1);
    assert_int_equal(asking_int(&a, "/candidates/1/grids/0/grid_id"), 70);
    assert_int_equal(asking_count(&a, "/candidates/1/grids/0/hours"), HOURS);
    check_near(asking_number(&a, "/length_m"), STREETS_M, 0.01);
    check_near(asking_number(&a, "/before/gap_m_h"), STREETS_M * 24 - 4.5 * seen_m, 2);
}

static void a_moment_is_the_hour_that_holds_it(void **state)
{
    const struct asking_answer a =
        try_body(1, "{\"kind\":\"plan\",\"at\":\"2030-01-07T09:59:00Z\","
                    "\"candidates\":[[{\"cancel_shift\":{\"shift_id\":900}}]]}");

    (void)state;
    asking_expect(&a, 200, NULL);
    assert_int_equal(asking_count(&a, "/hours"), 1);
    assert_string_equal(asking_text(&a, "/from"), "2030-01-07T09:00:00.000Z");
    assert_string_equal(asking_text(&a, "/to"), "2030-01-07T10:00:00.000Z");
}

static void each_is_told_of_what_she_sees(void **state)
{
    struct asking_answer a;

    (void)state;
    a = try(2, "{\"cancel_shift\":{\"shift_id\":901}}");
    asking_expect(&a, 200, NULL);
    assert_true(asking_number(&a, "/length_m") < 250);
    assert_int_equal(asking_int(&a, "/org_id"), 2);
    a = try(2, "{\"cancel_shift\":{\"shift_id\":900}}");
    asking_expect(&a, 404, "not_found");
    a = try(3, "{\"close_lookout\":{\"lookout_point_id\":7}}");
    asking_expect(&a, 404, "not_found");
    a = try(2, "{\"shift\":{\"lookout_point_id\":8,\"starts_at\":\"2030-01-07T20:00:00Z\","
               "\"ends_at\":\"2030-01-07T22:00:00Z\"}}");
    asking_expect(&a, 404, "not_found");
    asking_as(ROOM.worker, ROLE_VOLUNTEER, 1, 0);
    a = asking_send(ROOM.worker, "POST", "/v1/coverage/what-if", NULL,
                    arena_text(ROOM.d->arena,
                               "{%s,\"candidates\":[[{\"cancel_shift\":{\"shift_id\":900}}]]}",
                               DAY));
    asking_expect(&a, 403, NULL);
}

static void changes_that_make_no_sense_are_refused(void **state)
{
    static const char *const CASES[][2] = {
        { "{\"send\":{\"person_id\":5}}", "value_not_allowed" },
        { "{\"cancel_shift\":{\"shift_id\":999}}", "not_found" },
        { "{\"cancel_shift\":{\"shift_id\":903}}", "value_not_allowed" },
        { "{\"cancel_shift\":{\"shift_id\":904}}", "value_not_allowed" },
        { "{\"cancel_shift\":{}}", "key_missing" },
        { "{\"shift\":{\"shift_id\":900,\"starts_at\":\"2030-01-07T09:00:00Z\"}}", "key_missing" },
        { "{\"shift\":{\"starts_at\":\"2030-01-07T09:00:00Z\","
          "\"ends_at\":\"2030-01-07T10:00:00Z\"}}",
          "key_missing" },
        { "{\"shift\":{\"shift_id\":900,\"lookout_point_id\":8,"
          "\"starts_at\":\"2030-01-07T09:00:00Z\",\"ends_at\":\"2030-01-07T10:00:00Z\"}}",
          "key_missing" },
        { "{\"shift\":{\"shift_id\":900,\"starts_at\":\"2030-01-07T10:00:00Z\","
          "\"ends_at\":\"2030-01-07T09:00:00Z\"}}",
          "value_out_of_range" },
        { "{\"shift\":{\"shift_id\":900,\"starts_at\":\"2030-01-07T10:00:00Z\","
          "\"ends_at\":\"2030-01-08T10:01:00Z\"}}",
          "value_out_of_range" },
        { "{\"shift\":{\"shift_id\":900,\"starts_at\":\"soon\","
          "\"ends_at\":\"2030-01-08T10:01:00Z\"}}",
          "time_malformed" },
        { "{\"add_lookout\":{\"place\":{\"lon\":116.39,\"lat\":39.9,\"frame\":\"wgs84\"},"
          "\"reach_m\":50,\"ends_at\":\"2030-01-07T10:00:00Z\"}}",
          "key_missing" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct asking_answer a = try(1, CASES[i][0]);

        asking_expect(&a, strcmp(CASES[i][1], "not_found") == 0 ? 404 : 422, CASES[i][1]);
    }
}

/* Eight of 5 km are 200 km², and nine are more: by plan and now. */
static void too_much_to_look_over_is_refused(void **state)
{
    static const char ONE[] = "{\"add_lookout\":{\"place\":{\"lon\":116.39,\"lat\":39.9,"
                              "\"frame\":\"wgs84\"},\"reach_m\":5000}}";
    const char *all = ONE;
    struct asking_answer a;

    (void)state;
    for (int i = 1; i < 8; i++)
        all = arena_text(ROOM.d->arena, "%s,%s", all, ONE);
    a = try(1, all);
    asking_expect(&a, 200, NULL);
    all = arena_text(ROOM.d->arena, "%s,%s", all, ONE);
    a = try(1, all);
    asking_expect(&a, 422, "value_out_of_range");
    assert_true(coverage_settle(engine_coverage(asking_engine(ROOM.asking))));
    a = try_body(1, arena_text(ROOM.d->arena, "{\"candidates\":[[%s]]}", all));
    asking_expect(&a, 422, NULL);
}

static void hours_that_make_no_sense_are_refused(void **state)
{
    static const char CHANGE[] = "\"candidates\":[[{\"cancel_shift\":{\"shift_id\":900}}]]";
    static const char *const CASES[][2] = {
        { "", "value_not_allowed" }, /* now there are no shifts */
        { "\"at\":\"2030-01-07T09:00:00Z\",", "value_not_allowed" },
        { "\"kind\":\"plan\",", "key_missing" },
        { "\"kind\":\"actual\",\"from\":\"2030-01-07T09:00:00Z\",", "value_not_allowed" },
        { "\"from\":\"2030-01-07T09:00:00Z\",", "key_missing" },
        { "\"kind\":\"plan\",\"from\":\"2030-01-07T09:30:00Z\",", "time_malformed" },
        { "\"kind\":\"plan\",\"from\":\"2030-01-07T09:00:00Z\",\"to\":\"2030-01-07T09:00:00Z\",",
          "value_out_of_range" },
        { "\"kind\":\"plan\",\"from\":\"2030-01-07T09:00:00Z\",\"to\":\"2030-02-07T09:00:00Z\",",
          "value_out_of_range" },
        { "\"kind\":\"plan\",\"at\":\"2030-01-07T09:00:00Z\",\"from\":\"2030-01-07T09:00:00Z\",",
          "key_missing" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct asking_answer a =
            try_body(1, arena_text(ROOM.d->arena, "{%s%s}", CASES[i][0], CHANGE));

        asking_expect(&a, 422, CASES[i][1]);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_shift_at_other_times_changes_its_hours),
        TEST(what_another_shift_covers_is_not_lost),
        TEST(shifts_are_cancelled_and_new),
        TEST(a_lookout_point_closes_with_all_its_shifts),
        TEST(a_lookout_point_moves_with_all_its_shifts),
        TEST(a_new_lookout_point_covers_while_somebody_is_there),
        TEST(somebody_may_be_there_all_the_time),
        TEST(candidates_stand_side_by_side),
        TEST(a_moment_is_the_hour_that_holds_it),
        TEST(each_is_told_of_what_she_sees),
        TEST(changes_that_make_no_sense_are_refused),
        TEST(too_much_to_look_over_is_refused),
        TEST(hours_that_make_no_sense_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
