#ifndef TESTS_SUPPORT_FENCE_TOWN_H
#define TESTS_SUPPORT_FENCE_TOWN_H

#include <stdint.h>

#include "engine/fences.h"
#include "engine/people.h"
#include "tests/support/database.h"

/* A database with fences in it, and processes that watch them. */

/* A process of its own: another one on the same database knows only what it is told. */
struct fence_town_node {
    struct live *live;
    struct people_mark mark;
    struct fences *fences;
    struct positions_stage stage;
};

struct fence_town {
    struct database *d;
    const struct orgs *orgs;
    struct fence_town_node nodes[2];
    int64_t noon_us; /* an hour ago: second 0 of the devices */
};

enum { FENCE_TOWN_STRANGER = 99 };

/* People 1 to 9 are at home in organisation 2, the stranger in 3; all are on duty. */
int fence_town_setup(void **state);
int fence_town_teardown(void **state);

void fence_town_run(struct fence_town *t, const char *sql);

void fence_town_start(struct fence_town *t, struct fence_town_node *n);
void fence_town_stop(struct fence_town_node *n);
/* Reads the people who changed, as a process does by itself. */
void fence_town_follow(struct fence_town *t, struct fence_town_node *n);

/* A circle of 100 m around the middle, for everyone of organisation 2. */
void fence_town_circle(struct fence_town *t, int64_t fence_id, const char *kinds,
                       const char *dwell_s);

/* A fix so far east of the middle, received some seconds ago. */
struct live_fix fence_town_fix(struct fence_town *t, int64_t person_id, double east_m,
                               int64_t second);
/* Takes a fix as the writer of positions does; writes only her last position; takes one in
 * the first process. */
void fence_town_take(struct fence_town *t, struct fence_town_node *n, struct live_fix fix);
void fence_town_write(struct fence_town *t, const struct live_fix *fix);
void fence_town_go(struct fence_town *t, int64_t person_id, double east_m, int64_t second);

/* What was told, in order, when all processes have done what there is to do: "person what
 * second; …". */
const char *fence_town_told(struct fence_town *t);

#endif
