/* Sending people, and the steps of those who were sent. */
#include <stdlib.h>
#include <string.h>

#include "api/handlers.h"
#include "api/incident_json.h"
#include "api/registrar.h"
#include "api/way.h"
#include "engine/dispatch_order.h"
#include "engine/engine.h"

/* ---- sending */

enum { PEOPLE, SQUAD, PARTIAL, REASON, KEYS };

static int ascending(const void *one, const void *other)
{
    const int64_t a = *(const int64_t *)one;
    const int64_t b = *(const int64_t *)other;

    return (a > b) - (a < b);
}

static bool read_people(const struct request *r, const struct input *v,
                        struct dispatch_order_wish *w, struct fail *f)
{
    int64_t *people;

    if (!input_array(v, 1, DISPATCHES_PEOPLE_MAX, &w->people_count, f))
        return false;
    people = arena_take(r->arena, (size_t)w->people_count, sizeof *people);
    for (int32_t i = 0; i < w->people_count; i++)
        if (!input_int(input_item(v, i), 1, (1LL << 53) - 1, &people[i], f))
            return false;
    qsort(people, (size_t)w->people_count, sizeof *people, ascending);
    for (int32_t i = 1; i < w->people_count; i++)
        if (people[i] == people[i - 1]) {
            fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "person %lld is named twice",
                     (long long)people[i]);
            return input_blame(v, f);
        }
    w->people = people;
    return true;
}

static bool read_wish(const struct request *r, struct dispatch_order_wish *w, struct fail *f)
{
    struct input_key keys[KEYS] = {
        [PEOPLE] = { "people", false, NULL },
        [SQUAD] = { "squad_id", false, NULL },
        [PARTIAL] = { "partial", false, NULL },
        [REASON] = { "reason", true, NULL },
    };
    const struct input *body;

    if (!request_param_id(r, "incident_id", &w->incident_id, f) || !request_json(r, &body, f) ||
        !input_keys(body, keys, KEYS, f))
        return false;
    if (!keys[PEOPLE].value == !keys[SQUAD].value) {
        fail_set(f, FAIL_INPUT, KEY_MISSING, "an order names people or a squad, one of the two");
        return fail_allowed(f, "people, squad_id");
    }
    return input_text(keys[REASON].value, INCIDENTS_REASON_MAX, &w->reason, f) &&
           (!keys[PARTIAL].value || input_bool(keys[PARTIAL].value, &w->partial, f)) &&
           (keys[SQUAD].value ? input_int(keys[SQUAD].value, 1, (1LL << 53) - 1, &w->squad_id, f)
                              : read_people(r, keys[PEOPLE].value, w, f));
}

/* Who was wanted and cannot be sent, each with her reason. */
static void write_barred(struct emit *e, const char *key, const struct dispatch_order_view *v)
{
    emit_key(e, key);
    emit_array(e);
    for (int32_t i = 0; i < v->people_count; i++) {
        const struct dispatch_order_candidate *c = &v->people[i];

        if (!c->bar)
            continue;
        emit_object(e);
        emit_key_int(e, "person_id", c->person_id);
        emit_key_text(e, "name", c->name);
        emit_key_text(e, "code", fail_word(c->bar->code));
        emit_key_text(e, "detail", c->bar->text);
        if (c->taken_from) {
            emit_key_text(e, "taken_from", c->taken_from);
            emit_key(e, "incident_id");
            if (c->taken_incident)
                emit_int(e, c->taken_incident);
            else
                emit_null(e);
            emit_key_text(e, "taken_by", c->taken_by);
        }
        emit_end(e);
    }
    emit_end(e);
}

/* A refusal that names everybody who stands in the way. */
static bool refuse(const struct dispatch_order_view *v, struct reply *out, struct fail *f)
{
    bool somebody = false;

    for (int32_t i = 0; i < v->people_count; i++)
        somebody |= v->people[i].bar && v->people[i].bar->code == f->code;
    if (!somebody)
        return false;
    struct emit *e = reply_problem(out, 0, f);

    write_barred(e, "people", v);
    emit_end(e);
    return true;
}

struct creation {
    const struct request *r;
    const struct dispatch_order_asker *asker;
    const struct dispatch_order_wish *wish;
    struct dispatch_order_sent sent;
};

static bool create(void *self, struct db *db, struct emit *e, const char **location, struct fail *f)
{
    struct creation *c = self;
    const struct request *r = c->r;

    if (!dispatch_order_send(db, engine_ids(r->engine), c->asker, c->wish, r->arena, &c->sent, f))
        return false;
    emit_object(e);
    emit_key(e, "dispatch");
    incident_json_dispatch(e, &c->sent.dispatch);
    write_barred(e, "left_out", &c->sent.view);
    emit_end(e);
    *location =
        arena_text(r->arena, "/v1/dispatches/%lld", (long long)c->sent.dispatch.dispatch_id);
    return true;
}

static void take(struct live *live, const struct dispatches_dispatch *d, struct arena *a)
{
    int64_t *people = arena_take(a, (size_t)d->people_count + 1, sizeof *people);

    for (int32_t i = 0; i < d->people_count; i++)
        people[i] = d->people[i].person_id;
    live_take(live, people, d->people_count, d->incident_id);
}

static bool send(const struct request *r, const struct dispatch_order_asker *asker,
                 const struct dispatch_order_wish *wish, struct reply *out, struct fail *f)
{
    struct creation c = { .r = r, .asker = asker, .wish = wish };

    if (!registrar_once(r, out, create, &c, f))
        return refuse(&c.sent.view, out, f);
    take(asker->live, &c.sent.dispatch, r->arena); /* of nobody, when it was answered before */
    return true;
}

/* Most refusals are decided by one look that locks nothing and writes nothing; what
 * passes it is looked at again with the incident held. A request that was answered
 * before gets its answer, whatever the world is like now. */
static bool order(const struct request *r, const struct dispatch_order_asker *asker,
                  const struct dispatch_order_wish *wish, struct reply *out, struct fail *f)
{
    struct dispatch_order_view view;
    struct db *db;

    if (!request_db(r, &db, f) ||
        !dispatch_order_look(db, asker, wish, request_header(r, "Idempotency-Key"), r->arena, &view,
                             f))
        return false;
    if (view.answered_before || dispatch_order_judge(&view, wish, f))
        return send(r, asker, wish, out, f);
    if (f->code == CODE_VOLUNTEERS_NOT_ALLOWED) {
        struct fail unrecorded = { 0 };

        if (!dispatch_order_record_gate(db, asker->who, wish, &view, r->arena, &unrecorded)) {
            *f = unrecorded;
            return false;
        }
    }
    return refuse(&view, out, f);
}

bool on_dispatches_create(const struct request *r, struct reply *out, struct fail *f)
{
    const struct incidents_who who = incident_json_who(r);
    struct dispatch_order_wish wish = { .people = NULL };

    if (!read_wish(r, &wish, f))
        return false;
    const struct dispatch_order_asker asker = {
        .who = &who,
        .live = engine_live(r->engine),
        .orgs = engine_orgs(r->engine),
    };
    const bool ok = order(r, &asker, &wish, out, f);

    orgs_drop(asker.orgs);
    return ok;
}

/* ---- what was sent */

bool on_dispatches_list(const struct request *r, struct reply *out, struct fail *f)
{
    const struct incidents_who who = incident_json_who(r);
    struct incidents_incident incident;
    struct dispatches_dispatch *orders;
    struct db *db;
    int64_t id;
    int32_t count;

    if (!request_param_id(r, "incident_id", &id, f) || !request_db(r, &db, f) ||
        !incidents_get(db, &who, id, r->arena, &incident, f) ||
        !dispatches_of(db, &who, id, r->arena, &orders, &count, f))
        return false;
    struct emit *e = reply_json(out, REPLY_OK);

    emit_object(e);
    emit_key(e, "items");
    emit_array(e);
    for (int32_t i = 0; i < count; i++)
        incident_json_dispatch(e, &orders[i]);
    emit_end(e);
    emit_end(e);
    return true;
}

bool on_dispatches_get(const struct request *r, struct reply *out, struct fail *f)
{
    const struct incidents_who who = incident_json_who(r);
    struct dispatches_dispatch d;
    struct db *db;
    int64_t id;

    if (!request_param_id(r, "dispatch_id", &id, f) || !request_db(r, &db, f) ||
        !dispatches_get(db, &who, id, r->arena, &d, f))
        return false;
    incident_json_dispatch(reply_json(out, REPLY_OK), &d);
    return true;
}

static void write_own(struct emit *e, const struct dispatches_own *own, enum frame frame)
{
    emit_object(e);
    emit_key_int(e, "dispatch_id", own->dispatch_id);
    emit_key_int(e, "incident_id", own->incident_id);
    emit_key_text(e, "state", own->state);
    emit_key_text(e, "expires_at", own->expires_at);
    emit_key_text(e, "taken_from", own->taken_from);
    emit_key_text(e, "taken_to", own->taken_to);
    emit_key_text(e, "reason", own->reason);
    emit_key_text(e, "type", own->type);
    emit_key_text(e, "type_zh", own->type_zh);
    emit_key_text(e, "type_en", own->type_en);
    emit_key_int(e, "priority", own->priority);
    emit_key_text(e, "incident_state", own->incident_state);
    emit_key(e, "place");
    way_write_place(e, own->place, frame);
    emit_key_text(e, "address", own->address);
    emit_key_text(e, "note", own->note);
    emit_end(e);
}

bool on_dispatches_own(const struct request *r, struct reply *out, struct fail *f)
{
    struct dispatches_own *own;
    enum frame frame;
    struct db *db;
    int32_t count;
    bool living;

    if (!registrar_frame(r, &frame, f) || !registrar_flag(r, "living", &living, f) ||
        !request_db(r, &db, f) ||
        !dispatches_list_own(db, r->caller.person_id, living, r->arena, &own, &count, f))
        return false;
    for (int32_t i = 0; i < count; i++)
        if (!frame_from_wgs84(frame, own[i].place, &own[i].place, f))
            return false;
    struct emit *e = reply_json(out, REPLY_OK);

    emit_object(e);
    emit_key(e, "items");
    emit_array(e);
    for (int32_t i = 0; i < count; i++)
        write_own(e, &own[i], frame);
    emit_end(e);
    emit_end(e);
    return true;
}

/* ---- steps */

enum { STEP_PERSON, STEP_REASON, STEP_KEYS };

static bool read_step(const struct request *r, struct dispatches_step *step, struct fail *f)
{
    struct input_key keys[STEP_KEYS] = {
        [STEP_PERSON] = { "person_id", false, NULL },
        [STEP_REASON] = { "reason", false, NULL },
    };

    if (!request_param_id(r, "dispatch_id", &step->dispatch_id, f) ||
        !incident_json_keys(r, keys, STEP_KEYS, f) ||
        !incident_json_text(keys[STEP_REASON].value, INCIDENTS_REASON_MAX, &step->reason, f))
        return false;
    return !keys[STEP_PERSON].value ||
           input_int(keys[STEP_PERSON].value, 1, (1LL << 53) - 1, &step->person_id, f);
}

/* The last word of the path says which step. */
bool on_dispatches_step(const struct request *r, struct reply *out, struct fail *f)
{
    const struct incidents_who who = incident_json_who(r);
    struct dispatches_step step = { 0 };
    struct dispatches_outcome outcome;
    struct db *db;

    if (!dispatch_states_event_of(strrchr(r->path, '/') + 1, &step.event))
        return fail_set(f, FAIL_MISSING, PATH_UNKNOWN, "there is no %.80s", r->path);
    if (!read_step(r, &step, f) || !request_db(r, &db, f) ||
        !dispatches_take_step(db, &who, &step, r->arena, &outcome, f))
        return false;
    live_release(engine_live(r->engine), outcome.freed, outcome.freed_count);
    incident_json_dispatch(reply_json(out, REPLY_OK), &outcome.dispatch);
    return true;
}
