/* Lazy greedy on a heap (Minoux 1978): a site whose gain, computed anew, is still not below the
 * second is the best of all. */
#include "geo/plan/greedy.h"

struct entry {
    int64_t gain;
    int32_t site;
};

struct state {
    const struct siting *s;
    struct entry *heap;
    int32_t heap_count;
    int32_t *times;   /* of classes: by how many it is covered */
    int32_t *used;    /* of groups */
    int32_t *blocked; /* of sites: how many chosen ones are too close */
    int32_t *sites;
    int64_t *values;
    int32_t count;
    int64_t value;
};

/* Of equal gains the lower site first, so that the answer has one form. */
static bool is_before(struct entry one, struct entry other)
{
    return one.gain != other.gain ? one.gain > other.gain : one.site < other.site;
}

static void sink(struct state *g, int32_t at)
{
    const struct entry e = g->heap[at];

    for (;;) {
        int32_t child = 2 * at + 1;

        if (child >= g->heap_count)
            break;
        if (child + 1 < g->heap_count && is_before(g->heap[child + 1], g->heap[child]))
            child++;
        if (!is_before(g->heap[child], e))
            break;
        g->heap[at] = g->heap[child];
        at = child;
    }
    g->heap[at] = e;
}

static int64_t gain_of(const struct state *g, int32_t site)
{
    const struct siting *s = g->s;
    int64_t gain = 0;

    for (int32_t k = s->site_first[site]; k < s->site_first[site + 1]; k++)
        gain += siting_worth(s, s->site_classes[k], g->times[s->site_classes[k]]);
    return gain;
}

static void choose(struct state *g, int32_t site)
{
    const struct siting *s = g->s;

    g->value += gain_of(g, site);
    for (int32_t k = s->site_first[site]; k < s->site_first[site + 1]; k++)
        g->times[s->site_classes[k]]++;
    for (int32_t k = s->near_first[site]; k < s->near_first[site + 1]; k++)
        g->blocked[s->near_sites[k]]++;
    g->used[s->groups[site]]++;
    g->sites[g->count] = site;
    g->values[g->count++] = g->value;
}

static void drop_first(struct state *g)
{
    g->heap[0] = g->heap[--g->heap_count];
    if (g->heap_count)
        sink(g, 0);
}

void greedy_take(const struct siting *s, struct arena *a, struct greedy *out)
{
    struct state g = { s,
                       arena_take(a, (size_t)s->site_count, sizeof *g.heap),
                       0,
                       arena_take(a, (size_t)s->class_count, sizeof *g.times),
                       arena_take(a, (size_t)s->group_count, sizeof *g.used),
                       arena_take(a, (size_t)s->site_count, sizeof *g.blocked),
                       arena_take(a, (size_t)s->count + 1, sizeof *g.sites),
                       arena_take(a, (size_t)s->count + 1, sizeof *g.values),
                       0,
                       0 };

    for (int32_t i = 0; i < s->site_count; i++)
        if (s->is_fixed[i])
            choose(&g, i);
    for (int32_t i = 0; i < s->site_count; i++)
        if (!s->is_fixed[i] && !s->is_barred[i])
            g.heap[g.heap_count++] = (struct entry){ gain_of(&g, i), i };
    for (int32_t i = g.heap_count / 2; i-- > 0;)
        sink(&g, i);
    while (g.count < s->count && g.heap_count) {
        const int32_t site = g.heap[0].site;

        if (g.used[s->groups[site]] >= s->quotas[s->groups[site]] || g.blocked[site]) {
            drop_first(&g);
            continue;
        }
        const int64_t before = g.heap[0].gain;

        g.heap[0].gain = gain_of(&g, site);
        if (g.heap[0].gain != before)
            sink(&g, 0);
        if (g.heap[0].site != site)
            continue;
        choose(&g, site);
        drop_first(&g);
    }
    *out = (struct greedy){ g.count, g.sites, g.values };
}
