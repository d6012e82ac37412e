#ifndef ENGINE_CURSOR_H
#define ENGINE_CURSOR_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"

/* Where a list goes on: an opaque text that stands for "after this id, in this
 * list". It is sealed with a key of the database, so that any node of the city
 * reads it, and one that was made up, changed or taken from another list (or the
 * same list asked another way) is refused. */

/* `list` says which list it is, filters included. */
bool cursor_make(struct db *db, const char *list, int64_t after_id, struct arena *a,
                 const char **out, struct fail *f);

/* False with CURSOR_MALFORMED. */
bool cursor_read(struct db *db, const char *list, const char *text, struct arena *a,
                 int64_t *after_id, struct fail *f);

#endif
