#include "geo/road/stretch.h"

#include "tests/support/check_near.h"
#include "tests/support/town.h"

enum { SIDE = 4, BLOCK_CM = 10000 };

struct room {
    struct arena *arena;
    const struct network *n;
};

/* Blocks of 100 m: segment row x SIDE + block of rows first, from the south-west. */
static struct room open_room(void)
{
    struct arena *a = arena_new();

    return (struct room){ a, town_blocks(SIDE, (struct point){ 116.39, 39.9 }, a) };
}

static int32_t find(const struct room *r, struct spot from, struct spot to, const int32_t **edges)
{
    struct fail f = { 0 };
    const int32_t count = stretch_find(r->n, from, to, r->arena, edges, &f);

    if (count < 0)
        fail_msg("%s", f.text);
    return count;
}

static void along_a_street_it_is_its_blocks_in_their_order(void **state)
{
    struct room r = open_room();
    const int32_t *edges;

    (void)state;
    assert_int_equal(find(&r, (struct spot){ 0, 5000 }, (struct spot){ 2, 5000 }, &edges), 3);
    for (int32_t i = 0; i < 3; i++)
        assert_int_equal(edges[i], 2 * i);
    assert_int_equal(find(&r, (struct spot){ 2, 5000 }, (struct spot){ 0, 5000 }, &edges), 3);
    for (int32_t i = 0; i < 3; i++)
        assert_int_equal(edges[i], 2 * (2 - i) + 1);
    arena_free(r.arena);
}

static void two_places_on_one_block_are_the_block(void **state)
{
    struct room r = open_room();
    const int32_t *edges;

    (void)state;
    assert_int_equal(find(&r, (struct spot){ 1, 10 }, (struct spot){ 1, 9000 }, &edges), 1);
    assert_int_equal(edges[0], 2);
    assert_int_equal(find(&r, (struct spot){ 1, 9000 }, (struct spot){ 1, 10 }, &edges), 1);
    assert_int_equal(edges[0], 3);
    arena_free(r.arena);
}

static void an_end_that_is_hardly_entered_is_left_out(void **state)
{
    struct room r = open_room();
    const int32_t *edges;

    (void)state;
    assert_int_equal(find(&r, (struct spot){ 0, BLOCK_CM - STRETCH_END_CM + 1 },
                          (struct spot){ 2, STRETCH_END_CM - 1 }, &edges),
                     1);
    assert_int_equal(edges[0], 2);
    assert_int_equal(find(&r, (struct spot){ 0, BLOCK_CM - STRETCH_END_CM },
                          (struct spot){ 2, STRETCH_END_CM }, &edges),
                     3);
    /* Something is always left. */
    assert_int_equal(find(&r, (struct spot){ 0, BLOCK_CM }, (struct spot){ 1, 0 }, &edges), 1);
    arena_free(r.arena);
}

static void around_a_corner_it_is_a_shortest_way(void **state)
{
    struct room r = open_room();
    const int32_t column = (SIDE + 1) * SIDE; /* the first segment of column 0 */
    const int32_t *edges;
    uint32_t length_cm = 0;

    (void)state;
    const int32_t count =
        find(&r, (struct spot){ 3, 5000 }, (struct spot){ column + 2, 5000 }, &edges);

    for (int32_t i = 0; i < count; i++)
        length_cm += r.n->length_cm[edges[i] >> 1];
    assert_int_equal(length_cm, 7 * BLOCK_CM);
    for (int32_t i = 1; i < count; i++)
        assert_int_equal(network_head(r.n, edges[i - 1]), network_tail(r.n, edges[i]));
    arena_free(r.arena);
}

/* Whatever the network, the edges hang together; that there is no way is said. */
static void on_any_network_the_edges_lead_from_one_place_to_the_other(void **state)
{
    struct town_dice dice = { 3 };
    int32_t found = 0;

    (void)state;
    for (int32_t round = 0; round < 200; round++) {
        struct arena *a = arena_new();
        const struct network *n = town_random(&dice, 12, 20, true, a);
        const struct spot from = town_spot(&dice, n), to = town_spot(&dice, n);
        const int32_t *edges;
        struct fail f = { 0 };
        const int32_t count = stretch_find(n, from, to, a, &edges, &f);

        for (int32_t i = 1; i < count; i++)
            assert_int_equal(network_head(n, edges[i - 1]), network_tail(n, edges[i]));
        if (count < 0)
            assert_int_equal(f.code, CODE_STRETCH_MISSING);
        else
            found++;
        arena_free(a);
    }
    assert_true(found > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(along_a_street_it_is_its_blocks_in_their_order),
        cmocka_unit_test(two_places_on_one_block_are_the_block),
        cmocka_unit_test(an_end_that_is_hardly_entered_is_left_out),
        cmocka_unit_test(around_a_corner_it_is_a_shortest_way),
        cmocka_unit_test(on_any_network_the_edges_lead_from_one_place_to_the_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
