/* The bans of the network are put into one tree by the edges they begin with; from each
 * of its nodes that is a state, every edge leads to the longest list of edges that is a
 * state again. */
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

/* ------------------------------------------------------------------ the bans as a tree */

/* A node of it is a list of edges that some ban begins with, or a whole ban. Those that
 * are shorter than some ban are states. The root is the empty list. */
struct node {
    int32_t parent;
    int32_t edge; /* the last of the list */
    int32_t depth;
    int32_t first_child, next_child;
    int32_t shorter; /* the longest end of the list that is a state, or the root */
    int32_t state;   /* its number, NONE when it is none */
    uint8_t banned;  /* modes that may not have come this way */
    bool goes_on;
};

struct tree {
    const struct network *n;
    struct node *nodes;
    int32_t count;
    int32_t *by_edge;   /* the child of the root by its edge; NONE */
    int32_t *crowding;  /* per junction: states there beside its own */
    int32_t left_aside; /* bans */
};

enum { NONE = -1, ROOT = 0 };

static int32_t child_of(const struct tree *t, int32_t node, int32_t edge)
{
    if (node == ROOT)
        return t->by_edge[edge];
    for (int32_t i = t->nodes[node].first_child; i != NONE; i = t->nodes[i].next_child)
        if (t->nodes[i].edge == edge)
            return i;
    return NONE;
}

static int32_t add_child(struct tree *t, int32_t parent, int32_t edge)
{
    const int32_t node = t->count++;

    t->nodes[node] = (struct node){ .parent = parent,
                                    .edge = edge,
                                    .depth = t->nodes[parent].depth + 1,
                                    .first_child = NONE,
                                    .next_child = NONE,
                                    .state = NONE };
    if (parent == ROOT) {
        t->by_edge[edge] = node;
    } else {
        t->nodes[node].next_child = t->nodes[parent].first_child;
        t->nodes[parent].first_child = node;
    }
    return node;
}

/* Whether each junction that the ban passes has room for the states it needs. */
static bool has_room(const struct tree *t, const int32_t *edges, int32_t count)
{
    int32_t node = ROOT;

    for (int32_t i = 0; i < count - 1; i++) {
        const int32_t junction = network_head(t->n, edges[i]);
        int32_t more = 1;

        node = node == NONE ? NONE : child_of(t, node, edges[i]);
        if (node != NONE && t->nodes[node].goes_on)
            continue;
        for (int32_t later = i + 1; later < count - 1; later++)
            more += network_head(t->n, edges[later]) == junction;
        if (1 + t->crowding[junction] + more > GRAPH_STATES_MAX)
            return false;
    }
    return true;
}

static void add_ban(struct tree *t, const int32_t *edges, int32_t count, uint8_t modes)
{
    int32_t node = ROOT;

    if (!has_room(t, edges, count)) {
        t->left_aside++;
        return;
    }
    for (int32_t i = 0; i < count; i++) {
        const int32_t next = child_of(t, node, edges[i]);

        node = next == NONE ? add_child(t, node, edges[i]) : next;
        if (i < count - 1 && !t->nodes[node].goes_on) {
            t->nodes[node].goes_on = true;
            t->crowding[network_head(t->n, edges[i])]++;
        }
    }
    t->nodes[node].banned |= modes;
}

/* The longest list that is a state and that the way ends with which came to `node` and
 * goes on by the edge. */
static int32_t step(const struct tree *t, int32_t node, int32_t edge)
{
    for (;; node = t->nodes[node].shorter) {
        const int32_t next = child_of(t, node, edge);

        if (next != NONE && t->nodes[next].goes_on)
            return next;
        if (node == ROOT)
            return ROOT;
    }
}

/* Whom some ban forbids the edge who came to `node`. */
static uint8_t forbidden(const struct tree *t, int32_t node, int32_t edge)
{
    uint8_t modes = 0;

    for (; node != ROOT; node = t->nodes[node].shorter) {
        const int32_t next = child_of(t, node, edge);

        if (next != NONE)
            modes |= t->nodes[next].banned;
    }
    return modes;
}

/* Shorter lists first, for the longer ones need them. */
static void find_shorter(struct tree *t)
{
    for (int32_t depth = 2; depth < NETWORK_BAN_EDGES_MAX; depth++)
        for (int32_t i = 1; i < t->count; i++)
            if (t->nodes[i].depth == depth && t->nodes[i].goes_on)
                t->nodes[i].shorter =
                    step(t, t->nodes[t->nodes[i].parent].shorter, t->nodes[i].edge);
}

static struct tree plant(const struct network *n, struct arena *a)
{
    const size_t edge_count = 2 * (size_t)n->segment_count;
    struct tree t = {
        .n = n,
        .nodes = arena_take(a, (size_t)n->ban_edge_count + 1, sizeof *t.nodes),
        .count = 1,
        .by_edge = arena_take(a, edge_count + 1, sizeof *t.by_edge),
        .crowding = arena_take(a, (size_t)n->node_count + 1, sizeof *t.crowding),
    };

    t.nodes[ROOT] = (struct node){ .first_child = NONE, .next_child = NONE, .state = NONE };
    for (size_t e = 0; e < edge_count; e++)
        t.by_edge[e] = NONE;
    for (int32_t i = 0; i < n->ban_count; i++)
        add_ban(&t, n->ban_edge + n->first_ban_edge[i],
                n->first_ban_edge[i + 1] - n->first_ban_edge[i], n->ban_modes[i]);
    find_shorter(&t);
    return t;
}

/* ------------------------------------------------------------------ states and arcs */

/* Numbers them: the junctions, then what else there is, junction by junction. */
static const int32_t *number_states(struct tree *t, struct arena *a, struct arena *brief,
                                    struct graph *g)
{
    int32_t *first_more = arena_take(a, (size_t)g->node_count + 1, sizeof *first_more);
    int32_t *next = arena_take(brief, (size_t)g->node_count + 1, sizeof *next);

    g->state_count = g->node_count;
    for (int32_t v = 0; v < g->node_count; v++) {
        first_more[v] = next[v] = g->state_count;
        g->state_count += t->crowding[v];
    }
    first_more[g->node_count] = g->state_count;

    int32_t *node_of = arena_take(a, (size_t)g->state_count + 1, sizeof *node_of);
    int32_t *tree_of = arena_take(brief, (size_t)g->state_count + 1, sizeof *tree_of);

    for (int32_t v = 0; v < g->node_count; v++)
        node_of[v] = v;
    for (int32_t i = 1; i < t->count; i++) {
        if (!t->nodes[i].goes_on)
            continue;
        const int32_t v = network_head(t->n, t->nodes[i].edge);

        t->nodes[i].state = next[v]++;
        tree_of[t->nodes[i].state] = i;
        node_of[t->nodes[i].state] = v;
    }
    g->first_more = first_more;
    g->node_of = node_of;
    return tree_of;
}

struct arcs {
    int32_t *tail, *head, *edge;
    uint8_t *modes;
    int32_t count;
};

static void add_arc(const struct tree *t, struct arcs *arcs, int32_t tail, int32_t list,
                    int32_t edge)
{
    const uint8_t modes = ((1u << MODE_COUNT) - 1) & ~(uint32_t)forbidden(t, list, edge);
    const int32_t next = step(t, list, edge);

    if (modes == 0)
        return;
    arcs->tail[arcs->count] = tail;
    arcs->head[arcs->count] = next == ROOT ? network_head(t->n, edge) : t->nodes[next].state;
    arcs->edge[arcs->count] = edge;
    arcs->modes[arcs->count++] = modes;
}

void graph_take(const struct network *n, struct arena *a, struct graph *out)
{
    const int32_t edge_count = 2 * n->segment_count;
    struct arena *brief = arena_new();
    struct tree t = plant(n, brief);
    struct graph g = { .node_count = n->node_count,
                       .edge_count = edge_count,
                       .left_aside = t.left_aside };
    const int32_t *tree_of = number_states(&t, a, brief, &g);
    int32_t *first_arc = arena_take(a, (size_t)edge_count + 1, sizeof *first_arc);
    size_t room = (size_t)edge_count + 1;

    for (int32_t e = 0; e < edge_count; e++)
        room += (size_t)t.crowding[network_tail(n, e)];

    struct arcs arcs = { .tail = arena_take(a, room, sizeof *arcs.tail),
                         .head = arena_take(a, room, sizeof *arcs.head),
                         .edge = arena_take(a, room, sizeof *arcs.edge),
                         .modes = arena_take(a, room, sizeof *arcs.modes) };

    for (int32_t e = 0; e < edge_count; e++) {
        const int32_t junction = network_tail(n, e);

        first_arc[e] = arcs.count;
        add_arc(&t, &arcs, junction, ROOT, e);
        for (int32_t s = g.first_more[junction]; s < g.first_more[junction + 1]; s++)
            add_arc(&t, &arcs, s, tree_of[s], e);
    }
    first_arc[edge_count] = arcs.count;
    arena_free(brief);
    g.arc_count = arcs.count;
    g.first_arc = first_arc;
    g.tail = arcs.tail;
    g.head = arcs.head;
    g.edge = arcs.edge;
    g.arc_modes = arcs.modes;
    list_by(&g, g.tail, a, &g.first_out, &g.out_arc);
    list_by(&g, g.head, a, &g.first_in, &g.in_arc);
    *out = g;
}

size_t graph_bytes(const struct graph *g)
{
    const size_t state = sizeof *g->node_of + sizeof *g->first_out + sizeof *g->first_in;
    const size_t arc = sizeof *g->tail + sizeof *g->head + sizeof *g->edge + sizeof *g->arc_modes +
                       sizeof *g->out_arc + sizeof *g->in_arc;

    return (size_t)g->state_count * state + (size_t)g->node_count * sizeof *g->first_more +
           (size_t)g->arc_count * arc + (size_t)g->edge_count * sizeof *g->first_arc;
}
