#include "geo/road/inward.h"

#include <stdlib.h>
#include <string.h>

#include "geo/base/pages.h"

static struct inward_arc *arcs_new(int32_t count)
{
    const size_t bytes = ((size_t)count + 1) * sizeof(struct inward_arc);
    struct inward_arc *arcs = pages_large(aligned_alloc(sizeof *arcs, bytes), bytes);

    if (!arcs)
        abort();
    return arcs;
}

/* Whether the end of the edge needs an arc that is never open, for those who stand there. */
static bool needs_stand(const struct network *n, const struct graph *g, int32_t edge)
{
    return graph_arrival(g, edge) != network_head(n, edge);
}

/* How many arcs there are to each rank, as the first of each. */
static int32_t *count_arcs(const struct network *n, const struct graph *g,
                           const struct hierarchy *h, struct arena *a)
{
    int32_t *first = arena_take(a, (size_t)g->state_count + 1, sizeof *first);

    for (int32_t arc = 0; arc < g->arc_count; arc++)
        first[h->rank_of[g->head[arc]] + 1]++;
    for (int32_t edge = 0; edge < 2 * n->segment_count; edge++)
        if (needs_stand(n, g, edge))
            first[h->rank_of[network_head(n, edge)] + 1]++;
    for (int32_t rank = 0; rank < g->state_count; rank++)
        first[rank + 1] += first[rank];
    return first;
}

/* Puts an arc to a state, whose next free place is first[rank]; gives its place. */
static int32_t put(struct inward *in, int32_t *first, int32_t rank, const struct inward_arc *arc)
{
    const int32_t place = first[rank]++;

    in->arcs[place] = *arc;
    return place;
}

void inward_take(const struct network *n, const struct graph *g, const struct hierarchy *h,
                 struct arena *a, struct inward *out)
{
    int32_t *first = count_arcs(n, g, h, a);
    int32_t *place_of = arena_take(a, (size_t)g->arc_count + 1, sizeof *place_of);
    struct inward_ends *ends = arena_take(a, (size_t)n->segment_count + 1, sizeof *ends);

    out->arc_count = first[g->state_count];
    out->arcs = arcs_new(out->arc_count);
    for (int32_t edge = 0; edge < 2 * n->segment_count; edge++) {
        const int32_t arrives = graph_arrival(g, edge);
        struct inward_arc one = { .cost_ms = NETWORK_COST_NEVER,
                                  .edge = (uint32_t)edge & INT32_MAX,
                                  .length_cm = n->length_cm[edge >> 1] };

        ends[edge >> 1].rank[edge & 1] = h->rank_of[arrives];
        for (int32_t arc = g->first_arc[edge]; arc < g->first_arc[edge + 1]; arc++) {
            one.tail = h->rank_of[g->tail[arc]];
            one.arrives = arc == g->first_arc[edge];
            place_of[arc] = put(out, first, h->rank_of[g->head[arc]], &one);
        }
        one.tail = h->rank_of[network_head(n, edge)];
        one.arrives = true;
        if (needs_stand(n, g, edge))
            put(out, first, one.tail, &one);
    }
    for (int32_t segment = 0; segment < n->segment_count; segment++) {
        const int32_t one = ends[segment].rank[0], other = ends[segment].rank[1];

        ends[segment].length_cm = n->length_cm[segment];
        ends[segment].are_tied = one == other || hierarchy_arc(h, one, other) >= 0;
        ends[segment].are_free =
            !needs_stand(n, g, 2 * segment) && !needs_stand(n, g, 2 * segment + 1);
    }
    memmove(first + 1, first, (size_t)g->state_count * sizeof *first);
    first[0] = 0;
    out->first = first;
    out->place_of = place_of;
    out->ends = ends;
}

struct inward inward_copy(const struct inward *in)
{
    struct inward copy = *in;

    copy.arcs = arcs_new(in->arc_count);
    memcpy(copy.arcs, in->arcs, (size_t)in->arc_count * sizeof *in->arcs);
    return copy;
}

void inward_free(struct inward *in)
{
    free(in->arcs);
    in->arcs = NULL;
}
