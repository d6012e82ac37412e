/* What is covered hour by hour. */
#include <string.h>

#include "api/handlers.h"
#include "api/registrar.h"
#include "engine/cursor.h"
#include "engine/engine.h"
#include "engine/weeks.h"
#include "geo/instant.h"

enum { PLAN, ACTUAL, DIFFERENCE, KINDS };
enum by { BY_CITY, BY_ORG, BY_GRID, BY_STATION, BYS };
enum { LIMIT_MAX = 1000, LIMIT_DEFAULT = 100, DECIMALS = 2, SHARE_DECIMALS = 6 };

static const char *const KIND_WORDS[KINDS] = { "plan", "actual", "difference" };
static const char *const BY_WORDS[BYS] = { "city", "org", "grid", "station" };
static const char *const ID_KEYS[BYS] = { "org_id", "org_id", "grid_id", "station_id" };
static const int64_t SECOND_US = 1000000;
static const int64_t ID_MAX = 9007199254740991;
static const int64_t LAST_S = 7258118400 - 168 * 3600; /* of 2199 */

struct wish {
    int32_t kind, by;
    int64_t from_s;
    int32_t hour_count;
    int64_t org_id;
    int64_t station_id; /* 0: any */
    int64_t limit;
    int64_t after; /* the place in the terrain's order that the last page ended before */
    const char *list;
};

/* The hours of one place, copied from a book, or the difference of two. */
struct strip {
    int32_t place; /* of the terrain's cells, organisations or stations */
    int64_t id;
    const char *name, *code;
    struct weeks_area area;
    struct slab_gap *gaps; /* by hour */
};

struct strips {
    int64_t data_us;
    int32_t *known_s; /* by hour */
    struct strip whole;
    struct strip *items;
    int32_t count;
    bool more;
};

/* ------------------------------------------------------------------ the wish */

static bool read_hour(const struct request *r, const char *name, int64_t *out_s, struct fail *f)
{
    const char *text = request_query(r, name);
    int64_t us;

    if (!text)
        return true;
    if (!instant_read(text, strlen(text), &us) || us % (SLAB_HOUR_S * SECOND_US) != 0 ||
        us / SECOND_US > LAST_S) {
        fail_set(f, FAIL_INPUT, TIME_MALFORMED, "%s must be at a whole hour: %.40s", name, text);
        fail_allowed(f, "a moment like 2026-11-22T16:00:00Z, to the year 2199");
        fail_at(f, arena_text(r->arena, "/%s", name));
        return fail_value(f, text);
    }
    *out_s = us / SECOND_US;
    return true;
}

static bool read_hours(const struct request *r, struct wish *w, struct fail *f)
{
    int64_t to_s = -1;

    w->from_s = -1;
    if (!read_hour(r, "from", &w->from_s, f))
        return false;
    if (w->from_s < 0) {
        fail_set(f, FAIL_INPUT, KEY_MISSING, "the first hour is not said");
        fail_allowed(f, "from=2026-11-22T16:00:00Z");
        return fail_at(f, "/from");
    }
    to_s = w->from_s + (int64_t)WEEKS_HOURS_MAX * SLAB_HOUR_S;
    if (!read_hour(r, "to", &to_s, f))
        return false;
    if (to_s <= w->from_s || to_s > w->from_s + (int64_t)WEEKS_HOURS_MAX * SLAB_HOUR_S) {
        fail_set(f, FAIL_INPUT, VALUE_OUT_OF_RANGE, "these are %lld hours",
                 (long long)(to_s - w->from_s) / SLAB_HOUR_S);
        fail_allowed(f, "1 to %d hours", WEEKS_HOURS_MAX);
        return fail_at(f, "/to");
    }
    w->hour_count = (int32_t)((to_s - w->from_s) / SLAB_HOUR_S);
    return true;
}

static bool read_word(const struct request *r, const char *name, const char *const *words,
                      int32_t count, int32_t *out, struct fail *f)
{
    const char *text = request_query(r, name);
    struct buf all = { 0 };

    *out = 0;
    for (int32_t i = 0; i < count; i++) {
        buf_format(&all, "%s%s", i > 0 ? ", " : "", words[i]);
        if (text && strcmp(text, words[i]) == 0)
            *out = i;
    }
    if (text && strcmp(text, words[*out]) != 0) {
        fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "%s cannot be \"%.40s\"", name, text);
        fail_allowed(f, "%s", buf_text(&all));
        fail_at(f, arena_text(r->arena, "/%s", name));
        fail_value(f, text);
        buf_free(&all);
        return false;
    }
    buf_free(&all);
    return true;
}

/* Of one station alone what is told of it. */
static bool read_station(const struct request *r, struct wish *w, struct fail *f)
{
    if (w->station_id == 0)
        return true;
    if (!request_query(r, "by"))
        w->by = BY_STATION;
    if (w->by == BY_STATION)
        return true;
    fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "of one station the hours are not told by %s",
             BY_WORDS[w->by]);
    fail_allowed(f, "%s", BY_WORDS[BY_STATION]);
    fail_at(f, "/by");
    return fail_value(f, BY_WORDS[w->by]);
}

static bool read_wish(const struct request *r, struct wish *w, struct fail *f)
{
    const char *cursor = request_query(r, "cursor");
    struct db *db;

    *w = (struct wish){ 0 };
    if (!read_word(r, "kind", KIND_WORDS, KINDS, &w->kind, f) ||
        !read_word(r, "by", BY_WORDS, BYS, &w->by, f) || !read_hours(r, w, f) ||
        !request_query_int(r, "org", 1, ID_MAX, r->caller.org_id, &w->org_id, f) ||
        !request_query_int(r, "station_id", 1, ID_MAX, 0, &w->station_id, f) ||
        !read_station(r, w, f) ||
        !request_query_int(r, "limit", 1, LIMIT_MAX, LIMIT_DEFAULT, &w->limit, f))
        return false;
    w->list = arena_text(r->arena, "%s?%d&%d&%lld&%d&%lld&%lld", r->path, w->kind, w->by,
                         (long long)w->from_s, w->hour_count, (long long)w->org_id,
                         (long long)w->station_id);
    return !cursor ||
           (request_db(r, &db, f) && cursor_read(db, w->list, cursor, r->arena, &w->after, f));
}

/* ------------------------------------------------------------------ copying */

/* By what the hours are told apart. */
struct division {
    const struct terrain_area *areas;
    const struct weeks_area *sizes;
    const struct slab_gap *gaps;
    int32_t count;
};

static struct division divide(const struct weeks_book *b, enum by by)
{
    const struct terrain *t = b->terrain;

    switch (by) {
    case BY_GRID:
        return (struct division){ t->cells, b->cell_areas, b->cells, t->plots->cell_count };
    case BY_STATION:
        return (struct division){ t->stations, b->station_areas, b->stations,
                                  t->plots->station_count };
    case BY_CITY:
    case BY_ORG:
    case BYS:
        break;
    }
    return (struct division){ t->orgs, b->org_areas, b->orgs,
                              by == BY_CITY ? 0 : t->plots->org_count };
}

static struct strip strip_of(const struct weeks_book *b, const struct division *d, int32_t place,
                             struct arena *a)
{
    const struct terrain_area *area = &d->areas[place];
    const size_t hours = (size_t)b->hour_count;
    struct strip s = { .place = place, .id = area->id, .area = d->sizes[place] };

    s.name = arena_copy(a, area->name, strlen(area->name));
    s.code = arena_copy(a, area->code, strlen(area->code));
    s.gaps = arena_take(a, hours, sizeof *s.gaps);
    memcpy(s.gaps, d->gaps + (size_t)place * hours, hours * sizeof *s.gaps);
    return s;
}

/* Whether the organisation stands at or below the one that is asked for. */
static bool is_below(const struct terrain *t, int32_t org, int32_t ancestor)
{
    while (org > ancestor)
        org = t->plots->org_parent[org];
    return org == ancestor;
}

static bool is_wanted(const struct terrain *t, const struct wish *w, const struct sight *sight,
                      int32_t whole, const struct terrain_area *area)
{
    const int32_t org = terrain_org(t, area->org_id);

    return org >= 0 && sight_covers(sight, area->org_id) && is_below(t, org, whole) &&
           (w->station_id == 0 || area->id == w->station_id);
}

static void copy_items(const struct weeks_book *b, const struct wish *w, const struct sight *sight,
                       struct arena *a, struct strips *out)
{
    const struct division d = divide(b, (enum by)w->by);

    out->items = arena_take(a, (size_t)w->limit + 1, sizeof *out->items);
    for (int32_t i = (int32_t)w->after; i < d.count && !out->more; i++) {
        if (!is_wanted(b->terrain, w, sight, out->whole.place, &d.areas[i]))
            continue;
        if (out->count == w->limit)
            out->more = true;
        else
            out->items[out->count++] = strip_of(b, &d, i, a);
    }
}

static bool missing(const char *what, int64_t id, struct arena *a, struct fail *f)
{
    fail_set(f, FAIL_MISSING, NOT_FOUND, "there is no %s %lld", what, (long long)id);
    return fail_value(f, arena_text(a, "%lld", (long long)id));
}

static bool copy_book(const struct weeks_book *b, const struct wish *w, const struct sight *sight,
                      struct arena *a, struct strips *out, struct fail *f)
{
    const struct division orgs = divide(b, BY_ORG);
    const int32_t place = sight_covers(sight, w->org_id) ? terrain_org(b->terrain, w->org_id) : -1;

    if (place < 0)
        return missing("organisation", w->org_id, a, f);
    *out = (struct strips){ .data_us = b->data_us, .whole = strip_of(b, &orgs, place, a) };
    out->known_s = arena_take(a, (size_t)b->hour_count, sizeof *out->known_s);
    for (int32_t h = 0; h < b->hour_count; h++)
        out->known_s[h] = weeks_known_s(b, h);
    copy_items(b, w, sight, a, out);
    return w->station_id == 0 || out->count > 0 || missing("station", w->station_id, a, f);
}

static bool read_strips(const struct request *r, const struct wish *w, enum week_sources_kind kind,
                        struct strips *out, struct fail *f)
{
    const struct weeks_wish wish = { kind, w->from_s, w->hour_count, COVER_UNWATCHED };
    const struct sight sight = request_sight(r);
    const struct weeks_book *book;

    if (!weeks_take(engine_weeks(r->engine), &wish, &book, f))
        return false;
    const bool ok = copy_book(book, w, &sight, r->arena, out, f);

    weeks_give(engine_weeks(r->engine));
    return ok;
}

/* ------------------------------------------------------------------ the difference */

/* Of whole hours: of one that is not over nobody knows what the rest will be. */
static void take_off(struct strip *from, const struct strip *plan, const int32_t *known_s,
                     int32_t hour_count)
{
    for (int32_t h = 0; h < hour_count; h++) {
        const bool is_over = known_s[h] == SLAB_HOUR_S;

        from->gaps[h].cm_s = is_over ? from->gaps[h].cm_s - plan->gaps[h].cm_s : 0;
        from->gaps[h].weight_s = is_over ? from->gaps[h].weight_s - plan->gaps[h].weight_s : 0;
    }
}

static bool read_difference(const struct request *r, const struct wish *w, struct strips *out,
                            struct fail *f)
{
    struct strips plan;

    if (!read_strips(r, w, WEEK_SOURCES_PLAN, &plan, f) ||
        !read_strips(r, w, WEEK_SOURCES_ACTUAL, out, f))
        return false;
    take_off(&out->whole, &plan.whole, out->known_s, w->hour_count);
    for (int32_t i = 0, k = 0; i < out->count; i++) {
        while (k < plan.count && plan.items[k].id != out->items[i].id)
            k++;
        if (k == plan.count) /* the terrain has changed between the two */
            return fail_set(f, FAIL_BUSY, WEEKS_BUSY, "what is counted has just changed");
        take_off(&out->items[i], &plan.items[k], out->known_s, w->hour_count);
    }
    for (int32_t h = 0; h < w->hour_count; h++)
        out->known_s[h] = out->known_s[h] == SLAB_HOUR_S ? SLAB_HOUR_S : 0;
    return true;
}

/* ------------------------------------------------------------------ writing */

static void write_share(struct emit *e, int64_t gap_cm_s, int64_t length_cm, int64_t known_s,
                        bool is_difference)
{
    const double all = (double)length_cm * (double)known_s;

    if (all > 0)
        emit_number(e, (is_difference ? 0 : 1) - (double)gap_cm_s / all, SHARE_DECIMALS);
    else
        emit_null(e);
}

static void write_gap(struct emit *e, struct slab_gap gap)
{
    emit_key_number(e, "gap_m_h", (double)gap.cm_s / 100 / SLAB_HOUR_S, DECIMALS);
    emit_key_number(e, "gap_weight_h", (double)gap.weight_s / 100 / 1000 / SLAB_HOUR_S, DECIMALS);
}

static void write_area(struct emit *e, const struct weeks_area *area)
{
    emit_key_number(e, "length_m", (double)area->length_cm / 100, DECIMALS);
    emit_key_number(e, "weight", (double)area->weight / 100 / 1000, DECIMALS);
}

static void write_hours(struct emit *e, const struct wish *w, const struct strips *s)
{
    char text[INSTANT_SIZE];

    emit_key(e, "hours");
    emit_array(e);
    for (int32_t h = 0; h < w->hour_count; h++) {
        instant_write((w->from_s + (int64_t)h * SLAB_HOUR_S) * SECOND_US, text);
        emit_object(e);
        emit_key_text(e, "from", text);
        emit_key_int(e, "known_s", s->known_s[h]);
        write_gap(e, s->whole.gaps[h]);
        emit_key(e, "share");
        write_share(e, s->whole.gaps[h].cm_s, s->whole.area.length_cm, s->known_s[h],
                    w->kind == DIFFERENCE);
        emit_end(e);
    }
    emit_end(e);
}

static void write_item(struct emit *e, const struct wish *w, const struct strips *s,
                       const struct strip *item)
{
    struct slab_gap all = { 0 };
    int64_t known_s = 0;

    for (int32_t h = 0; h < w->hour_count; h++) {
        all.cm_s += item->gaps[h].cm_s;
        all.weight_s += item->gaps[h].weight_s;
        known_s += s->known_s[h];
    }
    emit_object(e);
    emit_key_int(e, ID_KEYS[w->by], item->id);
    emit_key_text(e, "name", item->name);
    emit_key_text(e, "code", item->code);
    write_area(e, &item->area);
    write_gap(e, all);
    emit_key(e, "share");
    write_share(e, all.cm_s, item->area.length_cm, known_s, w->kind == DIFFERENCE);
    emit_key(e, "shares");
    emit_array(e);
    for (int32_t h = 0; h < w->hour_count; h++)
        write_share(e, item->gaps[h].cm_s, item->area.length_cm, s->known_s[h],
                    w->kind == DIFFERENCE);
    emit_end(e);
    emit_end(e);
}

static void write_moment(struct emit *e, const char *key, int64_t us)
{
    char text[INSTANT_SIZE];

    instant_write(us, text);
    emit_key_text(e, key, text);
}

static void write_answer(struct emit *e, const struct wish *w, const struct strips *s,
                         const char *next)
{
    emit_object(e);
    emit_key_text(e, "kind", KIND_WORDS[w->kind]);
    write_moment(e, "from", w->from_s * SECOND_US);
    write_moment(e, "to", (w->from_s + (int64_t)w->hour_count * SLAB_HOUR_S) * SECOND_US);
    write_moment(e, "data_at", s->data_us);
    emit_key_int(e, "org_id", s->whole.id);
    write_area(e, &s->whole.area);
    write_hours(e, w, s);
    emit_key(e, "items");
    emit_array(e);
    for (int32_t i = 0; i < s->count; i++)
        write_item(e, w, s, &s->items[i]);
    emit_end(e);
    emit_key_text(e, "next", next);
    emit_end(e);
}

bool on_cover_hours_list(const struct request *r, struct reply *out, struct fail *f)
{
    const char *next = NULL;
    struct strips strips;
    struct wish wish;
    struct db *db;

    if (!read_wish(r, &wish, f) ||
        !(wish.kind == DIFFERENCE
              ? read_difference(r, &wish, &strips, f)
              : read_strips(r, &wish, wish.kind == PLAN ? WEEK_SOURCES_PLAN : WEEK_SOURCES_ACTUAL,
                            &strips, f)))
        return false;
    if (strips.more &&
        (!request_db(r, &db, f) ||
         !cursor_make(db, wish.list, strips.items[strips.count - 1].place + 1, r->arena, &next, f)))
        return false;
    write_answer(reply_json(out, REPLY_OK), &wish, &strips, next);
    return true;
}
