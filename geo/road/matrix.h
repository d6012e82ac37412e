#ifndef GEO_ROAD_MATRIX_H
#define GEO_ROAD_MATRIX_H

#include "geo/road/roads.h"

/* What it costs from each of many spots to each of many others, all by one mode, with
 * the costs of now: exactly what place_distance says of every pair, except that
 * METRIC_NEVER, twelve days, and more counts as no way.
 *
 * Each spot becomes a row by depth of the elimination tree: the least of the rows of the
 * states that its doors lead to, as far as these stand above one another, which the two
 * ends of a street always do. With labels the rows are read, without (after a change)
 * each is found by a walk up the tree; then all pairs are sums of rows. */
enum { MATRIX_SPOTS_MAX = 10 * 1000 }; /* on either side */

struct matrix_wish {
    enum mode mode;
    const struct spot *from;
    const struct spot *to;
    int32_t from_count, to_count;
};

/* Scratch space of one thread, which grows with the questions: some kilobytes a spot. */
struct matrix_room;
struct matrix_room *matrix_room_new(void);
void matrix_room_free(struct matrix_room *room);

/* costs[i * to_count + j], milliseconds from spot i to spot j; NETWORK_COST_NEVER when
 * there is no way. */
void matrix_find(const struct roads *r, const struct matrix_wish *wish, struct matrix_room *room,
                 uint32_t *costs);

#endif
