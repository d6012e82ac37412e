/* libpq's only home. Statements are prepared when first used, because a
 * connection of a command line tool uses three of them and one of a worker
 * thirty; their parameter types are asked for at the same moment, so that a
 * whole number goes out in the width that the statement declares. */
#include "engine/db.h"

#include <assert.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/clock.h"
#include "engine/link.h"
#include "engine/pgwire.h"
#include "engine/reach.h"
#include "engine/statements.h"

enum { COPY_CHUNK = 1 << 20 };

struct db {
    struct link link;
    char *address;
    bool in_transaction;
    enum db_role role;
    struct db_scope scope;
    int64_t limit_ms;
    struct statements statements;
};

struct db_rows {
    PGresult *result;
};

/* ---- failures */

static bool fail_away(struct db *db, struct fail *f)
{
    return link_fail_away(&db->link, f);
}

static bool fail_result(struct db *db, const PGresult *result, const char *what, struct fail *f)
{
    return link_fail(&db->link, result, what, f);
}

static bool result_is_good(const PGresult *result)
{
    const ExecStatusType status = PQresultStatus(result);

    return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
}

/* ---- connecting */

static bool set_up(struct db *db, struct fail *f)
{
    if (!link_set_up(&db->link, db->role, db->limit_ms, f))
        return false;
    return db->role != DB_APP ||
           link_prepare(&db->link, statements_query(&db->statements, QUERIES_SCOPE_SET), f);
}

static bool connect_now(struct db *db, struct fail *f)
{
    statements_reset(&db->statements);
    if (!link_open(&db->link, db->address, f))
        return false;
    if (set_up(db, f))
        return true;
    link_close(&db->link);
    return false;
}

struct db *db_open(const char *address, struct fail *f)
{
    struct db *db = calloc(1, sizeof *db);

    if (!db || !(db->address = strdup(address)))
        abort();
    db->limit_ms = DB_LIMIT_MS;
    if (connect_now(db, f))
        return db;
    db_close(db);
    return NULL;
}

void db_close(struct db *db)
{
    if (!db)
        return;
    link_close(&db->link);
    buf_free(&db->link.scratch);
    free(db->address);
    free(db);
}

/* A usable connection, or a failure. Inside a transaction a lost connection
 * stays lost until the roll back: half of the work is gone. */
static bool ready(struct db *db, struct fail *f)
{
    if (db->link.until_us == 0 && reach_is_away())
        return fail_set(f, FAIL_BUSY, DATABASE_AWAY, "the database has been away for %lld ms",
                        (long long)(clock_wall_us() - reach_away_since_us()) / 1000);
    if (db->in_transaction)
        return (db->link.wire && PQstatus(db->link.wire) == CONNECTION_OK) || fail_away(db, f);
    if (link_is_good(&db->link))
        return true;
    link_close(&db->link);
    return connect_now(db, f);
}

bool db_become(struct db *db, enum db_role role, struct fail *f)
{
    assert(!db->in_transaction);
    db->role = role; /* of every later connection, too */
    if (!link_is_good(&db->link))
        return ready(db, f);
    if (set_up(db, f))
        return true;
    link_close(&db->link); /* nothing may run as whoever it was before */
    return false;
}

void db_scope(struct db *db, const struct db_scope *scope)
{
    assert(!db->in_transaction ||
           (db->scope.org_id == scope->org_id && db->scope.person_id == scope->person_id &&
            db->scope.token_id == scope->token_id));
    db->scope = *scope;
}

bool db_ping(struct db *db, int64_t within_ms, struct fail *f)
{
    struct arena *a = arena_new();

    db->link.until_us = clock_steady_us() + within_ms * 1000;
    /* A connection that broke is no reason to say that the server is away. */
    const bool good =
        db_run(db, QUERIES_PING, NULL, 0, a, NULL, f) ||
        (!link_is_hopeless(&db->link) && db_run(db, QUERIES_PING, NULL, 0, a, NULL, f));

    db->link.until_us = 0;
    arena_free(a);
    return good;
}

bool db_check_safe(struct db *db, struct fail *f)
{
    struct arena *a = arena_new();
    const struct db_rows *rows;
    bool good = db_run(db, QUERIES_CONNECTION_UNSAFE, NULL, 0, a, &rows, f);

    if (good && db_count(rows) > 0) {
        const char *setting = db_get_text(rows, 0, 0);

        good = false;
        fail_set(f, FAIL_BROKEN, DATABASE_UNSAFE,
                 "the database may lose what it has acknowledged: %s", setting);
        fail_value(f, setting);
        fail_allowed(f, "%s", db_get_text(rows, 0, 1));
    }
    arena_free(a);
    return good;
}

/* ---- statements */

static bool prepare(struct db *db, struct statements_one *s, struct fail *f)
{
    return ready(db, f) && link_prepare(&db->link, s, f);
}

bool db_prepare(struct db *db, enum queries_id query, struct fail *f)
{
    return prepare(db, statements_query(&db->statements, query), f);
}

bool db_prepare_layer(struct db *db, enum layers_id layer, struct fail *f)
{
    return prepare(db, statements_layer(&db->statements, layer), f);
}

/* ---- scope */

/* An organisation or a person as a setting holds it: none is the empty text. */
static const char *setting(char text[24], int64_t id)
{
    if (id == 0)
        return "";
    snprintf(text, 24, "%lld", (long long)id);
    return text;
}

static bool send_scope(struct db *db)
{
    char org[24];
    char person[24];
    char token[24];
    const struct db_value values[] = { db_text(setting(org, db->scope.org_id)),
                                       db_text(setting(person, db->scope.person_id)),
                                       db_text(setting(token, db->scope.token_id)) };

    return link_send(&db->link, statements_query(&db->statements, QUERIES_SCOPE_SET), values, 3);
}

/* The result of one step of a pipeline, which must be good; nothing is kept. */
static bool skip_step(struct db *db, const char *what, struct fail *f)
{
    PGresult *result = link_result(&db->link);
    const bool good = result && result_is_good(result);

    if (good) {
        PQclear(link_result(&db->link)); /* the NULL after it */
    } else if (!result) {
        fail_away(db, f);
        link_drain(&db->link);
    } else {
        link_drain(&db->link);
        fail_result(db, result, what, f);
    }
    PQclear(result);
    return good;
}

/* What goes out between the opening of a pipeline and its sync is one implicit
 * transaction and one round trip, so that the scope is there for the statement and
 * gone after it. */
static bool send_scoped(struct db *db, const struct statements_one *s,
                        const struct db_value *values, int32_t value_count, struct fail *f)
{
    db->link.piped = PQenterPipelineMode(db->link.wire) == 1;
    if (db->link.piped && send_scope(db) && link_send(&db->link, s, values, value_count) &&
        PQpipelineSync(db->link.wire))
        return skip_step(db, "scope_set", f);
    db->link.piped = false;
    return fail_away(db, f);
}

static bool send_statement(struct db *db, struct statements_one *s, const struct db_value *values,
                           int32_t value_count, struct fail *f)
{
    if (!prepare(db, s, f))
        return false;
    db->link.constraint[0] = '\0';
    if (db->role == DB_APP && !db->in_transaction)
        return send_scoped(db, s, values, value_count, f);
    return link_send(&db->link, s, values, value_count) || fail_away(db, f);
}

static void clear_result(void *result)
{
    PQclear(result);
}

static bool run(struct db *db, struct statements_one *s, const struct db_value *values,
                int32_t value_count, struct arena *a, const struct db_rows **rows, struct fail *f)
{
    if (!send_statement(db, s, values, value_count, f))
        return false;

    /* A statement that is its own transaction commits after it has given its result:
     * what refuses it then is said last. */
    PGresult *result = link_result(&db->link);
    PGresult *at_end = link_rest(&db->link);
    bool is_good = result && result_is_good(result) && !at_end;

    if (!result)
        fail_away(db, f);
    else if (!is_good)
        fail_result(db, at_end && result_is_good(result) ? at_end : result, s->name, f);
    else
        is_good = link_is_sure(&db->link, f);
    PQclear(at_end);
    if (!is_good || !rows) {
        PQclear(result);
        return is_good;
    }
    struct db_rows *all = arena_take(a, 1, sizeof *all);

    all->result = result;
    arena_defer(a, clear_result, result);
    *rows = all;
    return true;
}

bool db_run(struct db *db, enum queries_id query, const struct db_value *values,
            int32_t value_count, struct arena *a, const struct db_rows **rows, struct fail *f)
{
    return run(db, statements_query(&db->statements, query), values, value_count, a, rows, f);
}

bool db_run_layer(struct db *db, enum layers_id layer, const struct db_value *values,
                  int32_t value_count, struct arena *a, const struct db_rows **rows, struct fail *f)
{
    return run(db, statements_layer(&db->statements, layer), values, value_count, a, rows, f);
}

bool db_hear(struct db *db, int64_t most_ms,
             void (*each)(void *self, const char *channel, const char *text), void *self,
             struct fail *f)
{
    assert(!db->in_transaction);
    return (db->link.wire && link_hear(&db->link, most_ms, each, self)) || fail_away(db, f);
}

void db_interrupt(struct db *db)
{
    link_interrupt(&db->link);
}

bool db_each(struct db *db, enum queries_id query, const struct db_value *values,
             int32_t value_count,
             bool (*each)(void *self, const struct db_rows *row, struct fail *f), void *self,
             struct fail *f)
{
    PGresult *result;
    bool good = true;

    if (!send_statement(db, statements_query(&db->statements, query), values, value_count, f))
        return false;
    if (!PQsetSingleRowMode(db->link.wire))
        return fail_away(db, f);
    while (good && (result = link_result(&db->link))) {
        const struct db_rows row = { .result = result };

        if (PQresultStatus(result) == PGRES_SINGLE_TUPLE) {
            good = each(self, &row, f);
            if (!good) { /* what is still on its way is not wanted any more */
                db_interrupt(db);
                link_drain(&db->link);
            }
        } else if (!result_is_good(result)) {
            good = false;
            link_drain(&db->link);
            fail_result(db, result, QUERIES_TEXTS[query].name, f);
        }
        PQclear(result);
    }
    link_drain(&db->link);
    if (good && (!db->link.wire || PQstatus(db->link.wire) != CONNECTION_OK))
        return fail_away(db, f);
    return good && link_is_sure(&db->link, f);
}

const char *db_constraint(const struct db *db)
{
    return db->link.constraint;
}

/* ---- rows */

int32_t db_count(const struct db_rows *rows)
{
    return PQntuples(rows->result);
}

int64_t db_changed(const struct db_rows *rows)
{
    return strtoll(PQcmdTuples(rows->result), NULL, 10);
}

bool db_is_null(const struct db_rows *rows, int32_t row, int32_t column)
{
    return PQgetisnull(rows->result, row, column) != 0;
}

static const char *cell(const struct db_rows *rows, int32_t row, int32_t column)
{
    assert(row >= 0 && row < PQntuples(rows->result));
    assert(column >= 0 && column < PQnfields(rows->result));
    return PQgetvalue(rows->result, row, column);
}

int64_t db_get_int(const struct db_rows *rows, int32_t row, int32_t column)
{
    const char *bytes = cell(rows, row, column);

    assert(!db_is_null(rows, row, column));
    return pgwire_get_int(PQftype(rows->result, column), bytes);
}

double db_get_double(const struct db_rows *rows, int32_t row, int32_t column)
{
    const char *bytes = cell(rows, row, column);

    assert(!db_is_null(rows, row, column));
    return pgwire_get_double(PQftype(rows->result, column), bytes);
}

bool db_get_bool(const struct db_rows *rows, int32_t row, int32_t column)
{
    const char *bytes = cell(rows, row, column);

    assert(!db_is_null(rows, row, column) && PQftype(rows->result, column) == PGWIRE_BOOL);
    return bytes[0] != 0;
}

const char *db_get_text(const struct db_rows *rows, int32_t row, int32_t column)
{
    const char *bytes = cell(rows, row, column);

    if (db_is_null(rows, row, column))
        return NULL;
    return pgwire_get_text(PQftype(rows->result, column), bytes);
}

const void *db_get_bytes(const struct db_rows *rows, int32_t row, int32_t column, size_t *size)
{
    const char *bytes = cell(rows, row, column);

    *size = (size_t)PQgetlength(rows->result, row, column);
    return db_is_null(rows, row, column) ? NULL : bytes;
}

const void *db_get_ints(const struct db_rows *rows, int32_t row, int32_t column, int32_t *count)
{
    const char *bytes = cell(rows, row, column);

    assert(!db_is_null(rows, row, column));
    return pgwire_array_items(PQftype(rows->result, column), bytes, count);
}

/* ---- scripts, transactions, COPY */

static bool run_script(struct db *db, const char *script, const char *what, struct fail *f)
{
    PGresult *result = link_last(&db->link, PQsendQuery(db->link.wire, script));
    const bool good = result_is_good(result);

    if (!good)
        fail_result(db, result, what, f);
    PQclear(result);
    return good && link_is_sure(&db->link, f);
}

bool db_script(struct db *db, const char *script, struct fail *f)
{
    return ready(db, f) && run_script(db, script, "script", f);
}

/* BEGIN and the scope in one round trip. */
static bool begin_scoped(struct db *db, struct fail *f)
{
    if (!ready(db, f))
        return false;
    db->link.piped = PQenterPipelineMode(db->link.wire) == 1;
    if (!db->link.piped ||
        !PQsendQueryParams(db->link.wire, QUERIES_TEXTS[QUERIES_TRANSACTION_BEGIN].text, 0, NULL,
                           NULL, NULL, NULL, 0) ||
        !send_scope(db) || !PQpipelineSync(db->link.wire)) {
        db->link.piped = false;
        return fail_away(db, f);
    }
    const bool good = skip_step(db, "begin", f) && skip_step(db, "scope_set", f);

    link_drain(&db->link);
    return good;
}

bool db_begin(struct db *db, struct fail *f)
{
    assert(!db->in_transaction);
    const bool good = db->role == DB_APP
                          ? begin_scoped(db, f)
                          : db_script(db, QUERIES_TEXTS[QUERIES_TRANSACTION_BEGIN].text, f);

    db->in_transaction = true;
    if (!good)
        db_rollback(db);
    return good;
}

/* COMMIT of a transaction that failed before answers well and rolls back: that
 * is a failure to whoever believed in it. */
static bool commit(struct db *db, struct fail *f)
{
    if (!ready(db, f))
        return false;
    if (PQtransactionStatus(db->link.wire) == PQTRANS_INERROR)
        return fail_set(f, FAIL_BROKEN, DATABASE_FAILED,
                        "a transaction was to be committed after one of its statements had failed");
    return run_script(db, QUERIES_TEXTS[QUERIES_TRANSACTION_COMMIT].text, "commit", f);
}

void db_rollback(struct db *db)
{
    struct fail ignored = { 0 };

    if (!db->in_transaction)
        return;
    db->in_transaction = false;
    if (db->link.wire && PQstatus(db->link.wire) == CONNECTION_OK)
        (void)run_script(db, QUERIES_TEXTS[QUERIES_TRANSACTION_ROLLBACK].text, "rollback",
                         &ignored);
}

bool db_commit(struct db *db, struct fail *f)
{
    assert(db->in_transaction);
    const bool good = commit(db, f);

    if (good)
        db->in_transaction = false;
    else
        db_rollback(db);
    return good;
}

static bool put_stream(struct db *db, const struct buf *stream)
{
    for (size_t at = 0; at < stream->size;) {
        const size_t left = stream->size - at;
        const size_t step = left < COPY_CHUNK ? left : COPY_CHUNK;

        if (PQputCopyData(db->link.wire, stream->bytes + at, (int)step) != 1)
            return false;
        at += step;
    }
    return PQputCopyEnd(db->link.wire, NULL) == 1;
}

bool db_copy(struct db *db, enum queries_id query, const struct buf *stream, struct fail *f)
{
    assert(db->role != DB_APP || db->in_transaction);
    const char *name = QUERIES_TEXTS[query].name;

    if (!ready(db, f))
        return false;
    db->link.constraint[0] = '\0';
    PGresult *result = link_last(&db->link, PQsendQuery(db->link.wire, QUERIES_TEXTS[query].text));
    bool good = PQresultStatus(result) == PGRES_COPY_IN;

    if (good) {
        PQclear(result);
        if (!put_stream(db, stream))
            return fail_away(db, f);
        result = link_result(&db->link);
        good = result_is_good(result);
    }
    link_drain(&db->link);
    if (!good)
        fail_result(db, result, name, f);
    PQclear(result);
    return good && link_is_sure(&db->link, f);
}

/* COPY does not know row level security, so it fills a table of this transaction's
 * own, and from there the rows go where they belong like any other insert. */
static bool load(struct db *db, const char *table, enum queries_id copy, const struct buf *stream,
                 struct fail *f)
{
    const struct db_value value = db_text(table);

    return db_run(db, QUERIES_LANDING_OPEN, &value, 1, NULL, NULL, f) &&
           db_copy(db, copy, stream, f) &&
           db_run(db, QUERIES_LANDING_CLOSE, &value, 1, NULL, NULL, f);
}

bool db_load(struct db *db, const char *table, enum queries_id copy, const struct buf *stream,
             struct fail *f)
{
    if (db->in_transaction)
        return load(db, table, copy, stream, f);
    if (!db_begin(db, f))
        return false;
    if (load(db, table, copy, stream, f))
        return db_commit(db, f);
    db_rollback(db);
    return false;
}

bool db_limit(struct db *db, int64_t limit_ms, struct fail *f)
{
    char text[24];

    snprintf(text, sizeof text, "%lld", (long long)limit_ms);
    db->limit_ms = limit_ms; /* of every later connection, too */

    const struct db_value value = db_text(text);

    return db_run(db, QUERIES_CONNECTION_LIMIT, &value, 1, NULL, NULL, f);
}

char **db_environment(struct db *db, struct arena *a, struct fail *f)
{
    return ready(db, f) ? link_environment(&db->link, a) : NULL;
}
