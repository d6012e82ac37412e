/* What is missing is kept as sums that every slab lowers: at first every hour of every metre
 * is missing, and what the slabs of a segment cover between them is taken away. Before the
 * slabs of a segment change, what they covered is given back; afterwards it is taken away
 * again. So an edited shift costs the segments it touches.
 *
 * A segment is cut where a slab or a plot begins or ends; of each stretch the slabs that lie
 * on it are met in the order of their beginnings. */
#include "geo/cover/slab.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "geo/base/buf.h"
#include "geo/cover/keys.h"
#include "geo/cover/rows.h"

/* On a segment, in seconds since the first hour. */
struct part {
    uint32_t from_s : 20, units : 12;
    uint32_t to_s;
    uint32_t from_cm, to_cm;
};

enum { SECOND_MAX = (1 << 20) - 1 };

static_assert(SLAB_HOURS_MAX * SLAB_HOUR_S <= SECOND_MAX && SLAB_UNITS_MAX == (1 << 12) - 1,
              "a part holds both");

/* Of a source. */
struct piece_part {
    int32_t segment;
    struct part part;
};

enum {
    PART_WORDS = sizeof(struct part) / sizeof(uint32_t),
    PIECE_WORDS = sizeof(struct piece_part) / sizeof(uint32_t),
};

struct slab_table {
    struct arena *arena; /* holds all but the bufs */
    const struct network *network;
    const struct plots *plots;
    int64_t from_s;
    int32_t hour_count;
    enum slab_rule rule;
    struct slab_gap *gaps; /* [lot_count][hour_count] */
    struct row *parts;     /* by segment, struct part */
    bool *is_open;         /* by segment: what its slabs cover is not taken away */
    struct buf open;       /* int32_t: those segments */
    struct keys keys;
    struct buf sources; /* struct row by number: struct piece_part */
    struct rows rows;
    struct buf cuts;  /* uint32_t, scratch */
    struct buf turns; /* struct turn, scratch */
};

struct slab_table *slab_new(const struct network *n, const struct plots *plots, int64_t from_s,
                            int32_t hour_count, enum slab_rule rule)
{
    struct arena *a = arena_new();
    struct slab_table *t = arena_take(a, 1, sizeof *t);
    uint32_t from_cm = 0;

    assert(hour_count > 0 && hour_count <= SLAB_HOURS_MAX);
    *t = (struct slab_table){ .arena = a,
                              .network = n,
                              .plots = plots,
                              .from_s = from_s,
                              .hour_count = hour_count,
                              .rule = rule };
    t->gaps = arena_take(a, (size_t)plots->lot_count * (size_t)hour_count, sizeof *t->gaps);
    t->parts = arena_take(a, (size_t)n->segment_count, sizeof *t->parts);
    t->is_open = arena_take(a, (size_t)n->segment_count, sizeof *t->is_open);
    for (int32_t s = 0; rule == SLAB_NONE && s < n->segment_count; s++, from_cm = 0)
        for (int32_t i = plots->first[s]; i < plots->first[s + 1]; i++) {
            const struct plot *p = &plots->plots[i];
            struct slab_gap *first = &t->gaps[(size_t)p->lot * (size_t)hour_count];

            first->cm_s += (int64_t)(p->to_cm - from_cm) * SLAB_HOUR_S;
            first->weight_s += (int64_t)(p->to_cm - from_cm) * p->weight * SLAB_HOUR_S;
            from_cm = p->to_cm;
        }
    for (int32_t lot = 0; lot < plots->lot_count; lot++)
        for (int32_t h = 1; h < hour_count; h++)
            t->gaps[(size_t)lot * (size_t)hour_count + (size_t)h] =
                t->gaps[(size_t)lot * (size_t)hour_count];
    return t;
}

void slab_free(struct slab_table *t)
{
    if (!t)
        return;
    buf_free(&t->open);
    keys_free(&t->keys);
    buf_free(&t->sources);
    rows_free(&t->rows);
    buf_free(&t->cuts);
    buf_free(&t->turns);
    arena_free(t->arena);
}

size_t slab_bytes(const struct slab_table *t)
{
    return arena_used(t->arena) + t->open.room + keys_bytes(&t->keys) + t->sources.room +
           t->rows.words.room + t->cuts.room + t->turns.room;
}

/* ------------------------------------------------------------------ a segment */

static struct part *parts_of(const struct slab_table *t, int32_t segment, int32_t *count)
{
    const struct row row = t->parts[segment];

    *count = (int32_t)(row.count / PART_WORDS);
    return (void *)rows_words(&t->rows, row);
}

static int by_time(const void *left, const void *right)
{
    const struct part *a = left;
    const struct part *b = right;

    return a->from_s < b->from_s ? -1 : a->from_s > b->from_s;
}

static int by_place(const void *left, const void *right)
{
    const uint32_t a = *(const uint32_t *)left;
    const uint32_t b = *(const uint32_t *)right;

    return a < b ? -1 : a > b;
}

static void cut(struct buf *cuts, uint32_t at_cm)
{
    buf_put(cuts, &at_cm, sizeof at_cm);
}

/* Where the segment is cut, ascending; some places more than once. */
static int32_t cut_segment(const struct slab_table *t, int32_t segment, struct buf *cuts)
{
    int32_t part_count;
    const struct part *parts = parts_of(t, segment, &part_count);

    buf_clear(cuts);
    for (int32_t i = t->plots->first[segment]; i < t->plots->first[segment + 1]; i++)
        cut(cuts, t->plots->plots[i].to_cm);
    for (int32_t i = 0; i < part_count; i++) {
        cut(cuts, parts[i].from_cm);
        cut(cuts, parts[i].to_cm);
    }
    qsort(cuts->bytes, cuts->size / sizeof(uint32_t), sizeof(uint32_t), by_place);
    return (int32_t)(cuts->size / sizeof(uint32_t));
}

/* The next time, from *to_s on, that is covered from one place to another without a break;
 * parts are met in the order of their beginnings, from *i on. */
static bool next_time(const struct part *parts, int32_t count, const struct range_piece *p,
                      int32_t *i, uint32_t *from_s, uint32_t *to_s)
{
    bool is_any = false;

    for (; *i < count; (*i)++) {
        const struct part *part = &parts[*i];

        if (part->from_cm > p->from_cm || part->to_cm < p->to_cm)
            continue;
        if (is_any && part->from_s > *to_s)
            break;
        if (!is_any)
            *from_s = *to_s = part->from_s;
        is_any = true;
        *to_s = part->to_s > *to_s ? part->to_s : *to_s;
    }
    return is_any;
}

/* When so many more are there, or fewer. */
struct turn {
    uint32_t at_s;
    int32_t units;
    int32_t shared; /* of those that are one together */
};

static int by_moment(const void *left, const void *right)
{
    const struct turn *a = left;
    const struct turn *b = right;

    return a->at_s < b->at_s ? -1 : a->at_s > b->at_s;
}

/* The turns of what covers a piece from one end to the other, ascending. */
static int32_t find_turns(const struct part *parts, int32_t count, const struct range_piece *p,
                          struct buf *turns)
{
    buf_clear(turns);
    for (int32_t i = 0; i < count; i++) {
        const int32_t units = (int32_t)parts[i].units, shared = units == 0;

        if (parts[i].from_cm > p->from_cm || parts[i].to_cm < p->to_cm)
            continue;
        buf_put(turns, &(struct turn){ parts[i].from_s, units, shared }, sizeof(struct turn));
        buf_put(turns, &(struct turn){ parts[i].to_s, -units, -shared }, sizeof(struct turn));
    }
    if (turns->size > 0)
        qsort(turns->bytes, turns->size / sizeof(struct turn), sizeof(struct turn), by_moment);
    return (int32_t)(turns->size / sizeof(struct turn));
}

/* The times of a piece, one after the other: those that are covered or, where one alone
 * counts as missing, those at which one only is there. */
struct times {
    enum slab_rule rule;
    const struct range_piece *piece;
    const struct part *parts;
    int32_t part_count;
    const struct turn *turns; /* of SLAB_ALONE, as the next three */
    int32_t turn_count;
    int32_t units, shared; /* who is there */
    int32_t next;          /* part or turn */
};

/* The turns stand in `turns` until they have all been met. */
static struct times times_of(const struct slab_table *t, const struct part *parts, int32_t count,
                             const struct range_piece *p, struct buf *turns)
{
    struct times times = { .rule = t->rule, .piece = p, .parts = parts, .part_count = count };

    if (t->rule == SLAB_ALONE) {
        times.turn_count = find_turns(parts, count, p, turns);
        times.turns = (const void *)turns->bytes;
    }
    return times;
}

static bool next_alone(struct times *t, uint32_t *from_s, uint32_t *to_s)
{
    while (t->next < t->turn_count) {
        const uint32_t at_s = t->turns[t->next].at_s;

        for (; t->next < t->turn_count && t->turns[t->next].at_s == at_s; t->next++) {
            t->units += t->turns[t->next].units;
            t->shared += t->turns[t->next].shared;
        }
        if (t->next < t->turn_count && t->units + (t->shared > 0) == 1) {
            *from_s = at_s;
            *to_s = t->turns[t->next].at_s;
            return true;
        }
    }
    return false;
}

/* From *to_s of the one before on. */
static bool times_next(struct times *t, uint32_t *from_s, uint32_t *to_s)
{
    return t->rule == SLAB_ALONE
               ? next_alone(t, from_s, to_s)
               : next_time(t->parts, t->part_count, t->piece, &t->next, from_s, to_s);
}

/* The hours of a lot lose a stretch for a time, or with sign -1 gain it. */
static void lower(struct slab_gap *hours, const struct plot *plot, int64_t cm, uint32_t from_s,
                  uint32_t to_s, int32_t sign)
{
    while (from_s < to_s) {
        const uint32_t hour = from_s / SLAB_HOUR_S;
        const uint32_t end_s = (hour + 1) * SLAB_HOUR_S < to_s ? (hour + 1) * SLAB_HOUR_S : to_s;
        const int64_t cm_s = sign * cm * (int64_t)(end_s - from_s);

        hours[hour].cm_s -= cm_s;
        hours[hour].weight_s -= cm_s * plot->weight;
        from_s = end_s;
    }
}

/* What the slabs of a segment cover between them is taken away, or with sign -1 given back;
 * where one alone is missing, what one alone covers is added. */
static void score(struct slab_table *t, int32_t segment, int32_t sign)
{
    const struct plot *plot = t->plots->plots + t->plots->first[segment];
    const struct plot *plots_end = t->plots->plots + t->plots->first[segment + 1];
    int32_t part_count;
    const struct part *parts = parts_of(t, segment, &part_count);
    struct range_piece p = { .segment = segment };
    int32_t cut_count;
    const uint32_t *cuts;

    if (plot == plots_end || part_count == 0)
        return;
    cut_count = cut_segment(t, segment, &t->cuts);
    cuts = (const void *)t->cuts.bytes;
    for (int32_t i = 0; i < cut_count; i++) {
        uint32_t from_s = 0;
        uint32_t to_s = 0;

        p.to_cm = cuts[i];
        if (p.to_cm <= p.from_cm)
            continue;
        while (plot->to_cm <= p.from_cm)
            plot++;
        struct times times = times_of(t, parts, part_count, &p, &t->turns);

        while (times_next(&times, &from_s, &to_s))
            lower(&t->gaps[(size_t)plot->lot * (size_t)t->hour_count], plot, p.to_cm - p.from_cm,
                  from_s, to_s, t->rule == SLAB_ALONE ? -sign : sign);
        p.from_cm = p.to_cm;
    }
}

/* ------------------------------------------------------------------ slabs */

static struct row *row_of(const struct slab_table *t, int32_t number)
{
    return (struct row *)(void *)t->sources.bytes + number;
}

/* The slabs of a segment are going to change. */
static void open_segment(struct slab_table *t, int32_t segment)
{
    if (t->is_open[segment])
        return;
    score(t, segment, -1);
    t->is_open[segment] = true;
    buf_put(&t->open, &segment, sizeof segment);
}

static void remove_part(struct slab_table *t, int32_t segment, const struct part *part)
{
    int32_t count;
    struct part *parts = parts_of(t, segment, &count);
    int32_t i = 0;

    while (memcmp(&parts[i], part, sizeof *part) != 0) {
        i++;
        assert(i < count);
    }
    parts[i] = parts[count - 1];
    rows_fit(&t->rows, &t->parts[segment], (uint32_t)(count - 1) * PART_WORDS);
}

static void add_part(struct slab_table *t, int32_t segment, const struct part *part)
{
    int32_t count;

    parts_of(t, segment, &count);
    rows_fit(&t->rows, &t->parts[segment], (uint32_t)(count + 1) * PART_WORDS);
    parts_of(t, segment, &count)[count - 1] = *part;
}

static void take_away(struct slab_table *t, struct row *row)
{
    for (uint32_t i = 0; i < row->count; i += PIECE_WORDS) {
        struct piece_part piece;

        memcpy(&piece, rows_words(&t->rows, *row) + i, sizeof piece);
        open_segment(t, piece.segment);
        remove_part(t, piece.segment, &piece.part);
    }
    rows_fit(&t->rows, row, 0);
}

static uint32_t clip(const struct slab_table *t, int64_t at_s)
{
    const int64_t end_s = (int64_t)t->hour_count * SLAB_HOUR_S;
    const int64_t since_s = at_s - t->from_s;

    return (uint32_t)(since_s < 0 ? 0 : since_s > end_s ? end_s : since_s);
}

static void add_slab(struct slab_table *t, int32_t number, const struct slab *slab)
{
    const struct range_piece *p = &slab->piece;
    const struct piece_part piece = { p->segment,
                                      { .from_s = clip(t, slab->from_s) & SECOND_MAX,
                                        .units = (uint32_t)slab->units & SLAB_UNITS_MAX,
                                        .to_s = clip(t, slab->to_s),
                                        .from_cm = p->from_cm,
                                        .to_cm = p->to_cm } };
    const uint32_t at = row_of(t, number)->count;

    assert(p->segment >= 0 && p->segment < t->network->segment_count);
    assert(p->from_cm < p->to_cm && p->to_cm <= t->network->length_cm[p->segment]);
    assert(slab->units >= 0 && slab->units <= SLAB_UNITS_MAX);
    if (piece.part.from_s >= piece.part.to_s)
        return;
    open_segment(t, piece.segment);
    rows_fit(&t->rows, row_of(t, number), at + PIECE_WORDS);
    memcpy(rows_words(&t->rows, *row_of(t, number)) + at, &piece, sizeof piece);
    add_part(t, piece.segment, &piece.part);
}

void slab_put(struct slab_table *t, int64_t source_id, const struct slab *slabs, int32_t count)
{
    int32_t number = keys_find(&t->keys, source_id);

    if (number < 0 && count == 0)
        return;
    if (number < 0) {
        number = keys_add(&t->keys, source_id);
        if ((size_t)number * sizeof(struct row) == t->sources.size)
            buf_put(&t->sources, &(struct row){ 0 }, sizeof(struct row));
    }
    take_away(t, row_of(t, number));
    for (int32_t i = 0; i < count; i++)
        add_slab(t, number, &slabs[i]);
    if (count == 0)
        keys_remove(&t->keys, source_id);
}

static struct slab slab_from(const struct slab_table *t, int32_t segment, const struct part *part)
{
    return (struct slab){ .piece = { segment, part->from_cm, part->to_cm },
                          .from_s = t->from_s + part->from_s,
                          .to_s = t->from_s + part->to_s,
                          .units = part->units };
}

int32_t slab_of_source(const struct slab_table *t, int64_t source_id, struct arena *a,
                       const struct slab **out)
{
    static const struct row NONE;
    const int32_t number = keys_find(&t->keys, source_id);
    const struct row row = number < 0 ? NONE : *row_of(t, number);
    const int32_t count = (int32_t)(row.count / PIECE_WORDS);
    struct slab *slabs = arena_take(a, (size_t)count + 1, sizeof *slabs);

    for (int32_t i = 0; i < count; i++) {
        struct piece_part piece;

        memcpy(&piece, rows_words(&t->rows, row) + (size_t)i * PIECE_WORDS, sizeof piece);
        slabs[i] = slab_from(t, piece.segment, &piece.part);
    }
    *out = slabs;
    return count;
}

int32_t slab_on_segment(const struct slab_table *t, int32_t segment, struct arena *a,
                        const struct slab **out)
{
    int32_t count;
    const struct part *parts = parts_of(t, segment, &count);
    struct slab *slabs = arena_take(a, (size_t)count + 1, sizeof *slabs);

    assert(!t->is_open[segment]);
    for (int32_t i = 0; i < count; i++)
        slabs[i] = slab_from(t, segment, &parts[i]);
    *out = slabs;
    return count;
}

int64_t slab_from_s(const struct slab_table *t)
{
    return t->from_s;
}

int32_t slab_hour_count(const struct slab_table *t)
{
    return t->hour_count;
}

int32_t slab_settle(struct slab_table *t)
{
    const int32_t *open = (const void *)t->open.bytes;
    const int32_t count = (int32_t)(t->open.size / sizeof *open);

    for (int32_t i = 0; i < count; i++) {
        int32_t part_count;
        struct part *parts = parts_of(t, open[i], &part_count);

        if (part_count > 0)
            qsort(parts, (size_t)part_count, sizeof *parts, by_time);
        score(t, open[i], 1);
        t->is_open[open[i]] = false;
    }
    buf_clear(&t->open);
    return count;
}

/* ------------------------------------------------------------------ what is missing */

const struct slab_gap *slab_lot(const struct slab_table *t, int32_t lot)
{
    return &t->gaps[(size_t)lot * (size_t)t->hour_count];
}

static void add_hours(const struct slab_table *t, struct slab_gap *places, int32_t place,
                      const struct slab_gap *gaps)
{
    struct slab_gap *to = &places[(size_t)place * (size_t)t->hour_count];

    for (int32_t h = 0; h < t->hour_count; h++) {
        to[h].cm_s += gaps[h].cm_s;
        to[h].weight_s += gaps[h].weight_s;
    }
}

void slab_roll(const struct slab_table *t, struct arena *a, struct slab_roll *out)
{
    const struct plots *p = t->plots;
    const size_t hours = (size_t)t->hour_count;
    struct slab_gap *cells = arena_take(a, (size_t)p->cell_count * hours, sizeof *cells);
    struct slab_gap *orgs = arena_take(a, (size_t)p->org_count * hours, sizeof *orgs);
    struct slab_gap *stations = arena_take(a, (size_t)p->station_count * hours, sizeof *stations);

    for (int32_t lot = 0; lot < p->lot_count; lot++) {
        add_hours(t, orgs, p->lots[lot].org, slab_lot(t, lot));
        for (int32_t k = 0; k < PLOTS_PROFILES; k++)
            if (p->lots[lot].cell[k] != PLOTS_NO_CELL)
                add_hours(t, cells, p->lots[lot].cell[k], slab_lot(t, lot));
        if (p->lots[lot].station != PLOTS_NO_STATION)
            add_hours(t, stations, p->lots[lot].station, slab_lot(t, lot));
    }
    for (int32_t i = p->org_count - 1; i > 0; i--)
        add_hours(t, orgs, p->org_parent[i], &orgs[(size_t)i * hours]);
    out->cells = cells;
    out->orgs = orgs;
    out->stations = stations;
}

/* From one second to another the stretch is missing. */
static void miss(struct slab_hole *hole, uint32_t from_s, uint32_t to_s)
{
    if (from_s >= to_s)
        return;
    hole->gap_s += to_s - from_s;
    for (uint32_t h = from_s / SLAB_HOUR_S; h <= (to_s - 1) / SLAB_HOUR_S; h++)
        hole->hours[h / 64] |= (uint64_t)1 << h % 64;
}

static void find_missing(const struct slab_table *t, struct times times, struct slab_hole *hole)
{
    uint32_t from_s = 0;
    uint32_t begin_s = 0;
    uint32_t end_s = 0;

    while (times_next(&times, &begin_s, &end_s)) {
        if (t->rule == SLAB_ALONE)
            miss(hole, begin_s, end_s);
        else
            miss(hole, from_s, begin_s);
        from_s = end_s;
    }
    if (t->rule == SLAB_NONE)
        miss(hole, from_s, (uint32_t)t->hour_count * SLAB_HOUR_S);
}

static bool is_alike(const struct slab_hole *a, const struct slab_hole *b)
{
    return a->piece.to_cm == b->piece.from_cm && a->lot == b->lot && a->weight == b->weight &&
           a->gap_s == b->gap_s && memcmp(a->hours, b->hours, sizeof a->hours) == 0;
}

int32_t slab_holes(const struct slab_table *t, int32_t segment, struct arena *a,
                   const struct slab_hole **out)
{
    const struct plot *plot = t->plots->plots + t->plots->first[segment];
    int32_t part_count;
    const struct part *parts = parts_of(t, segment, &part_count);
    struct buf cut_buf = { 0 };
    struct buf turn_buf = { 0 };
    uint32_t from_cm = 0;
    int32_t count = 0;
    int32_t cut_count;
    struct slab_hole *holes;

    assert(!t->is_open[segment]);
    *out = NULL;
    if (t->plots->first[segment] == t->plots->first[segment + 1])
        return 0;
    cut_count = cut_segment(t, segment, &cut_buf);
    holes = arena_take(a, (size_t)cut_count, sizeof *holes);
    for (int32_t i = 0; i < cut_count; i++) {
        const uint32_t to_cm = ((const uint32_t *)(const void *)cut_buf.bytes)[i];
        struct slab_hole hole = { .piece = { segment, from_cm, to_cm } };

        if (to_cm <= from_cm)
            continue;
        while (plot->to_cm <= from_cm)
            plot++;
        hole.lot = plot->lot;
        hole.weight = plot->weight;
        find_missing(t, times_of(t, parts, part_count, &hole.piece, &turn_buf), &hole);
        if (count > 0 && is_alike(&holes[count - 1], &hole))
            holes[count - 1].piece.to_cm = to_cm;
        else if (hole.gap_s > 0)
            holes[count++] = hole;
        from_cm = to_cm;
    }
    buf_free(&cut_buf);
    buf_free(&turn_buf);
    *out = holes;
    return count;
}
