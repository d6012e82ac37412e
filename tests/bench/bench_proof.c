/* Patrols over the streets of a database, and what their positions prove:
 *
 *   bench_proof ADDRESS SEED PATROLS [control]
 *
 * A beat is a way of some kilometres over whole streets. PATROLS people walk one each: most
 * of them all of it, some half of it and then away, some by other streets for a while. They
 * stand about, their fixes are off by 15 m (standard deviation, east and north each), one in
 * twenty is 100 m to 1 km elsewhere, and now and then none comes for 30 s. What is proven
 * (engine/evidence) is compared with what was walked, centimetre by centimetre. Others drive
 * all of their beat, or send a track again that was sent before. With `control` every street
 * counts that is nearest to a fix. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/db.h"
#include "engine/evidence.h"
#include "engine/streets.h"
#include "geo/plane.h"
#include "geo/road/route.h"
#include "tests/support/stroll.h"

static const double PI = 3.14159265358979323846;
static const double SAME_STREET_M = 15; /* off the beat: so far is the other side of it */

enum {
    EDGES_MAX = 4000,
    PLACES = 5, /* a beat leads over */
    BEAT_LEAST_CM = 200000,
    BEAT_MOST_CM = 500000,
    STEP_CM = 500,
};

struct bench {
    struct arena *arena;
    struct streets streets;
    const struct network *n;
    struct roads *roads;
    struct snap_index *index;
    struct witness_room room;
    struct route_room *route_room;
    bool is_control;
    int32_t beat[EDGES_MAX], walk[EDGES_MAX];
    int32_t beat_count, walk_count;
    struct stroll stroll;
    struct parts_of_streets planned, proven, aside;
    struct range_piece beat_pieces[EDGES_MAX];
    double spent_s;
};

static void give_up(const char *what, const char *why)
{
    fprintf(stderr, "bench_proof: %s: %s\n", what, why);
    exit(2); // NOLINT(concurrency-mt-unsafe): one thread
}

static double now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ------------------------------------------------------------------ beats and walks */

/* The start of a street that somebody on foot can come to. */
static struct spot pick(struct bench *b)
{
    struct spot s = town_spot(&b->stroll.dice, b->n);

    while (!network_usable(b->n, MODE_FOOT, s.segment))
        s = town_spot(&b->stroll.dice, b->n);
    s.along_cm = 0;
    return s;
}

static struct spot pick_near(struct bench *b, struct spot from, double within_m)
{
    const struct point p = network_point(b->n, from);
    struct snap found[SNAP_WITHIN_MAX];
    const double far_m = within_m * sqrt(stroll_chance(&b->stroll)),
                 angle = 2 * PI * stroll_chance(&b->stroll);
    const struct point there = { p.lon + far_m * sin(angle) / (111320.0 * cos(p.lat * PI / 180)),
                                 p.lat + far_m * cos(angle) / 111132.0 };

    if (snap_within(b->index, MODE_FOOT, there, 200, found, SNAP_WITHIN_MAX) == 0)
        return from;
    found[0].spot.along_cm = 0;
    return found[0].spot;
}

/* Appends the whole edges of a way, in order; false when there is none. */
static bool lead(struct bench *b, struct spot from, struct spot to, int32_t *edges, int32_t *count)
{
    struct arena *a = arena_new();
    struct route r;
    struct fail f;
    const bool is_there = route_find(b->roads, MODE_FOOT, from, to, b->route_room, a, &r, &f) &&
                          *count + r.edge_count < EDGES_MAX;

    for (int32_t i = 0; is_there && i < r.edge_count; i++) {
        const bool is_begun = i > 0 || r.from.segment != r.edges[i] >> 1 || !(r.edges[i] & 1);
        const bool is_ended =
            i < r.edge_count - 1 || r.to.segment != r.edges[i] >> 1 || (r.edges[i] & 1);

        if (is_begun && is_ended)
            edges[(*count)++] = r.edges[i];
    }
    arena_free(a);
    return is_there;
}

static int64_t length_cm(const struct bench *b, const int32_t *edges, int32_t count)
{
    int64_t sum = 0;

    for (int32_t i = 0; i < count; i++)
        sum += b->n->length_cm[edges[i] >> 1];
    return sum;
}

static bool lay_beat(struct bench *b)
{
    struct spot at = pick(b);

    b->beat_count = 0;
    for (int i = 1; i < PLACES; i++) {
        const struct spot to = pick_near(b, at, 1200);

        if (!lead(b, at, to, b->beat, &b->beat_count))
            return false;
        at = to;
    }
    const int64_t cm = length_cm(b, b->beat, b->beat_count);

    b->planned.count = 0;
    for (int32_t i = 0; i < b->beat_count; i++)
        parts_of_streets_add(&b->planned, b->beat[i] >> 1, 0, b->n->length_cm[b->beat[i] >> 1]);
    parts_of_streets_tidy(&b->planned);
    return cm >= BEAT_LEAST_CM && cm <= BEAT_MOST_CM;
}

/* All of the beat; or the first half of it and then away; or another way in the middle. */
static bool choose_walk(struct bench *b)
{
    const int32_t how = town_pick(&b->stroll.dice, 5);
    const int32_t half = b->beat_count / 2;

    memcpy(b->walk, b->beat, (size_t)b->beat_count * sizeof *b->walk);
    b->walk_count = b->beat_count;
    if (how > 1)
        return true;
    const struct spot at = stroll_begin(b->n, b->beat[half]);
    const struct spot over = pick_near(b, at, 600);

    b->walk_count = half;
    if (!lead(b, at, over, b->walk, &b->walk_count))
        return false;
    if (how == 0)
        return true;
    const int32_t on = half + (b->beat_count - half) / 2;

    if (!lead(b, over, stroll_begin(b->n, b->beat[on]), b->walk, &b->walk_count) ||
        b->walk_count + b->beat_count - on >= EDGES_MAX)
        return false;
    memcpy(b->walk + b->walk_count, b->beat + on, (size_t)(b->beat_count - on) * sizeof *b->walk);
    b->walk_count += b->beat_count - on;
    return true;
}

/* ------------------------------------------------------------------ what is proven */

static struct evidence prove(struct bench *b, struct arena *a)
{
    struct evidence_streets streets = {
        .match = { { b->n, roads_base(b->roads)->graph, MODE_FOOT }, b->index },
        .room = b->room,
        .beat = b->beat_pieces,
        .beat_count = b->planned.count,
    };
    struct evidence e;

    for (int32_t i = 0; i < b->planned.count; i++)
        b->beat_pieces[i] =
            (struct range_piece){ b->planned.parts[i].segment, b->planned.parts[i].low_cm,
                                  b->planned.parts[i].high_cm };
    const double begin_s = now_s();

    evidence_weigh(&streets, b->stroll.fixes, b->stroll.fix_count, a, &e);
    b->spent_s += now_s() - begin_s;
    b->proven.count = b->aside.count = 0;
    for (int32_t i = 0; i < e.piece_count; i++)
        parts_of_streets_add(e.pieces[i].is_planned ? &b->proven : &b->aside,
                             e.pieces[i].piece.segment, e.pieces[i].piece.from_cm,
                             e.pieces[i].piece.to_cm);
    return e;
}

/* The control: the whole of every street that is nearest to a fix. */
static void prove_nearest(struct bench *b)
{
    struct parts_of_streets all = { 0 };

    for (int32_t i = 0; i < b->stroll.fix_count; i++) {
        struct snap snap;
        struct fail f;

        if (snap_to(b->index, MODE_FOOT, point_from_e7(b->stroll.fixes[i].at), &snap, &f))
            parts_of_streets_add(&all, snap.spot.segment, 0, b->n->length_cm[snap.spot.segment]);
    }
    parts_of_streets_tidy(&all);
    parts_of_streets_common(&all, &b->planned, &b->proven);
    b->aside.count = 0;
    free(all.parts);
}

static bool is_near_walk(const struct bench *b, struct point p)
{
    const struct plane plane = plane_at(p);

    for (int32_t i = 0; i < b->stroll.truth.count; i++) {
        const int32_t segment = b->stroll.truth.parts[i].segment;

        for (int32_t k = b->n->first_shape[segment]; k + 1 < b->n->first_shape[segment + 1]; k++)
            if (plane_away_squared((struct plane_place){ 0, 0 },
                                   plane_put(&plane, point_from_e7(b->n->shape[k])),
                                   plane_put(&plane, point_from_e7(b->n->shape[k + 1]))) <=
                SAME_STREET_M * SAME_STREET_M)
                return true;
    }
    return false;
}

/* Of what was claimed off the beat: how much of it lies elsewhere than where she walked. */
static int64_t astray_cm(const struct bench *b)
{
    int64_t sum = 0;

    for (int32_t i = 0; i < b->aside.count; i++) {
        const struct part_of_street *p = &b->aside.parts[i];

        for (uint32_t at = p->low_cm; at < p->high_cm; at += STEP_CM) {
            const uint32_t end = at + STEP_CM < p->high_cm ? at + STEP_CM : p->high_cm;
            const struct spot middle = { p->segment, (at + end) / 2 };

            if (!is_near_walk(b, network_point(b->n, middle)))
                sum += end - at;
        }
    }
    return sum;
}

struct sums {
    int64_t walked_cm, right_cm, claimed_cm, aside_cm, astray_cm, fixes;
    int32_t refused;
};

static void take_walk(struct bench *b, const struct stroll_manner *m, struct sums *sum)
{
    struct parts_of_streets walked = { 0 }, right = { 0 };
    struct arena *a = arena_new();

    stroll_walk(&b->stroll, b->walk, b->walk_count, m);
    if (b->is_control)
        prove_nearest(b);
    else
        sum->refused += prove(b, a).is_refused;
    parts_of_streets_tidy(&b->proven);
    parts_of_streets_tidy(&b->aside);
    parts_of_streets_common(&b->planned, &b->stroll.truth, &walked);
    parts_of_streets_common(&b->proven, &b->stroll.truth, &right);
    sum->walked_cm += parts_of_streets_cm(&walked);
    sum->right_cm += parts_of_streets_cm(&right);
    sum->claimed_cm += parts_of_streets_cm(&b->proven);
    sum->aside_cm += parts_of_streets_cm(&b->aside);
    sum->astray_cm += astray_cm(b);
    sum->fixes += b->stroll.fix_count;
    free(walked.parts);
    free(right.parts);
    arena_free(a);
}

static void find_patrol(struct bench *b)
{
    while (!lay_beat(b) || !choose_walk(b))
        ;
}

static double percent(int64_t part, int64_t whole)
{
    return whole > 0 ? 100 * (double)part / (double)whole : 0;
}

static void run_walks(struct bench *b, const struct stroll_manner *m, int32_t patrols)
{
    struct sums s = { 0 };

    b->spent_s = 0;
    for (int32_t i = 0; i < patrols; i++) {
        find_patrol(b);
        take_walk(b, m, &s);
    }
    printf("walks, %s: %.2f %% of %.1f km of beats that were walked proven, %.2f %% false, %d of "
           "%d refused; "
           "off the beat %.1f km, %.2f %% of it elsewhere; %.0f fixes/s\n",
           m->name, percent(s.right_cm, s.walked_cm), (double)s.walked_cm / 1e5,
           percent(s.claimed_cm - s.right_cm, s.claimed_cm), s.refused, patrols,
           (double)s.aside_cm / 1e5, percent(s.astray_cm, s.aside_cm),
           b->is_control ? 0 : (double)s.fixes / b->spent_s);
}

static void run_rides(struct bench *b, const struct stroll_manner *m, int32_t patrols)
{
    int32_t refused = 0;

    for (int32_t i = 0; i < patrols; i++) {
        struct arena *a = arena_new();

        while (!lay_beat(b))
            ;
        memcpy(b->walk, b->beat, (size_t)b->beat_count * sizeof *b->walk);
        b->walk_count = b->beat_count;
        stroll_walk(&b->stroll, b->walk, b->walk_count, m);
        const struct evidence e = prove(b, a);

        refused += e.is_refused && e.reason == CODE_PROOF_RIDDEN && e.piece_count == 0;
        arena_free(a);
    }
    printf("rides, %s: %d of %d refused\n", m->name, refused, patrols);
}

static int32_t in_common(const struct evidence *one, const struct evidence *other)
{
    int32_t count = 0;

    for (int32_t i = 0; i < one->mark_count; i++)
        for (int32_t k = 0; k < other->mark_count; k++)
            count += one->marks[i] == other->marks[k];
    return count;
}

/* Walks with short rides: of what was ridden, and not walked as well, none is to be proven. */
static void run_lifts(struct bench *b, const struct stroll_manner *m, int32_t patrols)
{
    int64_t walked_cm = 0, right_cm = 0, ridden_cm = 0, wrong_cm = 0;
    int32_t refused = 0;

    for (int32_t i = 0; i < patrols; i++) {
        struct parts_of_streets walked = { 0 }, right = { 0 }, ridden = { 0 }, both = { 0 };
        struct arena *a = arena_new();

        find_patrol(b);
        stroll_walk(&b->stroll, b->walk, b->walk_count, m);
        refused += prove(b, a).is_refused;
        parts_of_streets_tidy(&b->proven);
        parts_of_streets_common(&b->planned, &b->stroll.truth, &walked);
        parts_of_streets_common(&b->proven, &b->stroll.truth, &right);
        parts_of_streets_common(&b->planned, &b->stroll.ridden, &ridden);
        parts_of_streets_common(&ridden, &b->stroll.truth, &both);
        ridden_cm += parts_of_streets_cm(&ridden) - parts_of_streets_cm(&both);
        parts_of_streets_common(&b->proven, &ridden, &both);
        wrong_cm += parts_of_streets_cm(&both);
        parts_of_streets_common(&right, &ridden, &both);
        wrong_cm -= parts_of_streets_cm(&both);
        walked_cm += parts_of_streets_cm(&walked);
        right_cm += parts_of_streets_cm(&right);
        free(walked.parts);
        free(right.parts);
        free(ridden.parts);
        free(both.parts);
        arena_free(a);
    }
    printf("lifts, %s: %.2f %% of %.1f km that were ridden proven; of %.1f km that were walked "
           "%.2f %%; %d of %d refused\n",
           m->name, percent(wrong_cm, ridden_cm), (double)ridden_cm / 1e5, (double)walked_cm / 1e5,
           percent(right_cm, walked_cm), refused, patrols);
}

/* Half of somebody's day is sent again a day later, then she walks on by herself; and two
 * who walk together have nothing in common. */
static void run_repeats(struct bench *b, const struct stroll_manner *m, int32_t patrols)
{
    int32_t whole = 0, half = 0, together = 0;

    for (int32_t i = 0; i < patrols; i++) {
        struct arena *a = arena_new();

        find_patrol(b);
        stroll_walk(&b->stroll, b->walk, b->walk_count, m);
        const struct evidence first = prove(b, a);
        struct track_fix *sent = arena_take(a, (size_t)b->stroll.fix_count + 1, sizeof *sent);
        const int32_t count = b->stroll.fix_count;

        memcpy(sent, b->stroll.fixes, (size_t)count * sizeof *sent);
        for (int32_t k = 0; k < count; k++) {
            b->stroll.fixes[k].fix_us += INT64_C(86400000000);
            b->stroll.fixes[k].at.lon +=
                town_pick(&b->stroll.dice, 3) - 1; /* through another frame and back */
            b->stroll.fixes[k].at.lat += town_pick(&b->stroll.dice, 3) - 1;
        }
        struct evidence again = prove(b, a);

        whole += evidence_repeats(in_common(&first, &again), again.mark_count);
        stroll_walk(&b->stroll, b->walk, b->walk_count, m);
        const struct evidence other = prove(b, a);

        together += evidence_repeats(in_common(&first, &other), other.mark_count);
        for (int32_t k = 0; k < b->stroll.fix_count && k < count / 2; k++) {
            b->stroll.fixes[k] = sent[k];
            b->stroll.fixes[k].fix_us = 1000000 + 1000 * k;
        }
        again = prove(b, a);
        half += evidence_repeats(in_common(&first, &again), again.mark_count);
        arena_free(a);
    }
    printf("repeats, whole: %d of %d refused\n", whole, patrols);
    printf("repeats, the first half: %d of %d refused\n", half, patrols);
    printf("repeats, two who walk together: %d of %d refused\n", together, patrols);
}

/* ------------------------------------------------------------------ the city */

static void open_city(struct bench *b, const char *address)
{
    struct fail f;
    struct db *db = db_open(address, &f);

    if (!db || !streets_load(db, NULL, b->arena, &b->streets, &f))
        give_up(address, f.text);
    db_close(db);
    b->n = b->stroll.n = &b->streets.network;
    b->roads = town_roads(b->n, b->arena);
    b->index = snap_index_new(b->n);
    b->room = (struct witness_room){ hop_room_new(), bypass_new(b->n, MODE_FOOT) };
    b->route_room = route_room_new();
    b->stroll.fixes = arena_take(b->arena, STROLL_FIXES_MAX, sizeof *b->stroll.fixes);
}

static void close_city(struct bench *b)
{
    free(b->stroll.truth.parts);
    free(b->stroll.ridden.parts);
    free(b->planned.parts);
    free(b->proven.parts);
    free(b->aside.parts);
    hop_room_free(b->room.hop);
    bypass_free(b->room.bypass);
    route_room_free(b->route_room);
    snap_index_free(b->index);
    arena_free(b->arena);
}

int main(int argc, char **argv)
{
    static const struct stroll_manner WALKS[] = {
        { .name = "a fix in 5 s", .every_s = 5, .silence_s = 30 },
        { .name = "a fix in 10 s", .every_s = 10, .silence_s = 30 },
        { .name = "a fix in 20 s, some late", .every_s = 20, .silence_s = 40, .late_s = 2 },
        { .name = "a fix in 30 s", .every_s = 30 },
        { .name = "a fix in 30 s, some late", .every_s = 30, .silence_s = 60, .late_s = 3 },
        { .name = "a fix in 60 s", .every_s = 60 },
    };
    static const struct stroll_manner LIFTS[] = {
        { .name = "a fix in 10 s", .every_s = 10, .silence_s = 30, .lift_kmh = 15 },
        { .name = "a fix in 20 s", .every_s = 20, .silence_s = 40, .lift_kmh = 15, .late_s = 2 },
        { .name = "a fix in 30 s", .every_s = 30, .lift_kmh = 15 },
    };
    static const struct stroll_manner RIDES[] = {
        { .name = "14 km/h", .every_s = 10, .silence_s = 30, .kmh = 14 },
        { .name = "25 km/h", .every_s = 10, .silence_s = 30, .kmh = 25 },
        { .name = "40 km/h", .every_s = 10, .silence_s = 30, .kmh = 40 },
    };
    struct bench *b = calloc(1, sizeof *b);

    if (!b || (argc != 4 && argc != 5))
        give_up("usage", "bench_proof ADDRESS SEED PATROLS [control]");
    b->arena = arena_new();
    b->stroll.dice.state = strtoull(argv[2], NULL, 10);
    b->is_control = argc == 5;
    open_city(b, argv[1]);
    const int32_t patrols = (int32_t)strtol(argv[3], NULL, 10);

    for (size_t i = 0; i < sizeof WALKS / sizeof *WALKS; i++)
        run_walks(b, &WALKS[i], patrols);
    for (size_t i = 0; i < sizeof LIFTS / sizeof *LIFTS && !b->is_control; i++)
        run_lifts(b, &LIFTS[i], patrols);
    for (size_t i = 0; i < sizeof RIDES / sizeof *RIDES && !b->is_control; i++)
        run_rides(b, &RIDES[i], patrols);
    if (!b->is_control)
        run_repeats(b, &WALKS[1], patrols);
    close_city(b);
    free(b);
    return 0;
}
