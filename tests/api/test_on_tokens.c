/* Who may let whom in. */
#include "tests/support/check_near.h"

#include <string.h>

#include "engine/engine.h"
#include "tests/support/asking.h"
#include "tests/support/database.h"

static struct asking_room ROOM;

/* Counties 2 and 3 with a person each, 12 and 13; 9 is a firm of county 2. */
static const char CITY[] =
    "INSERT INTO vigil.org (org_id, parent_id, kind, code, name) VALUES"
    " (2, 1, 'county', '320301', 'Two'), (3, 1, 'county', '320302', 'Three'),"
    " (9, 2, 'firm', 'F9', 'Nine');"
    "INSERT INTO vigil.person (person_id, display_name, org_id) VALUES (12, 'A', 2), (13, 'B', 3)";

static struct asking_answer send(const char *method, const char *target, const char *headers,
                                 const char *body)
{
    return asking_send(ROOM.worker, method, target, headers, body);
}

static struct asking_answer make(const char *body)
{
    return send("POST", "/v1/tokens", asking_fresh_key(&ROOM), body);
}

static int64_t made(const char *body)
{
    const struct asking_answer answer = make(body);

    asking_expect(&answer, 201, NULL);
    return asking_int(&answer, "/token_id");
}

static const char *path_of(int64_t token_id)
{
    return arena_text(ROOM.d->arena, "/v1/tokens/%lld", (long long)token_id);
}

static const char *as_bearer(const char *token)
{
    return arena_text(ROOM.d->arena, "Authorization: Bearer %s", token);
}

static void act(enum role role, int64_t org_id)
{
    asking_as(ROOM.worker, role, org_id, 0);
}

static void a_token_is_told_once_and_lets_in_with_its_own_scope(void **state)
{
    (void)state;
    act(ROLE_MANAGER, 2);
    struct asking_answer answer = send("POST", "/v1/tokens", "Idempotency-Key: told-once",
                                       "{\"name\":\"desk\",\"role\":\"dispatcher\"}");

    asking_expect(&answer, 201, NULL);
    assert_int_equal(asking_int(&answer, "/org_id"), 2);
    const char *token = arena_text(ROOM.d->arena, "%s", asking_text(&answer, "/token"));
    const int64_t token_id = asking_int(&answer, "/token_id");

    assert_string_equal(asking_header(&answer, "Location"), path_of(token_id));
    answer = send("POST", "/v1/tokens", "Idempotency-Key: told-once",
                  "{\"name\":\"desk\",\"role\":\"dispatcher\"}");
    asking_expect(&answer, 201, NULL);
    assert_int_equal(asking_int(&answer, "/token_id"), token_id);
    assert_null(strstr(answer.body, "vgl_"));
    assert_null(strstr(database_text(ROOM.d, "SELECT string_agg(encode(answer, 'escape'), '')"
                                             " FROM vigil.idempotency"),
                       "vgl_"));
    answer = send("GET", "/v1/people/12", as_bearer(token), NULL);
    asking_expect(&answer, 200, NULL);
    answer = send("GET", "/v1/people/13", as_bearer(token), NULL);
    asking_expect(&answer, 404, NULL);
}

static void nobody_makes_or_ends_a_token_above_her_own_role(void **state)
{
    static const char *const ABOVE[] = { "{\"name\":\"x\",\"role\":\"admin\"}",
                                         "{\"name\":\"x\",\"role\":\"auditor\"}" };
    struct asking_answer answer;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        act(ROLE_MANAGER, 2);
        answer = make(ABOVE[i]);
        asking_expect(&answer, 403, "role_not_allowed");
        act(ROLE_ADMIN, 2);
        const int64_t token_id = made(ABOVE[i]);

        act(ROLE_MANAGER, 2);
        answer = send("DELETE", path_of(token_id), NULL, NULL);
        asking_expect(&answer, 403, "role_not_allowed");
    }
    act(ROLE_DISPATCHER, 2);
    answer = make("{\"name\":\"x\",\"role\":\"dispatcher\"}");
    asking_expect(&answer, 403, "role_not_allowed");
}

static void nobody_makes_a_token_outside_her_scope(void **state)
{
    struct asking_answer answer;

    (void)state;
    act(ROLE_ADMIN, 2);
    answer = make("{\"name\":\"x\",\"role\":\"manager\",\"org_id\":1}");
    asking_expect(&answer, 422, "org_unknown");
    answer = make("{\"name\":\"x\",\"role\":\"manager\",\"org_id\":3}");
    asking_expect(&answer, 422, "org_unknown");
    answer = make("{\"name\":\"x\",\"role\":\"manager\",\"org_id\":4711}");
    asking_expect(&answer, 422, "org_unknown");
    answer = make("{\"name\":\"x\",\"role\":\"volunteer\",\"person_id\":13}");
    asking_expect(&answer, 422, "person_unknown");
    answer = make("{\"name\":\"x\",\"role\":\"volunteer\",\"person_id\":4711}");
    asking_expect(&answer, 422, "person_unknown");
}

static void a_volunteers_token_is_hers_and_a_partners_is_a_firms(void **state)
{
    struct asking_answer answer;

    (void)state;
    act(ROLE_MANAGER, 1);
    answer = make("{\"name\":\"x\",\"role\":\"volunteer\"}");
    asking_expect(&answer, 422, "token_needs_person");
    answer = make("{\"name\":\"x\",\"role\":\"partner\"}");
    asking_expect(&answer, 422, "token_needs_firm");
    answer = make("{\"name\":\"x\",\"role\":\"partner\",\"org_id\":9}");
    asking_expect(&answer, 201, NULL);
    answer = make("{\"name\":\"x\",\"role\":\"volunteer\",\"person_id\":12}");
    asking_expect(&answer, 201, NULL);
    assert_int_equal(asking_int(&answer, "/org_id"), 2);
    assert_int_equal(asking_int(&answer, "/person_id"), 12);
}

static void an_ended_token_lets_nobody_in_at_once(void **state)
{
    struct asking_answer answer;

    (void)state;
    act(ROLE_MANAGER, 2);
    answer = make("{\"name\":\"x\",\"role\":\"planner\"}");
    asking_expect(&answer, 201, NULL);
    const char *token = arena_text(ROOM.d->arena, "%s", asking_text(&answer, "/token"));
    const int64_t token_id = asking_int(&answer, "/token_id");

    answer = send("GET", "/v1/people", as_bearer(token), NULL);
    asking_expect(&answer, 200, NULL);
    answer = send("DELETE", path_of(token_id), NULL, NULL);
    asking_expect(&answer, 204, NULL);
    answer = send("GET", "/v1/people", as_bearer(token), NULL);
    asking_expect(&answer, 401, "token_invalid");
    answer = send("DELETE", path_of(token_id), NULL, NULL);
    asking_expect(&answer, 404, "token_unknown");
}

static void what_is_elsewhere_looks_missing(void **state)
{
    struct asking_answer answer;

    (void)state;
    act(ROLE_ADMIN, 3);
    const int64_t elsewhere = made("{\"name\":\"canary\",\"role\":\"manager\"}");

    act(ROLE_ADMIN, 2);
    answer = send("DELETE", path_of(elsewhere), NULL, NULL);
    asking_expect(&answer, 404, "token_unknown");
    answer = send("GET", "/v1/tokens?limit=1000", NULL, NULL);
    asking_expect(&answer, 200, NULL);
    assert_null(strstr(answer.body, "canary"));
    act(ROLE_ADMIN, 1);
    answer = send("GET", "/v1/tokens?limit=1000", NULL, NULL);
    assert_non_null(strstr(answer.body, "canary"));
}

static void the_token_that_asks_is_left_and_not_ended(void **state)
{
    struct asking_answer answer;

    (void)state;
    act(ROLE_ADMIN, 1);
    answer = make("{\"name\":\"myself\",\"role\":\"admin\"}");
    asking_expect(&answer, 201, NULL);
    const char *token = as_bearer(asking_text(&answer, "/token"));
    const int64_t token_id = asking_int(&answer, "/token_id");

    answer = send("DELETE", path_of(token_id), token, NULL);
    asking_expect(&answer, 409, "token_in_use");
    answer = send("POST", "/v1/leave", token, NULL);
    asking_expect(&answer, 204, NULL);
}

/* Her scope is no organisation, and yet her own token is hers to end. */
static void a_volunteer_leaves_as_well(void **state)
{
    struct asking_answer answer;

    (void)state;
    act(ROLE_MANAGER, 1);
    answer = make("{\"name\":\"phone\",\"role\":\"volunteer\",\"person_id\":12}");
    asking_expect(&answer, 201, NULL);
    const char *token = as_bearer(asking_text(&answer, "/token"));

    answer = send("POST", "/v1/leave", token, NULL);
    asking_expect(&answer, 204, NULL);
    answer = send("POST", "/v1/leave", token, NULL);
    asking_expect(&answer, 401, NULL);
}

static void the_list_goes_on_page_by_page(void **state)
{
    struct asking_answer answer;
    int32_t seen = 0;
    const char *target = "/v1/tokens?limit=2";

    (void)state;
    act(ROLE_MANAGER, 3);
    for (int i = 0; i < 4; i++)
        made("{\"name\":\"page\",\"role\":\"planner\"}");
    for (;;) {
        answer = send("GET", target, NULL, NULL);
        asking_expect(&answer, 200, NULL);
        seen += asking_count(&answer, "/items");
        if (!strstr(answer.body, "\"next\":\""))
            break;
        target = arena_text(ROOM.d->arena, "/v1/tokens?limit=2&cursor=%s",
                            asking_text(&answer, "/next"));
    }
    assert_int_equal(seen, database_int(ROOM.d, "SELECT count(*) FROM vigil.token"
                                                " WHERE org_id = 3 AND expires_at > now()"));
    answer = send("GET", "/v1/tokens?cursor=made-up", NULL, NULL);
    asking_expect(&answer, 422, "cursor_malformed");
}

static void every_making_and_ending_is_in_the_audit(void **state)
{
    (void)state;
    act(ROLE_MANAGER, 2);
    const int64_t token_id = made("{\"name\":\"x\",\"role\":\"planner\"}");
    const struct asking_answer answer = send("DELETE", path_of(token_id), NULL, NULL);

    asking_expect(&answer, 204, NULL);
    assert_string_equal(
        database_text(ROOM.d, arena_text(ROOM.d->arena,
                                         "SELECT string_agg(action || ' ' || org_id, ', ' ORDER BY"
                                         " audit_id) FROM vigil.audit WHERE subject = 'token %lld'",
                                         (long long)token_id)),
        "token_created 2, token_revoked 2");
}

static int open_room(void **state)
{
    struct fail f = { 0 };

    asking_open_room(&ROOM, state);
    return db_script(ROOM.d->db, CITY, &f) && engine_follow(asking_engine(ROOM.asking), &f) ? 0 : 1;
}

static int close_room(void **state)
{
    (void)state;
    return asking_close_room(&ROOM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_is_told_once_and_lets_in_with_its_own_scope),
        cmocka_unit_test(nobody_makes_or_ends_a_token_above_her_own_role),
        cmocka_unit_test(nobody_makes_a_token_outside_her_scope),
        cmocka_unit_test(a_volunteers_token_is_hers_and_a_partners_is_a_firms),
        cmocka_unit_test(an_ended_token_lets_nobody_in_at_once),
        cmocka_unit_test(what_is_elsewhere_looks_missing),
        cmocka_unit_test(the_token_that_asks_is_left_and_not_ended),
        cmocka_unit_test(a_volunteer_leaves_as_well),
        cmocka_unit_test(the_list_goes_on_page_by_page),
        cmocka_unit_test(every_making_and_ending_is_in_the_audit),
    };

    return cmocka_run_group_tests(tests, open_room, close_room);
}
