#ifndef API_REPLY_H
#define API_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "geo/base/arena.h"
#include "geo/base/buf.h"
#include "geo/base/emit.h"
#include "geo/base/fail.h"

/* The answer to one request. A handler that returns true has filled it; one that
 * returns false leaves it, and the failure becomes problem+json (RFC 9457). */
struct reply;
struct stream;

enum reply_status {
    REPLY_OK = 200,
    REPLY_CREATED = 201,
    REPLY_ACCEPTED = 202,
    REPLY_NO_CONTENT = 204,
    REPLY_NOT_MODIFIED = 304,
};

/* A JSON answer: write one value into what is returned. */
struct emit *reply_json(struct reply *out, enum reply_status status);
/* The same with another JSON type ("application/geo+json"). */
struct emit *reply_json_as(struct reply *out, enum reply_status status, const char *type);
/* Any other answer: write its bytes into what is returned. `type` is static. */
struct buf *reply_bytes(struct reply *out, enum reply_status status, const char *type);
/* An answer whose bytes belong to somebody else (a cached tile, a file of the
 * console) and are not copied. done(thing) is called when they have been sent,
 * on any thread; `done` may be NULL for what lives as long as the process. */
void reply_lend(struct reply *out, enum reply_status status, const char *type, const void *bytes,
                size_t size, void (*done)(void *thing), void *thing);
/* An answer that does not end by itself: api/streams.h. It is given up with done. */
void reply_stream(struct reply *out, const char *type, struct stream *stream,
                  void (*done)(void *stream));
void reply_empty(struct reply *out, enum reply_status status);

/* A further header; both are copied. Control characters are an assert. */
void reply_header(struct reply *out, const char *name, const char *value);
/* `ETag: "…"`. */
void reply_etag(struct reply *out, const char *tag);

/* The answer comes later: what the handler waits for is told it, instead of the worker,
 * which goes on to the next request. The handler says so before it hands `out` on,
 * writes nothing any more and returns true; if it returns false after all, it has
 * handed it to nobody. The request with its arena stays as it is until reply_arrived,
 * which must come exactly once, on any thread, perhaps before the handler returns.
 * `f` is NULL when the answer has been written, else why there is none. */
void reply_later(struct reply *out);
void reply_arrived(struct reply *out, const struct fail *f);

/* An answer that the HTTP status of its failure does not say: 401, 403, 404 of a
 * path, 405, 412, 413, 415, 429. Everything else comes from the failure's kind.
 * Returns false. */
bool reply_refuse(struct reply *out, int32_t status, struct fail *f);

/* A problem with members of the handler's own: writes type … request_id and
 * leaves the object open; add keys, then emit_end, then return true. A status of
 * 0 takes the one that belongs to the failure. */
struct emit *reply_problem(struct reply *out, int32_t status, const struct fail *f);

/* --- for those who carry the answer: api/answer.c and api/server.c --------- */

struct reply_field {
    const char *name;
    const char *value;
    const struct reply_field *next;
};

/* Where the handler and whoever has the answer later meet: the second of them carries
 * it on, as long as neither of the two still uses the request. */
struct reply_meeting {
    _Atomic int32_t awaited;   /* of the two; 0: the answer does not come later */
    void (*carry)(void *self); /* called when that is not the worker */
    void *self;
};

struct reply {
    struct arena *arena;
    struct reply_meeting *meeting; /* NULL: there is nobody to carry it later */
    const char *request_id;
    int32_t status; /* 0 until something was written */
    const char *type;
    struct buf body;
    struct emit emit;
    const void *lent; /* instead of body, when not NULL */
    size_t lent_size;
    struct stream *stream; /* instead of both, when not NULL */
    void (*done)(void *thing);
    void *thing;
    const struct reply_field *fields; /* newest first */
    int32_t refused;                  /* by reply_refuse */
    enum fail_code code;              /* of the problem, for the log */
    const char *unsaid;               /* its text, when that is for the log alone; or NULL */
    bool close;                       /* end the connection after it */
};

/* An empty reply; its headers live in the arena. */
struct reply reply_start(struct arena *a, const char *request_id);
/* Forgets all that was written. */
void reply_clear(struct reply *out);
/* Forgets it and writes the failure instead. */
void reply_fail(struct reply *out, const struct fail *f);
/* The handler has returned true: whether the answer is there. False: somebody else
 * carries it on, now or later, and it is not to be touched any more. The meeting is that
 * of before the handler: the reply itself may be somebody else's already. */
bool reply_is_here(struct reply_meeting *m);
/* The status that belongs to a failure. */
int32_t reply_status_of(const struct fail *f);
/* The name of a status ("Not Found"). */
const char *reply_status_text(int32_t status);

#endif
