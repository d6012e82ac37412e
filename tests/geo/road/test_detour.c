/* A way that keeps clear of streets costs what it costs where these are closed. */
#include "geo/road/detour.h"

#include <string.h>

#include "tests/support/check_near.h"
#include "tests/support/slow.h"
#include "tests/support/town.h"

enum { TOWNS = 2000, PAIRS = 6 };

static struct point e7(int32_t lon, int32_t lat)
{
    return point_from_e7((struct point_e7){ lon, lat });
}

/* A square or triangle somewhere in a made-up town; now and then with a hole. */
static struct figure random_area(struct town_dice *dice, struct arena *a)
{
    struct figure_draft *d = figure_draft_take(a, FIGURE_AREAS);
    const int32_t lon = 1172000000 + town_pick(dice, 70000), size = 500 + town_pick(dice, 20000);
    const int32_t lat = 343000000 + town_pick(dice, 40000);
    const bool has_hole = town_pick(dice, 3) == 0;
    struct fail f;

    for (int32_t ring = 0; ring < (has_hole ? 2 : 1); ring++) {
        const int32_t in = ring * size / 4;
        const struct point corners[] = { e7(lon + in, lat + in), e7(lon + size - in, lat + in),
                                         e7(lon + size - in, lat + size - in),
                                         e7(lon + in, lat + size - in) };
        const int32_t count = 3 + town_pick(dice, 2);

        for (int32_t i = 0; i <= count; i++)
            assert_true(figure_draft_point(d, corners[i % count], &f));
        assert_true(figure_draft_end_run(d, &f));
    }
    assert_true(figure_draft_end_area(d, &f));
    return figure_draft_done(d, false);
}

/* The network with what is avoided closed. */
static struct network closed(const struct network *n, const struct avoid_view *avoid,
                             int32_t *closed_count, struct arena *a)
{
    struct network out = *n;

    *closed_count = 0;
    for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
        uint32_t *cost = arena_take(a, 2 * (size_t)n->segment_count, sizeof *cost);

        for (int32_t edge = 0; edge < 2 * n->segment_count; edge++) {
            const bool is_closed = avoid_has(avoid, edge >> 1);

            cost[edge] = is_closed ? NETWORK_COST_NEVER : n->cost_ms[mode][edge];
            *closed_count += is_closed;
        }
        out.cost_ms[mode] = cost;
    }
    return out;
}

static void check_edges(const struct network *n, enum mode mode, const struct leg *leg)
{
    for (int32_t i = 0; i < leg->edge_count; i++) {
        assert_true(n->cost_ms[mode][leg->edges[i]] < NETWORK_COST_NEVER);
        if (i > 0)
            assert_int_equal(network_head(n, leg->edges[i - 1]), network_tail(n, leg->edges[i]));
    }
}

static void it_costs_what_it_costs_where_the_streets_are_closed(void **state)
{
    struct town_dice dice = { 2026 };
    struct detour_room *room = detour_room_new();
    int32_t found = 0, missing = 0, dearer = 0;

    (void)state;
    for (int32_t town = 0; town < TOWNS; town++) {
        struct arena *a = arena_new();
        const struct network *n =
            town_random(&dice, 2 + town_pick(&dice, 30), 1 + town_pick(&dice, 60), town % 2, a);

        if (town % 3 == 0)
            n = town_banned(&dice, n, 1 + town_pick(&dice, 12), a);
        struct roads *roads = town_roads(n, a);
        const struct figure areas[] = { random_area(&dice, a), random_area(&dice, a) };
        const struct avoid avoid = { .classes = 1u << town_pick(&dice, STREET_CLASS_COUNT),
                                     .area_count = town_pick(&dice, 3),
                                     .areas = areas };
        const struct avoid_view *view = avoid_take(n, &avoid, a);
        int32_t closed_count;
        const struct network rest = closed(n, view, &closed_count, a);

        for (int32_t pair = 0; pair < PAIRS; pair++) {
            const enum mode mode = (enum mode)town_pick(&dice, MODE_COUNT);
            const struct spot from = town_spot(&dice, n);
            struct spot to = town_spot(&dice, n);
            struct leg leg;

            if (pair == 0)
                to = (struct spot){ from.segment, n->length_cm[from.segment] / 2 };
            const uint32_t want_ms = slow_cost(&rest, mode, from, to);

            if (!detour_find(roads, mode, from, to, view, room, a, &leg)) {
                assert_int_equal(want_ms, NETWORK_COST_NEVER);
                missing++;
                continue;
            }
            found++;
            assert_int_equal(leg.cost_ms, want_ms);
            check_edges(&rest, mode, &leg);
            dearer += leg.cost_ms > slow_cost(n, mode, from, to);
        }
        arena_free(a);
    }
    assert_true(found > TOWNS && missing > TOWNS / 10 && dearer > TOWNS / 10);
    detour_room_free(room);
}

/* Row 0 of a town of blocks runs east from 117.2, 34.3; its first block to 117.2009. */
static void a_street_is_avoided_when_it_touches_the_area(void **state)
{
    static const struct {
        double west, south, east, north;
        bool is_avoided;
    } CASES[] = {
        { 117.2002, 34.2999, 117.2004, 34.3001, true },   /* across it */
        { 117.1999, 34.2999, 117.2010, 34.3001, true },   /* around it */
        { 117.2004, 34.3000, 117.2005, 34.3001, true },   /* touches it from the north */
        { 117.2009, 34.2990, 117.2012, 34.3010, true },   /* begins at its end */
        { 117.2002, 34.30001, 117.2004, 34.3002, false }, /* a metre beside it */
        { 117.2010, 34.2990, 117.2012, 34.3010, false },  /* behind its end */
    };
    struct arena *a = arena_new();
    const struct network *n = town_blocks(2, (struct point){ 117.2, 34.3 }, a);

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct point ring[] = { { CASES[i].west, CASES[i].south },
                                      { CASES[i].east, CASES[i].south },
                                      { CASES[i].east, CASES[i].north },
                                      { CASES[i].west, CASES[i].north },
                                      { CASES[i].west, CASES[i].south } };
        const struct figure area = figure_ring(a, ring, 5);
        const struct avoid avoid = { .area_count = 1, .areas = &area };

        assert_int_equal(avoid_has(avoid_take(n, &avoid, a), 0), CASES[i].is_avoided);
    }
    arena_free(a);
}

static void what_lies_in_the_hole_of_an_area_is_not_avoided(void **state)
{
    const double outer = 0.01, inner = 0.005;
    struct arena *a = arena_new();
    const struct network *n = town_blocks(1, (struct point){ 117.2, 34.3 }, a);
    struct figure_draft *d = figure_draft_take(a, FIGURE_AREAS);
    struct fail f;

    (void)state;
    for (int ring = 0; ring < 2; ring++) {
        const double far = ring == 0 ? outer : inner;
        const struct point corners[] = { { 117.2 - far, 34.3 - far },
                                         { 117.2 + far, 34.3 - far },
                                         { 117.2 + far, 34.3 + far },
                                         { 117.2 - far, 34.3 + far } };

        for (int32_t i = 0; i <= 4; i++)
            assert_true(figure_draft_point(d, corners[i % 4], &f));
        assert_true(figure_draft_end_run(d, &f));
    }
    assert_true(figure_draft_end_area(d, &f));
    const struct figure area = figure_draft_done(d, false);
    const struct avoid avoid = { .area_count = 1, .areas = &area };

    for (int32_t segment = 0; segment < n->segment_count; segment++)
        assert_false(avoid_has(avoid_take(n, &avoid, a), segment));
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_costs_what_it_costs_where_the_streets_are_closed),
        cmocka_unit_test(a_street_is_avoided_when_it_touches_the_area),
        cmocka_unit_test(what_lies_in_the_hole_of_an_area_is_not_avoided),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
