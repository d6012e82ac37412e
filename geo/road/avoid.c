#include "geo/road/avoid.h"

struct avoid_view {
    const struct network *n;
    const struct avoid *avoid;
    struct box boxes[AVOID_AREAS_MAX];
};

const struct avoid_view *avoid_take(const struct network *n, const struct avoid *avoid,
                                    struct arena *a)
{
    struct avoid_view *v = arena_take(a, 1, sizeof *v);

    v->n = n;
    v->avoid = avoid;
    for (int32_t i = 0; i < avoid->area_count; i++)
        v->boxes[i] = figure_box(&avoid->areas[i]);
    return v;
}

/* Above zero when c lies to the left of the line from a to b. */
static double side_of(struct point a, struct point b, struct point c)
{
    return (b.lon - a.lon) * (c.lat - a.lat) - (b.lat - a.lat) * (c.lon - a.lon);
}

static bool within(double value, double one, double other)
{
    return one < other ? value >= one && value <= other : value >= other && value <= one;
}

/* Whether c, which is on the line through a and b, lies between them. */
static bool lies_on(struct point a, struct point b, struct point c)
{
    return within(c.lon, a.lon, b.lon) && within(c.lat, a.lat, b.lat);
}

static int sign(double value)
{
    return (value > 0) - (value < 0);
}

/* Touching counts. */
static bool cross(struct point a, struct point b, struct point c, struct point d)
{
    const int ca = sign(side_of(c, d, a)), cb = sign(side_of(c, d, b));
    const int ac = sign(side_of(a, b, c)), ad = sign(side_of(a, b, d));

    if (ca * cb < 0 && ac * ad < 0)
        return true;
    return (ca == 0 && lies_on(c, d, a)) || (cb == 0 && lies_on(c, d, b)) ||
           (ac == 0 && lies_on(a, b, c)) || (ad == 0 && lies_on(a, b, d));
}

/* One straight piece of a street against the rings of a figure; in *inside the crossings
 * of a ray to the east from its beginning are counted, modulo two (Shimrat, Algorithm
 * 112: position of point relative to polygon, CACM 5, 1962). */
static bool meets_ring(const struct figure *area, struct point from, struct point to, bool *inside)
{
    for (int32_t run = 0; run < area->run_count; run++)
        for (int32_t i = area->first_point[run]; i < area->first_point[run + 1] - 1; i++) {
            const struct point a = area->points[i], b = area->points[i + 1];

            if (cross(from, to, a, b))
                return true;
            if ((a.lat > from.lat) != (b.lat > from.lat) &&
                sign(side_of(a, b, from)) == (b.lat > a.lat ? 1 : -1))
                *inside = !*inside;
        }
    return false;
}

static bool touches(const struct avoid_view *v, int32_t area, int32_t segment)
{
    const struct network *n = v->n;
    bool inside = false;

    for (int32_t i = n->first_shape[segment]; i < n->first_shape[segment + 1] - 1; i++) {
        const struct point from = point_from_e7(n->shape[i]);
        const struct point to = point_from_e7(n->shape[i + 1]);
        const struct box piece = box_with(box_with(box_empty(), from), to);

        inside = false;
        if (box_meets(piece, v->boxes[area]) &&
            (meets_ring(&v->avoid->areas[area], from, to, &inside) || inside))
            return true;
    }
    return false;
}

bool avoid_has(const struct avoid_view *v, int32_t segment)
{
    if (v->avoid->classes >> v->n->street_class[segment] & 1)
        return true;
    for (int32_t i = 0; i < v->avoid->area_count; i++)
        if (touches(v, i, segment))
            return true;
    return false;
}
