#ifndef API_ENDPOINTS_H
#define API_ENDPOINTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/backlog.h"
#include "api/request.h"

/* Whose rows an endpoint reads and writes. */
enum endpoints_scope {
    ENDPOINTS_PUBLIC, /* nothing of any organisation: streets, pages, descriptions */
    ENDPOINTS_ORG,    /* of the caller's organisation and those below it; all else looks missing */
    ENDPOINTS_OWN,    /* of the caller herself: her person, her device, her firm's own incidents */
};

/* How an enrolled device shows its secret, which opens nothing else: api/badge.h. */
enum endpoints_device {
    ENDPOINTS_NO_DEVICE, /* it does not: a token is needed */
    ENDPOINTS_BEARER,    /* Authorization: Bearer vgd_… */
    ENDPOINTS_ID,        /* the parameter `id` or the key `device_id` */
    ENDPOINTS_BASIC,     /* HTTP Basic, as the password */
};

/* The table of everything that can be asked over HTTP. The router, the permission
 * matrix (endpoint, role, scope), the limits and the OpenAPI description come from
 * it and from nothing else. What is not in `roles` is refused. */
struct endpoint {
    const char *method;
    const char *path; /* "/v1/stations/{station_id}" */
    bool (*handle)(const struct request *r, struct reply *out, struct fail *f);
    uint32_t roles;             /* bits 1 << role that may; 0: anyone, without a token */
    enum endpoints_scope scope; /* whose rows */
    bool from_memory;       /* not behind the database's own wall: each id's organisation is checked
                               where it is written out */
    bool idempotent_key;    /* a creating POST: Idempotency-Key is required */
    enum backlog_lane lane; /* in which it waits for a worker */
    size_t body_max;        /* bytes; 0: no body is taken */
    const char *body;       /* name of the body's schema in api/openapi/, or NULL */
    const char *body_type;  /* what the body is when it is not JSON: "text/csv" */
    const char *answer;     /* name of the answer's schema, or NULL */
    int32_t success;        /* the status of success */
    const char *kept;       /* schema of 202: taken while the database is away; or NULL */
    const char *statuses;   /* the further statuses it may answer: "404 409 422" */
    const char *queries;    /* names of the query parameters it takes: "limit cursor q" */
    bool any_query;         /* and any other: what foreign apps add is passed over */
    enum endpoints_device device_by; /* how an enrolled device comes in, beside `roles` */
    const char *summary;             /* one line for the description */
    bool open_here;                  /* needs no token from a peer on this machine */
    const char *type;                /* content type of success; NULL: application/json */
    const char *files;               /* further ones, of formats that are files; or NULL */
    bool at_once; /* needs no worker, body or token: answered while all workers are busy */
    /* Tried in passing, by the I/O thread that has read it: of BACKLOG_MEMORY. What takes
     * long is passed on (request_may_take_long). */
    bool in_passing;
};

/* The whole table in one piece, for the life of the process; any thread. */
const struct endpoint *endpoints_table(int32_t *count);

/* --- for the files of the table: api/endpoints_<subject>.c ----------------- */

struct endpoints_group {
    const struct endpoint *rows;
    int32_t count;
};

extern const struct endpoints_group ENDPOINTS_SERVICE;
extern const struct endpoints_group ENDPOINTS_TOKENS;
extern const struct endpoints_group ENDPOINTS_PLACES;
extern const struct endpoints_group ENDPOINTS_PEOPLE;
extern const struct endpoints_group ENDPOINTS_DUTY;
extern const struct endpoints_group ENDPOINTS_DEVICES;
extern const struct endpoints_group ENDPOINTS_DOUBTS;
extern const struct endpoints_group ENDPOINTS_PRIVACY;
extern const struct endpoints_group ENDPOINTS_ROSTERS;
extern const struct endpoints_group ENDPOINTS_PROOFS;
extern const struct endpoints_group ENDPOINTS_ORGS;
extern const struct endpoints_group ENDPOINTS_INCIDENTS;
extern const struct endpoints_group ENDPOINTS_ROADS;
extern const struct endpoints_group ENDPOINTS_MAP;
extern const struct endpoints_group ENDPOINTS_EVENTS;
extern const struct endpoints_group ENDPOINTS_FENCES;
extern const struct endpoints_group ENDPOINTS_NETWORK;
extern const struct endpoints_group ENDPOINTS_NODES;
extern const struct endpoints_group ENDPOINTS_TRACKS;
extern const struct endpoints_group ENDPOINTS_MATCHES;
extern const struct endpoints_group ENDPOINTS_CLOSURES;
extern const struct endpoints_group ENDPOINTS_JOBS;
extern const struct endpoints_group ENDPOINTS_COVERAGE;
extern const struct endpoints_group ENDPOINTS_WEIGHTS;

enum {
    ENDPOINTS_KIB = 1024,
    ENDPOINTS_MIB = 1024 * 1024,
};

/* Who may, as sets of roles. ENDPOINTS_STAFF sit in a command centre or an
 * organisation's office; the rest have one thing each of their own. */
enum {
    ENDPOINTS_EVERYONE = (1 << ROLE_COUNT) - 1,
    ENDPOINTS_ADMIN = 1 << ROLE_ADMIN,
    ENDPOINTS_DISPATCHERS = ENDPOINTS_ADMIN | 1 << ROLE_DISPATCHER,
    ENDPOINTS_PLANNERS = ENDPOINTS_ADMIN | 1 << ROLE_PLANNER,
    ENDPOINTS_MANAGERS = ENDPOINTS_ADMIN | 1 << ROLE_MANAGER,
    ENDPOINTS_STAFF = ENDPOINTS_DISPATCHERS | ENDPOINTS_PLANNERS | ENDPOINTS_MANAGERS,
    ENDPOINTS_READERS = ENDPOINTS_STAFF | 1 << ROLE_AUDITOR,
    ENDPOINTS_AUDITORS = ENDPOINTS_ADMIN | 1 << ROLE_AUDITOR,
    ENDPOINTS_VOLUNTEER = 1 << ROLE_VOLUNTEER,
    ENDPOINTS_PARTNER = 1 << ROLE_PARTNER,
};

#endif
