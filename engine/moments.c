#include "engine/moments.h"

#include "geo/base/buf.h"
#include "geo/cover/span.h"

static const int64_t SECOND_US = 1000000;

static bool covers(const struct slab *slab, int64_t at_s)
{
    return slab->from_s <= at_s && at_s < slab->to_s;
}

static void tell_lookout(struct cover *c, const struct terrain *t,
                         const struct week_sources_one *one, int64_t at_s)
{
    const struct range_band *seen = &t->lookouts[one->lookout].seen;

    for (int32_t i = 0; i < one->stint_count; i++)
        if (one->stints[i].from_s <= at_s && at_s < one->stints[i].to_s)
            cover_lookout(c, one->id, seen->pieces, seen->piece_count);
}

/* Where each of the patrols counts, as it comes. */
static void find_patrols(const struct terrain *t, const struct week_sources_time *time,
                         const struct week_sources *sources, struct buf *pieces)
{
    for (int32_t i = 0; i < sources->count; i++) {
        const struct week_sources_one *one = &sources->items[i];
        struct arena *a = arena_new();
        const struct slab *slabs = NULL;
        const int32_t count =
            one->layer == WEEK_SOURCES_PATROL ? week_sources_slabs(t, time, one, a, &slabs) : 0;

        for (int32_t k = 0; k < count; k++)
            if (covers(&slabs[k], time->from_s))
                buf_put(pieces, &slabs[k].piece, sizeof slabs[k].piece);
        arena_free(a);
    }
}

static void tell_patrols(struct cover *c, const struct terrain *t,
                         const struct week_sources_time *time, const struct week_sources *sources)
{
    struct buf found = { 0 };

    find_patrols(t, time, sources, &found);
    struct range_piece *pieces = (void *)found.bytes;
    const int32_t count = (int32_t)(found.size / sizeof *pieces);

    if (pieces && count > 0)
        cover_patrolled(c, pieces, span_tidy_pieces(pieces, count));
    buf_free(&found);
}

static struct cover *cover_of(const struct weeks_reading *reading,
                              const struct week_sources_time *time, uint32_t reach_k)
{
    const struct terrain *t = reading->terrain;
    const struct cover_wish wish = { .plots = t->plots,
                                     .visits = { .network = t->world->network },
                                     .reach_k = reach_k,
                                     .is_moment = true };
    struct cover *c = cover_new(&wish);

    for (int32_t i = 0; i < reading->sources.count; i++)
        if (reading->sources.items[i].layer == WEEK_SOURCES_LOOKOUT)
            tell_lookout(c, t, &reading->sources.items[i], time->from_s);
    tell_patrols(c, t, time, &reading->sources);
    return c;
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
    const struct week_sources_time time = { wish->kind, wish->at_s, wish->at_s + 1,
                                            wish->at_s + 1 };
    struct arena *a = arena_new();
    struct weeks_reading reading;
    bool ok = weeks_read(w, &time, a, &reading, f);

    if (ok && !has_been(wish, reading.data_us, f)) {
        terrain_drop(reading.terrain);
        ok = false;
    }
    if (ok)
        *out = (struct moment){ .terrain = reading.terrain,
                                .cover = cover_of(&reading, &time, wish->reach_k),
                                .at_us = wish->at_s * SECOND_US,
                                .data_us = reading.data_us };
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
    return (struct coverage_view){
        .terrain = m->terrain, .cover = m->cover, .at_us = m->at_us, .is_reach_unknown = true
    };
}
