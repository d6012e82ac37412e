#ifndef TOOLS_VIGIL_LANES_H
#define TOOLS_VIGIL_LANES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "geo/base/buf.h"
#include "geo/base/fail.h"

/* Plain HTTP/1.1 over many kept connections, one request at a time on each: for
 * `vigil load`, where thousands of requests a second must cost almost nothing. One
 * thread. A lane connects when it is first used and again after it broke, each time to
 * the next of the addresses. */
struct lanes;

enum {
    LANES_MAX = 2048,
    LANES_ADDRESSES_MAX = 8,
    LANES_ANSWER_MAX = 1024 * 1024,
    LANES_CONNECT_MS = 1000, /* a connection that takes longer is given up */
};

struct lanes_request {
    const char *method;
    const char *path;
    const char *token;
    const char *key; /* Idempotency-Key, or NULL */
    const struct buf *body;
};

struct lanes_answer {
    int32_t lane;
    int32_t status; /* 0: there was none, see `error` */
    bool was_sent;  /* without an answer: whether the server may have got the request */
    int32_t retry_after_s;
    int64_t took_us;
    const char *body; /* NUL-terminated; readable until `done` returns */
    size_t body_size;
    const char *error;
};

/* `urls` is "http://127.0.0.1:8080", or several with commas between them. False with
 * VALUE_NOT_ALLOWED for what is no such address. */
struct lanes *lanes_open(const char *urls, int32_t count, int32_t patience_ms, struct fail *f);
void lanes_close(struct lanes *l);

/* Starts a request on a lane that has none. Everything is copied. */
void lanes_send(struct lanes *l, int32_t number, const struct lanes_request *request);
bool lanes_is_busy(const struct lanes *l, int32_t number);

/* Works for at most `wait_ms`, or until something happened; calls `done` for each
 * request that is over, which may send the next on that lane. */
void lanes_work(struct lanes *l, int32_t wait_ms,
                void (*done)(void *self, const struct lanes_answer *answer), void *self);

#endif
