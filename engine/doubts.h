#ifndef ENGINE_DOUBTS_H
#define ENGINE_DOUBTS_H

#include <stdbool.h>

#include "engine/db.h"
#include "engine/live.h"
#include "engine/positions.h"

/* Who is doubted: geo/doubt asked about everyone whose fixes pass, before they are
 * written. A jump is flagged by itself. That a device sends another frame than it
 * declares, or that its clock is wrong, is a row of vigil.doubt: told of once, flagged
 * on every fix until better ones, or somebody, clear it.
 *
 * Kept in memory: 400 bytes for each person who is tracked, gone within some seconds
 * when she no longer is. A frame costs up to 0.4 ms; so many are told at most
 * between two ticks, the others wait and lose nothing. */
struct doubts;

enum { DOUBTS_FRAMES_A_TICK = 200 };

/* `l` must outlive it. */
struct doubts *doubts_new(struct live *l);
void doubts_free(struct doubts *d);

/* Judges the fixes on their way to the database. */
struct positions_stage doubts_stage(struct doubts *d);
/* Fixes that other nodes took: whoever comes here next is measured from them. Any
 * thread, in the form of nodes_ear. */
void doubts_heard(void *self, const struct live_fix *fixes, int32_t count);

/* Writes what was found, learns what was cleared, forgets whoever is not tracked any
 * more; for engine_every_tick, and the first time before anything passes. What cannot be
 * done now is logged and tried again. */
void doubts_tick(void *self, struct db *db);
/* The same for tests: false when something failed. */
bool doubts_once(struct doubts *d, struct db *db, struct fail *f);

#endif
