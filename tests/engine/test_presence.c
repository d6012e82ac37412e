/* Tests of engine/presence.c: the same as a plain table of who is where. */
#include "engine/presence.h"

#include <stdlib.h>

#include "tests/support/check_near.h"

enum { PEOPLE = 3000, FENCES = 6, TURNS = 200000 };

static struct presence_stay stay_in(int64_t fence_id)
{
    return (struct presence_stay){ .fence_id = fence_id, .enter_us = fence_id * 10 };
}

static bool is_in(const struct presence *p, int64_t person_id, int64_t fence_id)
{
    const struct presence_stay *stays;
    const int32_t count = presence_of(p, person_id, &stays);

    for (int32_t i = 0; i < count; i++)
        if (stays[i].fence_id == fence_id)
            return true;
    return false;
}

static void any_order_of_comings_and_goings_ends_as_a_table_does(void **state)
{
    struct presence *p = presence_new();
    bool(*table)[FENCES] = calloc(PEOPLE, sizeof *table);
    unsigned short seed[3] = { 3 };
    int32_t people = 0;

    (void)state;
    assert_non_null(table);
    for (int i = 0; i < TURNS; i++) {
        /* Half of the ids stand close together, half far apart. */
        const int64_t who = nrand48(seed) % PEOPLE;
        const int64_t person_id = who % 2 ? who : who * 1000003;
        const int64_t fence = nrand48(seed) % FENCES;
        const struct presence_stay stay = stay_in(fence + 1);

        switch (nrand48(seed) % 5) {
        case 0:
        case 1:
            assert_true(presence_put(p, person_id + 1, &stay));
            table[who][fence] = true;
            break;
        case 2:
        case 3:
            presence_take_out(p, person_id + 1, fence + 1);
            table[who][fence] = false;
            break;
        default:
            presence_forget(p, person_id + 1);
            for (int k = 0; k < FENCES; k++)
                table[who][k] = false;
        }
    }
    for (int64_t who = 0; who < PEOPLE; who++) {
        const int64_t person_id = who % 2 ? who : who * 1000003;
        bool anywhere = false;

        for (int k = 0; k < FENCES; k++) {
            assert_int_equal(is_in(p, person_id + 1, k + 1), table[who][k]);
            anywhere = anywhere || table[who][k];
        }
        people += anywhere;
    }
    assert_int_equal(presence_count(p), people);

    int64_t ids[100];
    int32_t given = 0, count, at = 0;

    do {
        at = presence_people(p, at, ids, 100, &count);
        given += count;
    } while (at);
    assert_int_equal(given, people);
    presence_clear(p);
    assert_int_equal(presence_count(p), 0);
    presence_free(p);
    free(table);
}

static void a_stay_that_is_put_again_is_replaced(void **state)
{
    struct presence *p = presence_new();
    struct presence_stay stay = stay_in(5);
    const struct presence_stay *stays;

    (void)state;
    presence_put(p, 1, &stay);
    stay.has_dwelt = true;
    presence_put(p, 1, &stay);
    assert_int_equal(presence_of(p, 1, &stays), 1);
    assert_true(stays[0].has_dwelt);
    assert_int_equal(presence_of(p, 2, &stays), 0);
    presence_free(p);
    presence_free(NULL);
}

static void nobody_is_in_more_fences_than_the_limit(void **state)
{
    struct presence *p = presence_new();
    struct presence_stay stay;
    const struct presence_stay *stays;

    (void)state;
    for (int64_t i = 1; i <= PRESENCE_FENCES_MAX; i++) {
        stay = stay_in(i);
        assert_true(presence_put(p, 1, &stay));
    }
    stay = stay_in(1000);
    assert_false(presence_put(p, 1, &stay));
    stay = stay_in(3);
    assert_true(presence_put(p, 1, &stay)); /* which she is in */
    assert_int_equal(presence_of(p, 1, &stays), PRESENCE_FENCES_MAX);
    presence_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_order_of_comings_and_goings_ends_as_a_table_does),
        cmocka_unit_test(a_stay_that_is_put_again_is_replaced),
        cmocka_unit_test(nobody_is_in_more_fences_than_the_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
