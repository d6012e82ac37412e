#ifndef ENGINE_LINK_H
#define ENGINE_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "engine/statements.h"
#include "geo/base/arena.h"
#include "geo/base/buf.h"
#include "geo/base/fail.h"

struct pg_conn;
struct pg_cancel;
struct pg_result;

/* The wire to PostgreSQL: opened, looked after, closed, and its complaints turned
 * into failures. The other half of libpq's home, for db.c alone. */
struct link {
    struct pg_conn *wire;            /* NULL when there is none */
    struct pg_cancel *volatile stop; /* for link_interrupt, which may run in a signal handler */
    bool piped;                      /* several statements went out together, up to a sync */
    struct buf scratch;              /* encoded parameters */
    uint32_t times;                  /* reach_times when it was opened */
    bool is_unsure;                  /* what it has committed may be on no standby */
    int64_t until_us;                /* steady clock: nothing is waited for longer; 0: no end */
    char constraint[64];             /* that refused the last statement, or "" */
};

/* Connects; false with DATABASE_AWAY. */
bool link_open(struct link *l, const char *address, struct fail *f);
/* The session's settings and its role, checked: the server must be new enough and
 * have PostGIS, and row level security must hold the role. */
bool link_set_up(struct link *l, enum db_role role, int64_t limit_ms, struct fail *f);
/* Safe at any time. */
void link_close(struct link *l);

/* Whether it can be used, as far as one system call can tell. */
bool link_is_good(struct link *l);
/* Whether nothing is to be waited for: the database is away, or was since it was
 * opened. One with `until_us` finds that out itself, and is asked to until then. */
bool link_is_hopeless(const struct link *l);

/* Closes what is broken and says so: DATABASE_AWAY; returns false. */
bool link_fail_away(struct link *l, struct fail *f);
/* Turns what a statement met into a failure and notes the constraint that refused it;
 * returns false. */
bool link_fail(struct link *l, const struct pg_result *result, const char *what, struct fail *f);

/* After what may have committed: false with DATABASE_AWAY, and the link closed, when the
 * database stopped waiting for a standby that was to have it, too. */
bool link_is_sure(struct link *l, struct fail *f);

/* Prepares a statement and learns the types of its parameters, once. */
bool link_prepare(struct link *l, struct statements_one *s, struct fail *f);

/* The next result, as PQgetResult; waiting for it ends when it is hopeless, and then
 * the link is closed. */
struct pg_result *link_result(struct link *l);
/* The last result of what was sent, NULL when nothing could be; or that COPY begins. */
struct pg_result *link_last(struct link *l, int is_sent);

/* Sends a prepared statement with binary parameters; results come in binary. */
bool link_send(struct link *l, const struct statements_one *s, const struct db_value *values,
               int32_t value_count);
/* Reads what is left, up to the end of the pipeline if there is one. link_rest gives
 * the first result that is bad, to be cleared; NULL: all is well. */
void link_drain(struct link *l);
struct pg_result *link_rest(struct link *l);

/* Waits until a notification comes, the link breaks or so long, and hands over those
 * that have come; `each` may be NULL. False when the link is broken. */
bool link_hear(struct link *l, int64_t most_ms,
               void (*each)(void *self, const char *channel, const char *text), void *self);

/* Asks the server to end the statement under way. */
void link_interrupt(const struct link *l);

/* The connection as environment lines, NULL at the end. */
char **link_environment(const struct link *l, struct arena *a);

#endif
