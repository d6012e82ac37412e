#ifndef ENGINE_LAYER_H
#define ENGINE_LAYER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "geo/base/fail.h"
#include "schema/layers.h"

/* The table of map layers: everything that a map of the city can show. A layer
 * is one statement of schema/layers, or comes from memory, and one row here. */

/* What a layer is made from, and so what makes its tiles old. */
enum layer_source {
    LAYER_FROM_IMPORT, /* the streets and surroundings: a new import */
    LAYER_FROM_TABLE,  /* places the city keeps itself: vigil.layer_version */
    LAYER_FROM_LIVE,   /* the people in memory: anyone who moves */
    LAYER_FROM_COVER,  /* what is covered now, in memory: engine/coverage */
};

/* A layer inside a tile, as TileJSON describes it. */
struct layer_part {
    const char *name;
    const char *fields; /* "class name": the attributes of its features */
};

enum { LAYER_PART_MAX = 2 };

struct layer {
    const char *name;
    int32_t zoom_min, zoom_max; /* further in, a map enlarges tiles of zoom_max */
    enum layer_source source;
    enum layers_id statement; /* LAYERS_COUNT for those from memory */
    struct layer_part parts[LAYER_PART_MAX];
    const char *about; /* one line */
};

extern const struct layer LAYER_ROWS[];
extern const int32_t LAYER_ROW_COUNT;

/* The layers of one tile, each once, in the order they were asked for. */
enum { LAYER_SET_MAX = 10 };

struct layer_set {
    const struct layer *items[LAYER_SET_MAX];
    int32_t count;
};

/* Reads "streets" or "streets,water,green": at most LAYER_SET_MAX names, of which
 * repeated ones count once. False with LAYER_UNKNOWN or LAYERS_TOO_MANY. */
bool layer_parse(const char *names, struct layer_set *out, struct fail *f);

/* Whether it comes from memory. */
bool layer_in_memory(const struct layer *layer);

/* Whether a layer of the set comes from the database. */
bool layer_needs_database(const struct layer_set *set);

/* The zooms at which any of the layers has tiles. */
int32_t layer_zoom_min(const struct layer_set *set);
int32_t layer_zoom_max(const struct layer_set *set);

#endif
