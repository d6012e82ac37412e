/* Depth-first without recursion: a city's longest path would not fit the stack of a
 * thread. */
#include "geo/road/parts.h"

#include <stdlib.h>

const char *parts_word(enum parts_standing standing)
{
    static const char *const WORDS[PARTS_STANDINGS] = { "closed", "main", "island", "trap",
                                                        "source" };

    return WORDS[standing];
}

/* What one look needs; in an arena of its own. */
struct search {
    const struct network *n;
    const struct graph *g;
    enum mode mode;
    int32_t *part_of; /* per state: its strong part */
    int32_t part_count;
};

static bool is_open(const struct search *s, int32_t arc)
{
    return (s->g->arc_modes[arc] >> s->mode & 1) &&
           s->n->cost_ms[s->mode][s->g->edge[arc]] < NETWORK_COST_NEVER;
}

/* ------------------------------------------------------------------ strong parts */

enum { UNSEEN = 0, NO_PART = -1 };

/* Tarjan's walk. `seen` numbers states as they are met, from 1; `low` is the lowest number
 * on the way that can be reached; `open` holds the states whose part is not known yet. */
struct walk {
    struct search *search;
    int32_t *seen, *low, *open, *path, *next;
    int32_t seen_count, open_count, path_count;
};

static void enter(struct walk *w, int32_t state)
{
    w->seen[state] = w->low[state] = ++w->seen_count;
    w->open[w->open_count++] = state;
    w->next[state] = w->search->g->first_out[state];
    w->path[w->path_count++] = state;
}

/* All is known of the state: it may be the first of its part. */
static void leave(struct walk *w, int32_t state)
{
    struct search *s = w->search;
    int32_t last = -1;

    w->path_count--;
    if (w->path_count > 0) {
        const int32_t before = w->path[w->path_count - 1];

        if (w->low[state] < w->low[before])
            w->low[before] = w->low[state];
    }
    if (w->low[state] != w->seen[state])
        return;
    while (last != state) {
        last = w->open[--w->open_count];
        s->part_of[last] = s->part_count;
    }
    s->part_count++;
}

/* One arc further from the end of the path. */
static void step(struct walk *w)
{
    const struct graph *g = w->search->g;
    const int32_t state = w->path[w->path_count - 1];

    if (w->next[state] == g->first_out[state + 1]) {
        leave(w, state);
        return;
    }
    const int32_t arc = g->out_arc[w->next[state]++];
    const int32_t head = g->head[arc];

    if (!is_open(w->search, arc))
        return;
    if (w->seen[head] == UNSEEN)
        enter(w, head);
    else if (w->search->part_of[head] == NO_PART && w->seen[head] < w->low[state])
        w->low[state] = w->seen[head];
}

static void find_strong(struct search *s, struct arena *a)
{
    const size_t count = (size_t)s->g->state_count + 1;
    struct walk w = { .search = s,
                      .seen = arena_take(a, count, sizeof *w.seen),
                      .low = arena_take(a, count, sizeof *w.low),
                      .open = arena_take(a, count, sizeof *w.open),
                      .path = arena_take(a, count, sizeof *w.path),
                      .next = arena_take(a, count, sizeof *w.next) };

    s->part_of = arena_take(a, count, sizeof *s->part_of);
    for (int32_t v = 0; v < s->g->state_count; v++)
        s->part_of[v] = NO_PART;
    for (int32_t v = 0; v < s->g->state_count; v++) {
        if (w.seen[v] == UNSEEN)
            enter(&w, v);
        while (w.path_count > 0)
            step(&w);
    }
}

/* The part in which an edge of the segment leads round, or NO_PART. */
static int32_t round_of(const struct search *s, int32_t segment)
{
    const int32_t *first = s->g->first_arc + 2 * (size_t)segment;

    for (int32_t arc = first[0]; arc < first[2]; arc++)
        if (is_open(s, arc) && s->part_of[s->g->tail[arc]] == s->part_of[s->g->head[arc]])
            return s->part_of[s->g->tail[arc]];
    return NO_PART;
}

/* The longest part, of equal ones the one of the first segment; how many hold streets. */
static int32_t find_main(const struct search *s, struct arena *a, int32_t *strong_count)
{
    int64_t *length_cm = arena_take(a, (size_t)s->part_count + 1, sizeof *length_cm);
    int32_t main_part = NO_PART;

    *strong_count = 0;
    for (int32_t i = 0; i < s->n->segment_count; i++) {
        const int32_t part = round_of(s, i);

        if (part == NO_PART)
            continue;
        *strong_count += length_cm[part] == 0;
        length_cm[part] += s->n->length_cm[i];
    }
    for (int32_t i = 0; i < s->n->segment_count; i++) {
        const int32_t part = round_of(s, i);

        if (part != NO_PART && (main_part == NO_PART || length_cm[part] > length_cm[main_part]))
            main_part = part;
    }
    return main_part;
}

/* ------------------------------------------------------------------ from it and to it */

/* Marks every state that one comes to from the main part or, backwards, from which one
 * comes to it. */
static bool *spread(const struct search *s, int32_t main_part, bool is_backwards, struct arena *a)
{
    const struct graph *g = s->g;
    const int32_t *first = is_backwards ? g->first_in : g->first_out;
    const int32_t *arcs = is_backwards ? g->in_arc : g->out_arc;
    const int32_t *ends = is_backwards ? g->tail : g->head;
    bool *reached = arena_take(a, (size_t)g->state_count + 1, sizeof *reached);
    int32_t *queue = arena_take(a, (size_t)g->state_count + 1, sizeof *queue);
    int32_t count = 0;

    for (int32_t v = 0; v < g->state_count; v++)
        if (main_part != NO_PART && s->part_of[v] == main_part) {
            reached[v] = true;
            queue[count++] = v;
        }
    for (int32_t done = 0; done < count; done++)
        for (int32_t i = first[queue[done]]; i < first[queue[done] + 1]; i++) {
            const int32_t next = ends[arcs[i]];

            if (reached[next] || !is_open(s, arcs[i]))
                continue;
            reached[next] = true;
            queue[count++] = next;
        }
    return reached;
}

/* Whoever is within the segment came over one of its arcs, and goes on from the end of one
 * of its edges. */
static enum parts_standing stands(const struct search *s, const bool *from_main,
                                  const bool *to_main, int32_t segment)
{
    bool enters = false;
    bool leaves = false;

    if (!network_usable(s->n, s->mode, segment))
        return PARTS_CLOSED;
    for (int32_t e = 2 * segment; e <= 2 * segment + 1; e++)
        for (int32_t arc = s->g->first_arc[e]; arc < s->g->first_arc[e + 1]; arc++) {
            enters |= is_open(s, arc) && from_main[s->g->tail[arc]];
            leaves |= is_open(s, arc) && to_main[graph_arrival(s->g, e)];
        }
    if (enters)
        return leaves ? PARTS_MAIN : PARTS_TRAP;
    return leaves ? PARTS_SOURCE : PARTS_ISLAND;
}

/* ------------------------------------------------------------------ patches */

static int32_t root_of(int32_t *parent, int32_t segment)
{
    while (parent[segment] != segment) {
        parent[segment] = parent[parent[segment]];
        segment = parent[segment];
    }
    return segment;
}

/* The lower segment becomes the root. */
static void join(int32_t *parent, int32_t one, int32_t other)
{
    one = root_of(parent, one);
    other = root_of(parent, other);
    if (one < other)
        parent[other] = one;
    else
        parent[one] = other;
}

/* Joins the segments of one standing that touch; of any but closed when it is CLOSED.
 * `last` has room for each node. */
static void join_all(const struct network *n, const uint8_t *standing, enum parts_standing which,
                     int32_t *parent, int32_t *last)
{
    for (int32_t v = 0; v < n->node_count; v++)
        last[v] = -1;
    for (int32_t i = 0; i < n->segment_count; i++) {
        const int32_t ends[] = { n->from[i], n->to[i] };

        if (standing[i] == PARTS_CLOSED || (which != PARTS_CLOSED && standing[i] != which))
            continue;
        for (int end = 0; end < 2; end++) {
            if (last[ends[end]] >= 0)
                join(parent, i, last[ends[end]]);
            last[ends[end]] = i;
        }
    }
}

static int32_t *alone(int32_t count, struct arena *a)
{
    int32_t *parent = arena_take(a, (size_t)count + 1, sizeof *parent);

    for (int32_t i = 0; i < count; i++)
        parent[i] = i;
    return parent;
}

static int by_size(const void *one, const void *other)
{
    const struct parts_patch *p = one;
    const struct parts_patch *q = other;

    if ((p->standing == PARTS_MAIN) != (q->standing == PARTS_MAIN))
        return p->standing == PARTS_MAIN ? -1 : 1;
    if (p->length_cm != q->length_cm)
        return p->length_cm > q->length_cm ? -1 : 1;
    return p->longest < q->longest ? -1 : 1;
}

/* The roots of `parent` are the first segments of the patches. */
static void list_patches(const struct network *n, const uint8_t *standing, int32_t *parent,
                         struct arena *a, struct parts *out)
{
    struct parts_patch *patches = arena_take(a, (size_t)out->patch_count + 1, sizeof *patches);
    int32_t *patch_of = arena_take(a, (size_t)n->segment_count + 1, sizeof *patch_of);
    int32_t count = 0;

    for (int32_t i = 0; i < n->segment_count; i++) {
        const int32_t root = root_of(parent, i);

        patch_of[i] = standing[i] == PARTS_CLOSED ? -1 : root == i ? count++ : patch_of[root];
        if (patch_of[i] < 0)
            continue;
        struct parts_patch *p = &patches[patch_of[i]];

        if (root == i)
            *p = (struct parts_patch){ .standing = standing[i], .longest = i };
        p->segment_count++;
        p->length_cm += n->length_cm[i];
        if (n->length_cm[i] > n->length_cm[p->longest])
            p->longest = i;
    }
    qsort(patches, (size_t)count, sizeof *patches, by_size);
    /* The examples still know where their patches stood. */
    int32_t *place_of = parent;

    for (int32_t i = 0; i < count; i++)
        place_of[patch_of[patches[i].longest]] = i;
    for (int32_t i = 0; i < n->segment_count; i++)
        if (patch_of[i] >= 0)
            patch_of[i] = place_of[patch_of[i]];
    out->patches = patches;
    out->patch_of = patch_of;
}

void parts_take(const struct network *n, const struct graph *g, enum mode mode, struct arena *a,
                struct parts *out)
{
    struct arena *own = arena_new();
    struct search s = { .n = n, .g = g, .mode = mode };
    uint8_t *standing = arena_take(own, (size_t)n->segment_count + 1, sizeof *standing);
    int32_t *last = arena_take(own, (size_t)n->node_count + 1, sizeof *last);
    int32_t *together = alone(n->segment_count, own);
    int32_t *parent = alone(n->segment_count, own);

    *out = (struct parts){ 0 };
    find_strong(&s, own);
    const int32_t main_part = find_main(&s, own, &out->strong_count);
    const bool *from_main = spread(&s, main_part, false, own);
    const bool *to_main = spread(&s, main_part, true, own);

    for (int32_t i = 0; i < n->segment_count; i++)
        standing[i] = (uint8_t)stands(&s, from_main, to_main, i);
    join_all(n, standing, PARTS_CLOSED, together, last);
    for (enum parts_standing which = PARTS_MAIN; which < PARTS_STANDINGS; which++)
        join_all(n, standing, which, parent, last);
    for (int32_t i = 0; i < n->segment_count; i++) {
        out->weak_count += standing[i] != PARTS_CLOSED && together[i] == i;
        out->patch_count += standing[i] != PARTS_CLOSED && parent[i] == i;
    }
    list_patches(n, standing, parent, a, out);
    arena_free(own);
}

const uint8_t *parts_small(const struct parts parts[MODE_COUNT], int32_t segment_count,
                           struct arena *a)
{
    const int64_t small_cm = (int64_t)PARTS_SMALL_M * 100;
    uint8_t *small = arena_take(a, (size_t)segment_count + 1, sizeof *small);

    for (enum mode mode = 0; mode < MODE_COUNT; mode++)
        for (int32_t i = 0; i < segment_count; i++) {
            const int32_t patch = parts[mode].patch_of[i];

            if (patch >= 0 && parts[mode].patches[patch].standing != PARTS_MAIN &&
                parts[mode].patches[patch].length_cm < small_cm)
                small[i] |= (uint8_t)(1u << mode);
        }
    return small;
}
