#ifndef ENGINE_TURNOUT_H
#define ENGINE_TURNOUT_H

#include <stdint.h>

#include "engine/live.h"
#include "geo/cover/within.h"

/* Who could be sent now, and where they stand: brings geo/cover/within up to the people in
 * memory. They are all looked at each time, so nothing that happens to anybody can be
 * missed, whoever did it; in pieces, so that nobody who changes them waits.
 *
 * Those count who are available (engine/able), of age and heard of within the age limit. */

/* False, and not all were looked at, when they stand on the streets of another world than
 * `world_version`. Nobody else uses `w` meanwhile. */
bool turnout_look(struct live *l, uint64_t world_version, struct within *w, int64_t now_us);

#endif
