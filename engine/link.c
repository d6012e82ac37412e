/* The other half of libpq's home. */
#include "engine/link.h"

#include <assert.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "engine/clock.h"
#include "engine/pgwire.h"
#include "engine/postgis.h"
#include "engine/reach.h"
#include "engine/sqlstate.h"

enum { STALE_READS_MAX = 4, LOOK_MS = 50 /* how late it is noticed that waiting is hopeless */ };

/* ---- failures */

/* libpq ends its messages with a line feed and may write several lines; the
 * first says it. */
static int first_line(const char *message)
{
    return (int)strcspn(message, "\n");
}

bool link_fail_away(struct link *l, struct fail *f)
{
    const char *message = l->wire ? PQerrorMessage(l->wire) : "the connection was lost";

    if (l->wire && message[0] == '\0')
        message = "the connection was lost";
    fail_set(f, FAIL_BUSY, DATABASE_AWAY, "the database cannot be reached: %.*s",
             first_line(message), message);
    link_close(l);
    if (l->until_us == 0)
        reach_doubt();
    return false;
}

static const char *field(const PGresult *result, int code)
{
    const char *text = PQresultErrorField(result, code);

    return text ? text : "";
}

bool link_fail(struct link *l, const PGresult *result, const char *what, struct fail *f)
{
    const struct sqlstate s = {
        .what = what,
        .state = field(result, PG_DIAG_SQLSTATE),
        .message = field(result, PG_DIAG_MESSAGE_PRIMARY),
        .detail = field(result, PG_DIAG_MESSAGE_DETAIL),
        .constraint = field(result, PG_DIAG_CONSTRAINT_NAME),
        .place = field(result, PG_DIAG_SOURCE_FUNCTION),
    };

    snprintf(l->constraint, sizeof l->constraint, "%s", s.constraint);
    if (!l->wire || PQstatus(l->wire) != CONNECTION_OK)
        return link_fail_away(l, f);
    sqlstate_fail(&s, f);
    /* Another connection, a little later, may fare better. */
    if (f->code == CODE_DATABASE_AWAY)
        link_close(l);
    return false;
}

/* ---- connecting */

/* Somebody who cancels a commit that waits for a synchronous standby ends the waiting and
 * not the commit: it answers well, after a warning. The function's name is the only part
 * of this that is never translated. */
static void hear_notice(void *self, const PGresult *notice)
{
    struct link *l = self;

    l->is_unsure |= strcmp(field(notice, PG_DIAG_SOURCE_FUNCTION), "SyncRepWaitForLSN") == 0;
}

bool link_is_sure(struct link *l, struct fail *f)
{
    if (!l->is_unsure)
        return true;
    link_close(l);
    return fail_set(f, FAIL_BUSY, DATABASE_AWAY,
                    "the database has committed this without its standby: whether it stays is not "
                    "known");
}

bool link_open(struct link *l, const char *address, struct fail *f)
{
    /* What stands before dbname is a default that the address may override: of several
     * hosts the one that takes writes, each tried for two seconds. A machine that
     * vanishes without a word is noticed within 25 s, if not by engine/reach before. */
    static const char *const KEYS[] = { "connect_timeout",           "target_session_attrs",
                                        "keepalives_idle",           "keepalives_interval",
                                        "keepalives_count",          "tcp_user_timeout",
                                        "fallback_application_name", "dbname",
                                        "client_encoding",           NULL };
    const char *const values[] = { "2",     "read-write", "10",    "5",    "3",
                                   "25000", "vigil",      address, "UTF8", NULL };

    l->times = reach_times();
    l->is_unsure = false;
    l->wire = PQconnectdbParams(KEYS, values, 1);
    if (!l->wire || PQstatus(l->wire) != CONNECTION_OK)
        return link_fail_away(l, f);
    PQsetNoticeReceiver(l->wire, hear_notice, l);
    l->stop = PQgetCancel(l->wire);
    return true;
}

/* ---- results */

bool link_is_hopeless(const struct link *l)
{
    if (l->until_us)
        return clock_steady_us() > l->until_us;
    return reach_is_away() || (l->wire && l->times != reach_times());
}

/* False when the link was given up. */
static bool await(struct link *l)
{
    while (PQisBusy(l->wire)) {
        struct pollfd socket = { .fd = PQsocket(l->wire), .events = POLLIN };

        if (poll(&socket, 1, LOOK_MS) == 0 && link_is_hopeless(l)) {
            link_close(l);
            return false;
        }
        if (!PQconsumeInput(l->wire))
            break; /* the next result says why */
    }
    return true;
}

PGresult *link_result(struct link *l)
{
    return l->wire && await(l) ? PQgetResult(l->wire) : NULL;
}

PGresult *link_last(struct link *l, int is_sent)
{
    PGresult *last = NULL;
    PGresult *next;

    while (is_sent && PQresultStatus(last) != PGRES_COPY_IN && (next = link_result(l))) {
        PQclear(last);
        last = next;
    }
    return last;
}

/* ---- sessions */

static const char *role_word(enum db_role role)
{
    static const char *const WORDS[] = { "none", "vigil_engine", "vigil_app" };

    return WORDS[role];
}

/* A role that row level security does not hold is no wall. */
static bool check_role(struct link *l, enum db_role role, struct fail *f)
{
    PGresult *result =
        link_last(l, PQsendQueryParams(l->wire, QUERIES_TEXTS[QUERIES_CONNECTION_ROLE].text, 0,
                                       NULL, NULL, NULL, NULL, 0));
    bool good = PQresultStatus(result) == PGRES_TUPLES_OK;

    if (!good)
        link_fail(l, result, "connection_role", f);
    else if (PQntuples(result) > 0)
        good = fail_set(f, FAIL_BROKEN, ROLE_UNSAFE,
                        "the role %s passes row level security by: %.200s", role_word(role),
                        PQgetvalue(result, 0, 0));
    PQclear(result);
    return good;
}

static bool fail_role(struct link *l, enum db_role role, const PGresult *result, struct fail *f)
{
    if (role != DB_OWNER && strcmp(field(result, PG_DIAG_SQLSTATE), "22023") == 0)
        return fail_set(f, FAIL_BROKEN, DATABASE_NOT_MIGRATED,
                        "the database has no role %s: run vigil migrate", role_word(role));
    return link_fail(l, result, "connection_open", f);
}

bool link_set_up(struct link *l, enum db_role role, int64_t limit_ms, struct fail *f)
{
    char limit[24];
    const char *values[] = { limit, role_word(role) };

    snprintf(limit, sizeof limit, "%lld", (long long)limit_ms);

    PGresult *result =
        link_last(l, PQsendQueryParams(l->wire, QUERIES_TEXTS[QUERIES_CONNECTION_OPEN].text, 2,
                                       NULL, values, NULL, NULL, 0));
    bool good = PQresultStatus(result) == PGRES_TUPLES_OK;

    if (good)
        good = postgis_check(PQserverVersion(l->wire), PQgetvalue(result, 0, PQnfields(result) - 1),
                             f);
    else
        fail_role(l, role, result, f);
    PQclear(result);
    return good && (role == DB_OWNER || check_role(l, role, f));
}

void link_close(struct link *l)
{
    PGcancel *stop = l->stop;

    l->stop = NULL;
    PQfreeCancel(stop);
    PQfinish(l->wire);
    l->wire = NULL;
}

/* A server that went away while we were idle has left its farewell in the
 * socket: reading it costs one system call and saves a failed request. */
bool link_is_good(struct link *l)
{
    if (!l->wire || (l->until_us == 0 && l->times != reach_times()))
        return false;
    for (int i = 0; i < STALE_READS_MAX && PQstatus(l->wire) == CONNECTION_OK; i++) {
        if (!PQconsumeInput(l->wire))
            break;
        (void)PQisBusy(l->wire); /* digests what was read */
        PGnotify *notify = PQnotifies(l->wire);

        if (!notify)
            continue;
        PQfreemem(notify);
    }
    return PQstatus(l->wire) == CONNECTION_OK;
}

/* ---- sending and reading */

static bool learn_types(struct link *l, struct statements_one *s, struct fail *f)
{
    PGresult *result = link_last(l, PQsendDescribePrepared(l->wire, s->name));
    const bool good = PQresultStatus(result) == PGRES_COMMAND_OK;

    if (good) {
        s->parameter_count = PQnparams(result);
        assert(s->parameter_count <= STATEMENTS_PARAMETER_MAX);
        for (int i = 0; i < s->parameter_count; i++)
            s->parameter_types[i] = PQparamtype(result, i);
        s->prepared = true;
    } else {
        link_fail(l, result, s->name, f);
    }
    PQclear(result);
    return good;
}

bool link_prepare(struct link *l, struct statements_one *s, struct fail *f)
{
    if (s->prepared)
        return true;
    PGresult *result = link_last(l, PQsendPrepare(l->wire, s->name, s->text, 0, NULL));
    const bool good = PQresultStatus(result) == PGRES_COMMAND_OK;

    if (!good)
        link_fail(l, result, s->name, f);
    PQclear(result);
    return good && learn_types(l, s, f);
}

bool link_send(struct link *l, const struct statements_one *s, const struct db_value *values,
               int32_t value_count)
{
    const char *pointers[STATEMENTS_PARAMETER_MAX];
    int lengths[STATEMENTS_PARAMETER_MAX];
    int formats[STATEMENTS_PARAMETER_MAX];
    size_t starts[STATEMENTS_PARAMETER_MAX];

    assert(value_count == s->parameter_count);
    buf_clear(&l->scratch);
    for (int32_t i = 0; i < value_count; i++) {
        starts[i] = l->scratch.size;
        pgwire_value(&l->scratch, s->parameter_types[i], &values[i]);
        assert(l->scratch.size - starts[i] <= INT32_MAX);
        lengths[i] = (int)(l->scratch.size - starts[i]);
        formats[i] = 1;
    }
    (void)buf_reserve(&l->scratch, 1); /* so that an empty text points at something */
    for (int32_t i = 0; i < value_count; i++)
        pointers[i] = values[i].kind == DB_NULL ? NULL : l->scratch.bytes + starts[i];
    return PQsendQueryPrepared(l->wire, s->name, value_count, pointers, lengths, formats, 1) == 1;
}

static bool is_bad(const PGresult *result)
{
    return PQresultStatus(result) == PGRES_FATAL_ERROR ||
           PQresultStatus(result) == PGRES_BAD_RESPONSE;
}

PGresult *link_rest(struct link *l)
{
    PGresult *result;
    PGresult *bad = NULL;
    int empty = 0;

    while (l->wire && empty < (l->piped ? 2 : 1)) {
        result = link_result(l);
        empty = result ? 0 : empty + 1;
        if (PQresultStatus(result) == PGRES_PIPELINE_SYNC)
            empty = 2;
        if (result && !bad && is_bad(result))
            bad = result;
        else
            PQclear(result);
    }
    if (l->piped && l->wire && !PQexitPipelineMode(l->wire))
        link_close(l);
    l->piped = false;
    return bad;
}

void link_drain(struct link *l)
{
    PQclear(link_rest(l));
}

static bool hand_over(struct link *l,
                      void (*each)(void *self, const char *channel, const char *text), void *self)
{
    bool has_come = false;
    PGnotify *notify;

    while ((notify = PQnotifies(l->wire))) {
        if (each)
            each(self, notify->relname, notify->extra);
        PQfreemem(notify);
        has_come = true;
    }
    return has_come;
}

/* One may have been read along with an answer: then the socket stays silent. */
bool link_hear(struct link *l, int64_t most_ms,
               void (*each)(void *self, const char *channel, const char *text), void *self)
{
    struct pollfd socket = { .fd = PQsocket(l->wire), .events = POLLIN };

    if (!hand_over(l, each, self) && socket.fd >= 0 && poll(&socket, 1, (int)most_ms) > 0 &&
        PQconsumeInput(l->wire))
        (void)hand_over(l, each, self);
    return PQstatus(l->wire) == CONNECTION_OK;
}

void link_interrupt(const struct link *l)
{
    char said[256];
    PGcancel *stop = l->stop;

    if (stop)
        (void)PQcancel(stop, said, sizeof said);
}

char **link_environment(const struct link *l, struct arena *a)
{
    enum { OPTION_MAX = 64 };
    int32_t count = 0;
    char **lines = arena_take(a, OPTION_MAX + 1, sizeof *lines);
    PQconninfoOption *options = PQconninfo(l->wire);

    for (const PQconninfoOption *o = options; o && o->keyword && count < OPTION_MAX; o++)
        if (o->envvar && o->val && o->val[0])
            lines[count++] = arena_text(a, "%s=%s", o->envvar, o->val);
    PQconninfoFree(options);
    return lines;
}
