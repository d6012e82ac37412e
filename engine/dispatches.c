/* Steps of those who were sent, and reading orders. Sending is dispatch_order's. */
#include "engine/dispatches.h"

#include <assert.h>
#include <string.h>

#include "engine/audit.h"
#include "engine/feed.h"
#include "engine/log.h"
#include "engine/orgs.h"
#include "geo/base/buf.h"
#include "geo/base/emit.h"

enum { DUE_MAX = 200 }; /* orders that one look of the timer expires */

/* ---- reading */

static int64_t id_of(const struct db_rows *rows, int32_t row, int32_t column)
{
    return db_is_null(rows, row, column) ? 0 : db_get_int(rows, row, column);
}

static struct dispatches_dispatch order_of(const struct db_rows *rows, int32_t i)
{
    enum incident_states_state state = INCIDENT_STATES_OPEN;

    (void)incident_states_of(db_get_text(rows, i, 19), &state); /* a CHECK knows the words */
    return (struct dispatches_dispatch){
        .dispatch_id = db_get_int(rows, i, 0),
        .incident_id = db_get_int(rows, i, 1),
        .org_id = db_get_int(rows, i, 2),
        .squad_id = id_of(rows, i, 3),
        .reason = db_get_text(rows, i, 4),
        .by_token_id = id_of(rows, i, 5),
        .by_person_id = id_of(rows, i, 6),
        .ordered_at = db_get_text(rows, i, 7),
        .expires_at = db_get_text(rows, i, 8),
        .now_us = db_get_int(rows, i, 18),
        .incident_state = incident_states_shown(state, db_get_text(rows, i, 20)),
    };
}

static bool person_of(const struct db_rows *rows, int32_t i, struct dispatches_person *out,
                      struct fail *f)
{
    const char *state = db_get_text(rows, i, 11);

    *out = (struct dispatches_person){
        .person_id = db_get_int(rows, i, 9),
        .name = db_get_text(rows, i, 10),
        .how = db_get_text(rows, i, 12),
        .reason = db_get_text(rows, i, 13),
        .taken_from = db_get_text(rows, i, 14),
        .taken_to = db_get_text(rows, i, 15),
        .state_since = db_get_text(rows, i, 16),
        .expires_us = db_get_int(rows, i, 17),
    };
    return dispatch_states_of(state, &out->state) ||
           fail_set(f, FAIL_BROKEN, DATABASE_FAILED, "an order is \"%.40s\"", state);
}

static void derive(struct dispatches_dispatch *d, struct arena *a)
{
    enum dispatch_states_state *states = arena_take(a, (size_t)d->people_count, sizeof *states);

    for (int32_t i = 0; i < d->people_count; i++)
        states[i] = d->people[i].state;
    d->state = dispatch_states_of_all(states, d->people_count);
}

/* Rows come by order and person: a new order begins where the id changes. */
static bool read_orders(const struct db_rows *rows, struct arena *a,
                        struct dispatches_dispatch **out, int32_t *count, struct fail *f)
{
    const int32_t row_count = db_count(rows);
    struct dispatches_person *people = arena_take(a, (size_t)row_count + 1, sizeof *people);
    struct dispatches_dispatch *all = arena_take(a, (size_t)row_count + 1, sizeof *all);

    *count = 0;
    for (int32_t i = 0; i < row_count; i++) {
        if (i == 0 || all[*count - 1].dispatch_id != db_get_int(rows, i, 0)) {
            all[*count] = order_of(rows, i);
            all[(*count)++].people = &people[i];
        }
        if (!person_of(rows, i, &people[i], f))
            return false;
        all[*count - 1].people_count++;
    }
    for (int32_t i = 0; i < *count; i++)
        derive(&all[i], a);
    *out = all;
    return true;
}

static bool find(struct db *db, enum queries_id query, const struct incidents_who *who, int64_t id,
                 struct arena *a, struct dispatches_dispatch **out, int32_t *count, struct fail *f)
{
    const struct db_value values[] = {
        db_int(id),
        who->kind == INCIDENTS_HERSELF ? db_null() : db_int(who->org_id),
        who->kind == INCIDENTS_HERSELF ? db_int(who->person_id) : db_null(),
    };
    const struct db_rows *rows;

    return db_run(db, query, values, 3, a, &rows, f) && read_orders(rows, a, out, count, f);
}

bool dispatches_of(struct db *db, const struct incidents_who *who, int64_t incident_id,
                   struct arena *a, struct dispatches_dispatch **out, int32_t *count,
                   struct fail *f)
{
    return find(db, QUERIES_DISPATCH_LIST, who, incident_id, a, out, count, f);
}

bool dispatches_get(struct db *db, const struct incidents_who *who, int64_t dispatch_id,
                    struct arena *a, struct dispatches_dispatch *out, struct fail *f)
{
    struct dispatches_dispatch *found;
    int32_t count;

    if (!find(db, QUERIES_DISPATCH_GET, who, dispatch_id, a, &found, &count, f))
        return false;
    if (count == 0) {
        fail_set(f, FAIL_MISSING, DISPATCH_UNKNOWN, "there is no order %lld",
                 (long long)dispatch_id);
        return fail_value(f, arena_text(a, "%lld", (long long)dispatch_id));
    }
    *out = found[0];
    return true;
}

bool dispatches_list_own(struct db *db, int64_t person_id, bool living, struct arena *a,
                         struct dispatches_own **out, int32_t *count, struct fail *f)
{
    const struct db_value values[] = { db_int(person_id), db_bool(living),
                                       db_int(DISPATCHES_OWN_MAX) };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_DISPATCH_OWN, values, 3, a, &rows, f))
        return false;
    *count = db_count(rows);
    *out = arena_take(a, (size_t)*count + 1, sizeof **out);
    for (int32_t i = 0; i < *count; i++) {
        enum incident_states_state state = INCIDENT_STATES_OPEN;

        (void)incident_states_of(db_get_text(rows, i, 12), &state);
        (*out)[i] = (struct dispatches_own){
            .dispatch_id = db_get_int(rows, i, 0),
            .incident_id = db_get_int(rows, i, 1),
            .state = db_get_text(rows, i, 2),
            .expires_at = db_get_text(rows, i, 3),
            .taken_from = db_get_text(rows, i, 4),
            .taken_to = db_get_text(rows, i, 5),
            .reason = db_get_text(rows, i, 6),
            .squad_id = id_of(rows, i, 7),
            .type = db_get_text(rows, i, 8),
            .type_zh = db_get_text(rows, i, 9),
            .type_en = db_get_text(rows, i, 10),
            .priority = (int32_t)db_get_int(rows, i, 11),
            .incident_state = incident_states_shown(state, db_get_text(rows, i, 13)),
            .place = { db_get_double(rows, i, 14), db_get_double(rows, i, 15) },
            .address = db_get_text(rows, i, 16),
            .note = db_get_text(rows, i, 17),
        };
    }
    return true;
}

/* ---- steps */

/* The steps that people of an order take at once. */
struct moves {
    int64_t people[DISPATCHES_PEOPLE_MAX];
    int64_t freed[DISPATCHES_PEOPLE_MAX];
    struct buf was, then; /* states, parted by commas */
    int32_t count, freed_count;
    bool somebody_is_there; /* so, or further, already */
};

static void add_move(struct moves *m, const struct dispatches_person *p,
                     enum dispatch_states_state state)
{
    if (m->count > 0) {
        buf_byte(&m->was, ',');
        buf_byte(&m->then, ',');
    }
    buf_string(&m->was, dispatch_states_word(p->state));
    buf_string(&m->then, dispatch_states_word(state));
    m->people[m->count++] = p->person_id;
    if (!dispatch_states_is_active(state))
        m->freed[m->freed_count++] = p->person_id;
}

static enum dispatch_states_actor actor_of(const struct incidents_who *who,
                                           const struct dispatches_person *p)
{
    if (who->kind == INCIDENTS_TIMER)
        return DISPATCH_STATES_TIMER;
    return who->kind == INCIDENTS_HERSELF && who->person_id == p->person_id
               ? DISPATCH_STATES_HERSELF
               : DISPATCH_STATES_STAFF;
}

/* A step for everybody is taken by whoever can; it is refused when nobody can. */
static bool plan(const struct incidents_who *who, const struct dispatches_step *step,
                 const struct dispatches_dispatch *d, struct moves *m, struct fail *f)
{
    bool somebody_may = false;
    struct fail why = { 0 };

    for (int32_t i = 0; i < d->people_count; i++) {
        const struct dispatches_person *p = &d->people[i];
        struct dispatch_states_effect effect;

        if (step->person_id && step->person_id != p->person_id)
            continue;
        if (!dispatch_states_next(p->state, step->event, actor_of(who, p), d->now_us, p->expires_us,
                                  &effect, &why))
            continue;
        somebody_may = true;
        if (!effect.is_nothing)
            add_move(m, p, effect.state);
    }
    if (somebody_may)
        return true;
    if (why.kind == FAIL_NONE) {
        fail_set(f, FAIL_MISSING, PERSON_UNKNOWN, "person %lld was not sent by order %lld",
                 (long long)step->person_id, (long long)d->dispatch_id);
        return fail_at(f, "/person_id");
    }
    *f = why;
    return false;
}

static bool write_moves(struct db *db, const struct incidents_who *who,
                        const struct dispatches_step *step, struct moves *m, struct fail *f)
{
    const struct db_value values[] = {
        db_int(step->dispatch_id),
        db_ints(m->people, (size_t)m->count),
        db_text(buf_text(&m->was)),
        db_text(buf_text(&m->then)),
        db_text(step->reason),
        db_text(incidents_how(who)),
        who->token_id ? db_int(who->token_id) : db_null(),
        who->person_id ? db_int(who->person_id) : db_null(),
    };

    return db_run(db, QUERIES_DISPATCH_MOVE, values, 8, NULL, NULL, f);
}

/* The people are told that it happened, not who else was sent. */
bool dispatches_tell(struct db *db, const struct dispatches_dispatch *d, const char *event,
                     struct fail *f)
{
    int64_t people[DISPATCHES_PEOPLE_MAX];
    struct buf data = { 0 };
    struct emit e = emit_to(&data);

    assert(d->people_count <= DISPATCHES_PEOPLE_MAX);
    for (int32_t i = 0; i < d->people_count; i++)
        people[i] = d->people[i].person_id;
    emit_object(&e);
    emit_key_int(&e, "dispatch_id", d->dispatch_id);
    emit_key_int(&e, "incident_id", d->incident_id);
    emit_key_text(&e, "event", event);
    emit_key_text(&e, "incident_state", d->incident_state);
    emit_end(&e);

    const struct feed_event told = {
        .kind = "dispatch",
        .org_id = d->org_id,
        .incident_id = d->incident_id,
        .people = people,
        .people_count = d->people_count,
        .data = buf_text(&data),
    };
    const bool ok = feed_tell(db, &told, f);

    buf_free(&data);
    return ok;
}

/* What follows a step in the same transaction: those who listen hear of it, and of the
 * incident when it is another than before by it; what staff does is recorded. */
static bool report(struct db *db, const struct incidents_who *who,
                   const struct dispatches_step *step, const struct dispatches_dispatch *was,
                   const struct dispatches_dispatch *is, struct arena *a, struct fail *f)
{
    const char *event = dispatch_states_event_word(step->event);
    const struct audit_entry entry = {
        .token_id = who->token_id,
        .person_id = who->person_id,
        .org_id = is->org_id,
        .action = "dispatch_moved",
        .subject = arena_text(a, "dispatch %lld", (long long)is->dispatch_id),
        .request_id = who->request_id,
        .detail = arena_text(a, "{\"event\":\"%s\",\"person_id\":%lld}", event,
                             (long long)step->person_id),
    };
    struct incidents_incident incident;

    if (!dispatches_tell(db, is, event, f))
        return false;
    if (strcmp(was->incident_state, is->incident_state) != 0 &&
        (!incidents_get(db, who, is->incident_id, a, &incident, f) ||
         !incidents_tell(db, &incident, event, f)))
        return false;
    return who->kind != INCIDENTS_STAFF || audit_add(db, &entry, f);
}

/* Without moves there was nothing to do. */
static bool carry_out(struct db *db, const struct incidents_who *who,
                      const struct dispatches_step *step, struct moves *m, struct arena *a,
                      struct dispatches_outcome *out, struct fail *f)
{
    const struct db_value value = db_int(step->dispatch_id);
    struct dispatches_dispatch was;

    if (!db_run(db, QUERIES_DISPATCH_LOCK, &value, 1, NULL, NULL, f) ||
        !dispatches_get(db, who, step->dispatch_id, a, &was, f) || !plan(who, step, &was, m, f))
        return false;
    if (m->count == 0) {
        out->dispatch = was;
        return true;
    }
    return write_moves(db, who, step, m, f) &&
           dispatches_get(db, who, step->dispatch_id, a, &out->dispatch, f) &&
           report(db, who, step, &was, &out->dispatch, a, f);
}

bool dispatches_take_step(struct db *db, const struct incidents_who *who,
                          const struct dispatches_step *step, struct arena *a,
                          struct dispatches_outcome *out, struct fail *f)
{
    struct moves *m = arena_take(a, 1, sizeof *m);
    bool ok;

    *m = (struct moves){ .count = 0 };
    if (!db_begin(db, f))
        return false;
    ok = carry_out(db, who, step, m, a, out, f);
    if (ok && m->count > 0)
        ok = db_commit(db, f);
    db_rollback(db);
    out->freed = m->freed;
    out->freed_count = m->freed_count;
    buf_free(&m->was);
    buf_free(&m->then);
    return ok;
}

bool dispatches_expire(struct db *db, struct live *live, struct fail *f)
{
    static const struct incidents_who TIMER = { .kind = INCIDENTS_TIMER, .org_id = ORGS_CITY_ID };
    const struct db_value most = db_int(DUE_MAX);
    struct arena *a = arena_new();
    const struct db_rows *due;
    bool ok = db_run(db, QUERIES_DISPATCH_DUE, &most, 1, a, &due, f);

    for (int32_t i = 0; ok && i < db_count(due); i++) {
        const struct dispatches_step step = { .dispatch_id = db_get_int(due, i, 0),
                                              .event = DISPATCH_STATES_EXPIRE };
        struct dispatches_outcome outcome;

        ok = dispatches_take_step(db, &TIMER, &step, a, &outcome, f);
        if (ok)
            live_release(live, outcome.freed, outcome.freed_count);
    }
    arena_free(a);
    return ok;
}

/* What could not be expired now is due at the next tick as well. */
void dispatches_tick(void *self, struct db *db)
{
    struct fail why = { 0 };

    if (!dispatches_expire(db, self, &why))
        log_line(LOG_WARNING, "expiring_failed", log_text("code", fail_word(why.code)),
                 log_text("detail", why.text));
}
