/* To which place a metre is nearest, against plain distances of every place to every
 * junction. */
#include "tests/support/check_near.h"

#include <stdlib.h>
#include <string.h>

#include "geo/cover/catchment.h"
#include "tests/support/room.h"
#include "tests/support/town.h"

enum { TOWNS = 60, NODES = 40, SEGMENTS = 60, PLACES = 9, SAMPLES = 12, BLOCKS = 2 };
static const int64_t NEVER = INT64_MAX / 4;
static const struct point HERE = { 118.0, 24.0 };

/* In centimetres, from a place to every junction: relaxed until nothing changes. */
static void far_plainly(const struct network *n, const uint8_t *walks, struct spot from,
                        int64_t *far)
{
    for (int32_t i = 0; i < n->node_count; i++)
        far[i] = NEVER;
    if (!walks[from.segment])
        return;
    far[n->from[from.segment]] = from.along_cm;
    if (n->length_cm[from.segment] - from.along_cm < far[n->to[from.segment]])
        far[n->to[from.segment]] = n->length_cm[from.segment] - from.along_cm;
    for (bool is_better = true; is_better;) {
        is_better = false;
        for (int32_t s = 0; s < n->segment_count; s++) {
            int64_t *a = &far[n->from[s]], *b = &far[n->to[s]];

            if (!walks[s])
                continue;
            is_better |= *a + n->length_cm[s] < *b || *b + n->length_cm[s] < *a;
            *b = *a + n->length_cm[s] < *b ? *a + n->length_cm[s] : *b;
            *a = *b + n->length_cm[s] < *a ? *b + n->length_cm[s] : *a;
        }
    }
}

/* In halves of a centimetre, to the middle of a centimetre of a segment. */
static int64_t far_to(const struct network *n, const int64_t *far, struct spot from,
                      int32_t segment, uint32_t at_cm)
{
    const int64_t along = 2 * (int64_t)at_cm + 1;
    const int64_t by_from = 2 * far[n->from[segment]] + along;
    const int64_t by_to = 2 * (far[n->to[segment]] + n->length_cm[segment]) - along;
    const int64_t around = by_from < by_to ? by_from : by_to;
    const int64_t direct = llabs(along - 2 * (int64_t)from.along_cm);

    return segment == from.segment && direct < around ? direct : around;
}

static int32_t nearest_plainly(const struct catchment_wish *w, int64_t *const far[PLACES],
                               int32_t segment, uint32_t at_cm)
{
    int64_t best = 2 * NEVER;
    int32_t nearest = -1;

    for (int32_t i = 0; i < w->place_count; i++) {
        if (!w->walks[w->places[i].segment])
            continue;
        const int64_t is_far = far_to(w->network, far[i], w->places[i], segment, at_cm);

        if (is_far < best) {
            best = is_far;
            nearest = i;
        }
    }
    return nearest;
}

static int32_t nearest_found(const struct catchment *c, int32_t segment, uint32_t at_cm)
{
    for (int32_t i = 0; i < c->count; i++) {
        const struct range_piece *p = &c->pieces[i].piece;

        if (p->segment == segment && p->from_cm <= at_cm && at_cm < p->to_cm)
            return c->pieces[i].place;
    }
    return -1;
}

static void check_segment(struct town_dice *dice, const struct catchment_wish *w,
                          int64_t *const far[PLACES], const struct catchment *c, int32_t segment)
{
    const uint32_t length_cm = w->network->length_cm[segment];

    for (int32_t k = 0; k < SAMPLES; k++) {
        const uint32_t at_cm = k == 0   ? 0
                               : k == 1 ? length_cm - 1
                                        : (uint32_t)town_pick(dice, (int32_t)length_cm);

        assert_int_equal(nearest_found(c, segment, at_cm),
                         w->walks[segment] ? nearest_plainly(w, far, segment, at_cm) : -1);
    }
}

/* On both sides of every border, too. */
static void check(struct town_dice *dice, const struct catchment_wish *w, struct arena *a)
{
    int64_t *far[PLACES];
    struct catchment c;

    for (int32_t i = 0; i < w->place_count; i++) {
        far[i] = arena_take(a, (size_t)w->network->node_count, sizeof *far[i]);
        far_plainly(w->network, w->walks, w->places[i], far[i]);
    }
    catchment_find(w, a, &c);
    for (int32_t i = 0; i < c.count; i++) {
        const struct range_piece *p = &c.pieces[i].piece;
        const struct catchment_piece *next = &c.pieces[i + 1];

        assert_true(p->from_cm < p->to_cm && p->to_cm <= w->network->length_cm[p->segment]);
        assert_int_equal(nearest_plainly(w, far, p->segment, p->from_cm), c.pieces[i].place);
        assert_int_equal(nearest_plainly(w, far, p->segment, p->to_cm - 1), c.pieces[i].place);
        if (i + 1 == c.count)
            break;
        assert_true(next->piece.segment > p->segment || next->piece.from_cm == p->to_cm);
        assert_true(next->piece.segment > p->segment || next->place != c.pieces[i].place);
    }
    for (int32_t s = 0; s < w->network->segment_count; s++)
        check_segment(dice, w, far, &c, s);
}

static void every_centimetre_is_of_the_place_nearest_to_its_middle(void **state)
{
    struct arena *a = ((struct room *)*state)->arena;
    struct town_dice dice = { 71 };

    for (int32_t town = 0; town < TOWNS; town++) {
        const struct network *n = town_random(&dice, 2 + town_pick(&dice, NODES),
                                              1 + town_pick(&dice, SEGMENTS), town % 2, a);
        uint8_t *walks = arena_take(a, (size_t)n->segment_count, 1);
        struct spot places[PLACES];
        const struct catchment_wish wish = { n, walks, places, 1 + town_pick(&dice, PLACES) };

        for (int32_t s = 0; s < n->segment_count; s++)
            walks[s] = town_pick(&dice, 6) > 0;
        for (int32_t i = 0; i < PLACES; i++)
            places[i] = i > 0 && town_pick(&dice, 5) == 0 ? places[i - 1] : town_spot(&dice, n);
        check(&dice, &wish, a);
    }
}

/* Row 0 begins with the segments 0 and 1, of 100 m each. */
static void between_two_on_a_street_the_border_is_half_way(void **state)
{
    struct arena *a = ((struct room *)*state)->arena;
    const struct network *n = town_blocks(BLOCKS, HERE, a);
    uint8_t *walks = arena_take(a, (size_t)n->segment_count, 1);
    const struct spot places[] = { { 0, 1000 }, { 0, 7001 } };
    const struct spot turned[] = { { 0, 7001 }, { 0, 1000 } };
    struct catchment c;

    walks[0] = walks[1] = 1;
    catchment_find(&(struct catchment_wish){ n, walks, places, 2 }, a, &c);
    assert_int_equal(c.count, 3);
    assert_int_equal(c.pieces[0].piece.to_cm, 4001); /* the middle of 4000 is as near to both */
    assert_int_equal(c.pieces[0].place, 0);
    assert_int_equal(c.pieces[1].piece.to_cm, 10000);
    assert_int_equal(c.pieces[2].piece.segment, 1);
    assert_int_equal(c.pieces[2].place, 1);
    catchment_find(&(struct catchment_wish){ n, walks, turned, 2 }, a, &c);
    assert_int_equal(c.pieces[0].piece.to_cm, 4000);
}

static void where_no_place_is_there_is_nothing(void **state)
{
    struct arena *a = ((struct room *)*state)->arena;
    const struct network *n = town_blocks(BLOCKS, HERE, a);
    uint8_t *walks = arena_take(a, (size_t)n->segment_count, 1);
    const struct spot place = { 0, 1000 };
    struct catchment c;

    walks[1] = 1;
    catchment_find(&(struct catchment_wish){ n, walks, NULL, 0 }, a, &c);
    assert_int_equal(c.count, 0);
    catchment_find(&(struct catchment_wish){ n, walks, &place, 1 }, a, &c); /* not walked along */
    assert_int_equal(c.count, 0);
    catchment_find(&(struct catchment_wish){ n, walks, &(struct spot){ -1, 0 }, 1 }, a, &c);
    assert_int_equal(c.count, 0);
    memset(walks, 1, (size_t)n->segment_count);
    catchment_find(&(struct catchment_wish){ n, walks, &place, 1 }, a, &c);
    assert_int_equal(c.count, n->segment_count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_centimetre_is_of_the_place_nearest_to_its_middle,
                                        room_open, room_close),
        cmocka_unit_test_setup_teardown(between_two_on_a_street_the_border_is_half_way, room_open,
                                        room_close),
        cmocka_unit_test_setup_teardown(where_no_place_is_there_is_nothing, room_open, room_close),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
