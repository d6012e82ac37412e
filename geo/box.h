#ifndef GEO_BOX_H
#define GEO_BOX_H

#include <stdbool.h>

#include "geo/base/fail.h"
#include "geo/point.h"

/* West, south, east and north of something, edges included. A box does not cross
 * the 180th meridian. */
struct box {
    struct point min; /* south-west */
    struct point max; /* north-east */
};

/* Holds nothing; adding a point makes it that point. */
struct box box_empty(void);
bool box_is_empty(struct box b);

struct box box_with(struct box b, struct point p);
bool box_holds(struct box b, struct point p);
bool box_meets(struct box a, struct box b); /* a shared edge counts; an empty box meets nothing */
struct box box_common(struct box a, struct box b);
struct point box_middle(struct box b);

/* Wider by at least `margin_m` metres on each side, within the range of
 * coordinates. */
struct box box_grown(struct box b, double margin_m);

/* Reads "west,south,east,north" in degrees. False with BOX_MALFORMED, or
 * PLACE_OUT_OF_RANGE. */
bool box_parse(const char *text, struct box *out, struct fail *f);

#endif
