#ifndef ENGINE_FEED_H
#define ENGINE_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/db.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"

struct orgs;

/* What happened, as it is told to consoles and phones. An event is written in the
 * same transaction as what it tells of (the outbox); after the commit one process
 * numbers it, every process reads it in the order of the numbers, and so a listener
 * that was cut off asks for what came after the last number it saw. */

/* Whose an event is that everybody hears, because everybody may ask for what it is about. */
enum { FEED_NOBODY = 0 };

/* One thing that happened. It reaches the staff who may see `org_id`, the partner
 * whose own incident it is about, and the people named; else only what is nobody's
 * reaches anybody. */
struct feed_event {
    const char *kind;      /* a stable word: "incident", "dispatch", "duty", "claim", "alert" … */
    int64_t org_id;        /* whose it is; FEED_NOBODY */
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

/* --- listening ------------------------------------------------------------- */

/* An event with its number. */
struct feed_item {
    int64_t number; /* from 1, without a gap, in the order of the commits */
    int64_t told_us;
    struct feed_event event;
};

/* Who listens, and so what reaches her. */
struct feed_listener {
    enum {
        FEED_STAFF, /* what is of her organisation or below it, and what names her */
        FEED_FIRM,  /* her firm's own incidents */
        FEED_OWN,   /* what names her */
    } kind;
    int64_t org_id;
    int64_t person_id; /* 0: nobody */
};

/* Whether an event may be shown to a listener. Pure; the wall of what is served from
 * memory, and the second one of what was read from the database. */
bool feed_reaches(const struct orgs *orgs, const struct feed_listener *who,
                  const struct feed_event *event);

/* The events as one process knows them: a thread that takes part in the numbering,
 * reads what has been numbered and keeps the newest FEED_RING_MAX of them, in at
 * most FEED_RING_BYTES, in memory. It lives through the absence of the database.
 * Every function may be called from any thread. */
struct feed;

enum { FEED_RING_MAX = 8192, FEED_RING_BYTES = 16 << 20 };

/* NULL when the database cannot be reached. */
struct feed *feed_open(const char *database, struct fail *f);
void feed_close(struct feed *feed);

/* Calls looked(self, db) on the feed's own thread, with its connection, each time it
 * has looked into the database, some times a second; `has_news` when events have
 * come. One, set before anybody can be told; NULL ends it, and afterwards it is not
 * running any more. */
void feed_watch(struct feed *feed, void (*looked)(void *self, struct db *db, bool has_news),
                void *self);

/* Up to where somebody has read. */
struct feed_place {
    int64_t after; /* the number of the last event */
    int64_t life;  /* of the numbers: another one after the database was put back to an
                      earlier state, in which they began anew */
};

/* Behind the newest event that this process knows. */
struct feed_place feed_newest(struct feed *feed);

/* Hands over the events behind the place in their order, until there is none or `each`
 * returns false; the place follows, over the one refused not. A place ahead of the
 * newest, which another process gave, waits. False, and nothing was handed over, when
 * the memory does not reach back that far. `each` must be brief and not call the feed. */
bool feed_read(struct feed *feed, struct feed_place *place,
               bool (*each)(void *self, const struct feed_item *item), void *self);

/* What somebody missed. It is not whole when there was more than she asked for, when
 * some is no longer kept, or when no event has had the number she names yet. */
struct feed_missed {
    struct feed_item *items;
    int32_t count;
    bool is_whole;
};

/* The events after `after` up to `to` from the database, at most so many, as far as the
 * connection's scope sees them. */
bool feed_replay(struct db *db, int64_t after, int64_t to, int32_t most, struct arena *a,
                 struct feed_missed *out, struct fail *f);

#endif
