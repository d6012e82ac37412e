#ifndef ENGINE_DB_H
#define ENGINE_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "geo/base/arena.h"
#include "geo/base/buf.h"
#include "geo/base/fail.h"
#include "schema/layers.h"
#include "schema/queries.h"

/* One connection to PostGIS, used by one thread at a time. The home of libpq.
 *
 * Every statement is a file of schema/queries, prepared under its name the first
 * time a connection runs it. Parameters and results travel in binary. A lost
 * connection is reopened at the next db_run outside a transaction; what was
 * under way fails with FAIL_BUSY, DATABASE_AWAY. So does all at once while the database
 * is away (engine/reach). A constraint that says no is
 * FAIL_CONFLICT or FAIL_INPUT with a code of its own; a full disk, a statement
 * over its time or changes that met are FAIL_BUSY; anything else is FAIL_BROKEN
 * (sqlstate.h). A server that is too old or has no PostGIS is refused. */
struct db;

/* `address` is a libpq connection string. The connection is made at once. */
struct db *db_open(const char *address, struct fail *f);
void db_close(struct db *db);

/* As whom statements run: the walls of schema/README.md. */
enum db_role {
    DB_OWNER,  /* whoever the address logs in: migrations, imports of streets */
    DB_ENGINE, /* vigil_engine, the city's own housekeeping: sees every row */
    DB_APP,    /* vigil_app, which serves requests: sees what its scope lets it see */
};

/* From now on, on this and every later connection. Not within a transaction. Refused
 * is a role that row level security does not hold (ROLE_UNSAFE). */
bool db_become(struct db *db, enum db_role role, struct fail *f);

/* For whom the statements of DB_APP run: an organisation with all below it, a person,
 * a token; 0 is none. Each statement or transaction carries it with itself, in the
 * same round trip, and nothing of it stays behind. A new db has none. It does not
 * change within a transaction. */
struct db_scope {
    int64_t org_id;
    int64_t person_id;
    int64_t token_id;
};
void db_scope(struct db *db, const struct db_scope *scope);

enum db_kind { DB_NULL, DB_INT, DB_DOUBLE, DB_TEXT, DB_BYTES, DB_BOOL, DB_INTS, DB_DOUBLES };

/* A parameter. DB_INT fits int8, int4 and int2 parameters alike: it is sent in the
 * width that the statement declares; DB_INTS is an int8[] or int4[] likewise.
 * A time is sent as DB_INT microseconds since 1970 to a bigint parameter: the
 * query converts it. */
struct db_value {
    enum db_kind kind;
    int64_t integer;
    double number;
    const void *bytes;
    size_t size; /* bytes, or items of an array */
};

static inline struct db_value db_null(void)
{
    return (struct db_value){ .kind = DB_NULL };
}

static inline struct db_value db_int(int64_t value)
{
    return (struct db_value){ .kind = DB_INT, .integer = value };
}

static inline struct db_value db_double(double value)
{
    return (struct db_value){ .kind = DB_DOUBLE, .number = value };
}

static inline struct db_value db_bool(bool value)
{
    return (struct db_value){ .kind = DB_BOOL, .integer = value };
}

/* NULL is SQL's null. */
static inline struct db_value db_text(const char *text)
{
    if (!text)
        return db_null();
    return (struct db_value){ .kind = DB_TEXT, .bytes = text, .size = strlen(text) };
}

static inline struct db_value db_bytes(const void *bytes, size_t size)
{
    return (struct db_value){ .kind = DB_BYTES, .bytes = bytes, .size = size };
}

static inline struct db_value db_ints(const int64_t *values, size_t count)
{
    return (struct db_value){ .kind = DB_INTS, .bytes = values, .size = count };
}

static inline struct db_value db_doubles(const double *values, size_t count)
{
    return (struct db_value){ .kind = DB_DOUBLES, .bytes = values, .size = count };
}

/* What a statement gave; lives in the arena it was run with. */
struct db_rows;

/* Prepares it now; db_run does so by itself. */
bool db_prepare(struct db *db, enum queries_id query, struct fail *f);
bool db_prepare_layer(struct db *db, enum layers_id layer, struct fail *f);

/* Runs a prepared query. `rows` may be NULL. */
bool db_run(struct db *db, enum queries_id query, const struct db_value *values,
            int32_t value_count, struct arena *a, const struct db_rows **rows, struct fail *f);

/* The same for the statement of a map layer (schema/layers). */
bool db_run_layer(struct db *db, enum layers_id layer, const struct db_value *values,
                  int32_t value_count, struct arena *a, const struct db_rows **rows,
                  struct fail *f);

/* Runs it and hands over row by row (libpq's single row mode), for results that
 * do not fit memory twice. `each` may stop the run by returning false with *f set. */
bool db_each(struct db *db, enum queries_id query, const struct db_value *values,
             int32_t value_count,
             bool (*each)(void *self, const struct db_rows *row, struct fail *f), void *self,
             struct fail *f);

int32_t db_count(const struct db_rows *rows);
int64_t db_changed(const struct db_rows *rows); /* rows inserted, updated or deleted */
bool db_is_null(const struct db_rows *rows, int32_t row, int32_t column);
/* int2, int4, int8. Asserts on another type, as do the others. */
int64_t db_get_int(const struct db_rows *rows, int32_t row, int32_t column);
double db_get_double(const struct db_rows *rows, int32_t row, int32_t column); /* float4, float8 */
bool db_get_bool(const struct db_rows *rows, int32_t row, int32_t column);
/* text, varchar, json, jsonb; NULL when null. Lives with the rows. */
const char *db_get_text(const struct db_rows *rows, int32_t row, int32_t column);
const void *db_get_bytes(const struct db_rows *rows, int32_t row, int32_t column, size_t *size);
/* The items of an int8[], to be read with pgwire_item. */
const void *db_get_ints(const struct db_rows *rows, int32_t row, int32_t column, int32_t *count);

/* A transaction. It is over when db_commit returns, whatever that says: after
 * DATABASE_AWAY it may have been committed or not. Roll back is safe at any time. */
bool db_begin(struct db *db, struct fail *f);
bool db_commit(struct db *db, struct fail *f);
void db_rollback(struct db *db);

/* Whether the server answers within so long; for the thread of engine/reach, which
 * tries also when the database counts as away. */
bool db_ping(struct db *db, int64_t within_ms, struct fail *f);

/* Refuses a server that may lose what it has said is committed: DATABASE_UNSAFE names
 * the first setting that makes it so. */
bool db_check_safe(struct db *db, struct fail *f);

/* Name of the constraint that refused the last statement, or "". */
const char *db_constraint(const struct db *db);

/* Statements may take so long, on this and every later connection; 0 means any
 * time. */
enum { DB_LIMIT_MS = 30000 }; /* of a new db */
bool db_limit(struct db *db, int64_t limit_ms, struct fail *f);

/* Waits outside a transaction until a notification comes for which this connection
 * listens, or so long, and hands over those that have come, in the order of the commits;
 * `each` may be NULL, its texts are readable until it returns. False with DATABASE_AWAY
 * when the connection is lost; it is not opened anew by this. A connection that runs
 * statements, too, swallows some with them: look first, then wait. */
bool db_hear(struct db *db, int64_t most_ms,
             void (*each)(void *self, const char *channel, const char *text), void *self,
             struct fail *f);

/* Asks the server to end the statement under way, which then fails with
 * DATABASE_SLOW. May be called from a signal handler of the thread that uses db. */
void db_interrupt(struct db *db);

/* The connection as environment lines ("PGHOST=…"), NULL at the end, for a
 * program that is to use the same database: no password shows in its arguments. */
char **db_environment(struct db *db, struct arena *a, struct fail *f);

/* COPY of a binary stream: the query is a `COPY … FROM STDIN (FORMAT binary)`,
 * which cannot be prepared. The stream is made with pgwire.h. PostgreSQL refuses it
 * for tables under row level security: */
bool db_copy(struct db *db, enum queries_id query, const struct buf *stream, struct fail *f);

/* The same into vigil.`table` as a role that the walls hold. The query copies into
 * pg_temp.incoming, which has the columns and defaults of the table; from there all
 * rows go into it in one statement. Within the transaction, or in one of its own. */
bool db_load(struct db *db, const char *table, enum queries_id copy, const struct buf *stream,
             struct fail *f);

/* Runs a whole script (a migration, a layer's setup): text from schema/, never
 * from outside. */
bool db_script(struct db *db, const char *script, struct fail *f);

#endif
