#ifndef ENGINE_SPOOL_H
#define ENGINE_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/spool_record.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"

/* A file of this machine that keeps records until they have gone elsewhere: added at
 * its end and on the disk before it is said so, taken from its front in order, and cut
 * when it is empty. Any thread may add; one takes.
 *
 * The file is locked while it is open, so that a second process cannot have it. A
 * record that was only half written when the power went is cut off: nobody was told
 * that it was kept. Damage before whole records is passed over and counted. */
struct spool;

/* Opens the file or makes it, for the owner alone to read. It may grow to `size_max`
 * bytes. NULL with SPOOL_TAKEN when another process has it, SPOOL_FOREIGN when it holds
 * what belongs to another database, SPOOL_UNREADABLE when its head is damaged, and
 * SPOOL_UNUSABLE when the system refuses. */
struct spool *spool_open(const char *path, const unsigned char city[SPOOL_RECORD_ID],
                         int64_t size_max, struct fail *f);
void spool_close(struct spool *s);

/* That named the file when it was made. */
const unsigned char *spool_id(const struct spool *s);

/* Records up to this number have gone elsewhere: they are not given again, and what is
 * added from now on has higher ones. Forgotten bytes are cut off once nothing waits. */
void spool_forget(struct spool *s, int64_t number);

/* Adds a record and waits until the disk has it; records that are added at the same
 * time share one wait. False, and nothing is kept: SPOOL_FULL when it would grow over
 * `size_most` (which is at most size_max) or the disk is full, SPOOL_FAILED when the
 * disk does not answer for what it was given: then nothing can be added until all that
 * waits has gone. */
bool spool_add(struct spool *s, uint32_t kind, const void *bytes, size_t size, int64_t size_most,
               struct fail *f);

/* The oldest record that waits; its bytes live in the arena. False when there is none. */
bool spool_first(struct spool *s, struct arena *a, struct spool_record *out);

int64_t spool_waiting(struct spool *s); /* records */
int64_t spool_size(struct spool *s);    /* bytes of the file */
int64_t spool_size_max(const struct spool *s);
int64_t spool_damaged(struct spool *s); /* bytes that were passed over */

#endif
