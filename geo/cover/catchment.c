/* A Dijkstra from all places at once tells for each junction which place is nearest and how
 * far it is. Seen from within a segment, the place behind each of its ends is a point on the
 * line that goes on straight beyond that end, and those on the segment itself are points
 * between: each has what lies nearer to it than to its neighbours on that line. */
#include "geo/cover/catchment.h"

#include <stdlib.h>
#include <string.h>

#include "geo/base/buf.h"
#include "geo/road/heap.h"

enum { NOBODY = -1 };

/* Where a place is on the line of a segment. */
struct post {
    int64_t at_cm;
    int32_t place;
};

struct search {
    const struct catchment_wish *wish;
    uint32_t *far_cm; /* of each node, from the nearest place */
    int32_t *nearest; /* of each node, that place; NOBODY: none has been met */
    uint64_t *heap;   /* distance and node */
    int32_t heap_count;
    int32_t *first;     /* [segment_count + 1] into own */
    int32_t *own;       /* the places of each segment */
    struct post *posts; /* scratch: on one line */
    struct buf pieces;  /* struct catchment_piece */
};

static bool is_on(const struct catchment_wish *w, int32_t place)
{
    return w->places[place].segment >= 0 && w->walks[w->places[place].segment];
}

/* A segment is a centimetre long at least, so that whoever is as near by another way is
 * heard of before the node is taken. */
static void reach(struct search *s, int32_t node, uint64_t far_cm, int32_t place)
{
    const bool is_met = s->nearest[node] != NOBODY;

    if (far_cm > UINT32_MAX) /* further than round the earth */
        return;
    if (is_met && far_cm == s->far_cm[node] && place < s->nearest[node])
        s->nearest[node] = place;
    if (is_met && far_cm >= s->far_cm[node])
        return;
    s->nearest[node] = place;
    s->far_cm[node] = (uint32_t)far_cm;
    heap_put(s->heap, &s->heap_count, far_cm << 32 | (uint32_t)node);
}

static void start(struct search *s)
{
    const struct network *n = s->wish->network;

    for (int32_t i = 0; i < s->wish->place_count; i++) {
        const struct spot at = s->wish->places[i];

        if (!is_on(s->wish, i))
            continue;
        reach(s, n->from[at.segment], at.along_cm, i);
        reach(s, n->to[at.segment], n->length_cm[at.segment] - at.along_cm, i);
    }
}

static void spread(struct search *s)
{
    const struct network *n = s->wish->network;

    while (s->heap_count > 0) {
        const uint64_t top = heap_take(s->heap, &s->heap_count);
        const int32_t node = (int32_t)(uint32_t)top;
        const uint32_t node_cm = (uint32_t)(top >> 32);

        if (node_cm > s->far_cm[node])
            continue;
        for (int32_t i = n->first_out[node]; i < n->first_out[node + 1]; i++) {
            const int32_t segment = n->out_edge[i] >> 1;

            if (s->wish->walks[segment])
                reach(s, network_head(n, n->out_edge[i]), (uint64_t)node_cm + n->length_cm[segment],
                      s->nearest[node]);
        }
    }
}

/* ------------------------------------------------------------------ a segment */

static int by_post(const void *left, const void *right)
{
    const struct post *a = left;
    const struct post *b = right;

    if (a->at_cm != b->at_cm)
        return a->at_cm < b->at_cm ? -1 : 1;
    return a->place < b->place ? -1 : a->place > b->place;
}

/* Ascending; of several at one point the first place alone. */
static int32_t line_up(struct search *s, int32_t segment)
{
    const struct network *n = s->wish->network;
    const int32_t from = n->from[segment], to = n->to[segment];
    int32_t count = 0, kept = 0;

    if (s->nearest[from] != NOBODY)
        s->posts[count++] = (struct post){ -(int64_t)s->far_cm[from], s->nearest[from] };
    if (s->nearest[to] != NOBODY)
        s->posts[count++] =
            (struct post){ (int64_t)n->length_cm[segment] + s->far_cm[to], s->nearest[to] };
    for (int32_t i = s->first[segment]; i < s->first[segment + 1]; i++)
        s->posts[count++] = (struct post){ s->wish->places[s->own[i]].along_cm, s->own[i] };
    qsort(s->posts, (size_t)count, sizeof *s->posts, by_post);
    for (int32_t i = 0; i < count; i++)
        if (kept == 0 || s->posts[kept - 1].at_cm != s->posts[i].at_cm)
            s->posts[kept++] = s->posts[i];
    return kept;
}

/* Where what is nearer to the one ends: the middle of centimetre x is at x + 1/2, and when
 * that is as near to both, the first place has it. */
static int64_t border_cm(const struct post *a, const struct post *b)
{
    const int64_t sum =
        a->at_cm + b->at_cm; /* 0 at least: an end is no further than by the other */

    return sum / 2 + (sum % 2 && a->place < b->place);
}

static void put_piece(struct search *s, struct range_piece piece, int32_t place)
{
    struct catchment_piece *last =
        s->pieces.size > 0
            ? (struct catchment_piece *)(void *)(s->pieces.bytes + s->pieces.size) - 1
            : NULL;

    if (last && last->place == place && last->piece.segment == piece.segment)
        last->piece.to_cm = piece.to_cm;
    else
        buf_put(&s->pieces, &(struct catchment_piece){ piece, place },
                sizeof(struct catchment_piece));
}

static void cut(struct search *s, int32_t segment)
{
    const int64_t length_cm = s->wish->network->length_cm[segment];
    const int32_t count = line_up(s, segment);
    int64_t from_cm = 0;

    for (int32_t i = 0; i < count; i++) {
        int64_t to_cm = i + 1 < count ? border_cm(&s->posts[i], &s->posts[i + 1]) : length_cm;

        to_cm = to_cm < length_cm ? to_cm : length_cm;
        if (from_cm >= to_cm)
            continue;
        put_piece(s, (struct range_piece){ segment, (uint32_t)from_cm, (uint32_t)to_cm },
                  s->posts[i].place);
        from_cm = to_cm;
    }
}

/* ------------------------------------------------------------------ all of them */

static void sort_places(struct search *s, struct arena *a)
{
    const struct catchment_wish *w = s->wish;
    const int32_t count = w->network->segment_count;

    s->first = arena_take(a, (size_t)count + 2, sizeof *s->first);
    s->own = arena_take(a, (size_t)w->place_count + 1, sizeof *s->own);
    for (int32_t i = 0; i < w->place_count; i++)
        if (is_on(w, i))
            s->first[w->places[i].segment + 2]++;
    for (int32_t i = 0; i < count; i++)
        s->first[i + 2] += s->first[i + 1];
    for (int32_t i = 0; i < w->place_count; i++)
        if (is_on(w, i))
            s->own[s->first[w->places[i].segment + 1]++] = i;
}

void catchment_find(const struct catchment_wish *wish, struct arena *a, struct catchment *out)
{
    const struct network *n = wish->network;
    const size_t places = (size_t)wish->place_count;
    struct arena *own = arena_new();
    struct search s = {
        .wish = wish,
        .far_cm = arena_take(own, (size_t)n->node_count + 1, sizeof *s.far_cm),
        .nearest = arena_take(own, (size_t)n->node_count + 1, sizeof *s.nearest),
        .heap = arena_take(own, 2 * ((size_t)n->segment_count + places) + 1, sizeof *s.heap),
        .posts = arena_take(own, places + 2, sizeof *s.posts),
    };

    memset(s.nearest, 0xff, (size_t)n->node_count * sizeof *s.nearest);
    sort_places(&s, own);
    start(&s);
    spread(&s);
    for (int32_t i = 0; i < n->segment_count; i++)
        if (wish->walks[i])
            cut(&s, i);

    const int32_t count = (int32_t)(s.pieces.size / sizeof(struct catchment_piece));
    struct catchment_piece *pieces = arena_take(a, (size_t)count + 1, sizeof *pieces);

    if (count > 0)
        memcpy(pieces, s.pieces.bytes, s.pieces.size);
    *out = (struct catchment){ pieces, count };
    buf_free(&s.pieces);
    arena_free(own);
}
