/* A closed edge is one that costs METRIC_NEVER or more; the network says so with
 * NETWORK_COST_NEVER, the metric cuts it off. An edge may stand for several arcs, each
 * open to other modes. */
#include "geo/road/roads.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "geo/base/buf.h"

struct roads {
    struct roads_base base;
    struct arena *arena;
    struct network network; /* the base's, with `cost` */
    uint32_t modes;         /* bits 1 << mode: those that travel */
    uint32_t *cost[MODE_COUNT];
    uint32_t *draft[MODE_COUNT]; /* costs beside; NULL but between roads_draft and roads_tidy */
    bool is_new[MODE_COUNT];     /* all costs are, and the labels know none of them yet */
    struct inward inward[MODE_COUNT], inward_draft[MODE_COUNT];
    struct metric *metric[MODE_COUNT];
    struct labels *labels[MODE_COUNT];
    struct buf
        stale[MODE_COUNT]; /* int32_t: arcs of the hierarchy that the labels do not know yet */
};

static struct hierarchy_edges edges_of(const struct graph *g)
{
    return (struct hierarchy_edges){
        .node_count = g->state_count, .edge_count = g->arc_count, .from = g->tail, .to = g->head
    };
}

bool roads_hierarchy(const struct graph *g, struct arena *a, struct hierarchy *out, struct fail *f)
{
    const struct hierarchy_edges edges = edges_of(g);

    return hierarchy_take(a, &edges, out, f);
}

bool roads_hierarchy_known(const struct network *n, const struct graph *g, struct arena *a,
                           struct hierarchy *out, struct fail *f)
{
    const struct hierarchy_edges edges = edges_of(g);

    if (n->hierarchy.node_count != g->state_count || !hierarchy_joins(&n->hierarchy, &edges))
        return hierarchy_take(a, &edges, out, f);
    *out = n->hierarchy;
    return true;
}

static uint32_t arc_cost(const struct graph *g, enum mode mode, const uint32_t *cost, int32_t arc)
{
    return (g->arc_modes[arc] & 1u << mode) ? cost[g->edge[arc]] : NETWORK_COST_NEVER;
}

/* Per arc of the graph; to be freed. */
static uint32_t *arc_costs_new(const struct graph *g, enum mode mode, const uint32_t *cost)
{
    uint32_t *arc_costs = calloc((size_t)g->arc_count + 1, sizeof *arc_costs);

    if (!arc_costs)
        abort();
    for (int32_t arc = 0; arc < g->arc_count; arc++)
        arc_costs[arc] = arc_cost(g, mode, cost, arc);
    return arc_costs;
}

/* As malloc, so that a draft can take its place. */
static uint32_t *costs_copy(const struct network *n, const uint32_t *cost)
{
    const size_t size = 2 * (size_t)n->segment_count * sizeof *cost;
    uint32_t *copy = malloc(size + sizeof *copy);

    if (!copy)
        abort();
    memcpy(copy, cost, size);
    return copy;
}

static void set_cost(struct roads *r, enum mode mode, uint32_t *cost)
{
    r->cost[mode] = cost;
    r->network.cost_ms[mode] = cost;
}

static void price_inward(const struct roads *r, const struct inward *in, const uint32_t *arc_costs)
{
    for (int32_t arc = 0; arc < r->base.graph->arc_count; arc++)
        inward_set(in, arc, arc_costs[arc]);
}

static bool travels(const struct roads *r, enum mode mode)
{
    return r->modes & 1u << mode;
}

static void open_mode(struct roads *r, enum mode mode)
{
    const struct network *n = r->base.network;
    const struct hierarchy_edges edges = edges_of(r->base.graph);
    const enum mode first = (enum mode)__builtin_ctz(r->modes);
    uint32_t *arc_costs = arc_costs_new(r->base.graph, mode, n->cost_ms[mode]);

    set_cost(r, mode, costs_copy(n, n->cost_ms[mode]));
    if (mode == first)
        inward_take(n, r->base.graph, r->base.hierarchy, r->arena, &r->inward[mode]);
    else
        r->inward[mode] = inward_copy(&r->inward[first]);
    price_inward(r, &r->inward[mode], arc_costs);
    r->metric[mode] = metric_new(r->base.hierarchy, &edges);
    metric_price(r->metric[mode], arc_costs);
    free(arc_costs);
    r->labels[mode] = labels_new(r->base.hierarchy);
    labels_fill(r->labels[mode], r->metric[mode]);
}

struct roads *roads_new_for(const struct roads_base *base, uint32_t modes)
{
    struct arena *a = arena_new();
    struct roads *r = arena_take(a, 1, sizeof *r);

    assert(modes > 0 && modes < 1u << MODE_COUNT);
    r->arena = a;
    r->base = *base;
    r->modes = modes;
    r->network = *base->network;
    for (enum mode mode = 0; mode < MODE_COUNT; mode++)
        if (travels(r, mode))
            open_mode(r, mode);
    return r;
}

struct roads *roads_new(const struct roads_base *base)
{
    return roads_new_for(base, (1u << MODE_COUNT) - 1);
}

void roads_free(struct roads *r)
{
    if (!r)
        return;
    for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
        metric_free(r->metric[mode]);
        labels_free(r->labels[mode]);
        free(r->cost[mode]);
        free(r->draft[mode]);
        inward_free(&r->inward[mode]);
        inward_free(&r->inward_draft[mode]);
        buf_free(&r->stale[mode]);
    }
    arena_free(r->arena);
}

size_t roads_bytes(const struct roads *r)
{
    size_t bytes = 0;

    for (enum mode mode = 0; mode < MODE_COUNT; mode++)
        if (travels(r, mode))
            bytes += metric_bytes(r->metric[mode]) + labels_bytes(r->labels[mode]) +
                     (size_t)r->inward[mode].arc_count * sizeof(struct inward_arc) +
                     2 * (size_t)r->network.segment_count * sizeof *r->cost[mode];
    return bytes;
}

const struct roads_base *roads_base(const struct roads *r)
{
    return &r->base;
}

const struct network *roads_network(const struct roads *r)
{
    return &r->network;
}

const struct metric *roads_metric(const struct roads *r, enum mode mode)
{
    return r->metric[mode];
}

const struct inward *roads_inward(const struct roads *r, enum mode mode)
{
    return &r->inward[mode];
}

const struct labels *roads_labels(const struct roads *r, enum mode mode)
{
    return r->stale[mode].size == 0 && !r->is_new[mode] ? r->labels[mode] : NULL;
}

/* The arcs of the graph that the edges stand for, with their new costs; inward has them
 * then. */
static int32_t arc_changes(const struct roads *r, enum mode mode,
                           const struct roads_change *changes, int32_t count, struct buf *out)
{
    const struct graph *g = r->base.graph;
    int32_t arc_count = 0;

    for (int32_t i = 0; i < count; i++)
        for (int32_t arc = g->first_arc[changes[i].edge]; arc < g->first_arc[changes[i].edge + 1];
             arc++) {
            const struct metric_change change = { .edge = arc,
                                                  .cost_ms =
                                                      arc_cost(g, mode, r->cost[mode], arc) };

            buf_put(out, &change, sizeof change);
            inward_set(&r->inward[mode], arc, change.cost_ms);
            arc_count++;
        }
    return arc_count;
}

void roads_change(struct roads *r, enum mode mode, const struct roads_change *changes,
                  int32_t count)
{
    struct buf wanted = { 0 };
    const int32_t *touched;

    for (int32_t i = 0; i < count; i++)
        r->cost[mode][changes[i].edge] = changes[i].cost_ms;
    const int32_t arc_count = arc_changes(r, mode, changes, count, &wanted);
    const int32_t touched_count =
        arc_count == 0
            ? 0
            : metric_change(r->metric[mode], (const void *)wanted.bytes, arc_count, &touched);

    if (touched_count > 0)
        buf_put(&r->stale[mode], touched, (size_t)touched_count * sizeof *touched);
    buf_free(&wanted);
}

void roads_draft(struct roads *r, enum mode mode, const uint32_t *cost_ms)
{
    uint32_t *arc_costs = arc_costs_new(r->base.graph, mode, cost_ms);

    free(r->draft[mode]);
    r->draft[mode] = costs_copy(r->base.network, cost_ms);
    metric_draft(r->metric[mode], arc_costs);
    inward_free(&r->inward_draft[mode]);
    r->inward_draft[mode] = inward_copy(&r->inward[mode]);
    price_inward(r, &r->inward_draft[mode], arc_costs);
    free(arc_costs);
}

void roads_adopt(struct roads *r, enum mode mode)
{
    uint32_t *before = r->cost[mode];

    set_cost(r, mode, r->draft[mode]);
    r->draft[mode] = before;
    metric_adopt(r->metric[mode]);

    const struct inward inward = r->inward[mode];

    r->inward[mode] = r->inward_draft[mode];
    r->inward_draft[mode] = inward;
    r->is_new[mode] = true;
}

void roads_tidy(struct roads *r, enum mode mode)
{
    free(r->draft[mode]);
    r->draft[mode] = NULL;
    inward_free(&r->inward_draft[mode]);
    metric_tidy(r->metric[mode]);
}

static int by_number(const void *one, const void *other)
{
    const int32_t a = *(const int32_t *)one, b = *(const int32_t *)other;

    return (a > b) - (a < b);
}

void roads_label(struct roads *r, enum mode mode)
{
    struct buf *stale = &r->stale[mode];
    const size_t count = stale->size / sizeof(int32_t);

    if (r->is_new[mode]) {
        labels_fill(r->labels[mode], r->metric[mode]);
        return;
    }
    if (count == 0)
        return;
    qsort(stale->bytes, count, sizeof(int32_t), by_number);
    labels_refill(r->labels[mode], r->metric[mode], (const void *)stale->bytes, (int32_t)count);
}

void roads_labelled(struct roads *r, enum mode mode)
{
    buf_clear(&r->stale[mode]);
    r->is_new[mode] = false;
}

uint32_t roads_distance(const struct roads *r, enum mode mode, int32_t from, int32_t to,
                        int32_t *room)
{
    const struct labels *labels = roads_labels(r, mode);
    const int32_t cost = labels ? labels_distance(labels, from, to)
                                : metric_distance(r->metric[mode], from, to, room);

    return cost < METRIC_NEVER ? (uint32_t)cost : NETWORK_COST_NEVER;
}
