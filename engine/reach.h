#ifndef ENGINE_REACH_H
#define ENGINE_REACH_H

#include <stdbool.h>
#include <stdint.h>

#include "geo/base/fail.h"

/* Whether the database can be reached: one fact of the process, which serves one
 * database. A thread asks the server twice a second and at once when a connection
 * broke; a server that does not answer for REACH_SILENT_MS is away. Then that thread
 * alone tries to connect, after waits that grow from REACH_RETRY_MIN_MS to
 * REACH_RETRY_MAX_MS, each by chance a little shorter, so that many nodes do not come
 * back at one moment. Until it succeeds everything else that needs the database fails
 * at once with DATABASE_AWAY, and whoever waits for an answer is let go (engine/link). */
enum {
    REACH_ASK_MS = 500,
    REACH_SILENT_MS = 2000,
    REACH_RETRY_MIN_MS = 50,
    REACH_RETRY_MAX_MS = 2000,
};

struct reach;

/* Starts the thread; `database` must outlive this. One at a time in a process: without
 * one the database counts as there. */
struct reach *reach_open(const char *database, struct fail *f);
void reach_close(struct reach *r);

/* --- Any thread. */

bool reach_is_away(void);
/* Since when, by the wall clock in microseconds since 1970; 0: it is there. */
int64_t reach_away_since_us(void);
/* Rises whenever it has come back: a connection from before may lead to a server that is
 * gone. */
uint32_t reach_times(void);

/* A connection broke or could not be made: to be looked at now. */
void reach_doubt(void);

#endif
