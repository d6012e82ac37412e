#include "api/endpoints.h"

#include "api/handlers.h"

enum {
    KIB = 1024,
    MIB = 1024 * 1024,
    EVERY_ROLE = (1 << ROLE_COUNT) - 1,
    ONLY_ADMIN = 1 << ROLE_ADMIN,
};

/* One row an endpoint; what the columns mean stands in the header. Every row may
 * also answer 400, 405, 414, 431, 500 and 503, a row with roles 401 and 403, a
 * row with a body 413 and 415: the description adds those by itself. */
const struct endpoint ENDPOINTS[] = {
    { .method = "GET",
      .path = "/healthz",
      .handle = on_healthz,
      .answer = "health",
      .success = 200,
      .summary = "The process is alive" },
};

const int32_t ENDPOINT_COUNT = sizeof ENDPOINTS / sizeof *ENDPOINTS;
