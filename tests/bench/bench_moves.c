/* How many people a second can move on the streets, on one thread:
 *
 *   bench_moves NETWORK SEED PEOPLE SECONDS [control]
 *
 * NETWORK as for bench_nearest. First the index alone: people chosen at random move to
 * the next street, and to places anywhere in the city, which is the worst for memory. Then
 * positions as they come from outside, some metres off a street: each is snapped and its person
 * moved; only where the streets have real places. At the end everyone must stand where she was last
 * sent, on the street and in each list; with `control` one move in a million is kept from
 * the index, which must be noticed. Prints a tab-separated line a figure. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/db.h"
#include "engine/streets.h"
#include "geo/road/crowd.h"
#include "geo/road/snap.h"
#include "tests/bench/dimacs.h"
#include "tests/support/town.h"

enum { ARGUMENTS = 5, BATCH = 256, PREPARED = 1 << 20 };

struct bench {
    struct arena *arena;
    struct town_dice dice;
    struct streets streets;
    const struct network *n;
    bool is_city; /* with places that can be snapped */
    struct crowd *crowd;
    int32_t people;
    struct spot *last; /* by id - 1 */
    struct crowd_move *moves;
    bool is_control;
};

static void give_up(const char *what, const char *why)
{
    fprintf(stderr, "bench_moves: %s: %s\n", what, why);
    exit(2); // NOLINT(concurrency-mt-unsafe): one thread
}

static double now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void open_city(struct bench *b, const char *what)
{
    struct fail f = { 0 };
    char *end;
    const long side = strtol(what, &end, 10);

    if (strstr(what, ".gr.xz"))
        b->n = dimacs_network(what, b->dice.state, b->arena);
    else if (!*end)
        b->n = dimacs_made_up((int32_t)side, b->dice.state, b->arena);
    else {
        struct db *db = db_open(what, &f);

        if (!db || !streets_load(db, NULL, b->arena, &b->streets, &f))
            give_up(what, f.text);
        db_close(db);
        b->n = &b->streets.network;
        b->is_city = true;
    }
    if (!b->n)
        give_up(what, "is not there");
}

static void make_people(struct bench *b)
{
    b->crowd = crowd_new(b->n);
    crowd_reserve(b->crowd, b->people);
    b->last = arena_take(b->arena, (size_t)b->people, sizeof *b->last);
    for (int32_t i = 0; i < b->people; i++) {
        b->last[i] = town_spot(&b->dice, b->n);
        crowd_put(b->crowd, &(struct crowd_person){ .person_id = i + 1,
                                                    .spot = b->last[i],
                                                    .mode = (enum mode)(i % MODE_COUNT),
                                                    .skills = town_roll(&b->dice) % 256,
                                                    .available = i % 10 > 0 });
    }
}

/* A street that begins or ends where this one does. */
static struct spot next_door(struct bench *b, struct spot spot)
{
    const int32_t node = town_pick(&b->dice, 2) ? b->n->from[spot.segment] : b->n->to[spot.segment];
    const int32_t first = b->n->first_out[node];
    const int32_t edge =
        b->n->out_edge[first + town_pick(&b->dice, b->n->first_out[node + 1] - first)];

    return (struct spot){ edge >> 1, b->n->length_cm[edge >> 1] / 2 };
}

/* Moves drawn beforehand, each made once, so that each person is where she was left. */
static void draw(struct bench *b, bool is_far)
{
    for (int32_t i = 0; i < PREPARED; i++) {
        const int32_t slot = town_pick(&b->dice, b->people);
        struct spot *last = &b->last[crowd_id(b->crowd, slot) - 1];

        *last = is_far ? town_spot(&b->dice, b->n) : next_door(b, *last);
        b->moves[i] = (struct crowd_move){ slot, *last };
    }
}

static void roam(struct bench *b, double seconds, bool is_far)
{
    double took_s = 0;
    int64_t count = 0;

    while (took_s < seconds) {
        draw(b, is_far);
        const double start_s = now_s();

        crowd_move(b->crowd, b->moves, PREPARED - b->is_control);
        took_s += now_s() - start_s;
        count += PREPARED;
    }
    printf("%s\t%.1f\tmillion moves a second\n", is_far ? "anywhere" : "next door",
           (double)count / took_s / 1e6);
}

/* A position as a phone sends it: near where somebody can be, up to some 15 m off. */
static struct point position(struct bench *b)
{
    struct point p = network_point(b->n, town_spot(&b->dice, b->n));

    p.lon += (town_pick(&b->dice, 2001) - 1000) * 1.8e-7;
    p.lat += (town_pick(&b->dice, 2001) - 1000) * 1.35e-7;
    return p;
}

static void report(struct bench *b, double seconds)
{
    struct snap_index *index = snap_index_new(b->n);
    struct point *points = arena_take(b->arena, PREPARED, sizeof *points);
    int64_t count = 0, lost = 0;

    for (int32_t i = 0; i < PREPARED; i++)
        points[i] = position(b);
    const double start_s = now_s();

    for (int32_t at = 0; now_s() - start_s < seconds; at = (at + BATCH) % PREPARED) {
        struct crowd_move batch[BATCH];
        int32_t found = 0;

        for (int32_t i = at; i < at + BATCH; i++) {
            const int64_t id = crowd_id(b->crowd, b->moves[i].slot);
            struct snap snap;
            struct fail f;

            if (!snap_to(index, (enum mode)((id - 1) % MODE_COUNT), points[i], &snap, &f)) {
                lost++;
                continue;
            }
            batch[found++] = (struct crowd_move){ crowd_find(b->crowd, id), snap.spot };
            b->last[id - 1] = snap.spot;
        }
        crowd_move(b->crowd, batch, found);
        count += BATCH;
    }
    printf("positions\t%.0f\tsnapped and moved a second (%lld of %lld without a street)\n",
           (double)count / (now_s() - start_s), (long long)lost, (long long)count);
    snap_index_free(index);
}

/* Everyone is where she was sent, and in one list alone. */
static int64_t misplaced(const struct bench *b)
{
    int64_t wrong = 0, seen = 0;

    for (int32_t i = 0; i < b->people; i++) {
        struct crowd_person p;

        if (!crowd_get(b->crowd, i + 1, &p) || p.spot.segment != b->last[i].segment ||
            p.spot.along_cm != b->last[i].along_cm)
            wrong++;
    }
    for (int32_t segment = 0; segment < b->n->segment_count; segment++) {
        struct crowd_person p;

        for (int32_t cursor = -1; crowd_next(b->crowd, segment, &cursor, &p); seen++)
            wrong += p.spot.segment != segment;
    }
    return wrong + llabs(seen - b->people);
}

int main(int argc, char **argv)
{
    if (argc < ARGUMENTS)
        give_up("usage", "bench_moves NETWORK SEED PEOPLE SECONDS [control]");
    struct bench b = { .arena = arena_new(),
                       .dice = { strtoull(argv[2], NULL, 10) },
                       .people = (int32_t)strtol(argv[3], NULL, 10),
                       .is_control = argc > ARGUMENTS };
    const double seconds = strtod(argv[4], NULL);

    if (b.people < 1)
        give_up(argv[3], "there must be people");
    open_city(&b, argv[1]);
    make_people(&b);
    b.moves = arena_take(b.arena, PREPARED, sizeof *b.moves);
    roam(&b, seconds, true);
    roam(&b, seconds, false);
    if (b.is_city && !b.is_control)
        report(&b, seconds);
    const int64_t wrong = misplaced(&b);

    printf("misplaced\t%lld\tof %d\n", (long long)wrong, b.people);
    crowd_free(b.crowd);
    arena_free(b.arena);
    return wrong ? 1 : 0;
}
