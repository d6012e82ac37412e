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
    { .method = "GET",
      .path = "/v1/speeds",
      .handle = on_speeds_list,
      .roles = ENDPOINTS_EVERYONE,
      .scope = ENDPOINTS_PUBLIC,
      .answer = "speeds",
      .success = 200,
      .summary = "How fast one goes by class of street and mode; null where the mode does not go" },
    { .method = "PUT",
      .path = "/v1/speeds",
      .handle = on_speeds_set,
      .roles = ENDPOINTS_ADMIN,
      .scope = ENDPOINTS_ORG,
      .body_max = 16 * ENDPOINTS_KIB,
      .body = "speeds",
      .answer = "speeds",
      .success = 200,
      .statuses = "404 409 422",
      .summary = "The whole table of speeds anew, obeyed at once by every node; for those who act "
                 "for the whole city" },
};

const struct endpoints_group ENDPOINTS_NETWORK = { ROWS, sizeof ROWS / sizeof *ROWS };
