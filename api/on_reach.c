/* What can be reached, from where one can be reached, within so many minutes. */
#include "api/end_json.h"
#include "api/handlers.h"
#include "api/way.h"
#include "engine/engine.h"
#include "engine/nearby.h"
#include "geo/geojson.h"
#include "geo/road/outline.h"

enum { LIMIT_MAX_S = RANGE_LIMIT_MAX_MS / 1000 };

static const char *const DIRECTIONS[] = { "from", "towards" };

struct wish {
    struct ends_wish *sources;
    int32_t source_count;
    bool has_mode; /* else each source is a person with her own */
    enum mode mode;
    struct range_wish range; /* its sources are those that were found */
    bool wants_streets, wants_outline;
    enum frame frame; /* of the answer */
};

static bool read_flag(const struct input *v, bool *out, struct fail *f)
{
    return !v || input_bool(v, out, f);
}

static bool fail_order(const struct input *v, double limit_s, double before_s, struct fail *f)
{
    fail_set(f, FAIL_INPUT, VALUE_OUT_OF_RANGE, "limits_s must ascend: %.10g comes after %.10g",
             limit_s, before_s);
    fail_allowed(f, "each limit more than the one before, to the millisecond, at most %d",
                 LIMIT_MAX_S);
    return input_blame(v, f);
}

/* Each more than the one before: the pieces of a longer limit hold those of a shorter. */
static bool read_limits(const struct input *v, struct arena *a, struct range_wish *out,
                        struct fail *f)
{
    uint32_t *limits_ms = arena_take(a, RANGE_LIMITS_MAX, sizeof *limits_ms);
    double before_s = 0;

    if (!input_array(v, 1, RANGE_LIMITS_MAX, &out->limit_count, f))
        return false;
    for (int32_t i = 0; i < out->limit_count; i++) {
        const struct input *item = input_item(v, i);
        double limit_s;

        if (!input_number(item, 0.001, LIMIT_MAX_S, &limit_s, f))
            return false;
        limits_ms[i] = (uint32_t)(limit_s * 1000 + 0.5);
        if (i > 0 && limits_ms[i] <= limits_ms[i - 1])
            return fail_order(item, limit_s, before_s, f);
        before_s = limit_s;
    }
    out->limits_ms = limits_ms;
    return true;
}

static bool read_direction(const struct input *v, bool *is_towards, struct fail *f)
{
    int32_t direction = 0;

    if (v && !input_word(v, DIRECTIONS, 2, &direction, f))
        return false;
    *is_towards = direction == 1;
    return true;
}

static bool read_sources(const struct request *r, const struct input *v, const struct input *mode,
                         struct wish *w, struct fail *f)
{
    if (!end_json_read_list(v, r->arena, &w->sources, &w->source_count, f))
        return false;
    w->has_mode = mode != NULL;
    return mode ? way_read_mode(mode, &w->mode, f)
                : end_json_are_people(w->sources, w->source_count, f);
}

static bool read_wish(const struct request *r, struct wish *w, struct fail *f)
{
    struct input_key keys[] = {
        { "sources", true, NULL },    { "mode", false, NULL },    { "limits_s", true, NULL },
        { "direction", false, NULL }, { "streets", false, NULL }, { "outline", false, NULL },
    };
    const struct input *body;

    *w = (struct wish){ .wants_outline = true };
    return way_read_frame(request_query(r, "frame"), &w->frame, f) && request_json(r, &body, f) &&
           input_keys(body, keys, sizeof keys / sizeof *keys, f) &&
           read_sources(r, keys[0].value, keys[1].value, w, f) &&
           read_limits(keys[2].value, r->arena, &w->range, f) &&
           read_direction(keys[3].value, &w->range.is_towards, f) &&
           read_flag(keys[4].value, &w->wants_streets, f) &&
           read_flag(keys[5].value, &w->wants_outline, f);
}

/* Those that are on a street: as range_find takes them. */
static void place_sources(const struct ends *ends, struct wish *w, struct arena *a)
{
    struct range_source *sources = arena_take(a, (size_t)ends->count + 1, sizeof *sources);

    for (int32_t i = 0; i < ends->count; i++) {
        const struct ends_one *one = &ends->all[i];
        const enum mode mode = w->has_mode ? w->mode : one->own_mode;

        if (mode < MODE_COUNT && (one->modes & 1u << mode))
            sources[w->range.source_count++] =
                (struct range_source){ .mode = mode, .spot = one->spots[mode] };
    }
    w->range.sources = sources;
}

/* ------------------------------------------------------------------ the answer */

/* What is drawn of one limit, in the frame of the answer. */
struct drawn {
    struct figure streets, outline;
};

/* An answer holds no more of them than a figure, however many limits there are. */
static bool check_pieces(const struct wish *w, const struct range *range, struct fail *f)
{
    int64_t count = 0;

    for (int32_t i = 0; i < w->range.limit_count; i++)
        count += range->bands[i].piece_count;
    if (!w->wants_streets || count <= FIGURE_RUN_MAX)
        return true;
    fail_set(f, FAIL_INPUT, FIGURE_TOO_LARGE,
             "%lld pieces of streets are reached within the limits together", (long long)count);
    fail_allowed(f, "at most %d pieces; more of them can be had as outlines", FIGURE_RUN_MAX);
    return fail_at(f, "/streets");
}

static bool draw(const struct request *r, const struct network *n, const struct wish *w,
                 const struct range *range, struct drawn *drawn, struct fail *f)
{
    const int32_t count = w->range.limit_count;
    struct figure outlines[RANGE_LIMITS_MAX];

    if (!check_pieces(w, range, f))
        return false;
    if (w->wants_outline && !outline_areas(n, range, count, r->arena, outlines, f))
        return fail_at(f, "/outline");
    for (int32_t i = 0; i < count; i++) {
        struct figure streets;

        if (w->wants_outline &&
            !figure_from_wgs84(r->arena, w->frame, &outlines[i], &drawn[i].outline, f))
            return false;
        if (!w->wants_streets)
            continue;
        if (!outline_streets(n, &range->bands[i], r->arena, &streets, f))
            return fail_at(f, "/streets");
        if (!figure_from_wgs84(r->arena, w->frame, &streets, &drawn[i].streets, f))
            return false;
    }
    return true;
}

static void write_figure(struct emit *e, const char *key, bool is_wanted,
                         const struct figure *figure)
{
    emit_key(e, key);
    if (is_wanted)
        geojson_write(e, figure);
    else
        emit_null(e);
}

static void write_pieces(struct emit *e, const struct network *n, const struct range_band *band)
{
    emit_key(e, "pieces");
    emit_array(e);
    for (int32_t i = 0; i < band->piece_count; i++) {
        emit_object(e);
        emit_key_int(e, "segment_id", n->segment_id[band->pieces[i].segment]);
        emit_key_number(e, "from_m", band->pieces[i].from_cm / 100.0, 2);
        emit_key_number(e, "to_m", band->pieces[i].to_cm / 100.0, 2);
        emit_end(e);
    }
    emit_end(e);
}

static void write_answer(struct emit *e, const struct ends *ends, const struct wish *w,
                         const struct range *range, const struct drawn *drawn)
{
    const struct network *n = ends->world->network;

    emit_object(e);
    emit_key_text(e, "mode", w->has_mode ? network_mode_word(w->mode) : "own");
    emit_key_text(e, "direction", DIRECTIONS[w->range.is_towards]);
    emit_key_text(e, "frame", frame_word(w->frame));
    emit_key(e, "limits");
    emit_array(e);
    for (int32_t i = 0; i < w->range.limit_count; i++) {
        emit_object(e);
        emit_key_number(e, "limit_s", w->range.limits_ms[i] / 1000.0, 3);
        emit_key_number(e, "length_m", (double)range->bands[i].length_cm / 100.0, 2);
        write_figure(e, "outline", w->wants_outline, &drawn[i].outline);
        write_figure(e, "streets", w->wants_streets, &drawn[i].streets);
        if (w->wants_streets)
            write_pieces(e, n, &range->bands[i]);
        emit_end(e);
    }
    emit_end(e);
    for (enum end_json_absence absence = 0; absence < END_JSON_ABSENCES; absence++) {
        emit_key(e, END_JSON_ABSENCE_WORDS[absence]);
        end_json_write_absent(e, absence, ends, 0, ends->count);
    }
    emit_end(e);
}

static bool answer(const struct request *r, const struct ends *ends, struct wish *wish,
                   struct reply *out, struct fail *f)
{
    struct drawn drawn[RANGE_LIMITS_MAX] = { 0 };
    struct range range;

    place_sources(ends, wish, r->arena);
    nearby_range(ends->world, &wish->range, r->worker->range_room, r->arena, &range);
    if (!draw(r, ends->world->network, wish, &range, drawn, f))
        return false;
    write_answer(reply_json(out, REPLY_OK), ends, wish, &range, drawn);
    return true;
}

bool on_reach_find(const struct request *r, struct reply *out, struct fail *f)
{
    struct wish wish;
    struct ends ends;

    if (!read_wish(r, &wish, f) || !end_json_find(r, wish.sources, wish.source_count,
                                                  wish.has_mode ? 1u << wish.mode : 0, &ends, f))
        return false;
    const bool is_found = answer(r, &ends, &wish, out, f);

    ends_done(&ends);
    return is_found;
}
