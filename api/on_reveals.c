/* Looking at what lists show masked, and forgetting somebody for good: acts of staff
 * that are done in one transaction with the entry that says so. */
#include "api/handlers.h"
#include "api/own_json.h"
#include "engine/audit.h"
#include "engine/cursor.h"
#include "engine/engine.h"
#include "engine/live.h"

enum { LIMIT_DEFAULT = 100, LIMIT_MAX = 1000 };

static const char *const FIELDS[PERSONAL_FIELDS] = { "phone", "identity", "emergency", "address" };

struct wish {
    int64_t person_id;
    bool wanted[PERSONAL_FIELDS];
    const char *purpose;
};

static bool read_wish(const struct request *r, bool with_fields, struct wish *w, struct fail *f)
{
    struct input_key keys[] = { { "purpose", true, NULL }, { "fields", true, NULL } };
    const struct input *body;
    int32_t count = 0, field;

    *w = (struct wish){ 0 };
    if (!request_param_id(r, "person_id", &w->person_id, f) || !request_json(r, &body, f) ||
        !input_keys(body, keys, with_fields ? 2 : 1, f) ||
        !input_text(keys[0].value, AUDIT_PURPOSE_MAX, &w->purpose, f) ||
        (with_fields && !input_array(keys[1].value, 1, PERSONAL_FIELDS, &count, f)))
        return false;
    for (int32_t i = 0; i < count; i++) {
        if (!input_word(input_item(keys[1].value, i), FIELDS, PERSONAL_FIELDS, &field, f))
            return false;
        w->wanted[field] = true;
    }
    return true;
}

static const char *fields_as_json(const struct wish *w, struct arena *a)
{
    const char *list = "";

    for (int i = 0; i < PERSONAL_FIELDS; i++)
        if (w->wanted[i])
            list = arena_text(a, "%s%s\"%s\"", list, *list ? "," : "", FIELDS[i]);
    return arena_text(a, "{\"fields\":[%s]}", list);
}

static struct audit_entry entry_for(const struct request *r, const char *action,
                                    const struct wish *w, int64_t org_id)
{
    return (struct audit_entry){
        .org_id = org_id,
        .token_id = r->caller.token_id,
        .person_id = r->caller.person_id,
        .action = action,
        .subject = arena_text(r->arena, "person %lld", (long long)w->person_id),
        .purpose = w->purpose,
        .request_id = r->id,
    };
}

/* Nothing is shown before the entry is committed. */
static bool look(const struct request *r, struct db *db, const struct wish *w, struct own_data *d,
                 struct fail *f)
{
    const struct personal *p = engine_personal(r->engine, f);

    if (!p || !db_begin(db, f))
        return false;
    if (own_read(db, p, w->person_id, r->arena, d, f)) {
        struct audit_entry entry = entry_for(r, "person_revealed", w, d->org_id);

        entry.detail = fields_as_json(w, r->arena);
        if (audit_add(db, &entry, f) && db_commit(db, f))
            return true;
    }
    db_rollback(db);
    return false;
}

bool on_reveals_look(const struct request *r, struct reply *out, struct fail *f)
{
    struct own_data d;
    struct wish wish;
    struct db *db;

    if (!read_wish(r, true, &wish, f) || !request_db(r, &db, f) || !look(r, db, &wish, &d, f))
        return false;
    struct emit *e = reply_json(out, REPLY_OK);

    emit_object(e);
    emit_key_int(e, "person_id", d.person_id);
    for (int i = 0; i < PERSONAL_FIELDS; i++)
        if (wish.wanted[i])
            emit_key_text(e, FIELDS[i], d.values[i]);
    emit_end(e);
    reply_header(out, "Cache-Control", "no-store");
    return true;
}

/* ------------------------------------------------------------------ forgetting */

static bool erase(const struct request *r, struct db *db, const struct wish *w,
                  struct erasure_receipt *receipt, struct fail *f)
{
    if (!db_begin(db, f))
        return false;
    if (erasure_carry_out(db, engine_ids(r->engine), w->person_id, r->caller.token_id, r->arena,
                          receipt, f)) {
        const struct audit_entry entry = entry_for(r, "person_erased", w, receipt->org_id);

        if (audit_add(db, &entry, f) && db_commit(db, f))
            return true;
    }
    db_rollback(db);
    return false;
}

bool on_reveals_erase(const struct request *r, struct reply *out, struct fail *f)
{
    struct erasure_receipt receipt;
    struct wish wish;
    struct db *db;

    if (!read_wish(r, false, &wish, f) || !request_db(r, &db, f) ||
        !erase(r, db, &wish, &receipt, f))
        return false;
    live_consent(engine_live(r->engine), wish.person_id, false);
    own_json_receipt(reply_json(out, REPLY_OK), &receipt);
    return true;
}

bool on_reveals_receipts(const struct request *r, struct reply *out, struct fail *f)
{
    static const char LIST[] = "/v1/erasures";
    const char *cursor = request_query(r, "cursor");
    const char *next = NULL;
    struct erasure_receipt *rows;
    int64_t limit, before_id = 0;
    struct db *db;
    int32_t count;

    if (!request_query_int(r, "limit", 1, LIMIT_MAX, LIMIT_DEFAULT, &limit, f) ||
        !request_db(r, &db, f) ||
        (cursor && !cursor_read(db, LIST, cursor, r->arena, &before_id, f)) ||
        !erasure_list(db, before_id, limit + 1, r->arena, &rows, &count, f))
        return false;
    if (count > limit && !cursor_make(db, LIST, rows[--count - 1].erasure_id, r->arena, &next, f))
        return false;
    struct emit *e = reply_json(out, REPLY_OK);

    emit_object(e);
    emit_key(e, "items");
    emit_array(e);
    for (int32_t i = 0; i < count; i++)
        own_json_receipt(e, &rows[i]);
    emit_end(e);
    emit_key_text(e, "next", next);
    emit_end(e);
    return true;
}
