/* Each wall throws a shadow: what lies between the two rays over its ends and behind it.
 * Of a straight leg of a street the shadow takes one interval, which is computed from the
 * wall and the leg alone; neighbours share a corner and with it the ray, so no light
 * comes through between them.
 *
 * The sweep around the place is made of BINS directions. In each only those walls are
 * kept that are not behind another which shuts the whole of it, and a leg is compared with
 * the walls in its directions. Directions are told by the length of the way around a
 * square instead of an angle: it needs no arc tangent and ascends like one. */
#include "geo/cover/view.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "geo/cover/disc.h"

enum {
    QUARTER = 256, /* directions in a quarter */
    BINS = 4 * QUARTER,
    FIRST_ROOM = 32,
};

/* A vector from the place where somebody stands. */
struct ray {
    double x, y;
};

struct wall {
    struct ray a, b; /* b lies counter-clockwise of a */
    double nearest_m;
    int32_t first, bins; /* the bins it is in: so many from the first, around */
    int32_t leg;         /* with which it was compared last */
};

struct sight {
    struct arena *arena;
    struct crs_xy at;
    double reach_m;
    int32_t wall_count;
    struct wall *walls;
    double shut_m[BINS];     /* nothing is seen beyond, in the whole of the bin */
    int32_t first[BINS + 1]; /* into in_bin */
    int32_t *in_bin;         /* numbers of walls */
};

static double cross(struct ray a, struct ray b)
{
    return a.x * b.y - a.y * b.x;
}

static struct ray minus(struct ray a, struct ray b)
{
    return (struct ray){ a.x - b.x, a.y - b.y };
}

/* 0 in the east, 1 in the north, up to 4. */
static double direction(struct ray r)
{
    const double sum = fabs(r.x) + fabs(r.y);
    const double part = sum > 0 ? r.y / sum : 0;

    return r.x < 0 ? 2 - part : part < 0 ? 4 + part : part;
}

static struct ray ray_towards(double direction)
{
    if (direction < 1)
        return (struct ray){ 1 - direction, direction };
    if (direction < 3)
        return (struct ray){ direction < 2 ? 1 - direction : direction - 3, 2 - direction };
    return (struct ray){ direction - 3, direction - 4 };
}

static int32_t bin_of(struct ray r)
{
    const int32_t bin = (int32_t)(direction(r) * QUARTER);

    return bin < BINS ? bin : BINS - 1;
}

static int32_t bins_between(int32_t first, int32_t last)
{
    return (last - first + BINS) % BINS + 1;
}

/* ------------------------------------------------------------------ walls in bins */

/* How far the wall is towards a ray that meets it. */
static double distance_m(const struct wall *w, struct ray towards)
{
    const struct ray along = minus(w->b, w->a);

    return cross(w->a, along) / cross(towards, along) * hypot(towards.x, towards.y);
}

static double nearest_m(struct ray a, struct ray b)
{
    const struct ray along = minus(b, a);
    const double square = along.x * along.x + along.y * along.y;
    const double t = square > 0 ? -(a.x * along.x + a.y * along.y) / square : 0;
    const double at = fmin(1, fmax(0, t));

    return hypot(a.x + at * along.x, a.y + at * along.y);
}

static bool is_among(int32_t building, const int32_t *around, int32_t count)
{
    for (int32_t i = 0; i < count; i++)
        if (around[i] == building)
            return true;
    return false;
}

static void take_wall(struct sight *s, const struct obstacle_wall *given)
{
    struct wall w = { .a = { given->from.x - s->at.x, given->from.y - s->at.y },
                      .b = { given->to.x - s->at.x, given->to.y - s->at.y },
                      .leg = -1 };
    const double turn = cross(w.a, w.b);

    if (turn < 0) {
        const struct ray swap = w.a;

        w.a = w.b;
        w.b = swap;
    }
    w.nearest_m = nearest_m(w.a, w.b);
    /* Seen edge on it hides nothing that its neighbours do not. */
    if (!(turn < 0 || turn > 0) || w.nearest_m >= s->reach_m)
        return;
    w.first = bin_of(w.a);
    w.bins = bins_between(w.first, bin_of(w.b));
    s->walls[s->wall_count++] = w;
}

/* What the wall shuts for the whole of a bin it shuts at the bin's two edges: between them
 * it is nowhere further away. */
static void shut_bins(struct sight *s, const struct wall *w)
{
    for (int32_t i = 1; i < w->bins - 1; i++) {
        const int32_t bin = (w->first + i) % BINS;
        const double one = distance_m(w, ray_towards((double)bin / QUARTER));
        const double other = distance_m(w, ray_towards((double)(bin + 1) / QUARTER));

        s->shut_m[bin] = fmin(s->shut_m[bin], fmax(one, other));
    }
}

static void enter_bins(struct sight *s)
{
    for (int pass = 0; pass < 2; pass++) {
        for (int32_t k = 0; k < s->wall_count; k++) {
            const struct wall *w = &s->walls[k];

            for (int32_t i = 0; i < w->bins; i++) {
                const int32_t bin = (w->first + i) % BINS;

                if (w->nearest_m > s->shut_m[bin])
                    continue;
                if (pass == 0)
                    s->first[bin + 1]++;
                else
                    s->in_bin[s->first[bin]++] = k;
            }
        }
        if (pass == 0) {
            for (int32_t i = 0; i < BINS; i++)
                s->first[i + 1] += s->first[i];
            s->in_bin = arena_take(s->arena, (size_t)s->first[BINS], sizeof *s->in_bin);
        }
    }
    /* Each start has moved on to the next bin's: move them back. */
    memmove(s->first + 1, s->first, BINS * sizeof *s->first);
    s->first[0] = 0;
}

static struct sight *look(const struct ground *g, const struct view_wish *wish, struct arena *a)
{
    struct sight *s = arena_take(a, 1, sizeof *s);
    int32_t around[OBSTACLE_AROUND_MAX];
    int32_t count;

    s->arena = a;
    s->at = ground_put(g, wish->place);
    s->reach_m = wish->reach_m;
    for (int32_t i = 0; i < BINS; i++)
        s->shut_m[i] = INFINITY;
    if (!wish->obstacles)
        return s;
    const int32_t around_count = obstacle_around(wish->obstacles, g, wish->place, around);
    const struct obstacle_wall *walls =
        obstacle_walls_in(wish->obstacles,
                          (struct mesh_box){ s->at.x - s->reach_m, s->at.y - s->reach_m,
                                             s->at.x + s->reach_m, s->at.y + s->reach_m },
                          a, &count);

    s->walls = arena_take(a, (size_t)count, sizeof *s->walls);
    for (int32_t i = 0; i < count; i++)
        if (!is_among(walls[i].building, around, around_count))
            take_wall(s, &walls[i]);
    for (int32_t i = 0; i < s->wall_count; i++)
        shut_bins(s, &s->walls[i]);
    enter_bins(s);
    return s;
}

/* ------------------------------------------------------------------ legs in the shadow */

/* Some of a leg, as parts of it from 0 to 1. */
struct shade {
    double from, to;
};

struct leg {
    int32_t number;
    struct ray p, q;
    double from_cm, to_cm;
    struct shade *shades;
    int32_t count, room;
};

/* Keeps of the shade where a value that is linear along the leg is not negative; `strict`:
 * nothing when it is nowhere positive. */
static void clip(struct shade *s, double at_p, double at_q, bool strict)
{
    if ((at_p < 0 && at_q < 0) || (strict && at_p <= 0 && at_q <= 0))
        s->to = -1;
    else if (at_p < 0)
        s->from = fmax(s->from, at_p / (at_p - at_q));
    else if (at_q < 0)
        s->to = fmin(s->to, at_p / (at_p - at_q));
}

static struct shade shade_of(const struct wall *w, const struct leg *leg)
{
    const struct ray along = minus(w->b, w->a);
    struct shade shade = { 0, 1 };

    clip(&shade, cross(w->a, leg->p), cross(w->a, leg->q), false);
    clip(&shade, cross(leg->p, w->b), cross(leg->q, w->b), false);
    clip(&shade, cross(minus(leg->p, w->a), along), cross(minus(leg->q, w->a), along), true);
    return shade;
}

static void add_shade(struct sight *s, struct leg *leg, struct shade shade)
{
    if (leg->count == leg->room) {
        const int32_t room = leg->room > 0 ? 2 * leg->room : FIRST_ROOM;
        struct shade *bigger = arena_take(s->arena, (size_t)room, sizeof *bigger);

        if (leg->count > 0)
            memcpy(bigger, leg->shades, (size_t)leg->count * sizeof *bigger);
        leg->shades = bigger;
        leg->room = room;
    }
    leg->shades[leg->count++] = shade;
}

/* One bin more on either side: a ray on the border of two may count as either's. */
static void shade_leg(struct sight *s, struct leg *leg)
{
    const bool is_turned = cross(leg->p, leg->q) < 0;
    const int32_t first = bin_of(is_turned ? leg->q : leg->p);
    const int32_t bins = bins_between(first, bin_of(is_turned ? leg->p : leg->q));

    leg->count = 0;
    for (int32_t i = -1; i <= bins; i++) {
        const int32_t bin = (first + i + BINS) % BINS;

        for (int32_t k = s->first[bin]; k < s->first[bin + 1]; k++) {
            struct wall *w = &s->walls[s->in_bin[k]];

            if (w->leg == leg->number)
                continue;
            w->leg = leg->number;

            const struct shade shade = shade_of(w, leg);

            if (shade.from < shade.to)
                add_shade(s, leg, shade);
        }
    }
}

static int by_from(const void *one, const void *other)
{
    const double a = ((const struct shade *)one)->from;
    const double b = ((const struct shade *)other)->from;

    return (a > b) - (a < b);
}

/* What lies between the shades. */
static void add_light(const struct leg *leg, int32_t segment, struct ground_runs *out)
{
    const double length_cm = leg->to_cm - leg->from_cm;
    double lit = 0;

    if (leg->count > 1)
        qsort(leg->shades, (size_t)leg->count, sizeof *leg->shades, by_from);
    for (int32_t i = 0; i < leg->count; i++) {
        const struct shade *shade = &leg->shades[i];

        if (shade->from > lit)
            ground_run_add(out, (struct ground_run){ segment, leg->from_cm + lit * length_cm,
                                                     leg->from_cm + shade->from * length_cm });
        lit = fmax(lit, shade->to);
    }
    if (lit < 1)
        ground_run_add(out,
                       (struct ground_run){ segment, leg->from_cm + lit * length_cm, leg->to_cm });
}

static struct ray ray_at(const struct sight *s, const struct ground_point *p, double along_cm)
{
    const double leg_cm = p[1].along_cm - p->along_cm;
    const double t = leg_cm > 0 ? (along_cm - p->along_cm) / leg_cm : 0;

    return (struct ray){ p->x + t * (p[1].x - p->x) - s->at.x,
                         p->y + t * (p[1].y - p->y) - s->at.y };
}

/* The legs of what the disc has of a street, one by one. */
static void look_along(struct sight *s, const struct ground *g, const struct ground_run *run,
                       struct leg *leg, struct ground_runs *out)
{
    const struct ground_point *p = ground_points(g) + ground_first(g, run->segment);
    const struct ground_point *last = ground_points(g) + ground_first(g, run->segment + 1) - 1;

    while (p + 1 < last && p[1].along_cm <= run->from_cm)
        p++;
    for (; p < last && p->along_cm < run->to_cm; p++) {
        leg->from_cm = fmax(run->from_cm, p->along_cm);
        leg->to_cm = fmin(run->to_cm, p[1].along_cm);
        if (!(leg->from_cm < leg->to_cm))
            continue;
        leg->number++;
        leg->p = ray_at(s, p, leg->from_cm);
        leg->q = ray_at(s, p, leg->to_cm);
        shade_leg(s, leg);
        add_light(leg, run->segment, out);
    }
}

void view_find(const struct ground *g, const struct view_wish *wish, struct arena *a,
               struct range_band *out)
{
    struct ground_runs disc = { .arena = a }, seen = { .arena = a };
    struct leg leg = { 0 };
    struct sight *s;

    assert(wish->reach_m >= 0 && wish->reach_m <= VIEW_REACH_MAX_M);
    s = look(g, wish, a);
    disc_runs(g, s->at, s->reach_m, &disc);
    if (s->wall_count == 0) {
        ground_round(&disc, a, out);
        return;
    }
    for (int32_t i = 0; i < disc.count; i++)
        look_along(s, g, &disc.items[i], &leg, &seen);
    ground_round(&seen, a, out);
}

/* ------------------------------------------------------------------ what is seen as an area */

/* Directions at which the nearest wall may change, in one bin. */
struct turns {
    double *at;
    int32_t count;
};

static int by_value(const void *one, const void *other)
{
    const double a = *(const double *)one, b = *(const double *)other;

    return (a > b) - (a < b);
}

static void add_turn(struct turns *t, double direction, int32_t bin)
{
    if (direction > (double)bin / QUARTER && direction < (double)(bin + 1) / QUARTER)
        t->at[t->count++] = direction;
}

/* Where the wall leaves the circle. */
static void add_turns_at_reach(const struct sight *s, const struct wall *w, int32_t bin,
                               struct turns *t)
{
    const struct ray along = minus(w->b, w->a);
    const double a = along.x * along.x + along.y * along.y;
    const double b = w->a.x * along.x + w->a.y * along.y;
    const double c = w->a.x * w->a.x + w->a.y * w->a.y - s->reach_m * s->reach_m;
    const double d = b * b - a * c;

    for (int side = -1; side <= 1 && d > 0 && a > 0; side += 2) {
        const double part = (-b + side * sqrt(d)) / a;

        if (part > 0 && part < 1)
            add_turn(t, direction((struct ray){ w->a.x + part * along.x, w->a.y + part * along.y }),
                     bin);
    }
}

static void find_turns(const struct sight *s, int32_t bin, struct turns *t)
{
    t->count = 0;
    t->at[t->count++] = (double)bin / QUARTER;
    t->at[t->count++] = (double)(bin + 1) / QUARTER;
    for (int32_t i = s->first[bin]; i < s->first[bin + 1]; i++) {
        const struct wall *w = &s->walls[s->in_bin[i]];

        add_turn(t, direction(w->a), bin);
        add_turn(t, direction(w->b), bin);
        add_turns_at_reach(s, w, bin, t);
    }
    qsort(t->at, (size_t)t->count, sizeof *t->at, by_value);
}

/* The wall that is met first towards a ray, or NULL when the circle is. */
static const struct wall *first_wall(const struct sight *s, int32_t bin, struct ray towards)
{
    const struct wall *first = NULL;
    double first_m = s->reach_m;

    for (int32_t i = s->first[bin]; i < s->first[bin + 1]; i++) {
        const struct wall *w = &s->walls[s->in_bin[i]];

        if (cross(w->a, towards) < 0 || cross(towards, w->b) < 0)
            continue;
        const double its_m = distance_m(w, towards);

        if (its_m < first_m) {
            first = w;
            first_m = its_m;
        }
    }
    return first;
}

struct rim {
    const struct ground *ground;
    const struct sight *sight;
    struct point *points;
    int32_t count;
};

static void add_to_rim(struct rim *rim, const struct wall *w, double towards)
{
    const struct sight *s = rim->sight;
    const struct ray ray = ray_towards(towards);
    const double far_m = w ? fmin(distance_m(w, ray), s->reach_m) : s->reach_m;
    const double scale = far_m / hypot(ray.x, ray.y);

    rim->points[rim->count++] =
        gauss_back(ground_plane(rim->ground),
                   (struct crs_xy){ s->at.x + scale * ray.x, s->at.y + scale * ray.y });
}

static void draw_bin(struct rim *rim, int32_t bin, struct turns *t)
{
    static const double LEAST = 1e-9; /* of a quarter: narrower gaps are not drawn */

    find_turns(rim->sight, bin, t);
    for (int32_t i = 1; i < t->count; i++) {
        const double from = t->at[i - 1], to = t->at[i];
        const struct wall *w;

        if (to - from < LEAST)
            continue;
        w = first_wall(rim->sight, bin, ray_towards((from + to) / 2));
        add_to_rim(rim, w, from);
        add_to_rim(rim, w, to);
    }
}

void view_outline(const struct ground *g, const struct view_wish *wish, struct arena *a,
                  struct figure *out)
{
    const struct sight *s;
    struct rim rim = { .ground = g };
    int32_t most = 0;
    struct turns turns;

    assert(wish->reach_m >= 0 && wish->reach_m <= VIEW_REACH_MAX_M);
    *out = (struct figure){ .kind = FIGURE_AREAS };
    if (!(wish->reach_m > 0))
        return;
    s = look(g, wish, a);
    for (int32_t i = 0; i < BINS; i++)
        most = s->first[i + 1] - s->first[i] > most ? s->first[i + 1] - s->first[i] : most;
    turns.at = arena_take(a, 4 * (size_t)most + 2, sizeof *turns.at);
    rim.sight = s;
    rim.points = arena_take(a, 2 * (4 * (size_t)s->first[BINS] + 2 * BINS) + 1, sizeof *rim.points);
    for (int32_t bin = 0; bin < BINS; bin++)
        draw_bin(&rim, bin, &turns);
    rim.points[rim.count++] = rim.points[0];
    *out = figure_ring(a, rim.points, rim.count);
}
