#ifndef ENGINE_PATROLS_H
#define ENGINE_PATROLS_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "engine/ids.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"
#include "geo/point.h"

/* Beats, the plans by which they are walked, and the months that are opened for
 * squads to claim days of. In the caller's transaction. */
enum {
    PATROLS_CODE_MAX = 40,  /* bytes */
    PATROLS_NAME_MAX = 200, /* bytes */
    PATROLS_SEGMENTS_MAX = 2000,
    PATROLS_CHECKPOINTS_MAX = 100,
    PATROLS_STAY_MAX_S = 3600,
    PATROLS_CHECKPOINT_M = 50, /* from the beat, at most */
    PATROLS_CAPACITY_MAX = 50,
    PATROLS_PEOPLE_MAX = 100,
    PATROLS_WINDOW_MAX_S = 7 * 86400,
};

/* Where a squad has to come by (必到点), and for how long it is to stay. */
struct patrols_checkpoint {
    const char *name;
    struct point at;
    int64_t stay_s;
};

struct patrols_beat {
    int64_t beat_id, org_id;
    const char *code, *name;
    const int64_t *segments; /* in the order they are walked */
    int32_t segment_count;
    const struct patrols_checkpoint *checkpoints; /* in the order they are passed */
    int32_t checkpoint_count;
};

/* CODE_TAKEN, REFERENCE_UNKNOWN naming the street that is not there, or NO_STREET_NEAR the
 * checkpoint that is not at the beat. */
bool patrols_add_beat(struct db *db, const struct patrols_beat *beat, struct arena *a,
                      struct fail *f);
bool patrols_close_beat(struct db *db, int64_t beat_id, struct arena *a, struct fail *f);
/* A GeoJSON feature in WGS 84. */
bool patrols_beat_geojson(struct db *db, int64_t beat_id, struct arena *a, const char **out,
                          struct fail *f);

struct patrols_plan {
    int64_t plan_id, org_id, beat_id;
    const char *name;
    int64_t weekdays; /* bit 0 is Monday */
    int64_t starts_min, length_min, cutoff_min;
    int64_t capacity; /* squads on one day */
    int64_t min_people, max_people;
    int64_t radius_m;
};
bool patrols_add_plan(struct db *db, const struct patrols_plan *plan, struct arena *a,
                      struct fail *f);
bool patrols_close_plan(struct db *db, int64_t plan_id, struct arena *a, struct fail *f);

struct patrols_month {
    int64_t opening_id, plan_id;
    const char *month; /* its first day */
    int64_t opens_us;
    int64_t window_s; /* in which whoever asks takes part in the draw */
};
/* Makes the month's days and opens them for claiming; ALREADY_THERE when it was
 * opened before. */
bool patrols_open_month(struct db *db, struct ids *ids, const struct patrols_month *month,
                        const char *zone, struct arena *a, struct fail *f);
/* The opening as JSON. */
bool patrols_opening(struct db *db, int64_t opening_id, struct arena *a, const char **out,
                     struct fail *f);

/* A month of the days at or below an organisation, with who has how many, as JSON. */
bool patrols_calendar(struct db *db, const char *month, int64_t org_id, struct arena *a,
                      const char **out, struct fail *f);

#endif
