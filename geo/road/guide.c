/* Geometry and steps of a route. A step ends where the street's name changes or
 * where the way turns off at a junction; the bend of a street on which nobody can
 * go wrong is no step. A roundabout is one step, whatever its pieces are called. */
#include "geo/road/guide.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "geo/road/ring.h"

/* A bearing is taken this far from the junction: the first metres of a street are
 * often drawn askew. */
static const double BEARING_AT_M = 12;

static const double E7_M = 0.0111319491; /* of 1e-7 degrees on the equator */

/* The part of an edge that a leg uses, in measures of its segment. */
struct stretch {
    int32_t edge;
    uint32_t begin_cm;
    uint32_t end_cm; /* below begin_cm against the way's direction */
};

struct guide {
    const struct network *n;
    enum mode mode;
    struct point *points;
    int32_t point_count;
    struct point_e7 last; /* point */
    struct route_step *steps;
    int32_t step_count;
    int32_t name_at; /* of the street that is being followed */
};

static struct stretch stretch_of(const struct network *n, const struct leg *leg, int32_t i)
{
    const int32_t edge = leg->edges[i];
    const bool back = edge & 1;
    const uint32_t length_cm = n->length_cm[edge >> 1];

    return (struct stretch){
        .edge = edge,
        .begin_cm = i == 0 && leg->from_within ? leg->from.along_cm
                    : back                     ? length_cm
                                               : 0,
        .end_cm = i == leg->edge_count - 1 && leg->to_within ? leg->to.along_cm
                  : back                                     ? 0
                                                             : length_cm,
    };
}

static uint32_t length_of(struct stretch s)
{
    return s.begin_cm < s.end_cm ? s.end_cm - s.begin_cm : s.begin_cm - s.end_cm;
}

/* ------------------------------------------------------------------ the line */

static void put_drawn(struct guide *g, struct point_e7 p)
{
    if (g->point_count > 0 && g->last.lon == p.lon && g->last.lat == p.lat)
        return;
    g->points[g->point_count++] = point_from_e7(p);
    g->last = p;
}

static void put_spot(struct guide *g, struct spot spot)
{
    const struct point p = network_point(g->n, spot);
    const struct point_e7 drawn = point_to_e7(p);

    if (g->point_count > 0 && g->last.lon == drawn.lon && g->last.lat == drawn.lat)
        return;
    g->points[g->point_count++] = p;
    g->last = drawn;
}

/* The drawn points that lie strictly between two measures of a segment are those
 * from *first up to but not *end. */
static void between(const struct network *n, int32_t segment, uint32_t low_cm, uint32_t high_cm,
                    int32_t *first, int32_t *end)
{
    const int32_t start = n->first_shape[segment];
    const int32_t stop = n->first_shape[segment + 1];
    double total_m = 0;
    double so_far_m = 0;

    for (int32_t i = start; i < stop - 1; i++)
        total_m += network_leg_m(n->shape[i], n->shape[i + 1]);
    const double low_m = total_m * low_cm / n->length_cm[segment];
    const double high_m = total_m * high_cm / n->length_cm[segment];

    *first = stop - 1;
    *end = stop - 1;
    for (int32_t i = start + 1; i < stop - 1; i++) {
        so_far_m += network_leg_m(n->shape[i - 1], n->shape[i]);
        if (so_far_m > low_m && i < *first)
            *first = i;
        if (so_far_m >= high_m) {
            *end = i;
            break;
        }
    }
    if (*first > *end)
        *first = *end;
}

/* Whole edges, nearly all of a way, need no measuring. */
static void draw(struct guide *g, struct stretch s)
{
    const struct network *n = g->n;
    const int32_t segment = s.edge >> 1;
    const bool back = s.end_cm < s.begin_cm;
    const bool whole = length_of(s) == n->length_cm[segment];
    int32_t first = n->first_shape[segment];
    int32_t end = n->first_shape[segment + 1];

    if (!whole) {
        put_spot(g, (struct spot){ segment, s.begin_cm });
        between(n, segment, back ? s.end_cm : s.begin_cm, back ? s.begin_cm : s.end_cm, &first,
                &end);
    }
    for (int32_t i = 0; i < end - first; i++)
        put_drawn(g, n->shape[back ? end - 1 - i : first + i]);
    if (!whole)
        put_spot(g, (struct spot){ segment, s.end_cm });
}

/* ------------------------------------------------------------------ the turns */

struct vector {
    double x, y;
};

/* From where an edge begins (or ends) to where it is BEARING_AT_M further (or before),
 * metres in the plane; `narrow` is the cosine of the latitude there. */
static struct vector look_along(const struct network *n, int32_t edge, bool from_end, double narrow)
{
    const int32_t segment = edge >> 1;
    const bool onward = ((edge & 1) != 0) == from_end; /* in the direction of the way */
    const int32_t count = n->first_shape[segment + 1] - n->first_shape[segment];
    const struct point_e7 *at =
        n->shape + (onward ? n->first_shape[segment] : n->first_shape[segment + 1] - 1);
    struct vector sight = { 0 };
    double left_m = BEARING_AT_M;

    for (int32_t i = 1; i < count && left_m > 0; i++) {
        const struct point_e7 *next = onward ? at + 1 : at - 1;
        const double x = (next->lon - at->lon) * narrow * E7_M, y = (next->lat - at->lat) * E7_M;
        const double leg_m = sqrt(x * x + y * y);
        const double part = leg_m > left_m ? left_m / leg_m : 1;

        sight.x += part * x;
        sight.y += part * y;
        left_m -= leg_m;
        at = next;
    }
    return sight;
}

/* The change of course from one edge to the next by its cosine and its side. */
static enum turn turn_between(const struct network *n, int32_t edge, int32_t next)
{
    static const struct {
        double cosine; /* of an angle smaller than 25, 60, 120, 165 degrees */
        enum turn left, right;
    } TURNS[] = { { 0.90630778703665, TURN_STRAIGHT, TURN_STRAIGHT },
                  { 0.5, TURN_SLIGHT_LEFT, TURN_SLIGHT_RIGHT },
                  { -0.5, TURN_LEFT, TURN_RIGHT },
                  { -0.96592582628907, TURN_SHARP_LEFT, TURN_SHARP_RIGHT } };
    const double lat = n->node_at[network_head(n, edge)].lat * 1e-7;
    const double narrow = cos(lat * 3.14159265358979323846 / 180);
    const struct vector back = look_along(n, edge, true, narrow);
    const struct vector ahead = look_along(n, next, false, narrow);
    const double lengths =
        sqrt((back.x * back.x + back.y * back.y) * (ahead.x * ahead.x + ahead.y * ahead.y));
    const double along = -(back.x * ahead.x + back.y * ahead.y);
    const bool is_left = back.y * ahead.x - back.x * ahead.y > 0;

    if (edge == (next ^ 1))
        return TURN_BACK;
    for (size_t i = 0; i < sizeof TURNS / sizeof TURNS[0]; i++)
        if (along > TURNS[i].cosine * lengths)
            return is_left ? TURNS[i].left : TURNS[i].right;
    return lengths > 0 ? TURN_BACK : TURN_STRAIGHT;
}

/* What else a traveller could take where two edges meet. */
struct choice {
    int32_t ways;   /* all ways on, the one taken counted and the way back not */
    bool same_name; /* another of them keeps the name that is being followed */
};

static struct choice choice_at(const struct guide *g, int32_t edge, int32_t next)
{
    const struct network *n = g->n;
    const int32_t node = network_head(n, edge);
    struct choice choice = { 0 };

    for (int32_t i = n->first_out[node]; i < n->first_out[node + 1]; i++) {
        const int32_t other = n->out_edge[i];

        if (other == (edge ^ 1) || n->cost_ms[g->mode][other] >= NETWORK_COST_NEVER)
            continue;
        choice.ways++;
        choice.same_name |= other != next && n->name_at[other >> 1] == g->name_at;
    }
    return choice;
}

/* Whether a traveller who follows a street has to be told something between the two
 * edges, and which turn. Short pieces without a name, at crossings and bridges, are
 * taken for part of the street unless it goes on elsewhere. */
static bool new_step(const struct guide *g, int32_t edge, int32_t next, enum turn *turn)
{
    const int32_t next_name_at = g->n->name_at[next >> 1];
    const struct choice choice = choice_at(g, edge, next);
    const bool new_name = next_name_at != g->name_at && (next_name_at != 0 || choice.same_name);

    if (!new_name && choice.ways <= 1)
        return false;
    *turn = turn_between(g->n, edge, next);
    return new_name || *turn != TURN_STRAIGHT;
}

/* ------------------------------------------------------------------ the steps */

static struct route_step *begin_step(struct guide *g, enum turn turn, int32_t segment)
{
    struct route_step *step = &g->steps[g->step_count++];

    g->name_at = g->n->name_at[segment];
    *step = (struct route_step){ .turn = turn,
                                 .name = network_name(g->n, segment),
                                 .first_point = g->point_count > 0 ? g->point_count - 1 : 0 };
    return step;
}

static bool is_among(int32_t edge, const int32_t *edges, int32_t count)
{
    for (int32_t i = 0; i < count; i++)
        if (edges[i] == edge)
            return true;
    return false;
}

/* Whether one can leave the roundabout at the end of one of its edges. */
static bool is_exit(const struct guide *g, int32_t edge, const int32_t *ring, int32_t count)
{
    const struct network *n = g->n;
    const int32_t node = network_head(n, edge);

    for (int32_t i = n->first_out[node]; i < n->first_out[node + 1]; i++) {
        const int32_t other = n->out_edge[i];

        if (n->cost_ms[g->mode][other] < NETWORK_COST_NEVER && !is_among(other, ring, count) &&
            !is_among(other ^ 1, ring, count))
            return true;
    }
    return false;
}

/* Where a leg enters a roundabout with its edge `i`: one step for all of it, that names
 * the street behind. How many of the edges lie in it, 0 when it is none. */
static int32_t go_round(struct guide *g, const struct leg *leg, int32_t i)
{
    int32_t ring[RING_EDGES_MAX], end = i, exit = 0;
    const int32_t count =
        g->mode == MODE_FOOT ? 0 : ring_find(g->n, leg->edges[i], leg->edges[i - 1], ring);

    if (count == 0)
        return 0;
    for (; end < leg->edge_count && is_among(leg->edges[end], ring, count); end++)
        exit += is_exit(g, leg->edges[end], ring, count);
    const bool leaves = end < leg->edge_count;
    struct route_step *step =
        begin_step(g, TURN_ROUNDABOUT, leg->edges[leaves ? end : end - 1] >> 1);

    step->exit = leaves ? exit : 0;
    return end - i;
}

static void follow(struct guide *g, const struct leg *leg, struct route_leg *out)
{
    int32_t told = 1; /* up to this edge there is nothing more to say */

    put_spot(g, leg->from);
    for (int32_t i = 0; i < leg->edge_count; i++) {
        const struct stretch s = stretch_of(g->n, leg, i);
        enum turn turn;

        if (i >= told) {
            const int32_t round = go_round(g, leg, i);

            told = i + round + (round > 0); /* the exit is told as well */
            if (round == 0 && new_step(g, leg->edges[i - 1], s.edge, &turn))
                begin_step(g, turn, s.edge >> 1);
        }
        struct route_step *step = &g->steps[g->step_count - 1];
        const uint32_t cost_ms = network_part_ms(g->n, g->mode, s.edge, length_of(s));

        step->length_cm += length_of(s);
        step->cost_ms += cost_ms;
        out->length_cm += length_of(s);
        draw(g, s);
    }
}

/* Edges of a way and those that meet it lie anywhere in memory: all are called for before
 * the first is looked at, each time by what came with the time before. */
static void call_for_all(const struct guide *g, const struct leg *leg)
{
    const struct network *n = g->n;

    for (int32_t i = 0; i < leg->edge_count; i++) {
        const int32_t segment = leg->edges[i] >> 1;

        __builtin_prefetch(&n->length_cm[segment]);
        __builtin_prefetch(&n->name_at[segment]);
        __builtin_prefetch(&n->from[segment]);
        __builtin_prefetch(&n->to[segment]);
        __builtin_prefetch(&n->access[segment]);
        __builtin_prefetch(&n->cost_ms[g->mode][leg->edges[i]]);
        __builtin_prefetch(&n->first_shape[segment]);
    }
    for (int32_t i = 0; i < leg->edge_count; i++) {
        __builtin_prefetch(&n->first_out[network_head(n, leg->edges[i])]);
        __builtin_prefetch(&n->shape[n->first_shape[leg->edges[i] >> 1]]);
    }
    for (int32_t i = 0; i < leg->edge_count; i++)
        __builtin_prefetch(&n->out_edge[n->first_out[network_head(n, leg->edges[i])]]);
    for (int32_t i = 0; i < leg->edge_count; i++) {
        const int32_t node = network_head(n, leg->edges[i]);

        for (int32_t out = n->first_out[node]; out < n->first_out[node + 1]; out++) {
            __builtin_prefetch(&n->cost_ms[g->mode][n->out_edge[out]]);
            __builtin_prefetch(&n->name_at[n->out_edge[out] >> 1]);
        }
    }
}

/* The most points that drawing can give, and steps. */
static void make_room(struct guide *g, const struct leg *legs, int32_t count, struct arena *a)
{
    size_t points = 2, steps = 2;

    for (int32_t l = 0; l < count; l++) {
        call_for_all(g, &legs[l]);
        points += 2;
        steps += (size_t)legs[l].edge_count + 1;
        for (int32_t i = 0; i < legs[l].edge_count; i++) {
            const int32_t segment = legs[l].edges[i] >> 1;

            points += (size_t)(g->n->first_shape[segment + 1] - g->n->first_shape[segment]) + 2;
        }
    }
    g->points = arena_take(a, points, sizeof *g->points);
    g->steps = arena_take(a, steps, sizeof *g->steps);
}

/* All edges behind one another; those of a single leg stay where they are. */
static void join(const struct leg *legs, int32_t count, struct arena *a, struct route *r)
{
    int32_t *edges;

    r->edge_count = 0;
    for (int32_t l = 0; l < count; l++)
        r->edge_count += legs[l].edge_count;
    r->edges = legs[0].edges;
    if (count == 1)
        return;
    r->edges = edges = arena_take(a, (size_t)r->edge_count + 1, sizeof *edges);
    for (int32_t l = 0; l < count; edges += legs[l].edge_count, l++)
        memcpy(edges, legs[l].edges, (size_t)legs[l].edge_count * sizeof *edges);
}

void guide_measure(const struct network *n, const struct leg *legs, int32_t count, struct arena *a,
                   struct route *out)
{
    struct route r = { .from = legs[0].from, .to = legs[count - 1].to, .leg_count = count };
    struct route_leg *told = arena_take(a, (size_t)count, sizeof *told);

    for (int32_t l = 0; l < count; l++) {
        told[l] = (struct route_leg){ legs[l].cost_ms, leg_length_cm(n, &legs[l]), 0 };
        r.cost_ms = network_add(r.cost_ms, told[l].cost_ms);
        r.length_cm += told[l].length_cm;
    }
    join(legs, count, a, &r);
    r.legs = told;
    *out = r;
}

void guide_fill(const struct network *n, enum mode mode, const struct leg *legs, int32_t count,
                struct arena *a, struct route *out)
{
    struct guide g = { .n = n, .mode = mode };
    struct route r = { .from = legs[0].from, .to = legs[count - 1].to, .leg_count = count };
    struct route_leg *told = arena_take(a, (size_t)count, sizeof *told);

    make_room(&g, legs, count, a);
    join(legs, count, a, &r);
    for (int32_t l = 0; l < count; l++) {
        const struct leg *leg = &legs[l];

        told[l].first_step = g.step_count;
        told[l].cost_ms = leg->cost_ms;
        begin_step(&g, l == 0 ? TURN_DEPART : TURN_WAYPOINT,
                   leg->edge_count > 0 ? leg->edges[0] >> 1 : leg->from.segment);
        follow(&g, leg, &told[l]);
        r.cost_ms = network_add(r.cost_ms, leg->cost_ms);
        r.length_cm += told[l].length_cm;
    }
    if (g.point_count < 2)
        g.points[g.point_count++] = network_point(n, r.to);
    begin_step(&g, TURN_ARRIVE, r.to.segment);
    r.legs = told;
    r.points = g.points;
    r.point_count = g.point_count;
    r.steps = g.steps;
    r.step_count = g.step_count;
    *out = r;
}
