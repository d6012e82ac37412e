/* Rows of what may happen; what is in none of them may not. */
#include "engine/patrol.h"

#include <assert.h>
#include <string.h>

static const int64_t MINUTE_US = 60LL * 1000000;

static const char *const WORDS[PATROL_STATES] = {
    "asked",    "waiting",  "claimed",  "confirmed", "started",   "paused",
    "finished", "verified", "credited", "cancelled", "abandoned", "missed",
};

static const char *const DOES[PATROL_EVENTS] = {
    "given a place", "made to wait", "confirmed", "cancelled", "swapped",  "started",  "paused",
    "resumed",       "finished",     "abandoned", "missed",    "verified", "credited",
};

static const struct {
    enum patrol_state from;
    enum patrol_event event;
    enum patrol_state to;
} MOVES[] = {
    { PATROL_ASKED, PATROL_WIN, PATROL_CLAIMED },
    { PATROL_ASKED, PATROL_WAIT, PATROL_WAITING },
    { PATROL_ASKED, PATROL_CANCEL, PATROL_CANCELLED },
    { PATROL_ASKED, PATROL_MISS, PATROL_CANCELLED },
    { PATROL_WAITING, PATROL_WIN, PATROL_CLAIMED },
    { PATROL_WAITING, PATROL_CANCEL, PATROL_CANCELLED },
    { PATROL_WAITING, PATROL_MISS, PATROL_CANCELLED },
    { PATROL_CLAIMED, PATROL_CONFIRM, PATROL_CONFIRMED },
    { PATROL_CLAIMED, PATROL_CANCEL, PATROL_CANCELLED },
    { PATROL_CLAIMED, PATROL_SWAP, PATROL_CLAIMED },
    { PATROL_CLAIMED, PATROL_START, PATROL_STARTED },
    { PATROL_CLAIMED, PATROL_MISS, PATROL_MISSED },
    { PATROL_CONFIRMED, PATROL_CANCEL, PATROL_CANCELLED },
    { PATROL_CONFIRMED, PATROL_SWAP, PATROL_CLAIMED },
    { PATROL_CONFIRMED, PATROL_START, PATROL_STARTED },
    { PATROL_CONFIRMED, PATROL_MISS, PATROL_MISSED },
    { PATROL_STARTED, PATROL_PAUSE, PATROL_PAUSED },
    { PATROL_STARTED, PATROL_FINISH, PATROL_FINISHED },
    { PATROL_STARTED, PATROL_ABANDON, PATROL_ABANDONED },
    { PATROL_PAUSED, PATROL_RESUME, PATROL_STARTED },
    { PATROL_PAUSED, PATROL_FINISH, PATROL_FINISHED },
    { PATROL_PAUSED, PATROL_ABANDON, PATROL_ABANDONED },
    { PATROL_FINISHED, PATROL_VERIFY, PATROL_VERIFIED },
    { PATROL_VERIFIED, PATROL_CREDIT, PATROL_CREDITED },
};

const char *patrol_word(enum patrol_state state)
{
    assert(state < PATROL_STATES);
    return WORDS[state];
}

bool patrol_state_of(const char *word, enum patrol_state *out)
{
    for (int i = 0; i < PATROL_STATES; i++) {
        if (strcmp(word, WORDS[i]) == 0) {
            *out = (enum patrol_state)i;
            return true;
        }
    }
    return false;
}

bool patrol_holds(enum patrol_state state)
{
    return state >= PATROL_CLAIMED && state <= PATROL_CREDITED;
}

/* Who only waits may leave at any time; a day that is held is given back in time for
 * another squad, later by staff alone. */
static bool check_leave(enum patrol_state state, const struct patrol_moment *m, struct fail *f)
{
    if (!patrol_holds(state) || m->now_us < (m->by_staff ? m->starts_us : m->cutoff_us))
        return true;
    fail_set(f, FAIL_CONFLICT, CUT_OFF_PASSED,
             m->by_staff ? "the patrol day has begun"
                         : "the cut-off of this patrol day has passed: it can no longer be given "
                           "back or swapped");
    return fail_allowed(f, "before the cut-off, or before the start by staff of the organisation");
}

static bool check_size(const struct patrol_moment *m, struct fail *f)
{
    if (m->people >= m->min_people && m->people <= m->max_people)
        return true;
    fail_set(f, FAIL_CONFLICT, SQUAD_SIZE, "%d people are named for this patrol", m->people);
    return fail_allowed(f, "%d to %d people", m->min_people, m->max_people);
}

static bool check_start(const struct patrol_moment *m, struct fail *f)
{
    if (m->now_us >= m->starts_us - PATROL_EARLY_MIN * MINUTE_US && m->now_us < m->ends_us)
        return true;
    fail_set(f, FAIL_CONFLICT, PATROL_TIME,
             m->now_us < m->ends_us ? "it is too early to start" : "the patrol day is over");
    return fail_allowed(f, "from %d minutes before the start to the end", PATROL_EARLY_MIN);
}

static bool check_over(const struct patrol_moment *m, struct fail *f)
{
    if (m->now_us >= m->ends_us)
        return true;
    fail_set(f, FAIL_CONFLICT, PATROL_TIME, "the squad may still come");
    return fail_allowed(f, "after the end");
}

static bool check_guards(enum patrol_state state, enum patrol_event event,
                         const struct patrol_moment *m, struct fail *f)
{
    switch (event) {
    case PATROL_CANCEL:
    case PATROL_SWAP:
        return check_leave(state, m, f);
    case PATROL_CONFIRM:
        return check_size(m, f);
    case PATROL_START:
        return check_start(m, f);
    case PATROL_MISS:
        return check_over(m, f);
    case PATROL_WIN:
    case PATROL_WAIT:
    case PATROL_PAUSE:
    case PATROL_RESUME:
    case PATROL_FINISH:
    case PATROL_ABANDON:
    case PATROL_VERIFY:
    case PATROL_CREDIT:
    case PATROL_EVENTS:
        break;
    }
    return true;
}

bool patrol_next(enum patrol_state state, enum patrol_event event,
                 const struct patrol_moment *moment, struct patrol_step *out, struct fail *f)
{
    size_t i = 0;

    assert(state < PATROL_STATES && event < PATROL_EVENTS);
    while (i < sizeof MOVES / sizeof *MOVES && (MOVES[i].from != state || MOVES[i].event != event))
        i++;
    if (i == sizeof MOVES / sizeof *MOVES) {
        fail_set(f, FAIL_CONFLICT, PATROL_STATE, "a patrol that is %s cannot be %s", WORDS[state],
                 DOES[event]);
        return fail_value(f, WORDS[state]);
    }
    if (!check_guards(state, event, moment, f))
        return false;
    *out = (struct patrol_step){
        .state = MOVES[i].to,
        .gives_place = patrol_holds(state) && !patrol_holds(MOVES[i].to),
        .ends_people = event == PATROL_SWAP || event == PATROL_FINISH ||
                       (patrol_holds(state) && !patrol_holds(MOVES[i].to)),
    };
    return true;
}
