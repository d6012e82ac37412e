#ifndef TESTS_SUPPORT_BLOCK_H
#define TESTS_SUPPORT_BLOCK_H

#include "engine/world.h"
#include "tests/support/database.h"

/* A world to test with, held once: streets of `side` by `side` blocks of 100 m,
 * named "Row n" and "Column n", around `south_west` (town_blocks). */
struct world *block_world(struct world_slot *slot, int32_t side, struct point south_west);

/* The same streets put into the database as a new current import, in place of the
 * one before; the segments of rows first. Open to everyone, both ways. */
void block_import(struct database *d, int32_t side, struct point south_west);

/* Somewhere in the middle of Porto, and of Beijing. */
extern const struct point BLOCK_PORTO, BLOCK_BEIJING;

#endif
