/* A network of a million junctions and more, for one mode:
 *
 *   bench_large NET SEED PEOPLE PAIRS PLACES [control]
 *
 * NET is a *.gr.xz of DIMACS, or the side of a made-up net. Prints "name figure" lines:
 * CPU times of this thread, memory at its highest before the plain search begins, and how many
 * answers equal those of a plain Dijkstra over the edges. With `control` one edge in ten costs a
 * millisecond more for the plain search alone: then the answers must differ. Exits 1 when some do.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "geo/road/nearest.h"
#include "geo/road/roads.h"
#include "tests/bench/dimacs.h"
#include "tests/support/pile.h"
#include "tests/support/town.h"

enum {
    ARGUMENTS = 6,
    K = 10,
    ONE_IN = 1000, /* has the skill */
    TARGETS = 100, /* pairs for each plain search */
    ROUNDS = 3,    /* of re-weighting */
    TIMED_PAIRS = 1000000,
    CONTROL_EVERY = 10,
};

struct rival {
    int64_t cost_ms;
    int64_t person_id;
};

/* A question and the engine's answer. */
struct asked {
    int32_t place; /* a junction */
    int32_t count;
    struct rival best[K];
};

struct bench {
    struct arena *arena;
    struct town_dice dice;
    const struct network *n;
    struct graph graph;
    struct hierarchy hierarchy;
    struct roads *roads;
    struct crowd *crowd;
    uint32_t *plain_cost; /* per edge */
    int64_t *cost;        /* per node */
    int32_t *round;       /* per node: the search that its cost is of */
    int32_t rounds;
    struct buf pile;
    int32_t *list; /* people with the skill by their segment */
    int32_t pairs, places;
    int32_t *ends; /* of pairs, two each */
    uint32_t *distances;
    struct asked *asked;
};

static void give_up(const char *what, const char *why)
{
    fprintf(stderr, "bench_large: %s: %s\n", what, why);
    exit(2); // NOLINT(concurrency-mt-unsafe): one thread
}

static double cpu_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int by_size(const void *one, const void *other)
{
    const double a = *(const double *)one, b = *(const double *)other;

    return (a > b) - (a < b);
}

/* ------------------------------------------------------------------ the plain search */

static void push(struct bench *b, int64_t cost, int32_t node)
{
    if (b->round[node] == b->rounds && b->cost[node] <= cost)
        return;
    b->round[node] = b->rounds;
    b->cost[node] = cost;
    pile_put(&b->pile, cost, node);
}

static void begin(struct bench *b)
{
    b->rounds++;
    buf_clear(&b->pile);
}

/* From one node to all. */
static void search_all(struct bench *b, int32_t from)
{
    begin(b);
    push(b, 0, from);
    while (b->pile.size > 0) {
        const struct pile_entry top = pile_take(&b->pile);

        if (top.cost > b->cost[top.node])
            continue;
        for (int32_t i = b->n->first_out[top.node]; i < b->n->first_out[top.node + 1]; i++) {
            const int32_t edge = b->n->out_edge[i];

            push(b, top.cost + b->plain_cost[edge], network_head(b->n, edge));
        }
    }
}

/* ------------------------------------------------------------------ distances */

/* The first of each pair of the compared ones stays the same for TARGETS of them. */
static int32_t start_of(const struct bench *b, int32_t pair)
{
    return b->ends[pair / TARGETS];
}

static void ask_distances(struct bench *b)
{
    int32_t *room = arena_take(b->arena, 2 * (size_t)b->hierarchy.height, sizeof *room);
    uint64_t sum = 0;

    b->ends = arena_take(b->arena, 2 * (size_t)TIMED_PAIRS, sizeof *b->ends);
    b->distances = arena_take(b->arena, (size_t)b->pairs, sizeof *b->distances);
    for (int32_t i = 0; i < 2 * TIMED_PAIRS; i++)
        b->ends[i] = town_pick(&b->dice, b->n->node_count);
    const double begun = cpu_s();

    for (int32_t i = 0; i < TIMED_PAIRS; i++)
        sum += roads_distance(b->roads, MODE_CAR, b->ends[2 * (size_t)i],
                              b->ends[2 * (size_t)i + 1], room);
    printf("distance_us %.3f\n", (cpu_s() - begun) * 1e6 / TIMED_PAIRS);
    fprintf(stderr, "sum of all distances: %llu ms\n", (unsigned long long)sum);
    for (int32_t i = 0; i < b->pairs; i++)
        b->distances[i] =
            roads_distance(b->roads, MODE_CAR, start_of(b, i), b->ends[TIMED_PAIRS + i], room);
}

static int compare_distances(struct bench *b)
{
    int32_t agreed = 0;

    for (int32_t i = 0; i < b->pairs; i++) {
        const int32_t to = b->ends[TIMED_PAIRS + i];

        if (i % TARGETS == 0)
            search_all(b, start_of(b, i));
        agreed += b->distances[i] ==
                  (b->round[to] == b->rounds ? b->cost[to] : (int64_t)NETWORK_COST_NEVER);
    }
    printf("distances_agreed %d\n", agreed);
    return agreed < b->pairs;
}

/* ------------------------------------------------------------------ the nearest */

static void offer(struct rival *best, int32_t *count, int64_t cost_ms, int64_t person_id)
{
    int32_t i;

    for (i = 0; i < *count; i++)
        if (best[i].person_id == person_id) {
            if (best[i].cost_ms <= cost_ms)
                return;
            memmove(best + i, best + i + 1, (size_t)(*count - i - 1) * sizeof *best);
            --*count;
            break;
        }
    for (i = *count;
         i > 0 && (best[i - 1].cost_ms > cost_ms ||
                   (best[i - 1].cost_ms == cost_ms && best[i - 1].person_id > person_id));
         i--)
        best[i] = best[i - 1];
    best[i] = (struct rival){ cost_ms, person_id };
    *count += *count < K;
}

/* floor(cost x part / length), as everywhere. */
static int64_t part_of(const struct bench *b, int32_t edge, int64_t part_cm)
{
    return (int64_t)b->plain_cost[edge] * part_cm / b->n->length_cm[edge >> 1];
}

/* Everyone with the skill on a segment, from one of its ends that is `cost` away. */
static void offer_segment(struct bench *b, int32_t leaving, int64_t cost, struct rival *best,
                          int32_t *count)
{
    struct crowd_person p;

    if (b->list[leaving >> 1] == 0)
        return;
    for (int32_t cursor = -1; crowd_next(b->crowd, leaving >> 1, &cursor, &p);) {
        const uint32_t length_cm = b->n->length_cm[leaving >> 1];
        const uint32_t to_go = (leaving & 1) ? length_cm - p.spot.along_cm : p.spot.along_cm;

        if (p.skills)
            offer(best, count, cost + part_of(b, leaving ^ 1, to_go), p.person_id);
    }
}

/* Backwards from a junction until nobody unseen can be among the best. */
static int32_t plain_nearest(struct bench *b, int32_t place, struct rival *best)
{
    int32_t count = 0;

    begin(b);
    push(b, 0, place);
    while (b->pile.size > 0) {
        const struct pile_entry top = pile_take(&b->pile);

        if (count == K && top.cost > best[K - 1].cost_ms)
            break;
        if (top.cost > b->cost[top.node])
            continue;
        for (int32_t i = b->n->first_out[top.node]; i < b->n->first_out[top.node + 1]; i++) {
            const int32_t leaving = b->n->out_edge[i];

            offer_segment(b, leaving, top.cost, best, &count);
            push(b, top.cost + b->plain_cost[leaving ^ 1], network_head(b->n, leaving));
        }
    }
    return count;
}

static void ask_nearest(struct bench *b)
{
    struct nearest_room *room = nearest_room_new();
    double *taken = arena_take(b->arena, (size_t)b->places, sizeof *taken);
    struct arena *a = arena_new();

    b->asked = arena_take(b->arena, (size_t)b->places, sizeof *b->asked);
    for (int32_t i = 0; i < b->places; i++) {
        const struct spot place = { town_pick(&b->dice, b->n->segment_count), 0 };
        const struct spot spots[MODE_COUNT] = { place, place, place };
        const struct nearest_wish wish = { .k = K, .modes = 1u << MODE_CAR, .skills_all = 1 };
        struct asked *asked = &b->asked[i];
        struct nearest_answer got;

        arena_reset(a);
        const double begun = cpu_s();

        nearest_at(b->roads, b->crowd, &wish, spots, room, a, &got);
        taken[i] = (cpu_s() - begun) * 1e6;
        asked->place = b->n->from[place.segment];
        asked->count = got.count;
        for (int32_t k = 0; k < got.count; k++)
            asked->best[k] = (struct rival){ got.hits[k].cost_ms, got.hits[k].person.person_id };
    }
    qsort(taken, (size_t)b->places, sizeof *taken, by_size);
    printf("nearest_us %.1f\nnearest_p99_us %.1f\n", taken[b->places / 2],
           taken[b->places * 99 / 100]);
    nearest_room_free(room);
    arena_free(a);
}

static int compare_nearest(struct bench *b)
{
    int32_t agreed = 0;

    for (int32_t i = 0; i < b->places; i++) {
        const struct asked *asked = &b->asked[i];
        struct rival best[K + 1];
        bool is_same = plain_nearest(b, asked->place, best) == asked->count;

        for (int32_t k = 0; is_same && k < asked->count; k++)
            is_same = asked->best[k].cost_ms == best[k].cost_ms &&
                      asked->best[k].person_id == best[k].person_id;
        agreed += is_same;
    }
    printf("nearest_agreed %d\n", agreed);
    return agreed < b->places;
}

static void make_people(struct bench *b, int32_t count)
{
    b->crowd = crowd_new(b->n);
    b->list = arena_take(b->arena, (size_t)b->n->segment_count, sizeof *b->list);
    crowd_reserve(b->crowd, count);
    for (int32_t i = 0; i < count; i++) {
        const struct crowd_person p = { .person_id = i + 1,
                                        .spot = town_spot(&b->dice, b->n),
                                        .mode = MODE_CAR,
                                        .available = true,
                                        .skills = town_pick(&b->dice, ONE_IN) == 0 };

        crowd_put(b->crowd, &p);
        b->list[p.spot.segment] += p.skills != 0;
    }
}

/* ------------------------------------------------------------------ the roads */

static void make_roads(struct bench *b)
{
    const struct roads_base base = { b->n, &b->graph, &b->hierarchy };
    struct fail f = { 0 };
    double begun = cpu_s();

    graph_take(b->n, b->arena, &b->graph);
    if (!roads_hierarchy(&b->graph, b->arena, &b->hierarchy, &f))
        give_up("the hierarchy", f.text);
    printf("order_and_topology_s %.2f\n", cpu_s() - begun);
    printf("nodes %d\narcs %d\nheight %d\n", b->graph.state_count, b->hierarchy.arc_count,
           b->hierarchy.height);
    begun = cpu_s();
    b->roads = roads_new_for(&base, 1u << MODE_CAR);
    fprintf(stderr, "roads for the first time: %.2f s\n", cpu_s() - begun);
}

/* All costs anew, labels too; the middle of some rounds, the last with the costs that count. */
static void re_weight(struct bench *b)
{
    const size_t edges = 2 * (size_t)b->n->segment_count;
    uint32_t *cost = malloc(edges * sizeof *cost);
    double taken[ROUNDS];

    if (!cost)
        abort();
    for (int32_t round = 0; round < ROUNDS; round++) {
        for (size_t e = 0; e < edges; e++)
            cost[e] = b->n->cost_ms[MODE_CAR][e] + (round < ROUNDS - 1 ? (uint32_t)(e % 7) : 0);
        const double begun = cpu_s();

        roads_draft(b->roads, MODE_CAR, cost);
        roads_adopt(b->roads, MODE_CAR);
        roads_tidy(b->roads, MODE_CAR);
        roads_label(b->roads, MODE_CAR);
        roads_labelled(b->roads, MODE_CAR);
        taken[round] = cpu_s() - begun;
    }
    free(cost);
    qsort(taken, ROUNDS, sizeof *taken, by_size);
    printf("re_weight_s %.2f\n", taken[ROUNDS / 2]);
}

static void prepare_plain(struct bench *b, bool is_control)
{
    const size_t edges = 2 * (size_t)b->n->segment_count;
    const size_t nodes = (size_t)b->n->node_count;

    b->plain_cost = arena_take(b->arena, edges, sizeof *b->plain_cost);
    for (size_t e = 0; e < edges; e++)
        b->plain_cost[e] = b->n->cost_ms[MODE_CAR][e] + (is_control && e % CONTROL_EVERY == 0);
    b->cost = arena_take(b->arena, nodes, sizeof *b->cost);
    b->round = arena_take(b->arena, nodes, sizeof *b->round);
}

int main(int argc, char **argv)
{
    if (argc < ARGUMENTS)
        give_up("usage", "bench_large NET SEED PEOPLE PAIRS PLACES [control]");
    const uint64_t seed = strtoull(argv[2], NULL, 10);
    struct bench b = { .arena = arena_new(),
                       .dice = { seed },
                       .pairs = (int32_t)strtol(argv[4], NULL, 10),
                       .places = (int32_t)strtol(argv[5], NULL, 10) };
    const int32_t side = (int32_t)strtol(argv[1], NULL, 10);
    struct rusage usage;

    b.n = side > 0 ? dimacs_made_up(side, seed, b.arena) : dimacs_network(argv[1], seed, b.arena);
    if (!b.n)
        give_up(argv[1], "is not there");
    make_roads(&b);
    re_weight(&b);
    make_people(&b, (int32_t)strtol(argv[3], NULL, 10));
    ask_distances(&b);
    ask_nearest(&b);
    getrusage(RUSAGE_SELF, &usage);
    printf("memory_gib %.2f\n", (double)usage.ru_maxrss / (1 << 20));
    prepare_plain(&b, argc > ARGUMENTS && strcmp(argv[ARGUMENTS], "control") == 0);
    const int differ = compare_distances(&b) + compare_nearest(&b);

    crowd_free(b.crowd);
    roads_free(b.roads);
    buf_free(&b.pile);
    arena_free(b.arena);
    return differ > 0;
}
