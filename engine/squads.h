#ifndef ENGINE_SQUADS_H
#define ENGINE_SQUADS_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"

/* Who is in a squad. The squads themselves stand in the registry. */
enum { SQUADS_MEMBERS_MAX = 500 };

struct squads_member {
    int64_t person_id;
    const char *name;
    const char *mode;
    bool on_duty;
    const char *role; /* "leader", "member" or "driver" */
    const char *valid_from;
};

/* The members now, leaders first; NOT_FOUND when there is no such squad. */
bool squads_members(struct db *db, int64_t squad_id, struct arena *a, struct squads_member **out,
                    int32_t *count, struct fail *f);

/* In the caller's transaction. The squad must be open and have room (SQUAD_FULL), the
 * person known and open (PERSON_UNKNOWN) and not in it yet (ALREADY_THERE). */
bool squads_join(struct db *db, int64_t squad_id, int64_t person_id, const char *role,
                 struct arena *a, struct squads_member *out, struct fail *f);
/* NOT_FOUND when she is not in it. */
bool squads_leave(struct db *db, int64_t squad_id, int64_t person_id, struct arena *a,
                  struct fail *f);

#endif
