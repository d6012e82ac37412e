#ifndef ENGINE_SQLSTATE_H
#define ENGINE_SQLSTATE_H

#include <stdbool.h>

#include "geo/base/fail.h"

/* What PostgreSQL said when it refused; every text may be empty, none is NULL. */
struct sqlstate {
    const char *what;  /* name of the statement */
    const char *state; /* five characters: the manual's appendix A */
    const char *message;
    const char *detail;
    const char *constraint;
    const char *place; /* the function of the server that refused */
};

/* Turns it into the failure that callers and users understand; returns false.
 * DATABASE_AWAY means that this connection is of no more use. */
bool sqlstate_fail(const struct sqlstate *s, struct fail *f);

#endif
