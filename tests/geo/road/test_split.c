/* Where ways are cut, and how the pieces are named and measured. */
#include "tests/support/check_near.h"

#include "geo/crs.h"
#include "geo/road/split.h"

/* Nodes 10, 20, … 90: a row of places some 111 m apart, of which 60 and 70 lie on
 * the same spot. */
enum { NODE_COUNT = 9 };
static const int64_t IDS[NODE_COUNT] = { 10, 20, 30, 40, 50, 60, 70, 80, 90 };
static const struct point_e7 PLACES[NODE_COUNT] = {
    { 1170000000, 340000000 }, { 1170000000, 340010000 }, { 1170000000, 340020000 },
    { 1170000000, 340030000 }, { 1170000000, 340040000 }, { 1170000000, 340050000 },
    { 1170000000, 340050000 }, { 1170000000, 340070000 }, { 1170000000, 340080000 },
};

enum { A, B, C, D, E, F, G, H, I };

struct fixture {
    struct split_nodes nodes;
    uint8_t use[NODE_COUNT];
    struct arena *arena;
};

static int setup(void **state)
{
    static struct fixture all;

    all = (struct fixture){ .arena = arena_new() };
    all.nodes = (struct split_nodes){ NODE_COUNT, IDS, PLACES, all.use };
    *state = &all;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fx = *state;

    arena_free(fx->arena);
    return 0;
}

static double metres(int32_t from, int32_t to)
{
    return crs_distance_m(point_from_e7(PLACES[from]), point_from_e7(PLACES[to]));
}

static void check_piece(const struct split_piece *p, int64_t from, int64_t to, int32_t ordinal,
                        int32_t points)
{
    assert_int_equal(p->from_node, from);
    assert_int_equal(p->to_node, to);
    assert_int_equal(p->ordinal, ordinal);
    assert_int_equal(p->point_count, points);
}

static void a_node_is_found_by_its_id(void **state)
{
    struct fixture *fx = *state;

    assert_int_equal(split_find(&fx->nodes, 10), A);
    assert_int_equal(split_find(&fx->nodes, 90), I);
    assert_int_equal(split_find(&fx->nodes, 55), SPLIT_NOT_HERE);
    assert_int_equal(split_find(&fx->nodes, 5), SPLIT_NOT_HERE);
    assert_int_equal(split_find(&fx->nodes, 95), SPLIT_NOT_HERE);
    assert_int_equal(split_find(&(struct split_nodes){ 0 }, 10), SPLIT_NOT_HERE);
}

static void a_way_alone_is_one_piece(void **state)
{
    struct fixture *fx = *state;
    const int32_t way[] = { A, B, C };
    const struct split_piece *pieces;

    split_count(&fx->nodes, way, 3);
    assert_int_equal(split_way(&fx->nodes, way, 3, fx->arena, &pieces), 1);
    check_piece(&pieces[0], 10, 30, 0, 3);
    assert_int_equal(pieces[0].start_cm, 0);
    check_near(pieces[0].length_cm / 100.0, metres(A, B) + metres(B, C), 0.0051);
}

static void ways_are_cut_where_they_meet(void **state)
{
    struct fixture *fx = *state;
    const int32_t way[] = { A, B, C, D };
    const int32_t other[] = { H, C, I };
    const struct split_piece *pieces;

    split_count(&fx->nodes, way, 4);
    split_count(&fx->nodes, other, 3);
    assert_int_equal(split_way(&fx->nodes, way, 4, fx->arena, &pieces), 2);
    check_piece(&pieces[0], 10, 30, 0, 3);
    check_piece(&pieces[1], 30, 40, 0, 2);
    assert_int_equal(pieces[1].start_cm, pieces[0].length_cm);
    assert_int_equal(split_way(&fx->nodes, other, 3, fx->arena, &pieces), 2);
    check_piece(&pieces[0], 80, 30, 0, 2);
    check_piece(&pieces[1], 30, 90, 0, 2);
}

static void a_way_is_cut_where_it_meets_itself(void **state)
{
    struct fixture *fx = *state;
    const int32_t way[] = { A, B, C, D, B };
    const struct split_piece *pieces;

    split_count(&fx->nodes, way, 5);
    assert_int_equal(split_way(&fx->nodes, way, 5, fx->arena, &pieces), 2);
    check_piece(&pieces[0], 10, 20, 0, 2);
    check_piece(&pieces[1], 20, 20, 0, 4);
}

static void a_ring_without_neighbours_is_one_piece(void **state)
{
    struct fixture *fx = *state;
    const int32_t way[] = { A, B, H, A };
    const struct split_piece *pieces;

    split_count(&fx->nodes, way, 4);
    assert_int_equal(split_way(&fx->nodes, way, 4, fx->arena, &pieces), 1);
    check_piece(&pieces[0], 10, 10, 0, 4);
}

static void pieces_between_the_same_nodes_are_told_apart(void **state)
{
    struct fixture *fx = *state;
    const int32_t way[] = { A, B, A, B };
    const struct split_piece *pieces;

    split_count(&fx->nodes, way, 4);
    assert_int_equal(split_way(&fx->nodes, way, 4, fx->arena, &pieces), 3);
    check_piece(&pieces[0], 10, 20, 0, 2);
    check_piece(&pieces[1], 20, 10, 0, 2);
    check_piece(&pieces[2], 10, 20, 1, 2);
}

static void a_barrier_cuts_a_way(void **state)
{
    struct fixture *fx = *state;
    const int32_t way[] = { A, B, C };
    const struct split_piece *pieces;

    split_count(&fx->nodes, way, 3);
    split_cut(&fx->nodes, B);
    assert_int_equal(split_way(&fx->nodes, way, 3, fx->arena, &pieces), 2);
    check_piece(&pieces[0], 10, 20, 0, 2);
    check_piece(&pieces[1], 20, 30, 0, 2);
}

static void a_repeated_point_shifts_nothing(void **state)
{
    struct fixture *fx = *state;
    const int32_t way[] = { E, F, G, H };
    const int32_t other[] = { H, I };
    const struct split_piece *pieces;

    split_count(&fx->nodes, way, 4);
    split_count(&fx->nodes, other, 2);
    assert_int_equal(split_way(&fx->nodes, way, 4, fx->arena, &pieces), 1);
    check_piece(&pieces[0], 50, 80, 0, 3); /* F and G are one place */
    assert_int_equal(pieces[0].points[2].lat, PLACES[H].lat);
    check_near(pieces[0].length_cm / 100.0, metres(E, F) + metres(G, H), 0.0051);
}

static void a_node_named_twice_in_a_row_is_no_junction(void **state)
{
    struct fixture *fx = *state;
    const int32_t way[] = { A, B, B, C };
    const struct split_piece *pieces;

    split_count(&fx->nodes, way, 4);
    assert_int_equal(split_way(&fx->nodes, way, 4, fx->arena, &pieces), 1);
    check_piece(&pieces[0], 10, 30, 0, 3);
}

static void two_junctions_at_one_place_have_a_centimetre_between_them(void **state)
{
    struct fixture *fx = *state;
    const int32_t way[] = { F, G };
    const struct split_piece *pieces;

    split_count(&fx->nodes, way, 2);
    assert_int_equal(split_way(&fx->nodes, way, 2, fx->arena, &pieces), 1);
    check_piece(&pieces[0], 60, 70, 0, 2);
    assert_int_equal(pieces[0].length_cm, 1);
    assert_int_not_equal(pieces[0].points[0].lat, pieces[0].points[1].lat);
}

static void no_line_is_drawn_across_what_is_missing(void **state)
{
    struct fixture *fx = *state;
    const int32_t way[] = { SPLIT_NOT_HERE, A, B, SPLIT_NOT_HERE, C, SPLIT_NOT_HERE, D, E };
    const struct split_piece *pieces;

    split_count(&fx->nodes, way, 8);
    assert_int_equal(split_way(&fx->nodes, way, 8, fx->arena, &pieces), 2);
    check_piece(&pieces[0], 10, 20, 0, 2);
    check_piece(&pieces[1], 40, 50, 0, 2);
}

static void a_way_of_less_than_two_nodes_is_nothing(void **state)
{
    struct fixture *fx = *state;
    const int32_t way[] = { A, A };
    const struct split_piece *pieces;

    split_count(&fx->nodes, way, 2);
    assert_int_equal(split_way(&fx->nodes, way, 0, fx->arena, &pieces), 0);
    assert_int_equal(split_way(&fx->nodes, way, 1, fx->arena, &pieces), 0);
    assert_int_equal(split_way(&fx->nodes, way, 2, fx->arena, &pieces), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_node_is_found_by_its_id, setup, teardown),
        cmocka_unit_test_setup_teardown(a_way_alone_is_one_piece, setup, teardown),
        cmocka_unit_test_setup_teardown(ways_are_cut_where_they_meet, setup, teardown),
        cmocka_unit_test_setup_teardown(a_way_is_cut_where_it_meets_itself, setup, teardown),
        cmocka_unit_test_setup_teardown(a_ring_without_neighbours_is_one_piece, setup, teardown),
        cmocka_unit_test_setup_teardown(pieces_between_the_same_nodes_are_told_apart, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_barrier_cuts_a_way, setup, teardown),
        cmocka_unit_test_setup_teardown(a_repeated_point_shifts_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(a_node_named_twice_in_a_row_is_no_junction, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(two_junctions_at_one_place_have_a_centimetre_between_them,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(no_line_is_drawn_across_what_is_missing, setup, teardown),
        cmocka_unit_test_setup_teardown(a_way_of_less_than_two_nodes_is_nothing, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
