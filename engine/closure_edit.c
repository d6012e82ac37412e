#include "engine/closure_edit.h"

#include "engine/rota.h"
#include "geo/base/buf.h"
#include "geo/instant.h"
#include "geo/road/snap.h"
#include "geo/road/stretch.h"
#include "geo/wkb.h"

const char *const CLOSURE_EDIT_DIRECTION_WORDS[CLOSURE_EDIT_DIRECTIONS] = { "both", "forward",
                                                                            "backward" };

/* ------------------------------------------------------------------ between two places */

/* Whoever may use it: of the streets that each mode may, the nearest. */
static bool snap_any(const struct world *w, struct point p, struct spot *out, struct fail *f)
{
    struct fail why = { 0 };
    double off_m = 2.0 * SNAP_REACH_M;
    bool is_found = false;

    for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
        struct snap snap;

        if (!snap_to(w->streets, mode, p, &snap, &why) || snap.off_m >= off_m)
            continue;
        off_m = snap.off_m;
        *out = snap.spot;
        is_found = true;
    }
    if (!is_found)
        *f = why;
    return is_found;
}

/* Of an edge that is passed forwards. */
static int64_t side_of(enum closure_edit_direction direction, int32_t edge)
{
    const int64_t along = edge & 1 ? 2 : 1;

    return direction == CLOSURE_EDIT_BOTH      ? 3
           : direction == CLOSURE_EDIT_FORWARD ? along
                                               : 3 - along;
}

bool closure_edit_between(struct closure_edit *e, const struct world *w, struct point from,
                          struct point to, struct arena *a, struct fail *f)
{
    struct spot ends[2];
    const int32_t *edges;

    if (!snap_any(w, from, &ends[0], f))
        return fail_at(f, "/between/0");
    if (!snap_any(w, to, &ends[1], f))
        return fail_at(f, "/between/1");
    const int32_t count = stretch_find(w->network, ends[0], ends[1], a, &edges, f);

    if (count < 0) {
        fail_allowed(f, "two places that streets join");
        fail_value(f,
                   arena_text(a, "%.7f, %.7f to %.7f, %.7f", from.lon, from.lat, to.lon, to.lat));
        return fail_at(f, "/between");
    }
    int64_t *ids = arena_take(a, (size_t)count, sizeof *ids);
    int64_t *sides = arena_take(a, (size_t)count, sizeof *sides);

    for (int32_t i = 0; i < count; i++) {
        ids[i] = w->network->segment_id[edges[i] >> 1];
        sides[i] = side_of(e->direction, edges[i]);
    }
    e->segment_ids = ids;
    e->sides = sides;
    e->segment_count = count;
    return true;
}

/* ------------------------------------------------------------------ making */

static struct db_value number_or_null(int64_t value)
{
    return value ? db_int(value) : db_null();
}

static bool fail_ends(const struct closure_edit *e, struct fail *f)
{
    char moment[INSTANT_SIZE];

    instant_write(e->ends_us, moment);
    fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED,
             "a closure must end later than now and its start, not at %s", moment);
    fail_allowed(f, "a later moment, or none: until it is lifted");
    fail_at(f, "/ends_at");
    return fail_value(f, moment);
}

static bool stands(struct db *db, const struct closure_edit *e, struct arena *a, struct fail *f)
{
    const struct db_value values[] = { db_int(e->org_id), number_or_null(e->ends_us) };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_CLOSURE_STANDS, values, 2, a, &rows, f))
        return false;
    if (!db_get_bool(rows, 0, 0)) {
        fail_set(f, FAIL_INPUT, REFERENCE_UNKNOWN, "there is no organisation %lld here",
                 (long long)e->org_id);
        fail_allowed(f, "an open one in your scope");
        fail_at(f, "/org_id");
        return fail_value(f, arena_text(a, "%lld", (long long)e->org_id));
    }
    if (!db_get_bool(rows, 0, 1) || (e->ends_us && e->ends_us <= e->starts_us))
        return fail_ends(e, f);
    if (db_get_int(rows, 0, 2) < CLOSURE_EDIT_OPEN_MAX &&
        db_get_int(rows, 0, 3) < CLOSURE_EDIT_CITY_STREETS_MAX)
        return true;
    fail_set(f, FAIL_CONFLICT, CLOSURES_TOO_MANY,
             "the city has %lld closures of %lld streets; lift some first",
             (long long)db_get_int(rows, 0, 2), (long long)db_get_int(rows, 0, 3));
    return fail_allowed(f, "at most %d closures and %d streets", CLOSURE_EDIT_OPEN_MAX,
                        CLOSURE_EDIT_CITY_STREETS_MAX);
}

static bool fail_streets(struct fail *f, int64_t count, struct arena *a)
{
    fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "%lld streets lie in the area", (long long)count);
    fail_allowed(f, "an area of 1 to %d streets", CLOSURE_EDIT_STREETS_MAX);
    fail_at(f, "/area");
    return fail_value(f, arena_text(a, "%lld streets", (long long)count));
}

static bool add_area(struct db *db, const struct closure_edit *e, struct arena *a, struct fail *f)
{
    const struct db_value id = db_int(e->closure_id);
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_CLOSURE_PART_AREA, &id, 1, a, &rows, f))
        return false;
    const int64_t count = db_get_int(rows, 0, 0);

    return (count > 0 && count <= CLOSURE_EDIT_STREETS_MAX) || fail_streets(f, count, a);
}

static bool fail_unknown(struct fail *f, const char *pointer, const char *what, int64_t id,
                         struct arena *a)
{
    fail_set(f, FAIL_INPUT, REFERENCE_UNKNOWN, "the map of now has no %s %lld", what,
             (long long)id);
    fail_allowed(f, "%ss of the map of now, as /v1/route and the streets' tiles name them", what);
    fail_at(f, pointer);
    return fail_value(f, arena_text(a, "%lld", (long long)id));
}

static bool add_way(struct db *db, const struct closure_edit *e, struct arena *a, struct fail *f)
{
    const struct db_value values[] = { db_int(e->closure_id), db_int(e->org_id), db_int(e->way_id),
                                       db_int(side_of(e->direction, 0)) };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_CLOSURE_PART_WAY, values, 4, a, &rows, f))
        return false;
    return db_changed(rows) > 0 || fail_unknown(f, "/way_id", "street of the way", e->way_id, a);
}

static bool fail_segment(struct db *db, const struct closure_edit *e, struct arena *a,
                         struct fail *f)
{
    const struct db_value value = db_ints(e->segment_ids, (size_t)e->segment_count);
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_BEAT_MISSING, &value, 1, a, &rows, f))
        return false;
    if (db_count(rows) == 0)
        return fail_set(f, FAIL_BUSY, DATABASE_CONTENDED, "the map was changed meanwhile");
    return fail_unknown(f,
                        arena_text(a, "/segment_ids/%lld", (long long)db_get_int(rows, 0, 1) - 1),
                        "street segment", db_get_int(rows, 0, 0), a);
}

static bool add_segments(struct db *db, const struct closure_edit *e, struct arena *a,
                         struct fail *f)
{
    const size_t count = (size_t)e->segment_count;
    int64_t *sides = arena_take(a, count, sizeof *sides);
    const struct db_value values[] = { db_int(e->closure_id), db_int(e->org_id),
                                       db_ints(e->segment_ids, count), db_ints(sides, count) };
    const struct db_rows *rows;

    for (int32_t i = 0; i < e->segment_count; i++)
        sides[i] = e->sides ? e->sides[i] : side_of(e->direction, 0);
    if (!db_run(db, QUERIES_CLOSURE_PART_SEGMENTS, values, 4, a, &rows, f))
        return false;
    return db_changed(rows) == e->segment_count || fail_segment(db, e, a, f);
}

static bool add_row(struct db *db, const struct closure_edit *e, struct arena *a, struct fail *f)
{
    struct buf shape = { 0 };

    if (e->area) {
        const struct figure areas = figure_as_multi(e->area);

        wkb_write(&shape, &areas);
    }
    const struct db_value values[] = {
        db_int(e->closure_id),
        db_int(e->org_id),
        db_text(e->reason),
        db_int(e->modes),
        db_text(CLOSURE_EDIT_DIRECTION_WORDS[e->direction]),
        number_or_null(e->factor),
        number_or_null(e->speed_mh),
        number_or_null(e->starts_us),
        number_or_null(e->ends_us),
        e->area ? db_bytes(shape.bytes, shape.size) : db_null(),
    };
    const bool is_added = db_run(db, QUERIES_CLOSURE_ADD, values, 10, a, NULL, f);

    buf_free(&shape);
    return is_added;
}

bool closure_edit_add(struct db *db, const struct closure_edit *e, struct arena *a, struct fail *f)
{
    if (!stands(db, e, a, f) || !add_row(db, e, a, f))
        return false;
    if (e->area)
        return add_area(db, e, a, f);
    return e->way_id ? add_way(db, e, a, f) : add_segments(db, e, a, f);
}

/* ------------------------------------------------------------------ changing */

bool closure_edit_get(struct db *db, int64_t closure_id, struct arena *a, struct closure_edit *out,
                      struct fail *f)
{
    const struct db_value id = db_int(closure_id);
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_CLOSURE_GET, &id, 1, a, &rows, f))
        return false;
    if (db_count(rows) == 0)
        return rota_missing(ROTA_CLOSURES, closure_id, a, f);
    *out = (struct closure_edit){
        .closure_id = closure_id,
        .version = db_get_int(rows, 0, 0),
        .org_id = db_get_int(rows, 0, 1),
        .reason = db_get_text(rows, 0, 2),
        .starts_us = db_get_int(rows, 0, 3),
        .ends_us = db_get_int(rows, 0, 4),
    };
    return true;
}

bool closure_edit_change(struct db *db, const struct closure_edit *e, struct arena *a,
                         struct fail *f)
{
    const struct db_value values[] = { db_int(e->closure_id), db_int(e->version),
                                       db_text(e->reason), db_int(e->starts_us),
                                       number_or_null(e->ends_us) };
    const struct db_rows *rows;

    if (e->ends_us && e->ends_us <= e->starts_us)
        return fail_ends(e, f);
    if (!db_run(db, QUERIES_CLOSURE_CHANGE, values, 5, a, &rows, f))
        return false;
    if (db_changed(rows) > 0)
        return true;
    fail_set(f, FAIL_CONFLICT, VERSION_STALE, "closure %lld is not at version %lld any more",
             (long long)e->closure_id, (long long)e->version);
    return fail_value(f, arena_text(a, "%lld", (long long)e->version));
}

bool closure_edit_lift(struct db *db, struct closure_edit *e, struct arena *a, struct fail *f)
{
    const struct db_value id = db_int(e->closure_id);
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_CLOSURE_LIFT, &id, 1, a, &rows, f))
        return false;
    if (db_count(rows) > 0) {
        e->org_id = db_get_int(rows, 0, 0);
        e->reason = db_get_text(rows, 0, 1);
    }
    return true;
}
