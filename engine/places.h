#ifndef ENGINE_PLACES_H
#define ENGINE_PLACES_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"
#include "geo/point.h"

/* Finding a place by its name: streets and places of the extract, stations and
 * lookout points. Case, accents and full-width letters do not matter; Chinese and
 * Latin names are found by any part of them. */
enum {
    PLACES_TYPED_MAX = 200, /* bytes */
    PLACES_FOUND_MAX = 50,
};

struct places_wish {
    const char *typed;
    bool nearby; /* nearest first among names that fit equally well */
    struct point here;
    int32_t limit;
};

struct places_found {
    const char *kind; /* "street", "place", "poi", "station", "lookout_point" */
    const char *name;
    const char *code; /* NULL for streets and places */
    int64_t id;       /* of the segment, station or lookout point; 0: none */
    struct point place;
    double distance_m; /* from `here` */
};

bool places_search(struct db *db, const struct places_wish *wish, struct arena *a,
                   struct places_found **found, int32_t *count, struct fail *f);

#endif
