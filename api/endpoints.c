#include "api/endpoints.h"

#include "api/handlers.h"

enum {
    KIB = 1024,
    MIB = 1024 * 1024,
    EVERY_ROLE = (1 << ROLE_COUNT) - 1,
    ONLY_ADMIN = 1 << ROLE_ADMIN,
};

/* One row an endpoint; what the columns mean stands in the header. What any row
 * may answer (400, 500, 503 …) the description adds by itself. */
const struct endpoint ENDPOINTS[] = {
    { .method = "GET",
      .path = "/healthz",
      .handle = on_service_health,
      .answer = "health",
      .success = 200,
      .summary = "The process is alive" },
    { .method = "GET",
      .path = "/readyz",
      .handle = on_service_ready,
      .answer = "health",
      .success = 200,
      .summary = "Streets are loaded, the database answers and its schema fits" },
    { .method = "GET",
      .path = "/metrics",
      .handle = on_service_metrics,
      .roles = ONLY_ADMIN,
      .open_here = true,
      .type = "text/plain",
      .success = 200,
      .summary = "What the process counts, in the text format of Prometheus" },
    { .method = "GET",
      .path = "/openapi.json",
      .handle = on_service_openapi,
      .roles = EVERY_ROLE,
      .answer = "openapi",
      .success = 200,
      .summary = "This description" },
    { .method = "GET",
      .path = "/v1",
      .handle = on_service_index,
      .roles = EVERY_ROLE,
      .answer = "index",
      .success = 200,
      .summary = "Every endpoint" },
    { .method = "POST",
      .path = "/v1/enter",
      .handle = on_enter,
      .body_max = KIB,
      .body = "enter",
      .answer = "session",
      .success = 200,
      .statuses = "401",
      .summary = "Exchanges a one-use code for a session cookie" },
    { .method = "POST",
      .path = "/v1/leave",
      .handle = on_enter_leave,
      .roles = EVERY_ROLE,
      .success = 204,
      .statuses = "404",
      .summary = "Ends the session or token that asks" },
};

const int32_t ENDPOINT_COUNT = sizeof ENDPOINTS / sizeof *ENDPOINTS;
