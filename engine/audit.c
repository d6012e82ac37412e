#include "engine/audit.h"

#include <assert.h>
#include <string.h>

bool audit_add(struct db *db, const struct audit_entry *entry, struct fail *f)
{
    const size_t purpose = entry->purpose ? strlen(entry->purpose) : 0;

    assert(!entry->detail || strlen(entry->detail) <= AUDIT_DETAIL_MAX);
    if (entry->purpose && (purpose == 0 || purpose > AUDIT_PURPOSE_MAX)) {
        fail_set(f, FAIL_INPUT, VALUE_TOO_LONG, "a purpose must have 1 to %d bytes, not %zu",
                 AUDIT_PURPOSE_MAX, purpose);
        fail_allowed(f, "1 to %d bytes", AUDIT_PURPOSE_MAX);
        return fail_at(f, "/purpose");
    }
    const struct db_value values[] = {
        db_int(entry->org_id),      db_int(entry->token_id), db_int(entry->person_id),
        db_text(entry->action),     db_text(entry->subject), db_text(entry->purpose),
        db_text(entry->request_id), db_text(entry->detail),
    };

    return db_run(db, QUERIES_AUDIT_ADD, values, sizeof values / sizeof *values, NULL, NULL, f);
}

static struct db_value unless_zero(int64_t value)
{
    return value ? db_int(value) : db_null();
}

static int64_t int_or_zero(const struct db_rows *rows, int32_t i, int32_t column)
{
    return db_is_null(rows, i, column) ? 0 : db_get_int(rows, i, column);
}

static struct audit_row read_row(const struct db_rows *rows, int32_t i)
{
    size_t size = 0;

    return (struct audit_row){
        .audit_id = db_get_int(rows, i, 0),
        .at = db_get_text(rows, i, 1),
        .entry = { .org_id = db_get_int(rows, i, 2),
                   .token_id = int_or_zero(rows, i, 3),
                   .person_id = int_or_zero(rows, i, 4),
                   .action = db_get_text(rows, i, 5),
                   .subject = db_get_text(rows, i, 6),
                   .purpose = db_get_text(rows, i, 7),
                   .request_id = db_get_text(rows, i, 8),
                   .detail = db_get_text(rows, i, 9) },
        .seq = int_or_zero(rows, i, 10),
        .hash = db_is_null(rows, i, 11) ? NULL : db_get_bytes(rows, i, 11, &size),
    };
}

bool audit_list(struct db *db, const struct audit_wish *wish, struct arena *a,
                struct audit_row **out, int32_t *count, struct fail *f)
{
    const struct db_value values[] = {
        db_int(wish->before_id ? wish->before_id : INT64_MAX),
        db_int(wish->limit),
        db_text(wish->action),
        db_text(wish->subject),
        unless_zero(wish->token_id),
        unless_zero(wish->person_id),
        unless_zero(wish->from_us),
        unless_zero(wish->until_us),
    };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_AUDIT_LIST, values, sizeof values / sizeof *values, a, &rows, f))
        return false;
    *count = db_count(rows);
    *out = arena_take(a, (size_t)*count + 1, sizeof **out);
    for (int32_t i = 0; i < *count; i++)
        (*out)[i] = read_row(rows, i);
    return true;
}
