/* Streets are cut into parts that fit into a box of PART_M, and the parts stand in a grid. */
#include "geo/cover/ground.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    PART_M = 96,          /* above GROUND_LEG_MAX_M: in the plane a leg may be a little longer */
    REACH_M = PART_M + 2, /* of a part from its corner, in whole metres */
    CELLS_A_PART = 4,     /* at most: a country of few streets gets larger cells */
    SORT_BY_HAND = 48,    /* up to so many are sorted faster by insertion */
    FIRST_ROOM = 16,
};

struct ground {
    struct arena *arena; /* holds everything here */
    const struct network *network;
    struct gauss plane;
    struct ground_point *points;
    int32_t *first;   /* [segment_count + 1] into points */
    struct mesh mesh; /* of the parts */
    struct ground_part *parts;
};

/* ------------------------------------------------------------------ laying streets flat */

static struct point middle_of(const struct network *n)
{
    struct box box = box_empty();

    for (int32_t i = 0; i < n->shape_count; i++)
        box = box_with(box, point_from_e7(n->shape[i]));
    return n->shape_count > 0 ? box_middle(box) : (struct point){ 0, 0 };
}

static int32_t cuts_of(double leg_m)
{
    return leg_m > GROUND_LEG_MAX_M ? (int32_t)ceil(leg_m / GROUND_LEG_MAX_M) : 1;
}

static int32_t count_points(const struct network *n, int32_t segment)
{
    int32_t count = 1;

    for (int32_t i = n->first_shape[segment] + 1; i < n->first_shape[segment + 1]; i++)
        count += cuts_of(network_leg_m(n->shape[i - 1], n->shape[i]));
    return count;
}

/* From metres of the drawn shape to centimetres of the segment; the last point is its
 * length exactly. */
static void stretch(struct ground_point *points, int32_t count, uint32_t length_cm)
{
    const double drawn_m = points[count - 1].along_cm;

    for (int32_t i = 0; i < count - 1; i++)
        points[i].along_cm =
            drawn_m > 0 ? fmin(points[i].along_cm / drawn_m * length_cm, length_cm) : 0;
    points[count - 1].along_cm = length_cm;
}

static void lay_segment(struct ground *g, int32_t segment)
{
    const struct network *n = g->network;
    const struct point_e7 *shape = n->shape + n->first_shape[segment];
    const int32_t shape_count = n->first_shape[segment + 1] - n->first_shape[segment];
    struct ground_point *points = g->points + g->first[segment];
    struct crs_xy from = gauss_put(&g->plane, point_from_e7(shape[0]));
    int32_t count = 0;
    double past_m = 0;

    points[count++] = (struct ground_point){ from.x, from.y, 0 };
    for (int32_t i = 1; i < shape_count; i++) {
        const struct crs_xy to = gauss_put(&g->plane, point_from_e7(shape[i]));
        const double leg_m = network_leg_m(shape[i - 1], shape[i]);
        const int32_t cuts = cuts_of(leg_m);

        for (int32_t k = 1; k < cuts; k++) {
            const double t = (double)k / cuts;

            points[count++] = (struct ground_point){
                from.x + t * (to.x - from.x),
                from.y + t * (to.y - from.y),
                past_m + t * leg_m,
            };
        }
        past_m += leg_m;
        points[count++] = (struct ground_point){ to.x, to.y, past_m };
        from = to;
    }
    stretch(points, count, n->length_cm[segment]);
}

static void lay_streets(struct ground *g)
{
    const struct network *n = g->network;

    g->first = arena_take(g->arena, (size_t)n->segment_count + 1, sizeof *g->first);
    for (int32_t s = 0; s < n->segment_count; s++)
        g->first[s + 1] = g->first[s] + count_points(n, s);
    g->points = arena_take(g->arena, (size_t)g->first[n->segment_count], sizeof *g->points);
    for (int32_t s = 0; s < n->segment_count; s++)
        lay_segment(g, s);
}

/* ------------------------------------------------------------------ parts in cells */

static struct mesh_box box_of(const struct ground_point *p)
{
    return (struct mesh_box){ p->x, p->y, p->x, p->y };
}

static struct mesh_box box_with_point(struct mesh_box box, const struct ground_point *p)
{
    return (struct mesh_box){ fmin(box.west, p->x), fmin(box.south, p->y), fmax(box.east, p->x),
                              fmax(box.north, p->y) };
}

static struct ground_part part_of(struct mesh_box box, int32_t segment, int32_t first,
                                  int32_t leg_count)
{
    return (struct ground_part){
        .west = (int32_t)floor(box.west),
        .south = (int32_t)floor(box.south),
        .east = (int32_t)ceil(box.east),
        .north = (int32_t)ceil(box.north),
        .segment = segment,
        .first = first,
        .leg_count = leg_count,
    };
}

/* The part that begins at this point: as many legs as fit, one at least. */
static struct ground_part cut_part(const struct ground *g, int32_t segment, int32_t first)
{
    const int32_t last = g->first[segment + 1] - 1;
    struct mesh_box box = box_with_point(box_of(&g->points[first]), &g->points[first + 1]);
    int32_t at = first + 1;

    while (at < last) {
        const struct mesh_box more = box_with_point(box, &g->points[at + 1]);

        if (more.east - more.west > PART_M || more.north - more.south > PART_M)
            break;
        box = more;
        at++;
    }
    return part_of(box, segment, first, at - first);
}

/* The parts of all segments in order; counts them only when there is no place for them. */
static int32_t cut_parts(const struct ground *g, struct ground_part *out)
{
    int32_t count = 0;

    for (int32_t s = 0; s < g->network->segment_count; s++) {
        for (int32_t at = g->first[s]; at < g->first[s + 1] - 1;) {
            const struct ground_part part = cut_part(g, s, at);

            if (out)
                out[count] = part;
            count++;
            at += part.leg_count;
        }
    }
    return count;
}

static void lay_grid(struct ground *g)
{
    struct arena *scratch = arena_new();
    const int32_t count = cut_parts(g, NULL);
    struct ground_part *parts = arena_take(scratch, (size_t)count, sizeof *parts);
    struct mesh_box *boxes = arena_take(scratch, (size_t)count, sizeof *boxes);
    int32_t *place = arena_take(scratch, (size_t)count, sizeof *place);

    cut_parts(g, parts);
    for (int32_t i = 0; i < count; i++)
        boxes[i] =
            (struct mesh_box){ parts[i].west, parts[i].south, parts[i].east, parts[i].north };
    mesh_take(g->arena, boxes, count, REACH_M, place, &g->mesh);
    g->parts = arena_take(g->arena, (size_t)count, sizeof *g->parts);
    for (int32_t i = 0; i < count; i++)
        g->parts[place[i]] = parts[i];
    arena_free(scratch);
}

struct ground *ground_new(const struct network *n)
{
    struct arena *a = arena_new();
    struct ground *g = arena_take(a, 1, sizeof *g);

    g->arena = a;
    g->network = n;
    g->plane = gauss_at(middle_of(n));
    lay_streets(g);
    lay_grid(g);
    return g;
}

void ground_free(struct ground *g)
{
    if (g)
        arena_free(g->arena);
}

/* ------------------------------------------------------------------ what it tells */

size_t ground_bytes(const struct ground *g)
{
    return arena_used(g->arena);
}

const struct network *ground_network(const struct ground *g)
{
    return g->network;
}

const struct gauss *ground_plane(const struct ground *g)
{
    return &g->plane;
}

const struct ground_point *ground_points(const struct ground *g)
{
    return g->points;
}

int32_t ground_first(const struct ground *g, int32_t segment)
{
    return g->first[segment];
}

struct crs_xy ground_put(const struct ground *g, struct point p)
{
    return gauss_put(&g->plane, p);
}

struct crs_xy ground_spot(const struct ground *g, struct spot spot)
{
    const struct ground_point *points = g->points;
    int32_t low = g->first[spot.segment];
    int32_t high = g->first[spot.segment + 1] - 1;

    while (high - low > 1) {
        const int32_t middle = low + (high - low) / 2;

        if (points[middle].along_cm <= spot.along_cm)
            low = middle;
        else
            high = middle;
    }
    const double leg_cm = points[high].along_cm - points[low].along_cm;
    const double t = leg_cm > 0 ? (spot.along_cm - points[low].along_cm) / leg_cm : 0;

    return (struct crs_xy){ points[low].x + t * (points[high].x - points[low].x),
                            points[low].y + t * (points[high].y - points[low].y) };
}

/* ------------------------------------------------------------------ searching */

static int by_first(const void *one, const void *other)
{
    const int32_t a = ((const struct ground_part *)one)->first;
    const int32_t b = ((const struct ground_part *)other)->first;

    return (a > b) - (a < b);
}

static void sort_parts(struct ground_part *parts, int32_t count)
{
    if (count > SORT_BY_HAND) {
        qsort(parts, (size_t)count, sizeof *parts, by_first);
        return;
    }
    for (int32_t i = 1; i < count; i++) {
        const struct ground_part part = parts[i];
        int32_t at = i;

        for (; at > 0 && parts[at - 1].first > part.first; at--)
            parts[at] = parts[at - 1];
        parts[at] = part;
    }
}

/* Those of one row of cells that come into the box; counts them only when there is no place
 * for them. */
static int32_t pick_row(const struct ground *g, const struct mesh_box *box, int32_t row,
                        struct ground_part *out)
{
    const struct mesh_range in_row = mesh_row(&g->mesh, box, row);
    int32_t count = 0;

    for (int32_t i = in_row.from; i < in_row.to; i++) {
        const struct ground_part *p = &g->parts[i];

        if (p->west > box->east || p->east < box->west || p->south > box->north ||
            p->north < box->south)
            continue;
        if (out)
            out[count] = *p;
        count++;
    }
    return count;
}

const struct ground_part *ground_parts_in(const struct ground *g, struct mesh_box box,
                                          struct arena *a, int32_t *count)
{
    const struct mesh_range rows = mesh_rows(&g->mesh, &box);
    struct ground_part *parts;
    int32_t found = 0;

    for (int32_t row = rows.from; row <= rows.to; row++)
        found += pick_row(g, &box, row, NULL);
    parts = arena_take(a, (size_t)found, sizeof *parts);
    *count = found;
    found = 0;
    for (int32_t row = rows.from; row <= rows.to; row++)
        found += pick_row(g, &box, row, parts + found);
    sort_parts(parts, found);
    return parts;
}

/* ------------------------------------------------------------------ runs */

void ground_run_add(struct ground_runs *runs, struct ground_run run)
{
    struct ground_run *last = runs->count > 0 ? &runs->items[runs->count - 1] : NULL;

    assert(!last || last->segment < run.segment ||
           (last->segment == run.segment && last->from_cm <= run.from_cm));
    if (last && last->segment == run.segment && last->to_cm >= run.from_cm) {
        last->to_cm = fmax(last->to_cm, run.to_cm);
        return;
    }
    if (runs->count == runs->room) {
        const int32_t room = runs->room > 0 ? 2 * runs->room : FIRST_ROOM;
        struct ground_run *bigger = arena_take(runs->arena, (size_t)room, sizeof *bigger);

        if (runs->count > 0)
            memcpy(bigger, runs->items, (size_t)runs->count * sizeof *bigger);
        runs->items = bigger;
        runs->room = room;
    }
    runs->items[runs->count++] = run;
}

/* Two runs may end up touching: then they are one piece. */
void ground_round(const struct ground_runs *runs, struct arena *a, struct range_band *out)
{
    struct range_piece *pieces = arena_take(a, (size_t)runs->count, sizeof *pieces);
    int32_t count = 0;

    *out = (struct range_band){ .pieces = pieces };
    for (int32_t i = 0; i < runs->count; i++) {
        const struct ground_run *run = &runs->items[i];
        const uint32_t from_cm = (uint32_t)llrint(run->from_cm);
        const uint32_t to_cm = (uint32_t)llrint(run->to_cm);

        if (from_cm >= to_cm)
            continue;
        out->length_cm += to_cm - from_cm;
        if (count > 0 && pieces[count - 1].segment == run->segment &&
            pieces[count - 1].to_cm == from_cm)
            pieces[count - 1].to_cm = to_cm;
        else
            pieces[count++] = (struct range_piece){ run->segment, from_cm, to_cm };
    }
    out->piece_count = count;
}
