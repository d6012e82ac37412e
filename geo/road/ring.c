/* From the edge on, always by the one-way street farthest to the left; where traffic
 * keeps to the left, roundabouts turn right, so the other way is tried after it. */
#include "geo/road/ring.h"

#include <math.h>

enum { LENGTH_MAX_CM = 45000 }; /* all round: 140 m across */

/* Four pi times the area over the square of the length: 1 of a circle, 0.86 of a
 * pentagon, 0.79 of a square. */
static const double ROUND_ENOUGH = 0.82;
static const double SHARP = 0.2588; /* sine of 15 degrees */
static const double PI = 3.14159265358979323846;

struct vector {
    double x, y;
};

/* In the plane; `narrow` is the cosine of the latitude, one for all of a ring. */
static struct vector between(struct point_e7 a, struct point_e7 b, double narrow)
{
    return (struct vector){ (b.lon - a.lon) * narrow, b.lat - a.lat };
}

static double cross(struct vector a, struct vector b)
{
    return a.x * b.y - a.y * b.x;
}

static double dot(struct vector a, struct vector b)
{
    return a.x * b.x + a.y * b.y;
}

/* Open to cars in the direction of the edge and not in the other. */
static bool is_one_way(const struct network *n, int32_t edge)
{
    const int32_t bits = n->access[edge >> 1] >> 2 * MODE_CAR & 3;

    return bits == ((edge & 1) ? 2 : 1);
}

/* The i-th drawn point of an edge in the direction of travel. */
static struct point_e7 drawn(const struct network *n, int32_t edge, int32_t i)
{
    const int32_t segment = edge >> 1;

    return (edge & 1) ? n->shape[n->first_shape[segment + 1] - 1 - i]
                      : n->shape[n->first_shape[segment] + i];
}

/* What has been gone round so far. */
struct walk {
    const struct network *n;
    double narrow;
    double side;         /* 1 to the left, -1 to the right */
    double area, length; /* from the first point, twice the area; in units of 1e-7 degrees */
    struct vector at, course;
};

/* How far a street turns off to the left, growing from -2 to 2 with the angle. */
static double leftness(const struct walk *w, int32_t edge)
{
    const struct vector turn = between(drawn(w->n, edge, 0), drawn(w->n, edge, 1), w->narrow);
    const double along = dot(w->course, turn) / sqrt(dot(turn, turn) + 1e-9);

    return cross(w->course, turn) >= 0 ? 1 - along : along - 1;
}

/* The one-way street farthest to the side; -1 when none leaves here. */
static int32_t next_edge(const struct walk *w, int32_t edge)
{
    const struct network *n = w->n;
    const int32_t node = network_head(n, edge);
    int32_t next = -1;

    for (int32_t i = n->first_out[node]; i < n->first_out[node + 1]; i++) {
        const int32_t other = n->out_edge[i];

        if (other == (edge ^ 1) || !is_one_way(n, other))
            continue;
        if (next < 0 || w->side * (leftness(w, other) - leftness(w, next)) > 0)
            next = other;
    }
    return next;
}

/* Goes along an edge; false where it turns to the wrong side. */
static bool walk_along(struct walk *w, int32_t edge)
{
    const struct network *n = w->n;
    const int32_t count = n->first_shape[(edge >> 1) + 1] - n->first_shape[edge >> 1];

    for (int32_t i = 1; i < count; i++) {
        const struct vector leg = between(drawn(n, edge, i - 1), drawn(n, edge, i), w->narrow);
        const double length = sqrt(dot(leg, leg));

        if (length <= 0)
            continue;
        if (w->side * cross(w->course, leg) < -SHARP * length)
            return false;
        w->area += cross(w->at, leg);
        w->at.x += leg.x;
        w->at.y += leg.y;
        w->length += length;
        w->course = (struct vector){ leg.x / length, leg.y / length };
    }
    return true;
}

static int32_t try_side(const struct network *n, int32_t edge, double side,
                        int32_t edges[RING_EDGES_MAX])
{
    struct walk w = { .n = n,
                      .narrow = cos(drawn(n, edge, 0).lat * 1e-7 * PI / 180),
                      .side = side };
    uint32_t length_cm = 0;
    int32_t count = 0;

    for (int32_t at = edge; count < RING_EDGES_MAX; at = next_edge(&w, at)) {
        if (at == edge && count > 0)
            return 2 * PI * side * w.area >= ROUND_ENOUGH * w.length * w.length ? count : 0;
        if (at < 0)
            return 0;
        length_cm += n->length_cm[at >> 1];
        if (length_cm > LENGTH_MAX_CM || !walk_along(&w, at))
            return 0;
        edges[count++] = at;
    }
    return 0;
}

/* Whoever enters a ring meets its traffic: another one-way street leads to where the
 * edge begins than the one she comes by. */
static bool has_another_into(const struct network *n, int32_t edge, int32_t came_by)
{
    const int32_t node = network_tail(n, edge);

    for (int32_t i = n->first_out[node]; i < n->first_out[node + 1]; i++)
        if ((n->out_edge[i] ^ 1) != came_by && is_one_way(n, n->out_edge[i] ^ 1))
            return true;
    return false;
}

int32_t ring_find(const struct network *n, int32_t edge, int32_t came_by,
                  int32_t edges[RING_EDGES_MAX])
{
    if (!is_one_way(n, edge) || !has_another_into(n, edge, came_by))
        return 0;
    int32_t count = try_side(n, edge, 1, edges);

    if (count == 0)
        count = try_side(n, edge, -1, edges);
    for (int32_t i = 0; i < count; i++)
        if (edges[i] == came_by)
            return 0;
    return count;
}
