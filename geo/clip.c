/* Cutting lines and rings to a tile with its buffer, rounding, and leaving out
 * what says nothing once it is rounded. */
#include "geo/clip.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* The window in which something is drawn, in units. */
static const double LOW = -TILE_BUFFER;
static const double HIGH = TILE_EXTENT + TILE_BUFFER;

static void *grown(void *old, size_t count, size_t size)
{
    void *bigger = reallocarray(old, count, size);

    if (!bigger) {
        fprintf(stderr, "out of memory: %zu times %zu bytes\n", count, size);
        abort();
    }
    return bigger;
}

void clip_free(struct clip *c)
{
    free(c->path.at);
    free(c->spare.at);
    free(c->units);
    *c = (struct clip){ 0 };
}

/* A point is where it is drawn: half a unit outside is rounded onto the edge. */
bool clip_holds(struct tile_xy p)
{
    return p.x >= LOW - 0.5 && p.x <= HIGH + 0.5 && p.y >= LOW - 0.5 && p.y <= HIGH + 0.5;
}

struct clip_unit clip_round(struct tile_xy p)
{
    return (struct clip_unit){ (int32_t)lrint(p.x), (int32_t)lrint(p.y) };
}

static void path_add(struct clip_path *path, struct tile_xy p)
{
    enum { FIRST_ROOM = 256 };

    if (path->count == path->room) {
        path->room = path->room > 0 ? path->room * 2 : FIRST_ROOM;
        path->at = grown(path->at, path->room, sizeof *path->at);
    }
    path->at[path->count++] = p;
}

/* -1, 0, 1: left of, within, right of the window. */
static int side_of(double value)
{
    return (value > HIGH) - (value < LOW);
}

/* Brings points into the tile; false when all lie beyond one side. */
static bool bring(struct clip *c, const struct tile_plane *plane, const struct point *points,
                  int32_t point_count)
{
    int x_side = 2;
    int y_side = 2;

    c->path.count = 0;
    for (int32_t i = 0; i < point_count; i++) {
        const struct tile_xy p = tile_plane_xy(plane, points[i]);
        const int x = side_of(p.x);
        const int y = side_of(p.y);

        x_side = x_side == 2 || x_side == x ? x : 0;
        y_side = y_side == 2 || y_side == y ? y : 0;
        path_add(&c->path, p);
    }
    return c->path.count > 0 && x_side == 0 && y_side == 0;
}

/* Whether b says nothing between a and c: it lies straight on the way, or, in a
 * ring, at the tip of a spike that encloses nothing. */
static bool needless(struct clip_unit a, struct clip_unit b, struct clip_unit c, bool ring)
{
    const int64_t ux = b.x - a.x;
    const int64_t uy = b.y - a.y;
    const int64_t vx = c.x - b.x;
    const int64_t vy = c.y - b.y;

    return ux * vy == uy * vx && (ring || ux * vx + uy * vy > 0);
}

static bool same_unit(struct clip_unit a, struct clip_unit b)
{
    return a.x == b.x && a.y == b.y;
}

/* Rounds points to units and leaves out the repeated and the needless. Returns
 * how many stay. */
static size_t round_points(struct clip *c, const struct tile_xy *points, size_t count, bool ring)
{
    size_t kept = 0;

    if (c->unit_room < count) {
        c->units = grown(c->units, count * 2, sizeof *c->units);
        c->unit_room = count * 2;
    }
    struct clip_unit *u = c->units;

    for (size_t i = 0; i < count; i++) {
        const struct clip_unit next = clip_round(points[i]);

        while (kept > 1 && needless(u[kept - 2], u[kept - 1], next, ring))
            kept--;
        if (kept == 0 || !same_unit(u[kept - 1], next))
            u[kept++] = next;
    }
    return kept;
}

/* Narrows [*from, *to] of a segment to where start + t * step is on the inner
 * side of `edge`; `sign` 1 keeps what is above it (Liang and Barsky, 1984). */
static bool narrow(double start, double step, double edge, double sign, double *from, double *to)
{
    const double in = sign * (start - edge);
    const double run = sign * step;

    if (run > 0.0)
        *from = fmax(*from, -in / run);
    else if (run < 0.0)
        *to = fmin(*to, in / -run);
    else
        return in >= 0.0;
    return *from <= *to;
}

static bool clip_segment(struct tile_xy a, struct tile_xy b, double *from, double *to)
{
    const double x = b.x - a.x;
    const double y = b.y - a.y;

    *from = 0.0;
    *to = 1.0;
    return narrow(a.x, x, LOW, 1.0, from, to) && narrow(a.x, x, HIGH, -1.0, from, to) &&
           narrow(a.y, y, LOW, 1.0, from, to) && narrow(a.y, y, HIGH, -1.0, from, to);
}

static struct tile_xy between(struct tile_xy a, struct tile_xy b, double part)
{
    return (struct tile_xy){ a.x + (b.x - a.x) * part, a.y + (b.y - a.y) * part };
}

static void end_stretch(struct clip *c,
                        void (*each)(void *self, const struct clip_unit *units, size_t count),
                        void *self)
{
    const size_t count = round_points(c, c->spare.at, c->spare.count, false);

    if (count > 1)
        each(self, c->units, count);
    c->spare.count = 0;
}

void clip_line(struct clip *c, const struct tile_plane *plane, const struct point *points,
               int32_t point_count,
               void (*each)(void *self, const struct clip_unit *units, size_t count), void *self)
{
    if (!bring(c, plane, points, point_count))
        return;
    c->spare.count = 0;
    for (size_t i = 0; i + 1 < c->path.count; i++) {
        const struct tile_xy a = c->path.at[i];
        const struct tile_xy b = c->path.at[i + 1];
        double from;
        double to;

        if (!clip_segment(a, b, &from, &to)) {
            end_stretch(c, each, self);
            continue;
        }
        if (c->spare.count == 0)
            path_add(&c->spare, from > 0.0 ? between(a, b, from) : a);
        path_add(&c->spare, to < 1.0 ? between(a, b, to) : b);
        if (to < 1.0)
            end_stretch(c, each, self);
    }
    end_stretch(c, each, self);
}

/* How far p is on the inner side of one of the window's four edges. */
static double inside_by(struct tile_xy p, int edge)
{
    switch (edge) {
    case 0:
        return p.x - LOW;
    case 1:
        return HIGH - p.x;
    case 2:
        return p.y - LOW;
    default:
        return HIGH - p.y;
    }
}

/* One edge of Sutherland and Hodgman's clipping (1974), from path to spare. A
 * ring that leaves and comes back is joined along the edge, which lies outside
 * the visible tile. */
static void clip_ring_at(struct clip *c, int edge)
{
    const size_t count = c->path.count;

    c->spare.count = 0;
    for (size_t i = 0; i < count; i++) {
        const struct tile_xy a = c->path.at[i > 0 ? i - 1 : count - 1];
        const struct tile_xy b = c->path.at[i];
        const double a_in = inside_by(a, edge);
        const double b_in = inside_by(b, edge);

        if ((a_in < 0.0 && b_in > 0.0) || (a_in > 0.0 && b_in < 0.0))
            path_add(&c->spare, between(a, b, a_in / (a_in - b_in)));
        if (b_in >= 0.0)
            path_add(&c->spare, b);
    }
    const struct clip_path clipped = c->spare;

    c->spare = c->path;
    c->path = clipped;
}

/* A ring in units without its closing point; what is needless across its start
 * goes too. */
static size_t round_ring(struct clip *c)
{
    size_t count = round_points(c, c->path.at, c->path.count, true);
    struct clip_unit *u = c->units;
    size_t before;

    do {
        before = count;
        while (count > 1 && same_unit(u[count - 1], u[0]))
            count--;
        if (count > 2 && needless(u[count - 2], u[count - 1], u[0], true))
            count--;
        else if (count > 2 && needless(u[count - 1], u[0], u[1], true))
            u[0] = u[--count];
    } while (count < before);
    return count;
}

/* Twice the area, positive where the specification calls the ring exterior. */
static int64_t area_of(const struct clip_unit *u, size_t count)
{
    int64_t area = 0;

    for (size_t i = 0; i < count; i++) {
        const struct clip_unit a = u[i];
        const struct clip_unit b = u[i + 1 < count ? i + 1 : 0];

        area += (int64_t)a.x * b.y - (int64_t)b.x * a.y;
    }
    return area;
}

static void turn_round(struct clip_unit *u, size_t count)
{
    for (size_t i = 0, k = count - 1; i < k; i++, k--) {
        const struct clip_unit held = u[i];

        u[i] = u[k];
        u[k] = held;
    }
}

size_t clip_ring(struct clip *c, const struct tile_plane *plane, const struct point *points,
                 int32_t point_count, bool hole)
{
    if (!bring(c, plane, points, point_count))
        return 0;
    c->path.count--; /* the closing point */
    for (int edge = 0; edge < 4; edge++)
        clip_ring_at(c, edge);
    const size_t count = round_ring(c);
    const int64_t area = count > 2 ? area_of(c->units, count) : 0;

    if (area == 0)
        return 0;
    if ((area < 0) != hole)
        turn_round(c->units, count);
    return count;
}
