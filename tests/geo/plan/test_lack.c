/* What is said to be in the way, done away with: then a place more is filled. */
#include "tests/support/check_near.h"

#include "geo/plan/lack.h"
#include "tests/support/levy.h"

enum { LEVIES = 12, REMEDIES = 8 };

static const struct levy_wish SCARCE = { .people = 300,
                                         .posts = 20,
                                         .slots = 60,
                                         .homes = 10,
                                         .kept_percent = 60,
                                         .wanted = 4,
                                         .orgs = 2,
                                         .travel_max_s = 1500 };

static struct mobilise *planned(const struct levy *l)
{
    struct fail f = { 0 };
    struct mobilise *m = mobilise_new(&l->ask, &f);

    assert_non_null(m);
    assert_true(mobilise_run(m, NULL, NULL));
    return m;
}

static int64_t empty_weight(const struct levy *l)
{
    struct mobilise *m = planned(l);
    const int64_t out = mobilise_figures(m).empty_weight;

    mobilise_free(m);
    return out;
}

static void check_counts(const struct levy *l, const struct lack *lack)
{
    int32_t could = 0;

    for (int32_t p = 0; p < l->ask.person_count; p++)
        could += levy_may(l, p, lack->slot);
    assert_int_equal(lack->left[LACK_TRAVEL], could);
    for (int32_t i = 1; i < LACK_FLOORS; i++)
        assert_in_range(lack->left[i], 0, lack->left[i - 1]);
    if (lack->why < LACK_FLOORS) {
        assert_true(lack->left[lack->why] < l->slots[lack->slot].people);
        if (lack->why > LACK_ORG)
            assert_true(lack->left[lack->why - 1] >= l->slots[lack->slot].people);
    } else {
        assert_true(could >= l->slots[lack->slot].people);
        assert_int_equal(lack->why == LACK_FLOORS, lack->home >= 0);
    }
    /* The rivals want more than all who are not kept can give. */
    assert_true(lack->rivals_people - lack->rivals_kept < lack->rivals_want);
}

/* Done away with one after the other, each alone. */
static void check_remedies(struct levy *l, const struct lack *lack, int64_t empty)
{
    const int32_t weight = l->slots[lack->slot].weight;

    if (lack->home >= 0) {
        l->keep[lack->home]--;
        assert_true(empty_weight(l) <= empty - weight);
        l->keep[lack->home]++;
    }
    if (lack->longer_s >= 0) {
        struct mobilise_person *p = &l->people[lack->longer_person];

        p->travel_max_s += lack->longer_s;
        assert_int_equal(p->travel_max_s,
                         levy_travel_s(l, lack->longer_person, l->slots[lack->slot].post));
        assert_true(empty_weight(l) <= empty - weight);
        p->travel_max_s = SCARCE.travel_max_s;
    }
}

static void what_is_named_does_away_with_a_missing_place(void **state)
{
    struct town_dice dice = { 1 };
    int32_t whys[LACK_RULES] = { 0 };
    int32_t floors = 0;
    int32_t ways = 0;

    (void)state;
    for (int32_t i = 0; i < LEVIES; i++) {
        struct arena *a = arena_new();
        struct levy *l = levy_take(&dice, &SCARCE, a);
        struct mobilise *m = planned(l);
        const int64_t empty = mobilise_figures(m).empty_weight;
        const struct lack *lacks;
        const int32_t count = lack_list(m, a, &lacks);

        assert_true(count > 0);
        for (int32_t k = 0; k < count; k++) {
            const struct lack *lack = &lacks[k];

            assert_int_equal(lack->missing, mobilise_missing(m, lack->slot));
            assert_true(lack->missing > 0);
            check_counts(l, lack);
            whys[lack->why]++;
            if (k >= REMEDIES)
                continue;
            check_remedies(l, lack, empty);
            floors += lack->home >= 0;
            ways += lack->longer_s >= 0;
        }
        mobilise_free(m);
        arena_free(a);
    }
    assert_true(floors > 0);
    assert_true(ways > 0);
    assert_true(whys[LACK_FLOORS] > 0 && whys[LACK_TRAVEL] + whys[LACK_RESTED] > 0);
}

static void nothing_is_said_of_posts_that_have_all(void **state)
{
    struct levy_wish few = SCARCE;
    struct town_dice dice = { 2 };
    struct arena *a = arena_new();
    const struct lack *lacks;

    (void)state;
    few.wanted = 0;

    struct mobilise *m = planned(levy_take(&dice, &few, a));

    assert_int_equal(lack_list(m, a, &lacks), 0);
    mobilise_free(m);
    arena_free(a);
}

static void one_minute(void *self, int32_t post, int32_t *out_s)
{
    const int32_t count = *(const int32_t *)self;

    for (int32_t p = 0; p < count; p++)
        out_s[p] = post == 0 ? 60 : MOBILISE_NEVER_S;
}

/* Three people and a slot for each reason. */
static void each_reason_is_told_from_the_others(void **state)
{
    enum { MEDIC = 1, NIGHT = 2, DAY = 1 };
    const struct mobilise_person people[] = {
        { .home = -1, .org = 0, .free = DAY, .rested = DAY | NIGHT, .travel_max_s = 900 },
        { .home = -1, .org = 0, .free = DAY | NIGHT, .rested = DAY, .travel_max_s = 900 },
        { .home = 0, .org = 0, .free = DAY, .rested = DAY, .travel_max_s = 900 },
    };
    const struct {
        struct mobilise_slot slot;
        enum lack_rule why;
    } cases[] = {
        { { .org = 1, .people = 1 }, LACK_ORG },
        { { .org = -1, .skills = MEDIC, .people = 1 }, LACK_SKILLS },
        { { .org = -1, .shift = 1, .people = 2 }, LACK_FREE },
        { { .org = -1, .shift = 1, .people = 1 }, LACK_RESTED },
        { { .org = -1, .post = 1, .people = 1 }, LACK_TRAVEL },
        { { .org = -1, .people = 3 }, LACK_FLOORS },
        { { .org = -1, .people = 4 }, LACK_ORG },
    };
    const int32_t keep[] = { 1 };
    int32_t count = 3;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mobilise_slot slot = cases[i].slot;
        struct arena *a = arena_new();
        struct mobilise_ask ask = { .people = people,
                                    .slots = &slot,
                                    .keep = keep,
                                    .person_count = count,
                                    .slot_count = 1,
                                    .home_count = 1,
                                    .post_count = 2,
                                    .travel = one_minute,
                                    .self = &count };
        const struct levy l = { .ask = ask };
        const struct lack *lacks;

        slot.weight = 1;

        struct mobilise *m = planned(&l);

        assert_int_equal(lack_list(m, a, &lacks), 1);
        assert_string_equal(lack_word(lacks->why), lack_word(cases[i].why));
        assert_int_equal(lacks->longer_s, -1);
        mobilise_free(m);
        arena_free(a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_named_does_away_with_a_missing_place),
        cmocka_unit_test(nothing_is_said_of_posts_that_have_all),
        cmocka_unit_test(each_reason_is_told_from_the_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
