/* Tokens: who may come in, for whom, and until when. The text of one is told once and
 * kept nowhere; a repeated request hears all but the text. */
#include <string.h>

#include "api/auth.h"
#include "api/handlers.h"
#include "api/service.h"
#include "engine/audit.h"
#include "engine/cursor.h"
#include "engine/engine.h"
#include "engine/idempotency.h"
#include "engine/orgs.h"
#include "engine/tokens.h"
#include "geo/instant.h"

enum { LIMIT_DEFAULT = 100, LIMIT_MAX = 1000, LIFE_MIN_S = 60, LIFE_DEFAULT_S = 365 * 86400 };
static const int64_t LIFE_MAX_S = 3650LL * 86400;
static const int64_t ID_MAX = (INT64_C(1) << 53) - 1;

/* ------------------------------------------------------------------ writing */

static void write_moment(struct emit *e, const char *key, int64_t us)
{
    char text[INSTANT_SIZE];

    if (us)
        instant_write(us, text);
    emit_key_text(e, key, us ? text : NULL);
}

/* The keys of a token into an object that is open. */
static void write_keys(struct emit *e, const struct tokens_row *row)
{
    emit_key_int(e, "token_id", row->token_id);
    emit_key_text(e, "name", row->label);
    emit_key_text(e, "kind", row->kind);
    emit_key_text(e, "role", row->role);
    emit_key_int(e, "org_id", row->org_id);
    emit_key(e, "person_id");
    if (row->person_id)
        emit_int(e, row->person_id);
    else
        emit_null(e);
    write_moment(e, "created_at", row->created_us);
    write_moment(e, "expires_at", row->expires_us);
    write_moment(e, "used_at", row->used_us);
    write_moment(e, "revoked_at", row->revoked_us);
}

/* ------------------------------------------------------------------ list */

bool on_tokens_list(const struct request *r, struct reply *out, struct fail *f)
{
    struct tokens_wish_list wish = { .org_id = r->caller.org_id };
    const char *list = arena_text(r->arena, "/v1/tokens?of=%lld", (long long)r->caller.org_id);
    const char *cursor = request_query(r, "cursor");
    const char *next = NULL;
    struct tokens_row *rows;
    int64_t limit;
    struct db *db;
    int32_t count;

    if (!request_query_int(r, "limit", 1, LIMIT_MAX, LIMIT_DEFAULT, &limit, f) ||
        !request_db(r, &db, f) ||
        (cursor && !cursor_read(db, list, cursor, r->arena, &wish.before_id, f)))
        return false;
    wish.limit = limit + 1; /* one more than asked for says whether there is a next page */
    if (!tokens_list(db, &wish, r->arena, &rows, &count, f))
        return false;
    if (count > limit) {
        count = (int32_t)limit;
        if (!cursor_make(db, list, rows[count - 1].token_id, r->arena, &next, f))
            return false;
    }
    struct emit *e = reply_json(out, REPLY_OK);

    emit_object(e);
    emit_key(e, "items");
    emit_array(e);
    for (int32_t i = 0; i < count; i++) {
        emit_object(e);
        write_keys(e, &rows[i]);
        emit_end(e);
    }
    emit_end(e);
    emit_key_text(e, "next", next);
    emit_end(e);
    return true;
}

/* ------------------------------------------------------------------ create */

enum { NAME, KIND, ROLE, ORG, PERSON, LIFE, KEYS };

struct asked {
    struct tokens_wish wish;
    enum role role;
};

static bool fail_role(const struct request *r, enum role other, struct fail *f)
{
    fail_set(f, FAIL_INPUT, ROLE_NOT_ALLOWED,
             "a token of the role %s may neither make nor end one of the role %s",
             auth_role_word(r->caller.role), auth_role_word(other));
    return fail_value(f, auth_role_word(other));
}

static bool read_role(const struct request *r, const struct input *v, struct asked *a,
                      struct fail *f)
{
    const char *words[ROLE_COUNT];
    int32_t index;

    for (int i = 0; i < ROLE_COUNT; i++)
        words[i] = auth_role_word((enum role)i);
    if (!input_word(v, words, ROLE_COUNT, &index, f))
        return false;
    a->role = (enum role)index;
    a->wish.role = words[index];
    return auth_may_grant(r->caller.role, a->role) || fail_role(r, a->role, f);
}

static bool read_body(const struct request *r, struct asked *a, struct fail *f)
{
    static const char *const KINDS[] = { "bearer", "enter" };
    struct input_key keys[KEYS] = {
        [NAME] = { "name", true, NULL },         [KIND] = { "kind", false, NULL },
        [ROLE] = { "role", true, NULL },         [ORG] = { "org_id", false, NULL },
        [PERSON] = { "person_id", false, NULL }, [LIFE] = { "life_s", false, NULL },
    };
    const struct input *body;
    int32_t kind = 0;

    a->wish.life_s = LIFE_DEFAULT_S;
    if (!request_json(r, &body, f) || !input_keys(body, keys, KEYS, f) ||
        !input_text(keys[NAME].value, TOKENS_LABEL_MAX, &a->wish.label, f) ||
        (keys[KIND].value && !input_word(keys[KIND].value, KINDS, 2, &kind, f)) ||
        !read_role(r, keys[ROLE].value, a, f) ||
        (keys[ORG].value && !input_int(keys[ORG].value, 1, ID_MAX, &a->wish.org_id, f)) ||
        (keys[PERSON].value && !input_int(keys[PERSON].value, 1, ID_MAX, &a->wish.person_id, f)) ||
        (keys[LIFE].value &&
         !input_int(keys[LIFE].value, LIFE_MIN_S, LIFE_MAX_S, &a->wish.life_s, f)))
        return false;
    a->wish.kind = (enum tokens_kind)kind;
    if (a->wish.kind == TOKENS_ENTER)
        a->wish.life_s = TOKENS_ENTER_S;
    return true;
}

static bool fail_org(int64_t org_id, struct arena *a, struct fail *f)
{
    fail_set(f, FAIL_INPUT, ORG_UNKNOWN, "there is no open organisation %lld", (long long)org_id);
    fail_value(f, arena_text(a, "%lld", (long long)org_id));
    return fail_at(f, "/org_id");
}

/* A token acts for an organisation within its maker's scope; a partner's for a firm. */
static bool check_org(const struct request *r, const struct asked *a, struct fail *f)
{
    const struct orgs *orgs = engine_orgs(r->engine);
    struct orgs_one org;
    const bool is_known =
        orgs_get(orgs, a->wish.org_id, &org) && orgs_within(orgs, r->caller.org_id, a->wish.org_id);

    orgs_drop(orgs);
    if (!is_known)
        return fail_org(a->wish.org_id, r->arena, f);
    if (a->role != ROLE_PARTNER || org.kind == ORGS_FIRM)
        return true;
    fail_set(f, FAIL_INPUT, TOKEN_NEEDS_FIRM, "a partner's token is for a firm, and %lld is none",
             (long long)org.org_id);
    return fail_at(f, "/org_id");
}

/* Whose it is: without a word of the organisation, the token is for her own. */
static bool check_person(const struct request *r, struct db *db, struct asked *a, struct fail *f)
{
    int64_t home_id = 0;

    if (!a->wish.person_id && (a->role == ROLE_VOLUNTEER || a->role == ROLE_DEVICE)) {
        fail_set(f, FAIL_INPUT, TOKEN_NEEDS_PERSON, "a token of the role %s belongs to a person",
                 a->wish.role);
        return fail_at(f, "/person_id");
    }
    if (a->wish.person_id && !tokens_home(db, a->wish.person_id, r->arena, &home_id, f))
        return fail_at(f, "/person_id");
    if (!a->wish.org_id)
        a->wish.org_id = home_id ? home_id : r->caller.org_id;
    return check_org(r, a, f);
}

static bool record(const struct request *r, struct db *db, const char *action,
                   const struct tokens_row *row, struct fail *f)
{
    const struct audit_entry entry = {
        .token_id = r->caller.token_id,
        .person_id = r->caller.person_id,
        .org_id = row->org_id,
        .action = action,
        .subject = arena_text(r->arena, "token %lld", (long long)row->token_id),
        .request_id = r->id,
        .detail = arena_text(r->arena, "{\"role\":\"%s\",\"kind\":\"%s\",\"person_id\":%lld}",
                             row->role, row->kind, (long long)row->person_id),
    };

    return audit_add(db, &entry, f);
}

/* The answer that is kept for a repeat ends before the text. */
static bool make(const struct request *r, struct db *db, const struct asked *a,
                 struct idempotency_answer *kept, char text[TOKENS_TEXT_SIZE], struct buf *bytes,
                 struct fail *f)
{
    struct emit e = emit_to(bytes);
    struct tokens_row row;
    int64_t token_id;

    if (!tokens_create(db, &a->wish, r->arena, text, &token_id, f) ||
        !tokens_get(db, token_id, r->caller.org_id, r->arena, &row, f) ||
        !record(r, db, "token_created", &row, f))
        return false;
    emit_object(&e);
    write_keys(&e, &row);
    emit_key_text(&e, "token", NULL);
    emit_end(&e);
    kept->location = arena_text(r->arena, "/v1/tokens/%lld", (long long)token_id);
    kept->bytes = bytes->bytes;
    kept->size = bytes->size;
    return true;
}

static void give(const struct idempotency_answer *kept, const char *text, struct reply *out)
{
    static const char NULL_END[] = "null}";
    struct emit *e = reply_json(out, (enum reply_status)kept->status);
    const size_t head = kept->size - (sizeof NULL_END - 1);

    emit_raw(e, kept->bytes, text[0] ? head : kept->size);
    reply_header(out, "Location", kept->location);
    if (!text[0])
        return;
    buf_byte(&out->body, '"');
    buf_put(&out->body, text, strlen(text));
    buf_put(&out->body, "\"}", 2);
}

bool on_tokens_create(const struct request *r, struct reply *out, struct fail *f)
{
    const struct idempotency_ask ask = { .token_id = r->caller.token_id,
                                         .key = request_header(r, "Idempotency-Key"),
                                         .what = "POST /v1/tokens",
                                         .body = r->body,
                                         .body_size = r->body_size };
    struct idempotency_answer kept = { .status = REPLY_CREATED, .type = "application/json" };
    struct asked asked = { 0 };
    char text[TOKENS_TEXT_SIZE] = "";
    struct buf bytes = { 0 };
    struct db *db;
    bool again = false;

    if (!read_body(r, &asked, f) || !request_db(r, &db, f) || !check_person(r, db, &asked, f) ||
        !idempotency_begin(db, &ask, r->arena, &again, &kept, f))
        return false;
    const bool good = again || (make(r, db, &asked, &kept, text, &bytes, f) &&
                                idempotency_finish(db, &ask, &kept, f));

    if (good)
        give(&kept, text, out);
    else
        db_rollback(db);
    buf_free(&bytes);
    return good;
}

/* ------------------------------------------------------------------ end */

static bool end_token(const struct request *r, struct db *db, int64_t token_id, struct fail *f)
{
    struct tokens_row row;
    enum role role;

    if (!tokens_get(db, token_id, r->caller.org_id, r->arena, &row, f))
        return false;
    if (!auth_role(row.role, &role) || !auth_may_grant(r->caller.role, role))
        return fail_role(r, role, f);
    if (!db_begin(db, f))
        return false;
    if (tokens_revoke(db, token_id, r->arena, f) && record(r, db, "token_revoked", &row, f))
        return db_commit(db, f);
    db_rollback(db);
    return false;
}

bool on_tokens_close(const struct request *r, struct reply *out, struct fail *f)
{
    int64_t token_id;
    struct db *db;

    if (!request_param_id(r, "token_id", &token_id, f) || !request_db(r, &db, f))
        return false;
    if (token_id == r->caller.token_id)
        return fail_set(f, FAIL_CONFLICT, TOKEN_IN_USE,
                        "this token asks: POST /v1/leave ends it, and this does not");
    if (!end_token(r, db, token_id, f))
        return false;
    auth_forget_id(r->service->auth, token_id);
    reply_empty(out, REPLY_NO_CONTENT);
    return true;
}
