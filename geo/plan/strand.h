#ifndef GEO_PLAN_STRAND_H
#define GEO_PLAN_STRAND_H

#include "geo/plan/tour.h"

/* What the squads of a tour do, each in a strand: visits in order, with running sums both
 * ways, so that what it costs to walk any part of it, forwards or turned round, is two
 * look-ups. Used by geo/plan/tour and geo/plan/shake alone. */
struct strand {
    int32_t count;
    int32_t *visits;
    int64_t *ahead;  /* [i]: from entering the first visit to leaving visit i */
    int64_t *behind; /* [i]: from entering visit i turned round to leaving the first */
    int64_t cost_ms;
};

struct strand_set {
    const struct tour_wish *wish;
    struct strand *strands; /* one for each squad, each with room for all tasks */
    int32_t *strand_of;     /* of a task; -1: in none */
    int32_t *place_of;      /* its place there */
    int32_t *near;          /* [task * STRAND_NEAR + i]: tasks that are near to it, -1 at the end */
    int32_t *homes;    /* [task * STRAND_HOMES + i]: squads that begin or end near, -1 at the end */
    int64_t scale_ms;  /* what a squad does on average at first */
    int32_t sharpness; /* strands are weighed by the 2^n-th power of what they take */
    uint64_t chance;
};

enum { STRAND_NEAR = 6, STRAND_HOMES = 4 };

/* Where a visit is entered and left, and what it takes; turned round it is visit ^ 1. */
static inline int32_t strand_enter(const struct strand_set *t, int32_t visit)
{
    const struct tour_task *task = &t->wish->tasks[visit >> 1];

    return visit & 1 ? task->to : task->from;
}

static inline int32_t strand_leave(const struct strand_set *t, int32_t visit)
{
    return strand_enter(t, visit ^ 1);
}

static inline int64_t strand_work(const struct strand_set *t, int32_t visit)
{
    const struct tour_task *task = &t->wish->tasks[visit >> 1];
    const uint32_t cost = visit & 1 ? task->back_ms : task->there_ms;

    return cost < TOUR_COST_MAX ? cost : TOUR_COST_MAX;
}

static inline int64_t strand_leg(const struct strand_set *t, int32_t from, int32_t to)
{
    const uint32_t cost = t->wish->cost_ms[(size_t)from * (size_t)t->wish->stop_count + (size_t)to];

    return cost < TOUR_COST_MAX ? cost : TOUR_COST_MAX;
}

/* The stops before and behind a gap: gap g is before the visit at place g, the last gap
 * before the end. */
int32_t strand_before(const struct strand_set *t, int32_t strand, int32_t gap);
int32_t strand_behind(const struct strand_set *t, int32_t strand, int32_t gap);

/* From entering the visit at place `from` to leaving that at `to` (from <= to), in order
 * and turned round. */
int64_t strand_inner(const struct strand_set *t, int32_t strand, int32_t from, int32_t to);
int64_t strand_turned(const struct strand_set *t, int32_t strand, int32_t from, int32_t to);

/* Sums a strand up again, whose visits have been changed from a place on. */
void strand_settle(struct strand_set *t, int32_t strand, int32_t from);

#endif
