#include "api/suppose.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "api/rotas.h"
#include "api/way.h"
#include "engine/shifts.h"
#include "geo/instant.h"
#include "geo/road/outline.h"

static const char *const KIND_WORDS[SUPPOSE_KINDS] = {
    "add_lookout", "move_lookout", "close_lookout", "staff_lookout", "send", "shift", "cancel_shift"
};
static const int64_t SECOND_US = 1000000;
static const int64_t MINUTE_US = 60000000;
static const int64_t HOUR_US = 3600000000;
static const int64_t KM2 = 1000000;

/* ------------------------------------------------------------------ a change */

static bool read_place(const struct input *v, struct suppose_change *c, struct fail *f)
{
    c->has_place = v != NULL;
    return !v || frame_read_place(v, &c->place, f);
}

/* When a shift lasts, by the rules for shifts; neither is all the time. */
static bool read_times(const struct input *starts, const struct input *ends,
                       struct suppose_change *c, struct fail *f)
{
    int64_t from_us, to_us;

    if (!starts && !ends)
        return true;
    if (!starts || !ends) {
        fail_set(f, FAIL_INPUT, KEY_MISSING, "a time has a beginning and an end");
        fail_allowed(f, "both of starts_at and ends_at");
        return input_blame(starts ? starts : ends, f);
    }
    if (!rotas_read_moment(starts, &from_us, f) || !rotas_read_moment(ends, &to_us, f))
        return false;
    const int64_t minutes = (to_us - from_us) / MINUTE_US;

    if (minutes < SHIFTS_MINUTES_MIN || minutes > SHIFTS_MINUTES_MAX) {
        fail_set(f, FAIL_INPUT, VALUE_OUT_OF_RANGE, "a shift cannot last %lld minutes",
                 (long long)minutes);
        fail_allowed(f, "%d to %d minutes", SHIFTS_MINUTES_MIN, SHIFTS_MINUTES_MAX);
        return input_blame(ends, f);
    }
    c->time = (struct stint){ (from_us + SECOND_US - 1) / SECOND_US, to_us / SECOND_US };
    return true;
}

static bool read_add(const struct input *v, struct suppose_change *c, struct fail *f)
{
    struct input_key keys[] = { { "place", true, NULL },
                                { "reach_m", true, NULL },
                                { "starts_at", false, NULL },
                                { "ends_at", false, NULL } };

    return input_keys(v, keys, 4, f) && read_place(keys[0].value, c, f) &&
           input_int(keys[1].value, 1, SUPPOSE_REACH_MAX_M, &c->reach_m, f) &&
           read_times(keys[2].value, keys[3].value, c, f);
}

static bool read_lookout(const struct input *v, struct suppose_change *c, struct fail *f)
{
    struct input_key keys[] = { { "lookout_point_id", true, NULL }, { "place", true, NULL } };

    return input_keys(v, keys, c->kind == SUPPOSE_MOVE ? 2 : 1, f) &&
           rotas_read_id(keys[0].value, &c->id, f) && read_place(keys[1].value, c, f);
}

static bool read_send(const struct input *v, struct suppose_change *c, struct fail *f)
{
    struct input_key keys[] = { { "person_id", true, NULL },
                                { "to", false, NULL },
                                { "stays_free", false, NULL } };
    struct input_key place = { "place", true, NULL };

    if (!input_keys(v, keys, 3, f) || !rotas_read_id(keys[0].value, &c->id, f) ||
        (keys[1].value && !input_keys(keys[1].value, &place, 1, f)) ||
        !read_place(place.value, c, f) ||
        (keys[2].value && !input_bool(keys[2].value, &c->stays_free, f)))
        return false;
    if (!c->stays_free || c->has_place)
        return true;
    fail_set(f, FAIL_INPUT, KEY_MISSING, "who stays free is somewhere: \"to\" says where");
    return input_blame(v, f);
}

static bool read_shift(const struct input *v, struct suppose_change *c, struct fail *f)
{
    struct input_key keys[] = { { "shift_id", false, NULL },
                                { "lookout_point_id", false, NULL },
                                { "starts_at", true, NULL },
                                { "ends_at", true, NULL } };

    if (!input_keys(v, keys, 4, f) || !rotas_read_id(keys[0].value, &c->shift_id, f) ||
        !rotas_read_id(keys[1].value, &c->id, f) || !read_times(keys[2].value, keys[3].value, c, f))
        return false;
    if (!keys[0].value != !keys[1].value)
        return true;
    fail_set(f, FAIL_INPUT, KEY_MISSING, "a shift is one there is, or a new one somewhere");
    fail_allowed(f, "one of shift_id and lookout_point_id");
    return input_blame(v, f);
}

static bool read_cancel(const struct input *v, struct suppose_change *c, struct fail *f)
{
    struct input_key key = { "shift_id", true, NULL };

    return input_keys(v, &key, 1, f) && rotas_read_id(key.value, &c->shift_id, f);
}

static bool read_kind(const struct input *v, struct suppose_change *c, struct fail *f)
{
    switch (c->kind) {
    case SUPPOSE_ADD:
        return read_add(v, c, f);
    case SUPPOSE_SEND:
        return read_send(v, c, f);
    case SUPPOSE_SHIFT:
        return read_shift(v, c, f);
    case SUPPOSE_CANCEL:
        return read_cancel(v, c, f);
    case SUPPOSE_MOVE:
    case SUPPOSE_CLOSE:
    case SUPPOSE_STAFF:
    case SUPPOSE_KINDS:
        break;
    }
    return read_lookout(v, c, f);
}

/* Who is sent is sent now; shifts are of a plan, and only there does anything begin later. */
static bool check_time(const struct suppose *w, const struct suppose_change *c, struct fail *f)
{
    const bool is_of_hours =
        c->kind == SUPPOSE_SHIFT || c->kind == SUPPOSE_CANCEL || c->time.from_s < c->time.to_s;

    if (w->is_now ? !is_of_hours : c->kind != SUPPOSE_SEND)
        return true;
    fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "%s cannot be tried %s", KIND_WORDS[c->kind],
             w->is_now ? "now with a time" : "in hours of a plan");
    fail_allowed(f, w->is_now ? "with \"kind\": \"plan\" and its hours" : "now");
    fail_value(f, KIND_WORDS[c->kind]);
    return input_blame(c->at, f);
}

static bool read_change(const struct suppose *w, const struct input *v, struct suppose_change *c,
                        struct fail *f)
{
    struct input_key keys[SUPPOSE_KINDS];
    int32_t said = 0;

    for (int32_t i = 0; i < SUPPOSE_KINDS; i++)
        keys[i] = (struct input_key){ KIND_WORDS[i], false, NULL };
    if (!input_keys(v, keys, SUPPOSE_KINDS, f))
        return false;
    *c = (struct suppose_change){ .at = v };
    for (int32_t i = 0; i < SUPPOSE_KINDS; i++)
        if (keys[i].value) {
            c->kind = (enum suppose_kind)i;
            said++;
        }
    if (said != 1) {
        fail_set(f, FAIL_INPUT, KEY_MISSING, "a change says one thing, and this one %d", said);
        fail_allowed(f, "one of add_lookout, move_lookout, close_lookout, staff_lookout, send, "
                        "shift, cancel_shift");
        return input_blame(v, f);
    }
    return read_kind(keys[c->kind].value, c, f) && check_time(w, c, f);
}

static bool read_candidate(const struct suppose *w, const struct input *v, struct arena *a,
                           struct suppose_candidate *out, struct fail *f)
{
    if (!input_array(v, 1, SUPPOSE_CHANGES_MAX, &out->count, f))
        return false;
    out->changes = arena_take(a, (size_t)out->count, sizeof *out->changes);
    for (int32_t i = 0; i < out->count; i++)
        if (!read_change(w, input_item(v, i), &out->changes[i], f))
            return false;
    return true;
}

/* ------------------------------------------------------------------ when */

enum { CANDIDATES, AT, KIND, FROM, TO, KEYS };

static bool read_moment(const struct input *v, int64_t *out_us, struct fail *f)
{
    return !v || rotas_read_moment(v, out_us, f);
}

static bool is_whole(const struct input *v, int64_t us, struct fail *f)
{
    if (us % HOUR_US == 0)
        return true;
    fail_set(f, FAIL_INPUT, TIME_MALFORMED, "hours begin and end at whole hours");
    fail_allowed(f, "a moment like 2026-11-22T16:00:00Z");
    return input_blame(v, f);
}

static bool read_hours(const struct input *body, const struct input_key keys[KEYS],
                       struct weeks_wish *out, struct fail *f)
{
    int64_t at_us = 0, from_us = -1, to_us = -1;

    if (!read_moment(keys[AT].value, &at_us, f) || !read_moment(keys[FROM].value, &from_us, f) ||
        !read_moment(keys[TO].value, &to_us, f))
        return false;
    if (!keys[AT].value == !keys[FROM].value) {
        fail_set(f, FAIL_INPUT, KEY_MISSING, "which hours of the plan is not said");
        fail_allowed(f, "one of at and from");
        return input_blame(body, f);
    }
    if (keys[AT].value) {
        from_us = at_us - at_us % HOUR_US;
        to_us = to_us < 0 ? from_us + HOUR_US : to_us;
    } else if (!keys[TO].value) {
        to_us = from_us + WEEKS_HOURS_MAX * HOUR_US;
    }
    if (!is_whole(keys[FROM].value ? keys[FROM].value : keys[AT].value, from_us, f) ||
        !is_whole(keys[TO].value ? keys[TO].value : body, to_us, f))
        return false;
    const int64_t hours = (to_us - from_us) / HOUR_US;

    if (hours < 1 || hours > WEEKS_HOURS_MAX) {
        fail_set(f, FAIL_INPUT, VALUE_OUT_OF_RANGE, "these are %lld hours", (long long)hours);
        fail_allowed(f, "1 to %d hours", WEEKS_HOURS_MAX);
        return input_blame(keys[TO].value ? keys[TO].value : body, f);
    }
    *out = (struct weeks_wish){ WEEK_SOURCES_PLAN, from_us / SECOND_US, (int32_t)hours,
                                COVER_UNWATCHED };
    return true;
}

static bool read_time(const struct input *body, const struct input_key keys[KEYS],
                      struct suppose *w, struct fail *f)
{
    static const char *const NOW[] = { "now" }, *const PLAN[] = { "plan" };
    int32_t only;

    w->is_now = !keys[KIND].value;
    if (!w->is_now)
        return input_word(keys[KIND].value, PLAN, 1, &only, f) &&
               read_hours(body, keys, &w->hours, f);
    if (!keys[FROM].value && !keys[TO].value)
        return !keys[AT].value || input_word(keys[AT].value, NOW, 1, &only, f);
    fail_set(f, FAIL_INPUT, KEY_MISSING, "hours are of a plan");
    fail_allowed(f, "\"kind\": \"plan\" with from and to");
    return input_blame(keys[FROM].value ? keys[FROM].value : keys[TO].value, f);
}

bool suppose_read(const struct request *r, struct suppose *w, struct fail *f)
{
    struct input_key keys[KEYS] = { [CANDIDATES] = { "candidates", true, NULL },
                                    [AT] = { "at", false, NULL },
                                    [KIND] = { "kind", false, NULL },
                                    [FROM] = { "from", false, NULL },
                                    [TO] = { "to", false, NULL } };
    const struct input *body;

    *w = (struct suppose){ 0 };
    if (!way_read_frame(request_query(r, "frame"), &w->frame, f) || !request_json(r, &body, f) ||
        !input_keys(body, keys, KEYS, f) || !read_time(body, keys, w, f) ||
        !input_array(keys[CANDIDATES].value, 1, SUPPOSE_CANDIDATES_MAX, &w->count, f))
        return false;
    w->items = arena_take(r->arena, (size_t)w->count, sizeof *w->items);
    for (int32_t i = 0; i < w->count; i++)
        if (!read_candidate(w, input_item(keys[CANDIDATES].value, i), r->arena, &w->items[i], f))
            return false;
    return true;
}

/* ------------------------------------------------------------------ what answers have alike */

bool suppose_missing(const struct suppose_change *c, const char *what, int64_t id, struct fail *f)
{
    char text[24];

    snprintf(text, sizeof text, "%lld", (long long)id);
    fail_set(f, FAIL_MISSING, NOT_FOUND, "there is no %s %s", what, text);
    fail_value(f, text);
    return input_blame(c->at, f);
}

bool suppose_see(const struct request *r, const struct terrain *t, const struct suppose_change *c,
                 int32_t reach_m, int64_t *looked_m2, struct range_band *out, struct fail *f)
{
    struct db *db;

    *looked_m2 += (int64_t)reach_m * reach_m;
    if (*looked_m2 > SUPPOSE_SIGHT_MAX_KM2 * KM2) {
        fail_set(f, FAIL_INPUT, VALUE_OUT_OF_RANGE,
                 "this is too much to look over from new places at once");
        fail_allowed(f, "%d square kilometres, as squares of how far is seen",
                     SUPPOSE_SIGHT_MAX_KM2);
        return input_blame(c->at, f);
    }
    return request_db(r, &db, f) && views_see(db, t->ground, c->place, reach_m, r->arena, out, f);
}

void suppose_add_piece(struct range_piece *pieces, int32_t *count, struct range_piece next)
{
    struct range_piece *last = *count > 0 ? &pieces[*count - 1] : NULL;

    assert(pieces);
    if (last && last->segment == next.segment && last->to_cm == next.from_cm)
        last->to_cm = next.to_cm;
    else
        pieces[(*count)++] = next;
}

bool suppose_draw(const struct request *r, const struct network *n,
                  const struct range_piece *pieces, int32_t count, enum frame frame,
                  struct figure *out, struct fail *f)
{
    const struct range_band band = { .pieces = pieces, .piece_count = count };
    struct figure lines;

    return outline_streets(n, &band, r->arena, &lines, f) &&
           figure_from_wgs84(r->arena, frame, &lines, out, f);
}
