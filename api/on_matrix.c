/* Travel times from many to many. */
#include <endian.h>
#include <string.h>

#include "api/end_json.h"
#include "api/handlers.h"
#include "api/way.h"
#include "engine/clock.h"
#include "engine/engine.h"
#include "engine/metrics.h"
#include "geo/road/matrix.h"

enum { SHORT_PAIRS = 4096 }; /* more of them take long */

enum encoding { ENCODING_JSON, ENCODING_BINARY, ENCODINGS };

static const char *const ENCODING_WORDS[ENCODINGS] = { "json", "binary" };

struct wish {
    bool has_mode; /* else each source is a person with her own */
    enum mode mode;
    enum encoding encoding;
    struct ends_wish *ends; /* sources, then destinations */
    int32_t from_count, to_count;
};

/* ------------------------------------------------------------------ reading */

static bool read_encoding(const struct request *r, struct wish *w, struct fail *f)
{
    const char *word = request_query(r, "encoding");

    w->encoding = ENCODING_JSON;
    if (!word)
        return true;
    for (enum encoding i = 0; i < ENCODINGS; i++)
        if (strcmp(word, ENCODING_WORDS[i]) == 0) {
            w->encoding = i;
            return true;
        }
    fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "there is no encoding \"%.40s\"", word);
    fail_allowed(f, "json, binary");
    fail_at(f, "/encoding");
    return fail_value(f, word);
}

static bool read_ends(const struct request *r, const struct input_key *keys, struct wish *w,
                      struct fail *f)
{
    struct ends_wish *from, *to;

    if (!end_json_read_list(keys[0].value, r->arena, &from, &w->from_count, f) ||
        !end_json_read_list(keys[1].value, r->arena, &to, &w->to_count, f))
        return false;
    w->ends = arena_take(r->arena, (size_t)w->from_count + (size_t)w->to_count, sizeof *w->ends);
    memcpy(w->ends, from, (size_t)w->from_count * sizeof *from);
    memcpy(w->ends + w->from_count, to, (size_t)w->to_count * sizeof *to);
    return w->has_mode || end_json_are_people(from, w->from_count, f);
}

static bool read_wish(const struct request *r, struct wish *w, struct fail *f)
{
    struct input_key keys[] = { { "sources", true, NULL },
                                { "destinations", true, NULL },
                                { "mode", false, NULL } };
    const struct input *body;

    *w = (struct wish){ 0 };
    if (!read_encoding(r, w, f) || !request_json(r, &body, f) || !input_keys(body, keys, 3, f))
        return false;
    w->has_mode = keys[2].value != NULL;
    return (!w->has_mode || way_read_mode(keys[2].value, &w->mode, f)) &&
           read_ends(r, keys, w, f) &&
           ((int64_t)w->from_count * w->to_count <= SHORT_PAIRS || request_may_take_long(r, f));
}

/* ------------------------------------------------------------------ finding */

/* The table of one mode: rows of the sources that go by it, columns of the destinations
 * that have a street of it near. */
static void find_mode(const struct request *r, const struct wish *w, const struct ends *ends,
                      enum mode mode, uint32_t *costs)
{
    const size_t count = (size_t)w->from_count + (size_t)w->to_count;
    struct spot *spots = arena_take(r->arena, count, sizeof *spots);
    int32_t *at = arena_take(r->arena, count, sizeof *at);
    struct matrix_wish wish = { .mode = mode, .from = spots };

    for (int32_t i = 0; i < w->from_count; i++)
        if ((ends->all[i].modes & 1u << mode) && (w->has_mode || ends->all[i].own_mode == mode)) {
            at[wish.from_count] = i;
            spots[wish.from_count++] = ends->all[i].spots[mode];
        }
    for (int32_t i = 0; i < w->to_count; i++)
        if (ends->all[w->from_count + i].modes & 1u << mode) {
            at[wish.from_count + wish.to_count] = i;
            spots[wish.from_count + wish.to_count++] = ends->all[w->from_count + i].spots[mode];
        }
    wish.to = spots + wish.from_count;
    if (wish.from_count == 0 || wish.to_count == 0)
        return;
    uint32_t *found =
        arena_take(r->arena, (size_t)wish.from_count * (size_t)wish.to_count, sizeof *found);
    const struct roads *roads = traffic_read(ends->world->traffic);
    const int64_t began_ns = clock_steady_ns();

    matrix_find(roads, &wish, r->worker->matrix_room, found);
    metrics_observe_ns(METRIC_ROAD_MATRIX_TIME, clock_steady_ns() - began_ns);
    metrics_count(METRIC_ROAD_MATRIX_STALE, !roads_labels(roads, mode));
    traffic_read_end(ends->world->traffic);
    for (int32_t i = 0; i < wish.from_count; i++)
        for (int32_t k = 0; k < wish.to_count; k++)
            costs[(size_t)at[i] * (size_t)w->to_count + (size_t)at[wish.from_count + k]] =
                found[(size_t)i * (size_t)wish.to_count + (size_t)k];
}

static const uint32_t *find(const struct request *r, const struct wish *w, const struct ends *ends)
{
    const size_t pairs = (size_t)w->from_count * (size_t)w->to_count;
    uint32_t *costs = arena_take(r->arena, pairs, sizeof *costs);

    for (size_t i = 0; i < pairs; i++)
        costs[i] = NETWORK_COST_NEVER;
    for (enum mode mode = 0; mode < MODE_COUNT; mode++)
        if (!w->has_mode || w->mode == mode)
            find_mode(r, w, ends, mode, costs);
    return costs;
}

/* ------------------------------------------------------------------ writing */

/* Seconds with milliseconds, in as few bytes as there are digits. */
static void write_seconds(struct buf *out, uint32_t ms)
{
    char digits[16];
    int at = sizeof digits;
    uint32_t whole = ms / 1000, rest = ms % 1000;

    if (rest > 0) {
        int places = 3;

        for (; rest % 10 == 0; rest /= 10)
            places--;
        for (; places > 0; rest /= 10, places--)
            digits[--at] = (char)('0' + rest % 10);
        digits[--at] = '.';
    }
    do
        digits[--at] = (char)('0' + whole % 10);
    while ((whole /= 10) > 0);
    buf_put(out, digits + at, sizeof digits - (size_t)at);
}

static void write_rows(struct emit *e, const struct wish *w, const uint32_t *costs)
{
    struct buf row = { 0 };

    emit_key(e, "durations_s");
    emit_array(e);
    for (int32_t i = 0; i < w->from_count; i++) {
        buf_clear(&row);
        buf_byte(&row, '[');
        for (int32_t k = 0; k < w->to_count; k++) {
            const uint32_t cost = costs[(size_t)i * (size_t)w->to_count + (size_t)k];

            if (k > 0)
                buf_byte(&row, ',');
            if (cost < NETWORK_COST_NEVER)
                write_seconds(&row, cost);
            else
                buf_put(&row, "null", 4);
        }
        buf_byte(&row, ']');
        emit_raw(e, row.bytes, row.size);
    }
    emit_end(e);
    buf_free(&row);
}

static void write_absent(struct emit *e, const struct wish *w, const struct ends *ends,
                         enum end_json_absence absence)
{
    emit_key(e, END_JSON_ABSENCE_WORDS[absence]);
    emit_object(e);
    emit_key(e, "sources");
    end_json_write_absent(e, absence, ends, 0, w->from_count);
    emit_key(e, "destinations");
    end_json_write_absent(e, absence, ends, w->from_count, w->to_count);
    emit_end(e);
}

static void write_json(struct emit *e, const struct wish *w, const struct ends *ends,
                       const uint32_t *costs)
{
    emit_object(e);
    emit_key_text(e, "mode", w->has_mode ? network_mode_word(w->mode) : "own");
    write_rows(e, w, costs);
    for (enum end_json_absence absence = 0; absence < END_JSON_ABSENCES; absence++)
        write_absent(e, w, ends, absence);
    emit_end(e);
}

/* Row by row, milliseconds as 32 bits, the lowest byte first; -1: no way. */
static void write_binary(struct buf *out, const struct wish *w, const uint32_t *costs)
{
    const size_t pairs = (size_t)w->from_count * (size_t)w->to_count;
    char *to = buf_reserve(out, 4 * pairs);

    for (size_t i = 0; i < pairs; i++) {
        const uint32_t value = htole32(costs[i] < NETWORK_COST_NEVER ? costs[i] : UINT32_MAX);

        memcpy(to + 4 * i, &value, 4);
    }
    out->size += 4 * pairs;
}

bool on_matrix_find(const struct request *r, struct reply *out, struct fail *f)
{
    struct wish wish;
    struct ends ends;

    if (!read_wish(r, &wish, f) || !end_json_find(r, wish.ends, wish.from_count + wish.to_count,
                                                  wish.has_mode ? 1u << wish.mode : 0, &ends, f))
        return false;
    const uint32_t *costs = find(r, &wish, &ends);

    if (wish.encoding == ENCODING_BINARY)
        write_binary(reply_bytes(out, REPLY_OK, "application/octet-stream"), &wish, costs);
    else
        write_json(reply_json(out, REPLY_OK), &wish, &ends, costs);
    ends_done(&ends);
    return true;
}
