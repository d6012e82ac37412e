#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "geo/road/matrix.h"
#include "geo/road/place.h"
#include "tests/support/slow.h"
#include "tests/support/town.h"

enum { SPOTS = 40, TOWNS = 12 };

/* A town, its roads and spots to travel between. */
struct scene {
    struct arena *arena;
    const struct network *n;
    struct roads *roads;
    struct matrix_room *room;
    int32_t *climb; /* room of place_distance */
    struct spot from[SPOTS], to[SPOTS];
    uint32_t costs[SPOTS * SPOTS];
};

static struct scene *scene_new(uint64_t seed)
{
    struct arena *a = arena_new();
    struct scene *s = arena_take(a, 1, sizeof *s);
    struct town_dice dice = { seed };

    s->arena = a;
    s->n = town_random(&dice, 60 + 20 * town_pick(&dice, 8), 300, seed % 2 == 0, a);
    if (seed % 3 == 0)
        s->n = town_banned(&dice, s->n, 12, a);
    s->roads = town_roads(s->n, a);
    s->room = matrix_room_new();
    s->climb = arena_take(a, 2 * (size_t)roads_base(s->roads)->hierarchy->height + 2, 4);
    for (int32_t i = 0; i < SPOTS; i++) {
        s->from[i] = town_spot(&dice, s->n);
        s->to[i] = i % 5 == 0 ? s->from[i] : town_spot(&dice, s->n);
        if (i % 7 == 0) /* another spot of the same street */
            s->to[i] = (struct spot){ s->from[i].segment, 1 };
    }
    return s;
}

static void scene_free(struct scene *s)
{
    matrix_room_free(s->room);
    arena_free(s->arena);
}

static void ask(struct scene *s, enum mode mode, int32_t from_count, int32_t to_count)
{
    const struct matrix_wish wish = { mode, s->from, s->to, from_count, to_count };

    matrix_find(s->roads, &wish, s->room, s->costs);
}

static void check(struct scene *s, enum mode mode, int32_t from_count, int32_t to_count)
{
    ask(s, mode, from_count, to_count);
    for (int32_t i = 0; i < from_count; i++)
        for (int32_t j = 0; j < to_count; j++)
            assert_int_equal(s->costs[i * to_count + j],
                             place_distance(s->roads, mode, s->from[i], s->to[j], s->climb));
}

static void every_pair_costs_what_it_costs_alone(void **state)
{
    static const int32_t COUNTS[][2] = { { 1, SPOTS }, { SPOTS, 1 }, { SPOTS, SPOTS }, { 7, 33 },
                                         { 5, 5 },     { 0, 3 },     { 3, 0 } };

    (void)state;
    for (uint64_t seed = 1; seed <= TOWNS; seed++) {
        struct scene *s = scene_new(seed);

        for (enum mode mode = 0; mode < MODE_COUNT; mode++)
            for (size_t i = 0; i < sizeof COUNTS / sizeof *COUNTS; i++)
                check(s, mode, COUNTS[i][0], COUNTS[i][1]);
        scene_free(s);
    }
}

static void it_is_the_cost_by_the_definition(void **state)
{
    (void)state;
    struct scene *s = scene_new(99);

    ask(s, MODE_CAR, SPOTS, SPOTS);
    for (int32_t i = 0; i < SPOTS; i += 3)
        for (int32_t j = 0; j < SPOTS; j += 5)
            assert_int_equal(s->costs[i * SPOTS + j],
                             slow_cost(s->n, MODE_CAR, s->from[i], s->to[j]));
    scene_free(s);
}

/* Some streets are closed, some are slower: the metric knows at once, the labels later. */
static void a_change_counts_before_and_after_the_labels_know_it(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= TOWNS; seed++) {
        struct scene *s = scene_new(seed);
        struct town_dice dice = { seed + 1000 };

        for (int32_t i = 0; i < 40; i++) {
            const int32_t edge = town_pick(&dice, 2 * s->n->segment_count);
            const struct roads_change change = { edge,
                                                 i % 2 ? NETWORK_COST_NEVER
                                                       : 1 + (uint32_t)town_pick(&dice, 100000) };

            roads_change(s->roads, MODE_FOOT, &change, 1);
        }
        assert_null(roads_labels(s->roads, MODE_FOOT));
        check(s, MODE_FOOT, SPOTS, SPOTS);
        check(s, MODE_FOOT, 1, SPOTS);
        roads_label(s->roads, MODE_FOOT);
        roads_labelled(s->roads, MODE_FOOT);
        assert_non_null(roads_labels(s->roads, MODE_FOOT));
        check(s, MODE_FOOT, SPOTS, SPOTS);
        check(s, MODE_FOOT, SPOTS, 2);
        scene_free(s);
    }
}

static void what_takes_longer_than_can_be_counted_is_no_way(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    const struct network *n = town_blocks(1, (struct point){ 117, 34 }, a);
    struct roads *roads = town_roads(n, a);
    struct matrix_room *room = matrix_room_new();
    const struct spot from = { 0, 1 }, to = { 0, n->length_cm[0] - 1 };
    const struct matrix_wish wish = { MODE_FOOT, &from, &to, 1, 1 };
    struct roads_change changes[8];
    uint32_t cost;

    for (int32_t e = 0; e < 2 * n->segment_count; e++)
        changes[e] = (struct roads_change){ e, NETWORK_COST_NEVER - 1 };
    roads_change(roads, MODE_FOOT, changes, 2 * n->segment_count);
    matrix_find(roads, &wish, room, &cost);
    assert_int_equal(cost, NETWORK_COST_NEVER);
    matrix_room_free(room);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pair_costs_what_it_costs_alone),
        cmocka_unit_test(it_is_the_cost_by_the_definition),
        cmocka_unit_test(a_change_counts_before_and_after_the_labels_know_it),
        cmocka_unit_test(what_takes_longer_than_can_be_counted_is_no_way),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
