/* Closing and opening streets on a road graph of real shape.
 *
 *   bench_closure FILE SEED STREETS CHANGES [control]
 *
 * FILE is a DIMACS graph, or the word made-up. STREETS random streets are closed to all and
 * opened again, one at a time: how long until the next answer, and until the labels are up
 * to date. All costs are exchanged at once. After CHANGES closings and openings in any
 * order, of one street or some, everything that answers are made of is compared with roads
 * that are made so, and answers on the way with a plain Dijkstra. Prints lines of name,
 * figure, bar and verdict, parted by tabs, and "#" and a figure that is only told, as all
 * times are of a made-up net; exits 1 when something is missed. With `control` one cost is
 * a millisecond more where they are made so: then they must differ. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "geo/road/queue.h"
#include "tests/bench/dimacs.h"

enum {
    MADE_UP_SIDE = 120,
    ANSWERS = 3, /* compared with Dijkstra, each time */
    COMPARE_EVERY = 50,
    CITY_ROUNDS = 7,
    TOGETHER = 5, /* streets of one change */
    LABELS_EVERY = 500,
    NEXT_MAX_MS = 20,
    CITY_MAX_MS = 200,
    FIGURE_MAX = 1200,
};

struct bench {
    struct arena *arena;
    struct town_dice dice;
    const struct network *n;
    struct roads *roads;
    bool is_real, is_control;
    int32_t *room;
    uint32_t *plain; /* by node */
    struct queue queue;
    uint8_t *shut; /* by edge: bits of modes it is closed to */
    int64_t answers, equal;
    int missed;
};

static double cpu_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
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

static int by_size(const void *one, const void *other)
{
    const double a = *(const double *)one, b = *(const double *)other;

    return (a > b) - (a < b);
}

static void report_times(struct bench *b, const char *name, double *ms, int32_t count, double max)
{
    char figure[FIGURE_MAX], bar[FIGURE_MAX];

    qsort(ms, (size_t)count, sizeof *ms, by_size);
    snprintf(figure, sizeof figure, "worst of %d %.2f ms, p50 %.2f, p99 %.2f", count, ms[count - 1],
             ms[count / 2], ms[count * 99 / 100]);
    snprintf(bar, sizeof bar, "≤ %.0f ms", max);
    report(b, name, figure, b->is_real && max > 0 ? bar : NULL, ms[count - 1] <= max);
}

/* ------------------------------------------------------------------ plain Dijkstra */

static void offer(struct bench *b, int32_t node, uint32_t cost)
{
    if (cost >= b->plain[node])
        return;
    b->plain[node] = cost;
    queue_put(&b->queue, (struct queue_item){ cost, node, node });
}

/* Costs from a junction to all others, with the costs of now. */
static void search(struct bench *b, enum mode mode, int32_t from)
{
    const uint32_t *cost = roads_network(b->roads)->cost_ms[mode];

    for (int32_t v = 0; v < b->n->node_count; v++)
        b->plain[v] = NETWORK_COST_NEVER;
    queue_clear(&b->queue);
    offer(b, from, 0);
    while (queue_top(&b->queue)) {
        const struct queue_item at = queue_take(&b->queue);

        if (at.cost > b->plain[at.what])
            continue;
        for (int32_t i = b->n->first_out[at.what]; i < b->n->first_out[at.what + 1]; i++) {
            const int32_t edge = b->n->out_edge[i];

            offer(b, network_head(b->n, edge), network_add(at.cost, cost[edge]));
        }
    }
}

static void compare_answers(struct bench *b)
{
    for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
        const int32_t from = town_pick(&b->dice, b->n->node_count);

        search(b, mode, from);
        for (int32_t i = 0; i < ANSWERS; i++) {
            const int32_t to = town_pick(&b->dice, b->n->node_count);

            b->answers++;
            b->equal += roads_distance(b->roads, mode, from, to, b->room) == b->plain[to];
        }
    }
}

/* ------------------------------------------------------------------ one street */

static uint32_t cost_now(const struct bench *b, enum mode mode, int32_t edge)
{
    return b->shut[edge] >> mode & 1 ? NETWORK_COST_NEVER : b->n->cost_ms[mode][edge];
}

/* Both sides of a street become what `shut` says. */
static void change(struct bench *b, const int32_t *segments, int32_t count)
{
    struct roads_change changes[2 * TOGETHER];

    for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
        for (int32_t i = 0; i < 2 * count; i++) {
            const int32_t edge = 2 * segments[i / 2] + i % 2;

            changes[i] = (struct roads_change){ edge, cost_now(b, mode, edge) };
        }
        roads_change(b->roads, mode, changes, 2 * count);
    }
}

static void label_all(struct bench *b)
{
    for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
        roads_label(b->roads, mode);
        roads_labelled(b->roads, mode);
    }
}

struct times {
    double *next, *labels;
    int32_t count;
};

static void time_street(struct bench *b, int32_t segment, bool is_shut, struct times *t)
{
    const int32_t from = town_pick(&b->dice, b->n->node_count);
    const int32_t to = town_pick(&b->dice, b->n->node_count);
    const double began = cpu_ms();

    b->shut[2 * segment] = b->shut[2 * segment + 1] = is_shut ? 7 : 0;
    change(b, &segment, 1);
    roads_distance(b->roads, MODE_CAR, from, to, b->room);
    const double answered = cpu_ms();

    if (t->count % COMPARE_EVERY == 0)
        compare_answers(b);
    const double labelling = cpu_ms();

    label_all(b);
    t->next[t->count] = answered - began;
    t->labels[t->count++] = cpu_ms() - labelling;
    if (t->count % COMPARE_EVERY == 0)
        compare_answers(b);
}

static void close_streets(struct bench *b, int32_t streets)
{
    struct times t = { arena_take(b->arena, 2 * (size_t)streets, sizeof *t.next),
                       arena_take(b->arena, 2 * (size_t)streets, sizeof *t.labels), 0 };

    for (int32_t i = 0; i < streets; i++) {
        const int32_t segment = town_pick(&b->dice, b->n->segment_count);

        time_street(b, segment, true, &t);
        time_street(b, segment, false, &t);
    }
    report_times(b, "a street closed or opened for three modes, to the next answer", t.next,
                 t.count, NEXT_MAX_MS);
    report_times(b, "until the labels of three modes are up to date", t.labels, t.count, 0);
}

/* ------------------------------------------------------------------ a whole city */

static void exchange(struct bench *b, int32_t modes, const char *name, double max)
{
    const size_t edges = 2 * (size_t)b->n->segment_count;
    uint32_t *costs = arena_take(b->arena, edges, sizeof *costs);
    double ms[CITY_ROUNDS], waits[CITY_ROUNDS];

    for (int32_t round = 0; round < CITY_ROUNDS; round++) {
        const uint32_t factor = 800 + (uint32_t)town_pick(&b->dice, 700);

        ms[round] = waits[round] = 0;
        for (enum mode mode = 0; (int32_t)mode < modes; mode++) {
            for (size_t edge = 0; edge < edges; edge++)
                costs[edge] = b->n->cost_ms[mode][edge] * factor / 1000;
            const double began = cpu_ms();

            roads_draft(b->roads, mode, costs);
            const double drafted = cpu_ms();

            roads_adopt(b->roads, mode);
            waits[round] += cpu_ms() - drafted;
            roads_tidy(b->roads, mode);
            roads_label(b->roads, mode);
            roads_labelled(b->roads, mode);
            ms[round] += cpu_ms() - began;
        }
        compare_answers(b);
    }
    report_times(b, name, ms, CITY_ROUNDS, max);
    if (max <= 0)
        report_times(b, "of which whoever asks waits", waits, CITY_ROUNDS, 0);
    for (enum mode mode = 0; (int32_t)mode < modes; mode++) {
        roads_draft(b->roads, mode, b->n->cost_ms[mode]);
        roads_adopt(b->roads, mode);
        roads_tidy(b->roads, mode);
    }
}

/* ------------------------------------------------------------------ many, in any order */

static void toggle_some(struct bench *b)
{
    int32_t segments[TOGETHER];
    const int32_t count = 1 + town_pick(&b->dice, TOGETHER);

    for (int32_t i = 0; i < count; i++) {
        segments[i] = town_pick(&b->dice, b->n->segment_count);
        b->shut[2 * segments[i] + town_pick(&b->dice, 2)] ^= (uint8_t)(1 + town_pick(&b->dice, 7));
    }
    change(b, segments, count);
}

static bool same_rows(const struct labels *mine, const struct labels *its,
                      const struct hierarchy *h)
{
    for (int32_t rank = 0; rank < h->node_count; rank++) {
        const size_t size = ((size_t)h->depth[rank] + 1) * sizeof(int32_t);

        if (memcmp(labels_up_row(mine, rank), labels_up_row(its, rank), size) != 0 ||
            memcmp(labels_down_row(mine, rank), labels_down_row(its, rank), size) != 0)
            return false;
    }
    return true;
}

static bool same_mode(const struct roads *mine, const struct roads *its, enum mode mode)
{
    const struct hierarchy *h = roads_base(mine)->hierarchy;
    const struct inward *in = roads_inward(mine, mode);
    const size_t arcs = (size_t)h->arc_count * sizeof(int32_t);
    const size_t edges = 2 * (size_t)roads_network(mine)->segment_count * sizeof(uint32_t);
    const struct metric *my = roads_metric(mine, mode);
    const struct metric *other = roads_metric(its, mode);

    return memcmp(roads_network(mine)->cost_ms[mode], roads_network(its)->cost_ms[mode], edges) ==
               0 &&
           memcmp(metric_up(my), metric_up(other), arcs) == 0 &&
           memcmp(metric_down(my), metric_down(other), arcs) == 0 &&
           memcmp(in->arcs, roads_inward(its, mode)->arcs,
                  (size_t)in->arc_count * sizeof *in->arcs) == 0 &&
           roads_labels(mine, mode) && roads_labels(its, mode) &&
           same_rows(roads_labels(mine, mode), roads_labels(its, mode), h);
}

/* Made with the costs that the closures amount to. */
static bool is_as_made(struct bench *b)
{
    const size_t edges = 2 * (size_t)b->n->segment_count;
    struct network n = *b->n;
    struct roads_base base = *roads_base(b->roads);
    bool is_same = true;

    for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
        uint32_t *costs = arena_take(b->arena, edges, sizeof *costs);

        for (size_t edge = 0; edge < edges; edge++)
            costs[edge] = cost_now(b, mode, (int32_t)edge);
        n.cost_ms[mode] = costs;
        if (b->is_control && mode == MODE_CAR)
            costs[town_pick(&b->dice, (int32_t)edges)] += 1;
    }
    base.network = &n;
    struct roads *made = roads_new(&base);

    for (enum mode mode = 0; mode < MODE_COUNT; mode++)
        is_same = is_same && same_mode(b->roads, made, mode);
    roads_free(made);
    return is_same;
}

static void close_and_open(struct bench *b, int32_t changes)
{
    char figure[FIGURE_MAX];
    int32_t builds = 0, same = 0;

    for (int32_t i = 1; i <= changes; i++) {
        toggle_some(b);
        if (i % LABELS_EVERY == 0) {
            compare_answers(b);
            label_all(b);
            compare_answers(b);
        }
        if (i % (changes / 2) == 0) {
            label_all(b);
            builds++;
            same += is_as_made(b);
        }
    }
    snprintf(figure, sizeof figure, "%d of %d builds from scratch the same, bit for bit", same,
             builds);
    report(b, "after random closings and openings", figure, "all", same == builds);
    snprintf(figure, sizeof figure, "%lld of %lld", (long long)b->equal, (long long)b->answers);
    report(b, "answers equal to plain Dijkstra", figure, "all",
           b->equal == b->answers && b->answers > 0);
}

/* ------------------------------------------------------------------ all of it */

static bool open_roads(struct bench *b, const char *file, uint64_t seed)
{
    struct graph *graph = arena_take(b->arena, 1, sizeof *graph);
    struct hierarchy *h = arena_take(b->arena, 1, sizeof *h);
    struct fail f = { 0 };

    b->is_real = strcmp(file, "made-up") != 0;
    b->n = b->is_real ? dimacs_network(file, seed, b->arena)
                      : dimacs_made_up(MADE_UP_SIDE, seed, b->arena);
    if (!b->n) {
        fprintf(stderr, "there is no %s\n", file);
        return false;
    }
    graph_take(b->n, b->arena, graph);
    if (!roads_hierarchy(graph, b->arena, h, &f)) {
        fprintf(stderr, "%s\n", f.text);
        return false;
    }
    b->roads = roads_new(&(struct roads_base){ b->n, graph, h });
    b->room = arena_take(b->arena, 2 * (size_t)h->height, sizeof *b->room);
    b->plain = arena_take(b->arena, (size_t)b->n->node_count, sizeof *b->plain);
    b->shut = arena_take(b->arena, 2 * (size_t)b->n->segment_count, sizeof *b->shut);
    printf("#\tnet: %d nodes, %d streets, %d arcs of the hierarchy\n", b->n->node_count,
           b->n->segment_count, h->arc_count);
    return true;
}

int main(int argc, char **argv)
{
    struct bench b = { .arena = arena_new() };

    if (argc < 5 || argc > 6) {
        fputs("bench_closure FILE SEED STREETS CHANGES [control]\n", stderr);
        return 2;
    }
    const uint64_t seed = strtoull(argv[2], NULL, 10);
    const int32_t streets = (int32_t)strtol(argv[3], NULL, 10);
    const int32_t changes = (int32_t)strtol(argv[4], NULL, 10);

    b.dice.state = seed;
    b.is_control = argc == 6;
    if (streets < 1 || changes < 2 || !open_roads(&b, argv[1], seed))
        return 2;
    close_streets(&b, streets);
    exchange(&b, 1, "all costs of a mode exchanged, labels included", CITY_MAX_MS);
    exchange(&b, MODE_COUNT, "those of three modes", 0);
    close_and_open(&b, changes);
    roads_free(b.roads);
    queue_free(&b.queue);
    arena_free(b.arena);
    return b.missed > 0;
}
