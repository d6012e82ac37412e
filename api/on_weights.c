/* What metres of street weigh: the versions that jobs of the kind "weights" made, and which
 * of them counts. */
#include <string.h>

#include "api/handlers.h"
#include "engine/audit.h"
#include "engine/cursor.h"
#include "engine/weights.h"

enum { LIMIT_MAX = 1000, LIMIT_DEFAULT = 100 };
static const int64_t ID_MAX = INT64_C(9007199254740991);
static const char LIST[] = "/v1/coverage/weights";

/* One more than asked for is read, to know whether there is a next page. */
bool on_weights_list(const struct request *r, struct reply *out, struct fail *f)
{
    const char *cursor = request_query(r, "cursor"), *next = NULL;
    int64_t limit, before_id = ID_MAX + 1;
    const struct db_rows *rows;
    struct db *db;

    if (!request_query_int(r, "limit", 1, LIMIT_MAX, LIMIT_DEFAULT, &limit, f) ||
        !request_db(r, &db, f) ||
        (cursor && !cursor_read(db, LIST, cursor, r->arena, &before_id, f)))
        return false;
    const struct db_value values[] = { db_int(before_id), db_int(limit + 1) };

    if (!db_run(db, QUERIES_WEIGHT_LIST, values, 2, r->arena, &rows, f))
        return false;
    const int32_t count = db_count(rows) < limit ? db_count(rows) : (int32_t)limit;

    if (db_count(rows) > limit &&
        !cursor_make(db, LIST, db_get_int(rows, count - 1, 0), r->arena, &next, f))
        return false;
    struct emit *e = reply_json(out, REPLY_OK);

    emit_object(e);
    emit_key(e, "items");
    emit_array(e);
    for (int32_t i = 0; i < count; i++)
        emit_raw(e, db_get_text(rows, i, 1), strlen(db_get_text(rows, i, 1)));
    emit_end(e);
    emit_key_text(e, "next", next);
    emit_end(e);
    return true;
}

/* The key must be there: to count by no version is a decision as well. */
static bool read_version(const struct request *r, int64_t *version_id, struct fail *f)
{
    struct input_key keys[] = { { "weight_version_id", false, NULL } };
    const struct input *body, *unused;
    void *cursor = NULL;

    *version_id = 0;
    if (!request_json(r, &body, f) || !input_keys(body, keys, 1, f))
        return false;
    if (keys[0].value)
        return input_int(keys[0].value, 1, ID_MAX, version_id, f);
    if (input_next(body, &cursor, &unused))
        return true;
    fail_set(f, FAIL_INPUT, KEY_MISSING, "weight_version_id is missing");
    fail_allowed(f, "an id, or null to count every metre alike");
    return fail_at(f, "/weight_version_id");
}

static bool record(const struct request *r, struct db *db, int64_t version_id, struct fail *f)
{
    const struct audit_entry entry = {
        .token_id = r->caller.token_id,
        .person_id = r->caller.person_id,
        .org_id = r->caller.org_id,
        .action = "weights_used",
        .subject = arena_text(r->arena, "weight_version %lld", (long long)version_id),
        .request_id = r->id,
    };

    return audit_add(db, &entry, f);
}

bool on_weights_use(const struct request *r, struct reply *out, struct fail *f)
{
    int64_t version_id;
    struct db *db;

    if (!read_version(r, &version_id, f) || !request_db(r, &db, f) || !db_begin(db, f))
        return false;
    if (weights_use(db, version_id, r->arena, f) && record(r, db, version_id, f) &&
        db_commit(db, f)) {
        reply_empty(out, REPLY_NO_CONTENT);
        return true;
    }
    db_rollback(db);
    if (f->code == CODE_REFERENCE_UNKNOWN)
        fail_at(f, "/weight_version_id");
    return false;
}
