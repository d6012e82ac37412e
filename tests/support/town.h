#ifndef TESTS_SUPPORT_TOWN_H
#define TESTS_SUPPORT_TOWN_H

#include "geo/road/roads.h"

/* Small made-up networks and a random source that gives the same numbers on every
 * machine. */

/* splitmix64. Start with any seed. */
struct town_dice {
    uint64_t state;
};

uint64_t town_roll(struct town_dice *dice);
/* 0 to below - 1. */
int32_t town_pick(struct town_dice *dice, int32_t below);

/* One class of each mode's own speed: foot 4.32, e-bike 15.12 and car 36 km/h, cars
 * 72 on the widest three classes; nothing is closed to a class. */
struct network_speeds town_speeds(void);

/* A network of `node_count` junctions on a jittered square, `segment_count` segments
 * between random ones: parallel ones, loops, one-ways, streets closed to a mode,
 * lengths from 1 cm, and now and then a part that hangs together with nothing.
 * With `coarse`, lengths are few and equal, so that many costs tie. */
const struct network *town_random(struct town_dice *dice, int32_t node_count, int32_t segment_count,
                                  bool coarse, struct arena *a);

/* The same network with that many turns forbidden, some of them after others, some of them
 * to one mode only. */
const struct network *town_banned(struct town_dice *dice, const struct network *n,
                                  int32_t ban_count, struct arena *a);

/* Streets of `side` by `side` blocks of 100 m, named "Row n" and "Column n", open to
 * all both ways, around `south_west`; segments of rows first. */
const struct network *town_blocks(int32_t side, struct point south_west, struct arena *a);

/* The roads on a network; they end with the arena. */
struct roads *town_roads(const struct network *n, struct arena *a);

/* A random spot; one in four is at an end of its segment. */
struct spot town_spot(struct town_dice *dice, const struct network *n);

#endif
