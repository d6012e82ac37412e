#ifndef API_ON_TILES_H
#define API_ON_TILES_H

#include "api/request.h"

/* GET /tiles/{layer}/{z}/{x}/{y}.mvt: one vector tile of one layer, or of several
 * whose names are joined by commas. Empty where there is nothing. */
bool on_tiles_get(const struct request *r, struct reply *out, struct fail *f);

/* GET /tiles/{layer}.json: its TileJSON 3.0. */
bool on_tiles_describe(const struct request *r, struct reply *out, struct fail *f);

#endif
