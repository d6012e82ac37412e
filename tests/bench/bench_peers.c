/* The engine's half of the bar peers:
 *
 *   bench_peers ADDRESS SEED PEOPLE QUESTIONS TABLE FOLDER [control]
 *
 * People drive, and stand at random junctions; at other junctions the ten nearest are asked
 * for, ways between pairs, and what it costs between TABLE of them and TABLE others. Writes
 * into FOLDER, tab separated, what the others need to answer the same questions
 * (people: id, node, lon, lat; places: number, node, lon, lat, from, to; ends: number, from,
 * to) and what it found (nearest: number, person, ms; routes: number, ms; table: from, to, ms),
 * and prints how long each took, the middle of many, in microseconds of wall time. Turn
 * restrictions are left out on both sides. With `control` one edge in a hundred is a
 * millisecond cheaper for the engine alone. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/db.h"
#include "engine/streets.h"
#include "geo/road/matrix.h"
#include "geo/road/nearest.h"
#include "geo/road/route.h"
#include "tests/support/town.h"

enum { ARGUMENTS = 7, K = 10, TIMED = 1000, TABLES_TIMED = 20, CONTROL_EVERY = 100 };

struct bench {
    struct arena *arena;
    struct town_dice dice;
    struct streets streets;
    const struct network *n;
    struct roads *roads;
    struct crowd *crowd;
    const char *folder;
    double took_us[TIMED];
};

static void give_up(const char *what, const char *why)
{
    fprintf(stderr, "bench_peers: %s: %s\n", what, why);
    exit(2); // NOLINT(concurrency-mt-unsafe): one thread
}

static double now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int by_number(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;

    return (a > b) - (a < b);
}

static double middle(double *numbers, int32_t count)
{
    qsort(numbers, (size_t)count, sizeof *numbers, by_number);
    return numbers[count / 2];
}

static FILE *open_file(const struct bench *b, const char *name)
{
    FILE *file = fopen(arena_text(b->arena, "%s/%s.tsv", b->folder, name), "w");

    if (!file)
        give_up(name, "cannot be written");
    return file;
}

static int32_t random_node(struct bench *b)
{
    int32_t segment = town_pick(&b->dice, b->n->segment_count);

    while (!network_usable(b->n, MODE_CAR, segment))
        segment = town_pick(&b->dice, b->n->segment_count);
    return town_pick(&b->dice, 2) ? b->n->from[segment] : b->n->to[segment];
}

/* The junction as a spot, on whatever street ends there. */
static struct spot at_node(const struct network *n, int32_t node)
{
    const int32_t edge = n->out_edge[n->first_out[node]];

    return (struct spot){ edge / 2, edge % 2 ? n->length_cm[edge / 2] : 0 };
}

static void write_node(FILE *file, const struct network *n, int32_t node)
{
    fprintf(file, "\t%lld\t%.7f\t%.7f", (long long)n->node_id[node], n->node_at[node].lon / 1e7,
            n->node_at[node].lat / 1e7);
}

static void make_people(struct bench *b, int32_t count)
{
    FILE *file = open_file(b, "people");

    b->crowd = crowd_new(b->n);
    crowd_reserve(b->crowd, count);
    for (int32_t i = 1; i <= count; i++) {
        const int32_t node = random_node(b);

        crowd_put(b->crowd, &(struct crowd_person){ .person_id = i,
                                                    .spot = at_node(b->n, node),
                                                    .mode = MODE_CAR,
                                                    .available = true });
        fprintf(file, "%d", i);
        write_node(file, b->n, node);
        fprintf(file, "\n");
    }
    fclose(file);
}

/* The first `asked` questions are those that the others get. */
static void find_nearest(struct bench *b, int32_t asked)
{
    struct nearest_room *room = nearest_room_new();
    FILE *places = open_file(b, "places");
    FILE *found = open_file(b, "nearest");

    for (int32_t i = 0; i < TIMED; i++) {
        struct arena *a = arena_new();
        const int32_t node = random_node(b);
        struct spot spots[MODE_COUNT] = { [MODE_CAR] = at_node(b->n, node) };
        const struct nearest_wish wish = { .k = K, .modes = 1u << MODE_CAR };
        struct nearest_answer got;
        const double began_us = now_us();

        nearest_at(b->roads, b->crowd, &wish, spots, room, a, &got);
        b->took_us[i] = now_us() - began_us;
        if (i < asked) {
            fprintf(places, "%d", i);
            write_node(places, b->n, node);
            fprintf(places, "\n");
        }
        for (int32_t rank = 0; i < asked && rank < got.count; rank++)
            fprintf(found, "%d\t%lld\t%u\n", i, (long long)got.hits[rank].person.person_id,
                    got.hits[rank].cost_ms);
        arena_free(a);
    }
    fclose(places);
    fclose(found);
    printf("nearest %.2f\n", middle(b->took_us, TIMED));
    nearest_room_free(room);
}

static void find_routes(struct bench *b, int32_t asked)
{
    struct route_room *room = route_room_new();
    FILE *file = open_file(b, "routes");

    for (int32_t i = 0; i < TIMED; i++) {
        struct arena *a = arena_new();
        const int32_t from = random_node(b);
        int32_t to = random_node(b);
        struct route route;
        struct fail f;

        while (to == from)
            to = random_node(b);
        const double began_us = now_us();
        const bool is_found = route_find(b->roads, MODE_CAR, at_node(b->n, from), at_node(b->n, to),
                                         room, a, &route, &f);

        b->took_us[i] = now_us() - began_us;
        if (i < asked) {
            fprintf(file, "%d\t%lld\t%lld\t", i, (long long)b->n->node_id[from],
                    (long long)b->n->node_id[to]);
            if (is_found)
                fprintf(file, "%u", route.cost_ms);
            fprintf(file, "\n");
        }
        arena_free(a);
    }
    fclose(file);
    printf("route %.2f\n", middle(b->took_us, TIMED));
    route_room_free(room);
}

/* Junctions that are all different, so that each pair is one row for the others. */
static void pick_ends(struct bench *b, int32_t count, int32_t *nodes)
{
    bool *is_taken = arena_take(b->arena, (size_t)b->n->node_count, sizeof *is_taken);

    for (int32_t i = 0; i < count; i++) {
        do
            nodes[i] = random_node(b);
        while (is_taken[nodes[i]]);
        is_taken[nodes[i]] = true;
    }
}

static void find_table(struct bench *b, int32_t side)
{
    const size_t count = (size_t)side;
    int32_t *nodes = arena_take(b->arena, 2 * count, sizeof *nodes);
    struct spot *spots = arena_take(b->arena, 2 * count, sizeof *spots);
    uint32_t *costs = arena_take(b->arena, count * count, sizeof *costs);
    struct matrix_room *room = matrix_room_new();
    const struct matrix_wish wish = { MODE_CAR, spots, spots + count, side, side };
    FILE *file = open_file(b, "table");

    pick_ends(b, 2 * side, nodes);
    for (int32_t i = 0; i < 2 * side; i++)
        spots[i] = at_node(b->n, nodes[i]);
    for (int32_t i = 0; i < TABLES_TIMED; i++) {
        const double began_us = now_us();

        matrix_find(b->roads, &wish, room, costs);
        b->took_us[i] = now_us() - began_us;
    }
    for (int32_t i = 0; i < side * side; i++) {
        fprintf(file, "%lld\t%lld\t", (long long)b->n->node_id[nodes[i / side]],
                (long long)b->n->node_id[nodes[side + i % side]]);
        if (costs[i] < NETWORK_COST_NEVER)
            fprintf(file, "%u", costs[i]);
        fprintf(file, "\n");
    }
    fclose(file);
    printf("table %.2f\n", middle(b->took_us, TABLES_TIMED));
    matrix_room_free(room);
}

static void spoil(struct bench *b)
{
    const size_t edges = 2 * (size_t)b->n->segment_count;
    uint32_t *cost = arena_take(b->arena, edges, sizeof *cost);

    memcpy(cost, b->n->cost_ms[MODE_CAR], edges * sizeof *cost);
    for (size_t edge = 0; edge < edges; edge += CONTROL_EVERY)
        cost[edge] -= cost[edge] < NETWORK_COST_NEVER;
    b->streets.network.cost_ms[MODE_CAR] = cost;
}

static void open_city(struct bench *b, const char *address, bool is_spoilt)
{
    struct fail f;
    struct db *db = db_open(address, &f);

    if (!db || !streets_load(db, NULL, b->arena, &b->streets, &f))
        give_up(address, f.text);
    db_close(db);
    b->n = &b->streets.network;
    b->streets.network.ban_count = 0;
    if (is_spoilt)
        spoil(b);
    b->roads = town_roads(b->n, b->arena);
}

int main(int argc, char **argv)
{
    if (argc < ARGUMENTS)
        give_up("usage", "bench_peers ADDRESS SEED PEOPLE QUESTIONS TABLE FOLDER [control]");
    struct bench b = { .arena = arena_new(),
                       .dice = { strtoull(argv[2], NULL, 10) },
                       .folder = argv[6] };
    const int32_t asked = (int32_t)strtol(argv[4], NULL, 10);

    if (asked < 1 || asked > TIMED)
        give_up(argv[4], "1 to 1000 questions");
    open_city(&b, argv[1], argc > ARGUMENTS);
    make_people(&b, (int32_t)strtol(argv[3], NULL, 10));
    find_nearest(&b, asked);
    find_routes(&b, asked);
    find_table(&b, (int32_t)strtol(argv[5], NULL, 10));
    crowd_free(b.crowd);
    arena_free(b.arena);
    return 0;
}
