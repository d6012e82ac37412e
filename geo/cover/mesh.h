#ifndef GEO_COVER_MESH_H
#define GEO_COVER_MESH_H

#include <stddef.h>
#include <stdint.h>

#include "geo/base/arena.h"

/* A rectangle of the plane in metres, edges included. */
struct mesh_box {
    double west, south, east, north;
};

/* A grid of many small things in the plane, so that those near a place are found. Each
 * stands in the one cell that its south-west corner lies in, so a search looks the size
 * of a thing further to the west and the south and meets none twice. The things of a row
 * of cells lie side by side in memory: a search reads a few runs of them. */
struct mesh {
    double west, south;
    double cell_m;
    double reach_m; /* no thing is longer or higher */
    int32_t columns, rows;
    int32_t *first; /* [columns * rows + 1] into the things, row by row from the south */
};

enum { MESH_CELLS_A_THING = 4 }; /* at most; few things far apart get larger cells */

/* Lays the grid for things with these boxes, none longer or higher than `reach_m`.
 * `place` says where in its order each of them has to stand. */
void mesh_take(struct arena *a, const struct mesh_box *boxes, int32_t count, double reach_m,
               int32_t *place, struct mesh *out);

/* The rows to be looked at for a box, both included; and of one of them the things
 * [from, to), some of which may lie beside the box. */
struct mesh_range {
    int32_t from, to;
};

struct mesh_range mesh_rows(const struct mesh *m, const struct mesh_box *box);
struct mesh_range mesh_row(const struct mesh *m, const struct mesh_box *box, int32_t row);

#endif
