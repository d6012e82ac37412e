#ifndef TOOLS_VIGIL_WALKERS_H
#define TOOLS_VIGIL_WALKERS_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/streets.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"
#include "tools/vigil/chance.h"
#include "tools/vigil/stroll.h"

/* The people whom the simulator and the load send about: those who are on duty and
 * agree to be located, each somewhere on a street of the imported city. */
struct db;

struct walkers_one {
    int64_t person_id;
    struct stroll stroll;
};

struct walkers {
    struct streets streets;
    struct walkers_one *all;
    int32_t count;
};

/* What her phone measures. */
struct walkers_fix {
    struct point at; /* WGS 84 */
    double accuracy_m;
    double speed_mps;
};

/* At most `most` people; NO_PEOPLE when there is nobody. Everything lives in the arena.
 * `cache_dir` may be NULL, as for streets_load. */
bool walkers_load(struct walkers *w, struct db *db, const char *cache_dir, int64_t most,
                  struct chance *chance, struct arena *a, struct fail *f);

/* Moves her on to this moment of the steady clock and measures. */
struct walkers_fix walkers_measure(struct walkers *w, int32_t index, int64_t steady_us);

#endif
