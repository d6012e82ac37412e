/* Coming in by a code: the code and its picture for those who invite, the way in for
 * anybody who stands before it, the decision for organisers. */
#include "api/handlers.h"

#include <string.h>

#include "api/enrolments_json.h"
#include "api/own_json.h"
#include "api/registrar.h"
#include "api/service.h"
#include "api/session.h"
#include "api/throttle.h"
#include "engine/audit.h"
#include "engine/consents.h"
#include "engine/cursor.h"
#include "engine/engine.h"
#include "engine/feed.h"
#include "engine/qr.h"

enum { LIMIT_DEFAULT = 100, LIMIT_MAX = 1000, DAY_S = 86400, URL_MAX = 300 };

/* What the code's owner and the enrolling person do is recorded alike. */
static bool record(const struct request *r, struct db *db, const char *action, const char *subject,
                   int64_t org_id, struct fail *f)
{
    const struct audit_entry entry = { .org_id = org_id,
                                       .token_id = r->caller.token_id,
                                       .person_id = r->caller.person_id,
                                       .action = action,
                                       .subject = subject,
                                       .request_id = r->id };

    return audit_add(db, &entry, f);
}

/* ------------------------------------------------------------------ codes */

struct code_making {
    const struct request *r;
    struct enrolments_code code;
    int64_t life_s;
};

static bool make_code(void *self, struct db *db, struct emit *e, const char **location,
                      struct fail *f)
{
    struct code_making *m = self;
    struct arena *a = m->r->arena;

    if (!enrolments_code_add(db, engine_ids(m->r->engine), m->life_s, &m->code, a, f))
        return false;
    const long long id = (long long)m->code.code_id;

    *location = arena_text(a, "/v1/enrolment_codes/%lld", id);
    enrolments_json_code(e, &m->code);
    return record(m->r, db, "enrolment_code_made", arena_text(a, "enrolment_code %lld", id),
                  m->code.org_id, f);
}

bool on_enrolments_code_make(const struct request *r, struct reply *out, struct fail *f)
{
    struct code_making m = { .r = r,
                             .code = { .org_id = r->caller.org_id, .uses_max = 200 },
                             .life_s = 7 * DAY_S };
    const struct input *body;

    return request_json(r, &body, f) && enrolments_json_read_code(body, &m.code, &m.life_s, f) &&
           registrar_once(r, out, make_code, &m, f);
}

bool on_enrolments_code_list(const struct request *r, struct reply *out, struct fail *f)
{
    static const char LIST[] = "/v1/enrolment_codes";
    const char *cursor = request_query(r, "cursor");
    const char *next = NULL;
    struct enrolments_code *codes;
    int64_t limit, after_id = 0;
    struct db *db;
    int32_t count;

    if (!request_query_int(r, "limit", 1, LIMIT_MAX, LIMIT_DEFAULT, &limit, f) ||
        !request_db(r, &db, f) ||
        (cursor && !cursor_read(db, LIST, cursor, r->arena, &after_id, f)) ||
        !enrolments_code_list(db, after_id, limit + 1, r->arena, &codes, &count, f))
        return false;
    if (count > limit && !cursor_make(db, LIST, codes[--count - 1].code_id, r->arena, &next, f))
        return false;
    struct emit *e = reply_json(out, REPLY_OK);

    emit_object(e);
    emit_key(e, "items");
    emit_array(e);
    for (int32_t i = 0; i < count; i++)
        enrolments_json_code(e, &codes[i]);
    emit_end(e);
    emit_key_text(e, "next", next);
    emit_end(e);
    return true;
}

static bool get_code(const struct request *r, struct enrolments_code *code, struct fail *f)
{
    struct db *db;
    int64_t id;

    return request_param_id(r, "code_id", &id, f) && request_db(r, &db, f) &&
           enrolments_code_get(db, id, r->arena, code, f);
}

bool on_enrolments_code_get(const struct request *r, struct reply *out, struct fail *f)
{
    struct enrolments_code code;

    if (!get_code(r, &code, f))
        return false;
    enrolments_json_code(reply_json(out, REPLY_OK), &code);
    return true;
}

/* The address that a phone is to open: the one under which whoever shows the code has
 * this server, as the browser or the proxy says. */
bool on_enrolments_code_qr(const struct request *r, struct reply *out, struct fail *f)
{
    const char *host = request_header(r, "Host");
    const char *proto = request_header(r, "X-Forwarded-Proto");
    struct enrolments_code code;
    struct buf svg = { 0 };

    if (!get_code(r, &code, f))
        return false;
    const char *scheme = proto && strcmp(proto, "https") == 0 ? "https" : "http";

    if (!qr_svg(arena_text(r->arena, "%s://%.*s/enrol#%s", scheme, URL_MAX, host ? host : "",
                           code.code),
                &svg, f)) {
        buf_free(&svg);
        return false;
    }
    buf_put(reply_bytes(out, REPLY_OK, "image/svg+xml"), svg.bytes, svg.size);
    reply_header(out, "Cache-Control", "no-store");
    buf_free(&svg);
    return true;
}

bool on_enrolments_code_close(const struct request *r, struct reply *out, struct fail *f)
{
    int64_t id, org_id;
    struct db *db;

    if (!request_param_id(r, "code_id", &id, f) || !request_db(r, &db, f) || !db_begin(db, f))
        return false;
    if (enrolments_code_close(db, id, r->arena, &org_id, f) &&
        record(r, db, "enrolment_code_closed",
               arena_text(r->arena, "enrolment_code %lld", (long long)id), org_id, f) &&
        db_commit(db, f)) {
        reply_empty(out, REPLY_NO_CONTENT);
        return true;
    }
    db_rollback(db);
    return false;
}

/* ------------------------------------------------------------------ for anybody */

bool on_enrolments_look(const struct request *r, struct reply *out, struct fail *f)
{
    struct input_key keys[] = { { "code", true, NULL } };
    struct enrolments_inviter inviter;
    const struct input *body;
    const char *code;
    struct db *db;

    if (!throttle_pass(r->service->throttle, r, out, f) || !request_json(r, &body, f) ||
        !input_keys(body, keys, 1, f) || !input_text(keys[0].value, 64, &code, f) ||
        !request_db(r, &db, f) || !enrolments_look(db, code, r->arena, &inviter, f))
        return false;
    struct emit *e = reply_json(out, REPLY_OK);

    emit_object(e);
    emit_key_text(e, "org", inviter.org_name);
    emit_key_text(e, "label", inviter.label);
    emit_end(e);
    return true;
}

struct asking {
    const struct request *r;
    const struct personal *personal;
    struct enrolments_wish wish;
};

/* Tells the organisers' consoles that somebody waits. */
static bool tell(struct db *db, struct arena *a, int64_t org_id, int64_t enrolment_id,
                 const char *state, struct fail *f)
{
    const struct feed_event event = {
        .kind = "enrolment",
        .org_id = org_id,
        .data = arena_text(a, "{\"enrolment_id\":%lld,\"state\":\"%s\"}", (long long)enrolment_id,
                           state),
    };

    return feed_tell(db, &event, f);
}

static bool ask(void *self, struct db *db, struct emit *e, const char **location, struct fail *f)
{
    struct asking *s = self;
    int64_t org_id, enrolment_id;

    (void)location;
    if (!enrolments_add(db, s->personal, engine_ids(s->r->engine), &s->wish, s->r->arena, &org_id,
                        &enrolment_id, f) ||
        !tell(db, s->r->arena, org_id, enrolment_id, "pending", f))
        return false;
    emit_object(e);
    emit_key_text(e, "state", "pending");
    emit_end(e);
    return true;
}

bool on_enrolments_ask(const struct request *r, struct reply *out, struct fail *f)
{
    struct asking s = { .r = r };
    struct consents_text *texts;
    const struct input *body;
    struct db *db;
    int32_t count;

    if (!throttle_pass(r->service->throttle, r, out, f) || !request_json(r, &body, f) ||
        !request_db(r, &db, f) || !consents_texts(db, r->arena, &texts, &count, f) ||
        !enrolments_json_read(body, texts, count, r->arena, &s.wish, f))
        return false;
    s.personal = engine_personal(r->engine, f);
    return s.personal && registrar_once(r, out, ask, &s, f);
}

bool on_enrolments_claim(const struct request *r, struct reply *out, struct fail *f)
{
    struct input_key keys[] = { { "claim", true, NULL } };
    unsigned char hash[SECRET_HASH_BYTES];
    struct enrolments_claim claim;
    const struct input *body;
    const char *text;
    struct db *db;

    if (!throttle_pass(r->service->throttle, r, out, f) || !request_json(r, &body, f) ||
        !input_keys(body, keys, 1, f) || !input_text(keys[0].value, 64, &text, f) ||
        (!enrolments_claim_hash(text, hash, f) && !input_blame(keys[0].value, f)) ||
        !request_db(r, &db, f) || !enrolments_claim(db, hash, r->arena, &claim, f))
        return false;
    struct emit *e = reply_json(out, REPLY_OK);

    emit_object(e);
    emit_key_text(e, "state", claim.state);
    emit_key_text(e, "reason", claim.reason);
    emit_key_bool(e, "signed_in", claim.session[0] != '\0');
    emit_end(e);
    reply_header(out, "Cache-Control", "no-store");
    if (claim.session[0])
        session_set(r, out, claim.session, ENROLMENTS_SESSION_S);
    return true;
}

/* ------------------------------------------------------------------ for organisers */

static bool read_filter(const struct request *r, struct enrolments_filter *filter, struct fail *f)
{
    static const char *const STATES[] = { "pending", "approved", "refused" };

    *filter = (struct enrolments_filter){ .state = request_query(r, "state") };
    for (int i = 0; filter->state && strcmp(STATES[i], filter->state) != 0; i++) {
        if (i < 2)
            continue;
        fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "state cannot be \"%.40s\"", filter->state);
        fail_allowed(f, "pending, approved, refused");
        return fail_value(f, filter->state);
    }
    return request_query_int(r, "limit", 1, LIMIT_MAX, LIMIT_DEFAULT, &filter->limit, f);
}

bool on_enrolments_list(const struct request *r, struct reply *out, struct fail *f)
{
    const struct personal *p = engine_personal(r->engine, f);
    const char *cursor = request_query(r, "cursor");
    struct enrolments_filter filter;
    struct enrolments_row *rows;
    const char *list, *next = NULL;
    struct db *db;
    int32_t count;

    if (!p || !read_filter(r, &filter, f) || !request_db(r, &db, f))
        return false;
    list = arena_text(r->arena, "/v1/enrolments?state=%s", filter.state ? filter.state : "");
    filter.limit++; /* to know whether there is a next page */
    if ((cursor && !cursor_read(db, list, cursor, r->arena, &filter.after_id, f)) ||
        !enrolments_list(db, p, &filter, r->arena, &rows, &count, f))
        return false;
    if (count == filter.limit &&
        !cursor_make(db, list, rows[--count - 1].enrolment_id, r->arena, &next, f))
        return false;
    struct emit *e = reply_json(out, REPLY_OK);

    emit_object(e);
    emit_key(e, "items");
    emit_array(e);
    for (int32_t i = 0; i < count; i++)
        enrolments_json_row(e, &rows[i]);
    emit_end(e);
    emit_key_text(e, "next", next);
    emit_end(e);
    return true;
}

/* Decides, records, tells, in one transaction; answers with the row as it is then. */
static bool decide(const struct request *r, bool is_approved, const char *reason, struct reply *out,
                   struct fail *f)
{
    const struct personal *p = engine_personal(r->engine, f);
    const char *state = is_approved ? "approved" : "refused";
    struct arena *a = r->arena;
    struct enrolments_row row;
    struct db *db;
    int64_t id;

    if (!p || !request_param_id(r, "enrolment_id", &id, f) || !request_db(r, &db, f) ||
        !db_begin(db, f))
        return false;
    if (enrolments_get(db, p, id, a, &row, f) &&
        (is_approved ? enrolments_approve(db, &row, a, f)
                     : enrolments_refuse(db, &row, reason, a, f)) &&
        record(r, db, is_approved ? "enrolment_approved" : "enrolment_refused",
               arena_text(a, "person %lld", (long long)row.person_id), row.org_id, f) &&
        tell(db, a, row.org_id, id, state, f) && enrolments_get(db, p, id, a, &row, f) &&
        db_commit(db, f)) {
        enrolments_json_row(reply_json(out, REPLY_OK), &row);
        return true;
    }
    db_rollback(db);
    return false;
}

bool on_enrolments_approve(const struct request *r, struct reply *out, struct fail *f)
{
    const struct input *body;

    return request_json(r, &body, f) && input_keys(body, NULL, 0, f) &&
           decide(r, true, NULL, out, f);
}

bool on_enrolments_refuse(const struct request *r, struct reply *out, struct fail *f)
{
    struct input_key keys[] = { { "reason", true, NULL } };
    const struct input *body;
    const char *reason;

    return request_json(r, &body, f) && input_keys(body, keys, 1, f) &&
           input_text(keys[0].value, ENROLMENTS_REASON_MAX, &reason, f) &&
           decide(r, false, reason, out, f);
}
