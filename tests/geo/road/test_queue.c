/* The queue gives what sorting gives, whatever went in between. */
#include "geo/road/queue.h"

#include "tests/support/check_near.h"
#include "tests/support/town.h"

enum { ROUNDS = 200, ITEMS = 300 };

static bool later(const struct queue_item *a, const struct queue_item *b)
{
    return a->cost > b->cost || (a->cost == b->cost && a->id > b->id);
}

static void the_least_comes_first_and_equals_by_id(void **state)
{
    struct town_dice dice = { 8 };
    struct queue q = { 0 };

    (void)state;
    for (int32_t round = 0; round < ROUNDS; round++) {
        struct queue_item last = { 0 };
        const int32_t spread = 1 + town_pick(&dice, 50);
        int32_t in = 0;

        queue_clear(&q);
        assert_null(queue_top(&q));
        for (; in < 1 + round; in++)
            queue_put(&q, (struct queue_item){ .cost = (uint32_t)town_pick(&dice, spread),
                                               .what = in,
                                               .id = town_pick(&dice, ITEMS) });
        for (int32_t out = 0; out < in; out++) {
            const struct queue_item top = *queue_top(&q);
            const struct queue_item item = queue_take(&q);

            assert_int_equal(top.what, item.what);
            assert_false(out > 0 && later(&last, &item));
            last = item;
        }
        assert_null(queue_top(&q));
    }
    queue_free(&q);
}

static void nothing_is_lost_between_puts_and_takes(void **state)
{
    struct town_dice dice = { 9 };
    struct queue q = { 0 };
    int64_t in = 0;
    int64_t out = 0;

    (void)state;
    for (int32_t i = 0; i < 20000; i++) {
        if (queue_top(&q) && town_pick(&dice, 2) == 0) {
            out += queue_take(&q).what;
        } else {
            const int32_t what = town_pick(&dice, 1000);

            in += what;
            queue_put(&q,
                      (struct queue_item){ .cost = (uint32_t)town_pick(&dice, 100), .what = what });
        }
    }
    while (queue_top(&q))
        out += queue_take(&q).what;
    assert_int_equal(in, out);
    queue_free(&q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_least_comes_first_and_equals_by_id),
        cmocka_unit_test(nothing_is_lost_between_puts_and_takes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
