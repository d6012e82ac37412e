#ifndef GEO_COVER_FIELD_H
#define GEO_COVER_FIELD_H

#include "geo/cover/ground.h"
#include "geo/figure.h"

/* An area laid on the ground, made ready to be cut with streets: areas with holes whose
 * edges are straight in the city's plane. It lives in the arena it was taken from, never
 * changes, and any number of threads may ask it.
 *
 * Two areas that share an edge share no street: of a street along the edge each is asked
 * the same sum, so that one of them has it and the other has not. */
struct field;

enum { FIELD_POINTS_MAX = FIGURE_POINT_MAX };

/* Of valid areas (shape_check): what crosses itself would be counted by odd and even. */
const struct field *field_take(const struct ground *g, const struct figure *areas, struct arena *a);
/* The same of areas in metres of the plane: x as lon, y as lat. */
const struct field *field_take_flat(const struct figure *areas, struct arena *a);

struct mesh_box field_box(const struct field *field);
bool field_holds(const struct field *field, struct crs_xy xy);

/* The pieces of streets in it, each end rounded to the nearest centimetre once. The
 * result lives in the arena. */
void field_find(const struct field *field, const struct ground *g, struct arena *a,
                struct range_band *out);

/* The same before rounding; it must be empty and have its arena. */
void field_runs(const struct field *field, const struct ground *g, struct ground_runs *out);

#endif
