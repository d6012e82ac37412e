#ifndef ENGINE_WATCH_H
#define ENGINE_WATCH_H

#include "engine/db.h"
#include "engine/ids.h"

/* What the clock does to rosters, about every two seconds on the timer thread: draws
 * the openings whose window is over; tells of shifts and patrols that begin within a
 * quarter of an hour with too few people, each once, also after a restart; checks out
 * who stayed behind, notes who never came, and closes with a report what is over.
 * All of it is decided by the database's rows and its clock, so that any number of
 * processes may do it. */
struct watch;

struct watch *watch_new(struct ids *ids);
void watch_free(struct watch *w);

/* One round; for engine_every_tick. What cannot be done now is logged and tried again. */
void watch_tick(void *self, struct db *db);

/* One round, for tests: false when something failed. */
bool watch_once(struct watch *w, struct db *db, struct fail *f);

#endif
