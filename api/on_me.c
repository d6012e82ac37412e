/* What a person does with her own data: read, correct, take along, and leave. */
#include <string.h>

#include "api/auth.h"
#include "api/handlers.h"
#include "api/own_json.h"
#include "api/registrar.h"
#include "api/service.h"
#include "engine/audit.h"
#include "engine/engine.h"
#include "engine/live.h"
#include "engine/tokens.h"

struct me {
    struct own_data d;
    struct own_org *orgs;
    int32_t org_count;
    struct consents_row *consents;
    int32_t consent_count;
};

static bool read_me(const struct request *r, struct db *db, bool all_consents, struct me *m,
                    struct fail *f)
{
    const struct personal *p = engine_personal(r->engine, f);

    return p && own_json_person(r, f) && own_read(db, p, r->caller.person_id, r->arena, &m->d, f) &&
           own_orgs(db, r->arena, &m->orgs, &m->org_count, f) &&
           consents_list(db, r->caller.person_id, !all_consents, r->arena, &m->consents,
                         &m->consent_count, f);
}

/* The keys of an open object. */
static void write_me(struct emit *e, const struct me *m)
{
    own_json_write(e, &m->d);
    emit_key(e, "orgs");
    emit_array(e);
    for (int32_t i = 0; i < m->org_count; i++) {
        emit_object(e);
        emit_key_int(e, "org_id", m->orgs[i].org_id);
        emit_key_text(e, "name", m->orgs[i].name);
        emit_key_text(e, "role", m->orgs[i].role);
        emit_key_text(e, "recruit", m->orgs[i].recruit);
        emit_key_text(e, "valid_from", m->orgs[i].valid_from);
        emit_key_text(e, "valid_to", m->orgs[i].valid_to);
        emit_end(e);
    }
    emit_end(e);
    own_json_consents(e, "consents", m->consents, m->consent_count);
}

static void reply_me(const struct request *r, const struct me *m, struct reply *out)
{
    struct emit *e = reply_json(out, REPLY_OK);

    emit_object(e);
    write_me(e, m);
    emit_end(e);
    reply_header(out, "Cache-Control", "no-store");
    reply_etag(out, arena_text(r->arena, "%lld", (long long)m->d.version));
}

bool on_me_get(const struct request *r, struct reply *out, struct fail *f)
{
    struct db *db;
    struct me m;

    if (!request_db(r, &db, f) || !read_me(r, db, false, &m, f))
        return false;
    reply_me(r, &m, out);
    return true;
}

static bool record(const struct request *r, struct db *db, const char *action, int64_t org_id,
                   struct fail *f)
{
    const struct audit_entry entry = {
        .org_id = org_id,
        .token_id = r->caller.token_id,
        .person_id = r->caller.person_id,
        .action = action,
        .subject = arena_text(r->arena, "person %lld", (long long)r->caller.person_id),
        .request_id = r->id,
    };

    return audit_add(db, &entry, f);
}

static bool correct(const struct request *r, struct db *db, struct me *m, struct fail *f)
{
    if (!db_begin(db, f))
        return false;
    if (own_change(db, engine_personal(r->engine, f), &m->d, r->arena, f) &&
        record(r, db, "own_corrected", m->d.org_id, f) && db_commit(db, f))
        return true;
    db_rollback(db);
    return false;
}

bool on_me_correct(const struct request *r, struct reply *out, struct fail *f)
{
    const struct input *body;
    int64_t version;
    struct db *db;
    struct me m;

    if (!registrar_version(r, true, &version, f) || !request_json(r, &body, f) ||
        !request_db(r, &db, f) || !read_me(r, db, false, &m, f))
        return false;
    if (version != 0)
        m.d.version = version;
    if (!own_json_read(body, r->arena, &m.d, f) || !correct(r, db, &m, f))
        return false;
    reply_me(r, &m, out);
    return true;
}

bool on_me_export(const struct request *r, struct reply *out, struct fail *f)
{
    struct own_records *records;
    struct db *db;
    struct me m;
    int32_t count;

    if (!request_db(r, &db, f) || !read_me(r, db, true, &m, f) ||
        !own_records(db, r->caller.person_id, r->arena, &records, &count, f) ||
        !record(r, db, "own_exported", m.d.org_id, f))
        return false;
    struct emit *e = reply_json(out, REPLY_OK);

    emit_object(e);
    write_me(e, &m);
    for (int32_t i = 0; i < count; i++) {
        emit_key(e, records[i].kind);
        emit_raw(e, records[i].json, strlen(records[i].json));
    }
    emit_end(e);
    reply_header(out, "Cache-Control", "no-store");
    reply_header(out, "Content-Disposition", "attachment; filename=\"my-data.json\"");
    return true;
}

/* ------------------------------------------------------------------ leaving */

static bool leave(const struct request *r, struct db *db, struct erasure_receipt *receipt,
                  struct fail *f)
{
    if (!db_begin(db, f))
        return false;
    if (erasure_carry_out(db, engine_ids(r->engine), r->caller.person_id, r->caller.token_id,
                          r->arena, receipt, f) &&
        record(r, db, "person_withdrawn", receipt->org_id, f) && db_commit(db, f))
        return true;
    db_rollback(db);
    return false;
}

bool on_me_withdraw(const struct request *r, struct reply *out, struct fail *f)
{
    struct input_key keys[] = { { "confirm", true, NULL } };
    char token[TOKENS_TEXT_SIZE];
    struct erasure_receipt receipt;
    const struct input *body;
    bool from_cookie, sure;
    struct db *db;

    if (!own_json_person(r, f) || !request_json(r, &body, f) || !input_keys(body, keys, 1, f) ||
        !input_bool(keys[0].value, &sure, f))
        return false;
    if (!sure) {
        fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "confirm must be true: nothing can be undone");
        fail_allowed(f, "true");
        return input_blame(keys[0].value, f);
    }
    if (!request_db(r, &db, f) || !leave(r, db, &receipt, f))
        return false;
    live_consent(engine_live(r->engine), r->caller.person_id, false);
    if (r->service->auth && auth_token(r, token, sizeof token, &from_cookie))
        auth_forget(r->service->auth, token, from_cookie);
    own_json_receipt(reply_json(out, REPLY_OK), &receipt);
    reply_header(out, "Cache-Control", "no-store");
    return true;
}
