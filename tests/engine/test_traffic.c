/* Costs that change while others ask. */
#include "engine/traffic.h"

#include <pthread.h>
#include <stdlib.h>

#include "tests/support/check_near.h"
#include "tests/support/town.h"

enum { SIDE = 8, ROUNDS = 60, READERS = 3 };

struct scene {
    struct arena *arena;
    const struct network *n;
    struct traffic *traffic;
    uint32_t open_ms, closed_ms; /* between two corners */
    _Atomic bool is_over;
    _Atomic int32_t asked, wrong;
};

static uint32_t ask(struct scene *s, const struct roads *r)
{
    int32_t *room = calloc(2 * (size_t)roads_base(r)->hierarchy->height, sizeof *room);

    assert_non_null(room);
    const uint32_t cost = roads_distance(r, MODE_CAR, 0, s->n->node_count - 1, room);

    free(room);
    return cost;
}

/* Every answer is that of before or that of after, and the same as long as one reads. */
static void *read_on(void *self)
{
    struct scene *s = self;

    do { /* once at least, however soon the changes are over */
        const struct roads *r = traffic_read(s->traffic);
        const uint32_t first = ask(s, r), second = ask(s, r);

        traffic_read_end(s->traffic);
        s->asked++;
        s->wrong += first != second || (first != s->open_ms && first != s->closed_ms);
    } while (!s->is_over);
    return NULL;
}

static uint32_t ask_once(struct scene *s)
{
    const uint32_t cost = ask(s, traffic_read(s->traffic));

    traffic_read_end(s->traffic);
    return cost;
}

/* All streets twice as slow, or as they were: so an answer is one or its double. */
static void price(struct scene *s, uint32_t times)
{
    const size_t edges = 2 * (size_t)s->n->segment_count;
    uint32_t *costs[MODE_COUNT];

    for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
        costs[mode] = arena_take(s->arena, edges, sizeof *costs[mode]);
        for (size_t edge = 0; edge < edges; edge++)
            costs[mode][edge] = s->n->cost_ms[mode][edge] * times;
    }
    traffic_price(s->traffic, (const uint32_t *const[MODE_COUNT]){ costs[0], costs[1], costs[2] });
}

/* The same, as single changes of cars' costs. */
static void change(struct scene *s, uint32_t times)
{
    const int32_t edges = 2 * s->n->segment_count;
    struct roads_change *list = arena_take(s->arena, (size_t)edges, sizeof *list);
    struct traffic_change all = { 0 };

    for (int32_t edge = 0; edge < edges; edge++)
        list[edge] = (struct roads_change){ edge, s->n->cost_ms[MODE_CAR][edge] * times };
    all.changes[MODE_CAR] = list;
    all.count[MODE_CAR] = edges;
    traffic_change(s->traffic, &all);
}

static void whoever_asks_meets_one_moment_while_costs_change(void **state)
{
    struct scene s = { .arena = arena_new() };
    pthread_t readers[READERS];
    struct fail f = { 0 };

    (void)state;
    s.n = town_blocks(SIDE, (struct point){ 116.39, 39.9 }, s.arena);
    s.traffic = traffic_new(s.n, &f);
    assert_non_null(s.traffic);
    s.open_ms = ask_once(&s);
    s.closed_ms = 2 * s.open_ms;
    for (int i = 0; i < READERS; i++)
        assert_int_equal(pthread_create(&readers[i], NULL, read_on, &s), 0);
    for (int32_t round = 0; round < ROUNDS; round++) {
        const uint32_t times = 1 + (uint32_t)round % 2;

        if (round % 4 < 2)
            price(&s, times);
        else
            change(&s, times);
        assert_int_equal(ask_once(&s), times * s.open_ms);
        for (enum mode mode = 0; mode < MODE_COUNT && round % 3; mode++)
            traffic_label(s.traffic, mode);
        assert_int_equal(ask_once(&s), times * s.open_ms);
    }
    s.is_over = true;
    for (int i = 0; i < READERS; i++)
        pthread_join(readers[i], NULL);
    assert_true(s.asked > 0);
    assert_int_equal(s.wrong, 0);
    traffic_free(s.traffic);
    arena_free(s.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whoever_asks_meets_one_moment_while_costs_change),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
