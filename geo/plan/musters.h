#ifndef GEO_PLAN_MUSTERS_H
#define GEO_PLAN_MUSTERS_H

#include "geo/plan/mobilise.h"

/* How those who are sent come there together: each by the muster point that makes her way
 * shortest, if it does not make it longer than she is asked to travel, else straight. Those
 * who leave a muster point together are a wave; waves leave at whole multiples of `wave_s`,
 * early enough for everyone to be there when the shift begins. */
struct musters_ask {
    const struct mobilise *plan;
    int32_t muster_count;
    const int64_t *shift_starts_s; /* seconds of any clock */
    int32_t wave_s;
    /* How long each person travels to a muster point, and from there to a post; or
     * MOBILISE_NEVER_S. */
    void (*to_muster)(void *self, int32_t muster, int32_t *out_s);
    int32_t (*to_post)(void *self, int32_t muster, int32_t post);
    void *self;
};

struct musters_way {
    int32_t person, slot;
    int32_t muster;  /* -1: straight */
    int64_t home_s;  /* when she leaves home */
    int64_t leave_s; /* when she leaves the muster point; straight: home */
};

struct musters_wave {
    int32_t muster;
    int64_t leave_s;
    int32_t first, count; /* among the ways */
};

struct musters {
    const struct musters_way *ways; /* those with a muster point first, by time and muster point */
    int32_t way_count;
    const struct musters_wave *waves; /* by time and muster point */
    int32_t wave_count;
};

void musters_take(const struct musters_ask *ask, struct arena *a, struct musters *out);

#endif
