#ifndef GEO_ROAD_SURETY_H
#define GEO_ROAD_SURETY_H

#include "geo/road/lattice.h"

/* How sure a place of a lattice is: which share of all the ways through its steps, each
 * counted by how likely it is, pass there (the forward-backward algorithm; Rabiner, A
 * tutorial on hidden Markov models, Proc. IEEE 77, 1989, section III). Ways that the lattice
 * gave up do not count. */

/* Fills `after` of all steps; anew whenever steps were added. */
void surety_weigh(struct lattice *l);

/* Of one place, and whatever else is within MATCH_SAME_M of it; 0 to 1. */
double surety_share(const struct lattice *l, const struct hop_streets *streets, int32_t step,
                    int32_t node);

#endif
