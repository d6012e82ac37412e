/* GEOS works in the arena of one question, which goes with it: what is asked of a thousand
 * cells does not pile up. */
#include "geo/cover/areas.h"

#include <math.h>

#include "geo/boxes.h"
#include "geo/road/outline.h"
#include "geo/shape.h"

static const double TURN = 6.283185307179586;

struct areas {
    const struct ground *ground;
    int32_t count;
    struct figure *flat; /* in metres of the plane, valid */
    const struct boxes *boxes;
};

/* ------------------------------------------------------------------ to the plane and back */

struct figure areas_flat(const struct ground *g, const struct figure *figure, struct arena *a)
{
    struct point *points = arena_take(a, (size_t)figure->point_count, sizeof *points);
    struct figure flat = *figure;

    for (int32_t i = 0; i < figure->point_count; i++) {
        const struct crs_xy xy = ground_put(g, figure->points[i]);

        points[i] = (struct point){ xy.x, xy.y };
    }
    flat.points = points;
    return flat;
}

static const int32_t *copy_numbers(const int32_t *numbers, int32_t count, struct arena *a)
{
    int32_t *copy = arena_take(a, (size_t)count, sizeof *copy);

    for (int32_t i = 0; i < count; i++)
        copy[i] = numbers[i];
    return copy;
}

/* A copy that stays when the arena of the flat one goes. */
static struct figure round_of(const struct ground *g, const struct figure *flat, struct arena *a)
{
    struct point *points = arena_take(a, (size_t)flat->point_count, sizeof *points);
    struct figure figure = *flat;

    for (int32_t i = 0; i < flat->point_count; i++)
        points[i] = gauss_back(ground_plane(g),
                               (struct crs_xy){ flat->points[i].lon, flat->points[i].lat });
    figure.points = points;
    figure.first_point = copy_numbers(flat->first_point, flat->run_count + 1, a);
    figure.first_run = copy_numbers(flat->first_run, flat->area_count + 1, a);
    return figure;
}

struct figure areas_circle(const struct ground *g, struct point place, double reach_m,
                           struct arena *a)
{
    struct point ring[AREAS_CIRCLE_CORNERS + 1];
    const struct crs_xy middle = ground_put(g, place);

    for (int i = 0; i <= AREAS_CIRCLE_CORNERS; i++) {
        const double turn = TURN * (i % AREAS_CIRCLE_CORNERS) / AREAS_CIRCLE_CORNERS;

        ring[i] = gauss_back(ground_plane(g), (struct crs_xy){ middle.x + reach_m * cos(turn),
                                                               middle.y + reach_m * sin(turn) });
    }
    return figure_ring(a, ring, AREAS_CIRCLE_CORNERS + 1);
}

/* ------------------------------------------------------------------ what comes from outside */

bool areas_mend(const struct figure *area, struct arena *a, struct figure *out, bool *is_repaired,
                struct fail *f)
{
    struct shape *s = shape_take(a);
    struct fail why;
    struct figure mended;

    if (area->kind != FIGURE_AREAS || area->point_count == 0)
        return fail_set(f, FAIL_INPUT, FIGURE_MALFORMED, "an area that is not empty is needed");
    if (shape_check(s, area, &why)) {
        *out = *area;
        *is_repaired = false;
        return true;
    }
    if (why.code != CODE_SHAPE_INVALID) {
        *f = why;
        return false;
    }
    if (!shape_repair(s, area, &mended, f))
        return false;
    if (mended.point_count == 0) {
        *f = why;
        return false;
    }
    *out = mended;
    *is_repaired = true;
    return true;
}

bool areas_take(const struct ground *g, const struct figure *seen, int32_t count, struct arena *a,
                const struct areas **out, struct areas_notice *notice, struct fail *f)
{
    struct areas *areas = arena_take(a, 1, sizeof *areas);
    struct box *boxes = arena_take(a, (size_t)count, sizeof *boxes);
    int32_t repaired = 0;

    *areas = (struct areas){ g, count, arena_take(a, (size_t)count, sizeof *areas->flat), NULL };
    for (int32_t i = 0; i < count; i++) {
        const struct figure flat = areas_flat(g, &seen[i], a);
        bool is_repaired;

        if (!areas_mend(&flat, a, &areas->flat[i], &is_repaired, f))
            return false;
        repaired += is_repaired;
        boxes[i] = figure_box(&areas->flat[i]);
    }
    areas->boxes = boxes_take(a, boxes, count);
    notice->repaired = repaired;
    *out = areas;
    return true;
}

/* ------------------------------------------------------------------ gaps */

/* Those that come near, as one. */
static bool unite_near(const struct areas *seen, const struct figure *cell, struct shape *s,
                       struct arena *own, struct figure *out, struct fail *f)
{
    int32_t *near = arena_take(own, (size_t)seen->count, sizeof *near);
    const int32_t count = boxes_meeting(seen->boxes, figure_box(cell), near, seen->count);
    struct figure *areas = arena_take(own, (size_t)count, sizeof *areas);

    for (int32_t i = 0; i < count; i++)
        areas[i] = seen->flat[near[i]];
    *out = (struct figure){ .kind = FIGURE_AREAS };
    return count == 0 || shape_union(s, areas, count, out, f);
}

static bool take_seen(const struct areas *seen, const struct figure *cell, struct arena *own,
                      struct figure *open, struct areas_gap *sizes, struct fail *f)
{
    struct shape *s = shape_take(own);
    struct figure all;

    if (!shape_check(s, cell, f) || !unite_near(seen, cell, s, own, &all, f))
        return false;
    *open = *cell;
    if (all.point_count > 0 && !shape_difference(s, cell, &all, open, f))
        return false;
    return shape_area(s, cell, &sizes->whole_m2, f) && shape_area(s, open, &sizes->open_m2, f);
}

bool areas_gap(const struct areas *seen, const struct figure *cell, struct arena *a,
               struct areas_gap *out, struct fail *f)
{
    struct arena *own = arena_new();
    const struct figure flat = areas_flat(seen->ground, cell, own);
    struct areas_gap gap = { 0 };
    struct figure open;
    const bool ok = take_seen(seen, &flat, own, &open, &gap, f);

    if (ok) {
        *out = gap;
        out->open = round_of(seen->ground, &open, a);
    }
    arena_free(own);
    return ok;
}

bool areas_district(const struct ground *g, const struct figure *cells, int32_t count,
                    struct arena *a, struct figure *out, struct fail *f)
{
    struct arena *own = arena_new();
    struct figure *flat = arena_take(own, (size_t)count, sizeof *flat);
    struct figure whole;
    bool ok;

    for (int32_t i = 0; i < count; i++)
        flat[i] = areas_flat(g, &cells[i], own);
    ok = shape_dissolve(shape_take(own), flat, count, &whole, f);
    if (ok)
        *out = round_of(g, &whole, a);
    arena_free(own);
    return ok;
}

bool areas_ribbons(const struct ground *g, const struct range_band *band, double wide_m,
                   struct arena *a, struct figure *out, struct fail *f)
{
    struct arena *own = arena_new();
    struct figure lines, ribbons = { .kind = FIGURE_AREAS };
    bool ok = outline_streets(ground_network(g), band, own, &lines, f);

    if (ok && lines.point_count > 0) {
        const struct figure flat = areas_flat(g, &lines, own);

        ok = shape_ribbon(shape_take(own), &flat, wide_m / 2, &ribbons, f);
    }
    if (ok)
        *out = ribbons.point_count > 0 ? round_of(g, &ribbons, a) : ribbons;
    arena_free(own);
    return ok;
}
