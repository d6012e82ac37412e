#include "engine/tokens.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/database.h"

static struct tokens_wish wish_of(enum tokens_kind kind)
{
    return (struct tokens_wish){ .kind = kind, .label = "test", .role = "admin", .life_s = 300 };
}

static void make(struct database *d, const struct tokens_wish *wish, char text[TOKENS_TEXT_SIZE])
{
    struct fail f = { 0 };
    int64_t token_id;

    if (!tokens_create(d->db, wish, d->arena, text, &token_id, &f))
        fail_msg("%s", f.text);
}

static bool is_good(struct database *d, const char *text, enum tokens_kind kind)
{
    struct tokens_row row;
    struct fail f = { 0 };

    if (tokens_check(d->db, text, kind, d->arena, &row, &f))
        return true;
    assert_int_equal(f.code, CODE_TOKEN_INVALID);
    return false;
}

static void only_a_whole_token_is_taken_apart(void **state)
{
    static const char GOOD[] = "vgl_12_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    static const char *const BAD[] = {
        "",
        "vgl_",
        "vgl_12",
        "vgl_12_",
        "vgl__AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "vgl_0_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "vgl_-1_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "vgl_12345678901234567_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "vgl_12_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "vgl_12_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "vgl_12_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "vgl_12_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA+/",
        "VGL_12_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        " vgl_12_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    };
    struct tokens_parts parts = { 0 };

    (void)state;
    assert_true(tokens_parse(GOOD, &parts));
    assert_int_equal(parts.token_id, 12);
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        if (tokens_parse(BAD[i], &parts))
            fail_msg("%s was taken", BAD[i]);
}

static void a_token_lets_in_whoever_has_it(void **state)
{
    struct database *d = *state;
    const struct tokens_wish wish = { TOKENS_BEARER, "a phone", "gateway", 7, 300, 0 };
    char text[TOKENS_TEXT_SIZE];
    struct tokens_row row;
    struct fail f = { 0 };

    database_int(d, "INSERT INTO vigil.org (org_id, parent_id, kind, code, name) "
                    "VALUES (7, 1, 'county', '7', 'Seven') RETURNING 1");
    make(d, &wish, text);
    assert_true(tokens_check(d->db, text, TOKENS_BEARER, d->arena, &row, &f));
    assert_string_equal(row.label, "a phone");
    assert_string_equal(row.role, "gateway");
    assert_int_equal(row.org_id, 7);
    assert_true(row.expires_us > row.created_us);
    assert_int_equal(database_int(d, "SELECT count(*) FROM vigil.token WHERE used_at IS NOT NULL"),
                     1);
}

static void a_token_lets_in_while_the_database_cannot_write(void **state)
{
    struct database *d = *state;
    const struct tokens_wish wish = wish_of(TOKENS_BEARER);
    char text[TOKENS_TEXT_SIZE];
    struct fail f = { 0 };

    make(d, &wish, text);
    assert_true(db_script(d->db,
                          "CREATE FUNCTION is_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                          " RAISE EXCEPTION 'full' USING ERRCODE = '53100'; END $$;"
                          "CREATE TRIGGER full_disk BEFORE UPDATE ON vigil.token"
                          " FOR EACH ROW EXECUTE FUNCTION is_full()",
                          &f));
    assert_true(is_good(d, text, TOKENS_BEARER));
}

static void the_secret_itself_is_nowhere_in_the_database(void **state)
{
    struct database *d = *state;
    const struct tokens_wish wish = wish_of(TOKENS_BEARER);
    char text[TOKENS_TEXT_SIZE];

    make(d, &wish, text);
    assert_int_equal(database_int(d, "SELECT octet_length(secret_hash) FROM vigil.token"), 32);
    const char *row = database_text(d, "SELECT t::text FROM vigil.token t");

    assert_null(strstr(row, text + strlen("vgl_1_"))); /* it may have a '_' of its own */
}

static void a_wrong_secret_or_id_is_refused_alike(void **state)
{
    struct database *d = *state;
    const struct tokens_wish wish = wish_of(TOKENS_BEARER);
    char text[TOKENS_TEXT_SIZE];
    char other[TOKENS_TEXT_SIZE];
    char mixed[2 * TOKENS_TEXT_SIZE];

    make(d, &wish, text);
    make(d, &wish, other);
    assert_true(is_good(d, text, TOKENS_BEARER));
    snprintf(mixed, sizeof mixed, "vgl_1_%s", other + strlen("vgl_2_"));
    assert_false(is_good(d, mixed, TOKENS_BEARER));
    snprintf(mixed, sizeof mixed, "vgl_99_%s", text + strlen("vgl_1_"));
    assert_false(is_good(d, mixed, TOKENS_BEARER));
    assert_false(is_good(d, "nonsense", TOKENS_BEARER));
    assert_false(is_good(d, text, TOKENS_SESSION));
}

static void an_expired_token_is_refused_by_the_databases_clock(void **state)
{
    struct database *d = *state;
    const struct tokens_wish wish = wish_of(TOKENS_BEARER);
    char text[TOKENS_TEXT_SIZE];

    make(d, &wish, text);
    database_text(d,
                  "UPDATE vigil.token SET expires_at = now() - interval '1 second' RETURNING ''");
    assert_false(is_good(d, text, TOKENS_BEARER));
}

static void a_revoked_token_is_refused_and_cannot_be_revoked_twice(void **state)
{
    struct database *d = *state;
    const struct tokens_wish wish = wish_of(TOKENS_BEARER);
    char text[TOKENS_TEXT_SIZE];
    struct fail f = { 0 };

    make(d, &wish, text);
    assert_true(tokens_revoke(d->db, 1, d->arena, &f));
    assert_false(is_good(d, text, TOKENS_BEARER));
    assert_false(tokens_revoke(d->db, 1, d->arena, &f));
    assert_int_equal(f.code, CODE_TOKEN_UNKNOWN);
    assert_false(tokens_revoke(d->db, 4711, d->arena, &f));
    assert_int_equal(f.kind, FAIL_MISSING);
}

static void an_enter_code_works_once(void **state)
{
    struct database *d = *state;
    const struct tokens_wish wish = wish_of(TOKENS_ENTER);
    char code[TOKENS_TEXT_SIZE];
    char session[TOKENS_TEXT_SIZE];
    struct tokens_row row;
    struct fail f = { 0 };

    make(d, &wish, code);
    assert_false(is_good(d, code, TOKENS_BEARER));
    assert_true(tokens_enter(d->db, code, d->arena, session, &row, &f));
    assert_string_equal(row.role, "admin");
    assert_true(is_good(d, session, TOKENS_SESSION));
    assert_false(tokens_enter(d->db, code, d->arena, session, &row, &f));
    assert_int_equal(f.code, CODE_ENTER_CODE_SPENT);
    assert_int_equal(database_int(d, "SELECT count(*) FROM vigil.token WHERE kind = 'session'"), 1);
}

static void a_bearer_token_is_no_enter_code(void **state)
{
    struct database *d = *state;
    const struct tokens_wish wish = wish_of(TOKENS_BEARER);
    char text[TOKENS_TEXT_SIZE];
    char session[TOKENS_TEXT_SIZE];
    struct tokens_row row;
    struct fail f = { 0 };

    make(d, &wish, text);
    assert_false(tokens_enter(d->db, text, d->arena, session, &row, &f));
    assert_int_equal(f.code, CODE_ENTER_CODE_SPENT);
    assert_true(is_good(d, text, TOKENS_BEARER));
}

static void the_list_shows_the_newest_first_and_nothing_expired(void **state)
{
    struct database *d = *state;
    const struct tokens_wish wish = wish_of(TOKENS_BEARER);
    char text[TOKENS_TEXT_SIZE];
    struct tokens_row *rows;
    struct fail f = { 0 };
    int32_t count = 0;

    for (int i = 0; i < 3; i++)
        make(d, &wish, text);
    database_text(d, "UPDATE vigil.token SET expires_at = now() WHERE token_id = 2 RETURNING ''");
    assert_true(
        tokens_list(d->db, &(struct tokens_wish_list){ .limit = 10 }, d->arena, &rows, &count, &f));
    assert_int_equal(count, 2);
    assert_int_equal(rows[0].token_id, 3);
    assert_int_equal(rows[1].token_id, 1);
}

static void a_token_needs_a_name_of_some_length(void **state)
{
    struct database *d = *state;
    char label[TOKENS_LABEL_MAX + 2];
    struct tokens_wish wish = wish_of(TOKENS_BEARER);
    char text[TOKENS_TEXT_SIZE];
    int64_t token_id;
    struct fail f = { 0 };

    memset(label, 'a', sizeof label);
    label[TOKENS_LABEL_MAX + 1] = '\0';
    wish.label = label;
    assert_false(tokens_create(d->db, &wish, d->arena, text, &token_id, &f));
    wish.label = "";
    assert_false(tokens_create(d->db, &wish, d->arena, text, &token_id, &f));
    assert_int_equal(database_int(d, "SELECT count(*) FROM vigil.token"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, database_setup, database_teardown)
        cmocka_unit_test(only_a_whole_token_is_taken_apart),
        TEST(a_token_lets_in_whoever_has_it),
        TEST(a_token_lets_in_while_the_database_cannot_write),
        TEST(the_secret_itself_is_nowhere_in_the_database),
        TEST(a_wrong_secret_or_id_is_refused_alike),
        TEST(an_expired_token_is_refused_by_the_databases_clock),
        TEST(a_revoked_token_is_refused_and_cannot_be_revoked_twice),
        TEST(an_enter_code_works_once),
        TEST(a_bearer_token_is_no_enter_code),
        TEST(the_list_shows_the_newest_first_and_nothing_expired),
        TEST(a_token_needs_a_name_of_some_length),
#undef TEST
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
