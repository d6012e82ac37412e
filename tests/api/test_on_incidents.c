/* Incidents as the outside opens, sees, changes and ends them. */
#include "tests/support/check_near.h"

#include <string.h>

#include "tests/support/asking.h"
#include "tests/support/database.h"
#include "tests/support/scene.h"

static const char *path_of(int64_t id)
{
    return arena_text(SCENE_ROOM.d->arena, "/v1/incidents/%lld", (long long)id);
}

static int as_admin(void **state)
{
    (void)state;
    scene_as(ROLE_ADMIN, 1, 0);
    return 0;
}

#define HERE "\"place\":{\"lon\":116.02,\"lat\":39.7,\"frame\":\"wgs84\"}"

static void an_incident_belongs_to_the_deepest_organisation_at_its_place(void **state)
{
    static const struct {
        int64_t scope;
        const char *place;
        int64_t org_id;
    } CASES[] = {
        { 1, "116.02,\"lat\":39.7", SCENE_TOWNSHIP }, { 1, "116.07,\"lat\":39.7", SCENE_NORTH },
        { 1, "116.07,\"lat\":39.2", SCENE_SOUTH },    { 1, "117.0,\"lat\":39.2", 1 },
        { SCENE_NORTH, "116.02,\"lat\":39.7", 11 },   { SCENE_NORTH, "116.07,\"lat\":39.2", 10 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        scene_as(ROLE_DISPATCHER, CASES[i].scope, 0);
        const struct asking_answer answer =
            scene_ask("POST", "/v1/incidents", asking_fresh_key(&SCENE_ROOM),
                      arena_text(SCENE_ROOM.d->arena,
                                 "{\"type\":\"help\",\"place\":{\"lon\":%s,\"frame\":\"wgs84\"}}",
                                 CASES[i].place));

        asking_expect(&answer, 201, NULL);
        assert_int_equal(asking_int(&answer, "/org_id"), CASES[i].org_id);
        assert_string_equal(asking_text(&answer, "/state"), "reported");
        assert_int_equal(asking_int(&answer, "/priority"), 3);
        assert_string_equal(asking_text(&answer, "/type_zh"), "群众求助");
        assert_true(asking_has(&answer, "/stamps/t0"));
        assert_string_equal(asking_header(&answer, "ETag"), "\"1\"");
    }
}

static void the_same_report_twice_is_one_incident(void **state)
{
    const char *key = asking_fresh_key(&SCENE_ROOM);
    struct asking_answer answer =
        scene_ask("POST", "/v1/incidents", key, "{\"type\":\"fire\"," HERE "}");
    const int64_t id = asking_int(&answer, "/incident_id");

    (void)state;
    answer = scene_ask("POST", "/v1/incidents", key, "{\"type\":\"fire\"," HERE "}");
    asking_expect(&answer, 201, NULL);
    assert_int_equal(asking_int(&answer, "/incident_id"), id);
    answer = scene_ask("POST", "/v1/incidents", key, "{\"type\":\"help\"," HERE "}");
    asking_expect(&answer, 422, "idempotency_key_reused");
    assert_int_equal(database_int(SCENE_ROOM.d, "SELECT count(*) FROM vigil.incident"), 1);
    assert_int_equal(database_int(SCENE_ROOM.d, "SELECT count(*) FROM vigil.incident_event"), 1);
}

static void bad_reports_are_refused(void **state)
{
    static const struct {
        const char *body;
        const char *code;
    } CASES[] = {
        { "{" HERE "}", "key_missing" },
        { "{\"type\":\"fire\"}", "key_missing" },
        { "{\"type\":\"dragon\"," HERE "}", "incident_type_unknown" },
        { "{\"type\":\"fire\",\"place\":{\"lon\":1,\"lat\":2}}", NULL },
        { "{\"type\":\"fire\",\"priority\":4," HERE "}", "value_out_of_range" },
        { "{\"type\":\"fire\",\"reporter_phone\":\"me\"," HERE "}", "phone_malformed" },
        { "{\"type\":\"fire\",\"state\":\"closed\"," HERE "}", "key_unknown" },
        { "{\"type\":\"fire\",\"org_id\":1," HERE "}", "key_unknown" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct asking_answer answer =
            scene_ask("POST", "/v1/incidents", asking_fresh_key(&SCENE_ROOM), CASES[i].body);

        asking_expect(&answer, 422, CASES[i].code);
    }
    assert_int_equal(database_int(SCENE_ROOM.d, "SELECT count(*) FROM vigil.incident"), 0);
}

static void a_reporters_phone_is_sealed_masked_and_revealed_for_a_purpose(void **state)
{
    struct asking_answer answer =
        scene_ask("POST", "/v1/incidents", asking_fresh_key(&SCENE_ROOM),
                  "{\"type\":\"fire\",\"reporter_phone\":\"13800001234\"," HERE "}");
    const int64_t id = asking_int(&answer, "/incident_id");

    (void)state;
    assert_string_equal(asking_text(&answer, "/reporter_phone"), "138****1234");
    assert_int_equal(database_int(SCENE_ROOM.d,
                                  "SELECT count(*) FROM vigil.incident"
                                  " WHERE position('1234'::bytea in reporter_phone) > 0"),
                     0);
    answer =
        scene_ask("POST", arena_text(SCENE_ROOM.d->arena, "%s/reveal", path_of(id)), NULL, "{}");
    asking_expect(&answer, 422, "key_missing");
    answer = scene_ask("POST", arena_text(SCENE_ROOM.d->arena, "%s/reveal", path_of(id)), NULL,
                       "{\"purpose\":\"to call back\"}");
    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_text(&answer, "/reporter_phone"), "13800001234");
    assert_int_equal(database_int(SCENE_ROOM.d, "SELECT count(*) FROM vigil.audit"
                                                " WHERE action = 'reporter_revealed'"
                                                " AND purpose = 'to call back'"),
                     1);
}

static void a_change_needs_the_newest_version(void **state)
{
    const int64_t id = scene_incident("help");
    struct asking_answer answer = scene_ask("PATCH", path_of(id), "If-Match: \"1\"",
                                            "{\"note\":\"two of them\",\"priority\":1}");

    (void)state;
    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_int(&answer, "/version"), 2);
    assert_string_equal(asking_text(&answer, "/note"), "two of them");
    answer = scene_ask("PATCH", path_of(id), "If-Match: \"1\"", "{\"note\":\"three\"}");
    asking_expect(&answer, 412, "version_stale");
    answer = scene_ask("PATCH", path_of(id), NULL, "{\"note\":\"three\"}");
    assert_int_equal(answer.status, 412);
    answer = scene_ask("PATCH", path_of(id), "If-Match: \"2\"",
                       "{\"place\":{\"lon\":116.03,\"lat\":39.7,\"frame\":\"wgs84\"}}");
    asking_expect(&answer, 200, NULL);
    check_near(asking_number(&answer, "/place/lon"), 116.03, 1e-9);
    answer =
        scene_ask("GET", arena_text(SCENE_ROOM.d->arena, "%s/timeline", path_of(id)), NULL, NULL);
    assert_string_equal(asking_text(&answer, "/items/2/kind"), "moved");
    check_near(asking_number(&answer, "/items/2/detail/from/lon"), 116.02, 1e-9);
    answer = scene_ask("PATCH", path_of(id), "If-Match: *", "{\"type\":\"dragon\"}");
    asking_expect(&answer, 422, "incident_type_unknown");
}

static void an_incident_goes_from_its_report_to_its_close(void **state)
{
    static const char *const WALK[][3] = {
        { "verify", NULL, "verified" },
        { "open", NULL, "open" },
        { "open", NULL, "open" },
        { "handled", "{}", "handled" },
        { "feedback", "{\"reason\":\"told by phone\"}", "feedback" },
    };
    const int64_t id = scene_incident("help");
    struct asking_answer answer;

    (void)state;
    for (size_t i = 0; i < sizeof WALK / sizeof *WALK; i++) {
        answer = scene_act(id, WALK[i][0], WALK[i][1]);
        asking_expect(&answer, 200, NULL);
        assert_string_equal(asking_text(&answer, "/state"), WALK[i][2]);
    }
    answer = scene_act(id, "close", "{}");
    asking_expect(&answer, 422, "disposition_missing");
    answer = scene_act(id, "cancel", "{}");
    asking_expect(&answer, 409, "incident_state");
    answer = scene_act(id, "close", "{\"disposition\":\"settled\"}");
    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_text(&answer, "/disposition"), "settled");
    assert_true(asking_has(&answer, "/stamps/t1"));
    assert_true(asking_text(&answer, "/stamps/t6") != NULL);
    assert_true(asking_text(&answer, "/stamps/t7") != NULL);
    answer = scene_act(id, "reopen", NULL);
    assert_string_equal(asking_text(&answer, "/state"), "reopened");
    answer =
        scene_ask("GET", arena_text(SCENE_ROOM.d->arena, "%s/timeline", path_of(id)), NULL, NULL);
    assert_int_equal(asking_count(&answer, "/items"), 7); /* what was so already left no trace */
    assert_string_equal(asking_text(&answer, "/items/5/detail/disposition"), "settled");
}

static void the_timeline_cannot_be_rewritten_by_anybody(void **state)
{
    static const char *const TRIES[] = {
        "UPDATE vigil.incident_event SET kind = 'nothing'",
        "DELETE FROM vigil.incident_event",
        "TRUNCATE vigil.incident_event",
        "TRUNCATE vigil.incident CASCADE",
    };

    (void)state;
    scene_incident("help");
    for (size_t i = 0; i < sizeof TRIES / sizeof *TRIES; i++) {
        struct fail f = { 0 };

        assert_false(db_script(SCENE_ROOM.d->db, TRIES[i], &f));
        assert_non_null(strstr(f.text, "only ever added to"));
    }
    assert_int_equal(database_int(SCENE_ROOM.d, "SELECT count(*) FROM vigil.incident_event"), 1);
}

static void two_reports_of_one_thing_become_one(void **state)
{
    const int64_t one = scene_incident("help");
    const int64_t other = scene_incident("help");
    const char *into = arena_text(SCENE_ROOM.d->arena, "{\"into\":%lld}", (long long)other);
    struct asking_answer answer = scene_act(one, "merge", "{\"into\":999999}");

    (void)state;
    asking_expect(&answer, 404, "incident_unknown");
    answer = scene_act(one, "merge", NULL);
    asking_expect(&answer, 422, "key_missing");
    scene_send(one, SCENE_FIRST);
    answer = scene_act(one, "merge", into);
    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_text(&answer, "/state"), "merged");
    assert_int_equal(asking_int(&answer, "/merged_into"), other);
    answer = scene_ask("GET", path_of(other), NULL, NULL);
    assert_string_equal(asking_text(&answer, "/state"), "assigned"); /* she goes there now */
    assert_int_equal(asking_int(&answer, "/dispatches/0/people/0/person_id"), SCENE_FIRST);
    answer = scene_act(other, "merge",
                       arena_text(SCENE_ROOM.d->arena, "{\"into\":%lld}", (long long)one));
    asking_expect(&answer, 409, "incident_state");
    answer = scene_act(other, "merge", into);
    asking_expect(&answer, 422, "value_not_allowed");
}

static void an_incident_is_handed_down_or_up_and_nowhere_else(void **state)
{
    const int64_t id = scene_incident("help");
    struct asking_answer answer;

    (void)state;
    scene_as(ROLE_DISPATCHER, SCENE_TOWNSHIP, 0);
    answer = scene_act(id, "transfer", "{\"org_id\":20}");
    asking_expect(&answer, 404, "not_found");
    answer = scene_act(id, "transfer", "{\"org_id\":777}");
    asking_expect(&answer, 404, "not_found");
    answer = scene_act(id, "transfer", "{\"org_id\":10,\"reason\":\"too big for us\"}");
    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_int(&answer, "/org_id"), SCENE_NORTH);
    assert_string_equal(asking_text(&answer, "/state"), "transferred");
    answer = scene_ask("GET", path_of(id), NULL, NULL);
    asking_expect(&answer, 404, "incident_unknown"); /* it is the county's now */
    scene_as(ROLE_DISPATCHER, SCENE_NORTH, 0);
    answer = scene_ask("GET", path_of(id), NULL, NULL);
    asking_expect(&answer, 200, NULL);
    answer = scene_act(id, "transfer", "{\"org_id\":11}");
    asking_expect(&answer, 200, NULL);
}

static void what_is_out_of_scope_looks_as_if_it_were_not_there(void **state)
{
    const int64_t id = scene_incident("help");
    static const char *const WAYS[][3] = {
        { "GET", "", NULL },
        { "PATCH", "", "{\"note\":\"x\"}" },
        { "GET", "/timeline", NULL },
        { "GET", "/dispatches", NULL },
        { "POST", "/verify", "{}" },
        { "POST", "/cancel", "{}" },
        { "POST", "/merge", "{\"into\":1}" },
        { "POST", "/transfer", "{\"org_id\":20}" },
        { "POST", "/reveal", "{\"purpose\":\"x\"}" },
        { "POST", "/dispatches", "{\"people\":[120],\"reason\":\"x\"}" },
    };

    (void)state;
    scene_as(ROLE_DISPATCHER, SCENE_SOUTH, 0);
    for (size_t i = 0; i < sizeof WAYS / sizeof *WAYS; i++) {
        const char *headers =
            arena_text(SCENE_ROOM.d->arena, "If-Match: *\n%s", asking_fresh_key(&SCENE_ROOM));
        struct asking_answer answer =
            scene_ask(WAYS[i][0], arena_text(SCENE_ROOM.d->arena, "%s%s", path_of(id), WAYS[i][1]),
                      headers, WAYS[i][2]);
        const char *text;

        asking_expect(&answer, 404, "incident_unknown");
        text = arena_text(SCENE_ROOM.d->arena, "%s", asking_text(&answer, "/detail"));
        assert_non_null(strstr(text, arena_text(SCENE_ROOM.d->arena, "%lld", (long long)id)));
    }
    struct asking_answer answer = scene_ask("GET", "/v1/incidents", NULL, NULL);

    assert_int_equal(asking_count(&answer, "/items"), 0);
    assert_int_equal(database_int(SCENE_ROOM.d, "SELECT count(*) FROM vigil.incident"
                                                " WHERE state = 'reported' AND org_id = 11"),
                     1);
}

static void a_firm_sees_its_own_incidents_and_not_who_comes(void **state)
{
    struct asking_answer answer;
    int64_t id;

    (void)state;
    scene_as(ROLE_DISPATCHER, 1, 0);
    const int64_t foreign = scene_incident("help");

    scene_as(ROLE_PARTNER, SCENE_FIRM, 0);
    id = scene_incident("theft");
    answer = scene_ask("GET", path_of(foreign), NULL, NULL);
    asking_expect(&answer, 404, "incident_unknown");
    scene_as(ROLE_DISPATCHER, SCENE_TOWNSHIP, 0);
    answer = scene_ask("GET", path_of(id), NULL, NULL);
    assert_int_equal(asking_int(&answer, "/org_id"), SCENE_TOWNSHIP);
    assert_int_equal(asking_int(&answer, "/firm_id"), SCENE_FIRM);
    scene_send(id, SCENE_FIRST);
    scene_as(ROLE_PARTNER, SCENE_FIRM, 0);
    answer = scene_ask("GET", path_of(id), NULL, NULL);
    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_text(&answer, "/state"), "assigned");
    assert_false(asking_has(&answer, "/dispatches"));
    answer = scene_ask("GET", "/v1/incidents", NULL, NULL);
    assert_int_equal(asking_count(&answer, "/items"), 1);
    answer = scene_act(id, "cancel", NULL);
    asking_expect(&answer, 409, "incident_state"); /* somebody is on the way */
    id = scene_incident("theft");
    answer = scene_act(id, "cancel", NULL);
    asking_expect(&answer, 200, NULL);
    answer = scene_act(id, "verify", NULL);
    assert_int_equal(answer.status, 403);
}

static void the_queue_is_parted_and_paged(void **state)
{
    int64_t ids[5];
    struct asking_answer answer;

    (void)state;
    for (int i = 0; i < 5; i++)
        ids[i] = scene_incident("help");
    scene_send(ids[0], SCENE_FIRST);
    scene_act(ids[1], "cancel", NULL);
    answer = scene_ask("GET", "/v1/incidents?group=active", NULL, NULL);
    assert_int_equal(asking_count(&answer, "/items"), 1);
    assert_int_equal(asking_int(&answer, "/items/0/incident_id"), ids[0]);
    answer = scene_ask("GET", "/v1/incidents?group=recent", NULL, NULL);
    assert_int_equal(asking_count(&answer, "/items"), 1);
    answer = scene_ask("GET", "/v1/incidents?group=pending&limit=2", NULL, NULL);
    assert_int_equal(asking_count(&answer, "/items"), 2);
    assert_int_equal(asking_int(&answer, "/items/0/incident_id"), ids[4]);
    answer =
        scene_ask("GET",
                  arena_text(SCENE_ROOM.d->arena, "/v1/incidents?group=pending&limit=2&cursor=%s",
                             asking_text(&answer, "/next")),
                  NULL, NULL);
    assert_int_equal(asking_count(&answer, "/items"), 1);
    assert_int_equal(asking_int(&answer, "/items/0/incident_id"), ids[2]);
    answer = scene_ask("GET", "/v1/incidents?bbox=116.01,39.6,116.03,39.8", NULL, NULL);
    assert_int_equal(asking_count(&answer, "/items"), 5);
    answer = scene_ask("GET", "/v1/incidents?bbox=116.03,39.6,116.04,39.8", NULL, NULL);
    assert_int_equal(asking_count(&answer, "/items"), 0);
    answer = scene_ask("GET", "/v1/incidents?org=20", NULL, NULL);
    assert_int_equal(asking_count(&answer, "/items"), 0);
    answer = scene_ask("GET", "/v1/incidents?group=odd", NULL, NULL);
    asking_expect(&answer, 422, "value_not_allowed");
}

static void the_city_says_what_kinds_of_incident_there_are(void **state)
{
    struct asking_answer answer = scene_ask("GET", "/v1/incident_types", NULL, NULL);
    const char *body = "{\"type\":\"flood\",\"name_zh\":\"内涝\",\"name_en\":\"Flood\","
                       "\"volunteer_allowed\":true,\"min_age\":20}";

    (void)state;
    assert_int_equal(asking_count(&answer, "/items"), 16);
    answer = scene_ask("POST", "/v1/incident_types", asking_fresh_key(&SCENE_ROOM), body);
    asking_expect(&answer, 201, NULL);
    answer = scene_ask("POST", "/v1/incident_types", asking_fresh_key(&SCENE_ROOM), body);
    asking_expect(&answer, 409, "incident_type_taken");
    answer = scene_ask("PATCH", "/v1/incident_types/flood", "If-Match: \"1\"",
                       "{\"volunteer_allowed\":false}");
    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_int(&answer, "/min_age"), 20);
    answer = scene_ask("PATCH", "/v1/incident_types/flood", "If-Match: \"1\"", "{\"min_age\":18}");
    asking_expect(&answer, 412, "version_stale");
    answer = scene_ask("PATCH", "/v1/incident_types/dragon", "If-Match: *", "{\"min_age\":18}");
    asking_expect(&answer, 404, "incident_type_unknown");
    answer = scene_ask(
        "POST", "/v1/incident_types", asking_fresh_key(&SCENE_ROOM),
        "{\"type\":\"A b\",\"name_zh\":\"x\",\"name_en\":\"x\",\"volunteer_allowed\":true}");
    asking_expect(&answer, 422, "code_malformed");
    scene_as(ROLE_ADMIN, SCENE_NORTH, 0); /* a county has no kinds of its own */
    answer = scene_ask("PATCH", "/v1/incident_types/knife", "If-Match: *",
                       "{\"volunteer_allowed\":true}");
    asking_expect(&answer, 404, "out_of_scope");
    assert_int_equal(database_int(SCENE_ROOM.d, "SELECT count(*) FROM vigil.incident_type"
                                                " WHERE type = 'knife' AND volunteer_allowed"),
                     0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, as_admin, scene_end)
        TEST(an_incident_belongs_to_the_deepest_organisation_at_its_place),
        TEST(the_same_report_twice_is_one_incident),
        TEST(bad_reports_are_refused),
        TEST(a_reporters_phone_is_sealed_masked_and_revealed_for_a_purpose),
        TEST(a_change_needs_the_newest_version),
        TEST(an_incident_goes_from_its_report_to_its_close),
        TEST(the_timeline_cannot_be_rewritten_by_anybody),
        TEST(two_reports_of_one_thing_become_one),
        TEST(an_incident_is_handed_down_or_up_and_nowhere_else),
        TEST(what_is_out_of_scope_looks_as_if_it_were_not_there),
        TEST(a_firm_sees_its_own_incidents_and_not_who_comes),
        TEST(the_queue_is_parted_and_paged),
        TEST(the_city_says_what_kinds_of_incident_there_are),
#undef TEST
    };

    return cmocka_run_group_tests(tests, scene_open, scene_close);
}
