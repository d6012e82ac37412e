#ifndef API_ENDPOINTS_H
#define API_ENDPOINTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/request.h"

/* The table of everything that can be asked over HTTP. The router, the
 * permission check, the limits and the OpenAPI description come from it and
 * from nothing else. */
struct endpoint {
    const char *method;
    const char *path; /* "/v1/stations/{station_id}" */
    bool (*handle)(const struct request *r, struct reply *out, struct fail *f);
    uint32_t roles;       /* bits 1 << role that may; 0: anyone, without a token */
    bool scoped;          /* answers depend on the caller's organisation */
    bool idempotent_key;  /* a creating POST: Idempotency-Key is required */
    size_t body_max;      /* bytes; 0: no body is taken */
    const char *body;     /* name of the body's schema in api/openapi/, or NULL */
    const char *answer;   /* name of the answer's schema, or NULL */
    int32_t success;      /* the status of success */
    const char *statuses; /* the further statuses it may answer: "404 409 422" */
    const char *queries;  /* names of the query parameters it takes: "limit cursor q" */
    const char *summary;  /* one line for the description */
    bool open_here;       /* needs no token from a peer on this machine */
    const char *type;     /* content type of success; NULL: application/json */
    bool at_once;         /* needs no worker, body or token: answered while all workers are busy */
};

extern const struct endpoint ENDPOINTS[];
extern const int32_t ENDPOINTS_COUNT;

#endif
