#ifndef API_REGISTRAR_REFS_H
#define API_REGISTRAR_REFS_H

#include <stdbool.h>
#include <stdint.h>

#include "api/request.h"
#include "engine/db.h"
#include "engine/registry.h"

/* Where a row of the registry belongs: the organisations it names, how they may stand
 * to each other, and what must not be left behind. What is out of the caller's scope
 * is refused in the words for what is not there. */

/* One row that the caller may see; else NOT_FOUND, as if it were not there. An
 * organisation above her own is not named. */
bool registrar_refs_get(const struct request *r, struct db *db, enum registry_noun noun, int64_t id,
                        struct registry_item *item, struct fail *f);

/* What a list is narrowed to: ?org= within the caller's scope, else that scope. */
bool registrar_refs_narrow(const struct request *r, struct registry_filter *filter, struct fail *f);

/* Puts the caller's own organisation wherever one is to be named and is not. */
void registrar_refs_fill(const struct request *r, enum registry_noun noun,
                         struct registry_item *item);

/* Whether everything that the item names is open and in scope (REFERENCE_UNKNOWN),
 * the tree stays a tree (ORG_LOOP), a site belongs to a firm and aid is between two
 * of which neither is above the other, the borrower with an area (AREA_MISSING). */
bool registrar_refs_check(const struct request *r, struct db *db, enum registry_noun noun,
                          const struct registry_item *item, struct fail *f);

/* Whether it may be closed: an organisation only when nothing open is at it, else
 * ORG_NOT_EMPTY says how much of what; the city never. */
bool registrar_refs_may_close(const struct request *r, struct db *db, enum registry_noun noun,
                              int64_t id, struct fail *f);

/* Within the transaction of what was done to it: the entry in the audit. `done` is
 * "created", "changed" or "closed". */
bool registrar_refs_record(const struct request *r, struct db *db, enum registry_noun noun,
                           const struct registry_item *item, const char *done, struct fail *f);
/* The same of so many at once. */
bool registrar_refs_record_import(const struct request *r, struct db *db, enum registry_noun noun,
                                  int32_t count, struct fail *f);

/* After a commit: lets this process know of a changed tree at once; others follow
 * within two seconds, as it would when the database is away just now. */
void registrar_refs_follow(const struct request *r, enum registry_noun noun);

#endif
