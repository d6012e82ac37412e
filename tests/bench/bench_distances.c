/* Distances by labels, one by one and as tables, on a road graph of real shape.
 *
 *   bench_distances pairs FILE SEED COUNT [control]   the mean of random pairs of junctions
 *   bench_distances table FILE SEED [control]         tables between places within streets
 *
 * FILE is a DIMACS graph, or the word made-up. Prints lines of name, figure, bar and
 * verdict, parted by tabs, and "#" and a figure that is only told, as all times are of a
 * made-up net; exits 1 when something is missed. Answers are compared with plain Dijkstra
 * over the arrays of the network. With `control` one cost in a hundred is a
 * millisecond lower for Dijkstra: then the answers must differ. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "geo/base/buf.h"
#include "geo/road/labels.h"
#include "geo/road/matrix.h"
#include "tests/bench/dimacs.h"
#include "tests/support/pile.h"

enum {
    MADE_UP_SIDE = 150,
    CONTROL_EVERY = 100,
    TARGETS_A_SOURCE = 100, /* pairs that one plain search judges */
    ROUNDS_MAX = 1001,      /* the figure is the middle one */
    COMPARED = 20,          /* rows of each table, when not all of them */
    TABLE_MAX = 1000,
    NEVER = INT32_MAX,
    FIGURE_MAX = 1000,
};

static const enum mode MODE = MODE_CAR;

struct bench {
    struct arena *arena;
    const struct network *n;
    const struct network *judge; /* the same, but for the control */
    struct roads *roads;
    struct town_dice dice;
    bool is_real;
    int64_t *plain; /* by node */
    struct buf pile;
    int missed;
};

static double cpu_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Without a bar it is only told. */
static void report(struct bench *b, const char *name, const char *figure, const char *bar, bool ok)
{
    if (!bar) {
        printf("#\t%s: %s\n", name, figure);
        return;
    }
    printf("%s\t%s\t%s\t%s\n", name, figure, bar, ok ? "ok" : "missed");
    b->missed += !ok;
}

/* ------------------------------------------------------------------ plain Dijkstra */

static int64_t part(const struct network *n, int32_t edge, int64_t cm)
{
    return n->cost_ms[MODE][edge] * cm / n->length_cm[edge / 2];
}

static void offer(struct bench *b, int32_t node, int64_t cost)
{
    if (cost < b->plain[node]) {
        b->plain[node] = cost;
        pile_put(&b->pile, cost, node);
    }
}

/* Costs from a spot to every node. */
static void search(struct bench *b, struct spot from)
{
    const struct network *n = b->judge;

    for (int32_t v = 0; v < n->node_count; v++)
        b->plain[v] = NEVER;
    buf_clear(&b->pile);
    offer(b, n->to[from.segment],
          part(n, 2 * from.segment, n->length_cm[from.segment] - from.along_cm));
    offer(b, n->from[from.segment], part(n, 2 * from.segment + 1, from.along_cm));
    while (b->pile.size > 0) {
        const struct pile_entry w = pile_take(&b->pile);

        if (w.cost > b->plain[w.node])
            continue;
        for (int32_t i = n->first_out[w.node]; i < n->first_out[w.node + 1]; i++)
            offer(b, network_head(n, n->out_edge[i]), w.cost + n->cost_ms[MODE][n->out_edge[i]]);
    }
}

static int64_t plain_cost(const struct bench *b, struct spot from, struct spot to)
{
    const struct network *n = b->judge;
    const int64_t along = to.along_cm, left = n->length_cm[to.segment] - along;
    const int64_t onward = b->plain[n->from[to.segment]] + part(n, 2 * to.segment, along);
    const int64_t back = b->plain[n->to[to.segment]] + part(n, 2 * to.segment + 1, left);
    int64_t best = onward < back ? onward : back;

    if (from.segment == to.segment) {
        const int64_t apart = along - from.along_cm;
        const int64_t straight =
            apart >= 0 ? part(n, 2 * to.segment, apart) : part(n, 2 * to.segment + 1, -apart);

        best = straight < best ? straight : best;
    }
    return best < NEVER ? best : NEVER;
}

/* ------------------------------------------------------------------ pairs */

static struct spot at_node(const struct network *n, int32_t node)
{
    const int32_t edge = n->out_edge[n->first_out[node]];

    return (struct spot){ edge / 2, edge % 2 ? n->length_cm[edge / 2] : 0 };
}

/* A junction where some street ends. */
static int32_t random_node(struct bench *b)
{
    int32_t node;

    do
        node = town_pick(&b->dice, b->n->node_count);
    while (b->n->first_out[node] == b->n->first_out[node + 1]);
    return node;
}

static int32_t compare_pairs(struct bench *b, const int32_t *from, const int32_t *to, int32_t count)
{
    const struct labels *labels = roads_labels(b->roads, MODE);
    int32_t same = 0;

    for (int32_t i = 0; i < count; i++) {
        const int32_t source = from[i / TARGETS_A_SOURCE];

        if (i % TARGETS_A_SOURCE == 0)
            search(b, at_node(b->n, source));
        const int64_t want = b->plain[to[i]];
        const int32_t got = labels_distance(labels, source, to[i]);

        same += want == NEVER ? got >= METRIC_NEVER : got == want;
    }
    return same;
}

static void pairs(struct bench *b, int32_t count)
{
    enum { ASKED = 1000000 };
    const struct labels *labels = roads_labels(b->roads, MODE);
    int32_t *from = arena_take(b->arena, ASKED, sizeof *from);
    int32_t *to = arena_take(b->arena, ASKED, sizeof *to);
    char figure[FIGURE_MAX], bar[40];
    int64_t sum = 0;

    for (int32_t i = 0; i < ASKED; i++) {
        from[i] = random_node(b);
        to[i] = random_node(b);
    }
    const double start_s = cpu_s();

    for (int32_t i = 0; i < ASKED; i++)
        sum += labels_distance(labels, from[i], to[i]);
    const double each_us = (cpu_s() - start_s) / ASKED * 1e6;

    snprintf(figure, sizeof figure, "%.3f us of CPU (mean cost %.0f s)", each_us,
             (double)sum / ASKED / 1000);
    report(b, "distance of a random pair, mean", figure, b->is_real ? "0.2 us" : NULL,
           each_us <= 0.2);
    const int32_t same = compare_pairs(b, from, to, count);

    snprintf(figure, sizeof figure, "%d of %d", same, count);
    snprintf(bar, sizeof bar, "%d of %d", count, count);
    report(b, "pairs that cost what plain Dijkstra says", figure, bar, same == count);
}

/* ------------------------------------------------------------------ tables */

static int by_time(const void *left, const void *right)
{
    const double a = *(const double *)left, c = *(const double *)right;

    return (a > c) - (a < c);
}

static struct spot within_street(struct bench *b)
{
    const int32_t segment = town_pick(&b->dice, b->n->segment_count);
    const int32_t length = (int32_t)b->n->length_cm[segment];

    return (struct spot){ segment, (uint32_t)(1 + town_pick(&b->dice, length - 1)) };
}

struct table {
    bool is_within; /* streets, else at junctions */
    int32_t from_count, to_count;
    double bar_ms;
};

static void draw(struct bench *b, const struct table *t, struct spot *spots, int32_t count)
{
    for (int32_t i = 0; i < count; i++)
        spots[i] = t->is_within ? within_street(b) : at_node(b->n, random_node(b));
}

static void compare_table(struct bench *b, const struct matrix_wish *w, const char *name,
                          const uint32_t *costs)
{
    char figure[FIGURE_MAX], bar[40];
    const int32_t step = w->from_count > COMPARED ? w->from_count / COMPARED : 1;
    int32_t asked = 0, same = 0;

    for (int32_t i = 0; i < w->from_count; i += step) {
        search(b, w->from[i]);
        for (int32_t k = 0; k < w->to_count; k++, asked++)
            same += plain_cost(b, w->from[i], w->to[k]) == costs[i * w->to_count + k];
    }
    snprintf(figure, sizeof figure, "%d of %d", same, asked);
    snprintf(bar, sizeof bar, "%d of %d", asked, asked);
    report(b, name, figure, bar, same == asked);
}

static void one_table(struct bench *b, const struct table *t, struct matrix_room *room,
                      uint32_t *costs)
{
    struct spot from[TABLE_MAX], to[TABLE_MAX];
    const struct matrix_wish wish = { MODE, from, to, t->from_count, t->to_count };
    const int32_t rounds = t->to_count == TABLE_MAX ? 21 : ROUNDS_MAX;
    double taken_s[ROUNDS_MAX];
    char name[FIGURE_MAX], figure[FIGURE_MAX], bar[40];

    for (int32_t round = 0; round < rounds; round++) {
        draw(b, t, from, t->from_count);
        draw(b, t, to, t->to_count);
        const double start_s = cpu_s();

        matrix_find(b->roads, &wish, room, costs);
        taken_s[round] = cpu_s() - start_s;
    }
    qsort(taken_s, (size_t)rounds, sizeof *taken_s, by_time);
    const double middle_ms = taken_s[rounds / 2] * 1000;

    snprintf(name, sizeof name, "%d x %d %s%s", t->from_count, t->to_count,
             t->is_within ? "places within streets" : "junctions",
             roads_labels(b->roads, MODE) ? "" : ", labels out of date");
    snprintf(figure, sizeof figure, "%.3f ms of CPU (best %.3f, worst %.3f)", middle_ms,
             taken_s[0] * 1000, taken_s[rounds - 1] * 1000);
    snprintf(bar, sizeof bar, "%g ms", t->bar_ms);
    report(b, name, figure, b->is_real && t->bar_ms > 0 ? bar : NULL, middle_ms <= t->bar_ms);
    snprintf(name + strlen(name), 40, ", as plain Dijkstra");
    compare_table(b, &wish, name, costs);
}

static void tables(struct bench *b)
{
    static const struct table TABLES[] = {
        { false, 1, 100, 0.02 },
        { true, 1, 100, 0 },
        { true, 100, 1, 0 },
        { true, 100, 100, 0.5 },
        { true, TABLE_MAX, TABLE_MAX, 25 },
    };
    struct matrix_room *room = matrix_room_new();
    uint32_t *costs = arena_take(b->arena, (size_t)TABLE_MAX * TABLE_MAX, sizeof *costs);

    for (size_t i = 0; i < sizeof TABLES / sizeof *TABLES; i++)
        one_table(b, &TABLES[i], room, costs);

    /* As right after a change; nothing is promised of the time. */
    for (uint32_t more = 2; more > 0; more--) {
        const struct roads_change change = { 0, b->n->cost_ms[MODE][0] + more - 1 };

        roads_change(b->roads, MODE, &change, 1);
    }
    one_table(b, &(struct table){ true, 1, 100, 0 }, room, costs);
    one_table(b, &(struct table){ true, TABLE_MAX, TABLE_MAX, 0 }, room, costs);
    matrix_room_free(room);
}

/* ------------------------------------------------------------------ */

static const struct network *spoiled(const struct network *n, struct arena *a)
{
    const size_t edges = 2 * (size_t)n->segment_count;
    struct network *out = arena_take(a, 1, sizeof *out);
    uint32_t *cost = arena_take(a, edges, sizeof *cost);

    *out = *n;
    memcpy(cost, n->cost_ms[MODE], edges * sizeof *cost);
    for (size_t e = 0; e < edges; e += CONTROL_EVERY)
        cost[e]--;
    out->cost_ms[MODE] = cost;
    return out;
}

int main(int argc, char **argv)
{
    if (argc < 4 || (strcmp(argv[1], "pairs") == 0 && argc < 5)) {
        fprintf(stderr, "usage: bench_distances pairs FILE SEED COUNT [control] | table FILE SEED "
                        "[control]\n");
        return 2;
    }
    const bool is_pairs = strcmp(argv[1], "pairs") == 0;
    const bool is_real = strcmp(argv[2], "made-up") != 0;
    const uint64_t seed = strtoull(argv[3], NULL, 10);
    struct arena *a = arena_new();
    struct bench b = { .arena = a, .dice = { seed + 1 }, .is_real = is_real };

    b.n = is_real ? dimacs_network(argv[2], seed, a) : dimacs_made_up(MADE_UP_SIDE, seed, a);
    if (!b.n) {
        fprintf(stderr, "%s: there is no such file\n", argv[2]);
        return 2;
    }
    b.judge = strcmp(argv[argc - 1], "control") == 0 ? spoiled(b.n, a) : b.n;
    b.roads = town_roads(b.n, a);
    b.plain = arena_take(a, (size_t)b.n->node_count, sizeof *b.plain);
    if (is_pairs)
        pairs(&b, (int32_t)strtol(argv[4], NULL, 10));
    else
        tables(&b);
    buf_free(&b.pile);
    arena_free(a);
    return b.missed > 0;
}
