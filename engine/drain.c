#include "engine/drain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/batches.h"
#include "engine/incidents.h"
#include "engine/live.h"
#include "engine/log.h"
#include "engine/orgs.h"
#include "engine/parcel.h"
#include "engine/relay.h"
#include "geo/base/buf.h"

enum { COLUMNS = 8 };

bool drain_number(struct db *db, const unsigned char spool_id[SPOOL_RECORD_ID], int64_t *number,
                  struct fail *f)
{
    const struct db_value value = db_bytes(spool_id, SPOOL_RECORD_ID);
    struct arena *a = arena_new();
    const struct db_rows *rows;
    const bool good = db_run(db, QUERIES_SPOOL_DRAINED, &value, 1, a, &rows, f);

    if (good)
        *number = db_count(rows) > 0 ? db_get_int(rows, 0, 0) : 0;
    arena_free(a);
    return good;
}

bool drain_city(struct db *db, unsigned char city[SPOOL_RECORD_ID], struct fail *f)
{
    struct arena *a = arena_new();
    const struct db_rows *rows;
    const bool good = db_run(db, QUERIES_SPOOL_CITY, NULL, 0, a, &rows, f);

    if (good) {
        size_t size;

        memcpy(city, db_get_bytes(rows, 0, 0, &size), SPOOL_RECORD_ID);
    }
    arena_free(a);
    return good;
}

/* ---- fixes */

static void lay_out(const struct parcel_fixes *p, struct arena *a, struct db_value *values)
{
    const size_t count = (size_t)p->count;
    int64_t *columns[COLUMNS];

    for (int i = 0; i < COLUMNS; i++)
        columns[i] = arena_take(a, count + 1, sizeof **columns);
    for (size_t row = 0; row < count; row++) {
        const struct live_fix *fix = &p->fixes[row];

        columns[0][row] = fix->person_id;
        columns[1][row] = fix->at.lon;
        columns[2][row] = fix->at.lat;
        columns[3][row] = fix->accuracy_dm;
        columns[4][row] = fix->speed_cms;
        columns[5][row] = fix->fix_us;
        columns[6][row] = fix->received_us;
        columns[7][row] = fix->flags;
    }
    for (int i = 0; i < COLUMNS; i++)
        values[i] = db_ints(columns[i], count);
}

/* The next number of this writer, which nobody else counts. */
static bool take_number(struct db *db, struct relay_from *from, struct arena *a, struct fail *f)
{
    const struct db_value who[] = { db_int(from->node_id), db_int(from->writer) };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_POSITION_NUMBER_GET, who, 2, a, &rows, f))
        return false;
    from->number = 1 + (db_count(rows) > 0 ? db_get_int(rows, 0, 0) : 0);

    const struct db_value values[] = { who[0], who[1], db_int(from->number) };

    return db_run(db, QUERIES_POSITION_NUMBER, values, 3, a, NULL, f);
}

static bool tell_nodes(struct db *db, struct drain_by by, const struct live_fix *fixes,
                       int32_t count, struct arena *a, struct fail *f)
{
    struct relay_from from = { .node_id = by.node_id, .writer = by.writer };
    const char *const *texts;
    struct buf lines = { 0 };

    if (by.node_id == 0)
        return true;
    if (!take_number(db, &from, a, f))
        return false;
    const int32_t text_count = relay_pack(a, &from, fixes, count, &texts);

    for (int32_t i = 0; i < text_count; i++)
        buf_format(&lines, "%s%s", i > 0 ? "\n" : "", texts[i]);
    const struct db_value value = db_text(buf_text(&lines));
    const bool good = db_run(db, QUERIES_POSITION_NOTIFY, &value, 1, NULL, NULL, f);

    buf_free(&lines);
    return good;
}

static bool bring_fixes(struct db *db, const struct spool_record *record, struct drain_by by,
                        struct arena *a, struct fail *f)
{
    struct db_value values[COLUMNS + 3];
    struct parcel_fixes p;
    const struct db_rows *rows;

    if (!parcel_get_fixes(record->bytes, record->size, a, &p, f))
        return false;
    lay_out(&p, a, values);
    values[COLUMNS] = db_bool(p.maybe_written);
    values[COLUMNS + 1] = db_int(LIVE_UNBELIEVED);
    values[COLUMNS + 2] = db_int(BATCHES_LATE_US);
    if (!db_run(db, QUERIES_SPOOL_FIXES, values, COLUMNS + 3, a, &rows, f))
        return false;
    const int32_t count = db_count(rows);
    struct live_fix *tracked = arena_take(a, (size_t)count + 1, sizeof *tracked);

    for (int32_t i = 0; i < count; i++)
        tracked[i] = p.fixes[db_get_int(rows, i, 0) - 1];
    return tell_nodes(db, by, tracked, count, a, f);
}

/* ---- incidents */

static bool keep_answer(struct db *db, const struct parcel_incident *p, bool *is_new,
                        struct arena *a, struct fail *f)
{
    const struct db_value values[] = {
        db_int(p->who.token_id),
        db_text(p->key),
        db_bytes(p->asked, sizeof p->asked),
        db_int(p->answer.status),
        db_text(p->answer.type),
        db_text(p->answer.location),
        db_bytes(p->answer.size > 0 ? p->answer.bytes : "", p->answer.size),
    };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_IDEMPOTENCY_KEEP, values, 7, a, &rows, f))
        return false;
    *is_new = db_changed(rows) == 1;
    return true;
}

/* The incident that was created under this key; 0: something else was, or nothing. */
static bool find_other(struct db *db, const struct parcel_incident *p, int64_t *other_id,
                       struct arena *a, struct fail *f)
{
    const struct db_value values[] = { db_int(p->who.token_id), db_text(p->key) };
    static const char PATH[] = "/v1/incidents/";
    const struct db_rows *rows;

    *other_id = 0;
    if (!db_run(db, QUERIES_IDEMPOTENCY_LOCATION, values, 2, a, &rows, f))
        return false;
    const char *where = db_count(rows) > 0 ? db_get_text(rows, 0, 0) : NULL;

    if (where && strncmp(where, PATH, sizeof PATH - 1) == 0)
        *other_id = strtoll(where + sizeof PATH - 1, NULL, 10);
    return true;
}

/* For whom the statements run that ask for a scope: as when the request came. */
static bool act_for(struct db *db, const struct incidents_who *who, struct arena *a, struct fail *f)
{
    const struct db_value values[] = {
        db_text(who->org_id ? arena_text(a, "%lld", (long long)who->org_id) : ""),
        db_text(who->person_id ? arena_text(a, "%lld", (long long)who->person_id) : ""),
        db_text(who->token_id ? arena_text(a, "%lld", (long long)who->token_id) : ""),
    };

    return db_run(db, QUERIES_SCOPE_SET, values, 3, NULL, NULL, f);
}

static bool join(struct db *db, const struct parcel_incident *p, int64_t into_id, struct arena *a,
                 struct fail *f)
{
    const struct incidents_incident *i = &p->incident;
    const char *merged = incident_states_word(INCIDENT_STATES_MERGED);
    const struct db_value state[] = {
        db_int(i->incident_id), db_text(merged), db_null(),      db_int(into_id),
        db_bool(false),         db_bool(false),  db_bool(false), db_bool(false),
    };
    const struct db_value note[] = {
        db_int(i->incident_id),
        db_text(merged),
        db_int(p->who.token_id),
        db_null(),
        db_text(incidents_how(&p->who)),
        db_text(arena_text(a, "{\"into\":%lld}", (long long)into_id)),
    };

    return db_run(db, QUERIES_INCIDENT_SET, state, 8, NULL, NULL, f) &&
           db_run(db, QUERIES_INCIDENT_NOTE, note, 6, NULL, NULL, f);
}

/* Whether the place is one of the sender's own the database alone could have said, and
 * it was away: what was acknowledged comes in all the same, and whose place it is has it. */
static bool add_incident(struct db *db, const struct parcel_incident *p, int64_t into_id,
                         struct arena *a, struct fail *f)
{
    struct incidents_incident made;
    struct incidents_who who = p->who;

    if (who.kind == INCIDENTS_STAFF)
        who.org_id = ORGS_CITY_ID;
    return act_for(db, &who, a, f) && incidents_add(db, &who, &p->incident, a, &made, f) &&
           (into_id == 0 || join(db, p, into_id, a, f));
}

/* A sender who asked again elsewhere before this node could say what it had taken has
 * two incidents: the later one is joined to the one that everybody knows. A key whose
 * answer is this very incident was committed by the try whose answer was lost. */
static bool bring_incident(struct db *db, const struct spool_record *record, struct arena *a,
                           struct fail *f)
{
    struct parcel_incident p;
    int64_t other_id = 0;
    bool is_new;

    if (!parcel_get_incident(record->bytes, record->size, a, &p, f) ||
        !keep_answer(db, &p, &is_new, a, f) || (!is_new && !find_other(db, &p, &other_id, a, f)))
        return false;
    p.incident.received_us = p.received_us;
    return other_id == p.incident.incident_id || add_incident(db, &p, other_id, a, f);
}

/* ---- one record */

static bool pass(struct db *db, const unsigned char *spool_id, int64_t number, bool *is_new,
                 struct arena *a, struct fail *f)
{
    const struct db_value values[] = { db_bytes(spool_id, SPOOL_RECORD_ID), db_int(number) };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_SPOOL_PASS, values, 2, a, &rows, f))
        return false;
    *is_new = db_changed(rows) == 1;
    return true;
}

static bool bring(struct db *db, const struct spool_record *record, struct drain_by by,
                  struct arena *a, struct fail *f)
{
    switch (record->kind) {
    case PARCEL_FIXES:
        return bring_fixes(db, record, by, a, f);
    case PARCEL_INCIDENT:
        return bring_incident(db, record, a, f);
    default:
        return fail_set(f, FAIL_BROKEN, PARCEL_MALFORMED,
                        "a record of the spool is of the kind %u, which nobody knows",
                        record->kind);
    }
}

static bool refuse(struct db *db, const unsigned char *spool_id, const struct spool_record *record,
                   const char *why, struct fail *f)
{
    const struct db_value values[] = {
        db_bytes(spool_id, SPOOL_RECORD_ID),
        db_int(record->number),
        db_int((int32_t)record->kind),
        db_text(why),
        db_bytes(record->size > 0 ? record->bytes : "", record->size),
    };

    return db_run(db, QUERIES_SPOOL_REFUSE, values, 5, NULL, NULL, f);
}

/* `why`: it is laid aside, for this reason. */
static bool try_once(struct db *db, const unsigned char *spool_id,
                     const struct spool_record *record, struct drain_by by, const char *why,
                     struct arena *a, struct fail *f)
{
    bool is_new = false;

    if (!db_begin(db, f))
        return false;
    const bool good =
        pass(db, spool_id, record->number, &is_new, a, f) &&
        (!is_new || (why ? refuse(db, spool_id, record, why, f) : bring(db, record, by, a, f)));

    if (good && is_new)
        return db_commit(db, f);
    db_rollback(db);
    return good;
}

bool drain_record(struct db *db, const unsigned char spool_id[SPOOL_RECORD_ID],
                  const struct spool_record *record, struct drain_by by, struct arena *a,
                  bool *refused, struct fail *f)
{
    *refused = false;
    if (try_once(db, spool_id, record, by, NULL, a, f))
        return true;
    if (f->kind == FAIL_BUSY)
        return false;
    const char *why = arena_text(a, "%s: %s", fail_word(f->code), f->text);

    *refused = true;
    log_line(LOG_ERROR, "spool_refused", log_int("number", record->number),
             log_int("kind", record->kind), log_text("code", fail_word(f->code)));
    return try_once(db, spool_id, record, by, why, a, f);
}
