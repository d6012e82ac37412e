#ifndef API_STREAMS_H
#define API_STREAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/feed.h"
#include "geo/base/buf.h"
#include "geo/base/fail.h"

struct config;
struct engine;

/* Answers that do not end: server-sent events (WHATWG HTML, 9.2). A thread of its own
 * looks what is new, writes it into the listeners' buffers and wakes their connections;
 * no worker is held. A listener that does not keep up, whose token has ended, or who
 * has been cut off by the server's end is let go: she comes back with the number of
 * the last event she saw. Any thread. */
struct streams;
struct stream;

enum {
    STREAMS_BUFFER_MAX = 64 * 1024, /* bytes that wait for one listener; more stays in the feed */
    STREAMS_BACKLOG_MAX = 1 << 20,  /* bytes of what she missed, from the database */
    STREAMS_BACKLOG_COUNT = 1000,   /* events of that */
    STREAMS_TOKEN_MS = 500,         /* between two looks whether tokens still live */
};

/* The engine must have a feed and outlive the streams, as must the config. */
struct streams *streams_open(struct engine *engine, const struct config *c);
/* After streams_shut, when every stream has been given up. */
void streams_close(struct streams *s);

/* Ends every stream and refuses new ones: before the server waits for its last
 * answer. */
void streams_shut(struct streams *s);

/* A new listener. False with LISTENERS_FULL, or with SERVER_STOPPING. */
bool streams_add(struct streams *s, int64_t token_id, const struct feed_listener *who,
                 struct stream **out, struct fail *f);

/* What she is sent first, before the stream is carried: the events she missed, or that
 * she must begin anew; then she is told what comes behind the place. */
void streams_put(struct stream *stream, const struct feed_item *item);
void streams_reset(struct stream *stream, int64_t head);
void streams_start(struct stream *stream, const struct feed_place *from);
/* How many bytes wait to be read. */
size_t streams_waiting(const struct stream *stream);

/* --- for those who carry it: api/server.c ---------------------------------- */

/* Who carries the bytes. `rest` is called when there is nothing to read, `wake` when
 * there is again or the stream has ended; in between `gone` says whether the listener
 * has hung up. Never two at one time for one stream. */
struct streams_carrier {
    void (*rest)(void *self);
    void (*wake)(void *self);
    bool (*gone)(void *self);
    void *self;
};
void streams_carry(struct stream *stream, const struct streams_carrier *carrier);

/* Copies what waits, at most `most` bytes. 0: nothing now, and `rest` was called.
 * Negative: it has ended. */
int64_t streams_read(struct stream *stream, char *out, size_t most);

/* The listener has gone, or shall. */
void streams_give_up(void *self);

/* An event as the outside reads it; the name of the event is its kind. Pure. */
void streams_write(struct buf *out, const struct feed_item *item);

#endif
