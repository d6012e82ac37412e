#ifndef GEO_COVER_RECOUNT_H
#define GEO_COVER_RECOUNT_H

#include "geo/cover/cover.h"
#include "geo/cover/ground.h"
#include "geo/cover/stint.h"
#include "geo/figure.h"

/* Gaps counted again in another way than they are found: areas are polygons of GEOS, each leg
 * of a street is intersected with them, and what covers a place is asked place by place. So a
 * list of gaps can be held against what it should be. Slow, and nothing else is built on it. */

/* What is seen from a place, in metres of the plane: a circle of so many corners that is as
 * large as the true one, and of it what lies in the outline of a view (geo/cover/view.h, in
 * WGS 84), which must reach beyond the circle; NULL: nothing is in the way. */
enum { RECOUNT_CORNERS = 512 };
bool recount_circle(const struct ground *g, struct point place, double reach_m,
                    const struct figure *outline, struct arena *a, struct figure *flat,
                    struct fail *f);

/* The streets in it, before rounding; `out` must be empty and have its arena. What GEOS cannot
 * do is SHAPE_FAILED: never an area that covers nothing. */
bool recount_runs(const struct ground *g, const struct figure *flat, struct ground_runs *out,
                  struct fail *f);

/* ------------------------------------------------------------------ holding a list against it */

enum recount_layer { RECOUNT_LOOKOUT, RECOUNT_PATROL, RECOUNT_PEOPLE };

/* Something that covers a stretch; during some time, where hours are asked for. */
struct recount_cover {
    int32_t segment;
    enum recount_layer layer;
    int32_t people; /* of people: how many can be there, and whether that is enough */
    bool is_enough;
    double from_cm, to_cm;
    int64_t from_s, to_s; /* [from, to) */
};

struct recount_item {
    struct range_piece piece;
    int64_t says; /* the class of a gap of now, or for how many seconds it is one */
};

struct recount_wish {
    const struct plots *plots;
    uint32_t classes;       /* of now: bits 1 << enum cover_class, the first that holds counts */
    struct stint hours;     /* else for how many seconds there is no lookout and no patrol; empty
                             * of now */
    const uint8_t *lots;    /* per lot: 1 where the list is of its streets */
    const uint8_t *streets; /* per segment, the same */
    const struct recount_cover *covers;
    int32_t cover_count;
    const struct recount_item *items; /* ascending by segment and place, disjoint */
    int32_t item_count;
};

struct recount_found {
    double list_m, geos_m; /* gaps by the list, and counted again */
    double difference_m;   /* where the two do not say the same */
    double difference_mh;  /* of hours: metre·hours by which they differ there */
    int32_t street_count;  /* segments on which anything was compared */
    int32_t worst;         /* the segment with the greatest difference, or -1 */
    double worst_m;
};

void recount_compare(const struct recount_wish *wish, struct recount_found *out);

#endif
