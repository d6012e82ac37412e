#ifndef API_ANSWER_H
#define API_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include "api/gate.h"
#include "api/request.h"
#include "api/router.h"

/* The way from a request to its answer, without library or socket: the gate, the
 * router and the limits when the head is there (on an I/O thread, without
 * waiting), then token, role, query and handler when the body is (on a worker). */
struct answer {
    struct request request;
    struct request_parts parts;
    struct router_match match;
    struct gate_pass pass;
    struct reply reply;
};

/* The head has come. True: gather the body, at most endpoint->body_max bytes.
 * False: out->reply is the answer already. `a` belongs to the request. */
bool answer_open(struct service *service, const struct gate_head *head, struct arena *a,
                 struct answer *out);

/* False with BODY_TOO_LARGE, saying how much the endpoint takes. */
bool answer_too_large(const struct answer *out, struct fail *f);

/* There is no room among those who wait for a worker; sets why: SERVER_STOPPING,
 * TOO_MANY_REQUESTS of what comes in bulk, else SERVER_BUSY. */
void answer_not_taken(const struct answer *out, struct fail *f);

/* The body has come and stands in out->request.body. May wait for the database. False:
 * the answer comes later, to the reply's meeting (reply_later), and `out` is not to be
 * touched any more. */
bool answer_give(struct answer *out, struct worker *worker);

/* The same in passing, on the I/O thread. False: it is to be queued for a worker. */
bool answer_in_passing(struct answer *out, struct worker *here);

/* Adds the headers that every answer has. */
void answer_dress(struct answer *out);

/* When it came, was queued and was taken by a worker, by the steady clock; 0: not. */
struct answer_times {
    int64_t start_us, queued_us, taken_us;
};

/* Counts the answer and writes its line into the log. */
void answer_log(const struct answer *out, const struct answer_times *times, int64_t bytes_in,
                int64_t bytes_out);

/* Replaces whatever the answer is by this failure. */
void answer_refuse(struct answer *out, const struct fail *f, bool close);

#endif
