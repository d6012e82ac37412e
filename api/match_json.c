#include "api/match_json.h"

#include <math.h>
#include <string.h>

#include "api/request.h"
#include "api/way.h"
#include "geo/fixes.h"
#include "geo/geojson.h"
#include "geo/instant.h"

static const char GEOJSON[] = "application/geo+json";

enum { TIME_MAX = 40 }; /* bytes */

/* ------------------------------------------------------------------ reading */

static bool read_time(const struct input *v, int64_t *out_us, struct fail *f)
{
    const char *text;

    if (!input_text(v, TIME_MAX, &text, f))
        return false;
    if (instant_read(text, strlen(text), out_us))
        return true;
    fail_set(f, FAIL_INPUT, TIME_MALFORMED, "fix_time is no moment: %.40s", text);
    fail_allowed(f, "RFC 3339, such as 2026-11-22T15:15:00+08:00");
    fail_value(f, text);
    return input_blame(v, f);
}

static bool read_fix(const struct input *v, struct match_fix *out, struct fail *f)
{
    struct input_key keys[] = { { "lon", true, NULL },
                                { "lat", true, NULL },
                                { "frame", true, NULL },
                                { "fix_time", true, NULL },
                                { "accuracy_m", false, NULL } };
    struct point p;
    enum frame frame;

    out->accuracy_m = 0;
    if (!input_keys(v, keys, 5, f) || !input_number(keys[0].value, -180, 180, &p.lon, f) ||
        !input_number(keys[1].value, -90, 90, &p.lat, f) ||
        !frame_read_word(keys[2].value, &frame, f) || !read_time(keys[3].value, &out->at_us, f) ||
        (keys[4].value &&
         !input_number(keys[4].value, 0, FIXES_ACCURACY_MAX_M, &out->accuracy_m, f)))
        return false;
    return frame_to_wgs84(frame, p, &out->at, f) || input_blame(v, f);
}

bool match_json_read(const struct input *v, struct arena *a, const struct match_fix **out,
                     int32_t *count, struct fail *f)
{
    if (!input_array(v, 1, MATCHES_FIX_MAX, count, f))
        return false;
    struct match_fix *fixes = arena_take(a, (size_t)*count, sizeof *fixes);

    for (int32_t i = 0; i < *count; i++)
        if (!read_fix(input_item(v, i), &fixes[i], f))
            return false;
    *out = fixes;
    return true;
}

bool match_json_mode(const char *word, enum mode *out, struct fail *f)
{
    if (!word) {
        *out = MODE_FOOT;
        return true;
    }
    for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
        if (strcmp(word, network_mode_word(mode)) == 0) {
            *out = mode;
            return true;
        }
    }
    fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "there is no mode \"%.40s\"", word);
    fail_allowed(f, "foot, ebike, car");
    fail_at(f, "/by");
    return fail_value(f, word);
}

/* ------------------------------------------------------------------ writing */

static void write_time(struct emit *e, const char *key, int64_t us)
{
    char text[INSTANT_SIZE];

    instant_write(us, text);
    emit_key_text(e, key, text);
}

static void write_piece(struct emit *e, const struct network *n, const struct match_piece *p)
{
    emit_object(e);
    emit_key_int(e, "segment_id", n->segment_id[p->edge >> 1]);
    emit_key_text(e, "direction", p->edge & 1 ? "backward" : "forward");
    emit_key_text(e, "name", network_name(n, p->edge >> 1));
    emit_key_number(e, "from_m", p->from_cm / 100.0, 2);
    emit_key_number(e, "to_m", p->to_cm / 100.0, 2);
    write_time(e, "from", p->from_us);
    write_time(e, "until", p->to_us);
    emit_key_number(e, "confidence", p->confidence, 3);
    emit_end(e);
}

static void write_run(struct emit *e, const struct matches *m, int32_t run,
                      const struct point *points)
{
    const struct matches_run *r = &m->runs[run];

    emit_object(e);
    emit_key_text(e, "type", "Feature");
    geojson_write_path(e, points, r->point_count);
    emit_key(e, "properties");
    emit_object(e);
    emit_key_int(e, "run", run);
    write_time(e, "from", r->from_us);
    write_time(e, "until", r->to_us);
    emit_key_number(e, "length_m", (double)r->length_cm / 100.0, 2);
    emit_key(e, "pieces");
    emit_array(e);
    for (int32_t i = 0; i < r->piece_count; i++)
        write_piece(e, m->network, &m->pieces[r->first_piece + i]);
    emit_end(e);
    emit_end(e);
    emit_end(e);
}

static void write_fix(struct emit *e, const struct network *n, const struct match_place *p,
                      struct point at)
{
    emit_object(e);
    write_time(e, "fix_time", p->at_us);
    emit_key_text(e, "verdict", match_word(p->verdict));
    if (p->spot.segment >= 0) {
        emit_key_int(e, "run", p->run);
        emit_key_int(e, "segment_id", n->segment_id[p->spot.segment]);
        emit_key_text(e, "direction", p->edge & 1 ? "backward" : "forward");
        emit_key_number(e, "along_m", p->spot.along_cm / 100.0, 2);
        emit_key_number(e, "off_m", p->off_m, 1);
        emit_key_number(e, "confidence", p->confidence, 3);
        emit_key_number(e, "lon", at.lon, 7);
        emit_key_number(e, "lat", at.lat, 7);
    }
    emit_end(e);
}

/* All places in the frame of the answer, before anything is written. */
struct turned {
    const struct point **runs;
    struct point *places;
};

static bool turn_all(const struct matches *m, enum frame frame, struct arena *a, struct turned *out,
                     struct fail *f)
{
    out->runs = arena_take(a, (size_t)m->run_count + 1, sizeof *out->runs);
    out->places = arena_take(a, (size_t)m->place_count + 1, sizeof *out->places);
    for (int32_t i = 0; i < m->run_count; i++) {
        const struct matches_run *run = &m->runs[i];
        struct point *points = arena_take(a, (size_t)run->point_count, sizeof *points);

        for (int32_t j = 0; j < run->point_count; j++)
            if (!frame_from_wgs84(frame, run->points[j], &points[j], f))
                return false;
        out->runs[i] = points;
    }
    for (int32_t i = 0; i < m->place_count; i++)
        if (m->places[i].spot.segment >= 0 &&
            !frame_from_wgs84(frame, network_point(m->network, m->places[i].spot), &out->places[i],
                              f))
            return false;
    return true;
}

static void write_all(struct emit *e, const struct matches *m, enum mode mode, enum frame frame,
                      const struct turned *turned)
{
    emit_object(e);
    emit_key_text(e, "type", "FeatureCollection");
    emit_key_text(e, "frame", frame_word(frame));
    emit_key_text(e, "mode", network_mode_word(mode));
    emit_key(e, "features");
    emit_array(e);
    for (int32_t i = 0; i < m->run_count; i++)
        write_run(e, m, i, turned->runs[i]);
    emit_end(e);
    emit_key(e, "fixes");
    emit_array(e);
    for (int32_t i = 0; i < m->place_count; i++)
        write_fix(e, m->network, &m->places[i], turned->places[i]);
    emit_end(e);
    emit_end(e);
}

bool match_json_emit(struct emit *e, const struct matches *m, enum mode mode, enum frame frame,
                     struct arena *a, struct fail *f)
{
    struct turned turned;

    if (!turn_all(m, frame, a, &turned, f))
        return false;
    write_all(e, m, mode, frame, &turned);
    return true;
}

bool match_json_write(const struct request *r, const struct matches *m, enum mode mode,
                      enum frame frame, struct reply *out, struct fail *f)
{
    struct turned turned;

    if (!turn_all(m, frame, r->arena, &turned, f))
        return false;
    write_all(reply_json_as(out, REPLY_OK, GEOJSON), m, mode, frame, &turned);
    return true;
}
