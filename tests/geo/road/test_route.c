/* The fastest way against the definition, and that what is drawn and told of it
 * hangs together. */
#include "geo/road/route.h"

#include <math.h>
#include <string.h>

#include "geo/road/draft.h"
#include "tests/support/check_near.h"
#include "tests/support/slow.h"
#include "tests/support/town.h"

enum { TOWNS = 3000, PAIRS = 6 };

/* A way is a chain: each edge begins where the one before ends, the spots lie on
 * the first and last or at their junction, and the mode may use all of it. */
static void check_chain(const struct network *n, enum mode mode, const struct route *r)
{
    for (int32_t i = 0; i < r->edge_count; i++) {
        assert_true(n->cost_ms[mode][r->edges[i]] < NETWORK_COST_NEVER);
        if (i > 0)
            assert_int_equal(network_head(n, r->edges[i - 1]), network_tail(n, r->edges[i]));
    }
}

static void check_ends(const struct network *n, const struct route *r)
{
    const struct point from = network_point(n, r->from);
    const struct point to = network_point(n, r->to);

    assert_true(r->point_count >= 2);
    check_near(point_distance_m(r->points[0], from), 0, 0.02);
    check_near(point_distance_m(r->points[r->point_count - 1], to), 0, 0.02);
}

static void check_steps(const struct route *r)
{
    uint64_t length_cm = 0;
    uint64_t cost_ms = 0;

    assert_true(r->step_count >= 2);
    assert_int_equal(r->steps[0].turn, TURN_DEPART);
    assert_int_equal(r->steps[0].first_point, 0);
    assert_int_equal(r->steps[r->step_count - 1].turn, TURN_ARRIVE);
    assert_int_equal(r->steps[r->step_count - 1].first_point, r->point_count - 1);
    for (int32_t i = 0; i < r->step_count; i++) {
        length_cm += r->steps[i].length_cm;
        cost_ms += r->steps[i].cost_ms;
        assert_in_range(r->steps[i].first_point, i > 0 ? r->steps[i - 1].first_point : 0,
                        r->point_count - 1);
    }
    assert_int_equal(length_cm, r->length_cm);
    assert_int_equal(cost_ms, r->cost_ms);
}

/* Without its line it is the same way. */
static void check_measured(const struct roads *roads, enum mode mode, const struct route *drawn,
                           struct route_room *room, struct arena *a)
{
    struct route r;
    struct fail f;

    const struct spot places[] = { drawn->from, drawn->to };
    const struct route_wish wish = {
        .mode = mode, .place_count = 2, .places = places, .is_undrawn = true
    };

    assert_true(route_over(roads, &wish, room, a, &r, &f));
    assert_int_equal(r.cost_ms, drawn->cost_ms);
    assert_int_equal(r.length_cm, drawn->length_cm);
    assert_int_equal(r.edge_count, drawn->edge_count);
    assert_int_equal(r.point_count, 0);
}

/* The labels are left behind, so that the hierarchy has to answer without them. */
static void close_some(struct roads *roads, struct town_dice *dice)
{
    const int32_t edges = 2 * roads_network(roads)->segment_count;

    for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
        const struct roads_change changes[] = {
            { town_pick(dice, edges), NETWORK_COST_NEVER },
            { town_pick(dice, edges), 1 + (uint32_t)town_pick(dice, 90000) },
        };

        roads_change(roads, mode, changes, 2);
    }
}

static void the_way_costs_what_the_definition_says(void **state)
{
    struct town_dice dice = { 314159 };
    struct route_room *room = route_room_new();
    int32_t found = 0;
    int32_t missing = 0;

    (void)state;
    for (int32_t town = 0; town < TOWNS; town++) {
        struct arena *a = arena_new();
        const struct network *n =
            town_random(&dice, 2 + town_pick(&dice, 30), 1 + town_pick(&dice, 60), town % 2, a);

        if (town % 3 == 0)
            n = town_banned(&dice, n, 1 + town_pick(&dice, 12), a);
        struct roads *roads = town_roads(n, a);

        if (town % 4 == 1) {
            close_some(roads, &dice);
            n = roads_network(roads);
        }
        for (int32_t pair = 0; pair < PAIRS; pair++) {
            const enum mode mode = (enum mode)town_pick(&dice, MODE_COUNT);
            struct spot from = town_spot(&dice, n);
            struct spot to = town_spot(&dice, n);
            struct route r;
            struct fail f;

            if (pair % 3 == 0) { /* on the same segment */
                to.segment = from.segment;
                to.along_cm = (uint32_t)town_pick(&dice, (int32_t)n->length_cm[to.segment] + 1);
            }
            const uint32_t want_ms = slow_cost(n, mode, from, to);

            if (!route_find(roads, mode, from, to, room, a, &r, &f)) {
                assert_int_equal(f.code, CODE_NO_ROUTE);
                assert_true(f.value[0] && f.allowed[0]);
                assert_int_equal(want_ms, NETWORK_COST_NEVER);
                missing++;
                continue;
            }
            found++;
            assert_int_equal(r.cost_ms, want_ms);
            check_chain(n, mode, &r);
            check_ends(n, &r);
            check_steps(&r);
            check_measured(roads, mode, &r, room, a);
        }
        arena_free(a);
    }
    assert_true(found > TOWNS && missing > TOWNS / 10);
    route_room_free(room);
}

/* Where Row r and Column c of a town of blocks cross, as a spot of Row r. */
static struct spot crossing(int32_t side, int32_t row, int32_t column)
{
    const bool last = column == side;

    return (struct spot){ row * side + column - last, last ? 10000u : 0 };
}

static void the_steps_name_the_streets_and_turns(void **state)
{
    struct arena *a = arena_new();
    const int32_t side = 3;
    const struct network *n = town_blocks(side, (struct point){ 117.2, 34.3 }, a);
    struct route_room *room = route_room_new();
    struct route r;
    struct fail f;

    (void)state;
    /* From half-way along the first block of Row 0 to half-way up the last of Column 3. */
    const struct spot to = { side * (side + 1) + 3 * side + 2, 5000 };

    assert_true(
        route_find(town_roads(n, a), MODE_FOOT, (struct spot){ 0, 5000 }, to, room, a, &r, &f));
    assert_int_equal(r.length_cm, 50000);
    assert_int_equal(r.steps[0].turn, TURN_DEPART);
    assert_memory_equal(r.steps[0].name, "Row", 3);
    assert_int_equal(r.steps[r.step_count - 1].turn, TURN_ARRIVE);
    assert_string_equal(r.steps[r.step_count - 1].name, "Column 3");
    for (int32_t i = 1; i < r.step_count - 1; i++)
        assert_int_equal(r.steps[i].turn, r.steps[i].name[0] == 'C' ? TURN_LEFT : TURN_RIGHT);
    route_room_free(room);
    arena_free(a);
}

static void a_straight_street_is_one_step(void **state)
{
    struct arena *a = arena_new();
    const struct network *n = town_blocks(5, (struct point){ 117.2, 34.3 }, a);
    struct route_room *room = route_room_new();
    struct route r;
    struct fail f;

    (void)state;
    assert_true(route_find(town_roads(n, a), MODE_CAR, crossing(5, 2, 0), crossing(5, 2, 5), room,
                           a, &r, &f));
    assert_int_equal(r.step_count, 2);
    assert_string_equal(r.steps[0].name, "Row 2");
    assert_int_equal(r.length_cm, 50000);
    assert_int_equal(r.cost_ms, 50000);
    assert_int_equal(r.point_count, 6);
    route_room_free(room);
    arena_free(a);
}

/* A street in three pieces, 200 m each, of which the middle one has another name; at
 * its beginning a second street may go on under the first one's name. */
static const struct network *three_pieces(const char *middle, bool fork, struct arena *a)
{
    const struct network_speeds speeds = town_speeds();
    struct network *n = arena_take(a, 1, sizeof *n);
    struct draft *d = draft_new();
    struct fail f;

    for (int32_t i = 0; i < (fork ? 4 : 3); i++) {
        const int32_t start = i < 3 ? i : 1;
        const struct point_e7 shape[] = { { 1172000000 + start * 20000, 343000000 },
                                          { 1172000000 + (start + 1) * 20000,
                                            343000000 - (i < 3 ? 0 : 30000) } };

        assert_true(draft_add(d,
                              &(struct draft_segment){ .segment_id = i + 1,
                                                       .way_id = i,
                                                       .from_node = start,
                                                       .to_node = i < 3 ? i + 1 : 9,
                                                       .length_cm = 20000,
                                                       .street_class = STREET_TERTIARY,
                                                       .access = 63,
                                                       .name = i == 1 ? middle : "Zhongshan Lu",
                                                       .shape = shape,
                                                       .shape_count = 2 },
                              &f));
    }
    assert_true(draft_finish(d, 1, a, n, &f));
    draft_free(d);
    network_price(n, &speeds, a);
    return n;
}

static void a_piece_without_name_is_told_only_where_the_street_goes_on_elsewhere(void **state)
{
    static const struct {
        const char *middle;
        bool fork;
        int32_t step_count;
    } CASES[] = { { "Zhongshan Lu", false, 2 },
                  { "Zhongshan Lu", true, 2 },
                  { "", false, 2 },
                  { "", true, 4 },
                  { "Jiefang Lu", false, 4 } };
    struct route_room *room = route_room_new();

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct arena *a = arena_new();
        const struct network *n = three_pieces(CASES[i].middle, CASES[i].fork, a);
        struct route r;
        struct fail f;

        assert_true(route_find(town_roads(n, a), MODE_FOOT, (struct spot){ 0, 0 },
                               (struct spot){ 2, 20000 }, room, a, &r, &f));
        assert_int_equal(r.length_cm, 60000);
        assert_int_equal(r.step_count, CASES[i].step_count);
        assert_string_equal(r.steps[0].name, "Zhongshan Lu");
        arena_free(a);
    }
    route_room_free(room);
}

static void being_there_is_a_way_of_no_length(void **state)
{
    struct arena *a = arena_new();
    const struct network *n = town_blocks(2, (struct point){ 117.2, 34.3 }, a);
    struct route_room *room = route_room_new();
    struct route r;
    struct fail f;

    (void)state;
    assert_true(route_find(town_roads(n, a), MODE_CAR, (struct spot){ 1, 77 },
                           (struct spot){ 1, 77 }, room, a, &r, &f));
    assert_int_equal(r.cost_ms, 0);
    assert_int_equal(r.length_cm, 0);
    assert_int_equal(r.edge_count, 0);
    assert_int_equal(r.point_count, 2);
    assert_int_equal(r.step_count, 2);
    route_room_free(room);
    arena_free(a);
}

static void a_way_over_places_is_the_ways_between_them(void **state)
{
    struct town_dice dice = { 55 };
    struct route_room *room = route_room_new();
    int32_t found = 0;

    (void)state;
    for (int32_t town = 0; town < TOWNS / 10; town++) {
        struct arena *a = arena_new();
        const struct network *n =
            town_random(&dice, 2 + town_pick(&dice, 20), 5 + town_pick(&dice, 60), false, a);
        struct roads *roads = town_roads(n, a);
        const int32_t count = 2 + town_pick(&dice, 4);
        struct spot places[5];
        uint64_t want_ms = 0;
        struct route r;
        struct fail f;

        for (int32_t i = 0; i < count; i++) {
            places[i] = town_spot(&dice, n);
            want_ms += i > 0 ? slow_cost(n, MODE_FOOT, places[i - 1], places[i]) : 0;
        }
        const struct route_wish wish = { .mode = MODE_FOOT,
                                         .place_count = count,
                                         .places = places };

        if (!route_over(roads, &wish, room, a, &r, &f)) {
            assert_true(want_ms >= NETWORK_COST_NEVER);
            arena_free(a);
            continue;
        }
        found++;
        assert_int_equal(r.cost_ms, want_ms);
        assert_int_equal(r.leg_count, count - 1);
        check_ends(n, &r);
        check_steps(&r);
        for (int32_t i = 0; i < r.leg_count; i++)
            assert_int_equal(r.steps[r.legs[i].first_step].turn,
                             i == 0 ? TURN_DEPART : TURN_WAYPOINT);
        arena_free(a);
    }
    assert_true(found > TOWNS / 100);
    route_room_free(room);
}

static void every_turn_has_a_word(void **state)
{
    (void)state;
    for (enum turn turn = TURN_DEPART; turn <= TURN_ARRIVE; turn++)
        assert_true(strlen(route_turn_word(turn)) > 3);
    assert_string_equal(route_turn_word(TURN_SLIGHT_LEFT), "slight_left");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_way_costs_what_the_definition_says),
        cmocka_unit_test(the_steps_name_the_streets_and_turns),
        cmocka_unit_test(a_straight_street_is_one_step),
        cmocka_unit_test(a_piece_without_name_is_told_only_where_the_street_goes_on_elsewhere),
        cmocka_unit_test(being_there_is_a_way_of_no_length),
        cmocka_unit_test(a_way_over_places_is_the_ways_between_them),
        cmocka_unit_test(every_turn_has_a_word),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
