/* A roundabout is known by its shape and told as one step with its exit. */
#include "geo/road/ring.h"

#include <math.h>

#include "geo/road/draft.h"
#include "geo/road/route.h"
#include "tests/support/check_near.h"
#include "tests/support/town.h"

enum { ONE_WAY = 0x15, BOTH = 63, ARM_CM = 20000 };

static const double TURN = 2 * 3.14159265358979323846;

/* A point so far from the middle, at a part of the way round counted to the left from
 * the east. */
static struct point_e7 around(double radius_m, double part)
{
    return point_to_e7(
        (struct point){ 117.2 + radius_m * cos(part * TURN) / (111320 * cos(34.3 * TURN / 360)),
                        34.3 + radius_m * sin(part * TURN) / 110930 });
}

struct shape {
    int32_t corners; /* junctions of the ring, an arm at each */
    int32_t bends;   /* drawn points between two of them */
    double radius_m;
    bool to_the_right; /* where traffic keeps to the left */
    bool both_ways;
};

/* Segments 0 to corners - 1 are the ring from the east on, the others the arms, outwards. */
static const struct network *crossing(const struct shape *s, struct arena *a)
{
    const struct network_speeds speeds = town_speeds();
    struct network *n = arena_take(a, 1, sizeof *n);
    struct draft *d = draft_new();
    const double way = s->to_the_right ? -1 : 1;
    struct fail f;

    for (int32_t i = 0; i < 2 * s->corners; i++) {
        const bool is_arm = i >= s->corners;
        const double at = way * (i % s->corners) / s->corners;
        struct point_e7 points[16];
        int32_t count = 0;

        for (int32_t b = 0; b <= (is_arm ? 1 : s->bends + 1); b++)
            points[count++] = is_arm
                                  ? around(s->radius_m + b * 200, at)
                                  : around(s->radius_m, at + way * b / (s->bends + 1) / s->corners);
        assert_true(
            draft_add(d,
                      &(struct draft_segment){ .segment_id = i + 1,
                                               .way_id = 1 + i,
                                               .from_node = i % s->corners,
                                               .to_node = is_arm ? 100 + i : (i + 1) % s->corners,
                                               .length_cm = is_arm ? ARM_CM : 3000,
                                               .street_class = STREET_TERTIARY,
                                               .access = is_arm || s->both_ways ? BOTH : ONE_WAY,
                                               .name = is_arm ? "Jiefang Lu" : "",
                                               .shape = points,
                                               .shape_count = count },
                      &f));
    }
    assert_true(draft_finish(d, 1, a, n, &f));
    draft_free(d);
    network_price(n, &speeds, a);
    return n;
}

/* The edge of the arm that leads to the ring's first junction. */
static int32_t into(const struct shape *s)
{
    return 2 * s->corners + 1;
}

static void a_small_round_ring_of_one_way_streets_is_a_roundabout(void **state)
{
    static const struct {
        struct shape shape;
        bool is_ring;
    } CASES[] = {
        { { .corners = 4, .bends = 3, .radius_m = 20 }, true },
        { { .corners = 3, .bends = 5, .radius_m = 60 }, true },
        { { .corners = 5, .bends = 0, .radius_m = 15 }, true },
        { { .corners = 4, .bends = 3, .radius_m = 20, .to_the_right = true }, true },
        { { .corners = 4, .bends = 3, .radius_m = 20, .both_ways = true }, false },
        { { .corners = 4, .bends = 0, .radius_m = 60 }, false }, /* a block of streets */
        { { .corners = 3, .bends = 0, .radius_m = 30 }, false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct shape *s = &CASES[i].shape;
        struct arena *a = arena_new();
        const struct network *n = crossing(s, a);
        int32_t edges[RING_EDGES_MAX];
        const int32_t count = ring_find(n, 0, into(s), edges);

        assert_int_equal(count, CASES[i].is_ring ? s->corners : 0);
        for (int32_t edge = 0; edge < count; edge++)
            assert_int_equal(edges[edge], 2 * edge);
        assert_int_equal(ring_find(n, 0, 2 * (s->corners - 1), edges), 0); /* from within */
        assert_int_equal(ring_find(n, into(s), 0, edges), 0);              /* an arm */
        arena_free(a);
    }
}

static void the_exit_is_counted_from_where_it_is_entered(void **state)
{
    const struct shape s = { .corners = 4, .bends = 3, .radius_m = 20 };
    struct route_room *room = route_room_new();
    struct arena *a = arena_new();
    const struct network *n = crossing(&s, a);
    struct roads *roads = town_roads(n, a);

    (void)state;
    for (int32_t exit = 1; exit <= 3; exit++) {
        struct route r;
        struct fail f;

        assert_true(route_find(roads, MODE_CAR, (struct spot){ s.corners, ARM_CM / 2 },
                               (struct spot){ s.corners + exit, ARM_CM / 2 }, room, a, &r, &f));
        assert_int_equal(r.step_count, 3);
        assert_int_equal(r.steps[1].turn, TURN_ROUNDABOUT);
        assert_int_equal(r.steps[1].exit, exit);
        assert_string_equal(r.steps[1].name, "Jiefang Lu");
    }
    route_room_free(room);
    arena_free(a);
}

static void whoever_ends_in_a_roundabout_takes_no_exit_and_walkers_hear_nothing_of_it(void **state)
{
    const struct shape s = { .corners = 4, .bends = 3, .radius_m = 20 };
    struct route_room *room = route_room_new();
    struct arena *a = arena_new();
    const struct network *n = crossing(&s, a);
    struct roads *roads = town_roads(n, a);
    struct route r;
    struct fail f;

    (void)state;
    assert_true(route_find(roads, MODE_CAR, (struct spot){ s.corners, ARM_CM / 2 },
                           (struct spot){ 1, 1500 }, room, a, &r, &f));
    assert_int_equal(r.steps[1].turn, TURN_ROUNDABOUT);
    assert_int_equal(r.steps[1].exit, 0);
    assert_true(route_find(roads, MODE_FOOT, (struct spot){ s.corners, ARM_CM / 2 },
                           (struct spot){ s.corners + 2, ARM_CM / 2 }, room, a, &r, &f));
    for (int32_t i = 0; i < r.step_count; i++)
        assert_int_not_equal(r.steps[i].turn, TURN_ROUNDABOUT);
    route_room_free(room);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_small_round_ring_of_one_way_streets_is_a_roundabout),
        cmocka_unit_test(the_exit_is_counted_from_where_it_is_entered),
        cmocka_unit_test(whoever_ends_in_a_roundabout_takes_no_exit_and_walkers_hear_nothing_of_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
