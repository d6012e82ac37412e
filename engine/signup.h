#ifndef ENGINE_SIGNUP_H
#define ENGINE_SIGNUP_H

#include <stdbool.h>
#include <stdint.h>

#include "geo/base/fail.h"

/* What may become of a sign-up: pure, from a state, an event and the moment to the
 * next state and what else follows. Nothing here knows a database or a clock; the
 * words are those of vigil.signup. */
enum signup_state {
    SIGNUP_REQUESTED,
    SIGNUP_APPROVED,
    SIGNUP_CONFIRMED,
    SIGNUP_CHECKED_IN,
    SIGNUP_CHECKED_OUT,
    SIGNUP_CREDITED,
    SIGNUP_NO_SHOW,
    SIGNUP_CANCELLED,
    SIGNUP_SWAPPED,
    SIGNUP_STATES
};

enum signup_event {
    SIGNUP_APPROVE,
    SIGNUP_CONFIRM,
    SIGNUP_CANCEL,
    SIGNUP_OFFER, /* her place to another */
    SIGNUP_TAKE,  /* another takes it */
    SIGNUP_CHECK_IN,
    SIGNUP_CHECK_OUT,
    SIGNUP_CREDIT,
    SIGNUP_MISS, /* it is over and she never came */
    SIGNUP_EVENTS
};

enum {
    SIGNUP_EARLY_MIN = 30,  /* before the start one may check in */
    SIGNUP_LATE_MIN = 5,    /* after the start one is late */
    SIGNUP_LINGER_MIN = 15, /* after the end who is still there is checked out */
};

/* Times are microseconds since 1970, by the database's clock. */
struct signup_moment {
    int64_t now_us;
    int64_t starts_us, ends_us;
    int64_t cutoff_us; /* until then she may cancel by herself */
    bool by_staff;     /* who does it acts for the organisation, not for herself */
};

struct signup_step {
    enum signup_state state;
    int32_t late_min; /* at checking in; 0: in time */
    bool starts_duty;
    bool ends_duty;
    bool gives_place; /* another may have it */
};

/* False, with SIGNUP_STATE, CUT_OFF_PASSED or CHECK_IN_TIME, when it may not be. */
bool signup_next(enum signup_state state, enum signup_event event,
                 const struct signup_moment *moment, struct signup_step *out, struct fail *f);

/* Minutes served: whole ones between coming and going, as far as they lie in the
 * planned time; half a minute counts as one. */
int32_t signup_minutes(int64_t in_us, int64_t out_us, const struct signup_moment *moment);

/* "requested", "approved", … and back; false when it is none. */
const char *signup_word(enum signup_state state);
bool signup_state_of(const char *word, enum signup_state *out);

#endif
