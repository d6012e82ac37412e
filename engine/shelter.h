#ifndef ENGINE_SHELTER_H
#define ENGINE_SHELTER_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/config.h"
#include "engine/db.h"
#include "engine/drain.h"
#include "engine/idempotency.h"
#include "engine/ids.h"
#include "engine/live.h"
#include "engine/parcel.h"
#include "engine/positions.h"
#include "geo/base/fail.h"

/* What this node keeps on its own disk while the database is away or its disk is full:
 * positions and new incidents. A thread with a connection of its own brings them in, in
 * the order in which they came, as soon as the database takes them; so does the start,
 * before anything is served.
 *
 * Each process has a file of the folder, spool-1 to spool-SHELTER_FILES_MAX, the first
 * that nobody has; files that a process left behind are brought in by whoever finds them.
 * Only what is on this node's disk is lost with it, and only until the database is back:
 * whoever was answered so was told "node-local". Any thread. */
struct shelter;

enum {
    SHELTER_FILES_MAX = 16,
    SHELTER_TYPES_MAX = 1000, /* kinds of incident that are known without the database */
};

/* In the folder of the setting spool_dir; *out is NULL where that is empty. Brings in what
 * is there, or goes on later with it when the database does not take it now, and tells the
 * other nodes as `node_id`; new incidents have their numbers from `ids`. False with
 * SPOOL_UNUSABLE when the folder cannot be used, and with what db_open says. What is given
 * must outlive it. */
bool shelter_open(const struct config *c, int64_t node_id, struct ids *ids, struct shelter **out,
                  struct fail *f);
void shelter_close(struct shelter *s);

/* Whether it is for a shelter: the database is away or its disk is full. */
bool shelter_is_for(const struct fail *f);

/* Both return when the disk has it. False with SPOOL_FULL or SPOOL_FAILED, and nothing is
 * kept. Positions leave an eighth of the room to incidents. */
bool shelter_keep_fixes(struct shelter *s, const struct live_fix *fixes, int32_t count,
                        bool maybe_written, struct fail *f);
bool shelter_keep_incident(struct shelter *s, const struct parcel_incident *incident,
                           struct fail *f);

/* The writers of positions keep theirs here. */
struct positions_refuge shelter_refuge(struct shelter *s);

/* Learns from the database what is asked for when it is away, and reserves ids. */
void shelter_tick(void *shelter, struct db *db);
bool shelter_knows_type(struct shelter *s, const char *type);

/* What was answered lately to whoever creates, kept or committed: asked while the database
 * is away, too. */
struct idempotency_memory *shelter_memory(struct shelter *s);

/* Records that wait, in all files that this process has. */
int64_t shelter_waiting(struct shelter *s);

#endif
