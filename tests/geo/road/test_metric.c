/* Tests of geo/road/metric.c: every answer against the plainest search there is. */
#include "tests/support/check_near.h"

#include <string.h>

#include "geo/road/metric.h"
#include "tests/support/web.h"

enum { SIDE = 12, SEEDS = 10, ROUNDS = 60 };

struct room {
    struct arena *a;
    struct web w;
    struct hierarchy *h; /* in the arena, where it stays */
    struct metric *m;
    int32_t *costs, *ways;
    uint64_t seed;
};

static struct room room_of(uint64_t seed)
{
    struct room r = { .a = arena_new(), .seed = seed * 77 + 5 };
    struct fail f;

    r.w = web_take(r.a, seed, SIDE);
    r.h = arena_take(r.a, 1, sizeof *r.h);
    assert_true(hierarchy_take(r.a, &r.w.edges, r.h, &f));
    r.m = metric_new(r.h, &r.w.edges);
    r.costs = arena_take(r.a, (size_t)r.h->node_count, sizeof *r.costs);
    r.ways = arena_take(r.a, 2 * (size_t)r.h->height, sizeof *r.ways);
    return r;
}

static void close_room(struct room *r)
{
    metric_free(r->m);
    arena_free(r->a);
}

static void check_from(struct room *r, int32_t from)
{
    web_costs(&r->w, from, r->costs);
    for (int32_t to = 0; to < r->h->node_count; to++)
        assert_int_equal(metric_distance(r->m, from, to, r->ways), r->costs[to]);
}

static void the_cheapest_way_is_found_between_all(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct room r = room_of(seed);

        metric_price(r.m, r.w.cost_ms);
        for (int32_t from = 0; from < r.h->node_count; from += 7)
            check_from(&r, from);
        close_room(&r);
    }
}

static void before_it_is_priced_there_is_no_way(void **state)
{
    struct room r = room_of(1);

    (void)state;
    assert_int_equal(metric_distance(r.m, 0, 0, r.ways), 0);
    assert_int_equal(metric_distance(r.m, 0, 1, r.ways), METRIC_NEVER);
    close_room(&r);
}

/* The arcs as they are after all that happened, against a metric made now. */
static void check_fresh(const struct room *r)
{
    struct metric *fresh = metric_new(r->h, &r->w.edges);
    const size_t bytes = (size_t)r->h->arc_count * sizeof(int32_t);

    metric_price(fresh, r->w.cost_ms);
    assert_memory_equal(metric_up(r->m), metric_up(fresh), bytes);
    assert_memory_equal(metric_down(r->m), metric_down(fresh), bytes);
    metric_free(fresh);
}

static void whatever_is_closed_and_opened_it_is_as_if_made_anew(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct room r = room_of(seed);

        metric_price(r.m, r.w.cost_ms);
        for (int round = 0; round < ROUNDS; round++) {
            struct metric_change changes[3];
            const int32_t *arcs;

            for (int i = 0; i < 3; i++) {
                const uint32_t edge = web_chance(&r.seed, (uint32_t)r.w.edges.edge_count);
                const uint32_t kind = web_chance(&r.seed, 3);

                r.w.cost_ms[edge] = kind == 0 ? UINT32_MAX : web_chance(&r.seed, 9000);
                changes[i] = (struct metric_change){ (int32_t)edge, r.w.cost_ms[edge] };
            }
            metric_change(r.m, changes, 3, &arcs);
            if (round % 10 == 9)
                check_fresh(&r);
        }
        check_from(&r, 0);
        close_room(&r);
    }
}

static void it_says_which_arcs_changed(void **state)
{
    struct room r = room_of(2);
    const size_t bytes = (size_t)r.h->arc_count * sizeof(int32_t);
    int32_t *up = arena_take(r.a, (size_t)r.h->arc_count, sizeof *up);
    int32_t *down = arena_take(r.a, (size_t)r.h->arc_count, sizeof *down);
    const int32_t *arcs;

    (void)state;
    metric_price(r.m, r.w.cost_ms);
    for (int round = 0; round < ROUNDS; round++) {
        const int32_t edge = (int32_t)web_chance(&r.seed, (uint32_t)r.w.edges.edge_count);
        const struct metric_change change = { edge, web_chance(&r.seed, 9000) };

        memcpy(up, metric_up(r.m), bytes);
        memcpy(down, metric_down(r.m), bytes);
        const int32_t count = metric_change(r.m, &change, 1, &arcs);

        for (int32_t arc = 0, i = 0; arc < r.h->arc_count; arc++) {
            const bool is_said = i < count && arcs[i] == arc;

            i += is_said;
            assert_int_equal(is_said,
                             up[arc] != metric_up(r.m)[arc] || down[arc] != metric_down(r.m)[arc]);
        }
    }
    close_room(&r);
}

static void what_costs_too_much_is_never(void **state)
{
    static const int32_t FROM[] = { 0, 1 }, TO[] = { 1, 2 };
    const struct hierarchy_edges edges = { 3, 2, FROM, TO };
    const uint32_t costs[] = { METRIC_NEVER - 10, 10 };
    struct arena *a = arena_new();
    struct hierarchy h;
    struct fail f;
    int32_t room[6];

    (void)state;
    assert_true(hierarchy_take(a, &edges, &h, &f));
    struct metric *m = metric_new(&h, &edges);

    metric_price(m, costs);
    assert_int_equal(metric_distance(m, 0, 1, room), METRIC_NEVER - 10);
    assert_int_equal(metric_distance(m, 0, 2, room), METRIC_NEVER);
    assert_int_equal(metric_distance(m, 2, 0, room), METRIC_NEVER);
    metric_free(m);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_cheapest_way_is_found_between_all),
        cmocka_unit_test(before_it_is_priced_there_is_no_way),
        cmocka_unit_test(whatever_is_closed_and_opened_it_is_as_if_made_anew),
        cmocka_unit_test(it_says_which_arcs_changed),
        cmocka_unit_test(what_costs_too_much_is_never),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
