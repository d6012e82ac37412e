#ifndef ENGINE_DISPATCH_ORDER_H
#define ENGINE_DISPATCH_ORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "engine/dispatches.h"
#include "engine/ids.h"
#include "engine/incidents.h"
#include "engine/live.h"
#include "engine/orgs.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"

/* Sending people to an incident. That nobody is in two orders at one time is the
 * database's unique index; what stands here is what a dispatcher is told before it
 * comes to that: who has her since when, and what else stands against sending her. */
struct dispatch_order_wish {
    int64_t incident_id;
    const int64_t *people; /* ascending, each once; NULL with a squad */
    int32_t people_count;
    int64_t squad_id; /* 0: these people */
    bool partial;     /* whoever can be sent, when not all can */
    const char *reason;
};

/* Who asks, and what of the world in memory it takes to answer: people whom another
 * organisation lends may be sent while they stand where its rule says. */
struct dispatch_order_asker {
    const struct incidents_who *who;
    struct live *live;
    const struct orgs *orgs;
};

/* Somebody who was wanted, and what stands against her. */
struct dispatch_order_candidate {
    int64_t person_id;
    const char *name;
    const struct fail *bar; /* NULL: she can be sent */
    const char *taken_from; /* when she is taken: since when … */
    int64_t taken_incident; /* … by which incident, 0 when the asker may not know … */
    const char *taken_by;   /* … and who sent her, NULL likewise */
};

/* What was found before sending. */
struct dispatch_order_view {
    int64_t org_id;
    enum incident_states_state state;
    const char *type;
    int32_t priority;
    bool volunteer_allowed;
    bool answered_before; /* this Idempotency-Key has an answer */
    struct dispatch_order_candidate *people;
    int32_t people_count;
};

/* Looks, in one statement and without waiting for anybody. `key` is the request's
 * Idempotency-Key. INCIDENT_UNKNOWN, NOT_FOUND of a squad. */
bool dispatch_order_look(struct db *db, const struct dispatch_order_asker *asker,
                         const struct dispatch_order_wish *wish, const char *key, struct arena *a,
                         struct dispatch_order_view *out, struct fail *f);

/* Whether it can be done: the gate of the incident's type (VOLUNTEERS_NOT_ALLOWED), its
 * state, and everybody's bars; with `partial`, that somebody is left. The failure is
 * that of the first who cannot. */
bool dispatch_order_judge(const struct dispatch_order_view *v,
                          const struct dispatch_order_wish *wish, struct fail *f);

/* What came of sending. */
struct dispatch_order_sent {
    struct dispatch_order_view view;     /* as it was with the incident locked */
    struct dispatches_dispatch dispatch; /* with those who were sent */
};

/* Sends, in the caller's transaction: looks again with the incident locked, judges,
 * writes, tells and records. out->view is filled when it fails, too, if it came so far. */
bool dispatch_order_send(struct db *db, struct ids *ids, const struct dispatch_order_asker *asker,
                         const struct dispatch_order_wish *wish, struct arena *a,
                         struct dispatch_order_sent *out, struct fail *f);

/* Records that somebody tried to send volunteers where none may be, in a transaction of
 * its own. */
bool dispatch_order_record_gate(struct db *db, const struct incidents_who *who,
                                const struct dispatch_order_wish *wish,
                                const struct dispatch_order_view *v, struct arena *a,
                                struct fail *f);

#endif
