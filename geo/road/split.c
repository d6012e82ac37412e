/* One pass along the way, closing a piece at every junction. */
#include "geo/road/split.h"

#include <assert.h>
#include <math.h>

#include "geo/crs.h"

enum { JUNCTION = 2 };

int32_t split_find(const struct split_nodes *n, int64_t id)
{
    int32_t low = 0;
    int32_t high = n->count;

    while (low < high) {
        const int32_t middle = low + (high - low) / 2;

        if (n->id[middle] < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n->count && n->id[low] == id ? low : SPLIT_NOT_HERE;
}

/* A way that names a node twice in a row does not cross itself there. */
void split_count(struct split_nodes *n, const int32_t *nodes, int32_t node_count)
{
    int32_t before = SPLIT_NOT_HERE;

    for (int32_t i = 0; i < node_count; i++) {
        const int32_t node = nodes[i];

        if (node != SPLIT_NOT_HERE && node != before && n->use[node] < JUNCTION)
            n->use[node]++;
        before = node;
    }
}

void split_cut(struct split_nodes *n, int32_t node)
{
    assert(node >= 0 && node < n->count);
    n->use[node] = JUNCTION;
}

/* Where a way is being cut. */
struct cutter {
    const struct split_nodes *nodes;
    struct split_piece *pieces;
    int32_t piece_count;
    struct point_e7 *points;
    int32_t used; /* points of finished pieces */

    /* The piece under way; its points begin at points[used]. */
    int32_t steps; /* from node to node; -1 when there is no piece */
    int32_t point_count;
    int32_t first_node;
    int32_t last_node;
    double length_m;
    int64_t start_cm;
};

static void begin(struct cutter *c, int32_t node)
{
    c->steps = 0;
    c->first_node = c->last_node = node;
    c->points[c->used] = c->nodes->at[node];
    c->point_count = 1;
    c->length_m = 0;
}

static bool same_place(struct point_e7 a, struct point_e7 b)
{
    return a.lon == b.lon && a.lat == b.lat;
}

static void walk_to(struct cutter *c, int32_t node)
{
    const struct point_e7 here = c->points[c->used + c->point_count - 1];
    const struct point_e7 there = c->nodes->at[node];

    c->steps++;
    c->last_node = node;
    if (same_place(here, there))
        return;
    c->length_m += crs_distance_m(point_from_e7(here), point_from_e7(there));
    c->points[c->used + c->point_count++] = there;
}

static int32_t ordinal_of(const struct cutter *c, int64_t from_node, int64_t to_node)
{
    int32_t ordinal = 0;

    for (int32_t i = 0; i < c->piece_count; i++)
        if (c->pieces[i].from_node == from_node && c->pieces[i].to_node == to_node)
            ordinal++;
    return ordinal;
}

/* Two junctions at one place still need a street between them: it is drawn a
 * centimetre long, as its length says. */
static void finish(struct cutter *c)
{
    struct point_e7 *points = c->points + c->used;
    const int64_t from_node = c->nodes->id[c->first_node];
    const int64_t to_node = c->nodes->id[c->last_node];
    const long length_cm = lround(c->length_m * 100);

    if (c->point_count == 1) {
        points[1] = points[0];
        points[1].lat += points[1].lat < 0 ? 1 : -1;
        c->point_count = 2;
    }
    c->pieces[c->piece_count] = (struct split_piece){
        .from_node = from_node,
        .to_node = to_node,
        .ordinal = ordinal_of(c, from_node, to_node),
        .start_cm = c->start_cm,
        .length_cm = length_cm < 1           ? 1
                     : length_cm > INT32_MAX ? INT32_MAX
                                             : (int32_t)length_cm,
        .point_count = c->point_count,
        .points = points,
    };
    c->start_cm += c->pieces[c->piece_count++].length_cm;
    c->used += c->point_count;
    c->steps = -1;
}

/* The way comes to a node that the extract has. */
static void arrive(struct cutter *c, int32_t node)
{
    if (c->steps < 0) {
        begin(c, node);
    } else if (node != c->last_node) {
        walk_to(c, node);
        if (c->nodes->use[node] >= JUNCTION) {
            finish(c);
            begin(c, node);
        }
    }
}

static void interrupt(struct cutter *c)
{
    if (c->steps > 0)
        finish(c);
    c->steps = -1;
}

int32_t split_way(const struct split_nodes *n, const int32_t *nodes, int32_t node_count,
                  struct arena *a, const struct split_piece **pieces)
{
    const size_t room = (size_t)node_count + 1;
    /* A piece of k steps has at most k + 1 points, and the steps are fewer than the nodes. */
    struct cutter c = {
        .nodes = n,
        .pieces = arena_take(a, room, sizeof *c.pieces),
        .points = arena_take(a, 2 * room, sizeof *c.points),
        .steps = -1,
    };

    for (int32_t i = 0; i < node_count; i++) {
        if (nodes[i] == SPLIT_NOT_HERE)
            interrupt(&c);
        else
            arrive(&c, nodes[i]);
    }
    interrupt(&c);
    *pieces = c.pieces;
    return c.piece_count;
}
