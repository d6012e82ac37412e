/* The steps of a segment are written anew from the old ones with every change: there are few
 * of them. What a whole segment gains or loses only counts its steps up or down, and most
 * segments have none.
 *
 * A source's pieces are packed: a segment that is covered from end to end takes one word, any
 * other piece three. So what has changed is found by reading both lists side by side, and a
 * person who took ten steps changes a few streets at the rim of what she reaches. */
#include "geo/cover/sheet.h"

#include <assert.h>
#include <string.h>

#include "geo/cover/keys.h"
#include "geo/cover/rows.h"

struct line {
    uint32_t depth;
    struct row row; /* of steps, two words each */
};

enum { STEP_WORDS = sizeof(struct sheet_step) / sizeof(uint32_t) };

static_assert(sizeof(struct line) == 12, "memory per segment is promised");
static_assert(sizeof(struct sheet_step) == 8, "steps are two words");
static_assert(NETWORK_SEGMENTS_MAX < 1 << 30, "a segment and a bit must fit a word");

struct sheet {
    struct arena *arena; /* holds this and the lines */
    const struct network *network;
    struct line *lines;
    struct rows steps;
    struct keys keys;
    struct buf sources; /* struct row by number: packed pieces */
    struct rows packed;
    struct buf old;     /* struct range_piece, scratch like the next two */
    struct buf written; /* struct sheet_step */
    struct buf changes; /* struct sheet_change */
};

struct sheet *sheet_new(const struct network *n)
{
    struct arena *a = arena_new();
    struct sheet *s = arena_take(a, 1, sizeof *s);

    s->arena = a;
    s->network = n;
    s->lines = arena_take(a, (size_t)n->segment_count, sizeof *s->lines);
    return s;
}

void sheet_free(struct sheet *s)
{
    if (!s)
        return;
    rows_free(&s->steps);
    rows_free(&s->packed);
    keys_free(&s->keys);
    buf_free(&s->sources);
    buf_free(&s->old);
    buf_free(&s->written);
    buf_free(&s->changes);
    arena_free(s->arena);
}

size_t sheet_bytes(const struct sheet *s)
{
    return arena_used(s->arena) + s->steps.words.room + s->packed.words.room +
           keys_bytes(&s->keys) + s->sources.room + s->old.room + s->written.room + s->changes.room;
}

static struct sheet_step *steps_of(const struct sheet *s, const struct line *line)
{
    return (struct sheet_step *)(void *)rows_words(&s->steps, line->row);
}

struct sheet_row sheet_row(const struct sheet *s, int32_t segment)
{
    const struct line *line = &s->lines[segment];

    return (struct sheet_row){ line->depth, (int32_t)(line->row.count / STEP_WORDS),
                               steps_of(s, line) };
}

/* ------------------------------------------------------------------ depths */

static void write_step(struct sheet *s, struct sheet_step step)
{
    buf_put(&s->written, &step, sizeof step);
}

static void keep_written(struct sheet *s, struct line *line)
{
    rows_fit(&s->steps, &line->row, (uint32_t)(s->written.size / sizeof(uint32_t)));
    if (s->written.size > 0)
        memcpy(steps_of(s, line), s->written.bytes, s->written.size);
}

static void shift_whole(struct sheet *s, struct line *line, int32_t by)
{
    const uint32_t count = (uint32_t)line->row.count / STEP_WORDS;

    line->depth += (uint32_t)by;
    for (uint32_t i = 0; i < count; i++)
        steps_of(s, line)[i].depth += (uint32_t)by;
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static void shift(struct sheet *s, const struct range_piece *piece, int32_t by)
{
    struct line *line = &s->lines[piece->segment];
    const uint32_t length_cm = s->network->length_cm[piece->segment];
    const struct sheet_row row = sheet_row(s, piece->segment);
    uint32_t ends[2] = { piece->from_cm, piece->to_cm < length_cm ? piece->to_cm : UINT32_MAX };
    uint32_t was = row.depth;
    uint32_t last;
    int32_t end = 0;
    int32_t i = 0;

    if (piece->from_cm == 0 && piece->to_cm == length_cm) {
        shift_whole(s, line, by);
        return;
    }
    if (piece->from_cm == 0) {
        line->depth += (uint32_t)by;
        end = 1;
    }
    last = line->depth;
    buf_clear(&s->written);
    for (;;) {
        const uint32_t step_cm = row.steps && i < row.count ? row.steps[i].from_cm : UINT32_MAX;
        const uint32_t at_cm = least(step_cm, end < 2 ? ends[end] : UINT32_MAX);
        uint32_t depth;

        if (at_cm == UINT32_MAX)
            break;
        if (row.steps && step_cm == at_cm)
            was = row.steps[i++].depth;
        if (end < 2 && ends[end] == at_cm)
            end++;
        depth = was + (end == 1 ? (uint32_t)by : 0);
        if (depth != last)
            write_step(s, (struct sheet_step){ at_cm, depth });
        last = depth;
    }
    keep_written(s, line);
}

static void note(struct sheet *s, struct range_piece piece, int32_t by)
{
    const struct sheet_change change = { piece, by };

    if (by != 0 && piece.from_cm < piece.to_cm)
        buf_put(&s->changes, &change, sizeof change);
}

static int32_t noted(const struct sheet *s, const struct sheet_change **changes)
{
    *changes = (const void *)s->changes.bytes;
    return (int32_t)(s->changes.size / sizeof **changes);
}

/* ------------------------------------------------------------------ sources */

static bool is_whole(const struct sheet *s, const struct range_piece *p)
{
    return p->from_cm == 0 && p->to_cm == s->network->length_cm[p->segment];
}

static struct row *row_of(const struct sheet *s, int32_t number)
{
    return (struct row *)(void *)s->sources.bytes + number;
}

static void pack(struct sheet *s, struct row *row, const struct range_piece *pieces, int32_t count)
{
    uint32_t words = 0;
    uint32_t *out;

    for (int32_t i = 0; i < count; i++)
        words += is_whole(s, &pieces[i]) ? 1 : 3;
    rows_fit(&s->packed, row, words);
    out = rows_words(&s->packed, *row);
    for (int32_t i = 0; i < count; i++) {
        const struct range_piece *p = &pieces[i];
        const bool whole = is_whole(s, p);

        *out++ = (uint32_t)p->segment << 1 | (whole ? 0 : 1);
        if (!whole) {
            *out++ = p->from_cm;
            *out++ = p->to_cm;
        }
    }
}

static void unpack(const struct sheet *s, struct row row, struct buf *out)
{
    const uint32_t *words = rows_words(&s->packed, row);
    struct range_piece *pieces;
    size_t count = 0;

    buf_clear(out);
    pieces = (void *)buf_reserve(out, row.count * sizeof *pieces);
    for (uint32_t i = 0; i < row.count; i++) {
        const int32_t segment = (int32_t)(words[i] >> 1);
        struct range_piece p = { segment, 0, s->network->length_cm[segment] };

        if (words[i] & 1) {
            p.from_cm = words[++i];
            p.to_cm = words[++i];
        }
        pieces[count++] = p;
    }
    out->size = count * sizeof *pieces;
}

struct list {
    const struct range_piece *at, *end;
};

static bool is_on(const struct list *l, int32_t segment)
{
    return l->at < l->end && l->at->segment == segment;
}

/* Where the first piece of the list begins or, when that was before, ends. */
static uint32_t next_cm(const struct list *l, int32_t segment, uint32_t at_cm)
{
    if (!is_on(l, segment))
        return UINT32_MAX;
    return l->at->from_cm > at_cm ? l->at->from_cm : l->at->to_cm;
}

static bool holds(const struct list *l, int32_t segment, uint32_t at_cm)
{
    return is_on(l, segment) && l->at->from_cm <= at_cm;
}

/* What only one of the two lists has of a segment. */
static void compare_segment(struct sheet *s, int32_t segment, struct list *old, struct list *new)
{
    uint32_t at_cm = 0;

    while (is_on(old, segment) || is_on(new, segment)) {
        const uint32_t end_cm = least(next_cm(old, segment, at_cm), next_cm(new, segment, at_cm));
        const int32_t by =
            (holds(new, segment, at_cm) ? 1 : 0) - (holds(old, segment, at_cm) ? 1 : 0);

        note(s, (struct range_piece){ segment, at_cm, end_cm }, by);
        at_cm = end_cm;
        if (is_on(old, segment) && old->at->to_cm == at_cm)
            old->at++;
        if (is_on(new, segment) && new->at->to_cm == at_cm)
            new->at++;
    }
}

static void compare(struct sheet *s, struct list old, struct list new)
{
    while (old.at < old.end || new.at < new.end) {
        const int32_t a = old.at < old.end ? old.at->segment : INT32_MAX;
        const int32_t b = new.at < new.end ? new.at->segment : INT32_MAX;

        if (a == b && memcmp(old.at, new.at, sizeof *old.at) == 0) {
            old.at++;
            new.at++;
        } else {
            compare_segment(s, a < b ? a : b, &old, &new);
        }
    }
}

static bool is_on_its_street(const struct sheet *s, const struct range_piece *p)
{
    return p->segment >= 0 && p->segment < s->network->segment_count && p->from_cm < p->to_cm &&
           p->to_cm <= s->network->length_cm[p->segment];
}

static bool is_behind(const struct range_piece *p, const struct range_piece *before)
{
    return before->segment < p->segment ||
           (before->segment == p->segment && before->to_cm <= p->from_cm);
}

static void check(const struct sheet *s, const struct range_piece *pieces, int32_t count)
{
    for (int32_t i = 0; i < count; i++) {
        assert(is_on_its_street(s, &pieces[i]));
        assert(i == 0 || is_behind(&pieces[i], &pieces[i - 1]));
    }
}

int32_t sheet_put(struct sheet *s, int64_t source_id, const struct range_piece *pieces,
                  int32_t count, const struct sheet_change **changes)
{
    int32_t number = keys_find(&s->keys, source_id);
    int32_t change_count;

    check(s, pieces, count);
    buf_clear(&s->changes);
    if (number < 0 && count == 0)
        return noted(s, changes);
    if (number < 0) {
        number = keys_add(&s->keys, source_id);
        if ((size_t)number * sizeof(struct row) == s->sources.size)
            buf_put(&s->sources, &(struct row){ 0 }, sizeof(struct row));
    }
    unpack(s, *row_of(s, number), &s->old);
    const struct range_piece *old = (const void *)s->old.bytes;

    compare(s, (struct list){ old, old + s->old.size / sizeof *old },
            (struct list){ pieces, pieces + count });
    pack(s, row_of(s, number), pieces, count);
    if (count == 0)
        keys_remove(&s->keys, source_id);
    change_count = noted(s, changes);
    for (int32_t i = 0; i < change_count; i++)
        shift(s, &(*changes)[i].piece, (*changes)[i].by);
    return change_count;
}

int32_t sheet_pieces(const struct sheet *s, int64_t source_id, struct arena *a,
                     const struct range_piece **pieces)
{
    const int32_t number = keys_find(&s->keys, source_id);
    struct buf out = { 0 };
    int32_t count = 0;

    *pieces = NULL;
    if (number >= 0) {
        unpack(s, *row_of(s, number), &out);
        count = (int32_t)(out.size / sizeof **pieces);
        struct range_piece *copy = arena_take(a, (size_t)count, sizeof *copy);

        memcpy(copy, out.bytes, out.size);
        buf_free(&out);
        *pieces = copy;
    }
    return count;
}

/* ------------------------------------------------------------------ without sources */

int32_t sheet_level(struct sheet *s, int32_t segment, const struct sheet_step *steps, int32_t count,
                    const struct sheet_change **changes)
{
    struct line *line = &s->lines[segment];
    const struct sheet_row row = sheet_row(s, segment);
    const uint32_t length_cm = s->network->length_cm[segment];
    uint32_t was = row.depth;
    uint32_t is = 0;
    uint32_t last = 0;
    uint32_t at_cm = 0;
    int32_t i = 0;
    int32_t j = 0;

    buf_clear(&s->changes);
    buf_clear(&s->written);
    if (count > 0 && steps[0].from_cm == 0)
        is = last = steps[j++].depth;
    const uint32_t base = is;

    while (at_cm < length_cm) {
        const uint32_t end_cm =
            least(length_cm, least(i < row.count ? row.steps[i].from_cm : length_cm,
                                   j < count ? steps[j].from_cm : length_cm));

        note(s, (struct range_piece){ segment, at_cm, end_cm }, (int32_t)(is - was));
        at_cm = end_cm;
        if (i < row.count && row.steps[i].from_cm == at_cm)
            was = row.steps[i++].depth;
        if (j < count && steps[j].from_cm == at_cm && at_cm < length_cm) {
            is = steps[j++].depth;
            if (is != last)
                write_step(s, (struct sheet_step){ at_cm, is });
            last = is;
        }
    }
    line->depth = base;
    keep_written(s, line);
    return noted(s, changes);
}

/* ------------------------------------------------------------------ a hash */

uint64_t sheet_hash(const struct sheet *s)
{
    const int64_t *ids = (const void *)s->keys.ids.bytes;
    const size_t count = s->sources.size / sizeof(struct row);
    uint64_t hash = 0;
    uint64_t sources = 0;

    for (int32_t i = 0; i < s->network->segment_count; i++) {
        const struct sheet_row row = sheet_row(s, i);

        hash = keys_stir(hash, row.depth);
        for (int32_t j = 0; j < row.count; j++)
            hash = keys_stir(hash, (uint64_t)row.steps[j].from_cm << 32 | row.steps[j].depth);
    }
    for (size_t i = 0; i < count; i++) {
        const struct row row = *row_of(s, (int32_t)i);
        const uint32_t *words = rows_words(&s->packed, row);
        uint64_t source = row.count > 0 ? keys_stir(1, (uint64_t)ids[i]) : 0;

        for (uint32_t j = 0; j < row.count; j++)
            source = keys_stir(source, words[j]);
        sources += source; /* in whatever order they stand */
    }
    return keys_stir(hash, sources);
}
