/* The table of DOMAIN's incident: a row for each state, a column for each event. */
#include "engine/incident_states.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static const char *const STATES[INCIDENT_STATES_COUNT] = {
    [INCIDENT_STATES_REPORTED] = "reported",
    [INCIDENT_STATES_VERIFIED] = "verified",
    [INCIDENT_STATES_OPEN] = "open",
    [INCIDENT_STATES_HANDLED] = "handled",
    [INCIDENT_STATES_FEEDBACK] = "feedback",
    [INCIDENT_STATES_CLOSED] = "closed",
    [INCIDENT_STATES_CANCELLED] = "cancelled",
    [INCIDENT_STATES_MERGED] = "merged",
    [INCIDENT_STATES_TRANSFERRED] = "transferred",
    [INCIDENT_STATES_REOPENED] = "reopened",
};

static const char *const EVENTS[INCIDENT_STATES_EVENTS] = {
    [INCIDENT_STATES_VERIFY] = "verify",     [INCIDENT_STATES_OPENING] = "open",
    [INCIDENT_STATES_HANDLE] = "handled",    [INCIDENT_STATES_GIVE_FEEDBACK] = "feedback",
    [INCIDENT_STATES_CLOSE] = "close",       [INCIDENT_STATES_CANCEL] = "cancel",
    [INCIDENT_STATES_REOPEN] = "reopen",     [INCIDENT_STATES_MERGE] = "merge",
    [INCIDENT_STATES_TRANSFER] = "transfer", [INCIDENT_STATES_SEND] = "send",
};

/* What is in a cell of the table: the next state, or one of these. */
enum {
    NO = -1,  /* may not be */
    YET = -2, /* is so already */
};

#define R INCIDENT_STATES_REPORTED
#define V INCIDENT_STATES_VERIFIED
#define O INCIDENT_STATES_OPEN
#define H INCIDENT_STATES_HANDLED
#define F INCIDENT_STATES_FEEDBACK
#define C INCIDENT_STATES_CLOSED
#define X INCIDENT_STATES_CANCELLED
#define M INCIDENT_STATES_MERGED
#define T INCIDENT_STATES_TRANSFERRED
#define A INCIDENT_STATES_REOPENED

/* Sending somebody opens an incident; sending somebody to one that is closed opens
 * it again. What was cancelled was none, and what was merged goes on elsewhere. */
static const int NEXT[INCIDENT_STATES_COUNT][INCIDENT_STATES_EVENTS] = {
    /*       verify open handled feedback close cancel reopen merge transfer send */
    [R] = { V, O, NO, NO, NO, X, NO, M, T, O },
    [V] = { YET, O, NO, NO, NO, X, NO, M, T, O },
    [O] = { NO, YET, H, NO, NO, X, NO, M, T, O },
    [H] = { NO, NO, YET, F, C, NO, A, M, T, A },
    [F] = { NO, NO, NO, YET, C, NO, A, M, T, A },
    [C] = { NO, NO, NO, NO, YET, NO, A, NO, NO, A },
    [X] = { NO, NO, NO, NO, NO, YET, A, NO, NO, NO },
    [M] = { NO, NO, NO, NO, NO, NO, NO, YET, NO, NO },
    [T] = { V, O, NO, NO, NO, X, NO, M, T, O },
    [A] = { NO, YET, H, NO, NO, X, YET, M, T, A },
};

#undef R
#undef V
#undef O
#undef H
#undef F
#undef C
#undef X
#undef M
#undef T
#undef A

/* What reaching a state by an event brings with it. */
static const uint32_t EFFECTS[INCIDENT_STATES_EVENTS] = {
    [INCIDENT_STATES_OPENING] = INCIDENT_STATES_STAMP_T1,
    [INCIDENT_STATES_SEND] = INCIDENT_STATES_STAMP_T1 | INCIDENT_STATES_UNSTAMP,
    [INCIDENT_STATES_HANDLE] = INCIDENT_STATES_STAMP_T6,
    [INCIDENT_STATES_CLOSE] =
        INCIDENT_STATES_STAMP_T7 | INCIDENT_STATES_STAND_DOWN | INCIDENT_STATES_DISPOSITION,
    [INCIDENT_STATES_CANCEL] = INCIDENT_STATES_STAND_DOWN,
    [INCIDENT_STATES_REOPEN] = INCIDENT_STATES_UNSTAMP,
    [INCIDENT_STATES_MERGE] = INCIDENT_STATES_MOVE_PEOPLE,
    [INCIDENT_STATES_TRANSFER] = INCIDENT_STATES_MOVE_PEOPLE,
};

/* A firm takes back what nobody has looked at yet, and nothing else. */
static bool actor_may(enum incident_states_state state, enum incident_states_event event,
                      enum incident_states_actor actor)
{
    return actor == INCIDENT_STATES_STAFF ||
           (event == INCIDENT_STATES_CANCEL &&
            (state == INCIDENT_STATES_REPORTED || state == INCIDENT_STATES_CANCELLED));
}

static bool refuse(enum incident_states_state state, enum incident_states_event event,
                   enum incident_states_actor actor, struct fail *f)
{
    char words[120] = "";
    size_t length = 0;

    fail_set(f, FAIL_CONFLICT, INCIDENT_STATE, "an incident that is %s takes no \"%s\"",
             STATES[state], EVENTS[event]);
    for (int i = 0; i < INCIDENT_STATES_EVENTS; i++)
        if (NEXT[state][i] >= 0 && actor_may(state, (enum incident_states_event)i, actor))
            length += (size_t)snprintf(words + length, sizeof words - length, "%s%s",
                                       length ? ", " : "", EVENTS[i]);
    fail_allowed(f, "%s", length ? words : "nothing more");
    return fail_value(f, STATES[state]);
}

bool incident_states_next(enum incident_states_state state, enum incident_states_event event,
                          enum incident_states_actor actor, struct incident_states_effect *out,
                          struct fail *f)
{
    assert(state < INCIDENT_STATES_COUNT && event < INCIDENT_STATES_EVENTS);
    const int next = NEXT[state][event];

    if (next == NO || !actor_may(state, event, actor))
        return refuse(state, event, actor, f);
    if (next == YET)
        *out = (struct incident_states_effect){ .state = state, .is_nothing = true };
    else
        *out = (struct incident_states_effect){ .state = (enum incident_states_state)next,
                                                .what = EFFECTS[event] };
    return true;
}

bool incident_states_is_over(enum incident_states_state state)
{
    return state == INCIDENT_STATES_CLOSED || state == INCIDENT_STATES_CANCELLED ||
           state == INCIDENT_STATES_MERGED;
}

const char *incident_states_word(enum incident_states_state state)
{
    assert(state < INCIDENT_STATES_COUNT);
    return STATES[state];
}

static int find(const char *const *words, int count, const char *word)
{
    for (int i = 0; i < count; i++)
        if (strcmp(words[i], word) == 0)
            return i;
    return -1;
}

bool incident_states_of(const char *word, enum incident_states_state *out)
{
    const int i = find(STATES, INCIDENT_STATES_COUNT, word);

    if (i < 0)
        return false;
    *out = (enum incident_states_state)i;
    return true;
}

const char *incident_states_event_word(enum incident_states_event event)
{
    assert(event < INCIDENT_STATES_EVENTS);
    return EVENTS[event];
}

bool incident_states_event_of(const char *word, enum incident_states_event *out)
{
    const int i = find(EVENTS, INCIDENT_STATES_EVENTS, word);

    if (i < 0)
        return false;
    *out = (enum incident_states_event)i;
    return true;
}

const char *incident_states_shown(enum incident_states_state state, const char *stage)
{
    if (stage && (state == INCIDENT_STATES_OPEN || state == INCIDENT_STATES_REOPENED))
        return stage;
    return incident_states_word(state);
}
