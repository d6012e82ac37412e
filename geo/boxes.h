#ifndef GEO_BOXES_H
#define GEO_BOXES_H

#include <stdint.h>

#include "geo/base/arena.h"
#include "geo/box.h"

/* Many boxes, and which of them another one meets: a tree packed once, for boxes that
 * stay as they are. It lives in the arena it was taken from; any thread may ask it. A
 * small box is answered from some twenty others, whatever their number. */
struct boxes;

const struct boxes *boxes_take(struct arena *a, const struct box *given, int32_t count);

/* The places in the array of those that meet it, in no order, at most so many; how
 * many there are. A shared edge counts. */
int32_t boxes_meeting(const struct boxes *b, struct box with, int32_t *out, int32_t most);

#endif
