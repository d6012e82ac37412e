#ifndef ENGINE_CADENCE_H
#define ENGINE_CADENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/config.h"
#include "engine/db.h"
#include "engine/live.h"

/* How often somebody should say where she is: seldom while she waits, often while she
 * is on her way, never while she is not tracked. Who is on patrol is read from the
 * rosters every two seconds: those who have checked in for a patrol day that is under
 * way; the crew of a bus or taxi always is. Any thread may ask. */
struct cadence;

/* The settings report_idle_s, report_patrol_s and report_dispatched_s. */
struct cadence *cadence_new(const struct config *c);
void cadence_free(struct cadence *c);

/* Seconds to her next position; 0: none is wanted, since she is not tracked. */
int32_t cadence_report_s(struct cadence *c, const struct live_person *person);
/* What holds for whoever is on duty and nothing else is known of. */
int32_t cadence_idle_s(const struct cadence *c);

/* Looks who is on patrol now; for engine_every_tick. When the database is away those
 * of the last look stay. */
void cadence_tick(void *self, struct db *db);

#endif
