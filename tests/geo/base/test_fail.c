/* geo/base/fail.c: the value that says why something could not be done. */
#include "geo/base/fail.h"

#include <string.h>

#include "geo/base/utf8.h"
#include "tests/support/check_near.h"

static void recording_a_failure_forgets_the_one_before(void **state)
{
    struct fail f;

    (void)state;
    assert_false(fail_set(&f, FAIL_INPUT, ZOOM_RANGE, "zoom %d is above %d", 23, 22));
    assert_false(fail_value(&f, "23"));
    assert_false(fail_at(&f, "/zoom"));
    assert_false(fail_allowed(&f, "0 to %d", 22));
    assert_int_equal(f.kind, FAIL_INPUT);
    assert_int_equal(f.code, CODE_ZOOM_RANGE);
    assert_string_equal(f.text, "zoom 23 is above 22");
    assert_string_equal(f.value, "23");
    assert_string_equal(f.pointer, "/zoom");
    assert_string_equal(f.allowed, "0 to 22");
    assert_false(fail_set(&f, FAIL_BUSY, DATABASE_AWAY, "later"));
    assert_int_equal(f.kind, FAIL_BUSY);
    assert_string_equal(f.text, "later");
    assert_string_equal(f.value, "");
    assert_string_equal(f.pointer, "");
    assert_string_equal(f.allowed, "");
}

static void words_are_the_names_in_small_letters_and_in_order(void **state)
{
    static const struct {
        const char *name, *word;
    } CODES[] = {
#define ROW(name, word) { #name, word },
        FAIL_CODES(ROW)
#undef ROW
    };
    const char *before = "";

    (void)state;
    assert_string_equal(fail_word(CODE_NONE), "none");
    assert_string_equal(fail_word(CODE_ZOOM_RANGE), "zoom_range");
    for (size_t i = 0; i < sizeof CODES / sizeof *CODES; i++) {
        assert_int_equal(strlen(CODES[i].name), strlen(CODES[i].word));
        for (size_t k = 0; CODES[i].name[k]; k++) {
            const char c = CODES[i].name[k];

            assert_int_equal(CODES[i].word[k], c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
        }
        assert_string_equal(fail_word((enum fail_code)(i + 1)), CODES[i].word);
        if (strcmp(before, CODES[i].name) >= 0)
            fail_msg("%s must stand before %s", CODES[i].name, before);
        before = CODES[i].name;
    }
    assert_int_equal(CODE_COUNT, sizeof CODES / sizeof *CODES + 1);
}

static void long_texts_are_cut_at_a_whole_character(void **state)
{
    static const char *const CHARACTERS[] = { "x", "é", "路", "𠮷" };

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        for (size_t lead = 0; lead < 4; lead++) {
            char text[800] = { 0 };
            struct fail f;

            memset(text, 'a', lead);
            while (strlen(text) < 700)
                strcat(text, CHARACTERS[i]);
            fail_set(&f, FAIL_INPUT, ZOOM_RANGE, "%s", text);
            fail_value(&f, text);
            fail_at(&f, text);
            fail_allowed(&f, "%s", text);
            const struct {
                const char *field;
                size_t room;
            } FIELDS[] = { { f.text, sizeof f.text },
                           { f.value, sizeof f.value },
                           { f.pointer, sizeof f.pointer },
                           { f.allowed, sizeof f.allowed } };

            for (size_t k = 0; k < 4; k++) {
                const size_t length = strlen(FIELDS[k].field);

                assert_true(length < FIELDS[k].room && length + 4 >= FIELDS[k].room - 1);
                assert_true(utf8_valid(FIELDS[k].field, length));
                assert_memory_equal(FIELDS[k].field, text, length);
            }
        }
    }
}

static void a_text_that_just_fits_is_whole(void **state)
{
    char text[sizeof((struct fail *)NULL)->value];
    struct fail f;

    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    fail_set(&f, FAIL_INPUT, ZOOM_RANGE, "x");
    fail_value(&f, text);
    assert_string_equal(f.value, text);
}

static void bytes_that_are_no_text_do_not_get_in(void **state)
{
    struct fail f;

    (void)state;
    /* A character cut by the format, a lone byte, a surrogate. */
    fail_set(&f, FAIL_INPUT, ZOOM_RANGE, "%.4s and %s and %s.", "云龙路", "a\xFFz", "\xED\xA0\x80");
    assert_string_equal(f.text, "云 and az and .");
    fail_value(&f, "\x1b[31mred\r\n\x7f");
    assert_string_equal(f.value, " [31mred   ");
}

static void a_failure_may_be_told_in_its_own_words(void **state)
{
    struct fail f;

    (void)state;
    fail_set(&f, FAIL_INPUT, ZOOM_RANGE, "zoom is wrong");
    fail_value(&f, "23");
    fail_set(&f, FAIL_INPUT, TILE_MALFORMED, "in line %d: %s (%s)", 4, f.text, f.value);
    assert_string_equal(f.text, "in line 4: zoom is wrong (23)");
    assert_string_equal(f.value, "");
    fail_value(&f, "7");
    fail_value(&f, f.value);
    assert_string_equal(f.value, "7");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recording_a_failure_forgets_the_one_before),
        cmocka_unit_test(words_are_the_names_in_small_letters_and_in_order),
        cmocka_unit_test(long_texts_are_cut_at_a_whole_character),
        cmocka_unit_test(a_text_that_just_fits_is_whole),
        cmocka_unit_test(bytes_that_are_no_text_do_not_get_in),
        cmocka_unit_test(a_failure_may_be_told_in_its_own_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
