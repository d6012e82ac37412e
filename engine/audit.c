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
