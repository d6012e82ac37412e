/* On and off duty: who may say so, what it leaves, and what it takes away. */
#include "tests/support/check_near.h"

#include <stdlib.h>
#include <string.h>

#include "engine/clock.h"
#include "engine/engine.h"
#include "geo/instant.h"
#include "tests/support/asking.h"
#include "tests/support/database.h"

static struct asking_room ROOM;

static const char CITY[] =
    "INSERT INTO vigil.org (org_id, parent_id, kind, code, name) VALUES"
    " (2, 1, 'county', '320301', 'Two'), (3, 1, 'county', '320302', 'Three');"
    "INSERT INTO vigil.person (person_id, display_name, org_id, mode, location_consent, on_duty)"
    " VALUES (1, 'of two', 2, 'foot', true, false), (2, 'of three', 3, 'taxi', true, true)";

static int set_up(void **state)
{
    if (asking_open_room(&ROOM, state))
        return -1;
    asking_change(&ROOM, CITY);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return asking_close_room(&ROOM);
}

static struct asking_answer post(enum role role, int64_t org_id, int64_t who, const char *target,
                                 const char *body)
{
    asking_as(ROOM.worker, role, org_id, who);
    return asking_send(ROOM.worker, "POST", target, NULL, body);
}

static struct asking_answer reports(int64_t person_id)
{
    char now[INSTANT_SIZE];

    instant_write(clock_wall_us(), now);
    return post(ROLE_GATEWAY, 1, 0, "/v1/positions",
                arena_text(ROOM.d->arena,
                           "{\"person_id\":%lld,\"lon\":116.39,\"lat\":39.9,\"frame\":\"wgs84\","
                           "\"fix_time\":\"%s\"}",
                           (long long)person_id, now));
}

static struct live_person seen(int64_t person_id)
{
    struct live *live = engine_live(asking_engine(ROOM.asking));
    struct live_person person = { 0 };

    live_read(live);
    live_get(live, person_id, &person);
    live_read_end(live);
    return person;
}

static int64_t rows(const char *table)
{
    return database_int(ROOM.d, arena_text(ROOM.d->arena, "SELECT count(*) FROM vigil.%s", table));
}

static void she_goes_on_duty_and_is_seen_at_once(void **state)
{
    struct asking_answer answer =
        post(ROLE_VOLUNTEER, 2, 1, "/v1/me/duty", "{\"on_duty\":true,\"mode\":\"ebike\"}");

    (void)state;
    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_text(&answer, "/mode"), "ebike");
    assert_int_equal(asking_count(&answer, "/hindrances"), 0);
    assert_string_equal(asking_header(&answer, "ETag"), "\"2\"");
    assert_true(seen(1).on_duty);
    assert_int_equal(seen(1).mode, MODE_EBIKE);
    answer = reports(1);
    assert_int_equal(asking_int(&answer, "/accepted"), 1);
    assert_true(seen(1).has_fix);
}

static void the_history_says_when_and_by_whom(void **state)
{
    struct asking_answer answer = post(ROLE_VOLUNTEER, 2, 1, "/v1/me/duty", "{\"on_duty\":true}");

    (void)state;
    asking_expect(&answer, 200, NULL);
    answer = post(ROLE_MANAGER, 2, 0, "/v1/people/1/duty", "{\"on_duty\":false}");
    asking_expect(&answer, 200, NULL);
    answer = post(ROLE_MANAGER, 2, 0, "/v1/people/1/duty", "{\"on_duty\":false}");
    asking_expect(&answer, 200, NULL); /* it is so already: nothing more is written */
    answer = asking_send(ROOM.worker, "GET", "/v1/people/1/duty?limit=1", NULL, NULL);
    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_count(&answer, "/items"), 1);
    assert_true(strstr(answer.body, "\"on_duty\":false") != NULL);
    assert_true(asking_int(&answer, "/items/0/by_token_id") > 0);
    const char *cursor = arena_text(ROOM.d->arena, "%s", asking_text(&answer, "/next"));

    answer = asking_send(ROOM.worker, "GET",
                         arena_text(ROOM.d->arena, "/v1/people/1/duty?limit=1&cursor=%s", cursor),
                         NULL, NULL);
    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_int(&answer, "/items/0/by_person_id"), 1);
    assert_true(strstr(answer.body, "\"next\":null") != NULL);
    assert_int_equal(rows("duty"), 2);
    assert_int_equal(rows("audit WHERE action = 'duty_changed' AND subject = 'person 1'"), 1);
    /* In one look: a thread moves them from the one table to the other. */
    assert_int_equal(
        database_int(ROOM.d, "SELECT (SELECT count(*) FROM vigil.outbox WHERE kind = 'duty') + "
                             "(SELECT count(*) FROM vigil.event WHERE kind = 'duty')"),
        2);
}

static void off_duty_her_last_position_is_gone_and_none_is_taken(void **state)
{
    (void)state;
    struct asking_answer answer = reports(2);

    assert_int_equal(asking_int(&answer, "/accepted"), 1);
    assert_int_equal(rows("position_last"), 1);
    answer = post(ROLE_VOLUNTEER, 3, 2, "/v1/me/duty", "{\"on_duty\":false}");
    asking_expect(&answer, 200, NULL);
    assert_int_equal(rows("position_last"), 0);
    assert_false(seen(2).has_fix);
    answer = reports(2);
    assert_string_equal(asking_text(&answer, "/rejected/0/code"), "off_duty");
    assert_int_equal(rows("position_last"), 0);
    assert_int_equal(rows("position_history"), 1); /* of when she was on duty */
}

static void in_an_order_she_is_tracked_until_it_is_over(void **state)
{
    const int64_t two = 2;

    (void)state;
    asking_change(&ROOM,
                  "INSERT INTO vigil.incident (incident_id, org_id, type, priority, geom)"
                  " VALUES (5, 3, 'help', 2, 'SRID=4326;POINT(116.39 39.9)');"
                  "INSERT INTO vigil.dispatch (dispatch_id, incident_id, org_id, expires_at)"
                  " VALUES (6, 5, 3, now() + interval '1 hour');"
                  "INSERT INTO vigil.dispatch_person (dispatch_id, person_id, incident_id, org_id, "
                  "expires_at)"
                  " VALUES (6, 2, 5, 3, now() + interval '1 hour')");
    struct asking_answer answer = reports(2);

    assert_int_equal(asking_int(&answer, "/accepted"), 1);
    answer = post(ROLE_VOLUNTEER, 3, 2, "/v1/me/duty", "{\"on_duty\":false}");
    asking_expect(&answer, 200, NULL);
    assert_true(seen(2).has_fix);
    answer = reports(2);
    assert_int_equal(asking_int(&answer, "/accepted"), 1);
    assert_int_equal(rows("position_last"), 1);
    asking_change(&ROOM,
                  "UPDATE vigil.dispatch_person SET state = 'cleared' WHERE dispatch_id = 6");
    assert_int_equal(rows("position_last"), 0);
    assert_int_equal(seen(two).taken_incident_id, 0);
    assert_false(seen(2).has_fix);
    answer = reports(2);
    assert_string_equal(asking_text(&answer, "/rejected/0/code"), "off_duty");
}

/* This process still believes that she is on duty. */
static void what_another_process_ended_is_not_tracked_here(void **state)
{
    struct fail f = { 0 };

    (void)state;
    assert_true(
        db_script(ROOM.d->db, "UPDATE vigil.person SET on_duty = false WHERE person_id = 2", &f));
    const struct asking_answer answer = reports(2);

    asking_expect(&answer, 200, NULL);
    assert_int_equal(rows("position_history"), 0);
    assert_int_equal(rows("position_last"), 0);
    if (asking_int(&answer, "/accepted") != 0)
        fail_msg("%s", answer.body);
    assert_string_equal(asking_text(&answer, "/rejected/0/code"), "off_duty");
    assert_false(seen(2).has_fix);
}

static void a_withdrawn_consent_ends_it_as_well(void **state)
{
    struct fail f = { 0 };

    (void)state;
    struct asking_answer answer = reports(2);

    assert_int_equal(asking_int(&answer, "/accepted"), 1);
    assert_true(db_script(
        ROOM.d->db, "UPDATE vigil.person SET location_consent = false WHERE person_id = 2", &f));
    assert_int_equal(rows("position_last"), 0);
    live_consent(engine_live(asking_engine(ROOM.asking)), 2, false);
    assert_false(seen(2).has_fix);
    answer = reports(2);
    assert_string_equal(asking_text(&answer, "/rejected/0/code"), "consent_missing");
    live_consent(engine_live(asking_engine(ROOM.asking)), 2, true);
    answer = reports(2); /* the database still says no */
    assert_string_equal(asking_text(&answer, "/rejected/0/code"), "consent_missing");
    assert_int_equal(rows("position_history"), 1);
}

static void a_taxi_with_a_fare_cannot_be_sent(void **state)
{
    struct asking_answer answer =
        post(ROLE_DEVICE, 3, 2, "/v1/me/duty", "{\"on_duty\":true,\"hired\":true}");

    (void)state;
    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_text(&answer, "/hindrances/0"), "hired");
    assert_true(seen(2).bars & ABLE_BIT(ABLE_HIRED));
    answer = post(ROLE_DEVICE, 3, 2, "/v1/me/duty", "{\"on_duty\":true,\"hired\":false}");
    assert_int_equal(asking_count(&answer, "/hindrances"), 0);
    answer = post(ROLE_DEVICE, 3, 2, "/v1/me/duty",
                  "{\"on_duty\":true,\"mode\":\"car\",\"hired\":true}");
    asking_expect(&answer, 422, "value_not_allowed");
    assert_string_equal(asking_text(&answer, "/pointer"), "/hired");
}

static void nobody_elses_people_are_put_on_duty(void **state)
{
    struct asking_answer answer =
        post(ROLE_MANAGER, 3, 0, "/v1/people/1/duty", "{\"on_duty\":true}");
    const char *foreign = arena_text(ROOM.d->arena, "%s", asking_text(&answer, "/detail"));

    (void)state;
    asking_expect(&answer, 404, "person_unknown");
    answer = post(ROLE_MANAGER, 3, 0, "/v1/people/7/duty", "{\"on_duty\":true}");
    asking_expect(&answer, 404, "person_unknown");
    assert_string_equal(foreign, "there is no person 1");
    answer = asking_send(ROOM.worker, "GET", "/v1/people/1/duty", NULL, NULL);
    asking_expect(&answer, 404, "person_unknown");
    answer = post(ROLE_VOLUNTEER, 2, 1, "/v1/people/1/duty", "{\"on_duty\":true}");
    asking_expect(&answer, 403, NULL);
    answer = post(ROLE_ADMIN, 1, 0, "/v1/me/duty", "{\"on_duty\":true}");
    asking_expect(&answer, 403, NULL);
    assert_int_equal(rows("duty"), 0);
}

static void bad_bodies_are_refused(void **state)
{
    static const char *const BODIES[] = { "{}", "{\"on_duty\":1}",
                                          "{\"on_duty\":true,\"mode\":\"horse\"}",
                                          "{\"on_duty\":true,\"since\":1}" };

    (void)state;
    for (size_t i = 0; i < sizeof BODIES / sizeof *BODIES; i++) {
        const struct asking_answer answer = post(ROLE_ADMIN, 1, 0, "/v1/people/1/duty", BODIES[i]);

        asking_expect(&answer, 422, NULL);
    }
    assert_int_equal(rows("duty"), 0);
}

#define ROOM_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROOM_TEST(she_goes_on_duty_and_is_seen_at_once),
        ROOM_TEST(the_history_says_when_and_by_whom),
        ROOM_TEST(off_duty_her_last_position_is_gone_and_none_is_taken),
        ROOM_TEST(in_an_order_she_is_tracked_until_it_is_over),
        ROOM_TEST(what_another_process_ended_is_not_tracked_here),
        ROOM_TEST(a_withdrawn_consent_ends_it_as_well),
        ROOM_TEST(a_taxi_with_a_fare_cannot_be_sent),
        ROOM_TEST(nobody_elses_people_are_put_on_duty),
        ROOM_TEST(bad_bodies_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
