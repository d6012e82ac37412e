/* On and off duty, and where people are meanwhile. */
#include "api/endpoints.h"
#include "api/handlers.h"
#include "geo/fixes.h"

enum { SENDERS = 1 << ROLE_VOLUNTEER | 1 << ROLE_DEVICE | 1 << ROLE_GATEWAY };

static const struct endpoint ROWS[] = {
    { .method = "POST",
      .path = "/v1/people/{person_id}/duty",
      .handle = on_duties_set,
      .roles = ENDPOINTS_DISPATCHERS | ENDPOINTS_MANAGERS,
      .scope = ENDPOINTS_ORG,
      .body_max = ENDPOINTS_KIB,
      .body = "duty",
      .answer = "duty_state",
      .success = 200,
      .statuses = "404 409 422",
      .summary = "Puts someone on or off duty" },
    { .method = "POST",
      .path = "/v1/me/duty",
      .handle = on_duties_set_mine,
      .roles = ENDPOINTS_VOLUNTEER | 1 << ROLE_DEVICE,
      .scope = ENDPOINTS_OWN,
      .body_max = ENDPOINTS_KIB,
      .body = "duty",
      .answer = "duty_state",
      .success = 200,
      .statuses = "404 422",
      .summary = "Goes on or off duty" },
    { .method = "GET",
      .path = "/v1/people/{person_id}/duty",
      .handle = on_duties_list,
      .roles = ENDPOINTS_DISPATCHERS | ENDPOINTS_MANAGERS | 1 << ROLE_AUDITOR,
      .scope = ENDPOINTS_ORG,
      .answer = "duty_list",
      .success = 200,
      .statuses = "404 422",
      .queries = "limit cursor",
      .summary = "When someone came on duty and went off, and who said so; the newest first" },
    { .method = "POST",
      .path = "/v1/positions",
      .handle = on_positions_send,
      .roles = SENDERS,
      .scope = ENDPOINTS_ORG,
      .from_memory = true,
      .lane = BACKLOG_BULK,
      .device_by = ENDPOINTS_BEARER,
      .body_max = FIXES_BODY_MAX,
      .body = "positions",
      .answer = "positions_taken",
      .success = 200,
      .kept = "positions_taken",
      .statuses = "422 429",
      .summary = "Where people are: one fix, or up to 1,000; what is accepted is committed. A "
                 "person and a device send their own, a gateway those of its organisation" },
};

const struct endpoints_group ENDPOINTS_DUTY = { ROWS, sizeof ROWS / sizeof *ROWS };
