#ifndef ENGINE_PATROL_H
#define ENGINE_PATROL_H

#include <stdbool.h>
#include <stdint.h>

#include "geo/base/fail.h"

/* What may become of a squad's claim to a patrol day, and of the patrol that follows:
 * pure, like engine/signup. The words are those of vigil.claim. */
enum patrol_state {
    PATROL_ASKED, /* the draw is to come */
    PATROL_WAITING,
    PATROL_CLAIMED, /* from here to PATROL_CREDITED it holds a place of the day */
    PATROL_CONFIRMED,
    PATROL_STARTED,
    PATROL_PAUSED,
    PATROL_FINISHED,
    PATROL_VERIFIED, /* the metres are proven */
    PATROL_CREDITED,
    PATROL_CANCELLED,
    PATROL_ABANDONED, /* broken off under way */
    PATROL_MISSED,    /* never started */
    PATROL_STATES
};

enum patrol_event {
    PATROL_WIN,  /* a place, in the draw or by moving up */
    PATROL_WAIT, /* none was left in the draw */
    PATROL_CONFIRM,
    PATROL_CANCEL,
    PATROL_SWAP, /* with another squad's day */
    PATROL_START,
    PATROL_PAUSE,
    PATROL_RESUME,
    PATROL_FINISH,
    PATROL_ABANDON,
    PATROL_MISS, /* the day is over */
    PATROL_VERIFY,
    PATROL_CREDIT,
    PATROL_EVENTS
};

enum { PATROL_EARLY_MIN = 30 /* before its time a patrol may start */ };

struct patrol_moment {
    int64_t now_us;
    int64_t starts_us, ends_us;
    int64_t cutoff_us;
    bool by_staff;                  /* of the day's organisation, not the squad itself */
    int32_t people;                 /* who are named for it */
    int32_t min_people, max_people; /* that a squad goes with */
};

struct patrol_step {
    enum patrol_state state;
    bool gives_place; /* the next on the waiting list may have it */
    bool ends_people; /* its people's sign-ups end with it */
};

/* False, with PATROL_STATE, CUT_OFF_PASSED, PATROL_TIME or SQUAD_SIZE, when it may
 * not be. */
bool patrol_next(enum patrol_state state, enum patrol_event event,
                 const struct patrol_moment *moment, struct patrol_step *out, struct fail *f);

/* Whether a claim in this state has one of the day's places. */
bool patrol_holds(enum patrol_state state);

const char *patrol_word(enum patrol_state state);
bool patrol_state_of(const char *word, enum patrol_state *out);

#endif
