#ifndef GEO_COVER_AREAS_H
#define GEO_COVER_AREAS_H

#include "geo/cover/ground.h"
#include "geo/figure.h"

/* Coverage by area: which part of a grid cell or a district nobody sees, as polygons, by
 * GEOS in the city's plane. Streets are never counted this way. Figures come and go in
 * WGS 84; square metres are those of the plane, within 1 : 15,000 in 50 km. */

/* What is seen, as one area: a circle drawn so finely that it lacks less than
 * 1 : 2,500 of its size, or the outline of a view (geo/cover/view.h). */
enum { AREAS_CIRCLE_CORNERS = 128 };
struct figure areas_circle(const struct ground *g, struct point place, double reach_m,
                           struct arena *a);

/* A figure in metres of the plane, x as lon and y as lat; it shares its numbers of runs. */
struct figure areas_flat(const struct ground *g, const struct figure *figure, struct arena *a);

/* An area from outside as one that can be reckoned with. What crosses or overlaps itself is
 * repaired, and `is_repaired` says so; what then has no area, or has places that are not
 * finite, is refused with SHAPE_INVALID or FIGURE_MALFORMED. So no area that is wrong can
 * silently make what it covers look uncovered. */
bool areas_mend(const struct figure *area, struct arena *a, struct figure *out, bool *is_repaired,
                struct fail *f);

/* Areas that are seen, ready to be taken from many cells. They live in the arena; a thread
 * at a time. */
struct areas;

struct areas_notice {
    int32_t repaired; /* how many of them had to be */
};

bool areas_take(const struct ground *g, const struct figure *seen, int32_t count, struct arena *a,
                const struct areas **out, struct areas_notice *notice, struct fail *f);

struct areas_gap {
    struct figure open; /* what nobody sees of the cell; may be empty */
    double open_m2;
    double whole_m2;
};

/* Of one cell or district, which must be valid. What GEOS cannot do is SHAPE_FAILED: never a
 * cell without a gap. */
bool areas_gap(const struct areas *seen, const struct figure *cell, struct arena *a,
               struct areas_gap *out, struct fail *f);

/* Cells as one district: edges between them disappear. */
bool areas_district(const struct ground *g, const struct figure *cells, int32_t count,
                    struct arena *a, struct figure *out, struct fail *f);

/* Pieces of streets as areas `wide_m` wide, for the map: pieces that meet are one. */
bool areas_ribbons(const struct ground *g, const struct range_band *band, double wide_m,
                   struct arena *a, struct figure *out, struct fail *f);

#endif
