#ifndef API_SERVICE_H
#define API_SERVICE_H

#include <stdbool.h>
#include <stdint.h>

struct auth;
struct config;
struct endpoint;
struct engine;
struct throttle;
struct streams;

/* What the requests of one server share. */
struct service {
    const struct endpoint *endpoints;
    int32_t endpoint_count;
    const struct config *config;
    struct engine *engine;     /* may be NULL */
    struct auth *auth;         /* may be NULL: then nobody is signed in */
    struct throttle *throttle; /* of what anybody may ask; may be NULL: then nothing is limited */
    struct streams *streams;   /* may be NULL: then nobody can listen */
    _Atomic bool schema_fits;  /* the database's did once */
    _Atomic bool stopping;     /* readyz says no, connections are closed after their answer */
};

#endif
