#ifndef ENGINE_MIGRATE_H
#define ENGINE_MIGRATE_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "geo/base/fail.h"
#include "schema/migrations.h"

/* The database's shape goes forward, one numbered migration after the other,
 * each in a transaction of its own and recorded with the checksum of its text.
 * Two programs that migrate at once do so one after the other.
 *
 * `migrations` is a table like MIGRATIONS_TEXTS: names NNNN_what in ascending
 * order, ending with NULLs. Refused: a migration that was edited after it was
 * applied (MIGRATION_EDITED), one that comes before an applied one
 * (MIGRATION_LATE), a database that knows more than this program
 * (DATABASE_NEWER). One that fails leaves nothing behind (MIGRATION_FAILED). */

/* Applies what is missing. `applied` (may be NULL) hears the name of each. */
bool migrate_run(struct db *db, const struct migrations_text *migrations,
                 void (*applied)(void *self, const char *name), void *self, struct fail *f);

/* True when there is nothing to apply; else DATABASE_NOT_MIGRATED or one of the
 * refusals. Changes nothing. */
bool migrate_check(struct db *db, const struct migrations_text *migrations, struct fail *f);

#endif
