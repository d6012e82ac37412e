#ifndef ENGINE_TRACKS_H
#define ENGINE_TRACKS_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "engine/trail.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"
#include "geo/track.h"

/* Where somebody was, for those who may know it: out of memory when that holds all of the
 * time, else out of the single fixes and the packed hours, what is there twice once. The
 * connection's scope decides: of whom nothing may be told there is nothing. Whoever reads
 * writes it into the audit in the same transaction, before it is shown. */
enum {
    TRACKS_SPAN_MAX_S = 24 * 3600, /* of one person's track */
    TRACKS_FIX_MAX = 50000,        /* in an answer */
};

struct tracks_track {
    int64_t person_id;
    int64_t dispatch_id; /* of an incident's; else 0 */
    const char *name;
    int64_t from_us, until_us;
    bool coarse; /* some of it has been made coarse */
    const struct track_fix *fixes;
    int32_t count;
};

/* What is read from and into. */
struct tracks_room {
    struct db *db;
    struct trail *trail;
    struct arena *arena;
    int64_t now_us;
};

/* A person and her track from from_us to before until_us, by the device's time; `org_id` is
 * where she is at home. PERSON_UNKNOWN when the caller does not see her, TRACK_TOO_LONG
 * above TRACKS_FIX_MAX fixes. */
bool tracks_of_person(const struct tracks_room *room, struct tracks_track *wish, int64_t *org_id,
                      struct fail *f);

/* Of those who accepted to go to an incident, from then until they were cleared. The same,
 * with INCIDENT_UNKNOWN. */
bool tracks_of_incident(const struct tracks_room *room, int64_t incident_id,
                        struct tracks_track **out, int32_t *count, int64_t *org_id, struct fail *f);

#endif
