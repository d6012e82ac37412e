#ifndef API_GAP_WISH_H
#define API_GAP_WISH_H

#include "api/request.h"
#include "engine/gaps.h"
#include "engine/weeks.h"
#include "geo/frame.h"

/* What GET /v1/gaps is asked for. */
enum gap_wish_format {
    GAP_WISH_JSON,
    GAP_WISH_GEOJSON,
    GAP_WISH_CSV,
    GAP_WISH_GPKG,
    GAP_WISH_FORMATS,
};

/* "json", "geojson", "csv", "gpkg"; "none", "geos". */
extern const char *const GAP_WISH_FORMAT_WORDS[GAP_WISH_FORMATS];
extern const char *const GAP_WISH_VERIFY_WORDS[2];

struct gap_wish {
    bool is_now;
    struct weeks_wish hours;             /* when it is not now */
    int32_t class;                       /* COVER_CLASS_COUNT: any */
    int64_t org_id, grid_id, station_id; /* the last two 0: any */
    const char *street;                  /* NULL: any */
    bool has_box;
    struct box box;
    int32_t sort, format;
    int64_t limit, offset;
    int32_t verify; /* 0: it is not to be */
    enum frame frame;
    const char *list;
};

/* Fails with what is wrong with one of the parameters, and as request_db. */
bool gap_wish_read(const struct request *r, struct gap_wish *w, struct fail *f);

/* CSV and GeoPackage: a row for each gap, all of them; else there are pages. */
bool gap_wish_is_file(const struct gap_wish *w);

#endif
