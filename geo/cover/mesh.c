#include "geo/cover/mesh.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

static int32_t cell_index(double metres, double cell_m, int32_t count)
{
    const double cell = floor(metres / cell_m);

    return cell < 0 ? 0 : cell > count - 1 ? count - 1 : (int32_t)cell;
}

static int32_t column_of(const struct mesh *m, double x)
{
    return cell_index(x - m->west, m->cell_m, m->columns);
}

static int32_t row_of(const struct mesh *m, double y)
{
    return cell_index(y - m->south, m->cell_m, m->rows);
}

static size_t cell_of(const struct mesh *m, const struct mesh_box *box)
{
    return (size_t)row_of(m, box->south) * (size_t)m->columns + (size_t)column_of(m, box->west);
}

static bool fits(struct mesh *m, const struct mesh_box *all, int32_t count)
{
    const double columns = floor((all->east - all->west) / m->cell_m) + 1;
    const double rows = floor((all->north - all->south) / m->cell_m) + 1;

    if (columns * rows > MESH_CELLS_A_THING * ((double)count + 1))
        return false;
    m->columns = (int32_t)columns;
    m->rows = (int32_t)rows;
    return true;
}

static void size_grid(struct mesh *m, const struct mesh_box *boxes, int32_t count)
{
    struct mesh_box all = count > 0 ? boxes[0] : (struct mesh_box){ 0, 0, 0, 0 };

    for (int32_t i = 1; i < count; i++)
        all = (struct mesh_box){ fmin(all.west, boxes[i].west), fmin(all.south, boxes[i].south),
                                 fmax(all.east, boxes[i].east), fmax(all.north, boxes[i].north) };
    m->west = all.west;
    m->south = all.south;
    m->cell_m = m->reach_m;
    while (!fits(m, &all, count))
        m->cell_m *= 2;
}

void mesh_take(struct arena *a, const struct mesh_box *boxes, int32_t count, double reach_m,
               int32_t *place, struct mesh *out)
{
    *out = (struct mesh){ .reach_m = reach_m };
    size_grid(out, boxes, count);

    const size_t cells = (size_t)out->columns * (size_t)out->rows;

    out->first = arena_take(a, cells + 1, sizeof *out->first);
    for (int32_t i = 0; i < count; i++)
        out->first[cell_of(out, &boxes[i]) + 1]++;
    for (size_t i = 0; i < cells; i++)
        out->first[i + 1] += out->first[i];
    for (int32_t i = 0; i < count; i++)
        place[i] = out->first[cell_of(out, &boxes[i])]++;
    /* Each start has moved on to the next cell's: move them back. */
    memmove(out->first + 1, out->first, cells * sizeof *out->first);
    out->first[0] = 0;
}

struct mesh_range mesh_rows(const struct mesh *m, const struct mesh_box *box)
{
    return (struct mesh_range){ row_of(m, box->south - m->reach_m), row_of(m, box->north) };
}

struct mesh_range mesh_row(const struct mesh *m, const struct mesh_box *box, int32_t row)
{
    const size_t cells = (size_t)row * (size_t)m->columns;

    return (struct mesh_range){ m->first[cells + (size_t)column_of(m, box->west - m->reach_m)],
                                m->first[cells + (size_t)column_of(m, box->east) + 1] };
}
