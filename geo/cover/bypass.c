/* Dijkstra over some dozen junctions: a list is searched for the nearest one. */
#include "geo/cover/bypass.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const uint32_t FAR = UINT32_MAX;

struct bypass {
    const struct network *network;
    enum mode mode;
    uint32_t *cm; /* per node, FAR where nobody has come */
    int32_t *seen;
    int32_t seen_count, done_count; /* the first done_count of seen are settled */
    struct range_piece piece;
    uint32_t limit_cm;
};

struct bypass *bypass_new(const struct network *n, enum mode mode)
{
    struct bypass *b = calloc(1, sizeof *b);

    if (!b)
        abort();
    b->network = n;
    b->mode = mode;
    b->cm = malloc(((size_t)n->node_count + 1) * sizeof *b->cm);
    b->seen = malloc(((size_t)n->node_count + 1) * sizeof *b->seen);
    if (!b->cm || !b->seen)
        abort();
    memset(b->cm, 0xff, ((size_t)n->node_count + 1) * sizeof *b->cm);
    return b;
}

void bypass_free(struct bypass *b)
{
    if (!b)
        return;
    free(b->cm);
    free(b->seen);
    free(b);
}

static void come(struct bypass *b, int32_t node, uint64_t cm)
{
    if (cm > b->limit_cm || cm >= b->cm[node])
        return;
    if (b->cm[node] == FAR)
        b->seen[b->seen_count++] = node;
    b->cm[node] = (uint32_t)cm;
}

/* Whether one comes along a segment between two of its measures without the piece. */
static bool is_free(const struct bypass *b, int32_t segment, uint32_t low_cm, uint32_t high_cm)
{
    return b->piece.segment != segment || high_cm <= b->piece.from_cm || low_cm >= b->piece.to_cm;
}

static void leave(struct bypass *b, struct spot from)
{
    const struct network *n = b->network;
    const uint32_t length_cm = n->length_cm[from.segment];

    if (is_free(b, from.segment, 0, from.along_cm))
        come(b, n->from[from.segment], from.along_cm);
    if (is_free(b, from.segment, from.along_cm, length_cm))
        come(b, n->to[from.segment], length_cm - from.along_cm);
}

static void settle(struct bypass *b, int32_t node)
{
    const struct network *n = b->network;

    for (int32_t i = n->first_out[node]; i < n->first_out[node + 1]; i++) {
        const int32_t edge = n->out_edge[i];

        if (network_usable(n, b->mode, edge >> 1) && edge >> 1 != b->piece.segment)
            come(b, network_head(n, edge), (uint64_t)b->cm[node] + n->length_cm[edge >> 1]);
    }
}

/* The nearest that is not settled goes to the front of those. */
static int32_t next(struct bypass *b)
{
    int32_t best = b->done_count;

    for (int32_t i = b->done_count + 1; i < b->seen_count; i++)
        if (b->cm[b->seen[i]] < b->cm[b->seen[best]])
            best = i;
    const int32_t node = b->seen[best];

    b->seen[best] = b->seen[b->done_count];
    b->seen[b->done_count++] = node;
    return node;
}

static bool arrives(const struct bypass *b, struct spot to)
{
    const struct network *n = b->network;
    const uint32_t length_cm = n->length_cm[to.segment];
    const uint64_t low_cm = (uint64_t)b->cm[n->from[to.segment]] + to.along_cm;
    const uint64_t high_cm = (uint64_t)b->cm[n->to[to.segment]] + length_cm - to.along_cm;

    return (low_cm <= b->limit_cm && is_free(b, to.segment, 0, to.along_cm)) ||
           (high_cm <= b->limit_cm && is_free(b, to.segment, to.along_cm, length_cm));
}

static bool is_along(const struct bypass *b, struct spot from, struct spot to)
{
    const uint32_t low_cm = from.along_cm < to.along_cm ? from.along_cm : to.along_cm;
    const uint32_t high_cm = from.along_cm < to.along_cm ? to.along_cm : from.along_cm;

    return from.segment == to.segment && high_cm - low_cm <= b->limit_cm &&
           is_free(b, from.segment, low_cm, high_cm);
}

bool bypass_exists(struct bypass *b, struct spot from, struct spot to,
                   const struct range_piece *piece, uint32_t limit_cm)
{
    b->piece = *piece;
    b->limit_cm = limit_cm;
    b->seen_count = b->done_count = 0;
    bool is_there = is_along(b, from, to);

    leave(b, from);
    while (!is_there && b->done_count < b->seen_count) {
        settle(b, next(b));
        is_there = arrives(b, to);
    }
    for (int32_t i = 0; i < b->seen_count; i++)
        b->cm[b->seen[i]] = FAR;
    return is_there;
}
