/* How old a fix is. */
#include "engine/age.h"

#include "engine/live.h"
#include "tests/support/check_near.h"

static const struct age_limits LIMITS = { 60, 600 };
static const int64_t NOW_US = 1795331700000000;
static const int64_t SECOND_US = 1000000;

static void age_is_by_the_clock_that_is_believed(void **state)
{
    struct live_fix fix = { .fix_us = NOW_US - 5, .received_us = NOW_US - 3 };

    (void)state;
    assert_int_equal(age_us(&fix, NOW_US), 5);
    fix.flags = LIVE_CLOCK_SKEW;
    assert_int_equal(age_us(&fix, NOW_US), 3);
    fix = (struct live_fix){ .fix_us = NOW_US + 7, .received_us = NOW_US };
    assert_int_equal(age_us(&fix, NOW_US), 0);
}

static void a_fix_is_fresh_then_stale_then_lost(void **state)
{
    static const struct {
        int64_t age_s;
        bool is_stale, is_lost;
        uint32_t spread_ms;
    } CASES[] = {
        { 0, false, false, 0 },       { 60, false, false, 0 },     { 61, true, false, 1000 },
        { 600, true, false, 540000 }, { 601, true, true, 541000 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const int64_t old_us = CASES[i].age_s * SECOND_US;

        assert_int_equal(age_is_stale(&LIMITS, old_us), CASES[i].is_stale);
        assert_int_equal(age_is_lost(&LIMITS, old_us), CASES[i].is_lost);
        assert_int_equal(age_spread_ms(&LIMITS, old_us), CASES[i].spread_ms);
    }
    assert_int_equal(age_spread_ms(&LIMITS, INT64_MAX), INT32_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(age_is_by_the_clock_that_is_believed),
        cmocka_unit_test(a_fix_is_fresh_then_stale_then_lost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
