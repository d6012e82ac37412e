#ifndef GEO_GEOJSON_H
#define GEO_GEOJSON_H

#include <stdbool.h>
#include <stdint.h>

#include "geo/base/arena.h"
#include "geo/base/emit.h"
#include "geo/base/fail.h"
#include "geo/base/input.h"
#include "geo/figure.h"
#include "geo/frame.h"

/* GeoJSON (RFC 7946) with one more member at its top, "frame": without it there
 * is nothing to read (FRAME_MISSING). What is read is WGS 84, whatever the frame
 * was. Altitudes are read over; GeometryCollection is refused. Keys that neither
 * the RFC nor this page knows are refused, but for "name" and for a "crs" that
 * says longitude and latitude, which GDAL and QGIS write. */
enum { GEOJSON_FEATURE_MAX = 100000 };

struct geojson_feature {
    const struct input *at;         /* the feature itself, to blame */
    const struct input *id;         /* NULL when it has none */
    const struct input *properties; /* an object, or NULL */
    const struct figure *figure;    /* NULL when its geometry is null */
};

struct geojson {
    enum frame frame; /* as declared */
    int32_t feature_count;
    const struct geojson_feature *features;
};

/* Reads a FeatureCollection, a Feature, or a bare geometry as one feature
 * without properties. */
bool geojson_read(struct arena *a, const struct input *v, struct geojson *out, struct fail *f);

/* Reads one geometry object that carries its own "frame". `kind` is what the
 * caller can use: anything else fails with FIGURE_KIND. */
bool geojson_read_figure(struct arena *a, const struct input *v, enum figure_kind kind,
                         struct figure *out, struct fail *f);

/* The same without a "frame" of its own, for geometries within a document whose
 * frame has been read. */
bool geojson_read_geometry(struct arena *a, const struct input *v, enum frame frame,
                           enum figure_kind kind, struct figure *out, struct fail *f);

/* The "crs" of a document that is read feature by feature; NULL when it has none.
 * False unless it says longitude and latitude in degrees. */
bool geojson_crs(const struct input *crs, struct fail *f);

/* A point as [longitude, latitude], and the "geometry" of a feature that is a line through
 * points, or one point; written as they are. */
void geojson_write_position(struct emit *e, struct point p);
void geojson_write_path(struct emit *e, const struct point *points, int32_t count);

/* {"type": …, "coordinates": …} with 7 digits after the point, outlines
 * counter-clockwise and holes clockwise. The figure is written as it is: convert
 * it first (figure_from_wgs84) and put "frame" at the top of the document. */
void geojson_write(struct emit *e, const struct figure *figure);

#endif
