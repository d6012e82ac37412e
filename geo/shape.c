/* The home of GEOS. Its calls answer 0, 1 or 2 (an exception), NULL for failure,
 * and say why through a callback: all three become failures here. Geometries are
 * destroyed with the arena, in the order opposite to their making, so the handle
 * goes last. */
#include "geo/shape.h"

#include <assert.h>
#include <geos_c.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

struct shape {
    GEOSContextHandle_t geos;
    struct arena *arena;
    char said[240]; /* GEOS's last words */
};

struct held {
    struct shape *shape;
    GEOSGeometry *geometry;
};

struct shape_ready {
    struct shape *shape;
    const GEOSGeometry *geometry;
    const GEOSPreparedGeometry *prepared;
};

static void listen(const char *message, void *shape)
{
    struct shape *s = shape;

    snprintf(s->said, sizeof s->said, "%s", message);
}

static void finish(void *shape)
{
    GEOS_finish_r(((struct shape *)shape)->geos);
}

struct shape *shape_take(struct arena *a)
{
    struct shape *s = arena_take(a, 1, sizeof *s);

    s->arena = a;
    s->geos = GEOS_init_r();
    assert(s->geos); /* it is NULL only when memory is out */
    GEOSContext_setErrorMessageHandler_r(s->geos, listen, s);
    arena_defer(a, finish, s);
    return s;
}

static bool failed(struct shape *s, const char *what, struct fail *f)
{
    fail_set(f, FAIL_BROKEN, SHAPE_FAILED, "%s: %s", what,
             s->said[0] ? s->said : "GEOS gives no reason");
    s->said[0] = '\0';
    return false;
}

static void destroy(void *held)
{
    struct held *h = held;

    GEOSGeom_destroy_r(h->shape->geos, h->geometry);
}

/* From here on the arena owns the geometry. NULL stays NULL. */
static GEOSGeometry *shape_defer(struct shape *s, GEOSGeometry *geometry)
{
    if (geometry) {
        struct held *h = arena_take(s->arena, 1, sizeof *h);

        *h = (struct held){ s, geometry };
        arena_defer(s->arena, destroy, h);
    }
    return geometry;
}

/* ---- figures to GEOS. What GEOS makes of parts owns the parts, also when it
 * fails, so only a finished whole is given to the arena. */

_Static_assert(sizeof(struct point) == 2 * sizeof(double) && offsetof(struct point, lat) == 8,
               "points are copied as pairs of doubles");

static GEOSCoordSequence *sequence(struct shape *s, const struct point *points, int32_t count)
{
    return GEOSCoordSeq_copyFromBuffer_r(s->geos, &points->lon, (unsigned int)count, 0, 0);
}

static GEOSGeometry *make_run(struct shape *s, const struct figure *figure, int32_t run, bool ring)
{
    const int32_t from = figure->first_point[run];
    const int32_t to = figure->first_point[run + 1];
    GEOSCoordSequence *line = sequence(s, figure->points + from, to - from);

    if (!line)
        return NULL;
    return ring ? GEOSGeom_createLinearRing_r(s->geos, line)
                : GEOSGeom_createLineString_r(s->geos, line);
}

static GEOSGeometry *make_point(struct shape *s, struct point p)
{
    GEOSCoordSequence *at = sequence(s, &p, 1);

    return at ? GEOSGeom_createPoint_r(s->geos, at) : NULL;
}

static void destroy_all(struct shape *s, GEOSGeometry **geometries, int32_t count)
{
    for (int32_t i = 0; i < count; i++)
        GEOSGeom_destroy_r(s->geos, geometries[i]);
}

static GEOSGeometry *make_area(struct shape *s, const struct figure *figure, int32_t area)
{
    const int32_t from = figure->first_run[area];
    const int32_t count = figure->first_run[area + 1] - from;
    GEOSGeometry **rings = arena_take(s->arena, (size_t)count, sizeof(GEOSGeometry *));

    for (int32_t i = 0; i < count; i++) {
        rings[i] = make_run(s, figure, from + i, true);
        if (!rings[i]) {
            destroy_all(s, rings, i);
            return NULL;
        }
    }
    return GEOSGeom_createPolygon_r(s->geos, rings[0], rings + 1, (unsigned int)(count - 1));
}

static GEOSGeometry *make_piece(struct shape *s, const struct figure *figure, int32_t piece)
{
    switch (figure->kind) {
    case FIGURE_POINTS:
        return make_point(s, figure->points[piece]);
    case FIGURE_LINES:
        return make_run(s, figure, piece, false);
    case FIGURE_AREAS:
        break;
    }
    return make_area(s, figure, piece);
}

static int32_t piece_count(const struct figure *figure)
{
    switch (figure->kind) {
    case FIGURE_POINTS:
        return figure->point_count;
    case FIGURE_LINES:
        return figure->run_count;
    case FIGURE_AREAS:
        break;
    }
    return figure->area_count;
}

static GEOSGeometry *make_whole(struct shape *s, const struct figure *figure)
{
    static const int MULTI[] = { GEOS_MULTIPOINT, GEOS_MULTILINESTRING, GEOS_MULTIPOLYGON };
    const int32_t count = piece_count(figure);
    GEOSGeometry **pieces = arena_take(s->arena, (size_t)count, sizeof(GEOSGeometry *));

    if (count == 1)
        return make_piece(s, figure, 0);
    for (int32_t i = 0; i < count; i++) {
        pieces[i] = make_piece(s, figure, i);
        if (!pieces[i]) {
            destroy_all(s, pieces, i);
            return NULL;
        }
    }
    return GEOSGeom_createCollection_r(s->geos, MULTI[figure->kind], pieces, (unsigned int)count);
}

/* GEOS before 3.12 crashes on coordinates that are not finite. */
static bool all_finite(const struct figure *figure)
{
    for (int32_t i = 0; i < figure->point_count; i++)
        if (!isfinite(figure->points[i].lon) || !isfinite(figure->points[i].lat))
            return false;
    return true;
}

/* The caller destroys it, or defers that. */
static GEOSGeometry *build(struct shape *s, const struct figure *figure, struct fail *f)
{
    GEOSGeometry *geometry;

    if (!all_finite(figure)) {
        fail_set(f, FAIL_INPUT, FIGURE_MALFORMED, "a coordinate is not finite");
        return NULL;
    }
    geometry = make_whole(s, figure);
    if (!geometry)
        failed(s, "the shape cannot be built", f);
    return geometry;
}

static bool take_in(struct shape *s, const struct figure *figure, GEOSGeometry **out,
                    struct fail *f)
{
    *out = shape_defer(s, build(s, figure, f));
    return *out;
}

/* ---- and back */

static bool add_line(struct shape *s, const GEOSGeometry *line, struct figure_draft *d,
                     struct fail *f)
{
    const GEOSCoordSequence *sequence = GEOSGeom_getCoordSeq_r(s->geos, line);
    unsigned int count = 0;

    if (!sequence || !GEOSCoordSeq_getSize_r(s->geos, sequence, &count))
        return failed(s, "the shape cannot be read", f);
    for (unsigned int i = 0; i < count; i++) {
        struct point p;

        if (!GEOSCoordSeq_getXY_r(s->geos, sequence, i, &p.lon, &p.lat))
            return failed(s, "the shape cannot be read", f);
        if (!figure_draft_point(d, p, f))
            return false;
    }
    return true;
}

static bool add_area(struct shape *s, const GEOSGeometry *polygon, struct figure_draft *d,
                     struct fail *f)
{
    const GEOSGeometry *outline = GEOSGetExteriorRing_r(s->geos, polygon);
    const int hole_count = GEOSGetNumInteriorRings_r(s->geos, polygon);

    if (!outline || hole_count < 0)
        return failed(s, "the shape cannot be read", f);
    if (!add_line(s, outline, d, f) || !figure_draft_end_run(d, f))
        return false;
    for (int i = 0; i < hole_count; i++) {
        const GEOSGeometry *hole = GEOSGetInteriorRingN_r(s->geos, polygon, i);

        if (!hole)
            return failed(s, "the shape cannot be read", f);
        if (!add_line(s, hole, d, f) || !figure_draft_end_run(d, f))
            return false;
    }
    return figure_draft_end_area(d, f);
}

/* Adds one simple geometry if it is of the draft's kind; others are dropped. */
static bool add_simple(struct shape *s, const GEOSGeometry *part, enum figure_kind kind,
                       struct figure_draft *d, struct fail *f)
{
    const int type = GEOSGeomTypeId_r(s->geos, part);

    if (GEOSisEmpty_r(s->geos, part) == 1)
        return true;
    if (kind == FIGURE_POINTS && type == GEOS_POINT)
        return add_line(s, part, d, f);
    if (kind == FIGURE_LINES && (type == GEOS_LINESTRING || type == GEOS_LINEARRING))
        return add_line(s, part, d, f) && figure_draft_end_run(d, f);
    if (kind == FIGURE_AREAS && type == GEOS_POLYGON)
        return add_area(s, part, d, f);
    return true;
}

/* Answers nest at most twice: a collection of multi-geometries. */
static bool take_out(struct shape *s, const GEOSGeometry *whole, enum figure_kind kind,
                     struct figure *out, struct fail *f)
{
    struct figure_draft *d = figure_draft_take(s->arena, kind);
    const int count = GEOSGetNumGeometries_r(s->geos, whole);

    if (count < 0)
        return failed(s, "the shape cannot be read", f);
    for (int i = 0; i < count; i++) {
        const GEOSGeometry *part = GEOSGetGeometryN_r(s->geos, whole, i);
        const int inner_count = part ? GEOSGetNumGeometries_r(s->geos, part) : -1;

        if (inner_count < 0)
            return failed(s, "the shape cannot be read", f);
        for (int k = 0; k < inner_count; k++) {
            const GEOSGeometry *inner = GEOSGetGeometryN_r(s->geos, part, k);

            if (!inner)
                return failed(s, "the shape cannot be read", f);
            if (!add_simple(s, inner, kind, d, f))
                return false;
        }
    }
    *out = figure_draft_done(d, false);
    return true;
}

/* ---- validity */

static void say_where(struct shape *s, const char *reason, GEOSGeometry *place, struct fail *f)
{
    struct point p = { 0, 0 };

    if (!place || GEOSGeomGetX_r(s->geos, place, &p.lon) != 1 ||
        GEOSGeomGetY_r(s->geos, place, &p.lat) != 1) {
        fail_set(f, FAIL_INPUT, SHAPE_INVALID, "the shape is not valid: %s", reason);
        return;
    }
    fail_set(f, FAIL_INPUT, SHAPE_INVALID, "the shape is not valid at %.7f, %.7f: %s", p.lon, p.lat,
             reason);
    fail_value(f, arena_text(s->arena, "%.7f,%.7f", p.lon, p.lat));
}

static bool check(struct shape *s, const GEOSGeometry *geometry, struct fail *f)
{
    char *reason = NULL;
    GEOSGeometry *place = NULL;
    const char answer = GEOSisValidDetail_r(s->geos, geometry, 0, &reason, &place);

    shape_defer(s, place);
    if (answer == 0) {
        say_where(s, reason ? reason : "no reason given", place, f);
        fail_allowed(f, "rings that neither cross nor touch themselves or each other");
    } else if (answer != 1) {
        failed(s, "the shape cannot be checked", f);
    }
    if (reason)
        GEOSFree_r(s->geos, reason);
    return answer == 1;
}

bool shape_check(struct shape *s, const struct figure *figure, struct fail *f)
{
    GEOSGeometry *geometry;

    return take_in(s, figure, &geometry, f) && check(s, geometry, f);
}

bool shape_repair(struct shape *s, const struct figure *figure, struct figure *out, struct fail *f)
{
    GEOSGeometry *geometry;

    if (!take_in(s, figure, &geometry, f))
        return false;
    GEOSMakeValidParams *how = GEOSMakeValidParams_create_r(s->geos);

    if (!how)
        return failed(s, "the shape cannot be repaired", f);
    GEOSMakeValidParams_setMethod_r(s->geos, how, GEOS_MAKE_VALID_STRUCTURE);
    GEOSMakeValidParams_setKeepCollapsed_r(s->geos, how, 0);

    GEOSGeometry *valid = shape_defer(s, GEOSMakeValidWithParams_r(s->geos, geometry, how));

    GEOSMakeValidParams_destroy_r(s->geos, how);
    if (!valid)
        return failed(s, "the shape cannot be repaired", f);
    return take_out(s, valid, figure->kind, out, f);
}

/* ---- questions */

static bool answer_of(struct shape *s, char answer, bool *out, struct fail *f)
{
    if (answer != 0 && answer != 1)
        return failed(s, "the shapes cannot be compared", f);
    *out = answer == 1;
    return true;
}

bool shape_contains(struct shape *s, const struct figure *outer, const struct figure *inner,
                    bool *out, struct fail *f)
{
    GEOSGeometry *a;
    GEOSGeometry *b;

    return take_in(s, outer, &a, f) && take_in(s, inner, &b, f) &&
           answer_of(s, GEOSCovers_r(s->geos, a, b), out, f);
}

bool shape_intersects(struct shape *s, const struct figure *one, const struct figure *other,
                      bool *out, struct fail *f)
{
    GEOSGeometry *a;
    GEOSGeometry *b;

    return take_in(s, one, &a, f) && take_in(s, other, &b, f) &&
           answer_of(s, GEOSIntersects_r(s->geos, a, b), out, f);
}

bool shape_intersection(struct shape *s, const struct figure *one, const struct figure *other,
                        struct figure *out, struct fail *f)
{
    const enum figure_kind kind = one->kind < other->kind ? one->kind : other->kind;
    GEOSGeometry *a;
    GEOSGeometry *b;

    if (!take_in(s, one, &a, f) || !take_in(s, other, &b, f))
        return false;
    const GEOSGeometry *common = shape_defer(s, GEOSIntersection_r(s->geos, a, b));

    if (!common)
        return failed(s, "the shapes cannot be cut", f);
    return take_out(s, common, kind, out, f);
}

bool shape_difference(struct shape *s, const struct figure *one, const struct figure *other,
                      struct figure *out, struct fail *f)
{
    GEOSGeometry *a;
    GEOSGeometry *b;

    if (!take_in(s, one, &a, f) || !take_in(s, other, &b, f))
        return false;
    const GEOSGeometry *left = shape_defer(s, GEOSDifference_r(s->geos, a, b));

    if (!left)
        return failed(s, "the shapes cannot be taken from each other", f);
    return take_out(s, left, one->kind, out, f);
}

/* All areas of all figures as one collection, whatever they do to each other. */
static bool take_together(struct shape *s, const struct figure *areas, int32_t count,
                          GEOSGeometry **out, struct fail *f)
{
    int32_t part_count = 0, made = 0;

    for (int32_t i = 0; i < count; i++) {
        assert(areas[i].kind == FIGURE_AREAS);
        part_count += areas[i].area_count;
        if (!all_finite(&areas[i]))
            return fail_set(f, FAIL_INPUT, FIGURE_MALFORMED, "a coordinate is not finite");
    }
    GEOSGeometry **parts = arena_take(s->arena, (size_t)part_count, sizeof(GEOSGeometry *));

    for (int32_t i = 0; i < count; i++) {
        for (int32_t k = 0; k < areas[i].area_count; k++) {
            parts[made] = make_area(s, &areas[i], k);
            if (!parts[made]) {
                destroy_all(s, parts, made);
                return failed(s, "the shape cannot be built", f);
            }
            made++;
        }
    }
    *out = shape_defer(
        s, GEOSGeom_createCollection_r(s->geos, GEOS_MULTIPOLYGON, parts, (unsigned int)made));
    return *out || failed(s, "the shape cannot be built", f);
}

bool shape_union(struct shape *s, const struct figure *areas, int32_t count, struct figure *out,
                 struct fail *f)
{
    GEOSGeometry *all;

    if (!take_together(s, areas, count, &all, f))
        return false;
    const GEOSGeometry *one = shape_defer(s, GEOSUnaryUnion_r(s->geos, all));

    if (!one)
        return failed(s, "the shapes cannot be united", f);
    return take_out(s, one, FIGURE_AREAS, out, f);
}

bool shape_dissolve(struct shape *s, const struct figure *areas, int32_t count, struct figure *out,
                    struct fail *f)
{
    static const double SAME = 1e-9; /* of the area */
    GEOSGeometry *all;
    double parts, whole;

    if (!take_together(s, areas, count, &all, f))
        return false;
    const GEOSGeometry *one = shape_defer(s, GEOSCoverageUnion_r(s->geos, all));

    if (one && GEOSisValid_r(s->geos, one) == 1 && GEOSArea_r(s->geos, all, &parts) == 1 &&
        GEOSArea_r(s->geos, one, &whole) == 1 && fabs(parts - whole) <= SAME * parts)
        return take_out(s, one, FIGURE_AREAS, out, f);
    return shape_union(s, areas, count, out, f);
}

bool shape_ribbon(struct shape *s, const struct figure *lines, double distance, struct figure *out,
                  struct fail *f)
{
    enum { QUADRANT_PIECES = 8 };
    static const double MITRE_LIMIT = 2;
    GEOSGeometry *line;

    if (!take_in(s, lines, &line, f))
        return false;
    const GEOSGeometry *band =
        shape_defer(s, GEOSBufferWithStyle_r(s->geos, line, distance, QUADRANT_PIECES,
                                             GEOSBUF_CAP_FLAT, GEOSBUF_JOIN_ROUND, MITRE_LIMIT));

    if (!band)
        return failed(s, "the ribbon cannot be drawn", f);
    return take_out(s, band, FIGURE_AREAS, out, f);
}

bool shape_area(struct shape *s, const struct figure *figure, double *out, struct fail *f)
{
    GEOSGeometry *geometry;
    double area;

    if (!take_in(s, figure, &geometry, f))
        return false;
    if (GEOSArea_r(s->geos, geometry, &area) != 1)
        return failed(s, "the area cannot be measured", f);
    *out = area;
    return true;
}

static void destroy_ready(void *ready)
{
    struct shape_ready *r = ready;

    GEOSPreparedGeom_destroy_r(r->shape->geos, r->prepared);
}

bool shape_prepare(struct shape *s, const struct figure *figure, const struct shape_ready **out,
                   struct fail *f)
{
    struct shape_ready *r = arena_take(s->arena, 1, sizeof *r);
    GEOSGeometry *geometry;

    if (!take_in(s, figure, &geometry, f))
        return false;
    *r = (struct shape_ready){ s, geometry, GEOSPrepare_r(s->geos, geometry) };
    if (!r->prepared)
        return failed(s, "the shape cannot be prepared", f);
    arena_defer(s->arena, destroy_ready, r);
    *out = r;
    return true;
}

/* Asked for every cell of a grid and every piece of a street, so what the asking
 * needs goes at once and not with the arena. */
static bool ask_ready(const struct shape_ready *r, const struct figure *figure,
                      char (*question)(GEOSContextHandle_t, const GEOSPreparedGeometry *,
                                       const GEOSGeometry *),
                      bool *out, struct fail *f)
{
    struct shape *s = r->shape;
    GEOSGeometry *geometry = build(s, figure, f);

    if (!geometry)
        return false;
    const char answer = question(s->geos, r->prepared, geometry);

    GEOSGeom_destroy_r(s->geos, geometry);
    return answer_of(s, answer, out, f);
}

bool shape_ready_contains(const struct shape_ready *r, const struct figure *figure, bool *out,
                          struct fail *f)
{
    return ask_ready(r, figure, GEOSPreparedCovers_r, out, f);
}

bool shape_ready_intersects(const struct shape_ready *r, const struct figure *figure, bool *out,
                            struct fail *f)
{
    return ask_ready(r, figure, GEOSPreparedIntersects_r, out, f);
}

/* What of the line is in the area; `in` stays NULL where they do not meet. */
static bool cut_line(struct shape *s, const struct shape_ready *r, GEOSGeometry *line,
                     GEOSGeometry **in, struct fail *f)
{
    const char meets = GEOSPreparedIntersects_r(s->geos, r->prepared, line);
    const char holds = meets == 1 ? GEOSPreparedCovers_r(s->geos, r->prepared, line) : 0;

    if (meets == 1 && holds <= 1)
        *in = holds ? GEOSGeom_clone_r(s->geos, line)
                    : GEOSIntersection_r(s->geos, r->geometry, line);
    return meets == 0 || *in || failed(s, "the line cannot be cut", f);
}

bool shape_ready_cut(const struct shape_ready *r, struct point from, struct point to,
                     struct shape_part parts[SHAPE_PARTS_MAX], int32_t *count, struct fail *f)
{
    struct shape *s = r->shape;
    const struct figure line = figure_line(s->arena, (struct point[]){ from, to }, 2);
    const double east = to.lon - from.lon, north = to.lat - from.lat;
    GEOSGeometry *whole = build(s, &line, f), *in = NULL;
    struct figure left = { 0 };
    bool ok =
        whole && cut_line(s, r, whole, &in, f) && (!in || take_out(s, in, FIGURE_LINES, &left, f));

    if (ok && left.run_count > SHAPE_PARTS_MAX)
        ok = fail_set(f, FAIL_BROKEN, SHAPE_FAILED, "a line is cut into %d", left.run_count);
    *count = ok ? left.run_count : 0;
    for (int32_t i = 0; i < 2 * *count; i++) {
        const struct point p = left.points[left.first_point[i / 2] + (i % 2)];
        const double share = ((p.lon - from.lon) * east + (p.lat - from.lat) * north) /
                             (east * east + north * north);

        *(i % 2 ? &parts[i / 2].to : &parts[i / 2].from) = fmin(fmax(share, 0), 1);
    }
    GEOSGeom_destroy_r(s->geos, in);
    GEOSGeom_destroy_r(s->geos, whole);
    return ok;
}
