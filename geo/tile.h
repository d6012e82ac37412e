#ifndef GEO_TILE_H
#define GEO_TILE_H

#include <stdbool.h>
#include <stdint.h>

#include "geo/base/fail.h"
#include "geo/box.h"
#include "geo/point.h"

/* Web Mercator tiles as every web map numbers them: z, then x from the west,
 * then y from the north. */
enum {
    TILE_ZOOM_MAX = 22,
    TILE_EXTENT = 4096, /* units along a tile's side */
    TILE_BUFFER = 64,   /* units drawn beyond each side */
};

struct tile {
    int32_t z;
    int32_t x;
    int32_t y;
};

/* Reads "14/13525/6530.mvt", nothing before or after it. False with ZOOM_RANGE,
 * TILE_OUTSIDE or TILE_MALFORMED. */
bool tile_parse(const char *text, struct tile *out, struct fail *f);
/* The same from the pieces of a path: "14", "13525" and "6530.mvt" or "6530". */
bool tile_parse_pieces(const char *z, const char *x, const char *y, struct tile *out,
                       struct fail *f);

/* What the tile covers, and that with the buffer. */
struct box tile_box(struct tile t);
struct box tile_box_buffered(struct tile t);

/* The tile that holds the place; a place beyond 85.05 degrees is in the last row. */
struct tile tile_at(struct point p, int32_t zoom);

/* Where a place lies in the tile, in units from its north-west corner, not yet
 * rounded; it may lie outside. */
struct tile_xy {
    double x;
    double y;
};
struct tile_xy tile_xy(struct tile t, struct point p);
struct point tile_point(struct tile t, struct tile_xy xy);

/* The same for many places in one tile, at a few nanoseconds each: within 1/500
 * of a unit for places in the tile and its buffer. tile_plane is made once. */
struct tile_plane {
    double west;
    double x_per_degree;
    double middle;     /* latitude */
    double y_terms[6]; /* of the powers of (latitude - middle) */
    struct tile tile;
    bool exact; /* the tile is too tall for the polynomial */
};
struct tile_plane tile_plane(struct tile t);
struct tile_xy tile_plane_xy(const struct tile_plane *plane, struct point p);

#endif
