#include "api/gap_wish.h"

#include <string.h>

#include "api/choice.h"
#include "api/way.h"
#include "engine/clock.h"
#include "engine/cursor.h"

enum { LIMIT_MAX = 1000, LIMIT_DEFAULT = 100, STREET_MAX = 200 };

static const int64_t ID_MAX = 9007199254740991;
static const int64_t HOUR_US = 3600 * INT64_C(1000000);

const char *const GAP_WISH_FORMAT_WORDS[] = { "json", "geojson", "csv", "gpkg" };
const char *const GAP_WISH_VERIFY_WORDS[] = { "none", "geos" };

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
static bool read_time(const struct request *r, struct gap_wish *w, struct fail *f)
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
    w->hours = (struct weeks_wish){ (enum week_sources_kind)kind, from_us / 1000000, (int32_t)hours,
                                    COVER_UNWATCHED };
    return true;
}

static bool read_where(const struct request *r, struct gap_wish *w, struct fail *f)
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

bool gap_wish_is_file(const struct gap_wish *w)
{
    return w->format == GAP_WISH_CSV || w->format == GAP_WISH_GPKG;
}

static bool read_limit(const struct request *r, struct gap_wish *w, struct fail *f)
{
    if (w->format == GAP_WISH_GPKG && w->frame != FRAME_WGS84) {
        fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "a GeoPackage is in WGS 84, not in %s",
                 frame_word(w->frame));
        fail_allowed(f, "%s", frame_word(FRAME_WGS84));
        return fail_at(f, "/frame");
    }
    return request_query_int(r, "limit", 1, w->format == GAP_WISH_JSON ? LIMIT_MAX : GAPS_FILE_MAX,
                             gap_wish_is_file(w) ? GAPS_FILE_MAX : LIMIT_DEFAULT, &w->limit, f);
}

/* A list of a box has what has its middle there, which says nothing about its ends. */
static bool read_verify(const struct request *r, struct gap_wish *w, struct fail *f)
{
    if (!choice_word(r, "verify", GAP_WISH_VERIFY_WORDS, 2, &w->verify, f))
        return false;
    if (w->verify && gap_wish_is_file(w)) {
        fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "a file has no place for what verifying says");
        fail_allowed(f, "%s, %s", GAP_WISH_FORMAT_WORDS[GAP_WISH_JSON],
                     GAP_WISH_FORMAT_WORDS[GAP_WISH_GEOJSON]);
        return fail_at(f, "/format");
    }
    if (!w->verify || !w->has_box)
        return true;
    fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "the gaps of a box cannot be verified");
    fail_allowed(f, "org, grid_id, station_id, street and class");
    return fail_at(f, "/bbox");
}

bool gap_wish_read(const struct request *r, struct gap_wish *w, struct fail *f)
{
    const char *cursor = request_query(r, "cursor");
    struct db *db;

    *w = (struct gap_wish){ .class = COVER_CLASS_COUNT };
    if (!way_read_frame(request_query(r, "frame"), &w->frame, f) || !read_time(r, w, f) ||
        !read_where(r, w, f) ||
        !choice_word(r, "class", COVER_CLASS_WORDS, COVER_CLASS_COUNT, &w->class, f) ||
        !choice_word(r, "sort", GAPS_SORT_WORDS, GAPS_SORTS, &w->sort, f) ||
        !choice_word(r, "format", GAP_WISH_FORMAT_WORDS, GAP_WISH_FORMATS, &w->format, f) ||
        !read_limit(r, w, f) || !read_verify(r, w, f))
        return false;
    if (w->class != COVER_CLASS_COUNT)
        w->hours.class = (enum cover_class)w->class;
    w->list =
        arena_text(r->arena, "%s?%d&%u&%lld&%d&%d&%d&%lld&%lld&%lld&%s&%s", r->path, (int)w->is_now,
                   w->hours.kind, (long long)w->hours.from_s, w->hours.hour_count, w->class,
                   w->sort, (long long)w->org_id, (long long)w->grid_id, (long long)w->station_id,
                   w->street ? w->street : "", w->has_box ? request_query(r, "bbox") : "");
    return !cursor ||
           (request_db(r, &db, f) && cursor_read(db, w->list, cursor, r->arena, &w->offset, f));
}
