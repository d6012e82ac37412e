#ifndef ENGINE_ARCHIVE_H
#define ENGINE_ARCHIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "geo/base/fail.h"

/* What becomes of positions after the hour in which they were received: one row a person
 * instead of one a fix (vigil.track_hour, geo/track.h), from which the tracks of incidents
 * are copied, and which becomes coarse when it is old. Everything is done by the upkeep,
 * for the engine's role; several processes on one database may do it at the same time,
 * and one that is killed is gone on with.
 *
 * Measured with a fix every three seconds: 77 bytes a fix as rows, 3.2 packed, 3.6 with
 * their pages, and a million fixes take 0.6 s of our processor and 0.9 s of PostgreSQL's.
 * So a day of 20,000 a second is 6 GB instead of 130.
 *
 * No fix is ever in neither place: single ones go in the transaction that has counted
 * them once more. For a moment they are in both, and readers leave out what is there
 * twice. Between two pieces of work go_on(self) is asked whether to continue; NULL: yes. */
struct archive_patience {
    bool (*go_on)(void *self);
    void *self;
};

enum {
    ARCHIVE_GRACE_S = 600, /* after its end an hour is left alone: a batch may be on its way */
};

/* Packs the hours that ended so long ago; how many. */
bool archive_pack(struct db *db, int64_t grace_s, const struct archive_patience *wait,
                  int64_t *hours, struct fail *f);

/* Copies the tracks of those who have been cleared from incidents and whose hours are
 * packed; how many. */
bool archive_copy(struct db *db, const struct archive_patience *wait, int64_t *tracks,
                  struct fail *f);

/* Makes the packed hours coarse that ended so many hours ago; how many. */
bool archive_coarsen(struct db *db, int64_t after_h, const struct archive_patience *wait,
                     int64_t *hours, struct fail *f);

#endif
