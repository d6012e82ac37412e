#ifndef API_TALK_H
#define API_TALK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "api/answer.h"
#include "api/backlog.h"
#include "api/gate.h"
#include "geo/base/arena.h"
#include "geo/base/buf.h"

struct line;
struct server;
struct MHD_Connection;
struct MHD_Response;

/* One request and its answer, from its first line to its last byte; api/server.c
 * leads it, one thread at a time. */
struct talk {
    struct backlog_item item; /* must be the first: the backlog knows talks by it */
    struct server *server;
    struct MHD_Connection *connection;
    struct line *line;
    struct arena *arena;
    char *target;
    const char *raw_target; /* where it stood in libmicrohttpd's memory */
    size_t raw_size;
    enum talk_state {
        TALK_HEAD,   /* the request line is known */
        TALK_GIVEN,  /* the answer is there before the body, of which there is none */
        TALK_BODY,   /* the body is being gathered */
        TALK_QUEUED, /* suspended: a worker has it or will */
        TALK_ANSWERED,
    } state;
    struct gate_field fields[GATE_FIELDS_MAX + 1];
    struct answer answer;
    struct reply_meeting meeting;
    struct buf body;
    struct MHD_Response *response;
    int32_t status;
    struct answer_times times;
    int64_t bytes_seen; /* of the body, kept or not */
    struct talk *next_idle;
};

/* All talks of a server: those that have ended are kept for the next, some of them.
 * Any thread. */
struct talks;

/* Their bodies together hold at most so many bytes. */
struct talks *talk_all_new(int64_t bodies_max);
void talk_all_free(struct talks *all);

/* A new one, empty but for its arena, and its end. The response is the caller's. */
struct talk *talk_new(struct talks *all);
void talk_free(struct talks *all, struct talk *t);
int64_t talk_count(const struct talks *all);

/* What became of a piece of the body. One that is too long is thrown away up to twice
 * its limit, so that its sender hears 413; then, or when all bodies are too much, the
 * connection is to be cut: false. */
bool talk_take_body(struct talks *all, struct talk *t, const char *bytes, size_t size);

#endif
