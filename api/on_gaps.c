/* The streets that are not covered: now, or in hours that have been or are planned. */
#include <stdio.h>
#include <string.h>

#include "api/gap_file.h"
#include "api/gap_wish.h"
#include "api/handlers.h"
#include "engine/cursor.h"
#include "engine/engine.h"
#include "engine/gaps.h"
#include "engine/remedies.h"
#include "engine/verify.h"
#include "geo/geojson.h"
#include "geo/instant.h"

enum { ALL_CLASSES = (1 << COVER_CLASS_COUNT) - 1 };

static const char *const TYPES[GAP_WISH_FORMATS] = { "application/json", "application/geo+json",
                                                     "text/csv; charset=utf-8",
                                                     "application/geopackage+sqlite3" };

/* What is told; its terrain is held. */
struct found {
    struct sight sight; /* whose it is told */
    const struct terrain *terrain;
    struct gaps_found gaps;
    int64_t at_us;
    uint64_t version;                    /* of now */
    int64_t known_s;                     /* of the hours */
    const struct remedies_one *remedies; /* of each gap; NULL: the database is away */
    struct gaps_wish whole;              /* to verify: all of it, not a page */
    struct gaps_found list;
    struct verify_sources sources;
    struct recount_found verified;
};

/* ------------------------------------------------------------------ what is found */

static bool missing(const struct request *r, const char *what, int64_t id, struct fail *f)
{
    fail_set(f, FAIL_MISSING, NOT_FOUND, "there is no %s %lld", what, (long long)id);
    return fail_value(f, arena_text(r->arena, "%lld", (long long)id));
}

/* Those of the organisation that is asked for and below it that the caller may see: all of
 * them, when she may see it. */
static bool place_wish(const struct request *r, const struct terrain *t, const struct gap_wish *w,
                       struct gaps_wish *out, struct fail *f)
{
    const struct sight sight = request_sight(r);
    const int32_t top = sight_covers(&sight, w->org_id) ? terrain_org(t, w->org_id) : -1;
    const int32_t cell = w->grid_id ? terrain_cell(t, w->grid_id) : -1;
    const int32_t station = w->station_id ? terrain_station(t, w->station_id) : -1;
    bool *orgs = arena_take(r->arena, (size_t)t->plots->org_count + 1, sizeof *orgs);

    if (top < 0)
        return missing(r, "organisation", w->org_id, f);
    if (w->grid_id && (cell < 0 || !sight_covers(&sight, t->cells[cell].org_id)))
        return missing(r, "grid cell", w->grid_id, f);
    if (w->station_id && (station < 0 || !sight_covers(&sight, t->stations[station].org_id)))
        return missing(r, "station", w->station_id, f);
    for (int32_t i = top; i < t->plots->org_count; i++) {
        const int32_t parent = t->plots->org_parent[i];

        orgs[i] = i == top || (parent >= top && orgs[parent]);
    }
    *out =
        (struct gaps_wish){ .orgs = orgs,
                            .classes = w->class == COVER_CLASS_COUNT ? ALL_CLASSES : 1u << w->class,
                            .cell = cell,
                            .station = station,
                            .street = w->street,
                            .box = w->has_box ? &w->box : NULL,
                            .sort = (enum gaps_sort)w->sort,
                            .offset = (int32_t)w->offset,
                            .limit = (int32_t)w->limit };
    return true;
}

/* The same without its pages. */
static struct gaps_wish whole_of(const struct gaps_wish *wish)
{
    struct gaps_wish whole = *wish;

    whole.offset = 0;
    whole.limit = GAPS_DEPTH_MAX;
    return whole;
}

static bool find_now(const struct request *r, const struct gap_wish *w, struct found *out,
                     struct fail *f)
{
    struct coverage *c = engine_coverage(r->engine);
    struct gaps_wish wish;
    struct coverage_view v;

    if (!coverage_read(c, &v, f))
        return false;
    const bool ok = place_wish(r, v.terrain, w, &wish, f);

    if (ok) {
        gaps_now(&v, &wish, r->arena, &out->gaps);
        out->terrain = terrain_hold_again(v.terrain);
        out->at_us = v.at_us;
        out->version = v.version;
    }
    if (ok && w->verify) {
        out->whole = whole_of(&wish);
        gaps_now(&v, &out->whole, r->arena, &out->list);
        verify_now(c, &v, &out->sources);
    }
    coverage_read_end(c);
    return ok;
}

static bool find_hours(const struct request *r, const struct gap_wish *w, struct found *out,
                       struct fail *f)
{
    struct weeks *weeks = engine_weeks(r->engine);
    const struct weeks_book *book;
    struct week_sources_time time;
    struct gaps_wish wish;

    if (w->hours.kind == WEEK_SOURCES_PLAN && w->hours.class != COVER_UNWATCHED) {
        fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED,
                 "who could come is not planned, and so nothing is %s of a plan",
                 COVER_CLASS_WORDS[w->class]);
        fail_allowed(f, "%s", COVER_CLASS_WORDS[COVER_UNWATCHED]);
        return fail_at(f, "/class");
    }
    if (w->verify && w->hours.class != COVER_UNWATCHED) {
        fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "what is %s in hours cannot be verified",
                 COVER_CLASS_WORDS[w->class]);
        fail_allowed(f, "%s", COVER_CLASS_WORDS[COVER_UNWATCHED]);
        return fail_at(f, "/class");
    }
    if (!weeks_take(weeks, &w->hours, &book, f))
        return false;
    const bool ok = place_wish(r, book->terrain, w, &wish, f);

    if (ok) {
        gaps_book(book, &wish, r->arena, &out->gaps);
        out->terrain = terrain_hold_again(book->terrain);
        out->at_us = book->data_us;
        for (int32_t h = 0; h < book->hour_count; h++)
            out->known_s += weeks_known_s(book, h);
    }
    if (ok && w->verify) {
        out->whole = whole_of(&wish);
        gaps_book(book, &out->whole, r->arena, &out->list);
        time = book->time;
    }
    weeks_give(weeks);
    return ok && (!w->verify || verify_hours(weeks, &time, r->arena, &out->sources, f));
}

/* ------------------------------------------------------------------ the answer */

static void write_m(struct emit *e, const char *key, int64_t cm)
{
    emit_key_number(e, key, (double)cm / 100, 2);
}

static void write_cell(struct emit *e, const struct found *found, int32_t lot)
{
    const struct terrain_area *cell = gaps_cell(found->terrain, &found->sight, lot);

    emit_key(e, "grid_id");
    if (cell)
        emit_int(e, cell->id);
    else
        emit_null(e);
    emit_key_text(e, "grid_code", cell ? cell->code : NULL);
}

static void write_station(struct emit *e, const struct found *found, int32_t lot)
{
    const struct terrain_area *station = gaps_station(found->terrain, &found->sight, lot);

    emit_key(e, "station_id");
    if (station)
        emit_int(e, station->id);
    else
        emit_null(e);
    emit_key_text(e, "station", station ? station->name : NULL);
}

/* How long of the hours it was not covered; of now nothing is known of that. */
static void write_hours(struct emit *e, const struct gaps_one *gap)
{
    const double hours = (double)gap->gap_s / 3600;

    emit_key(e, "hours");
    if (gap->gap_s < 0)
        emit_null(e);
    else
        emit_number(e, hours, 4);
    emit_key(e, "metre_hours");
    if (gap->gap_s < 0)
        emit_null(e);
    else
        emit_number(e, hours * (double)(gap->to_cm - gap->from_cm) / 100, 2);
}

/* Who could take it, and what would close most of it for the least. */
static void write_remedy(struct emit *e, const struct remedies_one *one)
{
    emit_key(e, "nearest_squad");
    if (one && one->squad_id) {
        emit_object(e);
        emit_key_int(e, "squad_id", one->squad_id);
        emit_key_text(e, "name", one->squad_name);
        emit_key_int(e, "walk_s", one->walk_s);
        emit_end(e);
    } else {
        emit_null(e);
    }
    emit_key(e, "cheapest_fix");
    if (!one || one->kind == REMEDIES_NONE) {
        emit_null(e);
        return;
    }
    emit_object(e);
    emit_key_text(e, "kind", REMEDIES_KIND_WORDS[one->kind]);
    if (one->lookout_point_id)
        emit_key_int(e, "lookout_point_id", one->lookout_point_id);
    if (one->kind == REMEDIES_MOVE_BEAT)
        emit_key_int(e, "squad_id", one->squad_id);
    emit_key_int(e, "cost_min", one->cost_min);
    emit_key_number(e, "gain_metre_hours", one->gain_metre_hours, 2);
    emit_end(e);
}

static void write_gap(struct emit *e, const struct request *r, const struct found *found, int32_t i)
{
    const struct gaps_one *gap = &found->gaps.items[i];
    const struct terrain *t = found->terrain;
    const struct network *n = t->world->network;
    const struct plots_lot *lot = &t->plots->lots[gap->lot];

    emit_key_text(e, "gap_id",
                  arena_text(r->arena, "%lld-%u-%u", (long long)n->segment_id[gap->segment],
                             gap->from_cm, gap->to_cm));
    emit_key_int(e, "segment_id", n->segment_id[gap->segment]);
    emit_key_text(e, "street", network_name(n, gap->segment));
    emit_key_text(e, "street_class",
                  network_class_word((enum street_class)n->street_class[gap->segment]));
    write_cell(e, found, gap->lot);
    write_station(e, found, gap->lot);
    emit_key_int(e, "org_id", t->orgs[lot->org].id);
    write_m(e, "from_m", gap->from_cm);
    write_m(e, "to_m", gap->to_cm);
    write_m(e, "length_m", (int64_t)gap->to_cm - gap->from_cm);
    emit_key_text(e, "class", COVER_CLASS_WORDS[gap->class]);
    write_hours(e, gap);
    emit_key_number(e, "weight", (double)gap->weight / 100 / 1000, 3);
    write_remedy(e, found->remedies ? &found->remedies[i] : NULL);
}

static void write_totals(struct emit *e, const struct gap_wish *w, const struct gaps_found *gaps)
{
    emit_key(e, "totals");
    emit_object(e);
    emit_key_int(e, "count", gaps->all_count);
    write_m(e, "length_m", gaps->length_cm);
    emit_key_number(e, "weight", (double)gaps->weight / 100 / 1000, 3);
    if (!w->is_now)
        emit_key_number(e, "metre_hours", (double)gaps->cm_s / 100 / 3600, 2);
    for (enum cover_class class = 0; class < COVER_CLASS_COUNT && w->is_now; class ++) {
        char key[24];

        snprintf(key, sizeof key, "%s_m", COVER_CLASS_WORDS[class]);
        write_m(e, key, gaps->missing_cm[class]);
    }
    emit_end(e);
}

/* Of all that were looked at, those that may be told of. */
static int64_t lookouts_in_sight(const struct found *found)
{
    const struct verify_lookout *all = (const void *)found->sources.lookouts.bytes;
    const size_t count = found->sources.lookouts.size / sizeof *all;
    int64_t seen = 0;

    for (size_t i = 0; all && i < count; i++)
        seen += sight_covers(&found->sight, found->terrain->lookouts[all[i].place].org_id);
    return seen;
}

/* What GEOS says of the whole list. */
static void write_verified(struct emit *e, const struct gap_wish *w, const struct found *found)
{
    const struct network *n = found->terrain->world->network;
    const struct recount_found *v = &found->verified;

    emit_key(e, "verified");
    emit_object(e);
    emit_key_text(e, "by", GAP_WISH_VERIFY_WORDS[w->verify]);
    emit_key_int(e, "segments", v->street_count);
    emit_key_int(e, "lookout_points", lookouts_in_sight(found));
    emit_key_number(e, "list_m", v->list_m, 3);
    emit_key_number(e, "geos_m", v->geos_m, 3);
    emit_key_number(e, "difference_m", v->difference_m, 3);
    if (!w->is_now)
        emit_key_number(e, "difference_metre_hours", v->difference_mh, 3);
    emit_key(e, "worst");
    if (v->worst < 0) {
        emit_null(e);
    } else {
        emit_object(e);
        emit_key_int(e, "segment_id", n->segment_id[v->worst]);
        emit_key_text(e, "street", network_name(n, v->worst));
        emit_key_number(e, "difference_m", v->worst_m, 3);
        emit_end(e);
    }
    emit_end(e);
}

static void write_head(struct emit *e, const struct gap_wish *w, const struct found *found)
{
    char at[INSTANT_SIZE];

    emit_key_text(e, "frame", frame_word(w->frame));
    emit_key_text(e, "kind", WEEK_SOURCES_KIND_WORDS[w->hours.kind]);
    instant_write(found->at_us, at);
    emit_key_text(e, "data_at", at);
    if (w->is_now) {
        emit_key_text(e, "at", at);
        emit_key_int(e, "version", (int64_t)found->version);
    } else {
        instant_write(w->hours.from_s * 1000000, at);
        emit_key_text(e, "from", at);
        instant_write((w->hours.from_s + 3600LL * w->hours.hour_count) * 1000000, at);
        emit_key_text(e, "to", at);
        emit_key_number(e, "known_hours", (double)found->known_s / 3600, 4);
    }
    emit_key_int(e, "org_id", w->org_id);
    write_totals(e, w, &found->gaps);
    if (w->verify)
        write_verified(e, w, found);
}

static struct gap_file file_of(const struct gap_wish *w, const struct found *found)
{
    return (struct gap_file){ found->sight,    found->terrain, &found->gaps,
                              found->remedies, found->at_us,   w->frame };
}

static bool draw(const struct request *r, const struct gap_wish *w, const struct found *found,
                 struct figure *lines, struct fail *f)
{
    const struct gap_file file = file_of(w, found);

    for (int32_t i = 0; i < found->gaps.count; i++)
        if (!gap_file_line(&file, i, r->arena, &lines[i], f))
            return false;
    return true;
}

static void write_list(struct emit *e, const struct request *r, const struct gap_wish *w,
                       const struct found *found, const struct figure *lines, const char *next)
{
    const bool is_geojson = w->format == GAP_WISH_GEOJSON;

    emit_object(e);
    if (is_geojson)
        emit_key_text(e, "type", "FeatureCollection");
    write_head(e, w, found);
    emit_key(e, is_geojson ? "features" : "items");
    emit_array(e);
    for (int32_t i = 0; i < found->gaps.count; i++) {
        emit_object(e);
        if (is_geojson) {
            emit_key_text(e, "type", "Feature");
            emit_key(e, "properties");
            emit_object(e);
        }
        write_gap(e, r, found, i);
        if (is_geojson)
            emit_end(e);
        emit_key(e, "geometry");
        geojson_write(e, &lines[i]);
        emit_end(e);
    }
    emit_end(e);
    emit_key_text(e, "next", next);
    emit_end(e);
}

/* Where the list goes on; it is told by how many came before, so that it may repeat or leave
 * out what has changed its place meanwhile. */
static bool go_on(const struct request *r, const struct gap_wish *w, const struct found *found,
                  const char **next, struct fail *f)
{
    const int64_t offset = w->offset + found->gaps.count;
    struct db *db;

    *next = NULL;
    return !found->gaps.has_more || offset + w->limit > GAPS_DEPTH_MAX ||
           (request_db(r, &db, f) && cursor_make(db, w->list, offset, r->arena, next, f));
}

/* What is told from memory is told without them while the database is away. */
static void find_remedies(const struct request *r, struct found *found)
{
    const struct sight sight = request_sight(r);
    struct fail away;
    struct db *db;

    if (!request_db(r, &db, &away) ||
        !remedies_find(db, found->terrain, &sight, &found->gaps, r->worker->matrix_room, r->arena,
                       &found->remedies, &away))
        found->remedies = NULL;
}

static bool answer_json(const struct request *r, const struct gap_wish *w,
                        const struct found *found, const char *next, struct reply *out,
                        struct fail *f)
{
    struct figure *lines = arena_take(r->arena, (size_t)found->gaps.count + 1, sizeof *lines);

    if (!draw(r, w, found, lines, f))
        return false;
    write_list(reply_json_as(out, REPLY_OK, TYPES[w->format]), r, w, found, lines, next);
    return true;
}

static bool answer_file(const struct request *r, const struct gap_wish *w,
                        const struct found *found, const char *next, struct reply *out,
                        struct fail *f)
{
    const struct gap_file file = file_of(w, found);
    struct buf bytes = { 0 };
    const bool ok = w->format == GAP_WISH_CSV ? gap_file_csv(&file, &bytes, f)
                                              : gap_file_gpkg(&file, &bytes, f);

    if (ok) {
        buf_put(reply_bytes(out, REPLY_OK, TYPES[w->format]), bytes.bytes, bytes.size);
        reply_header(out, "Content-Disposition",
                     arena_text(r->arena, "attachment; filename=\"gaps.%s\"",
                                GAP_WISH_FORMAT_WORDS[w->format]));
        if (next)
            reply_header(out, "Vigil-Next", next);
    }
    buf_free(&bytes);
    return ok;
}

/* The list and its sources were taken on one terrain, or there is nothing to compare. */
static bool verify(const struct request *r, const struct gap_wish *w, struct found *found,
                   struct fail *f)
{
    struct db *db;

    if (!w->verify)
        return true;
    if (found->sources.terrain->laid != found->terrain->laid)
        return fail_set(f, FAIL_BUSY, COVERAGE_MOVED_ON,
                        "the streets that count have just become others; ask again");
    if (found->list.has_more) {
        fail_set(f, FAIL_INPUT, VALUE_OUT_OF_RANGE, "these are too many gaps to verify");
        fail_allowed(f, "at most %d", GAPS_DEPTH_MAX);
        return fail_at(f, "/verify");
    }
    return request_db(r, &db, f) &&
           verify_list(db, &found->sources, &found->whole, &found->list, &found->verified, f);
}

static bool answer(const struct request *r, const struct gap_wish *w, const struct found *found,
                   struct reply *out, struct fail *f)
{
    const char *next;

    return go_on(r, w, found, &next, f) &&
           (gap_wish_is_file(w) ? answer_file(r, w, found, next, out, f)
                                : answer_json(r, w, found, next, out, f));
}

bool on_gaps_list(const struct request *r, struct reply *out, struct fail *f)
{
    struct gap_wish wish;
    struct found found = { .sight = request_sight(r) };

    if (!gap_wish_read(r, &wish, f))
        return false;
    bool ok = wish.is_now ? find_now(r, &wish, &found, f) : find_hours(r, &wish, &found, f);

    ok = ok && verify(r, &wish, &found, f);
    if (ok) {
        find_remedies(r, &found);
        ok = answer(r, &wish, &found, out, f);
    }
    verify_end(&found.sources);
    terrain_drop(found.terrain);
    return ok;
}
