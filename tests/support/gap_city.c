#include "tests/support/gap_city.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "geo/crs.h"
#include "geo/road/draft.h"
#include "tests/support/town.h"

enum { POINTS = 6, STEP_M = 190, CIRCLE_CORNERS = 32, STAR_CORNERS = 40 };

static const struct point MIDDLE = { 117.185, 34.261 };
static const double TURN = 6.283185307179586;

struct making {
    struct town_dice dice;
    struct arena *arena;
    struct gap_city *city;
};

static double roll(struct making *b, double from, double to)
{
    return from + (to - from) * (double)(town_roll(&b->dice) >> 11) / 9007199254740992.0;
}

/* Somewhere around a place, at most so far to each side: one roll after the other. */
static struct crs_xy around(struct making *b, double x, double y, double most_m)
{
    struct crs_xy at;

    at.x = x + roll(b, -most_m, most_m);
    at.y = y + roll(b, -most_m, most_m);
    return at;
}

static void must(bool done, const struct fail *f)
{
    if (done)
        return;
    fprintf(stderr, "gap_city: %s\n", f->text);
    exit(2); // NOLINT(concurrency-mt-unsafe): one thread
}

static void add_street(struct making *b, struct draft *d, int64_t id, const struct crs_xy *from,
                       const struct crs_xy *to)
{
    const struct gauss plane = gauss_at(MIDDLE);
    struct point_e7 shape[POINTS];
    struct point points[POINTS];
    struct fail f = { 0 };

    for (int i = 0; i < POINTS; i++) {
        const double t = (double)i / (POINTS - 1);
        const double shake_m = i == 0 || i == POINTS - 1 ? 0 : 4;

        shape[i] =
            point_to_e7(gauss_back(&plane, around(b, from->x + t * (to->x - from->x),
                                                  from->y + t * (to->y - from->y), shake_m)));
        points[i] = point_from_e7(shape[i]);
    }
    must(draft_add(d,
                   &(struct draft_segment){
                       .segment_id = id,
                       .way_id = id,
                       .from_node = 2 * id,
                       .to_node = 2 * id + 1,
                       .length_cm = (uint32_t)llrint(100 * crs_length_m(points, POINTS)),
                       .street_class = STREET_RESIDENTIAL,
                       .access = 63,
                       .name = "",
                       .shape = shape,
                       .shape_count = POINTS,
                   },
                   &f),
         &f);
}

static void lay_streets(struct making *b, int32_t side)
{
    struct crs_xy *nodes = arena_take(b->arena, (size_t)side * (size_t)side, sizeof *nodes);
    struct draft *d = draft_new();
    struct fail f = { 0 };
    int64_t id = 1;

    for (int32_t i = 0; i < side * side; i++) {
        const int32_t column = i / side, row = i % side;

        nodes[i] = around(b, (column - side / 2.0) * STEP_M, (row - side / 2.0) * STEP_M, 40);
    }
    for (int32_t i = 0; i < side * side; i++) {
        if (i / side + 1 < side)
            add_street(b, d, id++, &nodes[i], &nodes[i + side]);
        if (i % side + 1 < side)
            add_street(b, d, id++, &nodes[i], &nodes[i + 1]);
    }
    must(draft_finish(d, 1, b->arena, &b->city->network, &f), &f);
    draft_free(d);
    b->city->ground = ground_new(&b->city->network);
}

static void add_ring(struct making *b, struct figure_draft *d, int32_t at, int32_t corners,
                     double least, double most)
{
    const double turned = roll(b, 0, TURN);
    struct fail f = { 0 };
    struct point first = { 0, 0 };

    for (int32_t i = 0; i <= corners; i++) {
        const double reach = roll(b, least, most) * b->city->reach_m[at];
        struct point p = { b->city->middles[at].x + reach * cos(turned + TURN * i / corners),
                           b->city->middles[at].y + reach * sin(turned + TURN * i / corners) };

        if (i == 0)
            first = p;
        must(figure_draft_point(d, i < corners ? p : first, &f), &f);
    }
    must(figure_draft_end_run(d, &f), &f);
}

static void lay_areas(struct making *b, int32_t side, int32_t count)
{
    const double half_m = side / 2.0 * STEP_M;
    struct fail f = { 0 };

    b->city->area_count = count;
    b->city->middles = arena_take(b->arena, (size_t)count, sizeof *b->city->middles);
    b->city->reach_m = arena_take(b->arena, (size_t)count, sizeof *b->city->reach_m);
    b->city->areas = arena_take(b->arena, (size_t)count, sizeof *b->city->areas);
    for (int32_t i = 0; i < count; i++) {
        struct figure_draft *d = figure_draft_take(b->arena, FIGURE_AREAS);

        b->city->middles[i] = around(b, 0, 0, half_m);
        b->city->reach_m[i] = roll(b, 120, 280);
        if (i % 2 == 0) {
            add_ring(b, d, i, CIRCLE_CORNERS, 1, 1);
        } else {
            add_ring(b, d, i, STAR_CORNERS, 0.6, 1);
            add_ring(b, d, i, CIRCLE_CORNERS, 0.2, 0.4);
        }
        must(figure_draft_end_area(d, &f), &f);
        b->city->areas[i] = figure_draft_done(d, false);
    }
}

static void free_ground(void *ground)
{
    ground_free(ground);
}

void gap_city_take(uint64_t seed, int32_t side, int32_t area_count, struct arena *a,
                   struct gap_city *out)
{
    struct making m = { .dice = { seed }, .arena = a, .city = out };

    lay_streets(&m, side);
    arena_defer(a, free_ground, out->ground);
    lay_areas(&m, side, area_count);
}
