#ifndef GEO_ROAD_OUTLINE_H
#define GEO_ROAD_OUTLINE_H

#include "geo/figure.h"
#include "geo/road/range.h"

/* What is reached, to be drawn: as lines, and as areas around them. */

/* One line for each piece of the band, in its order. False with FIGURE_TOO_LARGE when
 * they are more than a figure holds. */
bool outline_streets(const struct network *n, const struct range_band *band, struct arena *a,
                     struct figure *out, struct fail *f);

/* Of each limit the areas within OUTLINE_AROUND_M of what is reached, without holes that
 * are smaller than OUTLINE_HOLE_M2: blocks of houses between reached streets belong to it,
 * parks and rivers do not. For the eye: what counts are the metres of the band. Its
 * line is right within half a cell of a grid; the cells are OUTLINE_CELL_M wide, and wider
 * where the longest limit reaches so far that there would be more than OUTLINE_CELLS_MAX
 * (then areas and holes grow with them). The areas of a longer limit hold those of a
 * shorter one. Takes some milliseconds, hardly more for thousands of streets than for
 * hundreds. */
enum {
    OUTLINE_AROUND_M = 40,
    OUTLINE_HOLE_M2 = 20000,
    OUTLINE_CELL_M = 10,
    OUTLINE_CELLS_MAX = 1000 * 1000,
};

bool outline_areas(const struct network *n, const struct range *range, int32_t limit_count,
                   struct arena *a, struct figure *out, struct fail *f);

#endif
