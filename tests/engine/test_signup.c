/* Every state with every event of a sign-up, and when each may be. */
#include "tests/support/check_near.h"

#include <string.h>

#include "engine/signup.h"

static const int64_t MINUTE = 60LL * 1000000;

/* A shift from minute 1000 to 1240 with its cut-off at 500. */
static struct signup_moment at_minute(int64_t minute)
{
    return (struct signup_moment){
        .now_us = minute * MINUTE,
        .starts_us = 1000 * MINUTE,
        .ends_us = 1240 * MINUTE,
        .cutoff_us = 500 * MINUTE,
    };
}

/* A time at which the event is allowed by its guards. */
static struct signup_moment right_time(enum signup_event event)
{
    return at_minute(event == SIGNUP_CHECK_IN || event == SIGNUP_CHECK_OUT ? 1000
                     : event == SIGNUP_MISS                                ? 1240
                                                                           : 100);
}

/* Rows by state, columns by event: approve, confirm, cancel, offer, take, check in,
 * check out, credit, miss. */
static void each_state_allows_just_its_own_events(void **state)
{
    static const char *const WANTED[SIGNUP_STATES][SIGNUP_EVENTS] = {
        [SIGNUP_REQUESTED] = { "approved", 0, "cancelled", 0, 0, 0, 0, 0, "cancelled" },
        [SIGNUP_APPROVED] = { 0, "confirmed", "cancelled", "approved", "swapped", "checked_in", 0,
                              0, "no_show" },
        [SIGNUP_CONFIRMED] = { 0, 0, "cancelled", "confirmed", "swapped", "checked_in", 0, 0,
                               "no_show" },
        [SIGNUP_CHECKED_IN] = { 0, 0, 0, 0, 0, 0, "checked_out", 0, 0 },
        [SIGNUP_CHECKED_OUT] = { 0, 0, 0, 0, 0, 0, 0, "credited", 0 },
    };
    int allowed = 0;

    (void)state;
    for (int from = 0; from < SIGNUP_STATES; from++) {
        for (int event = 0; event < SIGNUP_EVENTS; event++) {
            const struct signup_moment moment = right_time((enum signup_event)event);
            struct signup_step step;
            struct fail f = { 0 };

            if (signup_next((enum signup_state)from, (enum signup_event)event, &moment, &step,
                            &f)) {
                assert_non_null(WANTED[from][event]);
                assert_string_equal(signup_word(step.state), WANTED[from][event]);
                allowed++;
            } else {
                assert_null(WANTED[from][event]);
                assert_int_equal(f.code, CODE_SIGNUP_STATE);
                assert_int_equal(f.kind, FAIL_CONFLICT);
            }
        }
    }
    assert_int_equal(allowed, 16);
}

static void she_cancels_until_the_cut_off_and_staff_until_the_end(void **state)
{
    static const struct {
        int64_t minute;
        bool by_staff;
        bool allowed;
    } CASES[] = { { 499, false, true }, { 500, false, false }, { 1100, false, false },
                  { 500, true, true },  { 1239, true, true },  { 1240, true, false } };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct signup_moment moment = at_minute(CASES[i].minute);
        struct signup_step step;
        struct fail f = { 0 };

        moment.by_staff = CASES[i].by_staff;
        assert_int_equal(signup_next(SIGNUP_CONFIRMED, SIGNUP_CANCEL, &moment, &step, &f),
                         CASES[i].allowed);
        if (CASES[i].allowed)
            assert_true(step.gives_place);
        else
            assert_int_equal(f.code, CODE_CUT_OFF_PASSED);
    }
}

static void checking_in_begins_half_an_hour_before_and_late_is_told(void **state)
{
    static const struct {
        int64_t minute;
        bool allowed;
        int32_t late_min;
    } CASES[] = { { 969, false, 0 }, { 970, true, 0 },    { 1004, true, 0 },
                  { 1005, true, 5 }, { 1239, true, 239 }, { 1240, false, 0 } };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct signup_moment moment = at_minute(CASES[i].minute);
        struct signup_step step = { 0 };
        struct fail f = { 0 };

        assert_int_equal(signup_next(SIGNUP_APPROVED, SIGNUP_CHECK_IN, &moment, &step, &f),
                         CASES[i].allowed);
        assert_int_equal(step.late_min, CASES[i].late_min);
        assert_int_equal(step.starts_duty, CASES[i].allowed);
        assert_true(CASES[i].allowed || f.code == CODE_CHECK_IN_TIME);
    }
}

static void a_place_changes_hands_before_the_start_and_nobody_is_missed_before_the_end(void **state)
{
    const struct signup_moment before = at_minute(999), begun = at_minute(1000);
    struct signup_step step;
    struct fail f = { 0 };

    (void)state;
    assert_true(signup_next(SIGNUP_CONFIRMED, SIGNUP_TAKE, &before, &step, &f));
    assert_false(signup_next(SIGNUP_CONFIRMED, SIGNUP_TAKE, &begun, &step, &f));
    assert_int_equal(f.code, CODE_CUT_OFF_PASSED);
    assert_false(signup_next(SIGNUP_CONFIRMED, SIGNUP_OFFER, &begun, &step, &f));
    assert_false(signup_next(SIGNUP_CONFIRMED, SIGNUP_MISS, &begun, &step, &f));
    assert_int_equal(f.code, CODE_CHECK_IN_TIME);
}

static void minutes_are_those_within_the_planned_time(void **state)
{
    static const struct {
        int64_t in_s, out_s;
        int32_t minutes;
    } CASES[] = {
        { 60000, 74400, 240 }, /* the whole shift */
        { 58200, 80000, 240 }, /* before and after it do not count */
        { 60600, 74400, 230 }, /* ten minutes late */
        { 60000, 60029, 0 },   /* less than half a minute */
        { 60000, 60030, 1 },   /* half a minute is one */
        { 59000, 59900, 0 },   /* gone before it began */
        { 74000, 73000, 0 },   /* the other way round */
    };
    const struct signup_moment moment = at_minute(0);

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        assert_int_equal(signup_minutes(CASES[i].in_s * 1000000, CASES[i].out_s * 1000000, &moment),
                         CASES[i].minutes);
}

static void every_word_is_read_back(void **state)
{
    enum signup_state back;

    (void)state;
    for (int i = 0; i < SIGNUP_STATES; i++) {
        assert_true(signup_state_of(signup_word((enum signup_state)i), &back));
        assert_int_equal(back, i);
    }
    assert_false(signup_state_of("open", &back));
    assert_false(signup_state_of("", &back));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_state_allows_just_its_own_events),
        cmocka_unit_test(she_cancels_until_the_cut_off_and_staff_until_the_end),
        cmocka_unit_test(checking_in_begins_half_an_hour_before_and_late_is_told),
        cmocka_unit_test(
            a_place_changes_hands_before_the_start_and_nobody_is_missed_before_the_end),
        cmocka_unit_test(minutes_are_those_within_the_planned_time),
        cmocka_unit_test(every_word_is_read_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
