/* One walk serves all three questions: both lists are followed from end to end, and what
 * is kept depends only on which of them hold the place. A piece is a span of numbers in
 * which the segment counts more than any centimetre, so many segments are one line. */
#include "geo/cover/span.h"

#include <assert.h>
#include <stdlib.h>

enum { SEGMENT_BITS = 32 };

/* A span of such numbers. */
struct stretch {
    uint64_t from, to;
};

/* A list of spans or of pieces, whichever it has. */
struct list {
    const struct span *spans;
    const struct range_piece *pieces;
    int32_t count;
};

static uint64_t number(int32_t segment, uint32_t cm)
{
    return (uint64_t)(uint32_t)segment << SEGMENT_BITS | cm;
}

static struct stretch stretch_at(const struct list *l, int32_t i)
{
    if (l->spans)
        return (struct stretch){ l->spans[i].from_cm, l->spans[i].to_cm };
    assert(l->pieces);
    return (struct stretch){ number(l->pieces[i].segment, l->pieces[i].from_cm),
                             number(l->pieces[i].segment, l->pieces[i].to_cm) };
}

/* Where tidy stretches go; one that begins where the last ended is one with it. */
struct pen {
    struct span *spans;
    struct range_piece *pieces;
    int32_t count;
    uint64_t last; /* where the last one ended */
};

static void put(struct pen *p, uint64_t from, uint64_t to)
{
    const bool goes_on = p->count > 0 && p->last == from;
    const int32_t at = goes_on ? p->count - 1 : p->count;

    p->last = to;
    p->count = at + 1;
    if (p->spans) {
        p->spans[at].to_cm = (uint32_t)to;
        if (!goes_on)
            p->spans[at].from_cm = (uint32_t)from;
    } else {
        assert(p->pieces);
        p->pieces[at].to_cm = (uint32_t)to;
        if (!goes_on) {
            p->pieces[at].segment = (int32_t)(from >> SEGMENT_BITS);
            p->pieces[at].from_cm = (uint32_t)from;
        }
    }
}

/* How far one list is: whether it holds the place where the walk is, and up to where that
 * stays so. */
struct walk {
    struct list list;
    int32_t at;
    struct stretch next;
};

static void step(struct walk *w)
{
    w->next = w->at < w->list.count ? stretch_at(&w->list, w->at)
                                    : (struct stretch){ UINT64_MAX, UINT64_MAX };
    w->at++;
}

static bool is_kept(enum span_how how, bool in_a, bool in_b)
{
    switch (how) {
    case SPAN_OR:
        return in_a || in_b;
    case SPAN_AND:
        return in_a && in_b;
    case SPAN_MINUS:
        break;
    }
    return in_a && !in_b;
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static void mix(enum span_how how, struct list a, struct list b, struct pen *out)
{
    struct walk one = { .list = a }, other = { .list = b };
    uint64_t place = 0;

    step(&one);
    step(&other);
    while (one.next.to != UINT64_MAX || (how == SPAN_OR && other.next.to != UINT64_MAX)) {
        const bool in_a = one.next.from <= place;
        const bool in_b = other.next.from <= place;
        const uint64_t until =
            least(in_a ? one.next.to : one.next.from, in_b ? other.next.to : other.next.from);

        if (place < until && is_kept(how, in_a, in_b))
            put(out, place, until);
        place = until;
        if (one.next.to == place)
            step(&one);
        if (other.next.to == place)
            step(&other);
    }
}

static int32_t mix_spans(enum span_how how, const struct span *a, int32_t a_count,
                         const struct span *b, int32_t b_count, struct span *out)
{
    struct pen pen = { .spans = out };

    mix(how, (struct list){ .spans = a, .count = a_count },
        (struct list){ .spans = b, .count = b_count }, &pen);
    return pen.count;
}

int32_t span_or(const struct span *a, int32_t a_count, const struct span *b, int32_t b_count,
                struct span *out)
{
    return mix_spans(SPAN_OR, a, a_count, b, b_count, out);
}

int32_t span_and(const struct span *a, int32_t a_count, const struct span *b, int32_t b_count,
                 struct span *out)
{
    return mix_spans(SPAN_AND, a, a_count, b, b_count, out);
}

int32_t span_minus(const struct span *a, int32_t a_count, const struct span *b, int32_t b_count,
                   struct span *out)
{
    return mix_spans(SPAN_MINUS, a, a_count, b, b_count, out);
}

int64_t span_length_cm(const struct span *spans, int32_t count)
{
    int64_t sum_cm = 0;

    for (int32_t i = 0; i < count; i++)
        sum_cm += spans[i].to_cm - spans[i].from_cm;
    return sum_cm;
}

static int by_start(const void *one, const void *other)
{
    const uint32_t a = ((const struct span *)one)->from_cm;
    const uint32_t b = ((const struct span *)other)->from_cm;

    return (a > b) - (a < b);
}

int32_t span_tidy(struct span *spans, int32_t count)
{
    int32_t kept = 0;

    if (count > 1)
        qsort(spans, (size_t)count, sizeof *spans, by_start);
    for (int32_t i = 0; i < count; i++) {
        const struct span s = spans[i];

        if (s.from_cm >= s.to_cm)
            continue;
        if (kept == 0 || spans[kept - 1].to_cm < s.from_cm)
            spans[kept++] = s;
        else if (spans[kept - 1].to_cm < s.to_cm)
            spans[kept - 1].to_cm = s.to_cm;
    }
    return kept;
}

static int by_place(const void *one, const void *other)
{
    const struct range_piece *a = one, *b = other;
    const uint64_t from = number(a->segment, a->from_cm);
    const uint64_t also = number(b->segment, b->from_cm);

    return (from > also) - (from < also);
}

int32_t span_tidy_pieces(struct range_piece *pieces, int32_t count)
{
    int32_t kept = 0;

    if (count > 1)
        qsort(pieces, (size_t)count, sizeof *pieces, by_place);
    for (int32_t i = 0; i < count; i++) {
        const struct range_piece p = pieces[i];
        struct range_piece *last = kept > 0 ? &pieces[kept - 1] : NULL;

        if (p.from_cm >= p.to_cm)
            continue;
        if (!last || last->segment != p.segment || last->to_cm < p.from_cm)
            pieces[kept++] = p;
        else if (last->to_cm < p.to_cm)
            last->to_cm = p.to_cm;
    }
    return kept;
}

static void finish(struct range_band *out, struct range_piece *pieces, int32_t count)
{
    *out = (struct range_band){ .piece_count = count, .pieces = pieces };
    for (int32_t i = 0; i < count; i++)
        out->length_cm += pieces[i].to_cm - pieces[i].from_cm;
}

void span_mix(enum span_how how, const struct range_band *a, const struct range_band *b,
              struct arena *arena, struct range_band *out)
{
    const size_t room = (size_t)a->piece_count + (size_t)b->piece_count + 1;
    struct pen pen = { .pieces = arena_take(arena, room, sizeof *pen.pieces) };

    mix(how, (struct list){ .pieces = a->pieces, .count = a->piece_count },
        (struct list){ .pieces = b->pieces, .count = b->piece_count }, &pen);
    finish(out, pen.pieces, pen.count);
}

void span_rest(const struct network *n, const struct range_band *without, struct arena *arena,
               struct range_band *out)
{
    struct range_piece *whole = arena_take(arena, (size_t)n->segment_count, sizeof *whole);
    struct range_band all;

    for (int32_t s = 0; s < n->segment_count; s++)
        whole[s] = (struct range_piece){ s, 0, n->length_cm[s] };
    all = (struct range_band){ .piece_count = n->segment_count, .pieces = whole };
    span_mix(SPAN_MINUS, &all, without, arena, out);
}
