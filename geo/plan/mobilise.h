#ifndef GEO_PLAN_MOBILISE_H
#define GEO_PLAN_MOBILISE_H

#include <stdbool.h>
#include <stdint.h>

#include "geo/base/arena.h"
#include "geo/base/fail.h"

/* Who goes to which post in which shift. As many places as possible are filled, those that
 * weigh more first; among all ways of doing that, people travel least. Nobody is sent who
 * lacks a skill, her rest or the time, or who would travel longer than she is asked to, and
 * from no home come so many that fewer stay than are to be kept there. Each person takes
 * one shift at most.
 *
 * This is a flow at least cost (geo/plan/flow.h): the plan is the best there is, and its bound
 * proves it. One thread at a time; the same ask gives the same plan. */
struct mobilise;

enum {
    MOBILISE_PEOPLE_MAX = 100000,
    MOBILISE_IN_ALL_MAX = 600000,
    MOBILISE_SLOTS_MAX = 100000,
    MOBILISE_OPTIONS_MAX = 50000000, /* pairs of a person and a slot that she could take */
    MOBILISE_SHIFTS_MAX = 64,
    MOBILISE_SKILLS_MAX = 64,
    MOBILISE_WEIGHT_MAX = 100,
    MOBILISE_PLACES_MAX = 1000000, /* of a slot, and of all together */
    MOBILISE_TRAVEL_MAX_S = 14400,
    MOBILISE_NEVER_S = INT32_MAX, /* there is no way */
    MOBILISE_MOVED_S = 3600,      /* sending somebody elsewhere than she was told is as bad as
                                     an hour more on the way */
};

struct mobilise_person {
    int32_t home; /* where some are to be kept; -1 for none */
    int32_t org;
    uint64_t skills; /* a bit for each */
    uint64_t free;   /* a bit for each shift that she has time for */
    uint64_t rested; /* a bit for each shift that leaves her the rest she needs */
    int32_t travel_max_s;
};

/* Places of one kind at a post in a shift: one of five who knows first aid is a slot beside
 * the slot of the other four. */
struct mobilise_slot {
    int32_t post, shift;
    int32_t org;     /* whose people only may come; -1 for anyone's */
    uint64_t skills; /* all of which are needed */
    int32_t people;
    int32_t weight; /* 1 to MOBILISE_WEIGHT_MAX */
};

struct mobilise_ask {
    const struct mobilise_person *people;
    const struct mobilise_slot *slots;
    const int32_t *keep; /* of each home: how many are not called */
    int32_t person_count, slot_count, home_count, post_count;
    int32_t people_in_all; /* when this is a part of something larger; else 0 */
    /* How long each person travels to a post, or MOBILISE_NEVER_S. */
    void (*travel)(void *self, int32_t post, int32_t *out_s);
    void *self;
};

/* The ask is read again whenever a plan is explained, and must outlive it. False with
 * VALUE_OUT_OF_RANGE or PLAN_TOO_LARGE. */
struct mobilise *mobilise_new(const struct mobilise_ask *ask, struct fail *f);
void mobilise_free(struct mobilise *m);

/* As flow_run: false when it was stopped before the best was found. What there is by then
 * breaks no rule. */
bool mobilise_run(struct mobilise *m, bool (*goes_on)(void *self), void *self);

/* She does not come. The others have been told where to go and are left there when it does
 * not cost a place (MOBILISE_MOVED_S). The next run goes on from the plan as it is. */
void mobilise_decline(struct mobilise *m, int32_t person);

/* The slot of a person, or -1, and how long she travels there. */
int32_t mobilise_slot_of(const struct mobilise *m, int32_t person);
int32_t mobilise_travel_s(const struct mobilise *m, int32_t person);

struct mobilise_figures {
    int64_t places, filled; /* each by one person */
    int64_t empty_weight;   /* of the places that nobody takes */
    int64_t travel_s;       /* of all who are sent */
    int64_t options, steps;
    int32_t declined, moved; /* moved: sent elsewhere than they were told */
    /* What the plan costs and what no plan can be below; equal: there is no better one. */
    int64_t cost, bound;
    bool is_best;
};

struct mobilise_figures mobilise_figures(const struct mobilise *m);
int32_t mobilise_missing(const struct mobilise *m, int32_t slot);

/* ------------------------------------------------------------------ for explanations */

const struct mobilise_ask *mobilise_ask(const struct mobilise *m);
bool mobilise_has_declined(const struct mobilise *m, int32_t person);
/* How many more could be called from a home. */
int32_t mobilise_room(const struct mobilise *m, int32_t home);
/* Whether no rule but the floors forbids it. */
bool mobilise_may(const struct mobilise_person *p, const struct mobilise_slot *s, int32_t travel_s);
/* What an empty place of weight 1 costs, in seconds of travel. */
int64_t mobilise_empty_cost(int32_t people_in_all);
/* What one place more in a slot that is full would win, because people are there who come
 * cheaper than to any other. Never below 0. */
int64_t mobilise_slot_price(const struct mobilise *m, int32_t slot);
/* The people who could take a slot. */
const int32_t *mobilise_candidates(const struct mobilise *m, int32_t slot, int32_t *count);

#endif
