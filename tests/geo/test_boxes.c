/* Tests of geo/boxes.c: the same as looking at every box. */
#include "geo/boxes.h"

#include <stdlib.h>

#include "tests/support/check_near.h"

static double pick(unsigned short seed[3], double from, double to)
{
    return from + erand48(seed) * (to - from);
}

static struct box some_box(unsigned short seed[3], double most)
{
    const double lon = pick(seed, 117, 118), lat = pick(seed, 34, 35);

    return (struct box){ { lon, lat }, { lon + pick(seed, 0, most), lat + pick(seed, 0, most) } };
}

static void it_finds_what_looking_at_all_finds(void **state)
{
    static const int32_t COUNTS[] = { 0, 1, 2, 15, 16, 17, 255, 256, 257, 1000, 5000 };
    unsigned short seed[3] = { 4 };

    (void)state;
    for (size_t c = 0; c < sizeof COUNTS / sizeof *COUNTS; c++) {
        const int32_t count = COUNTS[c];
        struct arena *a = arena_new();
        struct box *boxes = arena_take(a, (size_t)count + 1, sizeof *boxes);
        int32_t *found = arena_take(a, (size_t)count + 1, sizeof *found);
        bool *is_found = arena_take(a, (size_t)count + 1, sizeof *is_found);

        for (int32_t i = 0; i < count; i++)
            boxes[i] = some_box(seed, i % 50 == 0 ? 1 : 0.02);
        const struct boxes *b = boxes_take(a, boxes, count);

        for (int turn = 0; turn < 100; turn++) {
            const struct box with = some_box(seed, turn % 10 == 0 ? 0.5 : 0.001);
            const int32_t many = boxes_meeting(b, with, found, count + 1);
            int32_t all = 0;

            for (int32_t i = 0; i < many; i++) {
                assert_false(is_found[found[i]]); /* none twice */
                is_found[found[i]] = true;
            }
            for (int32_t i = 0; i < count; i++) {
                assert_int_equal(is_found[i], box_meets(boxes[i], with));
                all += is_found[i];
                is_found[i] = false;
            }
            assert_int_equal(many, all);
        }
        arena_free(a);
    }
}

static void it_gives_no_more_than_asked_for(void **state)
{
    const struct box all = { { 117, 34 }, { 118, 35 } };
    struct box boxes[100];
    int32_t found[100];
    struct arena *a = arena_new();

    (void)state;
    for (int i = 0; i < 100; i++)
        boxes[i] = all;
    assert_int_equal(boxes_meeting(boxes_take(a, boxes, 100), all, found, 7), 7);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_finds_what_looking_at_all_finds),
        cmocka_unit_test(it_gives_no_more_than_asked_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
