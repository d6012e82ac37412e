#ifndef ENGINE_DOCTOR_H
#define ENGINE_DOCTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"
#include "geo/road/odd.h"
#include "geo/road/parts.h"
#include "geo/road/snap.h"

/* What is wrong with the streets of a city for sending people: what does not hang
 * together, by which barrier, whom that cuts off, and what is probably a mistake of the
 * map. It changes nothing. */

/* The streets that are looked at; of a world, or loaded for it. */
struct doctor_city {
    const char *name;
    const struct network *network;
    const struct parts *parts; /* by mode */
    const struct snap_index *streets;
};

enum {
    DOCTOR_SHOWN_MAX = 1000,   /* findings of a kind that are listed; all are counted */
    DOCTOR_PLACES_MAX = 50000, /* that are looked at */
};

/* Of one mode and standing. */
struct doctor_sum {
    int32_t patches, segments;
    int64_t length_cm;
};

struct doctor_mode {
    int32_t strong_count, weak_count;
    struct doctor_sum sums[PARTS_STANDINGS];
    const struct parts_patch *patches; /* off the main part, the longest first */
    int32_t shown;
};

/* A barrier beyond which streets are cut off from the main part. */
struct doctor_cut {
    int64_t node_id;
    const char *kind; /* "gate" */
    enum mode mode;
    enum parts_standing standing; /* of what is beyond */
    int64_t length_cm;            /* of all that, perhaps cut off by others as well */
    struct point at;
};

/* A station or lookout point whence or whither nobody comes by a mode. */
struct doctor_place {
    const char *kind; /* "station", "lookout_point" */
    int64_t id;
    const char *code, *name;
    struct point at;
    enum mode mode;
    enum parts_standing standing; /* of its street; PARTS_CLOSED: there is none near */
};

struct doctor_report {
    const struct doctor_city *city;
    struct doctor_mode modes[MODE_COUNT];
    const struct doctor_cut *cuts;
    int32_t cut_count, cuts_shown;
    const struct doctor_place *places;
    int32_t place_count, places_shown;
    int32_t places_looked_at;
    bool is_partial; /* there are more places than are looked at */
    const struct odd *odds;
    int32_t odd_counts[ODD_KINDS];
    int32_t odd_count; /* that are listed */
};

/* At most `shown` findings of a kind are listed. Of places, those of an organisation and
 * all below it, 0 for the whole city. In the arena. */
bool doctor_look(const struct doctor_city *city, struct db *db, int64_t org_id, int32_t shown,
                 struct arena *a, struct doctor_report *out, struct fail *f);

#endif
