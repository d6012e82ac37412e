/* Tests of api/backlog.c. */
#include "api/backlog.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MOST = 20 };

static void nothing(struct backlog_item *item)
{
    item->next = NULL;
}

static int set_up(void **state)
{
    *state = backlog_new(MOST);
    return 0;
}

static int tear_down(void **state)
{
    backlog_free(*state);
    backlog_free(NULL);
    return 0;
}

static void what_comes_first_is_taken_first(void **state)
{
    struct backlog *b = *state;
    struct backlog_item items[4];

    for (int i = 0; i < 4; i++)
        assert_true(backlog_put(b, BACKLOG_FIRST, &items[i], nothing));
    for (int i = 0; i < 4; i++)
        assert_ptr_equal(backlog_take(b), &items[i]);
}

static void what_comes_in_bulk_lets_the_rest_pass(void **state)
{
    struct backlog *b = *state;
    struct backlog_item bulk[3];
    struct backlog_item other;

    for (int i = 0; i < 3; i++)
        assert_true(backlog_put(b, BACKLOG_BULK, &bulk[i], nothing));
    assert_true(backlog_put(b, BACKLOG_FIRST, &other, nothing));
    assert_ptr_equal(backlog_take(b), &other);
    for (int i = 0; i < 3; i++)
        assert_ptr_equal(backlog_take(b), &bulk[i]);
}

static void of_eight_one_is_of_the_bulk(void **state)
{
    struct backlog *b = *state;
    struct backlog_item bulk[2];
    struct backlog_item others[16];

    for (int i = 0; i < 16; i++)
        assert_true(backlog_put(b, BACKLOG_FIRST, &others[i], nothing));
    for (int i = 0; i < 2; i++)
        assert_true(backlog_put(b, BACKLOG_BULK, &bulk[i], nothing));
    for (int i = 0; i < 7; i++)
        assert_ptr_equal(backlog_take(b), &others[i]);
    assert_ptr_equal(backlog_take(b), &bulk[0]);
    for (int i = 7; i < 14; i++)
        assert_ptr_equal(backlog_take(b), &others[i]);
    assert_ptr_equal(backlog_take(b), &bulk[1]);
    assert_ptr_equal(backlog_take(b), &others[14]);
}

static void a_full_lane_leaves_the_other_its_room(void **state)
{
    struct backlog *b = *state;
    struct backlog_item bulk[MOST + 1];
    struct backlog_item other;

    for (int i = 0; i < MOST; i++)
        assert_true(backlog_put(b, BACKLOG_BULK, &bulk[i], nothing));
    assert_false(backlog_put(b, BACKLOG_BULK, &bulk[MOST], nothing));
    assert_true(backlog_put(b, BACKLOG_FIRST, &other, nothing));
    assert_ptr_equal(backlog_take(b), &other);
}

static void what_memory_answers_does_not_wait_for_the_rest(void **state)
{
    struct backlog *b = *state;
    struct backlog_item others[2];
    struct backlog_item remembered[2];

    for (int i = 0; i < 2; i++) {
        assert_true(backlog_put(b, BACKLOG_FIRST, &others[i], nothing));
        assert_true(backlog_put(b, BACKLOG_MEMORY, &remembered[i], nothing));
    }
    assert_ptr_equal(backlog_take_memory(b), &remembered[0]);
    assert_ptr_equal(backlog_take(b), &others[0]);
    assert_ptr_equal(backlog_take(b), &others[1]);
    assert_ptr_equal(backlog_take(b), &remembered[1]); /* whoever is free helps */
}

static void who_answers_from_memory_takes_nothing_else(void **state)
{
    struct backlog *b = *state;
    struct backlog_item other;

    assert_true(backlog_put(b, BACKLOG_FIRST, &other, nothing));
    backlog_shut(b);
    assert_null(backlog_take_memory(b));
    assert_ptr_equal(backlog_take(b), &other);
}

static void one_that_is_shut_is_emptied_and_takes_nothing(void **state)
{
    struct backlog *b = *state;
    struct backlog_item bulk;
    struct backlog_item other;

    assert_true(backlog_put(b, BACKLOG_BULK, &bulk, nothing));
    backlog_shut(b);
    assert_false(backlog_put(b, BACKLOG_FIRST, &other, nothing));
    assert_ptr_equal(backlog_take(b), &bulk);
    assert_null(backlog_take(b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(what_comes_first_is_taken_first),
        TEST(what_comes_in_bulk_lets_the_rest_pass),
        TEST(of_eight_one_is_of_the_bulk),
        TEST(a_full_lane_leaves_the_other_its_room),
        TEST(what_memory_answers_does_not_wait_for_the_rest),
        TEST(who_answers_from_memory_takes_nothing_else),
        TEST(one_that_is_shut_is_emptied_and_takes_nothing),
#undef TEST
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
