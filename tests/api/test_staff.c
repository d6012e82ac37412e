/* What an organisation's staff see of people and may do with them: finding, memberships,
 * credentials, personal values, and nothing of others. */
#include "tests/support/check_near.h"

#include <string.h>

#include "engine/engine.h"
#include "tests/support/asking.h"
#include "tests/support/database.h"

/* The city 1 has two counties 2 and 3 with a township each, 4 and 5. */
enum { CITY = 1, COUNTY = 2, OTHER_COUNTY = 3, TOWNSHIP = 4, OTHER_TOWNSHIP = 5 };

static struct asking_room ROOM;

static void must_run(const char *sql)
{
    struct fail f = { 0 };

    if (!db_script(ROOM.d->db, sql, &f))
        fail_msg("%s", f.text);
}

static int set_up(void **state)
{
    struct fail f;
    const int result = asking_open_room(&ROOM, state);

    must_run("INSERT INTO vigil.org (org_id, parent_id, kind, code, name) VALUES"
             " (2, 1, 'county', '320311', 'A'), (3, 1, 'county', '320312', 'B'),"
             " (4, 2, 'township', '320311001', 'AA'), (5, 3, 'township', '320312001', 'BB')");
    assert_true(engine_follow(asking_engine(ROOM.asking), &f));
    return result;
}

static int tear_down(void **state)
{
    (void)state;
    return asking_close_room(&ROOM);
}

static struct asking_answer ask(const char *method, const char *target, const char *headers,
                                const char *body)
{
    return asking_send(ROOM.worker, method, target, headers, body);
}

static void as(enum role role, int64_t org_id)
{
    asking_as(ROOM.worker, role, org_id, 0);
}

static struct asking_answer post(const char *target, const char *body)
{
    return ask("POST", target, asking_fresh_key(&ROOM), body);
}

static int64_t made(const char *body)
{
    const struct asking_answer answer = post("/v1/people", body);

    asking_expect(&answer, 201, NULL);
    return asking_int(&answer, "/person_id");
}

static const char *path_of(int64_t id, const char *rest)
{
    return arena_text(ROOM.d->arena, "/v1/people/%lld%s", (long long)id, rest);
}

static int32_t found(const char *query)
{
    const struct asking_answer answer =
        ask("GET", arena_text(ROOM.d->arena, "/v1/people?%s", query), NULL, NULL);

    asking_expect(&answer, 200, NULL);
    return asking_count(&answer, "/items");
}

/* ------------------------------------------------------------------ finding */

static void a_name_is_found_by_any_part_and_by_its_initials(void **state)
{
    static const struct {
        const char *query;
        int32_t count;
    } CASES[] = {
        { "q=%E7%8E%8B", 2 },             /* 王 */
        { "q=%E5%B0%8F%E6%98%8E", 1 },    /* 小明 */
        { "q=%E6%98%8E", 2 },             /* 明 */
        { "q=wxm", 1 },                   /* 王小明 */
        { "q=W", 2 },                     /* 王小明, 王芳 */
        { "q=stf", 1 },                   /* 单田芳: a family's 单 is shàn */
        { "q=dtf", 0 },                   /* and not dān */
        { "q=SVEN", 1 },                  /* Anna Svensson */
        { "q=ann%20svens", 1 },           /* words in their order */
        { "q=svens%20ann", 0 },           /**/
        { "q=%E6%9D%8E", 0 },             /* 李 */
        { "q=%25", 0 },                   /* no pattern */
        { "q=13800001234", 1 },           /* a whole phone number */
        { "q=%2B86%20138-0000-1234", 1 }, /* however it is written */
        { "q=1380000", 0 },               /* but not a part of it */
    };

    (void)state;
    as(ROLE_MANAGER, COUNTY);
    made("{\"name\":\"王小明\",\"phone\":\"138 0000 1234\"}");
    made("{\"name\":\"王芳\"}");
    made("{\"name\":\"单田芳\"}");
    made("{\"name\":\"张明\"}");
    made("{\"name\":\"Anna Svensson\"}");
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        if (found(CASES[i].query) != CASES[i].count)
            fail_msg("%s: not %d", CASES[i].query, CASES[i].count);
}

static void a_list_is_narrowed_by_what_people_are(void **state)
{
    static const struct {
        const char *query;
        int32_t count;
    } CASES[] = {
        { "", 5 },
        { "mode=bus", 1 },
        { "mode=taxi", 1 },
        { "mode=foot", 3 },
        { "skill=aed", 2 },
        { "skill=aed&mode=foot", 1 },
        { "recruit=reserve", 1 },
        { "on_duty=false", 1 },
        { "org=4", 2 },
        { "org=2&on_duty=true", 4 },
        { "org=3", 0 },
        { "available=true", 1 },
        { "available=false", 4 },
    };

    (void)state;
    as(ROLE_MANAGER, COUNTY);
    made("{\"name\":\"a\",\"mode\":\"bus\",\"line\":\"7\",\"on_duty\":true}");
    made("{\"name\":\"b\",\"mode\":\"taxi\",\"hired\":true,\"on_duty\":true,\"skills\":[\"aed\"]}");
    made("{\"name\":\"c\",\"org_id\":4,\"on_duty\":true,\"skills\":[\"aed\",\"fire\"]}");
    made("{\"name\":\"d\",\"org_id\":4,\"recruit\":\"reserve\"}");
    made("{\"name\":\"e\",\"birth_year\":1980,\"on_duty\":true}");
    must_run("UPDATE vigil.person SET location_consent = display_name <> 'c'");
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        if (found(CASES[i].query) != CASES[i].count)
            fail_msg("%s: not %d", CASES[i].query, CASES[i].count);
    struct asking_answer answer = ask("GET", "/v1/people?q=b", NULL, NULL);

    assert_string_equal(asking_text(&answer, "/items/0/unavailable/0"), "hired");
    answer = ask("GET", "/v1/people?q=c", NULL, NULL);
    assert_string_equal(asking_text(&answer, "/items/0/unavailable/0"), "no_consent");
    answer = ask("GET", "/v1/people?q=a", NULL, NULL);
    assert_string_equal(asking_text(&answer, "/items/0/unavailable/0"), "eyes_only");
    assert_string_equal(asking_text(&answer, "/items/0/line"), "7");
    answer = ask("GET", "/v1/people?q=e", NULL, NULL);
    assert_int_equal(asking_count(&answer, "/items/0/unavailable"), 0);
}

/* ------------------------------------------------------------------ scope */

static void others_people_look_as_if_there_were_none(void **state)
{
    static const char *const WAYS[][3] = {
        { "GET", "", NULL },
        { "PATCH", "", "{\"name\":\"x\"}" },
        { "DELETE", "", NULL },
        { "GET", "/memberships", NULL },
        { "POST", "/memberships", "{\"org_id\":3}" },
        { "GET", "/credentials", NULL },
        { "POST", "/credentials", "{\"type\":\"x\"}" },
    };

    (void)state;
    as(ROLE_MANAGER, COUNTY);
    const int64_t id = made("{\"name\":\"王小明\",\"org_id\":4,\"phone\":\"13800001234\"}");

    assert_int_equal(found("q=wxm"), 1);
    as(ROLE_MANAGER, TOWNSHIP);
    assert_int_equal(found("q=wxm"), 1);
    as(ROLE_MANAGER, OTHER_COUNTY);
    assert_int_equal(found("q=wxm"), 0);
    assert_int_equal(found("q=13800001234"), 0);
    assert_int_equal(found("org=4"), 0);
    assert_int_equal(found(""), 0);
    for (size_t i = 0; i < sizeof WAYS / sizeof *WAYS; i++) {
        const char *key = strcmp(WAYS[i][0], "POST") == 0  ? asking_fresh_key(&ROOM)
                          : strcmp(WAYS[i][0], "GET") == 0 ? NULL
                                                           : "If-Match: *";
        const struct asking_answer answer =
            ask(WAYS[i][0], path_of(id, WAYS[i][1]), key, WAYS[i][2]);

        asking_expect(&answer, 404, "person_unknown");
    }
    const struct asking_answer answer = post("/v1/people", "{\"name\":\"x\",\"org_id\":4}");

    asking_expect(&answer, 422, "org_unknown");
}

static void a_member_is_seen_but_kept_at_home(void **state)
{
    (void)state;
    as(ROLE_MANAGER, COUNTY);
    const int64_t id = made("{\"name\":\"王小明\"}");

    as(ROLE_ADMIN, CITY);
    struct asking_answer answer =
        post(path_of(id, "/memberships"), "{\"org_id\":5,\"role\":\"leader\"}");
    const int64_t membership_id = asking_int(&answer, "/membership_id");

    asking_expect(&answer, 201, NULL);
    answer = post(path_of(id, "/memberships"), "{\"org_id\":5,\"role\":\"leader\"}");
    asking_expect(&answer, 409, "membership_there");

    as(ROLE_MANAGER, OTHER_COUNTY);
    assert_int_equal(found("q=wxm"), 1);
    answer = ask("PATCH", path_of(id, ""), "If-Match: *", "{\"name\":\"x\"}");
    asking_expect(&answer, 409, "person_elsewhere");
    answer = ask("GET", path_of(id, "/memberships"), NULL, NULL);
    assert_int_equal(asking_count(&answer, "/items"), 1);
    assert_string_equal(asking_text(&answer, "/items/0/role"), "leader");

    as(ROLE_MANAGER, COUNTY); /* her home is not told where else she is */
    answer = ask("GET", path_of(id, "/memberships?history=true"), NULL, NULL);
    assert_int_equal(asking_count(&answer, "/items"), 0);

    as(ROLE_MANAGER, OTHER_TOWNSHIP);
    const char *membership =
        path_of(id, arena_text(ROOM.d->arena, "/memberships/%lld", (long long)membership_id));

    answer = ask("DELETE", membership, "If-Match: \"7\"", NULL);
    asking_expect(&answer, 412, "version_stale");
    answer = ask("DELETE", membership, NULL, NULL);
    asking_expect(&answer, 204, NULL);
    assert_int_equal(found("q=wxm"), 0);
    as(ROLE_ADMIN, CITY);
    answer = ask("DELETE", membership, NULL, NULL);
    asking_expect(&answer, 404, "membership_unknown");
    answer = ask("GET", path_of(id, "/memberships?history=true"), NULL, NULL);
    assert_int_equal(asking_count(&answer, "/items"), 1);
    assert_true(asking_text(&answer, "/items/0/valid_to")[0] == '2');
}

static void a_branch_that_moves_takes_its_people_along(void **state)
{
    struct fail f;

    (void)state;
    as(ROLE_MANAGER, TOWNSHIP);
    made("{\"name\":\"王小明\"}");
    as(ROLE_MANAGER, OTHER_COUNTY);
    assert_int_equal(found("q=wxm"), 0);
    must_run("UPDATE vigil.org SET parent_id = 3 WHERE org_id = 4");
    assert_true(engine_follow(asking_engine(ROOM.asking), &f));
    assert_int_equal(found("q=wxm"), 1);
    as(ROLE_MANAGER, COUNTY);
    assert_int_equal(found("q=wxm"), 0);
}

static void who_is_closed_is_gone_and_her_number_free(void **state)
{
    (void)state;
    as(ROLE_MANAGER, COUNTY);
    const int64_t id = made("{\"name\":\"王小明\",\"phone\":\"13800001234\"}");
    struct asking_answer answer = post(path_of(id, "/memberships"), "{\"org_id\":4}");

    asking_expect(&answer, 201, NULL);
    answer = ask("DELETE", path_of(id, ""), "If-Match: \"9\"", NULL);
    asking_expect(&answer, 412, "version_stale");
    answer = ask("DELETE", path_of(id, ""), NULL, NULL);
    asking_expect(&answer, 204, NULL);
    answer = ask("GET", path_of(id, ""), NULL, NULL);
    asking_expect(&answer, 404, "person_unknown");
    assert_int_equal(found(""), 0);
    assert_int_equal(
        database_int(ROOM.d, "SELECT count(*) FROM vigil.membership WHERE valid_to IS NULL"), 0);
    made("{\"name\":\"王小明\",\"phone\":\"13800001234\"}");
}

/* ------------------------------------------------------------------ personal values */

static void personal_values_are_masked_and_sealed(void **state)
{
    (void)state;
    as(ROLE_MANAGER, COUNTY);
    const int64_t id = made("{\"name\":\"王小明\",\"phone\":\"138-0000-1234\","
                            "\"identity\":\"320300199001011230\",\"address\":\"和平路1号\"}");
    struct asking_answer answer = ask("GET", path_of(id, ""), NULL, NULL);

    assert_string_equal(asking_text(&answer, "/phone"), "138****1234");
    assert_int_equal(asking_int(&answer, "/birth_year"), 1990);
    assert_null(strstr(answer.body, "1990010112"));
    assert_null(strstr(answer.body, "和平路1号"));
    answer = ask("GET", "/v1/people?q=wxm", NULL, NULL);
    assert_string_equal(asking_text(&answer, "/items/0/phone"), "138****1234");
    assert_false(asking_has(&answer, "/items/0/identity"));
    assert_int_equal(database_int(ROOM.d, "SELECT count(*) FROM vigil.person p"
                                          " WHERE p::text LIKE '%13800001234%'"
                                          " OR position('13800001234'::bytea in phone_sealed) > 0"),
                     0);
    answer = ask("PATCH", path_of(id, ""), "If-Match: *", "{\"phone\":null,\"mode\":\"taxi\"}");
    asking_expect(&answer, 200, NULL);
    assert_non_null(strstr(answer.body, "\"phone\":null"));
    assert_string_equal(asking_text(&answer, "/mode"), "taxi");
    assert_int_equal(found("q=13800001234"), 0);
    answer = ask("PATCH", path_of(id, ""), "If-Match: *", "{\"phone\":\"13900005678\"}");
    assert_string_equal(asking_text(&answer, "/phone"), "139****5678");
    assert_int_equal(found("q=13900005678"), 1);
    assert_int_equal(database_int(ROOM.d, "SELECT count(*) FROM vigil.audit"
                                          " WHERE action LIKE 'person_%'"),
                     3);
}

/* One clear sentence, and not where she is. */
static void nobody_is_registered_twice(void **state)
{
    (void)state;
    as(ROLE_MANAGER, COUNTY);
    made("{\"name\":\"王小明\",\"phone\":\"13800001234\",\"identity\":\"320300199001011230\"}");
    as(ROLE_MANAGER, OTHER_COUNTY);
    struct asking_answer answer =
        post("/v1/people", "{\"name\":\"王小明\",\"phone\":\"+86 138 0000 1234\"}");

    asking_expect(&answer, 409, "person_registered");
    assert_string_equal(asking_text(&answer, "/pointer"), "/phone");
    assert_string_equal(asking_text(&answer, "/detail"),
                        "somebody with this phone number is registered already");
    answer = post("/v1/people", "{\"name\":\"x\",\"identity\":\"3203 0019 9001 0112 30\"}");
    asking_expect(&answer, 409, "person_registered");
    assert_string_equal(asking_text(&answer, "/pointer"), "/identity");
    const int64_t id = made("{\"name\":\"李娜\"}");

    answer = ask("PATCH", path_of(id, ""), "If-Match: *", "{\"phone\":\"13800001234\"}");
    asking_expect(&answer, 409, "person_registered");
    assert_int_equal(found(""), 1);
}

/* ------------------------------------------------------------------ credentials */

static void an_expired_credential_that_she_must_have_keeps_her_here(void **state)
{
    (void)state;
    as(ROLE_MANAGER, COUNTY);
    const int64_t id = made("{\"name\":\"王小明\",\"on_duty\":true}");

    must_run("UPDATE vigil.person SET location_consent = true");
    assert_int_equal(found("available=true"), 1);
    struct asking_answer answer =
        post(path_of(id, "/credentials"), "{\"type\":\"first aid\",\"expires\":\"2020-01-31\"}");

    asking_expect(&answer, 201, NULL);
    assert_string_equal(asking_text(&answer, "/state"), "expired");
    const char *path = path_of(id, arena_text(ROOM.d->arena, "/credentials/%lld",
                                              (long long)asking_int(&answer, "/credential_id")));

    assert_int_equal(found("available=true"), 1); /* it is not mandatory */
    answer = ask("PATCH", path, "If-Match: \"1\"", "{\"mandatory\":true}");
    asking_expect(&answer, 200, NULL);
    assert_int_equal(found("available=true"), 0);
    answer = ask("GET", path_of(id, ""), NULL, NULL);
    assert_string_equal(asking_text(&answer, "/unavailable/0"), "credential_expired");
    answer = ask("PATCH", path, "If-Match: \"1\"", "{\"mandatory\":false}");
    asking_expect(&answer, 412, "version_stale");
    answer = ask("PATCH", path, "If-Match: *", "{\"expires\":\"2099-12-31\"}");
    asking_expect(&answer, 200, NULL);
    assert_int_equal(found("available=true"), 1);
    answer = ask("PATCH", path, "If-Match: *", "{\"state\":\"revoked\"}");
    assert_string_equal(asking_text(&answer, "/state"), "revoked");
    assert_int_equal(found("available=true"), 0);
    answer = ask("DELETE", path, NULL, NULL);
    asking_expect(&answer, 204, NULL);
    assert_int_equal(found("available=true"), 1);
    answer = ask("GET", path_of(id, "/credentials"), NULL, NULL);
    assert_int_equal(asking_count(&answer, "/items"), 0);
    answer = ask("GET", path_of(id, "/credentials?history=true"), NULL, NULL);
    assert_int_equal(asking_count(&answer, "/items"), 1);
}

static void what_runs_out_is_listed_in_time(void **state)
{
    (void)state;
    as(ROLE_MANAGER, COUNTY);
    const int64_t id = made("{\"name\":\"王小明\"}");

    must_run(arena_text(
        ROOM.d->arena,
        "INSERT INTO vigil.credential (credential_id, person_id, org_id, type, expires)"
        " SELECT 100 + i, %lld, 2, 'c' || i, (now() AT TIME ZONE 'UTC')::date + i * 10 - 5"
        " FROM generate_series(0, 5) AS i",
        (long long)id));
    struct asking_answer answer = ask("GET", "/v1/credentials?limit=2", NULL, NULL);

    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_text(&answer, "/items/0/state"), "expired");
    assert_string_equal(asking_text(&answer, "/items/1/state"), "expiring");
    assert_string_equal(asking_text(&answer, "/items/0/person_name"), "王小明");
    answer = ask("GET",
                 arena_text(ROOM.d->arena, "/v1/credentials?limit=2&cursor=%s",
                            asking_text(&answer, "/next")),
                 NULL, NULL);
    assert_string_equal(asking_text(&answer, "/items/0/type"), "c2");
    assert_int_equal(asking_count(&answer, "/items"), 2);
    assert_non_null(strstr(answer.body, "\"next\":null"));
    answer = ask("GET", "/v1/credentials?expiring_days=100", NULL, NULL);
    assert_int_equal(asking_count(&answer, "/items"), 6);
    as(ROLE_MANAGER, OTHER_COUNTY);
    answer = ask("GET", "/v1/credentials?org=2", NULL, NULL);
    assert_int_equal(asking_count(&answer, "/items"), 0);
}

static void bad_credentials_are_refused(void **state)
{
    static const struct {
        const char *body;
        const char *code;
    } CASES[] = {
        { "{}", "key_missing" },
        { "{\"type\":\"a\",\"expires\":\"2026-02-29\"}", "day_malformed" },
        { "{\"type\":\"a\",\"expires\":\"soon\"}", "day_malformed" },
        { "{\"type\":\"a\",\"issued\":\"2026-02-02\",\"expires\":\"2026-02-01\"}",
          "credential_dates" },
        { "{\"type\":\"a\",\"state\":\"expired\"}", "value_not_allowed" },
        { "{\"type\":\"a\",\"grade\":1}", "key_unknown" },
    };

    (void)state;
    as(ROLE_MANAGER, COUNTY);
    const int64_t id = made("{\"name\":\"王小明\"}");

    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct asking_answer answer = post(path_of(id, "/credentials"), CASES[i].body);

        asking_expect(&answer, 422, CASES[i].code);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_name_is_found_by_any_part_and_by_its_initials),
        TEST(a_list_is_narrowed_by_what_people_are),
        TEST(others_people_look_as_if_there_were_none),
        TEST(a_member_is_seen_but_kept_at_home),
        TEST(a_branch_that_moves_takes_its_people_along),
        TEST(who_is_closed_is_gone_and_her_number_free),
        TEST(personal_values_are_masked_and_sealed),
        TEST(nobody_is_registered_twice),
        TEST(an_expired_credential_that_she_must_have_keeps_her_here),
        TEST(what_runs_out_is_listed_in_time),
        TEST(bad_credentials_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
