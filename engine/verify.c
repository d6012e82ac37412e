#include "engine/verify.h"

#include <stdlib.h>

#include "geo/cover/view.h"

/* So far beyond the circle the outline of a view is drawn: its edge is none then. */
static const int32_t BEYOND_M = 1;

static void put_cover(struct verify_sources *s, struct recount_cover cover)
{
    buf_put(&s->covers, &cover, sizeof cover);
}

/* ------------------------------------------------------------------ what covers now */

static void put_street(struct verify_sources *s, const struct cover *c, int32_t segment)
{
    struct cover_cursor cursor = { 0 };
    struct cover_stretch at;

    while (cover_next(c, segment, &cursor, &at)) {
        struct recount_cover one = { .segment = segment,
                                     .layer = RECOUNT_PATROL,
                                     .people = (int32_t)at.people,
                                     .is_enough = at.state & COVER_REACH,
                                     .from_cm = at.from_cm,
                                     .to_cm = at.to_cm };

        if (at.state & COVER_PATROL)
            put_cover(s, one);
        one.layer = RECOUNT_PEOPLE;
        if (at.people > 0)
            put_cover(s, one);
    }
}

void verify_now(const struct coverage *c, const struct coverage_view *v, struct verify_sources *out)
{
    const struct terrain *t = v->terrain;

    out->terrain = terrain_hold_again(t);
    for (int32_t i = 0; i < t->lookout_count; i++)
        if (coverage_staffed(c, t->lookouts[i].lookout_point_id))
            buf_put(&out->lookouts, &(struct verify_lookout){ .place = i },
                    sizeof(struct verify_lookout));
    for (int32_t i = 0; i < t->world->network->segment_count; i++)
        if (t->counts[i])
            put_street(out, v->cover, i);
}

/* ------------------------------------------------------------------ what covers in hours */

static void put_patrol(struct verify_sources *s, const struct week_sources_time *time,
                       const struct week_sources_one *one)
{
    struct arena *own = arena_new();
    const struct slab *slabs;
    const int32_t count = week_sources_slabs(s->terrain, time, one, own, &slabs);

    for (int32_t i = 0; i < count; i++)
        put_cover(s, (struct recount_cover){ .segment = slabs[i].piece.segment,
                                             .layer = RECOUNT_PATROL,
                                             .from_cm = slabs[i].piece.from_cm,
                                             .to_cm = slabs[i].piece.to_cm,
                                             .from_s = slabs[i].from_s,
                                             .to_s = slabs[i].to_s });
    arena_free(own);
}

bool verify_hours(struct weeks *w, const struct week_sources_time *time, struct arena *a,
                  struct verify_sources *out, struct fail *f)
{
    struct weeks_reading reading;

    if (!weeks_read(w, time, a, &reading, f))
        return false;
    out->terrain = reading.terrain;
    out->hours = (struct stint){ time->from_s, time->known_s };
    for (int32_t i = 0; i < reading.sources.count; i++) {
        const struct week_sources_one *one = &reading.sources.items[i];
        const struct verify_lookout lookout = { one->lookout, one->stints, one->stint_count };

        if (one->layer == WEEK_SOURCES_LOOKOUT)
            buf_put(&out->lookouts, &lookout, sizeof lookout);
        else
            put_patrol(out, time, one);
    }
    return true;
}

void verify_end(struct verify_sources *s)
{
    terrain_drop(s->terrain);
    buf_free(&s->lookouts);
    buf_free(&s->covers);
    *s = (struct verify_sources){ 0 };
}

/* ------------------------------------------------------------------ laying it on the streets */

/* What a lookout point sees; of what nothing hides, the circle. */
static bool area_of(struct db *db, const struct terrain *t, const struct views_lookout *l,
                    struct arena *own, struct figure *flat, struct fail *f)
{
    const int32_t beyond_m =
        l->reach_m < VIEW_REACH_MAX_M ? l->reach_m + BEYOND_M : VIEW_REACH_MAX_M;
    struct figure outline;

    if (l->blocked.piece_count == 0)
        return recount_circle(t->ground, l->at, l->reach_m, NULL, own, flat, f);
    return views_outline(db, t->ground, l->at, beyond_m, own, &outline, f) &&
           recount_circle(t->ground, l->at, l->reach_m, &outline, own, flat, f);
}

static void put_runs(const struct verify_lookout *lookout, const struct stint *hours,
                     const struct ground_runs *runs, struct buf *covers)
{
    const bool is_now = hours->to_s <= hours->from_s;
    const int32_t count = is_now ? 1 : lookout->stint_count;

    for (int32_t i = 0; i < runs->count; i++)
        for (int32_t k = 0; k < count; k++) {
            const struct ground_run *run = &runs->items[i];
            const struct recount_cover cover = { .segment = run->segment,
                                                 .layer = RECOUNT_LOOKOUT,
                                                 .from_cm = run->from_cm,
                                                 .to_cm = run->to_cm,
                                                 .from_s = is_now ? 0 : lookout->stints[k].from_s,
                                                 .to_s = is_now ? 0 : lookout->stints[k].to_s };

            buf_put(covers, &cover, sizeof cover);
        }
}

static bool too_many(const char *what, size_t most, struct fail *f)
{
    fail_set(f, FAIL_INPUT, VALUE_OUT_OF_RANGE, "so many %s cannot be verified at once", what);
    fail_allowed(f, "at most %zu: fewer hours", most);
    return fail_at(f, "/verify");
}

static bool see(struct db *db, const struct verify_sources *s, const struct verify_lookout *lookout,
                struct buf *covers, struct fail *f)
{
    const struct terrain *t = s->terrain;
    struct arena *own = arena_new();
    struct ground_runs runs = { .arena = own };
    struct figure flat;
    const bool ok = area_of(db, t, &t->lookouts[lookout->place], own, &flat, f) &&
                    recount_runs(t->ground, &flat, &runs, f);

    if (ok)
        put_runs(lookout, &s->hours, &runs, covers);
    arena_free(own);
    return ok;
}

static bool see_all(struct db *db, const struct verify_sources *s, struct buf *covers,
                    struct fail *f)
{
    const struct verify_lookout *lookouts = (const void *)s->lookouts.bytes;
    const size_t count = s->lookouts.size / sizeof *lookouts;

    if (count > VERIFY_LOOKOUTS_MAX)
        return too_many("lookout points", VERIFY_LOOKOUTS_MAX, f);
    if (s->covers.bytes)
        buf_put(covers, s->covers.bytes, s->covers.size);
    for (size_t i = 0; lookouts && i < count; i++) {
        if (!see(db, s, &lookouts[i], covers, f))
            return false;
        if (covers->size / sizeof(struct recount_cover) > VERIFY_COVERS_MAX)
            return too_many("stretches that something covers", VERIFY_COVERS_MAX, f);
    }
    return true;
}

/* ------------------------------------------------------------------ the list */

static int by_place(const void *one, const void *other)
{
    const struct range_piece *a = &((const struct recount_item *)one)->piece;
    const struct range_piece *b = &((const struct recount_item *)other)->piece;

    if (a->segment != b->segment)
        return a->segment < b->segment ? -1 : 1;
    return (a->from_cm > b->from_cm) - (a->from_cm < b->from_cm);
}

static const struct recount_item *items_of(const struct gaps_found *list, struct arena *a)
{
    struct recount_item *items = arena_take(a, (size_t)list->count + 1, sizeof *items);

    for (int32_t i = 0; i < list->count; i++) {
        const struct gaps_one *gap = &list->items[i];

        items[i] = (struct recount_item){ { gap->segment, gap->from_cm, gap->to_cm },
                                          gap->gap_s < 0 ? (int64_t)gap->class : gap->gap_s };
    }
    qsort(items, (size_t)list->count, sizeof *items, by_place);
    return items;
}

static void compare(const struct verify_sources *s, const struct gaps_wish *wish,
                    const struct gaps_found *list, const struct buf *covers,
                    struct recount_found *out)
{
    const struct terrain *t = s->terrain;
    struct arena *own = arena_new();
    uint8_t *lots = arena_take(own, (size_t)t->plots->lot_count + 1, sizeof *lots);
    uint8_t *streets = arena_take(own, (size_t)t->plots->segment_count + 1, sizeof *streets);

    for (int32_t i = 0; i < t->plots->lot_count; i++)
        lots[i] = gaps_has_lot(t, wish, i);
    for (int32_t i = 0; i < t->plots->segment_count; i++)
        streets[i] = t->counts[i] && gaps_has_street(t, wish, i);
    const struct recount_wish all = {
        .plots = t->plots,
        .classes = wish->classes,
        .hours = s->hours,
        .lots = lots,
        .streets = streets,
        .covers = (const void *)covers->bytes,
        .cover_count = (int32_t)(covers->size / sizeof(struct recount_cover)),
        .items = items_of(list, own),
        .item_count = list->count,
    };

    recount_compare(&all, out);
    arena_free(own);
}

bool verify_list(struct db *db, const struct verify_sources *s, const struct gaps_wish *wish,
                 const struct gaps_found *list, struct recount_found *out, struct fail *f)
{
    struct buf covers = { 0 };
    const bool ok = see_all(db, s, &covers, f);

    if (ok)
        compare(s, wish, list, &covers, out);
    buf_free(&covers);
    return ok;
}
