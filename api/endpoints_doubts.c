/* What is doubted of the devices that say where people are. */
#include "api/endpoints.h"
#include "api/handlers.h"

static const struct endpoint ROWS[] = {
    { .method = "GET",
      .path = "/v1/doubts",
      .handle = on_doubts_list,
      .roles = ENDPOINTS_DISPATCHERS | ENDPOINTS_MANAGERS | ENDPOINTS_AUDITORS,
      .scope = ENDPOINTS_ORG,
      .answer = "doubt_list",
      .success = 200,
      .statuses = "422",
      .queries = "limit cursor state kind person_id",
      .summary = "Devices that probably send another frame than they declare, or whose clock is "
                 "wrong, the newest first; state is open unless cleared or all is asked for" },
    { .method = "POST",
      .path = "/v1/doubts/{doubt_id}/clear",
      .handle = on_doubts_clear,
      .roles = ENDPOINTS_DISPATCHERS | ENDPOINTS_MANAGERS,
      .scope = ENDPOINTS_ORG,
      .answer = "doubt",
      .success = 200,
      .statuses = "404",
      .summary = "Says that a doubt is over; it comes back when the next fixes show the same" },
};

const struct endpoints_group ENDPOINTS_DOUBTS = { ROWS, sizeof ROWS / sizeof *ROWS };
