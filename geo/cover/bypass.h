#ifndef GEO_COVER_BYPASS_H
#define GEO_COVER_BYPASS_H

#include "geo/road/range.h"

/* Whether there is another way: whoever was seen in one place and some time later in
 * another has certainly passed a piece of street when she could not have come so far
 * without it. */

/* Scratch space of one thread, for a network and a mode: 4 bytes a node. Streets count both
 * ways, because the ways that are wrongly thought to be there cost a proof only. */
struct bypass;
struct bypass *bypass_new(const struct network *n, enum mode mode);
void bypass_free(struct bypass *b);

/* By at most limit_cm, without passing `piece`, in which neither place lies but at its ends. */
bool bypass_exists(struct bypass *b, struct spot from, struct spot to,
                   const struct range_piece *piece, uint32_t limit_cm);

#endif
