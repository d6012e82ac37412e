/* Tests of geo/instant.c. */
#include "geo/instant.h"

#include <string.h>
#include <time.h>

#include "tests/support/check_near.h"

static void moments_are_read_as_rfc_3339_says(void **state)
{
    static const struct {
        const char *text;
        int64_t us;
    } CASES[] = {
        { "1970-01-01T00:00:00Z", 0 },
        { "1970-01-01T08:00:00+08:00", 0 },
        { "1969-12-31T23:00:00-01:00", -1 }, /* the year is too early as written */
        { "2026-11-22T07:15:00.123Z", 1795331700123000 },
        { "2026-11-22T15:15:00.123456789+08:00", 1795331700123456 },
        { "2026-11-22t07:15:00z", 1795331700000000 },
        { "2024-02-29T23:59:60Z", 1709251200000000 },
        { "2000-02-29T00:00:00Z", 951782400000000 },
        { "9999-12-31T23:59:59.999999Z", 253402300799999999 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        int64_t us = -1;

        instant_read(CASES[i].text, strlen(CASES[i].text), &us);
        assert_int_equal(us, CASES[i].us);
    }
}

static void what_is_no_moment_is_refused(void **state)
{
    static const char *const TEXTS[] = {
        "",
        "2026-11-22",
        "2026-11-22T07:15:00",
        "2026-11-22 07:15:00Z",
        "2026-11-22T07:15Z",
        "2026-11-22T07:15:00.Z",
        "2026-11-22T07:15:00.1234567890Z",
        "2026-11-22T07:15:00,5Z",
        "2026-11-22T24:00:00Z",
        "2026-11-22T07:60:00Z",
        "2026-11-22T07:15:61Z",
        "2026-02-29T07:15:00Z",
        "2100-02-29T07:15:00Z",
        "2026-13-01T07:15:00Z",
        "2026-00-01T07:15:00Z",
        "2026-01-00T07:15:00Z",
        "2026-04-31T07:15:00Z",
        "2026-11-22T07:15:00+0800",
        "2026-11-22T07:15:00+08",
        "2026-11-22T07:15:00+24:00",
        "2026-11-22T07:15:00Z ",
        " 2026-11-22T07:15:00Z",
        "+026-11-22T07:15:00Z",
        "1969-12-31T23:59:59Z",
        "1970-01-01T00:00:00+00:01",
        "9999-12-31T23:59:60Z",
        "26-11-22T07:15:00Z",
    };

    (void)state;
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        int64_t us = 7;

        if (instant_read(TEXTS[i], strlen(TEXTS[i]), &us))
            fail_msg("\"%s\" was taken", TEXTS[i]);
        assert_int_equal(us, 7);
    }
}

static void every_shorter_text_is_refused(void **state)
{
    const char *whole = "2026-11-22T15:15:00.123+08:00";
    int64_t us;

    (void)state;
    for (size_t length = 0; length < strlen(whole); length++)
        assert_false(instant_read(whole, length, &us));
    assert_true(instant_read(whole, strlen(whole), &us));
}

/* The C library knows the calendar too. */
static void days_agree_with_the_library(void **state)
{
    (void)state;
    for (int64_t s = 43; s < 253402300800; s += 86400 * 13 + 3607) {
        const time_t second = (time_t)s;
        char want[64], got[INSTANT_SIZE];
        struct tm parts;
        int64_t us = 0;

        gmtime_r(&second, &parts);
        strftime(want, sizeof want, "%Y-%m-%dT%H:%M:%S.987Z", &parts);
        instant_write(s * 1000000 + 987654, got);
        assert_string_equal(got, want);
        assert_true(instant_read(got, strlen(got), &us));
        assert_int_equal(us, s * 1000000 + 987000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moments_are_read_as_rfc_3339_says),
        cmocka_unit_test(what_is_no_moment_is_refused),
        cmocka_unit_test(every_shorter_text_is_refused),
        cmocka_unit_test(days_agree_with_the_library),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
