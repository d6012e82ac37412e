/* Who of the people in memory is seen, found and moved by whom: the wall in front of
 * what is answered without the database. */
#include "tests/support/check_near.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/clock.h"
#include "engine/engine.h"
#include "geo/instant.h"
#include "geo/tile.h"
#include "tests/support/asking.h"
#include "tests/support/block.h"
#include "tests/support/database.h"
#include "tests/support/mvt_read.h"

enum { SIDE = 10, TEXT = 200 };

static struct asking_room ROOM;

/* The city 1 with two counties, 2 and 3; 4 is a township of 2. On one row, a block
 * apart and all of them on duty but 9, walks or drives: */
static const char CITY[] =
    "INSERT INTO vigil.org (org_id, parent_id, kind, code, name) VALUES"
    " (2, 1, 'county', '320301', 'Two'), (3, 1, 'county', '320302', 'Three'),"
    " (4, 2, 'township', '320301001', 'Four');"
    "INSERT INTO vigil.person (person_id, display_name, org_id, mode, hired, location_consent,"
    "                          on_duty, birth_year)"
    " VALUES (1, 'of two', 2, 'foot', false, true, true, 1980),"
    " (2, 'of three', 3, 'foot', false, true, true, NULL),"
    " (3, 'of three, leads in four', 3, 'foot', false, true, true, 1980),"
    " (4, 'young', 4, 'foot', false, true, true, extract(year FROM now() AT TIME ZONE 'UTC') - 18),"
    " (5, 'bus', 2, 'bus', false, true, true, 1980),"
    " (6, 'taxi', 2, 'taxi', true, true, true, 1980),"
    " (7, 'expired', 2, 'foot', false, true, true, 1980),"
    " (8, 'not agreed', 2, 'foot', false, false, true, 1980),"
    " (9, 'off duty', 2, 'foot', false, true, false, 1980),"
    " (10, 'of the city', 1, 'foot', false, true, true, 1980),"
    " (11, 'with a card', 2, 'foot', false, true, true, 1980);"
    "INSERT INTO vigil.membership (membership_id, person_id, org_id, role)"
    " VALUES (1, 3, 4, 'leader');"
    "INSERT INTO vigil.credential (credential_id, person_id, org_id, type, mandatory, expires)"
    " VALUES (1, 7, 2, 'guard', true, current_date - 2), (2, 11, 2, 'card', false, NULL),"
    " (3, 1, 2, 'card', false, current_date - 2)";

/* A place on the streets, in blocks from the south-west. */
static struct point at(double east)
{
    return (struct point){ BLOCK_BEIJING.lon + east * 0.001, BLOCK_BEIJING.lat + 0.001 };
}

static void stands(int64_t person_id, double east)
{
    const struct point_e7 p = point_to_e7(at(east));
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
    for (int64_t id = 1; id <= 11; id++)
        stands(id, (double)id * 0.8);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return asking_close_room(&ROOM);
}

static struct asking_answer nearest(int64_t org_id, const char *wishes)
{
    const struct point p = at(0);

    asking_as(ROOM.worker, ROLE_DISPATCHER, org_id, 0);
    return asking_send(ROOM.worker, "POST", "/v1/nearest", NULL,
                       arena_text(ROOM.d->arena,
                                  "{\"place\":{\"lon\":%.7f,\"lat\":%.7f,\"frame\":\"wgs84\"}%s}",
                                  p.lon, p.lat, wishes));
}

/* A value of person number i of an answer. */
static const char *of(int32_t i, const char *key)
{
    return arena_text(ROOM.d->arena, "/people/%d/%s", i, key);
}

/* "1 3 11": who was found, ascending by id. */
static const char *ids_in(const struct asking_answer *answer)
{
    bool found[100] = { false };
    char *text = arena_take(ROOM.d->arena, TEXT, 1);

    asking_expect(answer, 200, NULL);
    for (int32_t i = 0; i < asking_count(answer, "/people"); i++)
        found[asking_int(answer, of(i, "person_id"))] = true;
    for (int id = 0; id < 100; id++)
        if (found[id])
            snprintf(text + strlen(text), TEXT - strlen(text), "%s%d", text[0] ? " " : "", id);
    return text;
}

static const char *found_by(int64_t org_id, const char *wishes)
{
    const struct asking_answer answer = nearest(org_id, wishes);

    return ids_in(&answer);
}

/* Where someone stands in an answer; fails the test when she is not in it. */
static int32_t place_of(const struct asking_answer *answer, int64_t person_id)
{
    for (int32_t i = 0; i < asking_count(answer, "/people"); i++)
        if (asking_int(answer, of(i, "person_id")) == person_id)
            return i;
    fail_msg("nobody found %lld: %s", (long long)person_id, answer->body);
    return -1;
}

/* ------------------------------------------------------------------ nearest */

static void each_finds_her_own_and_those_below(void **state)
{
    (void)state;
    assert_string_equal(found_by(1, ""), "1 2 3 10 11");
    assert_string_equal(found_by(2, ""), "1 3 11");
    assert_string_equal(found_by(3, ""), "2 3");
    assert_string_equal(found_by(4, ""), "3");
    assert_string_equal(found_by(2, ",\"k\":2"), "1 3"); /* the two nearest of her own */
}

static void an_answer_names_the_organisation_that_may_be_known(void **state)
{
    (void)state;
    struct asking_answer answer = nearest(2, "");

    assert_int_equal(asking_int(&answer, of(place_of(&answer, 1), "org_id")), 2);
    assert_int_equal(asking_int(&answer, of(place_of(&answer, 3), "org_id")), 4);
    answer = nearest(3, "");
    assert_int_equal(asking_int(&answer, of(place_of(&answer, 3), "org_id")), 3);
}

static void a_neighbour_lends_near_the_border_only(void **state)
{
    (void)state;
    asking_change(
        &ROOM,
        arena_text(
            ROOM.d->arena,
            "UPDATE vigil.org SET area = ST_Multi(ST_MakeEnvelope(%.4f, %.4f, %.4f, %.4f, 4326))"
            " WHERE org_id = 2;"
            "INSERT INTO vigil.mutual_aid (rule_id, lender_id, borrower_id, reach_m)"
            " VALUES (1, 3, 2, 100)",
            at(0).lon - 0.01, at(0).lat - 0.01, at(1.5).lon, at(0).lat + 0.01));
    struct asking_answer answer = nearest(2, "");
    const int32_t lent = place_of(&answer, 2);

    assert_string_equal(ids_in(&answer), "1 2 3 11");
    assert_true(strstr(answer.body, "\"mutual_aid\":true") != NULL);
    assert_int_equal(asking_int(&answer, of(lent, "org_id")), 3);
    assert_string_equal(found_by(4, ""), "2 3"); /* the rule holds below the borrower, too */
    assert_string_equal(found_by(3, ""), "2 3"); /* and not the other way round */
    stands(2, 5);
    assert_string_equal(found_by(2, ""), "1 3 11");
    stands(2, 1.6);
    asking_change(
        &ROOM,
        "UPDATE vigil.person SET location_consent = true, birth_year = 2020 WHERE person_id = 2");
    assert_string_equal(found_by(2, ",\"include_unavailable\":true"), "1 3 4 5 6 7 11");
}

static void who_cannot_be_sent_is_told_why_when_asked(void **state)
{
    static const struct {
        int64_t person_id;
        const char *why;
    } CASES[] = {
        { 4, "under_age" }, { 5, "eyes_only" }, { 6, "hired" }, { 7, "credential_expired" }
    };
    const struct asking_answer answer = nearest(2, ",\"include_unavailable\":true");

    (void)state;
    assert_string_equal(ids_in(&answer), "1 3 4 5 6 7 11");
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const int32_t place = place_of(&answer, CASES[i].person_id);

        assert_int_equal(asking_count(&answer, of(place, "hindrances")), 1);
        assert_string_equal(asking_text(&answer, of(place, "hindrances/0")), CASES[i].why);
    }
    assert_string_equal(asking_text(&answer, of(place_of(&answer, 5), "mode")), "bus");
    assert_int_equal(asking_count(&answer, of(place_of(&answer, 1), "hindrances")), 0);
}

static int64_t made(const char *target, const char *body, const char *pointer)
{
    asking_as(ROOM.worker, ROLE_DISPATCHER, 2, 0);
    const struct asking_answer answer =
        asking_send(ROOM.worker, "POST", target, asking_fresh_key(&ROOM), body);

    asking_expect(&answer, 201, NULL);
    return asking_int(&answer, pointer);
}

static void who_is_taken_is_not_found_until_she_is_free(void **state)
{
    const struct point p = at(0);
    const int64_t incident = made(
        "/v1/incidents",
        arena_text(ROOM.d->arena,
                   "{\"type\":\"help\",\"place\":{\"lon\":%.7f,\"lat\":%.7f,\"frame\":\"wgs84\"}}",
                   p.lon, p.lat),
        "/incident_id");
    const int64_t order =
        made(arena_text(ROOM.d->arena, "/v1/incidents/%lld/dispatches", (long long)incident),
             "{\"people\":[1],\"reason\":\"near\"}", "/dispatch/dispatch_id");

    (void)state;
    assert_string_equal(found_by(2, ""), "3 11"); /* at once, without following anything */
    const struct asking_answer answer =
        asking_send(ROOM.worker, "POST",
                    arena_text(ROOM.d->arena, "/v1/dispatches/%lld/stand_down", (long long)order),
                    NULL, "{\"reason\":\"enough\"}");

    asking_expect(&answer, 200, NULL);
    assert_string_equal(found_by(2, ""), "1 3 11");
}

/* As another process would have done it. */
static void orders_of_others_are_followed(void **state)
{
    (void)state;
    asking_change(&ROOM,
                  "INSERT INTO vigil.incident (incident_id, org_id, type, priority, geom)"
                  " VALUES (5, 2, 'help', 2, 'SRID=4326;POINT(116.39 39.9)');"
                  "INSERT INTO vigil.dispatch (dispatch_id, incident_id, org_id, expires_at)"
                  " VALUES (6, 5, 2, now() + interval '1 hour');"
                  "INSERT INTO vigil.dispatch_person (dispatch_id, person_id, incident_id, org_id, "
                  "expires_at)"
                  " VALUES (6, 11, 5, 2, now() + interval '1 hour')");
    assert_string_equal(found_by(2, ""), "1 3");
    asking_change(&ROOM,
                  "UPDATE vigil.dispatch_person SET state = 'declined' WHERE dispatch_id = 6");
    assert_string_equal(found_by(2, ""), "1 3 11");
}

static void roles_organisations_and_credentials_narrow_it(void **state)
{
    (void)state;
    assert_string_equal(found_by(1, ",\"roles\":[\"leader\"]"), "3");
    assert_string_equal(found_by(1, ",\"roles\":[\"driver\"]"), "");
    assert_string_equal(found_by(1, ",\"org_ids\":[4]"), "3");
    assert_string_equal(found_by(1, ",\"org_ids\":[3,4]"), "2 3");
    assert_string_equal(found_by(3, ",\"org_ids\":[2]"),
                        "3"); /* what she may not see stays unseen */
    assert_string_equal(found_by(1, ",\"credentials\":[\"card\"]"), "11");
    assert_string_equal(found_by(1, ",\"credentials\":[\"card\",\"card\"]"), "11");
    assert_string_equal(found_by(1, ",\"credentials\":[\"card\",\"other\"]"), "");
}

static void the_type_of_incident_says_who_may_be_sent(void **state)
{
    (void)state;
    asking_change(
        &ROOM,
        "INSERT INTO vigil.incident_type (type, name_zh, name_en, volunteer_allowed, min_age)"
        " VALUES ('tidy', '清洁', 'Tidy', true, 16), ('wise', '调解', 'Wise', true, 60)");
    assert_string_equal(found_by(2, ",\"incident_type\":\"tidy\""), "1 3 4 11");
    assert_string_equal(found_by(2, ",\"incident_type\":\"wise\""), "");
    assert_string_equal(found_by(1, ",\"incident_type\":\"wise\""), "2"); /* nobody knows her age */
    struct asking_answer answer = nearest(2, ",\"incident_type\":\"knife\"");

    assert_string_equal(ids_in(&answer), "");
    assert_true(strstr(answer.body, "\"volunteers_allowed\":false") != NULL);
    answer = nearest(2, ",\"incident_type\":\"dragon\"");
    asking_expect(&answer, 422, "incident_type_unknown");
    assert_string_equal(asking_text(&answer, "/value"), "dragon");
    assert_string_equal(asking_text(&answer, "/allowed"), "a type of /v1/incident_types");
    assert_string_equal(asking_text(&answer, "/pointer"), "/incident_type");
}

static void bad_wishes_are_refused(void **state)
{
    static const struct {
        const char *wish;
        const char *code;
    } CASES[] = {
        { ",\"roles\":[\"king\"]", "value_not_allowed" },
        { ",\"roles\":[]", "value_out_of_range" },
        { ",\"org_ids\":[0]", "value_out_of_range" },
        { ",\"org_ids\":\"4\"", "value_wrong_type" },
        { ",\"credentials\":[\"\"]", "value_empty" },
        { ",\"include_unavailable\":1", "value_wrong_type" },
        { ",\"fix_age_max_s\":0", "value_out_of_range" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct asking_answer answer = nearest(1, CASES[i].wish);

        asking_expect(&answer, 422, CASES[i].code);
    }
    asking_as(ROOM.worker, ROLE_VOLUNTEER, 2, 1);
    const struct asking_answer answer = asking_send(ROOM.worker, "POST", "/v1/nearest", NULL, "{}");

    asking_expect(&answer, 403, NULL);
}

/* ------------------------------------------------------------------ the map */

static int64_t count_of(int64_t org_id, const char *pointer)
{
    asking_as(ROOM.worker, ROLE_MANAGER, org_id, 0);
    const struct asking_answer answer = asking_send(ROOM.worker, "GET", "/v1/city", NULL, NULL);

    asking_expect(&answer, 200, NULL);
    return asking_int(&answer, pointer);
}

static void counts_of_a_parent_are_the_sum_of_its_children(void **state)
{
    (void)state;
    assert_int_equal(count_of(4, "/people/known"), 1);
    assert_int_equal(count_of(2, "/people/known"), 8); /* with the township's */
    assert_int_equal(count_of(3, "/people/known"), 2);
    assert_int_equal(count_of(1, "/people/known"), 1 + 8 + 2);
    assert_int_equal(count_of(2, "/people/on_duty"), 7);
    assert_int_equal(count_of(2, "/people/placed"), 6);
}

/* Who is on the people's tile of a zoom, ascending. */
static const char *on_tile(enum role role, int64_t org_id, int64_t person_id)
{
    const struct tile t = tile_at(at(1), 14);
    bool found[100] = { false };
    char *text = arena_take(ROOM.d->arena, TEXT, 1);
    struct mvt_read_tile tile = { 0 };

    asking_as(ROOM.worker, role, org_id, person_id);
    for (int32_t dx = -1; dx <= 1; dx++) {
        const struct asking_answer answer = asking_send(
            ROOM.worker, "GET",
            arena_text(ROOM.d->arena, "/tiles/people/14/%d/%d.mvt", t.x + dx, t.y), NULL, NULL);

        asking_expect(&answer, 200, NULL);
        assert_null(mvt_read(ROOM.d->arena, answer.body, answer.size, &tile));
        for (int32_t i = 0; tile.layer_count > 0 && i < tile.layers[0].feature_count; i++)
            found[tile.layers[0].features[i].id] = true;
    }
    for (int id = 0; id < 100; id++)
        if (found[id])
            snprintf(text + strlen(text), TEXT - strlen(text), "%s%d", text[0] ? " " : "", id);
    return text;
}

static void a_tile_shows_whom_the_reader_may_see(void **state)
{
    (void)state;
    assert_string_equal(on_tile(ROLE_DISPATCHER, 1, 0), "1 2 3 4 5 6 7 10 11");
    assert_string_equal(on_tile(ROLE_DISPATCHER, 2, 0), "1 3 4 5 6 7 11");
    assert_string_equal(on_tile(ROLE_DISPATCHER, 3, 0), "2 3");
    asking_change(&ROOM, "UPDATE vigil.membership SET valid_to = now()");
    assert_string_equal(on_tile(ROLE_DISPATCHER, 2, 0), "1 4 5 6 7 11");
}

/* ------------------------------------------------------------------ positions */

static struct asking_answer report(enum role role, int64_t org_id, int64_t who, const char *ids)
{
    struct buf body = { 0 };
    char now[INSTANT_SIZE];
    int64_t id;
    char *rest = NULL;

    instant_write(clock_wall_us(), now);
    buf_string(&body, "{\"positions\":[");
    for (id = strtoll(ids, &rest, 10); id > 0; id = strtoll(rest, &rest, 10))
        buf_format(&body,
                   "%s{\"person_id\":%lld,\"lon\":%.7f,\"lat\":%.7f,\"frame\":\"wgs84\","
                   "\"fix_time\":\"%s\"}",
                   body.size > 14 ? "," : "", (long long)id, at(2).lon, at(2).lat, now);
    buf_string(&body, "]}");
    asking_as(ROOM.worker, role, org_id, who);
    const struct asking_answer answer =
        asking_send(ROOM.worker, "POST", "/v1/positions", NULL, buf_text(&body));

    buf_free(&body);
    return answer;
}

/* "1 off_duty, 3 person_unknown": what was refused. */
static const char *refused(const struct asking_answer *answer)
{
    char *text = arena_take(ROOM.d->arena, TEXT, 1);

    asking_expect(answer, 200, NULL);
    for (int32_t i = 0; i < asking_count(answer, "/rejected"); i++)
        snprintf(text + strlen(text), TEXT - strlen(text), "%s%lld %s", i ? ", " : "",
                 (long long)asking_int(answer, arena_text(ROOM.d->arena, "/rejected/%d/index", i)),
                 asking_text(answer, arena_text(ROOM.d->arena, "/rejected/%d/code", i)));
    return text;
}

static int64_t stored(void)
{
    return database_int(ROOM.d, "SELECT count(*) FROM vigil.position_history");
}

static void a_sender_moves_her_own_people_only(void **state)
{
    struct asking_answer answer = report(ROLE_GATEWAY, 3, 0, "1 2 3 77");

    (void)state;
    assert_string_equal(refused(&answer), "0 person_unknown, 3 person_unknown");
    assert_int_equal(stored(), 2);
    answer = report(ROLE_VOLUNTEER, 3, 2, "2 3");
    assert_string_equal(refused(&answer), "1 person_unknown");
    answer = report(ROLE_DEVICE, 3, 3, "3 2");
    assert_string_equal(refused(&answer), "1 person_unknown");
    assert_int_equal(stored(), 4);
    answer = report(ROLE_ADMIN, 1, 0, "1");
    asking_expect(&answer, 403, NULL);
    answer = report(ROLE_DISPATCHER, 1, 0, "1");
    asking_expect(&answer, 403, NULL);
    assert_int_equal(stored(), 4);
}

static void of_who_is_off_duty_or_has_not_agreed_nothing_is_stored(void **state)
{
    const struct asking_answer answer = report(ROLE_GATEWAY, 1, 0, "8 9 1");

    (void)state;
    assert_string_equal(refused(&answer), "0 consent_missing, 1 off_duty");
    assert_int_equal(asking_int(&answer, "/accepted"), 1);
    assert_int_equal(stored(), 1);
}

#define ROOM_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROOM_TEST(each_finds_her_own_and_those_below),
        ROOM_TEST(an_answer_names_the_organisation_that_may_be_known),
        ROOM_TEST(a_neighbour_lends_near_the_border_only),
        ROOM_TEST(who_cannot_be_sent_is_told_why_when_asked),
        ROOM_TEST(who_is_taken_is_not_found_until_she_is_free),
        ROOM_TEST(orders_of_others_are_followed),
        ROOM_TEST(roles_organisations_and_credentials_narrow_it),
        ROOM_TEST(the_type_of_incident_says_who_may_be_sent),
        ROOM_TEST(bad_wishes_are_refused),
        ROOM_TEST(counts_of_a_parent_are_the_sum_of_its_children),
        ROOM_TEST(a_tile_shows_whom_the_reader_may_see),
        ROOM_TEST(a_sender_moves_her_own_people_only),
        ROOM_TEST(of_who_is_off_duty_or_has_not_agreed_nothing_is_stored),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
