#ifndef ENGINE_DISPATCH_STATES_H
#define ENGINE_DISPATCH_STATES_H

#include <stdbool.h>
#include <stdint.h>

#include "geo/base/fail.h"

/* What may happen to a person who was sent, as a pure function: (state, event,
 * actor, time) to what she is then. Nothing here knows a database or a clock. */
enum dispatch_states_state {
    DISPATCH_STATES_OFFERED, /* from here she is taken … */
    DISPATCH_STATES_SEEN,
    DISPATCH_STATES_ACCEPTED,
    DISPATCH_STATES_ENROUTE,
    DISPATCH_STATES_ON_SCENE,
    DISPATCH_STATES_WORKING, /* … to here */
    DISPATCH_STATES_CLEARED,
    DISPATCH_STATES_DECLINED,
    DISPATCH_STATES_EXPIRED,    /* did not answer in time */
    DISPATCH_STATES_WITHDRAWN,  /* gave up on the way */
    DISPATCH_STATES_STOOD_DOWN, /* is not needed any more */
    DISPATCH_STATES_REASSIGNED, /* was sent elsewhere */
    DISPATCH_STATES_FAILED,     /* did not come */
    DISPATCH_STATES_COUNT
};

enum dispatch_states_event {
    DISPATCH_STATES_SEE,
    DISPATCH_STATES_ACCEPT,
    DISPATCH_STATES_DECLINE,
    DISPATCH_STATES_SET_OUT,
    DISPATCH_STATES_ARRIVE,
    DISPATCH_STATES_WORK,
    DISPATCH_STATES_CLEAR,
    DISPATCH_STATES_WITHDRAW,
    DISPATCH_STATES_STAND_DOWN,
    DISPATCH_STATES_REASSIGN,
    DISPATCH_STATES_FAIL,
    DISPATCH_STATES_EXPIRE,
    DISPATCH_STATES_EVENTS
};

/* Who says so. A dispatcher who hears it over the radio says it on her behalf. */
enum dispatch_states_actor {
    DISPATCH_STATES_HERSELF,
    DISPATCH_STATES_STAFF,
    DISPATCH_STATES_TIMER,
    DISPATCH_STATES_GEOFENCE,
    DISPATCH_STATES_ACTORS
};

struct dispatch_states_effect {
    enum dispatch_states_state state;
    bool is_nothing; /* she is so, or further, already: answer with what she is */
};

/* A moment and a deadline in microseconds of one clock, which is the database's.
 * False with DISPATCH_FILLED (she answers after she was stood down), DISPATCH_LATE
 * (after the deadline), DISPATCH_OVER or DISPATCH_STATE; the two latter name what
 * may be done instead. */
bool dispatch_states_next(enum dispatch_states_state state, enum dispatch_states_event event,
                          enum dispatch_states_actor actor, int64_t now_us, int64_t expires_us,
                          struct dispatch_states_effect *out, struct fail *f);

/* Whether she is taken: in the partial index of DESIGN D5. */
bool dispatch_states_is_active(enum dispatch_states_state state);

/* What an order is, out of what its people are: as far as the first has come while
 * anybody is under way, else how it ended for the one with whom it ended best. */
enum dispatch_states_state dispatch_states_of_all(const enum dispatch_states_state *people,
                                                  int32_t count);

/* How long an offer of a priority (1 to 3) waits for an answer. */
int32_t dispatch_states_window_s(int32_t priority);

/* "offered", …: the database's and the API's words; false when there is none. */
const char *dispatch_states_word(enum dispatch_states_state state);
bool dispatch_states_of(const char *word, enum dispatch_states_state *out);
/* "seen", "accept", …: as the paths name them. */
const char *dispatch_states_event_word(enum dispatch_states_event event);
bool dispatch_states_event_of(const char *word, enum dispatch_states_event *out);
/* "herself", "staff", "timer", "geofence". */
const char *dispatch_states_actor_word(enum dispatch_states_actor actor);

#endif
