#ifndef TESTS_SUPPORT_SCENE_H
#define TESTS_SUPPORT_SCENE_H

#include <stdint.h>

#include "tests/support/asking.h"

/* A small city to send people in: two counties side by side with areas, a township in
 * the first, a firm in it, people at home in each, and two squads that share somebody. */
enum {
    SCENE_NORTH = 10,        /* county: 116.0 to 116.1 east, 39.5 to 40.0 north */
    SCENE_TOWNSHIP = 11,     /* of it: up to 116.05 east */
    SCENE_SOUTH = 20,        /* county: 39.0 to 39.5 north */
    SCENE_FIRM = 30,         /* in the township */
    SCENE_FIRST = 100,       /* 100 to 107: people of the township, on duty */
    SCENE_SOUTHERN = 120,    /* 120 to 123: people of the south, on duty */
    SCENE_SQUAD = 200,       /* 100, 101 and 102 */
    SCENE_OTHER_SQUAD = 201, /* 102 and 103 */
    SCENE_EMPTY_SQUAD = 202,
};

/* Where it is played. */
extern struct asking_room SCENE_ROOM;

/* For cmocka: the group's set up and tear down; and of each test, which begins as the
 * township's dispatcher and ends with nobody booked twice and everything as it was
 * built. What was audited stays. */
int scene_open(void **state);
int scene_close(void **state);
int scene_begin(void **state);
int scene_end(void **state);

/* Who asks from now on. */
void scene_as(enum role role, int64_t org_id, int64_t person_id);
void scene_as_volunteer(int64_t person_id); /* of the township */
void scene_as_dispatcher(void);

struct asking_answer scene_ask(const char *method, const char *target, const char *headers,
                               const char *body);
/* Runs SQL as the owner of the database. */
void scene_run(const char *sql);

/* A new incident of a type in the township; asked by whoever asks now. */
int64_t scene_incident(const char *type);
/* POST of an order; `body` as it is sent. */
struct asking_answer scene_order(int64_t incident_id, const char *body);
/* The same of one person, which must succeed; the id of the order. */
int64_t scene_send(int64_t incident_id, int64_t person_id);
/* A step of an order, as the one who asks now. */
struct asking_answer scene_step(int64_t dispatch_id, const char *step, const char *body);
/* The same, after which the person must be in this state. */
void scene_expect(int64_t dispatch_id, const char *step, const char *state);
/* Something done to an incident. */
struct asking_answer scene_act(int64_t incident_id, const char *act, const char *body);

/* The incident that has somebody, as the live index knows it; 0: none. */
int64_t scene_taken_by(int64_t person_id);

#endif
