/* One pass: each class comes with the sites that cover it and with its price; by the chosen ones
 * among the sites it is worth so much, and to each of the sites it pays its price. */
#include "geo/plan/verdict.h"

#include <stdlib.h>

enum {
    VERSION = 1,
    SCALE = 1024,
    SITES_MAX = 1000 * 1000,
    GROUPS_MAX = 10 * 1000,
    CLASSES_MAX = 50 * 1000 * 1000,
    PAIRS_MAX = 400 * 1000 * 1000,
    SHARES_MAX = 4,
    SHARE_MAX = 1000,
};

/* Of all weights times the shares times the points: then no sum in 1/SCALE leaves 64 bits. */
#define VALUE_MAX (INT64_C(1) << 52)

struct reader {
    const unsigned char *at, *end;
    bool is_bad;
};

struct site {
    int64_t paid;
    int32_t group;
    bool is_fixed, is_barred, is_open;
};

struct court {
    struct reader question, proof;
    int32_t site_count, group_count, class_count, pair_count, asked, share_count;
    int64_t shares[SHARES_MAX];
    int32_t *quotas;
    struct site *sites;
    int32_t open_count;
    int64_t value, bound, weight, room;
    int64_t claimed_value, claimed_bound;
};

/* ------------------------------------------------------------------ numbers */

/* 0 to most; the shortest form only. */
static int64_t get(struct reader *r, int64_t most)
{
    uint64_t number = 0;

    for (int shift = 0; shift < 63 && r->at < r->end; shift += 7) {
        const unsigned char byte = *r->at++;

        number |= (uint64_t)(byte & 127) << shift;
        if (byte & 128)
            continue;
        if ((byte || !shift) && number <= (uint64_t)most)
            return (int64_t)number;
        break;
    }
    r->is_bad = true;
    return 0;
}

static int32_t get_int(struct reader *r, int32_t most)
{
    return (int32_t)get(r, most);
}

/* The next of an ascending list; `before` is -1 for the first. */
static int32_t get_next(struct reader *r, int32_t before, int32_t below)
{
    const int32_t step = get_int(r, below);
    const int32_t next = before < 0 ? step : before + step;

    if ((before >= 0 && step < 1) || next >= below) {
        r->is_bad = true;
        return 0;
    }
    return next;
}

/* ------------------------------------------------------------------ what is read */

static bool read_head(struct court *c)
{
    struct reader *r = &c->question;
    int64_t most = 0;

    if (get(r, VERSION) != VERSION)
        return false;
    c->site_count = get_int(r, SITES_MAX);
    c->group_count = get_int(r, GROUPS_MAX);
    c->class_count = get_int(r, CLASSES_MAX);
    c->pair_count = get_int(r, PAIRS_MAX);
    c->asked = get_int(r, SITES_MAX);
    c->share_count = get_int(r, SHARES_MAX);
    for (int32_t k = 0; k < c->share_count; k++) {
        c->shares[k] = get(r, k ? c->shares[k - 1] : SHARE_MAX);
        most += c->shares[k];
    }
    c->room = most ? VALUE_MAX / most / (c->asked ? c->asked : 1) : 0;
    /* What is listed takes a byte at least, so that no small file asks for much memory. */
    return !r->is_bad && c->site_count && c->group_count && most &&
           r->end - r->at >= c->site_count && r->end - r->at >= c->group_count;
}

static bool read_sites(struct court *c, struct arena *a)
{
    struct reader *r = &c->question;

    c->quotas = arena_take(a, (size_t)c->group_count, sizeof *c->quotas);
    c->sites = arena_take(a, (size_t)c->site_count, sizeof *c->sites);
    for (int32_t g = 0; g < c->group_count; g++)
        c->quotas[g] = get_int(r, SITES_MAX);
    for (int32_t i = 0; i < c->site_count; i++) {
        const int32_t number = get_int(r, 4 * c->group_count - 1);

        c->sites[i].group = number / 4;
        c->sites[i].is_fixed = number & 1;
        c->sites[i].is_barred = number & 2;
    }
    return !r->is_bad;
}

static bool read_choice(struct court *c)
{
    struct reader *r = &c->proof;
    int32_t site = -1;

    c->open_count = get_int(r, c->site_count);
    for (int32_t k = 0; k < c->open_count && !r->is_bad; k++) {
        site = get_next(r, site, c->site_count);
        c->sites[site].is_open = true;
    }
    c->claimed_value = get(r, INT64_MAX);
    c->claimed_bound = get(r, INT64_MAX);
    return !r->is_bad;
}

/* What a class keeps of the worth of its points when each costs the price. */
static int64_t kept(const struct court *c, int64_t weight, int64_t price)
{
    int64_t sum = 0;

    for (int32_t k = 0; k < c->share_count; k++)
        if (weight * c->shares[k] * SCALE > price)
            sum += weight * c->shares[k] * SCALE - price;
    return sum;
}

static bool read_class(struct court *c)
{
    const int64_t weight = get(&c->question, c->room);
    const int32_t count = get_int(&c->question, c->site_count);
    const int64_t price = get(&c->proof, weight * c->shares[0] * SCALE);
    int32_t site = -1, covered = 0;

    if (c->question.is_bad || c->proof.is_bad)
        return false;
    c->room -= weight;
    c->weight += weight;
    c->bound += kept(c, weight, price);
    for (int32_t k = 0; k < count && !c->question.is_bad; k++) {
        site = get_next(&c->question, site, c->site_count);
        c->sites[site].paid += price;
        covered += c->sites[site].is_open;
    }
    for (int32_t k = 0; k < covered && k < c->share_count; k++)
        c->value += weight * c->shares[k];
    return !c->question.is_bad;
}

/* ------------------------------------------------------------------ what is judged */

static bool judge_pairs(struct court *c, struct fail *f)
{
    for (int32_t k = 0; k < c->pair_count; k++) {
        const int32_t one = get_int(&c->question, c->site_count - 1);
        const int32_t other = get_int(&c->question, c->site_count - 1);

        if (c->question.is_bad)
            return fail_set(f, FAIL_INPUT, CERTIFICATE_MALFORMED, "pair %d cannot be read", k);
        if (c->sites[one].is_open && c->sites[other].is_open)
            return fail_set(f, FAIL_CONFLICT, CERTIFICATE_FALSE,
                            "sites %d and %d are both chosen and too close", one, other);
    }
    return true;
}

static bool judge_rules(const struct court *c, struct arena *a, struct fail *f)
{
    int32_t *used = arena_take(a, (size_t)c->group_count, sizeof *used);

    if (c->open_count > c->asked)
        return fail_set(f, FAIL_CONFLICT, CERTIFICATE_FALSE, "%d sites are chosen of %d asked for",
                        c->open_count, c->asked);
    for (int32_t i = 0; i < c->site_count; i++) {
        const struct site *s = &c->sites[i];

        used[s->group] += s->is_open;
        if ((s->is_fixed && !s->is_open) || (s->is_barred && s->is_open))
            return fail_set(f, FAIL_CONFLICT, CERTIFICATE_FALSE, "site %d %s", i,
                            s->is_open ? "is barred and chosen" : "stands and is not chosen");
        if (used[s->group] > c->quotas[s->group])
            return fail_set(f, FAIL_CONFLICT, CERTIFICATE_FALSE,
                            "more than %d sites are chosen in group %d", c->quotas[s->group],
                            s->group);
    }
    return true;
}

static int by_group_and_pay(const void *one, const void *other)
{
    const struct site *a = one, *b = other;

    if (a->group != b->group)
        return a->group < b->group ? -1 : 1;
    return (a->paid < b->paid) - (a->paid > b->paid);
}

static int by_pay(const void *one, const void *other)
{
    const struct site *a = one, *b = other;

    return (a->paid < b->paid) - (a->paid > b->paid);
}

/* What the sites are paid in the best case: those that stand, and of the others those that are
 * paid most, as many as their groups and the count let in. The sites lose their order. */
static void add_pay(struct court *c)
{
    int32_t count = 0, left = c->asked, group = -1, quota = 0;

    for (int32_t i = 0; i < c->site_count; i++) {
        if (c->sites[i].is_fixed) {
            c->bound += c->sites[i].paid;
            c->quotas[c->sites[i].group]--;
            left--;
        } else if (!c->sites[i].is_barred) {
            c->sites[count++] = c->sites[i];
        }
    }
    qsort(c->sites, (size_t)count, sizeof *c->sites, by_group_and_pay);
    for (int32_t i = 0, all = count; i < all; i++) {
        if (i == 0)
            count = 0;
        if (c->sites[i].group != group) {
            group = c->sites[i].group;
            quota = c->quotas[group];
        }
        if (quota-- > 0)
            c->sites[count++] = c->sites[i];
    }
    qsort(c->sites, (size_t)count, sizeof *c->sites, by_pay);
    for (int32_t i = 0; i < count && i < left; i++)
        c->bound += c->sites[i].paid;
}

static bool judge_numbers(const struct court *c, struct fail *f)
{
    if (c->value != c->claimed_value)
        return fail_set(f, FAIL_CONFLICT, CERTIFICATE_FALSE, "the value is %lld, not %lld",
                        (long long)c->value, (long long)c->claimed_value);
    if (c->bound != c->claimed_bound)
        return fail_set(f, FAIL_CONFLICT, CERTIFICATE_FALSE, "the bound is %lld/%d, not %lld/%d",
                        (long long)c->bound, SCALE, (long long)c->claimed_bound, SCALE);
    return true;
}

bool verdict_reach(const char *question, size_t question_size, const char *proof, size_t proof_size,
                   struct arena *a, struct verdict *out, struct fail *f)
{
    struct court c = {
        .question = { (const unsigned char *)question,
                      (const unsigned char *)question + question_size, false },
        .proof = { (const unsigned char *)proof, (const unsigned char *)proof + proof_size, false },
    };

    if (!read_head(&c) || !read_sites(&c, a) || !read_choice(&c))
        return fail_set(f, FAIL_INPUT, CERTIFICATE_MALFORMED,
                        "the rules or the choice cannot be read");
    if (!judge_pairs(&c, f) || !judge_rules(&c, a, f))
        return false;
    for (int32_t class = 0; class < c.class_count; class ++)
        if (!read_class(&c))
            return fail_set(f, FAIL_INPUT, CERTIFICATE_MALFORMED, "class %d cannot be read", class);
    if (c.question.at != c.question.end || c.proof.at != c.proof.end)
        return fail_set(f, FAIL_INPUT, CERTIFICATE_MALFORMED, "something stands after the end");
    add_pay(&c);
    if (!judge_numbers(&c, f))
        return false;
    *out = (struct verdict){ c.site_count, c.class_count, c.open_count, c.value,
                             c.weight,     c.bound,       SCALE };
    return true;
}
