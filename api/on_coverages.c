/* How much of the streets is covered, of the whole and place by place: now, at a moment that
 * has been, or at one of the plan. */
#include <string.h>

#include "api/choice.h"
#include "api/handlers.h"
#include "engine/clock.h"
#include "engine/config.h"
#include "engine/coverage.h"
#include "engine/cursor.h"
#include "engine/engine.h"
#include "engine/figures.h"
#include "engine/moments.h"
#include "geo/instant.h"

enum by { BY_CITY, BY_ORG, BY_GRID, BY_STATION, BY_STREET, BYS };
enum { LIMIT_MAX = 1000, LIMIT_DEFAULT = 100 };

static const char *const BY_WORDS[BYS] = { "city", "org", "grid", "station", "street" };
static const int64_t SECOND_US = 1000000;
static const int64_t ID_MAX = 9007199254740991;

struct wish {
    bool is_now;
    struct moments_wish moment; /* when it is not now */
    int32_t by;
    int64_t station_id; /* 0: any */
    int64_t limit;
    int64_t after; /* the place that the page before ended before */
    const char *list;
};

struct item {
    const struct terrain_area *area; /* NULL: of a street */
    int32_t segment;
    struct figures figures;
};

/* What is told, found while the coverage was read and written when it goes on. */
struct found {
    const struct terrain *terrain; /* held */
    int64_t at_us, data_us;
    uint64_t version;     /* of now */
    struct figures whole; /* of the organisation of the caller */
    struct item *items;
    int32_t count;
    int32_t next; /* the place to go on from; -1: that was all */
};

/* at=, a moment or now. */
static bool read_moment(const struct request *r, struct wish *w, struct fail *f)
{
    const char *at = request_query(r, "at");
    const bool is_now = !at || strcmp(at, "now") == 0;
    int64_t at_us = clock_wall_us();
    int32_t kind = WEEK_SOURCES_ACTUAL;

    if (!choice_word(r, "kind", WEEK_SOURCES_KIND_WORDS, WEEK_SOURCES_KINDS, &kind, f) ||
        (!is_now && !choice_moment(r, "at", &at_us, f)))
        return false;
    w->is_now = is_now && kind == WEEK_SOURCES_ACTUAL;
    w->moment = (struct moments_wish){
        .kind = (enum week_sources_kind)kind,
        .at_s = at_us / SECOND_US,
        .reach_k = (uint32_t)config_int(engine_config(r->engine), CONFIG_REACH_K),
    };
    return true;
}

/* Of one station alone it is told itself, or its streets. */
static bool read_station(const struct request *r, struct wish *w, struct fail *f)
{
    if (!request_query_int(r, "station_id", 1, ID_MAX, 0, &w->station_id, f))
        return false;
    if (w->station_id == 0)
        return true;
    if (!request_query(r, "by"))
        w->by = BY_STATION;
    if (w->by == BY_STATION || w->by == BY_STREET)
        return true;
    fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "of one station coverage is not told by %s",
             BY_WORDS[w->by]);
    fail_allowed(f, "%s or %s", BY_WORDS[BY_STATION], BY_WORDS[BY_STREET]);
    fail_at(f, "/by");
    return fail_value(f, BY_WORDS[w->by]);
}

static bool read_wish(const struct request *r, struct wish *w, struct fail *f)
{
    const char *cursor = request_query(r, "cursor");
    struct db *db;

    *w = (struct wish){ 0 };
    if (!read_moment(r, w, f) || !choice_word(r, "by", BY_WORDS, BYS, &w->by, f) ||
        !read_station(r, w, f) ||
        !request_query_int(r, "limit", 1, LIMIT_MAX, LIMIT_DEFAULT, &w->limit, f))
        return false;
    w->list = arena_text(r->arena, "%s?%s&%s&%s&%lld", r->path, BY_WORDS[w->by],
                         WEEK_SOURCES_KIND_WORDS[w->moment.kind],
                         w->is_now || !request_query(r, "at") ? "now" : request_query(r, "at"),
                         (long long)w->station_id);
    return !cursor ||
           (request_db(r, &db, f) && cursor_read(db, w->list, cursor, r->arena, &w->after, f));
}

/* ------------------------------------------------------------------ what is found */

/* What the caller sees of what she asks for. */
struct scope {
    struct sight sight;
    enum by by;
    int32_t station; /* of the terrain; -1: any */
};

static bool is_seen(const struct terrain *t, const struct scope *s, int32_t lot)
{
    const struct plots_lot *l = &t->plots->lots[lot];

    return sight_covers(&s->sight, t->orgs[l->org].id) &&
           (s->station < 0 || l->station == s->station);
}

/* Of the parts of a street that the caller sees; false when there are none. */
static bool find_street(const struct coverage_view *v, const struct scope *scope, int32_t segment,
                        struct arena *a, struct item *out)
{
    const struct plots *p = v->terrain->plots;
    const int32_t first = p->first[segment], end = p->first[segment + 1];
    struct range_piece *pieces = arena_take(a, (size_t)(end - first) + 1, sizeof *pieces);
    struct cover_place place;
    int32_t count = 0;

    for (int32_t i = first; i < end; i++) {
        const uint32_t from_cm = i > first ? p->plots[i - 1].to_cm : 0;

        if (is_seen(v->terrain, scope, p->plots[i].lot))
            pieces[count++] = (struct range_piece){ segment, from_cm, p->plots[i].to_cm };
    }
    if (count == 0)
        return false;
    cover_sum(v->cover, pieces, count, &place);
    *out = (struct item){ .segment = segment };
    figures_of(&place, &out->figures);
    out->figures.is_reach_unknown = v->is_reach_unknown;
    return true;
}

static bool find_item(const struct coverage_view *v, const struct figures_roll *roll,
                      const struct scope *scope, int32_t place, struct arena *a, struct item *out)
{
    const struct terrain *t = v->terrain;
    const enum by by = scope->by;

    if (by == BY_STREET)
        return find_street(v, scope, place, a, out);
    const struct terrain_area *areas = by == BY_GRID      ? t->cells
                                       : by == BY_STATION ? t->stations
                                                          : t->orgs;
    const struct figures *figures = by == BY_GRID      ? roll->cells
                                    : by == BY_STATION ? roll->stations
                                                       : roll->orgs;

    *out = (struct item){ &areas[place], -1, figures[place] };
    return sight_covers(&scope->sight, areas[place].org_id) &&
           (scope->station < 0 || place == scope->station);
}

static int32_t place_count(const struct terrain *t, enum by by)
{
    switch (by) {
    case BY_ORG:
        return t->plots->org_count;
    case BY_GRID:
        return t->plots->cell_count;
    case BY_STATION:
        return t->plots->station_count;
    case BY_STREET:
        return t->plots->segment_count;
    case BY_CITY:
    case BYS:
        break;
    }
    return 0;
}

static void find_items(const struct coverage_view *v, const struct figures_roll *roll,
                       const struct scope *scope, const struct wish *w, struct arena *a,
                       struct found *out)
{
    const int32_t end = place_count(v->terrain, scope->by);

    out->items = arena_take(a, (size_t)w->limit + 1, sizeof *out->items);
    out->next = -1;
    for (int32_t i = (int32_t)w->after; i < end && out->next < 0; i++) {
        struct item item;

        if (!find_item(v, roll, scope, i, a, &item))
            continue;
        if (out->count == w->limit)
            out->next = i;
        else
            out->items[out->count++] = item;
    }
}

static bool find_scope(const struct request *r, const struct wish *w, const struct terrain *t,
                       struct scope *out, struct fail *f)
{
    *out = (struct scope){ request_sight(r), (enum by)w->by, -1 };
    if (w->station_id == 0)
        return true;
    out->station = terrain_station(t, w->station_id);
    if (out->station >= 0 && sight_covers(&out->sight, t->stations[out->station].org_id))
        return true;
    fail_set(f, FAIL_MISSING, NOT_FOUND, "there is no station %lld", (long long)w->station_id);
    return fail_value(f, arena_text(r->arena, "%lld", (long long)w->station_id));
}

static bool find_in(const struct coverage_view *v, const struct request *r, const struct wish *w,
                    struct found *out, struct fail *f)
{
    const int32_t org = terrain_org(v->terrain, r->caller.org_id);
    struct figures_roll roll;
    struct scope scope;

    if (!find_scope(r, w, v->terrain, &scope, f))
        return false;
    figures_roll(v, r->arena, &roll);
    *out = (struct found){ .terrain = terrain_hold_again(v->terrain),
                           .at_us = v->at_us,
                           .data_us = v->at_us,
                           .version = v->version,
                           .whole = { .longest_cm = -1 } };
    if (org >= 0)
        out->whole = roll.orgs[org];
    find_items(v, &roll, &scope, w, r->arena, out);
    return true;
}

static bool find_now(const struct request *r, const struct wish *w, struct found *out,
                     struct fail *f)
{
    struct coverage *c = engine_coverage(r->engine);
    struct coverage_view v;

    if (!coverage_read(c, &v, f))
        return false;
    const bool ok = find_in(&v, r, w, out, f);

    coverage_read_end(c);
    return ok;
}

static bool find_moment(const struct request *r, const struct wish *w, struct found *out,
                        struct fail *f)
{
    struct moment moment;

    if (!moments_find(engine_weeks(r->engine), &w->moment, &moment, f))
        return false;
    const struct coverage_view v = moments_view(&moment);
    const bool ok = find_in(&v, r, w, out, f);

    out->data_us = moment.data_us;
    moments_end(&moment);
    return ok;
}

/* ------------------------------------------------------------------ the answer */

static void write_item(struct emit *e, const struct found *found, const struct wish *w,
                       const struct item *item)
{
    const struct network *n = found->terrain->world->network;

    emit_object(e);
    switch ((enum by)w->by) {
    case BY_GRID:
    case BY_STATION:
        emit_key_int(e, w->by == BY_GRID ? "grid_id" : "station_id", item->area->id);
        emit_key_text(e, "code", item->area->code);
        emit_key_text(e, "name", item->area->name);
        emit_key_int(e, "org_id", item->area->org_id);
        break;
    case BY_STREET:
        emit_key_int(e, "segment_id", n->segment_id[item->segment]);
        emit_key_text(e, "name", network_name(n, item->segment));
        break;
    case BY_ORG:
    case BY_CITY:
    case BYS:
        emit_key_int(e, "org_id", item->area->id);
        emit_key_text(e, "name", item->area->name);
        break;
    }
    figures_write(e, &item->figures);
    emit_end(e);
}

static void write_answer(struct emit *e, const struct request *r, const struct wish *w,
                         const struct found *found, const char *next)
{
    char at[INSTANT_SIZE];

    instant_write(found->at_us, at);
    emit_object(e);
    emit_key_text(e, "at", at);
    emit_key_text(e, "kind", WEEK_SOURCES_KIND_WORDS[w->moment.kind]);
    instant_write(found->data_us, at);
    emit_key_text(e, "data_at", at);
    if (w->is_now)
        emit_key_int(e, "version", (int64_t)found->version);
    emit_key_int(e, "org_id", r->caller.org_id);
    emit_key(e, "city");
    emit_object(e);
    figures_write(e, &found->whole);
    emit_end(e);
    emit_key(e, "items");
    emit_array(e);
    for (int32_t i = 0; i < found->count; i++)
        write_item(e, found, w, &found->items[i]);
    emit_end(e);
    emit_key_text(e, "next", next);
    emit_end(e);
}

bool on_coverages_get(const struct request *r, struct reply *out, struct fail *f)
{
    struct wish wish;
    struct found found;
    const char *next = NULL;
    struct db *db;

    if (!read_wish(r, &wish, f) ||
        !(wish.is_now ? find_now(r, &wish, &found, f) : find_moment(r, &wish, &found, f)))
        return false;
    const bool ok = found.next < 0 || (request_db(r, &db, f) &&
                                       cursor_make(db, wish.list, found.next, r->arena, &next, f));

    if (ok)
        write_answer(reply_json(out, REPLY_OK), r, &wish, &found, next);
    terrain_drop(found.terrain);
    return ok;
}
