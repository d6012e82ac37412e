/* The table of DOMAIN's dispatch: a row for each state, a column for each event. */
#include "engine/dispatch_states.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static const char *const STATES[DISPATCH_STATES_COUNT] = {
    [DISPATCH_STATES_OFFERED] = "offered",       [DISPATCH_STATES_SEEN] = "seen",
    [DISPATCH_STATES_ACCEPTED] = "accepted",     [DISPATCH_STATES_ENROUTE] = "enroute",
    [DISPATCH_STATES_ON_SCENE] = "on_scene",     [DISPATCH_STATES_WORKING] = "working",
    [DISPATCH_STATES_CLEARED] = "cleared",       [DISPATCH_STATES_DECLINED] = "declined",
    [DISPATCH_STATES_EXPIRED] = "expired",       [DISPATCH_STATES_WITHDRAWN] = "withdrawn",
    [DISPATCH_STATES_STOOD_DOWN] = "stood_down", [DISPATCH_STATES_REASSIGNED] = "reassigned",
    [DISPATCH_STATES_FAILED] = "failed",
};

static const char *const EVENTS[DISPATCH_STATES_EVENTS] = {
    [DISPATCH_STATES_SEE] = "seen",
    [DISPATCH_STATES_ACCEPT] = "accept",
    [DISPATCH_STATES_DECLINE] = "decline",
    [DISPATCH_STATES_SET_OUT] = "enroute",
    [DISPATCH_STATES_ARRIVE] = "arrive",
    [DISPATCH_STATES_WORK] = "working",
    [DISPATCH_STATES_CLEAR] = "clear",
    [DISPATCH_STATES_WITHDRAW] = "withdraw",
    [DISPATCH_STATES_STAND_DOWN] = "stand_down",
    [DISPATCH_STATES_REASSIGN] = "reassign",
    [DISPATCH_STATES_FAIL] = "fail",
    [DISPATCH_STATES_EXPIRE] = "expire",
};

static const char *const ACTORS[DISPATCH_STATES_ACTORS] = {
    [DISPATCH_STATES_HERSELF] = "herself",
    [DISPATCH_STATES_STAFF] = "staff",
    [DISPATCH_STATES_TIMER] = "timer",
    [DISPATCH_STATES_GEOFENCE] = "geofence",
};

/* What is in a cell of the table: the next state, or one of these. */
enum {
    NO = -1,  /* may not be */
    YET = -2, /* is so, or further, already */
};

#define O DISPATCH_STATES_OFFERED
#define S DISPATCH_STATES_SEEN
#define A DISPATCH_STATES_ACCEPTED
#define E DISPATCH_STATES_ENROUTE
#define P DISPATCH_STATES_ON_SCENE
#define W DISPATCH_STATES_WORKING
#define C DISPATCH_STATES_CLEARED
#define D DISPATCH_STATES_DECLINED
#define X DISPATCH_STATES_EXPIRED
#define Q DISPATCH_STATES_WITHDRAWN
#define N DISPATCH_STATES_STOOD_DOWN
#define R DISPATCH_STATES_REASSIGNED
#define F DISPATCH_STATES_FAILED

/* Steps may be left out: who sets out has accepted, who is there has set out. A
 * phone that was offline sends its steps late and again: what lies behind is YET. */
static const int NEXT[DISPATCH_STATES_COUNT][DISPATCH_STATES_EVENTS] = {
    /*       seen accept decline enroute arrive working clear withdraw stand reassign fail expire */
    [O] = { S, A, D, E, P, NO, NO, NO, N, R, NO, X },
    [S] = { YET, A, D, E, P, NO, NO, NO, N, R, NO, X },
    [A] = { YET, YET, NO, E, P, NO, NO, Q, N, R, F, YET },
    [E] = { YET, YET, NO, YET, P, NO, NO, Q, N, R, F, YET },
    [P] = { YET, YET, NO, YET, YET, W, C, Q, N, R, NO, YET },
    [W] = { YET, YET, NO, YET, YET, YET, C, Q, N, R, NO, YET },
    [C] = { YET, YET, NO, YET, YET, YET, YET, NO, YET, NO, NO, YET },
    [D] = { YET, NO, YET, NO, NO, NO, NO, NO, YET, NO, NO, YET },
    [X] = { NO, NO, YET, NO, NO, NO, NO, NO, YET, NO, NO, YET },
    [Q] = { YET, NO, NO, NO, NO, NO, NO, YET, YET, NO, NO, YET },
    [N] = { YET, NO, YET, NO, NO, NO, NO, YET, YET, NO, NO, YET },
    [R] = { YET, NO, YET, NO, NO, NO, NO, YET, YET, YET, NO, YET },
    [F] = { YET, NO, NO, NO, NO, NO, NO, NO, YET, NO, YET, YET },
};

#undef O
#undef S
#undef A
#undef E
#undef P
#undef W
#undef C
#undef D
#undef X
#undef Q
#undef N
#undef R
#undef F

#define BY(actor) (1U << DISPATCH_STATES_##actor)

/* Whose word it can be. */
static const uint32_t WHO[DISPATCH_STATES_EVENTS] = {
    [DISPATCH_STATES_SEE] = BY(HERSELF) | BY(STAFF),
    [DISPATCH_STATES_ACCEPT] = BY(HERSELF) | BY(STAFF),
    [DISPATCH_STATES_DECLINE] = BY(HERSELF) | BY(STAFF),
    [DISPATCH_STATES_SET_OUT] = BY(HERSELF) | BY(STAFF),
    [DISPATCH_STATES_ARRIVE] = BY(HERSELF) | BY(STAFF) | BY(GEOFENCE),
    [DISPATCH_STATES_WORK] = BY(HERSELF) | BY(STAFF),
    [DISPATCH_STATES_CLEAR] = BY(HERSELF) | BY(STAFF),
    [DISPATCH_STATES_WITHDRAW] = BY(HERSELF) | BY(STAFF),
    [DISPATCH_STATES_STAND_DOWN] = BY(STAFF),
    [DISPATCH_STATES_REASSIGN] = BY(STAFF),
    [DISPATCH_STATES_FAIL] = BY(STAFF),
    [DISPATCH_STATES_EXPIRE] = BY(TIMER),
};

/* Best first: how an order ended, when it ended differently for its people. */
static const enum dispatch_states_state ENDS[] = {
    DISPATCH_STATES_CLEARED,   DISPATCH_STATES_REASSIGNED, DISPATCH_STATES_STOOD_DOWN,
    DISPATCH_STATES_WITHDRAWN, DISPATCH_STATES_FAILED,     DISPATCH_STATES_EXPIRED,
    DISPATCH_STATES_DECLINED,
};

static bool is_answer(enum dispatch_states_event event)
{
    return event == DISPATCH_STATES_ACCEPT || event == DISPATCH_STATES_SET_OUT ||
           event == DISPATCH_STATES_ARRIVE;
}

static void list_allowed(enum dispatch_states_state state, enum dispatch_states_actor actor,
                         struct fail *f)
{
    char words[140] = "";
    size_t length = 0;

    for (int i = 0; i < DISPATCH_STATES_EVENTS; i++)
        if (NEXT[state][i] >= 0 && (WHO[i] & 1U << actor))
            length += (size_t)snprintf(words + length, sizeof words - length, "%s%s",
                                       length ? ", " : "", EVENTS[i]);
    fail_allowed(f, "%s", length ? words : "nothing more");
    fail_value(f, STATES[state]);
}

static bool refuse(enum dispatch_states_state state, enum dispatch_states_event event,
                   enum dispatch_states_actor actor, struct fail *f)
{
    if (is_answer(event) && state == DISPATCH_STATES_STOOD_DOWN)
        fail_set(f, FAIL_CONFLICT, DISPATCH_FILLED,
                 "enough people are on their way: this order was stood down");
    else if (is_answer(event) && state == DISPATCH_STATES_EXPIRED)
        fail_set(f, FAIL_CONFLICT, DISPATCH_LATE, "the time to answer this order is over");
    else if (!dispatch_states_is_active(state))
        fail_set(f, FAIL_CONFLICT, DISPATCH_OVER, "this order is over (%s) and takes no \"%s\"",
                 STATES[state], EVENTS[event]);
    else
        fail_set(f, FAIL_CONFLICT, DISPATCH_STATE, "an order that is %s takes no \"%s\"",
                 STATES[state], EVENTS[event]);
    list_allowed(state, actor, f);
    return false;
}

bool dispatch_states_next(enum dispatch_states_state state, enum dispatch_states_event event,
                          enum dispatch_states_actor actor, int64_t now_us, int64_t expires_us,
                          struct dispatch_states_effect *out, struct fail *f)
{
    assert(state < DISPATCH_STATES_COUNT && event < DISPATCH_STATES_EVENTS);
    const bool waits = state == DISPATCH_STATES_OFFERED || state == DISPATCH_STATES_SEEN;
    const int next = NEXT[state][event];

    if (next == NO || !(WHO[event] & 1U << actor))
        return refuse(state, event, actor, f);
    if (waits && actor == DISPATCH_STATES_HERSELF && is_answer(event) && now_us >= expires_us)
        return refuse(DISPATCH_STATES_EXPIRED, event, actor, f);
    /* The timer looks now and then; an order that is not due yet goes on waiting. */
    if (next == YET || (event == DISPATCH_STATES_EXPIRE && now_us < expires_us))
        *out = (struct dispatch_states_effect){ .state = state, .is_nothing = true };
    else
        *out = (struct dispatch_states_effect){ .state = (enum dispatch_states_state)next };
    return true;
}

bool dispatch_states_is_active(enum dispatch_states_state state)
{
    return state <= DISPATCH_STATES_WORKING;
}

enum dispatch_states_state dispatch_states_of_all(const enum dispatch_states_state *people,
                                                  int32_t count)
{
    int furthest = -1;

    assert(count > 0);
    for (int32_t i = 0; i < count; i++)
        if (dispatch_states_is_active(people[i]) && (int)people[i] > furthest)
            furthest = (int)people[i];
    if (furthest >= 0)
        return (enum dispatch_states_state)furthest;
    for (size_t end = 0; end < sizeof ENDS / sizeof *ENDS; end++)
        for (int32_t i = 0; i < count; i++)
            if (people[i] == ENDS[end])
                return ENDS[end];
    return people[0];
}

int32_t dispatch_states_window_s(int32_t priority)
{
    static const int32_t WINDOWS_S[] = { 30, 60, 120 };

    assert(priority >= 1 && priority <= 3);
    return WINDOWS_S[priority - 1];
}

const char *dispatch_states_word(enum dispatch_states_state state)
{
    assert(state < DISPATCH_STATES_COUNT);
    return STATES[state];
}

static int find(const char *const *words, int count, const char *word)
{
    for (int i = 0; i < count; i++)
        if (strcmp(words[i], word) == 0)
            return i;
    return -1;
}

bool dispatch_states_of(const char *word, enum dispatch_states_state *out)
{
    const int i = find(STATES, DISPATCH_STATES_COUNT, word);

    if (i < 0)
        return false;
    *out = (enum dispatch_states_state)i;
    return true;
}

const char *dispatch_states_event_word(enum dispatch_states_event event)
{
    assert(event < DISPATCH_STATES_EVENTS);
    return EVENTS[event];
}

bool dispatch_states_event_of(const char *word, enum dispatch_states_event *out)
{
    const int i = find(EVENTS, DISPATCH_STATES_EVENTS, word);

    if (i < 0)
        return false;
    *out = (enum dispatch_states_event)i;
    return true;
}

const char *dispatch_states_actor_word(enum dispatch_states_actor actor)
{
    assert(actor < DISPATCH_STATES_ACTORS);
    return ACTORS[actor];
}
