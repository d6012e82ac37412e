#ifndef TESTS_SUPPORT_QUILT_H
#define TESTS_SUPPORT_QUILT_H

#include "geo/cover/plots.h"
#include "tests/support/town.h"

/* Made-up pieces of streets, and plots of made-up cells and organisations. */

/* Each segment with one chance in `one_in` has a piece or two of it; one in three is whole.
 * In the arena, ascending. */
int32_t quilt_pieces(struct town_dice *dice, const struct network *n, int32_t one_in,
                     struct arena *a, const struct range_piece **pieces);

/* Cells of two profiles, organisations of three levels, a few stations, pieces that weigh
 * more, and one segment in eight that does not count. */
const struct plots *quilt_plots(struct town_dice *dice, const struct network *n, struct arena *a);

#endif
