#ifndef ENGINE_DUTY_H
#define ENGINE_DUTY_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/able.h"
#include "engine/db.h"
#include "engine/live.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"

/* On and off duty. Every change leaves a row in vigil.duty, which says when and by
 * whom, and an event; who goes off duty and is in no order loses her last position in
 * the same transaction. */

struct duty_wish {
    int64_t person_id;
    bool on_duty;
    const char *mode; /* a word of able_mode_of; NULL: as it was */
    bool sets_hired;  /* of a taxi: whether a fare has it */
    bool is_hired;
};

/* How she stands after it. */
struct duty_state {
    int64_t person_id;
    int64_t org_id; /* her home */
    int64_t version;
    bool on_duty;
    const char *mode;
    bool is_hired;
    const char *hindrances; /* why she cannot be sent, words of able_word as a JSON array */
    bool is_changed;        /* false: all was so already, and nothing was written */
};

/* Within the caller's transaction. PERSON_UNKNOWN when there is none whom the caller
 * may change; a taxi's fare of someone without a taxi is VALUE_NOT_ALLOWED. */
bool duty_set(struct db *db, const struct duty_wish *wish, struct arena *a, struct duty_state *out,
              struct fail *f);

/* Whether a fare has her taxi. Nothing is changed of someone without one, or off duty. */
bool duty_hire(struct db *db, int64_t person_id, bool is_hired, struct arena *a,
               struct duty_state *out, struct fail *f);

/* After the commit: the live index learns it at once, other processes by following. */
void duty_show(struct live *l, const struct duty_state *state);

#endif
