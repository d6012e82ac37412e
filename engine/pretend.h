#ifndef ENGINE_PRETEND_H
#define ENGINE_PRETEND_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "engine/ids.h"
#include "geo/base/fail.h"
#include "geo/grid.h"

/* Made-up fixed places of an imported city, so that a demonstration has something
 * on its map: stations and lookout points on junctions of its streets, named after
 * them in Chinese and English, and grids over its built-up area. The same seed and
 * streets give the same places. Codes begin with "DEMO-", and what has its code
 * already is left alone: doing it twice changes nothing. */
enum { PRETEND_COUNT_MAX = 2000 };

struct pretend_wish {
    int32_t station_count;
    int32_t lookout_count;
    double grid_side_m; /* 0: no grids */
    enum grid_kind grid_kind;
    uint64_t seed;
    int64_t (*org_at)(const void *self, struct point at); /* whose a place is; NULL: the city's */
    const void *self;
};

struct pretend_report { /* what was added */
    int32_t station_count;
    int32_t lookout_count;
    int32_t grid_count;
};

/* All in one transaction. NO_CITY_YET before the first import; what grid_lay
 * refuses. */
bool pretend_city(struct db *db, struct ids *ids, const struct pretend_wish *wish,
                  struct pretend_report *report, struct fail *f);

#endif
