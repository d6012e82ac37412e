#include "engine/incidents.h"

#include <assert.h>

#include "engine/feed.h"
#include "engine/incident_types.h"
#include "geo/base/buf.h"
#include "geo/base/emit.h"

enum {
    COLUMN_ID,
    COLUMN_VERSION,
    COLUMN_ORG,
    COLUMN_FIRM,
    COLUMN_TYPE,
    COLUMN_PRIORITY,
    COLUMN_STATE,
    COLUMN_STAGE,
    COLUMN_LON,
    COLUMN_LAT,
    COLUMN_ADDRESS,
    COLUMN_GRID,
    COLUMN_NOTE,
    COLUMN_PHONE,
    COLUMN_DISPOSITION,
    COLUMN_MERGED,
    COLUMN_SINCE,
    COLUMN_STAMPS,
    COLUMN_ZH = COLUMN_STAMPS + INCIDENTS_STAMPS,
    COLUMN_EN,
    COLUMN_ALLOWED,
};

/* Why people are let go by a change of the type; in the timeline. */
static const char GATE_SHUT[] = "volunteers are not sent to this type";

/* ---- reading */

static struct db_value id_or_null(int64_t id)
{
    return id ? db_int(id) : db_null();
}

/* Scope as the queries take it: a subtree, or a firm's own. */
static struct db_value subtree_of(const struct incidents_who *who)
{
    return who->kind == INCIDENTS_STAFF || who->kind == INCIDENTS_TIMER ? db_int(who->org_id)
                                                                        : db_null();
}

static struct db_value firm_of(const struct incidents_who *who)
{
    return who->kind == INCIDENTS_PARTNER ? db_int(who->org_id) : db_null();
}

const char *incidents_how(const struct incidents_who *who)
{
    static const char *const HOW[] = {
        [INCIDENTS_STAFF] = "staff",
        [INCIDENTS_PARTNER] = "partner",
        [INCIDENTS_HERSELF] = "herself",
        [INCIDENTS_TIMER] = "timer",
    };

    return HOW[who->kind];
}

static int64_t id_of(const struct db_rows *rows, int32_t row, int32_t column)
{
    return db_is_null(rows, row, column) ? 0 : db_get_int(rows, row, column);
}

static bool read_row(const struct db_rows *rows, int32_t row, struct incidents_incident *out,
                     struct fail *f)
{
    const char *state = db_get_text(rows, row, COLUMN_STATE);

    *out = (struct incidents_incident){
        .incident_id = db_get_int(rows, row, COLUMN_ID),
        .version = db_get_int(rows, row, COLUMN_VERSION),
        .org_id = db_get_int(rows, row, COLUMN_ORG),
        .firm_id = id_of(rows, row, COLUMN_FIRM),
        .type = db_get_text(rows, row, COLUMN_TYPE),
        .type_zh = db_get_text(rows, row, COLUMN_ZH),
        .type_en = db_get_text(rows, row, COLUMN_EN),
        .volunteer_allowed = db_get_bool(rows, row, COLUMN_ALLOWED),
        .priority = (int32_t)db_get_int(rows, row, COLUMN_PRIORITY),
        .stage = db_get_text(rows, row, COLUMN_STAGE),
        .place = { db_get_double(rows, row, COLUMN_LON), db_get_double(rows, row, COLUMN_LAT) },
        .address = db_get_text(rows, row, COLUMN_ADDRESS),
        .grid_id = id_of(rows, row, COLUMN_GRID),
        .note = db_get_text(rows, row, COLUMN_NOTE),
        .disposition = db_get_text(rows, row, COLUMN_DISPOSITION),
        .merged_into = id_of(rows, row, COLUMN_MERGED),
        .state_since = db_get_text(rows, row, COLUMN_SINCE),
    };
    out->phone = db_get_bytes(rows, row, COLUMN_PHONE, &out->phone_size);
    for (int32_t i = 0; i < INCIDENTS_STAMPS; i++)
        out->stamps[i] = db_get_text(rows, row, COLUMN_STAMPS + i);
    return incident_states_of(state, &out->state) ||
           fail_set(f, FAIL_BROKEN, DATABASE_FAILED, "an incident is \"%.40s\"", state);
}

bool incidents_get(struct db *db, const struct incidents_who *who, int64_t incident_id,
                   struct arena *a, struct incidents_incident *out, struct fail *f)
{
    const struct db_value values[] = { db_int(incident_id), subtree_of(who), firm_of(who) };
    const struct db_value own[] = { db_int(incident_id), db_int(who->person_id) };
    const struct db_rows *rows;

    if (who->kind == INCIDENTS_HERSELF ? !db_run(db, QUERIES_INCIDENT_OWN, own, 2, a, &rows, f)
                                       : !db_run(db, QUERIES_INCIDENT_GET, values, 3, a, &rows, f))
        return false;
    if (db_count(rows) == 1)
        return read_row(rows, 0, out, f);
    fail_set(f, FAIL_MISSING, INCIDENT_UNKNOWN, "there is no incident %lld",
             (long long)incident_id);
    return fail_value(f, arena_text(a, "%lld", (long long)incident_id));
}

bool incidents_list(struct db *db, const struct incidents_who *who,
                    const struct incidents_wish *wish, struct arena *a,
                    struct incidents_incident **out, int32_t *count, struct fail *f)
{
    const struct box *box = &wish->box;
    const struct db_value values[] = {
        id_or_null(wish->before_id),
        db_int(wish->limit),
        subtree_of(who),
        firm_of(who),
        db_text(wish->group),
        wish->boxed ? db_double(box->min.lon) : db_null(),
        wish->boxed ? db_double(box->min.lat) : db_null(),
        wish->boxed ? db_double(box->max.lon) : db_null(),
        wish->boxed ? db_double(box->max.lat) : db_null(),
        id_or_null(wish->org_id),
    };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_INCIDENT_LIST, values, 10, a, &rows, f))
        return false;
    *count = db_count(rows);
    *out = arena_take(a, (size_t)*count + 1, sizeof **out);
    for (int32_t i = 0; i < *count; i++)
        if (!read_row(rows, i, &(*out)[i], f))
            return false;
    return true;
}

bool incidents_timeline(struct db *db, int64_t incident_id, int64_t after_id, int64_t limit,
                        struct arena *a, struct incidents_event **out, int32_t *count,
                        struct fail *f)
{
    const struct db_value values[] = { db_int(incident_id), db_int(after_id), db_int(limit) };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_INCIDENT_EVENT_LIST, values, 3, a, &rows, f))
        return false;
    *count = db_count(rows);
    *out = arena_take(a, (size_t)*count + 1, sizeof **out);
    for (int32_t i = 0; i < *count; i++)
        (*out)[i] = (struct incidents_event){
            .event_id = db_get_int(rows, i, 0),
            .at = db_get_text(rows, i, 1),
            .kind = db_get_text(rows, i, 2),
            .dispatch_id = id_of(rows, i, 3),
            .person_id = id_of(rows, i, 4),
            .name = db_get_text(rows, i, 5),
            .by_token_id = id_of(rows, i, 6),
            .by_person_id = id_of(rows, i, 7),
            .how = db_get_text(rows, i, 8),
            .detail = db_get_text(rows, i, 9),
        };
    return true;
}

/* ---- what every change writes */

static bool note(struct db *db, const struct incidents_who *who, int64_t incident_id,
                 const char *kind, const char *detail, struct fail *f)
{
    const struct db_value values[] = {
        db_int(incident_id),         db_text(kind),
        id_or_null(who->token_id),   id_or_null(who->person_id),
        db_text(incidents_how(who)), db_text(detail),
    };

    return db_run(db, QUERIES_INCIDENT_NOTE, values, 6, NULL, NULL, f);
}

bool incidents_tell(struct db *db, const struct incidents_incident *i, const char *event,
                    struct fail *f)
{
    struct buf data = { 0 };
    struct emit e = emit_to(&data);

    emit_object(&e);
    emit_key_int(&e, "incident_id", i->incident_id);
    emit_key_int(&e, "version", i->version);
    emit_key_text(&e, "event", event);
    emit_key_text(&e, "state", incident_states_shown(i->state, i->stage));
    emit_key_int(&e, "priority", i->priority);
    emit_key_int(&e, "org_id", i->org_id);
    emit_end(&e);

    const struct feed_event told = {
        .kind = "incident",
        .org_id = i->org_id,
        .firm_id = i->firm_id,
        .incident_id = i->incident_id,
        .data = buf_text(&data),
    };
    const bool ok = feed_tell(db, &told, f);

    buf_free(&data);
    return ok;
}

bool incidents_lock(struct db *db, int64_t one_id, int64_t other_id, struct fail *f)
{
    int64_t ids[2] = { one_id, other_id };
    size_t count = other_id && other_id != one_id ? 2 : 1;

    if (count == 2 && other_id < one_id) {
        ids[0] = other_id;
        ids[1] = one_id;
    }
    const struct db_value value = db_ints(ids, count);

    return db_run(db, QUERIES_INCIDENT_LOCK, &value, 1, NULL, NULL, f);
}

static bool set_state(struct db *db, const struct incidents_act *act,
                      const struct incident_states_effect *effect, struct fail *f)
{
    const struct db_value values[] = {
        db_int(act->incident_id),
        db_text(incident_states_word(effect->state)),
        db_text(act->disposition),
        effect->state == INCIDENT_STATES_MERGED ? db_int(act->into_id) : db_null(),
        db_bool(effect->what & INCIDENT_STATES_STAMP_T1),
        db_bool(effect->what & INCIDENT_STATES_STAMP_T6),
        db_bool(effect->what & INCIDENT_STATES_STAMP_T7),
        db_bool(effect->what & INCIDENT_STATES_UNSTAMP),
    };

    return db_run(db, QUERIES_INCIDENT_SET, values, 8, NULL, NULL, f);
}

bool incidents_send(struct db *db, const struct incidents_who *who, int64_t incident_id,
                    enum incident_states_state state, struct fail *f)
{
    const struct incidents_act act = { .incident_id = incident_id, .event = INCIDENT_STATES_SEND };
    struct incident_states_effect effect;

    if (!incident_states_next(state, INCIDENT_STATES_SEND, INCIDENT_STATES_STAFF, &effect, f))
        return false;
    if (effect.state == state)
        return true;
    return set_state(db, &act, &effect, f) &&
           note(db, who, incident_id, incident_states_word(effect.state), NULL, f);
}

/* ---- adding and changing */

static bool fail_type(const char *type, struct fail *f)
{
    fail_set(f, FAIL_INPUT, INCIDENT_TYPE_UNKNOWN, "there is no incident type \"%.40s\"", type);
    fail_allowed(f, "a type of /v1/incident_types");
    fail_at(f, "/type");
    return fail_value(f, type);
}

bool incidents_add(struct db *db, const struct incidents_who *who,
                   const struct incidents_incident *wish, struct arena *a,
                   struct incidents_incident *out, struct fail *f)
{
    const struct db_value values[] = {
        db_int(wish->incident_id),
        db_text(wish->type),
        wish->priority ? db_int(wish->priority) : db_null(),
        db_double(wish->place.lon),
        db_double(wish->place.lat),
        db_text(wish->address),
        db_text(wish->note),
        wish->phone ? db_bytes(wish->phone, wish->phone_size) : db_null(),
        firm_of(who),
        id_or_null(who->token_id),
        id_or_null(wish->received_us),
    };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_INCIDENT_ADD, values, 11, a, &rows, f))
        return false;
    if (db_count(rows) == 0)
        return fail_type(wish->type, f);
    return note(db, who, wish->incident_id, "reported",
                wish->received_us ? "{\"durability\":\"node-local\"}" : NULL, f) &&
           incidents_get(db, who, wish->incident_id, a, out, f) &&
           incidents_tell(db, out, "reported", f);
}

static bool fail_stale(const struct incidents_incident *i, int64_t wanted, struct arena *a,
                       struct fail *f)
{
    fail_set(f, FAIL_CONFLICT, VERSION_STALE, "incident %lld is at version %lld, not %lld",
             (long long)i->incident_id, (long long)i->version, (long long)wanted);
    fail_allowed(f, "\"%lld\"", (long long)i->version);
    return fail_value(f, arena_text(a, "%lld", (long long)wanted));
}

static bool open_for(struct db *db, const struct incidents_who *who, int64_t incident_id,
                     int64_t version, struct arena *a, struct incidents_incident *out,
                     struct fail *f)
{
    if (!incidents_get(db, who, incident_id, a, out, f))
        return false;
    return version == 0 || version == out->version || fail_stale(out, version, a, f);
}

static bool same_place(struct point a, struct point b)
{
    const struct point_e7 one = point_to_e7(a);
    const struct point_e7 other = point_to_e7(b);

    return one.lon == other.lon && one.lat == other.lat;
}

/* The timeline keeps where it was thought to be before. */
static const char *moved_from(const struct incidents_incident *was, struct arena *a)
{
    return arena_text(a, "{\"from\":{\"lon\":%.7f,\"lat\":%.7f,\"frame\":\"wgs84\"}}",
                      was->place.lon, was->place.lat);
}

static bool read_gate(struct db *db, const char *type, struct arena *a, bool *volunteer_allowed,
                      struct fail *f)
{
    struct incident_types_type found;

    if (!incident_types_get(db, type, a, &found, f))
        return f->code == CODE_INCIDENT_TYPE_UNKNOWN && fail_type(type, f);
    *volunteer_allowed = found.volunteer_allowed;
    return true;
}

static const int64_t *people_of(const struct db_rows *rows, struct arena *a, int32_t *count)
{
    int64_t *people = arena_take(a, (size_t)db_count(rows) + 1, sizeof *people);

    *count = db_count(rows);
    for (int32_t i = 0; i < *count; i++)
        people[i] = db_get_int(rows, i, 0);
    return people;
}

static bool stand_down(struct db *db, const struct incidents_who *who,
                       const struct incidents_act *act, struct arena *a,
                       struct incidents_outcome *out, struct fail *f)
{
    const struct db_value values[] = {
        db_int(act->incident_id),  db_text(act->reason),       db_text("staff"),
        id_or_null(who->token_id), id_or_null(who->person_id),
    };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_DISPATCH_RELEASE, values, 5, a, &rows, f))
        return false;
    out->freed = people_of(rows, a, &out->freed_count);
    return true;
}

/* Whoever is on the way is let go when it turns out to be what no volunteer is sent to. */
static bool write_change(struct db *db, const struct incidents_who *who,
                         const struct incidents_incident *wish, struct arena *a,
                         struct incidents_outcome *out, struct fail *f)
{
    const struct incidents_act act = { .incident_id = wish->incident_id, .reason = GATE_SHUT };
    const struct db_value values[] = {
        db_int(wish->incident_id),
        id_or_null(wish->version),
        db_text(wish->type),
        db_int(wish->priority),
        db_double(wish->place.lon),
        db_double(wish->place.lat),
        db_text(wish->address),
        db_text(wish->note),
        wish->phone ? db_bytes(wish->phone, wish->phone_size) : db_null(),
    };
    struct incidents_incident was;
    bool volunteer_allowed;

    if (!incidents_lock(db, wish->incident_id, 0, f) ||
        !open_for(db, who, wish->incident_id, wish->version, a, &was, f) ||
        !read_gate(db, wish->type, a, &volunteer_allowed, f) ||
        !db_run(db, QUERIES_INCIDENT_CHANGE, values, 9, a, NULL, f) ||
        (!volunteer_allowed && !stand_down(db, who, &act, a, out, f)))
        return false;
    const bool is_moved = !same_place(was.place, wish->place);
    const char *kind = is_moved ? "moved" : "changed";

    return note(db, who, wish->incident_id, kind, is_moved ? moved_from(&was, a) : NULL, f) &&
           incidents_get(db, who, wish->incident_id, a, &out->incident, f) &&
           incidents_tell(db, &out->incident, kind, f);
}

bool incidents_change(struct db *db, const struct incidents_who *who,
                      const struct incidents_incident *wish, struct arena *a,
                      struct incidents_outcome *out, struct fail *f)
{
    *out = (struct incidents_outcome){ .freed_count = 0 };
    if (!db_begin(db, f))
        return false;
    if (write_change(db, who, wish, a, out, f) && db_commit(db, f))
        return true;
    db_rollback(db);
    return false;
}

/* ---- acts */

static bool fail_into(const struct incidents_act *act, struct fail *f)
{
    fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "incident %lld cannot be merged into itself",
             (long long)act->into_id);
    fail_allowed(f, "another incident");
    return fail_at(f, "/into");
}

static bool fail_over(const struct incidents_incident *into, struct fail *f)
{
    const char *state = incident_states_word(into->state);

    fail_set(f, FAIL_CONFLICT, INCIDENT_STATE, "incident %lld is %s: nothing can be merged into it",
             (long long)into->incident_id, state);
    fail_allowed(f, "an incident that is not over");
    fail_at(f, "/into");
    return fail_value(f, state);
}

/* Whoever is on the way to one goes on to the other, which is then under way; but
 * nobody goes on to what no volunteer is sent to. */
static bool merge(struct db *db, const struct incidents_who *who, const struct incidents_act *act,
                  struct arena *a, struct incidents_outcome *out, struct fail *f)
{
    const struct db_value values[] = { db_int(act->incident_id), db_int(act->into_id) };
    const struct incidents_act shut = { .incident_id = act->incident_id, .reason = GATE_SHUT };
    struct incidents_incident into;
    const struct db_rows *rows;

    if (act->into_id == act->incident_id)
        return fail_into(act, f);
    if (!incidents_get(db, who, act->into_id, a, &into, f))
        return fail_at(f, "/into");
    if (incident_states_is_over(into.state))
        return fail_over(&into, f);
    if (!into.volunteer_allowed && !stand_down(db, who, &shut, a, out, f))
        return false;
    if (!db_run(db, QUERIES_DISPATCH_MERGE, values, 2, a, &rows, f))
        return false;
    out->moved = people_of(rows, a, &out->moved_count);
    if (out->moved_count > 0 && !incidents_send(db, who, act->into_id, into.state, f))
        return false;
    return note(db, who, act->into_id, "merged_in",
                arena_text(a, "{\"incident_id\":%lld}", (long long)act->incident_id), f) &&
           incidents_get(db, who, act->into_id, a, &into, f) &&
           incidents_tell(db, &into, "merged_in", f);
}

static bool transfer(struct db *db, const struct incidents_act *act, struct arena *a,
                     struct fail *f)
{
    const struct db_value values[] = { db_int(act->incident_id), db_int(act->org_id) };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_INCIDENT_HAND, values, 2, a, &rows, f))
        return false;
    if (db_get_bool(rows, 0, 0))
        return true;
    fail_set(f, FAIL_MISSING, NOT_FOUND, "there is no organisation %lld to transfer it to",
             (long long)act->org_id);
    fail_allowed(f, "one that you act for, or one above it");
    return fail_at(f, "/org_id");
}

/* Why, and how it ended, as a line of the timeline keeps them. */
static const char *detail_of(const struct incidents_act *act, struct arena *a)
{
    struct buf text = { 0 };
    struct emit e = emit_to(&text);

    emit_object(&e);
    if (act->reason)
        emit_key_text(&e, "reason", act->reason);
    if (act->disposition)
        emit_key_text(&e, "disposition", act->disposition);
    if (act->event == INCIDENT_STATES_MERGE)
        emit_key_int(&e, "into", act->into_id);
    if (act->event == INCIDENT_STATES_TRANSFER)
        emit_key_int(&e, "org_id", act->org_id);
    emit_end(&e);
    const char *detail = arena_copy(a, text.bytes, text.size);

    buf_free(&text);
    return detail;
}

/* A transfer may take it out of sight: then it is told as it was, but for whose it is.
 * Both who lose it and who get it hear of it. */
static bool conclude(struct db *db, const struct incidents_who *who,
                     const struct incidents_act *act, const struct incident_states_effect *effect,
                     struct arena *a, struct incidents_outcome *out, struct fail *f)
{
    struct incidents_incident *i = &out->incident;
    const char *word = incident_states_word(effect->state);

    if (act->event != INCIDENT_STATES_TRANSFER)
        return set_state(db, act, effect, f) &&
               note(db, who, act->incident_id, word, detail_of(act, a), f) &&
               incidents_get(db, who, act->incident_id, a, i, f) && incidents_tell(db, i, word, f);
    i->state = effect->state;
    i->version++;
    if (!note(db, who, act->incident_id, word, detail_of(act, a), f) ||
        !incidents_tell(db, i, word, f) || !transfer(db, act, a, f))
        return false;
    i->org_id = act->org_id;
    return incidents_tell(db, i, word, f);
}

static bool disposition_is_said(const struct incidents_act *act, const struct incidents_incident *i,
                                struct fail *f)
{
    if (act->disposition || i->disposition)
        return true;
    fail_set(f, FAIL_INPUT, DISPOSITION_MISSING,
             "incident %lld can be closed when its disposition is said", (long long)i->incident_id);
    fail_allowed(f, "1 to %d bytes", INCIDENTS_DISPOSITION_MAX);
    return fail_at(f, "/disposition");
}

/* *is_done stays false when there was nothing to do. */
static bool carry_out(struct db *db, const struct incidents_who *who,
                      const struct incidents_act *act, struct arena *a,
                      struct incidents_outcome *out, bool *is_done, struct fail *f)
{
    const enum incident_states_actor actor =
        who->kind == INCIDENTS_PARTNER ? INCIDENT_STATES_PARTNER : INCIDENT_STATES_STAFF;
    struct incident_states_effect effect;

    if (!incidents_lock(db, act->incident_id, act->into_id, f) ||
        !open_for(db, who, act->incident_id, act->version, a, &out->incident, f) ||
        !incident_states_next(out->incident.state, act->event, actor, &effect, f))
        return false;
    if (effect.is_nothing)
        return true;
    if ((effect.what & INCIDENT_STATES_DISPOSITION) && !disposition_is_said(act, &out->incident, f))
        return false;
    if ((effect.what & INCIDENT_STATES_STAND_DOWN) && !stand_down(db, who, act, a, out, f))
        return false;
    if (act->event == INCIDENT_STATES_MERGE && !merge(db, who, act, a, out, f))
        return false;
    *is_done = true;
    return conclude(db, who, act, &effect, a, out, f);
}

bool incidents_act(struct db *db, const struct incidents_who *who, const struct incidents_act *act,
                   struct arena *a, struct incidents_outcome *out, struct fail *f)
{
    bool is_done = false;

    assert(act->event != INCIDENT_STATES_SEND);
    *out = (struct incidents_outcome){ .freed_count = 0 };
    if (!db_begin(db, f))
        return false;
    const bool ok = carry_out(db, who, act, a, out, &is_done, f);

    if (ok && is_done)
        return db_commit(db, f);
    db_rollback(db);
    return ok;
}
