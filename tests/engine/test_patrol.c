/* Every state with every event of a claim, and when each may be. */
#include "tests/support/check_near.h"

#include <string.h>

#include "engine/patrol.h"

static const int64_t MINUTE = 60LL * 1000000;

/* Six of six to eight people; from minute 1000 to 1240, cut-off at 500. */
static struct patrol_moment at_minute(int64_t minute)
{
    return (struct patrol_moment){
        .now_us = minute * MINUTE,
        .starts_us = 1000 * MINUTE,
        .ends_us = 1240 * MINUTE,
        .cutoff_us = 500 * MINUTE,
        .people = 6,
        .min_people = 6,
        .max_people = 8,
    };
}

static struct patrol_moment right_time(enum patrol_event event)
{
    return at_minute(event == PATROL_START ? 1000 : event == PATROL_MISS ? 1240 : 100);
}

/* Rows by state, columns by event: win, wait, confirm, cancel, swap, start, pause,
 * resume, finish, abandon, miss, verify, credit. */
static void each_state_allows_just_its_own_events(void **state)
{
    static const char *const WANTED[PATROL_STATES][PATROL_EVENTS] = {
        [PATROL_ASKED] = { "claimed", "waiting", 0, "cancelled", 0, 0, 0, 0, 0, 0, "cancelled" },
        [PATROL_WAITING] = { "claimed", 0, 0, "cancelled", 0, 0, 0, 0, 0, 0, "cancelled" },
        [PATROL_CLAIMED] = { 0, 0, "confirmed", "cancelled", "claimed", "started", 0, 0, 0, 0,
                             "missed" },
        [PATROL_CONFIRMED] = { 0, 0, 0, "cancelled", "claimed", "started", 0, 0, 0, 0, "missed" },
        [PATROL_STARTED] = { 0, 0, 0, 0, 0, 0, "paused", 0, "finished", "abandoned" },
        [PATROL_PAUSED] = { 0, 0, 0, 0, 0, 0, 0, "started", "finished", "abandoned" },
        [PATROL_FINISHED] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, "verified" },
        [PATROL_VERIFIED] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, "credited" },
    };
    int allowed = 0;

    (void)state;
    for (int from = 0; from < PATROL_STATES; from++) {
        for (int event = 0; event < PATROL_EVENTS; event++) {
            const struct patrol_moment moment = right_time((enum patrol_event)event);
            struct patrol_step step;
            struct fail f = { 0 };

            if (patrol_next((enum patrol_state)from, (enum patrol_event)event, &moment, &step,
                            &f)) {
                assert_non_null(WANTED[from][event]);
                assert_string_equal(patrol_word(step.state), WANTED[from][event]);
                allowed++;
            } else {
                assert_null(WANTED[from][event]);
                assert_int_equal(f.code, CODE_PATROL_STATE);
            }
        }
    }
    assert_int_equal(allowed, 24);
}

static void a_held_day_is_given_back_until_the_cut_off_and_by_staff_until_the_start(void **state)
{
    static const struct {
        enum patrol_state from;
        int64_t minute;
        bool by_staff;
        bool allowed;
    } CASES[] = {
        { PATROL_CLAIMED, 499, false, true },  { PATROL_CLAIMED, 500, false, false },
        { PATROL_CONFIRMED, 999, true, true }, { PATROL_CONFIRMED, 1000, true, false },
        { PATROL_WAITING, 900, false, true }, /* who only waits may always leave */
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct patrol_moment moment = at_minute(CASES[i].minute);
        struct patrol_step step = { 0 };
        struct fail f = { 0 };

        moment.by_staff = CASES[i].by_staff;
        assert_int_equal(patrol_next(CASES[i].from, PATROL_CANCEL, &moment, &step, &f),
                         CASES[i].allowed);
        assert_true(CASES[i].allowed || f.code == CODE_CUT_OFF_PASSED);
        assert_int_equal(step.gives_place, CASES[i].allowed && CASES[i].from != PATROL_WAITING);
    }
}

static void a_squad_confirms_with_enough_people_and_not_too_many(void **state)
{
    (void)state;
    for (int32_t people = 0; people < 12; people++) {
        struct patrol_moment moment = at_minute(10);
        struct patrol_step step;
        struct fail f = { 0 };

        moment.people = people;
        assert_int_equal(patrol_next(PATROL_CLAIMED, PATROL_CONFIRM, &moment, &step, &f),
                         people >= 6 && people <= 8);
        assert_true((people >= 6 && people <= 8) || f.code == CODE_SQUAD_SIZE);
    }
}

static void a_patrol_starts_in_its_time_and_is_missed_after_it(void **state)
{
    static const struct {
        int64_t minute;
        bool starts, missed;
    } CASES[] = {
        { 969, false, false }, { 970, true, false }, { 1239, true, false }, { 1240, false, true }
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct patrol_moment moment = at_minute(CASES[i].minute);
        struct patrol_step step;
        struct fail f = { 0 };

        assert_int_equal(patrol_next(PATROL_CONFIRMED, PATROL_START, &moment, &step, &f),
                         CASES[i].starts);
        assert_int_equal(patrol_next(PATROL_CONFIRMED, PATROL_MISS, &moment, &step, &f),
                         CASES[i].missed);
    }
}

static void those_hold_a_place_that_the_table_says(void **state)
{
    static const char *const HOLDING =
        "claimed confirmed started paused finished verified credited";

    (void)state;
    for (int i = 0; i < PATROL_STATES; i++) {
        enum patrol_state back;

        assert_int_equal(patrol_holds((enum patrol_state)i),
                         strstr(HOLDING, patrol_word((enum patrol_state)i)) != NULL);
        assert_true(patrol_state_of(patrol_word((enum patrol_state)i), &back));
        assert_int_equal(back, i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_state_allows_just_its_own_events),
        cmocka_unit_test(a_held_day_is_given_back_until_the_cut_off_and_by_staff_until_the_start),
        cmocka_unit_test(a_squad_confirms_with_enough_people_and_not_too_many),
        cmocka_unit_test(a_patrol_starts_in_its_time_and_is_missed_after_it),
        cmocka_unit_test(those_hold_a_place_that_the_table_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
