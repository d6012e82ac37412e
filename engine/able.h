#ifndef ENGINE_ABLE_H
#define ENGINE_ABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "geo/road/network.h"

/* Whether a person can be sent, and what stands against it. What a bar is called
 * outside is a stable word. */
enum able_bar {
    ABLE_OFF_DUTY,
    ABLE_TAKEN,              /* an incident has her */
    ABLE_NO_CONSENT,         /* she has not agreed that her place is used, or no longer */
    ABLE_CREDENTIAL_EXPIRED, /* one that she must have */
    ABLE_UNDER_AGE,
    ABLE_EYES_ONLY, /* a bus keeps to its line: it sees and is not sent */
    ABLE_HIRED,     /* a taxi with a fare */
    ABLE_NO_POSITION,
    ABLE_STALE,          /* nobody knows any more where she is: engine/age */
    ABLE_FRAME_IN_DOUBT, /* her device probably sends another frame: she is not where it says */
    ABLE_BARS
};
#define ABLE_BIT(bar) (1u << (bar))

/* "off_duty", "taken", …; of one of the bars. */
const char *able_word(enum able_bar bar);

/* The age from which a person may be sent, unless the incident's type says more. */
enum { ABLE_AGE_USUAL = 18, ABLE_AGE_MAX = 120 };

/* Only the year of birth is kept: she is old enough when everyone born in that year
 * is, and when it is not known nobody has said that she is too young. */
bool able_old_enough(int32_t birth_year, int32_t age_min, int32_t this_year);

/* Who drives along as moving eyes, beside those who come by themselves. */
enum able_crew { ABLE_OWN, ABLE_BUS, ABLE_TAXI };

/* The mode as people say it: "foot", "ebike", "car", "bus", "taxi"; a bus and a taxi
 * take the streets of a car. False when there is no such word. */
const char *able_mode_word(enum mode mode, enum able_crew crew);
bool able_mode_of(const char *word, enum mode *mode, enum able_crew *crew);

#endif
