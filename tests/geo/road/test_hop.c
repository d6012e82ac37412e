/* Short ways by length against relaxing every arc until nothing changes. */
#include "geo/road/hop.h"

#include "tests/support/check_near.h"
#include "tests/support/town.h"

enum { SIDE = 8, ROUNDS = 400, TARGETS = 12, GOAL_M = 150 };

static const struct point CORNER = { 117.2, 0.1 };

struct town {
    struct arena *arena;
    struct network network; /* blocks of which some streets go one way, some are closed */
    struct graph graph;
    struct hop_streets streets;
    struct hop_room *room;
    struct town_dice dice;
};

static struct town make_town(uint64_t seed)
{
    struct town t = { .arena = arena_new(), .room = hop_room_new(), .dice = { seed } };
    const struct network_speeds speeds = town_speeds();

    t.network = *town_blocks(SIDE, CORNER, t.arena);
    const size_t segments = (size_t)t.network.segment_count;
    uint8_t *access = arena_take(t.arena, segments, sizeof *access);

    for (size_t i = 0; i < segments; i++)
        access[i] = town_pick(&t.dice, 3) ? 63 : (uint8_t)town_pick(&t.dice, 64);
    t.network.access = access;
    network_price(&t.network, &speeds, t.arena);
    graph_take(&t.network, t.arena, &t.graph);
    return t;
}

static void aim(struct town *t, enum mode mode, struct point goal)
{
    t->streets = (struct hop_streets){ &t->network, &t->graph, mode };
    hop_begin(t->room, &t->streets, goal, GOAL_M, 0);
}

static void end_town(struct town *t)
{
    hop_room_free(t->room);
    arena_free(t->arena);
}

static uint32_t length_of(const struct town *t, int32_t arc)
{
    return t->network.length_cm[t->graph.edge[arc] >> 1];
}

/* To each state from the end of an arc. */
static void relax_all(const struct town *t, struct hop_place from, uint64_t *cm)
{
    bool is_better = true;

    for (int32_t s = 0; s < t->graph.state_count; s++)
        cm[s] = UINT64_MAX;
    cm[t->graph.head[from.arc]] = length_of(t, from.arc) - from.gone_cm;
    while (is_better) {
        is_better = false;
        for (int32_t arc = 0; arc < t->graph.arc_count; arc++) {
            const uint64_t tail = cm[t->graph.tail[arc]];
            const bool open =
                t->network.cost_ms[t->streets.mode][t->graph.edge[arc]] < NETWORK_COST_NEVER;

            if (tail == UINT64_MAX || !open || tail + length_of(t, arc) >= cm[t->graph.head[arc]])
                continue;
            cm[t->graph.head[arc]] = tail + length_of(t, arc);
            is_better = true;
        }
    }
}

static struct hop_place random_place(struct town *t)
{
    int32_t arc = town_pick(&t->dice, t->graph.arc_count);

    while (!hop_open(&t->streets, arc))
        arc = town_pick(&t->dice, t->graph.arc_count);
    return (struct hop_place){ arc, (uint32_t)town_pick(&t->dice, (int32_t)length_of(t, arc) + 1) };
}

static struct point point_of(const struct town *t, struct hop_place p)
{
    const int32_t edge = t->graph.edge[p.arc];
    const uint32_t length_cm = length_of(t, p.arc);

    return network_point(&t->network,
                         (struct spot){ edge >> 1, edge & 1 ? length_cm - p.gone_cm : p.gone_cm });
}

static void check_round(struct town *t, uint64_t *cm)
{
    const struct hop_place from = random_place(t);
    const struct point goal = point_of(t, random_place(t));
    const uint32_t limit_cm = (uint32_t)town_pick(&t->dice, 120000);
    struct hop_place to[TARGETS];
    uint32_t lengths[TARGETS];
    int32_t count = 0;

    aim(t, t->streets.mode, goal);
    for (int32_t tries = 0; tries < 500 && count < TARGETS; tries++) {
        to[count] = random_place(t);
        count += point_distance_m(point_of(t, to[count]), goal) < GOAL_M;
    }
    relax_all(t, from, cm);
    hop_lengths(t->room, from, to, count, limit_cm, lengths);
    for (int32_t i = 0; i < count; i++) {
        const uint64_t tail = cm[t->graph.tail[to[i].arc]];
        uint64_t want = tail == UINT64_MAX ? UINT64_MAX : tail + to[i].gone_cm;

        if (to[i].arc == from.arc && to[i].gone_cm >= from.gone_cm)
            want = to[i].gone_cm - from.gone_cm;
        assert_int_equal(lengths[i], want <= limit_cm ? want : HOP_NEVER);
    }
}

static void lengths_are_those_of_trying_every_way(void **state)
{
    (void)state;
    for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
        struct town t = make_town(20261122 + mode);
        uint64_t *cm = arena_take(t.arena, (size_t)t.graph.state_count, sizeof *cm);

        aim(&t, mode, CORNER);
        for (int round = 0; round < ROUNDS; round++)
            check_round(&t, cm);
        end_town(&t);
    }
}

static void a_way_hangs_together_and_is_as_long_as_said(void **state)
{
    struct town t = make_town(7);
    struct buf arcs = { 0 };
    int32_t found = 0;

    (void)state;
    aim(&t, MODE_CAR, CORNER);
    for (int round = 0; round < ROUNDS; round++) {
        const struct hop_place from = random_place(&t), to = random_place(&t);
        uint32_t cm;

        aim(&t, MODE_CAR, point_of(&t, to));
        hop_lengths(t.room, from, &to, 1, 100000, &cm);
        buf_clear(&arcs);
        assert_int_equal(hop_way(t.room, from, to, 100000, &arcs), cm != HOP_NEVER);
        if (cm == HOP_NEVER || (from.arc == to.arc && from.gone_cm <= to.gone_cm))
            continue;
        int32_t at = t.graph.head[from.arc];
        uint64_t sum = length_of(&t, from.arc) - from.gone_cm + to.gone_cm;

        for (size_t i = 0; i < arcs.size / sizeof(int32_t); i++) {
            const int32_t arc = ((int32_t *)(void *)arcs.bytes)[i];

            assert_true(hop_open(&t.streets, arc));
            assert_int_equal(t.graph.tail[arc], at);
            at = t.graph.head[arc];
            sum += length_of(&t, arc);
        }
        assert_int_equal(at, t.graph.tail[to.arc]);
        assert_int_equal(sum, cm);
        found++;
    }
    assert_true(found > ROUNDS / 4);
    buf_free(&arcs);
    end_town(&t);
}

static void turning_round_counts_as_said_and_only_then(void **state)
{
    enum { TURN_CM = 3000 };
    struct town t = make_town(11);
    int32_t turned = 0;

    (void)state;
    aim(&t, MODE_FOOT, CORNER);
    for (int round = 0; round < ROUNDS; round++) {
        const struct hop_place from = random_place(&t);
        const int32_t edge = t.graph.edge[from.arc];
        const struct hop_place back = { t.graph.first_arc[edge ^ 1], 0 };
        uint32_t plain_cm, turning_cm;

        aim(&t, MODE_FOOT, point_of(&t, from));
        if (!hop_open(&t.streets, from.arc) || !hop_open(&t.streets, back.arc))
            continue;
        hop_lengths(t.room, from, &back, 1, 200000, &plain_cm);
        hop_begin(t.room, &t.streets, point_of(&t, from), GOAL_M, TURN_CM);
        hop_lengths(t.room, from, &back, 1, 200000, &turning_cm);
        if (plain_cm == HOP_NEVER || t.graph.head[from.arc] != t.graph.tail[back.arc])
            continue;
        assert_int_equal(plain_cm, length_of(&t, from.arc) - from.gone_cm);
        assert_int_equal(turning_cm, plain_cm + TURN_CM);
        turned++;
    }
    assert_true(turned > 0);
    end_town(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths_are_those_of_trying_every_way),
        cmocka_unit_test(turning_round_counts_as_said_and_only_then),
        cmocka_unit_test(a_way_hangs_together_and_is_as_long_as_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
