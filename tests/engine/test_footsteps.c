/* Tests of engine/footsteps.c. */
#include "engine/footsteps.h"

#include "tests/support/check_near.h"

static struct fence_fix at(double lon, int64_t fix_us)
{
    return (struct fence_fix){ { lon, 57.7 }, fix_us };
}

static enum footsteps_step take(struct footsteps *s, int64_t who, double lon, int64_t fix_us,
                                struct fence_fix *from)
{
    const struct fence_fix to = at(lon, fix_us);

    return footsteps_take(s, who, &to, from);
}

static void steps_follow_each_other(void **state)
{
    struct footsteps *s = footsteps_new();
    const struct fence_fix stood = at(11, 100);
    struct fence_fix from;

    (void)state;
    footsteps_stood(s, 7, &stood);
    assert_int_equal(take(s, 7, 12, 200, &from), FOOTSTEPS_NEXT);
    check_near(from.at.lon, 11, 0);
    assert_int_equal(take(s, 7, 13, 300, &from), FOOTSTEPS_NEXT);
    check_near(from.at.lon, 12, 0);
    assert_int_equal(take(s, 8, 13, 300, &from), FOOTSTEPS_FIRST);
    footsteps_free(s);
    footsteps_free(NULL);
}

static void what_is_not_newer_is_no_step(void **state)
{
    struct footsteps *s = footsteps_new();
    const struct fence_fix old = at(9, 150), newer = at(10, 400);
    struct fence_fix from;

    (void)state;
    assert_int_equal(take(s, 7, 12, 200, &from), FOOTSTEPS_FIRST);
    assert_int_equal(take(s, 7, 12, 200, &from), FOOTSTEPS_OLD);
    assert_int_equal(take(s, 7, 12, 199, &from), FOOTSTEPS_OLD);
    footsteps_stood(s, 7, &old); /* as another process saw her */
    assert_int_equal(take(s, 7, 13, 300, &from), FOOTSTEPS_NEXT);
    check_near(from.at.lon, 12, 0);
    footsteps_stood(s, 7, &newer);
    assert_int_equal(take(s, 7, 13, 350, &from), FOOTSTEPS_OLD);
    assert_int_equal(take(s, 7, 13, 500, &from), FOOTSTEPS_NEXT);
    check_near(from.at.lon, 10, 0);
    footsteps_free(s);
}

static void after_two_turns_nothing_is_known(void **state)
{
    struct footsteps *s = footsteps_new();
    struct fence_fix from;

    (void)state;
    for (int64_t who = 1; who <= 5000; who++)
        assert_int_equal(take(s, who, 12, 200, &from), FOOTSTEPS_FIRST);
    footsteps_turn(s);
    assert_int_equal(take(s, 1, 12, 300, &from), FOOTSTEPS_NEXT);
    footsteps_turn(s);
    assert_int_equal(take(s, 1, 12, 400, &from), FOOTSTEPS_NEXT);
    for (int64_t who = 2; who <= 5000; who++)
        assert_int_equal(take(s, who, 12, 150, &from), FOOTSTEPS_FIRST);
    footsteps_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_follow_each_other),
        cmocka_unit_test(what_is_not_newer_is_no_step),
        cmocka_unit_test(after_two_turns_nothing_is_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
