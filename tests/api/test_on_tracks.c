/* Where people were, from the outside: for a purpose, recorded, for those who may know. */
#include <string.h>

#include "engine/archive.h"
#include "engine/clock.h"
#include "engine/config.h"
#include "engine/engine.h"
#include "engine/upkeep.h"
#include "geo/instant.h"
#include "tests/support/block.h"
#include "tests/support/check_near.h"
#include "tests/support/database.h"
#include "tests/support/newcomer.h"

static int64_t base_us; /* when seconds are counted from */

/* The next millisecond: times are sent in those. */
static void look_at_the_clock(void)
{
    base_us = clock_wall_us() + 1000;
}

static const char *at(int64_t us)
{
    char text[INSTANT_SIZE];

    instant_write(us, text);
    return newcomer_text("%s", text);
}

/* Fixes of hers as a gateway of county 2 sends them, so many seconds ago. */
static void send(int64_t person_id, int from_s, int count, int every_s)
{
    const char *list = "";

    asking_as(NEWCOMER_ROOM.worker, ROLE_GATEWAY, 2, 0);
    for (int i = 0; i < count; i++)
        list =
            newcomer_text("%s%s{\"person_id\":%lld,\"lon\":%.7f,\"lat\":34.261,\"frame\":\"wgs84\","
                          "\"accuracy_m\":5,\"fix_time\":\"%s\"}",
                          list, i > 0 ? "," : "", (long long)person_id, 117.185 + i * 1e-5,
                          at(base_us - (from_s - i * every_s) * INT64_C(1000000)));
    const struct asking_answer a =
        newcomer_ask("POST", "/v1/positions", NULL, newcomer_text("{\"positions\":[%s]}", list));

    asking_expect(&a, 200, NULL);
    assert_int_equal(asking_int(&a, "/accepted"), count);
}

static int64_t let_in_on_duty(void)
{
    const long long person = newcomer_let_in();
    struct fail f = { 0 };

    database_run(
        NEWCOMER_ROOM.d,
        newcomer_text("UPDATE vigil.person SET on_duty = true WHERE person_id = %lld", person));
    database_run(
        NEWCOMER_ROOM.d,
        newcomer_text("UPDATE vigil.duty SET at = now() - interval '1 day' WHERE person_id = %lld",
                      person)); /* her fixes are of the last hours */
    if (!engine_follow(asking_engine(NEWCOMER_ROOM.asking), &f))
        fail_msg("%s", f.text);
    look_at_the_clock();
    return person;
}

static struct asking_answer look(int64_t person_id, const char *query)
{
    return newcomer_ask(
        "GET", newcomer_text("/v1/people/%lld/track?%s", (long long)person_id, query), NULL, NULL);
}

static struct asking_answer match(int64_t person_id, const char *query)
{
    return newcomer_ask(
        "GET", newcomer_text("/v1/people/%lld/matched_track?%s", (long long)person_id, query), NULL,
        NULL);
}

static int64_t reads(void)
{
    return database_int(NEWCOMER_ROOM.d,
                        "SELECT count(*) FROM vigil.audit WHERE action = 'track_read'");
}

static void a_track_is_told_for_a_purpose_that_is_recorded(void **state)
{
    const int64_t person = let_in_on_duty();

    (void)state;
    send(person, 1200, 4, 60);
    send(person, 600, 3, 10);
    send(person, 600, 3, 10); /* a phone that got no answer */
    asking_as(NEWCOMER_ROOM.worker, ROLE_DISPATCHER, 2, 0);
    struct asking_answer a = look(person, "purpose=complaint%2017");

    asking_expect(&a, 200, NULL);
    assert_string_equal(a.type, "application/geo+json");
    assert_string_equal(asking_header(&a, "Cache-Control"), "no-store");
    assert_int_equal(asking_count(&a, "/features"), 2); /* seven minutes between them */
    assert_int_equal(asking_count(&a, "/features/0/geometry/coordinates"), 4);
    assert_int_equal(asking_count(&a, "/features/1/geometry/coordinates"), 3);
    assert_int_equal(asking_count(&a, "/features/1/properties/times"), 3);
    assert_int_equal(asking_count(&a, "/features/1/properties/flags"), 3);
    assert_int_equal(asking_int(&a, "/features/0/properties/person_id"), person);
    check_near(asking_number(&a, "/features/0/geometry/coordinates/1/0"), 117.18501, 1e-9);
    check_near(asking_number(&a, "/features/0/properties/accuracy_m/0"), 5, 1e-9);
    assert_non_null(strstr(a.body, "\"coarse\":false"));
    assert_non_null(strstr(a.body, "\"speed_mps\":[null"));
    assert_int_equal(reads(), 1);
    assert_string_equal(
        database_text(NEWCOMER_ROOM.d,
                      "SELECT purpose || ' ' || org_id || ' ' || (detail->>'positions') ||"
                      " (subject = 'person ' || (SELECT max(person_id) FROM vigil.person))::text"
                      " FROM vigil.audit WHERE action = 'track_read'"),
        "complaint 17 2 7true");
    a = look(person, "purpose=x&frame=gcj02");
    check_near(asking_number(&a, "/features/0/geometry/coordinates/0/0"), 117.190773, 1e-5);
}

static void a_way_by_streets_is_told_as_the_track_itself_is(void **state)
{
    const int64_t person = let_in_on_duty();
    struct fail f = { 0 };

    (void)state;
    send(person, 1200, 20, 10);
    asking_as(NEWCOMER_ROOM.worker, ROLE_DISPATCHER, 2, 0);
    struct asking_answer a = match(person, "purpose=complaint");

    asking_expect(&a, 503, "no_city_yet");
    assert_int_equal(reads(), 0);
    block_import(NEWCOMER_ROOM.d, 8, (struct point){ 117.184, 34.261 });
    if (!engine_follow(asking_engine(NEWCOMER_ROOM.asking), &f))
        fail_msg("%s", f.text);
    a = match(person, "purpose=complaint");
    asking_expect(&a, 200, NULL);
    assert_string_equal(asking_header(&a, "Cache-Control"), "no-store");
    assert_int_equal(asking_count(&a, "/fixes"), 20);
    assert_string_equal(asking_text(&a, "/features/0/properties/pieces/0/name"), "Row 0");
    assert_int_equal(reads(), 1);
    a = match(person, "");
    asking_expect(&a, 422, "key_missing");
    a = match(person, "purpose=x&by=horse");
    asking_expect(&a, 422, "value_not_allowed");
    asking_as(NEWCOMER_ROOM.worker, ROLE_DISPATCHER, 3, 0);
    a = match(person, "purpose=complaint");
    asking_expect(&a, 404, "person_unknown");
    assert_int_equal(reads(), 1);
}

static void without_a_purpose_nothing_is_told_and_nothing_recorded(void **state)
{
    static const struct {
        const char *query, *code;
    } WRONG[] = {
        { "", "key_missing" },
        { "purpose=", "value_empty" },
        { "purpose=x&from=yesterday", "time_malformed" },
        { "purpose=x&from=2026-11-22T10:00:00Z&until=2026-11-22T09:00:00Z", "value_out_of_range" },
        { "purpose=x&from=2026-11-20T10:00:00Z&until=2026-11-22T10:00:01Z", "value_out_of_range" },
        { "purpose=x&frame=moon", "frame_unknown" },
    };
    const int64_t person = let_in_on_duty();

    (void)state;
    asking_as(NEWCOMER_ROOM.worker, ROLE_DISPATCHER, 2, 0);
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        const struct asking_answer a = look(person, WRONG[i].query);

        asking_expect(&a, 422, WRONG[i].code);
    }
    assert_int_equal(reads(), 0);
}

static void whom_one_does_not_see_one_cannot_follow(void **state)
{
    const int64_t person = let_in_on_duty();

    (void)state;
    send(person, 60, 2, 10);
    newcomer_as_manager_of(3);
    struct asking_answer a = look(person, "purpose=x");

    asking_expect(&a, 404, "person_unknown");
    a = look(4711, "purpose=x");
    asking_expect(&a, 404, "person_unknown");
    asking_as(NEWCOMER_ROOM.worker, ROLE_AUDITOR, 2, 0);
    a = look(person, "purpose=x");
    asking_expect(&a, 403, "role_not_allowed");
    newcomer_as_herself(person);
    a = look(person, "purpose=x");
    asking_expect(&a, 403, "role_not_allowed");
    assert_int_equal(reads(), 0);
}

static void from_the_moment_she_does_not_agree_nothing_is_told(void **state)
{
    const int64_t person = let_in_on_duty();
    struct config *c = config_new();
    struct fail f = { 0 };

    (void)state;
    send(person, 60, 2, 10);
    newcomer_as_herself(person);
    struct asking_answer a = newcomer_post(
        "/v1/me/consents", "{\"purpose\":\"location\",\"language\":\"zh\",\"given\":false}");

    asking_expect(&a, 201, NULL);
    newcomer_as_manager_of(2);
    a = look(person, "purpose=x");
    asking_expect(&a, 200, NULL);
    assert_int_equal(asking_count(&a, "/features"), 0); /* no wait */
    assert_true(upkeep_once(NEWCOMER_ROOM.d->db, c, false, &f));
    assert_int_equal(database_int(NEWCOMER_ROOM.d, "SELECT count(*) FROM vigil.position_history"),
                     0);
    a = newcomer_ask("GET", "/v1/erasures", NULL, NULL);
    assert_string_equal(asking_text(&a, "/items/0/kind"), "positions");
    assert_int_equal(asking_int(&a, "/items/0/positions"), 2);
    config_free(c);
}

/* An hour of hers, three hours ago, a fix a minute. */
static void past_hour(int64_t person_id)
{
    database_run(
        NEWCOMER_ROOM.d,
        newcomer_text(
            "DO $$ DECLARE h bigint := (floor(extract(epoch FROM now()) / 3600)::bigint - 3) *"
            " 3600000000; BEGIN EXECUTE format('CREATE TABLE vigil.%%I PARTITION OF"
            " vigil.position_history FOR VALUES FROM (%%s) TO (%%s)', vigil.position_partition(h), "
            "h,"
            " h + 3600000000);"
            " INSERT INTO vigil.position_history SELECT %lld, 1171850000, 342610000 + i * 500, 50, "
            "100,"
            " h + i * 60000000::bigint, h + i * 60000000::bigint, 1 FROM generate_series(0, 59) i;"
            " END $$",
            (long long)person_id));
}

static void packed_hours_and_single_fixes_are_one_track(void **state)
{
    const int64_t person = let_in_on_duty();
    const char *query =
        newcomer_text("purpose=x&from=%s&until=%s",
                      database_text(NEWCOMER_ROOM.d, "SELECT vigil.rfc3339(date_trunc('hour',"
                                                     " now()) - interval '3 hours')"),
                      database_text(NEWCOMER_ROOM.d, "SELECT vigil.rfc3339(now())"));
    struct fail f = { 0 };
    int64_t hours = 0;

    (void)state;
    past_hour(person);
    send(person, 60, 2, 10);
    newcomer_as_manager_of(2);
    struct asking_answer a = look(person, query);

    asking_expect(&a, 200, NULL);
    assert_int_equal(asking_count(&a, "/features/0/properties/times"), 60);
    const char *before = arena_copy(NEWCOMER_ROOM.d->arena, a.body, a.size);

    assert_true(archive_pack(NEWCOMER_ROOM.d->db, ARCHIVE_GRACE_S,
                             &(struct archive_patience){ NULL, NULL }, &hours, &f));
    assert_int_equal(hours, 1);
    a = look(person, query);
    assert_string_equal(a.body, before); /* to the byte */
    assert_string_equal(asking_text(&a, "/features/0/properties/flags/0/0"), "jump");
    assert_int_equal(asking_count(&a, "/features/1/properties/times"), 2);
    assert_true(archive_coarsen(NEWCOMER_ROOM.d->db, 1, &(struct archive_patience){ NULL, NULL },
                                &hours, &f));
    a = look(person, query);
    assert_non_null(strstr(a.body, "\"coarse\":true"));
}

static void what_is_older_than_is_kept_is_not_told_though_it_is_there(void **state)
{
    const int64_t person = let_in_on_duty();

    (void)state;
    database_run(
        NEWCOMER_ROOM.d,
        newcomer_text("INSERT INTO vigil.position_history SELECT %lld, 1171850000, 342610000, 50,"
                      " 100, m, m, 0 FROM vigil.microseconds(now() - interval '48 hours 2 minutes')"
                      " m",
                      (long long)person));
    newcomer_as_manager_of(2);
    const struct asking_answer a = look(
        person,
        newcomer_text(
            "purpose=x&from=%s&until=%s",
            database_text(NEWCOMER_ROOM.d, "SELECT vigil.rfc3339(now() - interval '49 hours')"),
            database_text(NEWCOMER_ROOM.d, "SELECT vigil.rfc3339(now() - interval '47 hours')")));

    asking_expect(&a, 200, NULL);
    assert_int_equal(asking_count(&a, "/features"), 0);
}

/* ------------------------------------------------------------------ an incident's */

static struct asking_answer look_at_incident(const char *query)
{
    return newcomer_ask("GET", newcomer_text("/v1/incidents/5/tracks?%s", query), NULL, NULL);
}

/* An incident of county `org_id` to which she is sent and accepts. */
static void order(int64_t person_id, int64_t org_id)
{
    database_run(
        NEWCOMER_ROOM.d,
        newcomer_text(
            "INSERT INTO vigil.incident (incident_id, org_id, type, priority, geom) VALUES"
            " (5, %lld, 'help', 3, ST_SetSRID(ST_MakePoint(117, 34), 4326));"
            "INSERT INTO vigil.dispatch (dispatch_id, incident_id, org_id, expires_at)"
            " VALUES (6, 5, %lld, now());"
            "INSERT INTO vigil.dispatch_person (dispatch_id, person_id, incident_id, org_id, "
            "expires_at)"
            " VALUES (6, %lld, 5, %lld, now());",
            (long long)org_id, (long long)org_id, (long long)person_id, (long long)org_id));
    database_run(NEWCOMER_ROOM.d, "UPDATE vigil.dispatch_person SET state = 'accepted'");
}

static void an_incidents_tracks_begin_with_yes_and_end_with_clear(void **state)
{
    const int64_t person = let_in_on_duty();

    (void)state;
    send(person, 60, 2, 10); /* before */
    order(person, 2);
    newcomer_as_manager_of(2);
    struct asking_answer a = look_at_incident("purpose=review");

    asking_expect(&a, 200, NULL);
    assert_int_equal(asking_count(&a, "/features"), 0);
    look_at_the_clock();
    send(person, 0, 1, 0); /* on her way */
    database_run(NEWCOMER_ROOM.d, "UPDATE vigil.dispatch_person SET state = 'cleared'");
    send(person, -10, 1, 0); /* after, by her phone's clock */
    newcomer_as_manager_of(2);
    a = look_at_incident("purpose=review");
    asking_expect(&a, 200, NULL);
    assert_int_equal(asking_count(&a, "/features"), 1);
    assert_int_equal(asking_count(&a, "/features/0/properties/times"), 1);
    assert_string_equal(asking_text(&a, "/features/0/geometry/type"), "Point");
    assert_int_equal(asking_int(&a, "/features/0/properties/dispatch_id"), 6);
    assert_int_equal(reads(), 2);
    a = look_at_incident("");
    asking_expect(&a, 422, "key_missing");
    newcomer_as_manager_of(3);
    a = look_at_incident("purpose=review");
    asking_expect(&a, 404, "incident_unknown");
    asking_as(NEWCOMER_ROOM.worker, ROLE_PLANNER, 2, 0);
    a = look_at_incident("purpose=review");
    asking_expect(&a, 403, "role_not_allowed");
}

/* She is lent: who sent her sees her way there, and nothing else of hers. */
static void who_borrows_somebody_sees_her_way_to_the_incident_alone(void **state)
{
    const int64_t person = let_in_on_duty();

    (void)state;
    send(person, 60, 2, 10);
    order(person, 3);
    look_at_the_clock();
    send(person, 0, 1, 0);
    newcomer_as_manager_of(3);
    struct asking_answer a = look_at_incident("purpose=review");

    asking_expect(&a, 200, NULL);
    assert_int_equal(asking_count(&a, "/features"), 1);
    assert_int_equal(asking_count(&a, "/features/0/properties/times"), 1);
    a = look(person, "purpose=x");
    asking_expect(&a, 404, "person_unknown");
    database_run(NEWCOMER_ROOM.d, "UPDATE vigil.person SET location_consent = false");
    a = look_at_incident("purpose=review");
    assert_int_equal(asking_count(&a, "/features"), 0);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, newcomer_open, newcomer_close)
    const struct CMUnitTest tests[] = {
        CASE(a_track_is_told_for_a_purpose_that_is_recorded),
        CASE(a_way_by_streets_is_told_as_the_track_itself_is),
        CASE(without_a_purpose_nothing_is_told_and_nothing_recorded),
        CASE(whom_one_does_not_see_one_cannot_follow),
        CASE(from_the_moment_she_does_not_agree_nothing_is_told),
        CASE(packed_hours_and_single_fixes_are_one_track),
        CASE(what_is_older_than_is_kept_is_not_told_though_it_is_there),
        CASE(an_incidents_tracks_begin_with_yes_and_end_with_clear),
        CASE(who_borrows_somebody_sees_her_way_to_the_incident_alone),
    };
#undef CASE

    return cmocka_run_group_tests(tests, NULL, NULL);
}
