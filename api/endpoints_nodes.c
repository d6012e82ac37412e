/* The processes that serve the city beside each other. */
#include "api/endpoints.h"
#include "api/handlers.h"

static const struct endpoint ROWS[] = {
    { .method = "GET",
      .path = "/v1/nodes",
      .handle = on_nodes_list,
      .roles = ENDPOINTS_AUDITORS,
      .from_memory = true,
      .lane = BACKLOG_MEMORY,
      .answer = "node_list",
      .success = 200,
      .summary = "The processes that serve this city: which of them know the same positions" },
};

const struct endpoints_group ENDPOINTS_NODES = { ROWS, sizeof ROWS / sizeof *ROWS };
