#ifndef GEO_PLAN_APART_H
#define GEO_PLAN_APART_H

#include "geo/plan/mobilise.h"

/* Mobilising more people than one flow should hold: each organisation by itself, with the
 * posts of its own and those of anyone's that most of its people could come to; then whoever
 * is left, for the places that are. No rule is broken. It need not be the best plan, and is not
 * where people of several could come to the same posts; its bound is one for all people and places
 * together, by the prices that the parts found. */
enum { APART_PEOPLE = MOBILISE_PEOPLE_MAX, APART_ORGS_MAX = 20000 };

struct apart {
    const int32_t *slot_of;  /* of each person, or -1 */
    const int32_t *travel_s; /* of each person */
    const int32_t *missing;  /* of each slot */
    int64_t filled, empty_weight;
    int64_t cost, bound;
    int32_t parts;
};

/* People's organisations are 0 to APART_ORGS_MAX - 1. False as mobilise_new. */
bool apart_take(const struct mobilise_ask *ask, struct arena *a, struct apart *out, struct fail *f);

#endif
