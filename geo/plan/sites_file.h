#ifndef GEO_PLAN_SITES_FILE_H
#define GEO_PLAN_SITES_FILE_H

#include "geo/plan/siting.h"

/* A siting question as a file of JSON, for planning without a city:
 *
 *   {"points": 5, "share_percent": 90, "radius_m": 250, "distance_m": 200, "shares": [4, 1],
 *    "groups": [{"group_id": "east", "quota": 5}],
 *    "demand": [{"at": [LON, LAT], "weight": 12}],
 *    "sites":  [{"site_id": "17", "at": [LON, LAT], "group_id": "east", "radius_m": 300,
 *                "stands": true, "barred": false}]}
 *
 * One of points and share_percent: as many points, or as few as reach the share. A site covers
 * the demand within its radius (its own, else that of all), in metres of a transverse Mercator
 * around the first site; of two sites nearer than distance_m one only is chosen. With groups
 * each site is in one. */
enum {
    SITES_FILE_ID_MAX = 64,
    SITES_FILE_DEMAND_MAX = 250 * 1000,
    SITES_FILE_SITES_MAX = 50 * 1000,
    SITES_FILE_RADIUS_MAX_M = 20000,
    SITES_FILE_WEIGHT_MAX = 1000 * 1000,
    SITES_FILE_PAIRS_MAX = 10 * 1000 * 1000,
};

struct sites_file {
    struct siting_question question; /* with share_percent its count is that of the sites */
    const char *const *site_ids, *const *group_ids;
    int32_t share_percent; /* 0: points were given */
};

/* Everything lives in the arena. False with what is wrong, and where. */
bool sites_file_read(struct arena *a, const char *bytes, size_t size, struct sites_file *out,
                     struct fail *f);

#endif
