/* Sites and the demand they cover, as lists both ways. Pieces with the same list become one
 * class: on streets a third of them go, and of millions of places around a hundred sites only
 * thousands of classes are left. */
#include "geo/plan/siting.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct lists {
    int32_t *first;
    int32_t *items;
};

/* ------------------------------------------------------------------ what is refused */

static bool check_sizes(const struct siting_question *q, struct fail *f)
{
    if (q->piece_count < 1)
        return fail_set(f, FAIL_INPUT, DEMAND_EMPTY, "there is no demand to cover");
    if (q->site_count < 1)
        return fail_set(f, FAIL_INPUT, SITES_NONE, "there is no site to choose");
    if (q->piece_count > SITING_PIECES_MAX || q->site_count > SITING_SITES_MAX ||
        q->group_count > SITING_GROUPS_MAX || q->first[q->site_count] > SITING_LINKS_MAX) {
        fail_set(f, FAIL_INPUT, PLAN_TOO_LARGE, "%d pieces, %d sites, %d groups", q->piece_count,
                 q->site_count, q->group_count);
        return fail_allowed(f, "%d pieces, %d sites, %d groups, %d links", SITING_PIECES_MAX,
                            SITING_SITES_MAX, SITING_GROUPS_MAX, SITING_LINKS_MAX);
    }
    return true;
}

static bool check_shares(const struct siting_question *q, struct fail *f)
{
    bool is_good = q->share_count >= 1 && q->share_count <= SITING_SHARES_MAX;

    for (int32_t k = 0; is_good && k < q->share_count; k++)
        is_good = q->shares[k] >= 1 && q->shares[k] <= (k ? q->shares[k - 1] : SITING_SHARE_MAX);
    if (is_good)
        return true;
    fail_set(f, FAIL_INPUT, PLAN_MALFORMED, "the shares of the first, second, … point must fall");
    return fail_allowed(f, "1 to %d numbers from %d down to 1", SITING_SHARES_MAX,
                        SITING_SHARE_MAX);
}

static bool check_links(const struct siting_question *q, struct fail *f)
{
    for (int32_t i = 0; i < q->site_count; i++) {
        if (q->first[i] > q->first[i + 1])
            return fail_set(f, FAIL_INPUT, PLAN_MALFORMED, "the list of site %d has no length", i);
        for (int32_t k = q->first[i]; k < q->first[i + 1]; k++)
            if (q->pieces[k] < 0 || q->pieces[k] >= q->piece_count)
                return fail_set(f, FAIL_INPUT, PLAN_MALFORMED, "site %d covers piece %d of %d", i,
                                q->pieces[k], q->piece_count);
        if (q->group_count && (q->groups[i] < 0 || q->groups[i] >= q->group_count))
            return fail_set(f, FAIL_INPUT, PLAN_MALFORMED, "site %d is in group %d of %d", i,
                            q->groups[i], q->group_count);
    }
    for (int32_t k = 0; k < q->pair_count; k++)
        if (q->pairs[k].one < 0 || q->pairs[k].one >= q->site_count || q->pairs[k].other < 0 ||
            q->pairs[k].other >= q->site_count || q->pairs[k].one == q->pairs[k].other)
            return fail_set(f, FAIL_INPUT, PLAN_MALFORMED, "no pair: sites %d and %d",
                            q->pairs[k].one, q->pairs[k].other);
    return true;
}

static bool check_weights(const struct siting_question *q, int64_t *sum, struct fail *f)
{
    int64_t most = 0, points = q->count > 0 ? q->count : 1, limit;

    for (int32_t k = 0; k < q->share_count; k++)
        most += q->shares[k];
    for (int32_t i = 0; q->is_fixed && i < q->site_count; i++)
        points += q->is_fixed[i];
    limit = SITING_VALUE_MAX / most / points;
    *sum = 0;
    for (int32_t j = 0; j < q->piece_count; j++) {
        const int64_t w = q->weights[j];

        if (w < 0 || w > limit - *sum) {
            fail_set(f, FAIL_INPUT, VALUE_OUT_OF_RANGE, "the weight of piece %d is %lld", j,
                     (long long)w);
            return fail_allowed(f, "0 or more, all together at most %lld", (long long)limit);
        }
        *sum += w;
    }
    return *sum > 0 || fail_set(f, FAIL_INPUT, DEMAND_EMPTY, "no piece of demand weighs anything");
}

/* ------------------------------------------------------------------ lists */

/* Lists of `from` things turned round: of each of `to` things those that name it, ascending. */
static struct lists turned(const int32_t *first, const int32_t *items, int32_t from, int32_t to,
                           struct arena *a)
{
    struct lists out = { arena_take(a, (size_t)to + 2, sizeof(int32_t)),
                         arena_take(a, (size_t)first[from] + 1, sizeof(int32_t)) };

    /* One place further than the result, so that filling in moves the beginnings there. */
    for (int32_t k = 0; k < first[from]; k++)
        out.first[items[k] + 2]++;
    for (int32_t i = 0; i < to; i++)
        out.first[i + 2] += out.first[i + 1];
    for (int32_t i = 0; i < from; i++)
        for (int32_t k = first[i]; k < first[i + 1]; k++)
            out.items[out.first[items[k] + 1]++] = i;
    return out;
}

static uint64_t stirred(uint64_t x)
{
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

static uint64_t hash_of(const int32_t *items, int32_t count)
{
    uint64_t h = (uint64_t)count;

    for (int32_t k = 0; k < count; k++)
        h = stirred(h + UINT64_C(0x9e3779b97f4a7c15) * ((uint64_t)items[k] + 1));
    return h;
}

/* Classes by open addressing; compared by their lists, so that no hash decides alone. */
struct fold {
    const struct lists *by_piece;
    int32_t *slots; /* class + 1 */
    uint32_t mask;
    int32_t *example; /* a piece of each class */
    int64_t *weights;
    int32_t count;
};

static int32_t class_found(struct fold *d, int32_t piece)
{
    const int32_t *first = d->by_piece->first, *items = d->by_piece->items;
    const int32_t length = first[piece + 1] - first[piece];
    uint32_t slot = (uint32_t)hash_of(items + first[piece], length) & d->mask;

    for (; d->slots[slot]; slot = (slot + 1) & d->mask) {
        const int32_t other = d->example[d->slots[slot] - 1];

        if (first[other + 1] - first[other] == length &&
            memcmp(items + first[other], items + first[piece], (size_t)length * sizeof *items) == 0)
            return d->slots[slot] - 1;
    }
    d->example[d->count] = piece;
    d->slots[slot] = ++d->count;
    return d->count - 1;
}

static uint32_t mask_for(int32_t count)
{
    uint32_t size = 16;

    while (size < 2 * (uint32_t)count)
        size *= 2;
    return size - 1;
}

/* The pieces of sites that may be chosen and weigh something, as a question of its own. */
static struct lists usable(const struct siting_question *q, struct arena *a)
{
    struct lists out = { arena_take(a, (size_t)q->site_count + 1, sizeof(int32_t)),
                         arena_take(a, (size_t)q->first[q->site_count] + 1, sizeof(int32_t)) };
    int32_t n = 0;

    for (int32_t i = 0; i < q->site_count; i++) {
        out.first[i] = n;
        if (q->is_barred && q->is_barred[i] && !(q->is_fixed && q->is_fixed[i]))
            continue;
        for (int32_t k = q->first[i]; k < q->first[i + 1]; k++)
            if (q->weights[q->pieces[k]] > 0)
                out.items[n++] = q->pieces[k];
    }
    out.first[q->site_count] = n;
    return out;
}

static bool is_listed_twice(const struct lists *by_piece, int32_t piece)
{
    for (int32_t k = by_piece->first[piece] + 1; k < by_piece->first[piece + 1]; k++)
        if (by_piece->items[k] == by_piece->items[k - 1])
            return true;
    return false;
}

static bool merge(const struct siting_question *q, struct arena *a, struct siting *out,
                  struct fail *f)
{
    struct arena *scratch = arena_new();
    const struct lists mine = usable(q, scratch);
    const struct lists by_piece =
        turned(mine.first, mine.items, q->site_count, q->piece_count, scratch);
    const uint32_t mask = mask_for(q->piece_count);
    struct fold d = { &by_piece,
                      arena_take(scratch, (size_t)mask + 1, sizeof(int32_t)),
                      mask,
                      arena_take(scratch, (size_t)q->piece_count, sizeof(int32_t)),
                      arena_take(a, (size_t)q->piece_count, sizeof(int64_t)),
                      0 };
    int32_t *class_of = arena_take(a, (size_t)q->piece_count, sizeof *class_of);
    int32_t *class_first, *class_sites, links = 0;
    struct lists by_site;

    for (int32_t j = 0; j < q->piece_count; j++) {
        class_of[j] = -1;
        if (by_piece.first[j + 1] == by_piece.first[j])
            continue;
        if (is_listed_twice(&by_piece, j)) {
            arena_free(scratch);
            return fail_set(f, FAIL_INPUT, PLAN_MALFORMED, "a site names piece %d twice", j);
        }
        class_of[j] = class_found(&d, j);
        d.weights[class_of[j]] += q->weights[j];
        out->coverable += q->weights[j];
    }
    class_first = arena_take(a, (size_t)d.count + 1, sizeof *class_first);
    for (int32_t c = 0; c < d.count; c++)
        class_first[c + 1] = links +=
            by_piece.first[d.example[c] + 1] - by_piece.first[d.example[c]];
    class_sites = arena_take(a, (size_t)links + 1, sizeof *class_sites);
    for (int32_t c = 0; c < d.count; c++)
        memcpy(class_sites + class_first[c], by_piece.items + by_piece.first[d.example[c]],
               (size_t)(class_first[c + 1] - class_first[c]) * sizeof *class_sites);
    by_site = turned(class_first, class_sites, d.count, q->site_count, a);
    out->class_count = d.count;
    out->weights = d.weights;
    out->class_of = class_of;
    out->class_first = class_first;
    out->class_sites = class_sites;
    out->site_first = by_site.first;
    out->site_classes = by_site.items;
    arena_free(scratch);
    return true;
}

/* ------------------------------------------------------------------ what may be chosen */

static void take_rules(const struct siting_question *q, struct arena *a, struct siting *out)
{
    const size_t sites = (size_t)q->site_count;
    bool *is_fixed = arena_take(a, sites, sizeof *is_fixed);
    bool *is_barred = arena_take(a, sites, sizeof *is_barred);
    int32_t *groups = arena_take(a, sites, sizeof *groups);
    int32_t *first = arena_take(a, sites + 1, sizeof *first);
    int32_t *at = arena_take(a, sites + 1, sizeof *at);
    int32_t *items = arena_take(a, 2 * (size_t)q->pair_count + 1, sizeof *items);

    for (int32_t i = 0; i < q->site_count; i++) {
        is_fixed[i] = q->is_fixed && q->is_fixed[i];
        is_barred[i] = q->is_barred && q->is_barred[i] && !is_fixed[i];
        groups[i] = q->group_count ? q->groups[i] : 0;
    }
    for (int32_t k = 0; k < q->pair_count; k++) {
        at[q->pairs[k].one]++;
        at[q->pairs[k].other]++;
    }
    for (int32_t i = 0; i < q->site_count; i++) {
        first[i + 1] = first[i] + at[i];
        at[i] = first[i];
    }
    for (int32_t k = 0; k < q->pair_count; k++) {
        items[at[q->pairs[k].one]++] = q->pairs[k].other;
        items[at[q->pairs[k].other]++] = q->pairs[k].one;
    }
    out->is_fixed = is_fixed;
    out->is_barred = is_barred;
    out->groups = groups;
    out->near_first = first;
    out->near_sites = items;
}

static void lack(struct siting *s, struct siting_lack *room, enum siting_lack_kind kind,
                 int32_t group, int32_t asked, int32_t possible)
{
    room[s->lack_count++] = (struct siting_lack){ kind, group, asked, possible };
}

/* One site that stands and has another that stands too close; -1 when there is none. */
static int32_t crowded(const struct siting *s)
{
    for (int32_t i = 0; i < s->site_count; i++)
        for (int32_t k = s->near_first[i]; s->is_fixed[i] && k < s->near_first[i + 1]; k++)
            if (s->is_fixed[s->near_sites[k]])
                return i;
    return -1;
}

/* Quotas and count as can be met. */
static void take_numbers(const struct siting_question *q, struct arena *a, struct siting *s)
{
    int32_t *quotas = arena_take(a, (size_t)s->group_count, sizeof *quotas);
    int32_t *have = arena_take(a, (size_t)s->group_count, sizeof *have);
    int32_t *fixed = arena_take(a, (size_t)s->group_count, sizeof *fixed);
    struct siting_lack *lacks = arena_take(a, 2 * (size_t)s->group_count + 3, sizeof *lacks);
    int32_t possible = 0, standing = 0, close;

    for (int32_t i = 0; i < s->site_count; i++) {
        have[s->groups[i]] += !s->is_barred[i];
        fixed[s->groups[i]] += s->is_fixed[i];
        standing += s->is_fixed[i];
    }
    for (int32_t g = 0; g < s->group_count; g++) {
        const int32_t quota = q->group_count ? q->quotas[g] : have[g];

        quotas[g] = quota < have[g] ? quota : have[g];
        if (quota > have[g])
            lack(s, lacks, SITING_LACK_GROUP, g, quota, have[g]);
        if (fixed[g] > quotas[g]) {
            lack(s, lacks, SITING_LACK_FIXED, g, quotas[g], fixed[g]);
            quotas[g] = fixed[g];
        }
        possible += quotas[g];
    }
    s->count = q->count;
    if (s->count > possible) {
        lack(s, lacks, SITING_LACK_SITES, -1, s->count, possible);
        s->count = possible;
    }
    if (s->count < standing) {
        lack(s, lacks, SITING_LACK_FIXED, -1, s->count, standing);
        s->count = standing;
    }
    close = crowded(s);
    if (close >= 0)
        lack(s, lacks, SITING_LACK_CLOSE, close, 1, 0);
    s->quotas = quotas;
    s->lacks = lacks;
}

bool siting_take(const struct siting_question *q, struct arena *a, struct siting *out,
                 struct fail *f)
{
    struct siting s = { .site_count = q->site_count,
                        .group_count = q->group_count ? q->group_count : 1,
                        .share_count = q->share_count };

    if (!check_sizes(q, f) || !check_shares(q, f) || !check_links(q, f) ||
        !check_weights(q, &s.weight, f) || !merge(q, a, &s, f))
        return false;
    if (!s.class_count)
        return fail_set(f, FAIL_INPUT, DEMAND_EMPTY, "no site covers any of the %d pieces",
                        q->piece_count);
    memcpy(s.shares, q->shares, (size_t)q->share_count * sizeof *q->shares);
    take_rules(q, a, &s);
    take_numbers(q, a, &s);
    *out = s;
    return true;
}

/* ------------------------------------------------------------------ values */

int64_t siting_value(const struct siting *s, const int32_t *sites, int32_t count, struct arena *a)
{
    int32_t *times = arena_take(a, (size_t)s->class_count, sizeof *times);
    int64_t value = 0;

    for (int32_t n = 0; n < count; n++)
        for (int32_t k = s->site_first[sites[n]]; k < s->site_first[sites[n] + 1]; k++)
            value += siting_worth(s, s->site_classes[k], times[s->site_classes[k]]++);
    return value;
}

int64_t siting_alone(const struct siting *s, const int32_t *sites, int32_t count, int32_t which,
                     struct arena *a)
{
    int32_t *others = arena_take(a, (size_t)count + 1, sizeof *others);
    int32_t n = 0;

    for (int32_t k = 0; k < count; k++)
        if (sites[k] != which)
            others[n++] = sites[k];
    return siting_value(s, sites, count, a) - siting_value(s, others, n, a);
}
