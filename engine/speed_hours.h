#ifndef ENGINE_SPEED_HOURS_H
#define ENGINE_SPEED_HOURS_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"
#include "geo/road/network.h"

/* Which part of the speed of a street class and mode is left in each hour of the week. The
 * commit of a change wakes every node (engine/closures). */
enum { SPEED_HOURS = 168, SPEED_HOURS_ROWS_MAX = STREET_CLASS_COUNT * MODE_COUNT };

struct speed_hours {
    enum street_class street_class;
    enum mode mode;
    int64_t factors[SPEED_HOURS]; /* thousandths, from Monday 0:00 on the city's clock */
};

/* Those that are not the whole speed all week, by class and mode, in the arena. */
bool speed_hours_list(struct db *db, struct arena *a, const struct speed_hours **out,
                      int32_t *count, struct fail *f);

/* In the caller's transaction; replaces the one of its class and mode. */
bool speed_hours_put(struct db *db, const struct speed_hours *one, struct fail *f);

#endif
