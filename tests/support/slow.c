/* The definitions of geo/road/network.h and nearest.h, written out. */
#include "tests/support/slow.h"

#include <stdlib.h>

enum { NEVER = INT32_MAX };

/* The rule for parts, once more and in other words. */
static int64_t part(const struct network *n, enum mode mode, int32_t edge, int64_t cm)
{
    const int64_t whole = n->cost_ms[mode][edge];

    if (cm == 0)
        return 0;
    return whole == NEVER ? NEVER : whole * cm / n->length_cm[edge / 2];
}

static void lower(int64_t *cost, int64_t offer, bool *changed)
{
    if (offer < *cost && offer < NEVER) {
        *cost = offer;
        *changed = true;
    }
}

static uint32_t free_cost(const struct network *n, enum mode mode, struct spot from, struct spot to)
{
    int64_t *cost = malloc((size_t)n->node_count * sizeof *cost);
    int64_t best = NEVER;
    bool changed = true;
    const int32_t s = from.segment;
    const int32_t t = to.segment;
    const int64_t a = from.along_cm;
    const int64_t b = to.along_cm;
    const int64_t rest = n->length_cm[s] - a;
    const int64_t left = n->length_cm[t] - b;

    if (!cost)
        abort();
    for (int32_t v = 0; v < n->node_count; v++)
        cost[v] = NEVER;
    lower(&cost[n->to[s]], part(n, mode, 2 * s, rest), &changed);
    lower(&cost[n->from[s]], part(n, mode, 2 * s + 1, a), &changed);
    while (changed) {
        changed = false;
        for (int32_t i = 0; i < n->segment_count; i++) {
            const int64_t onward = n->cost_ms[mode][2 * (size_t)i];
            const int64_t back = n->cost_ms[mode][2 * (size_t)i + 1];

            if (onward < NEVER)
                lower(&cost[n->to[i]], cost[n->from[i]] + onward, &changed);
            if (back < NEVER)
                lower(&cost[n->from[i]], cost[n->to[i]] + back, &changed);
        }
    }
    if (cost[n->from[t]] < NEVER)
        lower(&best, cost[n->from[t]] + part(n, mode, 2 * t, b), &changed);
    if (cost[n->to[t]] < NEVER)
        lower(&best, cost[n->to[t]] + part(n, mode, 2 * t + 1, left), &changed);
    if (s == t && a <= b)
        lower(&best, part(n, mode, 2 * s, b - a), &changed);
    if (s == t && a >= b)
        lower(&best, part(n, mode, 2 * s + 1, a - b), &changed);
    free(cost);
    return (uint32_t)best;
}

/* ---- with forbidden turns: a way is known by its last edges, as many as some ban may
 * still come of */

enum { PAST_MAX = 8, BUCKETS = 4096 };

struct past {
    int32_t junction; /* where the way has come to */
    int32_t count;    /* edges of it that are remembered, the newest last */
    int32_t edges[PAST_MAX];
    int64_t cost;
    int32_t next; /* in its bucket */
    bool waits;
};

struct memory {
    const struct network *n;
    enum mode mode;
    struct past *pasts;
    int32_t count, room;
    int32_t bucket[BUCKETS];
};

static bool same(const struct past *a, const struct past *b)
{
    bool equal = a->junction == b->junction && a->count == b->count;

    for (int32_t i = 0; equal && i < a->count; i++)
        equal = a->edges[i] == b->edges[i];
    return equal;
}

static int32_t bucket_of(const struct past *p)
{
    uint32_t hash = (uint32_t)p->junction;

    for (int32_t i = 0; i < p->count; i++)
        hash = hash * 31 + (uint32_t)p->edges[i];
    return (int32_t)(hash % BUCKETS);
}

static void remember(struct memory *m, struct past p)
{
    const int32_t bucket = bucket_of(&p);

    for (int32_t i = m->bucket[bucket]; i >= 0; i = m->pasts[i].next)
        if (same(&m->pasts[i], &p)) {
            if (p.cost < m->pasts[i].cost) {
                m->pasts[i].cost = p.cost;
                m->pasts[i].waits = true;
            }
            return;
        }
    if (m->count == m->room) {
        m->room = 2 * m->room + 64;
        m->pasts = realloc(m->pasts, (size_t)m->room * sizeof *m->pasts);
        if (!m->pasts)
            abort();
    }
    p.waits = true;
    p.next = m->bucket[bucket];
    m->bucket[bucket] = m->count;
    m->pasts[m->count++] = p;
}

/* Whether some ban is the end of this way. */
static bool is_banned(const struct memory *m, const struct past *p, int32_t edge)
{
    const struct network *n = m->n;

    for (int32_t b = 0; b < n->ban_count; b++) {
        const int32_t *ban = n->ban_edge + n->first_ban_edge[b];
        const int32_t length = n->first_ban_edge[b + 1] - n->first_ban_edge[b];
        bool ends_so =
            (n->ban_modes[b] & 1 << m->mode) && length - 1 <= p->count && ban[length - 1] == edge;

        for (int32_t i = 0; ends_so && i < length - 1; i++)
            ends_so = ban[i] == p->edges[p->count - (length - 1) + i];
        if (ends_so)
            return true;
    }
    return false;
}

/* Whether some ban goes on after these edges. */
static bool is_beginning(const struct network *n, const int32_t *edges, int32_t count)
{
    for (int32_t b = 0; b < n->ban_count; b++) {
        const int32_t *ban = n->ban_edge + n->first_ban_edge[b];
        bool begins_so = n->first_ban_edge[b + 1] - n->first_ban_edge[b] > count;

        for (int32_t i = 0; begins_so && i < count; i++)
            begins_so = ban[i] == edges[i];
        if (begins_so)
            return true;
    }
    return false;
}

/* The way after one edge more. */
static struct past longer(const struct memory *m, const struct past *p, int32_t edge, int64_t ms)
{
    struct past next = { .junction = edge % 2 ? m->n->from[edge / 2] : m->n->to[edge / 2],
                         .cost = p->cost + ms };
    int32_t edges[PAST_MAX + 1];
    int32_t dropped = 0;

    for (int32_t i = 0; i < p->count; i++)
        edges[i] = p->edges[i];
    edges[p->count] = edge;
    while (!is_beginning(m->n, edges + dropped, p->count + 1 - dropped))
        dropped++;
    for (int32_t i = dropped; i <= p->count; i++)
        next.edges[next.count++] = edges[i];
    return next;
}

static void spread(struct memory *m)
{
    for (bool changed = true; changed;) {
        changed = false;
        for (int32_t i = 0; i < m->count; i++) {
            if (!m->pasts[i].waits)
                continue;
            m->pasts[i].waits = false;
            changed = true;
            const struct past p = m->pasts[i];

            for (int32_t e = 0; e < 2 * m->n->segment_count; e++) {
                const int64_t ms = m->n->cost_ms[m->mode][e];

                if ((e % 2 ? m->n->to[e / 2] : m->n->from[e / 2]) == p.junction && ms < NEVER &&
                    p.cost + ms < NEVER && !is_banned(m, &p, e))
                    remember(m, longer(m, &p, e, ms));
            }
        }
    }
}

static void set_out(struct memory *m, struct spot from)
{
    const int64_t length = m->n->length_cm[from.segment];

    if (from.along_cm == 0)
        remember(m, (struct past){ .junction = m->n->from[from.segment] });
    else if (from.along_cm == length)
        remember(m, (struct past){ .junction = m->n->to[from.segment] });
    for (int32_t e = 2 * from.segment; e < 2 * from.segment + 2; e++) {
        const int64_t ms = part(m->n, m->mode, e, e % 2 ? from.along_cm : length - from.along_cm);

        if (from.along_cm > 0 && from.along_cm < length && ms < NEVER)
            remember(m, longer(m, &(struct past){ 0 }, e, ms));
    }
}

static int64_t arrive(const struct memory *m, struct spot to)
{
    const struct network *n = m->n;
    const int64_t length = n->length_cm[to.segment];
    int64_t best = NEVER;
    bool changed;

    for (int32_t i = 0; i < m->count; i++) {
        const struct past *p = &m->pasts[i];

        if ((to.along_cm == 0 && p->junction == n->from[to.segment]) ||
            (to.along_cm == length && p->junction == n->to[to.segment]))
            lower(&best, p->cost, &changed);
        if (p->junction == n->from[to.segment] && !is_banned(m, p, 2 * to.segment))
            lower(&best, p->cost + part(n, m->mode, 2 * to.segment, to.along_cm), &changed);
        if (p->junction == n->to[to.segment] && !is_banned(m, p, 2 * to.segment + 1))
            lower(&best, p->cost + part(n, m->mode, 2 * to.segment + 1, length - to.along_cm),
                  &changed);
    }
    return best;
}

static uint32_t bound_cost(const struct network *n, enum mode mode, struct spot from,
                           struct spot to)
{
    struct memory m = { .n = n, .mode = mode };
    int64_t best;
    bool changed;

    for (int32_t b = 0; b < n->ban_count; b++)
        if (n->first_ban_edge[b + 1] - n->first_ban_edge[b] > PAST_MAX + 1)
            abort();
    for (int32_t i = 0; i < BUCKETS; i++)
        m.bucket[i] = -1;
    set_out(&m, from);
    spread(&m);
    best = arrive(&m, to);
    if (from.segment == to.segment && from.along_cm <= to.along_cm)
        lower(&best, part(n, mode, 2 * to.segment, to.along_cm - from.along_cm), &changed);
    if (from.segment == to.segment && from.along_cm >= to.along_cm)
        lower(&best, part(n, mode, 2 * to.segment + 1, from.along_cm - to.along_cm), &changed);
    free(m.pasts);
    return (uint32_t)best;
}

uint32_t slow_cost(const struct network *n, enum mode mode, struct spot from, struct spot to)
{
    return n->ban_count > 0 ? bound_cost(n, mode, from, to) : free_cost(n, mode, from, to);
}
