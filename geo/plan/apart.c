#include "geo/plan/apart.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { NEAR_FIRST = 4096 };

/* A person within reach of a post. */
struct near {
    int32_t person, travel_s;
};

struct work {
    const struct mobilise_ask *ask;
    struct arena *arena;
    struct near *near; /* those of a post together */
    int64_t *first;    /* [post_count + 1] */
    int64_t size;
    int32_t *slot_of, *travel_s, *missing;
    int32_t *room; /* how many more may leave each home */
    int32_t *org_of_slot;
    int64_t *slot_price;
    int32_t parts;
};

/* ------------------------------------------------------------------ who is near what */

static bool add_near(struct work *w, int64_t at, struct near n)
{
    if (at == MOBILISE_OPTIONS_MAX)
        return false;
    if (at == w->size) {
        struct near *more = arena_take(w->arena, (size_t)at * 2, sizeof *more);

        memcpy(more, w->near, (size_t)at * sizeof *more);
        w->near = more;
        w->size = at * 2;
    }
    w->near[at] = n;
    return true;
}

static bool find_near(struct work *w)
{
    const struct mobilise_ask *ask = w->ask;
    int32_t *travel_s = arena_take(w->arena, (size_t)ask->person_count + 1, sizeof *travel_s);
    int64_t at = 0;

    w->first = arena_take(w->arena, (size_t)ask->post_count + 1, sizeof *w->first);
    for (int32_t post = 0; post < ask->post_count; post++) {
        ask->travel(ask->self, post, travel_s);
        for (int32_t p = 0; p < ask->person_count; p++)
            if (travel_s[p] <= ask->people[p].travel_max_s &&
                !add_near(w, at++, (struct near){ p, travel_s[p] }))
                return false;
        w->first[post + 1] = at;
    }
    return true;
}

/* The organisation most of whose people could take a slot; of its own, if it has one. */
static int32_t org_for(const struct work *w, int32_t slot, int32_t *votes)
{
    const struct mobilise_slot *s = &w->ask->slots[slot];
    int32_t best = 0;

    if (s->org >= 0)
        return s->org;
    memset(votes, 0, APART_ORGS_MAX * sizeof *votes);
    for (int64_t i = w->first[s->post]; i < w->first[s->post + 1]; i++) {
        const struct mobilise_person *p = &w->ask->people[w->near[i].person];

        if (p->org >= 0 && mobilise_may(p, s, w->near[i].travel_s) && ++votes[p->org] > votes[best])
            best = p->org;
    }
    return best;
}

/* ------------------------------------------------------------------ a part */

struct part {
    struct work *work;
    int32_t *people, *slots; /* their numbers in all */
    int32_t *number;         /* of each person in the part, or -1 */
    struct mobilise_ask ask;
};

static void travel(void *self, int32_t post, int32_t *out_s)
{
    const struct part *part = self;
    const struct work *w = part->work;

    for (int32_t p = 0; p < part->ask.person_count; p++)
        out_s[p] = MOBILISE_NEVER_S;
    for (int64_t i = w->first[post]; i < w->first[post + 1]; i++)
        if (part->number[w->near[i].person] >= 0)
            out_s[part->number[w->near[i].person]] = w->near[i].travel_s;
}

/* Those people, for those slots as far as they are not filled. */
static void take_part(struct part *part, struct arena *a)
{
    const struct work *w = part->work;
    const struct mobilise_ask *all = w->ask;
    struct mobilise_person *people =
        arena_take(a, (size_t)part->ask.person_count + 1, sizeof *people);
    struct mobilise_slot *slots = arena_take(a, (size_t)part->ask.slot_count + 1, sizeof *slots);
    int32_t *keep = arena_take(a, (size_t)all->home_count + 1, sizeof *keep);

    part->number = arena_take(a, (size_t)all->person_count + 1, sizeof *part->number);
    for (int32_t p = 0; p < all->person_count; p++)
        part->number[p] = -1;
    for (int32_t i = 0; i < part->ask.person_count; i++) {
        people[i] = all->people[part->people[i]];
        part->number[part->people[i]] = i;
        if (people[i].home >= 0)
            keep[people[i].home]++;
    }
    for (int32_t h = 0; h < all->home_count; h++)
        keep[h] = keep[h] > w->room[h] ? keep[h] - w->room[h] : 0;
    for (int32_t i = 0; i < part->ask.slot_count; i++) {
        slots[i] = all->slots[part->slots[i]];
        slots[i].people = w->missing[part->slots[i]];
    }
    part->ask.people = people;
    part->ask.slots = slots;
    part->ask.keep = keep;
    part->ask.home_count = all->home_count;
    part->ask.post_count = all->post_count;
    part->ask.people_in_all = all->person_count;
    part->ask.travel = travel;
    part->ask.self = part;
}

static void keep_plan(struct part *part, const struct mobilise *m)
{
    struct work *w = part->work;

    for (int32_t i = 0; i < part->ask.person_count; i++) {
        const int32_t slot = mobilise_slot_of(m, i);
        const int32_t p = part->people[i];

        if (slot < 0)
            continue;
        w->slot_of[p] = part->slots[slot];
        w->travel_s[p] = mobilise_travel_s(m, i);
        w->missing[part->slots[slot]]--;
        if (w->ask->people[p].home >= 0)
            w->room[w->ask->people[p].home]--;
    }
    for (int32_t i = 0; i < part->ask.slot_count; i++)
        w->slot_price[part->slots[i]] = mobilise_slot_price(m, i);
}

static bool plan_part(struct part *part, struct arena *a, struct fail *f)
{
    if (part->ask.person_count == 0 || part->ask.slot_count == 0)
        return true;
    take_part(part, a);

    struct mobilise *m = mobilise_new(&part->ask, f);

    if (!m)
        return false;
    mobilise_run(m, NULL, NULL);
    keep_plan(part, m);
    mobilise_free(m);
    part->work->parts++;
    return true;
}

static bool plan_org(struct work *w, int32_t org, struct fail *f)
{
    struct arena *a = arena_new();
    struct part part = { .work = w };

    part.people = arena_take(a, (size_t)w->ask->person_count + 1, sizeof *part.people);
    part.slots = arena_take(a, (size_t)w->ask->slot_count + 1, sizeof *part.slots);
    for (int32_t p = 0; p < w->ask->person_count; p++)
        if (w->ask->people[p].org == org)
            part.people[part.ask.person_count++] = p;
    for (int32_t s = 0; s < w->ask->slot_count; s++)
        if (w->org_of_slot[s] == org)
            part.slots[part.ask.slot_count++] = s;

    const bool good = plan_part(&part, a, f);

    arena_free(a);
    return good;
}

/* Whoever is left and could take a place that is. */
static bool plan_rest(struct work *w, struct fail *f)
{
    const struct mobilise_ask *ask = w->ask;
    struct arena *a = arena_new();
    struct part part = { .work = w };
    bool *is_in = arena_take(a, (size_t)ask->person_count + 1, sizeof *is_in);

    part.people = arena_take(a, (size_t)ask->person_count + 1, sizeof *part.people);
    part.slots = arena_take(a, (size_t)ask->slot_count + 1, sizeof *part.slots);
    for (int32_t s = 0; s < ask->slot_count; s++) {
        const int32_t post = ask->slots[s].post;

        if (w->missing[s] == 0)
            continue;
        part.slots[part.ask.slot_count++] = s;
        for (int64_t i = w->first[post]; i < w->first[post + 1]; i++) {
            const int32_t p = w->near[i].person;

            if (is_in[p] || w->slot_of[p] >= 0 || part.ask.person_count == APART_PEOPLE ||
                !mobilise_may(&ask->people[p], &ask->slots[s], w->near[i].travel_s))
                continue;
            is_in[p] = true;
            part.people[part.ask.person_count++] = p;
        }
    }
    const bool good = plan_part(&part, a, f);

    arena_free(a);
    return good;
}

/* ------------------------------------------------------------------ the bound */

/* What a person of a home can win at most. */
struct win {
    int32_t home;
    int64_t won;
};

static int by_home(const void *left, const void *right)
{
    const struct win *a = left;
    const struct win *b = right;

    if (a->home != b->home)
        return a->home < b->home ? -1 : 1;
    return a->won > b->won ? -1 : a->won < b->won;
}

/* By weak duality, for whatever prices: every place costs what it would if it stayed empty,
 * less its price; and from each home those go who win most after paying the price. */
static int64_t bound_of(const struct work *w, const int32_t *may_leave)
{
    const struct mobilise_ask *ask = w->ask;
    const int64_t empty = mobilise_empty_cost(ask->person_count);
    struct win *wins = arena_take(w->arena, (size_t)ask->person_count + 1, sizeof *wins);
    int32_t before = 0;
    int64_t out = 0;

    for (int32_t p = 0; p < ask->person_count; p++)
        wins[p].home = ask->people[p].home;
    for (int32_t s = 0; s < ask->slot_count; s++) {
        const struct mobilise_slot *slot = &ask->slots[s];
        const int64_t price = w->missing[s] > 0 ? 0 : w->slot_price[s];

        out += (empty * slot->weight - price) * slot->people;
        for (int64_t i = w->first[slot->post]; i < w->first[slot->post + 1]; i++) {
            const struct near *n = &w->near[i];
            const int64_t won = empty * slot->weight - price - n->travel_s;

            if (won > wins[n->person].won &&
                mobilise_may(&ask->people[n->person], slot, n->travel_s))
                wins[n->person].won = won;
        }
    }
    qsort(wins, (size_t)ask->person_count, sizeof *wins, by_home);
    for (int32_t i = 0; i < ask->person_count; i++) {
        const int32_t home = wins[i].home;

        before = i > 0 && wins[i - 1].home == home ? before + 1 : 0;
        out -= home < 0 || before < may_leave[home] ? wins[i].won : 0;
    }
    return out;
}

static void add_up(const struct work *w, const int32_t *may_leave, struct apart *out)
{
    const struct mobilise_ask *ask = w->ask;

    *out = (struct apart){ .slot_of = w->slot_of,
                           .travel_s = w->travel_s,
                           .missing = w->missing,
                           .bound = bound_of(w, may_leave),
                           .parts = w->parts };
    for (int32_t s = 0; s < ask->slot_count; s++) {
        out->filled += ask->slots[s].people - w->missing[s];
        out->empty_weight += (int64_t)w->missing[s] * ask->slots[s].weight;
    }
    out->cost = mobilise_empty_cost(ask->person_count) * out->empty_weight;
    for (int32_t p = 0; p < ask->person_count; p++)
        out->cost += w->travel_s[p];
}

/* ------------------------------------------------------------------ the whole */

static int32_t prepare(struct work *w, int32_t *may_leave)
{
    const struct mobilise_ask *ask = w->ask;
    int32_t *votes = arena_take(w->arena, APART_ORGS_MAX, sizeof *votes);
    int32_t orgs = 0;

    for (int32_t p = 0; p < ask->person_count; p++) {
        assert(ask->people[p].org < APART_ORGS_MAX);
        w->slot_of[p] = -1;
        if (ask->people[p].org >= orgs)
            orgs = ask->people[p].org + 1;
        if (ask->people[p].home >= 0)
            may_leave[ask->people[p].home]++;
    }
    for (int32_t h = 0; h < ask->home_count; h++) {
        may_leave[h] = may_leave[h] > ask->keep[h] ? may_leave[h] - ask->keep[h] : 0;
        w->room[h] = may_leave[h];
    }
    for (int32_t s = 0; s < ask->slot_count; s++) {
        w->missing[s] = ask->slots[s].people;
        w->org_of_slot[s] = org_for(w, s, votes);
    }
    return orgs;
}

bool apart_take(const struct mobilise_ask *ask, struct arena *a, struct apart *out, struct fail *f)
{
    const size_t people = (size_t)ask->person_count + 1;
    const size_t slots = (size_t)ask->slot_count + 1;
    const size_t homes = (size_t)ask->home_count + 1;
    struct work w = { .ask = ask,
                      .arena = a,
                      .near = arena_take(a, NEAR_FIRST, sizeof *w.near),
                      .size = NEAR_FIRST,
                      .slot_of = arena_take(a, people, sizeof *w.slot_of),
                      .travel_s = arena_take(a, people, sizeof *w.travel_s),
                      .missing = arena_take(a, slots, sizeof *w.missing),
                      .room = arena_take(a, homes, sizeof *w.room),
                      .org_of_slot = arena_take(a, slots, sizeof *w.org_of_slot),
                      .slot_price = arena_take(a, slots, sizeof *w.slot_price) };
    int32_t *may_leave = arena_take(a, homes, sizeof *may_leave);

    if (ask->person_count > MOBILISE_IN_ALL_MAX || !find_near(&w)) {
        fail_set(f, FAIL_INPUT, PLAN_TOO_LARGE, "%d people, or too many posts near them",
                 ask->person_count);
        return fail_allowed(f, "%d people, %d pairs of a person and a post", MOBILISE_IN_ALL_MAX,
                            MOBILISE_OPTIONS_MAX);
    }
    const int32_t orgs = prepare(&w, may_leave);

    for (int32_t org = 0; org < orgs; org++)
        if (!plan_org(&w, org, f))
            return false;
    if (!plan_rest(&w, f))
        return false;
    add_up(&w, may_leave, out);
    return true;
}
