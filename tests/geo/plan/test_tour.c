/* Rounds against every order and direction there is, and the bound below them. */
#include "geo/plan/ascent.h"
#include "geo/plan/shake.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/support/town.h"

enum {
    STREETS = 9,
    STREETS_OF_TWO = 7,
    ROUNDS = 400,
    STEPS = 3000,
    TOWNS = 12,
    SIDE_MS = 60 * 1000,
    NEVER = TOUR_COST_MAX
};

/* Streets between random points of a square, and squads at random ones; there is half as
 * much again against the grain where `is_askew`. */
struct scene {
    struct arena *arena;
    struct tour_wish wish;
};

static uint32_t away_ms(const int32_t *at, int32_t from, int32_t to, bool is_askew)
{
    const int32_t x = at[2 * to] - at[2 * from], y = at[2 * to + 1] - at[2 * from + 1];
    const uint32_t ms = (uint32_t)((x < 0 ? -x : x) + (y < 0 ? -y : y));

    return is_askew && x < 0 ? ms + ms / 2 : ms;
}

static void make(struct scene *s, uint64_t seed, int32_t streets, int32_t squads, bool is_askew)
{
    struct town_dice dice = { seed };
    const int32_t stops = 2 * streets + squads;

    s->arena = arena_new();
    int32_t *at = arena_take(s->arena, 2 * (size_t)stops, sizeof *at);
    uint32_t *cost = arena_take(s->arena, (size_t)stops * (size_t)stops, sizeof *cost);
    struct tour_task *tasks = arena_take(s->arena, (size_t)streets, sizeof *tasks);
    struct tour_squad *all = arena_take(s->arena, (size_t)squads, sizeof *all);

    for (int32_t i = 0; i < 2 * stops; i++)
        at[i] = town_pick(&dice, SIDE_MS);
    for (int32_t i = 0; i < stops; i++)
        for (int32_t k = 0; k < stops; k++)
            cost[i * stops + k] = away_ms(at, i, k, is_askew);
    for (int32_t i = 0; i < streets; i++) {
        const uint32_t there = away_ms(at, 2 * i, 2 * i + 1, false);

        tasks[i] =
            (struct tour_task){ 2 * i, 2 * i + 1, there, is_askew && i % 3 == 0 ? NEVER : there };
    }
    for (int32_t k = 0; k < squads; k++)
        all[k] = (struct tour_squad){ 2 * streets + k, 2 * streets + k, 0 };
    s->wish = (struct tour_wish){ stops, cost, streets, tasks, squads, all, seed };
}

static int64_t work(const struct tour_wish *w, int32_t visit)
{
    const struct tour_task *t = &w->tasks[visit / 2];

    return visit & 1 ? t->back_ms : t->there_ms;
}

static int32_t enter(const struct tour_wish *w, int32_t visit)
{
    const struct tour_task *t = &w->tasks[visit / 2];

    return visit & 1 ? t->to : t->from;
}

static int64_t leg(const struct tour_wish *w, int32_t from, int32_t to)
{
    return w->cost_ms[from * w->stop_count + to];
}

/* The least that a squad needs for each set of streets: over sets, ending with each visit. */
static void exact(const struct tour_wish *w, int32_t squad, int64_t *best, struct arena *a)
{
    const int32_t sets = 1 << w->task_count, visits = 2 * w->task_count;
    const struct tour_squad *s = &w->squads[squad];
    int64_t *least = arena_take(a, (size_t)sets * (size_t)visits, sizeof *least);

    best[0] = 0;
    for (int32_t set = 1; set < sets; set++) {
        best[set] = INT64_MAX;
        for (int32_t v = 0; v < visits; v++) {
            int64_t *here = &least[set * visits + v];

            *here = INT64_MAX / 2;
            if (!(set >> (v / 2) & 1))
                continue;
            const int32_t before = set & ~(1 << (v / 2));

            if (before == 0)
                *here = leg(w, s->start, enter(w, v)) + work(w, v);
            for (int32_t u = 0; u < visits && before != 0; u++) {
                const int64_t ms =
                    least[before * visits + u] + leg(w, enter(w, u ^ 1), enter(w, v)) + work(w, v);

                if ((before >> (u / 2) & 1) && ms < *here)
                    *here = ms;
            }
            const int64_t round = *here + leg(w, enter(w, v ^ 1), s->end);

            best[set] = round < best[set] ? round : best[set];
        }
    }
}

static void plan(struct scene *s, struct tour_plan *out)
{
    struct strand_set *tour;
    struct fail f;

    assert_true(tour_begin(&s->wish, s->arena, &tour, &f));
    shake_tour(tour, STEPS, s->arena);
    tour_tell(tour, s->arena, out);
}

/* Each street is in one round or left, once, and the times are those of the visits. */
static void is_sound(const struct scene *s, const struct tour_plan *p)
{
    const struct tour_wish *w = &s->wish;
    int32_t seen[STREETS] = { 0 };
    int64_t total = 0;

    for (int32_t k = 0; k < w->squad_count; k++) {
        const struct tour_round *r = &p->rounds[k];
        int32_t at = w->squads[k].start;
        int64_t ms = 0;

        for (int32_t i = 0; i < r->count; i++) {
            const int32_t v = r->visits[i];

            seen[tour_task_of(v)]++;
            ms += leg(w, at, enter(w, v)) + work(w, v);
            at = enter(w, v ^ 1);
        }
        ms += r->count > 0 ? leg(w, at, w->squads[k].end) : 0;
        assert_int_equal(ms, r->cost_ms);
        total += ms;
        assert_true(ms <= p->longest_ms);
    }
    assert_int_equal(total, p->total_ms);
    for (int32_t i = 0; i < p->left_count; i++)
        seen[p->left[i]]++;
    for (int32_t i = 0; i < w->task_count; i++)
        assert_int_equal(seen[i], 1);
}

static void one_squad_walks_the_shortest_round_there_is(void **state)
{
    (void)state;
    for (int32_t town = 0; town < TOWNS; town++) {
        struct scene s;
        struct tour_plan p;
        int64_t best[1 << STREETS] = { 0 };

        make(&s, 100 + (uint64_t)town, STREETS, 1, town % 2 == 1);
        exact(&s.wish, 0, best, s.arena);
        plan(&s, &p);
        is_sound(&s, &p);
        assert_int_equal(p.left_count, 0);
        assert_int_equal(p.total_ms, best[(1 << STREETS) - 1]);

        const int64_t bound = ascent_bound(&s.wish, NULL, p.total_ms, ROUNDS, s.arena);

        assert_true(bound <= p.total_ms);
        if (town % 2 == 0) /* where there and back are alike it is near */
            assert_true((double)bound > 0.85 * (double)p.total_ms);
        arena_free(s.arena);
    }
}

static void no_two_squads_do_with_less_than_the_bound(void **state)
{
    (void)state;
    for (int32_t town = 0; town < TOWNS; town++) {
        struct scene s;
        struct tour_plan p;
        int64_t first[1 << STREETS_OF_TWO] = { 0 }, second[1 << STREETS_OF_TWO] = { 0 };
        const int32_t all = (1 << STREETS_OF_TWO) - 1;
        int64_t least = INT64_MAX, evenest = INT64_MAX;

        make(&s, 500 + (uint64_t)town, STREETS_OF_TWO, 2, town % 2 == 1);
        exact(&s.wish, 0, first, s.arena);
        exact(&s.wish, 1, second, s.arena);
        for (int32_t set = 0; set <= all; set++) {
            const int64_t one = first[set], two = second[all & ~set];

            least = one + two < least ? one + two : least;
            evenest = (one > two ? one : two) < evenest ? (one > two ? one : two) : evenest;
        }
        plan(&s, &p);
        is_sound(&s, &p);
        assert_true(ascent_bound(&s.wish, NULL, p.total_ms, ROUNDS, s.arena) <= least);
        assert_true(p.longest_ms >= evenest);
        assert_true((double)p.longest_ms <= 1.1 * (double)evenest);
        arena_free(s.arena);
    }
}

static void the_same_wish_has_the_same_plan(void **state)
{
    struct scene s;
    struct tour_plan one, two;

    (void)state;
    make(&s, 9, STREETS, 3, false);
    plan(&s, &one);
    plan(&s, &two);
    for (int32_t k = 0; k < 3; k++) {
        assert_int_equal(one.rounds[k].count, two.rounds[k].count);
        for (int32_t i = 0; i < one.rounds[k].count; i++)
            assert_int_equal(one.rounds[k].visits[i], two.rounds[k].visits[i]);
    }
    arena_free(s.arena);
}

static void what_does_not_fit_a_limit_is_left(void **state)
{
    struct scene s;
    struct tour_plan p;

    (void)state;
    make(&s, 3, STREETS, 1, false);
    plan(&s, &p);
    assert_false(p.is_short_of_time);

    const struct tour_squad tight = { s.wish.squads[0].start, s.wish.squads[0].end,
                                      (uint32_t)p.total_ms / 2 };

    s.wish.squads = &tight;
    plan(&s, &p);
    is_sound(&s, &p);
    assert_true(p.is_short_of_time);
    assert_true(p.left_count > 0 && p.left_count < STREETS);
    assert_true(p.total_ms <= tight.limit_ms);
    arena_free(s.arena);
}

static void what_nobody_reaches_is_left_and_the_rest_is_walked(void **state)
{
    struct scene s;
    struct tour_plan p;
    bool is_left[STREETS] = { [4] = true };

    (void)state;
    make(&s, 5, STREETS, 2, false);
    uint32_t *cost =
        arena_take(s.arena, (size_t)s.wish.stop_count * (size_t)s.wish.stop_count, sizeof *cost);

    for (int32_t i = 0; i < s.wish.stop_count * s.wish.stop_count; i++)
        cost[i] = i / s.wish.stop_count / 2 == 4 ? NEVER : s.wish.cost_ms[i]; /* no way back */
    s.wish.cost_ms = cost;
    plan(&s, &p);
    is_sound(&s, &p);
    assert_int_equal(p.left_count, 1);
    assert_int_equal(p.left[0], 4);
    assert_false(p.is_short_of_time);
    assert_true(ascent_bound(&s.wish, is_left, p.total_ms, ROUNDS, s.arena) <= p.total_ms);
    arena_free(s.arena);
}

static void numbers_beyond_their_limits_are_refused(void **state)
{
    struct scene s;
    struct strand_set *tour;
    struct fail f = { 0 };

    (void)state;
    make(&s, 5, STREETS, 2, false);
    s.wish.task_count = 0;
    assert_false(tour_begin(&s.wish, s.arena, &tour, &f));
    assert_int_equal(f.code, CODE_VALUE_OUT_OF_RANGE);
    assert_string_equal(f.text, "0 streets and places cannot be gone round");
    s.wish.task_count = STREETS;
    s.wish.squad_count = TOUR_SQUADS_MAX + 1;
    assert_false(tour_begin(&s.wish, s.arena, &tour, &f));
    assert_string_equal(f.text, "401 squads cannot share rounds");
    arena_free(s.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_squad_walks_the_shortest_round_there_is),
        cmocka_unit_test(no_two_squads_do_with_less_than_the_bound),
        cmocka_unit_test(the_same_wish_has_the_same_plan),
        cmocka_unit_test(what_does_not_fit_a_limit_is_left),
        cmocka_unit_test(what_nobody_reaches_is_left_and_the_rest_is_walked),
        cmocka_unit_test(numbers_beyond_their_limits_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
