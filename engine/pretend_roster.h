#ifndef ENGINE_PRETEND_ROSTER_H
#define ENGINE_PRETEND_ROSTER_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/ids.h"
#include "engine/pretend_tree.h"
#include "geo/base/fail.h"

/* The coming week of a made-up city: an evening shift for each lookout point and day,
 * and two people who have said that they come. Once, in one transaction; a city whose
 * people are not there yet has shifts without them. */
enum { PRETEND_ROSTER_DAYS = 7, PRETEND_ROSTER_EACH = 2 };

bool pretend_roster_make(struct db *db, struct ids *ids, const struct pretend_tree *tree,
                         const char *time_zone, struct arena *a, struct fail *f);

#endif
