/* Tests of geo/road/sweep.c: every cost against the plainest search there is. */
#include "tests/support/check_near.h"

#include "geo/road/sweep.h"
#include "tests/support/web.h"

enum { SEEDS = 12, SIDE = 12, STARTS_MAX = 9, ROUNDS = 8 };

struct room {
    struct arena *a;
    struct web w;
    struct hierarchy *h; /* in the arena, where it stays */
    struct metric *m;
    struct sweep_room *sweep;
    struct sweep_start starts[STARTS_MAX];
    int32_t start_count;
    uint64_t seed;
};

static struct room room_of(uint64_t seed)
{
    struct room r = { .a = arena_new(), .seed = seed * 31 + 7, .sweep = sweep_room_new() };
    struct fail f;

    r.w = web_take(r.a, seed, SIDE);
    r.h = arena_take(r.a, 1, sizeof *r.h);
    assert_true(hierarchy_take(r.a, &r.w.edges, r.h, &f));
    r.m = metric_new(r.h, &r.w.edges);
    metric_price(r.m, r.w.cost_ms);
    return r;
}

static void close_room(struct room *r)
{
    sweep_room_free(r->sweep);
    metric_free(r->m);
    arena_free(r->a);
}

static void draw_starts(struct room *r)
{
    const uint32_t nodes = (uint32_t)r->h->node_count;

    r->start_count = (int32_t)web_chance(&r->seed, STARTS_MAX + 1);
    for (int32_t i = 0; i < r->start_count; i++)
        r->starts[i] = (struct sweep_start){ (int32_t)web_chance(&r->seed, nodes),
                                             (int32_t)web_chance(&r->seed, 4000) };
}

/* The net with every edge the other way round. */
static struct web turned(const struct web *w)
{
    struct web back = *w;

    back.edges.from = w->edges.to;
    back.edges.to = w->edges.from;
    return back;
}

static void check_costs(struct room *r, bool is_towards)
{
    const struct web w = is_towards ? turned(&r->w) : r->w;
    const size_t count = (size_t)r->h->node_count;
    int32_t *want = arena_take(r->a, count, sizeof *want);
    int32_t *one = arena_take(r->a, count, sizeof *one);
    int32_t *got = arena_take(r->a, count, sizeof *got);

    for (size_t node = 0; node < count; node++)
        want[node] = METRIC_NEVER;
    for (int32_t i = 0; i < r->start_count; i++) {
        web_costs(&w, r->starts[i].node, one);
        for (size_t node = 0; node < count; node++)
            if (one[node] < METRIC_NEVER && one[node] + r->starts[i].cost_ms < want[node])
                want[node] = one[node] + r->starts[i].cost_ms;
    }
    sweep_costs(&(struct sweep_wish){ .hierarchy = r->h,
                                      .metric = r->m,
                                      .is_towards = is_towards,
                                      .starts = r->starts,
                                      .start_count = r->start_count },
                r->sweep, got);
    for (size_t node = 0; node < count; node++)
        assert_int_equal(got[r->h->rank_of[node]], want[node]);
}

static void every_node_costs_what_it_is_from_the_nearest_start(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct room r = room_of(seed);

        for (int round = 0; round < ROUNDS; round++) {
            draw_starts(&r);
            check_costs(&r, false);
        }
        close_room(&r);
    }
}

static void and_what_it_is_to_the_nearest_start(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct room r = room_of(seed);

        for (int round = 0; round < ROUNDS; round++) {
            draw_starts(&r);
            check_costs(&r, true);
        }
        close_room(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_node_costs_what_it_is_from_the_nearest_start),
        cmocka_unit_test(and_what_it_is_to_the_nearest_start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
