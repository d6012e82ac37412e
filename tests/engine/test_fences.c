/* Tests of engine/fences.c: of each crossing one event, whoever saw it. */
#include "engine/fences.h"

#include "tests/support/check_near.h"
#include "tests/support/database.h"
#include "tests/support/fence_town.h"

/* ------------------------------------------------------------------ comings and goings */

static void coming_and_going_is_told_once_with_its_time(void **state)
{
    struct fence_town *t = *state;

    fence_town_circle(t, 7, "enter,leave", "NULL");
    fence_town_start(t, &t->nodes[0]);
    fence_town_go(t, 1, -300, 0);
    assert_string_equal(fence_town_told(t), "");
    fence_town_go(t, 1, 0, 30); /* at its edge after 20 s */
    fence_town_go(t, 1, 10, 60);
    assert_string_equal(fence_town_told(t), "1 enter 20");
    fence_town_go(t, 1, 410, 100);
    fence_town_go(t, 1, 500, 130);
    assert_string_equal(fence_town_told(t), "1 enter 20; 1 leave 69");
    assert_string_equal(
        database_text(t->d, "SELECT concat_ws(' ', ended_by, org_id,"
                            " round((leave_us - enter_us) / 1e6)) FROM vigil.fence_visit"),
        "left 2 49");
    assert_string_equal(database_text(t->d, "SELECT concat_ws(' ', kind, org_id, people)"
                                            " FROM vigil.outbox LIMIT 1"),
                        "fence 2 {1}");
}

static void a_place_between_two_fixes_is_not_missed(void **state)
{
    struct fence_town *t = *state;

    fence_town_circle(t, 7, "enter,leave", "NULL");
    fence_town_start(t, &t->nodes[0]);
    fence_town_go(t, 1, -200, 0);
    fence_town_go(t, 1, 200, 100);
    assert_string_equal(fence_town_told(t), "1 enter 25; 1 leave 75");
}

static void after_too_long_a_gap_the_way_is_not_known(void **state)
{
    struct fence_town *t = *state;

    fence_town_circle(t, 7, "enter,leave", "NULL");
    fence_town_start(t, &t->nodes[0]);
    fence_town_go(t, 1, -200, 0);
    fence_town_go(t, 1, 200, FENCES_GAP_MAX_S + 1);
    assert_string_equal(fence_town_told(t), "");
    fence_town_go(t, 1, 0, 2 * FENCES_GAP_MAX_S + 2);
    assert_string_equal(fence_town_told(t), "1 enter 1802");
}

static void what_cannot_be_believed_decides_nothing(void **state)
{
    struct fence_town *t = *state;
    struct live_fix jump = fence_town_fix(t, 1, 0, 10), vague = fence_town_fix(t, 1, 0, 20);
    struct live_fix refused = fence_town_fix(t, 1, 0, 30), old = fence_town_fix(t, 1, 0, -10);

    fence_town_circle(t, 7, "enter,leave", "NULL");
    fence_town_start(t, &t->nodes[0]);
    fence_town_go(t, 1, -300, 0);
    jump.flags = LIVE_JUMP;
    vague.accuracy_dm = FENCES_ACCURACY_MAX_M * 10 + 1;
    t->nodes[0].stage.judge(t->nodes[0].stage.self, &refused, 1);
    refused.person_id = 0;
    t->nodes[0].stage.passed(t->nodes[0].stage.self, &refused, 1);
    fence_town_take(t, &t->nodes[0], jump);
    fence_town_take(t, &t->nodes[0], old);
    t->nodes[0].stage.passed(t->nodes[0].stage.self, &vague, 1);
    assert_string_equal(fence_town_told(t), "");
}

static void who_is_vague_has_not_left(void **state)
{
    struct fence_town *t = *state;
    struct live_fix vague = fence_town_fix(t, 1, 150, 60);

    fence_town_circle(t, 7, "enter,leave", "NULL");
    fence_town_start(t, &t->nodes[0]);
    fence_town_go(t, 1, 0, 0);
    vague.accuracy_dm = 600;
    fence_town_take(t, &t->nodes[0], vague);
    assert_string_equal(fence_town_told(t), "1 enter 0");
    fence_town_go(t, 1, 180, 90); /* as precise as can be */
    assert_string_equal(fence_town_told(t), "1 enter 0; 1 leave 60");
}

static void only_the_kinds_that_were_asked_for_are_told(void **state)
{
    struct fence_town *t = *state;

    fence_town_circle(t, 7, "leave", "NULL");
    fence_town_start(t, &t->nodes[0]);
    fence_town_go(t, 1, 0, 0);
    assert_string_equal(fence_town_told(t), "");
    assert_int_equal(database_int(t->d, "SELECT count(*) FROM vigil.fence_visit"), 1);
    fence_town_go(t, 1, 400, 60);
    assert_string_equal(fence_town_told(t), "1 leave 15");
}

static void a_long_stay_is_told_once(void **state)
{
    struct fence_town *t = *state;

    fence_town_circle(t, 7, "dwell", "120");
    fence_town_start(t, &t->nodes[0]);
    fence_town_go(t, 1, 0, 0);
    fence_town_go(t, 1, 5, 119);
    assert_string_equal(fence_town_told(t), "");
    fence_town_go(t, 1, 0, 180);
    fence_town_go(t, 1, 5, 400);
    assert_string_equal(fence_town_told(t), "1 dwell 120");
    fence_town_go(t, 2, 0, 0); /* stayed long enough, and has gone since */
    fence_town_go(t, 2, 400, 800);
    fence_town_go(t, 3, 0, 0); /* did not */
    fence_town_go(t, 3, 400, 100);
    assert_string_equal(fence_town_told(t), "1 dwell 120; 2 dwell 120");
}

/* ------------------------------------------------------------------ about whom */

static void a_fence_is_about_those_of_its_organisation(void **state)
{
    struct fence_town *t = *state;

    fence_town_circle(t, 7, "enter", "NULL");
    fence_town_start(t, &t->nodes[0]);
    fence_town_go(t, FENCE_TOWN_STRANGER, 0, 0);
    fence_town_go(t, 1, 0, 0);
    assert_string_equal(fence_town_told(t), "1 enter 0");
    assert_int_equal(database_int(t->d, "SELECT count(*) FROM vigil.fence_visit"), 1);
}

static void what_this_process_does_not_know_the_database_refuses(void **state)
{
    struct fence_town *t = *state;

    fence_town_circle(t, 7, "enter", "NULL");
    fence_town_start(t, &t->nodes[0]);
    fence_town_run(t, "UPDATE vigil.person SET org_id = 3 WHERE person_id = 1");
    fence_town_go(t, 1, 0, 0);
    assert_string_equal(fence_town_told(t), "");
    assert_int_equal(database_int(t->d, "SELECT count(*) FROM vigil.fence_visit"), 0);
}

static void a_fence_may_be_about_a_squad(void **state)
{
    struct fence_town *t = *state;

    fence_town_run(
        t, "INSERT INTO vigil.squad (squad_id, org_id, kind, code, name) VALUES (5, 2, 'squad', "
           "'S', 'Squad');"
           "INSERT INTO vigil.squad_member (squad_id, person_id, org_id) VALUES (5, 2, 2)");
    fence_town_circle(t, 7, "enter", "NULL");
    fence_town_run(t, "UPDATE vigil.fence SET whom = 'squad', squad_id = 5");
    fence_town_start(t, &t->nodes[0]);
    fence_town_go(t, 1, 0, 0);
    fence_town_go(t, 2, 0, 0);
    assert_string_equal(fence_town_told(t), "2 enter 0");
    fence_town_run(t, "UPDATE vigil.squad SET valid_to = now()"); /* and with it the fence ends */
    assert_string_equal(database_text(t->d, "SELECT ended_by FROM vigil.fence_visit"), "closed");
}

static void an_incidents_fence_is_about_those_it_has(void **state)
{
    struct fence_town *t = *state;
    static const int64_t SENT[] = { FENCE_TOWN_STRANGER };

    fence_town_run(
        t, "INSERT INTO vigil.incident (incident_id, org_id, type, priority, geom)"
           " VALUES (40, 2, 'help', 3, ST_SetSRID(ST_MakePoint(11.97, 57.70), 4326));"
           "INSERT INTO vigil.dispatch (dispatch_id, incident_id, org_id, reason, expires_at)"
           " VALUES (41, 40, 2, 'near', now() + interval '1 day');"
           "INSERT INTO vigil.dispatch_person (dispatch_id, person_id, incident_id, org_id, "
           "expires_at,"
           " reason) VALUES (41, 99, 40, 2, now() + interval '1 day', 'near')");
    fence_town_circle(t, 7, "enter", "NULL");
    fence_town_run(t, "UPDATE vigil.fence SET whom = 'dispatched', incident_id = 40");
    fence_town_start(t, &t->nodes[0]);
    live_take(t->nodes[0].live, SENT, 1, 40);
    fence_town_go(t, 1, 0, 0);
    fence_town_go(t, FENCE_TOWN_STRANGER, 0, 0);
    assert_string_equal(fence_town_told(t), "99 enter 0");
    /* It goes where the incident goes, and ends with it. */
    fence_town_run(t,
                   "UPDATE vigil.incident SET geom = ST_SetSRID(ST_MakePoint(11.98, 57.70), 4326)");
    assert_int_equal(database_int(t->d, "SELECT round(ST_X(geom) * 100)::bigint FROM vigil.fence"),
                     1198);
    fence_town_run(t, "UPDATE vigil.incident SET state = 'cancelled'");
    assert_int_equal(database_int(t->d, "SELECT count(*) FROM vigil.fence WHERE valid_to IS NULL"),
                     0);
}

/* ------------------------------------------------------------------ several processes */

static void a_crossing_that_two_processes_saw_is_told_once(void **state)
{
    struct fence_town *t = *state;

    fence_town_circle(t, 7, "enter,leave", "NULL");
    fence_town_start(t, &t->nodes[0]);
    fence_town_start(t, &t->nodes[1]);
    for (int i = 0; i < 2; i++) { /* a phone that sends again, to another process */
        fence_town_take(t, &t->nodes[i], fence_town_fix(t, 1, -300, 0));
        fence_town_take(t, &t->nodes[i], fence_town_fix(t, 1, 0, 30));
        fence_town_take(t, &t->nodes[i], fence_town_fix(t, 1, 300, 60));
    }
    assert_string_equal(fence_town_told(t), "1 enter 20; 1 leave 40");
}

static void who_came_by_one_process_leaves_by_another(void **state)
{
    struct fence_town *t = *state;
    const struct live_fix inside = fence_town_fix(t, 1, 0, 30);

    fence_town_circle(t, 7, "enter,leave", "NULL");
    fence_town_start(t, &t->nodes[0]);
    fence_town_start(t, &t->nodes[1]);
    fence_town_take(t, &t->nodes[0], fence_town_fix(t, 1, -300, 0));
    fence_town_take(t, &t->nodes[0], inside);
    live_move(t->nodes[1].live, &inside, 1); /* as nodes tell each other */
    assert_string_equal(fence_town_told(t), "1 enter 20");
    fence_town_take(t, &t->nodes[1], fence_town_fix(t, 1, 300, 60));
    assert_string_equal(fence_town_told(t), "1 enter 20; 1 leave 40");
    fence_town_take(t, &t->nodes[0], fence_town_fix(t, 1, 400, 90));
    assert_string_equal(fence_town_told(t), "1 enter 20; 1 leave 40");
}

/* She was taken for outside when the fix came that shows that she has left. */
static void who_left_before_it_was_known_that_she_came_is_found_out(void **state)
{
    struct fence_town *t = *state;
    const struct live_fix away = fence_town_fix(t, 1, 300, 60);

    fence_town_circle(t, 7, "enter,leave", "NULL");
    fence_town_start(t, &t->nodes[0]);
    fence_town_take(t, &t->nodes[0], fence_town_fix(t, 1, 0, 30));
    assert_string_equal(fence_town_told(t), "1 enter 30");
    live_move(t->nodes[0].live, &away, 1); /* its stage ran in a process that has ended */
    fence_town_write(t, &away);
    assert_string_equal(fence_town_told(t), "1 enter 30; 1 leave 60");
}

static void a_process_that_starts_knows_who_is_inside(void **state)
{
    struct fence_town *t = *state;

    fence_town_circle(t, 7, "enter,leave,dwell", "120");
    fence_town_start(t, &t->nodes[0]);
    fence_town_go(t, 1, 0, 30);
    fence_town_go(t, 2, 0, 30);
    fence_town_go(t, 2, 0, 160);
    assert_string_equal(fence_town_told(t), "1 enter 30; 2 enter 30; 2 dwell 150");
    fence_town_stop(&t->nodes[0]);
    fence_town_start(t, &t->nodes[0]);
    fence_town_go(t, 1, 5, 60);
    fence_town_go(t, 2, 5, 300);
    assert_string_equal(fence_town_told(t), "1 enter 30; 2 enter 30; 2 dwell 150");
    fence_town_go(t, 1, 300, 90);
    assert_string_equal(fence_town_told(t), "1 enter 30; 2 enter 30; 2 dwell 150; 1 leave 70");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define IN_TOWN(test) cmocka_unit_test_setup_teardown(test, fence_town_setup, fence_town_teardown)
        IN_TOWN(coming_and_going_is_told_once_with_its_time),
        IN_TOWN(a_place_between_two_fixes_is_not_missed),
        IN_TOWN(after_too_long_a_gap_the_way_is_not_known),
        IN_TOWN(what_cannot_be_believed_decides_nothing),
        IN_TOWN(who_is_vague_has_not_left),
        IN_TOWN(only_the_kinds_that_were_asked_for_are_told),
        IN_TOWN(a_long_stay_is_told_once),
        IN_TOWN(a_fence_is_about_those_of_its_organisation),
        IN_TOWN(what_this_process_does_not_know_the_database_refuses),
        IN_TOWN(a_fence_may_be_about_a_squad),
        IN_TOWN(an_incidents_fence_is_about_those_it_has),
        IN_TOWN(a_crossing_that_two_processes_saw_is_told_once),
        IN_TOWN(who_came_by_one_process_leaves_by_another),
        IN_TOWN(who_left_before_it_was_known_that_she_came_is_found_out),
        IN_TOWN(a_process_that_starts_knows_who_is_inside),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
