/* Sending people, what stands against it, and the steps of those who were sent. */
#include "tests/support/check_near.h"

#include <string.h>

#include "engine/engine.h"
#include "engine/live.h"
#include "tests/support/asking.h"
#include "tests/support/database.h"
#include "tests/support/scene.h"

static void expect_incident(int64_t incident_id, const char *state)
{
    scene_as_dispatcher();
    const struct asking_answer answer = scene_ask(
        "GET", arena_text(SCENE_ROOM.d->arena, "/v1/incidents/%lld", (long long)incident_id), NULL,
        NULL);

    assert_string_equal(asking_text(&answer, "/state"), state);
}

static void she_goes_by_herself_from_the_order_to_its_end(void **state)
{
    const int64_t incident = scene_incident("fire");
    const int64_t order = scene_send(incident, SCENE_FIRST);
    struct asking_answer answer;

    (void)state;
    assert_int_equal(scene_taken_by(SCENE_FIRST), incident);
    expect_incident(incident, "assigned");
    scene_as_volunteer(SCENE_FIRST);
    answer = scene_ask("GET", "/v1/me/dispatches?living=true", NULL, NULL);
    assert_int_equal(asking_int(&answer, "/items/0/dispatch_id"), order);
    assert_string_equal(asking_text(&answer, "/items/0/type_en"), "Fire");
    check_near(asking_number(&answer, "/items/0/place/lon"), 116.02, 1e-9);
    scene_expect(order, "seen", "seen");
    scene_expect(order, "accept", "accepted");
    scene_expect(order, "accept", "accepted"); /* the phone sends it twice */
    scene_expect(order, "enroute", "enroute");
    expect_incident(incident, "enroute");
    scene_as_volunteer(SCENE_FIRST);
    scene_expect(order, "arrive", "on_scene");
    scene_expect(order, "seen", "on_scene"); /* and an old one late */
    expect_incident(incident, "on_scene");
    scene_as_volunteer(SCENE_FIRST);
    scene_expect(order, "working", "working");
    scene_expect(order, "clear", "cleared");
    assert_int_equal(scene_taken_by(SCENE_FIRST), 0);
    scene_as_dispatcher();
    answer =
        scene_ask("GET", arena_text(SCENE_ROOM.d->arena, "/v1/incidents/%lld", (long long)incident),
                  NULL, NULL);
    for (int i = 0; i <= 5; i++)
        assert_non_null(asking_text(&answer, arena_text(SCENE_ROOM.d->arena, "/stamps/t%d", i)));
    assert_string_equal(asking_text(&answer, "/dispatches/0/people/0/how"), "herself");
    assert_string_equal(asking_text(&answer, "/dispatches/0/people/0/name"), "Person 100");
    answer = scene_ask(
        "GET", arena_text(SCENE_ROOM.d->arena, "/v1/incidents/%lld/timeline", (long long)incident),
        NULL, NULL);
    /* reported, open, and the seven states she had */
    assert_int_equal(asking_count(&answer, "/items"), 9);
    assert_string_equal(asking_text(&answer, "/items/8/kind"), "cleared");
    assert_string_equal(asking_text(&answer, "/items/8/how"), "herself");
}

static void a_dispatcher_speaks_for_her_and_it_is_marked(void **state)
{
    const int64_t order = scene_send(scene_incident("fire"), SCENE_FIRST);
    struct asking_answer answer =
        scene_step(order, "arrive", "{\"person_id\":100,\"reason\":\"by radio\"}");

    (void)state;
    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_text(&answer, "/people/0/state"), "on_scene");
    assert_string_equal(asking_text(&answer, "/people/0/how"), "staff");
    assert_string_equal(asking_text(&answer, "/people/0/reason"), "by radio");
    answer = scene_step(order, "arrive", "{\"person_id\":101}");
    asking_expect(&answer, 404, "person_unknown");
    assert_int_equal(database_int(SCENE_ROOM.d, arena_text(SCENE_ROOM.d->arena,
                                                           "SELECT count(*) FROM vigil.audit"
                                                           " WHERE action = 'dispatch_moved'"
                                                           " AND subject = 'dispatch %lld'",
                                                           (long long)order)),
                     1);
}

static void who_is_taken_is_refused_with_who_has_her_since_when(void **state)
{
    const int64_t first = scene_incident("fire");
    const int64_t second = scene_incident("help");
    struct asking_answer answer;

    (void)state;
    scene_send(first, SCENE_FIRST);
    answer = scene_order(second, "{\"people\":[100,101],\"reason\":\"near\"}");
    asking_expect(&answer, 409, "person_taken");
    assert_int_equal(asking_count(&answer, "/people"), 1);
    assert_int_equal(asking_int(&answer, "/people/0/person_id"), SCENE_FIRST);
    assert_int_equal(asking_int(&answer, "/people/0/incident_id"), first);
    assert_string_equal(asking_text(&answer, "/people/0/taken_by"), "asking");
    assert_non_null(asking_text(&answer, "/people/0/taken_from"));
    assert_int_equal(scene_taken_by(101), 0); /* all or nothing */
    assert_int_equal(database_int(SCENE_ROOM.d, "SELECT count(*) FROM vigil.dispatch"), 1);
    answer = scene_order(second, "{\"people\":[100,101],\"reason\":\"near\","
                                 "\"partial\":true}");
    asking_expect(&answer, 201, NULL);
    assert_int_equal(asking_count(&answer, "/dispatch/people"), 1);
    assert_int_equal(asking_int(&answer, "/dispatch/people/0/person_id"), 101);
    assert_string_equal(asking_text(&answer, "/left_out/0/code"), "person_taken");
}

static void an_order_that_is_sent_twice_is_one(void **state)
{
    const int64_t incident = scene_incident("fire");
    const char *key = asking_fresh_key(&SCENE_ROOM);
    const char *path =
        arena_text(SCENE_ROOM.d->arena, "/v1/incidents/%lld/dispatches", (long long)incident);
    const char *body = "{\"people\":[100],\"reason\":\"near\"}";
    struct asking_answer answer = scene_ask("POST", path, key, body);
    const int64_t order = asking_int(&answer, "/dispatch/dispatch_id");

    (void)state;
    answer = scene_ask("POST", path, key, body); /* she is taken now, by this very order */
    asking_expect(&answer, 201, NULL);
    assert_int_equal(asking_int(&answer, "/dispatch/dispatch_id"), order);
    answer = scene_ask("POST", path, key, "{\"people\":[101],\"reason\":\"near\"}");
    asking_expect(&answer, 422, "idempotency_key_reused");
    answer = scene_ask("POST", path, NULL, body);
    assert_int_equal(answer.status, 422);
    assert_int_equal(database_int(SCENE_ROOM.d, "SELECT count(*) FROM vigil.dispatch_person"), 1);
}

static void another_organisations_incident_is_not_told_of(void **state)
{
    const int64_t ours = scene_incident("fire");
    struct asking_answer answer;

    (void)state;
    /* She is a member in the south, too, and the south has her. */
    scene_run("INSERT INTO vigil.membership (membership_id, person_id, org_id)"
              " VALUES (1, 100, 20)");
    scene_as(ROLE_DISPATCHER, SCENE_SOUTH, 0);
    const int64_t theirs = scene_incident("help");

    scene_send(theirs, SCENE_FIRST);
    scene_as_dispatcher();
    answer = scene_order(ours, "{\"people\":[100],\"reason\":\"near\"}");
    asking_expect(&answer, 409, "person_taken");
    assert_null(strstr(answer.body, arena_text(SCENE_ROOM.d->arena, "%lld", (long long)theirs)));
    assert_non_null(strstr(answer.body, "\"taken_by\":null"));
    assert_non_null(strstr(asking_text(&answer, "/detail"), "another organisation"));
}

static void whoever_cannot_be_sent_is_named_with_one_clear_reason(void **state)
{
    static const struct {
        const char *how; /* she comes to be so */
        const char *code;
    } CASES[] = {
        { "on_duty = false", "person_off_duty" },
        { "location_consent = false", "consent_missing" },
        { "birth_year = extract(year FROM now()) - 17", "person_under_age" },
        { "mode = 'bus', line = '7'", "crew_on_line" },
        { "mode = 'taxi', hired = true", "crew_hired" },
        { "valid_to = now()", "person_unknown" },
    };
    const int64_t incident = scene_incident("fire");
    struct asking_answer answer;

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const int32_t status = strcmp(CASES[i].code, "person_unknown") == 0 ? 404 : 409;

        scene_run(arena_text(SCENE_ROOM.d->arena, "UPDATE vigil.person SET %s WHERE person_id = %d",
                             CASES[i].how, SCENE_FIRST + (int)i));
        answer = scene_order(incident, arena_text(SCENE_ROOM.d->arena,
                                                  "{\"people\":[%d],\"reason\":\"near\"}",
                                                  SCENE_FIRST + (int)i));
        asking_expect(&answer, status, CASES[i].code);
        assert_int_equal(asking_int(&answer, "/people/0/person_id"), SCENE_FIRST + (int)i);
    }
    scene_run("INSERT INTO vigil.credential (credential_id, person_id, org_id, type,"
              " issued, expires, mandatory)"
              " VALUES (1, 106, 11, 'Patrol', '2020-01-01', '2021-01-01', true)");
    answer = scene_order(incident, "{\"people\":[106],\"reason\":\"near\"}");
    asking_expect(&answer, 409, "credential_expired");
    answer = scene_order(incident, "{\"people\":[120],\"reason\":\"near\"}");
    asking_expect(&answer, 404, "person_unknown"); /* of the south */
    answer = scene_order(incident, "{\"people\":[999],\"reason\":\"near\"}");
    asking_expect(&answer, 404, "person_unknown");
    assert_int_equal(database_int(SCENE_ROOM.d, "SELECT count(*) FROM vigil.dispatch"), 0);
}

static void a_type_may_want_older_people(void **state)
{
    (void)state;
    scene_run("UPDATE vigil.incident_type SET min_age = 60 WHERE type = 'help';"
              "UPDATE vigil.person SET birth_year = extract(year FROM now()) - 40"
              " WHERE person_id = 100");
    const struct asking_answer answer =
        scene_order(scene_incident("help"), "{\"people\":[100],\"reason\":\"near\"}");

    asking_expect(&answer, 409, "person_under_age");
    assert_string_equal(asking_text(&answer, "/allowed"), "60 years or more");
    scene_send(scene_incident("fire"), SCENE_FIRST);
}

static void no_volunteer_is_sent_to_a_knife_and_who_tried_is_recorded(void **state)
{
    static const char *const TRIES[] = {
        "{\"people\":[100],\"reason\":\"near\"}",
        "{\"people\":[100,101],\"reason\":\"near\",\"partial\":true}",
        "{\"squad_id\":200,\"reason\":\"near\"}",
        "{\"squad_id\":200,\"reason\":\"near\",\"partial\":true}",
    };
    const int64_t incident = scene_incident("knife");

    (void)state;
    for (size_t i = 0; i < sizeof TRIES / sizeof *TRIES; i++) {
        const struct asking_answer answer = scene_order(incident, TRIES[i]);

        asking_expect(&answer, 409, "volunteers_not_allowed");
        assert_int_equal(database_int(SCENE_ROOM.d, arena_text(SCENE_ROOM.d->arena,
                                                               "SELECT count(*) FROM vigil.audit"
                                                               " WHERE action = 'dispatch_gated'"
                                                               " AND subject = 'incident %lld'",
                                                               (long long)incident)),
                         (int64_t)i + 1);
    }
    assert_int_equal(database_int(SCENE_ROOM.d, "SELECT count(*) FROM vigil.dispatch"), 0);
    expect_incident(incident, "reported");
}

static void nobody_goes_on_to_what_turns_out_to_be_a_knife(void **state)
{
    const int64_t changed = scene_incident("help");
    const int64_t merged = scene_incident("help");
    const int64_t knife = scene_incident("knife");
    struct asking_answer answer;

    (void)state;
    scene_send(changed, SCENE_FIRST);
    answer = scene_ask("PATCH",
                       arena_text(SCENE_ROOM.d->arena, "/v1/incidents/%lld", (long long)changed),
                       "If-Match: *", "{\"type\":\"knife\"}");
    asking_expect(&answer, 200, NULL);
    assert_int_equal(scene_taken_by(SCENE_FIRST), 0);
    scene_send(merged, SCENE_FIRST);
    answer = scene_act(merged, "merge",
                       arena_text(SCENE_ROOM.d->arena, "{\"into\":%lld}", (long long)knife));
    asking_expect(&answer, 200, NULL);
    assert_int_equal(scene_taken_by(SCENE_FIRST), 0);
    assert_int_equal(
        database_int(SCENE_ROOM.d, "SELECT count(*) FROM vigil.dispatch_person WHERE active"), 0);
    expect_incident(knife, "reported");
}

static void a_squad_goes_together_or_as_far_as_it_is_free(void **state)
{
    const int64_t incident = scene_incident("fire");
    struct asking_answer answer =
        scene_order(incident, "{\"squad_id\":200,\"reason\":\"on patrol there\"}");
    const int64_t order = asking_int(&answer, "/dispatch/dispatch_id");

    (void)state;
    asking_expect(&answer, 201, NULL);
    assert_int_equal(asking_count(&answer, "/dispatch/people"), 3);
    assert_int_equal(asking_int(&answer, "/dispatch/squad_id"), SCENE_SQUAD);
    answer = scene_order(incident, "{\"squad_id\":201,\"reason\":\"also\"}");
    asking_expect(&answer, 409, "person_taken"); /* they share 102 */
    answer = scene_order(incident, "{\"squad_id\":201,\"reason\":\"also\",\"partial\":true}");
    asking_expect(&answer, 201, NULL);
    assert_int_equal(asking_int(&answer, "/dispatch/people/0/person_id"), 103);
    answer = scene_order(incident, "{\"squad_id\":202,\"reason\":\"also\"}");
    asking_expect(&answer, 409, "squad_empty");
    answer = scene_order(incident, "{\"squad_id\":999,\"reason\":\"also\"}");
    asking_expect(&answer, 404, "not_found");
    scene_as_volunteer(101);
    scene_expect(order, "accept", "accepted"); /* she sees herself alone */
    scene_as_dispatcher();
    answer =
        scene_ask("GET", arena_text(SCENE_ROOM.d->arena, "/v1/dispatches/%lld", (long long)order),
                  NULL, NULL);
    assert_string_equal(asking_text(&answer, "/state"), "accepted"); /* the furthest of three */
    assert_string_equal(asking_text(&answer, "/people/0/state"), "offered");
    answer = scene_step(order, "stand_down", "{\"reason\":\"false alarm\"}");
    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_text(&answer, "/state"), "stood_down");
    for (int i = 0; i < 3; i++)
        assert_int_equal(scene_taken_by(SCENE_FIRST + i), 0);
}

static void bad_orders_are_refused(void **state)
{
    static const struct {
        const char *body;
        const char *code;
    } CASES[] = {
        { "{\"people\":[100]}", "key_missing" }, /* why? */
        { "{\"reason\":\"near\"}", "key_missing" },
        { "{\"people\":[100],\"squad_id\":200,\"reason\":\"near\"}", "key_missing" },
        { "{\"people\":[],\"reason\":\"near\"}", NULL },
        { "{\"people\":[100,100],\"reason\":\"near\"}", "value_not_allowed" },
        { "{\"people\":[\"100\"],\"reason\":\"near\"}", "value_wrong_type" },
        { "{\"people\":[100],\"reason\":\"\"}", "value_empty" },
        { "{\"people\":[100],\"reason\":\"near\",\"force\":true}", "key_unknown" },
    };
    const int64_t incident = scene_incident("fire");

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct asking_answer answer = scene_order(incident, CASES[i].body);

        asking_expect(&answer, 422, CASES[i].code);
    }
}

static void an_answer_after_stand_down_hears_that_there_are_enough(void **state)
{
    const int64_t order = scene_send(scene_incident("fire"), SCENE_FIRST);
    struct asking_answer answer = scene_step(order, "stand_down", NULL);

    (void)state;
    asking_expect(&answer, 200, NULL);
    scene_as_volunteer(SCENE_FIRST);
    answer = scene_step(order, "accept", NULL);
    asking_expect(&answer, 409, "dispatch_filled");
    answer = scene_step(order, "clear", NULL);
    asking_expect(&answer, 409, "dispatch_over");
}

static void a_volunteer_has_her_own_orders_and_no_others(void **state)
{
    const int64_t incident = scene_incident("fire");
    const int64_t order = scene_send(incident, SCENE_FIRST);
    struct asking_answer answer;

    (void)state;
    scene_as_volunteer(101);
    answer = scene_step(order, "accept", NULL);
    asking_expect(&answer, 404, "dispatch_unknown");
    answer =
        scene_ask("GET", arena_text(SCENE_ROOM.d->arena, "/v1/dispatches/%lld", (long long)order),
                  NULL, NULL);
    asking_expect(&answer, 404, "dispatch_unknown");
    answer = scene_ask("GET", "/v1/me/dispatches", NULL, NULL);
    assert_int_equal(asking_count(&answer, "/items"), 0);
    answer =
        scene_ask("GET", arena_text(SCENE_ROOM.d->arena, "/v1/incidents/%lld", (long long)incident),
                  NULL, NULL);
    assert_int_equal(answer.status, 403);
    scene_as_volunteer(SCENE_FIRST);
    answer = scene_step(order, "stand_down", NULL);
    assert_int_equal(answer.status, 403);
    answer = scene_step(order, "accept", "{\"person_id\":101}");
    asking_expect(&answer, 404, "person_unknown");
    scene_as(ROLE_DISPATCHER, SCENE_SOUTH, 0);
    answer = scene_step(order, "accept", NULL);
    asking_expect(&answer, 404, "dispatch_unknown");
}

static void who_is_let_go_by_the_end_of_an_incident_can_be_sent_again(void **state)
{
    const int64_t incident = scene_incident("fire");
    struct asking_answer answer;

    (void)state;
    scene_send(incident, SCENE_FIRST);
    answer = scene_act(incident, "cancel", "{\"reason\":\"a barbecue\"}");
    asking_expect(&answer, 200, NULL);
    assert_int_equal(scene_taken_by(SCENE_FIRST), 0);
    answer = scene_order(incident, "{\"people\":[100],\"reason\":\"near\"}");
    asking_expect(&answer, 409, "incident_state"); /* cancelled: reopen it first */
    scene_send(scene_incident("help"), SCENE_FIRST);
}

static void sending_somebody_to_a_closed_incident_opens_it_again(void **state)
{
    const int64_t incident = scene_incident("fire");

    (void)state;
    scene_act(incident, "open", NULL);
    scene_act(incident, "handled", NULL);
    scene_act(incident, "close", "{\"disposition\":\"out\"}");
    expect_incident(incident, "closed");
    scene_send(incident, SCENE_FIRST);
    expect_incident(incident, "assigned");
    assert_string_equal(database_text(SCENE_ROOM.d, "SELECT state FROM vigil.incident"),
                        "reopened");
}

static void place(int64_t person_id, double lon, double lat)
{
    const struct live_fix fix = { .person_id = person_id,
                                  .at = point_to_e7((struct point){ lon, lat }),
                                  .accuracy_dm = -1,
                                  .speed_cms = -1,
                                  .fix_us = 1,
                                  .received_us = 1 };

    live_move(engine_live(asking_engine(SCENE_ROOM.asking)), &fix, 1);
}

static void a_neighbours_people_are_sent_while_they_stand_near_the_border(void **state)
{
    const int64_t incident = scene_incident("fire");
    const char *body = "{\"people\":[120],\"reason\":\"across the border\"}";
    struct asking_answer answer;
    struct fail f = { 0 };

    (void)state;
    place(SCENE_SOUTHERN, 116.02, 39.4999); /* 11 m south of the border */
    answer = scene_order(incident, body);
    asking_expect(&answer, 404, "person_unknown"); /* no rule */
    scene_run("INSERT INTO vigil.mutual_aid (rule_id, lender_id, borrower_id, reach_m)"
              " VALUES (1, 20, 10, 500)");
    assert_true(engine_follow(asking_engine(SCENE_ROOM.asking), &f));
    place(121, 116.02, 39.4); /* 11 km */
    answer = scene_order(incident, "{\"people\":[121],\"reason\":\"too far\"}");
    asking_expect(&answer, 404, "person_unknown");
    scene_as(ROLE_DISPATCHER, SCENE_NORTH, 0);
    answer = scene_order(incident, body);
    asking_expect(&answer, 201, NULL);
    assert_string_equal(asking_text(&answer, "/dispatch/people/0/name"), "Southerner 120");
    scene_as(ROLE_VOLUNTEER, SCENE_SOUTH, SCENE_SOUTHERN);
    scene_expect(asking_int(&answer, "/dispatch/dispatch_id"), "accept", "accepted");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_begin, scene_end)
        TEST(she_goes_by_herself_from_the_order_to_its_end),
        TEST(a_dispatcher_speaks_for_her_and_it_is_marked),
        TEST(who_is_taken_is_refused_with_who_has_her_since_when),
        TEST(an_order_that_is_sent_twice_is_one),
        TEST(another_organisations_incident_is_not_told_of),
        TEST(whoever_cannot_be_sent_is_named_with_one_clear_reason),
        TEST(a_type_may_want_older_people),
        TEST(no_volunteer_is_sent_to_a_knife_and_who_tried_is_recorded),
        TEST(nobody_goes_on_to_what_turns_out_to_be_a_knife),
        TEST(a_squad_goes_together_or_as_far_as_it_is_free),
        TEST(bad_orders_are_refused),
        TEST(an_answer_after_stand_down_hears_that_there_are_enough),
        TEST(a_volunteer_has_her_own_orders_and_no_others),
        TEST(who_is_let_go_by_the_end_of_an_incident_can_be_sent_again),
        TEST(sending_somebody_to_a_closed_incident_opens_it_again),
        TEST(a_neighbours_people_are_sent_while_they_stand_near_the_border),
#undef TEST
    };

    return cmocka_run_group_tests(tests, scene_open, scene_close);
}
