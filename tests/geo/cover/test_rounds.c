#include "tests/support/check_near.h"

#include "geo/cover/rounds.h"
#include "tests/support/block.h"
#include "tests/support/room.h"
#include "tests/support/town.h"

enum { SIDE = 2, WINDOW_S = 3600 };

static const struct network *town(void **state)
{
    struct room *room = *state;

    return town_blocks(SIDE, BLOCK_PORTO, room->arena);
}

static struct rounds_leg whole(const struct network *n, int32_t segment)
{
    return (struct rounds_leg){ .piece = { segment, 0, n->length_cm[segment] } };
}

static int32_t between(const struct network *n, int32_t a, int32_t b)
{
    for (int32_t s = 0; s < n->segment_count; s++)
        if ((n->from[s] == a && n->to[s] == b) || (n->from[s] == b && n->to[s] == a))
            return s;
    fail_msg("no street between %d and %d", a, b);
    return -1;
}

/* Along the row to the east, up, and back to the west along the next row. */
static void each_street_is_walked_towards_the_next(void **state)
{
    const struct network *n = town(state);
    const int32_t way[] = { 0, 1, 2, 5, 4, 3 };
    struct rounds_leg legs[5];

    for (int i = 0; i < 5; i++)
        legs[i] = whole(n, between(n, way[i], way[i + 1]));
    rounds_turn(n, legs, 5);
    for (int i = 0; i < 5; i++)
        assert_int_equal(legs[i].is_back, n->to[legs[i].piece.segment] != way[i + 1]);
}

static void halves_of_a_street_follow_each_other_either_way(void **state)
{
    const struct network *n = town(state);
    struct rounds_leg on[] = { { .piece = { 0, 0, 4000 } }, { .piece = { 0, 4000, 10000 } } };
    struct rounds_leg back[] = { { .piece = { 0, 4000, 10000 } }, { .piece = { 0, 0, 4000 } } };

    rounds_turn(n, on, 2);
    rounds_turn(n, back, 2);
    assert_false(on[0].is_back || on[1].is_back);
    assert_true(back[0].is_back && back[1].is_back);
}

static void every_piece_counts_from_when_it_is_walked_to_its_end(void **state)
{
    struct room *room = *state;
    static const int32_t WINDOWS[] = { WINDOW_S, 2 * WINDOW_S, 0 };
    const struct rounds_leg legs[] = { { .piece = { 0, 500, 2500 } },
                                       { .piece = { 1, 0, 2000 }, .is_back = true } };
    static const struct slab WANTED[] = {
        { { 0, 500, 1000 }, 1000 + 50, 1000 + 50 + WINDOW_S, 0 },
        { { 0, 1000, 2000 }, 1000 + 150, 1000 + 150 + WINDOW_S, 0 },
        { { 0, 2000, 2500 }, 1000 + 200, 1000 + 200 + WINDOW_S, 0 },
        { { 1, 1000, 2000 }, 1000 + 300, 1000 + 300 + 2 * WINDOW_S, 0 },
        { { 1, 0, 1000 }, 1000 + 400, 1000 + 400 + 2 * WINDOW_S, 0 },
    };
    const struct slab *slabs;

    assert_int_equal(rounds_walk(legs, 2, 1000, 1400, WINDOWS, room->arena, &slabs), 5);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(slabs[i].piece.segment, WANTED[i].piece.segment);
        assert_int_equal(slabs[i].piece.from_cm, WANTED[i].piece.from_cm);
        assert_int_equal(slabs[i].piece.to_cm, WANTED[i].piece.to_cm);
        assert_int_equal(slabs[i].from_s, WANTED[i].from_s);
        assert_int_equal(slabs[i].to_s, WANTED[i].to_s);
    }
}

static void pieces_of_a_walk_are_its_streets_and_its_end_is_its_end(void **state)
{
    struct room *room = *state;
    const struct network *n = town(state);
    int32_t windows[64];
    struct rounds_leg legs[12];
    const struct slab *slabs;
    int64_t length_cm = 0;

    for (int i = 0; i < 64; i++)
        windows[i] = WINDOW_S;
    for (int i = 0; i < 12; i++)
        legs[i] = whole(n, i);
    const int32_t count = rounds_walk(legs, 12, 0, 777, windows, room->arena, &slabs);

    for (int32_t i = 0; i < count; i++) {
        length_cm += (int64_t)slabs[i].piece.to_cm - slabs[i].piece.from_cm;
        assert_true(i == 0 || slabs[i].from_s >= slabs[i - 1].from_s);
    }
    assert_int_equal(slabs[count - 1].from_s, 777);
    for (int i = 0; i < 12; i++)
        length_cm -= n->length_cm[i];
    assert_int_equal(length_cm, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_street_is_walked_towards_the_next, room_open,
                                        room_close),
        cmocka_unit_test_setup_teardown(halves_of_a_street_follow_each_other_either_way, room_open,
                                        room_close),
        cmocka_unit_test_setup_teardown(every_piece_counts_from_when_it_is_walked_to_its_end,
                                        room_open, room_close),
        cmocka_unit_test_setup_teardown(pieces_of_a_walk_are_its_streets_and_its_end_is_its_end,
                                        room_open, room_close),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
