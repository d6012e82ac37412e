#include "geo/road/graph.h"

#include <string.h>

/* The arcs by one of their ends, ascending: counted, summed, filled in. */
static void list_by(const struct graph *g, const int32_t *ends, struct arena *a,
                    const int32_t **firsts, const int32_t **arcs)
{
    int32_t *first = arena_take(a, (size_t)g->state_count + 1, sizeof *first);
    int32_t *list = arena_take(a, (size_t)g->arc_count + 1, sizeof *list);

    for (int32_t i = 0; i < g->arc_count; i++)
        first[ends[i] + 1]++;
    for (int32_t s = 0; s < g->state_count; s++)
        first[s + 1] += first[s];
    for (int32_t i = 0; i < g->arc_count; i++)
        list[first[ends[i]]++] = i;
    memmove(first + 1, first, (size_t)g->state_count * sizeof *first);
    first[0] = 0;
    *firsts = first;
    *arcs = list;
}

void graph_take(const struct network *n, struct arena *a, struct graph *out)
{
    const int32_t edge_count = 2 * n->segment_count;
    int32_t *node_of = arena_take(a, (size_t)n->node_count + 1, sizeof *node_of);
    int32_t *first_more = arena_take(a, (size_t)n->node_count + 1, sizeof *first_more);
    int32_t *first_arc = arena_take(a, (size_t)edge_count + 1, sizeof *first_arc);
    int32_t *tail = arena_take(a, (size_t)edge_count + 1, sizeof *tail);
    int32_t *head = arena_take(a, (size_t)edge_count + 1, sizeof *head);
    int32_t *edge = arena_take(a, (size_t)edge_count + 1, sizeof *edge);
    uint8_t *modes = arena_take(a, (size_t)edge_count + 1, sizeof *modes);

    for (int32_t v = 0; v < n->node_count; v++)
        first_more[v] = n->node_count;
    first_more[n->node_count] = n->node_count;
    for (int32_t v = 0; v < n->node_count; v++)
        node_of[v] = v;
    for (int32_t e = 0; e < edge_count; e++) {
        first_arc[e] = e;
        tail[e] = network_tail(n, e);
        head[e] = network_head(n, e);
        edge[e] = e;
        modes[e] = (1u << MODE_COUNT) - 1;
    }
    first_arc[edge_count] = edge_count;
    *out = (struct graph){ .node_count = n->node_count,
                           .state_count = n->node_count,
                           .arc_count = edge_count,
                           .node_of = node_of,
                           .first_more = first_more,
                           .first_arc = first_arc,
                           .tail = tail,
                           .head = head,
                           .edge = edge,
                           .arc_modes = modes };
    list_by(out, tail, a, &out->first_out, &out->out_arc);
    list_by(out, head, a, &out->first_in, &out->in_arc);
}

size_t graph_bytes(const struct graph *g)
{
    const size_t state = sizeof *g->node_of + sizeof *g->first_out + sizeof *g->first_in;
    const size_t arc = sizeof *g->tail + sizeof *g->head + sizeof *g->edge + sizeof *g->arc_modes +
                       sizeof *g->out_arc + sizeof *g->in_arc;

    return (size_t)g->state_count * state + (size_t)g->node_count * sizeof *g->first_more +
           (size_t)g->arc_count * arc + (size_t)g->arc_count * sizeof *g->first_arc;
}
