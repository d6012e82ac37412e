/* Reached streets against the definition: the cost between each of many spots and the
 * nearest source. */
#include "tests/support/check_near.h"

#include <string.h>

#include "geo/road/range.h"
#include "tests/support/slow.h"
#include "tests/support/town.h"

enum { TOWNS = 120, SOURCES_MAX = 4, LIMITS = 3, SAMPLES = 3 };

struct question {
    struct range_source sources[SOURCES_MAX];
    uint32_t limits_ms[LIMITS];
    struct range_wish wish;
};

static void ask(struct town_dice *dice, const struct network *n, struct question *q)
{
    const int32_t one_mode = town_pick(dice, 2 * MODE_COUNT); /* else each by her own */

    q->wish = (struct range_wish){ .sources = q->sources,
                                   .source_count = 1 + town_pick(dice, SOURCES_MAX),
                                   .is_towards = town_pick(dice, 2) == 0,
                                   .limits_ms = q->limits_ms,
                                   .limit_count = LIMITS };
    for (int32_t i = 0; i < q->wish.source_count; i++)
        q->sources[i] = (struct range_source){
            .mode = (enum mode)(one_mode < MODE_COUNT ? one_mode : town_pick(dice, MODE_COUNT)),
            .spot = i > 0 && town_pick(dice, 4) == 0
                        ? (struct spot){ q->sources[0].spot.segment, 0 }
                        : town_spot(dice, n),
        };
    q->limits_ms[0] = (uint32_t)town_pick(dice, 5000);
    q->limits_ms[1] = q->limits_ms[0] + (uint32_t)town_pick(dice, 60000);
    q->limits_ms[2] = q->limits_ms[1] + (uint32_t)town_pick(dice, 300000);
}

static uint32_t cost_at(const struct network *n, const struct question *q, struct spot spot)
{
    uint32_t best_ms = NETWORK_COST_NEVER;

    for (int32_t i = 0; i < q->wish.source_count; i++) {
        const struct range_source *s = &q->sources[i];
        const uint32_t cost_ms = q->wish.is_towards ? slow_cost(n, s->mode, spot, s->spot)
                                                    : slow_cost(n, s->mode, s->spot, spot);

        best_ms = cost_ms < best_ms ? cost_ms : best_ms;
    }
    return best_ms;
}

static bool is_inside(const struct range_band *band, struct spot spot)
{
    for (int32_t i = 0; i < band->piece_count; i++)
        if (band->pieces[i].segment == spot.segment && band->pieces[i].from_cm <= spot.along_cm &&
            band->pieces[i].to_cm >= spot.along_cm)
            return true;
    return false;
}

/* Of what is reached only in a single place nothing is told. */
static bool is_source(const struct question *q, struct spot spot)
{
    for (int32_t i = 0; i < q->wish.source_count; i++)
        if (memcmp(&q->sources[i].spot, &spot, sizeof spot) == 0)
            return true;
    return false;
}

static void check_spot(const struct network *n, const struct question *q, const struct range *r,
                       int32_t segment, int64_t along_cm)
{
    const struct spot spot = { segment, (uint32_t)along_cm };

    if (along_cm <= 0 || along_cm >= n->length_cm[segment] || is_source(q, spot))
        return;
    const uint32_t cost_ms = cost_at(n, q, spot);

    for (int32_t i = 0; i < LIMITS; i++)
        assert_int_equal(is_inside(&r->bands[i], spot), cost_ms <= q->limits_ms[i]);
}

static void check_pieces(const struct network *n, const struct question *q, const struct range *r,
                         const struct range_band *band)
{
    int64_t length_cm = 0;

    for (int32_t i = 0; i < band->piece_count; i++) {
        const struct range_piece *p = &band->pieces[i];

        assert_true(p->from_cm < p->to_cm && p->to_cm <= n->length_cm[p->segment]);
        if (i > 0)
            assert_true(p[-1].segment < p->segment ||
                        (p[-1].segment == p->segment && p[-1].to_cm + 1 < p->from_cm));
        length_cm += p->to_cm - p->from_cm;
        check_spot(n, q, r, p->segment, (int64_t)p->from_cm - 1);
        check_spot(n, q, r, p->segment, p->from_cm);
        check_spot(n, q, r, p->segment, p->to_cm);
        check_spot(n, q, r, p->segment, (int64_t)p->to_cm + 1);
    }
    assert_int_equal(band->length_cm, length_cm);
}

static void check_same(const struct range *one, const struct range *other)
{
    for (int32_t i = 0; i < LIMITS; i++) {
        assert_int_equal(one->bands[i].length_cm, other->bands[i].length_cm);
        assert_int_equal(one->bands[i].piece_count, other->bands[i].piece_count);
        assert_memory_equal(one->bands[i].pieces, other->bands[i].pieces,
                            (size_t)one->bands[i].piece_count * sizeof(struct range_piece));
    }
}

static void what_is_reached_is_within_the_limit_and_what_is_not_is_beyond(void **state)
{
    struct town_dice dice = { 41 };
    struct range_room *room = range_room_new();

    (void)state;
    for (int32_t town = 0; town < TOWNS; town++) {
        struct arena *a = arena_new();
        const struct network *n =
            town_banned(&dice,
                        town_random(&dice, 2 + town_pick(&dice, 20), 1 + town_pick(&dice, 40),
                                    town % 3 == 0, a),
                        town % 2 * town_pick(&dice, 40), a);
        const struct roads *roads = town_roads(n, a);
        struct question q;
        struct range r, swept;

        ask(&dice, n, &q);
        q.wish.way = RANGE_SEARCH;
        range_find(roads, &q.wish, room, a, &r);
        assert_false(r.is_swept);
        q.wish.way = RANGE_SWEEP;
        range_find(roads, &q.wish, room, a, &swept);
        check_same(&r, &swept);
        for (int32_t i = 0; i < LIMITS; i++)
            check_pieces(n, &q, &r, &r.bands[i]);
        for (int32_t segment = 0; segment < n->segment_count; segment++)
            for (int32_t i = 0; i < SAMPLES; i++)
                check_spot(n, &q, &r, segment,
                           town_pick(&dice, (int32_t)n->length_cm[segment] + 1));
        arena_free(a);
    }
    range_room_free(room);
}

/* In blocks of 100 m, walked in 83,334 ms each. */
static void around_a_crossing_four_streets_are_reached(void **state)
{
    struct arena *a = arena_new();
    const struct network *n = town_blocks(4, (struct point){ 117.2, 34.2 }, a);
    const struct roads *roads = town_roads(n, a);
    const struct range_source source = { MODE_FOOT, { 9, 0 } }; /* row 2, its second crossing */
    const uint32_t limits_ms[] = { 8333, 83334, 83334 + 8333 };
    struct range_room *room = range_room_new();
    struct range r;

    (void)state;
    range_find(
        roads,
        &(struct range_wish){
            .sources = &source, .source_count = 1, .limits_ms = limits_ms, .limit_count = 3 },
        room, a, &r);
    assert_int_equal(r.bands[0].piece_count, 4);
    assert_int_equal(r.bands[0].length_cm, 4 * 1000);
    assert_int_equal(r.bands[1].piece_count, 4);
    assert_int_equal(r.bands[1].length_cm, 4 * 10000);
    /* From the four next crossings on: three streets from one in the middle, two more
     * along the edge of the town. */
    assert_int_equal(r.bands[2].length_cm, 4 * 10000 + (3 + 3 + 3 + 2) * 1000);
    range_room_free(room);
    arena_free(a);
}

static void what_a_closure_cuts_off_is_no_longer_reached(void **state)
{
    struct arena *a = arena_new();
    const struct network *n = town_blocks(1, (struct point){ 117.2, 34.2 }, a);
    struct roads *roads = town_roads(n, a);
    const struct range_source source = { MODE_CAR, { 0, 0 } };
    const uint32_t limit_ms = RANGE_LIMIT_MAX_MS;
    const struct range_wish wish = {
        .sources = &source, .source_count = 1, .limits_ms = &limit_ms, .limit_count = 1
    };
    struct roads_change changes[2 * 2];
    struct range_room *room = range_room_new();
    struct range r;

    (void)state;
    range_find(roads, &wish, room, a, &r);
    assert_int_equal(r.bands[0].length_cm, 4 * 10000);
    for (int32_t i = 0; i < 4; i++)
        changes[i] = (struct roads_change){ i, NETWORK_COST_NEVER };
    roads_change(roads, MODE_CAR, changes, 4); /* both rows, both ways */
    range_find(roads, &wish, room, a, &r);
    assert_int_equal(r.bands[0].length_cm, 10000);
    assert_int_equal(r.bands[0].pieces[0].segment, 2);
    range_room_free(room);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_reached_is_within_the_limit_and_what_is_not_is_beyond),
        cmocka_unit_test(around_a_crossing_four_streets_are_reached),
        cmocka_unit_test(what_a_closure_cuts_off_is_no_longer_reached),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
