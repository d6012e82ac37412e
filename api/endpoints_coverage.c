/* Which streets are covered. */
#include "api/endpoints.h"
#include "api/handlers.h"

static const struct endpoint ROWS[] = {
    { .method = "GET",
      .path = "/v1/coverage",
      .handle = on_coverages_get,
      .roles = ENDPOINTS_READERS,
      .scope = ENDPOINTS_ORG,
      .from_memory = true,
      .answer = "coverage",
      .success = 200,
      .statuses = "404 422 503",
      .queries = "at kind by station_id limit cursor",
      .summary = "How much of the streets is watched now, at a moment that has been or one of the "
                 "plan, by lookout points and patrols, and where somebody can be in time: of the "
                 "caller's organisation with all below it, and of each organisation, grid cell, "
                 "station (the one nearest on foot) or street" },
    { .method = "GET",
      .path = "/v1/gaps",
      .handle = on_gaps_list,
      .roles = ENDPOINTS_READERS,
      .scope = ENDPOINTS_ORG,
      .from_memory = true,
      .answer = "gap_list",
      .success = 200,
      .statuses = "404 422 503",
      .queries =
          "at from to kind class grid_id station_id org street bbox sort format frame limit cursor "
          "verify",
      .summary = "The stretches of streets that are not covered: now, or during hours that have "
                 "been or are planned",
      .files = "text/csv application/geopackage+sqlite3" },
    { .method = "POST",
      .path = "/v1/coverage/what-if",
      .handle = on_what_if_find,
      .roles = ENDPOINTS_DISPATCHERS | ENDPOINTS_PLANNERS,
      .scope = ENDPOINTS_ORG,
      .from_memory = true,
      .body_max = 64 * ENDPOINTS_KIB,
      .body = "what_if",
      .answer = "what_if_found",
      .success = 200,
      .statuses = "404 422 503",
      .queries = "frame",
      .summary = "What would change if lookout points came, went or moved, or people were sent "
                 "away, now; or in hours of the plan, where shifts can be held at other times: up "
                 "to 20 candidates side by side" },
};

const struct endpoints_group ENDPOINTS_COVERAGE = { ROWS, sizeof ROWS / sizeof *ROWS };
