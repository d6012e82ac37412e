#ifndef ENGINE_CLOSURES_H
#define ENGINE_CLOSURES_H

#include "engine/closure_book.h"

/* What the streets of the newest world cost now: speeds, the hour of the week, and what is
 * closed or slowed. A thread hears when any process has changed one of these, looks every
 * two seconds anyway, and wakes when a window opens or passes or an hour is over, by the
 * database's clock; so every node obeys within moments. The labels come after the costs,
 * and wait while there is more to change. It lives through the absence of the database:
 * what was in force then stays so. */
struct closures;

/* Before a world is published: brings its traffic to what is in force. */
bool closures_enter(struct db *db, const char *zone, const struct world *w, struct fail *f);

/* `database` is a libpq string; `worlds` and the time zone must outlive it. NULL when the
 * database cannot be reached. */
struct closures *closures_open(const char *database, const char *zone, struct world_slot *worlds,
                               struct fail *f);
void closures_close(struct closures *c);

/* Those in force, as of the last look, by id; in the arena. Their streets are of *w, which
 * is to be dropped with world_drop. *w is NULL, and there are none, before the first look.
 * Any thread. */
int32_t closures_list(struct closures *c, struct arena *a, const struct world **w,
                      const struct closure_book_one **out);

/* Whoever has changed something waits here until this process obeys it, a fifth of a
 * second at most: a look that begins after this call. False when it took longer. Any
 * thread. */
bool closures_obey(struct closures *c);

/* The same, labels included, and for longer; for tests. */
bool closures_settle(struct closures *c);

#endif
