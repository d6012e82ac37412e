#ifndef API_OPENAPI_H
#define API_OPENAPI_H

#include "api/endpoints.h"
#include "geo/base/arena.h"
#include "geo/base/emit.h"

/* The description of the API, OpenAPI 3.0, made from the endpoint table and the
 * schemas of api/openapi/: NAME.json is the schema NAME, query_NAME.json that of
 * the query parameter NAME. Writes one JSON value. */
void openapi_write(const struct endpoint *table, int32_t count, struct arena *a, struct emit *e);

/* The text of a schema, or NULL. */
const char *openapi_schema(const char *name);

#endif
