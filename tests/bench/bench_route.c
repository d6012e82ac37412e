/* Routes of a city between random places, with their line and steps, against a plain
 * Dijkstra over the states and arcs of its graph:
 *
 *   bench_route ADDRESS SEED PAIRS [control]
 *
 * Prints lines of "what, figure, bar, ok or missed", tab separated ("#": only told, "time": a
 * time), and exits 1 when a cost differs, when the edges of a way are not joined or do not
 * add up to its cost. With `control` one edge in a
 * hundred is a millisecond cheaper for the engine alone: then costs must differ. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/db.h"
#include "engine/streets.h"
#include "geo/road/place.h"
#include "geo/road/queue.h"
#include "geo/road/route.h"
#include "tests/support/town.h"

enum { ARGUMENTS = 4, CONTROL_EVERY = 100, TARGETS_A_SOURCE = 10, SHOWN_MAX = 5, P50_MAX_US = 100 };

struct bench {
    struct arena *arena;
    struct town_dice dice;
    struct streets streets;
    struct network spoiled; /* of the engine, in a control */
    struct roads *roads;    /* of the engine */
    const struct network *n;
    const struct graph *g;
    uint32_t *cost; /* by state: from the source, of the oracle */
    struct queue queue;
    int32_t shown;
};

static void give_up(const char *what, const char *why)
{
    fprintf(stderr, "bench_route: %s: %s\n", what, why);
    exit(2); // NOLINT(concurrency-mt-unsafe): one thread
}

static double now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* ------------------------------------------------------------------ the oracle */

static void reach(struct bench *b, int32_t state, uint32_t cost_ms)
{
    if (cost_ms >= b->cost[state])
        return;
    b->cost[state] = cost_ms;
    queue_put(&b->queue, (struct queue_item){ .cost = cost_ms, .what = state, .id = state });
}

/* From a spot to every state. */
static void search(struct bench *b, enum mode mode, struct spot from)
{
    struct place_door doors[PLACE_OUT_MAX];
    const int32_t count = place_out(b->n, b->g, mode, from, doors);

    for (int32_t s = 0; s < b->g->state_count; s++)
        b->cost[s] = NETWORK_COST_NEVER;
    for (int32_t i = 0; i < count; i++)
        reach(b, doors[i].state, doors[i].cost_ms);
    while (queue_top(&b->queue)) {
        const struct queue_item top = queue_take(&b->queue);

        if (top.cost > b->cost[top.what])
            continue;
        for (int32_t i = b->g->first_out[top.what]; i < b->g->first_out[top.what + 1]; i++) {
            const int32_t arc = b->g->out_arc[i];

            if (b->g->arc_modes[arc] & 1u << mode)
                reach(b, b->g->head[arc],
                      network_add(top.cost, b->n->cost_ms[mode][b->g->edge[arc]]));
        }
    }
}

static uint32_t expected_ms(const struct bench *b, enum mode mode, struct spot from, struct spot to)
{
    struct place_door doors[PLACE_IN_MAX];
    const int32_t count = place_in(b->n, b->g, mode, to, doors);
    uint32_t best = place_direct(b->n, mode, from, to, NULL);

    for (int32_t i = 0; i < count; i++) {
        const uint32_t cost_ms = network_add(b->cost[doors[i].state], doors[i].cost_ms);

        best = cost_ms < best ? cost_ms : best;
    }
    return best;
}

/* The steps add up to the cost, which is that of the edges, and the edges are joined. */
static bool hangs_together(const struct bench *b, const struct route *r)
{
    uint64_t cost_ms = 0, length_cm = 0;

    for (int32_t i = 1; i < r->edge_count; i++)
        if (network_head(b->n, r->edges[i - 1]) != network_tail(b->n, r->edges[i]))
            return false;
    for (int32_t i = 0; i < r->step_count; i++) {
        cost_ms += r->steps[i].cost_ms;
        length_cm += r->steps[i].length_cm;
    }
    return cost_ms == r->cost_ms && length_cm == r->length_cm && r->point_count >= 2;
}

/* ------------------------------------------------------------------ the questions */

struct figures {
    double *taken_us;
    int32_t asked, agreed, found;
    int64_t edges, steps, points;
};

static void ask(struct bench *b, enum mode mode, struct spot from, struct spot to,
                struct route_room *room, struct figures *fig)
{
    const uint32_t want_ms = expected_ms(b, mode, from, to);
    struct arena *a = arena_new();
    struct route r;
    struct fail f;
    const double begin_us = now_us();
    const bool ok = route_find(b->roads, mode, from, to, room, a, &r, &f);

    fig->taken_us[fig->asked++] = now_us() - begin_us;
    const bool agrees =
        ok ? r.cost_ms == want_ms && hangs_together(b, &r) : want_ms >= NETWORK_COST_NEVER;

    fig->agreed += agrees;
    if (!agrees && b->shown++ < SHOWN_MAX)
        fprintf(stderr, "%s: %u ms expected, %u found\n", network_mode_word(mode), want_ms,
                ok ? r.cost_ms : NETWORK_COST_NEVER);
    if (ok) {
        fig->found++;
        fig->edges += r.edge_count;
        fig->steps += r.step_count;
        fig->points += r.point_count;
    }
    arena_free(a);
}

/* A spot on a street that the mode may use. */
static struct spot random_spot(struct bench *b, enum mode mode)
{
    for (;;) {
        const struct spot spot = town_spot(&b->dice, b->n);

        if (network_usable(b->n, mode, spot.segment))
            return spot;
    }
}

static int by_size(const void *left, const void *right)
{
    const double a = *(const double *)left, c = *(const double *)right;

    return (a > c) - (a < c);
}

static bool compare(struct bench *b, enum mode mode, int32_t pairs)
{
    struct route_room *room = route_room_new();
    struct figures fig = { .taken_us = arena_take(b->arena, (size_t)pairs, sizeof(double)) };
    struct spot from = { 0 };

    for (int32_t i = 0; i < pairs; i++) {
        if (i % TARGETS_A_SOURCE == 0) {
            from = random_spot(b, mode);
            search(b, mode, from);
        }
        ask(b, mode, from, random_spot(b, mode), room, &fig);
    }
    qsort(fig.taken_us, (size_t)pairs, sizeof *fig.taken_us, by_size);
    const double found = fig.found ? fig.found : 1;

    const char *word = network_mode_word(mode);
    const double middle_us = fig.taken_us[pairs / 2];

    printf("#\t%s: %.0f edges, %.0f points and %.0f steps each\n", word, (double)fig.edges / found,
           (double)fig.points / found, (double)fig.steps / found);
    printf("%s: routes that cost what Dijkstra says\t%d of %d\t%d of %d\t%s\n", word, fig.agreed,
           pairs, pairs, pairs, fig.agreed == pairs ? "ok" : "missed");
    printf("time\t%s, with line and steps: p50 %.1f us, p99 %.1f us of CPU\tp50 %d us\t%s\n", word,
           middle_us, fig.taken_us[pairs * 99 / 100], P50_MAX_US,
           middle_us <= P50_MAX_US ? "ok" : "missed");
    route_room_free(room);
    return fig.agreed == pairs;
}

/* The engine gets a network of its own, some of whose costs are a millisecond too low. */
static const struct network *spoil(struct bench *b)
{
    b->spoiled = b->streets.network;
    for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
        const size_t edges = 2 * (size_t)b->n->segment_count;
        uint32_t *cost = arena_take(b->arena, edges, sizeof *cost);

        memcpy(cost, b->n->cost_ms[mode], edges * sizeof *cost);
        for (size_t edge = 0; edge < edges; edge += CONTROL_EVERY)
            cost[edge] -= cost[edge] < NETWORK_COST_NEVER;
        b->spoiled.cost_ms[mode] = cost;
    }
    return &b->spoiled;
}

int main(int argc, char **argv)
{
    if (argc < ARGUMENTS)
        give_up("usage", "bench_route ADDRESS SEED PAIRS [control]");
    struct bench b = { .arena = arena_new(), .dice = { strtoull(argv[2], NULL, 10) } };
    const int32_t pairs = (int32_t)strtol(argv[3], NULL, 10);
    struct fail f;
    struct db *db = db_open(argv[1], &f);
    bool all = true;

    if (pairs < 1 || !db || !streets_load(db, NULL, b.arena, &b.streets, &f))
        give_up(argv[1], pairs < 1 ? "no pairs" : f.text);
    db_close(db);
    b.n = &b.streets.network;
    b.roads = town_roads(argc > ARGUMENTS ? spoil(&b) : b.n, b.arena);
    b.g = roads_base(b.roads)->graph;
    b.cost = arena_take(b.arena, (size_t)b.g->state_count, sizeof *b.cost);
    for (enum mode mode = 0; mode < MODE_COUNT; mode++)
        all = compare(&b, mode, pairs) && all;
    queue_free(&b.queue);
    arena_free(b.arena);
    return all ? 0 : 1;
}
