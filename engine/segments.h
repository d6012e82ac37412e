#ifndef ENGINE_SEGMENTS_H
#define ENGINE_SEGMENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "geo/base/fail.h"

/* The middle of an import: osm2pgsql's ways in vigil_staging become the rows of
 * vigil_staging.segment, by the rules of geo/road/access.h and split.h. The nodes
 * and ways are held in memory, 20 bytes a node and some 60 a way. */
enum {
    SEGMENTS_NODE_MAX = 100000000,
    SEGMENTS_WAY_MAX = 20000000,
    SEGMENTS_REF_MAX = 200000000, /* node ids of all ways together */
};

struct segments_made {
    int32_t way_count; /* streets among the ways */
    int32_t segment_count;
};

/* `go_on` is asked often and may be NULL. False with EXTRACT_WITHOUT_ROADS,
 * EXTRACT_TOO_LARGE, INTERRUPTED, or what the database says. */
bool segments_make(struct db *db, bool (*go_on)(void *self), void *self, struct segments_made *made,
                   struct fail *f);

#endif
