#ifndef GEO_PLAN_DEMAND_H
#define GEO_PLAN_DEMAND_H

#include "geo/cover/plots.h"
#include "geo/plan/siting.h"

/* Streets as demand: all that counts, cut wherever what one of the sites sees begins or ends,
 * so that a plan is worth exactly the centimetres that coverage reports for it. */

/* What the sites see, in the order of their numbers, and the streets they are counted on. */
struct demand_wish {
    const struct network *network;
    const struct plots *plots;
    bool is_weighed; /* in centimetres times thousandths of weight, not in centimetres */
    const struct range_band *sites;
    int32_t site_count;
};

/* Fills piece_count, weights, site_count, first and pieces of a question. Everything lives in
 * the arena. False with PLAN_TOO_LARGE. */
bool demand_take(const struct demand_wish *wish, struct arena *a, struct siting_question *out,
                 struct fail *f);

#endif
