/* Doubts: read, and cleared by who has looked after the device. */
#include <string.h>

#include "api/handlers.h"
#include "engine/audit.h"
#include "engine/cursor.h"
#include "engine/doubt_rows.h"

enum { LIMIT_DEFAULT = 100, LIMIT_MAX = 1000 };
static const int64_t ID_MAX = INT64_C(9007199254740991);

static void write_one(struct emit *e, const struct doubt_rows_one *d)
{
    emit_object(e);
    emit_key_int(e, "doubt_id", d->doubt_id);
    emit_key_int(e, "person_id", d->person_id);
    emit_key_text(e, "name", d->name);
    emit_key_int(e, "org_id", d->org_id);
    emit_key_text(e, "kind", d->kind);
    if (d->declared) {
        emit_key_text(e, "declared", d->declared);
        emit_key_text(e, "likely", d->likely);
        emit_key_number(e, "declared_m", d->declared_m, 1);
        emit_key_number(e, "likely_m", d->likely_m, 1);
    } else {
        emit_key_int(e, "late_s", d->late_s);
    }
    emit_key_int(e, "fixes", d->fixes);
    emit_key_text(e, "since", d->since);
    emit_key_text(e, "cleared_at", d->cleared_at);
    emit_key_bool(e, "cleared_by_hand", d->cleared_by != 0);
    emit_end(e);
}

/* One of the words, or `otherwise` without the parameter. */
static bool read_word(const struct request *r, const char *name, const char *const *words,
                      int32_t count, const char *allowed, int32_t otherwise, int32_t *out,
                      struct fail *f)
{
    const char *said = request_query(r, name);

    *out = otherwise;
    if (!said)
        return true;
    for (int32_t i = 0; i < count; i++) {
        if (strcmp(words[i], said) == 0) {
            *out = i;
            return true;
        }
    }
    fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "%s cannot be \"%.40s\"", name, said);
    fail_allowed(f, "%s", allowed);
    return fail_value(f, said);
}

static bool read_wish(const struct request *r, struct doubt_rows_wish *w, struct fail *f)
{
    static const char *const STATES[] = { "open", "cleared", "all" };
    static const char *const KINDS[] = { "frame", "clock_skew" };
    int32_t state, kind;

    *w = (struct doubt_rows_wish){ 0 };
    if (!request_query_int(r, "limit", 1, LIMIT_MAX, LIMIT_DEFAULT, &w->limit, f) ||
        !request_query_int(r, "person_id", 1, ID_MAX, 0, &w->person_id, f) ||
        !read_word(r, "state", STATES, 3, "open, cleared, all", DOUBT_ROWS_OPEN, &state, f) ||
        !read_word(r, "kind", KINDS, 2, "frame, clock_skew", -1, &kind, f))
        return false;
    w->state = (enum doubt_rows_state)state;
    w->kind = kind < 0 ? NULL : KINDS[kind];
    return true;
}

bool on_doubts_list(const struct request *r, struct reply *out, struct fail *f)
{
    const char *cursor = request_query(r, "cursor"), *next = NULL;
    struct doubt_rows_wish wish;
    struct doubt_rows_one *rows;
    struct db *db;
    int32_t count;

    if (!read_wish(r, &wish, f) || !request_db(r, &db, f))
        return false;
    const int64_t limit = wish.limit++; /* one more says whether there is a next page */
    const char *list = arena_text(r->arena, "/v1/doubts?of=%lld&state=%d&kind=%s&person_id=%lld",
                                  (long long)r->caller.org_id, (int)wish.state,
                                  wish.kind ? wish.kind : "", (long long)wish.person_id);

    if ((cursor && !cursor_read(db, list, cursor, r->arena, &wish.before_id, f)) ||
        !doubt_rows_list(db, &wish, r->arena, &rows, &count, f))
        return false;
    if (count > limit) {
        count = (int32_t)limit;
        if (!cursor_make(db, list, rows[count - 1].doubt_id, r->arena, &next, f))
            return false;
    }
    struct emit *e = reply_json(out, REPLY_OK);

    emit_object(e);
    emit_key(e, "items");
    emit_array(e);
    for (int32_t i = 0; i < count; i++)
        write_one(e, &rows[i]);
    emit_end(e);
    emit_key_text(e, "next", next);
    emit_end(e);
    return true;
}

static bool record(const struct request *r, struct db *db, const struct doubt_rows_one *d,
                   struct fail *f)
{
    const struct audit_entry entry = {
        .token_id = r->caller.token_id,
        .person_id = r->caller.person_id,
        .org_id = d->org_id,
        .action = "doubt_cleared",
        .subject = arena_text(r->arena, "person %lld", (long long)d->person_id),
        .request_id = r->id,
        .detail = arena_text(r->arena, "{\"doubt_id\":%lld,\"kind\":\"%s\"}",
                             (long long)d->doubt_id, d->kind),
    };

    return audit_add(db, &entry, f);
}

static bool clear(const struct request *r, struct db *db, int64_t id, struct doubt_rows_one *d,
                  struct fail *f)
{
    bool is_changed;

    return doubt_rows_clear(db, id, r->caller.token_id, r->arena, &is_changed, f) &&
           doubt_rows_get(db, id, r->arena, d, f) && (!is_changed || record(r, db, d, f)) &&
           db_commit(db, f);
}

bool on_doubts_clear(const struct request *r, struct reply *out, struct fail *f)
{
    struct doubt_rows_one d;
    struct db *db;
    int64_t id;

    if (!request_param_id(r, "doubt_id", &id, f) || !request_db(r, &db, f) || !db_begin(db, f))
        return false;
    if (!clear(r, db, id, &d, f)) {
        db_rollback(db);
        return false;
    }
    write_one(reply_json(out, REPLY_OK), &d);
    return true;
}
