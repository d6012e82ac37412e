/* Tests of geo/road/labels.c: every answer against the plainest search there is. */
#include "tests/support/check_near.h"

#include "geo/road/labels.h"
#include "tests/support/web.h"

enum { SIDE = 12, SEEDS = 10, ROUNDS = 40 };

struct room {
    struct arena *a;
    struct web w;
    struct hierarchy *h; /* in the arena, where it stays */
    struct metric *m;
    struct labels *l;
    int32_t *costs, *all, *got;
    uint64_t seed;
};

static struct room room_of(uint64_t seed, int32_t side)
{
    struct room r = { .a = arena_new(), .seed = seed * 31 + 3 };
    struct fail f;

    r.w = web_take(r.a, seed, side);
    r.h = arena_take(r.a, 1, sizeof *r.h);
    assert_true(hierarchy_take(r.a, &r.w.edges, r.h, &f));
    r.m = metric_new(r.h, &r.w.edges);
    r.l = labels_new(r.h);
    r.costs = arena_take(r.a, (size_t)r.h->node_count, sizeof *r.costs);
    r.all = arena_take(r.a, (size_t)r.h->node_count, sizeof *r.all);
    r.got = arena_take(r.a, (size_t)r.h->node_count, sizeof *r.got);
    for (int32_t i = 0; i < r.h->node_count; i++)
        r.all[i] = i;
    metric_price(r.m, r.w.cost_ms);
    labels_fill(r.l, r.m);
    return r;
}

static void close_room(struct room *r)
{
    labels_free(r->l);
    metric_free(r->m);
    arena_free(r->a);
}

static void check_from(struct room *r, int32_t from)
{
    web_costs(&r->w, from, r->costs);
    labels_from(r->l, from, r->all, r->h->node_count, r->got);
    for (int32_t to = 0; to < r->h->node_count; to++) {
        assert_int_equal(labels_distance(r->l, from, to), r->costs[to]);
        assert_int_equal(r->got[to], r->costs[to]);
    }
}

static void the_cheapest_way_costs_what_the_labels_say(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct room r = room_of(seed, SIDE);

        for (int32_t from = 0; from < r.h->node_count; from += 5)
            check_from(&r, from);
        close_room(&r);
    }
}

static void small_nets_of_every_size_are_right(void **state)
{
    (void)state;
    for (int32_t side = 3; side <= 9; side++) {
        struct room r = room_of((uint64_t)side, side);

        for (int32_t from = 0; from < r.h->node_count; from++)
            check_from(&r, from);
        close_room(&r);
    }
}

static void many_to_one_is_one_to_many_turned_round(void **state)
{
    struct room r = room_of(4, SIDE);

    (void)state;
    labels_to(r.l, 17, r.all, r.h->node_count, r.got);
    for (int32_t from = 0; from < r.h->node_count; from++)
        assert_int_equal(r.got[from], labels_distance(r.l, from, 17));
    close_room(&r);
}

static void after_changes_only_what_they_concern_is_filled_and_all_is_right(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct room r = room_of(seed, SIDE);

        for (int round = 0; round < ROUNDS; round++) {
            const uint32_t edge = web_chance(&r.seed, (uint32_t)r.w.edges.edge_count);
            const int32_t *arcs;

            r.w.cost_ms[edge] =
                web_chance(&r.seed, 3) == 0 ? UINT32_MAX : web_chance(&r.seed, 9000);
            const struct metric_change change = { (int32_t)edge, r.w.cost_ms[edge] };
            const int32_t count = metric_change(r.m, &change, 1, &arcs);

            labels_refill(r.l, r.m, arcs, count);
            check_from(&r, (int32_t)web_chance(&r.seed, (uint32_t)r.h->node_count));
        }
        close_room(&r);
    }
}

static void a_label_takes_eight_bytes_for_each_node_above(void **state)
{
    struct room r = room_of(1, SIDE);
    size_t least = 0;

    (void)state;
    for (int32_t i = 0; i < r.h->node_count; i++)
        least += 8 * ((size_t)r.h->depth[i] + 1);
    assert_in_range(labels_bytes(r.l), least, least + 120 * (size_t)r.h->node_count);
    close_room(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_cheapest_way_costs_what_the_labels_say),
        cmocka_unit_test(small_nets_of_every_size_are_right),
        cmocka_unit_test(many_to_one_is_one_to_many_turned_round),
        cmocka_unit_test(after_changes_only_what_they_concern_is_filled_and_all_is_right),
        cmocka_unit_test(a_label_takes_eight_bytes_for_each_node_above),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
