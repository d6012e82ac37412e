#ifndef GEO_SHAPE_H
#define GEO_SHAPE_H

#include <stdbool.h>
#include <stdint.h>

#include "geo/base/arena.h"
#include "geo/base/fail.h"
#include "geo/figure.h"

/* The home of GEOS: what has area. Figures go in and come out; everything GEOS
 * allocates goes with the arena. A shape belongs to the thread of its arena.
 *
 * GEOS answers wrongly or not at all for shapes that cross themselves, so each
 * figure that comes from outside passes shape_check once, at the door. What GEOS
 * itself refuses is SHAPE_FAILED with its own words. Coordinates are flat: degrees
 * give answers in degrees. */
struct shape;

struct shape *shape_take(struct arena *a);

/* Fails with SHAPE_INVALID, which says why and where: the value of the failure is
 * "lon,lat". Points and lines are always valid but for lines of one place. */
bool shape_check(struct shape *s, const struct figure *figure, struct fail *f);

/* The nearest valid figure (GEOSMakeValid, structure method): areas stay areas,
 * what collapses is dropped. May be empty. */
bool shape_repair(struct shape *s, const struct figure *figure, struct figure *out, struct fail *f);

bool shape_contains(struct shape *s, const struct figure *outer, const struct figure *inner,
                    bool *out, struct fail *f);
bool shape_intersects(struct shape *s, const struct figure *one, const struct figure *other,
                      bool *out, struct fail *f);
/* Of areas the common area, of a line and an area the line in it; pieces of
 * fewer dimensions (a touching corner) are dropped. May be empty. */
bool shape_intersection(struct shape *s, const struct figure *one, const struct figure *other,
                        struct figure *out, struct fail *f);
/* What one area has and the other has not. May be empty. */
bool shape_difference(struct shape *s, const struct figure *one, const struct figure *other,
                      struct figure *out, struct fail *f);
/* All areas as one. May be empty. */
bool shape_union(struct shape *s, const struct figure *areas, int32_t count, struct figure *out,
                 struct fail *f);
/* The same of areas that share their edges point by point and overlap nowhere, as the cells
 * of a grid do: much quicker, and the edges between them are gone without a trace. GEOS does
 * not look whether they are such areas, so the sum of their sizes is compared, and the
 * slower way taken where it differs. */
bool shape_dissolve(struct shape *s, const struct figure *areas, int32_t count, struct figure *out,
                    struct fail *f);
/* What is within a distance of lines, with flat ends. */
bool shape_ribbon(struct shape *s, const struct figure *lines, double distance, struct figure *out,
                  struct fail *f);
/* In square units of the coordinates; crs_area_m2 gives square metres. */
bool shape_area(struct shape *s, const struct figure *figure, double *out, struct fail *f);

/* A figure made ready to be asked many times. */
struct shape_ready;

bool shape_prepare(struct shape *s, const struct figure *figure, const struct shape_ready **out,
                   struct fail *f);
bool shape_ready_contains(const struct shape_ready *r, const struct figure *figure, bool *out,
                          struct fail *f);
bool shape_ready_intersects(const struct shape_ready *r, const struct figure *figure, bool *out,
                            struct fail *f);
/* The parts of a straight line in an area, as shares of it from 0 to 1, not in order; a place
 * where it only touches is none. SHAPE_FAILED when they are more than SHAPE_PARTS_MAX. */
enum { SHAPE_PARTS_MAX = 64 };
struct shape_part {
    double from, to;
};
bool shape_ready_cut(const struct shape_ready *r, struct point from, struct point to,
                     struct shape_part parts[SHAPE_PARTS_MAX], int32_t *count, struct fail *f);

#endif
