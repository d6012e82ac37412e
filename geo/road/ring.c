/* From the edge on, always by the one-way street farthest to the left; where traffic
 * keeps to the left, roundabouts turn right, so the other way is tried after it. */
#include "geo/road/ring.h"

#include <math.h>

enum { LENGTH_MAX_CM = 80000 }; /* all round: 250 m across */

/* Four pi times the area over the square of the length: 1 of a circle, 0.86 of a
 * pentagon, 0.79 of a square. */
static const double ROUND_ENOUGH = 0.82;
static const double SHARP = 0.2588; /* sine of 15 degrees */
static const double PI = 3.14159265358979323846;

struct vector {
    double x, y;
};

static struct vector between(struct point_e7 a, struct point_e7 b)
{
    return (struct vector){ (b.lon - a.lon) * cos(a.lat * 1e-7 * PI / 180), b.lat - a.lat };
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

static int32_t drawn_count(const struct network *n, int32_t edge)
{
    return n->first_shape[(edge >> 1) + 1] - n->first_shape[edge >> 1];
}

static struct vector begins(const struct network *n, int32_t edge)
{
    return between(drawn(n, edge, 0), drawn(n, edge, 1));
}

static struct vector ends(const struct network *n, int32_t edge)
{
    const int32_t count = drawn_count(n, edge);

    return between(drawn(n, edge, count - 2), drawn(n, edge, count - 1));
}

/* The one-way street farthest to the left (`side` 1) or to the right (-1); -1 when
 * none leaves here. */
static int32_t next_edge(const struct network *n, int32_t edge, double side)
{
    const struct vector course = ends(n, edge);
    const int32_t node = network_head(n, edge);
    double best = -INFINITY;
    int32_t next = -1;

    for (int32_t i = n->first_out[node]; i < n->first_out[node + 1]; i++) {
        const int32_t other = n->out_edge[i];

        if (other == (edge ^ 1) || !is_one_way(n, other))
            continue;
        const struct vector turn = begins(n, other);
        const double angle = side * atan2(cross(course, turn), dot(course, turn));

        if (angle > best) {
            best = angle;
            next = other;
        }
    }
    return next;
}

/* What has been gone round so far. */
struct walk {
    double side;
    double area, length; /* from the first point, twice the area; in units of 1e-7 degrees */
    struct vector at, course;
};

/* Goes along an edge; false where it turns to the wrong side. */
static bool walk_along(struct walk *w, const struct network *n, int32_t edge)
{
    const int32_t count = drawn_count(n, edge);

    for (int32_t i = 1; i < count; i++) {
        const struct vector leg = between(drawn(n, edge, i - 1), drawn(n, edge, i));
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
    struct walk w = { .side = side };
    uint32_t length_cm = 0;
    int32_t count = 0;

    for (int32_t at = edge; count < RING_EDGES_MAX; at = next_edge(n, at, side)) {
        if (at == edge && count > 0)
            return 2 * PI * side * w.area >= ROUND_ENOUGH * w.length * w.length ? count : 0;
        if (at < 0)
            return 0;
        length_cm += n->length_cm[at >> 1];
        if (length_cm > LENGTH_MAX_CM || !walk_along(&w, n, at))
            return 0;
        edges[count++] = at;
    }
    return 0;
}

int32_t ring_find(const struct network *n, int32_t edge, int32_t edges[RING_EDGES_MAX])
{
    if (!is_one_way(n, edge))
        return 0;
    const int32_t count = try_side(n, edge, 1, edges);

    return count > 0 ? count : try_side(n, edge, -1, edges);
}
