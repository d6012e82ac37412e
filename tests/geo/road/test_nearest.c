/* The nearest by road against the definition, on thousands of random networks. */
#include "geo/road/nearest.h"

#include <stdlib.h>

#include "geo/road/leg.h"

#include "tests/support/check_near.h"
#include "tests/support/slow.h"
#include "tests/support/town.h"

enum { TOWNS = 1500, PEOPLE = 60, IDS = 2 * PEOPLE, QUERIES = 3 };

struct rival {
    int64_t person_id;
    uint32_t cost_ms;
};

static int by_cost_then_id(const void *left, const void *right)
{
    const struct rival *a = left;
    const struct rival *b = right;

    if (a->cost_ms != b->cost_ms)
        return a->cost_ms < b->cost_ms ? -1 : 1;
    return (a->person_id > b->person_id) - (a->person_id < b->person_id);
}

static void crowd_up(struct town_dice *dice, const struct network *n, struct crowd *c)
{
    for (int32_t i = 0; i < PEOPLE; i++) {
        const int32_t id = 1 + town_pick(dice, IDS);

        crowd_put(c, &(struct crowd_person){
                         .person_id = id,
                         .tag = id + 7,
                         .spot = town_spot(dice, n),
                         .mode = (enum mode)town_pick(dice, MODE_COUNT),
                         .available = town_pick(dice, 5) > 0,
                         .groups = (uint8_t)town_pick(dice, 8),
                         .skills = town_roll(dice) & 7,
                     });
    }
    for (int32_t i = 0; i < PEOPLE / 4; i++)
        crowd_remove(c, 1 + town_pick(dice, IDS));
}

/* Whom the one who asks may send: a third of everyone, another third each time. */
static bool is_hers(const void *self, const struct crowd_person *p)
{
    return p->person_id % 3 == *(const int32_t *)self && p->tag == (int32_t)p->person_id + 7;
}

/* By how much later somebody may come: most not at all, some by minutes, so that many
 * ties remain. */
static uint32_t may_be_late(const void *self, const struct crowd_person *p)
{
    (void)self;
    return p->person_id % 4 ? 0 : (uint32_t)(p->person_id % 5) * 20000;
}

static bool may_come(const struct nearest_wish *wish, const struct crowd_person *p)
{
    return (p->available || wish->unavailable) && (!wish->accept || wish->accept(wish->self, p)) &&
           (p->skills & wish->skills_all) == wish->skills_all &&
           (wish->modes == 0 || (wish->modes & 1u << p->mode));
}

/* Some of the people, and ids that are nobody's. */
static const int64_t FEW_IDS[] = { -5, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, INT64_MAX };
static const struct nearest_ids FEW = { FEW_IDS, sizeof FEW_IDS / sizeof *FEW_IDS };

static bool is_one_of_them(const struct nearest_wish *wish, int64_t person_id)
{
    if (!wish->only)
        return true;
    for (int32_t i = 0; i < wish->only->count; i++)
        if (wish->only->ids[i] == person_id)
            return true;
    return false;
}

/* What nearest_find promises beyond that. */
static bool is_asked_for(const struct nearest_wish *wish, const struct crowd_person *p)
{
    return may_come(wish, p) && is_one_of_them(wish, p->person_id) &&
           (!wish->groups_any || (p->groups & wish->groups_any));
}

/* Everybody who may come with her cost by the definition, sorted. */
static int32_t expect(const struct network *n, const struct snap_index *index,
                      const struct crowd *c, const struct nearest_wish *wish, struct rival *rivals)
{
    int32_t count = 0;
    struct snap place[MODE_COUNT];
    bool near[MODE_COUNT];
    struct fail f;

    for (enum mode mode = 0; mode < MODE_COUNT; mode++)
        near[mode] = snap_to(index, mode, wish->place, &place[mode], &f);
    for (int64_t id = 1; id <= IDS; id++) {
        struct crowd_person p;

        if (!crowd_get(c, id, &p) || !is_asked_for(wish, &p) || !near[p.mode])
            continue;
        const uint32_t late_ms = wish->delay_ms ? may_be_late(NULL, &p) : 0;
        const uint32_t cost_ms =
            network_add(slow_cost(n, p.mode, p.spot, place[p.mode].spot), late_ms);

        if (cost_ms < NETWORK_COST_NEVER && (wish->limit_ms == 0 || cost_ms <= wish->limit_ms))
            rivals[count++] = (struct rival){ id, cost_ms };
    }
    qsort(rivals, (size_t)count, sizeof *rivals, by_cost_then_id);
    return count;
}

static void check_answer(const struct nearest_answer *got, const struct rival *want,
                         int32_t want_count)
{
    assert_int_equal(got->count, want_count);
    for (int32_t i = 0; i < want_count; i++) {
        assert_int_equal(got->hits[i].cost_ms + got->hits[i].delay_ms, want[i].cost_ms);
        assert_int_equal(got->hits[i].person.person_id, want[i].person_id);
    }
}

static struct nearest_wish random_wish(struct town_dice *dice, const struct network *n)
{
    static const int32_t THIRDS[] = { 0, 1, 2 };
    struct point place = network_point(n, town_spot(dice, n));

    place.lon += (town_pick(dice, 200) - 100) * 1e-6;
    place.lat += (town_pick(dice, 200) - 100) * 1e-6;
    return (struct nearest_wish){
        .place = place,
        .k = 1 + town_pick(dice, town_pick(dice, 2) ? 5 : IDS),
        .modes = (uint32_t)town_pick(dice, 8),
        .skills_all = (uint64_t)(town_pick(dice, 4) & town_pick(dice, 8)),
        .limit_ms = town_pick(dice, 3) ? 0 : (uint32_t)(1 + town_pick(dice, 90000)),
        .unavailable = town_pick(dice, 4) == 0,
        .accept = town_pick(dice, 2) ? is_hers : NULL,
        .delay_ms = town_pick(dice, 2) ? may_be_late : NULL,
        .self = &THIRDS[town_pick(dice, 3)],
        .groups_any = town_pick(dice, 3) ? 0 : (uint32_t)town_pick(dice, 8),
        .only = town_pick(dice, 3) ? NULL : &FEW,
        .way = (enum nearest_way)town_pick(dice, 3),
        .measures = true,
    };
}

/* In half of the towns some streets are closed or slower now, and in half of those the
 * labels do not know it yet. */
static void change_some(struct town_dice *dice, struct roads *roads)
{
    const int32_t edges = 2 * roads_network(roads)->segment_count;

    if (town_pick(dice, 2))
        return;
    for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
        const struct roads_change changes[] = {
            { town_pick(dice, edges), NETWORK_COST_NEVER },
            { town_pick(dice, edges), (uint32_t)town_pick(dice, 90000) },
        };

        roads_change(roads, mode, changes, 2);
        if (town_pick(dice, 2) == 0)
            continue;
        roads_label(roads, mode);
        roads_labelled(roads, mode);
    }
}

/* Ways that were measured, and how many of them are another of the cheapest. */
struct tape {
    struct leg_room *room;
    int32_t measured, others;
};

static void check_length(struct tape *tape, const struct roads *roads,
                         const struct nearest_hit *hit, struct arena *a)
{
    struct leg leg;

    if (hit->length_cm == NEAREST_UNMEASURED)
        return;
    assert_true(leg_find(roads, hit->person.mode, hit->person.spot, hit->place,
                         NETWORK_COST_NEVER - 1, tape->room, a, &leg));
    assert_int_equal(leg.cost_ms, hit->cost_ms);
    tape->measured++;
    tape->others += leg_length_cm(roads_network(roads), &leg) != hit->length_cm;
}

static void the_nearest_are_those_of_the_definition(void **state)
{
    struct town_dice dice = { 20261122 };
    struct nearest_room *room = nearest_room_new();
    struct tape tape = { .room = leg_room_new() };
    int32_t answered = 0;

    (void)state;
    for (int32_t town = 0; town < TOWNS; town++) {
        struct arena *a = arena_new();
        const struct network *n =
            town_random(&dice, 2 + town_pick(&dice, 30), 1 + town_pick(&dice, 60), town % 2, a);
        struct roads *roads = town_roads(n, a);
        struct snap_index *index = snap_index_new(n);
        struct crowd *c = crowd_new(n);

        crowd_up(&dice, n, c);
        change_some(&dice, roads);
        for (int32_t query = 0; query < QUERIES; query++) {
            const struct nearest_wish wish = random_wish(&dice, n);
            struct rival rivals[IDS];
            struct nearest_answer got;
            struct fail f;
            const int32_t count = expect(roads_network(roads), index, c, &wish, rivals);

            if (!nearest_find(roads, index, c, &wish, room, a, &got, &f)) {
                assert_int_equal(f.code, CODE_NO_STREET_NEAR);
                assert_int_equal(count, 0);
                continue;
            }
            check_answer(&got, rivals, count < wish.k ? count : wish.k);
            for (int32_t i = 0; i < got.count; i++)
                check_length(&tape, roads, &got.hits[i], a);
            answered += got.count;
        }
        crowd_free(c);
        snap_index_free(index);
        arena_free(a);
    }
    assert_true(answered > TOWNS); /* the towns are not all empty */
    assert_true(tape.measured > TOWNS && tape.others * 200 < tape.measured);
    leg_room_free(tape.room);
    nearest_room_free(room);
}

static void a_search_gives_up_what_takes_longer_than_it_may(void **state)
{
    struct town_dice dice = { 20261122 };
    struct arena *a = arena_new();
    const struct network *n = town_blocks(12, (struct point){ 117.2, 34.3 }, a);
    const struct roads *roads = town_roads(n, a);
    struct snap_index *index = snap_index_new(n);
    struct crowd *c = crowd_new(n);
    struct nearest_room *room = nearest_room_new();
    struct nearest_wish wish = { .place = { 117.201, 34.301 }, .k = 2, .accept = is_hers };
    const int32_t third = 1;
    struct nearest_answer got;
    struct fail f;

    (void)state;
    for (int64_t id = 1; id <= 3; id++) /* whoever is hers stands far away */
        crowd_put(c, &(struct crowd_person){ .person_id = id,
                                             .tag = (int32_t)id + 7,
                                             .spot = town_spot(&dice, n),
                                             .available = true });
    wish.self = &third;
    for (enum nearest_way way = NEAREST_CHEAPER; way <= NEAREST_LIST; way++) {
        wish.way = way;
        wish.effort_most = 1;
        assert_true(nearest_find(roads, index, c, &wish, room, a, &got, &f));
        assert_true(got.gave_up);
        wish.effort_most = 1000000;
        assert_true(nearest_find(roads, index, c, &wish, room, a, &got, &f));
        assert_false(got.gave_up);
        assert_int_equal(got.count, 1);
        wish.effort_most = 0;
        assert_true(nearest_find(roads, index, c, &wish, room, a, &got, &f));
        assert_int_equal(got.count, 1);
    }
    nearest_room_free(room);
    crowd_free(c);
    snap_index_free(index);
    arena_free(a);
}

static void equal_costs_are_in_order_of_id(void **state)
{
    struct arena *a = arena_new();
    const struct network *n = town_blocks(4, (struct point){ 117.2, 34.3 }, a);
    struct snap_index *index = snap_index_new(n);
    struct crowd *c = crowd_new(n);
    struct nearest_room *room = nearest_room_new();
    struct nearest_answer got;
    struct fail f;

    (void)state;
    for (int64_t id = 400; id > 0; id--) /* ten at the far end of every segment */
        crowd_put(c, &(struct crowd_person){ .person_id = id,
                                             .spot = { (int32_t)(id % 40), 10000 },
                                             .available = true });
    const struct nearest_wish wish = { .place = { 117.2018, 34.3018 }, .k = 30 };

    assert_true(nearest_find(town_roads(n, a), index, c, &wish, room, a, &got, &f));
    assert_int_equal(got.count, 30);
    for (int32_t i = 1; i < got.count; i++)
        if (got.hits[i].cost_ms == got.hits[i - 1].cost_ms)
            assert_true(got.hits[i].person.person_id > got.hits[i - 1].person.person_id);
    assert_int_equal(got.hits[0].cost_ms, 0);
    nearest_room_free(room);
    crowd_free(c);
    snap_index_free(index);
    arena_free(a);
}

static void whoever_may_come_late_stands_behind_who_comes_for_sure(void **state)
{
    struct arena *a = arena_new();
    const struct network *n = town_blocks(4, (struct point){ 117.2, 34.3 }, a);
    struct snap_index *index = snap_index_new(n);
    struct crowd *c = crowd_new(n);
    struct nearest_room *room = nearest_room_new();
    struct nearest_wish wish = { .place = { 117.2, 34.3 }, .k = 2, .delay_ms = may_be_late };
    struct nearest_answer got;
    struct fail f;

    (void)state;
    /* 4 stands on the spot and may be 80 s late, 1 is 100 m away: 83 s on foot. */
    crowd_put(c, &(struct crowd_person){ .person_id = 4, .available = true });
    crowd_put(c, &(struct crowd_person){ .person_id = 1, .spot = { 0, 5000 }, .available = true });
    assert_true(nearest_find(town_roads(n, a), index, c, &wish, room, a, &got, &f));
    assert_int_equal(got.count, 2);
    assert_int_equal(got.hits[0].person.person_id, 1);
    assert_int_equal(got.hits[0].delay_ms, 0);
    assert_int_equal(got.hits[1].person.person_id, 4);
    assert_int_equal(got.hits[1].cost_ms, 0);
    assert_int_equal(got.hits[1].delay_ms, 80000);
    wish.limit_ms = 79999;
    assert_true(nearest_find(town_roads(n, a), index, c, &wish, room, a, &got, &f));
    assert_int_equal(got.count, 1);
    nearest_room_free(room);
    crowd_free(c);
    snap_index_free(index);
    arena_free(a);
}

static void far_from_every_street_nobody_is_near(void **state)
{
    struct arena *a = arena_new();
    const struct network *n = town_blocks(1, (struct point){ 117.2, 34.3 }, a);
    struct snap_index *index = snap_index_new(n);
    struct crowd *c = crowd_new(n);
    struct nearest_room *room = nearest_room_new();
    struct nearest_answer got = { .count = 77 };
    struct fail f;
    const struct nearest_wish wish = { .place = { 117.2, 34.33 }, .k = 1 };

    (void)state;
    assert_false(nearest_find(town_roads(n, a), index, c, &wish, room, a, &got, &f));
    assert_int_equal(f.code, CODE_NO_STREET_NEAR);
    assert_int_equal(got.count, 77);
    nearest_room_free(room);
    crowd_free(c);
    snap_index_free(index);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_nearest_are_those_of_the_definition),
        cmocka_unit_test(a_search_gives_up_what_takes_longer_than_it_may),
        cmocka_unit_test(equal_costs_are_in_order_of_id),
        cmocka_unit_test(whoever_may_come_late_stands_behind_who_comes_for_sure),
        cmocka_unit_test(far_from_every_street_nobody_is_near),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
