/* Shifts and the templates they are made of. */
#include <string.h>

#include "api/handlers.h"
#include "api/registrar.h"
#include "api/rotas.h"
#include "engine/config.h"
#include "engine/engine.h"
#include "engine/shifts.h"

enum { CUTOFF_DEFAULT = 720, RADIUS_DEFAULT = 100, NEED_MAX = 200, DAY_LENGTH = 10 };

static const char *zone_of(const struct request *r)
{
    return config_text(engine_config(r->engine), CONFIG_CITY_TIME_ZONE);
}

/* ---- reading */

enum {
    ORG_ID,
    NAME,
    STATION_ID,
    LOOKOUT_POINT_ID,
    SQUAD_ID,
    CUTOFF_MIN,
    JOINS,
    APPROVAL,
    RADIUS_M,
    NEEDS,
    COMMON_KEYS,
    WEEKDAYS = COMMON_KEYS,
    STARTS,
    LENGTH_MIN,
    TEMPLATE_KEYS,
    STARTS_AT = COMMON_KEYS,
    ENDS_AT,
    SHIFT_KEYS
};

static const struct input_key COMMON[COMMON_KEYS] = {
    [ORG_ID] = { "org_id", true, NULL },
    [NAME] = { "name", true, NULL },
    [STATION_ID] = { "station_id", false, NULL },
    [LOOKOUT_POINT_ID] = { "lookout_point_id", false, NULL },
    [SQUAD_ID] = { "squad_id", false, NULL },
    [CUTOFF_MIN] = { "cutoff_min", false, NULL },
    [JOINS] = { "joins", false, NULL },
    [APPROVAL] = { "approval", false, NULL },
    [RADIUS_M] = { "radius_m", false, NULL },
    [NEEDS] = { "needs", true, NULL },
};

/* A role is a word of our own kind; a city has its own. */
static bool read_role(const struct input *v, const char **out, struct fail *f)
{
    if (!input_text(v, SHIFTS_ROLE_MAX, out, f))
        return false;
    if (strspn(*out, "abcdefghijklmnopqrstuvwxyz_") == strlen(*out) && (*out)[0] != '_')
        return true;
    fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "\"%.40s\" is no role", *out);
    fail_allowed(f, "small letters and _, like member or first_aid");
    fail_value(f, *out);
    return input_blame(v, f);
}

static bool read_need(const struct input *v, struct shifts_need *out, struct fail *f)
{
    struct input_key keys[] = { { "role", true, NULL },
                                { "min", true, NULL },
                                { "max", true, NULL } };

    return input_keys(v, keys, 3, f) && read_role(keys[0].value, &out->role, f) &&
           input_int(keys[1].value, 0, NEED_MAX, &out->min, f) &&
           input_int(keys[2].value, out->min > 1 ? out->min : 1, NEED_MAX, &out->max, f);
}

static bool read_needs(const struct input *v, struct shifts_plan *out, struct fail *f)
{
    if (!input_array(v, 1, SHIFTS_NEEDS_MAX, &out->need_count, f))
        return false;
    for (int32_t i = 0; i < out->need_count; i++) {
        if (!read_need(input_item(v, i), &out->needs[i], f))
            return false;
        for (int32_t k = 0; k < i; k++) {
            if (strcmp(out->needs[k].role, out->needs[i].role) == 0) {
                fail_set(f, FAIL_INPUT, CODE_REPEATED, "the role %.40s is named twice",
                         out->needs[i].role);
                fail_allowed(f, "each role once");
                return input_blame(input_item(v, i), f);
            }
        }
    }
    return true;
}

static bool one_place(const struct shifts_plan *p, struct fail *f)
{
    if ((p->station_id != 0) + (p->lookout_point_id != 0) + (p->squad_id != 0) == 1)
        return true;
    fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "a shift stands in one place");
    fail_allowed(f, "one of station_id, lookout_point_id, squad_id");
    return fail_at(f, "/station_id");
}

static bool read_common(const struct input_key *keys, struct shifts_plan *p, struct fail *f)
{
    int32_t joins = SHIFTS_JOINS_COUNT - 1;

    p->cutoff_min = CUTOFF_DEFAULT;
    p->radius_m = RADIUS_DEFAULT;
    if (!rotas_read_id(keys[ORG_ID].value, &p->org_id, f) ||
        !input_text(keys[NAME].value, SHIFTS_NAME_MAX, &p->name, f) ||
        !rotas_read_id(keys[STATION_ID].value, &p->station_id, f) ||
        !rotas_read_id(keys[LOOKOUT_POINT_ID].value, &p->lookout_point_id, f) ||
        !rotas_read_id(keys[SQUAD_ID].value, &p->squad_id, f) || !one_place(p, f) ||
        !rotas_read_int(keys[CUTOFF_MIN].value, 0, SHIFTS_CUTOFF_MAX, &p->cutoff_min, f) ||
        !rotas_read_int(keys[RADIUS_M].value, SHIFTS_RADIUS_MIN, SHIFTS_RADIUS_MAX, &p->radius_m,
                        f) ||
        (keys[JOINS].value &&
         !input_word(keys[JOINS].value, SHIFTS_JOINS, SHIFTS_JOINS_COUNT, &joins, f)) ||
        (keys[APPROVAL].value && !input_bool(keys[APPROVAL].value, &p->approval, f)))
        return false;
    p->joins = SHIFTS_JOINS[joins];
    return read_needs(keys[NEEDS].value, p, f);
}

static bool read_template(const struct input *body, struct shifts_plan *p, struct fail *f)
{
    struct input_key keys[TEMPLATE_KEYS];

    memcpy(keys, COMMON, sizeof COMMON);
    keys[WEEKDAYS] = (struct input_key){ "weekdays", true, NULL };
    keys[STARTS] = (struct input_key){ "starts", true, NULL };
    keys[LENGTH_MIN] = (struct input_key){ "length_min", true, NULL };
    return input_keys(body, keys, TEMPLATE_KEYS, f) && read_common(keys, p, f) &&
           rotas_read_weekdays(keys[WEEKDAYS].value, &p->weekdays, f) &&
           rotas_read_clock(keys[STARTS].value, &p->starts_min, f) &&
           input_int(keys[LENGTH_MIN].value, SHIFTS_MINUTES_MIN, SHIFTS_MINUTES_MAX, &p->length_min,
                     f);
}

static bool read_shift(const struct input *body, struct shifts_plan *p, struct fail *f)
{
    struct input_key keys[SHIFT_KEYS];

    memcpy(keys, COMMON, sizeof COMMON);
    keys[STARTS_AT] = (struct input_key){ "starts_at", true, NULL };
    keys[ENDS_AT] = (struct input_key){ "ends_at", true, NULL };
    if (!input_keys(body, keys, SHIFT_KEYS, f) || !read_common(keys, p, f) ||
        !rotas_read_moment(keys[STARTS_AT].value, &p->starts_us, f) ||
        !rotas_read_moment(keys[ENDS_AT].value, &p->ends_us, f))
        return false;
    const int64_t minutes = (p->ends_us - p->starts_us) / 60000000;

    if (minutes >= SHIFTS_MINUTES_MIN && minutes <= SHIFTS_MINUTES_MAX)
        return true;
    fail_set(f, FAIL_INPUT, VALUE_OUT_OF_RANGE, "a shift cannot last %lld minutes",
             (long long)minutes);
    fail_allowed(f, "%d to %d minutes", SHIFTS_MINUTES_MIN, SHIFTS_MINUTES_MAX);
    return input_blame(keys[ENDS_AT].value, f);
}

/* ---- making */

struct creation {
    const struct request *r;
    struct shifts_plan plan;
    bool once; /* a shift, not a template */
};

static bool make(void *self, struct db *db, int64_t id, struct fail *f)
{
    struct creation *c = self;
    const struct rotas_standing s = { .org_id = c->plan.org_id,
                                      .station_id = c->plan.station_id,
                                      .lookout_point_id = c->plan.lookout_point_id,
                                      .squad_id = c->plan.squad_id };

    c->plan.id = id;
    return rotas_stands(c->r, db, &s, f) &&
           (c->once ? shifts_add(db, &c->plan, zone_of(c->r), c->r->arena, f)
                    : shifts_add_template(db, &c->plan, c->r->arena, f));
}

static bool create(const struct request *r, bool once, struct reply *out, struct fail *f)
{
    struct creation c = { .r = r, .once = once };
    const struct rotas_making making = { r, once ? ROTA_SHIFTS : ROTA_SHIFT_TEMPLATES, make, &c };
    const struct input *body;

    return request_json(r, &body, f) &&
           (once ? read_shift(body, &c.plan, f) : read_template(body, &c.plan, f)) &&
           rotas_make(&making, out, f);
}

bool on_shifts_template_list(const struct request *r, struct reply *out, struct fail *f)
{
    return rotas_list(r, ROTA_SHIFT_TEMPLATES, 0, out, f);
}

bool on_shifts_template_create(const struct request *r, struct reply *out, struct fail *f)
{
    return create(r, false, out, f);
}

bool on_shifts_template_get(const struct request *r, struct reply *out, struct fail *f)
{
    return rotas_get(r, ROTA_SHIFT_TEMPLATES, out, f);
}

bool on_shifts_template_close(const struct request *r, struct reply *out, struct fail *f)
{
    return rotas_close(r, ROTA_SHIFT_TEMPLATES, shifts_close_template, out, f);
}

struct making_weeks {
    const struct request *r;
    struct shifts_weeks weeks;
};

static bool make_weeks(void *self, struct db *db, struct emit *e, const char **location,
                       struct fail *f)
{
    const struct making_weeks *w = self;
    struct arena *a = w->r->arena;
    struct rota_item item;
    int64_t made;

    (void)location;
    if (!rota_get(db, ROTA_SHIFT_TEMPLATES, w->weeks.template_id, a, &item, f) ||
        !shifts_make_weeks(db, engine_ids(w->r->engine), &w->weeks, a, &made, f))
        return false;
    emit_object(e);
    emit_key_int(e, "made", made);
    emit_end(e);
    return true;
}

bool on_shifts_template_weeks(const struct request *r, struct reply *out, struct fail *f)
{
    struct input_key keys[] = { { "from", true, NULL }, { "count", false, NULL } };
    struct making_weeks w = { .r = r, .weeks = { .zone = zone_of(r) } };
    const struct input *body;
    int64_t count = 1;

    if (!rotas_id(r, ROTA_SHIFT_TEMPLATES, &w.weeks.template_id, f) || !request_json(r, &body, f) ||
        !input_keys(body, keys, 2, f) ||
        !input_text(keys[0].value, DAY_LENGTH, &w.weeks.monday, f) ||
        !rotas_read_int(keys[1].value, 1, SHIFTS_WEEKS_MAX, &count, f))
        return false;
    if (!rota_is_monday(w.weeks.monday)) {
        fail_set(f, FAIL_INPUT, WEEK_NOT_MONDAY, "%.10s is not a Monday", w.weeks.monday);
        fail_allowed(f, "the Monday a week begins on, like 2026-11-23");
        fail_value(f, w.weeks.monday);
        return input_blame(keys[0].value, f);
    }
    w.weeks.count = (int32_t)count;
    return registrar_once(r, out, make_weeks, &w, f);
}

bool on_shifts_list(const struct request *r, struct reply *out, struct fail *f)
{
    return rotas_list(r, ROTA_SHIFTS, 0, out, f);
}

bool on_shifts_create(const struct request *r, struct reply *out, struct fail *f)
{
    return create(r, true, out, f);
}

bool on_shifts_get(const struct request *r, struct reply *out, struct fail *f)
{
    return rotas_get(r, ROTA_SHIFTS, out, f);
}

bool on_shifts_cancel(const struct request *r, struct reply *out, struct fail *f)
{
    return rotas_close(r, ROTA_SHIFTS, shifts_cancel, out, f);
}

/* The code that is shown at the place, as text for a QR code. */
static bool show_code(const struct request *r, enum rota_noun noun, struct reply *out,
                      struct fail *f)
{
    const bool of_day = noun == ROTA_PATROL_DAYS;
    struct shifts_code code;
    struct rota_item item;
    struct db *db;
    int64_t id;

    if (!rotas_id(r, noun, &id, f) || !request_db(r, &db, f) ||
        !rota_get(db, noun, id, r->arena, &item, f) ||
        !shifts_code_now(db, of_day, id, r->arena, &code, f))
        return false;
    struct emit *e = reply_json(out, REPLY_OK);

    emit_object(e);
    emit_key_text(e, "code", code.code);
    emit_key_text(e, "text",
                  arena_text(r->arena, "vigil:%s:%lld:%s", of_day ? "day" : "shift", (long long)id,
                             code.code));
    emit_key_text(e, "until", code.until);
    emit_end(e);
    return true;
}

bool on_shifts_code(const struct request *r, struct reply *out, struct fail *f)
{
    return show_code(r, ROTA_SHIFTS, out, f);
}

bool on_shifts_day_code(const struct request *r, struct reply *out, struct fail *f)
{
    return show_code(r, ROTA_PATROL_DAYS, out, f);
}
