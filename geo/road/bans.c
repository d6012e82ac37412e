/* Each restriction is resolved once for each mode, since what is closed to a mode may make
 * clear what another has to choose from; equal bans of several modes become one at the
 * end. */
#include "geo/road/bans.h"

#include <stdlib.h>
#include <string.h>

#include "geo/base/buf.h"

enum { NONE = -1, STEPS_MAX = 20000 };

/* Which segments a way was cut into. */
struct piece {
    int64_t way_id;
    int32_t segment;
};

/* One ban. */
struct found {
    const int32_t *edges; /* known only when all are found */
    size_t first_edge;
    int32_t count;
    uint8_t modes;
};

struct finder {
    const struct network *n;
    const struct piece *pieces;
    enum mode mode;
    struct buf found; /* struct found */
    struct buf edges; /* int32_t */
};

/* ------------------------------------------------------------------ ways and nodes */

static int by_way(const void *one, const void *other)
{
    const struct piece *a = one, *b = other;

    if (a->way_id != b->way_id)
        return a->way_id < b->way_id ? -1 : 1;
    return (a->segment > b->segment) - (a->segment < b->segment);
}

static const struct piece *list_pieces(const struct network *n, struct arena *a)
{
    struct piece *pieces = arena_take(a, (size_t)n->segment_count + 1, sizeof *pieces);

    for (int32_t s = 0; s < n->segment_count; s++)
        pieces[s] = (struct piece){ n->way_id[s], s };
    qsort(pieces, (size_t)n->segment_count, sizeof *pieces, by_way);
    return pieces;
}

/* The first piece of the way, or where it would be. */
static int32_t first_piece(const struct finder *f, int64_t way_id)
{
    int32_t low = 0;
    int32_t high = f->n->segment_count;

    while (low < high) {
        const int32_t middle = low + (high - low) / 2;

        if (f->pieces[middle].way_id < way_id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_piece(const struct finder *f, int32_t i, int64_t way_id)
{
    return i < f->n->segment_count && f->pieces[i].way_id == way_id;
}

static int32_t find_node(const struct network *n, int64_t node_id)
{
    int32_t low = 0;
    int32_t high = n->node_count;

    while (low < high) {
        const int32_t middle = low + (high - low) / 2;

        if (n->node_id[middle] < node_id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n->node_count && n->node_id[low] == node_id ? low : NONE;
}

/* Whether the mode may ever take the edge, whatever it costs. */
static bool is_open(const struct finder *f, int32_t edge)
{
    return f->n->access[edge >> 1] >> (2 * (int)f->mode + (edge & 1)) & 1;
}

/* The one open edge of the way that comes to the junction (or leaves it); NONE when there
 * is none or it is not clear which. */
static int32_t edge_to(const struct finder *f, int64_t way_id, int32_t junction)
{
    int32_t only = NONE;

    for (int32_t i = first_piece(f, way_id); is_piece(f, i, way_id); i++)
        for (int32_t e = 2 * f->pieces[i].segment; e < 2 * f->pieces[i].segment + 2; e++) {
            if (network_head(f->n, e) != junction || !is_open(f, e))
                continue;
            if (only != NONE)
                return NONE;
            only = e;
        }
    return only;
}

static int32_t edge_from(const struct finder *f, int64_t way_id, int32_t junction)
{
    int32_t only = NONE;

    for (int32_t i = first_piece(f, way_id); is_piece(f, i, way_id); i++)
        for (int32_t e = 2 * f->pieces[i].segment; e < 2 * f->pieces[i].segment + 2; e++) {
            if (network_tail(f->n, e) != junction || !is_open(f, e))
                continue;
            if (only != NONE)
                return NONE;
            only = e;
        }
    return only;
}

/* ------------------------------------------------------------------ what is found */

static void add(struct finder *f, const int32_t *edges, int32_t count)
{
    const struct found ban = { .first_edge = f->edges.size / sizeof *edges,
                               .count = count,
                               .modes = (uint8_t)(1u << f->mode) };

    if (count > NETWORK_BAN_EDGES_MAX)
        return;
    buf_put(&f->edges, edges, (size_t)count * sizeof *edges);
    buf_put(&f->found, &ban, sizeof ban);
}

/* `edges` has room for one more; the last of them is replaced by every other way on. */
static void add_all_but(struct finder *f, int32_t *edges, int32_t count, const int32_t *allowed,
                        int32_t allowed_count)
{
    const int32_t junction = network_head(f->n, edges[count - 1]);

    for (int32_t i = f->n->first_out[junction]; i < f->n->first_out[junction + 1]; i++) {
        const int32_t out = f->n->out_edge[i];
        bool is_allowed = !is_open(f, out);

        for (int32_t k = 0; k < allowed_count; k++)
            is_allowed = is_allowed || allowed[k] == out;
        edges[count] = out;
        if (!is_allowed)
            add(f, edges, count + 1);
    }
}

/* ------------------------------------------------------------------ over a node */

/* Turning back at the junction from whatever side the way comes. */
static void forbid_back(struct finder *f, int64_t way_id, int32_t junction)
{
    for (int32_t i = first_piece(f, way_id); is_piece(f, i, way_id); i++)
        for (int32_t e = 2 * f->pieces[i].segment; e < 2 * f->pieces[i].segment + 2; e++)
            if (network_head(f->n, e) == junction && is_open(f, e) && is_open(f, e ^ 1))
                add(f, (const int32_t[]){ e, e ^ 1 }, 2);
}

static void resolve_node(struct finder *f, const struct bans_restriction *r, enum rules_kind kind,
                         int64_t from)
{
    const int32_t junction = find_node(f->n, r->via_node);
    int32_t allowed[BANS_WAYS_MAX];
    int32_t allowed_count = 0;

    if (junction == NONE)
        return;
    const int32_t in = edge_to(f, from, junction);

    for (int32_t i = 0; i < r->to_count; i++) {
        const int32_t out = edge_from(f, r->to[i], junction);

        if (kind == RULES_NO_BACK && r->to[i] == from)
            forbid_back(f, from, junction);
        else if (kind != RULES_ONLY && in != NONE && out != NONE)
            add(f, (const int32_t[]){ in, out }, 2);
        else if (out != NONE)
            allowed[allowed_count++] = out;
    }
    if (kind == RULES_ONLY && in != NONE && allowed_count == r->to_count)
        add_all_but(f, (int32_t[]){ in, NONE }, 1, allowed, allowed_count);
}

/* ------------------------------------------------------------------ over ways */

/* The open edges of the via ways, each with the bit of its way. */
struct via {
    int32_t edge;
    uint32_t way;
};

/* A walk that never comes to a junction twice: from an edge of the first way along the via
 * ways, one after the other in whatever order, to an edge of the last. */
struct walk {
    struct via via[2 * BANS_VIA_EDGES_MAX];
    int32_t via_count;
    uint32_t all_ways;
    int32_t edges[NETWORK_BAN_EDGES_MAX]; /* as far as it has come */
    int32_t next[NETWORK_BAN_EDGES_MAX];  /* per edge: which via is tried after it */
    uint32_t way[NETWORK_BAN_EDGES_MAX];  /* per edge: the bit of its way */
    uint32_t ways[NETWORK_BAN_EDGES_MAX]; /* per edge: those used by then */
    int32_t count;
    int32_t steps;

    int32_t solution[NETWORK_BAN_EDGES_MAX];
    int32_t solution_count; /* edges of it */
    int32_t solutions;
};

static bool list_via(const struct finder *f, const struct bans_restriction *r, struct walk *w)
{
    for (int32_t way = 0; way < r->via_count; way++) {
        w->all_ways |= 1u << way;
        for (int32_t i = first_piece(f, r->via[way]); is_piece(f, i, r->via[way]); i++)
            for (int32_t e = 2 * f->pieces[i].segment; e < 2 * f->pieces[i].segment + 2; e++) {
                if (!is_open(f, e))
                    continue;
                if (w->via_count == 2 * BANS_VIA_EDGES_MAX)
                    return false;
                w->via[w->via_count++] = (struct via){ e, 1u << way };
            }
    }
    return true;
}

static bool was_at(const struct finder *f, const struct walk *w, int32_t junction)
{
    for (int32_t i = 0; i < w->count; i++)
        if (network_head(f->n, w->edges[i]) == junction)
            return true;
    return false;
}

/* Whether the walk may go on along it: from where it stands to a junction it has not seen,
 * on the same way or on one that it has not been on. */
static bool goes_on(const struct finder *f, const struct walk *w, const struct via *via)
{
    const int32_t last = w->count - 1;

    return network_tail(f->n, via->edge) == network_head(f->n, w->edges[last]) &&
           (via->way == w->way[last] || !(w->ways[last] & via->way)) &&
           !was_at(f, w, network_head(f->n, via->edge));
}

static void push(struct walk *w, int32_t edge, uint32_t way)
{
    const uint32_t before = w->count > 0 ? w->ways[w->count - 1] : 0;

    w->edges[w->count] = edge;
    w->way[w->count] = way;
    w->ways[w->count] = before | way;
    w->next[w->count++] = 0;
}

/* All ways on from where the walk stands into the last way, once all via ways are behind. */
static void arrive(const struct finder *f, struct walk *w, int64_t to)
{
    const int32_t junction = network_head(f->n, w->edges[w->count - 1]);

    if (w->ways[w->count - 1] != w->all_ways || w->count >= NETWORK_BAN_EDGES_MAX)
        return;
    for (int32_t i = f->n->first_out[junction]; i < f->n->first_out[junction + 1]; i++) {
        const int32_t out = f->n->out_edge[i];

        if (f->n->way_id[out >> 1] != to || !is_open(f, out))
            continue;
        memcpy(w->solution, w->edges, (size_t)w->count * sizeof *w->edges);
        w->solution[w->count] = out;
        w->solution_count = w->count + 1;
        w->solutions++;
    }
}

/* From one edge on; stops early when it is too much or no longer clear. */
static void walk_from(const struct finder *f, struct walk *w, int32_t edge, int64_t to)
{
    w->count = 0;
    push(w, edge, 0);
    while (w->count > 0 && w->solutions < 2 && w->steps < STEPS_MAX) {
        int32_t *next = &w->next[w->count - 1];

        if (*next == 0)
            arrive(f, w, to);
        while (*next < w->via_count && !goes_on(f, w, &w->via[*next]))
            ++*next;
        w->steps++;
        if (*next == w->via_count || w->count == NETWORK_BAN_EDGES_MAX - 1) {
            w->count--;
            continue;
        }
        const struct via *via = &w->via[(*next)++];

        push(w, via->edge, via->way);
    }
}

static void resolve_ways(struct finder *f, const struct bans_restriction *r, enum rules_kind kind,
                         int64_t from, int64_t to)
{
    struct walk w = { 0 };

    if (!list_via(f, r, &w))
        return;
    for (int32_t i = first_piece(f, from); is_piece(f, i, from); i++)
        for (int32_t e = 2 * f->pieces[i].segment; e < 2 * f->pieces[i].segment + 2; e++)
            if (is_open(f, e))
                walk_from(f, &w, e, to);
    if (w.solutions != 1 || w.steps >= STEPS_MAX)
        return;
    if (kind == RULES_ONLY)
        add_all_but(f, w.solution, w.solution_count - 1,
                    (const int32_t[]){ w.solution[w.solution_count - 1] }, 1);
    else
        add(f, w.solution, w.solution_count);
}

static void resolve(struct finder *f, const struct bans_restriction *r)
{
    const enum rules_kind kind = r->turn.kind[f->mode];

    if (kind == RULES_NOTHING || r->from_count > BANS_WAYS_MAX || r->to_count > BANS_WAYS_MAX ||
        r->via_count > BANS_WAYS_MAX || (kind == RULES_ONLY && r->to_count != 1 && !r->via_node))
        return;
    for (int32_t i = 0; i < r->from_count; i++) {
        if (r->via_node != 0) {
            resolve_node(f, r, kind, r->from[i]);
            continue;
        }
        for (int32_t k = 0; k < r->to_count && r->via_count > 0; k++)
            resolve_ways(f, r, kind, r->from[i], r->to[k]);
    }
}

/* ------------------------------------------------------------------ barriers */

static void close_barrier(struct finder *f, const struct bans_barrier *b)
{
    const struct network *n = f->n;
    const int32_t junction = find_node(n, b->node_id);

    if (junction == NONE || !(b->modes & 1u << f->mode))
        return;
    for (int32_t i = n->first_out[junction]; i < n->first_out[junction + 1]; i++) {
        const int32_t in = n->out_edge[i] ^ 1;
        int32_t edges[2] = { in };

        if (is_open(f, in))
            add_all_but(f, edges, 1, (const int32_t[]){ in ^ 1 }, 1);
    }
}

/* ------------------------------------------------------------------ all of it */

static int by_edges(const void *one, const void *other)
{
    const struct found *a = one, *b = other;

    for (int32_t i = 0; i < a->count && i < b->count; i++)
        if (a->edges[i] != b->edges[i])
            return a->edges[i] < b->edges[i] ? -1 : 1;
    return (a->count > b->count) - (a->count < b->count);
}

/* Sorted, and of equal ones one for all their modes. */
static bool settle(struct finder *f, struct network *n, struct arena *a, struct fail *fail)
{
    struct found *all = (void *)f->found.bytes;
    const size_t count = f->found.size / sizeof *all;
    const int32_t *edges = (const void *)f->edges.bytes;

    if (count > NETWORK_BANS_MAX)
        return fail_set(fail, FAIL_INPUT, STREETS_TOO_MANY, "more than %d forbidden turns",
                        NETWORK_BANS_MAX);
    int32_t *first = arena_take(a, count + 1, sizeof *first);
    int32_t *kept = arena_take(a, f->edges.size / sizeof *kept + 1, sizeof *kept);
    uint8_t *modes = arena_take(a, count + 1, sizeof *modes);

    for (size_t i = 0; i < count; i++)
        all[i].edges = edges + all[i].first_edge;
    if (count > 1)
        qsort(all, count, sizeof *all, by_edges);
    n->ban_count = 0;
    n->ban_edge_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && by_edges(&all[i], &all[i - 1]) == 0) {
            modes[n->ban_count - 1] |= all[i].modes;
            continue;
        }
        memcpy(kept + n->ban_edge_count, all[i].edges, (size_t)all[i].count * sizeof *kept);
        modes[n->ban_count] = all[i].modes;
        n->ban_edge_count += all[i].count;
        first[++n->ban_count] = n->ban_edge_count;
    }
    n->first_ban_edge = first;
    n->ban_edge = kept;
    n->ban_modes = modes;
    return true;
}

bool bans_find(struct network *n, const struct bans_source *source, struct arena *a, struct fail *f)
{
    struct arena *brief = arena_new();
    struct finder finder = { .n = n, .pieces = list_pieces(n, brief) };

    for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
        finder.mode = mode;
        for (int32_t i = 0; i < source->restriction_count; i++)
            resolve(&finder, &source->restrictions[i]);
        for (int32_t i = 0; i < source->barrier_count; i++)
            close_barrier(&finder, &source->barriers[i]);
    }
    const bool is_settled = settle(&finder, n, a, f);

    buf_free(&finder.found);
    buf_free(&finder.edges);
    arena_free(brief);
    return is_settled;
}
