/* The home of PROJ. A crs has a PROJ context of its own, because a context may
 * only be used by one thread; geodesics need none. PROJ's error codes and its
 * HUGE_VAL answers end here. */
#include "geo/crs.h"

#include <geodesic.h>
#include <math.h>
#include <proj.h>
#include <stdio.h>
#include <stdlib.h>

#include "geo/base/buf.h"

/* Of WGS 84. */
static const double AXIS_M = 6378137.0;
static const double FLATTENING = 1.0 / 298.257223563;

struct crs {
    PJ_CONTEXT *context;
    PJ *plane; /* forward: degrees, longitude first, to metres, east first */
};

/* PROJ writes its complaints to stderr unless told otherwise; ours go to the
 * caller. */
static void say_nothing(void *unused, int level, const char *text)
{
    (void)unused;
    (void)level;
    (void)text;
}

static bool proj_failed(PJ_CONTEXT *context, const char *what, struct fail *f)
{
    const int code = proj_context_errno(context);
    const char *said = code != 0 ? proj_context_errno_string(context, code) : NULL;

    return fail_set(f, FAIL_BROKEN, CRS_FAILED, "%s: %s", what, said ? said : "no reason given");
}

void crs_close(struct crs *c)
{
    if (!c)
        return;
    proj_destroy(c->plane);
    proj_context_destroy(c->context);
    free(c);
}

static struct crs *open_context(struct fail *f)
{
    struct crs *c = calloc(1, sizeof *c);

    if (!c) {
        fprintf(stderr, "out of memory: %zu bytes\n", sizeof *c);
        abort();
    }
    c->context = proj_context_create();
    if (!c->context) {
        fail_set(f, FAIL_BROKEN, CRS_FAILED, "PROJ gave no context");
        crs_close(c);
        return NULL;
    }
    proj_log_func(c->context, NULL, say_nothing);
    /* PROJ may fetch grids from the network where a user's settings say so. */
    proj_context_set_enable_network(c->context, 0);
    return c;
}

/* The registry's axis order is latitude first for EPSG:4326 and often north
 * first for a plane; normalised, it is east before north on both sides. */
static bool open_plane(struct crs *c, const char *target, struct fail *f)
{
    PJ *raw = proj_create_crs_to_crs(c->context, "EPSG:4326", target, NULL);

    if (!raw)
        return proj_failed(c->context, "there is no way to the plane", f);
    c->plane = proj_normalize_for_visualization(c->context, raw);
    proj_destroy(raw);
    return c->plane || proj_failed(c->context, "the axes cannot be put in order", f);
}

struct crs *crs_open_city(struct point middle, struct fail *f)
{
    struct buf target = { 0 };
    struct crs *c = open_context(f);

    if (!c)
        return NULL;
    buf_format(&target,
               "+proj=tmerc +lat_0=%.9f +lon_0=%.9f +k=1 +x_0=0 +y_0=0 +datum=WGS84 +units=m "
               "+type=crs",
               middle.lat, middle.lon);
    const bool opened = open_plane(c, buf_text(&target), f);

    buf_free(&target);
    if (opened)
        return c;
    crs_close(c);
    return NULL;
}

static bool is_projected(PJ_CONTEXT *context, const char *name)
{
    PJ *crs = proj_create(context, name);
    const bool flat = crs && proj_get_type(crs) == PJ_TYPE_PROJECTED_CRS;

    proj_destroy(crs);
    return flat;
}

struct crs *crs_open_epsg(int32_t epsg, struct fail *f)
{
    char name[24];
    struct crs *c = open_context(f);

    if (!c)
        return NULL;
    snprintf(name, sizeof name, "EPSG:%d", epsg);
    if (!is_projected(c->context, name)) {
        fail_set(f, FAIL_INPUT, CRS_UNKNOWN, "there is no projected system %s", name);
        fail_allowed(f, "the code of a projected system in the EPSG registry");
        fail_value(f, name);
    } else if (open_plane(c, name, f)) {
        return c;
    }
    crs_close(c);
    return NULL;
}

static bool transform(struct crs *c, PJ_DIRECTION direction, double x, double y, PJ_COORD *out,
                      struct fail *f)
{
    proj_errno_reset(c->plane);
    *out = proj_trans(c->plane, direction, proj_coord(x, y, 0.0, HUGE_VAL));

    const int code = proj_errno(c->plane);

    if (code == 0 && isfinite(out->v[0]) && isfinite(out->v[1]))
        return true;
    const char *said = code != 0 ? proj_context_errno_string(c->context, code) : NULL;

    return fail_set(f, FAIL_INPUT, CRS_FAILED, "%.9g, %.9g cannot be brought into the plane: %s", x,
                    y, said ? said : "it is too far away");
}

bool crs_forward(struct crs *c, struct point p, struct crs_xy *out, struct fail *f)
{
    PJ_COORD at;

    if (!transform(c, PJ_FWD, p.lon, p.lat, &at, f))
        return false;
    *out = (struct crs_xy){ at.v[0], at.v[1] };
    return true;
}

bool crs_inverse(struct crs *c, struct crs_xy xy, struct point *out, struct fail *f)
{
    PJ_COORD at;

    if (!transform(c, PJ_INV, xy.x, xy.y, &at, f))
        return false;
    *out = (struct point){ at.v[0], at.v[1] };
    return true;
}

static struct geod_geodesic ellipsoid(void)
{
    struct geod_geodesic g;

    geod_init(&g, AXIS_M, FLATTENING);
    return g;
}

static double distance_on(const struct geod_geodesic *g, struct point a, struct point b)
{
    double metres = 0.0;

    geod_inverse(g, a.lat, a.lon, b.lat, b.lon, &metres, NULL, NULL);
    return metres;
}

double crs_distance_m(struct point a, struct point b)
{
    const struct geod_geodesic g = ellipsoid();

    return distance_on(&g, a, b);
}

double crs_length_m(const struct point *points, int32_t point_count)
{
    const struct geod_geodesic g = ellipsoid();
    double metres = 0.0;

    for (int32_t i = 0; i + 1 < point_count; i++)
        metres += distance_on(&g, points[i], points[i + 1]);
    return metres;
}

static double ring_area_m2(const struct geod_geodesic *g, const struct figure *figure, int32_t run)
{
    struct geod_polygon polygon;
    double area = 0.0;

    geod_polygon_init(&polygon, 0);
    /* The closing point is left out: the polygon closes itself. */
    for (int32_t i = figure->first_point[run]; i < figure->first_point[run + 1] - 1; i++)
        geod_polygon_addpoint(g, &polygon, figure->points[i].lat, figure->points[i].lon);
    geod_polygon_compute(g, &polygon, 0, 1, &area, NULL);
    return fabs(area);
}

double crs_area_m2(const struct figure *figure)
{
    const struct geod_geodesic g = ellipsoid();
    double area = 0.0;

    for (int32_t i = 0; i < figure->area_count; i++) {
        const int32_t outline = figure->first_run[i];

        area += ring_area_m2(&g, figure, outline);
        for (int32_t hole = outline + 1; hole < figure->first_run[i + 1]; hole++)
            area -= ring_area_m2(&g, figure, hole);
    }
    return area;
}

struct point crs_ahead(struct point p, double bearing_deg, double distance_m)
{
    const struct geod_geodesic g = ellipsoid();
    struct point there = p;

    geod_direct(&g, p.lat, p.lon, bearing_deg, distance_m, &there.lat, &there.lon, NULL);
    return there;
}
