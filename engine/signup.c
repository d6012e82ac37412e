/* Rows of what may happen, what is in none of them may not; the guards say when. */
#include "engine/signup.h"

#include <assert.h>
#include <string.h>

static const int64_t MINUTE_US = 60LL * 1000000;

static const char *const WORDS[SIGNUP_STATES] = {
    "requested", "approved", "confirmed", "checked_in", "checked_out",
    "credited",  "no_show",  "cancelled", "swapped",
};

/* What each event does, as a sentence of refusal tells it. */
static const char *const DOES[SIGNUP_EVENTS] = {
    "approved",   "confirmed",   "cancelled", "offered to another",         "taken over",
    "checked in", "checked out", "credited",  "counted as not having come",
};

static const struct {
    enum signup_state from;
    enum signup_event event;
    enum signup_state to;
} MOVES[] = {
    { SIGNUP_REQUESTED, SIGNUP_APPROVE, SIGNUP_APPROVED },
    { SIGNUP_REQUESTED, SIGNUP_CANCEL, SIGNUP_CANCELLED },
    { SIGNUP_REQUESTED, SIGNUP_MISS, SIGNUP_CANCELLED }, /* nobody answered her */
    { SIGNUP_APPROVED, SIGNUP_CONFIRM, SIGNUP_CONFIRMED },
    { SIGNUP_APPROVED, SIGNUP_CANCEL, SIGNUP_CANCELLED },
    { SIGNUP_APPROVED, SIGNUP_OFFER, SIGNUP_APPROVED },
    { SIGNUP_APPROVED, SIGNUP_TAKE, SIGNUP_SWAPPED },
    { SIGNUP_APPROVED, SIGNUP_CHECK_IN, SIGNUP_CHECKED_IN },
    { SIGNUP_APPROVED, SIGNUP_MISS, SIGNUP_NO_SHOW },
    { SIGNUP_CONFIRMED, SIGNUP_CANCEL, SIGNUP_CANCELLED },
    { SIGNUP_CONFIRMED, SIGNUP_OFFER, SIGNUP_CONFIRMED },
    { SIGNUP_CONFIRMED, SIGNUP_TAKE, SIGNUP_SWAPPED },
    { SIGNUP_CONFIRMED, SIGNUP_CHECK_IN, SIGNUP_CHECKED_IN },
    { SIGNUP_CONFIRMED, SIGNUP_MISS, SIGNUP_NO_SHOW },
    { SIGNUP_CHECKED_IN, SIGNUP_CHECK_OUT, SIGNUP_CHECKED_OUT },
    { SIGNUP_CHECKED_OUT, SIGNUP_CREDIT, SIGNUP_CREDITED },
};

const char *signup_word(enum signup_state state)
{
    assert(state < SIGNUP_STATES);
    return WORDS[state];
}

bool signup_state_of(const char *word, enum signup_state *out)
{
    for (int i = 0; i < SIGNUP_STATES; i++) {
        if (strcmp(word, WORDS[i]) == 0) {
            *out = (enum signup_state)i;
            return true;
        }
    }
    return false;
}

/* By herself until the cut-off; staff until it begins. */
static bool check_cancel(const struct signup_moment *m, struct fail *f)
{
    const int64_t until_us = m->by_staff ? m->ends_us : m->cutoff_us;

    if (m->now_us < until_us)
        return true;
    fail_set(f, FAIL_CONFLICT, CUT_OFF_PASSED,
             m->by_staff ? "the shift is over" : "the time to cancel by oneself is over");
    return fail_allowed(f, "before the cut-off, or by staff of the organisation");
}

/* A place is passed on while it is still to be filled. */
static bool check_swap(const struct signup_moment *m, struct fail *f)
{
    if (m->now_us < m->starts_us)
        return true;
    fail_set(f, FAIL_CONFLICT, CUT_OFF_PASSED, "the shift has begun");
    return fail_allowed(f, "before it begins");
}

static bool check_in(const struct signup_moment *m, struct fail *f)
{
    if (m->now_us >= m->starts_us - SIGNUP_EARLY_MIN * MINUTE_US && m->now_us < m->ends_us)
        return true;
    fail_set(f, FAIL_CONFLICT, CHECK_IN_TIME,
             m->now_us < m->ends_us ? "it is too early to check in" : "the shift is over");
    return fail_allowed(f, "from %d minutes before the start to the end", SIGNUP_EARLY_MIN);
}

static bool check_miss(const struct signup_moment *m, struct fail *f)
{
    if (m->now_us >= m->ends_us)
        return true;
    fail_set(f, FAIL_CONFLICT, CHECK_IN_TIME, "she may still come");
    return fail_allowed(f, "after the end");
}

static bool check_time(enum signup_event event, const struct signup_moment *m, struct fail *f)
{
    switch (event) {
    case SIGNUP_CANCEL:
        return check_cancel(m, f);
    case SIGNUP_OFFER:
    case SIGNUP_TAKE:
        return check_swap(m, f);
    case SIGNUP_CHECK_IN:
        return check_in(m, f);
    case SIGNUP_MISS:
        return check_miss(m, f);
    case SIGNUP_APPROVE:
    case SIGNUP_CONFIRM:
    case SIGNUP_CHECK_OUT:
    case SIGNUP_CREDIT:
    case SIGNUP_EVENTS:
        break;
    }
    return true;
}

static int32_t late_min(const struct signup_moment *m)
{
    const int64_t minutes = (m->now_us - m->starts_us) / MINUTE_US;

    return minutes >= SIGNUP_LATE_MIN ? (int32_t)minutes : 0;
}

bool signup_next(enum signup_state state, enum signup_event event,
                 const struct signup_moment *moment, struct signup_step *out, struct fail *f)
{
    size_t i = 0;

    assert(state < SIGNUP_STATES && event < SIGNUP_EVENTS);
    while (i < sizeof MOVES / sizeof *MOVES && (MOVES[i].from != state || MOVES[i].event != event))
        i++;
    if (i == sizeof MOVES / sizeof *MOVES) {
        fail_set(f, FAIL_CONFLICT, SIGNUP_STATE, "a sign-up that is %s cannot be %s", WORDS[state],
                 DOES[event]);
        return fail_value(f, WORDS[state]);
    }
    if (!check_time(event, moment, f))
        return false;
    *out = (struct signup_step){
        .state = MOVES[i].to,
        .late_min = event == SIGNUP_CHECK_IN ? late_min(moment) : 0,
        .starts_duty = event == SIGNUP_CHECK_IN,
        .ends_duty = event == SIGNUP_CHECK_OUT,
        .gives_place = event == SIGNUP_CANCEL,
    };
    return true;
}

int32_t signup_minutes(int64_t in_us, int64_t out_us, const struct signup_moment *moment)
{
    const int64_t from = in_us > moment->starts_us ? in_us : moment->starts_us;
    const int64_t to = out_us < moment->ends_us ? out_us : moment->ends_us;

    return to > from ? (int32_t)((to - from + MINUTE_US / 2) / MINUTE_US) : 0;
}
