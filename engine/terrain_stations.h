#ifndef ENGINE_TERRAIN_STATIONS_H
#define ENGINE_TERRAIN_STATIONS_H

#include "engine/db.h"
#include "engine/terrain.h"
#include "geo/cover/catchment.h"

/* The stations of the city and the streets that are nearest to each on foot. A station from
 * which no street is near has none of them. */
struct terrain_stations {
    const struct terrain_area *areas; /* by id */
    int32_t count;
    struct catchment catchment; /* whose place is a station */
};

/* `walks`: per segment of the world 1 where one may walk along it. What is told of the
 * stations goes into `kept`, the pieces into `a`. */
bool terrain_stations_read(struct db *db, const struct world *w, const uint8_t *walks,
                           struct arena *kept, struct arena *a, struct terrain_stations *out,
                           struct fail *f);

#endif
