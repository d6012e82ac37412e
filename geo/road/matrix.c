/* A *leg* is a state and a row: what it costs from a spot to all that is above the state
 * (or from there to a spot). One spot has as many legs as its doors need, mostly one.
 *
 * Legs stand in the order of the tree, eight to a *bunch*, their rows side by side, so
 * that one instruction adds a depth of eight rows to that of another leg, and one more
 * keeps the lesser. Legs that are neighbours in that order have much of their way to the
 * root in common; so of two bunches mostly all pairs meet at the same depth, and 64 sums
 * are taken together down to there. Where not, each pair goes on alone. */
#include "geo/road/matrix.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "geo/base/buf.h"
#include "geo/road/place.h"

/* With fewer spots than FEW on one side, rows are not worth being laid side by side. */
enum { NONE = -1, LANES = 8, FEW = 6, AHEAD = 8 };

struct leg {
    int32_t spot; /* whose it is */
    int32_t state, rank, depth;
    int32_t door, door_count; /* into the side's doors */
};

struct bunch {
    int32_t leg; /* the first of count */
    int32_t count;
    int32_t common; /* depth down to which all their ways from the root are the same */
    int32_t depth;  /* of the deepest */
    size_t row;     /* into the side's rows, in lanes: LANES numbers for each depth */
};

/* Eight numbers that are taken together. */
struct lanes {
    int32_t at[LANES];
};

struct side {
    bool is_from;
    int32_t leg_count, bunch_count;
    struct buf found; /* struct place_door, spot by spot */
    struct buf first; /* int32_t: of each spot the first of them, and their count */
    struct buf doors; /* struct place_door, leg by leg */
    struct buf legs;  /* struct leg, ascending by rank */
    struct buf bunches;
    struct buf rows;  /* struct lanes */
    struct buf paths; /* int32_t: without labels, the ranks above each leg, by depth */
};

struct matrix_room {
    struct side from, to;
    struct buf row;    /* int32_t: of one leg */
    struct buf states; /* int32_t */
    struct buf sums;   /* int32_t */
};

struct job {
    const struct roads *r;
    const struct hierarchy *h;
    const struct labels *labels; /* NULL: by the metric */
    const struct metric *metric;
    const struct matrix_wish *wish;
    struct matrix_room *room;
    uint32_t *costs;
};

struct matrix_room *matrix_room_new(void)
{
    struct matrix_room *room = calloc(1, sizeof *room);

    if (!room)
        abort();
    room->from.is_from = true;
    return room;
}

static void free_side(struct side *s)
{
    buf_free(&s->found);
    buf_free(&s->first);
    buf_free(&s->doors);
    buf_free(&s->legs);
    buf_free(&s->bunches);
    buf_free(&s->rows);
    buf_free(&s->paths);
}

void matrix_room_free(struct matrix_room *room)
{
    if (!room)
        return;
    free_side(&room->from);
    free_side(&room->to);
    buf_free(&room->row);
    buf_free(&room->states);
    buf_free(&room->sums);
    free(room);
}

/* Room for `count` things, whatever stood there before. */
static void *room_for(struct buf *b, size_t count, size_t size)
{
    buf_clear(b);
    return buf_reserve(b, (count + 1) * size);
}

static int32_t lesser(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

/* Of two costs whose sum may be too large for a row. */
static int32_t capped(uint32_t a, uint32_t b)
{
    const uint64_t sum = (uint64_t)a + b;

    return sum < METRIC_NEVER ? (int32_t)sum : METRIC_NEVER;
}

static void lower(const struct job *j, int32_t from, int32_t to, int32_t cost)
{
    uint32_t *is = &j->costs[(size_t)from * (size_t)j->wish->to_count + (size_t)to];

    if (cost < METRIC_NEVER && (uint32_t)cost < *is)
        *is = (uint32_t)cost;
}

/* ------------------------------------------------------------------ the legs of spots */

static const struct spot *spots_of(const struct job *j, const struct side *s, int32_t *count)
{
    *count = s->is_from ? j->wish->from_count : j->wish->to_count;
    return s->is_from ? j->wish->from : j->wish->to;
}

static const int32_t *first_of(const struct side *s)
{
    return (const void *)s->first.bytes;
}

static struct place_door *found_of(const struct side *s)
{
    return (void *)s->found.bytes;
}

/* Streets are far apart in memory: what will be asked of one is fetched some spots
 * before. */
static void fetch_street(const struct network *n, const struct graph *g, enum mode mode,
                         int32_t segment)
{
    __builtin_prefetch(&n->length_cm[segment]);
    __builtin_prefetch(&n->from[segment]);
    __builtin_prefetch(&n->to[segment]);
    __builtin_prefetch(&n->cost_ms[mode][2 * (size_t)segment]);
    __builtin_prefetch(&g->first_arc[2 * (size_t)segment]);
}

static void fetch_arcs(const struct graph *g, int32_t segment)
{
    const int32_t arc = g->first_arc[2 * (size_t)segment];

    __builtin_prefetch(&g->tail[arc]);
    __builtin_prefetch(&g->head[arc]);
    __builtin_prefetch(&g->arc_modes[arc]);
}

static void find_doors(const struct job *j, struct side *s)
{
    const struct network *n = roads_network(j->r);
    const struct graph *g = roads_base(j->r)->graph;
    int32_t count;
    const struct spot *spots = spots_of(j, s, &count);
    int32_t *first = room_for(&s->first, (size_t)count + 1, sizeof *first);

    buf_clear(&s->found);
    first[0] = 0;
    for (int32_t i = -2 * AHEAD; i < count; i++) {
        if (i + 2 * AHEAD < count)
            fetch_street(n, g, j->wish->mode, spots[i + 2 * AHEAD].segment);
        if (i + AHEAD >= 0 && i + AHEAD < count)
            fetch_arcs(g, spots[i + AHEAD].segment);
        if (i < 0)
            continue;
        struct place_door *doors =
            (void *)buf_reserve(&s->found, PLACE_IN_MAX * sizeof(struct place_door));
        const int32_t found = s->is_from ? place_out(n, g, j->wish->mode, spots[i], doors)
                                         : place_in(n, g, j->wish->mode, spots[i], doors);

        s->found.size += (size_t)found * sizeof *doors;
        first[i + 1] = first[i] + found;
    }
}

/* Whether the higher rank is above the lower, or is it. */
static bool is_above(const struct job *j, int32_t low, int32_t high)
{
    if (j->labels)
        return labels_meet_ranks(j->labels, low, high) == j->h->depth[high];
    while (low != NONE && low < high)
        low = j->h->parent[low];
    return low == high;
}

/* Doors of one spot, by rank. */
static void sort_doors(const struct hierarchy *h, struct place_door *doors, int32_t count)
{
    for (int32_t i = 1; i < count; i++)
        for (int32_t k = i; k > 0 && h->rank_of[doors[k].state] < h->rank_of[doors[k - 1].state];
             k--) {
            const struct place_door door = doors[k];

            doors[k] = doors[k - 1];
            doors[k - 1] = door;
        }
}

/* From the lowest up: a leg begins with a door and takes those that are above it. */
static void add_legs(const struct job *j, struct side *s, int32_t spot, struct place_door *doors,
                     int32_t count)
{
    bool is_taken[PLACE_IN_MAX] = { false };

    sort_doors(j->h, doors, count);
    for (int32_t i = 0; i < count; i++) {
        if (is_taken[i])
            continue;
        struct leg leg = { .spot = spot,
                           .state = doors[i].state,
                           .rank = j->h->rank_of[doors[i].state],
                           .door = (int32_t)(s->doors.size / sizeof *doors) };

        leg.depth = j->h->depth[leg.rank];
        for (int32_t k = i; k < count; k++)
            if (!is_taken[k] && is_above(j, leg.rank, j->h->rank_of[doors[k].state])) {
                is_taken[k] = true;
                buf_put(&s->doors, &doors[k], sizeof doors[k]);
                leg.door_count++;
            }
        buf_put(&s->legs, &leg, sizeof leg);
        s->leg_count++;
    }
}

static const struct leg *legs_of(const struct side *s)
{
    return (const void *)s->legs.bytes;
}

static int by_rank(const void *one, const void *other)
{
    const struct leg *a = one, *b = other;

    return (a->rank > b->rank) - (a->rank < b->rank);
}

static void find_legs(const struct job *j, struct side *s)
{
    int32_t count;

    spots_of(j, s, &count);
    buf_clear(&s->doors);
    buf_clear(&s->legs);
    s->leg_count = 0;
    for (int32_t i = 0; i < count; i++)
        add_legs(j, s, i, found_of(s) + first_of(s)[i], first_of(s)[i + 1] - first_of(s)[i]);
    if (s->leg_count > 1)
        qsort(s->legs.bytes, (size_t)s->leg_count, sizeof(struct leg), by_rank);
}

/* ------------------------------------------------------------------ the row of a leg */

static void read_row(const struct job *j, const struct side *s, const struct leg *leg, int32_t *row)
{
    const struct place_door *doors = (const void *)s->doors.bytes;

    for (int32_t d = 0; d <= leg->depth; d++)
        row[d] = METRIC_NEVER;
    for (int32_t i = leg->door; i < leg->door + leg->door_count; i++) {
        const int32_t rank = j->h->rank_of[doors[i].state];
        const int32_t depth = j->h->depth[rank];
        const int32_t cost = capped(doors[i].cost_ms, 0);
        const int32_t *its =
            s->is_from ? labels_up_row(j->labels, rank) : labels_down_row(j->labels, rank);

        for (int32_t d = 0; d <= depth; d++)
            row[d] = lesser(row[d], its[d] + cost);
    }
}

/* The same by the metric alone: the walk up the tree, which begins at each door with its
 * cost. Not every number is then the least to that node, but the least sums of two rows
 * are the same (Dibbelt, Strasser, Wagner 2016, section 5.2). */
static void walk_row(const struct job *j, const struct side *s, const struct leg *leg, int32_t *row)
{
    const struct hierarchy *h = j->h;
    const struct place_door *doors = (const void *)s->doors.bytes;
    const int32_t *arc_cost = s->is_from ? metric_up(j->metric) : metric_down(j->metric);

    for (int32_t d = 0; d <= leg->depth; d++)
        row[d] = METRIC_NEVER;
    for (int32_t i = leg->door; i < leg->door + leg->door_count; i++) {
        int32_t *at = &row[h->depth[h->rank_of[doors[i].state]]];

        *at = lesser(*at, capped(doors[i].cost_ms, 0));
    }
    for (int32_t rank = leg->rank, depth = leg->depth; depth >= 0; rank = h->parent[rank], depth--)
        for (int32_t arc = h->up_first[rank];
             row[depth] < METRIC_NEVER && arc < h->up_first[rank + 1]; arc++) {
            int32_t *at = &row[h->depth[h->head[arc]]];

            *at = lesser(*at, capped((uint32_t)row[depth], (uint32_t)arc_cost[arc]));
        }
}

static void find_row(const struct job *j, const struct side *s, const struct leg *leg, int32_t *row)
{
    if (j->labels)
        read_row(j, s, leg, row);
    else
        walk_row(j, s, leg, row);
}

/* ------------------------------------------------------------------ where ways meet */

static const int32_t *path_of(const struct job *j, const struct side *s, int32_t leg)
{
    return (const int32_t *)(const void *)s->paths.bytes + (size_t)leg * (size_t)j->h->height;
}

/* Without labels the ranks on the way to the root are kept. */
static void keep_paths(const struct job *j, struct side *s)
{
    int32_t *paths =
        room_for(&s->paths, (size_t)s->leg_count * (size_t)j->h->height, sizeof *paths);

    for (int32_t i = 0; i < s->leg_count; i++) {
        int32_t rank = legs_of(s)[i].rank;

        for (int32_t depth = legs_of(s)[i].depth; depth >= 0; depth--) {
            paths[(size_t)i * (size_t)j->h->height + (size_t)depth] = rank;
            rank = j->h->parent[rank];
        }
    }
}

/* How deep down the ways of two legs from the root are the same. */
static int32_t meet(const struct job *j, const struct side *s, int32_t one, const struct side *t,
                    int32_t other)
{
    const struct leg *a = &legs_of(s)[one], *b = &legs_of(t)[other];

    if (j->labels)
        return labels_meet_ranks(j->labels, a->rank, b->rank);
    const int32_t *its = path_of(j, s, one), *others = path_of(j, t, other);
    int32_t same = -1;

    for (int32_t differs = lesser(a->depth, b->depth) + 1; differs - same > 1;) {
        const int32_t middle = same + (differs - same) / 2;

        if (its[middle] == others[middle])
            same = middle;
        else
            differs = middle;
    }
    return same;
}

/* ------------------------------------------------------------------ bunches */

/* Where ways part this near the root, a bunch ends: its other end would have too little
 * in common with it. */
enum { PARTS_DEPTH = 24 };

static void pack(const struct job *j, struct side *s, struct bunch *b)
{
    int32_t *row = room_for(&j->room->row, (size_t)j->h->height, sizeof *row);
    struct lanes *lanes = (void *)buf_reserve(&s->rows, ((size_t)b->depth + 1) * sizeof *lanes);

    for (int32_t k = 0; k < LANES; k++) {
        const struct leg *leg = &legs_of(s)[b->leg + lesser(k, b->count - 1)];
        int32_t d = 0;

        if (k < b->count)
            find_row(j, s, leg, row);
        for (; d <= leg->depth; d++)
            lanes[d].at[k] = row[d];
        for (; d <= b->depth; d++)
            lanes[d].at[k] = METRIC_NEVER;
    }
    s->rows.size += ((size_t)b->depth + 1) * sizeof *lanes;
}

/* The ways of all legs between two have at least that in common which these two have. */
static void bunch(const struct job *j, struct side *s)
{
    buf_clear(&s->bunches);
    buf_clear(&s->rows);
    s->bunch_count = 0;
    if (!j->labels)
        keep_paths(j, s);
    for (int32_t leg = 0; leg < s->leg_count;) {
        struct bunch b = { .leg = leg,
                           .count = 1,
                           .common = legs_of(s)[leg].depth,
                           .depth = legs_of(s)[leg].depth,
                           .row = s->rows.size / sizeof(struct lanes) };

        for (leg++; leg < s->leg_count && b.count < LANES; leg++, b.count++) {
            const int32_t common = lesser(b.common, meet(j, s, leg - 1, s, leg));

            if (common < PARTS_DEPTH && b.common >= PARTS_DEPTH)
                break;
            b.common = common;
            b.depth = legs_of(s)[leg].depth > b.depth ? legs_of(s)[leg].depth : b.depth;
        }
        pack(j, s, &b);
        buf_put(&s->bunches, &b, sizeof b);
        s->bunch_count++;
    }
}

/* ------------------------------------------------------------------ sums */

/* Written once and compiled twice, as in labels.c. */
#define EVERYWHERE static
#define WIDE       __attribute__((target("avx2"))) static
#define INNER      static inline __attribute__((always_inline))

/* Of each of eight legs with each of eight others, the least sum down to a depth. */
INNER void meet_inner(const struct lanes *from, const struct lanes *to, int32_t depth,
                      struct lanes *least)
{
    struct lanes best[LANES];

    for (int i = 0; i < LANES; i++)
        for (int k = 0; k < LANES; k++)
            best[i].at[k] = METRIC_NEVER;
    for (int32_t d = 0; d <= depth; d++)
        for (int i = 0; i < LANES; i++)
            for (int k = 0; k < LANES; k++)
                best[i].at[k] = lesser(best[i].at[k], from[d].at[i] + to[d].at[k]);
    memcpy(least, best, sizeof best);
}

EVERYWHERE void meet_plain(const struct lanes *from, const struct lanes *to, int32_t depth,
                           struct lanes *least)
{
    meet_inner(from, to, depth, least);
}

WIDE void meet_wide(const struct lanes *from, const struct lanes *to, int32_t depth,
                    struct lanes *least)
{
    meet_inner(from, to, depth, least);
}

static const struct bunch *bunch_of(const struct side *s, int32_t i)
{
    return &((const struct bunch *)(const void *)s->bunches.bytes)[i];
}

static const struct lanes *rows_of(const struct side *s, const struct bunch *b)
{
    return (const struct lanes *)(const void *)s->rows.bytes + b->row;
}

/* The pairs of two bunches whose ways part below what their bunches have in common. */
static void meet_alone(const struct job *j, const struct bunch *from, const struct bunch *to,
                       int32_t common, struct lanes *least)
{
    const struct lanes *ups = rows_of(&j->room->from, from), *downs = rows_of(&j->room->to, to);

    for (int32_t i = 0; i < from->count; i++)
        for (int32_t k = 0; k < to->count; k++) {
            const int32_t depth = meet(j, &j->room->from, from->leg + i, &j->room->to, to->leg + k);

            for (int32_t d = common + 1; d <= depth; d++)
                least[i].at[k] = lesser(least[i].at[k], ups[d].at[i] + downs[d].at[k]);
        }
}

static void sum(const struct job *j, const struct bunch *from, const struct bunch *to)
{
    const struct side *s = &j->room->from, *t = &j->room->to;
    const int32_t met = meet(j, s, from->leg, t, to->leg);
    const int32_t common = lesser(met, lesser(from->common, to->common));
    struct lanes least[LANES];

    if (__builtin_cpu_supports("avx2"))
        meet_wide(rows_of(s, from), rows_of(t, to), common, least);
    else
        meet_plain(rows_of(s, from), rows_of(t, to), common, least);
    if (common == from->common || common == to->common)
        meet_alone(j, from, to, common, least);
    for (int32_t i = 0; i < from->count; i++)
        for (int32_t k = 0; k < to->count; k++)
            lower(j, legs_of(s)[from->leg + i].spot, legs_of(t)[to->leg + k].spot, least[i].at[k]);
}

static void sum_all(const struct job *j)
{
    const struct side *s = &j->room->from, *t = &j->room->to;

    find_legs(j, &j->room->from);
    find_legs(j, &j->room->to);
    bunch(j, &j->room->from);
    bunch(j, &j->room->to);
    for (int32_t i = 0; i < s->bunch_count; i++)
        for (int32_t k = 0; k < t->bunch_count; k++)
            sum(j, bunch_of(s, i), bunch_of(t, k));
}

/* ------------------------------------------------------------------ few on one side */

/* One row after the other of the few, with the rows of all doors of the many as they
 * stand in the labels. */
static void sum_few(const struct job *j, struct side *few, const struct side *many)
{
    int32_t many_count;

    spots_of(j, many, &many_count);
    const int32_t door_count = first_of(many)[many_count];
    const struct place_door *doors = found_of(many);
    int32_t *states = room_for(&j->room->states, (size_t)door_count, sizeof *states);
    int32_t *sums = room_for(&j->room->sums, (size_t)door_count, sizeof *sums);
    int32_t *row = room_for(&j->room->row, (size_t)j->h->height, sizeof *row);

    for (int32_t i = 0; i < door_count; i++)
        states[i] = doors[i].state;
    find_legs(j, few);
    for (int32_t i = 0; i < few->leg_count; i++) {
        const struct leg *leg = &legs_of(few)[i];

        find_row(j, few, leg, row);
        if (few->is_from)
            labels_from_row(j->labels, leg->state, row, states, door_count, sums);
        else
            labels_to_row(j->labels, leg->state, row, states, door_count, sums);
        for (int32_t k = 0; k < many_count; k++)
            for (int32_t d = first_of(many)[k]; d < first_of(many)[k + 1]; d++)
                lower(j, few->is_from ? leg->spot : k, few->is_from ? k : leg->spot,
                      capped((uint32_t)sums[d], doors[d].cost_ms));
    }
}

/* Two spots of one street need no door. */
static void go_straight(const struct job *j)
{
    const struct matrix_wish *w = j->wish;
    const struct network *n = roads_network(j->r);

    for (int32_t i = 0; i < w->from_count; i++)
        for (int32_t k = 0; k < w->to_count; k++)
            if (w->from[i].segment == w->to[k].segment)
                lower(j, i, k, capped(place_direct(n, w->mode, w->from[i], w->to[k], NULL), 0));
}

void matrix_find(const struct roads *r, const struct matrix_wish *wish, struct matrix_room *room,
                 uint32_t *costs)
{
    const struct job j = { .r = r,
                           .h = roads_base(r)->hierarchy,
                           .labels = roads_labels(r, wish->mode),
                           .metric = roads_metric(r, wish->mode),
                           .wish = wish,
                           .room = room,
                           .costs = costs };
    const bool is_few = j.labels && (wish->from_count < FEW || wish->to_count < FEW);
    const size_t pairs = (size_t)wish->from_count * (size_t)wish->to_count;

    assert(wish->from_count <= MATRIX_SPOTS_MAX && wish->to_count <= MATRIX_SPOTS_MAX);
    for (size_t i = 0; i < pairs; i++)
        costs[i] = NETWORK_COST_NEVER;
    find_doors(&j, &room->from);
    find_doors(&j, &room->to);
    if (!is_few)
        sum_all(&j);
    else if (wish->from_count <= wish->to_count)
        sum_few(&j, &room->from, &room->to);
    else
        sum_few(&j, &room->to, &room->from);
    go_straight(&j);
}
