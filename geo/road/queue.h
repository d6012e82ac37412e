#ifndef GEO_ROAD_QUEUE_H
#define GEO_ROAD_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "geo/base/buf.h"

/* The priority queue of the searches: least cost first, equal costs by id, so that
 * what comes out never depends on the order of going in. Entries are not moved
 * when a better way is found: the better one is put in as well, and whoever takes
 * out skips what is settled. Starts as { 0 }; ends with queue_free. */
struct queue {
    struct buf heap;
    int32_t count;
};

struct queue_item {
    uint32_t cost;
    int32_t what; /* a node, a slot … whatever the search numbers */
    int64_t id;   /* decides between equal costs */
};

void queue_free(struct queue *q);
void queue_clear(struct queue *q);
void queue_put(struct queue *q, struct queue_item item);

/* The least, or NULL when empty; until the next put or take. */
const struct queue_item *queue_top(const struct queue *q);

/* Removes the least; the queue must not be empty. */
struct queue_item queue_take(struct queue *q);

#endif
