#ifndef ENGINE_MEMBERSHIP_H
#define ENGINE_MEMBERSHIP_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "engine/person.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"

/* Where a person belongs beside her home, and as what. A membership is opened and
 * closed, never rewritten: another role is another membership, and what was stays.
 * `org_id` of a call is the organisation for which somebody asks; memberships that
 * are not there or below are nobody else's business and look as if they were not. */
enum { MEMBERSHIP_MAX = 200 /* of a person, as a list shows them */ };

enum membership_role {
    MEMBERSHIP_MEMBER,
    MEMBERSHIP_LEADER,
    MEMBERSHIP_ORGANISER,
    MEMBERSHIP_GRID_WORKER,
    MEMBERSHIP_DRIVER,
    MEMBERSHIP_CONTACT,
    MEMBERSHIP_ROLES
};
extern const char *const MEMBERSHIP_ROLE_WORDS[MEMBERSHIP_ROLES]; /* "member", … */

struct membership {
    int64_t membership_id;
    int64_t version;
    int64_t person_id;
    int64_t org_id;
    enum membership_role role;
    enum person_recruit recruit;
    const char *valid_from; /* RFC 3339 */
    const char *valid_to;   /* NULL while it lasts */
};

/* From the oldest on; those that ended too when `history` says so. */
bool membership_list(struct db *db, int64_t org_id, int64_t person_id, bool history,
                     struct arena *a, struct membership **out, int32_t *count, struct fail *f);
/* Opens it with the id it has and fills in the rest; MEMBERSHIP_THERE when she has this
 * role there already. */
bool membership_add(struct db *db, struct membership *m, struct arena *a, struct fail *f);
/* MEMBERSHIP_UNKNOWN; VERSION_STALE unless version is 0. */
bool membership_close(struct db *db, int64_t org_id, const struct membership *m, struct arena *a,
                      struct fail *f);

#endif
