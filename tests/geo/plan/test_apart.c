/* Plans in parts: no rule is broken, and the bound is below the best plan there is. */
#include "tests/support/check_near.h"

#include "geo/plan/apart.h"
#include "tests/support/levy.h"

enum { LEVIES = 30 };

static const struct levy_wish WISH = { .people = 400,
                                       .posts = 30,
                                       .slots = 90,
                                       .homes = 12,
                                       .kept_percent = 15,
                                       .wanted = 4,
                                       .orgs = 4,
                                       .travel_max_s = 900 };

static void check_rules(const struct levy *l, const struct apart *got)
{
    int32_t sent[90] = { 0 };
    int32_t left[12] = { 0 };

    for (int32_t p = 0; p < WISH.people; p++) {
        left[l->people[p].home] += got->slot_of[p] < 0;
        if (got->slot_of[p] < 0)
            continue;
        assert_true(levy_may(l, p, got->slot_of[p]));
        sent[got->slot_of[p]]++;
    }
    for (int32_t s = 0; s < WISH.slots; s++)
        assert_int_equal(sent[s] + got->missing[s], l->slots[s].people);
    for (int32_t h = 0; h < WISH.homes; h++)
        assert_true(left[h] >= l->keep[h]);
}

static void the_best_plan_lies_between_the_bound_and_the_parts(void **state)
{
    struct town_dice dice = { 1 };
    int64_t bounds = 0;
    int64_t bests = 0;

    (void)state;
    for (int32_t i = 0; i < LEVIES; i++) {
        struct arena *a = arena_new();
        struct fail f = { 0 };
        const struct levy *l = levy_take(&dice, &WISH, a);
        struct mobilise *m = mobilise_new(&l->ask, &f);
        struct apart got;

        assert_non_null(m);
        mobilise_run(m, NULL, NULL);
        assert_true(apart_take(&l->ask, a, &got, &f));
        check_rules(l, &got);
        const struct mobilise_figures best = mobilise_figures(m);

        assert_true(got.bound <= best.cost);
        assert_true(best.cost <= got.cost);
        assert_true(got.empty_weight >= best.empty_weight);
        bounds += got.bound / 1000;
        bests += best.cost / 1000;
        mobilise_free(m);
        arena_free(a);
    }
    assert_true(bounds > bests / 2);
}

/* With one organisation there is nothing to take apart. */
static void one_part_is_the_best_plan(void **state)
{
    struct levy_wish wish = WISH;
    struct town_dice dice = { 2 };
    struct arena *a = arena_new();
    struct fail f = { 0 };
    struct apart got;

    (void)state;
    wish.orgs = 1;
    assert_true(apart_take(&levy_take(&dice, &wish, a)->ask, a, &got, &f));
    assert_int_equal(got.cost, got.bound);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_best_plan_lies_between_the_bound_and_the_parts),
        cmocka_unit_test(one_part_is_the_best_plan),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
