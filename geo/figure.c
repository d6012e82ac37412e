/* Figures and how they are put together. */
#include "geo/figure.h"

#include <assert.h>
#include <string.h>

enum { FIRST_ROOM = 16, LINE_POINTS_MIN = 2, RING_POINTS_MIN = 4 };

static const int32_t NOTHING[1] = { 0 };

const char *figure_word(const struct figure *figure)
{
    static const char *const SINGLE[] = { "Point", "LineString", "Polygon" };
    static const char *const MULTI[] = { "MultiPoint", "MultiLineString", "MultiPolygon" };

    return figure->multi ? MULTI[figure->kind] : SINGLE[figure->kind];
}

struct box figure_box(const struct figure *figure)
{
    struct box b = box_empty();

    for (int32_t i = 0; i < figure->point_count; i++)
        b = box_with(b, figure->points[i]);
    return b;
}

static const int32_t *take_span(struct arena *a, int32_t count)
{
    int32_t *span = arena_take(a, 2, sizeof *span);

    span[1] = count;
    return span;
}

static const struct point *copy_points(struct arena *a, const struct point *points, int32_t count)
{
    struct point *copy = arena_take(a, (size_t)count, sizeof *copy);

    if (count > 0)
        memcpy(copy, points, (size_t)count * sizeof *copy);
    return copy;
}

struct figure figure_point(struct arena *a, struct point p)
{
    return (struct figure){ .kind = FIGURE_POINTS,
                            .point_count = 1,
                            .points = copy_points(a, &p, 1),
                            .first_point = NOTHING,
                            .first_run = NOTHING };
}

struct figure figure_line(struct arena *a, const struct point *points, int32_t point_count)
{
    return (struct figure){ .kind = FIGURE_LINES,
                            .point_count = point_count,
                            .run_count = 1,
                            .points = copy_points(a, points, point_count),
                            .first_point = take_span(a, point_count),
                            .first_run = NOTHING };
}

struct figure figure_ring(struct arena *a, const struct point *points, int32_t point_count)
{
    struct figure ring = figure_line(a, points, point_count);

    ring.kind = FIGURE_AREAS;
    ring.area_count = 1;
    ring.first_run = take_span(a, 1);
    return ring;
}

struct figure figure_as_multi(const struct figure *figure)
{
    struct figure multi = *figure;

    multi.multi = true;
    return multi;
}

static bool convert(struct arena *a, enum frame frame, const struct figure *figure,
                    bool (*step)(enum frame, struct point, struct point *, struct fail *),
                    struct figure *out, struct fail *f)
{
    struct point *points = arena_take(a, (size_t)figure->point_count, sizeof *points);

    for (int32_t i = 0; i < figure->point_count; i++)
        if (!step(frame, figure->points[i], &points[i], f))
            return false;
    *out = *figure;
    out->points = points;
    return true;
}

bool figure_from_wgs84(struct arena *a, enum frame frame, const struct figure *figure,
                       struct figure *out, struct fail *f)
{
    return convert(a, frame, figure, frame_from_wgs84, out, f);
}

bool figure_to_wgs84(struct arena *a, enum frame frame, const struct figure *figure,
                     struct figure *out, struct fail *f)
{
    return convert(a, frame, figure, frame_to_wgs84, out, f);
}

struct figure_draft {
    struct arena *arena;
    enum figure_kind kind;
    struct point *points;
    int32_t *first_point;
    int32_t *first_run;
    int32_t point_count, point_room;
    int32_t run_count, run_room;
    int32_t area_count, area_room;
};

struct figure_draft *figure_draft_take(struct arena *a, enum figure_kind kind)
{
    struct figure_draft *d = arena_take(a, 1, sizeof *d);

    *d = (struct figure_draft){
        .arena = a,
        .kind = kind,
        .points = arena_take(a, FIRST_ROOM, sizeof *d->points),
        .first_point = arena_take(a, FIRST_ROOM, sizeof *d->first_point),
        .first_run = arena_take(a, FIRST_ROOM, sizeof *d->first_run),
        .point_room = FIRST_ROOM,
        .run_room = FIRST_ROOM,
        .area_room = FIRST_ROOM,
    };
    return d;
}

/* Twice the room; the old place stays in the arena, which at most doubles it. */
static void *grown(struct arena *a, const void *old, int32_t *room, size_t size)
{
    void *bigger = arena_take(a, (size_t)*room * 2, size);

    memcpy(bigger, old, (size_t)*room * size);
    *room *= 2;
    return bigger;
}

bool figure_draft_point(struct figure_draft *d, struct point p, struct fail *f)
{
    if (d->point_count == FIGURE_POINT_MAX) {
        fail_set(f, FAIL_INPUT, FIGURE_TOO_LARGE, "a figure has at most %d points",
                 FIGURE_POINT_MAX);
        return fail_allowed(f, "at most %d points", FIGURE_POINT_MAX);
    }
    if (d->point_count == d->point_room)
        d->points = grown(d->arena, d->points, &d->point_room, sizeof *d->points);
    d->points[d->point_count++] = p;
    return true;
}

/* Equal numbers, not equal bytes: -0 is 0. */
static bool same_place(struct point a, struct point b)
{
    return !(a.lon < b.lon || a.lon > b.lon || a.lat < b.lat || a.lat > b.lat);
}

static bool check_run(const struct figure_draft *d, struct fail *f)
{
    const bool ring = d->kind == FIGURE_AREAS;
    const int32_t first = d->first_point[d->run_count];
    const int32_t count = d->point_count - first;
    const int32_t min = ring ? RING_POINTS_MIN : LINE_POINTS_MIN;

    if (count < min) {
        fail_set(f, FAIL_INPUT, FIGURE_MALFORMED, "a %s needs %d points and has %d",
                 ring ? "ring" : "line", min, count);
        return fail_allowed(f, "at least %d points", min);
    }
    if (ring && !same_place(d->points[first], d->points[d->point_count - 1])) {
        fail_set(f, FAIL_INPUT, FIGURE_MALFORMED,
                 "a ring must end where it began: it began at %.7f, %.7f and ended at %.7f, %.7f",
                 d->points[first].lon, d->points[first].lat, d->points[d->point_count - 1].lon,
                 d->points[d->point_count - 1].lat);
        return fail_allowed(f, "a last point equal to the first");
    }
    return true;
}

bool figure_draft_end_run(struct figure_draft *d, struct fail *f)
{
    assert(d->kind != FIGURE_POINTS);
    if (!check_run(d, f))
        return false;
    if (d->run_count == FIGURE_RUN_MAX) {
        fail_set(f, FAIL_INPUT, FIGURE_TOO_LARGE, "a figure has at most %d lines or rings",
                 FIGURE_RUN_MAX);
        return fail_allowed(f, "at most %d lines or rings", FIGURE_RUN_MAX);
    }
    if (d->run_count + 1 == d->run_room)
        d->first_point = grown(d->arena, d->first_point, &d->run_room, sizeof *d->first_point);
    d->first_point[++d->run_count] = d->point_count;
    return true;
}

bool figure_draft_end_area(struct figure_draft *d, struct fail *f)
{
    assert(d->kind == FIGURE_AREAS && d->first_point[d->run_count] == d->point_count);
    if (d->run_count == d->first_run[d->area_count])
        return fail_set(f, FAIL_INPUT, FIGURE_MALFORMED, "an area needs a ring");
    if (d->area_count + 1 == d->area_room)
        d->first_run = grown(d->arena, d->first_run, &d->area_room, sizeof *d->first_run);
    d->first_run[++d->area_count] = d->run_count;
    return true;
}

struct figure figure_draft_done(struct figure_draft *d, bool multi)
{
    const int32_t pieces = d->kind == FIGURE_POINTS  ? d->point_count
                           : d->kind == FIGURE_LINES ? d->run_count
                                                     : d->area_count;

    return (struct figure){
        .kind = d->kind,
        .multi = multi || pieces > 1,
        .point_count = d->point_count,
        .run_count = d->run_count,
        .area_count = d->area_count,
        .points = d->points,
        .first_point = d->first_point,
        .first_run = d->first_run,
    };
}
