#ifndef GEO_COVER_BESIDE_H
#define GEO_COVER_BESIDE_H

#include "geo/base/arena.h"
#include "geo/cover/witness.h"

/* Streets of a beat that somebody went along without being on their line: a map draws the
 * pavement, the cycle track and each carriageway of one street as ways of their own, and
 * positions do not tell which of them she took. What she walked counts for the street of
 * the beat where that runs within BESIDE_M of it in the same direction, one way or the
 * other. */
enum { BESIDE_M = 12 };

/* `planned` ascending and disjoint; of `walked` only what counts and lies on other segments
 * is looked at. Pieces of planned streets with the times of what is beside them, in the
 * arena; ascending by segment and along it. */
void beside_find(const struct network *n, const struct range_piece *planned, int32_t planned_count,
                 const struct witness_piece *walked, int32_t walked_count, struct arena *a,
                 const struct witness_piece **out, int32_t *count);

#endif
