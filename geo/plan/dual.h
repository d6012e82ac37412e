#ifndef GEO_PLAN_DUAL_H
#define GEO_PLAN_DUAL_H

#include "geo/plan/siting.h"

/* How good any choice can be at most. Each class of demand is given a price (a multiplier) that
 * a site which covers it is paid, whoever else covers it: then the best sites are simply those
 * that are paid most, and what they are paid, with what the demand keeps, is a bound on every
 * choice, whatever the prices. Better prices give a lower bound (Lagrangian relaxation,
 * subgradients). A distance between sites is not looked at, which leaves the bound a bound.
 *
 * It belongs to one thread and runs in slices. */
enum { DUAL_SCALE = 1024 };

struct dual;

/* Begins with prices that suit a choice. The siting must outlive it. */
struct dual *dual_new(const struct siting *s, const int32_t *sites, int32_t count);
void dual_free(struct dual *d);

/* So many steps; `value` is that of the best choice known, towards which they are measured.
 * False when further steps would not lower the bound any more. */
bool dual_run(struct dual *d, int32_t steps, int64_t value);

/* The best bound so far as it was computed in floating point: for showing. */
double dual_bound(const struct dual *d);
int64_t dual_steps(const struct dual *d);

/* The best prices as whole numbers of 1/DUAL_SCALE, one a class, from 0 to the worth of a first
 * point; and the bound that they prove, in whole numbers throughout: in 1/DUAL_SCALE, too. */
int64_t dual_prices(const struct dual *d, struct arena *a, const int64_t **prices);

/* The bounds that prices prove for 0, 1, … s->count points: bounds[k] for k of them, or for those
 * that stand when they are more. What a further point could give at most. In 1/DUAL_SCALE. */
const int64_t *dual_curve(const struct siting *s, const int64_t *prices, struct arena *a);

#endif
