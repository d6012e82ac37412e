/* Tests of engine/identity.c. */
#include "engine/identity.h"

#include <string.h>

#include "tests/support/check_near.h"

static void cards_tell_the_year_of_birth(void **state)
{
    static const struct {
        const char *text, *number;
        int32_t year;
    } CASES[] = {
        { "320300199001011230", "320300199001011230", 1990 },
        { " 320301 20120615 002x ", "32030120120615002X", 2012 },
        { "320301198506150027", "320301198506150027", 1985 },
        { "ab12345678", "AB12345678", 0 },
        { "12345", "12345", 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char number[IDENTITY_SIZE];
        struct fail f = { 0 };
        int32_t year;

        if (!identity_read(CASES[i].text, number, &year, &f))
            fail_msg("%s: %s", CASES[i].text, f.text);
        assert_string_equal(number, CASES[i].number);
        assert_int_equal(year, CASES[i].year);
    }
}

/* Every digit of a card mistyped, and every two neighbours exchanged. */
static void a_mistyped_card_is_noticed(void **state)
{
    static const char CARD[] = "320300199001011230";
    char number[IDENTITY_SIZE];
    struct fail f;
    int32_t year;

    (void)state;
    for (size_t i = 0; i < sizeof CARD - 1; i++) {
        for (char digit = '0'; digit <= '9'; digit++) {
            char other[sizeof CARD];

            memcpy(other, CARD, sizeof CARD);
            other[i] = digit;
            assert_int_equal(identity_read(other, number, &year, &f), digit == CARD[i]);
        }
        if (i + 2 < sizeof CARD && CARD[i] != CARD[i + 1]) {
            char other[sizeof CARD];

            memcpy(other, CARD, sizeof CARD);
            other[i] = CARD[i + 1];
            other[i + 1] = CARD[i];
            assert_false(identity_read(other, number, &year, &f));
            assert_int_equal(f.code, CODE_IDENTITY_MALFORMED);
        }
    }
}

static void what_is_no_number_is_refused(void **state)
{
    static const char *const CASES[] = {
        "", "1234", "12345678901234567890123456", "12-345", "身份证1234", "320300189901011237",
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char number[IDENTITY_SIZE];
        struct fail f = { 0 };
        int32_t year;

        assert_false(identity_read(CASES[i], number, &year, &f));
        assert_int_equal(f.code, CODE_IDENTITY_MALFORMED);
        assert_true(f.allowed[0]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cards_tell_the_year_of_birth),
        cmocka_unit_test(a_mistyped_card_is_noticed),
        cmocka_unit_test(what_is_no_number_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
