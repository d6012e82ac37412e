/* The streets that are not covered: now, or in hours that have been or are planned. */
#include <stdio.h>
#include <string.h>

#include "api/choice.h"
#include "api/gap_file.h"
#include "api/handlers.h"
#include "api/way.h"
#include "engine/clock.h"
#include "engine/cursor.h"
#include "engine/engine.h"
#include "engine/gaps.h"
#include "engine/remedies.h"
#include "geo/geojson.h"
#include "geo/instant.h"

enum { LIMIT_MAX = 1000, LIMIT_DEFAULT = 100, STREET_MAX = 200 };
enum { ALL_CLASSES = (1 << COVER_CLASS_COUNT) - 1 };
enum format { JSON, GEOJSON, CSV, GPKG, FORMATS };

static const int64_t ID_MAX = 9007199254740991;
static const int64_t HOUR_US = 3600 * INT64_C(1000000);
static const char *const FORMAT_WORDS[FORMATS] = { "json", "geojson", "csv", "gpkg" };
static const char *const TYPES[FORMATS] = { "application/json", "application/geo+json",
                                            "text/csv; charset=utf-8",
                                            "application/geopackage+sqlite3" };

struct wish {
    bool is_now;
    struct weeks_wish hours;             /* when it is not now */
    int32_t class;                       /* COVER_CLASS_COUNT: any */
    int64_t org_id, grid_id, station_id; /* the last two 0: any */
    const char *street;                  /* NULL: any */
    bool has_box;
    struct box box;
    int32_t sort, format;
    int64_t limit, offset;
    enum frame frame;
    const char *list;
};

/* What is told; its terrain is held. */
struct found {
    struct sight sight; /* whose it is told */
    const struct terrain *terrain;
    struct gaps_found gaps;
    int64_t at_us;
    uint64_t version;                    /* of now */
    const struct remedies_one *remedies; /* of each gap; NULL: the database is away */
};

/* ------------------------------------------------------------------ the wish */

static bool is_whole_hour(const struct request *r, const char *name, int64_t us, struct fail *f)
{
    if (us % HOUR_US == 0)
        return true;
    fail_set(f, FAIL_INPUT, TIME_MALFORMED, "%s must be at a whole hour", name);
    fail_allowed(f, "a moment like 2026-11-22T16:00:00Z");
    fail_at(f, arena_text(r->arena, "/%s", name));
    return fail_value(f, request_query(r, name));
}

/* at=, or from= and to=; neither is now. A moment is the hour that holds it. */
static bool read_time(const struct request *r, struct wish *w, struct fail *f)
{
    const char *at = request_query(r, "at");
    int64_t at_us = 0, from_us = -1, to_us = -1;
    int32_t kind = WEEK_SOURCES_ACTUAL;

    if (!choice_word(r, "kind", WEEK_SOURCES_KIND_WORDS, WEEK_SOURCES_KINDS, &kind, f) ||
        !choice_moment(r, "from", &from_us, f) || !choice_moment(r, "to", &to_us, f) ||
        (at && strcmp(at, "now") != 0 && !choice_moment(r, "at", &at_us, f)))
        return false;
    w->is_now = at_us == 0 && from_us < 0 && to_us < 0 && kind == WEEK_SOURCES_ACTUAL;
    if (from_us < 0) {
        from_us = at_us ? at_us : clock_wall_us();
        from_us -= from_us % HOUR_US;
        to_us = to_us < 0 ? from_us + HOUR_US : to_us;
    }
    to_us = to_us < 0 ? from_us + WEEKS_HOURS_MAX * HOUR_US : to_us;
    if (!is_whole_hour(r, "from", from_us, f) || !is_whole_hour(r, "to", to_us, f))
        return false;
    const int64_t hours = (to_us - from_us) / HOUR_US;

    if (hours < 1 || hours > WEEKS_HOURS_MAX) {
        fail_set(f, FAIL_INPUT, VALUE_OUT_OF_RANGE, "these are %lld hours", (long long)hours);
        fail_allowed(f, "1 to %d hours", WEEKS_HOURS_MAX);
        return fail_at(f, "/to");
    }
    w->hours =
        (struct weeks_wish){ (enum week_sources_kind)kind, from_us / 1000000, (int32_t)hours };
    return true;
}

static bool read_where(const struct request *r, struct wish *w, struct fail *f)
{
    const char *box = request_query(r, "bbox");

    w->street = request_query(r, "street");
    if (w->street && strlen(w->street) > STREET_MAX) {
        fail_set(f, FAIL_INPUT, VALUE_OUT_OF_RANGE, "the name of a street is too long");
        fail_allowed(f, "at most %d bytes", STREET_MAX);
        return fail_at(f, "/street");
    }
    w->has_box = box != NULL;
    return (!box || way_read_box(box, w->frame, &w->box, f)) &&
           request_query_int(r, "org", 1, ID_MAX, r->caller.org_id, &w->org_id, f) &&
           request_query_int(r, "grid_id", 1, ID_MAX, 0, &w->grid_id, f) &&
           request_query_int(r, "station_id", 1, ID_MAX, 0, &w->station_id, f);
}

/* With a row for each gap, all of them; else there are pages. */
static bool is_file(const struct wish *w)
{
    return w->format == CSV || w->format == GPKG;
}

static bool read_limit(const struct request *r, struct wish *w, struct fail *f)
{
    if (w->format == GPKG && w->frame != FRAME_WGS84) {
        fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "a GeoPackage is in WGS 84, not in %s",
                 frame_word(w->frame));
        fail_allowed(f, "%s", frame_word(FRAME_WGS84));
        return fail_at(f, "/frame");
    }
    return request_query_int(r, "limit", 1, w->format == JSON ? LIMIT_MAX : GAPS_FILE_MAX,
                             is_file(w) ? GAPS_FILE_MAX : LIMIT_DEFAULT, &w->limit, f);
}

static bool read_wish(const struct request *r, struct wish *w, struct fail *f)
{
    const char *cursor = request_query(r, "cursor");
    struct db *db;

    *w = (struct wish){ .class = COVER_CLASS_COUNT };
    if (!way_read_frame(request_query(r, "frame"), &w->frame, f) || !read_time(r, w, f) ||
        !read_where(r, w, f) ||
        !choice_word(r, "class", COVER_CLASS_WORDS, COVER_CLASS_COUNT, &w->class, f) ||
        !choice_word(r, "sort", GAPS_SORT_WORDS, GAPS_SORTS, &w->sort, f) ||
        !choice_word(r, "format", FORMAT_WORDS, FORMATS, &w->format, f) || !read_limit(r, w, f))
        return false;
    w->list =
        arena_text(r->arena, "%s?%d&%u&%lld&%d&%d&%d&%lld&%lld&%lld&%s&%s", r->path, (int)w->is_now,
                   w->hours.kind, (long long)w->hours.from_s, w->hours.hour_count, w->class,
                   w->sort, (long long)w->org_id, (long long)w->grid_id, (long long)w->station_id,
                   w->street ? w->street : "", w->has_box ? request_query(r, "bbox") : "");
    return !cursor ||
           (request_db(r, &db, f) && cursor_read(db, w->list, cursor, r->arena, &w->offset, f));
}

/* ------------------------------------------------------------------ what is found */

static bool missing(const struct request *r, const char *what, int64_t id, struct fail *f)
{
    fail_set(f, FAIL_MISSING, NOT_FOUND, "there is no %s %lld", what, (long long)id);
    return fail_value(f, arena_text(r->arena, "%lld", (long long)id));
}

/* Those of the organisation that is asked for and below it that the caller may see: all of
 * them, when she may see it. */
static bool place_wish(const struct request *r, const struct terrain *t, const struct wish *w,
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

static bool find_now(const struct request *r, const struct wish *w, struct found *out,
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
    coverage_read_end(c);
    return ok;
}

static bool find_hours(const struct request *r, const struct wish *w, struct found *out,
                       struct fail *f)
{
    struct weeks *weeks = engine_weeks(r->engine);
    const struct weeks_book *book;
    struct gaps_wish wish;

    if (w->class != COVER_CLASS_COUNT && w->class != COVER_UNWATCHED) {
        fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED,
                 "who could come is known of now alone, and so is the class %s",
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
    }
    weeks_give(weeks);
    return ok;
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

static void write_totals(struct emit *e, const struct wish *w, const struct gaps_found *gaps)
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

static void write_head(struct emit *e, const struct wish *w, const struct found *found)
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
    }
    emit_key_int(e, "org_id", w->org_id);
    write_totals(e, w, &found->gaps);
}

static struct gap_file file_of(const struct wish *w, const struct found *found)
{
    return (struct gap_file){ found->sight,    found->terrain, &found->gaps,
                              found->remedies, found->at_us,   w->frame };
}

static bool draw(const struct request *r, const struct wish *w, const struct found *found,
                 struct figure *lines, struct fail *f)
{
    const struct gap_file file = file_of(w, found);

    for (int32_t i = 0; i < found->gaps.count; i++)
        if (!gap_file_line(&file, i, r->arena, &lines[i], f))
            return false;
    return true;
}

static void write_list(struct emit *e, const struct request *r, const struct wish *w,
                       const struct found *found, const struct figure *lines, const char *next)
{
    const bool is_geojson = w->format == GEOJSON;

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
static bool go_on(const struct request *r, const struct wish *w, const struct found *found,
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

static bool answer_json(const struct request *r, const struct wish *w, const struct found *found,
                        const char *next, struct reply *out, struct fail *f)
{
    struct figure *lines = arena_take(r->arena, (size_t)found->gaps.count + 1, sizeof *lines);

    if (!draw(r, w, found, lines, f))
        return false;
    write_list(reply_json_as(out, REPLY_OK, TYPES[w->format]), r, w, found, lines, next);
    return true;
}

static bool answer_file(const struct request *r, const struct wish *w, const struct found *found,
                        const char *next, struct reply *out, struct fail *f)
{
    const struct gap_file file = file_of(w, found);
    struct buf bytes = { 0 };
    const bool ok =
        w->format == CSV ? gap_file_csv(&file, &bytes, f) : gap_file_gpkg(&file, &bytes, f);

    if (ok) {
        buf_put(reply_bytes(out, REPLY_OK, TYPES[w->format]), bytes.bytes, bytes.size);
        reply_header(
            out, "Content-Disposition",
            arena_text(r->arena, "attachment; filename=\"gaps.%s\"", FORMAT_WORDS[w->format]));
        if (next)
            reply_header(out, "Vigil-Next", next);
    }
    buf_free(&bytes);
    return ok;
}

bool on_gaps_list(const struct request *r, struct reply *out, struct fail *f)
{
    struct wish wish;
    struct found found = { .sight = request_sight(r) };
    const char *next;

    if (!read_wish(r, &wish, f) ||
        !(wish.is_now ? find_now(r, &wish, &found, f) : find_hours(r, &wish, &found, f)))
        return false;
    find_remedies(r, &found);
    const bool ok = go_on(r, &wish, &found, &next, f) &&
                    (is_file(&wish) ? answer_file(r, &wish, &found, next, out, f)
                                    : answer_json(r, &wish, &found, next, out, f));

    terrain_drop(found.terrain);
    return ok;
}
