#ifndef GEO_ROAD_CROSSING_H
#define GEO_ROAD_CROSSING_H

#include "geo/road/lattice.h"

/* The ways from one step of a lattice to the next, each weighed by how likely somebody goes
 * so who means to come from the one place to the other: the longer its detour over the
 * straight line the less (exponential, as Newson and Krumm have it), and turning round
 * between junctions is rare. */
struct crossing {
    const struct hop_streets *streets;
    const struct match_fix *from, *to; /* of the two steps */
    int64_t left_us;                   /* when she left the first at the earliest */
    double reach_m;                    /* the places of the second are so near to its fix */
};

/* Finds the likeliest way to each place of the second step (score, prev, turned) and what
 * share of all ways leads there (before); appends the links. How many; 0: no way leads. */
int32_t crossing_go(const struct crossing *c, struct hop_room *room,
                    const struct lattice_node *before, int32_t before_count,
                    struct lattice_node *here, int32_t here_count, struct buf *links);

/* Appends the arcs between two places that a link joins without turning round there. */
bool crossing_way(const struct crossing *c, struct hop_room *room, const struct lattice_node *from,
                  const struct lattice_node *to, struct buf *arcs);

#endif
