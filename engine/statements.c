/* A layer and a query may have one name: the layer's is prefixed. */
#include "engine/statements.h"

#include <assert.h>
#include <stdio.h>

void statements_reset(struct statements *s)
{
    *s = (struct statements){ 0 };
    for (int i = 0; i < (int)QUERIES_COUNT; i++) {
        s->queries[i].name = QUERIES_TEXTS[i].name;
        s->queries[i].text = QUERIES_TEXTS[i].text;
    }
    for (int i = 0; i < (int)LAYERS_COUNT; i++) {
        snprintf(s->layer_names[i], STATEMENTS_NAME_MAX, "layer_%s", LAYERS_TEXTS[i].name);
        s->layers[i].name = s->layer_names[i];
        s->layers[i].text = LAYERS_TEXTS[i].text;
    }
}

struct statements_one *statements_query(struct statements *s, enum queries_id query)
{
    assert(query < QUERIES_COUNT);
    return &s->queries[query];
}

struct statements_one *statements_layer(struct statements *s, enum layers_id layer)
{
    assert(layer < LAYERS_COUNT);
    return &s->layers[layer];
}
