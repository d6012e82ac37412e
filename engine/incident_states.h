#ifndef ENGINE_INCIDENT_STATES_H
#define ENGINE_INCIDENT_STATES_H

#include <stdbool.h>
#include <stdint.h>

#include "geo/base/fail.h"

/* What may be done to an incident, as a pure function: (state, event, actor) to
 * what it is then and what else has to happen. Nothing here knows a database. */

/* What is written. How far those who were sent have come (assigned, on the way, on
 * scene) is derived from them and never written: enum incident_states_stage. */
enum incident_states_state {
    INCIDENT_STATES_REPORTED,
    INCIDENT_STATES_VERIFIED,
    INCIDENT_STATES_OPEN,
    INCIDENT_STATES_HANDLED,
    INCIDENT_STATES_FEEDBACK,
    INCIDENT_STATES_CLOSED,
    INCIDENT_STATES_CANCELLED,
    INCIDENT_STATES_MERGED,
    INCIDENT_STATES_TRANSFERRED, /* to another organisation, which has not looked yet */
    INCIDENT_STATES_REOPENED,
    INCIDENT_STATES_COUNT
};

enum incident_states_event {
    INCIDENT_STATES_VERIFY,
    INCIDENT_STATES_OPENING,
    INCIDENT_STATES_HANDLE,
    INCIDENT_STATES_GIVE_FEEDBACK,
    INCIDENT_STATES_CLOSE,
    INCIDENT_STATES_CANCEL,
    INCIDENT_STATES_REOPEN,
    INCIDENT_STATES_MERGE,
    INCIDENT_STATES_TRANSFER,
    INCIDENT_STATES_SEND, /* somebody is sent to it */
    INCIDENT_STATES_EVENTS
};

enum incident_states_actor {
    INCIDENT_STATES_STAFF,
    INCIDENT_STATES_PARTNER, /* the firm that reported it */
    INCIDENT_STATES_ACTORS
};

/* What has to be written beside the new state. */
enum {
    INCIDENT_STATES_STAMP_T1 = 1 << 0,    /* opened, unless it was before */
    INCIDENT_STATES_STAMP_T6 = 1 << 1,    /* handled */
    INCIDENT_STATES_STAMP_T7 = 1 << 2,    /* closed */
    INCIDENT_STATES_UNSTAMP = 1 << 3,     /* T6 and T7 are forgotten: it goes on */
    INCIDENT_STATES_STAND_DOWN = 1 << 4,  /* whoever is still sent is let go */
    INCIDENT_STATES_MOVE_PEOPLE = 1 << 5, /* whoever is still sent goes with it */
    INCIDENT_STATES_DISPOSITION = 1 << 6, /* how it ended must have been said */
};

struct incident_states_effect {
    enum incident_states_state state;
    uint32_t what;   /* bits of above */
    bool is_nothing; /* it is so already: answer as if it had been done */
};

/* False with INCIDENT_STATE, which names what may be done instead. */
bool incident_states_next(enum incident_states_state state, enum incident_states_event event,
                          enum incident_states_actor actor, struct incident_states_effect *out,
                          struct fail *f);

/* Whether it is over: closed, cancelled or merged. */
bool incident_states_is_over(enum incident_states_state state);

/* "reported", … and back; words are the database's and the API's. */
const char *incident_states_word(enum incident_states_state state);
bool incident_states_of(const char *word, enum incident_states_state *out);
/* "verify", "open", "handled", "feedback", "close", …: as the paths name them. */
const char *incident_states_event_word(enum incident_states_event event);
bool incident_states_event_of(const char *word, enum incident_states_event *out);

/* The state as the outside sees it: an open incident with people is "assigned",
 * "enroute" or "on_scene". `stage` is NULL or one of these. */
const char *incident_states_shown(enum incident_states_state state, const char *stage);

#endif
