/* All places are supplied from one node, the source: dearly and straight when nobody takes
 * them, or through a home, which lets only so many go, and a person, who goes once. */
#include "geo/plan/mobilise.h"

#include <assert.h>
#include <string.h>

#include "geo/plan/flow.h"

/* Coming although one has declined is dearer than any place left empty. */
enum { DECLINED_WEIGHT = MOBILISE_WEIGHT_MAX + 1 };

struct option {
    int32_t person, slot, travel_s;
};

struct mobilise {
    struct arena *arena;
    struct mobilise_ask ask;
    struct flow *flow;
    int64_t empty_cost; /* of a place of weight 1: above any travel that it could save */
    struct option *options;
    int32_t option_count;
    int32_t *first_of;         /* [slot_count + 1]: the options of each slot, one after the other */
    int32_t *candidates;       /* [option_count]: their people */
    int32_t *mine, *of_person; /* options by person: mine[of_person[p]] up to of_person[p + 1] */
    int32_t *home_arc;         /* [home_count] */
    int32_t *person_arc;       /* [person_count] */
    int32_t first_option_arc;  /* that of option 0 */
    int32_t *members;          /* [home_count] */
    bool *has_declined;
    int32_t *taken;  /* [person_count]: her option, or -1 */
    int32_t *filled; /* [slot_count] */
    int32_t *told;   /* [person_count]: what she was told, or -1; NULL while nobody was */
};

/* ------------------------------------------------------------------ who could go where */

bool mobilise_may(const struct mobilise_person *p, const struct mobilise_slot *s, int32_t travel_s)
{
    const uint64_t shift = (uint64_t)1 << s->shift;

    return (s->org < 0 || s->org == p->org) && (s->skills & ~p->skills) == 0 &&
           (p->free & shift) != 0 && (p->rested & shift) != 0 && travel_s <= p->travel_max_s;
}

struct room {
    struct option *options;
    int32_t count, size;
};

static bool add_option(struct room *r, const struct option *o, struct arena *a)
{
    if (r->count == MOBILISE_OPTIONS_MAX)
        return false;
    if (r->count == r->size) {
        const int32_t size = r->size ? r->size * 2 : 1024;
        struct option *more = arena_take(a, (size_t)size, sizeof *more);

        if (r->count > 0)
            memcpy(more, r->options, (size_t)r->count * sizeof *more);
        r->options = more;
        r->size = size;
    }
    r->options[r->count++] = *o;
    return true;
}

/* The slots in the order of their posts: first[post] up to first[post + 1] of `order`. */
static int32_t *by_post(const struct mobilise_ask *ask, int32_t *first, struct arena *a)
{
    int32_t *order = arena_take(a, (size_t)ask->slot_count + 1, sizeof *order);
    int32_t *next = arena_take(a, (size_t)ask->post_count + 1, sizeof *next);

    for (int32_t s = 0; s < ask->slot_count; s++)
        first[ask->slots[s].post + 1]++;
    for (int32_t p = 0; p < ask->post_count; p++)
        first[p + 1] += first[p];
    memcpy(next, first, (size_t)ask->post_count * sizeof *next);
    for (int32_t s = 0; s < ask->slot_count; s++)
        order[next[ask->slots[s].post]++] = s;
    return order;
}

/* All pairs, those of a post together. */
static bool pair_up(const struct mobilise_ask *ask, struct arena *a, struct room *out)
{
    int32_t *first = arena_take(a, (size_t)ask->post_count + 2, sizeof *first);
    const int32_t *order = by_post(ask, first, a);
    int32_t *travel_s = arena_take(a, (size_t)ask->person_count + 1, sizeof *travel_s);

    for (int32_t post = 0; post < ask->post_count; post++) {
        if (first[post] == first[post + 1])
            continue;
        ask->travel(ask->self, post, travel_s);
        for (int32_t p = 0; p < ask->person_count; p++) {
            if (travel_s[p] > ask->people[p].travel_max_s)
                continue;
            for (int32_t i = first[post]; i < first[post + 1]; i++) {
                const struct option o = { p, order[i], travel_s[p] };

                if (mobilise_may(&ask->people[p], &ask->slots[o.slot], o.travel_s) &&
                    !add_option(out, &o, a))
                    return false;
            }
        }
    }
    return true;
}

/* The options in the order of people, and the candidates of each slot. */
static void sort_options(struct mobilise *m, const struct room *found)
{
    const struct mobilise_ask *ask = &m->ask;
    struct arena *a = m->arena;
    int32_t *next_slot = arena_take(a, (size_t)ask->slot_count + 1, sizeof *next_slot);
    int32_t *next_person = arena_take(a, (size_t)ask->person_count + 1, sizeof *next_person);

    m->option_count = found->count;
    m->options = arena_take(a, (size_t)found->count + 1, sizeof *m->options);
    m->candidates = arena_take(a, (size_t)found->count + 1, sizeof *m->candidates);
    m->first_of = arena_take(a, (size_t)ask->slot_count + 2, sizeof *m->first_of);
    m->of_person = arena_take(a, (size_t)ask->person_count + 2, sizeof *m->of_person);
    for (int32_t i = 0; i < found->count; i++) {
        m->first_of[found->options[i].slot + 1]++;
        m->of_person[found->options[i].person + 1]++;
    }
    for (int32_t s = 0; s < ask->slot_count; s++)
        m->first_of[s + 1] += m->first_of[s];
    for (int32_t p = 0; p < ask->person_count; p++)
        m->of_person[p + 1] += m->of_person[p];
    memcpy(next_slot, m->first_of, (size_t)ask->slot_count * sizeof *next_slot);
    memcpy(next_person, m->of_person, (size_t)ask->person_count * sizeof *next_person);
    for (int32_t i = 0; i < found->count; i++) {
        const struct option *o = &found->options[i];

        m->options[next_person[o->person]++] = *o;
        m->candidates[next_slot[o->slot]++] = o->person;
    }
}

/* ------------------------------------------------------------------ the network */

/* Nodes: the source, homes, people, slots. */
static int32_t node_of_person(const struct mobilise_ask *ask, int32_t person)
{
    return 1 + ask->home_count + person;
}

static int32_t node_of_slot(const struct mobilise_ask *ask, int32_t slot)
{
    return 1 + ask->home_count + ask->person_count + slot;
}

static int32_t may_leave(const struct mobilise *m, int32_t home)
{
    const int32_t left = m->members[home] - m->ask.keep[home];

    return left > 0 ? left : 0;
}

/* Arcs of people and their options after the `at` arcs that there are. */
static int32_t add_people(struct mobilise *m, struct flow_arc *arcs, int32_t at)
{
    const struct mobilise_ask *ask = &m->ask;

    for (int32_t p = 0; p < ask->person_count; p++) {
        const int32_t home = ask->people[p].home;

        m->person_arc[p] = at;
        arcs[at++] = (struct flow_arc){ .tail = home < 0 ? 0 : 1 + home,
                                        .head = node_of_person(ask, p),
                                        .capacity = 1 };
    }
    m->first_option_arc = at;
    for (int32_t i = 0; i < m->option_count; i++)
        arcs[at++] = (struct flow_arc){ .tail = node_of_person(ask, m->options[i].person),
                                        .head = node_of_slot(ask, m->options[i].slot),
                                        .capacity = 1,
                                        .cost = m->options[i].travel_s };
    return at;
}

static void build(struct mobilise *m)
{
    const struct mobilise_ask *ask = &m->ask;
    struct arena *a = arena_new();
    const int32_t node_count = 1 + ask->home_count + ask->person_count + ask->slot_count;
    const int32_t arc_count =
        ask->slot_count + ask->home_count + ask->person_count + m->option_count;
    int64_t *supply = arena_take(a, (size_t)node_count, sizeof *supply);
    struct flow_arc *arcs = arena_take(a, (size_t)arc_count + 1, sizeof *arcs);
    int32_t at = 0;

    for (int32_t s = 0; s < ask->slot_count; s++) {
        supply[0] += ask->slots[s].people;
        supply[node_of_slot(ask, s)] = -ask->slots[s].people;
        arcs[at++] = (struct flow_arc){ .tail = 0,
                                        .head = node_of_slot(ask, s),
                                        .capacity = ask->slots[s].people,
                                        .cost = m->empty_cost * ask->slots[s].weight };
    }
    for (int32_t h = 0; h < ask->home_count; h++) {
        m->home_arc[h] = at;
        arcs[at++] = (struct flow_arc){ .tail = 0, .head = 1 + h, .capacity = may_leave(m, h) };
    }
    at = add_people(m, arcs, at);
    assert(at == arc_count);
    m->flow = flow_new(supply, node_count, arcs, arc_count);
    arena_free(a);
}

/* All places are empty, and then each person has the nearest that she could take: so nothing
 * is ever stranded, and most of the way is gone. */
static void begin(struct mobilise *m)
{
    flow_try(m->flow, 0, m->ask.slot_count);
    for (int32_t p = 0; p < m->ask.person_count; p++) {
        int32_t best = m->of_person[p];

        for (int32_t i = best; i < m->of_person[p + 1]; i++)
            if (m->options[i].travel_s < m->options[best].travel_s)
                best = i;
        if (best < m->of_person[p + 1])
            flow_try(m->flow, m->first_option_arc + best, 1);
    }
    assert(flow_stranded(m->flow) == 0);
}

/* Of an option: the way, and that she is sent elsewhere than she was told. */
static int64_t cost_of(const struct mobilise *m, int32_t option)
{
    const struct option *o = &m->options[option];
    const int32_t told = m->told ? m->told[o->person] : -1;

    return o->travel_s + (told >= 0 && told != option ? MOBILISE_MOVED_S : 0);
}

/* Writes down who goes where. */
static void note_plan(struct mobilise *m)
{
    memset(m->filled, 0, (size_t)m->ask.slot_count * sizeof *m->filled);
    for (int32_t p = 0; p < m->ask.person_count; p++) {
        m->taken[p] = -1;
        if (flow_of(m->flow, m->person_arc[p]) == 0 || m->has_declined[p])
            continue;
        for (int32_t i = m->of_person[p]; i < m->of_person[p + 1]; i++)
            if (flow_of(m->flow, m->first_option_arc + i) > 0)
                m->taken[p] = i;
        if (m->taken[p] >= 0)
            m->filled[m->options[m->taken[p]].slot]++;
    }
}

/* ------------------------------------------------------------------ what is asked */

static bool check_person(const struct mobilise_ask *ask, int32_t person, struct fail *f)
{
    const struct mobilise_person *p = &ask->people[person];

    assert(p->home >= -1 && p->home < ask->home_count);
    if (p->travel_max_s >= 0 && p->travel_max_s <= MOBILISE_TRAVEL_MAX_S)
        return true;
    fail_set(f, FAIL_INPUT, VALUE_OUT_OF_RANGE, "a person may travel 0 to %d seconds, not %d",
             MOBILISE_TRAVEL_MAX_S, p->travel_max_s);
    return fail_allowed(f, "0 to %d", MOBILISE_TRAVEL_MAX_S);
}

static bool check_slot(const struct mobilise_ask *ask, int32_t slot, int64_t *places,
                       struct fail *f)
{
    const struct mobilise_slot *s = &ask->slots[slot];

    assert(s->post >= 0 && s->post < ask->post_count);
    assert(s->shift >= 0 && s->shift < MOBILISE_SHIFTS_MAX);
    if (s->weight < 1 || s->weight > MOBILISE_WEIGHT_MAX) {
        fail_set(f, FAIL_INPUT, VALUE_OUT_OF_RANGE, "a place weighs 1 to %d, not %d",
                 MOBILISE_WEIGHT_MAX, s->weight);
        return fail_allowed(f, "1 to %d", MOBILISE_WEIGHT_MAX);
    }
    *places += s->people;
    if (s->people >= 0 && *places <= MOBILISE_PLACES_MAX)
        return true;
    fail_set(f, FAIL_INPUT, VALUE_OUT_OF_RANGE, "the posts want %lld people together",
             (long long)*places);
    return fail_allowed(f, "0 to %d", MOBILISE_PLACES_MAX);
}

static bool check_ask(const struct mobilise_ask *ask, struct fail *f)
{
    int64_t places = 0;

    if (ask->person_count > MOBILISE_PEOPLE_MAX || ask->slot_count > MOBILISE_SLOTS_MAX) {
        fail_set(f, FAIL_INPUT, PLAN_TOO_LARGE, "%d people and %d slots are too many for one plan",
                 ask->person_count, ask->slot_count);
        return fail_allowed(f, "%d people, %d slots", MOBILISE_PEOPLE_MAX, MOBILISE_SLOTS_MAX);
    }
    for (int32_t p = 0; p < ask->person_count; p++)
        if (!check_person(ask, p, f))
            return false;
    for (int32_t s = 0; s < ask->slot_count; s++)
        if (!check_slot(ask, s, &places, f))
            return false;
    return true;
}

/* Filling a place may move everybody who is sent, and each by no more than this. */
int64_t mobilise_empty_cost(int32_t people_in_all)
{
    const int64_t dearest = MOBILISE_TRAVEL_MAX_S + MOBILISE_MOVED_S;

    return (people_in_all + 1) * dearest;
}

struct mobilise *mobilise_new(const struct mobilise_ask *ask, struct fail *f)
{
    struct room found = { 0 };

    if (!check_ask(ask, f))
        return NULL;
    struct arena *arena = arena_new();
    struct mobilise *m = arena_take(arena, 1, sizeof *m);

    *m = (struct mobilise){ .arena = arena, .ask = *ask };
    if (!pair_up(ask, arena, &found)) {
        arena_free(arena);
        fail_set(f, FAIL_INPUT, PLAN_TOO_LARGE,
                 "more than %d pairs of a person and a place that she could take",
                 MOBILISE_OPTIONS_MAX);
        fail_allowed(f, "at most %d: less travel, or fewer people at once", MOBILISE_OPTIONS_MAX);
        return NULL;
    }
    sort_options(m, &found);
    m->home_arc = arena_take(arena, (size_t)ask->home_count + 1, sizeof *m->home_arc);
    m->person_arc = arena_take(arena, (size_t)ask->person_count + 1, sizeof *m->person_arc);
    m->members = arena_take(arena, (size_t)ask->home_count + 1, sizeof *m->members);
    m->has_declined = arena_take(arena, (size_t)ask->person_count + 1, sizeof *m->has_declined);
    for (int32_t p = 0; p < ask->person_count; p++)
        if (ask->people[p].home >= 0)
            m->members[ask->people[p].home]++;
    m->empty_cost = mobilise_empty_cost(ask->people_in_all > ask->person_count ? ask->people_in_all
                                                                               : ask->person_count);
    assert(m->empty_cost * DECLINED_WEIGHT <= FLOW_COST_MAX);
    m->taken = arena_take(arena, (size_t)ask->person_count + 1, sizeof *m->taken);
    m->filled = arena_take(arena, (size_t)ask->slot_count + 1, sizeof *m->filled);
    build(m);
    begin(m);
    note_plan(m);
    return m;
}

void mobilise_free(struct mobilise *m)
{
    if (!m)
        return;
    flow_free(m->flow);
    arena_free(m->arena);
}

/* ------------------------------------------------------------------ the plan */

bool mobilise_run(struct mobilise *m, bool (*goes_on)(void *self), void *self)
{
    const bool is_done = flow_run(m->flow, goes_on, self);

    note_plan(m);
    return is_done;
}

/* Whoever has been told where to go is dearer everywhere else. */
static void tell(struct mobilise *m)
{
    m->told = arena_take(m->arena, (size_t)m->ask.person_count + 1, sizeof *m->told);
    for (int32_t p = 0; p < m->ask.person_count; p++) {
        m->told[p] = m->taken[p];
        for (int32_t i = m->of_person[p]; i < m->of_person[p + 1]; i++)
            flow_price(m->flow, m->first_option_arc + i, cost_of(m, i));
    }
}

void mobilise_decline(struct mobilise *m, int32_t person)
{
    if (!m->told)
        tell(m);
    m->has_declined[person] = true;
    if (m->taken[person] >= 0)
        m->filled[m->options[m->taken[person]].slot]--;
    m->taken[person] = -1;
    flow_price(m->flow, m->person_arc[person], m->empty_cost * DECLINED_WEIGHT);
}

int32_t mobilise_slot_of(const struct mobilise *m, int32_t person)
{
    const int32_t option = m->taken[person];

    return option < 0 ? -1 : m->options[option].slot;
}

int32_t mobilise_travel_s(const struct mobilise *m, int32_t person)
{
    const int32_t option = m->taken[person];

    return option < 0 ? 0 : m->options[option].travel_s;
}

int32_t mobilise_missing(const struct mobilise *m, int32_t slot)
{
    return m->ask.slots[slot].people - m->filled[slot];
}

struct mobilise_figures mobilise_figures(const struct mobilise *m)
{
    struct mobilise_figures out = { .options = m->option_count,
                                    .steps = flow_steps(m->flow),
                                    .bound = flow_bound(m->flow) };

    for (int32_t s = 0; s < m->ask.slot_count; s++) {
        const int32_t missing = mobilise_missing(m, s);

        out.places += m->ask.slots[s].people;
        out.empty_weight += (int64_t)missing * m->ask.slots[s].weight;
        out.filled += m->filled[s];
    }
    out.cost = m->empty_cost * out.empty_weight;
    for (int32_t p = 0; p < m->ask.person_count; p++) {
        const int32_t option = m->taken[p];

        out.declined += m->has_declined[p];
        if (option < 0)
            continue;
        out.moved += m->told && m->told[p] >= 0 && m->told[p] != option;
        out.travel_s += m->options[option].travel_s;
        out.cost += cost_of(m, option);
    }
    out.is_best = out.cost == out.bound;
    return out;
}

/* ------------------------------------------------------------------ for explanations */

const struct mobilise_ask *mobilise_ask(const struct mobilise *m)
{
    return &m->ask;
}

bool mobilise_has_declined(const struct mobilise *m, int32_t person)
{
    return m->has_declined[person];
}

int32_t mobilise_room(const struct mobilise *m, int32_t home)
{
    return may_leave(m, home) - (int32_t)flow_of(m->flow, m->home_arc[home]);
}

int64_t mobilise_slot_price(const struct mobilise *m, int32_t slot)
{
    const int64_t supplied =
        flow_worth(m->flow, node_of_slot(&m->ask, slot)) - flow_worth(m->flow, 0);
    const int64_t price = m->empty_cost * m->ask.slots[slot].weight - supplied;

    return price > 0 ? price : 0;
}

const int32_t *mobilise_candidates(const struct mobilise *m, int32_t slot, int32_t *count)
{
    *count = m->first_of[slot + 1] - m->first_of[slot];
    return m->candidates + m->first_of[slot];
}
