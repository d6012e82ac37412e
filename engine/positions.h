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
 * position, in one transaction, which also leaves out whoever is not to be
 * tracked; then the live index moves, then who sent it is told.
 *
 * Each writer is a thread with a connection of its own. A person always goes to
 * the same writer, so the order of her fixes holds and two writers never wait for
 * each other's rows. Nobody else waits for a commit. */
struct positions;

enum {
    POSITIONS_WRITER_MAX = 8,
    POSITIONS_BATCH_MAX = 1000, /* fixes in a commit */
    POSITIONS_WAIT_MS = 25,     /* longest that a batch stays open */
};

struct positions_options {
    int32_t writer_count; /* 1 to POSITIONS_WRITER_MAX */
    int32_t queue_max;    /* fixes waiting, over all writers */
    int64_t node_id;      /* who tells the other nodes; 0: nobody is told */
};

extern const struct positions_options POSITIONS_USUAL;

/* What else happens to the fixes on their way. A person's fixes come to a stage one
 * after another in the order they were taken, those of different writers at the same
 * time. A stage must be brief: the next batch waits for it. */
struct positions_stage {
    void *self;
    /* Before a batch is written: may set flags and is_repeat. May be NULL, like the next. */
    void (*judge)(void *self, struct live_fix *fixes, int32_t count);
    /* When it is committed and live shows it; a person_id of 0 is of a fix that was
     * refused or came again, and is to be passed over. */
    void (*passed)(void *self, const struct live_fix *fixes, int32_t count);
};
enum { POSITIONS_STAGE_MAX = 8 };

/* Adds a stage behind those that are there; before anything is sent. */
void positions_add_stage(struct positions *p, struct positions_stage stage);

/* Where a batch goes that the database cannot take now: it is away, or its disk is full.
 * True: the fixes are kept safely on this node and will be written; their flags say
 * LIVE_NODE_LOCAL. maybe_written: the answer to a commit was lost, so that they may be in
 * the database already. On a writer's thread. */
struct positions_refuge {
    void *self;
    bool (*keep)(void *self, const struct live_fix *fixes, int32_t count, bool maybe_written,
                 struct fail *f);
};

/* Before anything is sent. Without one such a batch fails. */
void positions_set_refuge(struct positions *p, struct positions_refuge refuge);

/* `database` is a libpq string, used at once and copied; `l` must outlive this. */
struct positions *positions_open(const char *database, struct live *l,
                                 const struct positions_options *options, struct fail *f);
/* Commits what is waiting, then stops. Nobody may send any more. */
void positions_close(struct positions *p);

/* What became of what was sent. */
enum positions_end {
    POSITIONS_COMMITTED,  /* every item that still has no code is in the database */
    POSITIONS_NODE_LOCAL, /* some of them only on this node, in the refuge */
    POSITIONS_FAILED,     /* some may be written; sending the same again does no harm */
};

/* Who is told: once, on any thread, perhaps before positions_send has returned. `why` is
 * NULL unless it failed. */
struct positions_done {
    void (*call)(void *self, enum positions_end end, const struct fail *why);
    void *self;
};

/* False with TOO_MANY_POSITIONS while nothing more would be taken: worth asking before
 * a large body is read. */
bool positions_have_room(struct positions *p, struct fail *f);

/* Sends the items that have no code yet to be committed, and does not wait for it. Those
 * of people whom the sender does not see get PERSON_UNKNOWN, like those whom nobody is,
 * those of people off duty OFF_DUTY, and those of people who have not agreed to be located
 * CONSENT_MISSING: of these nothing is stored. One of the same person, moment and place as
 * her last position, or as one that a stage knows to be committed, is a repeat: it is
 * accepted, and neither written nor kept again; if a node kept her last one, the end is
 * POSITIONS_NODE_LOCAL once more.
 *
 * True: `done` is called; until then the fixes and the arena stay as they are, and are
 * the writers'. False: nothing was taken and nobody is called, with TOO_MANY_POSITIONS
 * when too many are waiting. Called from any thread. */
bool positions_send(struct positions *p, const struct sight *sight, struct fixes *fixes,
                    struct arena *a, struct positions_done done, struct fail *f);

/* The same, but waits. False also when it failed. */
bool positions_take(struct positions *p, const struct sight *sight, struct fixes *fixes,
                    struct arena *a, struct fail *f);

#endif
