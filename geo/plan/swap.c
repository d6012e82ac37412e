/* Swap search (Teitz and Bart 1968; what is kept up to date follows Resende and Werneck 2007).
 *
 * Kept at every change: what each site would add (`gain`), what each chosen one alone holds
 * (`loss`), and the sum of the chosen ones of each class, which is its only one where there is
 * one. The gain of a swap is then gain[in] - loss[out] + what both cover and would not be lost,
 * found in one pass over the classes of `in`. A site is tried again only when a neighbour, one
 * with a class in common, was put in or taken out. */
#include "geo/plan/swap.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "geo/base/arena.h"

enum {
    CLUSTER_MOST = 8, /* sites taken out in a kick: 2 to one less */
    NONE = -1,
};

/* Of the value, what a kick may lose at full heat, times a number that is 1 on average. */
static const double LOSS_AT_HEAT = 1.5e-4;

/* The chosen sites of a group, and the one of them that is worth least. */
struct party {
    int32_t first; /* linked by next and before */
    int32_t count;
    int32_t weakest;
    int64_t known_at; /* the change after which weakest was found */
};

struct swap {
    const struct siting *s;
    struct arena *arena;
    uint64_t dice;
    int32_t *times; /* of classes: how many chosen sites cover it */
    uint32_t *sum;  /* and the sum of their numbers: with one of them, which */
    int64_t *gain, *loss;
    bool *is_open;
    int32_t *blocked;
    struct party *parties; /* of groups; the last one is of all */
    int32_t *next, *before;
    int32_t *open, *open_at;
    int32_t open_count;
    int64_t value, change;
    /* What a try finds: of chosen sites that share classes with it. */
    int64_t *saved;
    int32_t *touched;
    int32_t touched_count;
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

/* ------------------------------------------------------------------ put in, take out */

static void add_gain(struct swap *w, int32_t class, int64_t more)
{
    const struct siting *s = w->s;

    for (int32_t k = s->class_first[class]; more && k < s->class_first[class + 1]; k++)
        w->gain[s->class_sites[k]] += more;
}

/* What each of the `n` chosen sites of a class holds changes by `more`. */
static void add_loss(struct swap *w, int32_t class, int32_t n, int64_t more)
{
    const struct siting *s = w->s;

    if (!more || n < 1)
        return;
    if (n == 1) {
        w->loss[w->sum[class]] += more;
        return;
    }
    for (int32_t k = s->class_first[class]; k < s->class_first[class + 1]; k++)
        if (w->is_open[s->class_sites[k]])
            w->loss[s->class_sites[k]] += more;
}

static void join(struct swap *w, int32_t site)
{
    struct party *p = &w->parties[w->s->groups[site]];

    w->next[site] = p->first;
    w->before[site] = NONE;
    if (p->first != NONE)
        w->before[p->first] = site;
    p->first = site;
    p->count++;
    w->open_at[site] = w->open_count;
    w->open[w->open_count++] = site;
}

static void leave(struct swap *w, int32_t site)
{
    struct party *p = &w->parties[w->s->groups[site]];
    const int32_t last = w->open[--w->open_count];

    if (w->before[site] == NONE)
        p->first = w->next[site];
    else
        w->next[w->before[site]] = w->next[site];
    if (w->next[site] != NONE)
        w->before[w->next[site]] = w->before[site];
    p->count--;
    w->open[w->open_at[site]] = last;
    w->open_at[last] = w->open_at[site];
}

static void block(struct swap *w, int32_t site, int32_t more)
{
    for (int32_t k = w->s->near_first[site]; k < w->s->near_first[site + 1]; k++)
        w->blocked[w->s->near_sites[k]] += more;
}

static void put_in(struct swap *w, int32_t site)
{
    const struct siting *s = w->s;

    w->loss[site] = 0;
    for (int32_t k = s->site_first[site]; k < s->site_first[site + 1]; k++) {
        const int32_t class = s->site_classes[k];
        const int32_t n = w->times[class]++;
        const int64_t worth = siting_worth(s, class, n);

        w->value += worth;
        w->loss[site] += worth;
        add_gain(w, class, siting_worth(s, class, n + 1) - worth);
        if (n)
            add_loss(w, class, n, worth - siting_worth(s, class, n - 1));
        w->sum[class] += (uint32_t)site;
    }
    w->is_open[site] = true;
    w->change++;
    join(w, site);
    block(w, site, 1);
}

static void take_out(struct swap *w, int32_t site)
{
    const struct siting *s = w->s;

    w->is_open[site] = false;
    for (int32_t k = s->site_first[site]; k < s->site_first[site + 1]; k++) {
        const int32_t class = s->site_classes[k];
        const int32_t n = --w->times[class];
        const int64_t worth = siting_worth(s, class, n);

        w->sum[class] -= (uint32_t)site;
        w->value -= worth;
        add_gain(w, class, worth - siting_worth(s, class, n + 1));
        if (n)
            add_loss(w, class, n, siting_worth(s, class, n - 1) - worth);
    }
    w->loss[site] = 0;
    w->change++;
    leave(w, site);
    block(w, site, -1);
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

/* ------------------------------------------------------------------ one swap */

/* What is saved of `site`'s share in a class, which `in` covers too, when it goes. */
static void save(struct swap *w, int32_t site, int64_t worth)
{
    if (!w->saved[site])
        w->touched[w->touched_count++] = site;
    w->saved[site] += worth;
}

static void find_saved(struct swap *w, int32_t in)
{
    const struct siting *s = w->s;

    w->touched_count = 0;
    for (int32_t k = s->site_first[in]; k < s->site_first[in + 1]; k++) {
        const int32_t class = s->site_classes[k];
        const int32_t n = w->times[class];

        if (n < 1 || n > s->share_count)
            continue;
        const int64_t worth = siting_worth(s, class, n - 1) - siting_worth(s, class, n);

        if (n == 1) {
            save(w, (int32_t)w->sum[class], worth);
            continue;
        }
        for (int32_t m = s->class_first[class]; worth && m < s->class_first[class + 1]; m++)
            if (w->is_open[s->class_sites[m]])
                save(w, s->class_sites[m], worth);
    }
}

static bool is_weaker(const struct swap *w, int32_t one, int32_t other)
{
    if (other == NONE || w->loss[one] != w->loss[other])
        return other == NONE || w->loss[one] < w->loss[other];
    return one < other;
}

/* Of those in a group, or of all, whom it costs least to take out; NONE when all must stay. */
static int32_t weakest(struct swap *w, int32_t group)
{
    struct party *p = &w->parties[group];
    const bool is_all = group == w->s->group_count;

    if (p->known_at == w->change)
        return p->weakest;
    p->known_at = w->change;
    p->weakest = NONE;
    for (int32_t k = 0; is_all && k < w->open_count; k++)
        if (!w->s->is_fixed[w->open[k]] && is_weaker(w, w->open[k], p->weakest))
            p->weakest = w->open[k];
    for (int32_t i = is_all ? NONE : p->first; i != NONE; i = w->next[i])
        if (!w->s->is_fixed[i] && is_weaker(w, i, p->weakest))
            p->weakest = i;
    return p->weakest;
}

/* The only chosen site that is too close to this one. */
static int32_t blocker(const struct swap *w, int32_t site)
{
    for (int32_t k = w->s->near_first[site]; k < w->s->near_first[site + 1]; k++)
        if (w->is_open[w->s->near_sites[k]])
            return w->s->near_sites[k];
    return NONE;
}

static void consider(const struct swap *w, int32_t in, int32_t out, int64_t *best, int32_t *who)
{
    const int64_t profit = w->gain[in] - w->loss[out] + w->saved[out];

    if (!w->s->is_fixed[out] && profit > *best) {
        *best = profit;
        *who = out;
    }
}

/* Who goes best for this one, if that gains anything. */
static int32_t partner(struct swap *w, int32_t in)
{
    const int32_t group = w->s->groups[in];
    const bool is_full = w->parties[group].count >= w->s->quotas[group];
    int32_t who = NONE, least;
    int64_t best = 0;

    find_saved(w, in);
    if (w->blocked[in] == 1) {
        const int32_t out = blocker(w, in);

        if (!is_full || w->s->groups[out] == group)
            consider(w, in, out, &best, &who);
    } else if (!w->blocked[in]) {
        least = weakest(w, is_full ? group : w->s->group_count);
        if (least != NONE)
            consider(w, in, least, &best, &who);
        for (int32_t k = 0; k < w->touched_count; k++)
            if (!is_full || w->s->groups[w->touched[k]] == group)
                consider(w, in, w->touched[k], &best, &who);
    }
    for (int32_t k = 0; k < w->touched_count; k++)
        w->saved[w->touched[k]] = 0;
    return who;
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
    if (w->value <= w->best && w->best_count)
        return;
    w->best = w->value;
    w->best_count = w->open_count;
    memcpy(w->best_sites, w->open, (size_t)w->open_count * sizeof *w->open);
}

/* Tries those that wait, `most` of them; whether none is left. */
static bool descend(struct swap *w, int32_t most)
{
    for (; w->queue_count && most > 0; most--) {
        const int32_t in = w->queue[--w->queue_count];
        int32_t out;

        w->is_queued[in] = false;
        if (w->is_open[in] || w->s->is_barred[in] || w->gain[in] <= 0)
            continue;
        out = partner(w, in);
        if (out == NONE)
            continue;
        take_out(w, out);
        put_in(w, in);
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

        if (w->is_open[site] && !w->s->is_fixed[site])
            out[n++] = site;
    }
    return n;
}

static bool has_room(const struct swap *w, int32_t site)
{
    const int32_t group = w->s->groups[site];

    return !w->is_open[site] && !w->s->is_barred[site] && !w->blocked[site] &&
           w->parties[group].count < w->s->quotas[group];
}

/* In the place of `gone`: mostly who adds most of those around, and by chance another. */
static int32_t heir(struct swap *w, int32_t gone, int32_t around)
{
    const int32_t *near;
    const int32_t count = neighbours_of(w, around, &near);
    int32_t best = NONE;
    double most = -1;

    for (int32_t k = 0; k < count; k++) {
        const int32_t site = near[k];
        double gain;

        if (!has_room(w, site))
            continue;
        gain = (double)w->gain[site] * (0.8 + 0.2 * share(w));
        if (gain > most) {
            most = gain;
            best = site;
        }
    }
    return best == NONE && has_room(w, gone) ? gone : best;
}

static void take_back(struct swap *w)
{
    while (w->journal_count) {
        const int32_t what = w->journal[--w->journal_count];

        if (what >= 0)
            take_out(w, what);
        else
            put_in(w, ~what);
    }
}

/* False when there was no place for one of those taken out. */
static bool shake(struct swap *w, int32_t around)
{
    int32_t gone[CLUSTER_MOST];
    const int32_t count = cluster(w, around, 2 + pick(w, CLUSTER_MOST - 2), gone);

    for (int32_t k = 0; k < count; k++) {
        take_out(w, gone[k]);
        note(w, ~gone[k]);
        enqueue_around(w, gone[k]);
    }
    for (int32_t k = 0; k < count; k++) {
        const int32_t in = heir(w, gone[k], around);

        if (in == NONE)
            return false;
        put_in(w, in);
        note(w, in);
        enqueue_around(w, in);
    }
    return true;
}

static void kick(struct swap *w, double heat)
{
    const int64_t before = w->value;
    const int32_t around = w->open[pick(w, w->open_count)];
    bool is_whole;

    w->kicks++;
    if (w->s->is_fixed[around])
        return;
    w->journal_count = 0;
    is_whole = shake(w, around);
    while (is_whole && !descend(w, INT32_MAX))
        continue;
    const double may_lose = (double)w->best * LOSS_AT_HEAT * heat * -log(share(w) + 1e-9);

    if (!is_whole || (double)(before - w->value) > may_lose)
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
    const size_t site_count = (size_t)s->site_count, class_count = (size_t)s->class_count;

    if (!w)
        abort();
    *w = (struct swap){ .s = s, .arena = a, .dice = seed, .journal_room = 64 };
    w->times = arena_take(a, class_count, sizeof *w->times);
    w->sum = arena_take(a, class_count, sizeof *w->sum);
    w->gain = arena_take(a, site_count, sizeof *w->gain);
    w->loss = arena_take(a, site_count, sizeof *w->loss);
    w->is_open = arena_take(a, site_count, sizeof *w->is_open);
    w->blocked = arena_take(a, site_count, sizeof *w->blocked);
    w->parties = arena_take(a, (size_t)s->group_count + 1, sizeof *w->parties);
    w->next = arena_take(a, site_count, sizeof *w->next);
    w->before = arena_take(a, site_count, sizeof *w->before);
    w->open = arena_take(a, site_count, sizeof *w->open);
    w->open_at = arena_take(a, site_count, sizeof *w->open_at);
    w->saved = arena_take(a, site_count, sizeof *w->saved);
    w->touched = arena_take(a, site_count, sizeof *w->touched);
    w->queue = arena_take(a, site_count, sizeof *w->queue);
    w->is_queued = arena_take(a, site_count, sizeof *w->is_queued);
    w->neighbours = arena_take(a, site_count, sizeof *w->neighbours);
    w->neighbour_count = arena_take(a, site_count, sizeof *w->neighbour_count);
    w->seen = arena_take(a, site_count, sizeof *w->seen);
    w->pool = arena_take(a, site_count, sizeof *w->pool);
    w->journal = arena_take(a, (size_t)w->journal_room, sizeof *w->journal);
    w->best_sites = arena_take(a, (size_t)s->site_count, sizeof *w->best_sites);
    for (int32_t g = 0; g <= s->group_count; g++)
        w->parties[g] = (struct party){ NONE, 0, NONE, -1 };
    for (int32_t c = 0; c < s->class_count; c++)
        add_gain(w, c, siting_worth(s, c, 0));
    for (int32_t k = 0; k < count; k++)
        put_in(w, sites[k]);
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
    for (int32_t k = 0; k < kicks && w->open_count; k++)
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
        if (w->is_open[i] && !is_best[i])
            take_out(w, i);
    for (int32_t i = 0; i < w->s->site_count; i++)
        if (!w->is_open[i] && is_best[i])
            put_in(w, i);
    arena_free(scratch);
    w->journal_count = 0;
    enqueue_all(w);
    while (!swap_settle(w, INT32_MAX))
        continue;
}
