#ifndef ENGINE_IMPORT_H
#define ENGINE_IMPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"

/* A city out of an OpenStreetMap extract: streets, base map and names.
 *
 * Everything is prepared beside the city that is in service (the schema
 * vigil_staging) and put in its place in one transaction: until its commit, and
 * after any failure or kill, the old city serves unchanged. Streets that are in
 * both keep their segment ids. One import at a time. */
struct import_wish {
    const char *path;
    const char *city_name;
    const char *attribution;
};

enum import_step {
    IMPORT_LOOK,    /* is it a whole extract, is it sorted */
    IMPORT_SORT,    /* only where it is not */
    IMPORT_READ,    /* osm2pgsql */
    IMPORT_STREETS, /* ways become segments */
    IMPORT_MERGE,   /* new segments meet the old ones */
    IMPORT_MAP,     /* water, green, buildings, places, boundaries */
    IMPORT_NAMES,   /* what can be searched for */
    IMPORT_FINISH,
    IMPORT_STEP_COUNT,
};

/* How the caller follows and stops it; both functions may be NULL. */
struct import_watch {
    void (*begins)(void *self, enum import_step step);
    bool (*go_on)(void *self);
    void *self;
};

struct import_result {
    int64_t import_id;
    int32_t street_count; /* ways */
    int64_t kept_count;   /* segments that were there before, and are */
    int64_t added_count;
    int64_t retired_count;
    int64_t repaired_count; /* shapes of the base map that were not valid */
    int64_t dropped_count;  /* of which nothing was left when they were repaired */
};

/* `db` is used by nobody else meanwhile. False with IMPORT_RUNNING, INTERRUPTED,
 * IMPORT_FAILED, what extract.h and segments.h say, or what the database says. */
bool import_run(struct db *db, const struct import_wish *wish, const struct import_watch *watch,
                struct import_result *result, struct fail *f);

#endif
