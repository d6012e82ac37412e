#include "geo/bus_path.h"

#include <assert.h>
#include <string.h>

#include "geo/plane.h"

struct bus_path {
    struct figure path;
    struct figure stops;
};

static void *copied(struct arena *a, const void *from, size_t count, size_t size)
{
    return memcpy(arena_take(a, count, size), from, count * size);
}

const struct bus_path *bus_path_take(struct arena *a, const struct figure *path,
                                     const struct figure *stops)
{
    struct bus_path *b = arena_take(a, 1, sizeof *b);

    assert(path->kind == FIGURE_LINES && stops->kind == FIGURE_POINTS);
    b->path = *path;
    b->path.points = copied(a, path->points, (size_t)path->point_count, sizeof *path->points);
    b->path.first_point =
        copied(a, path->first_point, (size_t)path->run_count + 1, sizeof *path->first_point);
    b->stops = *stops;
    b->stops.points = copied(a, stops->points, (size_t)stops->point_count, sizeof *stops->points);
    return b;
}

/* On a plane around the place that is asked for, which is its middle. */
static bool run_is_near(const struct bus_path *b, int32_t run, const struct plane *plane,
                        double reach_m)
{
    static const struct plane_place HERE = { 0, 0 };
    const int32_t first = b->path.first_point[run];
    struct plane_place from = plane_put(plane, b->path.points[first]);

    for (int32_t i = first + 1; i < b->path.first_point[run + 1]; i++) {
        const struct plane_place to = plane_put(plane, b->path.points[i]);

        if (plane_away_squared(HERE, from, to) <= reach_m * reach_m)
            return true;
        from = to;
    }
    return false;
}

bool bus_path_is_near(const struct bus_path *b, struct point p, double reach_m)
{
    const struct plane plane = plane_at(p);

    for (int32_t run = 0; run < b->path.run_count; run++)
        if (run_is_near(b, run, &plane, reach_m))
            return true;
    return false;
}

int32_t bus_path_stop(const struct bus_path *b, struct point p, double reach_m)
{
    const struct plane plane = plane_at(p);
    double least = reach_m * reach_m;
    int32_t nearest = -1;

    for (int32_t i = 0; i < b->stops.point_count; i++) {
        const struct plane_place stop = plane_put(&plane, b->stops.points[i]);
        const double away = stop.x * stop.x + stop.y * stop.y;

        if (away > least)
            continue;
        least = away;
        nearest = i;
    }
    return nearest;
}
