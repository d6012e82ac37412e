/* geo/base/arena.c: memory taken by the piece and given back at once. */
#include "geo/base/arena.h"

#include <stdalign.h>
#include <string.h>

#include "tests/support/check_near.h"

static void pieces_are_zeroed_aligned_and_apart(void **state)
{
    static const size_t SIZES[] = { 1, 3, 16, 17, 1000, 65536, 70000, 5, 20000, 300000, 1, 64000 };
    enum { COUNT = sizeof SIZES / sizeof *SIZES };
    struct arena *a = arena_new();
    unsigned char *pieces[COUNT];

    (void)state;
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < COUNT; i++) {
            pieces[i] = arena_take(a, SIZES[i], 1);
            assert_int_equal((uintptr_t)pieces[i] % alignof(max_align_t), 0);
            for (size_t k = 0; k < SIZES[i]; k++)
                assert_int_equal(pieces[i][k], 0);
            memset(pieces[i], i + 1, SIZES[i]);
        }
        for (int i = 0; i < COUNT; i++)
            for (size_t k = 0; k < SIZES[i]; k++)
                assert_int_equal(pieces[i][k], i + 1);
        arena_reset(a);
        assert_int_equal(arena_used(a), 0);
    }
    arena_free(a);
    arena_free(NULL);
}

static void nothing_is_a_piece_too(void **state)
{
    struct arena *a = arena_new();

    (void)state;
    assert_non_null(arena_take(a, 0, 8));
    assert_string_equal(arena_copy(a, NULL, 0), "");
    arena_free(a);
}

static void what_is_used_is_counted(void **state)
{
    struct arena *a = arena_new();

    (void)state;
    arena_take(a, 10, 100);
    assert_true(arena_used(a) >= 1000 && arena_used(a) < 1000 + 16);
    arena_take(a, 1, 1000000);
    assert_true(arena_used(a) >= 1001000 && arena_used(a) < 1001000 + 32);
    arena_free(a);
}

static void copies_and_texts_end_with_nul(void **state)
{
    struct arena *a = arena_new();

    (void)state;
    assert_string_equal(arena_copy(a, "abcdef", 3), "abc");
    assert_string_equal(arena_text(a, "%s %d", "x", 7), "x 7");
    assert_string_equal(arena_text(a, "%s", ""), "");
    assert_int_equal(strlen(arena_text(a, "%0200000d", 7)), 200000);
    arena_free(a);
}

static char order[16];
static char letters[] = "abcdz";

static void note(void *letter)
{
    strncat(order, letter, 1);
}

static void duties_are_done_once_and_backwards(void **state)
{
    struct arena *a = arena_new();

    (void)state;
    order[0] = '\0';
    arena_defer(a, note, &letters[0]);
    arena_take(a, 1, 100000);
    arena_defer(a, note, &letters[1]);
    arena_defer(a, note, &letters[2]);
    arena_reset(a);
    assert_string_equal(order, "cba");
    arena_defer(a, note, &letters[3]);
    arena_free(a);
    assert_string_equal(order, "cbad");
}

static struct arena *chained;

static void defer_another(void *letter)
{
    note(letter);
    arena_defer(chained, note, &letters[4]);
}

static void a_duty_may_leave_another_one(void **state)
{
    (void)state;
    chained = arena_new();
    order[0] = '\0';
    arena_defer(chained, note, &letters[0]);
    arena_defer(chained, defer_another, &letters[1]);
    arena_free(chained);
    assert_string_equal(order, "bza");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_zeroed_aligned_and_apart),
        cmocka_unit_test(nothing_is_a_piece_too),
        cmocka_unit_test(what_is_used_is_counted),
        cmocka_unit_test(copies_and_texts_end_with_nul),
        cmocka_unit_test(duties_are_done_once_and_backwards),
        cmocka_unit_test(a_duty_may_leave_another_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
