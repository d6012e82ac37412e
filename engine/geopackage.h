#ifndef ENGINE_GEOPACKAGE_H
#define ENGINE_GEOPACKAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "geo/base/buf.h"
#include "geo/base/fail.h"
#include "geo/figure.h"

/* A table with geometry as the bytes of a file: GeoPackage 1.3 (OGC 12-128r17), which QGIS
 * and all that reads by GDAL opens. Made in memory; belongs to one thread. The home of
 * SQLite. What SQLite cannot do is GEOPACKAGE_FAILED, with its own words. */
struct geopackage;

/* What there is a table for: schema/geopackages/<word>.sql. */
enum geopackage_table { GEOPACKAGE_GAPS, GEOPACKAGE_TABLES };

enum geopackage_kind { GEOPACKAGE_NULL, GEOPACKAGE_INTEGER, GEOPACKAGE_REAL, GEOPACKAGE_TEXT };

struct geopackage_value {
    enum geopackage_kind kind;
    int64_t whole;
    double real;
    const char *text;
};

/* NULL with the failure set. */
struct geopackage *geopackage_new(enum geopackage_table table, struct fail *f);
void geopackage_free(struct geopackage *g);

/* A row: its figure in WGS 84, of which only the first part counts, and its values in the
 * order of the table's columns after the geometry. */
bool geopackage_add(struct geopackage *g, const struct figure *figure,
                    const struct geopackage_value *values, int32_t count, struct fail *f);

/* The file, put at the end of the buf; nothing is added after that. `at_us` is when what it
 * tells was so. */
bool geopackage_finish(struct geopackage *g, int64_t at_us, struct buf *out, struct fail *f);

#endif
