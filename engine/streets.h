#ifndef ENGINE_STREETS_H
#define ENGINE_STREETS_H

#include <stdbool.h>
#include <stdint.h>

#include "geo/base/arena.h"
#include "geo/base/fail.h"
#include "geo/road/network.h"

struct db;

/* The streets of the current import, ready to be searched. Their layout is kept as
 * one file that is mapped, cache_dir/streets-<import_id>.vigil; a file that is
 * damaged, of another version or of another import is never used but made anew from
 * the database, and files of earlier imports are removed. Costs come from
 * vigil.speed each time. */
enum streets_origin {
    STREETS_MAPPED,  /* the file was good */
    STREETS_READ,    /* there was no file: read from the database and written */
    STREETS_REMADE,  /* the file was refused: read from the database and rewritten */
    STREETS_UNCACHED /* read from the database, and the file could not be written */
};

struct streets {
    int64_t import_id;
    const char *city_name;
    const char *attribution;
    struct point south_west, north_east; /* bounds of the streets */
    struct network network;
    enum streets_origin origin;
    const char *reason; /* why the file was refused or not written; else "" */
};

/* "mapped", "read", "remade", "uncached". */
const char *streets_origin_word(enum streets_origin origin);

/* Everything lives in the arena or is deferred to it. `cache_dir` may be NULL: no
 * file is used. False with FAIL_BUSY, NO_CITY_YET before the first import; nothing
 * is logged here, the caller says where the streets came from. */
bool streets_load(struct db *db, const char *cache_dir, struct arena *a, struct streets *out,
                  struct fail *f);

#endif
