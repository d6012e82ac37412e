#ifndef API_REPLY_H
#define API_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "geo/base/buf.h"
#include "geo/base/emit.h"
#include "geo/base/fail.h"

/* The answer to one request. A handler that returns true has filled it; one that
 * returns false leaves it, and the failure becomes problem+json (RFC 9457). */
struct reply;

enum reply_status {
    REPLY_OK           = 200,
    REPLY_CREATED      = 201,
    REPLY_ACCEPTED     = 202,
    REPLY_NO_CONTENT   = 204,
    REPLY_NOT_MODIFIED = 304,
};

/* A JSON answer: write one value into what is returned. */
struct emit *reply_json(struct reply *out, enum reply_status status);
/* The same with another JSON type ("application/geo+json"). */
struct emit *reply_json_as(struct reply *out, enum reply_status status, const char *type);
/* Any other answer: write its bytes into what is returned. `type` is static. */
struct buf *reply_bytes(struct reply *out, enum reply_status status, const char *type);
void reply_empty(struct reply *out, enum reply_status status);

/* A further header; both are copied. Control characters are an assert. */
void reply_header(struct reply *out, const char *name, const char *value);
/* `ETag: "…"`. */
void reply_etag(struct reply *out, const char *tag);

/* An answer that the HTTP status of its failure does not say: 401, 403, 404 of a
 * path, 405, 412, 413, 415, 429. Everything else comes from the failure's kind. */
bool reply_refuse(struct reply *out, int32_t status, struct fail *f);

#endif
