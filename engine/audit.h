#ifndef ENGINE_AUDIT_H
#define ENGINE_AUDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"

/* Who did what, to what, and why. An entry is written in the transaction of what it
 * records, so neither is there without the other; rows can only be added. A moment
 * later the sealer puts it into a hash chain, each link the SHA-256 over the link
 * before and the entry, so that nothing can be changed, taken out or put in unseen. */
struct audit_entry {
    int64_t token_id;    /* 0: the command line */
    int64_t person_id;   /* who, when known; 0 */
    int64_t org_id;      /* whose thing it was done to; an auditor of it may read the entry */
    const char *action;  /* a stable word: "person_revealed", "track_read", "token_created" … */
    const char *subject; /* "person 123" */
    const char *purpose; /* why, in the words of who did it; required for reads of personal data */
    const char *request_id;
    const char *detail; /* one JSON object, or NULL; never a secret or a personal value */
};
enum { AUDIT_PURPOSE_MAX = 300, AUDIT_DETAIL_MAX = 4000 };

/* Within the caller's transaction. */
bool audit_add(struct db *db, const struct audit_entry *entry, struct fail *f);

/* What is asked of the audit, and an entry as it is read. */
struct audit_wish {
    int64_t before_id; /* audit_id that the answer ends before; 0: the newest */
    int64_t limit;
    const char *action, *subject; /* NULL: any */
    int64_t token_id, person_id;  /* 0: any */
    int64_t from_us, until_us;    /* microseconds since 1970; 0: any time */
};
struct audit_row {
    int64_t audit_id;
    const char *at; /* RFC 3339 */
    struct audit_entry entry;
    int64_t seq;               /* of its link; 0 while it is not sealed */
    const unsigned char *hash; /* CHAIN_HASH_BYTES; NULL likewise */
};

/* The newest first, in the arena; of the organisations in the connection's scope. */
bool audit_list(struct db *db, const struct audit_wish *wish, struct arena *a,
                struct audit_row **out, int32_t *count, struct fail *f);

#endif
