/* The nearest of 600,000 people, timed and compared with a plain Dijkstra:
 *
 *   bench_nearest NETWORK SEED PEOPLE PLACES [control]
 *
 * NETWORK is the address of a database with a city, a *.gr.xz of DIMACS, or the side of a
 * made-up net. Of two crowds everybody walks in the one, and in the other a third each
 * walk, ride and drive; skills are held by 10, 1, 0.5, 0.1 and 0.01 % of them. At each
 * place the ten nearest are asked for by every filter. The plain search goes over the
 * arcs of the graph one mode at a time, backwards from the place through the whole city,
 * and then looks at everybody: it shares the definitions of geo/road/place and nothing
 * else. Prints a tab-separated line a figure: crowd, filter, how many agree, of how many,
 * p50 and p99 in microseconds of this thread, and what the engine did on average. With
 * `control` one person in fifty is somewhere else for the engine: then it must differ. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/db.h"
#include "engine/streets.h"
#include "geo/road/nearest.h"
#include "geo/road/place.h"
#include "tests/bench/dimacs.h"
#include "tests/support/pile.h"
#include "tests/support/town.h"

enum { ARGUMENTS = 5, K = 10, FILTERS = 6, NEVER = INT32_MAX, CONTROL_EVERY = 50 };

/* Of a million people so many have the skill. */
static const int32_t PER_MILLION[FILTERS] = { 1000000, 100000, 10000, 5000, 1000, 100 };

struct rival {
    int64_t cost_ms;
    int64_t person_id;
};

/* The nearest by the plain search, of one crowd by one filter. */
struct best {
    struct rival rivals[K];
    int32_t count;
};

struct people {
    const char *name;
    uint32_t modes;
    struct crowd *crowd;
    struct crowd_person *list;
    int32_t count;
};

struct bench {
    struct arena *arena;
    struct town_dice dice;
    struct streets streets;
    const struct network *n;
    struct roads *roads;
    const struct graph *g;
    int64_t *cost; /* per state */
    struct buf pile;
    struct people crowds[2];
    struct nearest_room *room;
    int32_t places;
    double *taken_us[2][FILTERS];
    int32_t agreed[2][FILTERS];
    int64_t settled[2][FILTERS], listed[2][FILTERS];
};

static void give_up(const char *what, const char *why)
{
    fprintf(stderr, "bench_nearest: %s: %s\n", what, why);
    exit(2); // NOLINT(concurrency-mt-unsafe): one thread
}

static double now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* ------------------------------------------------------------------ the plain search */

static void offer_state(struct bench *b, int64_t cost, int32_t state)
{
    if (cost >= NEVER || cost >= b->cost[state])
        return;
    b->cost[state] = cost;
    pile_put(&b->pile, cost, state);
}

static void search(struct bench *b, enum mode mode, struct spot place)
{
    const struct graph *g = b->g;
    struct place_door doors[PLACE_IN_MAX];
    const int32_t count = place_in(b->n, g, mode, place, doors);

    for (int32_t s = 0; s < g->state_count; s++)
        b->cost[s] = NEVER;
    for (int32_t i = 0; i < count; i++)
        offer_state(b, doors[i].cost_ms, doors[i].state);
    while (b->pile.size > 0) {
        const struct pile_entry top = pile_take(&b->pile);

        if (top.cost > b->cost[top.node])
            continue;
        for (int32_t i = g->first_in[top.node]; i < g->first_in[top.node + 1]; i++) {
            const int32_t arc = g->in_arc[i];

            if (g->arc_modes[arc] & 1u << mode)
                offer_state(b, top.cost + b->n->cost_ms[mode][g->edge[arc]], g->tail[arc]);
        }
    }
}

static int64_t cost_of(const struct bench *b, const struct crowd_person *p, struct spot place)
{
    struct place_door doors[PLACE_OUT_MAX];
    const int32_t count = place_out(b->n, b->g, p->mode, p->spot, doors);
    int64_t best = place_direct(b->n, p->mode, p->spot, place, NULL);

    for (int32_t i = 0; i < count; i++) {
        const int64_t cost = doors[i].cost_ms + b->cost[doors[i].state];

        best = cost < best ? cost : best;
    }
    return best < NEVER ? best : NEVER;
}

static void offer(struct best *best, int64_t cost_ms, int64_t person_id)
{
    int32_t i = best->count;

    while (i > 0 &&
           (cost_ms < best->rivals[i - 1].cost_ms ||
            (cost_ms == best->rivals[i - 1].cost_ms && person_id < best->rivals[i - 1].person_id)))
        i--;
    if (i == K)
        return;
    best->count += best->count < K;
    memmove(&best->rivals[i + 1], &best->rivals[i],
            (size_t)(best->count - 1 - i) * sizeof *best->rivals);
    best->rivals[i] = (struct rival){ cost_ms, person_id };
}

static void expect(struct bench *b, const struct spot places[MODE_COUNT],
                   struct best best[2][FILTERS])
{
    memset(best, 0, 2 * sizeof *best);
    for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
        search(b, mode, places[mode]);
        for (int kind = 0; kind < 2; kind++)
            for (int32_t i = 0; i < b->crowds[kind].count; i++) {
                const struct crowd_person *p = &b->crowds[kind].list[i];
                const int64_t cost_ms = p->mode == mode ? cost_of(b, p, places[mode]) : NEVER;

                if (cost_ms == NEVER)
                    continue;
                for (int filter = 0; filter < FILTERS; filter++)
                    if (filter == 0 || (p->skills & 1u << filter))
                        offer(&best[kind][filter], cost_ms, p->person_id);
            }
    }
}

/* ------------------------------------------------------------------ the comparison */

static bool same(const struct best *got, const struct best *want)
{
    int32_t i = 0;

    while (i < got->count && i < want->count &&
           got->rivals[i].person_id == want->rivals[i].person_id &&
           got->rivals[i].cost_ms == want->rivals[i].cost_ms)
        i++;
    return i == got->count && i == want->count;
}

static void keep(const struct nearest_answer *found, struct best *out)
{
    out->count = found->count;
    for (int32_t i = 0; i < found->count; i++)
        out->rivals[i] = (struct rival){ found->hits[i].cost_ms, found->hits[i].person.person_id };
}

static struct nearest_wish wish_of(const struct bench *b, int kind, int filter)
{
    return (struct nearest_wish){ .k = K,
                                  .modes = b->crowds[kind].modes,
                                  .skills_all = filter ? UINT64_C(1) << filter : 0 };
}

/* A spot that the mode may use. */
static struct spot spot_for(struct bench *b, enum mode mode)
{
    struct spot spot = town_spot(&b->dice, b->n);

    for (int32_t tries = 0; tries < 1000 && !network_usable(b->n, mode, spot.segment); tries++)
        spot = town_spot(&b->dice, b->n);
    return spot;
}

/* What asking for the time takes: some tenths of a microsecond, which are not the search's. */
static double clock_us(void)
{
    double least = 1e9;

    for (int i = 0; i < 1000; i++) {
        const double start_us = now_us();
        const double took_us = now_us() - start_us;

        least = took_us < least ? took_us : least;
    }
    return least;
}

static void ask(struct bench *b, int kind, int filter, struct spot (*places)[MODE_COUNT],
                struct best (*answers)[2][FILTERS])
{
    const struct nearest_wish wish = wish_of(b, kind, filter);
    struct arena *a = arena_new();
    const double asking_us = clock_us();

    for (int32_t i = 0; i < b->places; i++) {
        struct nearest_answer got;

        arena_reset(a);
        const double start_us = now_us();

        nearest_at(b->roads, b->crowds[kind].crowd, &wish, places[i], b->room, a, &got);
        b->taken_us[kind][filter][i] = now_us() - start_us - asking_us;
        b->settled[kind][filter] += got.settled;
        b->listed[kind][filter] += got.listed;
        keep(&got, &answers[i][kind][filter]);
    }
    arena_free(a);
}

static int by_size(const void *one, const void *other)
{
    const double a = *(const double *)one, b = *(const double *)other;

    return (a > b) - (a < b);
}

static int report(struct bench *b)
{
    int missed = 0;

    for (int kind = 0; kind < 2; kind++)
        for (int filter = 0; filter < FILTERS; filter++) {
            double *t = b->taken_us[kind][filter];

            qsort(t, (size_t)b->places, sizeof *t, by_size);
            printf("%s\t%g\t%d\t%d\t%.1f\t%.1f\t%.0f settled, %.0f listed\n", b->crowds[kind].name,
                   PER_MILLION[filter] / 1e4, b->agreed[kind][filter], b->places, t[b->places / 2],
                   t[b->places * 99 / 100], (double)b->settled[kind][filter] / b->places,
                   (double)b->listed[kind][filter] / b->places);
            missed += b->agreed[kind][filter] < b->places;
        }
    return missed;
}

static int compare(struct bench *b)
{
    struct spot(*places)[MODE_COUNT] = arena_take(b->arena, (size_t)b->places, sizeof *places);
    struct best(*answers)[2][FILTERS] = arena_take(b->arena, (size_t)b->places, sizeof *answers);

    for (int32_t i = 0; i < b->places; i++)
        for (enum mode mode = 0; mode < MODE_COUNT; mode++)
            places[i][mode] = spot_for(b, mode);
    for (int kind = 0; kind < 2; kind++)
        for (int filter = 0; filter < FILTERS; filter++) {
            b->taken_us[kind][filter] = arena_take(b->arena, (size_t)b->places, sizeof(double));
            ask(b, kind, filter, places, answers);
        }
    for (int32_t i = 0; i < b->places; i++) {
        struct best best[2][FILTERS];

        expect(b, places[i], best);
        for (int kind = 0; kind < 2; kind++)
            for (int filter = 0; filter < FILTERS; filter++)
                b->agreed[kind][filter] += same(&answers[i][kind][filter], &best[kind][filter]);
    }
    return report(b);
}

/* ------------------------------------------------------------------ the city */

static uint64_t random_skills(struct town_dice *dice)
{
    uint64_t skills = 0;

    for (int filter = 1; filter < FILTERS; filter++)
        if (town_pick(dice, 1000000) < PER_MILLION[filter])
            skills |= UINT64_C(1) << filter;
    return skills;
}

static void make_people(struct bench *b, struct people *p, int32_t count, bool is_control)
{
    p->list = arena_take(b->arena, (size_t)count, sizeof *p->list);
    p->count = count;
    p->crowd = crowd_new(b->n);
    crowd_reserve(p->crowd, count);
    for (int32_t i = 0; i < count; i++) {
        struct crowd_person *one = &p->list[i];

        one->mode = p->modes == 1 ? MODE_FOOT : (enum mode)town_pick(&b->dice, MODE_COUNT);
        one->person_id = (int64_t)(town_roll(&b->dice) >> 12);
        one->available = true;
        one->skills = random_skills(&b->dice);
        one->spot = spot_for(b, one->mode);
        crowd_put(p->crowd, one);
        if (is_control && i % CONTROL_EVERY == 0)
            one->spot = spot_for(b, one->mode);
    }
}

static void open_city(struct bench *b, const char *what, uint64_t seed)
{
    struct fail f = { 0 };
    char *end;
    const long side = strtol(what, &end, 10);

    if (strstr(what, ".gr.xz"))
        b->n = dimacs_network(what, seed, b->arena);
    else if (!*end)
        b->n = dimacs_made_up((int32_t)side, seed, b->arena);
    else {
        struct db *db = db_open(what, &f);

        if (!db || !streets_load(db, NULL, b->arena, &b->streets, &f))
            give_up(what, f.text);
        db_close(db);
        b->n = &b->streets.network;
    }
    if (!b->n)
        give_up(what, "is not there");
    b->roads = town_roads(b->n, b->arena);
    b->g = roads_base(b->roads)->graph;
    b->cost = arena_take(b->arena, (size_t)b->g->state_count, sizeof *b->cost);
    fprintf(stderr, "%d junctions, %d segments, %d states; roads %.0f MiB\n", b->n->node_count,
            b->n->segment_count, b->g->state_count, (double)roads_bytes(b->roads) / 1048576);
}

int main(int argc, char **argv)
{
    if (argc < ARGUMENTS)
        give_up("usage", "bench_nearest NETWORK SEED PEOPLE PLACES [control]");
    struct bench b = { .arena = arena_new(),
                       .dice = { strtoull(argv[2], NULL, 10) },
                       .places = (int32_t)strtol(argv[4], NULL, 10),
                       .room = nearest_room_new(),
                       .crowds = { { .name = "one mode", .modes = 1 },
                                   { .name = "three modes", .modes = 7 } } };
    const int32_t people = (int32_t)strtol(argv[3], NULL, 10);
    const bool is_control = argc > ARGUMENTS && strcmp(argv[ARGUMENTS], "control") == 0;

    if (people < 1 || b.places < 1)
        give_up(argv[3], "there must be people and places");
    open_city(&b, argv[1], b.dice.state);
    for (int kind = 0; kind < 2; kind++)
        make_people(&b, &b.crowds[kind], people, is_control);
    fprintf(stderr, "crowd: %.1f MiB\n", (double)crowd_bytes(b.crowds[0].crowd) / 1048576);
    const int missed = compare(&b);

    for (int kind = 0; kind < 2; kind++)
        crowd_free(b.crowds[kind].crowd);
    nearest_room_free(b.room);
    buf_free(&b.pile);
    arena_free(b.arena);
    return missed ? 1 : 0;
}
