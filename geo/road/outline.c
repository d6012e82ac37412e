/* A union of buffers takes GEOS 80 ms for 400 streets and seconds for a city. Here the
 * corners of a grid learn how far the nearest reached street is, and the line where that
 * is OUTLINE_AROUND_M is followed from cell to cell (marching squares: Lorensen, Cline,
 * Marching cubes, SIGGRAPH 1987, in the plane; at a saddle the middle of the cell decides).
 *
 * The line keeps what is inside on its left, so areas come out counter-clockwise and holes
 * clockwise, and neither crosses itself or another. It passes each side of a cell at most
 * once; `ring` remembers for the lower sides whose they are. Left of a hole's first side
 * the next one belongs to the area that the hole is in, or to another hole of it. */
#include "geo/road/outline.h"

#include <assert.h>
#include <math.h>

#include "geo/base/buf.h"
#include "geo/plane.h"

enum { LEG_MAX_M = 200 }; /* longer ones are drawn in parts, so that their boxes stay small */

/* ------------------------------------------------------------------ pieces as lines */

struct pen {
    void (*to)(void *self, struct point p, bool is_first);
    void *self;
};

static double length_m(const struct network *n, int32_t segment)
{
    double sum_m = 0;

    for (int32_t i = n->first_shape[segment] + 1; i < n->first_shape[segment + 1]; i++)
        sum_m += network_leg_m(n->shape[i - 1], n->shape[i]);
    return sum_m;
}

/* The piece's part of the drawn shape, whose length is measured as network_point does. */
static void draw_part(const struct network *n, const struct range_piece *piece,
                      const struct pen *pen)
{
    const struct point_e7 *shape = n->shape + n->first_shape[piece->segment];
    const int32_t count = n->first_shape[piece->segment + 1] - n->first_shape[piece->segment];
    const double scale_m = length_m(n, piece->segment) / n->length_cm[piece->segment];
    double past_m = 0;

    pen->to(pen->self, network_point(n, (struct spot){ piece->segment, piece->from_cm }), true);
    for (int32_t i = 1; i < count; i++) {
        past_m += network_leg_m(shape[i - 1], shape[i]);
        if (past_m > scale_m * piece->from_cm && past_m < scale_m * piece->to_cm)
            pen->to(pen->self, point_from_e7(shape[i]), false);
    }
    pen->to(pen->self, network_point(n, (struct spot){ piece->segment, piece->to_cm }), false);
}

static void draw_piece(const struct network *n, const struct range_piece *piece,
                       const struct pen *pen)
{
    const int32_t first = n->first_shape[piece->segment];

    if (piece->from_cm > 0 || piece->to_cm < n->length_cm[piece->segment]) {
        draw_part(n, piece, pen);
        return;
    }
    for (int32_t i = first; i < n->first_shape[piece->segment + 1]; i++)
        pen->to(pen->self, point_from_e7(n->shape[i]), i == first);
}

struct liner {
    struct figure_draft *draft;
    struct fail *fail;
    bool is_good;
};

static void add_point(void *self, struct point p, bool is_first)
{
    struct liner *l = self;

    (void)is_first;
    l->is_good = l->is_good && figure_draft_point(l->draft, p, l->fail);
}

bool outline_streets(const struct network *n, const struct range_band *band, struct arena *a,
                     struct figure *out, struct fail *f)
{
    struct liner l = { figure_draft_take(a, FIGURE_LINES), f, true };
    const struct pen pen = { add_point, &l };

    for (int32_t i = 0; i < band->piece_count; i++) {
        draw_piece(n, &band->pieces[i], &pen);
        if (!l.is_good || !figure_draft_end_run(l.draft, f))
            return false;
    }
    *out = figure_draft_done(l.draft, true);
    return true;
}

/* ------------------------------------------------------------------ the grid */

struct ring {
    int32_t first; /* of its points */
    int32_t count; /* the first is repeated as the last */
    int32_t start; /* the lower side it began with */
    double area_m2;
    int32_t outer;     /* of a hole: the ring it is a hole of */
    int32_t next_hole; /* in the same */
};

struct sheet {
    struct arena *arena;
    struct plane plane;
    double cell_m, around_m, far_m;
    double west_m, south_m; /* of the first corner */
    int32_t width, height;  /* corners */
    float *away_m;          /* per corner, at most far_m */
    int32_t *ring;          /* per corner: whose the lower side of its cell is, + 1 */
    struct plane_place pen;
    struct buf points; /* struct plane_place */
    struct buf rings;  /* struct ring */
};

static int32_t clamp(double v, int32_t most)
{
    return v < 0 ? 0 : v > most ? most : (int32_t)v;
}

/* The corners around a straight piece learn of it. */
static void stain(struct sheet *s, struct plane_place a, struct plane_place b)
{
    const int32_t x0 = clamp((fmin(a.x, b.x) - s->far_m - s->west_m) / s->cell_m, s->width - 1);
    const int32_t x1 = clamp((fmax(a.x, b.x) + s->far_m - s->west_m) / s->cell_m, s->width - 1);
    const int32_t y0 = clamp((fmin(a.y, b.y) - s->far_m - s->south_m) / s->cell_m, s->height - 1);
    const int32_t y1 = clamp((fmax(a.y, b.y) + s->far_m - s->south_m) / s->cell_m, s->height - 1);

    for (int32_t y = y0; y <= y1; y++)
        for (int32_t x = x0; x <= x1; x++) {
            float *away_m = &s->away_m[(size_t)y * (size_t)s->width + (size_t)x];
            const struct plane_place p = { s->west_m + x * s->cell_m, s->south_m + y * s->cell_m };
            const double squared = plane_away_squared(p, a, b);

            if (squared < (double)*away_m * (double)*away_m)
                *away_m = (float)sqrt(squared);
        }
}

static void stain_to(void *self, struct point p, bool is_first)
{
    struct sheet *s = self;
    const struct plane_place from = s->pen;
    const struct plane_place to = plane_put(&s->plane, p);
    const int32_t parts = 1 + (int32_t)(hypot(to.x - from.x, to.y - from.y) / LEG_MAX_M);

    s->pen = to;
    for (int32_t i = 0; !is_first && i < parts; i++) {
        const double t0 = (double)i / parts, t1 = (i + 1.0) / parts;

        stain(s,
              (struct plane_place){ from.x + t0 * (to.x - from.x), from.y + t0 * (to.y - from.y) },
              (struct plane_place){ from.x + t1 * (to.x - from.x), from.y + t1 * (to.y - from.y) });
    }
}

static void widen(void *self, struct point p, bool is_first)
{
    struct box *box = self;

    (void)is_first;
    *box = box_with(*box, p);
}

/* The grid over a box with cells of this width; false when they are too many. Its margin
 * is outside whatever is reached. */
static bool fit(struct sheet *s, struct plane_place low, struct plane_place high)
{
    s->around_m = fmax(OUTLINE_AROUND_M, 1.5 * s->cell_m);
    s->far_m = s->around_m + 1.5 * s->cell_m;

    const double margin_m = s->far_m + 2 * s->cell_m;
    const double width = ceil((high.x - low.x + 2 * margin_m) / s->cell_m) + 1;
    const double height = ceil((high.y - low.y + 2 * margin_m) / s->cell_m) + 1;

    if (width * height > OUTLINE_CELLS_MAX)
        return false;
    s->west_m = low.x - margin_m;
    s->south_m = low.y - margin_m;
    s->width = (int32_t)width;
    s->height = (int32_t)height;
    return true;
}

/* A grid over everything in the band. */
static void lay(struct sheet *s, const struct network *n, const struct range_band *band)
{
    struct box box = box_empty();
    const struct pen pen = { widen, &box };

    for (int32_t i = 0; i < band->piece_count; i++)
        draw_piece(n, &band->pieces[i], &pen);
    s->plane = plane_at(
        (struct point){ (box.min.lon + box.max.lon) / 2, (box.min.lat + box.max.lat) / 2 });
    const struct plane_place low = plane_put(&s->plane, box.min);
    const struct plane_place high = plane_put(&s->plane, box.max);

    s->cell_m = OUTLINE_CELL_M;
    while (!fit(s, low, high))
        s->cell_m *= 1.5;
    const size_t corners = (size_t)s->width * (size_t)s->height;

    s->away_m = arena_take(s->arena, corners, sizeof *s->away_m);
    s->ring = arena_take(s->arena, corners, sizeof *s->ring);
    for (size_t i = 0; i < corners; i++)
        s->away_m[i] = (float)s->far_m;
}

/* ------------------------------------------------------------------ following the line */

/* A cell is known by its lower left corner. Its sides are numbered counter-clockwise, 0
 * below, and so are its corners: side k leads from corner k to the next. */
struct cell {
    int32_t x, y;
};

static const struct cell CORNER[] = { { 0, 0 }, { 1, 0 }, { 1, 1 }, { 0, 1 } };
static const struct cell BESIDE[] = { { 0, -1 }, { 1, 0 }, { 0, 1 }, { -1, 0 } };

static double corner_m(const struct sheet *s, struct cell c, int k)
{
    const int32_t x = c.x + CORNER[k & 3].x;
    const int32_t y = c.y + CORNER[k & 3].y;

    return (double)s->away_m[(size_t)y * (size_t)s->width + (size_t)x];
}

static bool is_in(const struct sheet *s, struct cell c, int k)
{
    return corner_m(s, c, k) < s->around_m;
}

/* Where the line passes a side. */
static void put_point(struct sheet *s, struct cell c, int side)
{
    const double one = corner_m(s, c, side), other = corner_m(s, c, side + 1);
    /* Never at a corner, where four cells would meet in one point. */
    const double t = fmin(0.999, fmax(0.001, (s->around_m - one) / (other - one)));
    const struct cell a = CORNER[side & 3], b = CORNER[(side + 1) & 3];
    const struct plane_place p = {
        s->west_m + (c.x + a.x + t * (b.x - a.x)) * s->cell_m,
        s->south_m + (c.y + a.y + t * (b.y - a.y)) * s->cell_m,
    };

    buf_put(&s->points, &p, sizeof p);
}

/* The line enters a cell by a side that leads from inside to outside, and leaves it by one
 * that leads from outside to inside; of two such sides the middle of the cell says which. */
static int way_out(const struct sheet *s, struct cell c, int side)
{
    double sum_m = 0;

    for (int k = 0; k < 4; k++)
        sum_m += corner_m(s, c, k);
    const bool is_saddle = is_in(s, c, side) && !is_in(s, c, side + 1) && is_in(s, c, side + 2) &&
                           !is_in(s, c, side + 3);

    if (is_saddle && sum_m >= 4 * s->around_m)
        return (side + 3) & 3;
    for (int k = side + 1; k < side + 3; k++)
        if (!is_in(s, c, k) && is_in(s, c, k + 1))
            return k & 3;
    return (side + 3) & 3;
}

static int32_t *side_below(const struct sheet *s, struct cell c)
{
    return &s->ring[(size_t)c.y * (size_t)s->width + (size_t)c.x];
}

static double area_of(const struct plane_place *p, int32_t count)
{
    double twice = 0;

    for (int32_t i = 1; i < count; i++)
        twice +=
            (p[i - 1].x - p[0].x) * (p[i].y - p[0].y) - (p[i].x - p[0].x) * (p[i - 1].y - p[0].y);
    return twice / 2;
}

static void follow(struct sheet *s, struct cell begin)
{
    const int32_t number = (int32_t)(s->rings.size / sizeof(struct ring)) + 1;
    struct ring ring = { .first = (int32_t)(s->points.size / sizeof(struct plane_place)),
                         .start = begin.y * s->width + begin.x };
    struct cell c = begin;
    int side = 0;

    do {
        put_point(s, c, side);
        if (side == 0)
            *side_below(s, c) = number;
        side = way_out(s, c, side);
        if (side == 0)
            *side_below(s, c) = number;
        c = (struct cell){ c.x + BESIDE[side].x, c.y + BESIDE[side].y };
        side = (side + 2) & 3;
    } while (c.x != begin.x || c.y != begin.y || side != 0);
    put_point(s, begin, 0);
    ring.count = (int32_t)(s->points.size / sizeof(struct plane_place)) - ring.first;
    ring.area_m2 =
        area_of((const struct plane_place *)(const void *)s->points.bytes + ring.first, ring.count);
    buf_put(&s->rings, &ring, sizeof ring);
}

static void follow_all(struct sheet *s)
{
    const size_t corners = (size_t)s->width * (size_t)s->height;

    buf_clear(&s->points);
    buf_clear(&s->rings);
    for (size_t i = 0; i < corners; i++)
        s->ring[i] = 0;
    for (int32_t y = 1; y < s->height - 1; y++)
        for (int32_t x = 1; x < s->width - 1; x++) {
            const struct cell c = { x, y };

            if (is_in(s, c, 0) && !is_in(s, c, 1) && *side_below(s, c) == 0)
                follow(s, c);
        }
}

/* ------------------------------------------------------------------ areas and holes */

enum { NONE = -1 };

static bool is_hole(const struct ring *r)
{
    return r->area_m2 < 0;
}

/* Every hole to the ring it is in. The side left of a hole's first one is another ring's,
 * of which an area is itself the answer, and a hole began earlier and has its answer. */
static void sort_holes(const struct sheet *s, struct ring *rings, int32_t count)
{
    for (int32_t i = 0; i < count; i++)
        rings[i].outer = rings[i].next_hole = NONE;
    for (int32_t i = 0; i < count; i++) {
        int32_t side = rings[i].start - 1;

        if (!is_hole(&rings[i]))
            continue;
        while (s->ring[side] == 0)
            side--;
        const int32_t other = s->ring[side] - 1;

        rings[i].outer = is_hole(&rings[other]) ? rings[other].outer : other;
        assert(rings[i].outer != NONE);
        rings[i].next_hole = rings[rings[i].outer].next_hole;
        rings[rings[i].outer].next_hole = i;
    }
}

static bool put_ring(const struct sheet *s, const struct ring *r, struct figure_draft *d,
                     struct fail *f)
{
    const struct plane_place *p =
        (const struct plane_place *)(const void *)s->points.bytes + r->first;

    for (int32_t i = 0; i < r->count; i++) {
        const struct point at = { s->plane.middle.lon + p[i].x / s->plane.east_m,
                                  s->plane.middle.lat + p[i].y / s->plane.north_m };

        if (!figure_draft_point(d, at, f))
            return false;
    }
    return figure_draft_end_run(d, f);
}

static bool put_areas(const struct sheet *s, struct arena *a, struct figure *out, struct fail *f)
{
    struct ring *rings = (void *)s->rings.bytes;
    const int32_t count = (int32_t)(s->rings.size / sizeof *rings);
    const double least_m2 = fmax(OUTLINE_HOLE_M2, 20 * s->cell_m * s->cell_m);
    struct figure_draft *d = figure_draft_take(a, FIGURE_AREAS);

    sort_holes(s, rings, count);
    for (int32_t i = 0; i < count; i++) {
        if (is_hole(&rings[i]))
            continue;
        if (!put_ring(s, &rings[i], d, f))
            return false;
        for (int32_t hole = rings[i].next_hole; hole != NONE; hole = rings[hole].next_hole)
            if (-rings[hole].area_m2 >= least_m2 && !put_ring(s, &rings[hole], d, f))
                return false;
        if (!figure_draft_end_area(d, f))
            return false;
    }
    *out = figure_draft_done(d, true);
    return true;
}

bool outline_areas(const struct network *n, const struct range *range, int32_t limit_count,
                   struct arena *a, struct figure *out, struct fail *f)
{
    struct sheet s = { .arena = arena_new() };
    const struct pen pen = { stain_to, &s };
    bool is_good = true;

    if (range->bands[limit_count - 1].piece_count > 0)
        lay(&s, n, &range->bands[limit_count - 1]);
    for (int32_t i = 0; is_good && i < limit_count; i++) {
        const struct range_band *band = &range->bands[i];

        /* What a shorter limit reaches a longer one does, too. */
        for (int32_t k = 0; s.away_m && k < band->piece_count; k++)
            draw_piece(n, &band->pieces[k], &pen);
        if (s.away_m)
            follow_all(&s);
        is_good = put_areas(&s, a, &out[i], f);
    }
    buf_free(&s.points);
    buf_free(&s.rings);
    arena_free(s.arena);
    return is_good;
}
