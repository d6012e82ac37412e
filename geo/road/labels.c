/* Where the ways of two nodes to the root meet is found in a few steps after Schieber
 * and Vishkin (On finding lowest common ancestors, SIAM J. Comput. 17, 1988): the tree
 * is laid out in paths, one for each number that `path` takes, which are numbered like
 * the nodes of a complete binary tree. `above` has a bit for each path that the way to
 * the root touches. Several trees hang from one root more, whose depth is -1, so that
 * what meets only there has nothing in common. */
#include "geo/road/labels.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "geo/base/pages.h"

enum { NONE = -1, LANES = 8 };

/* Eight numbers that are read together: half a cache line. */
struct block {
    int32_t at[LANES];
};

/* What a question needs of a node, in half a cache line. */
struct node {
    size_t row; /* first block of its row upwards; that downwards follows */
    uint32_t path;
    uint32_t above;
    int32_t depth;
};

struct labels {
    const struct hierarchy *h;
    struct arena *arena;
    struct node *nodes;  /* by rank */
    int32_t *path_depth; /* by path: the depth of its uppermost node */
    struct block *rows;
    size_t block_count;
    int32_t *size; /* nodes below a node and itself, by rank */
    bool is_wide;  /* the processor adds eight numbers at a time */
};

static size_t blocks_of(int32_t depth)
{
    return (size_t)depth / LANES + 1;
}

/* ------------------------------------------------------------------ the tree */

static uint32_t top_bit(uint32_t number)
{
    assert(number != 0);
    return 31 - (uint32_t)__builtin_clz(number);
}

/* The number between the two with the most zeroes at its end. */
static uint32_t roundest(uint32_t first, uint32_t last)
{
    if (first == last)
        return first;
    const uint32_t bit = top_bit((first - 1) ^ last);

    return last >> bit << bit;
}

static void lay_out(struct labels *l)
{
    const struct hierarchy *h = l->h;
    const uint32_t all = (uint32_t)h->node_count + 1; /* with the root of roots, number 1 */
    const uint32_t root_path = roundest(1, all);
    const uint32_t root_above = root_path & -root_path;

    for (int32_t rank = 0; rank < h->node_count; rank++)
        l->size[rank] = 1;
    for (int32_t rank = 0; rank < h->node_count; rank++)
        if (h->parent[rank] != NONE)
            l->size[h->parent[rank]] += l->size[rank];
    l->path_depth[root_path] = -1;
    for (int32_t rank = h->node_count - 1; rank >= 0; rank--) {
        /* From the last rank down the nodes are in an order of parents first. */
        const uint32_t number = all - (uint32_t)rank;
        const uint32_t last = number + (uint32_t)l->size[rank] - 1;
        const struct node *parent = h->parent[rank] == NONE ? NULL : &l->nodes[h->parent[rank]];
        struct node *node = &l->nodes[rank];

        node->depth = h->depth[rank];
        node->path = roundest(number, last);
        node->above = (parent ? parent->above : root_above) | (node->path & -node->path);
        if (node->path != (parent ? parent->path : root_path))
            l->path_depth[node->path] = node->depth;
        node->row = l->block_count;
        l->block_count += 2 * blocks_of(node->depth);
    }
}

struct labels *labels_new(const struct hierarchy *h)
{
    struct arena *a = arena_new();
    struct labels *l = arena_take(a, 1, sizeof *l);

    l->arena = a;
    l->h = h;
    l->nodes = arena_take(a, (size_t)h->node_count + 1, sizeof *l->nodes);
    l->size = arena_take(a, (size_t)h->node_count + 1, sizeof *l->size);
    l->path_depth = arena_take(a, (size_t)h->node_count + 2, sizeof *l->path_depth);
    l->is_wide = __builtin_cpu_supports("avx2");
    lay_out(l);
    const size_t bytes = (l->block_count + 1) * sizeof *l->rows;

    l->rows = pages_large(aligned_alloc(sizeof *l->rows, bytes), bytes);
    if (!l->rows)
        abort();
    return l;
}

void labels_free(struct labels *l)
{
    if (!l)
        return;
    free(l->rows);
    arena_free(l->arena);
}

size_t labels_bytes(const struct labels *l)
{
    return arena_used(l->arena) + l->block_count * sizeof *l->rows;
}

/* How deep down the ways of both are still the same; -1: nowhere. */
static int32_t meet(const struct labels *l, const struct node *one, const struct node *other)
{
    if (one->path == other->path)
        return one->depth < other->depth ? one->depth : other->depth;

    /* The lowest path that both touch, and where each comes into it. */
    const uint32_t differs = top_bit(one->path ^ other->path);
    const uint32_t both = one->above & other->above & (~0u << differs);
    const uint32_t bit = both & -both;
    int32_t least = INT32_MAX;
    const struct node *const ends[] = { one, other };

    for (int i = 0; i < 2; i++) {
        const uint32_t below = ends[i]->above & (bit - 1);
        int32_t depth = ends[i]->depth;

        if (below != 0) {
            const uint32_t enters = 1u << top_bit(below);

            depth = l->path_depth[(ends[i]->path & ~(2 * enters - 1)) | enters] - 1;
        }
        least = depth < least ? depth : least;
    }
    return least;
}

/* ------------------------------------------------------------------ filling */

/* The two loops that all the time goes into are written once and compiled twice: for
 * every processor, and for those with AVX2. Their inner loops have a fixed length, so
 * that they become one instruction or two. */
#define EVERYWHERE static
#define WIDE       __attribute__((target("avx2"))) static
#define INNER      static inline __attribute__((always_inline))

static int32_t lesser(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

/* A row takes over what a way of this cost to the row of another node gives. */
INNER void spread_inner(struct block *row, const struct block *from, size_t blocks, int32_t cost)
{
    for (size_t i = 0; i < blocks; i++)
        for (int k = 0; k < LANES; k++)
            row[i].at[k] = lesser(row[i].at[k], from[i].at[k] + cost);
}

EVERYWHERE void spread_plain(struct block *row, const struct block *from, size_t blocks,
                             int32_t cost)
{
    spread_inner(row, from, blocks, cost);
}

WIDE void spread_wide(struct block *row, const struct block *from, size_t blocks, int32_t cost)
{
    spread_inner(row, from, blocks, cost);
}

static void set_own(struct block *row, int32_t depth)
{
    row[depth / LANES].at[depth % LANES] = 0;
}

static void fill_node(struct labels *l, const struct metric *m, int32_t rank)
{
    const struct hierarchy *h = l->h;
    const int32_t *up = metric_up(m);
    const int32_t *down = metric_down(m);
    const size_t blocks = blocks_of(l->nodes[rank].depth);
    struct block *to = l->rows + l->nodes[rank].row;
    struct block *from = to + blocks;
    void (*spread)(struct block *, const struct block *, size_t, int32_t) =
        l->is_wide ? spread_wide : spread_plain;

    for (size_t i = 0; i < 2 * blocks; i++)
        for (int k = 0; k < LANES; k++)
            to[i].at[k] = METRIC_NEVER;
    for (int32_t arc = h->up_first[rank]; arc < h->up_first[rank + 1]; arc++) {
        const struct node *above = &l->nodes[h->head[arc]];
        const size_t shared = blocks_of(above->depth);
        const struct block *its = l->rows + above->row;

        if (up[arc] < METRIC_NEVER)
            spread(to, its, shared, up[arc]);
        if (down[arc] < METRIC_NEVER)
            spread(from, its + shared, shared, down[arc]);
    }
    set_own(to, l->nodes[rank].depth);
    set_own(from, l->nodes[rank].depth);
}

void labels_fill(struct labels *l, const struct metric *m)
{
    for (int32_t rank = l->h->node_count - 1; rank >= 0; rank--)
        fill_node(l, m, rank);
}

/* Everything below a node stands directly before it; from the highest changed end down,
 * what lies below one is not gone through again for another below it. */
void labels_refill(struct labels *l, const struct metric *m, const int32_t *arcs, int32_t count)
{
    int32_t done = l->h->node_count; /* from here on nothing is left to do */

    for (int32_t i = count - 1; i >= 0; i--) {
        const int32_t top = l->h->tail[arcs[i]];

        if (top >= done)
            continue;
        done = top - l->size[top] + 1;
        for (int32_t rank = top; rank >= done; rank--)
            fill_node(l, m, rank);
    }
}

/* ------------------------------------------------------------------ asking */

/* The least sum of the first depth + 1 pairs of two rows. */
INNER int32_t least_inner(const struct block *to, const struct block *from, int32_t depth)
{
    const int32_t whole = (depth + 1) / LANES;
    struct block best;
    int32_t least = METRIC_NEVER;

    for (int k = 0; k < LANES; k++)
        best.at[k] = METRIC_NEVER;
    for (int32_t i = 0; i < whole; i++)
        for (int k = 0; k < LANES; k++)
            best.at[k] = lesser(best.at[k], to[i].at[k] + from[i].at[k]);
    for (int k = 0; k < LANES; k++)
        least = lesser(least, best.at[k]);
    for (int32_t k = 0; k < (depth + 1) % LANES; k++)
        least = lesser(least, to[whole].at[k] + from[whole].at[k]);
    return least;
}

EVERYWHERE int32_t least_plain(const struct block *to, const struct block *from, int32_t depth)
{
    return least_inner(to, from, depth);
}

WIDE int32_t least_wide(const struct block *to, const struct block *from, int32_t depth)
{
    return least_inner(to, from, depth);
}

static const struct block *row_of(const struct labels *l, const struct node *node, bool is_up)
{
    return l->rows + node->row + (is_up ? 0 : blocks_of(node->depth));
}

static int32_t between(const struct labels *l, int32_t from, int32_t to)
{
    const struct node *one = &l->nodes[from];
    const struct node *other = &l->nodes[to];
    const int32_t depth = meet(l, one, other);

    if (depth < 0)
        return METRIC_NEVER;
    const struct block *up = row_of(l, one, true);
    const struct block *down = row_of(l, other, false);

    return l->is_wide ? least_wide(up, down, depth) : least_plain(up, down, depth);
}

int32_t labels_distance(const struct labels *l, int32_t from, int32_t to)
{
    return between(l, l->h->rank_of[from], l->h->rank_of[to]);
}

/* Of a list of nodes, those that stand some places on are fetched in the meantime: first
 * the rank, then what is known of it, then its row, as far down as it will be needed.
 * Waiting for memory is most of what a single distance takes. */
enum { AHEAD = 8 };

struct pipe {
    const struct labels *l;
    const struct node *one;
    const int32_t *nodes;
    int32_t count;
    bool is_up;
    const struct block *row[AHEAD]; /* of the next few, in a ring */
    int32_t depth[AHEAD];           /* to which they are needed */
};

static bool is_one_of(int32_t i, int32_t count)
{
    return i >= 0 && i < count;
}

static void fetch(struct pipe *p, int32_t i)
{
    const int32_t *rank_of = p->l->h->rank_of;

    if (is_one_of(i + 3 * AHEAD, p->count))
        __builtin_prefetch(&rank_of[p->nodes[i + 3 * AHEAD]]);
    if (is_one_of(i + 2 * AHEAD, p->count))
        __builtin_prefetch(&p->l->nodes[rank_of[p->nodes[i + 2 * AHEAD]]]);
    if (is_one_of(i + AHEAD, p->count)) {
        const struct node *other = &p->l->nodes[rank_of[p->nodes[i + AHEAD]]];
        const int32_t depth = meet(p->l, p->one, other);
        const struct block *row = row_of(p->l, other, p->is_up);

        p->row[(i + AHEAD) % AHEAD] = row;
        p->depth[(i + AHEAD) % AHEAD] = depth;
        for (int32_t k = 0; k <= depth / LANES; k += 2)
            __builtin_prefetch(row + k);
    }
}

static void many(struct pipe *p, const struct block *row, int32_t *costs)
{
    int32_t (*least)(const struct block *, const struct block *, int32_t) =
        p->l->is_wide ? least_wide : least_plain;

    for (int32_t i = -3 * AHEAD; i < 0; i++)
        fetch(p, i);
    for (int32_t i = 0; i < p->count; i++) {
        const struct block *its = p->row[i % AHEAD];
        const int32_t depth = p->depth[i % AHEAD];

        fetch(p, i);
        if (depth < 0)
            costs[i] = METRIC_NEVER;
        else
            costs[i] = least(row, its, depth); /* a sum knows no order */
    }
}

void labels_from_row(const struct labels *l, int32_t from, const int32_t *row, const int32_t *nodes,
                     int32_t count, int32_t *costs)
{
    struct pipe p = {
        .l = l, .one = &l->nodes[l->h->rank_of[from]], .nodes = nodes, .count = count
    };

    many(&p, (const void *)row, costs);
}

void labels_to_row(const struct labels *l, int32_t to, const int32_t *row, const int32_t *nodes,
                   int32_t count, int32_t *costs)
{
    struct pipe p = {
        .l = l, .one = &l->nodes[l->h->rank_of[to]], .nodes = nodes, .count = count, .is_up = true
    };

    many(&p, (const void *)row, costs);
}

void labels_from(const struct labels *l, int32_t from, const int32_t *nodes, int32_t count,
                 int32_t *costs)
{
    labels_from_row(l, from, labels_up_row(l, l->h->rank_of[from]), nodes, count, costs);
}

void labels_to(const struct labels *l, int32_t to, const int32_t *nodes, int32_t count,
               int32_t *costs)
{
    labels_to_row(l, to, labels_down_row(l, l->h->rank_of[to]), nodes, count, costs);
}

const int32_t *labels_up_row(const struct labels *l, int32_t rank)
{
    return row_of(l, &l->nodes[rank], true)->at;
}

const int32_t *labels_down_row(const struct labels *l, int32_t rank)
{
    return row_of(l, &l->nodes[rank], false)->at;
}

int32_t labels_meet_ranks(const struct labels *l, int32_t one, int32_t other)
{
    return meet(l, &l->nodes[one], &l->nodes[other]);
}

int32_t labels_least(const struct labels *l, const int32_t *row, const int32_t *other,
                     int32_t depth)
{
    return l->is_wide ? least_wide((const void *)row, (const void *)other, depth)
                      : least_plain((const void *)row, (const void *)other, depth);
}

enum { EARLY = 16 }; /* nodes fetched before their turn */

void labels_meet_many(const struct labels *l, int32_t one, const int32_t *others, int32_t count,
                      int32_t *depths)
{
    for (int32_t i = 0; i < count && i < EARLY; i++)
        __builtin_prefetch(&l->nodes[others[i]]);
    for (int32_t i = 0; i < count; i++) {
        if (i + EARLY < count)
            __builtin_prefetch(&l->nodes[others[i + EARLY]]);
        depths[i] = meet(l, &l->nodes[one], &l->nodes[others[i]]);
    }
}
