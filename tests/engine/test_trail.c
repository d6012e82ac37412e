/* Tests of engine/trail.c: the last minutes are there, and it is known when they are not
 * all of it. */
#include "engine/trail.h"

#include <pthread.h>

#include "tests/support/check_near.h"

static const int64_t SECOND_US = 1000000;
static const int64_t START_US = INT64_C(1795348800000000);
/* So long after the start that memory holds all of the last ten minutes. */
static const int64_t NOW_US = INT64_C(1795348800000000) + INT64_C(3600000000);

static struct live_fix fix(int64_t person_id, int64_t fix_us)
{
    return (struct live_fix){ .person_id = person_id,
                              .at = { (int32_t)(fix_us / SECOND_US % 1000), 7 },
                              .accuracy_dm = 50,
                              .speed_cms = -1,
                              .fix_us = fix_us,
                              .received_us = fix_us + SECOND_US };
}

static void pass(struct trail *t, int64_t person_id, int64_t fix_us)
{
    const struct live_fix one = fix(person_id, fix_us);

    trail_passed(t, &one, 1);
}

static bool read(struct trail *t, int64_t person_id, int64_t since_us, int32_t *count)
{
    struct arena *a = arena_new();
    struct track_fix *fixes;
    const bool is_whole = trail_read(t, person_id, since_us, NOW_US, NOW_US, a, &fixes, count);

    for (int32_t i = 1; i < *count; i++)
        assert_true(fixes[i].fix_us > fixes[i - 1].fix_us);
    arena_free(a);
    return is_whole;
}

static void fixes_are_read_in_order_and_once(void **state)
{
    struct trail *t = trail_new(START_US);
    int32_t count;

    (void)state;
    for (int i = 0; i < 20; i++)
        pass(t, 1 + i % 2, NOW_US - (i * 7 % 20) * SECOND_US);
    pass(t, 1, NOW_US); /* twice */
    pass(t, 0, NOW_US); /* of a fix that was refused */
    assert_true(read(t, 1, NOW_US - 60 * SECOND_US, &count));
    assert_int_equal(count, 10);
    assert_true(read(t, 1, NOW_US - 8 * SECOND_US, &count));
    assert_true(count < 10);
    assert_int_equal(trail_count(t), 2);
    assert_true(read(t, 3, NOW_US - 60 * SECOND_US, &count)); /* nothing is all there is */
    assert_int_equal(count, 0);
    trail_free(t);
}

static void what_comes_again_is_known(void **state)
{
    struct trail *t = trail_new(START_US);
    struct live_fix kept = fix(1, NOW_US - 5 * SECOND_US);

    (void)state;
    pass(t, 1, NOW_US - 20 * SECOND_US);
    pass(t, 1, NOW_US - 10 * SECOND_US);
    kept.flags = LIVE_NODE_LOCAL;
    trail_passed(t, &kept, 1);
    struct live_fix fixes[] = {
        fix(1, NOW_US - 20 * SECOND_US), fix(1, NOW_US - 15 * SECOND_US),
        fix(2, NOW_US - 20 * SECOND_US), fix(1, NOW_US - 20 * SECOND_US),
        fix(0, NOW_US - 20 * SECOND_US), fix(1, NOW_US - 5 * SECOND_US),
    };

    fixes[3].at.lat++;
    trail_stage(t).judge(t, fixes, 6);
    assert_true(fixes[0].is_repeat);
    assert_false(fixes[1].is_repeat); /* of another moment */
    assert_false(fixes[2].is_repeat); /* somebody else's */
    assert_false(fixes[3].is_repeat); /* somewhere else */
    assert_false(fixes[4].is_repeat); /* of a fix that was refused */
    assert_false(fixes[5].is_repeat); /* a node kept it, and it may not be committed */
    trail_free(t);
}

static void what_it_cannot_hold_it_says(void **state)
{
    struct trail *t = trail_new(START_US);
    int32_t count;

    (void)state;
    for (int i = 100; i > 0; i--)
        pass(t, 1, NOW_US - i * SECOND_US);
    assert_true(read(t, 1, NOW_US - TRAIL_FIX_MAX * SECOND_US, &count));
    assert_int_equal(count, TRAIL_FIX_MAX);
    assert_false(read(t, 1, NOW_US - (TRAIL_FIX_MAX + 1) * SECOND_US, &count));
    assert_int_equal(count, TRAIL_FIX_MAX);
    trail_free(t);
}

static void what_it_may_have_missed_it_says(void **state)
{
    struct trail *t = trail_new(START_US);
    int32_t count;

    (void)state;
    pass(t, 1, NOW_US - 500 * SECOND_US);
    assert_true(read(t, 1, NOW_US - 590 * SECOND_US, &count));
    assert_false(read(t, 1, NOW_US - 610 * SECOND_US, &count)); /* may be forgotten */
    trail_lost(t, NOW_US - 400 * SECOND_US);
    assert_false(read(t, 1, NOW_US - 590 * SECOND_US, &count));
    assert_true(read(t, 1, NOW_US - 99 * SECOND_US, &count)); /* a phone may be 300 s ahead */
    trail_lost(t, NOW_US);
    assert_false(read(t, 1, NOW_US - SECOND_US, &count));
    trail_free(t);
}

static void who_is_silent_or_does_not_agree_is_forgotten(void **state)
{
    struct trail *t = trail_new(START_US);
    struct live *l = live_new();
    const struct live_person people[] = {
        { .person_id = 1, .name = "a", .on_duty = true },
        { .person_id = 2, .name = "b", .on_duty = true },
        { .person_id = 3, .name = "c", .on_duty = true },
    };
    int32_t count;

    (void)state;
    live_know(l, people, 3);
    for (int64_t person_id = 1; person_id <= 4; person_id++)
        pass(t, person_id, NOW_US);
    pass(t, 5, NOW_US - (TRAIL_KEEP_S + 2) * SECOND_US);
    live_consent(l, 2, false);
    for (int i = 0; i < TRAIL_SWEEPS; i++)
        trail_sweep(t, l, NOW_US);
    assert_int_equal(trail_count(t), 2); /* 4 is nobody */
    read(t, 2, NOW_US - SECOND_US, &count);
    assert_int_equal(count, 0);
    read(t, 3, NOW_US - SECOND_US, &count);
    assert_int_equal(count, 1);
    trail_free(t);
    live_free(l);
}

static void *pass_many(void *self)
{
    for (int i = 0; i < 20000; i++)
        pass(self, 1 + i % 500, NOW_US - (20000 - i) * 1000);
    return NULL;
}

static void many_threads_may_use_it(void **state)
{
    struct trail *t = trail_new(START_US);
    struct live *l = live_new();
    pthread_t threads[3];
    int32_t count;

    (void)state;
    for (int i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, pass_many, t), 0);
    for (int i = 0; i < 2000; i++) {
        read(t, 1 + i % 500, NOW_US - 60 * SECOND_US, &count);
        trail_sweep(t, l, NOW_US);
    }
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    trail_free(t);
    live_free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fixes_are_read_in_order_and_once),
        cmocka_unit_test(what_comes_again_is_known),
        cmocka_unit_test(what_it_cannot_hold_it_says),
        cmocka_unit_test(what_it_may_have_missed_it_says),
        cmocka_unit_test(who_is_silent_or_does_not_agree_is_forgotten),
        cmocka_unit_test(many_threads_may_use_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
