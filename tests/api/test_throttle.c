#include "api/throttle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { SECOND_US = 1000000 };

static void a_room_full_may_and_then_no_more(void **state)
{
    struct throttle *t = throttle_new();

    (void)state;
    for (int i = 0; i < THROTTLE_BURST; i++)
        assert_true(throttle_take(t, 7, SECOND_US));
    assert_false(throttle_take(t, 7, SECOND_US));
    throttle_free(t);
}

static void what_was_taken_comes_back_with_time(void **state)
{
    struct throttle *t = throttle_new();

    (void)state;
    for (int i = 0; i < THROTTLE_BURST; i++)
        assert_true(throttle_take(t, 7, 0));
    assert_false(throttle_take(t, 7, SECOND_US / 2));
    assert_true(throttle_take(t, 7, SECOND_US));
    assert_false(throttle_take(t, 7, SECOND_US));
    for (int i = 0; i < THROTTLE_BURST; i++) /* full again, and not more than full */
        assert_true(throttle_take(t, 7, 3600LL * SECOND_US));
    assert_false(throttle_take(t, 7, 3600LL * SECOND_US));
    throttle_free(t);
}

static void who_asks_from_elsewhere_is_not_held_up(void **state)
{
    int held_up = 0;

    (void)state;
    for (int i = 0; i < 20; i++) { /* two addresses meet in a slot once in 8,192 tries */
        struct throttle *t = throttle_new();

        for (int k = 0; k <= THROTTLE_BURST; k++)
            throttle_take(t, 7, 0);
        held_up += !throttle_take(t, 8, 0);
        throttle_free(t);
    }
    assert_true(held_up <= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_room_full_may_and_then_no_more),
        cmocka_unit_test(what_was_taken_comes_back_with_time),
        cmocka_unit_test(who_asks_from_elsewhere_is_not_held_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
