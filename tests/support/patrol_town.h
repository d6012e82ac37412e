#ifndef TESTS_SUPPORT_PATROL_TOWN_H
#define TESTS_SUPPORT_PATROL_TOWN_H

#include "tests/support/database.h"

/* A made-up city with a patrol under way: organisation 2 has squad 5, led by person 11,
 * with 12; 13 and 14 are in no squad; 3 is a neighbour. Claim 1 is of patrol day 1 over
 * beat 1, the first row of streets (400 m), from three hours ago to two hours ago. */
void patrol_town(struct database *d);

/* The two of the squad check in when it begins; who is called as her sign-up is. */
void patrol_town_check_in(struct database *d);

/* Positions of hers every ten seconds from some minutes after the begin, eastwards from an x
 * in metres along row 0, so fast; a little off, differently for each seed. */
void patrol_town_walk(struct database *d, int64_t person_id, int minutes, double x_m, double mps,
                      int fixes, int seed);

#endif
