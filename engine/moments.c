#include "engine/moments.h"

#include "geo/base/buf.h"
#include "geo/cover/span.h"

static const int64_t SECOND_US = 1000000;

static void tell_lookout(struct cover *c, const struct terrain *t,
                         const struct week_sources_one *one, int64_t at_s)
{
    const struct range_band *seen = &t->lookouts[one->lookout].seen;

    for (int32_t i = 0; i < one->stint_count; i++)
        if (one->stints[i].from_s <= at_s && at_s < one->stints[i].to_s)
            cover_lookout(c, one->id, seen->pieces, seen->piece_count);
}

/* What is reached of each segment: the slabs ascend, and an hour has them once. */
static void tell_reach(struct cover *c, const struct slab *slabs, int32_t count)
{
    struct buf steps = { 0 };

    for (int32_t i = 0, end; i < count; i = end) {
        buf_clear(&steps);
        for (end = i; end < count && slabs[end].piece.segment == slabs[i].piece.segment; end++)
            buf_put(&steps,
                    &(struct cover_step){ slabs[end].piece.from_cm, slabs[end].piece.to_cm,
                                          (uint32_t)slabs[end].units },
                    sizeof(struct cover_step));
        cover_reach(c, slabs[i].piece.segment, (const void *)steps.bytes, end - i);
    }
    buf_free(&steps);
}

static void find_patrols(const struct slab *slabs, int32_t count, int64_t at_s, struct buf *pieces)
{
    for (int32_t i = 0; i < count; i++)
        if (slabs[i].from_s <= at_s && at_s < slabs[i].to_s)
            buf_put(pieces, &slabs[i].piece, sizeof slabs[i].piece);
}

/* Where any of the patrols counts. */
static void tell_patrols(struct cover *c, const struct buf *found)
{
    const int32_t count = (int32_t)(found->size / sizeof(struct range_piece));
    struct range_piece *pieces = (void *)found->bytes;

    if (pieces && count > 0)
        cover_patrolled(c, pieces, span_tidy_pieces(pieces, count));
}

static bool tell_one(struct weeks *w, const struct moment *m, const struct week_sources_time *time,
                     const struct week_sources_one *one, struct buf *patrols, struct fail *f)
{
    struct arena *a = arena_new();
    const struct slab *slabs = NULL;
    int32_t count = 0;
    bool ok = true;

    if (one->layer == WEEK_SOURCES_LOOKOUT)
        tell_lookout(m->cover, m->terrain, one, time->from_s);
    else
        ok = weeks_slabs(w, m->terrain, time, one, a, &slabs, &count, f);
    if (ok && one->layer == WEEK_SOURCES_PATROL)
        find_patrols(slabs, count, time->from_s, patrols);
    if (ok && one->layer == WEEK_SOURCES_REACH)
        tell_reach(m->cover, slabs, count);
    arena_free(a);
    return ok;
}

static bool tell_all(struct weeks *w, const struct week_sources_time *time,
                     const struct week_sources *sources, struct moment *m, struct fail *f)
{
    struct buf patrols = { 0 };
    bool ok = true;

    for (int32_t i = 0; ok && i < sources->count; i++) {
        ok = tell_one(w, m, time, &sources->items[i], &patrols, f);
        m->knows_reach = m->knows_reach || sources->items[i].layer == WEEK_SOURCES_REACH;
    }
    tell_patrols(m->cover, &patrols);
    buf_free(&patrols);
    return ok;
}

static struct cover *lay(const struct terrain *t, uint32_t reach_k)
{
    const struct cover_wish wish = { .plots = t->plots,
                                     .visits = { .network = t->world->network },
                                     .reach_k = reach_k,
                                     .is_moment = true };

    return cover_new(&wish);
}

static bool has_been(const struct moments_wish *wish, int64_t now_us, struct fail *f)
{
    if (wish->kind == WEEK_SOURCES_PLAN || wish->at_s * SECOND_US <= now_us)
        return true;
    fail_set(f, FAIL_INPUT, VALUE_OUT_OF_RANGE, "what is covered then is not known yet");
    fail_allowed(f, "a moment up to now; kind=plan knows moments to come");
    return fail_at(f, "/at");
}

bool moments_find(struct weeks *w, const struct moments_wish *wish, struct moment *out,
                  struct fail *f)
{
    const struct week_sources_time time = { .kind = wish->kind,
                                            .from_s = wish->at_s,
                                            .to_s = wish->at_s + 1,
                                            .known_s = wish->at_s + 1,
                                            .with_reach = wish->kind == WEEK_SOURCES_ACTUAL };
    struct arena *a = arena_new();
    struct weeks_reading reading;
    struct moment m;
    bool ok = weeks_read(w, &time, a, &reading, f);

    if (ok) {
        m = (struct moment){ .terrain = reading.terrain,
                             .cover = lay(reading.terrain, wish->reach_k),
                             .at_us = wish->at_s * SECOND_US,
                             .data_us = reading.data_us };
        ok = has_been(wish, reading.data_us, f) && tell_all(w, &time, &reading.sources, &m, f);
        if (ok)
            *out = m;
        else
            moments_end(&m);
    }
    arena_free(a);
    return ok;
}

void moments_end(struct moment *m)
{
    cover_free(m->cover);
    terrain_drop(m->terrain);
    *m = (struct moment){ 0 };
}

struct coverage_view moments_view(const struct moment *m)
{
    return (struct coverage_view){ .terrain = m->terrain,
                                   .cover = m->cover,
                                   .at_us = m->at_us,
                                   .is_reach_unknown = !m->knows_reach };
}
