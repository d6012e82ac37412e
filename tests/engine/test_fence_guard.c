/* Tests of engine/fence_guard.c with its rows: fences change, people go off duty, and at
 * lookout points the roll is called. */
#include "engine/fence_guard.h"

#include "tests/support/check_near.h"
#include "tests/support/database.h"
#include "tests/support/fence_town.h"

static void must(bool is_good, const struct fail *f)
{
    if (!is_good)
        fail_msg("%s: %s", fail_word(f->code), f->text);
}

/* ------------------------------------------------------------------ who is not tracked */

static void off_duty_nobody_is_in_a_fence(void **state)
{
    struct fence_town *t = *state;

    fence_town_circle(t, 7, "enter,leave", "NULL");
    fence_town_start(t, &t->nodes[0]);
    fence_town_go(t, 1, 0, 30);
    assert_string_equal(fence_town_told(t), "1 enter 30");
    fence_town_run(t, "UPDATE vigil.person SET on_duty = false WHERE person_id = 1");
    assert_string_equal(database_text(t->d, "SELECT concat_ws(' ', ended_by, leave_us = enter_us)"
                                            " FROM vigil.fence_visit"),
                        "untracked t");
    fence_town_follow(t, &t->nodes[0]);
    assert_string_equal(fence_town_told(t), "1 enter 30");
    fence_town_run(t, "UPDATE vigil.person SET on_duty = true WHERE person_id = 1");
    fence_town_follow(t, &t->nodes[0]);
    fence_town_go(t, 1, 5, 100);
    assert_string_equal(fence_town_told(t), "1 enter 30; 1 enter 100");
}

static void who_goes_off_duty_before_it_is_written_is_not_noticed(void **state)
{
    struct fence_town *t = *state;
    struct live_fix fix = fence_town_fix(t, 1, 0, 30);

    fence_town_circle(t, 7, "enter", "NULL");
    fence_town_start(t, &t->nodes[0]);
    fence_town_run(t, "UPDATE vigil.person SET on_duty = false WHERE person_id = 1");
    live_move(t->nodes[0].live, &fix, 1);
    t->nodes[0].stage.passed(t->nodes[0].stage.self, &fix, 1);
    assert_string_equal(fence_town_told(t), "");
    assert_int_equal(database_int(t->d, "SELECT count(*) FROM vigil.fence_visit"), 0);
}

static void erasing_a_person_erases_where_she_was(void **state)
{
    struct fence_town *t = *state;

    fence_town_circle(t, 7, "enter", "NULL");
    fence_town_start(t, &t->nodes[0]);
    fence_town_go(t, 1, 0, 30);
    fence_town_go(t, 2, 0, 30);
    fence_town_told(t);
    fence_town_run(
        t, "BEGIN; SET LOCAL vigil.person = '1'; SELECT vigil.person_erase(1, 900, 0); COMMIT");
    assert_string_equal(database_text(t->d, "SELECT string_agg(person_id::text, ' ')"
                                            " FROM vigil.fence_visit"),
                        "2");
}

/* ------------------------------------------------------------------ fences change */

static void a_fence_that_is_moved_or_closed_lets_go(void **state)
{
    struct fence_town *t = *state;

    fence_town_circle(t, 7, "enter,leave", "NULL");
    fence_town_circle(t, 8, "enter,leave", "NULL");
    fence_town_start(t, &t->nodes[0]);
    fence_town_go(t, 1, 0, 30);
    fence_town_told(t);
    fence_town_run(
        t, "UPDATE vigil.fence SET geom = ST_SetSRID(ST_MakePoint(12, 57.70), 4326) WHERE fence_id "
           "= 7;"
           "UPDATE vigil.fence SET valid_to = now() WHERE fence_id = 8");
    fence_town_told(t);
    assert_string_equal(
        database_text(t->d, "SELECT string_agg(concat_ws(' ', fence_id, ended_by), '; ' ORDER BY"
                            " fence_id) FROM vigil.fence_visit"),
        "7; 8 closed");
    fence_town_go(t, 1, 5, 60); /* where the fence was */
    fence_town_told(t);
    assert_string_equal(
        database_text(t->d, "SELECT string_agg(concat_ws(' ', fence_id, ended_by), '; ' ORDER BY"
                            " fence_id) FROM vigil.fence_visit"),
        "7 left; 8 closed");
}

static void a_fence_around_a_grid_or_lookout_point_follows_it(void **state)
{
    struct fence_town *t = *state;

    fence_town_run(
        t, "INSERT INTO vigil.grid (grid_id, code, profile, kind, geom, org_id) VALUES (60, 'G', "
           "'free',"
           " 'square', ST_Multi(ST_MakeEnvelope(11.96, 57.69, 11.98, 57.71, 4326)), 2);"
           "INSERT INTO vigil.lookout_point (lookout_point_id, code, name, geom, org_id) VALUES"
           " (61, 'L', 'Lookout', ST_SetSRID(ST_MakePoint(11.97, 57.70), 4326), 2);"
           "INSERT INTO vigil.fence (fence_id, org_id, name, grid_id, geom, margin_m, whom, kinds, "
           "grace_s)"
           " SELECT 8, 2, 'Grid', 60, geom, 10, 'everyone', '{enter,leave}', 300 FROM vigil.grid");
    fence_town_circle(t, 7, "enter", "NULL");
    fence_town_run(t, "UPDATE vigil.fence SET lookout_point_id = 61 WHERE fence_id = 7");
    fence_town_start(t, &t->nodes[0]);
    fence_town_go(t, 1, -2000, 0);
    fence_town_go(t, 1, 0, 200);
    assert_string_equal(fence_town_told(t), "1 enter 140; 1 enter 190");
    fence_town_run(
        t, "UPDATE vigil.grid SET geom = ST_Multi(ST_MakeEnvelope(11, 57.69, 11.1, 57.71, 4326));"
           "UPDATE vigil.lookout_point SET valid_to = now()");
    /* It was moved away from her: she is not where it is since her last fix. */
    assert_string_equal(fence_town_told(t), "1 enter 140; 1 enter 190; 1 leave 200");
    fence_town_go(t, 1, 5, 260);
    assert_string_equal(fence_town_told(t), "1 enter 140; 1 enter 190; 1 leave 200");
    assert_int_equal(database_int(t->d, "SELECT count(*) FROM vigil.fence WHERE valid_to IS NULL"),
                     1);
}

/* ------------------------------------------------------------------ the roll */

static void make_shift(struct fence_town *t, const char *from, const char *until)
{
    fence_town_run(
        t,
        arena_text(
            t->d->arena,
            "INSERT INTO vigil.lookout_point (lookout_point_id, code, name, geom, org_id) VALUES"
            " (61, 'L', 'Lookout', ST_SetSRID(ST_MakePoint(11.97, 57.70), 4326), 2);"
            "INSERT INTO vigil.shift (shift_id, org_id, day, name, lookout_point_id, during, "
            "cutoff_at,"
            " joins, approval, radius_m) VALUES (70, 2, current_date, 'Evening', 61,"
            " tstzrange(now() %s, now() %s), now() - interval '1 day', 'assigned', false, 100);"
            "INSERT INTO vigil.shift_need (shift_id, role, org_id, min_count, max_count)"
            " VALUES (70, 'member', 2, 1, 5);"
            "INSERT INTO vigil.signup (signup_id, org_id, shift_id, person_id, role, during, state)"
            " VALUES (80, 2, 70, 1, 'member', 'empty', 'confirmed'),"
            " (81, 2, 70, 2, 'member', 'empty', 'cancelled')",
            from, until));
    fence_town_circle(t, 7, "enter", "NULL");
    fence_town_run(t, "UPDATE vigil.fence SET lookout_point_id = 61, kinds = '{absent}'");
}

static int64_t absences(struct fence_town *t)
{
    fence_town_told(t);
    return database_int(t->d, "SELECT count(*) FROM vigil.outbox WHERE kind = 'fence'"
                              " AND data::json ->> 'what' = 'absent'");
}

static void who_should_be_there_and_is_not_is_told_once(void **state)
{
    struct fence_town *t = *state;

    make_shift(t, "- interval '10 minutes'", "+ interval '1 hour'");
    fence_town_start(t, &t->nodes[0]);
    fence_town_start(t, &t->nodes[1]);
    assert_int_equal(absences(t), 1);
    assert_int_equal(absences(t), 1);
    assert_string_equal(database_text(t->d, "SELECT concat_ws(' ', person_id, signup_id) FROM"
                                            " vigil.fence_absence WHERE ended_at IS NULL"),
                        "1 80");
    fence_town_go(t, 1, 0, 0);
    assert_int_equal(absences(t), 1);
    assert_int_equal(
        database_int(t->d, "SELECT count(*) FROM vigil.fence_absence WHERE ended_at IS NULL"), 0);
    fence_town_go(t, 1, 400, 60); /* an hour ago, longer than the grace */
    assert_int_equal(absences(t), 2);
}

static void before_the_grace_is_over_nobody_is_absent(void **state)
{
    struct fence_town *t = *state;

    make_shift(t, "- interval '4 minutes'", "+ interval '1 hour'");
    fence_town_start(t, &t->nodes[0]);
    assert_int_equal(absences(t), 0);
}

static void who_is_at_her_post_is_not_absent(void **state)
{
    struct fence_town *t = *state;

    make_shift(t, "- interval '4 minutes'", "+ interval '1 hour'");
    fence_town_start(t, &t->nodes[0]);
    fence_town_go(t, 1, 20, 0);
    fence_town_told(t);
    fence_town_run(t, "UPDATE vigil.fence SET grace_s = 0");
    assert_int_equal(absences(t), 0);
}

static void after_the_shift_nobody_is_absent(void **state)
{
    struct fence_town *t = *state;

    make_shift(t, "- interval '2 hours'", "- interval '1 minute'");
    fence_town_start(t, &t->nodes[0]);
    assert_int_equal(absences(t), 0);
}

/* ------------------------------------------------------------------ retention */

static void stays_are_forgotten_as_positions_are(void **state)
{
    struct fence_town *t = *state;
    const struct db_value hours = db_int(48);
    struct fail f = { 0 };

    fence_town_circle(t, 7, "enter", "NULL");
    fence_town_run(
        t,
        "INSERT INTO vigil.fence_visit (fence_id, org_id, person_id, enter_us, leave_us, ended_by)"
        " SELECT 7, 2, i, vigil.now_us() - i * 3600000000 * 24, vigil.now_us() - i * 3600000000 * "
        "24 + 1,"
        " 'left' FROM generate_series(1, 3) i;"
        "INSERT INTO vigil.fence_visit (fence_id, org_id, person_id, enter_us)"
        " VALUES (7, 2, 9, vigil.now_us() - 3600000000 * 100)");
    must(db_run(t->d->db, QUERIES_RETENTION_FENCES, &hours, 1, NULL, NULL, &f), &f);
    assert_string_equal(database_text(t->d,
                                      "SELECT string_agg(person_id::text, ' ' ORDER BY person_id)"
                                      " FROM vigil.fence_visit"),
                        "1 9");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define IN_TOWN(test) cmocka_unit_test_setup_teardown(test, fence_town_setup, fence_town_teardown)
        IN_TOWN(off_duty_nobody_is_in_a_fence),
        IN_TOWN(who_goes_off_duty_before_it_is_written_is_not_noticed),
        IN_TOWN(erasing_a_person_erases_where_she_was),
        IN_TOWN(a_fence_that_is_moved_or_closed_lets_go),
        IN_TOWN(a_fence_around_a_grid_or_lookout_point_follows_it),
        IN_TOWN(who_should_be_there_and_is_not_is_told_once),
        IN_TOWN(before_the_grace_is_over_nobody_is_absent),
        IN_TOWN(who_is_at_her_post_is_not_absent),
        IN_TOWN(after_the_shift_nobody_is_absent),
        IN_TOWN(stays_are_forgotten_as_positions_are),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
