/* Cursors: read by the list that gave them, and by no other. */
#include "tests/support/check_near.h"

#include <string.h>

#include "engine/cursor.h"
#include "tests/support/database.h"

static const char LIST[] = "/v1/stations?q=a";

static void a_cursor_is_read_by_the_list_that_gave_it(void **state)
{
    static const int64_t IDS[] = { 1, 1000, (INT64_C(1) << 53) - 1 };
    struct database *d = *state;
    struct fail f = { 0 };

    for (size_t i = 0; i < sizeof IDS / sizeof *IDS; i++) {
        const char *text;
        int64_t id = 0;

        assert_true(cursor_make(d->db, LIST, IDS[i], d->arena, &text, &f));
        assert_true(cursor_read(d->db, LIST, text, d->arena, &id, &f));
        assert_int_equal(id, IDS[i]);
    }
}

static void refused(struct database *d, const char *list, const char *text)
{
    struct fail f = { 0 };
    int64_t id = 77;

    assert_false(cursor_read(d->db, list, text, d->arena, &id, &f));
    assert_int_equal(f.code, CODE_CURSOR_MALFORMED);
    assert_int_equal(f.kind, FAIL_INPUT);
    assert_int_equal(id, 77);
    assert_string_not_equal(f.allowed, "");
}

static void a_cursor_of_another_list_or_another_filter_is_refused(void **state)
{
    struct database *d = *state;
    struct fail f = { 0 };
    const char *text;

    assert_true(cursor_make(d->db, LIST, 12345, d->arena, &text, &f));
    refused(d, "/v1/stations?q=b", text);
    refused(d, "/v1/grids?q=a", text);
}

static void a_cursor_with_any_character_changed_is_refused(void **state)
{
    struct database *d = *state;
    struct fail f = { 0 };
    const char *text;

    assert_true(cursor_make(d->db, LIST, 12345, d->arena, &text, &f));
    for (size_t i = 0; i < strlen(text); i++) {
        char *forged = arena_text(d->arena, "%s", text);

        forged[i] = forged[i] == '0' ? '1' : '0';
        refused(d, LIST, forged);
    }
}

static void texts_that_are_no_cursor_are_refused(void **state)
{
    static const char *const TEXTS[] = {
        "",
        "0",
        "x",
        "cursor",
        "0123456789abcdef01234567",
        "0123456789abcdef012345678",
        "0123456789ABCDEF012345678",
        "0123456789abcdef01234567-1",
        "0123456789abcdef01234567 1",
        "0123456789abcdef01234567fffffffffffffff",
        "'; DROP TABLE vigil.station; --",
        "平安",
    };

    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++)
        refused(*state, LIST, TEXTS[i]);
}

static void a_cursor_of_another_city_is_refused(void **state)
{
    struct database *d = *state;
    struct database *other = database_new(true);
    struct fail f = { 0 };
    const char *text;

    /* Test databases are copies of one; a city makes its key when it is migrated. */
    database_int(other, "WITH u AS (UPDATE vigil.cursor_key SET key = uuid_send(gen_random_uuid()) "
                        "RETURNING 1) SELECT count(*) FROM u");
    assert_true(cursor_make(other->db, LIST, 5, d->arena, &text, &f));
    refused(d, LIST, text);
    database_free(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cursor_is_read_by_the_list_that_gave_it),
        cmocka_unit_test(a_cursor_of_another_list_or_another_filter_is_refused),
        cmocka_unit_test(a_cursor_with_any_character_changed_is_refused),
        cmocka_unit_test(texts_that_are_no_cursor_are_refused),
        cmocka_unit_test(a_cursor_of_another_city_is_refused),
    };

    return cmocka_run_group_tests(tests, database_setup, database_teardown);
}
