/* What a patrol is proven to have walked. */
#include "api/endpoints.h"
#include "api/handlers.h"

static const struct endpoint ROWS[] = {
    { .method = "GET",
      .path = "/v1/claims/{claim_id}/proof",
      .handle = on_proofs_get,
      .roles = ENDPOINTS_READERS | ENDPOINTS_VOLUNTEER,
      .scope = ENDPOINTS_ORG,
      .answer = "proof",
      .success = 200,
      .statuses = "404 422",
      .summary = "How much of its beat a patrol is proven to have walked, by whose tracks, and "
                 "what is missing" },
    { .method = "GET",
      .path = "/v1/claims/{claim_id}/proof/geojson",
      .handle = on_proofs_geojson,
      .roles = ENDPOINTS_READERS | ENDPOINTS_VOLUNTEER,
      .scope = ENDPOINTS_ORG,
      .answer = "proof_features",
      .success = 200,
      .statuses = "404 422",
      .summary = "The same as lines: proven, beside the beat, missed",
      .type = "application/geo+json" },
    { .method = "POST",
      .path = "/v1/claims/{claim_id}/prove",
      .handle = on_proofs_again,
      .roles = ENDPOINTS_MANAGERS,
      .scope = ENDPOINTS_ORG,
      .answer = "claim",
      .success = 200,
      .statuses = "404 409 422",
      .summary = "Has a patrol proven now, or again because positions came late; it is done within "
                 "seconds" },
    { .method = "POST",
      .path = "/v1/claims/{claim_id}/credit",
      .handle = on_proofs_credit,
      .roles = ENDPOINTS_MANAGERS,
      .scope = ENDPOINTS_ORG,
      .answer = "claim",
      .success = 200,
      .statuses = "404 409 422",
      .summary = "Credits a patrol of which less was proven than is credited by itself" },
};

const struct endpoints_group ENDPOINTS_PROOFS = { ROWS, sizeof ROWS / sizeof *ROWS };
