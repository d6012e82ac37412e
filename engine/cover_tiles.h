#ifndef ENGINE_COVER_TILES_H
#define ENGINE_COVER_TILES_H

#include <stdint.h>

#include "engine/coverage.h"
#include "engine/sight.h"
#include "geo/base/arena.h"
#include "geo/base/buf.h"
#include "geo/tile.h"

/* What is covered now, and what is not, as vector tiles written from memory: the streets
 * that the reader sees, each part asked about as it is written.
 *
 * "gaps": lines with their class, the first of dark, unwatched, unreachable and thin that
 * holds. "coverage": lines with the layer that covers them: lookout, patrol, reach; where
 * several do, one line each. From COVER_TILES_ZOOM on every stretch is a feature of its
 * own, with the street's name and the segment's id; further out, those of one class or
 * layer are one feature. What would be shorter than some units of the tile is left out
 * there, and of longer ones as many as it takes to keep to COVER_TILES_MAX bytes. */
enum cover_tiles_kind { COVER_TILES_GAPS, COVER_TILES_LAYERS };
enum { COVER_TILES_ZOOM = 14, COVER_TILES_MAX = 500000 };

/* Changes whenever anything of the coverage does; 0 before there is any. */
uint64_t cover_tiles_version(struct coverage *c);

/* Adds the tile to the end of `out`; nothing where there are no streets. */
void cover_tiles_encode(struct coverage *c, const struct sight *sight, enum cover_tiles_kind kind,
                        struct tile t, struct arena *a, struct buf *out);

#endif
