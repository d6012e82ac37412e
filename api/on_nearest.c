/* Who can be there first. */
#include <string.h>

#include "api/fix_json.h"
#include "api/handlers.h"
#include "api/way.h"
#include "engine/engine.h"
#include "engine/nearby.h"

/* Metres and routes are searched for one by one, so only so many people have
 * them. */
enum { ROUTES_MAX = 100, K_DEFAULT = 10, LIMIT_MAX_S = 24 * 3600 };

/* More of them take long, and so do any with routes, and those who are searched for longer. */
enum { SHORT_K = 50, SHORT_EFFORT_US = 500 };

enum {
    PLACE,
    K,
    MODES,
    SKILLS,
    LIMIT_S,
    FIX_AGE_MAX_S,
    ROUTES,
    ROLES,
    ORG_IDS,
    CREDENTIALS,
    INCIDENT_TYPE,
    INCLUDE_UNAVAILABLE,
    KEYS
};

enum { ORGS_MAX = 100, CREDENTIALS_MAX = 10, CREDENTIAL_MAX = 80, TYPE_MAX = 40 };

struct wish {
    struct nearby_wish nearby;
    struct sight sight;
    struct nearest_ids holders; /* of the credentials asked for */
    bool is_gated;              /* volunteers may not be sent to this type of incident */
    bool routes;
    enum frame frame; /* of the answer */
};

/* What an answer says of a person in the frame that was asked for. */
struct told {
    struct point at;
    const struct point *line; /* of the route, when asked for */
};

static bool read_modes(const struct input *v, uint32_t *out, struct fail *f)
{
    int32_t count;

    if (!v)
        return true;
    if (!input_array(v, 1, MODE_COUNT, &count, f))
        return false;
    for (int32_t i = 0; i < count; i++) {
        enum mode mode;

        if (!way_read_mode(input_item(v, i), &mode, f))
            return false;
        *out |= 1u << mode;
    }
    return true;
}

static bool read_limits(const struct input_key *keys, struct wish *w, struct fail *f)
{
    const struct input *age = keys[FIX_AGE_MAX_S].value;
    double limit_s = 0, age_max_s = 0;
    int64_t k = K_DEFAULT;

    if (keys[ROUTES].value && !input_bool(keys[ROUTES].value, &w->routes, f))
        return false;
    if (keys[K].value &&
        !input_int(keys[K].value, 1, w->routes ? ROUTES_MAX : NEAREST_K_MAX, &k, f))
        return false;
    if (keys[LIMIT_S].value && !input_number(keys[LIMIT_S].value, 0.001, LIMIT_MAX_S, &limit_s, f))
        return false;
    if (age && !input_number(age, 1, LIMIT_MAX_S, &age_max_s, f))
        return false;
    w->nearby.fix_age_max_us = (int64_t)(age_max_s * 1e6);
    w->nearby.search.k = (int32_t)k;
    w->nearby.search.limit_ms = (uint32_t)(limit_s * 1000 + 0.5);
    return true;
}

static bool read_roles(const struct input *v, uint32_t *out, struct fail *f)
{
    int32_t count = 0;

    if (v && !input_array(v, 1, NEARBY_ROLES, &count, f))
        return false;
    for (int32_t i = 0; i < count; i++) {
        int32_t role;

        if (!input_word(input_item(v, i), NEARBY_ROLE_WORDS, NEARBY_ROLES, &role, f))
            return false;
        *out |= 1u << role;
    }
    return true;
}

static bool read_orgs(const struct input *v, struct arena *a, struct nearest_ids *out,
                      struct fail *f)
{
    int32_t count = 0;

    if (v && !input_array(v, 1, ORGS_MAX, &count, f))
        return false;
    int64_t *ids = arena_take(a, (size_t)count + 1, sizeof *ids);

    for (int32_t i = 0; i < count; i++)
        if (!input_int(input_item(v, i), 1, (INT64_C(1) << 53) - 1, &ids[i], f))
            return false;
    *out = (struct nearest_ids){ ids, count };
    return true;
}

static bool read_credentials(const struct request *r, const struct input *v, struct wish *w,
                             struct fail *f)
{
    const char *types[CREDENTIALS_MAX];
    int32_t count, kinds = 0;
    struct db *db;

    if (!v)
        return true;
    if (!input_array(v, 1, CREDENTIALS_MAX, &count, f) || !request_db(r, &db, f))
        return false;
    for (int32_t i = 0; i < count; i++) {
        const char *type;
        int32_t before = 0;

        if (!input_text(input_item(v, i), CREDENTIAL_MAX, &type, f))
            return false;
        while (before < kinds && strcmp(types[before], type) != 0)
            before++;
        if (before == kinds)
            types[kinds++] = type;
    }
    w->nearby.search.only = &w->holders;
    return nearby_holders(db, types, kinds, r->arena, &w->holders, f);
}

static bool read_type(const struct request *r, const struct input *v, struct wish *w,
                      struct fail *f)
{
    struct nearby_rule rule = { .volunteers_allowed = true, .age_min = ABLE_AGE_USUAL };
    const char *type;
    struct db *db;

    if (v) {
        if (!input_text(v, TYPE_MAX, &type, f) || !request_db(r, &db, f))
            return false;
        if (!nearby_rule(db, type, r->arena, &rule, f))
            return fail_at(f, "/incident_type");
    }
    w->nearby.age_min = rule.age_min;
    w->is_gated = !rule.volunteers_allowed;
    return true;
}

static bool read_people(const struct request *r, const struct input_key *keys, struct wish *w,
                        struct fail *f)
{
    const struct input *more = keys[INCLUDE_UNAVAILABLE].value;

    w->sight = request_sight(r);
    w->nearby.sight = &w->sight;
    return read_modes(keys[MODES].value, &w->nearby.search.modes, f) &&
           way_read_skills(keys[SKILLS].value, &w->nearby.search.skills_all, f) &&
           read_roles(keys[ROLES].value, &w->nearby.roles, f) &&
           read_orgs(keys[ORG_IDS].value, r->arena, &w->nearby.orgs, f) &&
           (!more || input_bool(more, &w->nearby.unavailable, f)) &&
           read_type(r, keys[INCIDENT_TYPE].value, w, f) &&
           read_credentials(r, keys[CREDENTIALS].value, w, f);
}

static bool read_wish(const struct request *r, struct wish *w, struct fail *f)
{
    struct input_key keys[KEYS] = {
        [PLACE] = { "place", true, NULL },
        [K] = { "k", false, NULL },
        [MODES] = { "modes", false, NULL },
        [SKILLS] = { "skills", false, NULL },
        [LIMIT_S] = { "limit_s", false, NULL },
        [FIX_AGE_MAX_S] = { "fix_age_max_s", false, NULL },
        [ROUTES] = { "routes", false, NULL },
        [ROLES] = { "roles", false, NULL },
        [ORG_IDS] = { "org_ids", false, NULL },
        [CREDENTIALS] = { "credentials", false, NULL },
        [INCIDENT_TYPE] = { "incident_type", false, NULL },
        [INCLUDE_UNAVAILABLE] = { "include_unavailable", false, NULL },
    };
    const struct input *body;

    *w = (struct wish){ 0 };
    return way_read_frame(request_query(r, "frame"), &w->frame, f) && request_json(r, &body, f) &&
           input_keys(body, keys, KEYS, f) &&
           frame_read_place(keys[PLACE].value, &w->nearby.search.place, f) &&
           read_limits(keys, w, f) && read_people(r, keys, w, f) &&
           ((w->nearby.search.k <= SHORT_K && !w->routes) || request_may_take_long(r, f));
}

static bool turn_all(const struct nearby_answer *answer, const struct wish *w, struct arena *a,
                     struct told *told, struct point *place, struct fail *f)
{
    if (!frame_from_wgs84(w->frame, w->nearby.search.place, place, f))
        return false;
    for (int32_t i = 0; i < answer->count; i++) {
        const struct nearby_person *p = &answer->people[i];

        if (!frame_from_wgs84(w->frame, p->at, &told[i].at, f) ||
            (w->routes && p->route.point_count > 0 &&
             !way_turn(&p->route, w->frame, a, &told[i].line, f)))
            return false;
    }
    return true;
}

static void write_bars(struct emit *e, uint32_t bars)
{
    emit_key_bool(e, "available", bars == 0);
    emit_key(e, "hindrances");
    emit_array(e);
    for (enum able_bar bar = 0; bar < ABLE_BARS; bar++)
        if (bars & ABLE_BIT(bar))
            emit_text(e, able_word(bar));
    emit_end(e);
}

static void write_person(struct emit *e, const struct nearby_person *p, const struct told *told,
                         enum frame frame, const struct age_limits *ages)
{
    const uint32_t least_ms = p->cost_ms > p->spread_ms ? p->cost_ms - p->spread_ms : 0;

    emit_object(e);
    emit_key_int(e, "person_id", p->person_id);
    emit_key_text(e, "name", p->name);
    emit_key_text(e, "mode", able_mode_word(p->mode, p->crew));
    emit_key_int(e, "org_id", p->org_id);
    emit_key_bool(e, "mutual_aid", p->is_lent);
    write_bars(e, p->bars);
    emit_key_number(e, "eta_s", p->cost_ms / 1000.0, 3);
    emit_key_number(e, "eta_least_s", least_ms / 1000.0, 3);
    emit_key_number(e, "eta_most_s", (p->cost_ms + p->spread_ms) / 1000.0, 3);
    if (p->has_way)
        emit_key_number(e, "road_m", p->route.length_cm / 100.0, 2);
    emit_key(e, "position");
    way_write_place(e, told->at, frame);
    fix_json_write(e, &p->fix, p->fix_age_us, ages);
    if (told->line) {
        emit_key(e, "route");
        emit_object(e);
        emit_key_text(e, "frame", frame_word(frame));
        way_write_line(e, told->line, p->route.point_count);
        emit_end(e);
    }
    emit_end(e);
}

static void write_answer(struct emit *e, const struct nearby_answer *answer,
                         const struct told *told, struct point place, const struct wish *w,
                         const struct age_limits *ages)
{
    emit_object(e);
    emit_key(e, "place");
    way_write_place(e, place, w->frame);
    emit_key_bool(e, "volunteers_allowed", !w->is_gated);
    emit_key(e, "people");
    emit_array(e);
    for (int32_t i = 0; i < answer->count; i++)
        write_person(e, &answer->people[i], &told[i], w->frame, ages);
    emit_end(e);
    emit_end(e);
}

/* Nobody is even looked for where volunteers may not be sent. */
static bool find(const struct request *r, struct wish *w, struct nearby_answer *out, struct fail *f)
{
    *out = (struct nearby_answer){ 0 };
    w->nearby.search.effort_most = r->worker->in_passing ? SHORT_EFFORT_US : 0;
    if (w->is_gated)
        return true;
    if (!nearby_find(engine_live(r->engine), &w->nearby, r->worker->nearest_room, r->arena, out, f))
        return false;
    if (!out->gave_up)
        return true;
    nearby_done(out);
    return request_may_take_long(r, f);
}

bool on_nearest_find(const struct request *r, struct reply *out, struct fail *f)
{
    struct wish wish;
    struct nearby_answer answer;
    struct point place = { 0 };

    if (!read_wish(r, &wish, f) || !find(r, &wish, &answer, f))
        return false;
    struct told *told = arena_take(r->arena, (size_t)answer.count + 1, sizeof *told);

    nearby_route(&answer, ROUTES_MAX, wish.routes, r->worker->route_room, r->arena);
    const bool ok = turn_all(&answer, &wish, r->arena, told, &place, f);

    if (ok)
        write_answer(reply_json(out, REPLY_OK), &answer, told, place, &wish,
                     live_ages(engine_live(r->engine)));
    nearby_done(&answer);
    return ok;
}
