#ifndef ENGINE_PEOPLE_H
#define ENGINE_PEOPLE_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "engine/live.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"
#include "geo/road/network.h"

/* The volunteers as the database knows them: who they are, by which mode they
 * come and what they can do. Where they are is engine/live's. */
enum { PEOPLE_NAME_MAX = 200 /* bytes: some 66 Chinese characters */ };

struct people_person {
    int64_t person_id;
    int64_t version; /* counted up by every change; what If-Match names */
    const char *name;
    enum mode mode;
    uint64_t skills;
    bool on_duty;
    const char *valid_from; /* RFC 3339 */
    const char *valid_to;   /* NULL while she is one */
};

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

/* What a list may be narrowed to; open people only. */
struct people_wish {
    int64_t after_id;
    int64_t limit;
    const int64_t *ids; /* these only, unless NULL */
    int32_t id_count;
    const char *text; /* contained in the name; NULL for all */
    int32_t mode;     /* -1 for all */
    int32_t on_duty;  /* -1 for all */
};

/* Ascending by id, in the arena. */
bool people_list(struct db *db, const struct people_wish *wish, struct arena *a,
                 struct people_person **out, int32_t *count, struct fail *f);
/* FAIL_MISSING, PERSON_UNKNOWN when there is none. */
bool people_get(struct db *db, int64_t person_id, struct arena *a, struct people_person *out,
                struct fail *f);

/* Adds a person with the id she has, in the caller's transaction. */
bool people_add(struct db *db, struct people_person *person, struct arena *a, struct fail *f);
/* Writes name, mode, skills and duty when the row still has `person->version`,
 * which is counted up; else FAIL_CONFLICT, VERSION_STALE. */
bool people_change(struct db *db, struct people_person *person, struct arena *a, struct fail *f);

/* What she is to the live index, without a fix. */
struct live_person people_live(const struct people_person *person);

#endif
