#ifndef API_STAFF_H
#define API_STAFF_H

#include <stdbool.h>
#include <stdint.h>

#include "api/request.h"
#include "engine/db.h"
#include "engine/person.h"

/* What an organisation's staff may do with people: the checks that every handler of a
 * person's rows begins with, and the entry in the audit that each change ends with.
 * Whoever is out of scope looks as if there were nobody. */

/* The person of the path's {person_id}; PERSON_UNKNOWN. */
bool staff_person(const struct request *r, struct db *db, struct person *out, struct fail *f);
/* The same, when she is at home in the caller's scope: who is only a member there is
 * seen, and PERSON_ELSEWHERE says that others keep her row. */
bool staff_person_at_home(const struct request *r, struct db *db, struct person *out,
                          struct fail *f);
/* Whether there is such an open organisation in the caller's scope; ORG_UNKNOWN. */
bool staff_org(const struct request *r, int64_t org_id, struct fail *f);

/* ?org=, mode, recruit, on_duty, available and skill; without org the caller's own. */
bool staff_filters(const struct request *r, struct person_wish *w, struct fail *f);

/* Within the transaction of what was done to her. `detail` is JSON or NULL. */
bool staff_record(const struct request *r, struct db *db, const struct person *p,
                  const char *action, const char *detail, struct fail *f);

/* After the commit: memory learns at once what changed. When it cannot, it does within
 * two seconds; what was committed is done in either case. */
void staff_make_known(const struct request *r);

#endif
