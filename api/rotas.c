#include "api/rotas.h"

#include <string.h>

#include "api/endpoints.h"
#include "api/registrar.h"
#include "engine/cursor.h"
#include "engine/engine.h"
#include "geo/base/buf.h"
#include "geo/geojson.h"
#include "geo/instant.h"

enum { LIMIT_DEFAULT = 100, LIMIT_MAX = 1000, CLOCK_LENGTH = 5, WEEK = 7, MOMENT_MAX = 40 };

static const int64_t ID_MAX = 9007199254740991;

/* Names in paths and queries; NULL where the noun has no such parameter. */
static const struct {
    const char *id, *path;
    const char *parent, *days, *word, *other;
} NOUNS[ROTA_NOUNS] = {
    [ROTA_SHIFT_TEMPLATES] = { "template_id", "/v1/shift_templates", NULL, NULL, NULL, NULL },
    [ROTA_SHIFTS] = { "shift_id", "/v1/shifts", "template_id", "yes", "state", "place_id" },
    [ROTA_SIGNUPS] = { "signup_id", "/v1/signups", NULL, NULL, "state", NULL },
    [ROTA_SIGNUPS_OF_CLAIM] = { "signup_id", "/v1/signups", NULL, NULL, "state", NULL },
    [ROTA_BEATS] = { "beat_id", "/v1/beats", NULL, NULL, NULL, NULL },
    [ROTA_PATROL_PLANS] = { "plan_id", "/v1/patrol_plans", "beat_id", NULL, NULL, NULL },
    [ROTA_PATROL_DAYS] = { "day_id", "/v1/patrol_days", "plan_id", "yes", "state", NULL },
    [ROTA_CLAIMS] = { "claim_id", "/v1/claims", NULL, NULL, "state", NULL },
    [ROTA_HOURS] = { "entry_id", "/v1/hours", "signup_id", "yes", "entry_kind", "person_id" },
    [ROTA_FENCES] = { "fence_id", "/v1/fences", NULL, NULL, NULL, "place_id" },
    [ROTA_FENCE_VISITS] = { "visit_id", "/v1/fence_visits", "fence_id", NULL, "state",
                            "person_id" },
    [ROTA_FENCE_ABSENCES] = { "absence_id", "/v1/fence_absences", "fence_id", NULL, "state",
                              "person_id" },
    [ROTA_BUS_LINES] = { "bus_line_id", "/v1/bus_lines", NULL, NULL, NULL, NULL },
    [ROTA_CLOSURES] = { "closure_id", "/v1/closures", NULL, NULL, "active", NULL },
    [ROTA_JOBS] = { "job_id", "/v1/jobs", NULL, NULL, "state", NULL },
};

/* ---- reading a request */

bool rotas_id(const struct request *r, enum rota_noun noun, int64_t *id, struct fail *f)
{
    return request_param_id(r, NOUNS[noun].id, id, f);
}

struct shifts_actor rotas_actor(const struct request *r)
{
    return (struct shifts_actor){
        .token_id = r->caller.token_id,
        .person_id = r->caller.person_id,
        .by_staff = r->caller.role != ROLE_VOLUNTEER,
    };
}

/* Whether the endpoint takes this parameter. */
static bool takes(const struct request *r, const char *name)
{
    const size_t length = name ? strlen(name) : 0;
    const char *at = r->endpoint->queries;

    while (length && at && *at) {
        const size_t word = strcspn(at, " ");

        if (word == length && strncmp(at, name, length) == 0)
            return true;
        at += word + strspn(at + word, " ");
    }
    return false;
}

static bool read_query_id(const struct request *r, const char *name, int64_t *out, struct fail *f)
{
    return !takes(r, name) || request_query_int(r, name, 1, ID_MAX, *out, out, f);
}

static bool read_query_day(const struct request *r, const char *name, const char **out,
                           struct fail *f)
{
    *out = takes(r, name) ? request_query(r, name) : NULL;
    if (!*out || rota_is_day(*out))
        return true;
    fail_set(f, FAIL_INPUT, TIME_MALFORMED, "%s must be a day: %.40s", name, *out);
    fail_allowed(f, "a day like 2026-11-23");
    fail_at(f, arena_text(r->arena, "/%s", name));
    return fail_value(f, *out);
}

static const char *shown(const char *text)
{
    return text ? text : "";
}

/* `list` names the list with all that narrows it, for its cursor. */
static bool read_filter(const struct request *r, enum rota_noun noun, struct rota_filter *w,
                        const char **list, struct fail *f)
{
    if (!request_query_int(r, "limit", 1, LIMIT_MAX, LIMIT_DEFAULT, &w->limit, f) ||
        !read_query_id(r, "org", &w->org_id, f) ||
        !read_query_id(r, NOUNS[noun].parent, &w->parent_id, f) ||
        !read_query_id(r, NOUNS[noun].other, &w->other_id, f) ||
        !read_query_day(r, "from_day", &w->from, f) || !read_query_day(r, "to_day", &w->to, f))
        return false;
    w->word = takes(r, NOUNS[noun].word) ? request_query(r, NOUNS[noun].word) : NULL;
    *list = arena_text(r->arena, "%s?%lld&%lld&%lld&%s&%s&%s", r->path, (long long)w->org_id,
                       (long long)w->parent_id, (long long)w->other_id, shown(w->from),
                       shown(w->to), shown(w->word));
    return true;
}

/* ---- answering */

static void write_json(struct emit *e, const char *json)
{
    emit_raw(e, json, strlen(json));
}

static bool list(const struct request *r, enum rota_noun noun, struct rota_filter *w,
                 struct reply *out, struct fail *f)
{
    const char *cursor = request_query(r, "cursor");
    const char *name, *next = NULL;
    struct rota_page page;
    struct db *db;

    if (!read_filter(r, noun, w, &name, f) || !request_db(r, &db, f) ||
        (cursor && !cursor_read(db, name, cursor, r->arena, &w->after_id, f)) ||
        !rota_list(db, noun, w, r->arena, &page, f) ||
        (page.more && !cursor_make(db, name, page.items[page.count - 1].id, r->arena, &next, f)))
        return false;
    struct emit *e = reply_json(out, REPLY_OK);

    emit_object(e);
    emit_key(e, "items");
    emit_array(e);
    for (int32_t i = 0; i < page.count; i++)
        write_json(e, page.items[i].json);
    emit_end(e);
    emit_key_text(e, "next", next);
    emit_end(e);
    return true;
}

bool rotas_list(const struct request *r, enum rota_noun noun, int64_t parent_id, struct reply *out,
                struct fail *f)
{
    struct rota_filter wish = { .parent_id = parent_id };

    return list(r, noun, &wish, out, f);
}

bool rotas_list_of(const struct request *r, enum rota_noun noun, int64_t other_id,
                   struct reply *out, struct fail *f)
{
    struct rota_filter wish = { .other_id = other_id };

    return list(r, noun, &wish, out, f);
}

static void answer(const struct request *r, const struct rota_item *item, struct reply *out)
{
    write_json(reply_json(out, REPLY_OK), item->json);
    reply_etag(out, arena_text(r->arena, "%lld", (long long)item->version));
}

bool rotas_get(const struct request *r, enum rota_noun noun, struct reply *out, struct fail *f)
{
    struct rota_item item;
    struct db *db;
    int64_t id;

    if (!rotas_id(r, noun, &id, f) || !request_db(r, &db, f) ||
        !rota_get(db, noun, id, r->arena, &item, f))
        return false;
    answer(r, &item, out);
    return true;
}

bool rotas_change(const struct request *r, enum rota_noun noun, const int64_t *id,
                  bool (*act)(void *self, struct db *db, struct fail *f), void *self,
                  struct reply *out, struct fail *f)
{
    struct rota_item item;
    struct db *db;

    if (!request_db(r, &db, f) || !db_begin(db, f))
        return false;
    if (!act(self, db, f) || !rota_get(db, noun, *id, r->arena, &item, f) || !db_commit(db, f)) {
        db_rollback(db);
        return false;
    }
    answer(r, &item, out);
    return true;
}

bool rotas_close(const struct request *r, enum rota_noun noun,
                 bool (*act)(struct db *db, int64_t id, struct arena *a, struct fail *f),
                 struct reply *out, struct fail *f)
{
    struct rota_item item;
    struct db *db;
    int64_t id;

    if (!rotas_id(r, noun, &id, f) || !request_db(r, &db, f) || !db_begin(db, f))
        return false;
    if (!rota_get(db, noun, id, r->arena, &item, f) || !act(db, id, r->arena, f) ||
        !db_commit(db, f)) {
        db_rollback(db);
        return false;
    }
    reply_empty(out, REPLY_NO_CONTENT);
    return true;
}

static bool make(void *self, struct db *db, struct emit *e, const char **location, struct fail *f)
{
    const struct rotas_making *m = self;
    struct rota_item item;
    int64_t id;

    if (!ids_take(engine_ids(m->r->engine), db, &id, f) || !m->make(m->self, db, id, f) ||
        !rota_get(db, m->noun, id, m->r->arena, &item, f))
        return false;
    write_json(e, item.json);
    *location = arena_text(m->r->arena, "%s/%lld", NOUNS[m->noun].path, (long long)id);
    return true;
}

bool rotas_make(const struct rotas_making *making, struct reply *out, struct fail *f)
{
    struct rotas_making m = *making;

    return registrar_once(m.r, out, make, &m, f);
}

/* ---- where things stand */

static bool fail_absent(const char *key, int64_t id, struct arena *a, struct fail *f)
{
    fail_set(f, FAIL_INPUT, REFERENCE_UNKNOWN, "there is no %s %lld here", key, (long long)id);
    fail_allowed(f, "one at or below the organisation, in your scope");
    fail_at(f, arena_text(a, "/%s", key));
    return fail_value(f, arena_text(a, "%lld", (long long)id));
}

static struct db_value id_or_null(int64_t id)
{
    return id ? db_int(id) : db_null();
}

bool rotas_stands(const struct request *r, struct db *db, const struct rotas_standing *s,
                  struct fail *f)
{
    const struct db_value values[] = { db_int(s->org_id), id_or_null(s->station_id),
                                       id_or_null(s->lookout_point_id), id_or_null(s->squad_id),
                                       id_or_null(s->beat_id) };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_ROTA_STANDS, values, 5, r->arena, &rows, f))
        return false;
    if (!db_get_bool(rows, 0, 0))
        return fail_absent("org_id", s->org_id, r->arena, f);
    if (db_get_bool(rows, 0, 1) ||
        !(s->station_id || s->lookout_point_id || s->squad_id || s->beat_id))
        return true;
    if (s->station_id)
        return fail_absent("station_id", s->station_id, r->arena, f);
    if (s->lookout_point_id)
        return fail_absent("lookout_point_id", s->lookout_point_id, r->arena, f);
    if (s->squad_id)
        return fail_absent("squad_id", s->squad_id, r->arena, f);
    return fail_absent("beat_id", s->beat_id, r->arena, f);
}

/* ---- values of bodies */

bool rotas_read_id(const struct input *v, int64_t *out, struct fail *f)
{
    return !v || input_int(v, 1, ID_MAX, out, f);
}

bool rotas_read_area(const struct request *r, const struct input *v, int32_t points_max,
                     const struct figure **out, struct fail *f)
{
    struct figure *figure = arena_take(r->arena, 1, sizeof *figure);

    if (!geojson_read_figure(r->arena, v, FIGURE_AREAS, figure, f))
        return false;
    if (figure->point_count > points_max || figure->point_count == 0) {
        fail_set(f, FAIL_INPUT, FIGURE_TOO_LARGE, "the area has %d points", figure->point_count);
        fail_allowed(f, "4 to %d points", points_max);
        return input_blame(v, f);
    }
    *out = figure;
    return true;
}

bool rotas_read_int(const struct input *v, int64_t min, int64_t max, int64_t *out, struct fail *f)
{
    return !v || input_int(v, min, max, out, f);
}

bool rotas_read_clock(const struct input *v, int64_t *out, struct fail *f)
{
    const char *text;

    if (!input_text(v, CLOCK_LENGTH, &text, f))
        return false;
    if (strlen(text) == CLOCK_LENGTH && text[2] == ':' && strspn(text, "0123456789:") == 5 &&
        text[0] != ':' && text[1] != ':' && text[3] != ':' && text[4] != ':') {
        const int hour = (text[0] - '0') * 10 + text[1] - '0';
        const int minute = (text[3] - '0') * 10 + text[4] - '0';

        if (hour < 24 && minute < 60) {
            *out = hour * 60 + minute;
            return true;
        }
    }
    fail_set(f, FAIL_INPUT, TIME_MALFORMED, "this is no time of the day: %.10s", text);
    fail_allowed(f, "00:00 to 23:59");
    fail_value(f, text);
    return input_blame(v, f);
}

bool rotas_read_weekdays(const struct input *v, int64_t *out, struct fail *f)
{
    int32_t count;

    if (!input_array(v, 1, WEEK, &count, f))
        return false;
    *out = 0;
    for (int32_t i = 0; i < count; i++) {
        int64_t day;

        if (!input_int(input_item(v, i), 1, WEEK, &day, f))
            return false;
        *out |= INT64_C(1) << (day - 1);
    }
    return true;
}

bool rotas_read_moment(const struct input *v, int64_t *out_us, struct fail *f)
{
    const char *text;

    if (!input_text(v, MOMENT_MAX, &text, f))
        return false;
    if (instant_read(text, strlen(text), out_us))
        return true;
    fail_set(f, FAIL_INPUT, TIME_MALFORMED, "this is no moment: %.40s", text);
    fail_allowed(f, "RFC 3339, like 2026-11-23T20:00:00+08:00");
    fail_value(f, text);
    return input_blame(v, f);
}
