/* What is kept up to date follows Resende and Werneck (2007): what each site would add (`gain`),
 * what each chosen one alone holds (`loss`), and the sum of the numbers of the chosen ones of each
 * class, which is its only one where there is one. The gain of a swap is then gain[in] - loss[out]
 * + what both cover and would not be lost, found in one pass over the classes of `in`. */
#include "geo/plan/chosen.h"

#include <stdlib.h>

#include "geo/base/arena.h"

/* ------------------------------------------------------------------ put in, take out */

static void add_gain(struct chosen *c, int32_t class, int64_t more)
{
    const struct siting *s = c->s;

    for (int32_t k = s->class_first[class]; more && k < s->class_first[class + 1]; k++)
        c->gain[s->class_sites[k]] += more;
}

/* What each of the `n` chosen sites of a class holds changes by `more`. */
static void add_loss(struct chosen *c, int32_t class, int32_t n, int64_t more)
{
    const struct siting *s = c->s;

    if (!more || n < 1)
        return;
    if (n == 1) {
        c->loss[c->sum[class]] += more;
        return;
    }
    for (int32_t k = s->class_first[class]; k < s->class_first[class + 1]; k++)
        if (c->is_open[s->class_sites[k]])
            c->loss[s->class_sites[k]] += more;
}

static void join(struct chosen *c, int32_t site)
{
    struct chosen_party *p = &c->parties[c->s->groups[site]];

    c->next[site] = p->first;
    c->before[site] = CHOSEN_NONE;
    if (p->first != CHOSEN_NONE)
        c->before[p->first] = site;
    p->first = site;
    p->count++;
    c->open_at[site] = c->open_count;
    c->open[c->open_count++] = site;
}

static void leave(struct chosen *c, int32_t site)
{
    struct chosen_party *p = &c->parties[c->s->groups[site]];
    const int32_t last = c->open[--c->open_count];

    if (c->before[site] == CHOSEN_NONE)
        p->first = c->next[site];
    else
        c->next[c->before[site]] = c->next[site];
    if (c->next[site] != CHOSEN_NONE)
        c->before[c->next[site]] = c->before[site];
    p->count--;
    c->open[c->open_at[site]] = last;
    c->open_at[last] = c->open_at[site];
}

static void block(struct chosen *c, int32_t site, int32_t more)
{
    for (int32_t k = c->s->near_first[site]; k < c->s->near_first[site + 1]; k++)
        c->blocked[c->s->near_sites[k]] += more;
}

void chosen_put(struct chosen *c, int32_t site)
{
    const struct siting *s = c->s;

    c->loss[site] = 0;
    for (int32_t k = s->site_first[site]; k < s->site_first[site + 1]; k++) {
        const int32_t class = s->site_classes[k];
        const int32_t n = c->times[class]++;
        const int64_t worth = siting_worth(s, class, n);

        c->value += worth;
        c->loss[site] += worth;
        add_gain(c, class, siting_worth(s, class, n + 1) - worth);
        if (n)
            add_loss(c, class, n, worth - siting_worth(s, class, n - 1));
        c->sum[class] += (uint32_t)site;
    }
    c->is_open[site] = true;
    c->change++;
    join(c, site);
    block(c, site, 1);
}

void chosen_drop(struct chosen *c, int32_t site)
{
    const struct siting *s = c->s;

    c->is_open[site] = false;
    for (int32_t k = s->site_first[site]; k < s->site_first[site + 1]; k++) {
        const int32_t class = s->site_classes[k];
        const int32_t n = --c->times[class];
        const int64_t worth = siting_worth(s, class, n);

        c->sum[class] -= (uint32_t)site;
        c->value -= worth;
        add_gain(c, class, worth - siting_worth(s, class, n + 1));
        if (n)
            add_loss(c, class, n, siting_worth(s, class, n - 1) - worth);
    }
    c->loss[site] = 0;
    c->change++;
    leave(c, site);
    block(c, site, -1);
}

/* ------------------------------------------------------------------ one swap */

/* What is saved of `site`'s share in a class, which `in` covers too, when it goes. */
static void save(struct chosen *c, int32_t site, int64_t worth)
{
    if (!c->saved[site])
        c->touched[c->touched_count++] = site;
    c->saved[site] += worth;
}

static void find_saved(struct chosen *c, int32_t in)
{
    const struct siting *s = c->s;

    c->touched_count = 0;
    for (int32_t k = s->site_first[in]; k < s->site_first[in + 1]; k++) {
        const int32_t class = s->site_classes[k];
        const int32_t n = c->times[class];

        if (n < 1 || n > s->share_count)
            continue;
        const int64_t worth = siting_worth(s, class, n - 1) - siting_worth(s, class, n);

        if (n == 1) {
            save(c, (int32_t)c->sum[class], worth);
            continue;
        }
        for (int32_t m = s->class_first[class]; worth && m < s->class_first[class + 1]; m++)
            if (c->is_open[s->class_sites[m]])
                save(c, s->class_sites[m], worth);
    }
}

static bool is_weaker(const struct chosen *c, int32_t one, int32_t other)
{
    if (other == CHOSEN_NONE || c->loss[one] != c->loss[other])
        return other == CHOSEN_NONE || c->loss[one] < c->loss[other];
    return one < other;
}

/* Of those in a group, or of all, whom it costs least to take out; CHOSEN_NONE when all must stay.
 */
static int32_t weakest(struct chosen *c, int32_t group)
{
    struct chosen_party *p = &c->parties[group];
    const bool is_all = group == c->s->group_count;

    if (p->known_at == c->change)
        return p->weakest;
    p->known_at = c->change;
    p->weakest = CHOSEN_NONE;
    for (int32_t k = 0; is_all && k < c->open_count; k++)
        if (!c->s->is_fixed[c->open[k]] && is_weaker(c, c->open[k], p->weakest))
            p->weakest = c->open[k];
    for (int32_t i = is_all ? CHOSEN_NONE : p->first; i != CHOSEN_NONE; i = c->next[i])
        if (!c->s->is_fixed[i] && is_weaker(c, i, p->weakest))
            p->weakest = i;
    return p->weakest;
}

/* The only chosen site that is too close to this one. */
static int32_t blocker(const struct chosen *c, int32_t site)
{
    for (int32_t k = c->s->near_first[site]; k < c->s->near_first[site + 1]; k++)
        if (c->is_open[c->s->near_sites[k]])
            return c->s->near_sites[k];
    return CHOSEN_NONE;
}

static void consider(const struct chosen *c, int32_t in, int32_t out, int64_t *best, int32_t *who)
{
    const int64_t profit = c->gain[in] - c->loss[out] + c->saved[out];

    if (!c->s->is_fixed[out] && profit > *best) {
        *best = profit;
        *who = out;
    }
}

int32_t chosen_partner(struct chosen *c, int32_t in)
{
    const int32_t group = c->s->groups[in];
    const bool is_full = c->parties[group].count >= c->s->quotas[group];
    int32_t who = CHOSEN_NONE, least;
    int64_t best = 0;

    find_saved(c, in);
    if (c->blocked[in] == 1) {
        const int32_t out = blocker(c, in);

        if (!is_full || c->s->groups[out] == group)
            consider(c, in, out, &best, &who);
    } else if (!c->blocked[in]) {
        least = weakest(c, is_full ? group : c->s->group_count);
        if (least != CHOSEN_NONE)
            consider(c, in, least, &best, &who);
        for (int32_t k = 0; k < c->touched_count; k++)
            if (!is_full || c->s->groups[c->touched[k]] == group)
                consider(c, in, c->touched[k], &best, &who);
    }
    for (int32_t k = 0; k < c->touched_count; k++)
        c->saved[c->touched[k]] = 0;
    return who;
}

bool chosen_has_room(const struct chosen *c, int32_t site)
{
    const int32_t group = c->s->groups[site];

    return !c->is_open[site] && !c->s->is_barred[site] && !c->blocked[site] &&
           c->parties[group].count < c->s->quotas[group];
}

/* ------------------------------------------------------------------ its life */

void chosen_begin(struct chosen *c, const struct siting *s, struct arena *a)
{
    const size_t site_count = (size_t)s->site_count, class_count = (size_t)s->class_count;

    *c = (struct chosen){ .s = s };
    c->times = arena_take(a, class_count, sizeof *c->times);
    c->sum = arena_take(a, class_count, sizeof *c->sum);
    c->gain = arena_take(a, site_count, sizeof *c->gain);
    c->loss = arena_take(a, site_count, sizeof *c->loss);
    c->is_open = arena_take(a, site_count, sizeof *c->is_open);
    c->blocked = arena_take(a, site_count, sizeof *c->blocked);
    c->parties = arena_take(a, (size_t)s->group_count + 1, sizeof *c->parties);
    c->next = arena_take(a, site_count, sizeof *c->next);
    c->before = arena_take(a, site_count, sizeof *c->before);
    c->open = arena_take(a, site_count, sizeof *c->open);
    c->open_at = arena_take(a, site_count, sizeof *c->open_at);
    c->saved = arena_take(a, site_count, sizeof *c->saved);
    c->touched = arena_take(a, site_count, sizeof *c->touched);
    for (int32_t g = 0; g <= s->group_count; g++)
        c->parties[g] = (struct chosen_party){ CHOSEN_NONE, 0, CHOSEN_NONE, -1 };
    for (int32_t class = 0; class < s->class_count; class ++)
        add_gain(c, class, siting_worth(s, class, 0));
}
