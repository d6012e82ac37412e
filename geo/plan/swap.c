/* Swap search (Teitz and Bart 1968; what is kept up to date follows Resende and Werneck 2007).
 *
 * The sums are geo/plan/chosen.h's. A site is tried again only when a neighbour, one with a
 * class in common, was put in or taken out. */
#include "geo/plan/swap.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "geo/base/arena.h"
#include "geo/plan/chosen.h"

enum {
    CLUSTER_MOST = 8, /* sites taken out in a kick: 2 to one less */
    FAR_EVERY = 8,    /* one kick in so many puts in what it takes out somewhere else */
};

/* Of what a point is worth on average, what a kick may lose at full heat, times a number that is
 * 1 on average. */
static const double LOSS_AT_HEAT = 0.055;

struct swap {
    const struct siting *s;
    struct arena *arena;
    uint64_t dice;
    struct chosen chosen;
    /* Sites to be tried. */
    int32_t *queue;
    bool *is_queued;
    int32_t queue_count;
    bool is_begun;
    /* Who shares a class with whom, found when first needed. */
    int32_t **neighbours;
    int32_t *neighbour_count;
    int32_t *seen, *pool;
    int32_t seen_mark;
    /* What a kick did, to take it back: the site put in, or ~site taken out. */
    int32_t *journal;
    int32_t journal_count, journal_room;
    int64_t best;
    int32_t *best_sites;
    int32_t best_count;
    int64_t kicks;
};

/* splitmix64. */
static uint64_t roll(struct swap *w)
{
    uint64_t x = w->dice += UINT64_C(0x9e3779b97f4a7c15);

    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

static int32_t pick(struct swap *w, int32_t below)
{
    return (int32_t)(((roll(w) >> 32) * (uint64_t)below) >> 32);
}

static double share(struct swap *w)
{
    return (double)(roll(w) >> 11) * 0x1p-53;
}

/* ------------------------------------------------------------------ neighbours */

static int32_t gather(struct swap *w, int32_t site)
{
    const struct siting *s = w->s;
    int32_t n = 0;

    w->seen_mark++;
    w->seen[site] = w->seen_mark;
    for (int32_t k = s->site_first[site]; k < s->site_first[site + 1]; k++) {
        const int32_t class = s->site_classes[k];

        for (int32_t m = s->class_first[class]; m < s->class_first[class + 1]; m++) {
            const int32_t other = s->class_sites[m];

            if (w->seen[other] == w->seen_mark)
                continue;
            w->seen[other] = w->seen_mark;
            w->pool[n++] = other;
        }
    }
    return n;
}

static int32_t neighbours_of(struct swap *w, int32_t site, const int32_t **out)
{
    if (!w->neighbours[site]) {
        const int32_t n = gather(w, site);

        w->neighbours[site] = arena_take(w->arena, (size_t)n + 1, sizeof(int32_t));
        memcpy(w->neighbours[site], w->pool, (size_t)n * sizeof(int32_t));
        w->neighbour_count[site] = n;
    }
    *out = w->neighbours[site];
    return w->neighbour_count[site];
}

static void enqueue(struct swap *w, int32_t site)
{
    if (w->is_queued[site])
        return;
    w->is_queued[site] = true;
    w->queue[w->queue_count++] = site;
}

static void enqueue_around(struct swap *w, int32_t site)
{
    const int32_t *near;
    const int32_t count = neighbours_of(w, site, &near);

    enqueue(w, site);
    for (int32_t k = 0; k < count; k++)
        enqueue(w, near[k]);
    for (int32_t k = w->s->near_first[site]; k < w->s->near_first[site + 1]; k++)
        enqueue(w, w->s->near_sites[k]);
}

/* Every site, in an order of chance. */
static void enqueue_all(struct swap *w)
{
    for (int32_t i = 0; i < w->s->site_count; i++)
        enqueue(w, i);
    for (int32_t i = w->queue_count - 1; i > 0; i--) {
        const int32_t other = pick(w, i + 1), held = w->queue[i];

        w->queue[i] = w->queue[other];
        w->queue[other] = held;
    }
}

static void note(struct swap *w, int32_t what)
{
    if (w->journal_count == w->journal_room) {
        int32_t *wider = arena_take(w->arena, 2 * (size_t)w->journal_room, sizeof *wider);

        memcpy(wider, w->journal, (size_t)w->journal_room * sizeof *wider);
        w->journal = wider;
        w->journal_room *= 2;
    }
    w->journal[w->journal_count++] = what;
}

static void keep_best(struct swap *w)
{
    if (w->chosen.value <= w->best && w->best_count)
        return;
    w->best = w->chosen.value;
    w->best_count = w->chosen.open_count;
    memcpy(w->best_sites, w->chosen.open, (size_t)w->chosen.open_count * sizeof *w->chosen.open);
}

/* Tries those that wait, `most` of them; whether none is left. */
static bool descend(struct swap *w, int32_t most)
{
    for (; w->queue_count && most > 0; most--) {
        const int32_t in = w->queue[--w->queue_count];
        int32_t out;

        w->is_queued[in] = false;
        if (w->chosen.is_open[in] || w->s->is_barred[in] || w->chosen.gain[in] <= 0)
            continue;
        out = chosen_partner(&w->chosen, in);
        if (out == CHOSEN_NONE)
            continue;
        chosen_drop(&w->chosen, out);
        chosen_put(&w->chosen, in);
        note(w, ~out);
        note(w, in);
        enqueue_around(w, out);
        enqueue_around(w, in);
    }
    return !w->queue_count;
}

/* ------------------------------------------------------------------ kicks */

/* Chosen sites around one of them, at most `most`, itself the first. */
static int32_t cluster(struct swap *w, int32_t around, int32_t most, int32_t *out)
{
    const int32_t *near;
    const int32_t count = neighbours_of(w, around, &near);
    const int32_t begin = count ? pick(w, count) : 0;
    int32_t n = 0;

    out[n++] = around;
    for (int32_t k = 0; k < count && n < most; k++) {
        const int32_t site = near[(begin + k) % count];

        if (w->chosen.is_open[site] && !w->s->is_fixed[site])
            out[n++] = site;
    }
    return n;
}

static int32_t heir(struct swap *w, int32_t gone, int32_t around)
{
    const int32_t *near;
    const int32_t count = neighbours_of(w, around, &near);
    int32_t best = CHOSEN_NONE;
    double most = -1;

    for (int32_t k = 0; k < count; k++) {
        const int32_t site = near[k];
        double gain;

        if (!chosen_has_room(&w->chosen, site))
            continue;
        gain = (double)w->chosen.gain[site] * (0.8 + 0.2 * share(w));
        if (gain > most) {
            most = gain;
            best = site;
        }
    }
    return best == CHOSEN_NONE && chosen_has_room(&w->chosen, gone) ? gone : best;
}

static void take_back(struct swap *w)
{
    while (w->journal_count) {
        const int32_t what = w->journal[--w->journal_count];

        if (what >= 0)
            chosen_drop(&w->chosen, what);
        else
            chosen_put(&w->chosen, ~what);
    }
}

/* A site somewhere else that a point could move to as its group has it. */
static int32_t elsewhere(struct swap *w, int32_t than)
{
    int32_t site = than;

    for (int32_t n = 0; n < CLUSTER_MOST && site == than; n++) {
        const int32_t other = pick(w, w->s->site_count);

        if (w->s->groups[other] == w->s->groups[than])
            site = other;
    }
    return site;
}

/* False when there was no place for one of those taken out. */
static bool shake(struct swap *w, int32_t around)
{
    int32_t gone[CLUSTER_MOST];
    const bool is_far = pick(w, FAR_EVERY) == 0;
    const int32_t most = is_far ? 1 + pick(w, 2) : 2 + pick(w, CLUSTER_MOST - 2);
    const int32_t count = cluster(w, around, most, gone);
    const int32_t there = is_far ? elsewhere(w, around) : around;

    for (int32_t k = 0; k < count; k++) {
        chosen_drop(&w->chosen, gone[k]);
        note(w, ~gone[k]);
        enqueue_around(w, gone[k]);
    }
    for (int32_t k = 0; k < count; k++) {
        const int32_t in = heir(w, gone[k], there);

        if (in == CHOSEN_NONE)
            return false;
        chosen_put(&w->chosen, in);
        note(w, in);
        enqueue_around(w, in);
    }
    return true;
}

static void kick(struct swap *w, double heat)
{
    const int64_t before = w->chosen.value;
    const int32_t around = w->chosen.open[pick(w, w->chosen.open_count)];
    bool is_whole;

    w->kicks++;
    if (w->s->is_fixed[around])
        return;
    w->journal_count = 0;
    is_whole = shake(w, around);
    while (is_whole && !descend(w, INT32_MAX))
        continue;
    const double may_lose =
        (double)w->best / w->best_count * LOSS_AT_HEAT * heat * -log(share(w) + 1e-9);

    if (!is_whole || (double)(before - w->chosen.value) > may_lose)
        take_back(w);
    while (w->queue_count) /* only where there was no place */
        w->is_queued[w->queue[--w->queue_count]] = false;
    keep_best(w);
}

/* ------------------------------------------------------------------ what callers see */

struct swap *swap_new(const struct siting *s, const int32_t *sites, int32_t count, uint64_t seed)
{
    struct swap *w = calloc(1, sizeof *w);
    struct arena *a = arena_new();
    const size_t site_count = (size_t)s->site_count;

    if (!w)
        abort();
    *w = (struct swap){ .s = s, .arena = a, .dice = seed, .journal_room = 64 };
    chosen_begin(&w->chosen, s, a);
    w->queue = arena_take(a, site_count, sizeof *w->queue);
    w->is_queued = arena_take(a, site_count, sizeof *w->is_queued);
    w->neighbours = arena_take(a, site_count, sizeof *w->neighbours);
    w->neighbour_count = arena_take(a, site_count, sizeof *w->neighbour_count);
    w->seen = arena_take(a, site_count, sizeof *w->seen);
    w->pool = arena_take(a, site_count, sizeof *w->pool);
    w->journal = arena_take(a, (size_t)w->journal_room, sizeof *w->journal);
    w->best_sites = arena_take(a, (size_t)s->site_count, sizeof *w->best_sites);
    for (int32_t k = 0; k < count; k++)
        chosen_put(&w->chosen, sites[k]);
    keep_best(w);
    enqueue_all(w);
    return w;
}

void swap_free(struct swap *w)
{
    if (!w)
        return;
    arena_free(w->arena);
    free(w);
}

bool swap_settle(struct swap *w, int32_t most)
{
    bool is_there = descend(w, most);

    /* A swap far away may have made the weakest weaker: all are tried until none gains. */
    while (is_there && w->journal_count) {
        w->journal_count = 0;
        enqueue_all(w);
        is_there = descend(w, most);
    }
    w->is_begun = true;
    keep_best(w);
    return is_there;
}

void swap_kick(struct swap *w, int32_t kicks, double heat)
{
    if (!w->is_begun || w->queue_count)
        while (!swap_settle(w, INT32_MAX))
            continue;
    for (int32_t k = 0; k < kicks && w->chosen.open_count; k++)
        kick(w, heat);
}

int64_t swap_value(const struct swap *w)
{
    return w->best;
}

int64_t swap_kicks(const struct swap *w)
{
    return w->kicks;
}

static int compare(const void *one, const void *other)
{
    const int32_t a = *(const int32_t *)one, b = *(const int32_t *)other;

    return (a > b) - (a < b);
}

void swap_sites(const struct swap *w, struct arena *a, const int32_t **sites, int32_t *count)
{
    int32_t *out = arena_take(a, (size_t)w->best_count + 1, sizeof *out);

    memcpy(out, w->best_sites, (size_t)w->best_count * sizeof *out);
    qsort(out, (size_t)w->best_count, sizeof *out, compare);
    *sites = out;
    *count = w->best_count;
}

void swap_finish(struct swap *w)
{
    struct arena *scratch = arena_new();
    bool *is_best = arena_take(scratch, (size_t)w->s->site_count, sizeof *is_best);

    for (int32_t k = 0; k < w->best_count; k++)
        is_best[w->best_sites[k]] = true;
    for (int32_t i = 0; i < w->s->site_count; i++)
        if (w->chosen.is_open[i] && !is_best[i])
            chosen_drop(&w->chosen, i);
    for (int32_t i = 0; i < w->s->site_count; i++)
        if (!w->chosen.is_open[i] && is_best[i])
            chosen_put(&w->chosen, i);
    arena_free(scratch);
    w->journal_count = 0;
    enqueue_all(w);
    while (!swap_settle(w, INT32_MAX))
        continue;
}
