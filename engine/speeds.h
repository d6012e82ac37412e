#ifndef ENGINE_SPEEDS_H
#define ENGINE_SPEEDS_H

#include <stdbool.h>

#include "engine/db.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"
#include "geo/road/network.h"

/* How fast one goes by class of street and mode: a table of the city, which it changes
 * while it is in service. Every process obeys a change within 0.2 s (engine/closures). */
enum { SPEEDS_KMH_MAX = 150 };
#define SPEEDS_KMH_MIN 0.5

/* 0 where the mode does not go. STREETS_UNSOUND when the table is empty or no such. */
bool speeds_read(struct db *db, struct arena *a, struct network_speeds *out, struct fail *f);

/* In the caller's transaction: what differs is changed; *changed pairs of class and mode.
 * What is 0 must stay so and what is not must not become it: SPEED_NOT_ALLOWED. Only who
 * acts for the whole city may: OUT_OF_SCOPE. */
bool speeds_set(struct db *db, const struct network_speeds *speeds, struct arena *a,
                int32_t *changed, struct fail *f);

#endif
