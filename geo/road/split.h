#ifndef GEO_ROAD_SPLIT_H
#define GEO_ROAD_SPLIT_H

#include <stdbool.h>
#include <stdint.h>

#include "geo/base/arena.h"
#include "geo/point.h"

/* Ways become segments: a way is cut at its ends, where it meets another street
 * or itself, and at barriers. Coordinates come by node id, so it does not matter
 * how often a line names a place.
 *
 * Nodes are known by their place in a table sorted by id. Fill `id` and `at`, give
 * every street to split_count, then split each. */
enum { SPLIT_NOT_HERE = -1 }; /* a node that the extract does not have */

struct split_nodes {
    int32_t count;
    const int64_t *id; /* ascending */
    const struct point_e7 *at;
    uint8_t *use; /* zeroed at first: how many streets come by, 2 for more */
};

/* The node's place in the table, or SPLIT_NOT_HERE. */
int32_t split_find(const struct split_nodes *n, int64_t id);

/* Counts the nodes that a street passes. */
void split_count(struct split_nodes *n, const int32_t *nodes, int32_t node_count);

/* Streets are to be cut at this node in any case: a barrier. */
void split_cut(struct split_nodes *n, int32_t node);

/* A segment to be. Measures run along the way; pieces follow one another without
 * gap or overlap, except that what the extract lacks has no length. */
struct split_piece {
    int64_t from_node;
    int64_t to_node;
    int32_t ordinal; /* 0, 1, … of the pieces of this way between these two nodes */
    int64_t start_cm;
    int32_t length_cm; /* the geodesic sum rounded once, at least 1 */
    int32_t point_count;
    const struct point_e7 *points; /* at least two, no two neighbours alike */
};

/* Cuts a way; the pieces live in the arena. Where nodes are missing the way is
 * interrupted: no line is drawn across what is not known. */
int32_t split_way(const struct split_nodes *n, const int32_t *nodes, int32_t node_count,
                  struct arena *a, const struct split_piece **pieces);

#endif
