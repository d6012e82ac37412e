/* What was covered at a moment that has been, and what is to be by the plan, as the outside
 * asks for it. */
#include "tests/support/check_near.h"

#include <string.h>

#include "engine/clock.h"
#include "engine/coverage.h"
#include "engine/engine.h"
#include "engine/reached.h"
#include "engine/terrain.h"
#include "tests/support/asking.h"
#include "tests/support/block.h"
#include "tests/support/database.h"

enum { SIDE = 6, STREETS_M = 8400 };

static struct asking_room ROOM;

/* Lookout 7 stands on a crossing of county 2 and sees 50 m; 8 on another one, needs two people. A
 * squad has claimed two streets of 100 m for two hours. */
static const char CITY[] =
    "INSERT INTO vigil.org (org_id, parent_id, kind, code, name, area) VALUES"
    " (2, 1, 'county', '110101', 'East', ST_Multi(ST_MakeEnvelope(116.3925, 39.9025, 116.3935, "
    "39.9035, 4326)));"
    "INSERT INTO vigil.lookout_point (lookout_point_id, org_id, code, name, state, reach_m, "
    "min_staff, geom) VALUES"
    " (7, 2, 'L7', 'Seven', 'active', 50, 0, 'SRID=4326;POINT(116.393 39.903)'),"
    " (8, 1, 'L8', 'Eight', 'active', 50, 2, 'SRID=4326;POINT(116.391 39.901)');"
    "INSERT INTO vigil.grid (grid_id, org_id, code, profile, kind, geom) VALUES"
    " (70, 2, 'G70', 'free', 'square', ST_Multi(ST_MakeEnvelope(116.3925, 39.9025, 116.3935, "
    "39.9035, 4326)));"
    "INSERT INTO vigil.shift (shift_id, org_id, day, name, lookout_point_id, during, cutoff_at, "
    "joins, approval, radius_m) VALUES"
    " (900, 1, '2030-01-07', 'S', 7, '[2030-01-07 08:30Z,2030-01-07 10:00Z)', '2030-01-07 08:00Z',"
    " 'members', false, 100),"
    " (901, 1, '2026-01-05', 'S', 8, '[2026-01-05 08:00Z,2026-01-05 14:00Z)', '2026-01-05 08:00Z',"
    " 'members', false, 100);"
    "INSERT INTO vigil.shift_need (shift_id, role, org_id, min_count, max_count)"
    " VALUES (901, 'member', 1, 1, 5);"
    "INSERT INTO vigil.person (person_id, display_name, org_id)"
    " SELECT n, 'P' || n, 1 FROM generate_series(1, 2) n;"
    "INSERT INTO vigil.signup (signup_id, shift_id, person_id, role, state)"
    " SELECT 910 + n, 901, n, 'member', 'confirmed' FROM generate_series(1, 2) n;"
    "INSERT INTO vigil.checkin (checkin_id, signup_id, org_id, person_id, kind, how, at) VALUES"
    " (1, 911, 1, 1, 'in', 'hand', '2026-01-05 08:00Z'),"
    " (2, 911, 1, 1, 'out', 'hand', '2026-01-05 10:00Z'),"
    " (3, 912, 1, 2, 'in', 'hand', '2026-01-05 09:00Z'),"
    " (4, 912, 1, 2, 'out', 'hand', '2026-01-05 12:00Z');"
    "INSERT INTO vigil.squad (squad_id, org_id, kind, code, name)"
    " VALUES (50, 1, 'squad', 'S', 'Squad');"
    "INSERT INTO vigil.beat (beat_id, org_id, code, name, length_cm)"
    " VALUES (60, 1, 'B', 'Beat', 20000);"
    "INSERT INTO vigil.beat_segment (beat_id, position, segment_id, org_id)"
    " SELECT 60, row_number() OVER (ORDER BY segment_id), segment_id, 1 FROM vigil.segment"
    " WHERE valid_to IS NULL ORDER BY segment_id LIMIT 2;"
    "INSERT INTO vigil.patrol_plan (plan_id, org_id, beat_id, name, weekdays, starts_min, "
    "length_min, cutoff_min, capacity, min_people, max_people, radius_m)"
    " VALUES (61, 1, 60, 'Plan', 127, 0, 120, 0, 2, 1, 9, 100);"
    "INSERT INTO vigil.patrol_opening (opening_id, plan_id, org_id, month, opens_at, closes_at, "
    "seed) VALUES (62, 61, 1, '2030-01-01', '2029-12-01', '2029-12-02', sha256('x'));"
    "INSERT INTO vigil.patrol_day (day_id, opening_id, plan_id, beat_id, org_id, day, during, "
    "cutoff_at, min_people, max_people, radius_m) VALUES (63, 62, 61, 60, 1, '2030-01-07',"
    " '[2030-01-07 00:00Z,2030-01-07 02:00Z)', '2030-01-06', 1, 9, 100);"
    "INSERT INTO vigil.patrol_place (day_id, place, org_id) VALUES (63, 1, 1);"
    "INSERT INTO vigil.claim (claim_id, day_id, org_id, squad_id, squad_org_id, month, during, "
    "state, fair, rank, place) VALUES (64, 63, 1, 50, 1, '2030-01-01',"
    " '[2030-01-07 00:00Z,2030-01-07 02:00Z)', 'claimed', true, 1, 1);";

static int set_up(void **state)
{
    return asking_open_blocks(&ROOM, state, SIDE, CITY);
}

static int tear_down(void **state)
{
    (void)state;
    return asking_close_room(&ROOM);
}

static struct asking_answer ask(int64_t org_id, const char *query)
{
    asking_as(ROOM.worker, ROLE_PLANNER, org_id, 0);
    return asking_send(ROOM.worker, "GET", arena_text(ROOM.d->arena, "/v1/coverage?%s", query),
                       NULL, NULL);
}

static struct asking_answer expect(const char *query)
{
    const struct asking_answer a = ask(1, query);

    asking_expect(&a, 200, NULL);
    return a;
}

static double figure(const char *query, const char *name)
{
    const struct asking_answer a = expect(query);

    return asking_number(&a, arena_text(ROOM.d->arena, "/city/%s", name));
}

static double seen_m(int64_t lookout)
{
    return (double)database_int(ROOM.d, arena_text(ROOM.d->arena,
                                                   "SELECT seen_cm FROM vigil.lookout_seen WHERE "
                                                   "lookout_point_id = %lld",
                                                   (long long)lookout)) /
           100;
}

static void of_a_plan_a_moment_is_told_to_the_second(void **state)
{
    (void)state;
    check_near(figure("kind=plan&at=2030-01-07T08:29:59Z", "lookout_m"), 0, 0);
    check_near(figure("kind=plan&at=2030-01-07T08:30:00Z", "lookout_m"), seen_m(7), 0.005);
    check_near(figure("kind=plan&at=2030-01-07T09:59:59.9Z", "lookout_m"), seen_m(7), 0.005);
    check_near(figure("kind=plan&at=2030-01-07T10:00:00Z", "lookout_m"), 0, 0);
    /* 10 m every six minutes, which count for a day. */
    check_near(figure("kind=plan&at=2030-01-07T00:05:59Z", "patrol_m"), 0, 0);
    check_near(figure("kind=plan&at=2030-01-07T00:06:00Z", "patrol_m"), 10, 0.005);
    check_near(figure("kind=plan&at=2030-01-07T02:00:00Z", "patrol_m"), 200, 0.005);
    check_near(figure("kind=plan&at=2030-01-08T00:05:59Z", "patrol_m"), 200, 0.005);
    check_near(figure("kind=plan&at=2030-01-08T00:06:00Z", "patrol_m"), 190, 0.005);
}

static void what_has_been_is_who_was_there(void **state)
{
    (void)state;
    check_near(figure("at=2026-01-05T08:59:59Z", "lookout_m"), 0, 0); /* one alone does not count */
    check_near(figure("at=2026-01-05T09:00:00Z", "lookout_m"), seen_m(8), 0.005);
    check_near(figure("at=2026-01-05T09:59:59Z", "lookout_m"), seen_m(8), 0.005);
    check_near(figure("at=2026-01-05T10:00:00Z", "lookout_m"), 0, 0);
    check_near(figure("kind=plan&at=2026-01-05T08:59:59Z", "lookout_m"), seen_m(8), 0.005);
}

static void a_moment_is_one_of_its_hour(void **state)
{
    (void)state;
    const struct asking_answer a = expect("kind=plan&at=2030-01-07T09:17:00Z");
    const double unwatched_m = asking_number(&a, "/city/unwatched_m");

    check_near(asking_number(&a, "/city/length_m"), STREETS_M, 1e-9);
    assert_true(asking_number(&a, "/city/longest_gap_m") > 99);
    const struct asking_answer hours = asking_send(
        ROOM.worker, "GET",
        "/v1/coverage/hours?kind=plan&from=2030-01-07T09:00:00Z&to=2030-01-07T10:00:00Z", NULL,
        NULL);

    asking_expect(&hours, 200, NULL);
    check_near(asking_number(&hours, "/hours/0/gap_m_h"), unwatched_m, 0.005);
}

static void a_moment_is_told_by_cell_organisation_and_street(void **state)
{
    struct asking_answer a = expect("kind=plan&at=2030-01-07T09:00:00Z&by=grid");
    double sum_m = 0;

    (void)state;
    assert_int_equal(asking_count(&a, "/items"), 1);
    assert_string_equal(asking_text(&a, "/items/0/code"), "G70");
    assert_true(asking_number(&a, "/items/0/covered_share") > 0.85);
    a = expect("kind=plan&at=2030-01-07T09:00:00Z&by=org");
    assert_int_equal(asking_count(&a, "/items"), 2);
    assert_true(asking_number(&a, "/items/1/covered_share") > 0.85);
    a = expect("kind=plan&at=2030-01-07T09:00:00Z&by=street&limit=1000");
    for (int32_t i = 0; i < asking_count(&a, "/items"); i++)
        sum_m += asking_number(&a, arena_text(ROOM.d->arena, "/items/%d/lookout_m", i));
    check_near(sum_m, seen_m(7), 0.05);
    a = expect("kind=plan&at=2030-01-07T09:00:00Z&by=org&limit=1");
    const char *next = arena_text(ROOM.d->arena, "%s", asking_text(&a, "/next"));

    a = expect(arena_text(ROOM.d->arena,
                          "kind=plan&at=2030-01-07T09:00:00Z&by=org&limit=1&cursor=%s", next));
    assert_int_equal(asking_int(&a, "/items/0/org_id"), 2);
    a = ask(1, arena_text(ROOM.d->arena,
                          "kind=plan&at=2030-01-07T10:00:00Z&by=org&limit=1&cursor=%s", next));
    asking_expect(&a, 422, "cursor_malformed");
}

static void each_sees_what_is_hers_of_it(void **state)
{
    struct asking_answer a = ask(2, "kind=plan&at=2030-01-07T09:00:00Z&by=street&limit=1000");

    (void)state;
    asking_expect(&a, 200, NULL);
    assert_int_equal(asking_int(&a, "/org_id"), 2);
    assert_true(asking_number(&a, "/city/length_m") < 250);
    assert_int_equal(asking_count(&a, "/items"), 4);
    asking_as(ROOM.worker, ROLE_VOLUNTEER, 1, 1);
    a = asking_send(ROOM.worker, "GET", "/v1/coverage?at=2026-01-05T09:00:00Z", NULL, NULL);
    asking_expect(&a, 403, NULL);
}

static void who_could_have_come_is_not_made_up(void **state)
{
    static const char *const UNKNOWN[] = { "reach_m", "dark_m", "unreachable_m", "thin_m" };
    const struct asking_answer a = expect("kind=plan&at=2030-01-07T09:00:00Z");

    (void)state;
    for (size_t i = 0; i < sizeof UNKNOWN / sizeof *UNKNOWN; i++)
        assert_non_null(strstr(a.body, arena_text(ROOM.d->arena, "\"%s\":null", UNKNOWN[i])));
    assert_false(asking_has(&a, "/city/reach_share"));
    assert_false(asking_has(&a, "/version"));
}

/* ------------------------------------------------------------------ who could have come */

/* 2026-01-05T09:00:00Z, and somebody who was in the middle of the town then. */
enum { NINE_S = 1767603600 };

static void see_somebody(int64_t person_id)
{
    static const char SQL[] =
        "DELETE FROM vigil.reach_hour; DELETE FROM vigil.position_history; DELETE FROM vigil.duty;"
        "INSERT INTO vigil.person (person_id, display_name, org_id, mode, location_consent,"
        "                          on_duty) VALUES (%lld, 'Somebody', 1, 'foot', true, true);"
        "INSERT INTO vigil.position_history (person_id, lon_e7, lat_e7, fix_us, received_us)"
        " VALUES (%lld, 1163930000, 399030000, 1767603590000000, 1767603590000000);";

    database_run(ROOM.d,
                 arena_text(ROOM.d->arena, SQL, (long long)person_id, (long long)person_id));
}

static void keep(int64_t at_s)
{
    struct engine *e = asking_engine(ROOM.asking);
    const struct world *w = engine_hold(e);
    struct fail f = { 0 };

    if (!reached_keep(ROOM.d->db, w, engine_config(e), at_s, &f))
        fail_msg("%s", f.text);
    world_drop(w);
}

static void who_could_have_come_is_kept_by_the_hour(void **state)
{
    const struct live_fix there = { .person_id = 101,
                                    .at = { 1163930000, 399030000 },
                                    .accuracy_dm = -1,
                                    .speed_cms = -1,
                                    .fix_us = clock_wall_us(),
                                    .received_us = clock_wall_us() };
    struct engine *e = asking_engine(ROOM.asking);
    struct fail f = { 0 };

    (void)state;
    see_somebody(101);
    keep(NINE_S);
    const double reach_m = figure("at=2026-01-05T09:30:00Z", "reach_m");

    assert_true(reach_m > 1000);
    check_near(figure("at=2026-01-05T09:30:00Z", "unreachable_m"), STREETS_M - reach_m, 0.011);
    check_near(figure("at=2026-01-05T09:59:59Z", "reach_m"), reach_m, 0);
    assert_int_equal(database_int(ROOM.d, "SELECT people FROM vigil.reach_hour"), 1);
    /* The same as if she stood there now. */
    assert_true(engine_follow(e, &f));
    live_move(engine_live(e), &there, 1);
    assert_true(coverage_settle(engine_coverage(e)));
    check_near(figure("at=now", "reach_m"), reach_m, 0.005);
    check_near((double)database_int(ROOM.d, "SELECT sum(to_cm - from_cm) FROM vigil.reached") / 100,
               reach_m, 0.005);
}

static void nobody_is_counted_who_could_not_be_sent_then(void **state)
{
    static const char *const CASES[] = {
        "UPDATE vigil.person SET on_duty = false WHERE person_id = (SELECT max(person_id) FROM "
        "vigil.person);"
        "UPDATE vigil.duty SET at = '2026-01-05 08:59:59Z'",
        "UPDATE vigil.person SET location_consent = false WHERE person_id = (SELECT max(person_id) "
        "FROM vigil.person)",
        "UPDATE vigil.person SET birth_year = 2010 WHERE person_id = (SELECT max(person_id) FROM "
        "vigil.person)",
        "UPDATE vigil.person SET credential_until = '2026-01-05 08:00Z' WHERE person_id = (SELECT "
        "max(person_id) FROM vigil.person)",
        "UPDATE vigil.person SET mode = 'bus' WHERE person_id = (SELECT max(person_id) FROM "
        "vigil.person);"
        "UPDATE vigil.duty SET at = '2026-01-05 08:00Z'",
        "UPDATE vigil.position_history SET flags = 1",
        "UPDATE vigil.position_history SET flags = 2",
        "UPDATE vigil.position_history SET fix_us = fix_us - 3600000000",
        "UPDATE vigil.position_history SET fix_us = fix_us + 11000000",
        "UPDATE vigil.position_history SET lat_e7 = 398000000",
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        see_somebody(101 + (int64_t)i);
        database_run(ROOM.d, CASES[i]);
        keep(NINE_S);
        if (database_int(ROOM.d, "SELECT people FROM vigil.reach_hour") != 0)
            fail_msg("counted in spite of %s", CASES[i]);
    }
    check_near(figure("at=2026-01-05T09:30:00Z", "reach_m"), 0, 0); /* which is known */
}

/* Whoever has gone off duty since then was on duty. */
static void what_has_changed_since_then_counts_for_nothing(void **state)
{
    static const char *const CASES[] = {
        "UPDATE vigil.person SET on_duty = false WHERE person_id = (SELECT max(person_id) FROM "
        "vigil.person)",
        "UPDATE vigil.person SET credential_until = '2026-01-05 10:00Z' WHERE person_id = (SELECT "
        "max(person_id) FROM vigil.person)",
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        see_somebody(101 + (int64_t)i);
        database_run(ROOM.d, CASES[i]);
        keep(NINE_S);
        assert_int_equal(database_int(ROOM.d, "SELECT people FROM vigil.reach_hour"), 1);
    }
}

static struct asking_answer gaps(const char *query)
{
    asking_as(ROOM.worker, ROLE_PLANNER, 1, 0);
    const struct asking_answer a = asking_send(
        ROOM.worker, "GET", arena_text(ROOM.d->arena, "/v1/gaps?%s", query), NULL, NULL);

    asking_expect(&a, 200, NULL);
    return a;
}

static void each_class_is_told_of_hours_as_of_a_moment_of_them(void **state)
{
    static const char *const CLASSES[] = { "dark", "unwatched", "unreachable", "thin" };

    (void)state;
    see_somebody(101);
    keep(NINE_S);
    for (size_t i = 0; i < sizeof CLASSES / sizeof *CLASSES; i++) {
        const double missing_m =
            figure("at=2026-01-05T09:30:00Z", arena_text(ROOM.d->arena, "%s_m", CLASSES[i]));
        struct asking_answer a = gaps(arena_text(
            ROOM.d->arena, "class=%s&from=2026-01-05T09:00:00Z&to=2026-01-05T10:00:00Z&limit=1",
            CLASSES[i]));

        assert_true(missing_m > 50);
        check_near(asking_number(&a, "/totals/metre_hours"), missing_m, 0.011);
        check_near(asking_number(&a, "/known_hours"), 1, 0);
        assert_string_equal(asking_text(&a, "/items/0/class"), CLASSES[i]);
        if (strcmp(CLASSES[i], "unwatched") == 0)
            continue;
        a = gaps(arena_text(ROOM.d->arena,
                            "class=%s&from=2026-01-05T07:00:00Z&to=2026-01-05T12:00:00Z",
                            CLASSES[i]));
        check_near(asking_number(&a, "/totals/metre_hours"), missing_m, 0.011);
        check_near(asking_number(&a, "/known_hours"), 1, 0);
    }
}

/* Hours come to be known one after the other, and what was told of the others stays. */
static void an_hour_that_comes_to_be_known_is_told_with_the_others(void **state)
{
    static const char QUERY[] = "class=dark&from=2026-01-05T08:00:00Z&to=2026-01-05T10:00:00Z";

    (void)state;
    see_somebody(101);
    struct asking_answer a = gaps(QUERY);

    check_near(asking_number(&a, "/totals/metre_hours"), 0, 0);
    assert_int_equal(asking_count(&a, "/items"), 0);
    keep(NINE_S - 3600);
    a = gaps(QUERY);
    check_near(asking_number(&a, "/totals/metre_hours"), STREETS_M, 0.01);
    keep(NINE_S);
    const double dark_m = figure("at=2026-01-05T09:30:00Z", "dark_m");

    a = gaps(QUERY);
    check_near(asking_number(&a, "/totals/metre_hours"), STREETS_M + dark_m, 0.02);
}

static void moments_that_make_no_sense_are_refused(void **state)
{
    static const struct {
        const char *query, *code;
    } CASES[] = {
        { "at=2030-01-07T09:00:00Z", "value_out_of_range" }, /* it has not been yet */
        { "at=yesterday", "time_malformed" },
        { "kind=dream", "value_not_allowed" },
        { "kind=difference&at=2026-01-05T09:00:00Z", "value_not_allowed" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct asking_answer a = ask(1, CASES[i].query);

        asking_expect(&a, 422, CASES[i].code);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(of_a_plan_a_moment_is_told_to_the_second),
        TEST(what_has_been_is_who_was_there),
        TEST(a_moment_is_one_of_its_hour),
        TEST(a_moment_is_told_by_cell_organisation_and_street),
        TEST(each_sees_what_is_hers_of_it),
        TEST(who_could_have_come_is_not_made_up),
        TEST(who_could_have_come_is_kept_by_the_hour),
        TEST(nobody_is_counted_who_could_not_be_sent_then),
        TEST(what_has_changed_since_then_counts_for_nothing),
        TEST(each_class_is_told_of_hours_as_of_a_moment_of_them),
        TEST(an_hour_that_comes_to_be_known_is_told_with_the_others),
        TEST(moments_that_make_no_sense_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
