/* A leg against a circle: an end is inside or it is not, told once for the two legs that
 * share it, and where the leg crosses the circle is a root of a quadratic equation. */
#include "geo/cover/disc.h"

#include <assert.h>
#include <math.h>

/* The circle, and the leg at hand with its middle as the origin. */
struct leg {
    const struct ground_point *ends;
    double x, y;   /* from the middle of the circle to the first end */
    double dx, dy; /* to the second */
    bool is_in[2];
};

static double part_of(const struct leg *leg, double t)
{
    const double from_cm = leg->ends[0].along_cm;

    return from_cm + t * (leg->ends[1].along_cm - from_cm);
}

/* Where the leg is inside, as parts of it. False when it is nowhere, or touches only. */
static bool cross(const struct leg *leg, double square_m2, double *from, double *to)
{
    const double a = leg->dx * leg->dx + leg->dy * leg->dy;
    const double b = leg->x * leg->dx + leg->y * leg->dy;
    const double c = leg->x * leg->x + leg->y * leg->y - square_m2;
    const double d = b * b - a * c;

    *from = 0;
    *to = 1;
    if (leg->is_in[0] && leg->is_in[1])
        return true;
    if (!(d > 0) || !(a > 0))
        return false;
    /* The root that does not lose its figures, and the other by Vieta. */
    const double q = b > 0 ? -b - sqrt(d) : -b + sqrt(d);
    const double one = q / a;
    const double other = c / q;

    if (!leg->is_in[0])
        *from = fmin(one, other);
    if (!leg->is_in[1])
        *to = fmax(one, other);
    if (!leg->is_in[0] && !leg->is_in[1] && (*from < 0 || *to > 1))
        return false;
    *from = fmin(1, fmax(0, *from));
    *to = fmin(1, fmax(0, *to));
    return *from < *to;
}

/* The corner of the part's box that is nearest to the circle's middle is outside. */
static bool is_away(const struct ground_part *part, struct crs_xy centre, double square_m2)
{
    const double x = fmax(0, fmax(part->west - centre.x, centre.x - part->east));
    const double y = fmax(0, fmax(part->south - centre.y, centre.y - part->north));

    return x * x + y * y > square_m2;
}

static void cut_part(const struct ground_point *points, const struct ground_part *part,
                     struct crs_xy centre, double square_m2, struct ground_runs *out)
{
    const struct ground_point *p = points + part->first;
    struct leg leg = { .x = p->x - centre.x, .y = p->y - centre.y };

    leg.is_in[0] = leg.x * leg.x + leg.y * leg.y <= square_m2;
    for (int32_t i = 0; i < part->leg_count; i++, p++) {
        const double x = p[1].x - centre.x;
        const double y = p[1].y - centre.y;
        double from, to;

        leg.ends = p;
        leg.dx = x - leg.x;
        leg.dy = y - leg.y;
        leg.is_in[1] = x * x + y * y <= square_m2;
        if (cross(&leg, square_m2, &from, &to))
            ground_run_add(out, (struct ground_run){ part->segment, part_of(&leg, from),
                                                     to < 1 ? part_of(&leg, to) : p[1].along_cm });
        leg.x = x;
        leg.y = y;
        leg.is_in[0] = leg.is_in[1];
    }
}

void disc_runs(const struct ground *g, struct crs_xy centre, double reach_m,
               struct ground_runs *out)
{
    const struct ground_point *points = ground_points(g);
    const double square_m2 = reach_m * reach_m;
    int32_t count;
    const struct ground_part *parts =
        ground_parts_in(g,
                        (struct mesh_box){ centre.x - reach_m, centre.y - reach_m,
                                           centre.x + reach_m, centre.y + reach_m },
                        out->arena, &count);

    assert(reach_m >= 0 && reach_m <= DISC_REACH_MAX_M);
    for (int32_t i = 0; i < count; i++)
        if (!is_away(&parts[i], centre, square_m2))
            cut_part(points, &parts[i], centre, square_m2, out);
}

void disc_find(const struct ground *g, struct point centre, double reach_m, struct arena *a,
               struct range_band *out)
{
    struct ground_runs runs = { .arena = a };

    disc_runs(g, ground_put(g, centre), reach_m, &runs);
    ground_round(&runs, a, out);
}
