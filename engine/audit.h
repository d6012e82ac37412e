#ifndef ENGINE_AUDIT_H
#define ENGINE_AUDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
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

#endif
