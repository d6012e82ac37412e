#ifndef TESTS_SUPPORT_PILE_H
#define TESTS_SUPPORT_PILE_H

#include <stdint.h>

#include "geo/base/buf.h"

/* What waits in a plain search, the cheapest first: a binary heap in a buf that is empty
 * at first. It knows of no other search, so that it can judge them. */
struct pile_entry {
    int64_t cost;
    int32_t node;
};

void pile_put(struct buf *pile, int64_t cost, int32_t node);
/* The cheapest, which is taken off; the pile must not be empty (size 0). */
struct pile_entry pile_take(struct buf *pile);

#endif
