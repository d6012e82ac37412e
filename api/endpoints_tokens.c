/* Who may come in. */
#include "api/endpoints.h"
#include "api/handlers.h"

static const struct endpoint ROWS[] = {
    { .method = "GET",
      .path = "/v1/tokens",
      .handle = on_tokens_list,
      .roles = ENDPOINTS_MANAGERS | ENDPOINTS_AUDITORS,
      .scope = ENDPOINTS_ORG,
      .answer = "token_list",
      .success = 200,
      .statuses = "422",
      .queries = "limit cursor",
      .summary = "The tokens that have not expired, the newest first" },
    { .method = "POST",
      .path = "/v1/tokens",
      .handle = on_tokens_create,
      .roles = ENDPOINTS_MANAGERS,
      .scope = ENDPOINTS_ORG,
      .idempotent_key = true,
      .body_max = 4 * ENDPOINTS_KIB,
      .body = "token_new",
      .answer = "token",
      .success = 201,
      .statuses = "404 409 422",
      .summary = "A new token, whose text is told this once" },
    { .method = "DELETE",
      .path = "/v1/tokens/{token_id}",
      .handle = on_tokens_close,
      .roles = ENDPOINTS_MANAGERS,
      .scope = ENDPOINTS_ORG,
      .success = 204,
      .statuses = "404 409 422",
      .summary = "Ends a token at once, but not the one that asks" },
};

const struct endpoints_group ENDPOINTS_TOKENS = { ROWS, sizeof ROWS / sizeof *ROWS };
