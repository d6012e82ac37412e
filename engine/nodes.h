#ifndef ENGINE_NODES_H
#define ENGINE_NODES_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/live.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"

/* The processes that serve one city beside each other. Each listens to what the others
 * tell with their commits: positions go into live, and when people have changed it is
 * looked for at once. Once a second each says that it is there; when it does not hear
 * that itself, has missed a batch, or had to connect anew, it reads all positions again,
 * and until then says since when what it knows may be stale.
 *
 * One thread with two connections: one that only listens, one that says and reads.
 * It lives through the absence of the database. Every function may be called from any
 * thread unless it says otherwise. */
struct nodes;

enum {
    NODES_BEAT_MS = 1000,   /* between two beats */
    NODES_SILENT_MS = 5000, /* whoever is not heard for so long is silent */
    NODES_LIST_MAX = 64,
    NODES_EAR_MAX = 4,
};

/* Enters vigil.node under a number of its own and listens from now on: what is read
 * from the database afterwards and what will be heard leave nothing out. NULL with
 * DATABASE_AWAY. `l` must outlive it. */
struct nodes *nodes_open(const char *database, const char *name, struct live *l, struct fail *f);
/* Leaves vigil.node, for good. */
void nodes_close(struct nodes *n);

/* The number of this process among all that ever served this city. */
int64_t nodes_id(const struct nodes *n);

/* Who else hears of what other nodes have committed, in the order of each person's
 * fixes, on the thread of nodes; before nodes_start. */
struct nodes_ear {
    void *self;
    void (*heard)(void *self, const struct live_fix *fixes, int32_t count);
    /* Some may have been missed up to now; live has been read again. May be NULL. */
    void (*lost)(void *self);
};
void nodes_add_ear(struct nodes *n, struct nodes_ear ear);

/* Begins to hear, once live has been filled. follow(self) brings the people of live up
 * to the database. */
bool nodes_start(struct nodes *n, bool (*follow)(void *self, struct fail *f), void *self,
                 struct fail *f);
/* Ends the thread; afterwards `follow` and the ears are not called any more. */
void nodes_stop(struct nodes *n);

/* True when answers from memory may lack what was committed after *since_us (microseconds
 * since 1970): the database is away, its notifications have been silent for NODES_SILENT_MS,
 * or something was missed and has not been read again. */
bool nodes_stale(struct nodes *n, int64_t *since_us);

/* A node as it is known here. */
struct nodes_one {
    int64_t node_id;
    const char *name;
    const char *version;
    bool is_self;
    bool is_silent; /* has not said anything for NODES_SILENT_MS */
    int64_t started_us;
    int64_t silence_us; /* since its last beat */
    uint64_t index_hash;
    int64_t placed_count;
    int64_t lag_us; /* from its last beat until it heard it back */
    int64_t resync_count;
    int64_t stale_since_us; /* 0: it is up to date */
};

/* This one as it is now, the others as they were at the last look, by number; also while
 * the database is away. Whoever is silent for an hour is not named. */
int32_t nodes_list(struct nodes *n, struct arena *a, const struct nodes_one **out);

#endif
