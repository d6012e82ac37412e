#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/live.h"
#include "engine/world.h"
#include "geo/base/fail.h"

struct cadence;
struct closures;
struct bus_lines;
struct config;
struct coverage;
struct db;
struct feed;
struct ids;
struct jobs;
struct keyring;
struct landmarks;
struct nodes;
struct orgs;
struct personal;
struct positions;
struct proof;
struct shelter;
struct terrain_slot;
struct tiles;
struct trail;
struct weeks;

/* The city as one process knows it: the newest world, the people in memory, the
 * writer of positions and the timer that follows the database. One for the
 * life of a process; every function may be called from any thread. */
struct engine;

/* Opens the database, loads the current import (if there is one yet) and the
 * people, then starts its threads. The config must outlive it. NULL when the
 * database cannot be reached or its schema does not fit. */
struct engine *engine_open(const struct config *c, struct fail *f);

/* After the last request: lets the writer commit what it took, stops the
 * threads and gives everything back. */
void engine_close(struct engine *e);

/* The newest world, NULL before the first import; to be dropped with
 * world_drop. */
const struct world *engine_hold(struct engine *e);
/* The same, but says so: FAIL_BUSY, NO_CITY_YET before the first import. */
const struct world *engine_hold_city(struct engine *e, struct fail *f);

/* The newest organisation tree; never NULL, to be dropped with orgs_drop. */
const struct orgs *engine_orgs(struct engine *e);

struct live *engine_live(struct engine *e);
struct positions *engine_positions(struct engine *e);
struct trail *engine_trail(struct engine *e);
struct ids *engine_ids(struct engine *e);
struct keyring *engine_keyring(struct engine *e);
struct cadence *engine_cadence(struct engine *e);
struct shelter *engine_shelter(struct engine *e); /* NULL when there is none */
struct tiles *engine_tiles(struct engine *e);
struct bus_lines *engine_bus_lines(struct engine *e);
struct closures *engine_closures(struct engine *e);
struct coverage *engine_coverage(struct engine *e);
struct landmarks *engine_landmarks(struct engine *e);
struct feed *engine_feed(struct engine *e);
struct nodes *engine_nodes(struct engine *e);
struct proof *engine_proof(struct engine *e);
struct terrain_slot *engine_terrain(struct engine *e);
struct weeks *engine_weeks(struct engine *e);
const struct config *engine_config(const struct engine *e);
/* The keys of personal data, opened by whoever needs them first; NULL with
 * KEY_FILE_UNUSABLE while that cannot be done. */
const struct personal *engine_personal(struct engine *e, struct fail *f);

/* Brings the process up to the database now instead of within two seconds: the
 * newest import, the organisation tree and whoever was added or changed. For handlers
 * that have changed people or organisations, and for tests. Waits while the timer does
 * the same. */
bool engine_follow(struct engine *e, struct fail *f);

/* Work of others on the timer thread, about every two seconds, with its own
 * connection; at most ENGINE_HOOK_MAX, added before the first request. When the
 * database is away the hook is not called. */
enum { ENGINE_HOOK_MAX = 16 };
void engine_every_tick(struct engine *e, void (*tick)(void *self, struct db *db), void *self);

#endif
