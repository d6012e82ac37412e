#ifndef GEO_FENCE_H
#define GEO_FENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "geo/base/arena.h"
#include "geo/box.h"
#include "geo/figure.h"
#include "geo/point.h"

/* A place with an edge, made ready to be asked for every fix that comes near it: a
 * circle, or areas with holes. Its edge belongs to it. It lives in the arena it was
 * taken from, never changes, and any number of threads may ask it.
 *
 * It is measured on a plane of its own, which touches the earth in its middle: up to
 * FENCE_REACH_MAX_M metres and directions are right within 0.2 %. The edges of an area
 * lie in bands from south to north, so that a question reads only those of the bands
 * it is about: some ten of an area of 5,000 points whose edges are short, as those of
 * districts are; at worst all. */
struct fence;

enum {
    FENCE_REACH_MAX_M = 5000, /* radius of a circle */
    FENCE_POINTS_MAX = 5000,  /* of areas */
};

const struct fence *fence_take_circle(struct arena *a, struct point centre, double reach_m);
/* Of valid areas (shape_check) with 1 to FENCE_POINTS_MAX points. */
const struct fence *fence_take_areas(struct arena *a, const struct figure *areas);

struct box fence_box(const struct fence *f);

bool fence_holds(const struct fence *f, struct point p);
/* Whether it holds the place, or one no further than that from it. */
bool fence_is_near(const struct fence *f, struct point p, double margin_m);

/* Where the straight way between two places meets the fence first and last, as parts
 * of the way from 0 to 1; false when it passes by. From within, it meets it at 0. */
bool fence_meets(const struct fence *f, struct point from, struct point to, double *first,
                 double *last);

/* ------------------------------------------------------------------ from fix to fix */

struct fence_fix {
    struct point at;
    int64_t fix_us;
};

/* What came of a step. Both of them: she came and went on between the two fixes. */
struct fence_step {
    bool enters;
    bool leaves;
    int64_t enter_us; /* when, on a straight way at an even pace */
    int64_t leave_us;
};

/* A step of somebody who was inside, or was not. A fix alone says only what it says:
 * the way from the one before it is what cannot miss a narrow place between two fixes.
 * `from` is NULL when that one is not known, or too long ago to say where she went.
 * She has left only when she is further away than the margin, so that nobody who
 * stands at the edge comes and goes all the time; and between two fixes at most one
 * visit is seen, from where the way first meets the fence to where it last does. */
struct fence_step fence_follow(const struct fence *f, bool was_inside, double margin_m,
                               const struct fence_fix *from, const struct fence_fix *to);

#endif
