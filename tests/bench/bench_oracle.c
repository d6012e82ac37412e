/* The nearest and the routes of the engine against a plain Dijkstra over the rows of
 * the database:
 *
 *   bench_oracle ADDRESS SEED INCIDENTS PEOPLE PAIRS FILE [control | late]
 *
 * Half of the questions are asked for a part of the organisations only, as a command
 * centre asks: then whoever belongs to none of them, or is taken, does not count. For
 * half of them old fixes count by the latest that their people can come.
 * Prints a line of figures and exits 1 when an answer differs. Writes into FILE what
 * routes cost from node to node (mode, source, target, ms; tab separated; nothing
 * for ms when there is no way), to be compared with pgRouting. With `control` one
 * street in a hundred is made a millisecond cheaper in the engine alone, with `late`
 * people are left out only after they were counted: then the answers must differ. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/db.h"
#include "engine/streets.h"
#include "geo/road/nearest.h"
#include "geo/road/route.h"
#include "tests/support/plain.h"
#include "tests/support/town.h"

enum {
    ARGUMENTS = 7,
    SKILLS = 8,
    TARGETS_A_SOURCE = 10, /* pgRouting searches once for each source */
    CONTROL_EVERY = 100,
    ORGS = 200,
    TAKEN_EVERY = 10,
    STALE_EVERY = 5, /* the fix of one in so many is old, by up to LATE_MAX_MS */
    LATE_MAX_MS = 600000,
    SHOWN_MAX = 5,
};

struct rival {
    int64_t person_id;
    int64_t cost_ms;
};

/* Where someone belongs, and whether an incident has her. */
struct standing {
    int32_t home, further;
    bool is_taken;
    uint32_t late_ms; /* that she may come later: her fix is old */
};

struct bench {
    struct arena *arena;
    struct standing *standings; /* of people */
    struct town_dice dice;
    struct streets streets;
    const struct network *n;
    struct roads *roads;
    struct snap_index *index;
    struct crowd *crowd;
    struct crowd_person *people;
    int32_t people_count;
    bool is_late; /* the control that leaves people out after they were counted */
    struct plain *plain;
    struct rival *rivals;
    int32_t shown;
};

/* What a command centre asks with: its organisations stand behind one another, as in
 * a tree by preorder. */
struct scope {
    const struct standing *people; /* by tag */
    int32_t first_org, last_org;
};

static uint32_t late(const void *self, const struct crowd_person *person)
{
    const struct scope *s = self;

    return s->people[person->tag].late_ms;
}

static bool is_in(const struct scope *s, int32_t tag)
{
    const struct standing *p = &s->people[tag];

    return !p->is_taken && ((p->home >= s->first_org && p->home <= s->last_org) ||
                            (p->further >= s->first_org && p->further <= s->last_org));
}

static bool accept(const void *self, const struct crowd_person *person)
{
    return is_in(self, person->tag);
}

static void give_up(const char *what, const char *why)
{
    fprintf(stderr, "bench_oracle: %s: %s\n", what, why);
    exit(2); // NOLINT(concurrency-mt-unsafe): one thread
}

static double now_s(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* A place near a street that anybody uses. */
static struct point random_place(struct bench *b)
{
    struct point p = network_point(b->n, town_spot(&b->dice, b->n));

    p.lon += (town_pick(&b->dice, 2001) - 1000) * 5e-7;
    p.lat += (town_pick(&b->dice, 2001) - 1000) * 5e-7;
    return p;
}

/* Half walk, three in ten ride, two in ten drive; one in twenty stands where another
 * stands, so that costs tie. Ids are in no order. */
static void make_people(struct bench *b, int32_t count)
{
    double snapped_s = 0;
    int32_t snaps = 0;

    b->people = arena_take(b->arena, (size_t)count, sizeof *b->people);
    b->rivals = arena_take(b->arena, (size_t)count, sizeof *b->rivals);
    b->standings = arena_take(b->arena, (size_t)count, sizeof *b->standings);
    b->crowd = crowd_new(b->n);
    while (b->people_count < count) {
        struct crowd_person *p = &b->people[b->people_count];
        const int32_t lot = town_pick(&b->dice, 10);
        struct snap snap;
        struct fail f;

        p->mode = lot < 5 ? MODE_FOOT : lot < 8 ? MODE_EBIKE : MODE_CAR;
        p->person_id = (int64_t)(town_roll(&b->dice) >> 12);
        p->available = town_pick(&b->dice, 10) > 0;
        p->skills = town_roll(&b->dice) % (1u << SKILLS);
        const struct point place = random_place(b);
        const double begin_s = now_s(CLOCK_THREAD_CPUTIME_ID);
        const bool near = snap_to(b->index, p->mode, place, &snap, &f);

        snapped_s += now_s(CLOCK_THREAD_CPUTIME_ID) - begin_s;
        snaps++;
        if (!near)
            continue;
        p->spot = snap.spot;
        p->tag = b->people_count;
        b->standings[p->tag] =
            (struct standing){ .home = town_pick(&b->dice, ORGS),
                               .further = town_pick(&b->dice, 5 * ORGS),
                               .is_taken = town_pick(&b->dice, TAKEN_EVERY) == 0,
                               .late_ms = town_pick(&b->dice, STALE_EVERY)
                                              ? 0
                                              : (uint32_t)town_pick(&b->dice, LATE_MAX_MS) };
        if (b->people_count > 0 && town_pick(&b->dice, 20) == 0) {
            p->spot = p[-1].spot;
            p->mode = p[-1].mode;
        }
        crowd_put(b->crowd, p);
        b->people_count++;
    }
    printf("people: %d, snapped in %.1f us of CPU each\n", count, snapped_s * 1e6 / snaps);
}

/* Neither pgRouting nor the plain search knows forbidden turns: tools/bar turns does. */
static void allow_all_turns(struct bench *b)
{
    b->streets.network.ban_count = 0;
}

/* Costs of a network of our own, some a millisecond too low. */
static void spoil(struct bench *b)
{
    for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
        const size_t edges = 2 * (size_t)b->n->segment_count;
        uint32_t *cost = arena_take(b->arena, edges, sizeof *cost);

        memcpy(cost, b->n->cost_ms[mode], edges * sizeof *cost);
        for (size_t edge = 0; edge < edges; edge += CONTROL_EVERY)
            cost[edge] -= cost[edge] < NETWORK_COST_NEVER;
        b->streets.network.cost_ms[mode] = cost;
    }
    b->roads = town_roads(b->n, b->arena);
}

static int by_cost_then_id(const void *left, const void *right)
{
    const struct rival *a = left;
    const struct rival *c = right;

    if (a->cost_ms != c->cost_ms)
        return a->cost_ms < c->cost_ms ? -1 : 1;
    return a->person_id < c->person_id ? -1 : a->person_id > c->person_id;
}

static struct plain_place in_database(const struct bench *b, struct spot spot)
{
    return (struct plain_place){ b->n->segment_id[spot.segment], spot.along_cm };
}

/* Everyone who may come, sorted; the place as the engine snaps it, for snapping has
 * its own test. */
static int32_t expect(struct bench *b, const struct nearest_wish *wish)
{
    int32_t count = 0;

    for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
        struct snap place;
        struct fail f;

        if ((wish->modes && !(wish->modes & 1u << mode)) ||
            !snap_to(b->index, mode, wish->place, &place, &f))
            continue;
        plain_search(b->plain, (int)mode, in_database(b, place.spot));
        for (int32_t i = 0; i < b->people_count; i++) {
            const struct crowd_person *p = &b->people[i];

            if (p->mode != mode || !(p->available || wish->unavailable) ||
                (wish->skills_all & ~p->skills) || (wish->accept && !is_in(wish->self, p->tag)))
                continue;
            const int64_t ms = plain_cost(b->plain, (int)mode, in_database(b, p->spot));
            const int64_t late_ms = wish->delay_ms ? b->standings[p->tag].late_ms : 0;

            if (ms < INT32_MAX)
                b->rivals[count++] = (struct rival){ p->person_id, ms + late_ms };
        }
    }
    qsort(b->rivals, (size_t)count, sizeof *b->rivals, by_cost_then_id);
    return count < wish->k ? count : wish->k;
}

static bool same(struct bench *b, int32_t incident, const struct nearest_answer *got, int32_t want)
{
    int32_t i = 0;

    while (i < got->count && i < want && got->hits[i].person.person_id == b->rivals[i].person_id &&
           got->hits[i].cost_ms + (int64_t)got->hits[i].delay_ms == b->rivals[i].cost_ms)
        i++;
    if (i == got->count && i == want)
        return true;
    if (b->shown++ < SHOWN_MAX)
        fprintf(stderr, "incident %d: %d found, %d expected, they differ from place %d on\n",
                incident, got->count, want, i + 1);
    return false;
}

static int by_time(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double c = *(const double *)right;

    return a < c ? -1 : a > c;
}

/* The organisations of one asker: a village's one, or up to half of the city's. */
static struct scope random_scope(struct bench *b)
{
    const int32_t first = town_pick(&b->dice, ORGS);
    const int32_t count = town_pick(&b->dice, 2) ? 1 : 1 + town_pick(&b->dice, ORGS / 2);

    return (struct scope){ b->standings, first, first + count - 1 };
}

static struct nearest_wish random_wish(struct bench *b, int32_t i, const struct scope *scope)
{
    struct nearest_wish wish = {
        .place = random_place(b),
        .k = 1 + town_pick(&b->dice, i % 10 == 0 ? 200 : 20),
        .modes = town_pick(&b->dice, 3) ? 0 : (uint32_t)(1 + town_pick(&b->dice, 7)),
        .skills_all = town_pick(&b->dice, 2) ? 0 : town_roll(&b->dice) % (1u << SKILLS),
    };

    wish.self = scope;
    wish.delay_ms = town_pick(&b->dice, 2) ? late : NULL;
    if (i % 2 == 0)
        return wish;
    wish.accept = accept;
    wish.unavailable = town_pick(&b->dice, 4) == 0;
    return wish;
}

/* CPU times of the questions of one kind. */
struct times {
    double *taken_s;
    int32_t count;
    int64_t settled;
};

static void print_times(const char *what, struct times *t)
{
    qsort(t->taken_s, (size_t)t->count, sizeof *t->taken_s, by_time);
    if (t->count > 0)
        printf("  %s: engine p50 %.0f us, p99 %.0f us of CPU, %lld nodes settled on average\n",
               what, t->taken_s[t->count / 2] * 1e6, t->taken_s[t->count * 99 / 100] * 1e6,
               (long long)(t->settled / t->count));
}

/* The mistake that a filter invites: the k nearest of all, and of these whoever may be. */
static bool find(struct bench *b, const struct nearest_wish *wish, struct nearest_room *room,
                 struct arena *a, struct nearest_answer *got, struct fail *f)
{
    struct nearest_wish all = *wish;
    int32_t kept = 0;

    if (!b->is_late || !wish->accept)
        return nearest_find(b->roads, b->index, b->crowd, wish, room, a, got, f);
    all.accept = NULL;
    if (!nearest_find(b->roads, b->index, b->crowd, &all, room, a, got, f))
        return false;
    for (int32_t i = 0; i < got->count; i++)
        if (wish->accept(wish->self, &got->hits[i].person))
            got->hits[kept++] = got->hits[i];
    got->count = kept;
    return true;
}

/* How many of the incidents have the same people in the same order. */
static int32_t compare_nearest(struct bench *b, int32_t incidents)
{
    struct nearest_room *room = nearest_room_new();
    struct times times[2] = { 0 }; /* of everyone, of a part */
    int32_t agreed = 0;
    const double start_s = now_s(CLOCK_MONOTONIC);

    for (int kind = 0; kind < 2; kind++)
        times[kind].taken_s = arena_take(b->arena, (size_t)incidents, sizeof *times->taken_s);
    for (int32_t i = 0; i < incidents; i++) {
        struct arena *a = arena_new();
        const struct scope scope = random_scope(b);
        const struct nearest_wish wish = random_wish(b, i, &scope);
        struct times *t = &times[i % 2];
        struct nearest_answer got = { 0 };
        struct fail f = { 0 };
        const double begin_s = now_s(CLOCK_THREAD_CPUTIME_ID);

        if (!find(b, &wish, room, a, &got, &f) && f.code != CODE_NO_STREET_NEAR)
            give_up("nearest_find", f.text);
        t->taken_s[t->count++] = now_s(CLOCK_THREAD_CPUTIME_ID) - begin_s;
        t->settled += got.settled;
        agreed += same(b, i, &got, expect(b, &wish));
        arena_free(a);
    }
    printf("nearest: %d of %d the same; with the plain search %.0f s\n", agreed, incidents,
           now_s(CLOCK_MONOTONIC) - start_s);
    print_times("among everyone", &times[0]);
    print_times("in a scope, without the taken", &times[1]);
    nearest_room_free(room);
    return agreed;
}

/* The node as a spot, on whatever street ends there. */
static struct spot at_node(const struct network *n, int32_t node)
{
    const int32_t edge = n->out_edge[n->first_out[node]];

    return (struct spot){ edge / 2, edge % 2 ? n->length_cm[edge / 2] : 0 };
}

/* A node that the mode can leave or reach. */
static int32_t random_node(struct bench *b, enum mode mode)
{
    int32_t segment = town_pick(&b->dice, b->n->segment_count);

    for (int32_t tries = 0; tries < 1000 && !network_usable(b->n, mode, segment); tries++)
        segment = town_pick(&b->dice, b->n->segment_count);
    return town_pick(&b->dice, 2) ? b->n->from[segment] : b->n->to[segment];
}

static void write_routes(struct bench *b, int32_t pairs, FILE *file)
{
    struct route_room *room = route_room_new();
    const double start_s = now_s(CLOCK_THREAD_CPUTIME_ID);
    int32_t found = 0;

    for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
        int32_t source = -1;

        for (int32_t i = 0; i < pairs; i++) {
            struct arena *a = arena_new();
            int32_t target = random_node(b, mode);
            struct route r;
            struct fail f;

            if (i % TARGETS_A_SOURCE == 0)
                source = random_node(b, mode);
            while (target == source)
                target = random_node(b, mode);
            fprintf(file, "%s\t%lld\t%lld\t", network_mode_word(mode),
                    (long long)b->n->node_id[source], (long long)b->n->node_id[target]);
            if (route_find(b->roads, mode, at_node(b->n, source), at_node(b->n, target), room, a,
                           &r, &f)) {
                fprintf(file, "%u", r.cost_ms);
                found++;
            }
            fprintf(file, "\n");
            arena_free(a);
        }
    }
    printf("routes: %d of %d pairs have a way; engine %.0f us of CPU each, geometry and steps "
           "included\n",
           found, pairs * MODE_COUNT,
           (now_s(CLOCK_THREAD_CPUTIME_ID) - start_s) * 1e6 / (pairs * MODE_COUNT));
    route_room_free(room);
}

static void open_city(struct bench *b, const char *address)
{
    struct fail f;
    struct db *db = db_open(address, &f);

    if (!db || !streets_load(db, NULL, b->arena, &b->streets, &f))
        give_up(address, f.text);
    db_close(db);
    allow_all_turns(b);
    b->n = &b->streets.network;
    b->roads = town_roads(b->n, b->arena);
    b->index = snap_index_new(b->n);
    b->plain = plain_new(address);
    printf("city: %s, %d nodes, %d segments, %.1f MiB in memory\n", b->streets.city_name,
           b->n->node_count, b->n->segment_count, (double)network_bytes(b->n) / 1048576.0);
    if (plain_nodes(b->plain) != b->n->node_count ||
        plain_edges(b->plain) != 2 * b->n->segment_count)
        give_up("the streets", "the engine has others than the view vigil.edge");
}

int main(int argc, char **argv)
{
    if (argc < ARGUMENTS)
        give_up("usage", "bench_oracle ADDRESS SEED INCIDENTS PEOPLE PAIRS FILE [control | late]");
    struct bench b = { .arena = arena_new(), .dice = { strtoull(argv[2], NULL, 10) } };
    const int32_t incidents = (int32_t)strtol(argv[3], NULL, 10);
    FILE *file = fopen(argv[6], "w");

    if (!file || incidents < 1)
        give_up(argv[6], "cannot be written, or no incidents");
    open_city(&b, argv[1]);
    make_people(&b, (int32_t)strtol(argv[4], NULL, 10));
    if (argc > ARGUMENTS && strcmp(argv[ARGUMENTS], "control") == 0)
        spoil(&b);
    b.is_late = argc > ARGUMENTS && strcmp(argv[ARGUMENTS], "late") == 0;
    const int32_t agreed = compare_nearest(&b, incidents);

    write_routes(&b, (int32_t)strtol(argv[5], NULL, 10), file);
    fclose(file);
    plain_free(b.plain);
    crowd_free(b.crowd);
    snap_index_free(b.index);
    arena_free(b.arena);
    return agreed == incidents ? 0 : 1;
}
