/* Incidents as the outside opens, sees, changes and ends them. */
#include <string.h>

#include "api/handlers.h"
#include "api/incident_json.h"
#include "api/registrar.h"
#include "api/way.h"
#include "engine/audit.h"
#include "engine/clock.h"
#include "engine/cursor.h"
#include "engine/engine.h"
#include "engine/ids.h"
#include "engine/parcel.h"
#include "engine/personal.h"
#include "engine/shelter.h"

enum { LIMIT_DEFAULT = 100, PHONE_MAX = 40 };

/* ---- list and get */

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static bool read_group(const char *word, struct fail *f)
{
    if (!word || strcmp(word, "pending") == 0 || strcmp(word, "active") == 0 ||
        strcmp(word, "recent") == 0)
        return true;
    fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "group cannot be \"%.40s\"", word);
    fail_allowed(f, "pending, active, recent");
    fail_at(f, "/group");
    return fail_value(f, word);
}

static bool read_wish(const struct request *r, struct db *db, enum frame frame,
                      struct incidents_wish *w, const char **list, struct fail *f)
{
    const char *cursor = request_query(r, "cursor");
    const char *box = request_query(r, "bbox");

    *w = (struct incidents_wish){ .group = request_query(r, "group"), .boxed = box != NULL };
    if (!request_query_int(r, "limit", 1, INCIDENTS_LIST_MAX, LIMIT_DEFAULT, &w->limit, f) ||
        !request_query_int(r, "org", 1, INT64_MAX >> 10, 0, &w->org_id, f) ||
        !read_group(w->group, f) || (box && !way_read_box(box, frame, &w->box, f)))
        return false;
    *list = arena_text(r->arena, "/v1/incidents?group=%s&bbox=%s&org=%lld&frame=%s",
                       or_empty(w->group), or_empty(box), (long long)w->org_id, frame_word(frame));
    return !cursor || cursor_read(db, *list, cursor, r->arena, &w->before_id, f);
}

static bool write_list(const struct request *r, struct incidents_incident *found, int32_t count,
                       enum frame frame, const char *next, struct reply *out, struct fail *f)
{
    for (int32_t i = 0; i < count; i++)
        if (!incident_json_turn(&found[i], frame, f))
            return false;
    struct emit *e = reply_json(out, REPLY_OK);

    emit_object(e);
    emit_key(e, "items");
    emit_array(e);
    for (int32_t i = 0; i < count; i++) {
        incident_json_open(r, e, &found[i], frame);
        emit_end(e);
    }
    emit_end(e);
    emit_key_text(e, "next", next);
    emit_end(e);
    return true;
}

bool on_incidents_list(const struct request *r, struct reply *out, struct fail *f)
{
    const struct incidents_who who = incident_json_who(r);
    struct incidents_wish wish;
    struct incidents_incident *found;
    const char *list, *next = NULL;
    enum frame frame;
    struct db *db;
    int32_t count;

    if (!registrar_frame(r, &frame, f) || !request_db(r, &db, f) ||
        !read_wish(r, db, frame, &wish, &list, f))
        return false;
    wish.limit++; /* one more, to know whether there is a next page */
    if (!incidents_list(db, &who, &wish, r->arena, &found, &count, f))
        return false;
    if (count == wish.limit) {
        count--;
        if (!cursor_make(db, list, found[count - 1].incident_id, r->arena, &next, f))
            return false;
    }
    return write_list(r, found, count, frame, next, out, f);
}

static void tag(const struct request *r, const struct incidents_incident *i, struct reply *out)
{
    reply_etag(out, arena_text(r->arena, "%lld", (long long)i->version));
}

static bool reply_incident(const struct request *r, struct incidents_incident *i, enum frame frame,
                           struct reply *out, struct fail *f)
{
    if (!incident_json_turn(i, frame, f))
        return false;
    struct emit *e = reply_json(out, REPLY_OK);

    incident_json_open(r, e, i, frame);
    emit_end(e);
    tag(r, i, out);
    return true;
}

/* A firm sees how far its incident has come, and not who comes. */
bool on_incidents_get(const struct request *r, struct reply *out, struct fail *f)
{
    const struct incidents_who who = incident_json_who(r);
    struct incidents_incident incident;
    struct dispatches_dispatch *orders = NULL;
    int32_t order_count = 0;
    enum frame frame;
    struct db *db;
    int64_t id;

    if (!registrar_frame(r, &frame, f) || !request_param_id(r, "incident_id", &id, f) ||
        !request_db(r, &db, f) || !incidents_get(db, &who, id, r->arena, &incident, f) ||
        !incident_json_turn(&incident, frame, f) ||
        (who.kind == INCIDENTS_STAFF &&
         !dispatches_of(db, &who, id, r->arena, &orders, &order_count, f)))
        return false;
    struct emit *e = reply_json(out, REPLY_OK);

    incident_json_open(r, e, &incident, frame);
    if (who.kind == INCIDENTS_STAFF) {
        emit_key(e, "dispatches");
        emit_array(e);
        for (int32_t i = 0; i < order_count; i++)
            incident_json_dispatch(e, &orders[i]);
        emit_end(e);
    }
    emit_end(e);
    tag(r, &incident, out);
    return true;
}

/* ---- create and change */

enum { TYPE, PRIORITY, PLACE, ADDRESS, NOTE, PHONE, KEYS };

struct body {
    struct incidents_incident incident;
    const char *phone; /* as it is compared, or NULL */
};

static bool read_phone(const struct request *r, const struct input *v, struct body *b,
                       struct fail *f)
{
    char digits[24];
    const char *text;

    if (!v)
        return true;
    if (!input_text(v, PHONE_MAX, &text, f))
        return false;
    if (!personal_phone(text, digits, f))
        return input_blame(v, f);
    b->phone = arena_text(r->arena, "%s", digits);
    return true;
}

/* Writes the keys that are there over what the incident is. */
static bool read_body(const struct request *r, bool required, struct body *b, struct fail *f)
{
    struct input_key keys[KEYS] = {
        [TYPE] = { "type", required, NULL },   [PRIORITY] = { "priority", false, NULL },
        [PLACE] = { "place", required, NULL }, [ADDRESS] = { "address", false, NULL },
        [NOTE] = { "note", false, NULL },      [PHONE] = { "reporter_phone", false, NULL },
    };
    struct incidents_incident *i = &b->incident;
    const struct input *body;
    int64_t priority = i->priority;

    if (!request_json(r, &body, f) || !input_keys(body, keys, KEYS, f) ||
        (keys[TYPE].value && !input_text(keys[TYPE].value, 40, &i->type, f)) ||
        (keys[PRIORITY].value && !input_int(keys[PRIORITY].value, 1, 3, &priority, f)) ||
        (keys[PLACE].value && !frame_read_place(keys[PLACE].value, &i->place, f)) ||
        (keys[ADDRESS].value &&
         !input_text(keys[ADDRESS].value, INCIDENTS_ADDRESS_MAX, &i->address, f)) ||
        (keys[NOTE].value && !input_text(keys[NOTE].value, INCIDENTS_NOTE_MAX, &i->note, f)) ||
        !read_phone(r, keys[PHONE].value, b, f))
        return false;
    i->priority = (int32_t)priority;
    return true;
}

static bool seal(const struct request *r, struct body *b, struct fail *f)
{
    struct incidents_incident *i = &b->incident;
    const struct personal *personal = b->phone ? engine_personal(r->engine, f) : NULL;

    if (!b->phone)
        return true;
    if (!personal)
        return false;
    i->phone =
        personal_seal(personal, i->incident_id, PERSONAL_PHONE, b->phone, r->arena, &i->phone_size);
    return true;
}

struct creation {
    const struct request *r;
    enum frame frame;
    struct body body;
};

static bool create(void *self, struct db *db, struct emit *e, const char **location, struct fail *f)
{
    struct creation *c = self;
    const struct request *r = c->r;
    const struct incidents_who who = incident_json_who(r);
    struct incidents_incident made;

    if (!ids_take(engine_ids(r->engine), db, &c->body.incident.incident_id, f) ||
        !seal(r, &c->body, f) || !incidents_add(db, &who, &c->body.incident, r->arena, &made, f) ||
        !incident_json_turn(&made, c->frame, f))
        return false;
    incident_json_open(r, e, &made, c->frame);
    emit_end(e);
    *location = arena_text(r->arena, "/v1/incidents/%lld", (long long)made.incident_id);
    return true;
}

static bool check_type(struct shelter *s, const char *type, struct fail *f)
{
    if (shelter_knows_type(s, type))
        return true;
    fail_set(f, FAIL_INPUT, INCIDENT_TYPE_UNKNOWN, "there is no incident type \"%.40s\"", type);
    fail_allowed(f, "a type of /v1/incident_types");
    fail_at(f, "/type");
    return fail_value(f, type);
}

/* What is said of an incident that this node alone knows: whose it is, only the database
 * can tell. */
static struct idempotency_answer kept_answer(const struct request *r,
                                             const struct incidents_incident *i, struct buf *bytes)
{
    struct emit e = emit_to(bytes);

    emit_object(&e);
    emit_key_int(&e, "incident_id", i->incident_id);
    emit_key_text(&e, "durability", "node-local");
    emit_end(&e);
    return (struct idempotency_answer){
        .status = REPLY_ACCEPTED,
        .type = "application/json",
        .location = arena_text(r->arena, "/v1/incidents/%lld", (long long)i->incident_id),
        .bytes = bytes->bytes,
        .size = bytes->size,
    };
}

/* The database is away: the incident has its final number and comes in later, under the
 * same key. The number stays that of a try whose commit was not answered. */
static bool keep(struct creation *c, struct shelter *s, struct reply *out, struct fail *f)
{
    const struct request *r = c->r;
    const struct idempotency_ask ask = registrar_ask(r);
    struct incidents_incident *i = &c->body.incident;
    struct buf bytes = { 0 };

    if ((i->incident_id == 0 && !ids_take_spare(engine_ids(r->engine), &i->incident_id)) ||
        !check_type(s, i->type, f) || !seal(r, &c->body, f))
        return false;
    struct parcel_incident parcel = {
        .received_us = clock_wall_us(),
        .who = incident_json_who(r),
        .incident = *i,
        .key = ask.key,
        .answer = kept_answer(r, i, &bytes),
    };

    idempotency_asked(&ask, parcel.asked);
    const bool kept = shelter_keep_incident(s, &parcel, f);

    if (kept) {
        idempotency_remember(shelter_memory(s), &ask, &parcel.answer);
        registrar_replay(&parcel.answer, out);
    }
    buf_free(&bytes);
    return kept;
}

static void remember(const struct request *r, struct shelter *s, const struct reply *out)
{
    const struct idempotency_ask ask = registrar_ask(r);
    struct idempotency_answer answer = {
        .status = out->status,
        .type = "application/json",
        .bytes = out->body.bytes,
        .size = out->body.size,
    };

    for (const struct reply_field *field = out->fields; field; field = field->next)
        if (strcmp(field->name, "Location") == 0)
            answer.location = field->value;
    idempotency_remember(shelter_memory(s), &ask, &answer);
}

bool on_incidents_create(const struct request *r, struct reply *out, struct fail *f)
{
    struct creation c = { .r = r, .body.incident = { .address = "", .note = "" } };
    struct shelter *s = engine_shelter(r->engine);
    const struct idempotency_ask ask = registrar_ask(r);
    struct idempotency_answer answer;
    bool again = false;

    if (!registrar_frame(r, &c.frame, f) || !read_body(r, true, &c.body, f) ||
        (s && !idempotency_recall(shelter_memory(s), &ask, r->arena, &again, &answer, f)))
        return false;
    if (again)
        registrar_replay(&answer, out);
    if (again)
        return true;
    if (!registrar_once(r, out, create, &c, f))
        return s && shelter_is_for(f) && keep(&c, s, out, f);
    if (s)
        remember(r, s, out);
    return true;
}

bool on_incidents_change(const struct request *r, struct reply *out, struct fail *f)
{
    const struct incidents_who who = incident_json_who(r);
    struct body body = { .phone = NULL };
    struct incidents_outcome outcome;
    enum frame frame;
    struct db *db;
    int64_t id, version;

    if (!registrar_frame(r, &frame, f) || !request_param_id(r, "incident_id", &id, f) ||
        !registrar_version(r, true, &version, f) || !request_db(r, &db, f) ||
        !incidents_get(db, &who, id, r->arena, &body.incident, f) ||
        !read_body(r, false, &body, f) || !seal(r, &body, f))
        return false;
    /* Without a version: what was read now is what the patch was made for. */
    body.incident.version = version ? version : body.incident.version;
    if (!incidents_change(db, &who, &body.incident, r->arena, &outcome, f))
        return false;
    live_release(engine_live(r->engine), outcome.freed, outcome.freed_count);
    return reply_incident(r, &outcome.incident, frame, out, f);
}

/* ---- acts */

enum { REASON, DISPOSITION, INTO, ORG, ACT_KEYS };

static bool read_id(const struct input *v, int64_t *out, struct fail *f)
{
    return !v || input_int(v, 1, (1LL << 53) - 1, out, f);
}

static bool read_act(const struct request *r, struct incidents_act *act, struct fail *f)
{
    const bool merges = act->event == INCIDENT_STATES_MERGE;
    const bool transfers = act->event == INCIDENT_STATES_TRANSFER;
    struct input_key keys[ACT_KEYS] = {
        [REASON] = { "reason", false, NULL },
        [DISPOSITION] = { "disposition", false, NULL },
        [INTO] = { "into", merges, NULL },
        [ORG] = { "org_id", transfers, NULL },
    };

    if ((merges || transfers) && r->body_size == 0)
        return fail_set(f, FAIL_INPUT, KEY_MISSING, "the key \"%s\" is missing",
                        merges ? "into" : "org_id");
    return incident_json_keys(r, keys, ACT_KEYS, f) &&
           incident_json_text(keys[REASON].value, INCIDENTS_REASON_MAX, &act->reason, f) &&
           incident_json_text(keys[DISPOSITION].value, INCIDENTS_DISPOSITION_MAX, &act->disposition,
                              f) &&
           read_id(keys[INTO].value, &act->into_id, f) && read_id(keys[ORG].value, &act->org_id, f);
}

/* The last word of the path says what is done. */
bool on_incidents_act(const struct request *r, struct reply *out, struct fail *f)
{
    const struct incidents_who who = incident_json_who(r);
    struct live *live = engine_live(r->engine);
    struct incidents_act act = { 0 };
    struct incidents_outcome outcome;
    enum frame frame;
    struct db *db;

    if (!incident_states_event_of(strrchr(r->path, '/') + 1, &act.event))
        return fail_set(f, FAIL_MISSING, PATH_UNKNOWN, "there is no %.80s", r->path);
    if (!registrar_frame(r, &frame, f) ||
        !request_param_id(r, "incident_id", &act.incident_id, f) ||
        !registrar_version(r, false, &act.version, f) || !read_act(r, &act, f) ||
        !request_db(r, &db, f) || !incidents_act(db, &who, &act, r->arena, &outcome, f))
        return false;
    live_release(live, outcome.freed, outcome.freed_count);
    live_take(live, outcome.moved, outcome.moved_count, act.into_id);
    return reply_incident(r, &outcome.incident, frame, out, f);
}

/* ---- timeline and reveal */

static void write_event(struct emit *e, const struct incidents_event *event)
{
    emit_object(e);
    emit_key_int(e, "event_id", event->event_id);
    emit_key_text(e, "at", event->at);
    emit_key_text(e, "kind", event->kind);
    emit_key_text(e, "how", event->how);
    if (event->dispatch_id)
        emit_key_int(e, "dispatch_id", event->dispatch_id);
    if (event->person_id) {
        emit_key_int(e, "person_id", event->person_id);
        emit_key_text(e, "name", event->name);
    }
    if (event->by_token_id)
        emit_key_int(e, "by_token_id", event->by_token_id);
    if (event->by_person_id)
        emit_key_int(e, "by_person_id", event->by_person_id);
    if (event->detail) {
        emit_key(e, "detail");
        emit_raw(e, event->detail, strlen(event->detail));
    }
    emit_end(e);
}

bool on_incidents_timeline(const struct request *r, struct reply *out, struct fail *f)
{
    const struct incidents_who who = incident_json_who(r);
    const char *cursor = request_query(r, "cursor");
    struct incidents_incident incident;
    struct incidents_event *events;
    const char *list, *next = NULL;
    struct db *db;
    int64_t id, limit, after_id = 0;
    int32_t count;

    if (!request_param_id(r, "incident_id", &id, f) ||
        !request_query_int(r, "limit", 1, INCIDENTS_LIST_MAX, LIMIT_DEFAULT, &limit, f) ||
        !request_db(r, &db, f) || !incidents_get(db, &who, id, r->arena, &incident, f))
        return false;
    list = arena_text(r->arena, "/v1/incidents/%lld/timeline", (long long)id);
    if ((cursor && !cursor_read(db, list, cursor, r->arena, &after_id, f)) ||
        !incidents_timeline(db, id, after_id, limit + 1, r->arena, &events, &count, f))
        return false;
    if (count > limit) {
        count--;
        if (!cursor_make(db, list, events[count - 1].event_id, r->arena, &next, f))
            return false;
    }
    struct emit *e = reply_json(out, REPLY_OK);

    emit_object(e);
    emit_key(e, "items");
    emit_array(e);
    for (int32_t i = 0; i < count; i++)
        write_event(e, &events[i]);
    emit_end(e);
    emit_key_text(e, "next", next);
    emit_end(e);
    return true;
}

/* The phone is read before the entry is written, and told after it is committed. */
static bool record_reveal(const struct request *r, struct db *db,
                          const struct incidents_incident *i, const char *purpose, struct fail *f)
{
    const struct audit_entry entry = {
        .token_id = r->caller.token_id,
        .person_id = r->caller.person_id,
        .org_id = i->org_id,
        .action = "reporter_revealed",
        .subject = arena_text(r->arena, "incident %lld", (long long)i->incident_id),
        .purpose = purpose,
        .request_id = r->id,
    };

    if (!db_begin(db, f))
        return false;
    if (audit_add(db, &entry, f) && db_commit(db, f))
        return true;
    db_rollback(db);
    return false;
}

bool on_incidents_reveal(const struct request *r, struct reply *out, struct fail *f)
{
    const struct incidents_who who = incident_json_who(r);
    struct input_key keys[] = { { "purpose", true, NULL } };
    const struct personal *personal;
    struct incidents_incident i;
    const struct input *body;
    const char *purpose, *phone = NULL;
    struct db *db;
    int64_t id;

    if (!request_param_id(r, "incident_id", &id, f) || !request_json(r, &body, f) ||
        !input_keys(body, keys, 1, f) ||
        !input_text(keys[0].value, AUDIT_PURPOSE_MAX, &purpose, f) || !request_db(r, &db, f) ||
        !incidents_get(db, &who, id, r->arena, &i, f))
        return false;
    personal = engine_personal(r->engine, f);
    if (!personal || (i.phone && !personal_unseal(personal, id, PERSONAL_PHONE, i.phone,
                                                  i.phone_size, r->arena, &phone, f)))
        return false;
    if (!record_reveal(r, db, &i, purpose, f))
        return false;
    struct emit *e = reply_json(out, REPLY_OK);

    emit_object(e);
    emit_key_int(e, "incident_id", id);
    emit_key_text(e, "reporter_phone", phone);
    emit_end(e);
    return true;
}
