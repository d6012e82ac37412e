#ifndef ENGINE_FOOTSTEPS_H
#define ENGINE_FOOTSTEPS_H

#include <stdbool.h>
#include <stdint.h>

#include "geo/fence.h"

/* Where people were before the fixes that are on their way just now, for as long as a
 * batch takes to be committed: then live shows the new place, and the old one would be
 * forgotten. Nothing stays longer than two turns of footsteps_turn, whose caller says
 * how long a turn is; so nothing is known here of someone who went off duty. It does not
 * lock. */
struct footsteps;

struct footsteps *footsteps_new(void);
void footsteps_free(struct footsteps *s);

/* The last place that is known of her otherwise: taken over where it is news. */
void footsteps_stood(struct footsteps *s, int64_t person_id, const struct fence_fix *last);

enum footsteps_step {
    FOOTSTEPS_FIRST, /* nothing is known of before */
    FOOTSTEPS_NEXT,  /* *from is where she was before */
    FOOTSTEPS_OLD,   /* this is not newer than what is known */
};

/* Her next fix. */
enum footsteps_step footsteps_take(struct footsteps *s, int64_t person_id,
                                   const struct fence_fix *to, struct fence_fix *from);

/* Lets go of what has not been touched for a turn. */
void footsteps_turn(struct footsteps *s);

#endif
