#ifndef ENGINE_CREDENTIAL_H
#define ENGINE_CREDENTIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"

/* What a person may do by a certificate: a first aid course, a driver's permit. One
 * that she must have keeps her from being sent when it runs out, is revoked or not yet
 * granted. It is seen wherever she is, and changed by the organisation that keeps it.
 * Days are days of UTC; the last one counts whole. */
enum { CREDENTIAL_TYPE_MAX = 80, CREDENTIAL_ISSUER_MAX = 200, CREDENTIAL_LIST_MAX = 200 };

enum credential_state {
    CREDENTIAL_APPLIED,
    CREDENTIAL_APPROVED,
    CREDENTIAL_VALID,
    CREDENTIAL_REVOKED,
    CREDENTIAL_STATES
};
extern const char *const CREDENTIAL_STATE_WORDS[CREDENTIAL_STATES];

struct credential {
    int64_t credential_id;
    int64_t version;
    int64_t person_id;
    const char *person_name; /* in lists of several people; else NULL */
    int64_t org_id;          /* who keeps it */
    const char *type;
    const char *issuer;  /* "" */
    const char *issued;  /* "2026-01-31", or NULL */
    const char *expires; /* likewise; NULL: never */
    enum credential_state state;
    const char *shown; /* the state, or "expiring" (30 days) and "expired" of a valid one */
    bool mandatory;
    const char *valid_from; /* RFC 3339 */
    const char *valid_to;
};

/* Of one person; those that ended too when `history` says so. */
bool credential_list(struct db *db, int64_t org_id, int64_t person_id, bool history,
                     struct arena *a, struct credential **out, int32_t *count, struct fail *f);

/* Those of the people of an organisation that run out within so many days or have
 * done so, the first first. */
struct credential_wish {
    int64_t org_id;
    int64_t days;
    int64_t after_id; /* the list goes on behind this one; 0: begins */
    int64_t limit;
};
bool credential_expiring(struct db *db, const struct credential_wish *wish, struct arena *a,
                         struct credential **out, int32_t *count, struct fail *f);

/* CREDENTIAL_UNKNOWN. */
bool credential_get(struct db *db, int64_t org_id, int64_t person_id, int64_t credential_id,
                    struct arena *a, struct credential *out, struct fail *f);

/* "2026-01-31" of a day that there is, within 1900 to 2100. */
bool credential_is_day(const char *text);
/* CREDENTIAL_DATES when it would expire before it is issued. */
bool credential_check(const struct credential *c, struct fail *f);
/* Adds it with the id it has; fills in the rest. */
bool credential_add(struct db *db, struct credential *c, struct arena *a, struct fail *f);
/* Writes all of it when the row still has its version; `org_id` asks. */
bool credential_change(struct db *db, int64_t org_id, struct credential *c, struct arena *a,
                       struct fail *f);
/* Version 0: whichever. */
bool credential_close(struct db *db, int64_t org_id, const struct credential *c, struct arena *a,
                      struct fail *f);

#endif
