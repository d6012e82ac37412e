#ifndef GEO_PLAN_MIP_H
#define GEO_PLAN_MIP_H

#include "geo/plan/siting.h"

/* The proven best choice by branch and bound (CBC): for questions that are small once their
 * demand is merged. CBC searches on the calling thread, and memory and time grow without
 * warning with the classes, hence the limits. */
enum { MIP_CLASSES_MAX = 20 * 1000, MIP_SITES_MAX = 1000 };

struct mip {
    bool is_proven;       /* no choice is better */
    int64_t value, bound; /* what no choice passes, rounded down */
    const int32_t *sites; /* ascending */
    int32_t count;
    int32_t nodes;
};

bool mip_suits(const struct siting *s);

/* Begins with a choice that keeps the rules, and is never worse than it; gives up after so many
 * seconds of processor time. False with PLAN_TOO_LARGE or SOLVER_FAILED. */
bool mip_solve(const struct siting *s, const int32_t *sites, int32_t count, int32_t seconds,
               struct arena *a, struct mip *out, struct fail *f);

#endif
