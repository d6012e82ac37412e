/* The certificates of people, and which of them run out. */
#include <string.h>

#include "api/handlers.h"
#include "api/registrar.h"
#include "api/staff.h"
#include "engine/credential.h"
#include "engine/cursor.h"
#include "engine/engine.h"
#include "engine/ids.h"

enum { LIMIT_DEFAULT = 100, LIMIT_MAX = 1000, DAYS_DEFAULT = 30, DAYS_MAX = 3660 };
static const int64_t ID_MAX = INT64_C(9007199254740991);

/* ------------------------------------------------------------------ writing */

static void write_one(struct emit *e, const struct credential *c)
{
    emit_object(e);
    emit_key_int(e, "credential_id", c->credential_id);
    emit_key_int(e, "version", c->version);
    emit_key_int(e, "person_id", c->person_id);
    if (c->person_name)
        emit_key_text(e, "person_name", c->person_name);
    emit_key_int(e, "org_id", c->org_id);
    emit_key_text(e, "type", c->type);
    emit_key_text(e, "issuer", c->issuer[0] ? c->issuer : NULL);
    emit_key_text(e, "issued", c->issued);
    emit_key_text(e, "expires", c->expires);
    emit_key_text(e, "state", c->shown);
    emit_key_bool(e, "mandatory", c->mandatory);
    emit_key_text(e, "valid_from", c->valid_from);
    emit_key_text(e, "valid_to", c->valid_to);
    emit_end(e);
}

static void write_list(struct emit *e, const struct credential *credentials, int32_t count,
                       const char *next)
{
    emit_object(e);
    emit_key(e, "items");
    emit_array(e);
    for (int32_t i = 0; i < count; i++)
        write_one(e, &credentials[i]);
    emit_end(e);
    emit_key_text(e, "next", next);
    emit_end(e);
}

static void tag(const struct request *r, const struct credential *c, struct reply *out)
{
    reply_etag(out, arena_text(r->arena, "%lld", (long long)c->version));
}

bool on_credentials_list(const struct request *r, struct reply *out, struct fail *f)
{
    struct credential *credentials;
    struct person person;
    struct db *db;
    bool history;
    int32_t count;

    if (!registrar_flag(r, "history", &history, f) || !request_db(r, &db, f) ||
        !staff_person(r, db, &person, f) ||
        !credential_list(db, r->caller.org_id, person.person_id, history, r->arena, &credentials,
                         &count, f))
        return false;
    write_list(reply_json(out, REPLY_OK), credentials, count, NULL);
    return true;
}

bool on_credentials_expiring(const struct request *r, struct reply *out, struct fail *f)
{
    const char *cursor = request_query(r, "cursor"), *list, *next = NULL;
    struct credential_wish wish = { 0 };
    struct credential *credentials;
    struct db *db;
    int32_t count;

    if (!request_query_int(r, "limit", 1, LIMIT_MAX, LIMIT_DEFAULT, &wish.limit, f) ||
        !request_query_int(r, "org", 1, ID_MAX, r->caller.org_id, &wish.org_id, f) ||
        !request_query_int(r, "expiring_days", 0, DAYS_MAX, DAYS_DEFAULT, &wish.days, f) ||
        !request_db(r, &db, f))
        return false;
    list = arena_text(r->arena, "/v1/credentials?%lld&%lld", (long long)wish.org_id,
                      (long long)wish.days);
    wish.limit++;
    if ((cursor && !cursor_read(db, list, cursor, r->arena, &wish.after_id, f)) ||
        !credential_expiring(db, &wish, r->arena, &credentials, &count, f))
        return false;
    if (count == wish.limit &&
        !cursor_make(db, list, credentials[--count - 1].credential_id, r->arena, &next, f))
        return false;
    write_list(reply_json(out, REPLY_OK), credentials, count, next);
    return true;
}

/* ------------------------------------------------------------------ reading */

enum { TYPE, ISSUER, ISSUED, EXPIRES, STATE, MANDATORY, KEYS };

static bool read_day(const struct input *v, const char **out, struct fail *f)
{
    if (!input_text(v, PERSONAL_TEXT_MAX, out, f))
        return false;
    if (credential_is_day(*out))
        return true;
    fail_set(f, FAIL_INPUT, DAY_MALFORMED, "this is no day: %.40s", *out);
    fail_allowed(f, "YYYY-MM-DD, such as 2026-11-22");
    return input_blame(v, f);
}

static bool read_state(const struct input *v, struct credential *c, struct fail *f)
{
    int32_t state;

    if (!input_word(v, CREDENTIAL_STATE_WORDS, CREDENTIAL_STATES, &state, f))
        return false;
    c->state = (enum credential_state)state;
    return true;
}

/* What is null is taken away. */
static void clear(const struct input *body, struct credential *c)
{
    const struct input *value;
    void *cursor = NULL;
    const char *key;

    while ((key = input_next(body, &cursor, &value))) {
        if (!input_is_null(value))
            continue;
        if (strcmp(key, "issuer") == 0)
            c->issuer = "";
        else if (strcmp(key, "issued") == 0)
            c->issued = NULL;
        else if (strcmp(key, "expires") == 0)
            c->expires = NULL;
    }
}

static bool read_body(const struct input *body, bool required, struct credential *c, struct fail *f)
{
    struct input_key keys[KEYS] = {
        [TYPE] = { "type", required, NULL },  [ISSUER] = { "issuer", false, NULL },
        [ISSUED] = { "issued", false, NULL }, [EXPIRES] = { "expires", false, NULL },
        [STATE] = { "state", false, NULL },   [MANDATORY] = { "mandatory", false, NULL },
    };

    if (!input_keys(body, keys, KEYS, f))
        return false;
    clear(body, c);
    return (!keys[TYPE].value || input_text(keys[TYPE].value, CREDENTIAL_TYPE_MAX, &c->type, f)) &&
           (!keys[ISSUER].value ||
            input_text(keys[ISSUER].value, CREDENTIAL_ISSUER_MAX, &c->issuer, f)) &&
           (!keys[ISSUED].value || read_day(keys[ISSUED].value, &c->issued, f)) &&
           (!keys[EXPIRES].value || read_day(keys[EXPIRES].value, &c->expires, f)) &&
           (!keys[STATE].value || read_state(keys[STATE].value, c, f)) &&
           (!keys[MANDATORY].value || input_bool(keys[MANDATORY].value, &c->mandatory, f)) &&
           credential_check(c, f);
}

/* ------------------------------------------------------------------ add, change, close */

struct adding {
    const struct request *r;
    struct credential credential;
    struct person person;
    bool is_made;
};

static bool record(const struct request *r, struct db *db, const struct person *p,
                   const struct credential *c, const char *action, struct fail *f)
{
    return staff_record(
        r, db, p, action,
        arena_text(r->arena, "{\"credential_id\":%lld}", (long long)c->credential_id), f);
}

static bool make(void *self, struct db *db, struct emit *e, const char **location, struct fail *f)
{
    struct adding *a = self;
    const struct request *r = a->r;
    struct credential *c = &a->credential;

    if (!staff_person(r, db, &a->person, f))
        return false;
    c->person_id = a->person.person_id;
    if (!ids_take(engine_ids(r->engine), db, &c->credential_id, f) ||
        !credential_add(db, c, r->arena, f) || !record(r, db, &a->person, c, "credential_added", f))
        return false;
    a->is_made = true;
    *location = arena_text(r->arena, "/v1/people/%lld/credentials/%lld", (long long)c->person_id,
                           (long long)c->credential_id);
    write_one(e, c);
    return true;
}

bool on_credentials_create(const struct request *r, struct reply *out, struct fail *f)
{
    struct adding a = { .r = r,
                        .credential = {
                            .org_id = r->caller.org_id, .issuer = "", .state = CREDENTIAL_VALID } };
    const struct input *body;

    if (!request_json(r, &body, f) || !read_body(body, true, &a.credential, f) ||
        !registrar_once(r, out, make, &a, f))
        return false;
    if (a.is_made)
        staff_make_known(r);
    return true;
}

/* The person and the credential that the path names. */
static bool find(const struct request *r, struct db **db, struct person *p, struct credential *c,
                 struct fail *f)
{
    int64_t id;

    return request_param_id(r, "credential_id", &id, f) && request_db(r, db, f) &&
           staff_person(r, *db, p, f) &&
           credential_get(*db, r->caller.org_id, p->person_id, id, r->arena, c, f);
}

bool on_credentials_change(const struct request *r, struct reply *out, struct fail *f)
{
    struct credential c;
    struct person person;
    const struct input *body;
    struct db *db;
    int64_t version;

    if (!registrar_version(r, true, &version, f) || !request_json(r, &body, f) ||
        !find(r, &db, &person, &c, f))
        return false;
    if (version != 0)
        c.version = version;
    if (!read_body(body, false, &c, f) || !db_begin(db, f))
        return false;
    if (!credential_change(db, r->caller.org_id, &c, r->arena, f) ||
        !record(r, db, &person, &c, "credential_changed", f) || !db_commit(db, f)) {
        db_rollback(db);
        return false;
    }
    staff_make_known(r);
    write_one(reply_json(out, REPLY_OK), &c);
    tag(r, &c, out);
    return true;
}

bool on_credentials_close(const struct request *r, struct reply *out, struct fail *f)
{
    struct credential c;
    struct person person;
    struct db *db;
    int64_t version;

    if (!registrar_version(r, false, &version, f) || !find(r, &db, &person, &c, f) ||
        !db_begin(db, f))
        return false;
    c.version = version;
    if (!credential_close(db, r->caller.org_id, &c, r->arena, f) ||
        !record(r, db, &person, &c, "credential_closed", f) || !db_commit(db, f)) {
        db_rollback(db);
        return false;
    }
    staff_make_known(r);
    reply_empty(out, REPLY_NO_CONTENT);
    return true;
}
