#ifndef GEO_PLAN_SHAKE_H
#define GEO_PLAN_SHAKE_H

#include "geo/plan/tour.h"

/* Betters a tour by `steps` small shakes, each followed by a descent and kept when the
 * plan is no worse (iterated local search: Lourenço, Martin, Stützle, Handbook of
 * Metaheuristics, 2003). Moves: up to three visits to another place (Or 1976), a part turned
 * round (Croes 1958), ends of two squads exchanged (Potvin, Rousseau 1995). One squad wants
 * the least time; several want their times even, by the sum of eighth powers.
 *
 * The same wish and steps give the same plan. A step takes some tens of microseconds and
 * memory twice that of the tour, from the arena. */
void shake_tour(struct strand_set *t, int32_t steps, struct arena *a);

#endif
