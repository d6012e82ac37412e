/* Patrol plans, by which beats are walked, and the days of them that are claimed. */
#include <string.h>

#include "api/handlers.h"
#include "api/registrar.h"
#include "api/rotas.h"
#include "engine/config.h"
#include "engine/engine.h"
#include "engine/patrols.h"

enum {
    CAPACITY_DEFAULT = 1,
    PEOPLE_MIN_DEFAULT = 6,
    PEOPLE_MAX_DEFAULT = 8,
    CUTOFF_DEFAULT = 1440,
    RADIUS_DEFAULT = 100,
    WINDOW_DEFAULT_S = 60,
    MONTH_LENGTH = 7,
};

static const char JSON[] = "application/json";

/* ---- plans */

enum {
    ORG_ID,
    BEAT_ID,
    NAME,
    WEEKDAYS,
    STARTS,
    LENGTH_MIN,
    CUTOFF_MIN,
    CAPACITY,
    MIN_PEOPLE,
    MAX_PEOPLE,
    RADIUS_M,
    PLAN_KEYS
};

static bool read_limits(const struct input_key *keys, struct patrols_plan *p, struct fail *f)
{
    *p = (struct patrols_plan){ .cutoff_min = CUTOFF_DEFAULT,
                                .capacity = CAPACITY_DEFAULT,
                                .min_people = PEOPLE_MIN_DEFAULT,
                                .radius_m = RADIUS_DEFAULT };
    if (!rotas_read_int(keys[CUTOFF_MIN].value, 0, SHIFTS_CUTOFF_MAX, &p->cutoff_min, f) ||
        !rotas_read_int(keys[CAPACITY].value, 1, PATROLS_CAPACITY_MAX, &p->capacity, f) ||
        !rotas_read_int(keys[MIN_PEOPLE].value, 1, PATROLS_PEOPLE_MAX, &p->min_people, f) ||
        !rotas_read_int(keys[RADIUS_M].value, SHIFTS_RADIUS_MIN, SHIFTS_RADIUS_MAX, &p->radius_m,
                        f))
        return false;
    p->max_people = p->min_people > PEOPLE_MAX_DEFAULT ? p->min_people : PEOPLE_MAX_DEFAULT;
    return rotas_read_int(keys[MAX_PEOPLE].value, p->min_people, PATROLS_PEOPLE_MAX, &p->max_people,
                          f);
}

static bool read_plan(const struct input *body, struct patrols_plan *p, struct fail *f)
{
    struct input_key keys[PLAN_KEYS] = {
        [ORG_ID] = { "org_id", true, NULL },
        [BEAT_ID] = { "beat_id", true, NULL },
        [NAME] = { "name", true, NULL },
        [WEEKDAYS] = { "weekdays", true, NULL },
        [STARTS] = { "starts", true, NULL },
        [LENGTH_MIN] = { "length_min", true, NULL },
        [CUTOFF_MIN] = { "cutoff_min", false, NULL },
        [CAPACITY] = { "capacity", false, NULL },
        [MIN_PEOPLE] = { "min_people", false, NULL },
        [MAX_PEOPLE] = { "max_people", false, NULL },
        [RADIUS_M] = { "radius_m", false, NULL },
    };

    return input_keys(body, keys, PLAN_KEYS, f) && read_limits(keys, p, f) &&
           rotas_read_id(keys[ORG_ID].value, &p->org_id, f) &&
           rotas_read_id(keys[BEAT_ID].value, &p->beat_id, f) &&
           input_text(keys[NAME].value, PATROLS_NAME_MAX, &p->name, f) &&
           rotas_read_weekdays(keys[WEEKDAYS].value, &p->weekdays, f) &&
           rotas_read_clock(keys[STARTS].value, &p->starts_min, f) &&
           input_int(keys[LENGTH_MIN].value, SHIFTS_MINUTES_MIN, SHIFTS_MINUTES_MAX, &p->length_min,
                     f);
}

struct plan_creation {
    const struct request *r;
    struct patrols_plan plan;
};

static bool make_plan(void *self, struct db *db, int64_t id, struct fail *f)
{
    struct plan_creation *c = self;
    const struct rotas_standing s = { .org_id = c->plan.org_id, .beat_id = c->plan.beat_id };

    c->plan.plan_id = id;
    return rotas_stands(c->r, db, &s, f) && patrols_add_plan(db, &c->plan, c->r->arena, f);
}

bool on_patrols_plan_create(const struct request *r, struct reply *out, struct fail *f)
{
    struct plan_creation c = { .r = r };
    const struct rotas_making making = { r, ROTA_PATROL_PLANS, make_plan, &c };
    const struct input *body;

    return request_json(r, &body, f) && read_plan(body, &c.plan, f) && rotas_make(&making, out, f);
}

bool on_patrols_plan_list(const struct request *r, struct reply *out, struct fail *f)
{
    return rotas_list(r, ROTA_PATROL_PLANS, 0, out, f);
}

bool on_patrols_plan_get(const struct request *r, struct reply *out, struct fail *f)
{
    return rotas_get(r, ROTA_PATROL_PLANS, out, f);
}

bool on_patrols_plan_close(const struct request *r, struct reply *out, struct fail *f)
{
    return rotas_close(r, ROTA_PATROL_PLANS, patrols_close_plan, out, f);
}

/* ---- months and days */

static bool fail_month(const char *text, struct fail *f)
{
    fail_set(f, FAIL_INPUT, TIME_MALFORMED, "this is no month: %.20s", text);
    fail_allowed(f, "a month like 2026-12");
    fail_at(f, "/month");
    return fail_value(f, text);
}

struct opening {
    const struct request *r;
    struct patrols_month month;
};

static bool open_month(void *self, struct db *db, struct emit *e, const char **location,
                       struct fail *f)
{
    struct opening *o = self;
    const struct request *r = o->r;
    struct rota_item item;
    const char *json;

    if (!rota_get(db, ROTA_PATROL_PLANS, o->month.plan_id, r->arena, &item, f) ||
        !ids_take(engine_ids(r->engine), db, &o->month.opening_id, f) ||
        !patrols_open_month(db, engine_ids(r->engine), &o->month,
                            config_text(engine_config(r->engine), CONFIG_CITY_TIME_ZONE), r->arena,
                            f) ||
        !patrols_opening(db, o->month.opening_id, r->arena, &json, f))
        return false;
    emit_raw(e, json, strlen(json));
    *location = arena_text(r->arena, "/v1/patrol_openings/%lld", (long long)o->month.opening_id);
    return true;
}

bool on_patrols_plan_months(const struct request *r, struct reply *out, struct fail *f)
{
    struct input_key keys[] = { { "month", true, NULL },
                                { "opens_at", true, NULL },
                                { "window_s", false, NULL } };
    struct opening o = { .r = r, .month = { .window_s = WINDOW_DEFAULT_S } };
    const struct input *body;
    const char *month;

    if (!rotas_id(r, ROTA_PATROL_PLANS, &o.month.plan_id, f) || !request_json(r, &body, f) ||
        !input_keys(body, keys, 3, f) || !input_text(keys[0].value, MONTH_LENGTH, &month, f) ||
        !rotas_read_moment(keys[1].value, &o.month.opens_us, f) ||
        !rotas_read_int(keys[2].value, 0, PATROLS_WINDOW_MAX_S, &o.month.window_s, f))
        return false;
    o.month.month = rota_month(month, r->arena);
    return o.month.month ? registrar_once(r, out, open_month, &o, f) : fail_month(month, f);
}

bool on_patrols_opening(const struct request *r, struct reply *out, struct fail *f)
{
    const char *json;
    struct db *db;
    int64_t id;

    if (!request_param_id(r, "opening_id", &id, f) || !request_db(r, &db, f) ||
        !patrols_opening(db, id, r->arena, &json, f))
        return false;
    buf_put(reply_bytes(out, REPLY_OK, JSON), json, strlen(json));
    return true;
}

bool on_patrols_day_list(const struct request *r, struct reply *out, struct fail *f)
{
    return rotas_list(r, ROTA_PATROL_DAYS, 0, out, f);
}

bool on_patrols_day_get(const struct request *r, struct reply *out, struct fail *f)
{
    return rotas_get(r, ROTA_PATROL_DAYS, out, f);
}

bool on_patrols_calendar(const struct request *r, struct reply *out, struct fail *f)
{
    const char *asked = request_query(r, "month");
    const char *month = asked ? rota_month(asked, r->arena) : NULL;
    const char *json;
    struct db *db;
    int64_t org_id;

    if (!month)
        return fail_month(asked ? asked : "", f);
    if (!request_query_int(r, "org", 1, INT64_C(9007199254740991), r->caller.org_id, &org_id, f) ||
        !request_db(r, &db, f) || !patrols_calendar(db, month, org_id, r->arena, &json, f))
        return false;
    buf_put(reply_bytes(out, REPLY_OK, JSON), json, strlen(json));
    return true;
}
