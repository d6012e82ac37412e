#ifndef GEO_CLIP_H
#define GEO_CLIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "geo/point.h"
#include "geo/tile.h"

/* Lines and rings cut to what a tile draws, and rounded to its units: the half of
 * the tile encoder (mvt.h) that computes. A clip keeps its room from one to the
 * next and belongs to one thread. Start with `struct clip c = { 0 };`, end with
 * clip_free(&c). */
struct clip_unit {
    int32_t x;
    int32_t y;
};

struct clip_path {
    struct tile_xy *at;
    size_t count;
    size_t room;
};

struct clip {
    struct clip_path path; /* the line or ring at hand, in the tile */
    struct clip_path spare;
    struct clip_unit *units; /* what was asked for last */
    size_t unit_room;
};

void clip_free(struct clip *c);

/* Whether a point, once rounded, is in the tile or its buffer. */
bool clip_holds(struct tile_xy p);
struct clip_unit clip_round(struct tile_xy p);

/* Calls `each` with every stretch of the line that is drawn, of two units or
 * more. What repeats or lies straight on the way is left out. */
void clip_line(struct clip *c, const struct tile_plane *plane, const struct point *points,
               int32_t point_count,
               void (*each)(void *self, const struct clip_unit *units, size_t count), void *self);

/* The ring that is drawn of a closed one, in c->units without the closing point,
 * turned as outlines are (or as holes are). 0 when nothing with an area remains. */
size_t clip_ring(struct clip *c, const struct tile_plane *plane, const struct point *points,
                 int32_t point_count, bool hole);

#endif
