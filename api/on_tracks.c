/* Where people were, told for a purpose that is recorded before anything is shown. */
#include <string.h>

#include "api/handlers.h"
#include "api/match_json.h"
#include "api/way.h"
#include "engine/audit.h"
#include "engine/clock.h"
#include "engine/config.h"
#include "engine/engine.h"
#include "engine/tracks.h"
#include "geo/geojson.h"
#include "geo/instant.h"

static const char GEOJSON[] = "application/geo+json";
static const int64_t SECOND_US = 1000000, HOUR_US = INT64_C(3600000000);
static const int64_t GAP_US = INT64_C(300000000); /* a longer one breaks the line */

static const struct {
    uint32_t flag;
    const char *word;
} FLAGS[] = {
    { LIVE_JUMP, "jump" },         { LIVE_FRAME, "frame" },           { LIVE_CLOCK_SKEW, "clock" },
    { LIVE_OFF_LINE, "off_line" }, { LIVE_NODE_LOCAL, "node_local" },
};
enum { FLAG_COUNT = sizeof FLAGS / sizeof *FLAGS };

/* ------------------------------------------------------------------ reading */

static bool read_purpose(const struct request *r, const char **out, struct fail *f)
{
    *out = request_query(r, "purpose");
    if (*out && **out && strlen(*out) <= AUDIT_PURPOSE_MAX)
        return true;
    if (*out && **out)
        fail_set(f, FAIL_INPUT, VALUE_TOO_LONG, "a purpose must have 1 to %d bytes, not %zu",
                 AUDIT_PURPOSE_MAX, strlen(*out));
    else if (*out)
        fail_set(f, FAIL_INPUT, VALUE_EMPTY, "a purpose must not be empty");
    else
        fail_set(f, FAIL_INPUT, KEY_MISSING, "a track is shown for a purpose, which is missing");
    fail_allowed(f, "purpose=why, 1 to %d bytes", AUDIT_PURPOSE_MAX);
    return fail_at(f, "/purpose");
}

static bool read_moment(const struct request *r, const char *name, int64_t *out_us, struct fail *f)
{
    const char *text = request_query(r, name);

    if (!text || instant_read(text, strlen(text), out_us))
        return true;
    fail_set(f, FAIL_INPUT, TIME_MALFORMED, "%s is no moment: %.40s", name, text);
    fail_allowed(f, "RFC 3339, such as 2026-11-22T15:15:00+08:00");
    fail_at(f, arena_text(r->arena, "/%s", name));
    return fail_value(f, text);
}

/* The last hour, unless it is said; nothing older than what is kept, to the moment, though
 * it may be there until its hour is over. */
static bool read_time(const struct request *r, int64_t now_us, struct tracks_track *t,
                      struct fail *f)
{
    const int64_t keep_h = config_int(engine_config(r->engine), CONFIG_RETENTION_POSITIONS_H);
    const int64_t oldest_us = now_us - keep_h * HOUR_US;

    t->until_us = now_us;
    if (!read_moment(r, "until", &t->until_us, f))
        return false;
    t->from_us = t->until_us > HOUR_US ? t->until_us - HOUR_US : 0;
    if (!read_moment(r, "from", &t->from_us, f))
        return false;
    if (t->from_us >= t->until_us || t->until_us - t->from_us > TRACKS_SPAN_MAX_S * SECOND_US) {
        fail_set(f, FAIL_INPUT, VALUE_OUT_OF_RANGE, "a track of %lld s cannot be shown",
                 (long long)((t->until_us - t->from_us) / SECOND_US));
        fail_allowed(f, "from before until, at most %d s", TRACKS_SPAN_MAX_S);
        return fail_at(f, "/from");
    }
    t->from_us = t->from_us > oldest_us ? t->from_us : oldest_us;
    t->until_us = t->until_us > t->from_us ? t->until_us : t->from_us;
    return true;
}

static int32_t fixes_in(const struct tracks_track *tracks, int32_t count)
{
    int32_t all = 0;

    for (int32_t i = 0; i < count; i++)
        all += tracks[i].count;
    return all;
}

static bool record(const struct request *r, struct db *db, const char *subject, int64_t org_id,
                   const char *purpose, const char *detail, struct fail *f)
{
    const struct audit_entry entry = {
        .token_id = r->caller.token_id,
        .person_id = r->caller.person_id,
        .org_id = org_id,
        .action = "track_read",
        .subject = subject,
        .purpose = purpose,
        .request_id = r->id,
        .detail = detail,
    };

    return audit_add(db, &entry, f) && db_commit(db, f);
}

/* ------------------------------------------------------------------ writing */

/* All places in the frame of the answer, before anything is written. */
static bool turn(const struct tracks_track *t, enum frame frame, struct arena *a,
                 const struct point **out, struct fail *f)
{
    struct point *points = arena_take(a, (size_t)t->count + 1, sizeof *points);

    for (int32_t i = 0; i < t->count; i++)
        if (!frame_from_wgs84(frame, point_from_e7(t->fixes[i].at), &points[i], f))
            return false;
    *out = points;
    return true;
}

static void write_times(struct emit *e, const struct track_fix *fixes, int32_t count)
{
    char text[INSTANT_SIZE];

    emit_key(e, "times");
    emit_array(e);
    for (int32_t i = 0; i < count; i++) {
        instant_write(fixes[i].fix_us, text);
        emit_text(e, text);
    }
    emit_end(e);
}

/* -1 stands for what is not known. */
static void write_known(struct emit *e, int32_t value, double unit, int decimals)
{
    if (value < 0)
        emit_null(e);
    else
        emit_number(e, value / unit, decimals);
}

static void write_flags(struct emit *e, uint32_t flags)
{
    emit_array(e);
    for (int i = 0; i < FLAG_COUNT; i++)
        if (flags & FLAGS[i].flag)
            emit_text(e, FLAGS[i].word);
    emit_end(e);
}

static void write_measures(struct emit *e, const struct track_fix *fixes, int32_t count)
{
    emit_key(e, "accuracy_m");
    emit_array(e);
    for (int32_t i = 0; i < count; i++)
        write_known(e, fixes[i].accuracy_dm, 10, 1);
    emit_end(e);
    emit_key(e, "speed_mps");
    emit_array(e);
    for (int32_t i = 0; i < count; i++)
        write_known(e, fixes[i].speed_cms, 100, 2);
    emit_end(e);
    emit_key(e, "flags");
    emit_array(e);
    for (int32_t i = 0; i < count; i++)
        write_flags(e, fixes[i].flags);
    emit_end(e);
}

static void write_piece(struct emit *e, const struct tracks_track *t, const struct point *points,
                        int32_t first, int32_t count)
{
    emit_object(e);
    emit_key_text(e, "type", "Feature");
    geojson_write_path(e, &points[first], count);
    emit_key(e, "properties");
    emit_object(e);
    emit_key_int(e, "person_id", t->person_id);
    emit_key_text(e, "name", t->name);
    if (t->dispatch_id)
        emit_key_int(e, "dispatch_id", t->dispatch_id);
    emit_key_bool(e, "coarse", t->coarse);
    write_times(e, &t->fixes[first], count);
    write_measures(e, &t->fixes[first], count);
    emit_end(e);
    emit_end(e);
}

static void write_pieces(struct emit *e, const struct tracks_track *t, const struct point *points)
{
    for (int32_t first = 0, i = 1; i <= t->count; i++) {
        if (i < t->count && t->fixes[i].fix_us - t->fixes[i - 1].fix_us <= GAP_US)
            continue;
        write_piece(e, t, points, first, i - first);
        first = i;
    }
}

static void write_tracks(const struct tracks_track *tracks, const struct point *const *points,
                         int32_t count, enum frame frame, struct reply *out)
{
    struct emit *e = reply_json_as(out, REPLY_OK, GEOJSON);

    emit_object(e);
    emit_key_text(e, "type", "FeatureCollection");
    emit_key_text(e, "frame", frame_word(frame));
    emit_key(e, "features");
    emit_array(e);
    for (int32_t i = 0; i < count; i++)
        write_pieces(e, &tracks[i], points[i]);
    emit_end(e);
    emit_end(e);
    reply_header(out, "Cache-Control", "no-store");
}

/* ------------------------------------------------------------------ the endpoints */

static const char *moment(int64_t us, struct arena *a)
{
    char text[INSTANT_SIZE];

    instant_write(us, text);
    return arena_text(a, "%s", text);
}

static bool open_room(const struct request *r, struct tracks_room *out, struct fail *f)
{
    *out = (struct tracks_room){ .trail = engine_trail(r->engine),
                                 .arena = r->arena,
                                 .now_us = clock_wall_us() };
    return request_db(r, &out->db, f);
}

/* A person's track, recorded with its purpose before anything of it is told. */
static bool take_track(const struct request *r, const struct tracks_room *room, const char *purpose,
                       struct tracks_track *t, struct fail *f)
{
    struct arena *a = r->arena;
    int64_t org_id;

    if (!db_begin(room->db, f))
        return false;
    if (tracks_of_person(room, t, &org_id, f) &&
        record(r, room->db, arena_text(a, "person %lld", (long long)t->person_id), org_id, purpose,
               arena_text(a, "{\"from\":\"%s\",\"until\":\"%s\",\"positions\":%d}",
                          moment(t->from_us, a), moment(t->until_us, a), t->count),
               f))
        return true;
    db_rollback(room->db);
    return false;
}

bool on_tracks_person(const struct request *r, struct reply *out, struct fail *f)
{
    struct tracks_track t = { 0 };
    struct tracks_room room;
    const struct point *points;
    const char *purpose;
    enum frame frame;

    if (!request_param_id(r, "person_id", &t.person_id, f) || !read_purpose(r, &purpose, f) ||
        !way_read_frame(request_query(r, "frame"), &frame, f) || !open_room(r, &room, f) ||
        !read_time(r, room.now_us, &t, f) || !take_track(r, &room, purpose, &t, f) ||
        !turn(&t, frame, r->arena, &points, f))
        return false;
    write_tracks(&t, &points, 1, frame, out);
    return true;
}

/* The streets say no less of where she was than the positions do. */
bool on_tracks_matched(const struct request *r, struct reply *out, struct fail *f)
{
    struct tracks_track t = { 0 };
    struct tracks_room room;
    struct matches found;
    const char *purpose;
    enum frame frame;
    enum mode mode;

    if (!request_param_id(r, "person_id", &t.person_id, f) || !read_purpose(r, &purpose, f) ||
        !way_read_frame(request_query(r, "frame"), &frame, f) ||
        !match_json_mode(request_query(r, "by"), &mode, f) || !open_room(r, &room, f) ||
        !read_time(r, room.now_us, &t, f))
        return false;
    const struct world *w = engine_hold_city(r->engine, f);
    bool is_told = w && take_track(r, &room, purpose, &t, f);

    if (is_told) {
        const struct match_streets streets = matches_streets(w, mode);

        matches_find(&streets, matches_fixes(t.fixes, t.count, r->arena), t.count,
                     r->worker->hop_room, r->arena, &found);
        is_told = match_json_write(r, &found, mode, frame, out, f);
    }
    world_drop(w);
    if (is_told)
        reply_header(out, "Cache-Control", "no-store");
    return is_told;
}

bool on_tracks_incident(const struct request *r, struct reply *out, struct fail *f)
{
    struct tracks_track *tracks;
    struct tracks_room room;
    const struct point **points;
    const char *purpose;
    enum frame frame;
    int64_t incident_id, org_id;
    int32_t count;
    bool good;

    if (!request_param_id(r, "incident_id", &incident_id, f) || !read_purpose(r, &purpose, f) ||
        !way_read_frame(request_query(r, "frame"), &frame, f) || !open_room(r, &room, f) ||
        !db_begin(room.db, f))
        return false;
    good = tracks_of_incident(&room, incident_id, &tracks, &count, &org_id, f);
    points = arena_take(r->arena, good ? (size_t)count + 1 : 1, sizeof *points);
    for (int32_t i = 0; good && i < count; i++)
        good = turn(&tracks[i], frame, r->arena, &points[i], f);
    if (good && record(r, room.db, arena_text(r->arena, "incident %lld", (long long)incident_id),
                       org_id, purpose,
                       arena_text(r->arena, "{\"people\":%d,\"positions\":%d}", count,
                                  fixes_in(tracks, count)),
                       f)) {
        write_tracks(tracks, points, count, frame, out);
        return true;
    }
    db_rollback(room.db);
    return false;
}
