/* The row of the key is inserted first: its primary key makes a second request
 * wait until the first transaction ends, and then see its answer or, when it was
 * rolled back, take the key itself. */
#include "engine/idempotency.h"

#include <string.h>

bool idempotency_check(const char *key, struct fail *f)
{
    if (!key) {
        fail_set(f, FAIL_INPUT, IDEMPOTENCY_KEY_MISSING,
                 "a request that creates needs the header Idempotency-Key");
        return fail_allowed(f, "1 to %d visible ASCII characters", IDEMPOTENCY_KEY_MAX);
    }
    const size_t length = strlen(key);
    bool good = length > 0 && length <= IDEMPOTENCY_KEY_MAX;

    for (size_t i = 0; good && i < length; i++)
        good = key[i] > ' ' && key[i] < 0x7F;
    if (good)
        return true;
    fail_set(f, FAIL_INPUT, IDEMPOTENCY_KEY_MALFORMED, "this Idempotency-Key cannot be used: %.60s",
             key);
    fail_allowed(f, "1 to %d visible ASCII characters", IDEMPOTENCY_KEY_MAX);
    return fail_value(f, key);
}

static bool fail_reused(const char *key, struct fail *f)
{
    fail_set(f, FAIL_INPUT, IDEMPOTENCY_KEY_REUSED,
             "the Idempotency-Key %.60s was used for another request in the last 24 hours", key);
    fail_allowed(f, "a new key for each new request");
    return fail_value(f, key);
}

static bool find_answer(struct db *db, const struct db_value *values, const char *key,
                        struct arena *a, struct idempotency_answer *answer, struct fail *f)
{
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_IDEMPOTENCY_FIND, values, 4, a, &rows, f))
        return false;
    if (db_count(rows) == 0) /* it was forgotten between the two statements */
        return fail_set(f, FAIL_BUSY, DATABASE_CONTENDED,
                        "the Idempotency-Key %.60s ran out just now: ask again", key);
    if (!db_get_bool(rows, 0, 0))
        return fail_reused(key, f);
    *answer = (struct idempotency_answer){
        .status = (int32_t)db_get_int(rows, 0, 1),
        .type = db_get_text(rows, 0, 2),
        .location = db_get_text(rows, 0, 3),
    };
    answer->bytes = db_get_bytes(rows, 0, 4, &answer->size);
    return true;
}

bool idempotency_begin(struct db *db, const struct idempotency_ask *ask, struct arena *a,
                       bool *again, struct idempotency_answer *answer, struct fail *f)
{
    const struct db_value values[] = {
        db_int(ask->token_id),
        db_text(ask->key),
        db_text(ask->what),
        db_bytes(ask->body_size > 0 ? ask->body : "", ask->body_size),
    };
    const struct db_rows *rows;

    if (!idempotency_check(ask->key, f) || !db_begin(db, f))
        return false;
    if (db_run(db, QUERIES_IDEMPOTENCY_BEGIN, values, 4, a, &rows, f)) {
        *again = db_count(rows) == 0;
        if (!*again)
            return true;
        if (find_answer(db, values, ask->key, a, answer, f)) {
            db_rollback(db);
            return true;
        }
    }
    db_rollback(db);
    return false;
}

bool idempotency_finish(struct db *db, const struct idempotency_ask *ask,
                        const struct idempotency_answer *answer, struct fail *f)
{
    const struct db_value values[] = {
        db_int(ask->token_id),     db_text(ask->key),
        db_int(answer->status),    db_text(answer->type),
        db_text(answer->location), db_bytes(answer->size > 0 ? answer->bytes : "", answer->size),
    };

    if (db_run(db, QUERIES_IDEMPOTENCY_FINISH, values, 6, NULL, NULL, f) && db_commit(db, f))
        return true;
    db_rollback(db);
    return false;
}
