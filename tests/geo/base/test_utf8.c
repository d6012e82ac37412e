/* geo/base/utf8.c: which bytes are text. */
#include "geo/base/utf8.h"

#include <string.h>

#include "tests/support/check_near.h"

static void characters_have_the_length_that_the_rfc_gives_them(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
    } CHARACTERS[] = {
        { "a", 1 },
        { "\x7f", 1 },
        { "\xC2\x80", 2 },
        { "é", 2 },
        { "\xE0\xA0\x80", 3 },
        { "路", 3 },
        { "\xED\x9F\xBF", 3 },
        { "\xEE\x80\x80", 3 },
        { "\xF0\x90\x80\x80", 4 },
        { "𠮷", 4 },
        { "\xF4\x8F\xBF\xBF", 4 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CHARACTERS / sizeof *CHARACTERS; i++) {
        const char *bytes = CHARACTERS[i].bytes;

        assert_int_equal(utf8_character(bytes, strlen(bytes)), CHARACTERS[i].length);
        for (size_t cut = 1; cut < CHARACTERS[i].length; cut++)
            assert_int_equal(utf8_character(bytes, cut), 0);
    }
    assert_int_equal(utf8_character("\0", 1), 1);
}

static void bytes_that_are_no_character_are_told(void **state)
{
    static const char *const WRONG[] = {
        "\x80",             /* a lone continuation */
        "\xC0\xAF",         /* overlong */
        "\xC1\xBF",         /* overlong */
        "\xE0\x9F\xBF",     /* overlong */
        "\xF0\x8F\xBF\xBF", /* overlong */
        "\xED\xA0\x80",     /* a surrogate */
        "\xF4\x90\x80\x80", /* above U+10FFFF */
        "\xF5\x80\x80\x80", /* never used */
        "\xFF",             /* never used */
        "\xC3(",            /* no continuation */
        "\xE4\xBA(",        /* no second continuation */
        "\xF0\x9F\x98(",    /* no third continuation */
    };

    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        assert_int_equal(utf8_character(WRONG[i], strlen(WRONG[i])), 0);
        assert_false(utf8_valid(WRONG[i], strlen(WRONG[i])));
    }
    assert_true(utf8_valid("", 0));
    assert_true(utf8_valid("云龙路 é a", strlen("云龙路 é a")));
    assert_false(utf8_valid("云龙路\xFF", strlen("云龙路") + 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(characters_have_the_length_that_the_rfc_gives_them),
        cmocka_unit_test(bytes_that_are_no_character_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
