/* Who did what to whose data, and what people decide about their own. */
#include "api/endpoints.h"
#include "api/handlers.h"

static const struct endpoint ROWS[] = {
    { .method = "GET",
      .path = "/v1/audit",
      .handle = on_audits_list,
      .roles = ENDPOINTS_AUDITORS,
      .scope = ENDPOINTS_ORG,
      .answer = "audit_list",
      .success = 200,
      .statuses = "422",
      .queries = "limit cursor action subject token_id actor_id from until",
      .summary = "Who did what, to what, and why; the newest first" },
    { .method = "GET",
      .path = "/v1/audit/head",
      .handle = on_audits_head,
      .roles = ENDPOINTS_AUDITORS,
      .scope = ENDPOINTS_PUBLIC,
      .answer = "audit_head",
      .success = 200,
      .summary = "The last link of the audit's hash chain, to be kept elsewhere" },
};

const struct endpoints_group ENDPOINTS_PRIVACY = { ROWS, sizeof ROWS / sizeof *ROWS };
