#ifndef ENGINE_TILES_H
#define ENGINE_TILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/layer.h"
#include "engine/sight.h"
#include "geo/base/arena.h"
#include "geo/base/buf.h"
#include "geo/base/fail.h"
#include "geo/tile.h"

struct coverage;
struct db;

/* Vector tiles of the city, from PostGIS and from memory.
 *
 * Tiles that PostGIS encodes are kept, by layer, tile, whose scope they show and the
 * version of the data, up to a number of bytes; what was used longest ago goes first.
 * The streets and what is around them are the same for everybody.
 * A tile that is being made is made once: who asks meanwhile waits for it. While
 * the database is away, what is kept goes on being served. Every function may be
 * called from any thread. */
struct tiles;

/* No tile is larger: where the data are too dense, detail is left out. */
enum { TILES_TILE_MAX = 500000 };

struct tiles *tiles_new(size_t bytes_max);
void tiles_free(struct tiles *t);

/* What a request brings along; nothing of it is kept. `db` is NULL while the
 * database cannot be reached, and may be for layers from memory alone. */
struct tiles_reader {
    struct db *db;
    struct live *live;
    struct arena *arena;
    const struct sight *sight; /* whose tiles; db is scoped to the same */
    struct coverage *coverage; /* NULL: its layers are empty */
};

/* The state of the data that a tile shows. Two stamps of one set and tile with
 * the same tag stand for the same bytes, across restarts too. */
enum { TILES_TAG_ROOM = 24 };

struct tiles_stamp {
    uint64_t versions[LAYER_SET_MAX]; /* of the layers of the set */
    char tag[TILES_TAG_ROOM];         /* for an ETag */
};

/* Reads the versions. False with TILE_OUTSIDE when no layer of the set has tiles
 * at this zoom, with NO_CITY_YET when a layer comes from an import and there is
 * none yet, or with the database's failure. */
bool tiles_stamp(struct tiles *t, const struct tiles_reader *r, const struct layer_set *set,
                 struct tile at, struct tiles_stamp *out, struct fail *f);

/* Adds the layers of one tile to the end of `out`, which may stay empty. */
bool tiles_write(struct tiles *t, const struct tiles_reader *r, const struct layer_set *set,
                 struct tile at, const struct tiles_stamp *stamp, struct buf *out, struct fail *f);

/* What the cache holds and has done, for metrics and tests. */
struct tiles_count {
    int64_t kept;  /* tiles */
    int64_t bytes; /* theirs */
    int64_t found; /* asked for and kept */
    int64_t made;  /* asked for and encoded by PostGIS */
};
struct tiles_count tiles_count(struct tiles *t);

#endif
