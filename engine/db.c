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

#include "engine/pgwire.h"
#include "engine/postgis.h"
#include "engine/sqlstate.h"
#include "engine/statements.h"

enum {
    STALE_READS_MAX = 4,
    COPY_CHUNK = 1 << 20,
};

struct db {
    PGconn *link; /* NULL when there is none */
    char *address;
    bool in_transaction;
    int64_t limit_ms;
    char constraint[64];     /* that refused the last statement */
    struct buf scratch;      /* encoded parameters */
    PGcancel *volatile stop; /* for db_interrupt, which may run in a signal handler */
    struct statements statements;
};

struct db_rows {
    PGresult *result;
};

/* ---- failures */

/* libpq ends its messages with a line feed and may write several lines; the
 * first says it. */
static int first_line(const char *message)
{
    return (int)strcspn(message, "\n");
}

static void forget_link(struct db *db)
{
    PGcancel *stop = db->stop;

    db->stop = NULL;
    PQfreeCancel(stop);
    PQfinish(db->link);
    db->link = NULL;
}

static bool fail_away(struct db *db, struct fail *f)
{
    const char *message = db->link ? PQerrorMessage(db->link) : "the connection was lost";

    if (db->link && message[0] == '\0')
        message = "the connection was lost";
    fail_set(f, FAIL_BUSY, DATABASE_AWAY, "the database cannot be reached: %.*s",
             first_line(message), message);
    forget_link(db);
    return false;
}

static const char *field(const PGresult *result, int code)
{
    const char *text = PQresultErrorField(result, code);

    return text ? text : "";
}

static bool fail_result(struct db *db, const PGresult *result, const char *what, struct fail *f)
{
    const struct sqlstate s = {
        .what = what,
        .state = field(result, PG_DIAG_SQLSTATE),
        .message = field(result, PG_DIAG_MESSAGE_PRIMARY),
        .detail = field(result, PG_DIAG_MESSAGE_DETAIL),
        .constraint = field(result, PG_DIAG_CONSTRAINT_NAME),
    };

    snprintf(db->constraint, sizeof db->constraint, "%s", s.constraint);
    if (!db->link || PQstatus(db->link) != CONNECTION_OK)
        return fail_away(db, f);
    sqlstate_fail(&s, f);
    /* Another connection, a little later, may fare better. */
    if (f->code == CODE_DATABASE_AWAY)
        forget_link(db);
    return false;
}

/* ---- connecting */

static void say_nothing(void *self, const PGresult *notice)
{
    (void)self;
    (void)notice;
}

static bool set_up(struct db *db, struct fail *f)
{
    char limit[24];
    const char *values[] = { limit };

    snprintf(limit, sizeof limit, "%lld", (long long)db->limit_ms);

    PGresult *result = PQexecParams(db->link, QUERIES_TEXTS[QUERIES_CONNECTION_OPEN].text, 1, NULL,
                                    values, NULL, NULL, 0);
    bool good = PQresultStatus(result) == PGRES_TUPLES_OK;

    if (good)
        good = postgis_check(PQserverVersion(db->link),
                             PQgetvalue(result, 0, PQnfields(result) - 1), f);
    else
        fail_result(db, result, "connection_open", f);
    PQclear(result);
    return good;
}

static bool connect_now(struct db *db, struct fail *f)
{
    /* What stands before dbname is a default that the address may override. A
     * machine that vanishes without a word is noticed within 25 s. */
    static const char *const KEYS[] = {
        "connect_timeout",  "keepalives_idle",  "keepalives_interval",
        "keepalives_count", "tcp_user_timeout", "fallback_application_name",
        "dbname",           "client_encoding",  NULL
    };
    const char *const values[] = {
        "5", "10", "5", "3", "25000", "vigil", db->address, "UTF8", NULL
    };

    statements_reset(&db->statements);
    db->link = PQconnectdbParams(KEYS, values, 1);
    if (!db->link || PQstatus(db->link) != CONNECTION_OK)
        return fail_away(db, f);
    PQsetNoticeReceiver(db->link, say_nothing, NULL);
    db->stop = PQgetCancel(db->link);
    if (set_up(db, f))
        return true;
    forget_link(db);
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
    forget_link(db);
    buf_free(&db->scratch);
    free(db->address);
    free(db);
}

/* A server that went away while we were idle has left its farewell in the
 * socket: reading it costs one system call and saves a failed request. */
static void notice_farewell(PGconn *link)
{
    for (int i = 0; i < STALE_READS_MAX && PQstatus(link) == CONNECTION_OK; i++) {
        if (!PQconsumeInput(link))
            return;
        (void)PQisBusy(link); /* digests what was read */
        PGnotify *notify = PQnotifies(link);

        if (!notify)
            continue;
        PQfreemem(notify);
    }
}

/* A usable connection, or a failure. Inside a transaction a lost connection
 * stays lost until the roll back: half of the work is gone. */
static bool ready(struct db *db, struct fail *f)
{
    if (db->in_transaction)
        return (db->link && PQstatus(db->link) == CONNECTION_OK) || fail_away(db, f);
    if (db->link)
        notice_farewell(db->link);
    if (db->link && PQstatus(db->link) == CONNECTION_OK)
        return true;
    forget_link(db);
    return connect_now(db, f);
}

/* ---- statements */

static bool learn_types(struct db *db, struct statements_one *s, struct fail *f)
{
    PGresult *result = PQdescribePrepared(db->link, s->name);
    const bool good = PQresultStatus(result) == PGRES_COMMAND_OK;

    if (good) {
        s->parameter_count = PQnparams(result);
        assert(s->parameter_count <= STATEMENTS_PARAMETER_MAX);
        for (int i = 0; i < s->parameter_count; i++)
            s->parameter_types[i] = PQparamtype(result, i);
        s->prepared = true;
    } else {
        fail_result(db, result, s->name, f);
    }
    PQclear(result);
    return good;
}

static bool prepare(struct db *db, struct statements_one *s, struct fail *f)
{
    if (!ready(db, f))
        return false;
    if (s->prepared)
        return true;

    PGresult *result = PQprepare(db->link, s->name, s->text, 0, NULL);
    const bool good = PQresultStatus(result) == PGRES_COMMAND_OK;

    if (!good)
        fail_result(db, result, s->name, f);
    PQclear(result);
    return good && learn_types(db, s, f);
}

bool db_prepare(struct db *db, enum queries_id query, struct fail *f)
{
    return prepare(db, statements_query(&db->statements, query), f);
}

bool db_prepare_layer(struct db *db, enum layers_id layer, struct fail *f)
{
    return prepare(db, statements_layer(&db->statements, layer), f);
}

/* Sends a prepared statement with binary parameters; results come in binary. */
static bool send_statement(struct db *db, struct statements_one *s, const struct db_value *values,
                           int32_t value_count, struct fail *f)
{
    const char *pointers[STATEMENTS_PARAMETER_MAX];
    int lengths[STATEMENTS_PARAMETER_MAX];
    int formats[STATEMENTS_PARAMETER_MAX];
    size_t starts[STATEMENTS_PARAMETER_MAX];

    if (!prepare(db, s, f))
        return false;
    assert(value_count == s->parameter_count);
    buf_clear(&db->scratch);
    for (int32_t i = 0; i < value_count; i++) {
        starts[i] = db->scratch.size;
        pgwire_value(&db->scratch, s->parameter_types[i], &values[i]);
        assert(db->scratch.size - starts[i] <= INT32_MAX);
        lengths[i] = (int)(db->scratch.size - starts[i]);
        formats[i] = 1;
    }
    (void)buf_reserve(&db->scratch, 1); /* so that an empty text points at something */
    for (int32_t i = 0; i < value_count; i++)
        pointers[i] = values[i].kind == DB_NULL ? NULL : db->scratch.bytes + starts[i];
    db->constraint[0] = '\0';
    if (!PQsendQueryPrepared(db->link, s->name, value_count, pointers, lengths, formats, 1))
        return fail_away(db, f);
    return true;
}

static void drain(struct db *db)
{
    PGresult *result;

    while (db->link && (result = PQgetResult(db->link)))
        PQclear(result);
}

static void clear_result(void *result)
{
    PQclear(result);
}

static bool result_is_good(const PGresult *result)
{
    const ExecStatusType status = PQresultStatus(result);

    return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
}

static bool run(struct db *db, struct statements_one *s, const struct db_value *values,
                int32_t value_count, struct arena *a, const struct db_rows **rows, struct fail *f)
{
    if (!send_statement(db, s, values, value_count, f))
        return false;

    PGresult *result = PQgetResult(db->link);

    if (!result)
        return fail_away(db, f);
    drain(db);
    if (!result_is_good(result)) {
        fail_result(db, result, s->name, f);
        PQclear(result);
        return false;
    }
    if (!rows) {
        PQclear(result);
        return true;
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

void db_interrupt(struct db *db)
{
    char said[256];
    PGcancel *stop = db->stop;

    if (stop)
        (void)PQcancel(stop, said, sizeof said);
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
    if (!PQsetSingleRowMode(db->link))
        return fail_away(db, f);
    while (good && (result = PQgetResult(db->link))) {
        const struct db_rows row = { .result = result };

        if (PQresultStatus(result) == PGRES_SINGLE_TUPLE) {
            good = each(self, &row, f);
            if (!good) { /* what is still on its way is not wanted any more */
                db_interrupt(db);
                drain(db);
            }
        } else if (!result_is_good(result)) {
            good = false;
            drain(db);
            fail_result(db, result, QUERIES_TEXTS[query].name, f);
        }
        PQclear(result);
    }
    if (good && PQstatus(db->link) != CONNECTION_OK)
        return fail_away(db, f);
    return good;
}

const char *db_constraint(const struct db *db)
{
    return db->constraint;
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
    PGresult *result = PQexec(db->link, script);
    const bool good = result_is_good(result);

    if (!good)
        fail_result(db, result, what, f);
    PQclear(result);
    return good;
}

bool db_script(struct db *db, const char *script, struct fail *f)
{
    return ready(db, f) && run_script(db, script, "script", f);
}

bool db_begin(struct db *db, struct fail *f)
{
    assert(!db->in_transaction);
    if (!db_script(db, QUERIES_TEXTS[QUERIES_TRANSACTION_BEGIN].text, f))
        return false;
    db->in_transaction = true;
    return true;
}

/* COMMIT of a transaction that failed before answers well and rolls back: that
 * is a failure to whoever believed in it. */
static bool commit(struct db *db, struct fail *f)
{
    if (!ready(db, f))
        return false;
    if (PQtransactionStatus(db->link) == PQTRANS_INERROR)
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
    if (db->link && PQstatus(db->link) == CONNECTION_OK)
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

        if (PQputCopyData(db->link, stream->bytes + at, (int)step) != 1)
            return false;
        at += step;
    }
    return PQputCopyEnd(db->link, NULL) == 1;
}

bool db_copy(struct db *db, enum queries_id query, const struct buf *stream, struct fail *f)
{
    const char *name = QUERIES_TEXTS[query].name;

    if (!ready(db, f))
        return false;
    db->constraint[0] = '\0';
    PGresult *result = PQexec(db->link, QUERIES_TEXTS[query].text);
    bool good = PQresultStatus(result) == PGRES_COPY_IN;

    if (good) {
        PQclear(result);
        if (!put_stream(db, stream))
            return fail_away(db, f);
        result = PQgetResult(db->link);
        good = result_is_good(result);
    }
    drain(db);
    if (!good)
        fail_result(db, result, name, f);
    PQclear(result);
    return good;
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
    enum { OPTION_MAX = 64 };
    int32_t count = 0;
    char **lines = arena_take(a, OPTION_MAX + 1, sizeof *lines);

    if (!ready(db, f))
        return NULL;
    PQconninfoOption *options = PQconninfo(db->link);

    for (const PQconninfoOption *o = options; o && o->keyword && count < OPTION_MAX; o++)
        if (o->envvar && o->val && o->val[0])
            lines[count++] = arena_text(a, "%s=%s", o->envvar, o->val);
    PQconninfoFree(options);
    return lines;
}
