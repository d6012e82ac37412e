#ifndef ENGINE_STATEMENTS_H
#define ENGINE_STATEMENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "schema/layers.h"
#include "schema/queries.h"

/* What one connection knows of the embedded statements: which it has prepared,
 * and the types of their parameters. For db.c. */
enum {
    STATEMENTS_PARAMETER_MAX = 32,
    STATEMENTS_NAME_MAX = 64,
    STATEMENTS_LAYERS = LAYERS_COUNT > 0 ? (int)LAYERS_COUNT : 1,
};

struct statements_one {
    const char *name; /* that it is prepared under */
    const char *text;
    bool prepared;
    int32_t parameter_count;
    uint32_t parameter_types[STATEMENTS_PARAMETER_MAX]; /* object ids */
};

struct statements {
    char layer_names[STATEMENTS_LAYERS][STATEMENTS_NAME_MAX];
    struct statements_one queries[QUERIES_COUNT];
    struct statements_one layers[STATEMENTS_LAYERS];
};

/* A new connection has prepared nothing. */
void statements_reset(struct statements *s);

struct statements_one *statements_query(struct statements *s, enum queries_id query);
struct statements_one *statements_layer(struct statements *s, enum layers_id layer);

#endif
