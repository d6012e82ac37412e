#ifndef ENGINE_PROGRAM_H
#define ENGINE_PROGRAM_H

#include <stdbool.h>

#include "geo/base/buf.h"
#include "geo/base/fail.h"

/* Another program, run to its end: osm2pgsql and osmium do what they are good at.
 * It dies with us, even when we are killed, so nothing goes on working behind the
 * back of whoever starts again. */
struct program {
    const char *const *arguments; /* the name first, NULL last; found on $PATH */
    char *const *environment;     /* lines that add to ours, NULL last; may be NULL */
    const char *package;          /* that has it, for the user who lacks it */
    /* Asked several times a second; false ends the program. May be NULL. */
    bool (*go_on)(void *self);
    void *self;
};

enum {
    PROGRAM_OUTPUT_MAX = 1 << 20
}; /* bytes kept of each stream: the first of
      stdout, the last of stderr */

/* True when it ran to its end: *status is its exit code (128 and the signal's
 * number when it was killed), `out` and `said` what it wrote to stdout and stderr.
 * False with PROGRAM_MISSING or INTERRUPTED. */
bool program_run(const struct program *p, struct buf *out, struct buf *said, int *status,
                 struct fail *f);

/* Why a program failed, in the buf: the last line that speaks of an error, else
 * the last one that is not empty. */
const char *program_reason(struct buf *said);

#endif
