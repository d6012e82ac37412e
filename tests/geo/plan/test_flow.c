/* The network simplex against the plainest way there is: one unit after the other along the
 * cheapest way that is left, found by Bellman and Ford. */
#include "tests/support/check_near.h"

#include <string.h>

#include "geo/plan/flow.h"
#include "tests/support/town.h"

enum { NETS = 400, NODES = 9, ARCS = 24, STEPS = 5, FAR = 1000000 };

struct net {
    int32_t node_count, arc_count;
    int64_t supply[NODES];
    struct flow_arc arcs[ARCS];
};

static void some_net(struct town_dice *dice, struct net *net)
{
    net->node_count = 2 + town_pick(dice, NODES - 1);
    net->arc_count = town_pick(dice, ARCS + 1);
    memset(net->supply, 0, sizeof net->supply);
    for (int32_t i = town_pick(dice, 12); i > 0; i--) {
        net->supply[town_pick(dice, net->node_count)]++;
        net->supply[town_pick(dice, net->node_count)]--;
    }
    /* Costs below 0 lead upwards only: without cycles that pay. */
    for (int32_t i = 0; i < net->arc_count; i++) {
        struct flow_arc *arc = &net->arcs[i];

        arc->tail = town_pick(dice, net->node_count);
        arc->head = town_pick(dice, net->node_count);
        arc->capacity = town_pick(dice, 5);
        arc->cost = town_pick(dice, 7) - (arc->tail < arc->head ? 3 : 0);
        if (arc->tail >= arc->head && arc->cost < 3 * NODES)
            arc->cost += 3 * NODES;
    }
}

/* The cheapest cost with the fewest units left over. */
struct plain {
    int64_t cost, stranded;
};

/* How far each node is from any that has something left, and by which arc one comes there:
 * i onwards along arc i, i + ARCS back. */
static void measure(const struct net *net, const int64_t *left, const int64_t *carried,
                    int64_t *far, int32_t *by)
{
    for (int32_t v = 0; v < NODES; v++) {
        far[v] = left[v] > 0 ? 0 : FAR;
        by[v] = -1;
    }
    for (int32_t i = 0; i < net->arc_count * net->node_count; i++) {
        const struct flow_arc *a = &net->arcs[i % net->arc_count];
        const int64_t used = carried[i % net->arc_count];

        if (used < a->capacity && far[a->tail] < FAR && far[a->tail] + a->cost < far[a->head]) {
            far[a->head] = far[a->tail] + a->cost;
            by[a->head] = i % net->arc_count;
        }
        if (used > 0 && far[a->head] < FAR && far[a->head] - a->cost < far[a->tail]) {
            far[a->tail] = far[a->head] - a->cost;
            by[a->tail] = i % net->arc_count + ARCS;
        }
    }
}

/* Sends a unit along the cheapest way from any node that has to any that wants. */
static bool send_one(const struct net *net, int64_t *left, int64_t *carried, int64_t *cost)
{
    int64_t far[NODES] = { 0 };
    int32_t by[NODES] = { 0 };
    int32_t end = -1;

    measure(net, left, carried, far, by);
    for (int32_t v = 0; v < net->node_count; v++)
        if (left[v] < 0 && far[v] < FAR && (end < 0 || far[v] < far[end]))
            end = v;
    if (end < 0)
        return false;
    *cost += far[end];
    left[end]++;
    while (by[end] >= 0) {
        const bool is_back = by[end] >= ARCS;
        const int32_t i = is_back ? by[end] - ARCS : by[end];

        carried[i] += is_back ? -1 : 1;
        end = is_back ? net->arcs[i].head : net->arcs[i].tail;
    }
    left[end]--;
    return true;
}

static struct plain plainly(const struct net *net)
{
    struct plain out = { 0 };
    int64_t left[NODES];
    int64_t carried[ARCS] = { 0 };

    memcpy(left, net->supply, sizeof left);
    while (send_one(net, left, carried, &out.cost))
        ;
    for (int32_t v = 0; v < net->node_count; v++)
        out.stranded += left[v] > 0 ? left[v] : 0;
    return out;
}

static void check_net(const struct net *net, struct flow *f)
{
    const struct plain want = plainly(net);

    assert_true(flow_run(f, NULL, NULL));
    assert_true(flow_is_best(f));
    assert_int_equal(flow_stranded(f), want.stranded);
    if (want.stranded > 0)
        return;
    assert_int_equal(flow_cost(f), want.cost);
    assert_int_equal(flow_bound(f), want.cost);
}

static void the_cost_is_that_of_the_cheapest_ways(void **state)
{
    struct town_dice dice = { 1 };

    (void)state;
    for (int32_t i = 0; i < NETS; i++) {
        struct net net;

        some_net(&dice, &net);
        struct flow *f = flow_new(net.supply, net.node_count, net.arcs, net.arc_count);

        check_net(&net, f);
        flow_free(f);
    }
}

static void after_other_prices_the_next_run_comes_to_what_a_new_one_would(void **state)
{
    struct town_dice dice = { 2 };

    (void)state;
    for (int32_t i = 0; i < NETS; i++) {
        struct net net;

        some_net(&dice, &net);
        struct flow *f = flow_new(net.supply, net.node_count, net.arcs, net.arc_count);

        check_net(&net, f);
        for (int32_t k = 0; k < STEPS && net.arc_count > 0; k++) {
            const int32_t arc = town_pick(&dice, net.arc_count);

            net.arcs[arc].cost += town_pick(&dice, 50);
            flow_price(f, arc, net.arcs[arc].cost);
            assert_true(flow_bound(f) <= plainly(&net).cost || flow_stranded(f) > 0);
            check_net(&net, f);
        }
        flow_free(f);
    }
}

static bool never(void *self)
{
    ++*(int32_t *)self;
    return false;
}

/* `side` have one unit each and `side` want one; every way costs something else. */
static struct flow *square(int32_t side, struct arena *a)
{
    int64_t *supply = arena_take(a, (size_t)side * 2, sizeof *supply);
    struct flow_arc *arcs = arena_take(a, (size_t)side * (size_t)side, sizeof *arcs);
    struct town_dice dice = { 3 };

    for (int32_t i = 0; i < side * side; i++)
        arcs[i] = (struct flow_arc){
            .tail = i / side, .head = side + i % side, .capacity = 1, .cost = town_pick(&dice, 1000)
        };
    for (int32_t i = 0; i < side; i++) {
        supply[i] = 1;
        supply[side + i] = -1;
    }
    return flow_new(supply, side * 2, arcs, side * side);
}

static void a_run_that_was_stopped_has_a_bound_and_goes_on(void **state)
{
    enum { SIDE = 400 };
    struct arena *a = arena_new();
    struct flow *f = square(SIDE, a);
    struct flow *whole = square(SIDE, a);
    int32_t stops = 0;

    (void)state;
    assert_true(flow_run(whole, NULL, NULL));
    assert_int_equal(flow_bound(whole), flow_cost(whole));
    while (!flow_run(f, never, &stops)) {
        assert_true(flow_bound(f) <= flow_cost(whole));
        if (flow_stranded(f) == 0)
            assert_true(flow_cost(f) >= flow_cost(whole));
    }
    assert_true(stops > 0);
    assert_int_equal(flow_cost(f), flow_cost(whole));
    for (int32_t i = 0; i < SIDE * SIDE; i++)
        assert_int_equal(flow_of(f, i), flow_of(whole, i));
    flow_free(f);
    flow_free(whole);
    arena_free(a);
}

static void a_spoiled_price_is_noticed(void **state)
{
    struct arena *a = arena_new();
    struct flow *f = square(20, a);
    int32_t used = 0;

    (void)state;
    assert_true(flow_run(f, NULL, NULL));
    assert_true(flow_is_best(f));
    while (flow_of(f, used) == 0)
        used++;
    flow_price(f, used, FLOW_COST_MAX);
    assert_false(flow_is_best(f));
    assert_true(flow_bound(f) < flow_cost(f));
    flow_free(f);
    arena_free(a);
}

static void of_nothing_comes_nothing(void **state)
{
    struct flow *f = flow_new(NULL, 0, NULL, 0);

    (void)state;
    assert_true(flow_run(f, NULL, NULL));
    assert_int_equal(flow_cost(f), 0);
    assert_int_equal(flow_bound(f), 0);
    assert_true(flow_is_best(f));
    flow_free(f);
    flow_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_cost_is_that_of_the_cheapest_ways),
        cmocka_unit_test(after_other_prices_the_next_run_comes_to_what_a_new_one_would),
        cmocka_unit_test(a_run_that_was_stopped_has_a_bound_and_goes_on),
        cmocka_unit_test(a_spoiled_price_is_noticed),
        cmocka_unit_test(of_nothing_comes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
