#include "engine/dispatch_order.h"

#include <string.h>

#include "engine/able.h"
#include "engine/audit.h"

enum {
    COLUMN_ORG,
    COLUMN_STATE,
    COLUMN_TYPE,
    COLUMN_PRIORITY,
    COLUMN_ALLOWED,
    COLUMN_MIN_AGE,
    COLUMN_SQUAD,
    COLUMN_PERSON,
    COLUMN_KNOWN,
    COLUMN_LENT,
    COLUMN_NAME,
    COLUMN_HOME,
    COLUMN_DUTY,
    COLUMN_CONSENT,
    COLUMN_CREDENTIAL,
    COLUMN_AGE,
    COLUMN_MODE,
    COLUMN_HIRED,
    COLUMN_TAKEN_FROM,
    COLUMN_TAKEN_INCIDENT,
    COLUMN_TAKEN_BY,
    COLUMN_ANSWERED,
};

/* ---- what stands against somebody */

/* The rule of a lender holds for people who stand near the border, so it is asked of
 * where she is now and not of where she was when the map was drawn. */
static bool is_lent_now(const struct dispatch_order_asker *asker, int64_t person_id,
                        int64_t home_id)
{
    struct live_person p = { 0 };

    live_read(asker->live);
    const bool is_placed = live_get(asker->live, person_id, &p) && p.has_fix;

    live_read_end(asker->live);
    return is_placed &&
           orgs_lends(asker->orgs, home_id, asker->who->org_id, point_from_e7(p.fix.at));
}

static bool bar_unknown(int64_t person_id, struct fail *f)
{
    fail_set(f, FAIL_MISSING, PERSON_UNKNOWN, "there is no person %lld", (long long)person_id);
    return fail_at(f, "/people");
}

static bool bar_taken(const struct db_rows *rows, int32_t i, int64_t person_id, struct fail *f)
{
    const char *since = db_get_text(rows, i, COLUMN_TAKEN_FROM);

    if (db_is_null(rows, i, COLUMN_TAKEN_INCIDENT))
        fail_set(f, FAIL_CONFLICT, PERSON_TAKEN,
                 "another organisation has had person %lld since %s", (long long)person_id, since);
    else
        fail_set(f, FAIL_CONFLICT, PERSON_TAKEN, "person %lld has been on incident %lld since %s",
                 (long long)person_id, (long long)db_get_int(rows, i, COLUMN_TAKEN_INCIDENT),
                 since);
    return fail_allowed(f, "somebody who is free");
}

/* False when nothing stands against her; *f says what does. */
static bool has_bar(const struct dispatch_order_asker *asker, const struct db_rows *rows, int32_t i,
                    struct fail *f)
{
    const long long id = db_get_int(rows, i, COLUMN_PERSON);
    const char *mode = db_get_text(rows, i, COLUMN_MODE);

    if (!db_get_bool(rows, i, COLUMN_KNOWN) ||
        (db_get_bool(rows, i, COLUMN_LENT) &&
         !is_lent_now(asker, id, db_get_int(rows, i, COLUMN_HOME))))
        return !bar_unknown(id, f);
    const int64_t min_age = db_get_int(rows, i, COLUMN_MIN_AGE);

    if (!db_is_null(rows, i, COLUMN_TAKEN_FROM))
        return !bar_taken(rows, i, id, f);
    if (!db_get_bool(rows, i, COLUMN_DUTY))
        return !fail_set(f, FAIL_CONFLICT, PERSON_OFF_DUTY, "person %lld is off duty", id);
    if (!db_get_bool(rows, i, COLUMN_CONSENT))
        return !fail_set(f, FAIL_CONFLICT, CONSENT_MISSING,
                         "person %lld has not agreed that her place is used", id);
    if (!db_get_bool(rows, i, COLUMN_CREDENTIAL))
        return !fail_set(f, FAIL_CONFLICT, CREDENTIAL_EXPIRED,
                         "a credential that person %lld must have has expired", id);
    if (!db_is_null(rows, i, COLUMN_AGE) && db_get_int(rows, i, COLUMN_AGE) < min_age) {
        fail_set(f, FAIL_CONFLICT, PERSON_UNDER_AGE,
                 "person %lld is too young for an incident of this type", id);
        return !fail_allowed(f, "%lld years or more", (long long)min_age);
    }
    if (strcmp(mode, able_mode_word(MODE_CAR, ABLE_BUS)) == 0)
        return !fail_set(f, FAIL_CONFLICT, CREW_ON_LINE,
                         "person %lld drives a bus, which keeps to its line", id);
    if (db_get_bool(rows, i, COLUMN_HIRED))
        return !fail_set(f, FAIL_CONFLICT, CREW_HIRED, "person %lld has a fare in her taxi", id);
    return false;
}

static struct dispatch_order_candidate candidate_of(const struct dispatch_order_asker *asker,
                                                    const struct db_rows *rows, int32_t i,
                                                    struct arena *a)
{
    struct fail bar = { 0 };
    struct dispatch_order_candidate c = { .person_id = db_get_int(rows, i, COLUMN_PERSON) };

    if (has_bar(asker, rows, i, &bar))
        c.bar = (const struct fail *)(const void *)arena_copy(a, &bar, sizeof bar);
    if (bar.code == CODE_PERSON_UNKNOWN)
        return c;
    c.name = db_get_text(rows, i, COLUMN_NAME);
    c.taken_from = db_get_text(rows, i, COLUMN_TAKEN_FROM);
    c.taken_by = db_get_text(rows, i, COLUMN_TAKEN_BY);
    if (!db_is_null(rows, i, COLUMN_TAKEN_INCIDENT))
        c.taken_incident = db_get_int(rows, i, COLUMN_TAKEN_INCIDENT);
    return c;
}

/* ---- looking */

static bool fail_squad(int64_t squad_id, struct fail *f)
{
    fail_set(f, FAIL_MISSING, NOT_FOUND, "there is no squad %lld", (long long)squad_id);
    return fail_at(f, "/squad_id");
}

static bool look(struct db *db, const struct dispatch_order_asker *asker,
                 const struct dispatch_order_wish *wish, const char *key, bool held,
                 struct arena *a, struct dispatch_order_view *out, struct fail *f)
{
    const struct db_value values[] = {
        db_int(wish->incident_id),
        wish->squad_id ? db_null() : db_ints(wish->people, (size_t)wish->people_count),
        wish->squad_id ? db_int(wish->squad_id) : db_null(),
        db_bool(held),
        db_int(asker->who->token_id),
        db_text(key),
    };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_DISPATCH_FACTS, values, 6, a, &rows, f))
        return false;
    if (db_count(rows) == 0 ||
        !orgs_within(asker->orgs, asker->who->org_id, db_get_int(rows, 0, COLUMN_ORG))) {
        fail_set(f, FAIL_MISSING, INCIDENT_UNKNOWN, "there is no incident %lld",
                 (long long)wish->incident_id);
        return fail_value(f, arena_text(a, "%lld", (long long)wish->incident_id));
    }
    if (wish->squad_id && !db_get_bool(rows, 0, COLUMN_SQUAD))
        return fail_squad(wish->squad_id, f);
    *out = (struct dispatch_order_view){
        .org_id = db_get_int(rows, 0, COLUMN_ORG),
        .type = db_get_text(rows, 0, COLUMN_TYPE),
        .priority = (int32_t)db_get_int(rows, 0, COLUMN_PRIORITY),
        .volunteer_allowed = db_get_bool(rows, 0, COLUMN_ALLOWED),
        .answered_before = db_get_bool(rows, 0, COLUMN_ANSWERED),
        .people = arena_take(a, (size_t)db_count(rows), sizeof *out->people),
    };
    (void)incident_states_of(db_get_text(rows, 0, COLUMN_STATE), &out->state);
    for (int32_t i = 0; i < db_count(rows); i++)
        if (!db_is_null(rows, i, COLUMN_PERSON))
            out->people[out->people_count++] = candidate_of(asker, rows, i, a);
    return true;
}

bool dispatch_order_look(struct db *db, const struct dispatch_order_asker *asker,
                         const struct dispatch_order_wish *wish, const char *key, struct arena *a,
                         struct dispatch_order_view *out, struct fail *f)
{
    return look(db, asker, wish, key, false, a, out, f);
}

/* ---- judging */

static bool fail_count(const struct dispatch_order_view *v, const struct dispatch_order_wish *wish,
                       struct fail *f)
{
    if (v->people_count == 0)
        fail_set(f, FAIL_CONFLICT, SQUAD_EMPTY, "squad %lld has no members",
                 (long long)wish->squad_id);
    else
        fail_set(f, FAIL_CONFLICT, SQUAD_TOO_LARGE, "squad %lld has %d members",
                 (long long)wish->squad_id, v->people_count);
    return fail_allowed(f, "1 to %d members", DISPATCHES_PEOPLE_MAX);
}

bool dispatch_order_judge(const struct dispatch_order_view *v,
                          const struct dispatch_order_wish *wish, struct fail *f)
{
    const struct fail *first = NULL;
    struct incident_states_effect unused;
    int32_t able_count = 0;

    if (!v->volunteer_allowed) {
        fail_set(f, FAIL_CONFLICT, VOLUNTEERS_NOT_ALLOWED,
                 "volunteers may not be sent to an incident of type \"%.40s\"", v->type);
        fail_allowed(f, "a type that volunteers are allowed for");
        return fail_value(f, v->type);
    }
    if (!incident_states_next(v->state, INCIDENT_STATES_SEND, INCIDENT_STATES_STAFF, &unused, f))
        return false;
    if (v->people_count == 0 || v->people_count > DISPATCHES_PEOPLE_MAX)
        return fail_count(v, wish, f);
    for (int32_t i = 0; i < v->people_count; i++) {
        if (!v->people[i].bar)
            able_count++;
        else if (!first)
            first = v->people[i].bar;
    }
    if (!first || (wish->partial && able_count > 0))
        return true;
    *f = *first;
    return false;
}

/* ---- sending */

static bool write_order(struct db *db, const struct dispatch_order_asker *asker,
                        const struct dispatch_order_wish *wish, const struct dispatch_order_view *v,
                        int64_t dispatch_id, struct arena *a, const struct db_rows **rows,
                        struct fail *f)
{
    int64_t *people = arena_take(a, (size_t)v->people_count, sizeof *people);
    size_t count = 0;

    for (int32_t i = 0; i < v->people_count; i++)
        if (!v->people[i].bar)
            people[count++] = v->people[i].person_id;

    const struct db_value values[] = {
        db_int(dispatch_id),
        db_int(wish->incident_id),
        db_int(v->org_id),
        wish->squad_id ? db_int(wish->squad_id) : db_null(),
        db_text(wish->reason),
        db_int(asker->who->token_id),
        asker->who->person_id ? db_int(asker->who->person_id) : db_null(),
        db_int(dispatch_states_window_s(v->priority)),
        db_ints(people, count),
    };

    return db_run(db, QUERIES_DISPATCH_ADD, values, 9, a, rows, f);
}

static bool was_sent(const struct db_rows *rows, int64_t person_id)
{
    for (int32_t i = 0; i < db_count(rows); i++)
        if (db_get_int(rows, i, 0) == person_id)
            return true;
    return false;
}

/* Somebody was quicker between our look and our write: the next look says who. Whoever
 * has been let go again by then was taken all the same. */
static bool look_who_was_quicker(struct db *db, const struct dispatch_order_asker *asker,
                                 const struct dispatch_order_wish *wish, const struct db_rows *sent,
                                 struct arena *a, struct dispatch_order_view *v, struct fail *f)
{
    const struct dispatch_order_wish whole = { .squad_id = wish->squad_id };

    if (!look(db, asker, wish, NULL, true, a, v, f))
        return false;
    for (int32_t i = 0; i < v->people_count; i++) {
        struct dispatch_order_candidate *c = &v->people[i];
        struct fail bar = { 0 };

        if (was_sent(sent, c->person_id)) {
            c->bar = NULL; /* by us, which will not be so in a moment */
        } else if (!c->bar) {
            fail_set(&bar, FAIL_CONFLICT, PERSON_TAKEN,
                     "person %lld was taken a moment ago and is free again",
                     (long long)c->person_id);
            c->bar = (const struct fail *)(const void *)arena_copy(a, &bar, sizeof bar);
        }
    }
    return dispatch_order_judge(v, &whole, f) &&
           fail_set(f, FAIL_BUSY, DATABASE_CONTENDED, "others were sending the same people");
}

static bool record(struct db *db, const struct incidents_who *who, const char *action,
                   const struct dispatch_order_wish *wish, const struct dispatch_order_view *v,
                   int64_t dispatch_id, struct arena *a, struct fail *f)
{
    const struct audit_entry entry = {
        .token_id = who->token_id,
        .person_id = who->person_id,
        .org_id = v->org_id,
        .action = action,
        .subject = arena_text(a, "incident %lld", (long long)wish->incident_id),
        .request_id = who->request_id,
        .detail =
            arena_text(a,
                       "{\"dispatch_id\":%lld,\"squad_id\":%lld,\"people\":%d,"
                       "\"type\":\"%s\"}",
                       (long long)dispatch_id, (long long)wish->squad_id, v->people_count, v->type),
    };

    return audit_add(db, &entry, f);
}

static bool report(struct db *db, const struct dispatch_order_asker *asker,
                   const struct dispatch_order_wish *wish, struct dispatch_order_sent *out,
                   int64_t dispatch_id, struct arena *a, struct fail *f)
{
    struct incidents_incident incident;

    return dispatches_get(db, asker->who, dispatch_id, a, &out->dispatch, f) &&
           dispatches_tell(db, &out->dispatch, "ordered", f) &&
           incidents_get(db, asker->who, wish->incident_id, a, &incident, f) &&
           incidents_tell(db, &incident, "ordered", f) &&
           record(db, asker->who, "dispatch_ordered", wish, &out->view, dispatch_id, a, f);
}

bool dispatch_order_send(struct db *db, struct ids *ids, const struct dispatch_order_asker *asker,
                         const struct dispatch_order_wish *wish, struct arena *a,
                         struct dispatch_order_sent *out, struct fail *f)
{
    struct dispatch_order_view *v = &out->view;
    const struct db_rows *rows;
    int64_t dispatch_id;
    int32_t able_count = 0;

    if (!look(db, asker, wish, NULL, true, a, v, f) || !dispatch_order_judge(v, wish, f) ||
        !ids_take(ids, db, &dispatch_id, f) ||
        !incidents_send(db, asker->who, wish->incident_id, v->state, f) ||
        !write_order(db, asker, wish, v, dispatch_id, a, &rows, f))
        return false;
    for (int32_t i = 0; i < v->people_count; i++)
        able_count += !v->people[i].bar;
    if (db_count(rows) == 0 || (!wish->partial && db_count(rows) < able_count))
        return look_who_was_quicker(db, asker, wish, rows, a, v, f);
    return report(db, asker, wish, out, dispatch_id, a, f);
}

bool dispatch_order_record_gate(struct db *db, const struct incidents_who *who,
                                const struct dispatch_order_wish *wish,
                                const struct dispatch_order_view *v, struct arena *a,
                                struct fail *f)
{
    if (!db_begin(db, f))
        return false;
    if (record(db, who, "dispatch_gated", wish, v, 0, a, f) && db_commit(db, f))
        return true;
    db_rollback(db);
    return false;
}
