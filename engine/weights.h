#ifndef ENGINE_WEIGHTS_H
#define ENGINE_WEIGHTS_H

#include "engine/jobs.h"
#include "geo/cover/ground.h"
#include "geo/cover/plots.h"

/* What a metre of street weighs: floor + a x incidents near it + b x points of interest near
 * it + c where it lies in a hot spot. Incidents and points count by how many there are
 * within a walk (geo/cover/density.h), 1 being the city's mean, and an incident the less
 * the older it is: half after each half-life. A job of the kind "weights" works out a
 * version, which never changes; one version at most is in use, and coverage is counted by
 * it. Without one every metre weighs 1. */
enum {
    WEIGHTS_REST = 1000, /* thousandths a metre, without a version */
    WEIGHTS_FACTOR_MAX = 100,
    WEIGHTS_DAYS_MAX = 3660,
    WEIGHTS_REACH_MIN_M = 25,
    WEIGHTS_REACH_MAX_M = 2000,
};

/* For who acts for the whole city. The wish of such a job: {"incidents": 1, "points": 0.5,
 * "hot_spots": 2, "floor": 0.2, "days": 365, "half_life_days": 90, "reach_m": 200, "use": true}, as
 * it is when it is left out. */
bool weights_check(const struct input *wish, struct fail *f);
bool weights_run(struct job *job, const char **result, struct fail *f);

/* Lets a version count in place of the one that did, 0: none, in the caller's transaction.
 * False with REFERENCE_UNKNOWN. */
bool weights_use(struct db *db, int64_t version_id, struct arena *a, struct fail *f);

/* The version that is in use, on the streets of a network; in the arena. */
struct weights {
    int64_t version_id; /* 0: none */
    uint32_t rest;      /* of all metres that no piece tells of */
    const struct plots_weight *pieces;
    int32_t count;
};
bool weights_read(struct db *db, const struct network *n, struct arena *a, struct weights *out,
                  struct fail *f);

/* The streets in hot spots; in the arena. */
bool weights_hot_streets(struct db *db, const struct ground *g, struct arena *a,
                         struct range_band *out, struct fail *f);

#endif
