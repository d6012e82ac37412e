/* Tracks on the streets. */
#include "api/endpoints.h"
#include "api/handlers.h"

static const struct endpoint ROWS[] = {
    { .method = "POST",
      .path = "/v1/match",
      .handle = on_matches_find,
      .roles = ENDPOINTS_EVERYONE,
      .body_max = 2 * ENDPOINTS_MIB,
      .body = "match",
      .answer = "match_found",
      .success = 200,
      .statuses = "422",
      .queries = "frame",
      .type = "application/geo+json",
      .summary = "The way by streets that a track of positions most likely took" },
    { .method = "GET",
      .path = "/v1/people/{person_id}/matched_track",
      .handle = on_tracks_matched,
      .roles = ENDPOINTS_DISPATCHERS | ENDPOINTS_MANAGERS,
      .scope = ENDPOINTS_ORG,
      .answer = "match_found",
      .success = 200,
      .statuses = "404 422",
      .queries = "purpose from until by frame",
      .type = "application/geo+json",
      .summary = "The way by streets that a person took, of what is kept; recorded with its "
                 "purpose" },
};

const struct endpoints_group ENDPOINTS_MATCHES = { ROWS, sizeof ROWS / sizeof *ROWS };
