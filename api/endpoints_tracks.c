/* Where people were. */
#include "api/endpoints.h"
#include "api/handlers.h"

static const struct endpoint ROWS[] = {
    { .method = "GET",
      .path = "/v1/people/{person_id}/track",
      .handle = on_tracks_person,
      .roles = ENDPOINTS_DISPATCHERS | ENDPOINTS_MANAGERS,
      .scope = ENDPOINTS_ORG,
      .answer = "track_collection",
      .success = 200,
      .statuses = "404 422",
      .queries = "purpose from until frame",
      .type = "application/geo+json",
      .summary = "Where a person was, of what is kept; recorded with its purpose" },
    { .method = "GET",
      .path = "/v1/incidents/{incident_id}/tracks",
      .handle = on_tracks_incident,
      .roles = ENDPOINTS_DISPATCHERS | ENDPOINTS_MANAGERS,
      .scope = ENDPOINTS_ORG,
      .answer = "track_collection",
      .success = 200,
      .statuses = "404 422",
      .queries = "purpose frame",
      .type = "application/geo+json",
      .summary = "Where those were who went to an incident, from accepting until cleared; recorded "
                 "with its purpose" },
};

const struct endpoints_group ENDPOINTS_TRACKS = { ROWS, sizeof ROWS / sizeof *ROWS };
