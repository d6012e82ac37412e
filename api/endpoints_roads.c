/* Questions about the way. */
#include "api/endpoints.h"
#include "api/handlers.h"

static const struct endpoint ROWS[] = {
    { .method = "POST",
      .path = "/v1/nearest",
      .handle = on_nearest_find,
      .roles = ENDPOINTS_DISPATCHERS,
      .scope = ENDPOINTS_ORG,
      .from_memory = true,
      .lane = BACKLOG_MEMORY,
      .body_max = 16 * ENDPOINTS_KIB,
      .body = "nearest",
      .answer = "nearest_found",
      .success = 200,
      .statuses = "422",
      .queries = "frame",
      .summary = "The people who can be at a place first, by road, each by her own mode" },
    { .method = "POST",
      .path = "/v1/route",
      .handle = on_route_find,
      .roles = ENDPOINTS_EVERYONE,
      .lane = BACKLOG_MEMORY,
      .body_max = 128 * ENDPOINTS_KIB,
      .body = "route",
      .answer = "route_found",
      .success = 200,
      .statuses = "422",
      .queries = "frame",
      .summary =
          "The fastest way between two places, over others and clear of streets if asked, with "
          "steps in English and Chinese and other ways to choose from" },
    { .method = "POST",
      .path = "/v1/reach",
      .handle = on_reach_find,
      .roles = ENDPOINTS_DISPATCHERS | ENDPOINTS_PLANNERS,
      .scope = ENDPOINTS_ORG,
      .from_memory = true,
      .lane = BACKLOG_MEMORY,
      .body_max = 256 * ENDPOINTS_KIB,
      .body = "reach",
      .answer = "reach_found",
      .success = 200,
      .statuses = "422",
      .queries = "frame",
      .summary =
          "The streets that can be reached in time from one of many places, or from which one "
          "of them can be reached, with an outline" },
    { .method = "POST",
      .path = "/v1/matrix",
      .handle = on_matrix_find,
      .roles = ENDPOINTS_DISPATCHERS,
      .scope = ENDPOINTS_ORG,
      .from_memory = true,
      .lane = BACKLOG_MEMORY,
      .body_max = 256 * ENDPOINTS_KIB,
      .body = "matrix",
      .answer = "matrix_found",
      .success = 200,
      .statuses = "422",
      .queries = "encoding",
      .summary = "Travel times from many to many: places, and people, stations, lookout points, "
                 "sites and incidents by id" },
};

const struct endpoints_group ENDPOINTS_ROADS = { ROWS, sizeof ROWS / sizeof *ROWS };
