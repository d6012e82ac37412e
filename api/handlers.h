#ifndef API_HANDLERS_H
#define API_HANDLERS_H

#include "api/request.h"

/* Every handler that the endpoint table names, one line each, by file. Each reads
 * the request, asks the engine and writes the answer; false leaves the failure
 * in *f. They run on workers, which may wait for the database. */
#define HANDLER(name) bool name(const struct request *r, struct reply *out, struct fail *f)

/* api/on_service.c */
HANDLER(on_healthz);

#undef HANDLER

#endif
