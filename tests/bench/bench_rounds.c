/* Rounds over uncovered streets of a city: two in five of the streets around a place, for
 * one squad and for many, against a bound and walked over edge by edge:
 *
 *   bench_rounds ADDRESS SEED [short|control]
 *
 * Prints lines of "what, figure, bar, ok or missed", tab separated ("#": only told, "told": a
 * figure that is judged on a real city), and exits 1 when a plan is wrong. With `control` the last
 * visit of each round is dropped: that must be seen. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/db.h"
#include "engine/streets.h"
#include "geo/plan/ascent.h"
#include "geo/plan/shake.h"
#include "geo/road/leg.h"
#include "geo/road/matrix.h"
#include "tests/support/town.h"

enum {
    ARGUMENTS = 3,
    SQUADS = 38,
    SHARE_PERCENT = 40,
    LEAST_CM = 2000,
    STEPS = 15 * 1000,
    STEPS_MANY = 60 * 1000,
    ASCENT_ROUNDS = 200,
    TRIES_MAX = 50
};

static const double RATIO_MAX = 1.13, EVEN_MAX = 1.10, TIME_MAX_S = 3;

struct bench {
    struct arena *arena;
    struct town_dice dice;
    struct streets streets;
    const struct network *n;
    struct roads *roads;
    struct leg_room *legs;
    bool is_control;
    bool all;
};

/* One question: streets, and where squads begin; stops 2 * i and 2 * i + 1 are the ends of
 * the i-th street, then one for each squad. */
struct question {
    enum mode mode;
    int32_t street_count, squad_count;
    int32_t *segments;
    struct spot *stops;
    struct tour_wish wish;
};

static void give_up(const char *what, const char *why)
{
    fprintf(stderr, "bench_rounds: %s: %s\n", what, why);
    exit(2); // NOLINT(concurrency-mt-unsafe): one thread
}

static double now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ------------------------------------------------------------------ what is asked */

struct away {
    double m;
    int32_t segment;
};

static int by_distance(const void *left, const void *right)
{
    const struct away *a = left, *b = right;

    const int further = (a->m > b->m) - (a->m < b->m);

    return further != 0 ? further : a->segment - b->segment;
}

static double metres_apart(struct point a, struct point b)
{
    return network_leg_m(point_to_e7(a), point_to_e7(b));
}

static int by_size(const void *left, const void *right)
{
    const int32_t a = *(const int32_t *)left, b = *(const int32_t *)right;

    return (a > b) - (a < b);
}

/* Where the streets are densest: as many to the west as to the east, to the north as to the
 * south. */
static struct point heart(struct bench *b)
{
    const size_t count = (size_t)b->n->node_count;
    int32_t *lon = arena_take(b->arena, count, sizeof *lon);
    int32_t *lat = arena_take(b->arena, count, sizeof *lat);

    for (size_t i = 0; i < count; i++) {
        lon[i] = b->n->node_at[i].lon;
        lat[i] = b->n->node_at[i].lat;
    }
    qsort(lon, count, sizeof *lon, by_size);
    qsort(lat, count, sizeof *lat, by_size);
    return point_from_e7((struct point_e7){ lon[count / 2], lat[count / 2] });
}

/* The streets around a place, the nearest first: how many. */
static int32_t streets_around(struct bench *b, enum mode mode, struct point middle,
                              struct away **out)
{
    const struct network *n = b->n;
    struct away *all = arena_take(b->arena, (size_t)n->segment_count, sizeof *all);
    int32_t count = 0;

    for (int32_t i = 0; i < n->segment_count; i++) {
        const struct spot half = { i, n->length_cm[i] / 2 };

        if (network_usable(n, mode, i) && n->length_cm[i] >= LEAST_CM)
            all[count++] = (struct away){ metres_apart(middle, network_point(n, half)), i };
    }
    qsort(all, (size_t)count, sizeof *all, by_distance);
    *out = all;
    return count;
}

static bool is_joined(struct bench *b, enum mode mode, struct spot from, struct spot to)
{
    struct leg leg;

    return leg_find(b->roads, mode, from, to, NETWORK_COST_NEVER, b->legs, b->arena, &leg) &&
           leg_find(b->roads, mode, to, from, NETWORK_COST_NEVER, b->legs, b->arena, &leg);
}

/* Squads set out from places spread over the streets: each furthest from those before it,
 * the first from the middle. */
static void spread(struct bench *b, struct question *q, struct away *all, int32_t count)
{
    struct spot *homes = q->stops + 2 * (size_t)q->street_count;

    for (int32_t k = 1; k < q->squad_count; k++) {
        int32_t best = 0;

        for (int32_t i = 0; i < count; i++) {
            const struct spot at = { all[i].segment, 0 };
            const double m =
                metres_apart(network_point(b->n, homes[k - 1]), network_point(b->n, at));

            if (k == 1)
                all[i].m = is_joined(b, q->mode, homes[0], at) ? m : -1;
            else if (m < all[i].m)
                all[i].m = m;
            if (all[i].m > all[best].m)
                best = i;
        }
        homes[k] = (struct spot){ all[best].segment, 0 };
    }
}

static bool choose(struct bench *b, struct question *q)
{
    struct away *all;
    int32_t found = streets_around(b, q->mode, heart(b), &all);
    const struct spot near = { all[town_pick(&b->dice, found / 4)].segment, 0 };

    found = streets_around(b, q->mode, network_point(b->n, near), &all);
    const struct spot home = { all[0].segment, 0 };
    int32_t count = 0, last = 0;

    for (; last < found && count < q->street_count; last++) {
        const struct spot begin = { all[last].segment, 0 };
        const struct spot end = { all[last].segment, b->n->length_cm[all[last].segment] };

        if (town_pick(&b->dice, 100) < SHARE_PERCENT && is_joined(b, q->mode, home, begin) &&
            is_joined(b, q->mode, home, end))
            q->segments[count++] = all[last].segment;
    }
    for (int32_t i = 0; i < count; i++) {
        q->stops[2 * i] = (struct spot){ q->segments[i], 0 };
        q->stops[2 * i + 1] = (struct spot){ q->segments[i], b->n->length_cm[q->segments[i]] };
    }
    q->stops[2 * count] = home;
    spread(b, q, all, last);
    return count == q->street_count;
}

static void put_wish(struct bench *b, struct question *q)
{
    const int32_t stops = 2 * q->street_count + q->squad_count;
    struct tour_task *tasks = arena_take(b->arena, (size_t)q->street_count, sizeof *tasks);
    struct tour_squad *squads = arena_take(b->arena, (size_t)q->squad_count, sizeof *squads);
    uint32_t *cost = arena_take(b->arena, (size_t)stops * (size_t)stops, sizeof *cost);
    struct matrix_room *room = matrix_room_new();

    matrix_find(b->roads, &(struct matrix_wish){ q->mode, q->stops, q->stops, stops, stops }, room,
                cost);
    matrix_room_free(room);
    for (int32_t i = 0; i < q->street_count; i++) {
        const size_t edge = 2 * (size_t)q->segments[i];

        tasks[i] = (struct tour_task){ 2 * i, 2 * i + 1, b->n->cost_ms[q->mode][edge],
                                       b->n->cost_ms[q->mode][edge + 1] };
    }
    for (int32_t k = 0; k < q->squad_count; k++)
        squads[k] = (struct tour_squad){ 2 * q->street_count + k, 2 * q->street_count + k, 0 };
    q->wish = (struct tour_wish){ stops, cost, q->street_count, tasks, q->squad_count, squads, 7 };
}

/* ------------------------------------------------------------------ what comes back */

/* Walks from stop to stop; false when there is no such way or it is not open. */
static bool go(struct bench *b, const struct question *q, int32_t from, int32_t to, int64_t *cost)
{
    struct leg leg;
    uint64_t sum = 0;

    if (!leg_find(b->roads, q->mode, q->stops[from], q->stops[to], NETWORK_COST_NEVER, b->legs,
                  b->arena, &leg))
        return false;
    for (int32_t i = 0; i < leg.edge_count; i++)
        sum += b->n->cost_ms[q->mode][leg.edges[i]];
    *cost += (int64_t)sum;
    return sum < NETWORK_COST_NEVER;
}

/* A round walked from its start to its end: each street once, none against its way, and as
 * long as the plan says. */
static bool walk(struct bench *b, const struct question *q, int32_t squad,
                 const struct tour_round *r, bool *seen)
{
    int32_t at = q->wish.squads[squad].start;
    int64_t cost = 0;

    for (int32_t i = 0; i < r->count; i++) {
        const int32_t task = tour_task_of(r->visits[i]), back = r->visits[i] & 1;
        const uint32_t work = b->n->cost_ms[q->mode][2 * q->segments[task] + back];

        if (seen[task] || work >= NETWORK_COST_NEVER || !go(b, q, at, 2 * task + back, &cost))
            return false;
        seen[task] = true;
        cost += work;
        at = 2 * task + 1 - back;
    }
    return r->count == 0 || (go(b, q, at, q->wish.squads[squad].end, &cost) && cost == r->cost_ms);
}

static bool is_sound(struct bench *b, const struct question *q, const struct tour_plan *plan)
{
    bool *seen = arena_take(b->arena, (size_t)q->street_count, sizeof *seen);
    int32_t covered = 0;

    for (int32_t k = 0; k < q->squad_count; k++) {
        struct tour_round r = plan->rounds[k];

        r.count -= b->is_control && r.count > 0;
        if (!walk(b, q, k, &r, seen))
            return false;
    }
    for (int32_t i = 0; i < q->street_count; i++)
        covered += seen[i];
    return covered == q->street_count && plan->left_count == 0;
}

static void report(struct bench *b, const char *kind, const char *what, const char *figure,
                   const char *bar, bool ok)
{
    printf(*kind ? "%s%s: %s\t%s\t%s\n" : "%s%s\t%s\t%s\t%s\n", kind, what, figure, bar,
           ok ? "ok" : "missed");
    b->all = b->all && (ok || *kind);
}

static void one_squad(struct bench *b, const struct question *q, const struct tour_plan *plan,
                      int64_t bound, double taken_s, double bounding_s)
{
    const double ratio = (double)plan->total_ms / (double)bound;

    const char *what = arena_text(b->arena, "%d streets, %s, one squad: length of the bound",
                                  q->street_count, network_mode_word(q->mode));
    const char *figure = arena_text(b->arena, "%.3f (%.1f of %.1f min)", ratio,
                                    (double)plan->total_ms / 6e4, (double)bound / 6e4);
    if (q->mode == MODE_FOOT)
        report(b, "told\t", what, figure, "at most 1.13", ratio <= RATIO_MAX);
    else
        printf("#\t%s: %s\n", what, figure);
    what = arena_text(b->arena, "%d streets, %s: CPU with table and bound", q->street_count,
                      network_mode_word(q->mode));
    figure = arena_text(b->arena, "%.2f s, bound %.2f s of it", taken_s, bounding_s);
    report(b, "told\t", what, figure, "at most 3 s", taken_s <= TIME_MAX_S);
}

static void many_squads(struct bench *b, const struct question *q, const struct tour_plan *plan,
                        int64_t bound, double taken_s)
{
    const double mean = (double)plan->total_ms / q->squad_count;
    const double even = (double)plan->longest_ms / mean;

    const char *what = arena_text(b->arena, "%d streets, %s, %d squads: longest by mean",
                                  q->street_count, network_mode_word(q->mode), q->squad_count);
    const char *figure = arena_text(b->arena, "%.3f (%.1f by %.1f min)", even,
                                    (double)plan->longest_ms / 6e4, mean / 6e4);
    report(b, "told\t", what, figure, "at most 1.10", even <= EVEN_MAX);
    printf("#\t%d squads: %.3f of a bound of all rounds with getting there, %.2f s of CPU\n",
           q->squad_count, (double)plan->total_ms / (double)bound, taken_s);
}

static void ask(struct bench *b, enum mode mode, int32_t streets, int32_t squads)
{
    struct question q = { .mode = mode, .street_count = streets, .squad_count = squads };
    struct strand_set *tour;
    struct tour_plan plan;
    struct fail f;
    int32_t tries = 0;

    q.segments = arena_take(b->arena, (size_t)streets, sizeof *q.segments);
    q.stops = arena_take(b->arena, 2 * (size_t)streets + (size_t)squads, sizeof *q.stops);
    while (!choose(b, &q))
        if (++tries == TRIES_MAX)
            give_up("streets", "too few hang together");
    const double begin_s = now_s();

    put_wish(b, &q);
    if (!tour_begin(&q.wish, b->arena, &tour, &f))
        give_up("tour", f.text);
    shake_tour(tour, squads == 1 ? STEPS : STEPS_MANY, b->arena);
    tour_tell(tour, b->arena, &plan);
    const double planned_s = now_s();
    const int64_t bound = ascent_bound(&q.wish, NULL, plan.total_ms, ASCENT_ROUNDS, b->arena);
    const double end_s = now_s();
    const bool is_right = is_sound(b, &q, &plan) && bound <= plan.total_ms;

    const char *what =
        arena_text(b->arena, "%d streets, %s, %d squads: each walked once, no oneway broken",
                   streets, network_mode_word(mode), squads);
    report(b, "", what, is_right ? "yes" : "no", "yes", is_right);
    if (squads == 1)
        one_squad(b, &q, &plan, bound, end_s - begin_s, end_s - planned_s);
    else
        many_squads(b, &q, &plan, bound, end_s - begin_s);
}

int main(int argc, char **argv)
{
    if (argc < ARGUMENTS)
        give_up("usage", "bench_rounds ADDRESS SEED [short|control]");
    struct bench b = { .arena = arena_new(), .dice = { strtoull(argv[2], NULL, 10) }, .all = true };
    const char *word = argc > ARGUMENTS ? argv[ARGUMENTS] : "";
    struct fail f;
    struct db *db = db_open(argv[1], &f);

    if (!db || !streets_load(db, NULL, b.arena, &b.streets, &f))
        give_up(argv[1], f.text);
    db_close(db);
    b.is_control = strcmp(word, "control") == 0;
    b.n = &b.streets.network;
    b.roads = town_roads(b.n, b.arena);
    b.legs = leg_room_new();
    for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
        ask(&b, mode, 100, 1);
        if (*word)
            continue;
        ask(&b, mode, 300, 1);
        ask(&b, mode, 800, 1);
    }
    ask(&b, MODE_FOOT, *word ? 200 : 800, SQUADS);
    leg_room_free(b.legs);
    arena_free(b.arena);
    return b.all ? 0 : 1;
}
