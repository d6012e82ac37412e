#ifndef ENGINE_IDEMPOTENCY_H
#define ENGINE_IDEMPOTENCY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/db.h"
#include "engine/secret.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"

/* A creating request that is sent twice, because the first answer was lost, must
 * create once. The sender names its wish with a key of its own; the answer is
 * kept under it for 24 hours, in the same transaction as the effect, and given
 * again to whoever asks the same. */
enum { IDEMPOTENCY_KEY_MAX = 128 /* bytes of visible ASCII */ };

struct idempotency_ask {
    int64_t token_id; /* keys of different callers never meet */
    const char *key;
    const char *what; /* method, path and whatever else changes the meaning */
    const void *body;
    size_t body_size;
};

struct idempotency_answer {
    int32_t status;
    const char *type;
    const char *location; /* of what was created, or NULL */
    const void *bytes;
    size_t size;
};

/* Checks the form of a key; NULL is IDEMPOTENCY_KEY_MISSING, a bad one
 * IDEMPOTENCY_KEY_MALFORMED. */
bool idempotency_check(const char *key, struct fail *f);

/* Opens a transaction and takes the key for it. When the key has an answer
 * already, nothing is open, *again is true and *answer is that answer; the same
 * key with another wish fails with IDEMPOTENCY_KEY_REUSED. A request that comes
 * while the first one is still under way waits for it. Otherwise the caller
 * carries out the effect and calls idempotency_finish, or db_rollback. */
bool idempotency_begin(struct db *db, const struct idempotency_ask *ask, struct arena *a,
                       bool *again, struct idempotency_answer *answer, struct fail *f);

/* Keeps the answer and commits, or rolls back and fails. */
bool idempotency_finish(struct db *db, const struct idempotency_ask *ask,
                        const struct idempotency_answer *answer, struct fail *f);

/* --- While the database cannot be asked ------------------------------------- */

/* The newest answers of this process in memory. Any thread. */
struct idempotency_memory;
enum {
    IDEMPOTENCY_MEMORY_MAX = 4096,          /* answers */
    IDEMPOTENCY_MEMORY_BYTES_MAX = 8 * 1024 /* of one; a longer one is not remembered */
};

struct idempotency_memory *idempotency_memory_new(void);
void idempotency_memory_free(struct idempotency_memory *m);

void idempotency_remember(struct idempotency_memory *m, const struct idempotency_ask *ask,
                          const struct idempotency_answer *answer);
/* As idempotency_begin: *again and the answer, in the arena, when the key is remembered;
 * false with IDEMPOTENCY_KEY_REUSED. */
bool idempotency_recall(struct idempotency_memory *m, const struct idempotency_ask *ask,
                        struct arena *a, bool *again, struct idempotency_answer *answer,
                        struct fail *f);

/* What is asked, as the database keeps it. */
void idempotency_asked(const struct idempotency_ask *ask, unsigned char out[SECRET_HASH_BYTES]);

#endif
