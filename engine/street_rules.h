#ifndef ENGINE_STREET_RULES_H
#define ENGINE_STREET_RULES_H

#include "geo/road/draft.h"

struct db;

/* Puts the turn restrictions and barriers of an import into the draft of its network.
 * Nothing when they are not (or no longer) that import's. */
bool street_rules_read(struct db *db, int64_t import_id, struct draft *draft, struct fail *f);

#endif
