#include "tests/support/by_geos.h"

#include <geos_c.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { NODE_CAPACITY = 10, HITS_MAX = 512 };

struct side {
    GEOSContextHandle_t geos;
    GEOSSTRtree *tree;
    GEOSGeometry **areas;
    const GEOSPreparedGeometry **ready;
    int32_t *numbers; /* what the tree holds */
};

struct hits {
    int32_t count;
    int32_t at[HITS_MAX];
};

static void give_up(const char *what)
{
    fprintf(stderr, "by_geos: %s\n", what);
    abort();
}

static void *must(void *made)
{
    if (!made)
        give_up("GEOS made nothing");
    return made;
}

static double cpu_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static GEOSCoordSequence *run_of(const struct side *s, const struct figure *figure, int32_t run)
{
    const int32_t from = figure->first_point[run];

    return must(GEOSCoordSeq_copyFromBuffer_r(s->geos, &figure->points[from].lon,
                                              (unsigned int)(figure->first_point[run + 1] - from),
                                              0, 0));
}

static GEOSGeometry *polygon_of(const struct side *s, const struct figure *figure, int32_t area)
{
    const int32_t first = figure->first_run[area];
    const int32_t count = figure->first_run[area + 1] - first;
    GEOSGeometry **rings = must(calloc((size_t)count, sizeof(GEOSGeometry *)));

    for (int32_t i = 0; i < count; i++)
        rings[i] = must(GEOSGeom_createLinearRing_r(s->geos, run_of(s, figure, first + i)));
    GEOSGeometry *polygon =
        must(GEOSGeom_createPolygon_r(s->geos, rings[0], rings + 1, (unsigned int)(count - 1)));

    free(rings);
    return polygon;
}

static GEOSGeometry *area_of(const struct side *s, const struct figure *figure)
{
    GEOSGeometry **parts = must(calloc((size_t)figure->area_count + 1, sizeof(GEOSGeometry *)));

    for (int32_t i = 0; i < figure->area_count; i++)
        parts[i] = polygon_of(s, figure, i);
    GEOSGeometry *whole = must(GEOSGeom_createCollection_r(s->geos, GEOS_MULTIPOLYGON, parts,
                                                           (unsigned int)figure->area_count));

    free(parts);
    return whole;
}

static void note(void *item, void *hits)
{
    struct hits *h = hits;

    if (h->count == HITS_MAX)
        give_up("too many areas meet one street");
    h->at[h->count++] = *(const int32_t *)item;
}

/* The street, or what successive areas leave of it; NULL when nothing is left. */
static GEOSGeometry *left_of(const struct side *s, const GEOSGeometry *street)
{
    struct hits near = { 0 };
    GEOSGeometry *left = NULL;

    GEOSSTRtree_query_r(s->geos, s->tree, street, note, &near);
    for (int32_t i = 0; i < near.count; i++)
        if (GEOSPreparedCovers_r(s->geos, s->ready[near.at[i]], street) == 1)
            return NULL;
    left = must(GEOSGeom_clone_r(s->geos, street));
    for (int32_t i = 0; i < near.count; i++) {
        GEOSGeometry *less;

        if (GEOSPreparedIntersects_r(s->geos, s->ready[near.at[i]], street) != 1)
            continue;
        less = must(GEOSDifference_r(s->geos, left, s->areas[near.at[i]]));
        GEOSGeom_destroy_r(s->geos, left);
        left = less;
    }
    return left;
}

static struct figure figure_of(const struct side *s, const GEOSGeometry *lines, struct arena *a)
{
    struct figure_draft *d = figure_draft_take(a, FIGURE_LINES);
    const int count = lines ? GEOSGetNumGeometries_r(s->geos, lines) : 0;
    struct fail f;

    for (int i = 0; i < count; i++) {
        const GEOSGeometry *line = GEOSGetGeometryN_r(s->geos, lines, i);
        unsigned int points = 0;

        if (GEOSisEmpty_r(s->geos, line) == 1 || GEOSGeomTypeId_r(s->geos, line) != GEOS_LINESTRING)
            continue;
        const GEOSCoordSequence *run = GEOSGeom_getCoordSeq_r(s->geos, line);

        GEOSCoordSeq_getSize_r(s->geos, run, &points);
        for (unsigned int k = 0; k < points; k++) {
            struct point p;

            GEOSCoordSeq_getXY_r(s->geos, run, k, &p.lon, &p.lat);
            figure_draft_point(d, p, &f);
        }
        if (!figure_draft_end_run(d, &f))
            give_up(f.text);
    }
    return figure_draft_done(d, true);
}

double by_geos_gaps(const struct figure *streets, int32_t street_count, const struct figure *areas,
                    int32_t area_count, struct arena *a, struct figure *left)
{
    struct side s = { .geos = GEOS_init_r() };
    GEOSGeometry **lines = must(calloc((size_t)street_count, sizeof(GEOSGeometry *)));
    GEOSGeometry **rests = must(calloc((size_t)street_count, sizeof(GEOSGeometry *)));

    s.areas = must(calloc((size_t)area_count, sizeof(GEOSGeometry *)));
    s.numbers = must(calloc((size_t)area_count, sizeof *s.numbers));
    s.ready = must(calloc((size_t)area_count, sizeof(const GEOSPreparedGeometry *)));
    for (int32_t i = 0; i < street_count; i++)
        lines[i] = must(GEOSGeom_createLineString_r(s.geos, run_of(&s, &streets[i], 0)));
    for (int32_t i = 0; i < area_count; i++)
        s.areas[i] = area_of(&s, &areas[i]);

    const double began_ms = cpu_ms();

    s.tree = must(GEOSSTRtree_create_r(s.geos, NODE_CAPACITY));
    for (int32_t i = 0; i < area_count; i++) {
        s.ready[i] = GEOSPrepare_r(s.geos, s.areas[i]);
        s.numbers[i] = i;
        GEOSSTRtree_insert_r(s.geos, s.tree, s.areas[i], &s.numbers[i]);
    }
    for (int32_t i = 0; i < street_count; i++)
        rests[i] = left_of(&s, lines[i]);

    const double took_ms = cpu_ms() - began_ms;

    for (int32_t i = 0; i < street_count; i++) {
        left[i] = figure_of(&s, rests[i], a);
        GEOSGeom_destroy_r(s.geos, rests[i]);
        GEOSGeom_destroy_r(s.geos, lines[i]);
    }
    for (int32_t i = 0; i < area_count; i++) {
        GEOSPreparedGeom_destroy_r(s.geos, s.ready[i]);
        GEOSGeom_destroy_r(s.geos, s.areas[i]);
    }
    GEOSSTRtree_destroy_r(s.geos, s.tree);
    GEOS_finish_r(s.geos);
    free(lines);
    free(rests);
    free(s.areas);
    free(s.ready);
    free(s.numbers);
    return took_ms;
}
