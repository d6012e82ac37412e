#ifndef TOOLS_VIGIL_HTTP_H
#define TOOLS_VIGIL_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "geo/base/buf.h"
#include "geo/base/fail.h"

/* Questions over several connections at once, kept open. The home of libcurl;
 * one thread. */
struct http;

struct http_answer {
    void *tag;
    int32_t status; /* 0: there was no answer, see `error` */
    int32_t retry_after_s;
    int64_t took_us;
    const char *body; /* NUL-terminated; readable until `done` returns */
    size_t body_size;
    const char *next; /* of a list that goes on (Vigil-Next), or NULL */
    const char *error;
};

/* `url` is "http://127.0.0.1:8080"; requests carry the token. */
struct http *http_open(const char *url, const char *token, int32_t connection_count,
                       struct fail *f);
void http_close(struct http *h);

/* Connections that wait for work. */
int32_t http_idle(const struct http *h);
/* Starts a request; one must be idle. The body is copied. */
void http_post(struct http *h, const char *path, const struct buf *body, void *tag);
/* The same without a body, for an answer of at most HTTP_FILE_MAX bytes that may take long. */
enum { HTTP_FILE_MAX = 256 * 1024 * 1024, HTTP_FILE_S = 600 };
void http_get(struct http *h, const char *path, void *tag);
/* Works for at most `wait_ms`, or until something was answered; calls `done` for
 * each answer. */
void http_work(struct http *h, int32_t wait_ms,
               void (*done)(void *self, const struct http_answer *answer), void *self);

#endif
