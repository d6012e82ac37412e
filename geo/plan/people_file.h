#ifndef GEO_PLAN_PEOPLE_FILE_H
#define GEO_PLAN_PEOPLE_FILE_H

#include <stddef.h>

#include "geo/plan/mobilise.h"
#include "geo/point.h"

/* A mobilisation as a file of JSON, for planning without a city:
 *
 *   {"skills": ["first_aid"], "rest_s": 28800, "travel_max_s": 1800, "speed_mps": 1.2,
 *    "detour": 1.3, "wave_s": 900,
 *    "shifts":  [{"shift_id": "day", "starts_at": TIME, "ends_at": TIME}],
 *    "homes":   [{"home_id": "east", "keep": 12}],
 *    "musters": [{"muster_id": "school", "at": [LON, LAT]}],
 *    "posts":   [{"post_id": "bridge", "at": [LON, LAT], "org_id": "a",
 *                 "slots": [{"shift_id": "day", "people": 4, "skills": [], "weight": 1}]}],
 *    "people":  [{"person_id": "17", "at": [LON, LAT], "home_id": "east", "org_id": "a",
 *                 "skills": ["first_aid"], "shifts": ["day"], "travel_max_s": 900,
 *                 "busy": [{"from": TIME, "to": TIME}], "declined": false}]}
 *
 * Whoever names no shifts has time for all. Ways are the great circle times `detour`, at
 * `speed_mps`. A person's rest is `rest_s` between a shift and whatever she is busy with. */
enum {
    PEOPLE_FILE_ID_MAX = 64,
    PEOPLE_FILE_BUSY_MAX = 100, /* of a person */
    PEOPLE_FILE_MUSTERS_MAX = 1000,
    PEOPLE_FILE_POSTS_MAX = 20000,
    PEOPLE_FILE_REST_MAX_S = 7 * 86400,
    PEOPLE_FILE_WAVE_MAX_S = 86400,
};

struct people_file_shift {
    const char *id;
    int64_t starts_us, ends_us;
};

struct people_file {
    struct mobilise_ask ask; /* its travel is of straight ways */
    const struct people_file_shift *shifts;
    const char *const *homes, *const *musters, *const *posts, *const *people; /* their ids */
    const struct point *muster_at, *post_at, *person_at;
    const bool *has_declined;
    int32_t shift_count, muster_count;
    double speed_mps, detour;
    int32_t wave_s;
};

/* Everything lives in the arena. False with what is wrong, and where. */
bool people_file_read(struct arena *a, const char *bytes, size_t size,
                      const struct people_file **out, struct fail *f);

/* How long one travels, in whole seconds, rounded up; MOBILISE_NEVER_S above a day. */
int32_t people_file_travel_s(const struct people_file *p, struct point from, struct point to);

#endif
