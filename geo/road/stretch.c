/* Dijkstra by length over all streets, from junction to junction. */
#include "geo/road/stretch.h"

#include <stdlib.h>
#include <string.h>

#include "geo/road/queue.h"

enum { NONE = -1 };

struct search {
    const struct network *n;
    struct spot from, to;
    int32_t name_at;  /* only along streets of this name; NONE: any */
    uint32_t *far_cm; /* per junction */
    int32_t *by;      /* per junction: the edge that led there */
    struct queue queue;
    uint32_t best_cm;
    int32_t last; /* the edge on which the best way comes to `to`; NONE: none yet */
};

static bool may_use(const struct search *s, int32_t segment)
{
    return s->name_at == NONE || s->n->name_at[segment] == s->name_at;
}

static void reach(struct search *s, int32_t edge, uint32_t far_cm)
{
    const int32_t node = network_head(s->n, edge);

    if (far_cm > STRETCH_LENGTH_MAX_CM || far_cm >= s->far_cm[node])
        return;
    s->far_cm[node] = far_cm;
    s->by[node] = edge;
    queue_put(&s->queue, (struct queue_item){ far_cm, node, edge });
}

/* How far along the edge a place on its segment is. */
static uint32_t along(const struct network *n, int32_t edge, struct spot spot)
{
    return edge & 1 ? n->length_cm[spot.segment] - spot.along_cm : spot.along_cm;
}

static void arrive(struct search *s, int32_t edge, uint32_t far_cm)
{
    const uint32_t whole_cm = far_cm + along(s->n, edge, s->to);

    if (whole_cm > STRETCH_LENGTH_MAX_CM || whole_cm >= s->best_cm)
        return;
    s->best_cm = whole_cm;
    s->last = edge;
}

static void go_on(struct search *s, int32_t node, uint32_t far_cm)
{
    const struct network *n = s->n;

    for (int32_t i = n->first_out[node]; i < n->first_out[node + 1]; i++) {
        const int32_t edge = n->out_edge[i];

        if (edge >> 1 == s->to.segment)
            arrive(s, edge, far_cm);
        if (may_use(s, edge >> 1))
            reach(s, edge, far_cm + n->length_cm[edge >> 1]);
    }
}

static void run(struct search *s)
{
    for (int32_t v = 0; v < s->n->node_count; v++)
        s->far_cm[v] = UINT32_MAX;
    s->best_cm = UINT32_MAX;
    s->last = NONE;
    queue_clear(&s->queue);
    for (int32_t side = 0; side < 2; side++) {
        const int32_t edge = 2 * s->from.segment + side;

        reach(s, edge, s->n->length_cm[s->from.segment] - along(s->n, edge, s->from));
    }
    while (queue_top(&s->queue)) {
        const struct queue_item item = queue_take(&s->queue);

        if (item.cost >= s->best_cm)
            return;
        if (item.cost == s->far_cm[item.what])
            go_on(s, item.what, item.cost);
    }
}

/* Whether an end street counts of which so much lies between. */
static bool counts(const struct network *n, int32_t segment, uint32_t part_cm)
{
    return part_cm >= STRETCH_END_CM || part_cm >= n->length_cm[segment] / 2;
}

/* Backwards from the last edge; the first one leaves the segment of `from`, which is not
 * entered again on a shortest way. */
static int32_t unwind(const struct search *s, struct arena *a, const int32_t **edges)
{
    const struct network *n = s->n;
    int32_t count = 1;

    for (int32_t edge = s->last; edge >> 1 != s->from.segment; edge = s->by[network_tail(n, edge)])
        count++;
    int32_t *list = arena_take(a, (size_t)count, sizeof *list);

    for (int32_t edge = s->last, i = count - 1; i >= 0; i--) {
        list[i] = edge;
        if (i > 0)
            edge = s->by[network_tail(n, edge)];
    }
    const uint32_t head_cm = n->length_cm[s->from.segment] - along(n, list[0], s->from);
    const bool with_last = counts(n, s->to.segment, along(n, s->last, s->to));

    if (count > 1 && !with_last)
        count--;
    *edges = list;
    if (count > 1 && !counts(n, s->from.segment, head_cm)) {
        *edges = list + 1;
        count--;
    }
    return count;
}

static int32_t within_one(struct spot from, struct spot to, struct arena *a, const int32_t **edges)
{
    int32_t *list = arena_take(a, 1, sizeof *list);

    *list = 2 * from.segment + (to.along_cm < from.along_cm);
    *edges = list;
    return 1;
}

static bool share_name(const struct network *n, struct spot from, struct spot to)
{
    return *network_name(n, from.segment) &&
           strcmp(network_name(n, from.segment), network_name(n, to.segment)) == 0;
}

int32_t stretch_find(const struct network *n, struct spot from, struct spot to, struct arena *a,
                     const int32_t **edges, struct fail *f)
{
    struct search s = { .n = n, .from = from, .to = to, .last = NONE };
    int32_t count = -1;

    if (from.segment == to.segment)
        return within_one(from, to, a, edges);
    s.far_cm = malloc(((size_t)n->node_count + 1) * sizeof *s.far_cm);
    s.by = malloc(((size_t)n->node_count + 1) * sizeof *s.by);
    if (!s.far_cm || !s.by)
        abort();
    if (share_name(n, from, to)) {
        s.name_at = n->name_at[from.segment];
        run(&s);
    }
    if (s.last == NONE) {
        s.name_at = NONE;
        run(&s);
    }
    if (s.last == NONE)
        fail_set(f, FAIL_INPUT, STRETCH_MISSING, "no way of at most %d km leads between the places",
                 STRETCH_LENGTH_MAX_CM / 100000);
    else
        count = unwind(&s, a, edges);
    queue_free(&s.queue);
    free(s.far_cm);
    free(s.by);
    return count;
}
