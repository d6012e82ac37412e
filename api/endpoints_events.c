/* What happens, as it happens. */
#include "api/endpoints.h"
#include "api/handlers.h"

static const struct endpoint ROWS[] = {
    { .method = "GET",
      .path = "/v1/events",
      .handle = on_events,
      .roles = ENDPOINTS_STAFF | ENDPOINTS_VOLUNTEER | 1 << ROLE_DEVICE | 1 << ROLE_PARTNER,
      .scope = ENDPOINTS_ORG,
      .from_memory = true,
      .type = "text/event-stream",
      .success = 200,
      .statuses = "422",
      .queries = "after",
      .summary =
          "What happens, as server-sent events; after a cut from Last-Event-ID or after on" },
};

const struct endpoints_group ENDPOINTS_EVENTS = { ROWS, sizeof ROWS / sizeof *ROWS };
