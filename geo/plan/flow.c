/* The tree of the simplex hangs below a root of its own: every node has an artificial arc to
 * or from it, so dear that nothing goes along it that finds another way. Of the arcs at
 * which a step may end, the last on the way around from the join is taken (Cunningham's
 * strongly feasible trees): then steps that move nothing cannot go round in circles.
 * Entering arcs are looked for in blocks of about a third of the square root of all (Kiraly and
 * Kovacs, "Efficient implementations of minimum-cost flow algorithms", 2012, who take the whole;
 * of a city's mobilisation, where most steps move nothing, less was found to be better). */
#include "geo/plan/flow.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "geo/base/arena.h"

enum { AT_ZERO = 1, IN_TREE = 0, AT_MOST = -1 }; /* what a reduced cost is multiplied with */
enum { BLOCK_MIN = 16 };

struct flow {
    struct arena *arena;
    int32_t node_count, arc_count; /* without the root and its arcs */
    int32_t root;
    int32_t all_arcs;
    int64_t *supply;
    /* arcs; those of the root come last, one for each node */
    int32_t *tail, *head;
    int64_t *capacity, *cost, *carried;
    int8_t *state;
    /* nodes */
    int64_t *price;
    int32_t *parent, *up_arc, *depth;
    int32_t *child, *next, *before; /* children as a doubly linked list */
    bool *is_upward;                /* the arc to the parent leads to it */
    int32_t block, from;
    int64_t steps;
};

/* ------------------------------------------------------------------ the tree */

static void hang(struct flow *f, int32_t node, int32_t parent)
{
    const int32_t first = f->child[parent];

    f->parent[node] = parent;
    f->next[node] = first;
    f->before[node] = -1;
    if (first >= 0)
        f->before[first] = node;
    f->child[parent] = node;
}

static void unhang(struct flow *f, int32_t node)
{
    const int32_t next = f->next[node];
    const int32_t before = f->before[node];

    if (next >= 0)
        f->before[next] = before;
    if (before >= 0)
        f->next[before] = next;
    else
        f->child[f->parent[node]] = next;
}

/* The node after this one, in the order in which parents come first; -1 after the last of
 * the branch. */
static int32_t after(const struct flow *f, int32_t node, int32_t branch)
{
    if (f->child[node] >= 0)
        return f->child[node];
    while (node != branch) {
        if (f->next[node] >= 0)
            return f->next[node];
        node = f->parent[node];
    }
    return -1;
}

/* The price that makes the arc to the parent cost nothing. */
static int64_t price_below(const struct flow *f, int32_t node)
{
    const int64_t cost = f->cost[f->up_arc[node]];

    return f->price[f->parent[node]] + (f->is_upward[node] ? -cost : cost);
}

/* A branch that was hung up elsewhere: everything in it is as much dearer. */
static void settle(struct flow *f, int32_t branch)
{
    const int64_t dearer = price_below(f, branch) - f->price[branch];

    for (int32_t v = branch; v >= 0; v = after(f, v, branch)) {
        f->price[v] += dearer;
        f->depth[v] = f->depth[f->parent[v]] + 1;
    }
}

/* Hangs `node` below `parent` by `arc`, and what was above it, up to `last`, below it. */
static void turn_over(struct flow *f, int32_t node, int32_t parent, int32_t arc, int32_t last)
{
    const int32_t branch = node;
    bool is_upward = f->tail[arc] == node;

    for (;;) {
        const int32_t old_parent = f->parent[node];
        const int32_t old_arc = f->up_arc[node];
        const bool was_upward = f->is_upward[node];

        unhang(f, node);
        hang(f, node, parent);
        f->up_arc[node] = arc;
        f->is_upward[node] = is_upward;
        if (node == last)
            break;
        parent = node;
        node = old_parent;
        arc = old_arc;
        is_upward = !was_upward;
    }
    settle(f, branch);
}

/* ------------------------------------------------------------------ a step */

static int64_t reduced(const struct flow *f, int32_t arc)
{
    return f->cost[arc] + f->price[f->tail[arc]] - f->price[f->head[arc]];
}

/* The best arc of the next block that has one, or -1. */
static int32_t entering(struct flow *f)
{
    int64_t best = 0;
    int32_t found = -1;
    int32_t arc = f->from;
    int32_t left = f->block;

    for (int32_t i = 0; i < f->all_arcs; i++) {
        const int64_t gain = f->state[arc] * reduced(f, arc);

        if (gain < best) {
            best = gain;
            found = arc;
        }
        arc = arc + 1 < f->all_arcs ? arc + 1 : 0;
        if (--left == 0) {
            if (found >= 0)
                break;
            left = f->block;
        }
    }
    f->from = arc;
    return found;
}

/* The cycle that an entering arc closes: down from the join to `from`, along the arc, and
 * from `to` up to the join again. */
struct cycle {
    int32_t arc, from, to, join;
    int64_t most; /* what can go around it */
    int32_t cut;  /* the node below the arc that lets no more through, or -1: the entering one */
    bool cut_is_before; /* between the join and `from` */
};

static int32_t join_of(const struct flow *f, int32_t u, int32_t v)
{
    while (u != v)
        if (f->depth[u] >= f->depth[v])
            u = f->parent[u];
        else
            v = f->parent[v];
    return u;
}

static struct cycle close_cycle(const struct flow *f, int32_t arc)
{
    const bool is_forward = f->state[arc] == AT_ZERO;
    struct cycle c = { .arc = arc,
                       .from = is_forward ? f->tail[arc] : f->head[arc],
                       .to = is_forward ? f->head[arc] : f->tail[arc],
                       .most = f->capacity[arc],
                       .cut = -1 };

    c.join = join_of(f, c.from, c.to);
    for (int32_t v = c.from; v != c.join; v = f->parent[v]) {
        const int32_t a = f->up_arc[v];
        const int64_t room = f->is_upward[v] ? f->carried[a] : f->capacity[a] - f->carried[a];

        if (room < c.most) {
            c.most = room;
            c.cut = v;
            c.cut_is_before = true;
        }
    }
    for (int32_t v = c.to; v != c.join; v = f->parent[v]) {
        const int32_t a = f->up_arc[v];
        const int64_t room = f->is_upward[v] ? f->capacity[a] - f->carried[a] : f->carried[a];

        if (room <= c.most) {
            c.most = room;
            c.cut = v;
            c.cut_is_before = false;
        }
    }
    return c;
}

static void push(struct flow *f, const struct cycle *c)
{
    if (c->most == 0)
        return;
    f->carried[c->arc] += f->state[c->arc] * c->most;
    for (int32_t v = c->from; v != c->join; v = f->parent[v])
        f->carried[f->up_arc[v]] += f->is_upward[v] ? -c->most : c->most;
    for (int32_t v = c->to; v != c->join; v = f->parent[v])
        f->carried[f->up_arc[v]] += f->is_upward[v] ? c->most : -c->most;
}

static void step(struct flow *f, int32_t arc)
{
    const struct cycle c = close_cycle(f, arc);

    f->steps++;
    push(f, &c);
    if (c.cut < 0) {
        f->state[arc] = (int8_t)-f->state[arc];
        return;
    }
    const int32_t leaving = f->up_arc[c.cut];

    f->state[arc] = IN_TREE;
    f->state[leaving] = f->carried[leaving] == 0 ? AT_ZERO : AT_MOST;
    if (c.cut_is_before)
        turn_over(f, c.from, c.to, arc, c.cut);
    else
        turn_over(f, c.to, c.from, arc, c.cut);
}

/* ------------------------------------------------------------------ the whole */

/* Every node hangs at the root, and all supply goes through it. */
static void plant(struct flow *f)
{
    const int64_t dear = (FLOW_COST_MAX + 1) * (f->node_count + 1);

    f->up_arc[f->root] = -1;
    f->parent[f->root] = -1;
    for (int32_t v = 0; v <= f->root; v++)
        f->child[v] = f->next[v] = f->before[v] = -1;
    for (int32_t v = f->root - 1; v >= 0; v--) {
        const int32_t arc = f->arc_count + v;
        const bool is_upward = f->supply[v] >= 0;

        f->tail[arc] = is_upward ? v : f->root;
        f->head[arc] = is_upward ? f->root : v;
        f->cost[arc] = dear;
        f->capacity[arc] = INT64_MAX;
        f->carried[arc] = is_upward ? f->supply[v] : -f->supply[v];
        f->state[arc] = IN_TREE;
        f->up_arc[v] = arc;
        f->is_upward[v] = is_upward;
        hang(f, v, f->root);
        f->depth[v] = 1;
        f->price[v] = price_below(f, v);
    }
}

static void take_room(struct flow *f)
{
    const size_t nodes = (size_t)f->node_count + 1;
    const size_t arcs = (size_t)f->all_arcs + 1;

    f->supply = arena_take(f->arena, nodes, sizeof *f->supply);
    f->tail = arena_take(f->arena, arcs, sizeof *f->tail);
    f->head = arena_take(f->arena, arcs, sizeof *f->head);
    f->capacity = arena_take(f->arena, arcs, sizeof *f->capacity);
    f->cost = arena_take(f->arena, arcs, sizeof *f->cost);
    f->carried = arena_take(f->arena, arcs, sizeof *f->carried);
    f->state = arena_take(f->arena, arcs, sizeof *f->state);
    f->price = arena_take(f->arena, nodes, sizeof *f->price);
    f->parent = arena_take(f->arena, nodes, sizeof *f->parent);
    f->up_arc = arena_take(f->arena, nodes, sizeof *f->up_arc);
    f->depth = arena_take(f->arena, nodes, sizeof *f->depth);
    f->child = arena_take(f->arena, nodes, sizeof *f->child);
    f->next = arena_take(f->arena, nodes, sizeof *f->next);
    f->before = arena_take(f->arena, nodes, sizeof *f->before);
    f->is_upward = arena_take(f->arena, nodes, sizeof *f->is_upward);
}

static bool is_arc(const struct flow *f, const struct flow_arc *a)
{
    return a->tail >= 0 && a->tail < f->node_count && a->head >= 0 && a->head < f->node_count &&
           a->capacity >= 0 && a->capacity <= FLOW_CAPACITY_MAX;
}

static void take_arcs(struct flow *f, const struct flow_arc *arcs)
{
    for (int32_t i = 0; i < f->arc_count; i++) {
        assert(is_arc(f, &arcs[i]));
        f->tail[i] = arcs[i].tail;
        f->head[i] = arcs[i].head;
        f->capacity[i] = arcs[i].capacity;
        f->state[i] = AT_ZERO;
        flow_price(f, i, arcs[i].cost);
    }
}

struct flow *flow_new(const int64_t *supply, int32_t node_count, const struct flow_arc *arcs,
                      int32_t arc_count)
{
    struct arena *arena = arena_new();
    struct flow *f = arena_take(arena, 1, sizeof *f);
    int64_t together = 0;

    assert(node_count >= 0 && node_count <= FLOW_NODES_MAX);
    assert(arc_count >= 0 && arc_count <= FLOW_ARCS_MAX);
    *f = (struct flow){ .arena = arena,
                        .node_count = node_count,
                        .arc_count = arc_count,
                        .root = node_count,
                        .all_arcs = arc_count + node_count };
    take_room(f);
    for (int32_t v = 0; v < node_count; v++) {
        f->supply[v] = supply[v];
        together += supply[v];
    }
    assert(together == 0);
    take_arcs(f, arcs);

    const int32_t third = (int32_t)sqrt((double)f->all_arcs) / 3;

    f->block = third > BLOCK_MIN ? third : BLOCK_MIN;
    plant(f);
    return f;
}

void flow_free(struct flow *f)
{
    if (f)
        arena_free(f->arena);
}

void flow_try(struct flow *f, int32_t first, int32_t count)
{
    assert(first >= 0 && count >= 0 && count <= f->arc_count - first);
    for (int32_t arc = first; arc < first + count; arc++)
        if (f->state[arc] * reduced(f, arc) < 0)
            step(f, arc);
}

bool flow_run(struct flow *f, bool (*goes_on)(void *self), void *self)
{
    int32_t arc;

    while ((arc = entering(f)) >= 0) {
        step(f, arc);
        if (goes_on && f->steps % FLOW_STEPS == 0 && !goes_on(self))
            return false;
    }
    return true;
}

void flow_price(struct flow *f, int32_t arc, int64_t cost)
{
    assert(arc >= 0 && arc < f->arc_count);
    assert(cost <= FLOW_COST_MAX && cost >= -FLOW_COST_MAX);
    f->cost[arc] = cost;
    if (f->state[arc] != IN_TREE)
        return;
    const int32_t tail = f->tail[arc];
    const int32_t head = f->head[arc];

    settle(f, f->up_arc[tail] == arc ? tail : head);
}

/* ------------------------------------------------------------------ what came of it */

int64_t flow_of(const struct flow *f, int32_t arc)
{
    return f->carried[arc];
}

int64_t flow_worth(const struct flow *f, int32_t node)
{
    return f->price[node];
}

int64_t flow_stranded(const struct flow *f)
{
    int64_t out = 0;

    for (int32_t v = 0; v < f->node_count; v++)
        out += f->tail[f->arc_count + v] == v ? f->carried[f->arc_count + v] : 0;
    return out;
}

int64_t flow_cost(const struct flow *f)
{
    int64_t out = 0;

    for (int32_t i = 0; i < f->arc_count; i++)
        out += f->carried[i] * f->cost[i];
    return out;
}

/* By weak duality: a node's supply at its price, and whatever could be won on an arc. While
 * units are stranded the prices are such that the bound may be far below all that there is. */
int64_t flow_bound(const struct flow *f)
{
    __extension__ __int128 out = 0;

    for (int32_t v = 0; v < f->node_count; v++) {
        __extension__ __int128 price = f->price[v];

        out -= price * f->supply[v];
    }
    for (int32_t i = 0; i < f->arc_count; i++) {
        __extension__ __int128 gain = reduced(f, i);

        if (gain < 0)
            out += gain * f->capacity[i];
    }
    return out < INT64_MIN ? INT64_MIN : (int64_t)out;
}

int64_t flow_steps(const struct flow *f)
{
    return f->steps;
}

bool flow_is_best(const struct flow *f)
{
    struct arena *a = arena_new();
    int64_t *left = arena_take(a, (size_t)f->node_count + 1, sizeof *left);
    bool good = true;

    for (int32_t i = 0; i < f->all_arcs; i++) {
        left[f->tail[i]] += f->carried[i];
        left[f->head[i]] -= f->carried[i];
        good = good && f->carried[i] >= 0 && f->carried[i] <= f->capacity[i] &&
               (reduced(f, i) >= 0 || f->carried[i] == f->capacity[i]) &&
               (reduced(f, i) <= 0 || f->carried[i] == 0);
    }
    for (int32_t v = 0; v < f->node_count; v++)
        good = good && left[v] == f->supply[v];
    arena_free(a);
    return good;
}
