/* The ledger of hours: read, summed, exported, and put right by reversals. */
#include <string.h>

#include "api/handlers.h"
#include "api/registrar.h"
#include "api/rotas.h"
#include "engine/audit.h"
#include "engine/engine.h"
#include "engine/hours.h"

static const char CSV[] = "text/csv; charset=utf-8";
static const char CSV_HEAD[] =
    "entry_id,org_id,person_id,kind,activity,minutes,signup_id,in_how,in_at,out_how,out_at,"
    "refers_to,reason,made_at\r\n";

bool on_hours_list(const struct request *r, struct reply *out, struct fail *f)
{
    return rotas_list(r, ROTA_HOURS, 0, out, f);
}

bool on_hours_get(const struct request *r, struct reply *out, struct fail *f)
{
    return rotas_get(r, ROTA_HOURS, out, f);
}

bool on_hours_mine(const struct request *r, struct reply *out, struct fail *f)
{
    return rotas_list_of(r, ROTA_HOURS, r->caller.person_id, out, f);
}

static bool balance(const struct request *r, int64_t person_id, struct reply *out, struct fail *f)
{
    int64_t minutes, entries;
    struct db *db;

    if (!request_db(r, &db, f) || !hours_balance(db, person_id, r->arena, &minutes, &entries, f))
        return false;
    struct emit *e = reply_json(out, REPLY_OK);

    emit_object(e);
    emit_key_int(e, "person_id", person_id);
    emit_key_int(e, "minutes", minutes);
    emit_key_int(e, "entries", entries);
    emit_end(e);
    return true;
}

bool on_hours_balance(const struct request *r, struct reply *out, struct fail *f)
{
    int64_t person_id;

    return request_param_id(r, "person_id", &person_id, f) && balance(r, person_id, out, f);
}

bool on_hours_my_balance(const struct request *r, struct reply *out, struct fail *f)
{
    return balance(r, r->caller.person_id, out, f);
}

static bool export_day(const struct request *r, const char *name, const char **out, struct fail *f)
{
    *out = request_query(r, name);
    if (!*out || rota_is_day(*out))
        return true;
    fail_set(f, FAIL_INPUT, TIME_MALFORMED, "%s must be a day: %.40s", name, *out);
    fail_allowed(f, "a day like 2026-11-23");
    return fail_value(f, *out);
}

bool on_hours_export(const struct request *r, struct reply *out, struct fail *f)
{
    const char *from, *to;
    const struct db_rows *rows;
    struct db *db;
    int64_t org_id;

    if (!request_query_int(r, "org", 1, INT64_C(9007199254740991), r->caller.org_id, &org_id, f) ||
        !export_day(r, "from_day", &from, f) || !export_day(r, "to_day", &to, f) ||
        !request_db(r, &db, f))
        return false;
    const struct db_value values[] = { db_int(org_id), db_text(from), db_text(to),
                                       db_int(HOURS_EXPORT_MAX) };

    if (!db_run(db, QUERIES_HOURS_EXPORT, values, 4, r->arena, &rows, f))
        return false;
    struct buf *bytes = reply_bytes(out, REPLY_OK, CSV);

    buf_put(bytes, CSV_HEAD, sizeof CSV_HEAD - 1);
    for (int32_t i = 0; i < db_count(rows); i++) {
        const char *line = db_get_text(rows, i, 0);

        buf_put(bytes, line, strlen(line));
        buf_put(bytes, "\r\n", 2);
    }
    return true;
}

/* ---- putting right */

struct undoing {
    const struct request *r;
    struct hours_undo undo;
};

static bool record(const struct undoing *u, struct db *db, int64_t reversal_id, struct fail *f)
{
    const struct request *r = u->r;
    const struct audit_entry entry = {
        .token_id = r->caller.token_id,
        .person_id = r->caller.person_id,
        .org_id = r->caller.org_id,
        .action = "hours_reversed",
        .subject = arena_text(r->arena, "entry %lld", (long long)u->undo.entry_id),
        .purpose = u->undo.reason,
        .request_id = r->id,
        .detail = arena_text(r->arena, "{\"reversal\":%lld}", (long long)reversal_id),
    };

    return audit_add(db, &entry, f);
}

static bool reverse(void *self, struct db *db, struct emit *e, const char **location,
                    struct fail *f)
{
    const struct undoing *u = self;
    struct arena *a = u->r->arena;
    int64_t reversal_id, correction_id;
    struct rota_item back, right;

    if (!hours_reverse(db, engine_ids(u->r->engine), &u->undo, a, &reversal_id, &correction_id,
                       f) ||
        !record(u, db, reversal_id, f) || !rota_get(db, ROTA_HOURS, reversal_id, a, &back, f) ||
        (correction_id && !rota_get(db, ROTA_HOURS, correction_id, a, &right, f)))
        return false;
    emit_object(e);
    emit_key(e, "reversal");
    emit_raw(e, back.json, strlen(back.json));
    emit_key(e, "correction");
    if (correction_id)
        emit_raw(e, right.json, strlen(right.json));
    else
        emit_null(e);
    emit_end(e);
    *location = arena_text(a, "/v1/hours/%lld", (long long)reversal_id);
    return true;
}

bool on_hours_reverse(const struct request *r, struct reply *out, struct fail *f)
{
    struct input_key keys[] = { { "reason", true, NULL }, { "minutes", false, NULL } };
    struct undoing u = { .r = r, .undo = { .token_id = r->caller.token_id } };
    const struct input *body;

    if (!rotas_id(r, ROTA_HOURS, &u.undo.entry_id, f) || !request_json(r, &body, f) ||
        !input_keys(body, keys, 2, f) ||
        !input_text(keys[0].value, HOURS_REASON_MAX, &u.undo.reason, f) ||
        !rotas_read_int(keys[1].value, 0, HOURS_MINUTES_MAX, &u.undo.minutes, f))
        return false;
    u.undo.corrects = keys[1].value != NULL;
    return registrar_once(r, out, reverse, &u, f);
}
