/* Forbidden turns: no way from state to state takes one, and none that takes no forbidden
 * turn is missing. */
#include "geo/road/graph.h"

#include "tests/support/check_near.h"
#include "tests/support/town.h"

enum { TOWNS = 500, WALKS = 40, STEPS = 12 };

/* Whether the last edges of the walk are a ban for the mode. */
static bool ends_with_ban(const struct network *n, enum mode mode, const int32_t *walk,
                          int32_t count)
{
    for (int32_t b = 0; b < n->ban_count; b++) {
        const int32_t *ban = n->ban_edge + n->first_ban_edge[b];
        const int32_t length = n->first_ban_edge[b + 1] - n->first_ban_edge[b];
        bool same = (n->ban_modes[b] & 1 << mode) && length <= count;

        for (int32_t i = 0; same && i < length; i++)
            same = ban[i] == walk[count - length + i];
        if (same)
            return true;
    }
    return false;
}

/* The arc of the edge that leaves the state, -1 without one. */
static int32_t arc_from(const struct graph *g, int32_t state, int32_t edge)
{
    for (int32_t arc = g->first_arc[edge]; arc < g->first_arc[edge + 1]; arc++)
        if (g->tail[arc] == state)
            return arc;
    return -1;
}

/* One random walk that the mode may take; returns how many turns were refused to it. */
static int32_t walk_about(struct town_dice *dice, const struct network *n, const struct graph *g,
                          enum mode mode, bool from_within)
{
    int32_t walk[STEPS];
    int32_t count = 0;
    int32_t refused = 0;
    int32_t state = town_pick(dice, n->node_count);

    if (from_within) {
        walk[count++] = town_pick(dice, 2 * n->segment_count);
        state = graph_arrival(g, walk[0]);
    }
    for (int32_t tries = 0; count < STEPS && tries < 3 * STEPS; tries++) {
        const int32_t v = g->node_of[state];
        const int32_t out = n->first_out[v + 1] - n->first_out[v];

        if (out == 0)
            break;
        walk[count] = n->out_edge[n->first_out[v] + town_pick(dice, out)];
        const int32_t arc = arc_from(g, state, walk[count]);
        const bool open = arc >= 0 && (g->arc_modes[arc] & 1 << mode);

        assert_int_equal(open, !ends_with_ban(n, mode, walk, count + 1));
        if (!open) {
            refused++;
            continue;
        }
        state = g->head[arc];
        assert_int_equal(g->node_of[state], network_head(n, walk[count]));
        count++;
    }
    return refused;
}

static void a_turn_is_refused_just_when_a_ban_ends_with_it(void **state)
{
    struct town_dice dice = { 27182 };
    int32_t refused = 0;

    (void)state;
    for (int32_t town = 0; town < TOWNS; town++) {
        struct arena *a = arena_new();
        const struct network *n = town_banned(
            &dice,
            town_random(&dice, 2 + town_pick(&dice, 12), 1 + town_pick(&dice, 30), town % 2, a),
            town_pick(&dice, 60), a);
        struct graph g;

        graph_take(n, a, &g);
        for (int32_t i = 0; i < WALKS && g.left_aside == 0; i++)
            refused += walk_about(&dice, n, &g, (enum mode)(i % MODE_COUNT), i % 2);
        arena_free(a);
    }
    assert_true(refused > TOWNS);
}

static void the_lists_of_a_graph_agree(void **state)
{
    struct town_dice dice = { 31415 };
    struct arena *a = arena_new();
    const struct network *n = town_banned(&dice, town_random(&dice, 12, 40, false, a), 60, a);
    struct graph g;

    (void)state;
    graph_take(n, a, &g);
    assert_true(g.state_count > g.node_count);
    assert_int_equal(g.first_more[0], g.node_count);
    assert_int_equal(g.first_more[g.node_count], g.state_count);
    for (int32_t v = 0; v < g.node_count; v++) {
        assert_int_equal(g.node_of[v], v);
        for (int32_t s = g.first_more[v]; s < g.first_more[v + 1]; s++)
            assert_int_equal(g.node_of[s], v);
    }
    for (int32_t e = 0; e < g.edge_count; e++) {
        assert_int_equal(g.tail[g.first_arc[e]], network_tail(n, e));
        for (int32_t arc = g.first_arc[e]; arc < g.first_arc[e + 1]; arc++) {
            assert_int_equal(g.edge[arc], e);
            assert_int_equal(g.node_of[g.tail[arc]], network_tail(n, e));
            assert_int_equal(g.node_of[g.head[arc]], network_head(n, e));
            assert_int_not_equal(g.arc_modes[arc], 0);
        }
    }
    for (int32_t s = 0; s < g.state_count; s++) {
        for (int32_t i = g.first_out[s]; i < g.first_out[s + 1]; i++)
            assert_int_equal(g.tail[g.out_arc[i]], s);
        for (int32_t i = g.first_in[s]; i < g.first_in[s + 1]; i++)
            assert_int_equal(g.head[g.in_arc[i]], s);
    }
    arena_free(a);
}

static void without_bans_a_state_is_a_junction(void **state)
{
    struct arena *a = arena_new();
    const struct network *n = town_blocks(3, (struct point){ 117.2, 34.3 }, a);
    struct graph g;

    (void)state;
    graph_take(n, a, &g);
    assert_int_equal(g.state_count, n->node_count);
    assert_int_equal(g.arc_count, 2 * n->segment_count);
    arena_free(a);
}

/* All streets meet in one junction, and every turn of all of them is a ban. */
static void bans_without_room_are_left_aside(void **state)
{
    struct town_dice dice = { 5 };
    struct arena *a = arena_new();
    const struct network *n = town_banned(&dice, town_random(&dice, 1, 50, false, a), 3000, a);
    struct graph g;

    (void)state;
    graph_take(n, a, &g);
    assert_int_equal(g.state_count, GRAPH_STATES_MAX);
    assert_in_range(g.left_aside, 1, n->ban_count - 1);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_turn_is_refused_just_when_a_ban_ends_with_it),
        cmocka_unit_test(the_lists_of_a_graph_agree),
        cmocka_unit_test(without_bans_a_state_is_a_junction),
        cmocka_unit_test(bans_without_room_are_left_aside),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
