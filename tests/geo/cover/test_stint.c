#include "tests/support/check_near.h"

#include "geo/cover/stint.h"
#include "tests/support/room.h"

static const struct stint *manned(struct arena *a, const struct stint *given, int32_t count,
                                  int32_t need, int32_t *found)
{
    const struct stint *out;

    *found = stint_manned(given, count, need, a, &out);
    return out;
}

static void times_that_touch_or_overlap_are_one(void **state)
{
    static const struct stint GIVEN[] = {
        { 50, 60 }, { 10, 20 }, { 20, 30 }, { 25, 40 }, { 60, 61 }
    };
    struct room *room = *state;
    int32_t count;
    const struct stint *out = manned(room->arena, GIVEN, 5, 1, &count);

    assert_int_equal(count, 2);
    assert_int_equal(out[0].from_s, 10);
    assert_int_equal(out[0].to_s, 40);
    assert_int_equal(out[1].from_s, 50);
    assert_int_equal(out[1].to_s, 61);
}

static void fewer_than_needed_are_nobody(void **state)
{
    static const struct stint GIVEN[] = { { 0, 100 }, { 10, 20 }, { 15, 40 }, { 40, 50 } };
    struct room *room = *state;
    int32_t count;
    const struct stint *out = manned(room->arena, GIVEN, 4, 2, &count);

    assert_int_equal(count, 1); /* one goes as the other comes */
    assert_int_equal(out[0].from_s, 10);
    assert_int_equal(out[0].to_s, 50);
    out = manned(room->arena, GIVEN, 4, 3, &count);
    assert_int_equal(count, 1);
    assert_int_equal(out[0].from_s, 15);
    assert_int_equal(out[0].to_s, 20);
    manned(room->arena, GIVEN, 4, 4, &count);
    assert_int_equal(count, 0);
}

static void what_has_no_length_counts_for_nothing(void **state)
{
    static const struct stint GIVEN[] = { { 10, 10 }, { 30, 20 } };
    struct room *room = *state;
    int32_t count;

    manned(room->arena, GIVEN, 2, 1, &count);
    assert_int_equal(count, 0);
    manned(room->arena, NULL, 0, 1, &count);
    assert_int_equal(count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(times_that_touch_or_overlap_are_one, room_open, room_close),
        cmocka_unit_test_setup_teardown(fewer_than_needed_are_nobody, room_open, room_close),
        cmocka_unit_test_setup_teardown(what_has_no_length_counts_for_nothing, room_open,
                                        room_close),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
