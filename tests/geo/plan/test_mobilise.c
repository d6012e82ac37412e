/* Plans against all plans that there are, and what must hold of every plan. */
#include "tests/support/check_near.h"

#include <string.h>

#include "geo/plan/mobilise.h"
#include "tests/support/levy.h"

enum { SMALL_LEVIES = 300, LEVIES = 20 };

static const struct levy_wish SMALL = { .people = 6,
                                        .posts = 2,
                                        .slots = 3,
                                        .homes = 2,
                                        .kept_percent = 20,
                                        .wanted = 1,
                                        .orgs = 2,
                                        .travel_max_s = 6000 };
static const struct levy_wish MIDDLING = { .people = 400,
                                           .posts = 30,
                                           .slots = 90,
                                           .homes = 12,
                                           .kept_percent = 15,
                                           .wanted = 4,
                                           .orgs = 3,
                                           .travel_max_s = 900 };

static struct mobilise *planned(const struct levy *l)
{
    struct fail f = { 0 };
    struct mobilise *m = mobilise_new(&l->ask, &f);

    assert_non_null(m);
    assert_true(mobilise_run(m, NULL, NULL));
    return m;
}

/* ------------------------------------------------------------------ every plan there is */

struct every {
    const struct levy *l;
    int32_t slot_of[8];
    int64_t best_empty, best_travel_s;
};

static void look_at(struct every *e)
{
    const struct mobilise_ask *ask = &e->l->ask;
    int32_t sent[8] = { 0 };
    int32_t left[8] = { 0 };
    int64_t empty = 0;
    int64_t travel_s = 0;

    for (int32_t p = 0; p < ask->person_count; p++) {
        const int32_t slot = e->slot_of[p];

        left[e->l->people[p].home] += slot < 0;
        if (slot < 0)
            continue;
        if (!levy_may(e->l, p, slot) || ++sent[slot] > e->l->slots[slot].people)
            return;
        travel_s += levy_travel_s(e->l, p, e->l->slots[slot].post);
    }
    for (int32_t h = 0; h < ask->home_count; h++)
        if (left[h] < e->l->keep[h])
            return;
    for (int32_t s = 0; s < ask->slot_count; s++)
        empty += (int64_t)e->l->slots[s].weight * (e->l->slots[s].people - sent[s]);
    if (empty < e->best_empty || (empty == e->best_empty && travel_s < e->best_travel_s)) {
        e->best_empty = empty;
        e->best_travel_s = travel_s;
    }
}

/* All ways of giving each person a slot or none, counted through like a number. */
static void try_all(struct every *e)
{
    const struct mobilise_ask *ask = &e->l->ask;
    int32_t digit = 0;

    e->best_empty = INT64_MAX;
    for (int32_t p = 0; p < ask->person_count; p++)
        e->slot_of[p] = -1;
    while (digit < ask->person_count) {
        look_at(e);
        for (digit = 0; digit < ask->person_count; digit++) {
            if (++e->slot_of[digit] < ask->slot_count)
                break;
            e->slot_of[digit] = -1;
        }
    }
}

static void no_plan_at_all_is_better(void **state)
{
    struct town_dice dice = { 1 };
    int32_t with_gaps = 0;

    (void)state;
    for (int32_t i = 0; i < SMALL_LEVIES; i++) {
        struct arena *a = arena_new();
        const struct levy *l = levy_take(&dice, &SMALL, a);
        struct every every = { .l = l };
        struct mobilise *m = planned(l);
        const struct mobilise_figures got = mobilise_figures(m);

        try_all(&every);
        assert_int_equal(got.empty_weight, every.best_empty);
        assert_int_equal(got.travel_s, every.best_travel_s);
        assert_true(got.is_best);
        with_gaps += got.empty_weight > 0;
        mobilise_free(m);
        arena_free(a);
    }
    assert_in_range(with_gaps, 1, SMALL_LEVIES - 1);
}

/* ------------------------------------------------------------------ the rules */

static void check_rules(const struct levy *l, const struct mobilise *m)
{
    const struct mobilise_ask *ask = &l->ask;
    const struct mobilise_figures got = mobilise_figures(m);
    int32_t left[16] = { 0 };
    int32_t sent[128] = { 0 };
    int64_t filled = 0;

    for (int32_t p = 0; p < ask->person_count; p++) {
        const int32_t slot = mobilise_slot_of(m, p);

        left[l->people[p].home] += slot < 0;
        if (slot < 0)
            continue;
        assert_true(levy_may(l, p, slot));
        assert_false(mobilise_has_declined(m, p));
        sent[slot]++;
        filled++;
    }
    for (int32_t s = 0; s < ask->slot_count; s++) {
        assert_in_range(sent[s], 0, l->slots[s].people);
        assert_int_equal(mobilise_missing(m, s), l->slots[s].people - sent[s]);
    }
    for (int32_t h = 0; h < ask->home_count; h++)
        assert_true(left[h] >= l->keep[h]);
    assert_int_equal(got.filled, filled);
    assert_true(got.bound <= got.cost);
}

static bool not_yet(void *self)
{
    (void)self;
    return false;
}

static void every_rule_is_kept_whenever_one_looks(void **state)
{
    struct town_dice dice = { 2 };

    (void)state;
    for (int32_t i = 0; i < LEVIES; i++) {
        struct arena *a = arena_new();
        struct fail f = { 0 };
        const struct levy *l = levy_take(&dice, &MIDDLING, a);
        struct mobilise *m = mobilise_new(&l->ask, &f);

        assert_non_null(m);
        check_rules(l, m);
        while (!mobilise_run(m, not_yet, NULL))
            check_rules(l, m);
        check_rules(l, m);
        assert_true(mobilise_figures(m).is_best);
        mobilise_free(m);
        arena_free(a);
    }
}

static void when_some_decline_the_rest_is_planned_as_well_as_without_them(void **state)
{
    struct town_dice dice = { 3 };

    (void)state;
    for (int32_t i = 0; i < LEVIES; i++) {
        struct arena *a = arena_new();
        struct levy *l = levy_take(&dice, &MIDDLING, a);
        struct mobilise *m = planned(l);

        for (int32_t round = 0; round < 3; round++) {
            for (int32_t p = 0; p < l->ask.person_count; p++)
                if (town_pick(&dice, 15) == 0)
                    mobilise_decline(m, p);
            check_rules(l, m);
            mobilise_run(m, NULL, NULL);
            check_rules(l, m);
            assert_true(mobilise_figures(m).is_best);
        }
        const int64_t empty = mobilise_figures(m).empty_weight;

        for (int32_t p = 0; p < l->ask.person_count; p++)
            if (mobilise_has_declined(m, p))
                l->people[p].free = 0;
        mobilise_free(m);
        m = planned(l);
        assert_int_equal(mobilise_figures(m).empty_weight, empty);
        mobilise_free(m);
        arena_free(a);
    }
}

/* ------------------------------------------------------------------ by hand */

/* Person 0 is a minute from post 0, person 1 two; both are ten from post 1. */
static void by_hand_travel(void *self, int32_t post, int32_t *out_s)
{
    (void)self;
    out_s[0] = post == 0 ? 60 : 600;
    out_s[1] = post == 0 ? 120 : 600;
}

static void whoever_was_told_stays_when_that_costs_no_place(void **state)
{
    const struct mobilise_person people[] = {
        { .home = -1, .free = 1, .rested = 1, .travel_max_s = 900 },
        { .home = -1, .free = 1, .rested = 1, .travel_max_s = 900 },
    };
    const struct mobilise_slot slots[] = {
        { .post = 0, .org = -1, .people = 1, .weight = 2 },
        { .post = 1, .org = -1, .people = 1, .weight = 1 },
    };
    const struct mobilise_ask ask = { .people = people,
                                      .slots = slots,
                                      .person_count = 2,
                                      .slot_count = 2,
                                      .post_count = 2,
                                      .travel = by_hand_travel };
    struct fail f = { 0 };
    struct mobilise *m = mobilise_new(&ask, &f);

    (void)state;
    assert_non_null(m);
    mobilise_run(m, NULL, NULL);
    assert_int_equal(mobilise_slot_of(m, 0), 0);
    assert_int_equal(mobilise_slot_of(m, 1), 1);
    /* Post 0 weighs more: person 1 is sent on although she was told otherwise. */
    mobilise_decline(m, 0);
    assert_int_equal(mobilise_missing(m, 0), 1);
    mobilise_run(m, NULL, NULL);
    assert_int_equal(mobilise_slot_of(m, 0), -1);
    assert_int_equal(mobilise_slot_of(m, 1), 0);
    assert_int_equal(mobilise_figures(m).moved, 1);
    assert_int_equal(mobilise_figures(m).declined, 1);
    assert_int_equal(mobilise_missing(m, 1), 1);
    mobilise_free(m);
}

/* ------------------------------------------------------------------ what is refused */

static void what_is_too_much_is_refused(void **state)
{
    struct town_dice dice = { 4 };
    struct arena *a = arena_new();
    struct levy *l = levy_take(&dice, &SMALL, a);
    struct mobilise_ask large = l->ask;
    struct fail f = { 0 };

    (void)state;
    l->slots[1].weight = MOBILISE_WEIGHT_MAX + 1;
    assert_null(mobilise_new(&l->ask, &f));
    assert_int_equal(f.code, CODE_VALUE_OUT_OF_RANGE);
    assert_string_equal(f.allowed, "1 to 100");
    l->slots[1].weight = 1;
    l->slots[0].people = MOBILISE_PLACES_MAX;
    assert_null(mobilise_new(&l->ask, &f));
    assert_int_equal(f.code, CODE_VALUE_OUT_OF_RANGE);
    l->slots[0].people = 1;
    l->people[5].travel_max_s = MOBILISE_TRAVEL_MAX_S + 1;
    assert_null(mobilise_new(&l->ask, &f));
    assert_int_equal(f.code, CODE_VALUE_OUT_OF_RANGE);
    large.person_count = MOBILISE_PEOPLE_MAX + 1;
    assert_null(mobilise_new(&large, &f));
    assert_int_equal(f.code, CODE_PLAN_TOO_LARGE);
    mobilise_free(NULL);
    arena_free(a);
}

static void without_people_all_places_are_missing_and_without_places_none(void **state)
{
    struct town_dice dice = { 5 };
    struct arena *a = arena_new();
    struct levy *l = levy_take(&dice, &SMALL, a);

    (void)state;
    l->ask.person_count = 0;

    struct mobilise *m = planned(l);

    assert_int_equal(mobilise_figures(m).places, 3);
    assert_int_equal(mobilise_figures(m).filled, 0);
    assert_true(mobilise_figures(m).is_best);
    mobilise_free(m);
    l->ask.slot_count = 0;
    l->ask.person_count = SMALL.people;
    m = planned(l);
    assert_int_equal(mobilise_figures(m).places, 0);
    assert_int_equal(mobilise_slot_of(m, 0), -1);
    mobilise_free(m);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_plan_at_all_is_better),
        cmocka_unit_test(every_rule_is_kept_whenever_one_looks),
        cmocka_unit_test(when_some_decline_the_rest_is_planned_as_well_as_without_them),
        cmocka_unit_test(whoever_was_told_stays_when_that_costs_no_place),
        cmocka_unit_test(what_is_too_much_is_refused),
        cmocka_unit_test(without_people_all_places_are_missing_and_without_places_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
