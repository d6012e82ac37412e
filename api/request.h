#ifndef API_REQUEST_H
#define API_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/reply.h"
#include "engine/keyring.h"
#include "engine/sight.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"
#include "geo/base/input.h"

struct db;
struct endpoint;
struct engine;
struct gate_field;
struct gate_pass;
struct hop_room;
struct matrix_room;
struct nearest_room;
struct range_room;
struct route_room;
struct router_match;
struct service;

enum role {
    ROLE_ADMIN,
    ROLE_DISPATCHER,
    ROLE_PLANNER,
    ROLE_MANAGER,
    ROLE_VOLUNTEER,
    ROLE_AUDITOR,
    ROLE_PARTNER,
    ROLE_GATEWAY,
    ROLE_DEVICE,
    ROLE_COUNT
};

/* Who asks. token_id is 0 when the endpoint is open to anyone. */
struct caller {
    int64_t token_id;
    enum role role;
    int64_t org_id;    /* she acts for this organisation and all below it; never 0 with a token */
    int64_t person_id; /* who she is: always of a volunteer and a device, else perhaps; or 0 */
    struct keyring_device
        device; /* what an enrolled device has declared; its id 0: no token of one */
};

/* What belongs to the worker that serves a request, and to no other thread. `db`
 * is NULL while the database cannot be reached: use request_db. */
struct worker {
    struct db *db;
    struct nearest_room *nearest_room;
    struct range_room *range_room;
    struct route_room *route_room;
    struct hop_room *hop_room;
    struct matrix_room *matrix_room;
    const char *database; /* its address */

    /* Of an I/O thread that tries an answer in passing, before it is queued: it waits for
     * nobody, and has passed on what needs the database or takes long. */
    bool in_passing, passed_on;
};

/* One request, read and let in: the gate, the token and the body's limit have
 * been passed before a handler sees it. Everything lives until the reply is
 * sent; handlers take their memory from `arena`. */
struct request {
    const struct endpoint *endpoint;
    struct engine *engine;
    struct worker *worker;
    struct arena *arena;
    struct caller caller;
    const char *id;     /* the request id, in every log line and problem */
    const char *method; /* "GET" */
    const char *path;   /* decoded, without the query */
    const char *body;
    size_t body_size;
    const struct request_parts *parts; /* request.c's own */
    struct service *service;
    bool from_this_machine; /* the peer, which may be a proxy that speaks for another */
    uint64_t peer;          /* its IPv4 address, or the first half of its IPv6; 0: not known */
};

/* The text in the place of {name} in the endpoint's path; asserts when the path
 * has none of that name. */
const char *request_param(const struct request *r, const char *name);
/* The same as a whole number, 1 to 2^53-1; else false with ID_MALFORMED. */
bool request_param_id(const struct request *r, const char *name, int64_t *out, struct fail *f);
/* A query parameter, decoded, or NULL. Names that the endpoint does not list are
 * refused before the handler runs; asking for one is an assert. */
const char *request_query(const struct request *r, const char *name);
/* A query parameter as a whole number within limits; `otherwise` when absent. */
bool request_query_int(const struct request *r, const char *name, int64_t min, int64_t max,
                       int64_t otherwise, int64_t *out, struct fail *f);
/* A header's value, or NULL. Of one that stands twice, the first. */
const char *request_header(const struct request *r, const char *name);
/* A header as a whole number within limits; `otherwise` when absent. */
bool request_header_int(const struct request *r, const char *name, int64_t min, int64_t max,
                        int64_t otherwise, int64_t *out, struct fail *f);
/* The body as JSON; false when there is none or it cannot be read. */
bool request_json(const struct request *r, const struct input **out, struct fail *f);
/* Whom of the people in memory the caller may see: those of her organisation and of
 * all below it, and herself; a volunteer and a device, herself alone. */
struct sight request_sight(const struct request *r);
/* The worker's connection; false with DATABASE_AWAY. */
bool request_db(const struct request *r, struct db **out, struct fail *f);
/* To be asked by a handler of an endpoint that is answered in passing as soon as it knows that
 * this takes more than a fraction of a millisecond. False: it returns false, and is called
 * anew on a worker. */
bool request_may_take_long(const struct request *r, struct fail *f);

/* --- for api/answer.c and api/server.c ------------------------------------ */

/* What request.c reads from; all of it outlives the request. */
struct request_parts {
    const struct router_match *match;
    const struct gate_pass *pass;
    const struct gate_field *fields;
    int32_t field_count;
};

/* Refuses a query parameter that the endpoint does not list. */
bool request_check_queries(const struct request *r, struct fail *f);

#endif
