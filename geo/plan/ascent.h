#ifndef GEO_PLAN_ASCENT_H
#define GEO_PLAN_ASCENT_H

#include "geo/plan/tour.h"

/* A time below which no plan can be that does all the tasks, in total: getting there and
 * back is in it.
 *
 * Held, Karp, The traveling-salesman problem and minimum spanning trees II, Mathematical
 * Programming 1 (1971): a plan is a tree over the ends of all tasks, in which the tasks
 * themselves stand as fixed edges, and one more edge; so the cheapest such tree is a bound,
 * and stays one when every end is given a price that a plan pays back, for in a plan each
 * end has one leg. The prices are driven by how many legs the ends have in the tree. Where
 * there and back differ, the cheaper counts: with many oneways the bound is far off. All places
 * that squads set out from and end at are one; at most `squad_count` legs beyond a tree can lead to
 * it.
 *
 * `near_ms` is what a known plan takes, for the length of the steps. Costs about `rounds` x
 * (2 x task_count)^2 nanoseconds and 4 bytes x (2 x task_count)^2 from the arena. Tasks for
 * which `is_left` is true (NULL: none) are not in it. */
int64_t ascent_bound(const struct tour_wish *wish, const bool *is_left, int64_t near_ms,
                     int32_t rounds, struct arena *a);

#endif
