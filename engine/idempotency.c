/* The row of the key is inserted first: its primary key makes a second request
 * wait until the first transaction ends, and then see its answer or, when it was
 * rolled back, take the key itself. */
#include "engine/idempotency.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "engine/clock.h"
#include "geo/base/buf.h"

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
        /* The key's row was locked: the commit waits for the standbys, as the one that gave
         * the answer may not have done. */
        if (find_answer(db, values, ask->key, a, answer, f) && db_commit(db, f))
            return true;
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

/* ---- in memory */

static const int64_t LIFE_US = 24LL * 3600 * 1000000;

struct remembered {
    unsigned char key[SECRET_HASH_BYTES]; /* of token and key */
    unsigned char asked[SECRET_HASH_BYTES];
    int64_t at_us; /* steady clock; 0: empty */
    int32_t status;
    const char *type; /* static */
    char *location;   /* or NULL */
    char *bytes;
    size_t size;
};

struct idempotency_memory {
    pthread_mutex_t lock; /* guards the rest */
    int32_t next;         /* the oldest, to be forgotten first */
    struct remembered all[IDEMPOTENCY_MEMORY_MAX];
};

struct idempotency_memory *idempotency_memory_new(void)
{
    struct idempotency_memory *m = calloc(1, sizeof *m);

    if (!m)
        abort();
    pthread_mutex_init(&m->lock, NULL);
    return m;
}

void idempotency_memory_free(struct idempotency_memory *m)
{
    if (!m)
        return;
    for (int32_t i = 0; i < IDEMPOTENCY_MEMORY_MAX; i++) {
        free(m->all[i].location);
        free(m->all[i].bytes);
    }
    pthread_mutex_destroy(&m->lock);
    free(m);
}

void idempotency_asked(const struct idempotency_ask *ask, unsigned char out[SECRET_HASH_BYTES])
{
    struct buf all = { 0 };

    buf_string(&all, ask->what);
    buf_byte(&all, 0);
    if (ask->body_size > 0)
        buf_put(&all, ask->body, ask->body_size);
    secret_hash(all.bytes, all.size, out);
    buf_free(&all);
}

static void hash_key(const struct idempotency_ask *ask, unsigned char out[SECRET_HASH_BYTES])
{
    struct buf all = { 0 };

    buf_format(&all, "%lld ", (long long)ask->token_id);
    buf_string(&all, ask->key);
    secret_hash(all.bytes, all.size, out);
    buf_free(&all);
}

/* Under the lock; NULL when it is not there any more. */
static struct remembered *find(struct idempotency_memory *m, const unsigned char *key)
{
    for (int32_t i = 0; i < IDEMPOTENCY_MEMORY_MAX; i++) {
        struct remembered *one = &m->all[i];

        if (one->at_us && memcmp(one->key, key, sizeof one->key) == 0)
            return clock_steady_us() - one->at_us < LIFE_US ? one : NULL;
    }
    return NULL;
}

static char *copy_of(const void *bytes, size_t size)
{
    char *copy = malloc(size + 1);

    if (!copy)
        abort();
    if (size > 0)
        memcpy(copy, bytes, size);
    copy[size] = '\0';
    return copy;
}

void idempotency_remember(struct idempotency_memory *m, const struct idempotency_ask *ask,
                          const struct idempotency_answer *answer)
{
    unsigned char key[SECRET_HASH_BYTES];

    if (answer->size > IDEMPOTENCY_MEMORY_BYTES_MAX)
        return;
    hash_key(ask, key);
    pthread_mutex_lock(&m->lock);
    if (!find(m, key)) {
        struct remembered *one = &m->all[m->next];

        m->next = (m->next + 1) % IDEMPOTENCY_MEMORY_MAX;
        free(one->location);
        free(one->bytes);
        *one = (struct remembered){ .at_us = clock_steady_us(),
                                    .status = answer->status,
                                    .type = answer->type,
                                    .size = answer->size };
        memcpy(one->key, key, sizeof key);
        idempotency_asked(ask, one->asked);
        one->location =
            answer->location ? copy_of(answer->location, strlen(answer->location)) : NULL;
        one->bytes = copy_of(answer->bytes, answer->size);
    }
    pthread_mutex_unlock(&m->lock);
}

bool idempotency_recall(struct idempotency_memory *m, const struct idempotency_ask *ask,
                        struct arena *a, bool *again, struct idempotency_answer *answer,
                        struct fail *f)
{
    unsigned char key[SECRET_HASH_BYTES];
    unsigned char asked[SECRET_HASH_BYTES];
    bool is_same = true;

    hash_key(ask, key);
    idempotency_asked(ask, asked);
    pthread_mutex_lock(&m->lock);
    const struct remembered *one = find(m, key);

    *again = one != NULL;
    if (one)
        is_same = memcmp(one->asked, asked, sizeof asked) == 0;
    if (one && is_same)
        *answer = (struct idempotency_answer){
            .status = one->status,
            .type = one->type,
            .location = one->location ? arena_copy(a, one->location, strlen(one->location)) : NULL,
            .bytes = arena_copy(a, one->bytes, one->size),
            .size = one->size,
        };
    pthread_mutex_unlock(&m->lock);
    return is_same || fail_reused(ask->key, f);
}
