#ifndef ENGINE_PEOPLE_H
#define ENGINE_PEOPLE_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "engine/live.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"
#include "geo/road/network.h"

/* The people of the whole city: the words of their skills, and keeping the live index
 * in step with vigil.person. One of them is engine/person's. */

/* The words of the skills. The bit of a word never changes; false with
 * VALUE_NOT_ALLOWED, which lists the words. */
bool people_skill(const char *word, uint64_t *bit, struct fail *f);
/* The word of bit number 0 to 62, NULL when it has none. */
const char *people_skill_word(int32_t number);

/* How far the database has been followed; zero: not yet. */
struct people_mark {
    int64_t txid;    /* every transaction below has been seen */
    int64_t time_us; /* what ran out by itself until then, too */
};

/* Brings `live` up to the database: everyone at first, later whom transactions since
 * the mark have changed. Sets the mark for the next time. */
bool people_follow(struct db *db, struct live *live, struct arena *a, struct people_mark *mark,
                   struct fail *f);
/* Who is taken by which incident, whoever did it: orders given by other processes, or
 * ended by a deadline, are learnt so. */
bool people_follow_taken(struct db *db, struct live *live, struct arena *a, struct fail *f);

#endif
