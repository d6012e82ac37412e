#ifndef TESTS_SUPPORT_NEWCOMER_H
#define TESTS_SUPPORT_NEWCOMER_H

#include <stdint.h>

#include "tests/support/asking.h"

/* Tests of how people come in and what they do with their data: a room with two
 * counties below the city, 2 and 3, and the ways of somebody who enrols in the first. */
extern struct asking_room NEWCOMER_ROOM;
extern const char NEWCOMER_CLAIM[];       /* what the first phone keeps */
extern const char NEWCOMER_OTHER_CLAIM[]; /* and another */

/* Setup and teardown for cmocka. */
int newcomer_open(void **state);
int newcomer_close(void **state);

struct asking_answer newcomer_ask(const char *method, const char *target, const char *headers,
                                  const char *body);
/* A POST with a key of its own. */
struct asking_answer newcomer_post(const char *target, const char *body);
/* A text that lives as long as the room. */
const char *newcomer_text(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Who asks from now on. */
void newcomer_as_manager_of(int64_t org_id);
void newcomer_as_herself(int64_t person_id);

/* A code of county 2, and its id. */
int64_t newcomer_code(const char **code);
/* What she sends who enrols with it: everything, and a consent to be located. */
const char *newcomer_enrolment(const char *code, const char *claim, const char *phone);
/* Who waits longest in county 2. */
int64_t newcomer_pending(void);
/* Somebody with the phone 13800131234, enrolled and approved; her person_id. */
int64_t newcomer_let_in(void);

#endif
