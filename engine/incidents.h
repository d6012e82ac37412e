#ifndef ENGINE_INCIDENTS_H
#define ENGINE_INCIDENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/db.h"
#include "engine/ids.h"
#include "engine/incident_states.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"
#include "geo/box.h"
#include "geo/point.h"

/* Incidents as the database knows them. Who changes one locks it first, so that its
 * timeline and the order of what happened are the same thing. Every function runs on
 * the caller's connection; texts live in the arena. */
enum {
    INCIDENTS_ADDRESS_MAX = 400, /* bytes */
    INCIDENTS_NOTE_MAX = 4000,
    INCIDENTS_REASON_MAX = 1000,
    INCIDENTS_DISPOSITION_MAX = 1000,
    INCIDENTS_LIST_MAX = 1000,
    INCIDENTS_STAMPS = 8,
};

/* Who asks: what she sees and in whose name she acts. Staff see their organisation's
 * and all below it, a partner what its firm opened, she herself her own orders. */
struct incidents_who {
    enum { INCIDENTS_STAFF, INCIDENTS_PARTNER, INCIDENTS_HERSELF, INCIDENTS_TIMER } kind;
    int64_t token_id;
    int64_t org_id;
    int64_t person_id; /* 0: not known */
    const char *request_id;
};

struct incidents_incident {
    int64_t incident_id;
    int64_t version; /* counts what people write, not what is derived */
    int64_t org_id;
    int64_t firm_id; /* 0: no partner's */
    const char *type;
    const char *type_zh, *type_en;
    bool volunteer_allowed;
    int32_t priority;
    enum incident_states_state state;
    const char *stage; /* derived: NULL, "assigned", "enroute", "on_scene" */
    struct point place;
    const char *address;
    int64_t grid_id; /* 0: in none */
    const char *note;
    const void *phone; /* of who reported it, sealed for (incident_id, PERSONAL_PHONE); or NULL */
    size_t phone_size;
    int64_t received_us;     /* of a new one that a node kept until now: when it came; else 0 */
    const char *disposition; /* NULL until it is known */
    int64_t merged_into;     /* 0: into none */
    const char *state_since;
    const char *stamps[INCIDENTS_STAMPS]; /* T0 to T7, NULL when not yet */
};

/* FAIL_MISSING, INCIDENT_UNKNOWN when there is none that she may see. */
bool incidents_get(struct db *db, const struct incidents_who *who, int64_t incident_id,
                   struct arena *a, struct incidents_incident *out, struct fail *f);

struct incidents_wish {
    int64_t before_id; /* 0: from the newest */
    int64_t limit;
    const char *group; /* "pending", "active", "recent"; NULL for all */
    bool boxed;
    struct box box;
    int64_t org_id; /* this and all below it; 0 for all */
};

/* The newest first. */
bool incidents_list(struct db *db, const struct incidents_who *who,
                    const struct incidents_wish *wish, struct arena *a,
                    struct incidents_incident **out, int32_t *count, struct fail *f);

/* What a new one is made of; its id is known because the phone is sealed for it. A
 * priority of 0 is the type's. In the caller's transaction. */
bool incidents_add(struct db *db, const struct incidents_who *who,
                   const struct incidents_incident *wish, struct arena *a,
                   struct incidents_incident *out, struct fail *f);

/* What is done to an incident. */
struct incidents_act {
    int64_t incident_id;
    enum incident_states_event event; /* any but SEND */
    int64_t version;                  /* that it must be at; 0: whatever */
    const char *reason;               /* or NULL */
    const char *disposition;          /* or NULL */
    int64_t into_id;                  /* of a merge */
    int64_t org_id;                   /* of a transfer */
};

/* What it came to. Who was let go or went over to another incident is for the caller
 * to tell the live index. */
struct incidents_outcome {
    struct incidents_incident incident;
    const int64_t *freed; /* people */
    int32_t freed_count;
    const int64_t *moved; /* people who are the other incident's now */
    int32_t moved_count;
};

/* Writes type, priority, place, address, note and phone, when it is still at
 * wish->version (0: whatever it is at): else FAIL_CONFLICT, VERSION_STALE. In a
 * transaction of its own. A type that volunteers are not sent to lets go whoever is on
 * the way. */
bool incidents_change(struct db *db, const struct incidents_who *who,
                      const struct incidents_incident *wish, struct arena *a,
                      struct incidents_outcome *out, struct fail *f);

/* In a transaction of its own. What is so already is done again without a trace. */
bool incidents_act(struct db *db, const struct incidents_who *who, const struct incidents_act *act,
                   struct arena *a, struct incidents_outcome *out, struct fail *f);

struct incidents_event {
    int64_t event_id;
    const char *at;
    const char *kind;
    int64_t dispatch_id, person_id; /* 0: none */
    const char *name;               /* of the person; or NULL */
    int64_t by_token_id, by_person_id;
    const char *how;
    const char *detail; /* one JSON object, or NULL */
};

/* The timeline after a line, in order. The incident must have been seen before. */
bool incidents_timeline(struct db *db, int64_t incident_id, int64_t after_id, int64_t limit,
                        struct arena *a, struct incidents_event **out, int32_t *count,
                        struct fail *f);

/* --- for engine/dispatches.c ------------------------------------------------ */

/* Locks incidents for the transaction, in ascending order. */
bool incidents_lock(struct db *db, int64_t one_id, int64_t other_id, struct fail *f);
/* Writes the state that sending somebody brings, if it is another. */
bool incidents_send(struct db *db, const struct incidents_who *who, int64_t incident_id,
                    enum incident_states_state state, struct fail *f);
/* Tells listeners what an incident is now. */
bool incidents_tell(struct db *db, const struct incidents_incident *i, const char *event,
                    struct fail *f);
/* "staff", "partner", "herself", "timer". */
const char *incidents_how(const struct incidents_who *who);

#endif
