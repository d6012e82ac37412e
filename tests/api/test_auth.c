/* Who is let in, over a real database. */
#include "api/auth.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "api/answer.h"
#include "api/endpoints.h"
#include "api/service.h"
#include "engine/clock.h"
#include "engine/config.h"
#include "engine/tokens.h"
#include "tests/support/database.h"

static bool on_hello(const struct request *r, struct reply *out, struct fail *f)
{
    (void)f;
    struct emit *e = reply_json(out, REPLY_OK);

    emit_object(e);
    emit_key_int(e, "token_id", r->caller.token_id);
    emit_end(e);
    return true;
}

static const struct endpoint TABLE[] = {
    { .method = "GET", .path = "/admin", .handle = on_hello, .roles = 1U << ROLE_ADMIN },
    { .method = "POST", .path = "/admin", .handle = on_hello, .roles = 1U << ROLE_ADMIN },
    { .method = "GET", .path = "/open", .handle = on_hello },
    { .method = "GET",
      .path = "/here",
      .handle = on_hello,
      .roles = 1U << ROLE_ADMIN,
      .open_here = true },
};

struct house {
    struct database *d;
    struct config *config;
    struct service service;
    struct worker worker;
    char bearer[TOKENS_TEXT_SIZE], session[TOKENS_TEXT_SIZE], volunteer[TOKENS_TEXT_SIZE];
};

static void make(struct house *h, enum tokens_kind kind, const char *role, char *text)
{
    const struct tokens_wish wish = { kind, "test", role, 0, 300, 0 };
    struct fail f = { 0 };
    int64_t token_id;

    if (!tokens_create(h->d->db, &wish, h->d->arena, text, &token_id, &f))
        fail_msg("%s", f.text);
}

static int setup(void **state)
{
    struct house *h = calloc(1, sizeof *h);

    h->d = database_new(true);
    h->config = config_new();
    h->service = (struct service){ .endpoints = TABLE,
                                   .endpoint_count = sizeof TABLE / sizeof *TABLE,
                                   .config = h->config,
                                   .auth = auth_new() };
    h->worker = (struct worker){ .db = h->d->db, .database = h->d->address };
    make(h, TOKENS_BEARER, "admin", h->bearer);
    make(h, TOKENS_SESSION, "admin", h->session);
    make(h, TOKENS_BEARER, "volunteer", h->volunteer);
    *state = h;
    return 0;
}

static int teardown(void **state)
{
    struct house *h = *state;

    if (h->worker.db != h->d->db)
        db_close(h->worker.db);
    auth_free(h->service.auth);
    config_free(h->config);
    database_free(h->d);
    free(h);
    return 0;
}

struct ask {
    const char *method, *path, *header, *value, *csrf;
    bool from_this_machine;
};

/* The status, and the code of the problem if any. */
static int32_t ask(struct house *h, const struct ask *what, enum fail_code *code)
{
    struct arena *a = arena_new();
    struct gate_field fields[3] = { { "Host", 4, "a", 1 } };
    struct gate_head head = { what->method, what->path, "HTTP/1.1", fields, 1 };
    struct answer *answer = arena_take(a, 1, sizeof *answer);

    if (what->header)
        fields[head.field_count++] = (struct gate_field){ what->header, strlen(what->header),
                                                          what->value, strlen(what->value) };
    if (what->csrf)
        fields[head.field_count++] =
            (struct gate_field){ "X-Vigil-CSRF", 12, what->csrf, strlen(what->csrf) };
    const bool open = answer_open(&h->service, &head, a, answer);

    assert_true(open);
    answer->request.from_this_machine = what->from_this_machine;
    assert_true(answer_give(answer, &h->worker));
    const int32_t status = answer->reply.status;

    if (code)
        *code = answer->reply.code;
    reply_clear(&answer->reply);
    arena_free(a);
    return status;
}

static const char *as_bearer(const struct house *h, const char *token)
{
    return arena_text(h->d->arena, "Bearer %s", token);
}

static const char *as_cookie(const struct house *h, const char *token)
{
    return arena_text(h->d->arena, "theme=dark; vigil_session=%s; x=y", token);
}

static void without_a_token_only_what_is_open_answers(void **state)
{
    struct house *h = *state;
    enum fail_code code = CODE_NONE;

    assert_int_equal(ask(h, &(struct ask){ "GET", "/open", NULL, NULL, NULL, false }, NULL), 200);
    assert_int_equal(ask(h, &(struct ask){ "GET", "/admin", NULL, NULL, NULL, false }, &code), 401);
    assert_int_equal(code, CODE_NOT_SIGNED_IN);
    assert_int_equal(ask(h, &(struct ask){ "GET", "/here", NULL, NULL, NULL, false }, &code), 401);
    assert_int_equal(ask(h, &(struct ask){ "GET", "/here", NULL, NULL, NULL, true }, NULL), 200);
    assert_int_equal(ask(h, &(struct ask){ "GET", "/admin", NULL, NULL, NULL, true }, NULL), 401);
    assert_int_equal(
        ask(h, &(struct ask){ "GET", "/here", "X-Forwarded-For", "1.2.3.4", NULL, true }, NULL),
        401);
    assert_int_equal(
        ask(h, &(struct ask){ "GET", "/here", "Forwarded", "for=1.2.3.4", NULL, true }, NULL), 401);
}

static void a_bearer_token_needs_no_csrf_header_and_a_session_does(void **state)
{
    struct house *h = *state;
    enum fail_code code = CODE_NONE;
    const char *bearer = as_bearer(h, h->bearer);
    const char *cookie = as_cookie(h, h->session);

    assert_int_equal(
        ask(h, &(struct ask){ "GET", "/admin", "Authorization", bearer, NULL, false }, NULL), 200);
    assert_int_equal(
        ask(h, &(struct ask){ "POST", "/admin", "Authorization", bearer, NULL, false }, NULL), 200);
    assert_int_equal(ask(h, &(struct ask){ "GET", "/admin", "Cookie", cookie, NULL, false }, NULL),
                     200);
    assert_int_equal(
        ask(h, &(struct ask){ "POST", "/admin", "Cookie", cookie, NULL, false }, &code), 403);
    assert_int_equal(code, CODE_CSRF_MISSING);
    assert_int_equal(ask(h, &(struct ask){ "POST", "/admin", "Cookie", cookie, "0", false }, NULL),
                     403);
    assert_int_equal(ask(h, &(struct ask){ "POST", "/admin", "Cookie", cookie, "1", false }, NULL),
                     200);
}

static void a_token_of_the_wrong_kind_or_form_is_refused(void **state)
{
    struct house *h = *state;
    const char *const BAD[][2] = {
        { "Authorization", as_bearer(h, h->session) },
        { "Authorization", as_bearer(h, "vgl_1_x") },
        { "Authorization", "Basic YTpi" },
        { "Authorization", "Bearer " },
        { "Authorization", h->bearer },
        { "Cookie", as_cookie(h, h->bearer) },
        { "Cookie", "vigil_session=" },
        { "Cookie", "xvigil_session=1" },
    };

    /* Believed in its own form first: the form is part of what is remembered. */
    assert_int_equal(
        ask(h,
            &(struct ask){ "GET", "/admin", "Authorization", as_bearer(h, h->bearer), NULL, false },
            NULL),
        200);
    assert_int_equal(
        ask(h, &(struct ask){ "GET", "/admin", "Cookie", as_cookie(h, h->session), NULL, false },
            NULL),
        200);
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        if (ask(h, &(struct ask){ "GET", "/admin", BAD[i][0], BAD[i][1], NULL, false }, NULL) !=
            401)
            fail_msg("case %zu was let in: %s", i, BAD[i][1]);
}

static void a_role_that_may_not_hears_403(void **state)
{
    struct house *h = *state;
    enum fail_code code = CODE_NONE;

    assert_int_equal(ask(h,
                         &(struct ask){ "GET", "/admin", "Authorization",
                                        as_bearer(h, h->volunteer), NULL, false },
                         &code),
                     403);
    assert_int_equal(code, CODE_ROLE_NOT_ALLOWED);
}

static void a_revoked_token_ends_within_two_seconds(void **state)
{
    struct house *h = *state;
    const struct ask asked = { "GET", "/admin", "Authorization", as_bearer(h, h->bearer),
                               NULL,  false };
    struct fail f = { 0 };

    assert_int_equal(ask(h, &asked, NULL), 200);
    assert_true(tokens_revoke(h->d->db, 1, h->d->arena, &f));
    const int64_t revoked_us = clock_steady_us();

    while (ask(h, &asked, NULL) == 200) {
        assert_true(clock_steady_us() - revoked_us < 2 * 1000000);
        usleep(20000);
    }
    assert_int_equal(ask(h, &asked, NULL), 401);
}

static void a_token_lately_seen_is_believed_while_the_database_is_away(void **state)
{
    struct house *h = *state;
    const struct ask known = { "GET", "/admin", "Authorization", as_bearer(h, h->bearer),
                               NULL,  false };
    const struct ask other = { "GET", "/admin", "Cookie", as_cookie(h, h->session), NULL, false };
    enum fail_code code = CODE_NONE;

    assert_int_equal(ask(h, &known, NULL), 200);
    h->worker.db = NULL;
    h->worker.database = "host=/nowhere";
    usleep((AUTH_FRESH_MS + 100) * 1000); /* until it is no longer fresh */
    assert_int_equal(ask(h, &known, NULL), 200);
    assert_int_equal(ask(h, &other, &code), 503);
    assert_int_equal(code, CODE_DATABASE_AWAY);
}

static void a_revoked_token_stays_so_when_the_database_goes_away(void **state)
{
    struct house *h = *state;
    const struct ask asked = { "GET", "/admin", "Authorization", as_bearer(h, h->bearer),
                               NULL,  false };
    struct fail f = { 0 };

    assert_int_equal(ask(h, &asked, NULL), 200);
    assert_true(tokens_revoke(h->d->db, 1, h->d->arena, &f));
    usleep((AUTH_FRESH_MS + 100) * 1000); /* until it is no longer fresh */
    assert_int_equal(ask(h, &asked, NULL), 401);
    h->worker.db = NULL;
    h->worker.database = "host=/nowhere";
    assert_int_equal(ask(h, &asked, NULL), 503);
}

static void a_cookie_is_found_by_its_whole_name(void **state)
{
    char value[8];

    (void)state;
    assert_true(auth_cookie("a=1; b=22;c=333", "b", value, sizeof value));
    assert_string_equal(value, "22");
    assert_true(auth_cookie("c=333", "c", value, sizeof value));
    assert_false(auth_cookie("bb=1; ab=2", "b", value, sizeof value));
    assert_false(auth_cookie("b", "b", value, sizeof value));
    assert_false(auth_cookie("b=", "b", value, sizeof value));
    assert_false(auth_cookie("", "b", value, sizeof value));
    assert_true(auth_cookie("b=1234567", "b", value, sizeof value));
    assert_false(auth_cookie("b=12345678", "b", value, sizeof value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        TEST(without_a_token_only_what_is_open_answers),
        TEST(a_bearer_token_needs_no_csrf_header_and_a_session_does),
        TEST(a_token_of_the_wrong_kind_or_form_is_refused),
        TEST(a_role_that_may_not_hears_403),
        TEST(a_revoked_token_ends_within_two_seconds),
        TEST(a_token_lately_seen_is_believed_while_the_database_is_away),
        TEST(a_revoked_token_stays_so_when_the_database_goes_away),
        cmocka_unit_test(a_cookie_is_found_by_its_whole_name),
#undef TEST
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
