/* A closed edge is one that costs METRIC_NEVER or more; the network says so with
 * NETWORK_COST_NEVER, the metric cuts it off. An edge may stand for several arcs, each
 * open to other modes. */
#include "geo/road/roads.h"

#include <stdlib.h>
#include <string.h>

#include "geo/base/buf.h"

struct roads {
    struct roads_base base;
    struct arena *arena;
    struct network network; /* the base's, with `cost` */
    uint32_t *cost[MODE_COUNT];
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

static uint32_t arc_cost(const struct roads *r, enum mode mode, int32_t arc)
{
    const struct graph *g = r->base.graph;

    return (g->arc_modes[arc] & 1u << mode) ? r->cost[mode][g->edge[arc]] : NETWORK_COST_NEVER;
}

static void open_mode(struct roads *r, enum mode mode)
{
    const struct network *n = r->base.network;
    const struct graph *g = r->base.graph;
    const struct hierarchy_edges edges = edges_of(g);
    const size_t edge_count = 2 * (size_t)n->segment_count;
    uint32_t *arc_costs = malloc(((size_t)g->arc_count + 1) * sizeof *arc_costs);

    if (!arc_costs)
        abort();
    r->cost[mode] = arena_take(r->arena, edge_count + 1, sizeof *r->cost[mode]);
    memcpy(r->cost[mode], n->cost_ms[mode], edge_count * sizeof *r->cost[mode]);
    r->network.cost_ms[mode] = r->cost[mode];
    for (int32_t arc = 0; arc < g->arc_count; arc++)
        arc_costs[arc] = arc_cost(r, mode, arc);
    r->metric[mode] = metric_new(r->base.hierarchy, &edges);
    metric_price(r->metric[mode], arc_costs);
    free(arc_costs);
    r->labels[mode] = labels_new(r->base.hierarchy);
    labels_fill(r->labels[mode], r->metric[mode]);
}

struct roads *roads_new(const struct roads_base *base)
{
    struct arena *a = arena_new();
    struct roads *r = arena_take(a, 1, sizeof *r);

    r->arena = a;
    r->base = *base;
    r->network = *base->network;
    for (enum mode mode = 0; mode < MODE_COUNT; mode++)
        open_mode(r, mode);
    return r;
}

void roads_free(struct roads *r)
{
    if (!r)
        return;
    for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
        metric_free(r->metric[mode]);
        labels_free(r->labels[mode]);
        buf_free(&r->stale[mode]);
    }
    arena_free(r->arena);
}

size_t roads_bytes(const struct roads *r)
{
    size_t bytes = 0;

    for (enum mode mode = 0; mode < MODE_COUNT; mode++)
        bytes += metric_bytes(r->metric[mode]) + labels_bytes(r->labels[mode]) +
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

const struct labels *roads_labels(const struct roads *r, enum mode mode)
{
    return r->stale[mode].size == 0 ? r->labels[mode] : NULL;
}

/* The arcs of the graph that the edges stand for, with their new costs. */
static int32_t arc_changes(const struct roads *r, enum mode mode,
                           const struct roads_change *changes, int32_t count, struct buf *out)
{
    const struct graph *g = r->base.graph;
    int32_t arc_count = 0;

    for (int32_t i = 0; i < count; i++)
        for (int32_t arc = g->first_arc[changes[i].edge]; arc < g->first_arc[changes[i].edge + 1];
             arc++) {
            const struct metric_change change = { .edge = arc, .cost_ms = arc_cost(r, mode, arc) };

            buf_put(out, &change, sizeof change);
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

static int by_number(const void *one, const void *other)
{
    const int32_t a = *(const int32_t *)one, b = *(const int32_t *)other;

    return (a > b) - (a < b);
}

void roads_label(struct roads *r, enum mode mode)
{
    struct buf *stale = &r->stale[mode];
    const size_t count = stale->size / sizeof(int32_t);

    if (count == 0)
        return;
    qsort(stale->bytes, count, sizeof(int32_t), by_number);
    labels_refill(r->labels[mode], r->metric[mode], (const void *)stale->bytes, (int32_t)count);
}

void roads_labelled(struct roads *r, enum mode mode)
{
    buf_clear(&r->stale[mode]);
}

uint32_t roads_distance(const struct roads *r, enum mode mode, int32_t from, int32_t to,
                        int32_t *room)
{
    const struct labels *labels = roads_labels(r, mode);
    const int32_t cost = labels ? labels_distance(labels, from, to)
                                : metric_distance(r->metric[mode], from, to, room);

    return cost < METRIC_NEVER ? (uint32_t)cost : NETWORK_COST_NEVER;
}
