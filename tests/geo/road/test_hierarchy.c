/* Tests of geo/road/hierarchy.c. */
#include "tests/support/check_near.h"

#include <string.h>

#include "geo/road/hierarchy.h"
#include "tests/support/web.h"

enum { SIDE = 13, SEEDS = 12, DAMAGES = 60 };

static struct hierarchy hierarchy_of(struct arena *a, const struct web *w)
{
    struct hierarchy h;
    struct fail f;

    assert_true(hierarchy_take(a, &w->edges, &h, &f));
    assert_int_equal(h.node_count, w->edges.node_count);
    return h;
}

/* Does the same for some webs. */
static void each_web(void (*check)(const struct web *w, const struct hierarchy *h))
{
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct arena *a = arena_new();
        const struct web w = web_take(a, seed, SIDE);
        const struct hierarchy h = hierarchy_of(a, &w);

        check(&w, &h);
        arena_free(a);
    }
}

static void check_names(const struct web *w, const struct hierarchy *h)
{
    for (int32_t node = 0; node < w->edges.node_count; node++) {
        assert_in_range(h->rank_of[node], 0, h->node_count - 1);
        assert_int_equal(h->node_of[h->rank_of[node]], node);
    }
}

static void every_node_has_a_rank_of_its_own(void **state)
{
    (void)state;
    each_web(check_names);
}

static void check_edges(const struct web *w, const struct hierarchy *h)
{
    for (int32_t e = 0; e < w->edges.edge_count; e++) {
        const int32_t one = h->rank_of[w->edges.from[e]];
        const int32_t other = h->rank_of[w->edges.to[e]];
        const int32_t arc = hierarchy_arc(h, one, other);

        if (one == other)
            continue;
        assert_true(arc >= 0);
        assert_int_equal(h->tail[arc], one < other ? one : other);
        assert_int_equal(h->head[arc], one < other ? other : one);
    }
}

static void every_edge_lies_on_an_arc(void **state)
{
    (void)state;
    each_web(check_edges);
}

static void check_triangles(const struct web *w, const struct hierarchy *h)
{
    (void)w;
    for (int32_t node = 0; node < h->node_count; node++)
        for (int32_t i = h->up_first[node]; i < h->up_first[node + 1]; i++)
            for (int32_t k = i + 1; k < h->up_first[node + 1]; k++) {
                assert_true(h->head[i] < h->head[k]);
                assert_true(hierarchy_arc(h, h->head[i], h->head[k]) >= 0);
            }
}

static void whatever_is_above_a_node_is_joined(void **state)
{
    (void)state;
    each_web(check_triangles);
}

/* Those below a node are the ranks directly before it, and all it leads to is above. */
static void check_tree(const struct web *w, const struct hierarchy *h)
{
    int32_t highest = 0;

    (void)w;
    for (int32_t node = 0; node < h->node_count; node++) {
        const bool is_root = h->up_first[node] == h->up_first[node + 1];

        assert_int_equal(h->parent[node], is_root ? -1 : h->head[h->up_first[node]]);
        assert_int_equal(h->depth[node], is_root ? 0 : h->depth[h->parent[node]] + 1);
        highest = h->depth[node] + 1 > highest ? h->depth[node] + 1 : highest;
        for (int32_t i = h->up_first[node]; i < h->up_first[node + 1]; i++) {
            int32_t at = node;

            while (at != -1 && at != h->head[i])
                at = h->parent[at];
            assert_int_equal(at, h->head[i]);
        }
        for (int32_t between = node + 1; !is_root && between < h->parent[node]; between++) {
            int32_t at = between;

            while (at != -1 && at < h->parent[node])
                at = h->parent[at];
            assert_int_equal(at, h->parent[node]);
        }
    }
    assert_int_equal(h->height, highest);
}

static void the_tree_is_numbered_from_below(void **state)
{
    (void)state;
    each_web(check_tree);
}

static void check_lists(const struct web *w, const struct hierarchy *h)
{
    (void)w;
    assert_int_equal(h->down_first[h->node_count], h->arc_count);
    for (int32_t node = 0; node < h->node_count; node++)
        for (int32_t i = h->down_first[node]; i < h->down_first[node + 1]; i++) {
            assert_int_equal(h->head[h->down[i]], node);
            if (i > h->down_first[node])
                assert_true(h->tail[h->down[i - 1]] < h->tail[h->down[i]]);
        }
}

static void the_arcs_are_listed_at_their_upper_end_too(void **state)
{
    (void)state;
    each_web(check_lists);
}

static void the_same_streets_get_the_same_hierarchy(void **state)
{
    struct arena *a = arena_new();
    const struct web w = web_take(a, 3, SIDE);
    const struct hierarchy one = hierarchy_of(a, &w);
    const struct hierarchy other = hierarchy_of(a, &w);

    (void)state;
    assert_int_equal(one.arc_count, other.arc_count);
    assert_memory_equal(one.node_of, other.node_of, (size_t)one.node_count * sizeof(int32_t));
    assert_memory_equal(one.head, other.head, (size_t)one.arc_count * sizeof(int32_t));
    arena_free(a);
}

static void check_order(const struct web *w, const struct hierarchy *h)
{
    const size_t nodes = (size_t)h->node_count * sizeof(int32_t);
    struct arena *a = arena_new();
    struct hierarchy again;
    struct fail f;

    assert_true(hierarchy_take_by(a, &w->edges, h->node_of, &again, &f));
    assert_int_equal(again.arc_count, h->arc_count);
    assert_int_equal(again.height, h->height);
    assert_memory_equal(again.node_of, h->node_of, nodes);
    assert_memory_equal(again.parent, h->parent, nodes);
    assert_memory_equal(again.head, h->head, (size_t)h->arc_count * sizeof(int32_t));
    arena_free(a);
}

static void its_own_order_makes_it_once_more(void **state)
{
    (void)state;
    each_web(check_order);
}

/* All its arrays, to be damaged: they are an arena's and may be written. */
enum { ARRAYS = 9 };

static void list_arrays(const struct hierarchy *h, int32_t *arrays[ARRAYS], int32_t counts[ARRAYS])
{
    const int32_t n = h->node_count, arcs = h->arc_count;
    const int32_t *const all[ARRAYS] = { h->rank_of, h->node_of, h->up_first,   h->tail, h->head,
                                         h->parent,  h->depth,   h->down_first, h->down };
    const int32_t sizes[ARRAYS] = { n, n, n + 1, arcs, arcs, n, n, n + 1, arcs };

    memcpy(arrays, all, sizeof all);
    memcpy(counts, sizes, sizeof sizes);
}

static void check_damage(const struct web *w, const struct hierarchy *h)
{
    uint64_t seed = (uint64_t)h->arc_count + 1;
    int32_t *arrays[ARRAYS];
    int32_t counts[ARRAYS];
    struct hierarchy higher = *h;

    assert_true(hierarchy_sound(h));
    assert_true(hierarchy_joins(h, &w->edges));
    higher.height++;
    assert_false(hierarchy_sound(&higher));
    list_arrays(h, arrays, counts);
    for (int32_t i = 0; i < ARRAYS; i++)
        for (int32_t k = 0; k < DAMAGES && counts[i] > 0; k++) {
            int32_t *at = &arrays[i][web_chance(&seed, (uint32_t)counts[i])];
            const int32_t was = *at;

            *at = k % 3 == 0   ? was + 1
                  : k % 3 == 1 ? was - 1
                               : (int32_t)web_chance(&seed, UINT32_MAX);
            if (*at != was && hierarchy_sound(h))
                fail_msg("array %d: %d in place of %d was not noticed", i, *at, was);
            *at = was;
        }
    assert_true(hierarchy_sound(h));
}

static void one_wrong_number_makes_it_unsound(void **state)
{
    (void)state;
    each_web(check_damage);
}

/* It is sound, and not theirs: a node was given another's rank. */
static void a_hierarchy_of_other_edges_does_not_join_them(void **state)
{
    static const int32_t FROM[] = { 0, 1, 2 }, TO[] = { 1, 2, 3 };
    static const int32_t OTHER_FROM[] = { 0, 1, 0 }, OTHER_TO[] = { 2, 3, 3 };
    const struct hierarchy_edges line = { 4, 3, FROM, TO };
    const struct hierarchy_edges other = { 4, 3, OTHER_FROM, OTHER_TO };
    static const int32_t ORDER[] = { 0, 1, 2, 3 };
    struct arena *a = arena_new();
    struct hierarchy h;
    struct fail f;

    (void)state;
    assert_true(hierarchy_take_by(a, &line, ORDER, &h, &f));
    assert_true(hierarchy_joins(&h, &line));
    assert_false(hierarchy_joins(&h, &other));
    arena_free(a);
}

static void no_node_and_no_edge_are_hierarchies_too(void **state)
{
    struct arena *a = arena_new();
    struct hierarchy h;
    struct fail f;
    static const int32_t LOOP[] = { 0 };

    (void)state;
    assert_true(hierarchy_take(a, &(struct hierarchy_edges){ 0 }, &h, &f));
    assert_int_equal(h.node_count, 0);
    assert_int_equal(h.arc_count, 0);
    assert_true(hierarchy_take(
        a, &(struct hierarchy_edges){ .node_count = 2, .edge_count = 1, .from = LOOP, .to = LOOP },
        &h, &f));
    assert_int_equal(h.arc_count, 0);
    assert_int_equal(h.parent[0], -1);
    assert_int_equal(hierarchy_arc(&h, 0, 1), -1);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_node_has_a_rank_of_its_own),
        cmocka_unit_test(every_edge_lies_on_an_arc),
        cmocka_unit_test(whatever_is_above_a_node_is_joined),
        cmocka_unit_test(the_tree_is_numbered_from_below),
        cmocka_unit_test(the_arcs_are_listed_at_their_upper_end_too),
        cmocka_unit_test(the_same_streets_get_the_same_hierarchy),
        cmocka_unit_test(its_own_order_makes_it_once_more),
        cmocka_unit_test(one_wrong_number_makes_it_unsound),
        cmocka_unit_test(a_hierarchy_of_other_edges_does_not_join_them),
        cmocka_unit_test(no_node_and_no_edge_are_hierarchies_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
