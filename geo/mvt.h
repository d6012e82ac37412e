#ifndef GEO_MVT_H
#define GEO_MVT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "geo/base/buf.h"
#include "geo/figure.h"
#include "geo/point.h"
#include "geo/tile.h"

/* Writes a Mapbox Vector Tile (specification 2.1), layer after layer, feature
 * after feature. Geometry is brought into the tile, clipped to it and its buffer,
 * rounded to units, and left out where nothing remains. Keys and values stand
 * once in a layer.
 *
 *     mvt_start(m, tile, &out);
 *     mvt_layer(m, "people");
 *     const uint32_t mode = mvt_key(m, "mode"), foot = mvt_text(m, "foot");
 *     for (...) {
 *         mvt_feature(m, person_id);
 *         mvt_tag(m, mode, foot);
 *         mvt_put_point(m, place);
 *     }
 *     mvt_end(m);
 *
 * An encoder keeps its room from tile to tile, so that nothing is allocated per
 * feature. It belongs to one thread. */
struct mvt;

struct mvt *mvt_new(void);
void mvt_free(struct mvt *m);

/* Begins a tile: its layers are added to the end of `out`. */
void mvt_start(struct mvt *m, struct tile tile, struct buf *out);

/* Begins a layer and ends the one before; names must differ within a tile. A
 * layer without features is not written. */
void mvt_layer(struct mvt *m, const char *name);

/* Ends the last layer and the tile. */
void mvt_end(struct mvt *m);

/* The number of a key or a value in the layer's tables, entered when new; good
 * until the next mvt_layer. Text that is not UTF-8 must not come here. */
uint32_t mvt_key(struct mvt *m, const char *key);
uint32_t mvt_text(struct mvt *m, const char *text);
uint32_t mvt_int(struct mvt *m, int64_t value);
uint32_t mvt_double(struct mvt *m, double value);
uint32_t mvt_bool(struct mvt *m, bool value);

/* Begins a feature; id < 0 writes none. */
void mvt_feature(struct mvt *m, int64_t id);
void mvt_tag(struct mvt *m, uint32_t key, uint32_t value);

/* The geometry, once, ends the feature. False when none of it is in the tile or
 * it is smaller than a unit: then the feature is not written. */
bool mvt_put_point(struct mvt *m, struct point p);
bool mvt_put_figure(struct mvt *m, const struct figure *figure);
/* A point that is in tile units already. */
bool mvt_put_xy(struct mvt *m, int32_t x, int32_t y);

/* Features written in this tile so far, and in the layer. */
int32_t mvt_feature_count(const struct mvt *m);

#endif
