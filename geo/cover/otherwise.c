/* Every segment on which something would change is looked at twice: with the slabs that lie
 * on it, and with those that would. It is cut where any of them or a plot begins or ends; of
 * each stretch the two times in which it is covered are held against each other. */
#include "geo/cover/otherwise.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "geo/base/buf.h"

/* A slab that goes or comes. */
struct edit {
    struct slab slab;
    bool comes;
};

/* Slabs in the order of their beginnings. */
struct side {
    const struct slab *slabs;
    int32_t count;
};

struct trial {
    const struct slab_table *table;
    const struct plots *plots;
    struct arena *arena, *scratch; /* what is told; of one segment */
    int64_t from_s, to_s;
    int32_t hour_count;
    struct slab_gap **hours; /* by lot; NULL where nothing has changed */
    struct buf pieces;       /* struct otherwise_piece */
    struct side sides[2];    /* before, after */
};

/* ------------------------------------------------------------------ what comes and goes */

static void add_edit(const struct trial *t, struct buf *edits, struct slab slab, bool comes)
{
    slab.from_s = slab.from_s > t->from_s ? slab.from_s : t->from_s;
    slab.to_s = slab.to_s < t->to_s ? slab.to_s : t->to_s;
    if (slab.from_s < slab.to_s)
        buf_put(edits, &(struct edit){ slab, comes }, sizeof(struct edit));
}

static int by_segment(const void *left, const void *right)
{
    const struct edit *a = left, *b = right;

    return (a->slab.piece.segment > b->slab.piece.segment) -
           (a->slab.piece.segment < b->slab.piece.segment);
}

static void gather_edits(const struct trial *t, const struct otherwise_change *changes,
                         int32_t count, struct buf *edits)
{
    for (int32_t i = 0; i < count; i++) {
        const struct slab *had;
        const int32_t had_count = slab_of_source(t->table, changes[i].source_id, t->scratch, &had);

        for (int32_t k = 0; k < had_count; k++)
            add_edit(t, edits, had[k], false);
        for (int32_t k = 0; k < changes[i].count; k++)
            add_edit(t, edits, changes[i].slabs[k], true);
    }
    if (edits->size > 0)
        qsort(edits->bytes, edits->size / sizeof(struct edit), sizeof(struct edit), by_segment);
}

/* ------------------------------------------------------------------ a segment */

static bool is_same(const struct slab *a, const struct slab *b)
{
    return a->piece.from_cm == b->piece.from_cm && a->piece.to_cm == b->piece.to_cm &&
           a->from_s == b->from_s && a->to_s == b->to_s;
}

static int by_time(const void *left, const void *right)
{
    const struct slab *a = left, *b = right;

    return (a->from_s > b->from_s) - (a->from_s < b->from_s);
}

/* What would lie on the segment. */
static struct side edited(struct side before, const struct edit *edits, int32_t count,
                          struct arena *a)
{
    struct slab *slabs = arena_take(a, (size_t)before.count + (size_t)count, sizeof *slabs);
    int32_t left = before.count;

    if (before.count > 0)
        memcpy(slabs, before.slabs, (size_t)before.count * sizeof *slabs);
    for (int32_t i = 0; i < count; i++) {
        int32_t k = 0;

        if (edits[i].comes)
            continue;
        while (!is_same(&slabs[k], &edits[i].slab)) {
            k++;
            assert(k < left);
        }
        slabs[k] = slabs[--left];
    }
    for (int32_t i = 0; i < count; i++)
        if (edits[i].comes)
            slabs[left++] = edits[i].slab;
    qsort(slabs, (size_t)left, sizeof *slabs, by_time);
    return (struct side){ slabs, left };
}

static int by_place(const void *left, const void *right)
{
    const uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

    return (a > b) - (a < b);
}

/* Where the segment is cut, ascending; some places more than once. */
static int32_t cut(const struct trial *t, int32_t segment, const uint32_t **out)
{
    const int32_t first = t->plots->first[segment], end = t->plots->first[segment + 1];
    const size_t room =
        (size_t)(end - first) + 2 * (size_t)t->sides[0].count + 2 * (size_t)t->sides[1].count;
    uint32_t *cuts = arena_take(t->scratch, room, sizeof *cuts);
    int32_t count = 0;

    for (int32_t i = first; i < end; i++)
        cuts[count++] = t->plots->plots[i].to_cm;
    for (int32_t k = 0; k < 2; k++)
        for (int32_t i = 0; i < t->sides[k].count; i++) {
            cuts[count++] = t->sides[k].slabs[i].piece.from_cm;
            cuts[count++] = t->sides[k].slabs[i].piece.to_cm;
        }
    qsort(cuts, (size_t)count, sizeof *cuts, by_place);
    *out = cuts;
    return count;
}

/* ------------------------------------------------------------------ a stretch */

/* Times in which a stretch is covered without a break, one after the other. */
struct times {
    const struct side *side;
    const struct range_piece *piece;
    int32_t next;
    int64_t from_s, to_s;
};

/* False when there are no more; then they begin and end at `end_s`. */
static bool step(struct times *t, int64_t end_s)
{
    bool is_any = false;

    for (; t->next < t->side->count; t->next++) {
        const struct slab *slab = &t->side->slabs[t->next];

        if (slab->piece.from_cm > t->piece->from_cm || slab->piece.to_cm < t->piece->to_cm)
            continue;
        if (is_any && slab->from_s > t->to_s)
            break;
        if (!is_any)
            t->from_s = t->to_s = slab->from_s;
        is_any = true;
        t->to_s = slab->to_s > t->to_s ? slab->to_s : t->to_s;
    }
    if (!is_any)
        t->from_s = t->to_s = end_s;
    return is_any;
}

static struct slab_gap *hours_of(struct trial *t, int32_t lot)
{
    if (!t->hours[lot])
        t->hours[lot] = arena_take(t->arena, (size_t)t->hour_count, sizeof **t->hours);
    return t->hours[lot];
}

/* From one second to another a stretch is covered then and was not, or with sign -1 was and
 * is not. */
static void lower(const struct trial *t, struct slab_gap *hours, int64_t cm, uint32_t weight,
                  int64_t from_s, int64_t to_s, int32_t sign)
{
    while (from_s < to_s) {
        const int64_t hour = (from_s - t->from_s) / SLAB_HOUR_S;
        const int64_t over_s = t->from_s + (hour + 1) * SLAB_HOUR_S;
        const int64_t end_s = over_s < to_s ? over_s : to_s;
        const int64_t cm_s = sign * cm * (end_s - from_s);

        hours[hour].cm_s -= cm_s;
        hours[hour].weight_s -= cm_s * weight;
        from_s = end_s;
    }
}

/* The time from one moment at which either begins or ends to the next one. */
static int64_t next_moment(const struct times *times, int64_t at_s)
{
    int64_t next_s = INT64_MAX;

    for (int32_t i = 0; i < 2; i++) {
        if (times[i].from_s > at_s && times[i].from_s < next_s)
            next_s = times[i].from_s;
        if (times[i].to_s > at_s && times[i].to_s < next_s)
            next_s = times[i].to_s;
    }
    return next_s;
}

static void compare(struct trial *t, struct otherwise_piece *p)
{
    const int64_t cm = (int64_t)p->piece.to_cm - p->piece.from_cm;
    struct times times[2] = { { .side = &t->sides[0], .piece = &p->piece },
                              { .side = &t->sides[1], .piece = &p->piece } };
    int64_t at_s = t->from_s;

    step(&times[0], t->to_s);
    step(&times[1], t->to_s);
    while (at_s < t->to_s) {
        const bool was = times[0].from_s <= at_s && at_s < times[0].to_s;
        const bool is = times[1].from_s <= at_s && at_s < times[1].to_s;
        const int64_t next_s = next_moment(times, at_s);
        const int64_t to_s = next_s < t->to_s ? next_s : t->to_s;

        if (was != is)
            lower(t, hours_of(t, p->lot), cm, p->weight, at_s, to_s, is ? 1 : -1);
        p->lost_s += was && !is ? to_s - at_s : 0;
        p->gained_s += is && !was ? to_s - at_s : 0;
        at_s = to_s;
        for (int32_t i = 0; i < 2; i++)
            if (times[i].to_s <= at_s)
                step(&times[i], t->to_s);
    }
}

/* Whether a piece is but the rest of the one before it. */
static bool goes_on(const struct otherwise_piece *last, const struct otherwise_piece *p)
{
    return last->piece.segment == p->piece.segment && last->piece.to_cm == p->piece.from_cm &&
           last->lot == p->lot && last->weight == p->weight && last->lost_s == p->lost_s &&
           last->gained_s == p->gained_s;
}

static void add_piece(struct trial *t, const struct otherwise_piece *p)
{
    struct otherwise_piece *pieces = (struct otherwise_piece *)(void *)t->pieces.bytes;
    const size_t count = t->pieces.size / sizeof *p;

    if (count > 0 && goes_on(&pieces[count - 1], p))
        pieces[count - 1].piece.to_cm = p->piece.to_cm;
    else
        buf_put(&t->pieces, p, sizeof *p);
}

static void try_segment(struct trial *t, const struct edit *edits, int32_t count)
{
    const int32_t segment = edits->slab.piece.segment;
    const struct plot *plot = t->plots->plots + t->plots->first[segment];
    const uint32_t *cuts;
    uint32_t from_cm = 0;

    if (t->plots->first[segment] == t->plots->first[segment + 1])
        return;
    t->sides[0].count = slab_on_segment(t->table, segment, t->scratch, &t->sides[0].slabs);
    t->sides[1] = edited(t->sides[0], edits, count, t->scratch);
    const int32_t cut_count = cut(t, segment, &cuts);

    for (int32_t i = 0; i < cut_count; i++) {
        struct otherwise_piece p = { .piece = { segment, from_cm, cuts[i] } };

        if (cuts[i] <= from_cm)
            continue;
        while (plot->to_cm <= from_cm)
            plot++;
        p.lot = plot->lot;
        p.weight = plot->weight;
        compare(t, &p);
        if (p.lost_s + p.gained_s > 0)
            add_piece(t, &p);
        from_cm = cuts[i];
    }
}

/* ------------------------------------------------------------------ all of them */

static bool is_changed(const struct slab_gap *hours, int32_t count)
{
    for (int32_t h = 0; h < count; h++)
        if (hours[h].cm_s != 0 || hours[h].weight_s != 0)
            return true;
    return false;
}

/* A lot of which as much is lost in every hour as is gained is left out. */
static void tell(struct trial *t, struct otherwise *out)
{
    int32_t met = 0;

    for (int32_t lot = 0; lot < t->plots->lot_count; lot++)
        met += t->hours[lot] != NULL;
    struct otherwise_lot *lots = arena_take(t->arena, (size_t)met + 1, sizeof *lots);
    struct otherwise_piece *pieces = arena_take(t->arena, 1, t->pieces.size + 1);

    *out = (struct otherwise){ .lots = lots, .pieces = pieces };
    for (int32_t lot = 0; lot < t->plots->lot_count; lot++) {
        if (t->hours[lot] && is_changed(t->hours[lot], t->hour_count))
            lots[out->lot_count++] = (struct otherwise_lot){ lot, t->hours[lot] };
    }
    out->piece_count = (int32_t)(t->pieces.size / sizeof *pieces);
    if (out->piece_count > 0)
        memcpy(pieces, t->pieces.bytes, t->pieces.size);
}

void otherwise_try(const struct slab_table *table, const struct plots *plots,
                   const struct otherwise_change *changes, int32_t count, struct arena *a,
                   struct otherwise *out)
{
    struct trial t = { .table = table,
                       .plots = plots,
                       .arena = a,
                       .scratch = arena_new(),
                       .from_s = slab_from_s(table),
                       .hour_count = slab_hour_count(table) };
    struct buf edit_buf = { 0 };

    t.to_s = t.from_s + (int64_t)t.hour_count * SLAB_HOUR_S;
    t.hours = arena_take(a, (size_t)plots->lot_count + 1, sizeof(struct slab_gap *));
    gather_edits(&t, changes, count, &edit_buf);
    arena_reset(t.scratch);
    const struct edit *edits = (const void *)edit_buf.bytes;
    const int32_t edit_count = (int32_t)(edit_buf.size / sizeof *edits);

    for (int32_t first = 0, end; first < edit_count; first = end) {
        for (end = first + 1;
             end < edit_count && edits[end].slab.piece.segment == edits[first].slab.piece.segment;
             end++)
            ;
        try_segment(&t, edits + first, end - first);
        arena_reset(t.scratch);
    }
    tell(&t, out);
    buf_free(&edit_buf);
    buf_free(&t.pieces);
    arena_free(t.scratch);
}
