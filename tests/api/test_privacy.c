/* People and their data, from the outside: looking at masked values, consents, own data,
 * leaving, and what is deleted because it is too old. */
#include "tests/support/check_near.h"

#include <string.h>

#include "engine/chain.h"
#include "engine/config.h"
#include "engine/engine.h"
#include "engine/live.h"
#include "engine/upkeep.h"
#include "tests/support/database.h"
#include "tests/support/newcomer.h"

/* ------------------------------------------------------------------ reveal */

static void looking_needs_a_purpose_and_is_recorded(void **state)
{
    const long long person = newcomer_let_in();
    const char *path = newcomer_text("/v1/people/%lld/reveal", person);

    (void)state;
    asking_as(NEWCOMER_ROOM.worker, ROLE_DISPATCHER, 2, 0);
    struct asking_answer a = newcomer_ask("POST", path, NULL, "{\"fields\":[\"phone\"]}");

    asking_expect(&a, 422, "key_missing");
    a = newcomer_ask("POST", path, NULL, "{\"fields\":[\"phone\"],\"purpose\":\"\"}");
    asking_expect(&a, 422, "value_empty");
    a = newcomer_ask("POST", path, NULL, "{\"fields\":[],\"purpose\":\"x\"}");
    assert_int_equal(a.status, 422);
    a = newcomer_ask("POST", path, NULL, "{\"fields\":[\"shoe_size\"],\"purpose\":\"x\"}");
    asking_expect(&a, 422, "value_not_allowed");
    assert_int_equal(
        database_int(NEWCOMER_ROOM.d,
                     "SELECT count(*) FROM vigil.audit WHERE action = 'person_revealed'"),
        0);
    a = newcomer_ask("POST", path, NULL,
                     "{\"fields\":[\"phone\",\"address\"],\"purpose\":\"回访\"}");
    asking_expect(&a, 200, NULL);
    assert_string_equal(asking_text(&a, "/phone"), "13800131234");
    assert_non_null(strstr(a.body, "\"address\":null"));
    assert_null(strstr(a.body, "identity"));
    const char *sql =
        newcomer_text("SELECT purpose || ' ' || detail || ' ' || org_id FROM vigil.audit"
                      " WHERE action = 'person_revealed' AND subject = 'person %lld'",
                      person);

    assert_string_equal(database_text(NEWCOMER_ROOM.d, sql),
                        "回访 {\"fields\":[\"phone\",\"address\"]} 2");
}

static void whom_one_does_not_see_one_cannot_look_at(void **state)
{
    static const char BODY[] = "{\"fields\":[\"phone\"],\"purpose\":\"curious\"}";
    const long long person = newcomer_let_in();

    (void)state;
    asking_as(NEWCOMER_ROOM.worker, ROLE_DISPATCHER, 3, 0);
    struct asking_answer a =
        newcomer_ask("POST", newcomer_text("/v1/people/%lld/reveal", person), NULL, BODY);

    asking_expect(&a, 404, "person_unknown");
    const char *foreign = newcomer_text("%s", asking_text(&a, "/title"));

    a = newcomer_ask("POST", "/v1/people/4711/reveal", NULL, BODY);
    asking_expect(&a, 404, "person_unknown");
    assert_string_equal(asking_text(&a, "/title"), foreign);
    asking_as(NEWCOMER_ROOM.worker, ROLE_PLANNER, 1, 0);
    a = newcomer_ask("POST", newcomer_text("/v1/people/%lld/reveal", person), NULL, BODY);
    asking_expect(&a, 403, "role_not_allowed");
    newcomer_as_herself(person);
    a = newcomer_ask("POST", newcomer_text("/v1/people/%lld/reveal", person), NULL, BODY);
    asking_expect(&a, 403, "role_not_allowed");
}

/* In texts, and in the bytes of kept answers; with a control that is there. */
static void nothing_personal_lies_open_in_the_database(void **state)
{
    static const char *const PLACES[] = {
        "vigil.person t WHERE t::text", "vigil.enrolment t WHERE t::text",
        "vigil.audit t WHERE t::text",  "vigil.outbox t WHERE t::text",
        "vigil.event t WHERE t::text",  "vigil.idempotency WHERE encode(answer, 'escape')",
    };
    static const char OPEN[] = "13800131234|13900139000|320301199001011237";

    (void)state;
    newcomer_let_in();
    for (size_t i = 0; i < sizeof PLACES / sizeof *PLACES; i++)
        assert_int_equal(
            database_int(NEWCOMER_ROOM.d,
                         newcomer_text("SELECT count(*) FROM %s ~ '%s'", PLACES[i], OPEN)),
            0);
    assert_true(database_int(NEWCOMER_ROOM.d, "SELECT count(*) FROM vigil.idempotency"
                                              " WHERE encode(answer, 'escape') ~ 'pending'") > 0);
}

/* ------------------------------------------------------------------ own data */

static void she_reads_and_corrects_her_own_data(void **state)
{
    const long long person = newcomer_let_in();

    (void)state;
    newcomer_as_herself(person);
    struct asking_answer a = newcomer_ask(
        "PATCH", "/v1/me", "If-Match: *",
        "{\"phone\":\"139 0000 1111\",\"address\":\"和平路 1 号\",\"emergency\":null}");

    asking_expect(&a, 200, NULL);
    assert_string_equal(asking_text(&a, "/phone"), "13900001111");
    assert_string_equal(asking_text(&a, "/address"), "和平路 1 号");
    a = newcomer_ask("GET", "/v1/me", NULL, NULL);
    assert_string_equal(asking_text(&a, "/address"), "和平路 1 号");
    assert_string_equal(asking_text(&a, "/identity"), "320301199001011237");
    assert_string_equal(database_text(NEWCOMER_ROOM.d, "SELECT (emergency_sealed IS NULL)::text"
                                                       " FROM vigil.person"),
                        "true");
    a = newcomer_ask("PATCH", "/v1/me", "If-Match: \"1\"", "{\"name\":\"王大明\"}");
    asking_expect(&a, 412, "version_stale");
    a = newcomer_ask("PATCH", "/v1/me", "If-Match: *", "{\"phone\":\"x\"}");
    asking_expect(&a, 422, "phone_malformed");
    assert_string_equal(asking_text(&a, "/pointer"), "/phone");
    a = newcomer_ask("GET", "/v1/me/export", NULL, NULL);
    asking_expect(&a, 200, NULL);
    assert_non_null(strstr(asking_header(&a, "Content-Disposition"), "attachment"));
    assert_int_equal(asking_count(&a, "/hours"), 0);
}

static void a_token_of_nobody_has_no_own_data(void **state)
{
    (void)state;
    asking_as(NEWCOMER_ROOM.worker, ROLE_ADMIN, 1, 0);
    struct asking_answer a = newcomer_ask("GET", "/v1/me", NULL, NULL);

    asking_expect(&a, 404, "no_person_here");
    a = newcomer_ask("POST", "/v1/me/withdraw", NULL, "{\"confirm\":true}");
    asking_expect(&a, 403, "role_not_allowed");
}

static bool is_findable(int64_t person_id)
{
    struct live *live = engine_live(asking_engine(NEWCOMER_ROOM.asking));
    struct live_person seen = { 0 };

    live_read(live);
    live_get(live, person_id, &seen);
    live_read_end(live);
    return seen.has_fix;
}

static void put_on_duty(int64_t person_id)
{
    struct fail f = { 0 };

    database_int(
        NEWCOMER_ROOM.d,
        newcomer_text("UPDATE vigil.person SET on_duty = true WHERE person_id = %lld;"
                      "UPDATE vigil.position_last SET lon_e7 = 1171850000, lat_e7 = 342610000,"
                      " fix_us = (extract(epoch FROM now()) * 1e6)::bigint WHERE person_id = %lld;"
                      "INSERT INTO vigil.position_history VALUES (%lld, 1171850000, 342610000, 10,"
                      " 0, 1, (extract(epoch FROM now()) * 1e6)::bigint),"
                      " (%lld, 1171850000, 342610000, 10, 0, 1,"
                      " (extract(epoch FROM now()) * 1e6)::bigint - 1); SELECT 1",
                      (long long)person_id, (long long)person_id, (long long)person_id,
                      (long long)person_id));
    if (!engine_follow(asking_engine(NEWCOMER_ROOM.asking), &f))
        fail_msg("%s", f.text);
}

static void a_withdrawn_consent_ends_the_use_of_her_place_at_once(void **state)
{
    const int64_t person = newcomer_let_in();
    static const char LATEST[] = "SELECT location_consent::text FROM vigil.person";

    (void)state;
    assert_string_equal(database_text(NEWCOMER_ROOM.d, LATEST), "true");
    put_on_duty(person);
    assert_true(is_findable(person));
    newcomer_as_herself(person);
    struct asking_answer a = newcomer_post(
        "/v1/me/consents", "{\"purpose\":\"location\",\"language\":\"zh\",\"given\":false}");

    asking_expect(&a, 201, NULL);
    assert_false(is_findable(person)); /* no wait: when she is answered it is so */
    assert_string_equal(database_text(NEWCOMER_ROOM.d, LATEST), "false");
    a = newcomer_post("/v1/me/consents",
                      "{\"purpose\":\"location\",\"language\":\"en\",\"given\":true}");
    asking_expect(&a, 201, NULL);
    assert_string_equal(database_text(NEWCOMER_ROOM.d, LATEST), "true");
    a = newcomer_ask("GET", "/v1/me/consents", NULL, NULL);
    assert_int_equal(asking_count(&a, "/items"), 4); /* nothing is overwritten */
    assert_string_equal(asking_text(&a, "/items/0/language"), "en");
    a = newcomer_post("/v1/me/consents",
                      "{\"purpose\":\"flying\",\"language\":\"en\",\"given\":true}");
    asking_expect(&a, 404, "consent_unknown");
    assert_non_null(strstr(asking_text(&a, "/allowed"), "/v1/consent_texts"));
}

static void paper_is_written_down_by_her_own_organisation(void **state)
{
    const long long person = newcomer_let_in();
    const char *path = newcomer_text("/v1/people/%lld/consents", person);
    static const char BODY[] = "{\"purpose\":\"training\",\"language\":\"zh\",\"given\":true}";

    (void)state;
    newcomer_as_manager_of(2);
    struct asking_answer a = newcomer_post(path, BODY);

    asking_expect(&a, 201, NULL);
    a = newcomer_ask("GET", path, NULL, NULL);
    assert_int_equal(asking_count(&a, "/items"), 3);
    newcomer_as_manager_of(3);
    a = newcomer_post(path, BODY);
    assert_int_equal(a.status, 404);
    a = newcomer_ask("GET", path, NULL, NULL);
    asking_expect(&a, 404, "person_unknown");
}

/* ------------------------------------------------------------------ leaving */

static void upkeep(bool all)
{
    struct config *c = config_new();
    struct fail f = { 0 };

    if (!upkeep_once(NEWCOMER_ROOM.d->db, c, all, &f))
        fail_msg("%s", f.text);
    config_free(c);
}

static void she_who_leaves_is_nobody_any_more(void **state)
{
    const int64_t person = newcomer_let_in();

    (void)state;
    put_on_duty(person);
    newcomer_as_herself(person);
    struct asking_answer a = newcomer_ask("POST", "/v1/me/withdraw", NULL, "{\"confirm\":false}");

    asking_expect(&a, 422, "value_not_allowed");
    a = newcomer_ask("POST", "/v1/me/withdraw", NULL, "{\"confirm\":true}");
    asking_expect(&a, 200, NULL);
    assert_int_equal(asking_int(&a, "/values"), 5); /* name, year, phone, identity, emergency */
    assert_true(asking_int(&a, "/tokens") >= 1);
    assert_false(is_findable(person));
    a = newcomer_ask("GET", "/v1/me", NULL, NULL);
    asking_expect(&a, 401, NULL);
    assert_int_equal(
        database_int(NEWCOMER_ROOM.d,
                     "SELECT count(*) FROM vigil.person WHERE erased_at IS NOT NULL"
                     " AND valid_to IS NOT NULL AND NOT on_duty AND phone_sealed IS NULL"
                     " AND phone_hash IS NULL AND identity_sealed IS NULL"
                     " AND emergency_sealed IS NULL AND display_name = '-'"
                     " AND birth_year IS NULL AND NOT location_consent"),
        1);
    assert_int_equal(database_int(NEWCOMER_ROOM.d, "SELECT count(*) FROM vigil.position_last"), 0);
    assert_int_equal(database_int(NEWCOMER_ROOM.d,
                                  "SELECT count(*) FROM vigil.enrolment WHERE name <> '-'"
                                  " OR phone_sealed IS NOT NULL OR phone_hash IS NOT NULL"),
                     0);
    upkeep(false);
    assert_int_equal(database_int(NEWCOMER_ROOM.d, "SELECT count(*) FROM vigil.position_history"),
                     0);
    assert_int_equal(database_int(NEWCOMER_ROOM.d, "SELECT positions FROM vigil.erasure"), 2);
    assert_int_equal(database_int(NEWCOMER_ROOM.d,
                                  "SELECT count(*) FROM vigil.erasure WHERE positions_at IS NULL"),
                     1);
    /* What was on its way when she left goes, too. */
    database_int(NEWCOMER_ROOM.d,
                 newcomer_text("INSERT INTO vigil.position_history VALUES (%lld, 0, 0, 0, 0, 1,"
                               " (extract(epoch FROM now()) * 1e6)::bigint - 180000000);"
                               "UPDATE vigil.erasure SET asked_at = now() - interval '2 minutes';"
                               "SELECT 1",
                               (long long)person));
    upkeep(false);
    assert_int_equal(database_int(NEWCOMER_ROOM.d, "SELECT count(*) FROM vigil.position_history"),
                     0);
    newcomer_as_manager_of(2);
    a = newcomer_ask("GET", "/v1/erasures", NULL, NULL);
    asking_expect(&a, 200, NULL);
    assert_int_equal(asking_int(&a, "/items/0/positions"), 3);
    assert_true(asking_text(&a, "/items/0/positions_at")[0] != '\0');
}

static void who_left_does_not_spoil_a_batch_of_others(void **state)
{
    const long long gone = newcomer_let_in();
    struct asking_answer a;

    (void)state;
    database_int(NEWCOMER_ROOM.d,
                 "INSERT INTO vigil.person (person_id, display_name, mode, org_id, on_duty,"
                 " location_consent) VALUES (77, 'stays', 'foot', 2, true, true); SELECT 1");
    put_on_duty(gone);
    newcomer_as_manager_of(2);
    a = newcomer_ask("POST", newcomer_text("/v1/people/%lld/erase", gone), NULL,
                     "{\"purpose\":\"on paper\"}");
    asking_expect(&a, 200, NULL);
    asking_as(NEWCOMER_ROOM.worker, ROLE_GATEWAY, 2, 0);
    const char *now = database_text(NEWCOMER_ROOM.d, "SELECT vigil.rfc3339(now())");
    const char *fix = newcomer_text("\"lon\":117.185,\"lat\":34.261,\"frame\":\"wgs84\","
                                    "\"fix_time\":\"%s\"",
                                    now);

    a = newcomer_ask("POST", "/v1/positions", NULL,
                     newcomer_text("{\"positions\":[{\"person_id\":%lld,%s},"
                                   "{\"person_id\":77,%s}]}",
                                   gone, fix, fix));
    asking_expect(&a, 200, NULL);
    assert_int_equal(asking_int(&a, "/accepted"), 1);
    assert_int_equal(asking_int(&a, "/rejected/0/index"), 0);
    upkeep(false);
    assert_int_equal(database_int(NEWCOMER_ROOM.d, "SELECT count(*) FROM vigil.position_last"), 1);
    assert_int_equal(database_int(NEWCOMER_ROOM.d, "SELECT count(*) FROM vigil.position_history"),
                     1);
}

static void an_erased_phone_may_come_back(void **state)
{
    const long long first = newcomer_let_in();
    const char *code;

    (void)state;
    newcomer_as_manager_of(2);
    struct asking_answer a = newcomer_ask("POST", newcomer_text("/v1/people/%lld/erase", first),
                                          NULL, "{\"purpose\":\"on paper\"}");

    asking_expect(&a, 200, NULL);
    a = newcomer_ask("POST", newcomer_text("/v1/people/%lld/erase", first), NULL,
                     "{\"purpose\":\"again\"}");
    asking_expect(&a, 404, "person_unknown");
    newcomer_code(&code);
    a = newcomer_post("/v1/enrolments",
                      newcomer_enrolment(code, NEWCOMER_OTHER_CLAIM, "13800131234"));
    asking_expect(&a, 201, NULL);
    a = newcomer_ask("POST",
                     newcomer_text("/v1/enrolments/%lld/approve", (long long)newcomer_pending()),
                     NULL, "{}");
    asking_expect(&a, 200, NULL);
    assert_true(asking_int(&a, "/person_id") != first);
}

static void the_neighbour_erases_nobody(void **state)
{
    const long long person = newcomer_let_in();

    (void)state;
    newcomer_as_manager_of(3);
    const struct asking_answer a = newcomer_ask(
        "POST", newcomer_text("/v1/people/%lld/erase", person), NULL, "{\"purpose\":\"no\"}");

    asking_expect(&a, 404, "person_unknown");
    assert_int_equal(database_int(NEWCOMER_ROOM.d, "SELECT count(*) FROM vigil.erasure"), 0);
}

/* ------------------------------------------------------------------ retention */

static void what_is_too_old_goes_to_the_hour(void **state)
{
    const char *code;

    (void)state;
    newcomer_code(&code);
    newcomer_post("/v1/enrolments", newcomer_enrolment(code, NEWCOMER_CLAIM, "13800131234"));
    database_int(
        NEWCOMER_ROOM.d,
        "DO $$ DECLARE h timestamptz; BEGIN"
        " FOREACH h IN ARRAY ARRAY[now() - interval '50 hours', now() - interval '49 hours',"
        " now() - interval '48 hours', now() - interval '2 hours'] LOOP"
        " EXECUTE format('CREATE TABLE vigil.%I PARTITION OF vigil.position_history"
        " FOR VALUES FROM (%s) TO (%s)',"
        " 'position_history_' || to_char(h AT TIME ZONE 'UTC', 'YYYYMMDD_HH24'),"
        " floor(extract(epoch FROM h) / 3600) * 3600000000,"
        " floor(extract(epoch FROM h) / 3600) * 3600000000 + 3600000000);"
        " INSERT INTO vigil.position_history VALUES"
        " (1, 0, 0, 0, 0, 1, (extract(epoch FROM h) * 1e6)::bigint);"
        " END LOOP; END $$;"
        "UPDATE vigil.enrolment SET asked_at = now() - interval '31 days';"
        "SELECT 1");
    upkeep(true);
    /* 48 hours are kept: the hour in which that moment lies stays, packed like all that
     * are over. */
    assert_int_equal(database_int(NEWCOMER_ROOM.d,
                                  "SELECT (SELECT count(*) FROM vigil.position_history)"
                                  " + (SELECT sum(fix_count) FROM vigil.track_hour)"),
                     2);
    assert_int_equal(database_int(NEWCOMER_ROOM.d, "SELECT count(*) FROM vigil.position_hours()"
                                                   " WHERE hour_us < vigil.microseconds(now()) - "
                                                   "3 * 3600000000"),
                     0);
    assert_int_equal(database_int(NEWCOMER_ROOM.d,
                                  "SELECT count(*) FROM vigil.enrolment WHERE state = 'refused'"
                                  " AND phone_sealed IS NULL AND name = '-'"),
                     1);
    newcomer_as_manager_of(2);
    const struct asking_answer a = newcomer_ask("GET", "/v1/enrolments", NULL, NULL);

    asking_expect(&a, 200, NULL);
}

/* ------------------------------------------------------------------ audit */

static void auditors_read_the_entries_of_their_scope(void **state)
{
    struct chain_report report;
    struct fail f = { 0 };
    int64_t sealed;

    (void)state;
    newcomer_let_in();
    asking_as(NEWCOMER_ROOM.worker, ROLE_AUDITOR, 2, 0);
    struct asking_answer a = newcomer_ask("GET", "/v1/audit?action=enrolment_approved", NULL, NULL);

    asking_expect(&a, 200, NULL);
    assert_int_equal(asking_count(&a, "/items"), 1);
    a = newcomer_ask("GET", "/v1/audit?limit=1", NULL, NULL);
    const char *next = newcomer_text("/v1/audit?limit=1&cursor=%s", asking_text(&a, "/next"));
    const int64_t newest = asking_int(&a, "/items/0/audit_id");

    a = newcomer_ask("GET", next, NULL, NULL);
    asking_expect(&a, 200, NULL);
    assert_true(asking_int(&a, "/items/0/audit_id") < newest);
    a = newcomer_ask("GET", "/v1/audit?from=yesterday", NULL, NULL);
    asking_expect(&a, 422, "time_malformed");
    a = newcomer_ask("GET", "/v1/audit?until=2020-01-01T00:00:00Z", NULL, NULL);
    assert_int_equal(asking_count(&a, "/items"), 0);
    asking_as(NEWCOMER_ROOM.worker, ROLE_AUDITOR, 3, 0);
    a = newcomer_ask("GET", "/v1/audit", NULL, NULL);
    assert_int_equal(asking_count(&a, "/items"), 0);
    newcomer_as_manager_of(2);
    a = newcomer_ask("GET", "/v1/audit", NULL, NULL);
    asking_expect(&a, 403, "role_not_allowed");
    assert_true(chain_seal(NEWCOMER_ROOM.d->db, 10, &sealed, &f));
    asking_as(NEWCOMER_ROOM.worker, ROLE_AUDITOR, 2, 0);
    a = newcomer_ask("GET", "/v1/audit/head", NULL, NULL);
    asking_expect(&a, 200, NULL);
    assert_true(asking_int(&a, "/seq") >= 2);
    assert_true(chain_verify(NEWCOMER_ROOM.d->db, NULL, NULL, NULL, &report, &f));
    assert_true(chain_is_whole(&report));
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, newcomer_open, newcomer_close)
    const struct CMUnitTest tests[] = {
        CASE(looking_needs_a_purpose_and_is_recorded),
        CASE(whom_one_does_not_see_one_cannot_look_at),
        CASE(nothing_personal_lies_open_in_the_database),
        CASE(she_reads_and_corrects_her_own_data),
        CASE(a_token_of_nobody_has_no_own_data),
        CASE(a_withdrawn_consent_ends_the_use_of_her_place_at_once),
        CASE(paper_is_written_down_by_her_own_organisation),
        CASE(she_who_leaves_is_nobody_any_more),
        CASE(who_left_does_not_spoil_a_batch_of_others),
        CASE(an_erased_phone_may_come_back),
        CASE(the_neighbour_erases_nobody),
        CASE(what_is_too_old_goes_to_the_hour),
        CASE(auditors_read_the_entries_of_their_scope),
    };
#undef CASE

    return cmocka_run_group_tests(tests, NULL, NULL);
}
