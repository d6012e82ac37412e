/* Coming in by a code, from the outside. */
#include "tests/support/check_near.h"

#include <string.h>

#include "engine/tokens.h"
#include "tests/support/database.h"
#include "tests/support/newcomer.h"

static void the_texts_are_there_for_anybody_in_both_languages(void **state)
{
    const struct asking_answer a =
        newcomer_ask("GET", "/v1/consent_texts", "Authorization: ", NULL);

    (void)state;
    asking_expect(&a, 200, NULL);
    assert_int_equal(asking_count(&a, "/items"), 4);
    assert_string_equal(asking_text(&a, "/items/0/purpose"), "contact");
    assert_true(asking_text(&a, "/items/1/text_zh")[0] != '\0');
    assert_true(asking_text(&a, "/items/1/text_en")[0] != '\0');
}

static void a_code_shows_whose_it_is_until_it_is_closed(void **state)
{
    const char *code;
    const int64_t id = newcomer_code(&code);
    const char *body = newcomer_text("{\"code\":\"%s\"}", code);
    struct asking_answer a = newcomer_ask("POST", "/v1/enrolments/look", NULL, body);

    (void)state;
    asking_expect(&a, 200, NULL);
    assert_string_equal(asking_text(&a, "/org"), "云龙区");
    assert_string_equal(asking_text(&a, "/label"), "和平路站");
    a = newcomer_ask("GET", newcomer_text("/v1/enrolment_codes/%lld/qr.svg", (long long)id), NULL,
                     NULL);
    asking_expect(&a, 200, NULL);
    assert_string_equal(a.type, "image/svg+xml");
    assert_non_null(strstr(a.body, "<svg"));
    a = newcomer_ask("DELETE", newcomer_text("/v1/enrolment_codes/%lld", (long long)id), NULL,
                     NULL);
    asking_expect(&a, 204, NULL);
    a = newcomer_ask("POST", "/v1/enrolments/look", NULL, body);
    asking_expect(&a, 422, "enrolment_code_invalid");
    a = newcomer_post("/v1/enrolments", newcomer_enrolment(code, NEWCOMER_CLAIM, "13800131234"));
    asking_expect(&a, 422, "enrolment_code_invalid");
    a = newcomer_ask("DELETE", newcomer_text("/v1/enrolment_codes/%lld", (long long)id), NULL,
                     NULL);
    asking_expect(&a, 404, "enrolment_code_unknown");
}

static void a_used_up_or_old_code_lets_nobody_in(void **state)
{
    const char *code;

    (void)state;
    newcomer_code(&code);
    database_int(NEWCOMER_ROOM.d, "UPDATE vigil.enrolment_code SET uses = uses_max; SELECT 1");
    struct asking_answer a =
        newcomer_post("/v1/enrolments", newcomer_enrolment(code, NEWCOMER_CLAIM, "13800131234"));

    asking_expect(&a, 422, "enrolment_code_invalid");
    database_int(NEWCOMER_ROOM.d,
                 "UPDATE vigil.enrolment_code SET uses = 0, expires_at = now(); SELECT 1");
    a = newcomer_post("/v1/enrolments", newcomer_enrolment(code, NEWCOMER_CLAIM, "13800131234"));
    asking_expect(&a, 422, "enrolment_code_invalid");
    assert_int_equal(database_int(NEWCOMER_ROOM.d, "SELECT count(*) FROM vigil.enrolment"), 0);
}

static void what_is_entered_wrong_is_named(void **state)
{
    static const struct {
        const char *find, *put, *pointer, *code;
    } CASES[] = {
        { "+86 138 0013 1234", "call me", "/phone", "phone_malformed" },
        { "320301199001011237", "320301199001011230", "/identity", "identity_malformed" },
        { "1990,", "1850,", "/birth_year", "value_out_of_range" },
        { "1990,", "1991,", "/birth_year", "birth_year_differs" },
        { "\"zh\"", "\"fr\"", "/language", "value_not_allowed" },
        { "{\"purpose\":\"contact\",\"version\":1},", "", "/consents", "consent_required" },
        { "\"location\",\"version\":1", "\"location\",\"version\":7", "/consents/1",
          "consent_unknown" },
        { "\"location\"", "\"everything\"", "/consents/1", "consent_unknown" },
        { NEWCOMER_CLAIM, "short", "/claim", "claim_malformed" },
        { "\"王小明\"", "\"\"", "/name", "value_empty" },
        { "\"language\"", "\"x\":1,\"language\"", "/x", "key_unknown" },
    };
    const char *code;

    (void)state;
    newcomer_code(&code);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const char *good = newcomer_enrolment(code, NEWCOMER_CLAIM, "+86 138 0013 1234");
        const char *at = strstr(good, CASES[i].find);

        assert_non_null(at);
        const char *bad = newcomer_text("%.*s%s%s", (int)(at - good), good, CASES[i].put,
                                        at + strlen(CASES[i].find));
        const struct asking_answer a = newcomer_post("/v1/enrolments", bad);

        asking_expect(&a, 422, CASES[i].code);
        assert_string_equal(asking_text(&a, "/pointer"), CASES[i].pointer);
    }
    assert_int_equal(database_int(NEWCOMER_ROOM.d, "SELECT count(*) FROM vigil.enrolment"), 0);
}

static void she_who_is_approved_gets_a_session_on_her_phone_alone(void **state)
{
    const char *mine = newcomer_text("{\"claim\":\"%s\"}", NEWCOMER_CLAIM);
    const char *code;

    (void)state;
    newcomer_code(&code);
    struct asking_answer a =
        newcomer_post("/v1/enrolments", newcomer_enrolment(code, NEWCOMER_CLAIM, "13800131234"));

    asking_expect(&a, 201, NULL);
    a = newcomer_ask("POST", "/v1/enrolments/claim", "Authorization: ", mine);
    asking_expect(&a, 200, NULL);
    assert_string_equal(asking_text(&a, "/state"), "pending");
    assert_null(asking_header(&a, "Set-Cookie"));
    a = newcomer_ask("POST", "/v1/enrolments/claim",
                     "Authorization: ", newcomer_text("{\"claim\":\"%s\"}", NEWCOMER_OTHER_CLAIM));
    asking_expect(&a, 404, "claim_unknown");
    a = newcomer_ask("POST",
                     newcomer_text("/v1/enrolments/%lld/approve", (long long)newcomer_pending()),
                     NULL, "{}");
    asking_expect(&a, 200, NULL);
    a = newcomer_ask("POST", "/v1/enrolments/claim", "Authorization: ", mine);
    asking_expect(&a, 200, NULL);
    assert_string_equal(asking_text(&a, "/state"), "approved");
    const char *cookie = asking_header(&a, "Set-Cookie");

    assert_non_null(cookie);
    struct tokens_row row;
    struct fail f = { 0 };
    const char *session = strchr(cookie, '=') + 1;

    session = newcomer_text("%.*s", (int)strcspn(session, ";"), session);
    assert_true(tokens_check(NEWCOMER_ROOM.d->db, session, TOKENS_SESSION, NEWCOMER_ROOM.d->arena,
                             &row, &f));
    assert_string_equal(row.role, "volunteer");
    assert_int_equal(row.org_id, 2);
    newcomer_as_herself(row.person_id);
    a = newcomer_ask("GET", "/v1/me", NULL, NULL);
    asking_expect(&a, 200, NULL);
    assert_string_equal(asking_text(&a, "/name"), "王小明");
    assert_string_equal(asking_text(&a, "/phone"), "13800131234");
    assert_string_equal(asking_text(&a, "/orgs/0/name"), "云龙区");
    assert_int_equal(asking_count(&a, "/consents"), 2);
    for (int i = 0; i < 4; i++)
        a = newcomer_ask("POST", "/v1/enrolments/claim", "Authorization: ", mine);
    assert_non_null(asking_header(&a, "Set-Cookie"));
    a = newcomer_ask("POST", "/v1/enrolments/claim", "Authorization: ", mine);
    assert_null(asking_header(&a, "Set-Cookie")); /* five times were enough */
}

static void she_who_is_refused_is_told_why(void **state)
{
    const char *code;

    (void)state;
    newcomer_code(&code);
    newcomer_post("/v1/enrolments", newcomer_enrolment(code, NEWCOMER_CLAIM, "13800131234"));
    const char *refuse = newcomer_text("/v1/enrolments/%lld/refuse", (long long)newcomer_pending());
    struct asking_answer a =
        newcomer_ask("POST", refuse, NULL, "{\"reason\":\"请带身份证到站点\"}");

    asking_expect(&a, 200, NULL);
    a = newcomer_ask("POST", refuse, NULL, "{\"reason\":\"again\"}");
    asking_expect(&a, 409, "enrolment_decided");
    a = newcomer_ask("POST", "/v1/enrolments/claim", NULL,
                     newcomer_text("{\"claim\":\"%s\"}", NEWCOMER_CLAIM));
    assert_string_equal(asking_text(&a, "/state"), "refused");
    assert_string_equal(asking_text(&a, "/reason"), "请带身份证到站点");
    assert_null(asking_header(&a, "Set-Cookie"));
    assert_int_equal(database_int(NEWCOMER_ROOM.d, "SELECT count(*) FROM vigil.person"), 0);
}

static void nobody_is_let_in_twice(void **state)
{
    const char *code;

    (void)state;
    newcomer_let_in();
    newcomer_code(&code);
    struct asking_answer a = newcomer_post(
        "/v1/enrolments", newcomer_enrolment(code, NEWCOMER_OTHER_CLAIM, "138 0013 1234"));

    asking_expect(&a, 201, NULL); /* who asks learns nothing about others */
    a = newcomer_ask("POST",
                     newcomer_text("/v1/enrolments/%lld/approve", (long long)newcomer_pending()),
                     NULL, "{}");
    asking_expect(&a, 409, "person_registered");
    assert_int_equal(database_int(NEWCOMER_ROOM.d,
                                  "SELECT count(*) FROM vigil.enrolment WHERE state = 'pending'"),
                     1);
}

static void the_neighbour_sees_no_code_and_no_enrolment(void **state)
{
    const char *code;
    const long long id = newcomer_code(&code);

    (void)state;
    newcomer_post("/v1/enrolments", newcomer_enrolment(code, NEWCOMER_CLAIM, "13800131234"));
    const long long waiting = newcomer_pending();

    newcomer_as_manager_of(3);
    struct asking_answer a = newcomer_ask("GET", "/v1/enrolment_codes", NULL, NULL);

    assert_int_equal(asking_count(&a, "/items"), 0);
    a = newcomer_ask("GET", newcomer_text("/v1/enrolment_codes/%lld", id), NULL, NULL);
    asking_expect(&a, 404, "enrolment_code_unknown");
    a = newcomer_ask("GET", newcomer_text("/v1/enrolment_codes/%lld/qr.svg", id), NULL, NULL);
    asking_expect(&a, 404, "enrolment_code_unknown");
    a = newcomer_ask("GET", "/v1/enrolments", NULL, NULL);
    assert_int_equal(asking_count(&a, "/items"), 0);
    a = newcomer_ask("POST", newcomer_text("/v1/enrolments/%lld/approve", waiting), NULL, "{}");
    asking_expect(&a, 404, "enrolment_unknown");
    a = newcomer_post("/v1/enrolment_codes", "{\"label\":\"not mine\",\"org_id\":2}");
    asking_expect(&a, 404, "org_unknown");
}

static void a_grid_worker_invites_for_her_organisation_alone(void **state)
{
    const int64_t person = newcomer_let_in();

    (void)state;
    newcomer_as_herself(person);
    struct asking_answer a =
        newcomer_post("/v1/enrolment_codes", "{\"label\":\"gate\",\"org_id\":2}");

    asking_expect(&a, 404, "org_unknown"); /* a member does not */
    assert_non_null(strstr(asking_text(&a, "/detail"), "for which you may enrol"));
    database_int(
        NEWCOMER_ROOM.d,
        newcomer_text("INSERT INTO vigil.membership (membership_id, person_id, org_id, role)"
                      " VALUES (999000, %lld, 2, 'grid_worker'); SELECT 1",
                      (long long)person));
    a = newcomer_post("/v1/enrolment_codes", "{\"label\":\"gate\",\"org_id\":2}");
    asking_expect(&a, 201, NULL);
    a = newcomer_post("/v1/enrolment_codes", "{\"label\":\"gate\",\"org_id\":3}");
    asking_expect(&a, 404, "org_unknown");
    a = newcomer_ask("GET", "/v1/enrolments", NULL, NULL);
    asking_expect(&a, 403, "role_not_allowed");
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, newcomer_open, newcomer_close)
    const struct CMUnitTest tests[] = {
        CASE(the_texts_are_there_for_anybody_in_both_languages),
        CASE(a_code_shows_whose_it_is_until_it_is_closed),
        CASE(a_used_up_or_old_code_lets_nobody_in),
        CASE(what_is_entered_wrong_is_named),
        CASE(she_who_is_approved_gets_a_session_on_her_phone_alone),
        CASE(she_who_is_refused_is_told_why),
        CASE(nobody_is_let_in_twice),
        CASE(the_neighbour_sees_no_code_and_no_enrolment),
        CASE(a_grid_worker_invites_for_her_organisation_alone),
    };
#undef CASE

    return cmocka_run_group_tests(tests, NULL, NULL);
}
