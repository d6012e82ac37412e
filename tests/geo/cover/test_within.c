/* Reached streets, counted by people, against the definition: what each of them alone
 * reaches, laid over one another. */
#include "tests/support/check_near.h"

#include <stdlib.h>
#include <string.h>

#include "geo/cover/within.h"
#include "geo/road/range.h"
#include "tests/support/town.h"

enum { TOWNS = 60, PEOPLE = 12, CHANGES = 40, LIMIT_MS = 120000, STEPS_MAX = 64 };

/* What is known of a segment by having looked only when it was told to have changed. */
struct row {
    struct cover_step steps[STEPS_MAX];
    int32_t count;
};

struct scene {
    struct arena *arena;
    const struct network *network;
    struct graph graph;
    struct roads *roads;
    struct within *within;
    struct within_options options;
    struct within_person people[PEOPLE];
    bool is_there[PEOPLE];
    struct row *rows;
};

static void start(struct scene *s, struct town_dice *dice, int32_t town)
{
    *s = (struct scene){ .arena = arena_new() };
    s->network = town_banned(dice,
                             town_random(dice, 2 + town_pick(dice, 20), 1 + town_pick(dice, 40),
                                         town % 3 == 0, s->arena),
                             town % 2 * town_pick(dice, 40), s->arena);
    graph_take(s->network, s->arena, &s->graph);
    s->roads = town_roads(s->network, s->arena);
    s->options = (struct within_options){ 1 + town_pick(dice, WITHIN_DEPTH_MAX), LIMIT_MS };
    s->within = within_new(s->network, &s->graph, &s->options);
    s->rows = arena_take(s->arena, (size_t)s->network->segment_count, sizeof *s->rows);
}

static void end(struct scene *s)
{
    within_free(s->within);
    arena_free(s->arena);
}

static void change(struct scene *s, struct town_dice *dice)
{
    const int32_t i = town_pick(dice, PEOPLE);

    s->is_there[i] = town_pick(dice, 4) > 0;
    s->people[i] = (struct within_person){ 1000 - i, (enum mode)town_pick(dice, MODE_COUNT),
                                           town_spot(dice, s->network) };
    if (s->is_there[i])
        within_put(s->within, &s->people[i]);
    else
        within_remove(s->within, s->people[i].person_id);
}

static void look(struct scene *s)
{
    const int32_t *segments;
    const int32_t count = within_changed(s->within, &segments);

    for (int32_t i = 0; i < count; i++) {
        const struct cover_step *steps;
        struct row *row = &s->rows[segments[i]];

        row->count = within_steps(s->within, segments[i], LIMIT_MS / 2, &steps);
        assert_in_range(row->count, 0, STEPS_MAX);
        if (row->count)
            memcpy(row->steps, steps, (size_t)row->count * sizeof *steps);
    }
}

/* What each reaches alone. */
static void reach_alone(const struct scene *s, struct range_room *room, uint32_t limit_ms,
                        struct range *ranges)
{
    for (int32_t i = 0; i < PEOPLE; i++) {
        const struct range_source source = { s->people[i].mode, s->people[i].spot };

        ranges[i] = (struct range){ 0 };
        if (s->is_there[i])
            range_find(s->roads,
                       &(struct range_wish){ .sources = &source,
                                             .source_count = 1,
                                             .limits_ms = &limit_ms,
                                             .limit_count = 1 },
                       room, s->arena, &ranges[i]);
    }
}

/* Between along_cm and the centimetre behind it. */
static uint32_t people_at(const struct scene *s, const struct range *ranges, int32_t segment,
                          uint32_t along_cm)
{
    uint32_t people = 0;

    for (int32_t i = 0; i < PEOPLE; i++)
        for (int32_t k = 0; k < ranges[i].bands[0].piece_count; k++) {
            const struct range_piece *p = &ranges[i].bands[0].pieces[k];

            people += p->segment == segment && p->from_cm <= along_cm && along_cm < p->to_cm;
        }
    return people < (uint32_t)s->options.depth ? people : (uint32_t)s->options.depth;
}

static uint32_t steps_at(const struct cover_step *steps, int32_t count, uint32_t along_cm)
{
    for (int32_t i = 0; i < count; i++)
        if (steps[i].from_cm <= along_cm && along_cm < steps[i].to_cm)
            return steps[i].people;
    return 0;
}

static void check_segment(struct scene *s, const struct range *ranges, int32_t segment,
                          uint32_t limit_ms)
{
    const uint32_t length_cm = s->network->length_cm[segment];
    const struct cover_step *steps;
    const int32_t count = within_steps(s->within, segment, limit_ms, &steps);

    for (int32_t i = 0; i < count; i++) {
        assert_true(steps[i].from_cm < steps[i].to_cm && steps[i].to_cm <= length_cm);
        assert_true(steps[i].people > 0);
        if (i > 0)
            assert_true(
                steps[i - 1].to_cm < steps[i].from_cm ||
                (steps[i - 1].to_cm == steps[i].from_cm && steps[i - 1].people != steps[i].people));
    }
    if (limit_ms == LIMIT_MS / 2) {
        assert_int_equal(count, s->rows[segment].count);
        if (count)
            assert_memory_equal(steps, s->rows[segment].steps, (size_t)count * sizeof *steps);
    }
    for (int32_t i = 0; i < PEOPLE; i++)
        for (int32_t k = 0; k < ranges[i].bands[0].piece_count; k++) {
            const struct range_piece *p = &ranges[i].bands[0].pieces[k];
            const uint32_t at_cm[] = { p->from_cm - 1, p->from_cm, p->to_cm - 1, p->to_cm };

            for (int32_t m = 0; m < 4 && p->segment == segment; m++)
                if (at_cm[m] < length_cm)
                    assert_int_equal(steps_at(steps, count, at_cm[m]),
                                     people_at(s, ranges, segment, at_cm[m]));
        }
    for (uint32_t at_cm = 0; at_cm < length_cm; at_cm += 1 + length_cm / 7)
        assert_int_equal(steps_at(steps, count, at_cm), people_at(s, ranges, segment, at_cm));
}

static void check_all(struct scene *s, struct range_room *room)
{
    static const uint32_t LIMITS_MS[] = { 0, LIMIT_MS / 2, LIMIT_MS };

    for (int32_t i = 0; i < 3; i++) {
        struct range ranges[PEOPLE];

        reach_alone(s, room, LIMITS_MS[i], ranges);
        for (int32_t segment = 0; segment < s->network->segment_count; segment++)
            check_segment(s, ranges, segment, LIMITS_MS[i]);
    }
}

/* Another that is told the same people at once. */
static uint64_t hash_anew(const struct scene *s, bool backwards)
{
    struct within *w = within_new(s->network, &s->graph, &s->options);
    struct within_person people[PEOPLE];
    int32_t count = 0;
    uint64_t hash;

    if (within_price(w, roads_network(s->roads)->cost_ms))
        within_compute(w);
    for (int32_t i = 0; i < PEOPLE; i++)
        if (s->is_there[backwards ? PEOPLE - 1 - i : i])
            people[count++] = s->people[backwards ? PEOPLE - 1 - i : i];
    within_fill(w, people, count);
    hash = within_hash(w);
    within_free(w);
    return hash;
}

static void who_comes_goes_and_moves_is_counted_wherever_she_can_be_in_time(void **state)
{
    struct town_dice dice = { 61 };
    struct range_room *room = range_room_new();

    (void)state;
    for (int32_t town = 0; town < TOWNS; town++) {
        struct scene s;

        start(&s, &dice, town);
        for (int32_t round = 0; round < 4; round++) {
            for (int32_t i = 0; i < CHANGES; i++) {
                change(&s, &dice);
                if (town_pick(&dice, 3) == 0)
                    look(&s);
            }
            look(&s);
            check_all(&s, room);
            assert_true(within_hash(s.within) == hash_anew(&s, round % 2 == 0));
        }
        end(&s);
    }
    range_room_free(room);
}

static void what_is_tried_is_taken_back(void **state)
{
    struct town_dice dice = { 67 };
    struct range_room *room = range_room_new();

    (void)state;
    for (int32_t town = 0; town < TOWNS; town++) {
        struct scene s;

        start(&s, &dice, town);
        for (int32_t i = 0; i < CHANGES; i++)
            change(&s, &dice);
        look(&s);
        const uint64_t before = within_hash(s.within);
        const struct scene was = s;
        struct row *rows = s.rows;

        s.rows = arena_take(s.arena, (size_t)s.network->segment_count, sizeof *s.rows);
        memcpy(s.rows, rows, (size_t)s.network->segment_count * sizeof *s.rows);
        within_try(s.within);
        for (int32_t i = 0; i < CHANGES; i++)
            change(&s, &dice);
        look(&s);
        check_all(&s, room);
        assert_true(within_hash(s.within) == hash_anew(&s, false));
        within_undo(s.within);
        s = was;
        look(&s);
        assert_true(within_hash(s.within) == before);
        check_all(&s, room);
        change(&s, &dice); /* and goes on as if nothing had been tried */
        look(&s);
        check_all(&s, room);
        end(&s);
    }
    range_room_free(room);
}

static void when_streets_are_closed_all_is_counted_anew(void **state)
{
    struct town_dice dice = { 71 };
    struct range_room *room = range_room_new();

    (void)state;
    for (int32_t town = 0; town < TOWNS; town++) {
        struct scene s;

        start(&s, &dice, town);
        for (int32_t i = 0; i < CHANGES; i++)
            change(&s, &dice);
        look(&s);
        for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
            const struct roads_change closed = { town_pick(&dice, 2 * s.network->segment_count),
                                                 NETWORK_COST_NEVER };

            roads_change(s.roads, mode, &closed, 1);
        }
        if (within_price(s.within, roads_network(s.roads)->cost_ms))
            within_compute(s.within);
        assert_false(within_price(s.within, roads_network(s.roads)->cost_ms));
        look(&s);
        check_all(&s, room);
        for (int32_t i = 0; i < CHANGES; i++)
            change(&s, &dice);
        look(&s);
        check_all(&s, room);
        assert_true(within_hash(s.within) == hash_anew(&s, true));
        end(&s);
    }
    range_room_free(room);
}

static void many_come_and_go_and_everybody_is_found_by_her_id(void **state)
{
    enum { MANY = 3000 };
    struct arena *a = arena_new();
    struct town_dice dice = { 73 };
    const struct network *n = town_blocks(10, (struct point){ 117.2, 34.2 }, a);
    struct graph g;
    struct within_person got;

    (void)state;
    graph_take(n, a, &g);
    struct within *w = within_new(n, &g, &(struct within_options){ 2, 60000 });

    for (int32_t i = 1; i <= MANY; i++)
        within_put(w, &(struct within_person){ i, MODE_FOOT, town_spot(&dice, n) });
    for (int32_t i = 1; i <= MANY; i += 2)
        within_remove(w, i);
    within_remove(w, MANY + 1);
    assert_int_equal(within_count(w), MANY / 2);
    for (int32_t i = 1; i <= MANY; i++)
        assert_int_equal(within_get(w, i, &got), i % 2 == 0);
    within_roll_call(w);
    for (int32_t i = 4; i <= MANY; i += 4) {
        assert_true(within_get(w, i, &got));
        if (i % 8 == 0)
            got.spot = town_spot(&dice, n);
        within_put(w, &got);
    }
    assert_int_equal(within_absent(w), MANY / 4);
    for (int32_t i = 1; i <= MANY; i++)
        assert_int_equal(within_get(w, i, &got), i % 4 == 0);
    within_free(w);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_comes_goes_and_moves_is_counted_wherever_she_can_be_in_time),
        cmocka_unit_test(what_is_tried_is_taken_back),
        cmocka_unit_test(when_streets_are_closed_all_is_counted_anew),
        cmocka_unit_test(many_come_and_go_and_everybody_is_found_by_her_id),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
