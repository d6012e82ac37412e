#ifndef ENGINE_UPKEEP_H
#define ENGINE_UPKEEP_H

#include <stdbool.h>

#include "engine/config.h"
#include "engine/db.h"
#include "geo/base/fail.h"

/* What must not stay as it is: a thread of its own, with a connection of its own, deletes
 * the positions of the erased within seconds and, once in UPKEEP_EVERY_S and as soon as an
 * hour is over, packs and coarsens positions (engine/archive) and deletes what has been
 * kept as long as the settings retention_* say. Work that fails is logged and tried
 * again; several processes on one database may do it together. */
enum { UPKEEP_LOOK_S = 5, UPKEEP_EVERY_S = 300 };

struct upkeep;

/* NULL with a failure when there is no database or no thread. The config must outlive
 * it. */
struct upkeep *upkeep_open(const struct config *c, struct fail *f);
/* Waits for the statement under way. NULL does nothing. */
void upkeep_close(struct upkeep *u);

/* One round on the caller's connection, for the engine's role: the erased, and with
 * `all` what is too old. What the thread does; for tests. */
bool upkeep_once(struct db *db, const struct config *c, bool all, struct fail *f);

#endif
