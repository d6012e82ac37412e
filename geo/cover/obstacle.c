/* The corners of all buildings lie one after the other, so that the walls of one are
 * together; the grid only says which corners a wall begins at. */
#include "geo/cover/obstacle.h"

#include <math.h>

#include "geo/boxes.h"

enum {
    NO_WALL = -1, /* in place of a building: the last corner of a ring */
    BOX_M = OBSTACLE_WALL_MAX_M + 1,
};

struct obstacles {
    struct crs_xy *corners;
    int32_t *building; /* per corner: whose wall leads to the next one, or NO_WALL */
    int32_t *first;    /* [building_count + 1] into corners */
    struct mesh mesh;
    int32_t *walls;            /* in the order of the mesh, where they begin */
    const struct boxes *boxes; /* of the buildings, in degrees */
};

static int32_t cuts_of(struct crs_xy from, struct crs_xy to)
{
    const double length_m = hypot(to.x - from.x, to.y - from.y);

    return length_m > OBSTACLE_WALL_MAX_M ? (int32_t)ceil(length_m / OBSTACLE_WALL_MAX_M) : 1;
}

/* The corners of a ring of a building, and points put into its long walls. Counts them
 * only when there is no place for them. */
static int32_t lay_ring(const struct ground *g, const struct figure *figure, int32_t run,
                        struct obstacles *o, int32_t at, int32_t building)
{
    const int32_t last = figure->first_point[run + 1] - 1;
    struct crs_xy from = ground_put(g, figure->points[figure->first_point[run]]);
    int32_t count = 0;

    for (int32_t i = figure->first_point[run] + 1; i <= last; i++) {
        const struct crs_xy to = ground_put(g, figure->points[i]);
        const int32_t cuts = cuts_of(from, to);

        for (int32_t k = 0; k < cuts && o->corners; k++) {
            const double t = (double)k / cuts;

            o->corners[at + count + k] =
                (struct crs_xy){ from.x + t * (to.x - from.x), from.y + t * (to.y - from.y) };
            o->building[at + count + k] = building;
        }
        count += cuts;
        from = to;
    }
    if (o->corners) {
        o->corners[at + count] = from;
        o->building[at + count] = NO_WALL;
    }
    return count + 1;
}

static int32_t lay_all(const struct ground *g, const struct figure *buildings, int32_t count,
                       struct obstacles *o)
{
    int32_t at = 0;

    for (int32_t i = 0; i < count; i++) {
        o->first[i] = at;
        for (int32_t run = 0; buildings[i].kind == FIGURE_AREAS && run < buildings[i].run_count;
             run++)
            at += lay_ring(g, &buildings[i], run, o, at, i);
    }
    o->first[count] = at;
    return at;
}

static struct obstacle_wall wall_at(const struct obstacles *o, int32_t corner)
{
    return (struct obstacle_wall){ o->corners[corner], o->corners[corner + 1],
                                   o->building[corner] };
}

static struct mesh_box box_of(const struct obstacle_wall *w)
{
    return (struct mesh_box){ fmin(w->from.x, w->to.x), fmin(w->from.y, w->to.y),
                              fmax(w->from.x, w->to.x), fmax(w->from.y, w->to.y) };
}

static void lay_grid(struct obstacles *o, int32_t corner_count, struct arena *a)
{
    struct arena *scratch = arena_new();
    struct mesh_box *boxes = arena_take(scratch, (size_t)corner_count, sizeof *boxes);
    int32_t *corner = arena_take(scratch, (size_t)corner_count, sizeof *corner);
    int32_t *place = arena_take(scratch, (size_t)corner_count, sizeof *place);
    int32_t count = 0;

    for (int32_t i = 0; i < corner_count; i++) {
        if (o->building[i] == NO_WALL)
            continue;
        const struct obstacle_wall wall = wall_at(o, i);

        corner[count] = i;
        boxes[count++] = box_of(&wall);
    }
    mesh_take(a, boxes, count, BOX_M, place, &o->mesh);
    o->walls = arena_take(a, (size_t)count, sizeof *o->walls);
    for (int32_t i = 0; i < count; i++)
        o->walls[place[i]] = corner[i];
    arena_free(scratch);
}

static void lay_boxes(struct obstacles *o, const struct figure *buildings, int32_t count,
                      struct arena *a)
{
    struct arena *scratch = arena_new();
    struct box *boxes = arena_take(scratch, (size_t)count, sizeof *boxes);

    for (int32_t i = 0; i < count; i++)
        boxes[i] = figure_box(&buildings[i]);
    o->boxes = boxes_take(a, boxes, count);
    arena_free(scratch);
}

const struct obstacles *obstacle_take(const struct ground *g, const struct figure *buildings,
                                      int32_t count, struct arena *a)
{
    struct obstacles *o = arena_take(a, 1, sizeof *o);

    o->first = arena_take(a, (size_t)count + 1, sizeof *o->first);

    const int32_t corner_count = lay_all(g, buildings, count, o);

    o->building = arena_take(a, (size_t)corner_count, sizeof *o->building);
    o->corners = arena_take(a, (size_t)corner_count, sizeof *o->corners);
    lay_all(g, buildings, count, o);
    lay_grid(o, corner_count, a);
    lay_boxes(o, buildings, count, a);
    return o;
}

/* Those of one row of cells that come into the box; counts them only when there is no place
 * for them. */
static int32_t pick_row(const struct obstacles *o, const struct mesh_box *box, int32_t row,
                        struct obstacle_wall *out)
{
    const struct mesh_range in_row = mesh_row(&o->mesh, box, row);
    int32_t count = 0;

    for (int32_t i = in_row.from; i < in_row.to; i++) {
        const struct obstacle_wall wall = wall_at(o, o->walls[i]);
        const struct mesh_box its = box_of(&wall);

        if (its.west > box->east || its.east < box->west || its.south > box->north ||
            its.north < box->south)
            continue;
        if (out)
            out[count] = wall;
        count++;
    }
    return count;
}

const struct obstacle_wall *obstacle_walls_in(const struct obstacles *o, struct mesh_box box,
                                              struct arena *a, int32_t *count)
{
    const struct mesh_range rows = mesh_rows(&o->mesh, &box);
    struct obstacle_wall *walls;
    int32_t found = 0;

    for (int32_t row = rows.from; row <= rows.to; row++)
        found += pick_row(o, &box, row, NULL);
    walls = arena_take(a, (size_t)found, sizeof *walls);
    *count = found;
    found = 0;
    for (int32_t row = rows.from; row <= rows.to; row++)
        found += pick_row(o, &box, row, walls + found);
    return walls;
}

static bool is_on(const struct obstacle_wall *w, struct crs_xy at)
{
    const double dx = w->to.x - w->from.x, dy = w->to.y - w->from.y;
    const double square = dx * dx + dy * dy;
    const double along =
        square > 0 ? ((at.x - w->from.x) * dx + (at.y - w->from.y) * dy) / square : 0;
    const double t = fmin(1, fmax(0, along));

    return hypot(at.x - w->from.x - t * dx, at.y - w->from.y - t * dy) < OBSTACLE_ON_WALL_M;
}

/* Whether the way from the place to the east goes through the wall. */
static bool is_east(const struct obstacle_wall *w, struct crs_xy at)
{
    if ((w->from.y > at.y) == (w->to.y > at.y))
        return false;
    const double t = (at.y - w->from.y) / (w->to.y - w->from.y);

    return at.x < w->from.x + t * (w->to.x - w->from.x);
}

static bool holds(const struct obstacles *o, int32_t building, struct crs_xy at)
{
    bool inside = false;

    for (int32_t i = o->first[building]; i < o->first[building + 1]; i++) {
        if (o->building[i] == NO_WALL)
            continue;
        const struct obstacle_wall wall = wall_at(o, i);

        if (is_on(&wall, at))
            return true;
        if (is_east(&wall, at))
            inside = !inside;
    }
    return inside;
}

int32_t obstacle_around(const struct obstacles *o, const struct ground *g, struct point place,
                        int32_t out[OBSTACLE_AROUND_MAX])
{
    static const double MARGIN_M = 1; /* more than what counts as on the wall */
    const struct box near = box_grown(box_with(box_empty(), place), MARGIN_M);
    const struct crs_xy at = ground_put(g, place);
    const int32_t found = boxes_meeting(o->boxes, near, out, OBSTACLE_AROUND_MAX);
    int32_t count = 0;

    for (int32_t i = 0; i < found; i++)
        if (holds(o, out[i], at))
            out[count++] = out[i];
    return count;
}
