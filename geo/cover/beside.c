/* Every STEP_CM of the planned streets it is asked which straight piece of what was walked
 * is nearest; those pieces lie in a grid of cells as wide as the question is. */
#include "geo/cover/beside.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "geo/plane.h"

enum { STEP_CM = 200, CELL_M = 50 };

static const double PARALLEL_COS = 0.866;               /* 30 degrees */
static const double PAST_M = 3;                         /* beyond an end, where the line bends */
static const int64_t AGAIN_US = 120 * INT64_C(1000000); /* later than this is another passage */

/* A straight piece that was walked. */
struct leg {
    struct plane_place a, b;
    int64_t from_us, to_us;
};

struct legs {
    struct leg *legs;
    int32_t count;
    double west, south; /* of the grid */
    int32_t columns, rows;
    int32_t *first, *leg; /* per cell into leg */
};

static bool is_planned(const struct range_piece *planned, int32_t count, int32_t segment)
{
    int32_t low = 0, high = count;

    while (low < high) {
        const int32_t middle = low + (high - low) / 2;

        if (planned[middle].segment < segment)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && planned[low].segment == segment;
}

/* ------------------------------------------------------------------ what was walked */

static struct plane_place put(const struct plane *plane, const struct network *n, int32_t segment,
                              double along_cm)
{
    return plane_put(plane, network_point(n, (struct spot){ segment, (uint32_t)along_cm }));
}

/* A piece in straight pieces of at most CELL_M. */
static void add_legs(struct legs *l, const struct network *n, const struct plane *plane,
                     const struct witness_piece *p)
{
    const double length_cm = (double)p->to_cm - p->from_cm;
    const int32_t parts = 1 + (int32_t)(fabs(length_cm) / (STEP_CM * 5));
    struct plane_place at = put(plane, n, p->edge >> 1, p->from_cm);
    int64_t at_us = p->from_us;

    for (int32_t i = 1; i <= parts; i++) {
        const double share = (double)i / parts;
        const struct plane_place to = put(plane, n, p->edge >> 1, p->from_cm + share * length_cm);
        const int64_t to_us = p->from_us + (int64_t)(share * (double)(p->to_us - p->from_us));

        l->legs[l->count++] = (struct leg){ at, to, at_us, to_us };
        at = to;
        at_us = to_us;
    }
}

static int32_t count_legs(const struct witness_piece *walked, int32_t count)
{
    int32_t sum = 0;

    for (int32_t i = 0; i < count; i++)
        sum += 1 + (int32_t)(fabs((double)walked[i].to_cm - walked[i].from_cm) / (STEP_CM * 5));
    return sum;
}

static int32_t cell_of(const struct legs *l, struct plane_place p)
{
    const int32_t column = (int32_t)fmin(fmax((p.x - l->west) / CELL_M, 0), l->columns - 1);
    const int32_t row = (int32_t)fmin(fmax((p.y - l->south) / CELL_M, 0), l->rows - 1);

    return row * l->columns + column;
}

/* Legs are shorter than a cell, so each lies in the cell of its middle or next to it. */
static void lay_grid(struct legs *l, struct arena *a)
{
    double east = -INFINITY, north = -INFINITY;

    l->west = l->south = INFINITY;
    for (int32_t i = 0; i < l->count; i++) {
        l->west = fmin(l->west, l->legs[i].a.x);
        l->south = fmin(l->south, l->legs[i].a.y);
        east = fmax(east, l->legs[i].a.x);
        north = fmax(north, l->legs[i].a.y);
    }
    l->columns = 1 + (int32_t)((east - l->west) / CELL_M);
    l->rows = 1 + (int32_t)((north - l->south) / CELL_M);
    l->first = arena_take(a, (size_t)l->columns * (size_t)l->rows + 1, sizeof *l->first);
    l->leg = arena_take(a, (size_t)l->count + 1, sizeof *l->leg);
    for (int32_t i = 0; i < l->count; i++)
        l->first[cell_of(l, l->legs[i].a) + 1]++;
    for (int32_t i = 0; i < l->columns * l->rows; i++)
        l->first[i + 1] += l->first[i];
    for (int32_t i = l->count - 1; i >= 0; i--)
        l->leg[--l->first[cell_of(l, l->legs[i].a) + 1]] = i;
    /* Filled from behind: what began at [i + 1] now ends there. */
    memmove(l->first, l->first + 1, (size_t)l->columns * (size_t)l->rows * sizeof *l->first);
    l->first[l->columns * l->rows] = l->count;
}

/* ------------------------------------------------------------------ what is beside it */

struct nearest {
    double square_m;
    int64_t at_us;
};

static void look_at(const struct leg *leg, struct plane_place p, double east, double north,
                    struct nearest *best)
{
    const double dx = leg->b.x - leg->a.x, dy = leg->b.y - leg->a.y;
    const double square = dx * dx + dy * dy;

    if (square <= 0 || fabs(dx * east + dy * north) < PARALLEL_COS * sqrt(square))
        return;
    const double foot = ((p.x - leg->a.x) * dx + (p.y - leg->a.y) * dy) / square;
    const double share = fmin(fmax(foot, 0), 1);

    if (fabs(foot - share) * sqrt(square) > PAST_M)
        return;
    const double x = leg->a.x + share * dx - p.x, y = leg->a.y + share * dy - p.y;

    if (x * x + y * y >= best->square_m)
        return;
    best->square_m = x * x + y * y;
    best->at_us = leg->from_us + (int64_t)(share * (double)(leg->to_us - leg->from_us));
}

/* When she was beside a place that has a direction; false: never. */
static bool look(const struct legs *l, struct plane_place p, double east, double north,
                 int64_t *at_us)
{
    struct nearest best = { .square_m = (double)BESIDE_M * BESIDE_M };
    const int32_t column = (int32_t)floor((p.x - l->west) / CELL_M);
    const int32_t row = (int32_t)floor((p.y - l->south) / CELL_M);
    bool is_near = false;

    for (int32_t y = row - 1; y <= row + 1; y++)
        for (int32_t x = column - 1; x <= column + 1; x++) {
            if (x < 0 || y < 0 || x >= l->columns || y >= l->rows)
                continue;
            const int32_t cell = y * l->columns + x;

            for (int32_t i = l->first[cell]; i < l->first[cell + 1]; i++)
                look_at(&l->legs[l->leg[i]], p, east, north, &best);
        }
    is_near = best.square_m < (double)BESIDE_M * BESIDE_M;
    *at_us = best.at_us;
    return is_near;
}

/* What is beside a planned piece, appended. */
static void go_along(const struct legs *l, const struct network *n, const struct plane *plane,
                     const struct range_piece *planned, struct buf *out)
{
    const uint32_t length_cm = planned->to_cm - planned->from_cm;
    const uint32_t steps = 1 + length_cm / STEP_CM;
    struct plane_place before = put(plane, n, planned->segment, planned->from_cm);
    uint32_t from_cm = planned->from_cm;
    bool goes_on = false;

    for (uint32_t i = 1; i <= steps; i++) {
        const uint32_t to_cm = planned->from_cm + (uint32_t)((uint64_t)length_cm * i / steps);
        const struct plane_place here = put(plane, n, planned->segment, to_cm);
        const struct plane_place middle = { (before.x + here.x) / 2, (before.y + here.y) / 2 };
        const double far_m = hypot(here.x - before.x, here.y - before.y);
        int64_t at_us = 0;
        const bool is_beside = far_m > 0 && look(l, middle, (here.x - before.x) / far_m,
                                                 (here.y - before.y) / far_m, &at_us);
        struct witness_piece *last =
            goes_on ? (struct witness_piece *)(void *)(out->bytes + out->size) - 1 : NULL;

        if (is_beside && last && llabs(at_us - last->to_us) < AGAIN_US) {
            last->to_cm = to_cm;
            last->from_us = at_us < last->from_us ? at_us : last->from_us;
            last->to_us = at_us > last->to_us ? at_us : last->to_us;
        } else if (is_beside) {
            const struct witness_piece piece = { 2 * planned->segment, from_cm, to_cm, at_us, at_us,
                                                 WITNESS_POSITIONS };

            buf_put(out, &piece, sizeof piece);
        }
        goes_on = is_beside;
        from_cm = to_cm;
        before = here;
    }
}

void beside_find(const struct network *n, const struct range_piece *planned, int32_t planned_count,
                 const struct witness_piece *walked, int32_t walked_count, struct arena *a,
                 const struct witness_piece **out, int32_t *count)
{
    struct legs l = { .legs = arena_take(a, (size_t)count_legs(walked, walked_count) + 1,
                                         sizeof(struct leg)) };
    struct buf found = { 0 };
    struct plane plane = { 0 };

    *out = NULL;
    *count = 0;
    if (planned_count > 0)
        plane = plane_at(network_point(n, (struct spot){ planned[0].segment, 0 }));
    for (int32_t i = 0; i < walked_count && planned_count > 0; i++)
        if (witness_walked(walked[i].basis) &&
            !is_planned(planned, planned_count, walked[i].edge >> 1))
            add_legs(&l, n, &plane, &walked[i]);
    if (l.count == 0)
        return;
    lay_grid(&l, a);
    for (int32_t i = 0; i < planned_count; i++)
        go_along(&l, n, &plane, &planned[i], &found);
    struct witness_piece *kept = arena_take(a, found.size + 1, 1);

    *count = (int32_t)(found.size / sizeof *kept);
    if (found.size > 0)
        memcpy(kept, found.bytes, found.size);
    *out = kept;
    buf_free(&found);
}
