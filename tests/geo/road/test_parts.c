/* Tests of geo/road/parts.c: against who comes where by looking at every pair. */
#include "geo/road/parts.h"

#include <string.h>

#include "tests/support/check_near.h"
#include "tests/support/town.h"

enum { TOWNS = 300 };

/* Which state comes to which, by going on until nothing is new. */
struct reach {
    const struct network *n;
    const struct graph *g;
    enum mode mode;
    bool *comes; /* [state][state] */
};

static bool is_open(const struct reach *r, int32_t arc)
{
    return (r->g->arc_modes[arc] >> r->mode & 1) &&
           r->n->cost_ms[r->mode][r->g->edge[arc]] < NETWORK_COST_NEVER;
}

static bool comes(const struct reach *r, int32_t from, int32_t to)
{
    return r->comes[(size_t)from * (size_t)r->g->state_count + (size_t)to];
}

static void fill(struct reach *r, struct arena *a)
{
    const size_t states = (size_t)r->g->state_count;
    bool is_new = true;

    r->comes = arena_take(a, states * states, sizeof *r->comes);
    for (size_t i = 0; i < states; i++)
        r->comes[i * states + i] = true;
    while (is_new) {
        is_new = false;
        for (int32_t arc = 0; arc < r->g->arc_count; arc++)
            for (size_t i = 0; is_open(r, arc) && i < states; i++) {
                bool *there = &r->comes[i * states + (size_t)r->g->head[arc]];

                if (!*there && r->comes[i * states + (size_t)r->g->tail[arc]])
                    *there = is_new = true;
            }
    }
}

/* A state that one comes back to over the segment, or -1. */
static int32_t round_by(const struct reach *r, int32_t segment)
{
    for (int32_t arc = r->g->first_arc[2 * segment]; arc < r->g->first_arc[2 * segment + 2]; arc++)
        if (is_open(r, arc) && comes(r, r->g->head[arc], r->g->tail[arc]))
            return r->g->tail[arc];
    return -1;
}

/* A state of the main part, -1 without one; how many parts have streets. */
static int32_t find_main(const struct reach *r, int32_t *parts)
{
    int64_t most_cm = 0;
    int32_t best = -1;

    *parts = 0;
    for (int32_t i = 0; i < r->n->segment_count; i++) {
        const int32_t state = round_by(r, i);
        int64_t sum_cm = 0;
        bool is_first = true;

        for (int32_t j = 0; state >= 0 && j < r->n->segment_count; j++) {
            const int32_t other = round_by(r, j);

            if (other < 0 || !comes(r, state, other) || !comes(r, other, state))
                continue;
            sum_cm += r->n->length_cm[j];
            is_first = is_first && j >= i;
        }
        *parts += state >= 0 && is_first;
        if (sum_cm > most_cm) {
            most_cm = sum_cm;
            best = state;
        }
    }
    return best;
}

static enum parts_standing want_of(const struct reach *r, int32_t home, int32_t segment)
{
    bool enters = false;
    bool leaves = false;

    for (int32_t e = 2 * segment; e < 2 * segment + 2; e++)
        for (int32_t arc = r->g->first_arc[e]; arc < r->g->first_arc[e + 1]; arc++)
            if (home >= 0 && is_open(r, arc)) {
                enters |= comes(r, home, r->g->tail[arc]);
                leaves |= comes(r, graph_arrival(r->g, e), home);
            }
    if (!network_usable(r->n, r->mode, segment))
        return PARTS_CLOSED;
    return enters && leaves ? PARTS_MAIN
           : enters         ? PARTS_TRAP
           : leaves         ? PARTS_SOURCE
                            : PARTS_ISLAND;
}

static bool touch(const struct network *n, int32_t one, int32_t other)
{
    return n->from[one] == n->from[other] || n->from[one] == n->to[other] ||
           n->to[one] == n->from[other] || n->to[one] == n->to[other];
}

/* Everything that the patches say, from the standings of their streets. */
static void check_patches(const struct network *n, const struct parts *p)
{
    for (int32_t patch = 0; patch < p->patch_count; patch++) {
        const struct parts_patch *said = &p->patches[patch];
        int64_t length_cm = 0;
        int32_t count = 0;

        for (int32_t i = 0; i < n->segment_count; i++)
            if (p->patch_of[i] == patch) {
                length_cm += n->length_cm[i];
                count++;
                assert_true(n->length_cm[i] <= n->length_cm[said->longest]);
            }
        assert_int_equal(said->segment_count, count);
        assert_int_equal(said->length_cm, length_cm);
        assert_int_equal(p->patch_of[said->longest], patch);
        if (patch > 1)
            assert_true(length_cm <= p->patches[patch - 1].length_cm);
        if (patch > 0)
            assert_true(said->standing != PARTS_MAIN || p->patches[0].standing == PARTS_MAIN);
    }
    for (int32_t i = 0; i < n->segment_count; i++)
        for (int32_t j = 0; j < i; j++)
            if (p->patch_of[i] >= 0 && p->patch_of[j] >= 0 && touch(n, i, j) &&
                parts_of(p, i) == parts_of(p, j))
                assert_int_equal(p->patch_of[i], p->patch_of[j]);
}

static void check_town(const struct network *n, enum mode mode)
{
    struct arena *a = arena_new();
    struct graph g;
    struct parts p;
    int32_t parts;

    graph_take(n, a, &g);
    parts_take(n, &g, mode, a, &p);
    struct reach r = { .n = n, .g = &g, .mode = mode };

    fill(&r, a);
    const int32_t home = find_main(&r, &parts);

    assert_int_equal(p.strong_count, parts);
    for (int32_t i = 0; i < n->segment_count; i++)
        assert_int_equal(parts_of(&p, i), want_of(&r, home, i));
    check_patches(n, &p);
    arena_free(a);
}

/* In half of the towns turns are forbidden. */
static void every_street_stands_as_looking_at_all_pairs_says(void **state)
{
    struct town_dice dice = { 5 };

    (void)state;
    for (int32_t town = 0; town < TOWNS; town++) {
        struct arena *a = arena_new();
        const int32_t nodes = 2 + town_pick(&dice, 12);
        const struct network *n =
            town_random(&dice, nodes, 1 + town_pick(&dice, 2 * nodes), false, a);

        if (town % 2)
            n = town_banned(&dice, n, 1 + town_pick(&dice, 8), a);
        check_town(n, (enum mode)town_pick(&dice, MODE_COUNT));
        arena_free(a);
    }
}

static void a_block_is_one_part(void **state)
{
    struct arena *a = arena_new();
    const struct network *n = town_blocks(6, (struct point){ 117.2, 34.3 }, a);
    struct graph g;
    struct parts p;

    (void)state;
    graph_take(n, a, &g);
    parts_take(n, &g, MODE_CAR, a, &p);
    assert_int_equal(p.strong_count, 1);
    assert_int_equal(p.weak_count, 1);
    assert_int_equal(p.patch_count, 1);
    assert_int_equal(p.patches[0].standing, PARTS_MAIN);
    assert_int_equal(p.patches[0].segment_count, n->segment_count);
    arena_free(a);
}

/* The same block with the costs of one mode changed. */
static struct network changed(const struct network *n, uint32_t **cost, struct arena *a)
{
    struct network out = *n;
    const size_t count = 2 * (size_t)n->segment_count;

    *cost = arena_take(a, count, sizeof **cost);
    memcpy(*cost, n->cost_ms[MODE_CAR], count * sizeof **cost);
    out.cost_ms[MODE_CAR] = *cost;
    return out;
}

/* Segments with an end at the junction. */
static int32_t around(const struct network *n, int32_t node, int32_t *segments)
{
    int32_t count = 0;

    for (int32_t i = 0; i < n->segment_count; i++)
        if (n->from[i] == node || n->to[i] == node)
            segments[count++] = i;
    return count;
}

static void what_cannot_be_left_is_a_trap_and_what_cannot_be_reached_a_source(void **state)
{
    struct arena *a = arena_new();
    const struct network *n = town_blocks(6, (struct point){ 117.2, 34.3 }, a);
    int32_t here[8] = { 0 };
    struct graph g;
    struct parts p;
    uint32_t *cost;
    struct network oneway = changed(n, &cost, a);
    const int32_t count = around(n, 0, here);

    (void)state;
    graph_take(n, a, &g);
    for (int32_t i = 0; i < count; i++)
        cost[2 * here[i] + (n->from[here[i]] == 0 ? 0 : 1)] = NETWORK_COST_NEVER; /* none out */
    parts_take(&oneway, &g, MODE_CAR, a, &p);
    assert_int_equal(parts_of(&p, here[0]), PARTS_TRAP);
    assert_int_equal(p.patch_count, 2);
    assert_int_equal(p.weak_count, 1);
    for (int32_t i = 0; i < count; i++) {
        cost[2 * here[i]] = cost[2 * here[i] + 1] = NETWORK_COST_NEVER;
        cost[2 * here[i] + (n->from[here[i]] == 0 ? 0 : 1)] = 1000; /* none in */
    }
    parts_take(&oneway, &g, MODE_CAR, a, &p);
    assert_int_equal(parts_of(&p, here[0]), PARTS_SOURCE);
    parts_take(n, &g, MODE_FOOT, a, &p);
    assert_int_equal(parts_of(&p, here[0]), PARTS_MAIN);
    arena_free(a);
}

static void what_is_small_and_off_the_main_part_is_to_be_passed_over(void **state)
{
    struct arena *a = arena_new();
    struct parts_patch patches[] = {
        { PARTS_MAIN, 1, 0, 500 },
        { PARTS_TRAP, 1, 1, PARTS_SMALL_M * INT64_C(100) },
        { PARTS_ISLAND, 1, 2, PARTS_SMALL_M * INT64_C(100) - 1 },
        { PARTS_SOURCE, 1, 3, 1 },
    };
    const int32_t all[] = { 0, 1, 2, 3, -1 }, none[] = { -1, -1, 0, 0, 0 };
    const struct parts parts[MODE_COUNT] = { [MODE_FOOT] = { .patches = patches, .patch_of = all },
                                             [MODE_EBIKE] = { .patches = patches,
                                                              .patch_of = none },
                                             [MODE_CAR] = { .patches = patches, .patch_of = all } };
    const uint8_t both = 1u << MODE_FOOT | 1u << MODE_CAR;
    const uint8_t want[] = { 0, 0, both, both, 0 };

    (void)state;
    assert_memory_equal(parts_small(parts, 5, a), want, sizeof want);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_street_stands_as_looking_at_all_pairs_says),
        cmocka_unit_test(a_block_is_one_part),
        cmocka_unit_test(what_cannot_be_left_is_a_trap_and_what_cannot_be_reached_a_source),
        cmocka_unit_test(what_is_small_and_off_the_main_part_is_to_be_passed_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
