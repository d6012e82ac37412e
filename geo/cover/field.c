/* The edges of an area lie in bands from south to north. A leg is cut where an edge meets
 * it, and each piece between two cuts is inside or outside as its middle is: so a cut too
 * many does no harm, whatever the area's corners and the street's do to each other.
 *
 * Every edge is kept with its lower end first. Two areas that share an edge then reckon
 * with the same numbers in the same order, and come to the same place on a street. */
#include "geo/cover/field.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { EDGES_A_BAND = 4, BANDS_MAX = 65536, FIRST_ROOM = 64 };

/* How far beyond its ends an edge still cuts, as a part of it: rounding must not let a
 * street slip through between two edges at their corner. */
static const double SLACK = 1e-9;

struct edge {
    double x, y;   /* the lower end, of two equally high ones the western */
    double dx, dy; /* to the other: dy >= 0 */
};

struct field {
    struct mesh_box box;
    double band_m;
    int32_t band_count;
    int32_t *first;     /* [band_count + 1] into edges */
    struct edge *edges; /* band by band; one that lies in several is there several times */
};

/* ------------------------------------------------------------------ laying it down */

static struct edge edge_between(struct crs_xy a, struct crs_xy b)
{
    const bool turned = b.y < a.y || (!(a.y < b.y) && b.x < a.x);
    const struct crs_xy low = turned ? b : a;
    const struct crs_xy high = turned ? a : b;

    return (struct edge){ low.x, low.y, high.x - low.x, high.y - low.y };
}

static int32_t band_of(const struct field *field, double y)
{
    const double band = floor((y - field->box.south) / field->band_m);

    return band < 0 ? 0 : band > field->band_count - 1 ? field->band_count - 1 : (int32_t)band;
}

/* What is done with each edge: it widens the box, is counted in its bands, or entered. */
enum task { TASK_BOX, TASK_COUNT, TASK_ENTER };

static void place_edge(struct field *field, enum task task, struct edge e)
{
    if (task == TASK_BOX) {
        field->box = (struct mesh_box){ fmin(field->box.west, fmin(e.x, e.x + e.dx)),
                                        fmin(field->box.south, e.y),
                                        fmax(field->box.east, fmax(e.x, e.x + e.dx)),
                                        fmax(field->box.north, e.y + e.dy) };
        return;
    }
    const int32_t last = band_of(field, e.y + e.dy);

    for (int32_t band = band_of(field, e.y); band <= last; band++) {
        if (task == TASK_COUNT)
            field->first[band + 1]++;
        else
            field->edges[field->first[band]++] = e;
    }
}

/* Where the points of the area are: in the plane already, or to be brought there. */
static void place_all(struct field *field, enum task task, const struct figure *areas,
                      const struct crs_xy *places)
{
    for (int32_t run = 0; run < areas->run_count; run++)
        for (int32_t i = areas->first_point[run] + 1; i < areas->first_point[run + 1]; i++)
            place_edge(field, task, edge_between(places[i - 1], places[i]));
}

static const struct field *lay(const struct figure *areas, const struct crs_xy *places,
                               struct arena *a)
{
    struct field *field = arena_take(a, 1, sizeof *field);
    const int32_t bands = areas->point_count / EDGES_A_BAND;

    field->box = (struct mesh_box){ INFINITY, INFINITY, -INFINITY, -INFINITY };
    field->band_count = bands < 1 ? 1 : bands > BANDS_MAX ? BANDS_MAX : bands;
    field->first = arena_take(a, (size_t)field->band_count + 1, sizeof *field->first);
    if (areas->kind != FIGURE_AREAS || areas->area_count == 0)
        return field;
    place_all(field, TASK_BOX, areas, places);
    field->band_m = fmax((field->box.north - field->box.south) / field->band_count, SLACK);
    place_all(field, TASK_COUNT, areas, places);
    for (int32_t i = 0; i < field->band_count; i++)
        field->first[i + 1] += field->first[i];
    field->edges = arena_take(a, (size_t)field->first[field->band_count], sizeof *field->edges);
    place_all(field, TASK_ENTER, areas, places);
    /* Each start has moved on to the next band's: move them back. */
    memmove(field->first + 1, field->first, (size_t)field->band_count * sizeof *field->first);
    field->first[0] = 0;
    return field;
}

const struct field *field_take(const struct ground *g, const struct figure *areas, struct arena *a)
{
    struct crs_xy *places = arena_take(a, (size_t)areas->point_count, sizeof *places);

    for (int32_t i = 0; i < areas->point_count; i++)
        places[i] = ground_put(g, areas->points[i]);
    return lay(areas, places, a);
}

const struct field *field_take_flat(const struct figure *areas, struct arena *a)
{
    struct crs_xy *places = arena_take(a, (size_t)areas->point_count, sizeof *places);

    for (int32_t i = 0; i < areas->point_count; i++)
        places[i] = (struct crs_xy){ areas->points[i].lon, areas->points[i].lat };
    return lay(areas, places, a);
}

struct mesh_box field_box(const struct field *field)
{
    return field->box;
}

/* By the edges that lie east of the place; one that begins at its height counts, one that
 * ends there does not. */
bool field_holds(const struct field *field, struct crs_xy at)
{
    const struct mesh_box *box = &field->box;
    bool inside = false;

    if (!(at.x >= box->west && at.x <= box->east && at.y >= box->south && at.y <= box->north))
        return false;
    const int32_t band = band_of(field, at.y);

    for (int32_t i = field->first[band]; i < field->first[band + 1]; i++) {
        const struct edge *e = &field->edges[i];

        if (e->y <= at.y && at.y < e->y + e->dy && at.x < e->x + (at.y - e->y) / e->dy * e->dx)
            inside = !inside;
    }
    return inside;
}

/* ------------------------------------------------------------------ cutting streets */

/* What the cutting of one part of a street needs. */
struct knife {
    const struct field *field;
    struct ground_runs *out;
    const struct edge **near; /* edges that come into the part's box */
    int32_t near_count, near_room;
    double *cuts; /* of the leg at hand, as parts of it: room for one a near edge and two */
};

static void make_room(struct knife *k, int32_t count)
{
    if (count <= k->near_room)
        return;
    k->near_room = count > FIRST_ROOM ? 2 * count : FIRST_ROOM;
    k->near = arena_take(k->out->arena, (size_t)k->near_room, sizeof(const struct edge *));
    k->cuts = arena_take(k->out->arena, (size_t)k->near_room + 2, sizeof *k->cuts);
}

static bool comes_into(const struct edge *e, const struct ground_part *part)
{
    const double other = e->x + e->dx;

    return e->y <= part->north && e->y + e->dy >= part->south &&
           (e->x <= part->east || other <= part->east) &&
           (e->x >= part->west || other >= part->west);
}

static void find_near(struct knife *k, const struct ground_part *part)
{
    const struct field *field = k->field;
    const int32_t from = field->first[band_of(field, part->south)];
    const int32_t to = field->first[band_of(field, part->north) + 1];

    make_room(k, to - from);
    k->near_count = 0;
    for (int32_t i = from; i < to; i++)
        if (comes_into(&field->edges[i], part))
            k->near[k->near_count++] = &field->edges[i];
}

/* Few cuts lie on a leg. */
static void sort_cuts(double *cuts, int32_t count)
{
    for (int32_t i = 1; i < count; i++) {
        const double cut = cuts[i];
        int32_t at = i;

        for (; at > 0 && cuts[at - 1] > cut; at--)
            cuts[at] = cuts[at - 1];
        cuts[at] = cut;
    }
}

/* The ends of the leg and where edges meet it, in order. */
static int32_t find_cuts(const struct knife *k, const struct ground_point *p, double dx, double dy)
{
    int32_t count = 0;

    k->cuts[count++] = 0;
    for (int32_t i = 0; i < k->near_count; i++) {
        const struct edge *e = k->near[i];
        const double x = e->x - p->x;
        const double y = e->y - p->y;
        const double det = dx * e->dy - dy * e->dx;
        const double along_leg = (x * e->dy - y * e->dx) / det;
        const double along_edge = (x * dy - y * dx) / det;

        /* Parallel ones give infinities or no numbers: no cut. */
        if (along_leg > 0 && along_leg < 1 && along_edge >= -SLACK && along_edge <= 1 + SLACK)
            k->cuts[count++] = along_leg;
    }
    k->cuts[count++] = 1;
    sort_cuts(k->cuts, count);
    return count;
}

static void cut_leg(const struct knife *k, int32_t segment, const struct ground_point *p)
{
    const double dx = p[1].x - p->x;
    const double dy = p[1].y - p->y;
    const double length_cm = p[1].along_cm - p->along_cm;
    const int32_t count = find_cuts(k, p, dx, dy);

    for (int32_t i = 1; i < count; i++) {
        const double from = k->cuts[i - 1], to = k->cuts[i];
        const double middle = (from + to) / 2;

        if (!(from < to) ||
            !field_holds(k->field, (struct crs_xy){ p->x + middle * dx, p->y + middle * dy }))
            continue;
        ground_run_add(
            k->out, (struct ground_run){ segment, p->along_cm + from * length_cm,
                                         to < 1 ? p->along_cm + to * length_cm : p[1].along_cm });
    }
}

static void cut_part(struct knife *k, const struct ground_point *points,
                     const struct ground_part *part)
{
    const struct ground_point *p = points + part->first;

    find_near(k, part);
    if (k->near_count > 0) {
        for (int32_t i = 0; i < part->leg_count; i++)
            cut_leg(k, part->segment, p + i);
    } else if (field_holds(k->field, (struct crs_xy){ p->x, p->y })) {
        ground_run_add(
            k->out, (struct ground_run){ part->segment, p->along_cm, p[part->leg_count].along_cm });
    }
}

void field_runs(const struct field *field, const struct ground *g, struct ground_runs *out)
{
    struct knife knife = { .field = field, .out = out };
    const struct ground_part *parts;
    int32_t count;

    if (!field->edges)
        return;
    parts = ground_parts_in(g, field->box, out->arena, &count);
    for (int32_t i = 0; i < count; i++)
        cut_part(&knife, ground_points(g), &parts[i]);
}

void field_find(const struct field *field, const struct ground *g, struct arena *a,
                struct range_band *out)
{
    struct ground_runs runs = { .arena = a };

    field_runs(field, g, &runs);
    ground_round(&runs, a, out);
}
