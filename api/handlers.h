#ifndef API_HANDLERS_H
#define API_HANDLERS_H

#include "api/request.h"

/* Every handler that the endpoint table names, one line each, by file. Each reads
 * the request, asks the engine and writes the answer; false leaves the failure
 * in *f. They run on workers, which may wait for the database. */
#define HANDLER(name) bool name(const struct request *r, struct reply *out, struct fail *f)

/* api/on_enter.c */
HANDLER(on_enter);
HANDLER(on_enter_leave);

/* api/on_service.c */
HANDLER(on_service_health);
HANDLER(on_service_index);
HANDLER(on_service_metrics);
HANDLER(on_service_openapi);
HANDLER(on_service_ready);

#undef HANDLER

#endif
