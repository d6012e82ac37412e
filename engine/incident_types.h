#ifndef ENGINE_INCIDENT_TYPES_H
#define ENGINE_INCIDENT_TYPES_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"

/* The kinds of incident that the city knows. A type says whether volunteers may be
 * sent at all, and from what age. */
enum {
    INCIDENT_TYPES_WORD_MAX = 40,
    INCIDENT_TYPES_NAME_MAX = 100,
    INCIDENT_TYPES_AGE_MAX = 120,
};

struct incident_types_type {
    const char *type; /* its word, for ever: a-z, 0-9 and _ */
    const char *name_zh, *name_en;
    int32_t priority;       /* of an incident for which nobody says another */
    bool volunteer_allowed; /* the gate: false, and nobody can be sent */
    int32_t min_age;
    int64_t version;
};

/* All that are in use, by word. */
bool incident_types_list(struct db *db, struct arena *a, struct incident_types_type **out,
                         int32_t *count, struct fail *f);
/* INCIDENT_TYPE_UNKNOWN. */
bool incident_types_get(struct db *db, const char *type, struct arena *a,
                        struct incident_types_type *out, struct fail *f);
/* In the caller's transaction; INCIDENT_TYPE_TAKEN, CODE_MALFORMED of its word. */
bool incident_types_add(struct db *db, struct incident_types_type *type, struct arena *a,
                        struct fail *f);
/* When it still has its version (0: whatever); VERSION_STALE. */
bool incident_types_change(struct db *db, struct incident_types_type *type, struct arena *a,
                           struct fail *f);

#endif
