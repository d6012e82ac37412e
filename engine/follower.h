#ifndef ENGINE_FOLLOWER_H
#define ENGINE_FOLLOWER_H

#include "engine/live.h"
#include "engine/world.h"
#include "geo/base/fail.h"

struct config;
struct db;
struct keyring;
struct orgs;

/* What is slow to change, read from the database over one connection by one thread at a
 * time, so that there is one order in which the city comes to be known: the newest import,
 * the organisation tree, the people, and who is let in. Every function may be called from
 * any thread, once it is open. */
struct follower;

/* Into which it reads; all of it must outlive the follower. */
struct follower_shadow {
    const struct config *config;
    struct world_slot *worlds;
    struct live *live;
    struct keyring *keyring;
};

struct follower *follower_new(const struct follower_shadow *shadow);
void follower_free(struct follower *fr);

/* Connects, and sees that the database is one that may be served. */
bool follower_open(struct follower *fr, struct fail *f);
/* Its connection, while there is no other thread yet. */
struct db *follower_db(struct follower *fr);

/* One look at everything. */
bool follower_look(struct follower *fr, struct fail *f);
/* The same, and says in the log when looks begin to fail and when they do so no longer. After
 * a good one `then` is called with the connection, and nobody else follows meanwhile. */
void follower_tick(struct follower *fr, void (*then)(void *self, struct db *db), void *self);
/* The people alone: whom other processes have changed. */
bool follower_people(struct follower *fr, struct fail *f);
/* Who is taken alone; what goes wrong here goes wrong at the next look, too, which says it. */
void follower_taken(struct follower *fr);

/* The newest organisation tree, to be dropped; NULL before the first look. */
const struct orgs *follower_orgs(struct follower *fr);

#endif
