#include "geo/road/roads.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/check_near.h"
#include "tests/support/town.h"

enum { NODES = 60, SEGMENTS = 150, EDGES = 2 * SEGMENTS, ROUNDS = 400, TOGETHER = 5 };

struct room {
    struct arena *arena;
    struct town_dice dice;
    struct roads *roads;
    uint32_t cost[MODE_COUNT][EDGES]; /* as they should be */
    int32_t *room;
};

static struct room open_room(void)
{
    struct room r = { .arena = arena_new(), .dice = { 11 } };
    const struct network *n = town_random(&r.dice, NODES, SEGMENTS, false, r.arena);

    r.roads = town_roads(n, r.arena);
    for (enum mode mode = 0; mode < MODE_COUNT; mode++)
        memcpy(r.cost[mode], n->cost_ms[mode], sizeof r.cost[mode]);
    r.room =
        arena_take(r.arena, 2 * (size_t)roads_base(r.roads)->hierarchy->height, sizeof *r.room);
    return r;
}

static uint32_t draw_cost(struct room *r)
{
    return town_pick(&r->dice, 3) ? 1 + (uint32_t)town_pick(&r->dice, 100000) : NETWORK_COST_NEVER;
}

/* The roads as if they had been made with these costs. */
static struct roads *fresh(const struct room *r)
{
    const struct roads_base *base = roads_base(r->roads);
    struct network *n = arena_take(r->arena, 1, sizeof *n);
    struct roads_base *own = arena_take(r->arena, 1, sizeof *own);

    *n = *base->network;
    for (enum mode mode = 0; mode < MODE_COUNT; mode++)
        n->cost_ms[mode] = r->cost[mode];
    *own = (struct roads_base){ n, base->graph, base->hierarchy };
    return roads_new(own);
}

static void check_mode(struct room *r, const struct roads *other, enum mode mode)
{
    const struct roads_base *base = roads_base(r->roads);
    const struct metric *mine = roads_metric(r->roads, mode);
    const struct metric *its = roads_metric(other, mode);
    const size_t bytes = (size_t)base->hierarchy->arc_count * sizeof(int32_t);

    assert_memory_equal(metric_up(mine), metric_up(its), bytes);
    assert_memory_equal(metric_down(mine), metric_down(its), bytes);
    assert_memory_equal(roads_network(r->roads)->cost_ms[mode], r->cost[mode],
                        sizeof r->cost[mode]);
    for (int32_t i = 0; i < 20; i++) {
        const int32_t from = town_pick(&r->dice, base->graph->state_count);
        const int32_t to = town_pick(&r->dice, base->graph->state_count);

        assert_int_equal(roads_distance(r->roads, mode, from, to, r->room),
                         roads_distance(other, mode, from, to, r->room));
    }
}

static void check_all(struct room *r)
{
    struct roads *other = fresh(r);

    for (enum mode mode = 0; mode < MODE_COUNT; mode++)
        check_mode(r, other, mode);
    roads_free(other);
}

static void change_some(struct room *r, enum mode mode)
{
    struct roads_change changes[TOGETHER];
    const int32_t count = 1 + town_pick(&r->dice, TOGETHER);

    for (int32_t i = 0; i < count; i++) {
        changes[i] = (struct roads_change){ town_pick(&r->dice, EDGES), draw_cost(r) };
        r->cost[mode][changes[i].edge] = changes[i].cost_ms;
    }
    roads_change(r->roads, mode, changes, count);
}

static void change_all(struct room *r, enum mode mode)
{
    for (int32_t edge = 0; edge < EDGES; edge++)
        r->cost[mode][edge] = draw_cost(r);
    roads_draft(r->roads, mode, r->cost[mode]);
    roads_adopt(r->roads, mode);
    roads_tidy(r->roads, mode);
}

static void after_any_changes_the_roads_are_as_if_made_so(void **state)
{
    struct room r = open_room();

    (void)state;
    for (int32_t round = 0; round < ROUNDS; round++) {
        const enum mode mode = (enum mode)town_pick(&r.dice, MODE_COUNT);

        if (town_pick(&r.dice, 10) == 0)
            change_all(&r, mode);
        else
            change_some(&r, mode);
        if (town_pick(&r.dice, 2)) {
            roads_label(r.roads, mode);
            roads_labelled(r.roads, mode);
            assert_non_null(roads_labels(r.roads, mode));
        }
        if (round % 4 == 0)
            check_all(&r);
    }
    check_all(&r);
    arena_free(r.arena);
}

static void labels_are_not_given_while_they_are_out_of_date(void **state)
{
    struct room r = open_room();

    (void)state;
    assert_non_null(roads_labels(r.roads, MODE_CAR));
    change_all(&r, MODE_CAR);
    assert_null(roads_labels(r.roads, MODE_CAR));
    assert_non_null(roads_labels(r.roads, MODE_FOOT));
    roads_label(r.roads, MODE_CAR);
    assert_null(roads_labels(r.roads, MODE_CAR));
    roads_labelled(r.roads, MODE_CAR);
    assert_non_null(roads_labels(r.roads, MODE_CAR));
    arena_free(r.arena);
}

static void a_draft_shows_nowhere_until_it_is_adopted(void **state)
{
    struct room r = open_room();
    uint32_t never[EDGES];

    (void)state;
    for (int32_t edge = 0; edge < EDGES; edge++)
        never[edge] = NETWORK_COST_NEVER;
    roads_draft(r.roads, MODE_FOOT, never);
    check_all(&r);
    memcpy(r.cost[MODE_FOOT], never, sizeof never);
    roads_adopt(r.roads, MODE_FOOT);
    roads_tidy(r.roads, MODE_FOOT);
    check_all(&r);
    arena_free(r.arena);
}

static void what_changes_nothing_leaves_the_labels(void **state)
{
    struct room r = open_room();
    const struct roads_change same = { 7, r.cost[MODE_CAR][7] };

    (void)state;
    roads_change(r.roads, MODE_CAR, &same, 1);
    roads_change(r.roads, MODE_CAR, NULL, 0);
    assert_non_null(roads_labels(r.roads, MODE_CAR));
    arena_free(r.arena);
}

/* Of one mode; the labels are the most of it. */
static size_t promised(const struct roads_base *base)
{
    const struct hierarchy *h = base->hierarchy;
    const size_t nodes = (size_t)h->node_count, arcs = (size_t)base->graph->arc_count;
    size_t labels = 120 * nodes;

    for (size_t i = 0; i < nodes; i++)
        labels += 8 * ((size_t)h->depth[i] + 1);
    return labels + 13 * (size_t)h->arc_count + 12 * arcs + 4 * nodes /* metric */
           + 16 * arcs                                                /* inward */
           + 8 * (size_t)base->network->segment_count;                /* costs */
}

static void they_take_the_memory_that_is_promised(void **state)
{
    struct arena *a = arena_new();
    struct town_dice dice = { 5 };
    struct roads *roads = town_roads(town_random(&dice, 2000, 3000, false, a), a);
    const struct roads_base *base = roads_base(roads);
    const size_t slack = 4096; /* of the arenas, however large the city */

    (void)state;
    assert_true(roads_bytes(roads) <= MODE_COUNT * (promised(base) + slack));
    assert_true(graph_bytes(base->graph) <=
                12 * (size_t)base->graph->state_count + 4 * (size_t)base->graph->node_count +
                    25 * (size_t)base->graph->arc_count + 4 * (size_t)base->graph->edge_count);
    assert_int_equal(hierarchy_bytes(base->hierarchy), 24 * (size_t)base->hierarchy->node_count +
                                                           12 * (size_t)base->hierarchy->arc_count);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(after_any_changes_the_roads_are_as_if_made_so),
        cmocka_unit_test(labels_are_not_given_while_they_are_out_of_date),
        cmocka_unit_test(a_draft_shows_nowhere_until_it_is_adopted),
        cmocka_unit_test(what_changes_nothing_leaves_the_labels),
        cmocka_unit_test(they_take_the_memory_that_is_promised),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
