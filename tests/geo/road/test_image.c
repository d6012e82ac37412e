/* The street file: what is written is what is read, and nothing damaged is read. */
#include "geo/road/image.h"

#include <string.h>

#include "geo/road/roads.h"
#include "tests/support/check_near.h"
#include "tests/support/town.h"

enum { IMPORT = 1, NODES = 20, SEGMENTS = 50, BANS = 12, HEAD = 88 };

struct fixture {
    struct arena *arena;
    struct town_dice dice;
    const struct network *network;
    struct buf image;
};

static int set_up(void **state)
{
    struct arena *a = arena_new();
    struct fixture *here = arena_take(a, 1, sizeof *here);

    here->arena = a;
    here->dice = (struct town_dice){ 7 };
    struct network *n = arena_take(a, 1, sizeof *n);
    struct graph graph;
    struct fail f;

    *n = *town_banned(&here->dice, town_random(&here->dice, NODES, SEGMENTS, false, a), BANS, a);
    graph_take(n, a, &graph);
    assert_true(roads_hierarchy(&graph, a, &n->hierarchy, &f));
    here->network = n;
    image_write(here->network, &here->image);
    *state = here;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *here = *state;

    buf_free(&here->image);
    arena_free(here->arena);
    return 0;
}

static void what_was_written_is_read(void **state)
{
    const struct fixture *here = *state;
    const struct network *n = here->network;
    struct network got;
    struct fail f;
    struct buf again = { 0 };

    assert_true(image_open(here->image.bytes, here->image.size, IMPORT, 0, &got, &f));
    assert_int_equal(got.node_count, n->node_count);
    assert_int_equal(got.segment_count, n->segment_count);
    for (int32_t s = 0; s < n->segment_count; s++) {
        assert_int_equal(got.segment_id[s], n->segment_id[s]);
        assert_string_equal(network_name(&got, s), network_name(n, s));
        assert_int_equal(got.from[s], n->from[s]);
        assert_int_equal(got.to[s], n->to[s]);
        assert_int_equal(got.length_cm[s], n->length_cm[s]);
    }
    assert_memory_equal(got.shape, n->shape, (size_t)n->shape_count * sizeof *n->shape);
    assert_int_equal(got.ban_count, n->ban_count);
    assert_memory_equal(got.ban_edge, n->ban_edge, (size_t)n->ban_edge_count * sizeof *n->ban_edge);
    assert_int_equal(got.hierarchy.node_count, n->hierarchy.node_count);
    assert_int_equal(got.hierarchy.arc_count, n->hierarchy.arc_count);
    assert_int_equal(got.hierarchy.height, n->hierarchy.height);
    assert_memory_equal(got.hierarchy.node_of, n->hierarchy.node_of,
                        (size_t)n->hierarchy.node_count * sizeof(int32_t));
    assert_memory_equal(got.hierarchy.head, n->hierarchy.head,
                        (size_t)n->hierarchy.arc_count * sizeof(int32_t));
    assert_memory_equal(got.ban_modes, n->ban_modes, (size_t)n->ban_count);
    image_write(&got, &again);
    assert_int_equal(again.size, here->image.size);
    assert_memory_equal(again.bytes, here->image.bytes, again.size);
    buf_free(&again);
}

static void every_single_flipped_bit_is_noticed(void **state)
{
    struct fixture *here = *state;
    struct network got;
    struct fail f;

    for (size_t bit = 0; bit < 8 * here->image.size; bit++) {
        char *byte = here->image.bytes + bit / 8;

        *byte = (char)(*byte ^ (1 << bit % 8));
        if (image_open(here->image.bytes, here->image.size, IMPORT, 0, &got, &f))
            fail_msg("bit %zu was not noticed", bit);
        assert_int_equal(f.code, CODE_STREETS_FILE_REFUSED);
        *byte = (char)(*byte ^ (1 << bit % 8));
    }
    assert_true(image_open(here->image.bytes, here->image.size, IMPORT, 0, &got, &f));
}

static void every_length_but_the_whole_is_refused(void **state)
{
    struct fixture *here = *state;
    struct network got;
    struct fail f;

    buf_reserve(&here->image, 64);
    memset(here->image.bytes + here->image.size, 0, 64);
    for (size_t size = 0; size <= here->image.size + 64; size++)
        assert_true(image_open(here->image.bytes, size, IMPORT, 0, &got, &f) ==
                    (size == here->image.size));
}

static void another_import_is_refused(void **state)
{
    const struct fixture *here = *state;
    struct network got;
    struct fail f;

    assert_false(image_open(here->image.bytes, here->image.size, IMPORT + 1, 0, &got, &f));
    assert_non_null(strstr(f.text, "another import"));
    assert_false(image_open(here->image.bytes, here->image.size, IMPORT, 1, &got, &f));
    assert_non_null(strstr(f.text, "another import"));
}

/* Damage under a right checksum: it is refused, or what is opened is sound enough
 * to be priced and walked through from end to end. */
static void what_is_opened_can_be_used_whatever_the_bytes(void **state)
{
    const struct fixture *here = *state;
    const struct network_speeds speeds = town_speeds();
    struct town_dice dice = { 99 };
    struct buf damaged = { 0 };
    int32_t opened = 0;

    for (int32_t round = 0; round < 20000; round++) {
        struct network got;
        struct fail f;

        buf_clear(&damaged);
        buf_put(&damaged, here->image.bytes, here->image.size);
        for (int32_t i = town_pick(&dice, 3); i >= 0; i--)
            damaged.bytes[HEAD + town_pick(&dice, (int32_t)damaged.size - HEAD)] =
                (char)town_roll(&dice);
        image_seal(damaged.bytes, damaged.size);
        if (!image_open(damaged.bytes, damaged.size, IMPORT, 0, &got, &f))
            continue;
        struct arena *a = arena_new();

        struct hierarchy h;
        struct graph g;

        opened++;
        network_price(&got, &speeds, a);
        graph_take(&got, a, &g);
        assert_true(roads_hierarchy_known(&got, &g, a, &h, &f));
        for (int32_t s = 0; s < got.segment_count; s++) {
            assert_true(strlen(network_name(&got, s)) < (size_t)got.name_bytes);
            assert_true(point_valid(network_point(&got, (struct spot){ s, got.length_cm[s] })));
            assert_int_equal(network_find(&got, got.segment_id[s]), s);
        }
        arena_free(a);
    }
    buf_free(&damaged);
    assert_in_range(opened, 100, 19900); /* both sides of the check were seen */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_written_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_single_flipped_bit_is_noticed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_length_but_the_whole_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_import_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_opened_can_be_used_whatever_the_bytes, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
