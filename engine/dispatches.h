#ifndef ENGINE_DISPATCHES_H
#define ENGINE_DISPATCHES_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "engine/dispatch_states.h"
#include "engine/incidents.h"
#include "engine/live.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"

/* Orders: people, or a squad, sent to an incident, and the steps they take from there.
 * How they come to be sent is dispatch_order's. Texts live in the arena. */
enum {
    DISPATCHES_PEOPLE_MAX = 100, /* of one order */
    DISPATCHES_OWN_MAX = 100,    /* shown to a volunteer */
};

struct dispatches_person {
    int64_t person_id;
    const char *name; /* NULL when she was erased */
    enum dispatch_states_state state;
    const char *how;    /* her last step came: "herself", "staff", "timer", "geofence" */
    const char *reason; /* of her last step; or NULL */
    const char *taken_from, *taken_to;
    const char *state_since;
    int64_t expires_us;
};

struct dispatches_dispatch {
    int64_t dispatch_id;
    int64_t incident_id;
    int64_t org_id;
    int64_t squad_id; /* 0: of none */
    const char *reason;
    int64_t by_token_id, by_person_id;
    const char *ordered_at, *expires_at;
    enum dispatch_states_state state; /* derived from its people */
    struct dispatches_person *people; /* ascending */
    int32_t people_count;
    int64_t now_us;             /* the database's time when it was read */
    const char *incident_state; /* as it is shown */
};

/* All orders of an incident, by id. The incident must have been seen before. */
bool dispatches_of(struct db *db, const struct incidents_who *who, int64_t incident_id,
                   struct arena *a, struct dispatches_dispatch **out, int32_t *count,
                   struct fail *f);
/* One. DISPATCH_UNKNOWN. A volunteer sees herself in it and nobody else. */
bool dispatches_get(struct db *db, const struct incidents_who *who, int64_t dispatch_id,
                    struct arena *a, struct dispatches_dispatch *out, struct fail *f);

/* An order as she sees it who was sent. */
struct dispatches_own {
    int64_t dispatch_id;
    int64_t incident_id;
    const char *state;
    const char *expires_at, *taken_from, *taken_to;
    const char *reason;
    int64_t squad_id;
    const char *type, *type_zh, *type_en;
    int32_t priority;
    const char *incident_state;
    struct point place;
    const char *address, *note;
};

/* The newest first, at most DISPATCHES_OWN_MAX. */
bool dispatches_list_own(struct db *db, int64_t person_id, bool living, struct arena *a,
                         struct dispatches_own **out, int32_t *count, struct fail *f);

/* ---- steps */

struct dispatches_step {
    int64_t dispatch_id;
    enum dispatch_states_event event;
    int64_t person_id;  /* whose step; 0: everybody's who can take it */
    const char *reason; /* or NULL */
};

struct dispatches_outcome {
    struct dispatches_dispatch dispatch;
    const int64_t *freed; /* people who are not taken any more */
    int32_t freed_count;
};

/* One step of one person, or of all in the order; in a transaction of its own. A step
 * that lies behind her already is answered and leaves no trace. */
bool dispatches_take_step(struct db *db, const struct incidents_who *who,
                          const struct dispatches_step *step, struct arena *a,
                          struct dispatches_outcome *out, struct fail *f);

/* Expires what was not answered in time and lets its people go in the live index. */
bool dispatches_expire(struct db *db, struct live *live, struct fail *f);
/* The same for the engine's timer; `self` is the live index. */
void dispatches_tick(void *self, struct db *db);

/* Tells listeners, and those who are in it, of an order and what its people are now;
 * in the transaction of the change. */
bool dispatches_tell(struct db *db, const struct dispatches_dispatch *d, const char *event,
                     struct fail *f);

#endif
