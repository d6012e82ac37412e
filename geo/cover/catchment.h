#ifndef GEO_COVER_CATCHMENT_H
#define GEO_COVER_CATCHMENT_H

#include "geo/road/range.h"

/* To which of some places each metre of street is nearest on foot: by the length of the
 * walk along streets that one may walk along, whatever the direction of the ways and
 * whatever is closed today, from the spot of a place on its street. Of equally near places
 * the first has it, judged at the middle of each centimetre. What hangs together with none
 * of them is nobody's. */
struct catchment_wish {
    const struct network *network;
    const uint8_t *walks;      /* per segment: 1 where one may walk along it */
    const struct spot *places; /* in the order in which equally near ones come; those on a
                                * segment that nobody walks along, or on none (-1), have
                                * nothing */
    int32_t place_count;
};

struct catchment_piece {
    struct range_piece piece;
    int32_t place; /* of the wish */
};

/* Ascending and disjoint; of a segment that is reached at all every centimetre. */
struct catchment {
    const struct catchment_piece *pieces;
    int32_t count;
};

/* Lives in the arena. One search for all places together. */
void catchment_find(const struct catchment_wish *wish, struct arena *a, struct catchment *out);

#endif
