/* The audit, for those who check on the others. Reading it is not recorded in it: what
 * it holds are ids and purposes, no personal values. */
#include <string.h>

#include "api/handlers.h"
#include "engine/audit.h"
#include "engine/chain.h"
#include "engine/cursor.h"
#include "geo/instant.h"

enum { LIMIT_MAX = 1000, LIMIT_DEFAULT = 100, TEXT_MAX = 200 };
static const int64_t ID_MAX = INT64_C(9007199254740991);

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static bool read_moment(const struct request *r, const char *name, int64_t *out_us, struct fail *f)
{
    const char *text = request_query(r, name);

    if (!text || instant_read(text, strlen(text), out_us))
        return true;
    fail_set(f, FAIL_INPUT, TIME_MALFORMED, "%s is no moment: %.40s", name, text);
    fail_allowed(f, "RFC 3339, such as 2026-11-22T15:15:00+08:00");
    fail_at(f, arena_text(r->arena, "/%s", name));
    return fail_value(f, text);
}

static bool read_word(const struct request *r, const char *name, const char **out, struct fail *f)
{
    *out = request_query(r, name);
    if (!*out || (**out && strlen(*out) <= TEXT_MAX))
        return true;
    fail_set(f, FAIL_INPUT, VALUE_TOO_LONG, "%s must have 1 to %d bytes", name, TEXT_MAX);
    fail_allowed(f, "1 to %d bytes", TEXT_MAX);
    return fail_at(f, arena_text(r->arena, "/%s", name));
}

/* One more than asked for is read, to know whether there is a next page. */
static bool read_wish(const struct request *r, struct db *db, struct audit_wish *w,
                      const char **list, struct fail *f)
{
    const char *cursor = request_query(r, "cursor");

    *w = (struct audit_wish){ 0 };
    if (!request_query_int(r, "limit", 1, LIMIT_MAX, LIMIT_DEFAULT, &w->limit, f) ||
        !read_word(r, "action", &w->action, f) || !read_word(r, "subject", &w->subject, f) ||
        !request_query_int(r, "token_id", 1, ID_MAX, 0, &w->token_id, f) ||
        !request_query_int(r, "actor_id", 1, ID_MAX, 0, &w->person_id, f) ||
        !read_moment(r, "from", &w->from_us, f) || !read_moment(r, "until", &w->until_us, f))
        return false;
    w->limit++;
    *list = arena_text(r->arena, "/v1/audit?action=%s&subject=%s&token=%lld&actor=%lld&%lld-%lld",
                       or_empty(w->action), or_empty(w->subject), (long long)w->token_id,
                       (long long)w->person_id, (long long)w->from_us, (long long)w->until_us);
    return !cursor || cursor_read(db, *list, cursor, r->arena, &w->before_id, f);
}

static void write_id(struct emit *e, const char *key, int64_t id)
{
    emit_key(e, key);
    if (id)
        emit_int(e, id);
    else
        emit_null(e);
}

static void write_hash(struct emit *e, const char *key, const unsigned char *hash)
{
    char hex[2 * CHAIN_HASH_BYTES + 1];

    if (hash)
        chain_hex(hash, hex);
    emit_key_text(e, key, hash ? hex : NULL);
}

static void write_row(struct emit *e, const struct audit_row *row)
{
    emit_object(e);
    emit_key_int(e, "audit_id", row->audit_id);
    emit_key_text(e, "at", row->at);
    emit_key_int(e, "org_id", row->entry.org_id);
    write_id(e, "token_id", row->entry.token_id);
    write_id(e, "actor_id", row->entry.person_id);
    emit_key_text(e, "action", row->entry.action);
    emit_key_text(e, "subject", row->entry.subject);
    emit_key_text(e, "purpose", row->entry.purpose);
    emit_key_text(e, "request_id", row->entry.request_id);
    emit_key(e, "detail");
    if (row->entry.detail)
        emit_raw(e, row->entry.detail, strlen(row->entry.detail));
    else
        emit_null(e);
    write_id(e, "seq", row->seq);
    write_hash(e, "hash", row->hash);
    emit_end(e);
}

bool on_audits_list(const struct request *r, struct reply *out, struct fail *f)
{
    struct audit_wish wish;
    struct audit_row *rows;
    const char *list, *next = NULL;
    struct db *db;
    int32_t count;

    if (!request_db(r, &db, f) || !read_wish(r, db, &wish, &list, f) ||
        !audit_list(db, &wish, r->arena, &rows, &count, f))
        return false;
    if (count == wish.limit &&
        !cursor_make(db, list, rows[--count - 1].audit_id, r->arena, &next, f))
        return false;
    struct emit *e = reply_json(out, REPLY_OK);

    emit_object(e);
    emit_key(e, "items");
    emit_array(e);
    for (int32_t i = 0; i < count; i++)
        write_row(e, &rows[i]);
    emit_end(e);
    emit_key_text(e, "next", next);
    emit_end(e);
    return true;
}

bool on_audits_head(const struct request *r, struct reply *out, struct fail *f)
{
    char text[CHAIN_HEAD_SIZE];
    struct chain_head head;
    struct db *db;

    if (!request_db(r, &db, f) || !chain_head(db, r->arena, &head, f))
        return false;
    struct emit *e = reply_json(out, REPLY_OK);

    chain_head_text(&head, text);
    emit_object(e);
    emit_key_int(e, "seq", head.seq);
    write_hash(e, "hash", head.hash);
    emit_key_text(e, "head", text);
    emit_key_int(e, "waiting", head.waiting);
    emit_end(e);
    return true;
}
