/* Inside or outside is decided by counting the edges east of a point; where a way
 * crosses is solved edge by edge. Both take only the edges of the bands that the
 * point or the way lies in. */
#include "geo/fence.h"

#include <assert.h>
#include <math.h>

#include "geo/plane.h"

/* Edges that run through many bands would be in all of them: then there are fewer bands. */
enum { BANDS_MAX = 1024, COPIES_MAX = 4 };

static const double ON_EDGE_M = 1e-6;    /* what rounding may cost on such a plane */
static const double PARALLEL_M2 = 1e-12; /* so small is only what has no length or runs along */

struct edge {
    struct plane_place a, b;
};

struct fence {
    struct plane plane; /* around its middle */
    struct box box;
    struct plane_place low, high;
    double reach_m; /* of a circle; 0: areas */
    int32_t band_count;
    double band_m;             /* height of each */
    const int32_t *band_first; /* [band_count + 1] into band_edges */
    const struct edge *band_edges;
};

static struct plane_place on_plane(const struct fence *f, struct point p)
{
    return plane_put(&f->plane, p);
}

static double squared(double v)
{
    return v * v;
}

/* ------------------------------------------------------------------ making one */

static struct fence *fence_at(struct arena *a, struct point middle)
{
    struct fence *f = arena_take(a, 1, sizeof *f);

    f->plane = plane_at(middle);
    return f;
}

const struct fence *fence_take_circle(struct arena *a, struct point centre, double reach_m)
{
    struct fence *f = fence_at(a, centre);
    const double lon = reach_m / f->plane.east_m;
    const double lat = reach_m / f->plane.north_m;

    assert(reach_m > 0);
    f->reach_m = reach_m;
    f->low = (struct plane_place){ -reach_m, -reach_m };
    f->high = (struct plane_place){ reach_m, reach_m };
    f->box = (struct box){ { centre.lon - lon, centre.lat - lat },
                           { centre.lon + lon, centre.lat + lat } };
    return f;
}

static int32_t band_of(const struct fence *f, double y)
{
    const double band = floor((y - f->low.y) / f->band_m);

    return band <= 0 ? 0 : band >= f->band_count ? f->band_count - 1 : (int32_t)band;
}

static int32_t read_edges(const struct fence *f, const struct figure *areas, struct edge *edges)
{
    int32_t count = 0;

    for (int32_t run = 0; run < areas->run_count; run++) {
        for (int32_t i = areas->first_point[run]; i + 1 < areas->first_point[run + 1]; i++)
            edges[count++] =
                (struct edge){ on_plane(f, areas->points[i]), on_plane(f, areas->points[i + 1]) };
    }
    return count;
}

static int32_t lowest_band(const struct fence *f, const struct edge *e)
{
    return band_of(f, fmin(e->a.y, e->b.y));
}

static int32_t highest_band(const struct fence *f, const struct edge *e)
{
    return band_of(f, fmax(e->a.y, e->b.y));
}

/* An area so flat that it has no height has one band. */
static void set_bands(struct fence *f, int32_t count)
{
    const double height_m = f->high.y - f->low.y;

    f->band_count = height_m > 0 ? count : 1;
    f->band_m = height_m > 0 ? height_m / count : 1;
}

static void choose_bands(struct fence *f, const struct edge *edges, int32_t count)
{
    for (int32_t bands = count < BANDS_MAX ? count : BANDS_MAX; bands > 0; bands /= 2) {
        int64_t copies = 0;

        set_bands(f, bands);
        for (int32_t i = 0; i < count; i++)
            copies += highest_band(f, &edges[i]) - lowest_band(f, &edges[i]) + 1;
        if (copies <= (int64_t)COPIES_MAX * count)
            return;
    }
}

/* An edge is in each band that it touches: counted first, then put there. */
static void lay_bands(struct arena *a, struct fence *f, const struct edge *edges, int32_t count)
{
    int32_t *first = arena_take(a, (size_t)f->band_count + 2, sizeof *first);

    for (int32_t i = 0; i < count; i++)
        for (int32_t b = lowest_band(f, &edges[i]); b <= highest_band(f, &edges[i]); b++)
            first[b + 2]++;
    for (int32_t b = 2; b <= f->band_count + 1; b++)
        first[b] += first[b - 1];
    struct edge *laid = arena_take(a, (size_t)first[f->band_count + 1], sizeof *laid);

    for (int32_t i = 0; i < count; i++)
        for (int32_t b = lowest_band(f, &edges[i]); b <= highest_band(f, &edges[i]); b++)
            laid[first[b + 1]++] = edges[i];
    f->band_first = first;
    f->band_edges = laid;
}

const struct fence *fence_take_areas(struct arena *a, const struct figure *areas)
{
    const struct box box = figure_box(areas);
    struct fence *f = fence_at(a, box_middle(box));
    struct edge *edges = arena_take(a, (size_t)areas->point_count, sizeof *edges);
    const int32_t count = read_edges(f, areas, edges);

    assert(areas->kind == FIGURE_AREAS && count > 0);
    f->box = box;
    f->low = on_plane(f, box.min);
    f->high = on_plane(f, box.max);
    choose_bands(f, edges, count);
    lay_bands(a, f, edges, count);
    return f;
}

struct box fence_box(const struct fence *f)
{
    return f->box;
}

/* ------------------------------------------------------------------ places */

static bool is_in_reach(const struct fence *f, struct plane_place p, double margin_m)
{
    return p.x >= f->low.x - margin_m && p.x <= f->high.x + margin_m &&
           p.y >= f->low.y - margin_m && p.y <= f->high.y + margin_m;
}

static bool areas_hold(const struct fence *f, struct plane_place p)
{
    const int32_t band = band_of(f, p.y);
    bool is_inside = false;

    for (int32_t i = f->band_first[band]; i < f->band_first[band + 1]; i++) {
        const struct edge *e = &f->band_edges[i];

        if ((e->a.y > p.y) != (e->b.y > p.y) &&
            p.x < e->a.x + (p.y - e->a.y) / (e->b.y - e->a.y) * (e->b.x - e->a.x))
            is_inside = !is_inside;
    }
    return is_inside;
}

static bool is_near_edge(const struct fence *f, struct plane_place p, double margin_m)
{
    const int32_t last = band_of(f, p.y + margin_m);

    for (int32_t i = f->band_first[band_of(f, p.y - margin_m)]; i < f->band_first[last + 1]; i++)
        if (plane_away_squared(p, f->band_edges[i].a, f->band_edges[i].b) <= squared(margin_m))
            return true;
    return false;
}

static bool is_near(const struct fence *f, struct plane_place p, double margin_m)
{
    if (!is_in_reach(f, p, margin_m))
        return false;
    if (f->reach_m > 0)
        return hypot(p.x, p.y) <= f->reach_m + margin_m;
    return areas_hold(f, p) || is_near_edge(f, p, margin_m);
}

bool fence_holds(const struct fence *f, struct point p)
{
    return is_near(f, on_plane(f, p), ON_EDGE_M);
}

bool fence_is_near(const struct fence *f, struct point p, double margin_m)
{
    return is_near(f, on_plane(f, p), fmax(margin_m, ON_EDGE_M));
}

/* ------------------------------------------------------------------ ways */

struct meeting {
    double first, last;
};

static void meet(struct meeting *m, double at)
{
    m->first = fmin(m->first, at);
    m->last = fmax(m->last, at);
}

static void meet_circle(const struct fence *f, const struct edge *way, struct meeting *m)
{
    const double dx = way->b.x - way->a.x;
    const double dy = way->b.y - way->a.y;
    const double length = dx * dx + dy * dy;
    const double half = way->a.x * dx + way->a.y * dy;
    const double root =
        half * half - length * (squared(way->a.x) + squared(way->a.y) - squared(f->reach_m));

    if (length <= 0 || root < 0)
        return;
    const double in = (-half - sqrt(root)) / length;
    const double out = (-half + sqrt(root)) / length;

    if (in >= 0 && in <= 1)
        meet(m, in);
    if (out >= 0 && out <= 1)
        meet(m, out);
}

/* Ways that run along an edge meet those at its ends. */
static void meet_edge(const struct edge *e, const struct edge *way, struct meeting *m)
{
    const double dx = way->b.x - way->a.x;
    const double dy = way->b.y - way->a.y;
    const double ex = e->b.x - e->a.x;
    const double ey = e->b.y - e->a.y;
    const double cross = dx * ey - dy * ex;

    if (fabs(cross) < PARALLEL_M2)
        return;
    const double on_way = ((e->a.x - way->a.x) * ey - (e->a.y - way->a.y) * ex) / cross;
    const double on_edge = ((e->a.x - way->a.x) * dy - (e->a.y - way->a.y) * dx) / cross;

    if (on_way >= 0 && on_way <= 1 && on_edge >= 0 && on_edge <= 1)
        meet(m, on_way);
}

static void meet_areas(const struct fence *f, const struct edge *way, struct meeting *m)
{
    const int32_t low = band_of(f, fmin(way->a.y, way->b.y));
    const int32_t high = band_of(f, fmax(way->a.y, way->b.y));

    for (int32_t i = f->band_first[low]; i < f->band_first[high + 1]; i++)
        meet_edge(&f->band_edges[i], way, m);
}

bool fence_meets(const struct fence *f, struct point from, struct point to, double *first,
                 double *last)
{
    const struct edge way = { on_plane(f, from), on_plane(f, to) };
    struct meeting m = { .first = 2, .last = -1 };

    if (fmax(way.a.x, way.b.x) < f->low.x || fmin(way.a.x, way.b.x) > f->high.x ||
        fmax(way.a.y, way.b.y) < f->low.y || fmin(way.a.y, way.b.y) > f->high.y)
        return false;
    if (is_near(f, way.a, ON_EDGE_M))
        meet(&m, 0);
    if (is_near(f, way.b, ON_EDGE_M))
        meet(&m, 1);
    if (f->reach_m > 0)
        meet_circle(f, &way, &m);
    else
        meet_areas(f, &way, &m);
    *first = m.first;
    *last = m.last;
    return m.last >= m.first;
}

/* ------------------------------------------------------------------ from fix to fix */

static int64_t moment(const struct fence_fix *from, const struct fence_fix *to, double part)
{
    return from->fix_us + llround((double)(to->fix_us - from->fix_us) * part);
}

/* When somebody who was inside and is away had gone: at the edge, or at the fix from
 * which on she was only near. */
static int64_t left_at(const struct fence *f, const struct fence_fix *from,
                       const struct fence_fix *to)
{
    double first = 0, last = 0;

    if (!from)
        return to->fix_us;
    return fence_meets(f, from->at, to->at, &first, &last) ? moment(from, to, last) : from->fix_us;
}

struct fence_step fence_follow(const struct fence *f, bool was_inside, double margin_m,
                               const struct fence_fix *from, const struct fence_fix *to)
{
    struct fence_step step = { 0 };
    double first = 0, last = 0;

    if (was_inside) {
        step.leaves = !fence_is_near(f, to->at, margin_m);
        step.leave_us = step.leaves ? left_at(f, from, to) : 0;
        return step;
    }
    /* Who is found inside has come since nobody knows when: at this fix at the latest. */
    const bool is_seen_coming =
        from && fence_meets(f, from->at, to->at, &first, &last) && first > 0 && first < last;

    if (is_seen_coming) {
        step.enters = true;
        step.enter_us = moment(from, to, first);
        step.leaves = !fence_is_near(f, to->at, margin_m);
        step.leave_us = step.leaves ? moment(from, to, last) : 0;
    } else if (fence_holds(f, to->at)) {
        step.enters = true;
        step.enter_us = to->fix_us;
    }
    return step;
}
