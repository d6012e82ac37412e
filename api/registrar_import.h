#ifndef API_REGISTRAR_IMPORT_H
#define API_REGISTRAR_IMPORT_H

#include <stdbool.h>

#include "api/reply.h"
#include "api/request.h"
#include "engine/registry.h"

/* Stations, lookout points or grids from one GeoJSON FeatureCollection with a
 * top-level "frame", all or nothing. With ?dry_run=true everything is done and
 * then undone: the answer is a preview. Features that cannot be taken are listed
 * with pointer and code, REGISTRAR_IMPORT_ERRORS_MAX of them; an area that crosses itself
 * comes with the repaired shape. */
enum {
    REGISTRAR_IMPORT_FEATURES_MAX = REGISTRY_ADD_MAX,
    REGISTRAR_IMPORT_BYTES_MAX = 8 << 20,
    REGISTRAR_IMPORT_ERRORS_MAX = 100,
    REGISTRAR_IMPORT_IGNORED_MAX = 20, /* names of unknown properties that are told */
};

bool registrar_import(const struct request *r, enum registry_noun noun, struct reply *out,
                      struct fail *f);

/* Adds what was read or laid, once, or shows what it would be: the common end of
 * an import and of laying grids. */
struct registrar_import {
    const struct request *r;
    enum registry_noun noun;
    struct registry_item *items;
    int32_t count;
    const char *const *ignored; /* properties that were not read */
    int32_t ignored_count;
    bool laid;        /* by us: without overlaps among them, and to be seen in a preview */
    enum frame frame; /* of the preview's items */
};

bool registrar_import_add(struct registrar_import *batch, bool dry_run, struct reply *out,
                          struct fail *f);

#endif
