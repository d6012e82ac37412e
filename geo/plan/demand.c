/* A cut is a place where a piece begins; it ends at the next cut of its segment. The last cut
 * of a segment, its very end, begins nothing and weighs nothing. */
#include "geo/plan/demand.h"

#include <stdlib.h>

struct cuts {
    int32_t *first; /* of segments */
    uint32_t *at_cm;
};

static bool counts(const struct plots *p, int32_t segment)
{
    return p->first[segment] < p->first[segment + 1];
}

static int ascending(const void *one, const void *other)
{
    const uint32_t a = *(const uint32_t *)one, b = *(const uint32_t *)other;

    return (a > b) - (a < b);
}

static bool refuse(int64_t count, const char *what, int32_t most, struct fail *f)
{
    fail_set(f, FAIL_INPUT, PLAN_TOO_LARGE, "the streets fall into %lld %s", (long long)count,
             what);
    return fail_allowed(f, "at most %d %s", most, what);
}

/* How many cuts each segment has at most; false when they are too many. */
static bool count_cuts(const struct demand_wish *w, int32_t *many, struct fail *f)
{
    int64_t all = 0;

    for (int32_t i = 0; i < w->network->segment_count; i++)
        many[i] = counts(w->plots, i) ? 2 : 0;
    for (int32_t i = 0; i < w->site_count; i++)
        for (int32_t k = 0; k < w->sites[i].piece_count; k++)
            if (counts(w->plots, w->sites[i].pieces[k].segment))
                many[w->sites[i].pieces[k].segment] += 2;
    for (int32_t i = 0; i < w->network->segment_count; i++)
        all += many[i];
    return all <= SITING_PIECES_MAX || refuse(all, "pieces", SITING_PIECES_MAX, f);
}

/* Sorted, each once. */
static void tidy(struct cuts *c, int32_t segment_count, const int32_t *begin, const int32_t *end)
{
    int32_t n = 0;

    for (int32_t i = 0; i < segment_count; i++) {
        const int32_t from = begin[i], to = end[i];

        if (to > from)
            qsort(c->at_cm + from, (size_t)(to - from), sizeof *c->at_cm, ascending);
        c->first[i] = n;
        for (int32_t k = from; k < to; k++)
            if (k == from || c->at_cm[k] != c->at_cm[k - 1])
                c->at_cm[n++] = c->at_cm[k];
    }
    c->first[segment_count] = n;
}

static bool take_cuts(const struct demand_wish *w, struct arena *a, struct cuts *out,
                      struct fail *f)
{
    const int32_t segment_count = w->network->segment_count;
    struct arena *scratch = arena_new();
    int32_t *begin = arena_take(scratch, (size_t)segment_count + 1, sizeof *begin);
    int32_t *end = arena_take(scratch, (size_t)segment_count + 1, sizeof *end);
    int32_t n = 0;
    const bool is_good = count_cuts(w, end, f);

    for (int32_t i = 0; is_good && i < segment_count; i++) {
        begin[i] = n;
        n += end[i];
        end[i] = begin[i];
    }
    out->first = arena_take(a, (size_t)segment_count + 1, sizeof *out->first);
    out->at_cm = arena_take(a, (size_t)n + 1, sizeof *out->at_cm);
    for (int32_t i = 0; is_good && i < segment_count; i++)
        if (counts(w->plots, i)) {
            out->at_cm[end[i]++] = 0;
            out->at_cm[end[i]++] = w->network->length_cm[i];
        }
    for (int32_t i = 0; is_good && i < w->site_count; i++)
        for (int32_t k = 0; k < w->sites[i].piece_count; k++) {
            const struct range_piece *p = &w->sites[i].pieces[k];

            if (!counts(w->plots, p->segment))
                continue;
            out->at_cm[end[p->segment]++] = p->from_cm;
            out->at_cm[end[p->segment]++] = p->to_cm;
        }
    if (is_good)
        tidy(out, segment_count, begin, end);
    arena_free(scratch);
    return is_good;
}

/* Where a cut of a segment stands, which is there. */
static int32_t find(const struct cuts *c, int32_t segment, uint32_t at_cm)
{
    int32_t low = c->first[segment], high = c->first[segment + 1] - 1;

    while (low < high) {
        const int32_t middle = low + (high - low) / 2;

        if (c->at_cm[middle] < at_cm)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool take_links(const struct demand_wish *w, const struct cuts *c, struct arena *a,
                       struct siting_question *out, struct fail *f)
{
    int32_t *first = arena_take(a, (size_t)w->site_count + 1, sizeof *first), *pieces, n = 0;
    int64_t all = 0;

    for (int32_t i = 0; i < w->site_count; i++) {
        for (int32_t k = 0; k < w->sites[i].piece_count; k++) {
            const struct range_piece *p = &w->sites[i].pieces[k];

            if (counts(w->plots, p->segment))
                all += find(c, p->segment, p->to_cm) - find(c, p->segment, p->from_cm);
        }
        if (all > SITING_LINKS_MAX)
            return refuse(all, "links to sites", SITING_LINKS_MAX, f);
        first[i + 1] = (int32_t)all;
    }
    pieces = arena_take(a, (size_t)all + 1, sizeof *pieces);
    for (int32_t i = 0; i < w->site_count; i++)
        for (int32_t k = 0; k < w->sites[i].piece_count; k++) {
            const struct range_piece *p = &w->sites[i].pieces[k];

            if (!counts(w->plots, p->segment))
                continue;
            const int32_t end = find(c, p->segment, p->to_cm);

            for (int32_t j = find(c, p->segment, p->from_cm); j < end; j++)
                pieces[n++] = j;
        }
    out->site_count = w->site_count;
    out->first = first;
    out->pieces = pieces;
    return true;
}

static void take_weights(const struct demand_wish *w, const struct cuts *c, struct arena *a,
                         struct siting_question *out)
{
    const int32_t count = c->first[w->network->segment_count];
    int64_t *weights = arena_take(a, (size_t)count + 1, sizeof *weights);

    for (int32_t i = 0; i < w->network->segment_count; i++) {
        int32_t k = w->plots->first[i];

        for (int32_t j = c->first[i]; j + 1 < c->first[i + 1]; j++) {
            uint32_t at = c->at_cm[j];

            while (at < c->at_cm[j + 1]) {
                const struct plot *p = &w->plots->plots[k];
                const uint32_t to = p->to_cm < c->at_cm[j + 1] ? p->to_cm : c->at_cm[j + 1];

                weights[j] += (int64_t)(to - at) * (w->is_weighed ? p->weight : 1);
                at = to;
                k += p->to_cm == to;
            }
        }
    }
    out->piece_count = count;
    out->weights = weights;
}

bool demand_take(const struct demand_wish *wish, struct arena *a, struct siting_question *out,
                 struct fail *f)
{
    struct cuts c;

    if (!take_cuts(wish, a, &c, f) || !take_links(wish, &c, a, out, f))
        return false;
    take_weights(wish, &c, a, out);
    return true;
}
