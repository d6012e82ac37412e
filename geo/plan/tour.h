#ifndef GEO_PLAN_TOUR_H
#define GEO_PLAN_TOUR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "geo/base/arena.h"
#include "geo/base/fail.h"

/* Rounds: squads set out from their places, walk every chosen street once in either
 * direction that is open to them, call at the places that must be visited, and end where
 * they are to end, as evenly loaded as can be.
 *
 * The problem is a rural postman with several postmen (Eiselt, Gendreau, Laporte, Arc
 * routing problems II, Operations Research 43, 1995), put as a tour over *tasks*: all that
 * counts of the streets between is a table of times between *stops*. So oneways, bans and
 * closures are the table's business, and nothing here walks a network. */
enum {
    TOUR_TASKS_MAX = 4000,
    TOUR_SQUADS_MAX = 400,
    TOUR_COST_MAX = 1 << 28, /* of a leg or a task, milliseconds (three days); more is no way */
};

/* A street to be walked, or a place to be visited (from == to). */
struct tour_task {
    int32_t from, to;  /* stops */
    uint32_t there_ms; /* walked from `from` to `to`, with what is done meanwhile */
    uint32_t back_ms;  /* the other way; TOUR_COST_MAX and more: not open that way */
};

struct tour_squad {
    int32_t start, end; /* stops; the same for a closed round */
    uint32_t limit_ms;  /* 0: none */
};

struct tour_wish {
    int32_t stop_count;
    const uint32_t *cost_ms; /* [from * stop_count + to] */
    int32_t task_count;
    const struct tour_task *tasks;
    int32_t squad_count;
    const struct tour_squad *squads;
    uint64_t seed;
};

/* A visit is a task and a direction: 2 * task, or 2 * task + 1 for the way back. */
static inline int32_t tour_task_of(int32_t visit)
{
    return visit >> 1;
}

struct tour_round {
    int64_t cost_ms; /* from its start to its end, with all legs */
    int32_t count;
    const int32_t *visits; /* in order */
};

struct tour_plan {
    int64_t total_ms, longest_ms;
    const struct tour_round *rounds; /* one for each squad */
    int32_t left_count;              /* tasks that are not in any: nobody gets there and */
    const int32_t *left;             /* back, or no limit has room for them; ascending */
    bool is_short_of_time;           /* some were left for a limit's sake */
};

/* The work on one wish, which must outlive it, as must the arena. */
struct strand_set;

/* A first plan: the squad that is least busy takes what is nearest to it. False, with the
 * value, for numbers beyond their limits. It is bettered by shake_tour (geo/plan/shake.h). */
bool tour_begin(const struct tour_wish *wish, struct arena *a, struct strand_set **out,
                struct fail *f);

/* The plan as it is now; what does not fit into a limit is left out, the dearest for its
 * time first. It lives in the arena and is not changed by what comes later. */
void tour_tell(const struct strand_set *t, struct arena *a, struct tour_plan *out);

#endif
