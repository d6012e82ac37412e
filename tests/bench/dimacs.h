#ifndef TESTS_BENCH_DIMACS_H
#define TESTS_BENCH_DIMACS_H

#include "geo/road/hierarchy.h"
#include "geo/road/network.h"
#include "tests/support/town.h"

/* Nets of real shape for the bars of the road engine: road graphs of the 9th DIMACS
 * challenge as they stand in *.gr.xz files ("p tw NODES EDGES", then a line for each
 * undirected edge, nodes from 1). The files have neither coordinates nor costs. Lengths
 * and costs are drawn from a seed, costs for each direction and mode of their own, and
 * junctions stand on a made-up square, so snapping on them means nothing. */

/* One segment for each edge of the file, open to all both ways. In the arena. NULL when
 * there is no such file; one that cannot be read ends the program. */
const struct network *dimacs_network(const char *path, uint64_t seed, struct arena *a);

/* For where the files are absent: side x side junctions of which one street in three is
 * missing, with lengths and costs drawn alike. */
const struct network *dimacs_made_up(int32_t side, uint64_t seed, struct arena *a);

/* The edges of a network as a hierarchy takes them: 2s and 2s + 1 of each segment, whose
 * costs are cost_ms of a mode. In the arena. */
struct hierarchy_edges dimacs_edges(const struct network *n, struct arena *a);

#endif
