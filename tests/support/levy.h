#ifndef TESTS_SUPPORT_LEVY_H
#define TESTS_SUPPORT_LEVY_H

#include "geo/plan/mobilise.h"
#include "tests/support/town.h"

/* Made-up people in villages, posts and shifts, in a plane of 30 by 30 km (larger for
 * more than 10,800 people): seven in ten live
 * within 1.2 km of a post, most know something, have time for half of the shifts, and have
 * come off duty before one of them. */
struct levy_wish {
    int32_t people, posts, slots;
    int32_t homes;        /* villages, about as large as each other */
    int32_t kept_percent; /* of each, rounded up */
    int32_t wanted;       /* people of a slot */
    int32_t orgs; /* with a strip of the plane each; one post in three takes its own people only */
    int32_t travel_max_s;
};

struct levy_place {
    double x_m, y_m;
};

struct levy {
    struct mobilise_ask ask;
    struct mobilise_person *people;
    struct mobilise_slot *slots;
    int32_t *keep;
    struct levy_place *person_at, *post_at;
};

enum { LEVY_SHIFTS = 6, LEVY_SKILLS = 4, LEVY_METRES_A_SECOND = 4 };

/* Lives in the arena; its ask points into it, and asks it for travel. */
struct levy *levy_take(struct town_dice *dice, const struct levy_wish *wish, struct arena *a);

/* How long a person travels to a post: straight, at 4 m/s. */
int32_t levy_travel_s(const struct levy *l, int32_t person, int32_t post);

/* Whether all rules let a person take a slot, looked at one by one. */
bool levy_may(const struct levy *l, int32_t person, int32_t slot);

#endif
