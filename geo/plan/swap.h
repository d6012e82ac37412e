#ifndef GEO_PLAN_SWAP_H
#define GEO_PLAN_SWAP_H

#include "geo/plan/siting.h"

/* Better and better choices: one chosen site for another as long as that gains, then a few
 * neighbours taken out and put in anew, again and again, and what is worse is taken back (or
 * kept for a while, as in annealing). Never worse than what it began with.
 *
 * It belongs to one thread. It runs in slices, so that the caller decides how long, looks at
 * the value in between, and stops when he likes; the same slices give the same choice. */
struct swap;

/* Begins with a choice that keeps all rules (greedy.h). The siting must outlive it. */
struct swap *swap_new(const struct siting *s, const int32_t *sites, int32_t count, uint64_t seed);
void swap_free(struct swap *w);

/* To the nearest choice that no single swap betters. True when it is there; else `most` sites
 * have been tried and it wants to be called again. */
bool swap_settle(struct swap *w, int32_t most);

/* So many kicks. `heat` from 1 down to 0 says how readily something worse is kept. */
void swap_kick(struct swap *w, int32_t kicks, double heat);

/* The best so far; its sites are in the order of their numbers. */
int64_t swap_value(const struct swap *w);
void swap_sites(const struct swap *w, struct arena *a, const int32_t **sites, int32_t *count);

/* For metrics. */
int64_t swap_kicks(const struct swap *w);

/* Goes back to the best and settles it: at the end. */
void swap_finish(struct swap *w);

#endif
