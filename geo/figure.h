#ifndef GEO_FIGURE_H
#define GEO_FIGURE_H

#include <stdbool.h>
#include <stdint.h>

#include "geo/base/arena.h"
#include "geo/base/fail.h"
#include "geo/box.h"
#include "geo/frame.h"
#include "geo/point.h"

/* Points, lines or areas as flat arrays: what every reader gives and every
 * writer takes, in WGS 84 degrees unless it says otherwise. A *run* is a line,
 * or one ring of an area: its first point is repeated as its last. The first
 * ring of an area is its outline, the others are holes. A figure never changes
 * once it is made. An empty figure (point_count 0) is a valid one. */
enum figure_kind { FIGURE_POINTS, FIGURE_LINES, FIGURE_AREAS };

enum {
    FIGURE_POINT_MAX = 262144,
    FIGURE_RUN_MAX = 32768,
};

struct figure {
    enum figure_kind kind;
    bool multi; /* a MultiPoint, MultiLineString or MultiPolygon, even of one */
    int32_t point_count;
    int32_t run_count;  /* 0 for points */
    int32_t area_count; /* 0 for points and lines */
    const struct point *points;
    const int32_t *first_point; /* [run_count + 1] into points */
    const int32_t *first_run;   /* [area_count + 1] into runs */
};

/* "Point", "MultiPolygon", …: the name that GeoJSON and WKT share. */
const char *figure_word(const struct figure *figure);

/* The smallest box that holds it; empty for an empty figure. */
struct box figure_box(const struct figure *figure);

/* One point, one line, or one area without holes (`points` closed by the caller:
 * the last equals the first). The points are copied into the arena. */
struct figure figure_point(struct arena *a, struct point p);
struct figure figure_line(struct arena *a, const struct point *points, int32_t point_count);
struct figure figure_ring(struct arena *a, const struct point *points, int32_t point_count);

/* The same as a Multi… of one, for a column that takes only those. */
struct figure figure_as_multi(const struct figure *figure);

/* A copy in another frame, or from another frame. False with what frame_* says
 * of the first point that cannot be converted. */
bool figure_from_wgs84(struct arena *a, enum frame frame, const struct figure *figure,
                       struct figure *out, struct fail *f);
bool figure_to_wgs84(struct arena *a, enum frame frame, const struct figure *figure,
                     struct figure *out, struct fail *f);

/* A figure in the making: points first, then the end of their run, then the end
 * of the area that the runs make. For lines there are no areas, for points
 * neither. Over FIGURE_POINT_MAX or FIGURE_RUN_MAX the adding fails with
 * FIGURE_TOO_LARGE. */
struct figure_draft;

struct figure_draft *figure_draft_take(struct arena *a, enum figure_kind kind);
bool figure_draft_point(struct figure_draft *d, struct point p, struct fail *f);
/* A run of fewer points than a line (2) or a ring (4) needs, or a ring that is
 * not closed, fails with FIGURE_MALFORMED. */
bool figure_draft_end_run(struct figure_draft *d, struct fail *f);
/* An area without a ring fails with FIGURE_MALFORMED. */
bool figure_draft_end_area(struct figure_draft *d, struct fail *f);
/* `multi` is added by itself where there is not exactly one. */
struct figure figure_draft_done(struct figure_draft *d, bool multi);

#endif
