#include "geo/cover/density.h"

#include <math.h>

#include "geo/road/heap.h"

/* One search at a time: what it has seen bears its number, so that nothing is cleared. */
struct search {
    const struct density_wish *wish;
    const struct density *density;
    int32_t number;
    int32_t *node_seen, *segment_seen; /* in which search */
    uint32_t *far_cm;                  /* of a node, in that search */
    uint64_t *heap;                    /* distance and node */
    int32_t heap_count;
    int32_t *touched; /* segments */
    int32_t touched_count;
};

static double kernel_m(double far_cm, double reach_cm)
{
    const double share = far_cm / reach_cm;
    const double rest = 1 - share * share;

    return share >= 1 ? 0 : 15.0 / 16 / (reach_cm / 100) * rest * rest;
}

static void reach_node(struct search *s, int32_t node, uint32_t far_cm)
{
    if (far_cm >= s->wish->reach_cm ||
        (s->node_seen[node] == s->number && s->far_cm[node] <= far_cm))
        return;
    s->node_seen[node] = s->number;
    s->far_cm[node] = far_cm;
    heap_put(s->heap, &s->heap_count, (uint64_t)far_cm << 32 | (uint32_t)node);
}

static void touch(struct search *s, int32_t segment)
{
    if (s->segment_seen[segment] == s->number)
        return;
    s->segment_seen[segment] = s->number;
    s->touched[s->touched_count++] = segment;
}

/* Dijkstra over the ends of segments. A node may stand in the heap once for each segment
 * that leads to it: the heap has room for that. */
static void spread(struct search *s, struct spot from)
{
    const struct network *n = s->wish->network;

    s->number++;
    s->heap_count = s->touched_count = 0;
    touch(s, from.segment);
    reach_node(s, n->from[from.segment], from.along_cm);
    reach_node(s, n->to[from.segment], n->length_cm[from.segment] - from.along_cm);
    while (s->heap_count > 0) {
        const uint64_t top = heap_take(s->heap, &s->heap_count);
        const int32_t node = (int32_t)(uint32_t)top;
        const uint32_t node_cm = (uint32_t)(top >> 32);

        if (node_cm > s->far_cm[node])
            continue;
        for (int32_t i = n->first_out[node]; i < n->first_out[node + 1]; i++) {
            const int32_t segment = n->out_edge[i] >> 1;

            if (!s->wish->counts[segment])
                continue;
            touch(s, segment);
            reach_node(s, network_head(n, n->out_edge[i]), node_cm + n->length_cm[segment]);
        }
    }
}

static double lesser(double a, double b)
{
    return a < b ? a : b;
}

static double far_by(const struct search *s, int32_t node, double rest_cm)
{
    return s->node_seen[node] == s->number ? s->far_cm[node] + rest_cm : s->wish->reach_cm;
}

/* How far it is from where the search began to a place on a segment. */
static double far_cm(const struct search *s, struct spot from, int32_t segment, double at_cm)
{
    const struct network *n = s->wish->network;
    const double around_cm = lesser(far_by(s, n->from[segment], at_cm),
                                    far_by(s, n->to[segment], n->length_cm[segment] - at_cm));

    return segment == from.segment ? lesser(around_cm, fabs(at_cm - from.along_cm)) : around_cm;
}

static void add(struct search *s, const struct density_event *event)
{
    for (int32_t i = 0; i < s->touched_count; i++) {
        const int32_t segment = s->touched[i];
        const int32_t first = s->density->first[segment];
        const double length_cm = s->wish->network->length_cm[segment];

        for (int32_t bin = first; bin < s->density->first[segment + 1]; bin++) {
            const double start_cm = (double)(bin - first) * DENSITY_BIN_CM;
            const double at_cm = (start_cm + lesser(start_cm + DENSITY_BIN_CM, length_cm)) / 2;

            s->density->mass_m[bin] +=
                event->mass * kernel_m(far_cm(s, event->spot, segment, at_cm), s->wish->reach_cm);
        }
    }
}

static void lay_bins(const struct density_wish *w, struct arena *a, struct density *out)
{
    const struct network *n = w->network;
    int32_t *first = arena_take(a, (size_t)n->segment_count + 1, sizeof *first);
    int32_t count = 0;

    for (int32_t segment = 0; segment < n->segment_count; segment++) {
        first[segment] = count;
        if (w->counts[segment])
            count += (int32_t)((n->length_cm[segment] + DENSITY_BIN_CM - 1) / DENSITY_BIN_CM);
    }
    first[n->segment_count] = count;
    *out = (struct density){ first, arena_take(a, (size_t)count + 1, sizeof *out->mass_m) };
}

bool density_find(const struct density_wish *wish, const struct density_watch *watch,
                  struct arena *a, struct density *out)
{
    const struct network *n = wish->network;
    struct arena *own = arena_new();
    const size_t nodes = (size_t)n->node_count, segments = (size_t)n->segment_count;
    struct search s = {
        .wish = wish,
        .density = out,
        .node_seen = arena_take(own, nodes + 1, sizeof *s.node_seen),
        .segment_seen = arena_take(own, segments + 1, sizeof *s.segment_seen),
        .far_cm = arena_take(own, nodes + 1, sizeof *s.far_cm),
        .heap = arena_take(own, 2 * segments + 3, sizeof *s.heap),
        .touched = arena_take(own, segments + 1, sizeof *s.touched),
    };
    bool goes_on = true;

    lay_bins(wish, a, out);
    for (int32_t i = 0; i < wish->event_count && goes_on; i++) {
        const struct density_event *event = &wish->events[i];

        if (wish->counts[event->spot.segment]) {
            spread(&s, event->spot);
            add(&s, event);
        }
        goes_on = !watch || !watch->go_on || watch->go_on(watch->self, i + 1);
    }
    arena_free(own);
    return goes_on;
}
