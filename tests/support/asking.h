#ifndef TESTS_SUPPORT_ASKING_H
#define TESTS_SUPPORT_ASKING_H

#include <stdint.h>

#include "api/request.h"
#include "geo/base/input.h"
#include "tests/support/database.h"

/* Requests through the gate, the router, the token and the handlers, without a socket:
 * the whole way of a request but for libmicrohttpd. One engine over one test database;
 * each struct asking_worker is a worker with its own connection, for one thread. */
struct asking;

struct asking *asking_new(struct database *d);
void asking_free(struct asking *s);
struct engine *asking_engine(struct asking *s);

struct asking_worker;

struct asking_worker *asking_worker_new(struct asking *s);
void asking_worker_free(struct asking_worker *w);

/* Who asks from now on: with a token of this role, organisation and person, made when
 * it is first needed. At first an admin of the whole city. A request that brings an
 * Authorization header of its own, even an empty one, is sent as it is. */
void asking_as(struct asking_worker *w, enum role role, int64_t org_id, int64_t person_id);

/* What came back; lives until the next asking_send on the same worker. */
struct asking_answer {
    int32_t status;
    const char *type;
    const char *body;
    size_t size;
    const struct input *json; /* NULL when it is no JSON */
    const struct reply *reply;
};

/* `headers` is "Name: value" lines parted by \n, or NULL; `body` NULL for none. */
struct asking_answer asking_send(struct asking_worker *w, const char *method, const char *target,
                                 const char *headers, const char *body);

/* Fails the test, showing the answer, unless it has this status and, when `code` is
 * not NULL, is a problem of this code. */
void asking_expect(const struct asking_answer *answer, int32_t status, const char *code);

/* A header of the answer, or NULL. */
const char *asking_header(const struct asking_answer *answer, const char *name);

/* A value of the JSON answer by its pointer ("/items/0/name"): fails the test when
 * it is not there. asking_has says whether it is. */
const char *asking_text(const struct asking_answer *answer, const char *pointer);
int64_t asking_int(const struct asking_answer *answer, const char *pointer);
double asking_number(const struct asking_answer *answer, const char *pointer);
int32_t asking_count(const struct asking_answer *answer, const char *pointer);
bool asking_has(const struct asking_answer *answer, const char *pointer);

/* A database, an engine and one worker, for tests of handlers. */
struct asking_room {
    struct database *d;
    struct asking *asking;
    struct asking_worker *worker;
    int32_t key_count;
};

int asking_open_room(struct asking_room *room, void **state);
/* The same over `side` by `side` blocks in Beijing (block_import) and what `city` adds, SQL;
 * the engine has taken them in, and its terrain is settled. */
int asking_open_blocks(struct asking_room *room, void **state, int32_t side, const char *city);
int asking_close_room(struct asking_room *room);
/* Runs SQL (database_run), after which the engine has taken in what it changed. */
void asking_change(struct asking_room *room, const char *sql);
/* "Idempotency-Key: …", another one each time; in the database's arena. */
const char *asking_fresh_key(struct asking_room *room);

#endif
