#ifndef ENGINE_EXTRACT_H
#define ENGINE_EXTRACT_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"

/* An OpenStreetMap extract on disk, PBF or XML (also packed with gzip or bzip2),
 * looked at by osmium and read into PostGIS by osm2pgsql. */
struct extract;

/* Whether work may go on; see program.h. */
struct extract_watch {
    bool (*go_on)(void *self);
    void *self;
};

/* False with EXTRACT_MISSING (no such file), EXTRACT_UNREADABLE (not OSM, or cut
 * short), EXTRACT_WITHOUT_ROADS (no way in it at all), PROGRAM_MISSING,
 * INTERRUPTED. Reads the whole file once. */
struct extract *extract_open(const char *path, const struct extract_watch *watch, struct fail *f);
void extract_close(struct extract *e);

/* Whether osm2pgsql can read it as it is: plain, and sorted by type and id. */
bool extract_is_ready(const struct extract *e);

/* Makes a sorted copy that is gone with the extract, however we end. DISK_FULL
 * when it does not fit. */
bool extract_sort(struct extract *e, const struct extract_watch *watch, struct fail *f);

/* Reads it into the schema vigil_staging, which must be there and empty, by the
 * style schema/osm.lua. */
bool extract_load(struct extract *e, struct db *db, const struct extract_watch *watch,
                  struct fail *f);

/* SHA-256 of the file in hexadecimal, for the record. */
const char *extract_checksum(const struct extract *e);

#endif
