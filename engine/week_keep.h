#ifndef ENGINE_WEEK_KEEP_H
#define ENGINE_WEEK_KEEP_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/config.h"
#include "engine/db.h"
#include "engine/terrain.h"
#include "engine/weeks.h"
#include "geo/base/fail.h"

/* Keeps stored weeks (engine/week_store) up to date: the plans of this week and as many
 * after it as coverage_weeks says, what was of this week and the last, every other stored
 * plan that is not over, and after an import all that are stored, on the new streets. A
 * week is written when a shift, a claim, a lookout point, a proof or what counts has
 * changed, where it has; what was goes on every night at three o'clock of the city.
 *
 * A thread hears of most changes, and looks every WEEK_KEEP_LOOK_S anyway. Of several
 * processes one does it, as long as its connection lives; the database's clock decides. */
enum {
    WEEK_KEEP_LOOK_S = 30,
    WEEK_KEEP_MOST = 8, /* weeks written in one look, the newest first; the others wait */
};

struct week_keep;

/* Config, terrains and weeks must outlive it. NULL when the database cannot be reached. */
struct week_keep *week_keep_open(const struct config *c, struct terrain_slot *terrains,
                                 struct weeks *weeks, struct fail *f);
/* Waits for the week under way. NULL does nothing. */
void week_keep_close(struct week_keep *k);

/* One look on the caller's connection, for the engine's role; how many weeks were written.
 * What the thread does; for tests. */
struct week_keep_round {
    struct db *db;
    const struct config *config;
    struct terrain_slot *terrains;
    struct weeks *weeks;
};
bool week_keep_once(const struct week_keep_round *round, int32_t *written, struct fail *f);

#endif
