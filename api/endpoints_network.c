/* The streets themselves: what is wrong with them, and how fast one goes on them. */
#include "api/endpoints.h"
#include "api/handlers.h"

static const struct endpoint ROWS[] = {
    { .method = "GET",
      .path = "/v1/network/report",
      .handle = on_network_report,
      .roles = ENDPOINTS_READERS,
      .scope = ENDPOINTS_ORG,
      .answer = "network_report",
      .success = 200,
      .statuses = "422",
      .queries = "limit",
      .summary = "Which streets do not hang together, by mode, what cuts them off, and which "
                 "stations and lookout points that concerns" },
};

const struct endpoints_group ENDPOINTS_NETWORK = { ROWS, sizeof ROWS / sizeof *ROWS };
