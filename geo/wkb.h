#ifndef GEO_WKB_H
#define GEO_WKB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "geo/base/arena.h"
#include "geo/base/buf.h"
#include "geo/base/fail.h"
#include "geo/figure.h"

/* PostGIS's EWKB: how geometry travels to and from the database and GEOS. Read
 * are both byte orders and the six kinds of figure in two dimensions with SRID
 * 4326 or none; everything else, and any coordinate that is not a place, is
 * refused with WKB_MALFORMED, or FIGURE_TOO_LARGE over the limits of figure.h. */
enum { WKB_SRID = 4326 };

bool wkb_read(struct arena *a, const void *bytes, size_t size, struct figure *out, struct fail *f);

/* Little-endian EWKB with SRID 4326. */
void wkb_write(struct buf *out, const struct figure *figure);
/* The same without it: WKB as ISO and GeoPackage have it. */
void wkb_write_plain(struct buf *out, const struct figure *figure);

#endif
