/* Two passes. The first makes the elimination tree without any arc that is not there
 * (Liu, The role of elimination trees in sparse factorization, SIAM J. Matrix Anal.
 * Appl. 11, 1990) and numbers the nodes by it; the second adds the arcs: those of a
 * node are its edges upwards and all arcs of its children but the one to itself. */
#include "geo/road/hierarchy.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "geo/base/buf.h"
#include "geo/road/order.h"

enum { NONE = -1 };

/* An undirected graph without loops and doubles. */
struct graph {
    int32_t node_count;
    int32_t *firsts;
    int32_t *heads;
};

/* ------------------------------------------------------------------ the graph */

static int by_number(const void *one, const void *other)
{
    const int32_t a = *(const int32_t *)one;
    const int32_t b = *(const int32_t *)other;

    return (a > b) - (a < b);
}

/* Sorts a list of numbers and drops what stands twice; how many are left. */
static int32_t tidy(int32_t *numbers, int32_t count)
{
    int32_t kept = 0;

    if (count > 1)
        qsort(numbers, (size_t)count, sizeof *numbers, by_number);
    for (int32_t i = 0; i < count; i++)
        if (i == 0 || numbers[i] != numbers[kept - 1])
            numbers[kept++] = numbers[i];
    return kept;
}

/* Both directions of every edge, renamed when `name` is given. */
static struct graph graph_of(struct arena *a, const struct hierarchy_edges *e, const int32_t *name)
{
    struct graph g = {
        .node_count = e->node_count,
        .firsts = arena_take(a, (size_t)e->node_count + 2, sizeof *g.firsts),
        .heads = arena_take(a, 2 * (size_t)e->edge_count + 1, sizeof *g.heads),
    };
    int32_t *ends = g.firsts + 1; /* counted one behind, so that filling moves them into place */

    for (int32_t i = 0; i < e->edge_count; i++) {
        ends[(name ? name[e->from[i]] : e->from[i]) + 1]++;
        ends[(name ? name[e->to[i]] : e->to[i]) + 1]++;
    }
    for (int32_t i = 1; i <= e->node_count; i++)
        ends[i] += ends[i - 1];
    for (int32_t i = 0; i < e->edge_count; i++) {
        const int32_t from = name ? name[e->from[i]] : e->from[i];
        const int32_t to = name ? name[e->to[i]] : e->to[i];

        g.heads[ends[from]++] = to;
        g.heads[ends[to]++] = from;
    }
    return g;
}

static struct graph graph_tidied(struct arena *a, const struct hierarchy_edges *e,
                                 const int32_t *name)
{
    struct graph g = graph_of(a, e, name);
    int32_t kept = 0;

    for (int32_t node = 0, first = 0; node < g.node_count; node++) {
        int32_t *list = g.heads + first;
        int32_t count = g.firsts[node + 1] - first;

        first = g.firsts[node + 1];
        count = tidy(list, count);
        g.firsts[node] = kept;
        for (int32_t i = 0; i < count; i++)
            if (list[i] != node)
                g.heads[kept++] = list[i];
    }
    g.firsts[g.node_count] = kept;
    return g;
}

/* ------------------------------------------------------------------ the tree */

/* Who is above whom when nodes are taken out in the order of their numbers. `jump`
 * leads from a node to one near the root of the tree it is in so far. */
static void find_parents(const struct graph *g, int32_t *parent, int32_t *jump)
{
    for (int32_t node = 0; node < g->node_count; node++) {
        parent[node] = NONE;
        jump[node] = NONE;
        for (int32_t i = g->firsts[node]; i < g->firsts[node + 1]; i++) {
            int32_t at = g->heads[i];

            if (at >= node)
                continue;
            while (jump[at] != NONE && jump[at] != node) {
                const int32_t next = jump[at];

                jump[at] = node;
                at = next;
            }
            if (jump[at] == NONE) {
                jump[at] = node;
                parent[at] = node;
            }
        }
    }
}

/* The place of each node in a postorder of the tree; children keep their order. A
 * parent has a higher number than its children, so sizes can be summed upwards, and
 * places given downwards. */
static void number_below(int32_t count, const int32_t *parent, int32_t *size, int32_t *place)
{
    int32_t end = count; /* of what is free for roots */

    for (int32_t i = 0; i < count; i++)
        size[i] = 1;
    for (int32_t i = 0; i < count; i++)
        if (parent[i] != NONE)
            size[parent[i]] += size[i];
    /* Downwards `size` of a node comes to mean: where the room of its next child ends. */
    for (int32_t i = count - 1; i >= 0; i--) {
        int32_t *room = parent[i] == NONE ? &end : &size[parent[i]];
        const int32_t mine = size[i];

        place[i] = *room - 1;
        *room -= mine;
        size[i] = place[i];
    }
}

/* ------------------------------------------------------------------ the arcs */

struct builder {
    const struct graph *g; /* named by rank */
    const int32_t *parent;
    int32_t *first_child, *next_child;
    int32_t *up_first;
    struct buf heads; /* int32_t, of all arcs so far */
    int32_t *seen;    /* by rank: the node whose list it was last put into */
    int32_t *list;
};

static int32_t *head_of(const struct builder *b)
{
    return (void *)b->heads.bytes;
}

static int32_t gather(struct builder *b, int32_t node)
{
    int32_t count = 0;

    b->seen[node] = node;
    for (int32_t i = b->g->firsts[node]; i < b->g->firsts[node + 1]; i++) {
        const int32_t head = b->g->heads[i];

        if (head > node && b->seen[head] != node) {
            b->seen[head] = node;
            b->list[count++] = head;
        }
    }
    for (int32_t child = b->first_child[node]; child != NONE; child = b->next_child[child]) {
        for (int32_t i = b->up_first[child]; i < b->up_first[child + 1]; i++) {
            const int32_t head = head_of(b)[i];

            if (b->seen[head] != node) {
                b->seen[head] = node;
                b->list[count++] = head;
            }
        }
    }
    return tidy(b->list, count);
}

static bool add_arcs(struct builder *b, struct fail *f)
{
    const int32_t count = b->g->node_count;

    for (int32_t node = 0; node < count; node++) {
        b->seen[node] = NONE;
        b->first_child[node] = NONE;
    }
    for (int32_t node = count - 1; node >= 0; node--) {
        if (b->parent[node] == NONE)
            continue;
        b->next_child[node] = b->first_child[b->parent[node]];
        b->first_child[b->parent[node]] = node;
    }
    for (int32_t node = 0; node < count; node++) {
        const int32_t more = gather(b, node);

        if (more > HIERARCHY_ARCS_MAX - b->up_first[node])
            return fail_set(f, FAIL_INPUT, STREETS_TOO_MANY,
                            "the streets need more than %d arcs of their hierarchy",
                            HIERARCHY_ARCS_MAX);
        b->up_first[node + 1] = b->up_first[node] + more;
        buf_put(&b->heads, b->list, (size_t)more * sizeof *b->list);
    }
    return true;
}

/* What follows from up_first, head and parent. */
static void complete(struct arena *a, struct hierarchy *h)
{
    int32_t *tail = arena_take(a, (size_t)h->arc_count + 1, sizeof *tail);
    int32_t *down_first = arena_take(a, (size_t)h->node_count + 2, sizeof *down_first);
    int32_t *down = arena_take(a, (size_t)h->arc_count + 1, sizeof *down);
    int32_t *depth = arena_take(a, (size_t)h->node_count + 1, sizeof *depth);
    int32_t *ends = down_first + 1;

    for (int32_t node = 0; node < h->node_count; node++)
        for (int32_t arc = h->up_first[node]; arc < h->up_first[node + 1]; arc++)
            tail[arc] = node;
    for (int32_t arc = 0; arc < h->arc_count; arc++)
        ends[h->head[arc] + 1]++;
    for (int32_t i = 1; i <= h->node_count; i++)
        ends[i] += ends[i - 1];
    for (int32_t arc = 0; arc < h->arc_count; arc++)
        down[ends[h->head[arc]]++] = arc;
    for (int32_t node = h->node_count - 1; node >= 0; node--) {
        depth[node] = h->parent[node] == NONE ? 0 : depth[h->parent[node]] + 1;
        h->height = depth[node] + 1 > h->height ? depth[node] + 1 : h->height;
    }
    h->tail = tail;
    h->down_first = down_first;
    h->down = down;
    h->depth = depth;
}

/* ------------------------------------------------------------------ all of it */

/* The ranks, and the tree named by them. */
static void find_ranks(struct arena *a, struct arena *scratch, const struct hierarchy_edges *edges,
                       const int32_t *order, struct hierarchy *out)
{
    const size_t room = (size_t)edges->node_count + 1;
    int32_t *name = arena_take(scratch, room, sizeof *name);
    int32_t *parent = arena_take(scratch, room, sizeof *parent);
    int32_t *size = arena_take(scratch, room, sizeof *size);
    int32_t *place = arena_take(scratch, room, sizeof *place);
    int32_t *rank_of = arena_take(a, room, sizeof *rank_of);
    int32_t *node_of = arena_take(a, room, sizeof *node_of);
    int32_t *above = arena_take(a, room, sizeof *above);

    for (int32_t i = 0; i < edges->node_count; i++)
        name[order[i]] = i;

    const struct graph ordered = graph_tidied(scratch, edges, name);

    find_parents(&ordered, parent, size);
    number_below(edges->node_count, parent, size, place);
    for (int32_t i = 0; i < edges->node_count; i++) {
        rank_of[order[i]] = place[i];
        node_of[place[i]] = order[i];
        above[place[i]] = parent[i] == NONE ? NONE : place[parent[i]];
    }
    out->rank_of = rank_of;
    out->node_of = node_of;
    out->parent = above;
}

static bool find_arcs(struct arena *a, struct arena *scratch, const struct hierarchy_edges *edges,
                      struct hierarchy *out, struct fail *f)
{
    const size_t room = (size_t)edges->node_count + 1;
    const struct graph g = graph_tidied(scratch, edges, out->rank_of);
    struct builder b = {
        .g = &g,
        .parent = out->parent,
        .first_child = arena_take(scratch, room, sizeof *b.first_child),
        .next_child = arena_take(scratch, room, sizeof *b.next_child),
        .up_first = arena_take(a, room, sizeof *b.up_first),
        .seen = arena_take(scratch, room, sizeof *b.seen),
        .list = arena_take(scratch, room, sizeof *b.list),
    };
    const bool is_good = add_arcs(&b, f);

    if (is_good) {
        out->arc_count = b.up_first[edges->node_count];
        out->up_first = b.up_first;
        int32_t *head = arena_take(a, (size_t)out->arc_count + 1, sizeof *head);

        if (out->arc_count > 0)
            memcpy(head, head_of(&b), b.heads.size);
        out->head = head;
    }
    buf_free(&b.heads);
    return is_good;
}

bool hierarchy_take_by(struct arena *a, const struct hierarchy_edges *edges, const int32_t *order,
                       struct hierarchy *out, struct fail *f)
{
    struct arena *scratch = arena_new();
    struct hierarchy h = { .node_count = edges->node_count };

    find_ranks(a, scratch, edges, order, &h);
    const bool is_good = find_arcs(a, scratch, edges, &h, f);

    arena_free(scratch);
    if (!is_good)
        return false;
    complete(a, &h);
    *out = h;
    return true;
}

bool hierarchy_take(struct arena *a, const struct hierarchy_edges *edges, struct hierarchy *out,
                    struct fail *f)
{
    struct arena *scratch = arena_new();
    const struct graph g = graph_tidied(scratch, edges, NULL);
    int32_t *order = arena_take(scratch, (size_t)edges->node_count + 1, sizeof *order);
    const bool is_good = order_find(edges->node_count, g.firsts, g.heads, order, f) &&
                         hierarchy_take_by(a, edges, order, out, f);

    arena_free(scratch);
    return is_good;
}

/* ------------------------------------------------------------------ one of somewhere */

/* Each number below count once, and where each stands. */
static bool ranks_sound(const struct hierarchy *h)
{
    for (int32_t rank = 0; rank < h->node_count; rank++) {
        const int32_t node = h->node_of[rank];

        if (node < 0 || node >= h->node_count || h->rank_of[node] != rank)
            return false;
    }
    return true;
}

/* Arcs lead up, ascending, to the parent first. */
static bool arcs_sound(const struct hierarchy *h)
{
    if (h->up_first[0] != 0 || h->up_first[h->node_count] != h->arc_count)
        return false;
    for (int32_t node = 0; node < h->node_count; node++) {
        const int32_t first = h->up_first[node], end = h->up_first[node + 1];
        int32_t before = node;

        if (end < first || end > h->arc_count ||
            h->parent[node] != (first < end ? h->head[first] : NONE))
            return false;
        for (int32_t arc = first; arc < end; before = h->head[arc++])
            if (h->tail[arc] != node || h->head[arc] <= before || h->head[arc] >= h->node_count)
                return false;
    }
    return true;
}

/* What a node is joined to its parent is joined to, so that no arc is wanting. */
static bool arcs_whole(const struct hierarchy *h)
{
    for (int32_t node = 0; node < h->node_count; node++) {
        const int32_t parent = h->parent[node];
        int32_t of_parent = parent == NONE ? 0 : h->up_first[parent];

        for (int32_t arc = h->up_first[node] + 1; arc < h->up_first[node + 1]; arc++) {
            while (of_parent < h->up_first[parent + 1] && h->head[of_parent] < h->head[arc])
                of_parent++;
            if (of_parent == h->up_first[parent + 1] || h->head[of_parent] != h->head[arc])
                return false;
        }
    }
    return true;
}

/* Each upper end lists just the arcs that lead to it: as there are as many places as
 * arcs, each arc then stands in one of them. */
static bool downs_sound(const struct hierarchy *h)
{
    if (h->down_first[0] != 0 || h->down_first[h->node_count] != h->arc_count)
        return false;
    for (int32_t node = 0; node < h->node_count; node++) {
        const int32_t first = h->down_first[node], end = h->down_first[node + 1];

        if (end < first || end > h->arc_count)
            return false;
        for (int32_t i = first; i < end; i++)
            if (h->down[i] < 0 || h->down[i] >= h->arc_count || h->head[h->down[i]] != node ||
                (i > first && h->down[i] <= h->down[i - 1]))
                return false;
    }
    return true;
}

static bool depths_sound(const struct hierarchy *h)
{
    int32_t height = 0;

    for (int32_t node = h->node_count - 1; node >= 0; node--) {
        const int32_t parent = h->parent[node];

        if (h->depth[node] != (parent == NONE ? 0 : h->depth[parent] + 1))
            return false;
        height = h->depth[node] + 1 > height ? h->depth[node] + 1 : height;
    }
    return h->height == height;
}

/* A postorder: the nodes that wait for their parents lie on a pile, and each takes its own
 * children off the top. What is left in the end are roots. */
static bool order_sound(const struct hierarchy *h)
{
    int32_t *pile = malloc(((size_t)h->node_count + 1) * sizeof *pile);
    int32_t count = 0;
    bool is_sound = true;

    if (!pile)
        abort();
    for (int32_t node = 0; node < h->node_count; node++) {
        while (count > 0 && h->parent[pile[count - 1]] == node)
            count--;
        pile[count++] = node;
    }
    for (int32_t i = 0; i < count; i++)
        is_sound = is_sound && h->parent[pile[i]] == NONE;
    free(pile);
    return is_sound;
}

bool hierarchy_sound(const struct hierarchy *h)
{
    return ranks_sound(h) && arcs_sound(h) && arcs_whole(h) && downs_sound(h) && depths_sound(h) &&
           order_sound(h);
}

bool hierarchy_joins(const struct hierarchy *h, const struct hierarchy_edges *edges)
{
    for (int32_t i = 0; i < edges->edge_count; i++) {
        const int32_t from = h->rank_of[edges->from[i]], to = h->rank_of[edges->to[i]];

        if (from != to && hierarchy_arc(h, from, to) == NONE)
            return false;
    }
    return true;
}

size_t hierarchy_bytes(const struct hierarchy *h)
{
    return 24 * (size_t)h->node_count + 12 * (size_t)h->arc_count;
}

int32_t hierarchy_arc(const struct hierarchy *h, int32_t one, int32_t other)
{
    const int32_t low = one < other ? one : other;
    const int32_t high = one < other ? other : one;
    int32_t from = h->up_first[low];
    int32_t to = h->up_first[low + 1];

    while (from < to) {
        const int32_t middle = from + (to - from) / 2;

        if (h->head[middle] < high)
            from = middle + 1;
        else
            to = middle;
    }
    return from < h->up_first[low + 1] && h->head[from] == high ? from : NONE;
}
