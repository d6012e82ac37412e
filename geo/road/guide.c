/* Geometry and steps of a route. A step ends where the street's name changes or
 * where the way turns off at a junction; the bend of a street on which nobody can
 * go wrong is no step. */
#include "geo/road/guide.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* A bearing is taken this far from the junction: the first metres of a street are
 * often drawn askew. */
static const double BEARING_AT_M = 12;

/* The part of an edge that a route uses, in measures of its segment. */
struct stretch {
    int32_t edge;
    uint32_t begin_cm;
    uint32_t end_cm; /* below begin_cm against the way's direction */
};

struct guide {
    const struct network *n;
    struct point *points;
    int32_t point_count;
};

static struct stretch stretch_of(const struct network *n, const struct route *r,
                                 struct guide_ends ends, int32_t i)
{
    const int32_t edge = r->edges[i];
    const bool back = edge & 1;
    const uint32_t length_cm = n->length_cm[edge >> 1];

    return (struct stretch){
        .edge = edge,
        .begin_cm = i == 0 && ends.from_spot ? r->from.along_cm
                    : back                   ? length_cm
                                             : 0,
        .end_cm = i == r->edge_count - 1 && ends.to_spot ? r->to.along_cm
                  : back                                 ? 0
                                                         : length_cm,
    };
}

static uint32_t length_of(struct stretch s)
{
    return s.begin_cm < s.end_cm ? s.end_cm - s.begin_cm : s.begin_cm - s.end_cm;
}

static bool same_place(struct point a, struct point b)
{
    const struct point_e7 one = point_to_e7(a);
    const struct point_e7 other = point_to_e7(b);

    return one.lon == other.lon && one.lat == other.lat;
}

static void put_point(struct guide *g, struct point p)
{
    if (g->point_count == 0 || !same_place(g->points[g->point_count - 1], p))
        g->points[g->point_count++] = p;
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

static void draw(struct guide *g, struct stretch s)
{
    const struct network *n = g->n;
    const int32_t segment = s.edge >> 1;
    const bool back = s.end_cm < s.begin_cm;
    int32_t first;
    int32_t end;

    put_point(g, network_point(n, (struct spot){ segment, s.begin_cm }));
    between(n, segment, back ? s.end_cm : s.begin_cm, back ? s.begin_cm : s.end_cm, &first, &end);
    for (int32_t i = 0; i < end - first; i++)
        put_point(g, point_from_e7(n->shape[back ? end - 1 - i : first + i]));
    put_point(g, network_point(n, (struct spot){ segment, s.end_cm }));
}

/* The direction of travel at the beginning or the end of an edge. */
static double bearing_deg(const struct network *n, int32_t edge, bool at_end)
{
    const int32_t segment = edge >> 1;
    const bool from_start = ((edge & 1) != 0) == at_end; /* of the segment */
    const uint32_t length_cm = n->length_cm[segment];
    const double reach_cm = fmin(BEARING_AT_M * 100, length_cm);
    const uint32_t near_cm = from_start ? 0 : length_cm;
    const uint32_t far_cm = from_start ? (uint32_t)reach_cm : length_cm - (uint32_t)reach_cm;
    const struct point close = network_point(n, (struct spot){ segment, near_cm });
    const struct point away = network_point(n, (struct spot){ segment, far_cm });

    return at_end ? point_bearing_deg(away, close) : point_bearing_deg(close, away);
}

static enum turn turn_of(double change_deg)
{
    static const struct {
        double below_deg;
        enum turn left, right;
    } TURNS[] = { { 25, TURN_STRAIGHT, TURN_STRAIGHT },
                  { 60, TURN_SLIGHT_LEFT, TURN_SLIGHT_RIGHT },
                  { 120, TURN_LEFT, TURN_RIGHT },
                  { 165, TURN_SHARP_LEFT, TURN_SHARP_RIGHT } };

    for (size_t i = 0; i < sizeof TURNS / sizeof TURNS[0]; i++)
        if (fabs(change_deg) < TURNS[i].below_deg)
            return change_deg < 0 ? TURNS[i].left : TURNS[i].right;
    return TURN_BACK;
}

static enum turn turn_between(const struct network *n, int32_t edge, int32_t next)
{
    if (edge == (next ^ 1))
        return TURN_BACK;
    return turn_of(remainder(bearing_deg(n, next, false) - bearing_deg(n, edge, true), 360));
}

/* What else a traveller could take where two edges meet. */
struct choice {
    int32_t ways;   /* all ways on, the one taken counted and the way back not */
    bool same_name; /* another of them keeps the name that is being followed */
};

static struct choice choice_at(const struct network *n, enum mode mode, int32_t edge, int32_t next,
                               int32_t name_at)
{
    const int32_t node = network_head(n, edge);
    struct choice choice = { 0 };

    for (int32_t i = n->first_out[node]; i < n->first_out[node + 1]; i++) {
        const int32_t other = n->out_edge[i];

        if (other == (edge ^ 1) || n->cost_ms[mode][other] >= NETWORK_COST_NEVER)
            continue;
        choice.ways++;
        choice.same_name |= other != next && n->name_at[other >> 1] == name_at;
    }
    return choice;
}

/* Whether a traveller who follows the street `name_at` has to be told something
 * between the two edges. Short pieces without a name, at crossings and bridges, are
 * taken for part of the street unless it goes on elsewhere. */
static bool new_step(const struct network *n, enum mode mode, int32_t edge, int32_t next,
                     int32_t name_at, enum turn turn)
{
    const int32_t next_name_at = n->name_at[next >> 1];
    const struct choice choice = choice_at(n, mode, edge, next, name_at);

    if (next_name_at == name_at)
        return turn != TURN_STRAIGHT && choice.ways > 1;
    return next_name_at != 0 || choice.same_name || (turn != TURN_STRAIGHT && choice.ways > 1);
}

/* The most points that drawing can give. */
static size_t point_room(const struct network *n, const struct route *r)
{
    size_t room = 2;

    for (int32_t i = 0; i < r->edge_count; i++) {
        const int32_t segment = r->edges[i] >> 1;

        room += (size_t)(n->first_shape[segment + 1] - n->first_shape[segment]) + 2;
    }
    return room;
}

void guide_fill(const struct network *n, enum mode mode, struct guide_ends ends, struct arena *a,
                struct route *r)
{
    struct guide g = { .n = n, .points = arena_take(a, point_room(n, r), sizeof *g.points) };
    struct route_step *steps = arena_take(a, (size_t)r->edge_count + 2, sizeof *steps);
    const int32_t first = r->edge_count > 0 ? r->edges[0] >> 1 : r->from.segment;
    int32_t name_at = n->name_at[first]; /* of the street that is being followed */
    int32_t step = 0;

    steps[0] = (struct route_step){ .turn = TURN_DEPART, .name = network_name(n, first) };
    r->length_cm = 0;
    put_point(&g, network_point(n, r->from));
    for (int32_t i = 0; i < r->edge_count; i++) {
        const struct stretch s = stretch_of(n, r, ends, i);
        const enum turn turn = i > 0 ? turn_between(n, r->edges[i - 1], s.edge) : TURN_DEPART;

        if (i > 0 && new_step(n, mode, r->edges[i - 1], s.edge, name_at, turn)) {
            name_at = n->name_at[s.edge >> 1];
            steps[++step] = (struct route_step){ .turn = turn,
                                                 .name = network_name(n, s.edge >> 1),
                                                 .first_point = g.point_count - 1 };
        }
        steps[step].length_cm += length_of(s);
        steps[step].cost_ms += network_part_ms(n, mode, s.edge, length_of(s));
        r->length_cm += length_of(s);
        draw(&g, s);
    }
    if (g.point_count < 2)
        g.points[g.point_count++] = network_point(n, r->to);
    steps[++step] = (struct route_step){ .turn = TURN_ARRIVE,
                                         .name = network_name(n, r->to.segment),
                                         .first_point = g.point_count - 1 };
    r->points = g.points;
    r->point_count = g.point_count;
    r->steps = steps;
    r->step_count = step + 1;
}
