/* Subgradient steps with a memory of the last direction, and back to the best prices with half
 * the courage whenever a while has gained nothing. */
#include "geo/plan/dual.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PATIENCE = 40, ROUNDS = 12 };

static const double MEMORY = 0.6, COURAGE_KEPT = 0.8, COURAGE_LEAST = 1e-4;

struct dual {
    const struct siting *s;
    struct arena *arena;
    double *prices, *best_prices; /* of classes */
    double *slope, *last;         /* subgradient, direction */
    double *paid;                 /* of sites */
    int32_t *members;             /* candidates, group by group */
    int32_t *member_first;
    int32_t *rank; /* scratch of the choice */
    int32_t *chosen;
    int32_t chosen_count;
    double bound, best;
    double courage;
    int32_t idle, rounds;
    int64_t steps;
};

/* ------------------------------------------------------------------ the choice that is paid most
 */

static bool is_before(const double *paid, int32_t one, int32_t other)
{
    return paid[one] > paid[other];
}

/* Of these sites the `wanted` that are paid most come first (quickselect). */
static void put_first(const double *paid, int32_t *sites, int32_t count, int32_t wanted)
{
    int32_t low = 0, high = count - 1;

    while (wanted < count && low < high) {
        const int32_t middle = sites[low + (high - low) / 2];
        int32_t i = low, j = high;

        while (i <= j) {
            while (is_before(paid, sites[i], middle))
                i++;
            while (is_before(paid, middle, sites[j]))
                j--;
            if (i <= j) {
                const int32_t held = sites[i];

                sites[i++] = sites[j];
                sites[j--] = held;
            }
        }
        if (wanted <= j)
            high = j;
        else if (wanted > i)
            low = i;
        else
            break;
    }
}

/* Who stands already, then of each group as many as it may have, and of all of them as many as
 * are asked for: which is the best choice there is, by what is paid. */
static void choose(struct dual *d)
{
    const struct siting *s = d->s;
    int32_t *free_sites = d->rank, free_count = 0, standing = 0;

    d->chosen_count = 0;
    for (int32_t g = 0; g < s->group_count; g++) {
        const int32_t first = d->member_first[g];
        int32_t *mine = free_sites + free_count, count = 0, quota = s->quotas[g];

        for (int32_t k = first; k < d->member_first[g + 1]; k++) {
            if (s->is_fixed[d->members[k]]) {
                d->chosen[d->chosen_count++] = d->members[k];
                quota--;
            } else {
                mine[count++] = d->members[k];
            }
        }
        put_first(d->paid, mine, count, quota);
        free_count += count < quota ? count : quota;
    }
    standing = d->chosen_count;
    if (free_count > s->count - standing) {
        put_first(d->paid, free_sites, free_count, s->count - standing);
        free_count = s->count - standing;
    }
    memcpy(d->chosen + standing, free_sites, (size_t)free_count * sizeof *free_sites);
    d->chosen_count += free_count;
}

/* ------------------------------------------------------------------ steps */

/* What a class keeps when each of its points costs `price`, and how many it then wants. */
static double kept(const struct siting *s, int32_t class, double price, int32_t *wanted)
{
    double sum = 0;
    int32_t n = 0;

    for (; n < s->share_count; n++) {
        const double worth = (double)(s->weights[class] * s->shares[n]);

        if (worth <= price)
            break;
        sum += worth - price;
    }
    *wanted = n;
    return sum;
}

/* The bound of these prices; the slope holds what the classes want less what they get. */
static void evaluate(struct dual *d)
{
    const struct siting *s = d->s;
    double sum = 0;

    for (int32_t c = 0; c < s->class_count; c++) {
        int32_t wanted;

        sum += kept(s, c, d->prices[c], &wanted);
        d->slope[c] = -wanted;
    }
    for (int32_t i = 0; i < s->site_count; i++) {
        double paid = 0;

        for (int32_t k = s->site_first[i]; k < s->site_first[i + 1]; k++)
            paid += d->prices[s->site_classes[k]];
        d->paid[i] = paid;
    }
    choose(d);
    for (int32_t k = 0; k < d->chosen_count; k++) {
        const int32_t site = d->chosen[k];

        sum += d->paid[site];
        for (int32_t m = s->site_first[site]; m < s->site_first[site + 1]; m++)
            d->slope[s->site_classes[m]] += 1;
    }
    d->bound = sum;
}

static void step(struct dual *d, double value)
{
    const struct siting *s = d->s;
    double length = 0, pace;

    for (int32_t c = 0; c < s->class_count; c++) {
        const double most = (double)(s->weights[c] * s->shares[0]);
        double slope = d->slope[c];

        /* At the highest price a class may want one point as well as none. */
        if (d->prices[c] >= most && slope > 0)
            slope -= 1;
        if (d->prices[c] <= 0 && slope > 0)
            slope = 0;
        d->last[c] = slope + MEMORY * d->last[c];
        length += d->last[c] * d->last[c];
    }
    if (length < 1e-9) {
        d->courage = 0;
        return;
    }
    pace = d->courage * (d->bound - value) / length;
    for (int32_t c = 0; c < s->class_count; c++) {
        const double most = (double)(s->weights[c] * s->shares[0]);
        const double price = d->prices[c] - pace * d->last[c];

        d->prices[c] = price < 0 ? 0 : price > most ? most : price;
    }
}

bool dual_run(struct dual *d, int32_t steps, int64_t value)
{
    const size_t size = (size_t)d->s->class_count * sizeof *d->prices;

    for (int32_t n = 0; n < steps; n++) {
        if (d->best - (double)value < 1 || d->rounds >= ROUNDS)
            return false;
        if (d->courage < COURAGE_LEAST) { /* what is best now may lie in another valley */
            d->rounds++;
            d->courage = 1.0 / (1 + d->rounds);
        }
        evaluate(d);
        d->steps++;
        d->idle = d->bound < d->best * (1 - 1e-6) ? 0 : d->idle + 1;
        if (d->bound < d->best) {
            d->best = d->bound;
            memcpy(d->best_prices, d->prices, size);
        }
        if (d->idle >= PATIENCE) {
            d->courage *= COURAGE_KEPT;
            d->idle = 0;
            memcpy(d->prices, d->best_prices, size);
            memset(d->last, 0, size);
            continue;
        }
        step(d, (double)value);
    }
    return true;
}

/* ------------------------------------------------------------------ in whole numbers */

static int descending(const void *one, const void *other)
{
    const int64_t a = *(const int64_t *)one, b = *(const int64_t *)other;

    return (a < b) - (a > b);
}

static int64_t kept_exactly(const struct siting *s, int32_t class, int64_t price)
{
    int64_t sum = 0;

    for (int32_t n = 0; n < s->share_count; n++) {
        const int64_t worth = siting_worth(s, class, n) * DUAL_SCALE;

        sum += worth > price ? worth - price : 0;
    }
    return sum;
}

const int64_t *dual_curve(const struct siting *s, const int64_t *prices, struct arena *a)
{
    int64_t *bounds = arena_take(a, (size_t)s->count + 1, sizeof *bounds);
    int64_t *paid = arena_take(a, (size_t)s->site_count, sizeof *paid);
    int64_t *best = arena_take(a, (size_t)s->site_count, sizeof *best);
    int64_t *mine = arena_take(a, (size_t)s->site_count, sizeof *mine);
    int32_t *at = arena_take(a, (size_t)s->group_count + 1, sizeof *at);
    int32_t *quota = arena_take(a, (size_t)s->group_count, sizeof *quota);
    int32_t best_count = 0, standing = 0;
    int64_t sum = 0;

    for (int32_t c = 0; c < s->class_count; c++)
        sum += kept_exactly(s, c, prices[c]);
    for (int32_t i = 0; i < s->site_count; i++)
        for (int32_t k = s->site_first[i]; k < s->site_first[i + 1]; k++)
            paid[i] += prices[s->site_classes[k]];
    memcpy(quota, s->quotas, (size_t)s->group_count * sizeof *quota);
    for (int32_t i = 0; i < s->site_count; i++) {
        at[s->groups[i] + 1] += !s->is_fixed[i] && !s->is_barred[i];
        if (!s->is_fixed[i])
            continue;
        sum += paid[i];
        quota[s->groups[i]]--;
        standing++;
    }
    for (int32_t g = 0; g < s->group_count; g++)
        at[g + 1] += at[g];
    for (int32_t i = 0; i < s->site_count; i++)
        if (!s->is_fixed[i] && !s->is_barred[i])
            mine[at[s->groups[i]]++] = paid[i];
    for (int32_t g = 0, first = 0; g < s->group_count; first = at[g++]) {
        qsort(mine + first, (size_t)(at[g] - first), sizeof *mine, descending);
        for (int32_t k = 0; k < quota[g] && k < at[g] - first; k++)
            best[best_count++] = mine[first + k];
    }
    qsort(best, (size_t)best_count, sizeof *best, descending);
    for (int32_t k = 0; k <= s->count; k++) {
        if (k > standing && k - standing <= best_count)
            sum += best[k - standing - 1];
        bounds[k] = sum;
    }
    return bounds;
}

int64_t dual_prices(const struct dual *d, struct arena *a, const int64_t **prices)
{
    const struct siting *s = d->s;
    int64_t *out = arena_take(a, (size_t)s->class_count, sizeof *out);

    for (int32_t c = 0; c < s->class_count; c++)
        out[c] = llround(d->best_prices[c] * DUAL_SCALE);
    *prices = out;
    return dual_curve(s, out, a)[s->count];
}

/* ------------------------------------------------------------------ its life */

static void take_members(struct dual *d)
{
    const struct siting *s = d->s;
    int32_t *at = arena_take(d->arena, (size_t)s->group_count + 1, sizeof *at);

    for (int32_t i = 0; i < s->site_count; i++)
        d->member_first[s->groups[i] + 1] += !s->is_barred[i];
    for (int32_t g = 0; g < s->group_count; g++) {
        d->member_first[g + 1] += d->member_first[g];
        at[g] = d->member_first[g];
    }
    for (int32_t i = 0; i < s->site_count; i++)
        if (!s->is_barred[i])
            d->members[at[s->groups[i]]++] = i;
}

/* A class that the choice covers once keeps less than half, of those covered often most is
 * paid by others: measured, a start that is some hundred steps ahead of one from nothing. */
static void begin_with(struct dual *d, const int32_t *sites, int32_t count)
{
    const struct siting *s = d->s;
    int32_t *times = arena_take(d->arena, (size_t)s->class_count, sizeof *times);

    for (int32_t n = 0; n < count; n++)
        for (int32_t k = s->site_first[sites[n]]; k < s->site_first[sites[n] + 1]; k++)
            times[s->site_classes[k]]++;
    for (int32_t c = 0; c < s->class_count; c++)
        d->prices[c] = (double)(s->weights[c] * s->shares[0]) * (times[c] == 0   ? 1.0
                                                                 : times[c] == 1 ? 0.6
                                                                                 : 0.2);
}

struct dual *dual_new(const struct siting *s, const int32_t *sites, int32_t count)
{
    struct arena *a = arena_new();
    struct dual *d = arena_take(a, 1, sizeof *d);
    const size_t site_count = (size_t)s->site_count, class_count = (size_t)s->class_count;

    *d = (struct dual){ .s = s, .arena = a, .courage = 1, .best = HUGE_VAL };
    d->prices = arena_take(a, class_count, sizeof *d->prices);
    d->best_prices = arena_take(a, class_count, sizeof *d->best_prices);
    d->slope = arena_take(a, class_count, sizeof *d->slope);
    d->last = arena_take(a, class_count, sizeof *d->last);
    d->paid = arena_take(a, site_count, sizeof *d->paid);
    d->members = arena_take(a, site_count, sizeof *d->members);
    d->member_first = arena_take(a, (size_t)s->group_count + 1, sizeof *d->member_first);
    d->rank = arena_take(a, site_count, sizeof *d->rank);
    d->chosen = arena_take(a, site_count, sizeof *d->chosen);
    take_members(d);
    begin_with(d, sites, count);
    memcpy(d->best_prices, d->prices, class_count * sizeof *d->prices);
    evaluate(d);
    d->best = d->bound;
    return d;
}

void dual_free(struct dual *d)
{
    if (d)
        arena_free(d->arena);
}

double dual_bound(const struct dual *d)
{
    return d->best;
}

int64_t dual_steps(const struct dual *d)
{
    return d->steps;
}
