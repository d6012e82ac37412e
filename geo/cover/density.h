#ifndef GEO_COVER_DENSITY_H
#define GEO_COVER_DENSITY_H

#include "geo/road/network.h"

/* How much has happened, or is, near each metre of street: every event is spread over the
 * streets around it by how far one walks from it, whatever the direction of the ways, with
 * a quartic kernel: (15/16r)(1 - (d/r)^2)^2 a metre at d, nothing from the reach r on. On one
 * long street that is the event's mass in all; where streets branch each branch gets as
 * much as the street would have (the simple form of Xie and Yan, Kernel Density Estimation of
 * traffic accidents in a network space, Computers, Environment and Urban Systems 32, 2008).
 *
 * Told by bins of DENSITY_BIN_CM from a segment's start, the last of which may be shorter,
 * as it is at the middle of a bin. */
enum { DENSITY_BIN_CM = 2500, DENSITY_REACH_MAX_CM = 200000 };

struct density_event {
    struct spot spot;
    double mass;
};

struct density_wish {
    const struct network *network;
    const uint8_t *counts; /* per segment: 1 where it counts and one may walk along it */
    const struct density_event *events;
    int32_t event_count;
    uint32_t reach_cm; /* 1 to DENSITY_REACH_MAX_CM */
};

/* Of segment s the values [first[s], first[s + 1]), none where it does not count. */
struct density {
    const int32_t *first; /* [segment_count + 1] */
    double *mass_m;       /* mass a metre */
};

/* Everything lives in the arena. Events on segments that do not count are passed over.
 * Takes some microseconds an event within 200 m. `go_on` may be NULL; false ends it early. */
struct density_watch {
    bool (*go_on)(void *self, int32_t done);
    void *self;
};
bool density_find(const struct density_wish *wish, const struct density_watch *watch,
                  struct arena *a, struct density *out);

#endif
