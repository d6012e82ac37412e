#ifndef ENGINE_POSITIONS_H
#define ENGINE_POSITIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/live.h"
#include "engine/sight.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"
#include "geo/fixes.h"

/* The writer of positions. What it says is accepted is committed: a fix goes
 * into the history and, unless a newer one is there, becomes the person's last
 * position, in one transaction, which also asks the database once more whether she
 * may be tracked; then the live index moves, then who sent it is
 * answered.
 *
 * Each writer is a thread with a connection of its own. A person always goes to
 * the same writer, so the order of her fixes holds and two writers never wait for
 * each other's rows. */
struct positions;

enum {
    POSITIONS_WRITER_MAX = 8,
    POSITIONS_BATCH_MAX = 1000, /* fixes in a commit */
    POSITIONS_WAIT_MS = 25,     /* longest that a batch stays open */
};

struct positions_options {
    int32_t writer_count; /* 1 to POSITIONS_WRITER_MAX */
    int32_t queue_max;    /* fixes waiting, over all writers */
};

extern const struct positions_options POSITIONS_USUAL;

/* What else happens to the fixes on their way. A person's fixes come to a stage one
 * after another in the order they were taken, those of different writers at the same
 * time. A stage must be brief: the next batch waits for it. */
struct positions_stage {
    void *self;
    /* Before a batch is written: may set flags. May be NULL, like the next. */
    void (*judge)(void *self, struct live_fix *fixes, int32_t count);
    /* When it is committed and live shows it; a person_id of 0 is of a fix that was
     * refused, and is to be passed over. */
    void (*passed)(void *self, const struct live_fix *fixes, int32_t count);
};
enum { POSITIONS_STAGE_MAX = 8 };

/* Adds a stage behind those that are there; before anything is sent. */
void positions_add_stage(struct positions *p, struct positions_stage stage);

/* `database` is a libpq string, used at once; it and `l` must outlive this. */
struct positions *positions_open(const char *database, struct live *l,
                                 const struct positions_options *options, struct fail *f);
/* Commits what is waiting, then stops. Nobody may send any more. */
void positions_close(struct positions *p);

/* Has the items committed that have no code yet, and waits for it. Those of people
 * whom the sender does not see get PERSON_UNKNOWN, like those whom nobody is, those
 * of people off duty OFF_DUTY, and those of people who have not agreed to be located
 * CONSENT_MISSING: of these nothing is stored. True:
 * every item that still has no code is committed, and live shows it. False:
 * nothing was taken, with TOO_MANY_POSITIONS when too many are waiting, or with
 * DATABASE_AWAY; sending the same again does no harm. Called from any thread. */
bool positions_take(struct positions *p, const struct sight *sight, struct fixes *fixes,
                    struct arena *a, struct fail *f);

#endif
