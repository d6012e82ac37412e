#ifndef ENGINE_FEED_H
#define ENGINE_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/db.h"
#include "geo/base/fail.h"

/* What happened, as it is told to consoles and phones. An event is written in the
 * same transaction as what it tells of (the outbox); after the commit one process
 * numbers it, every process reads it in the order of the numbers, and so a listener
 * that was cut off asks for what came after the last number it saw. */

/* One thing that happened. It reaches the staff who may see `org_id`, the partner
 * whose own incident it is about, and the people named; nobody else. */
struct feed_event {
    const char *kind;      /* a stable word: "incident", "dispatch", "duty", "claim", "alert" … */
    int64_t org_id;        /* whose it is */
    int64_t firm_id;       /* the partner firm that opened the incident; 0: none */
    int64_t incident_id;   /* 0: of none */
    const int64_t *people; /* whom it concerns in person, at most FEED_PEOPLE_MAX */
    int32_t people_count;
    const char *data; /* one JSON object, at most FEED_DATA_MAX bytes; never a phone number */
};
enum { FEED_PEOPLE_MAX = 1000, FEED_DATA_MAX = 7000 };

/* Within the caller's transaction, when the rows it speaks of have been written: of
 * two transactions that meet on a row, the later one's event then gets the later
 * number. */
bool feed_tell(struct db *db, const struct feed_event *event, struct fail *f);

#endif
