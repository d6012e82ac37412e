/* The arcs by where they lead: each once, at its place, and everybody on a segment is met. */
#include "geo/road/inward.h"

#include "tests/support/check_near.h"
#include "tests/support/town.h"

enum { TOWNS = 200 };

struct town {
    const struct network *network;
    struct graph graph;
    struct hierarchy hierarchy;
    struct inward inward;
};

static struct town town_of(struct town_dice *dice, int32_t number, struct arena *a)
{
    struct town t = { .network = town_random(dice, 2 + town_pick(dice, 30), 1 + town_pick(dice, 60),
                                             false, a) };
    struct fail f;

    if (number % 2 == 0)
        t.network = town_banned(dice, t.network, 1 + town_pick(dice, 12), a);
    graph_take(t.network, a, &t.graph);
    assert_true(roads_hierarchy(&t.graph, a, &t.hierarchy, &f));
    inward_take(t.network, &t.graph, &t.hierarchy, a, &t.inward);
    return t;
}

static void each_town(void (*check)(const struct town *t, struct town_dice *dice))
{
    struct town_dice dice = { 17 };

    for (int32_t i = 0; i < TOWNS; i++) {
        struct arena *a = arena_new();
        struct town t = town_of(&dice, i, a);

        check(&t, &dice);
        inward_free(&t.inward);
        arena_free(a);
    }
}

/* Whether a place among the arcs is one of those that lead to a rank. */
static bool is_at(const struct inward *in, int32_t place, int32_t rank)
{
    return place >= in->first[rank] && place < in->first[rank + 1];
}

static void check_places(const struct town *t, struct town_dice *dice)
{
    const struct graph *g = &t->graph;

    (void)dice;
    for (int32_t arc = 0; arc < g->arc_count; arc++) {
        const int32_t place = t->inward.place_of[arc];
        const struct inward_arc *in = &t->inward.arcs[place];

        assert_true(is_at(&t->inward, place, t->hierarchy.rank_of[g->head[arc]]));
        assert_int_equal(in->tail, t->hierarchy.rank_of[g->tail[arc]]);
        assert_int_equal(in->edge, g->edge[arc]);
        assert_int_equal(in->length_cm, t->network->length_cm[g->edge[arc] >> 1]);
        assert_int_equal(in->cost_ms, NETWORK_COST_NEVER);
    }
}

static void every_arc_stands_where_it_leads_to(void **state)
{
    (void)state;
    each_town(check_places);
}

/* How often the edge arrives at the rank, and how often anywhere. */
static int32_t arrivals(const struct inward *in, int32_t edge, int32_t first, int32_t end)
{
    int32_t count = 0;

    for (int32_t place = first; place < end; place++)
        count += in->arcs[place].edge == (uint32_t)edge && in->arcs[place].arrives;
    return count;
}

static void check_arrivals(const struct town *t, struct town_dice *dice)
{
    const struct inward *in = &t->inward;
    const struct graph *g = &t->graph;
    int32_t stands = 0;

    (void)dice;
    for (int32_t edge = 0; edge < g->edge_count; edge++) {
        const int32_t arrival = t->hierarchy.rank_of[graph_arrival(g, edge)];
        const int32_t bare = t->hierarchy.rank_of[network_head(t->network, edge)];

        assert_int_equal(in->ends[edge >> 1].rank[edge & 1], arrival);
        assert_int_equal(arrivals(in, edge, in->first[arrival], in->first[arrival + 1]), 1);
        assert_int_equal(arrivals(in, edge, in->first[bare], in->first[bare + 1]), 1);
        assert_int_equal(arrivals(in, edge, 0, in->arc_count), arrival == bare ? 1 : 2);
        stands += arrival != bare;
    }
    assert_int_equal(in->arc_count, g->arc_count + stands);
    assert_int_equal(in->first[g->state_count], in->arc_count);
}

static void whoever_is_on_an_edge_is_met_at_its_end_however_one_comes_there(void **state)
{
    (void)state;
    each_town(check_arrivals);
}

static void check_ends(const struct town *t, struct town_dice *dice)
{
    (void)dice;
    for (int32_t s = 0; s < t->network->segment_count; s++) {
        const struct inward_ends *ends = &t->inward.ends[s];
        const int32_t one = ends->rank[0], other = ends->rank[1];
        const bool is_free = one == t->hierarchy.rank_of[t->network->to[s]] &&
                             other == t->hierarchy.rank_of[t->network->from[s]];

        assert_int_equal(ends->length_cm, t->network->length_cm[s]);
        assert_int_equal(ends->are_tied,
                         one == other || hierarchy_arc(&t->hierarchy, one, other) >= 0);
        assert_int_equal(ends->are_free, is_free);
    }
}

static void the_ends_of_a_segment_are_known(void **state)
{
    (void)state;
    each_town(check_ends);
}

static void check_costs(const struct town *t, struct town_dice *dice)
{
    struct inward copy = inward_copy(&t->inward);

    for (int32_t arc = 0; arc < t->graph.arc_count; arc++) {
        inward_set(&t->inward, arc, (uint32_t)arc + 1);
        inward_set(&copy, arc, 2 * (uint32_t)arc + 7);
    }
    for (int32_t i = 0; i < 20; i++) {
        const int32_t arc = town_pick(dice, t->graph.arc_count);
        const int32_t place = t->inward.place_of[arc];

        assert_int_equal(t->inward.arcs[place].cost_ms, arc + 1);
        assert_int_equal(copy.arcs[place].cost_ms, 2 * arc + 7);
    }
    int32_t open = 0;

    for (int32_t place = 0; place < copy.arc_count; place++)
        open += copy.arcs[place].cost_ms < NETWORK_COST_NEVER;
    assert_int_equal(open, t->graph.arc_count); /* what stands for people alone never opens */
    inward_free(&copy);
}

static void a_copy_has_costs_of_its_own(void **state)
{
    (void)state;
    each_town(check_costs);
}

static void an_arc_and_a_segment_take_sixteen_bytes(void **state)
{
    (void)state;
    assert_int_equal(sizeof(struct inward_arc), 16);
    assert_int_equal(sizeof(struct inward_ends), 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_arc_stands_where_it_leads_to),
        cmocka_unit_test(whoever_is_on_an_edge_is_met_at_its_end_however_one_comes_there),
        cmocka_unit_test(the_ends_of_a_segment_are_known),
        cmocka_unit_test(a_copy_has_costs_of_its_own),
        cmocka_unit_test(an_arc_and_a_segment_take_sixteen_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
