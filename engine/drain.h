#ifndef ENGINE_DRAIN_H
#define ENGINE_DRAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "engine/spool_record.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"

/* Brings one record of a spool into the database, in one transaction with the note that
 * it came: however often it is tried, it comes in once. */

/* Who tells the other nodes of positions; a node_id of 0 tells nobody. */
struct drain_by {
    int64_t node_id;
    int32_t writer;
};

/* True when the record is in the database, from now or from before, or lies in
 * vigil.spool_refused because it cannot be carried out (*refused says so). False: try
 * again later; when the answer to a commit was lost, that finds out. `db` is of the
 * engine's role and outside a transaction. */
bool drain_record(struct db *db, const unsigned char spool_id[SPOOL_RECORD_ID],
                  const struct spool_record *record, struct drain_by by, struct arena *a,
                  bool *refused, struct fail *f);

/* The number of the last record that has come in; 0: none. */
bool drain_number(struct db *db, const unsigned char spool_id[SPOOL_RECORD_ID], int64_t *number,
                  struct fail *f);

/* What spools of this database say. */
bool drain_city(struct db *db, unsigned char city[SPOOL_RECORD_ID], struct fail *f);

#endif
