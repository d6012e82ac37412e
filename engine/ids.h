#ifndef ENGINE_IDS_H
#define ENGINE_IDS_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "geo/base/fail.h"

/* New database ids: int64 below 2^53, from blocks of IDS_BLOCK that
 * this process reserves in the database and then hands out from memory, each id
 * once. Ids left in a block when the process ends are never used. Any thread may
 * take; a city has one struct ids. */
enum { IDS_BLOCK = 1000, IDS_SPARE_MAX = 4 };

struct ids;

struct ids *ids_new(void);
void ids_free(struct ids *ids);

/* The next id. The database is asked only when all that was reserved is used up. */
bool ids_take(struct ids *ids, struct db *db, int64_t *id, struct fail *f);
/* The same without a database; false when nothing is reserved. */
bool ids_take_spare(struct ids *ids, int64_t *id);

/* Reserves ahead of need up to IDS_SPARE_MAX blocks, so that there are ids while the
 * database is away. */
bool ids_top_up(struct ids *ids, struct db *db, struct fail *f);

/* True when a call of ids_take would need no database. */
bool ids_stocked(struct ids *ids);

#endif
