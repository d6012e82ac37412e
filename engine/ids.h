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
enum { IDS_BLOCK = 1000 };

struct ids;

struct ids *ids_new(void);
void ids_free(struct ids *ids);

/* The next id. The database is asked only when the block is used up. */
bool ids_take(struct ids *ids, struct db *db, int64_t *id, struct fail *f);

/* True when a call of ids_take would need no database. */
bool ids_stocked(struct ids *ids);

#endif
