#ifndef ENGINE_REMEDIES_H
#define ENGINE_REMEDIES_H

#include "engine/gaps.h"
#include "engine/sight.h"
#include "geo/road/matrix.h"

/* Who could take a gap, and what would close most of it for the least of people's time. */
enum remedies_kind {
    REMEDIES_NONE,
    REMEDIES_EXTEND_SHIFT, /* a lookout point that sees some of it is staffed for longer */
    REMEDIES_MOVE_BEAT,    /* the nearest squad goes there, along it and back */
    REMEDIES_NEW_LOOKOUT,  /* somebody stands there */
    REMEDIES_KINDS,
};

/* NULL, "extend_shift", "move_beat", "new_lookout". */
extern const char *const REMEDIES_KIND_WORDS[REMEDIES_KINDS];

enum {
    REMEDIES_SQUADS_MAX = 2000,
    REMEDIES_EXTEND_MIN = 30, /* by how much a shift is made longer */
};

struct remedies_one {
    int64_t squad_id; /* the nearest on foot from its station; 0: none can come */
    const char *squad_name;
    int32_t walk_s;
    enum remedies_kind kind; /* of hours; of now there is nothing to plan */
    int64_t lookout_point_id;
    int32_t cost_min;        /* minutes of people */
    double gain_metre_hours; /* of this gap */
};

/* One for each gap: of the squads that the connection's scope sees, and the lookout points
 * that are in sight. In the arena. */
bool remedies_find(struct db *db, const struct terrain *t, const struct sight *sight,
                   const struct gaps_found *gaps, struct matrix_room *room, struct arena *a,
                   const struct remedies_one **out, struct fail *f);

#endif
