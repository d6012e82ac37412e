/* Hours of coverage as the outside asks for them, and the week that is kept of them. */
#include "tests/support/check_near.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "engine/clock.h"
#include "engine/engine.h"
#include "engine/terrain.h"
#include "tests/support/asking.h"
#include "tests/support/block.h"
#include "tests/support/database.h"

enum { SIDE = 6, STREETS_M = 8400, PATIENCE_MS = 20000 };

static struct asking_room ROOM;

/* Lookout 7 stands on a crossing and sees 50 m; 8 on another, needs two people. County 2
 * has an area around the first. */
static const char CITY[] =
    "INSERT INTO vigil.org (org_id, parent_id, kind, code, name, area) VALUES"
    " (2, 1, 'county', '110101', 'East', ST_Multi(ST_MakeEnvelope(116.3925, 39.9025, 116.3935, "
    "39.9035, 4326))),"
    " (3, 1, 'county', '110102', 'West', NULL);"
    "INSERT INTO vigil.lookout_point (lookout_point_id, org_id, code, name, state, reach_m, "
    "min_staff, geom) VALUES"
    " (7, 2, 'L7', 'Seven', 'active', 50, 0, 'SRID=4326;POINT(116.393 39.903)'),"
    " (8, 1, 'L8', 'Eight', 'active', 50, 2, 'SRID=4326;POINT(116.391 39.901)');"
    "INSERT INTO vigil.grid (grid_id, org_id, code, profile, kind, geom) VALUES"
    " (70, 2, 'G70', 'free', 'square', ST_Multi(ST_MakeEnvelope(116.3925, 39.9025, 116.3935, "
    "39.9035, 4326))),"
    " (71, 1, 'G71', 'free', 'square', ST_Multi(ST_MakeEnvelope(116.3895, 39.8995, 116.3905, "
    "39.9005, 4326)));";

static void settle(void)
{
    assert_true(terrain_settle(engine_terrain(asking_engine(ROOM.asking))));
}

static int set_up(void **state)
{
    return asking_open_blocks(&ROOM, state, SIDE, CITY);
}

static int tear_down(void **state)
{
    (void)state;
    return asking_close_room(&ROOM);
}

static struct asking_answer ask_as(enum role role, int64_t org_id, const char *query)
{
    asking_as(ROOM.worker, role, org_id, 0);
    return asking_send(ROOM.worker, "GET",
                       arena_text(ROOM.d->arena, "/v1/coverage/hours?%s", query), NULL, NULL);
}

static struct asking_answer hours(const char *query)
{
    const struct asking_answer a = ask_as(ROLE_PLANNER, 1, query);

    asking_expect(&a, 200, NULL);
    return a;
}

static double gap(const struct asking_answer *a, int hour)
{
    return asking_number(a, arena_text(ROOM.d->arena, "/hours/%d/gap_m_h", hour));
}

static double seen_m(int64_t lookout)
{
    return (double)database_int(ROOM.d, arena_text(ROOM.d->arena,
                                                   "SELECT seen_cm FROM vigil.lookout_seen WHERE "
                                                   "lookout_point_id = %lld",
                                                   (long long)lookout)) /
           100;
}

static const char MONDAY[] = "from=2030-01-07T00:00:00Z&to=2030-01-08T00:00:00Z";

static void nothing_planned_leaves_every_metre_of_every_hour(void **state)
{
    const struct asking_answer a = hours(MONDAY);

    (void)state;
    assert_int_equal(asking_count(&a, "/hours"), 24);
    check_near(asking_number(&a, "/length_m"), STREETS_M, 1e-9);
    check_near(gap(&a, 0), STREETS_M, 1e-9);
    check_near(asking_number(&a, "/hours/23/share"), 0, 1e-9);
    assert_int_equal(asking_int(&a, "/hours/0/known_s"), 3600);
}

/* From half past eight to ten. */
static const char SHIFT[] = "INSERT INTO vigil.shift (shift_id, org_id, day, name, "
                            "lookout_point_id, during, cutoff_at, joins, approval, radius_m)"
                            " VALUES (%d, 1, '2030-01-07', 'Shift', %d, '[2030-01-07 "
                            "08:30Z,2030-01-07 10:00Z)', '2030-01-07 08:00Z',"
                            " 'members', false, 100)";

static void add_shift(int id, int lookout)
{
    database_run(ROOM.d, arena_text(ROOM.d->arena, SHIFT, id, lookout));
}

static void a_shift_covers_what_its_lookout_point_sees_while_it_lasts(void **state)
{
    (void)state;
    add_shift(900, 7);
    add_shift(901, 7); /* two at once cover no more than one */
    const struct asking_answer a = hours(MONDAY);

    assert_true(seen_m(7) > 180 && seen_m(7) < 220);
    check_near(gap(&a, 7), STREETS_M, 1e-9);
    check_near(gap(&a, 8), STREETS_M - seen_m(7) / 2, 0.005);
    check_near(gap(&a, 9), STREETS_M - seen_m(7), 0.005);
    check_near(gap(&a, 10), STREETS_M, 1e-9);
    check_near(asking_number(&a, "/hours/9/share"), seen_m(7) / STREETS_M, 1e-6);
}

static void what_is_changed_afterwards_counts_at_once(void **state)
{
    (void)state;
    add_shift(900, 7);
    struct asking_answer a = hours(MONDAY);

    check_near(gap(&a, 9), STREETS_M - seen_m(7), 0.005);
    database_run(ROOM.d, "UPDATE vigil.shift SET during = '[2030-01-07 08:30Z,2030-01-07 12:00Z)'");
    a = hours(MONDAY);
    check_near(gap(&a, 11), STREETS_M - seen_m(7), 0.005);
    database_run(ROOM.d, "UPDATE vigil.shift SET state = 'cancelled'");
    a = hours(MONDAY);
    check_near(gap(&a, 9), STREETS_M, 1e-9);
}

static void a_lookout_point_that_is_not_active_is_not_planned_with(void **state)
{
    (void)state;
    add_shift(900, 7);
    database_run(ROOM.d,
                 "UPDATE vigil.lookout_point SET state = 'suspended' WHERE lookout_point_id = 7");
    settle();
    const struct asking_answer a = hours(MONDAY);

    check_near(gap(&a, 9), STREETS_M, 1e-9);
}

/* Two streets of 100 m in two hours: a bin of 10 m every six minutes. */
static const char PATROL[] =
    "INSERT INTO vigil.squad (squad_id, org_id, kind, code, name) VALUES (50, 1, 'squad', 'S', "
    "'Squad');"
    "INSERT INTO vigil.beat (beat_id, org_id, code, name, length_cm) VALUES (60, 1, 'B', 'Beat', "
    "20000);"
    "INSERT INTO vigil.beat_segment (beat_id, position, segment_id, org_id)"
    " SELECT 60, row_number() OVER (ORDER BY segment_id), segment_id, 1 FROM vigil.segment WHERE "
    "valid_to IS NULL"
    " ORDER BY segment_id LIMIT 2;"
    "INSERT INTO vigil.patrol_plan (plan_id, org_id, beat_id, name, weekdays, starts_min, "
    "length_min, cutoff_min,"
    " capacity, min_people, max_people, radius_m) VALUES (61, 1, 60, 'Plan', 127, 0, 120, 0, 2, 1, "
    "9, 100);"
    "INSERT INTO vigil.patrol_opening (opening_id, plan_id, org_id, month, opens_at, closes_at, "
    "seed)"
    " VALUES (62, 61, 1, '2030-01-01', '2029-12-01', '2029-12-02', sha256('x'));"
    "INSERT INTO vigil.patrol_day (day_id, opening_id, plan_id, beat_id, org_id, day, during, "
    "cutoff_at,"
    " min_people, max_people, radius_m) VALUES (63, 62, 61, 60, 1, '2030-01-07',"
    " '[2030-01-07 00:00Z,2030-01-07 02:00Z)', '2030-01-06', 1, 9, 100);"
    "INSERT INTO vigil.patrol_place (day_id, place, org_id) VALUES (63, 1, 1);"
    "INSERT INTO vigil.claim (claim_id, day_id, org_id, squad_id, squad_org_id, month, during, "
    "state, fair, rank, place)"
    " VALUES (64, 63, 1, 50, 1, '2030-01-01', '[2030-01-07 00:00Z,2030-01-07 02:00Z)', 'claimed', "
    "true, 1, 1)";

static void a_claimed_patrol_walks_its_beat_at_even_pace_and_counts_for_the_window(void **state)
{
    (void)state;
    database_run(ROOM.d, PATROL);
    const struct asking_answer a = hours("from=2030-01-07T00:00:00Z&to=2030-01-08T06:00:00Z");

    check_near(gap(&a, 0), STREETS_M - 45, 0.01); /* 10 m × (54 + 48 + … + 0 min) */
    check_near(gap(&a, 1), STREETS_M - 145, 0.01);
    check_near(gap(&a, 2), STREETS_M - 200, 0.01);
    check_near(gap(&a, 23), STREETS_M - 200, 0.01);
    check_near(gap(&a, 24), STREETS_M - 155, 0.01); /* a day after, it ends as it began */
    check_near(gap(&a, 26), STREETS_M, 0.01);
    database_run(ROOM.d, "UPDATE vigil.claim SET state = 'cancelled', place = NULL");
    const struct asking_answer none = hours("from=2030-01-07T00:00:00Z&to=2030-01-08T06:00:00Z");

    check_near(gap(&none, 2), STREETS_M, 1e-9);
}

/* Yesterday; three people of whom two are there at once for an hour. */
static const char CHECKINS[] =
    "INSERT INTO vigil.person (person_id, display_name, org_id) SELECT n, 'P' || n, 1 FROM "
    "generate_series(1, 3) n;"
    "INSERT INTO vigil.shift (shift_id, org_id, day, name, lookout_point_id, during, cutoff_at, "
    "joins, approval, radius_m)"
    " VALUES (900, 1, '2026-01-05', 'Shift', 8, '[2026-01-05 08:00Z,2026-01-05 14:00Z)', "
    "'2026-01-05 08:00Z', 'members', false, 100);"
    "INSERT INTO vigil.shift_need (shift_id, role, org_id, min_count, max_count) VALUES (900, "
    "'member', 1, 1, 5);"
    "INSERT INTO vigil.signup (signup_id, shift_id, person_id, role, state)"
    " SELECT 910 + n, 900, n, 'member', 'confirmed' FROM generate_series(1, 3) n;"
    "INSERT INTO vigil.checkin (checkin_id, signup_id, org_id, person_id, kind, how, at) VALUES"
    " (1, 911, 1, 1, 'in', 'hand', '2026-01-05 08:00Z'), (2, 911, 1, 1, 'out', 'hand', '2026-01-05 "
    "10:00Z'),"
    " (3, 912, 1, 2, 'in', 'hand', '2026-01-05 09:00Z'), (4, 912, 1, 2, 'out', 'hand', '2026-01-05 "
    "12:00Z'),"
    " (5, 913, 1, 3, 'in', 'hand', '2026-01-05 11:30Z'), (6, 913, 1, 3, 'out', 'hand', '2026-01-05 "
    "13:00Z')";

static void actually_it_counts_while_as_many_as_it_needs_are_there(void **state)
{
    static const double STAFFED[] = { 0, 1, 0, 0.5, 0 }; /* of the hours from eight on */

    (void)state;
    database_run(ROOM.d, CHECKINS);
    const struct asking_answer a =
        hours("kind=actual&from=2026-01-05T08:00:00Z&to=2026-01-05T13:00:00Z");

    for (int h = 0; h < 5; h++)
        check_near(gap(&a, h), STREETS_M - seen_m(8) * STAFFED[h], 0.005);
}

static void the_difference_is_what_was_planned_and_did_not_come(void **state)
{
    (void)state;
    database_run(ROOM.d, CHECKINS);
    const struct asking_answer a =
        hours("kind=difference&from=2026-01-05T07:00:00Z&to=2026-01-05T11:00:00Z&by=org");

    check_near(gap(&a, 0), 0, 1e-9);
    check_near(gap(&a, 1), seen_m(8), 0.005); /* one alone does not count */
    check_near(asking_number(&a, "/hours/1/share"), -seen_m(8) / STREETS_M, 1e-6);
    check_near(gap(&a, 2), 0, 0.005);
    check_near(asking_number(&a, "/items/0/gap_m_h"), 2 * seen_m(8), 0.01);
}

static void of_what_has_been_only_the_past_is_known(void **state)
{
    const int64_t hour = clock_wall_us() / 3600000000LL;
    char from[40], to[40];
    const time_t from_s = (hour - 1) * 3600, to_s = (hour + 3) * 3600;
    struct tm broken;

    (void)state;
    strftime(from, sizeof from, "%Y-%m-%dT%H:00:00Z", gmtime_r(&from_s, &broken));
    strftime(to, sizeof to, "%Y-%m-%dT%H:00:00Z", gmtime_r(&to_s, &broken));
    const struct asking_answer a =
        hours(arena_text(ROOM.d->arena, "kind=actual&from=%s&to=%s&by=org", from, to));

    assert_int_equal(asking_int(&a, "/hours/0/known_s"), 3600);
    check_near(gap(&a, 0), STREETS_M, 1e-9);
    assert_true(asking_int(&a, "/hours/2/known_s") < 3600);
    assert_int_equal(asking_int(&a, "/hours/3/known_s"), 0);
    check_near(gap(&a, 3), 0, 1e-9);
}

static void cells_and_organisations_are_told_apart(void **state)
{
    (void)state;
    add_shift(900, 7);
    struct asking_answer a = hours("from=2030-01-07T09:00:00Z&to=2030-01-07T10:00:00Z&by=grid");

    assert_int_equal(asking_count(&a, "/items"), 2);
    assert_int_equal(asking_int(&a, "/items/0/grid_id"), 70);
    const double cell_m = asking_number(&a, "/items/0/length_m");

    assert_true(cell_m > 150 && cell_m < 250); /* half of each of four streets */
    assert_true(asking_number(&a, "/items/0/share") > 0.85);
    check_near(asking_number(&a, "/items/1/share"), 0, 1e-9);
    a = hours("from=2030-01-07T09:00:00Z&to=2030-01-07T10:00:00Z&by=org");
    assert_int_equal(asking_count(&a, "/items"), 3);
    assert_int_equal(asking_int(&a, "/items/0/org_id"), 1);
    check_near(asking_number(&a, "/items/0/length_m"), STREETS_M, 1e-9); /* with all below it */
    check_near(asking_number(&a, "/items/1/length_m"), cell_m, 0.05);
    a = hours("from=2030-01-07T09:00:00Z&to=2030-01-07T10:00:00Z&by=org&limit=2");
    assert_int_equal(asking_count(&a, "/items"), 2);
    a = hours(arena_text(
        ROOM.d->arena, "from=2030-01-07T09:00:00Z&to=2030-01-07T10:00:00Z&by=org&limit=2&cursor=%s",
        asking_text(&a, "/next")));
    assert_int_equal(asking_count(&a, "/items"), 1);
    assert_int_equal(asking_int(&a, "/items/0/org_id"), 3);
}

static void nobody_is_told_of_what_she_does_not_see(void **state)
{
    struct asking_answer a;

    (void)state;
    a = ask_as(ROLE_PLANNER, 2, "from=2030-01-07T09:00:00Z&to=2030-01-07T10:00:00Z&by=grid");
    asking_expect(&a, 200, NULL);
    assert_int_equal(asking_int(&a, "/org_id"), 2);
    assert_int_equal(asking_count(&a, "/items"), 1);
    assert_true(asking_number(&a, "/length_m") < 250);
    a = ask_as(ROLE_PLANNER, 2, "from=2030-01-07T09:00:00Z&org=3");
    asking_expect(&a, 404, "not_found");
    a = ask_as(ROLE_PLANNER, 2, "from=2030-01-07T09:00:00Z&org=1");
    asking_expect(&a, 404, "not_found");
    a = ask_as(ROLE_PLANNER, 1, "from=2030-01-07T09:00:00Z&org=99");
    asking_expect(&a, 404, "not_found");
    a = ask_as(ROLE_VOLUNTEER, 1, MONDAY);
    asking_expect(&a, 403, NULL);
}

static void hours_that_make_no_sense_are_refused(void **state)
{
    static const struct {
        const char *query, *code;
    } CASES[] = {
        { "to=2030-01-07T09:00:00Z", "key_missing" },
        { "from=2030-01-07T09:30:00Z", "time_malformed" },
        { "from=yesterday", "time_malformed" },
        { "from=9999-12-31T00:00:00Z", "time_malformed" },
        { "from=2030-01-07T09:00:00Z&to=2030-01-07T09:00:00Z", "value_out_of_range" },
        { "from=2030-01-07T00:00:00Z&to=2030-01-14T01:00:00Z", "value_out_of_range" },
        { "from=2030-01-07T09:00:00Z&kind=dream", "value_not_allowed" },
        { "from=2030-01-07T09:00:00Z&by=foot", "value_not_allowed" },
        { "from=2030-01-07T09:00:00Z&limit=0", NULL },
        { "from=2030-01-07T09:00:00Z&cursor=x", "cursor_malformed" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct asking_answer a = ask_as(ROLE_PLANNER, 1, CASES[i].query);

        asking_expect(&a, 422, CASES[i].code);
    }
}

/* ------------------------------------------------------------------ what counts */

static struct asking_answer put_classes(enum role role, int64_t org_id, const char *body)
{
    asking_as(ROOM.worker, role, org_id, 0);
    return asking_send(ROOM.worker, "PUT", "/v1/coverage/classes", NULL, body);
}

static void a_city_says_which_streets_count(void **state)
{
    struct asking_answer a;

    (void)state;
    a = put_classes(
        ROLE_ADMIN, 1,
        "{\"classes\":[{\"class\":\"residential\",\"counts\":false,\"window_s\":3600}]}");
    asking_expect(&a, 200, NULL);
    assert_int_equal(asking_count(&a, "/classes"), 13);
    settle();
    a = hours(MONDAY);
    check_near(asking_number(&a, "/length_m"), 0, 1e-9);
    a = put_classes(
        ROLE_ADMIN, 2,
        "{\"classes\":[{\"class\":\"residential\",\"counts\":true,\"window_s\":3600}]}");
    assert_true(a.status == 403 || a.status == 404);
    a = put_classes(
        ROLE_PLANNER, 1,
        "{\"classes\":[{\"class\":\"residential\",\"counts\":true,\"window_s\":3600}]}");
    asking_expect(&a, 403, NULL);
    a = put_classes(ROLE_ADMIN, 1,
                    "{\"classes\":[{\"class\":\"alley\",\"counts\":true,\"window_s\":3600}]}");
    asking_expect(&a, 422, "value_not_allowed");
    a = put_classes(ROLE_ADMIN, 1,
                    "{\"classes\":[{\"class\":\"steps\",\"counts\":true,\"window_s\":1}]}");
    asking_expect(&a, 422, "value_out_of_range");
}

/* ------------------------------------------------------------------ the week that is kept */

static int64_t ask_for_week(const char *of)
{
    asking_as(ROOM.worker, ROLE_PLANNER, 1, 0);
    const struct asking_answer a = asking_send(
        ROOM.worker, "POST", "/v1/coverage/jobs", asking_fresh_key(&ROOM),
        arena_text(ROOM.d->arena,
                   "{\"kind\":\"week\",\"of\":\"%s\",\"from\":\"2030-01-07T00:00:00Z\"}", of));

    asking_expect(&a, 201, NULL);
    return asking_int(&a, "/job_id");
}

static void until_done(int64_t job)
{
    static const struct timespec PAUSE = { .tv_nsec = 10000000 };
    const int64_t end_us = clock_steady_us() + PATIENCE_MS * 1000LL;

    for (;;) {
        const struct asking_answer a =
            asking_send(ROOM.worker, "GET",
                        arena_text(ROOM.d->arena, "/v1/jobs/%lld", (long long)job), NULL, NULL);

        asking_expect(&a, 200, NULL);
        if (strcmp(asking_text(&a, "/state"), "done") == 0)
            return;
        if (clock_steady_us() > end_us || strcmp(asking_text(&a, "/state"), "failed") == 0)
            fail_msg("the job is %s", a.body);
        nanosleep(&PAUSE, NULL);
    }
}

/* Hours, gaps and intervals in SQL are the same coverage three times. */
static void a_week_is_kept_for_whoever_uses_sql(void **state)
{
    (void)state;
    add_shift(900, 7);
    database_run(ROOM.d, PATROL);
    database_run(ROOM.d, "INSERT INTO vigil.station (station_id, code, name, geom) VALUES"
                         " (9, 'S9', 'Nine', 'SRID=4326;POINT(116.393 39.903)')");
    settle();
    until_done(ask_for_week("plan"));
    until_done(ask_for_week("plan")); /* in the place of the first */
    assert_int_equal(database_int(ROOM.d, "SELECT count(*) FROM vigil.cover_week"), 1);
    const struct asking_answer a = hours("from=2030-01-07T00:00:00Z");
    double sum = 0;

    for (int h = 0; h < 168; h++)
        sum += gap(&a, h);
    check_near((double)database_int(ROOM.d,
                                    "SELECT round(sum(gap_m_h) * 100) FROM vigil.cover_hour "
                                    "WHERE by = 'city' AND kind = 'plan'") /
                   100,
               sum, 2);
    check_near((double)database_int(ROOM.d,
                                    "SELECT round(sum(gap_m_h) * 100) FROM vigil.cover_hour "
                                    "WHERE by = 'station' AND area_id = 9") /
                   100,
               sum, 2);
    check_near((double)database_int(ROOM.d, "SELECT round(sum(metre_hours) * 100) FROM vigil.gap "
                                            "WHERE station_id = 9") /
                   100,
               sum, 2);
    check_near((double)database_int(ROOM.d, "SELECT round(sum(gap_m_h) * 100) FROM vigil.cover_day "
                                            "WHERE by = 'city'") /
                   100,
               sum, 2);
    check_near((double)database_int(ROOM.d, "SELECT sum(to_cm - from_cm) FROM vigil.gap_at('plan', "
                                            "'2030-01-07 09:00Z')") /
                   100,
               gap(&a, 9), 0.02);
    assert_int_equal(database_int(ROOM.d, "SELECT count(*) FROM vigil.covered WHERE geom IS NULL"),
                     0);
    assert_int_equal(
        database_int(ROOM.d, "SELECT count(*) FROM vigil.cover_interval WHERE layer = 'patrol'"),
        20);
}

static void work_that_makes_no_sense_is_refused_before_it_is_queued(void **state)
{
    static const char *const CASES[] = {
        "{\"kind\":\"year\"}",
        "{\"of\":\"plan\"}",
        "{\"kind\":\"week\"}",
        "{\"kind\":\"week\",\"of\":\"dream\",\"from\":\"2030-01-07T00:00:00Z\"}",
        "{\"kind\":\"week\",\"of\":\"plan\",\"from\":\"2030-01-07T00:00:01Z\"}",
        "{\"kind\":\"week\",\"of\":\"plan\",\"from\":\"2030-01-07T00:00:00Z\",\"twice\":true}",
        "[]",
    };

    (void)state;
    asking_as(ROOM.worker, ROLE_PLANNER, 1, 0);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct asking_answer a = asking_send(ROOM.worker, "POST", "/v1/coverage/jobs",
                                                   asking_fresh_key(&ROOM), CASES[i]);

        asking_expect(&a, 422, NULL);
    }
    assert_int_equal(database_int(ROOM.d, "SELECT count(*) FROM vigil.job"), 0);
}

static void a_job_is_seen_and_ended_from_above_alone(void **state)
{
    struct asking_answer a;

    (void)state;
    database_run(ROOM.d,
                 "INSERT INTO vigil.job (job_id, org_id, kind, wish) VALUES (5, 3, 'other', '{}')");
    asking_as(ROOM.worker, ROLE_PLANNER, 2, 0);
    a = asking_send(ROOM.worker, "GET", "/v1/jobs/5", NULL, NULL);
    asking_expect(&a, 404, "not_found");
    a = asking_send(ROOM.worker, "DELETE", "/v1/jobs/5", NULL, NULL);
    asking_expect(&a, 404, "not_found");
    a = asking_send(ROOM.worker, "GET", "/v1/jobs", NULL, NULL);
    assert_int_equal(asking_count(&a, "/items"), 0);
    asking_as(ROOM.worker, ROLE_PLANNER, 1, 0);
    a = asking_send(ROOM.worker, "DELETE", "/v1/jobs/5", NULL, NULL);
    asking_expect(&a, 204, NULL);
    a = asking_send(ROOM.worker, "GET", "/v1/jobs?state=cancelled", NULL, NULL);
    assert_int_equal(asking_count(&a, "/items"), 1);
    assert_string_equal(asking_text(&a, "/items/0/state"), "cancelled");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_planned_leaves_every_metre_of_every_hour),
        TEST(a_shift_covers_what_its_lookout_point_sees_while_it_lasts),
        TEST(what_is_changed_afterwards_counts_at_once),
        TEST(a_lookout_point_that_is_not_active_is_not_planned_with),
        TEST(a_claimed_patrol_walks_its_beat_at_even_pace_and_counts_for_the_window),
        TEST(actually_it_counts_while_as_many_as_it_needs_are_there),
        TEST(the_difference_is_what_was_planned_and_did_not_come),
        TEST(of_what_has_been_only_the_past_is_known),
        TEST(cells_and_organisations_are_told_apart),
        TEST(nobody_is_told_of_what_she_does_not_see),
        TEST(hours_that_make_no_sense_are_refused),
        TEST(a_city_says_which_streets_count),
        TEST(a_week_is_kept_for_whoever_uses_sql),
        TEST(work_that_makes_no_sense_is_refused_before_it_is_queued),
        TEST(a_job_is_seen_and_ended_from_above_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
