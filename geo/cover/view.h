#ifndef GEO_COVER_VIEW_H
#define GEO_COVER_VIEW_H

#include "geo/cover/ground.h"
#include "geo/cover/obstacle.h"

/* What can be seen from a place: the streets within a distance, without those that stand
 * behind a building. Whoever stands in a building is not hidden by it: she looks out of
 * its windows. A street that runs through a building (an archway, a tunnel) is seen up to
 * the wall. */
struct view_wish {
    struct point place;
    double reach_m;                    /* 0 to VIEW_REACH_MAX_M */
    const struct obstacles *obstacles; /* NULL: nothing stands in the way */
};

enum { VIEW_REACH_MAX_M = 5000 };

/* The pieces of streets that are seen, each end rounded to the nearest centimetre once.
 * Everything lives in the arena. Nothing in the way: what disc_find gives. */
void view_find(const struct ground *g, const struct view_wish *wish, struct arena *a,
               struct range_band *out);

/* What is seen as an area in WGS 84, its round edge drawn by straight pieces that leave it
 * by at most VIEW_EDGE_M; for the map, never for counting. */
#define VIEW_EDGE_M 0.1
void view_outline(const struct ground *g, const struct view_wish *wish, struct arena *a,
                  struct figure *out);

#endif
