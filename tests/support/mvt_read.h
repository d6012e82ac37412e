#ifndef TESTS_SUPPORT_MVT_READ_H
#define TESTS_SUPPORT_MVT_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "geo/base/arena.h"

/* Takes a vector tile apart, as strictly as the specification (2.1) is written:
 * for tests of what we encode and of what PostGIS encodes. Everything lives in
 * the arena. */
struct mvt_read_value {
    enum {
        MVT_READ_TEXT,
        MVT_READ_DOUBLE,
        MVT_READ_INT,
        MVT_READ_BOOL,
    } kind;
    const char *text;
    double number;   /* of doubles and floats */
    int64_t integer; /* of whole numbers and bools */
};

struct mvt_read_part {
    int32_t *xy; /* pairs */
    int32_t count;
    bool closed;
};

struct mvt_read_feature {
    int64_t id;        /* -1 when it has none */
    int32_t type;      /* 1 points, 2 lines, 3 areas */
    uint32_t *tags;    /* pairs of key and value */
    int32_t tag_count; /* pairs */
    struct mvt_read_part *parts;
    int32_t part_count;
};

struct mvt_read_layer {
    const char *name;
    int64_t extent;
    const char **keys;
    int32_t key_count;
    struct mvt_read_value *values;
    int32_t value_count;
    struct mvt_read_feature *features;
    int32_t feature_count;
};

struct mvt_read_tile {
    struct mvt_read_layer *layers;
    int32_t layer_count;
};

/* NULL, or what of it breaks the specification. */
const char *mvt_read(struct arena *a, const void *bytes, size_t size, struct mvt_read_tile *out);

/* The value that the feature has for the key, or NULL. */
const struct mvt_read_value *mvt_read_tag(const struct mvt_read_layer *layer,
                                          const struct mvt_read_feature *feature, const char *key);

/* Twice the area of a part by the surveyor's formula, in square units. */
int64_t mvt_read_area(const struct mvt_read_part *part);

#endif
