/* The classes are those of PostgreSQL's appendix A, "Error Codes". */
#include "engine/sqlstate.h"

#include <string.h>

static bool begins(const char *state, const char *class)
{
    return strncmp(state, class, strlen(class)) == 0;
}

static bool is(const char *state, const char *code)
{
    return strcmp(state, code) == 0;
}

/* Class 23: what a constraint says. The detail names the key and the value. */
static bool fail_constraint(const struct sqlstate *s, struct fail *f)
{
    if (is(s->state, "23505") || is(s->state, "23P01"))
        return fail_set(f, FAIL_CONFLICT, ALREADY_EXISTS, "this is taken already: %.200s",
                        s->detail);
    if (is(s->state, "23503"))
        return fail_set(f, FAIL_INPUT, REFERENCE_UNKNOWN,
                        "this refers to what is not there: %.200s", s->detail);
    if (is(s->state, "23514") && strstr(s->constraint, "geom"))
        return fail_set(f, FAIL_INPUT, SHAPE_REFUSED, "the shape is not valid (rule %.80s)",
                        s->constraint);
    if (is(s->state, "23514"))
        return fail_set(f, FAIL_INPUT, RULE_BROKEN, "a value breaks the rule %.80s", s->constraint);
    return fail_set(f, FAIL_BROKEN, DATABASE_FAILED, "the database refused a row at %.40s: %.200s",
                    s->what, s->message);
}

bool sqlstate_fail(const struct sqlstate *s, struct fail *f)
{
    const char *state = s->state;

    if (begins(state, "23"))
        return fail_constraint(s, f);
    /* A row that the policies would not show. The function's name is the only part of
     * this that is neither translated nor shared with a missing grant. */
    if (is(state, "42501") && is(s->place, "ExecWithCheckOptions"))
        return fail_set(f, FAIL_MISSING, OUT_OF_SCOPE,
                        "there is no such thing where you may change something");
    if (is(state, "53100"))
        return fail_set(f, FAIL_BUSY, DISK_FULL, "the database's disk is full: %.200s", s->message);
    /* Too many connections, shutting down, or a standby that may not write. */
    if (begins(state, "08") || begins(state, "53") || begins(state, "57P") || is(state, "25006"))
        return fail_set(f, FAIL_BUSY, DATABASE_AWAY, "the database is not available: %.200s",
                        s->message);
    if (begins(state, "40") || is(state, "55P03"))
        return fail_set(f, FAIL_BUSY, DATABASE_CONTENDED, "others were changing the same: %.200s",
                        s->message);
    if (is(state, "57014"))
        return fail_set(f, FAIL_BUSY, DATABASE_SLOW, "the database took too long: %.200s",
                        s->message);
    return fail_set(f, FAIL_BROKEN, DATABASE_FAILED, "the database failed at %.40s: %.200s (%.5s)",
                    s->what, s->message, state);
}
