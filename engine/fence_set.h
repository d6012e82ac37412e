#ifndef ENGINE_FENCE_SET_H
#define ENGINE_FENCE_SET_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "geo/fence.h"

/* The open fences as they were at one moment, and where they stand. It never changes
 * after it was loaded; of 20,000 squares some 15 MiB. */
struct fence_set;

enum fence_set_whom {
    FENCE_EVERYONE,   /* of its organisation and those below it */
    FENCE_LISTED,     /* a squad, or who has a shift there: fence_set_list */
    FENCE_DISPATCHED, /* whom its incident has */
};

struct fence_set_one {
    int64_t fence_id;
    int64_t org_id;
    int64_t incident_id; /* 0: around none */
    enum fence_set_whom whom;
    double margin_m;
    int64_t dwell_us; /* 0: nobody asks */
    const struct fence *shape;
};

/* NULL when the database fails. */
struct fence_set *fence_set_load(struct db *db, struct fail *f);
void fence_set_free(struct fence_set *s);

int32_t fence_set_count(const struct fence_set *s);
bool fence_set_calls_roll(const struct fence_set *s); /* of some it is asked who is absent */
/* NULL: there is no such fence, or no longer. */
const struct fence_set_one *fence_set_find(const struct fence_set *s, int64_t fence_id);
/* Those that a way from one place to another may meet, at most so many. */
int32_t fence_set_near(const struct fence_set *s, struct point from, struct point to,
                       const struct fence_set_one **out, int32_t most);

/* Who is on the lists of fences that have one. */
struct fence_set_list;

struct fence_set_list *fence_set_list_load(struct db *db, struct fail *f);
void fence_set_list_free(struct fence_set_list *l);
bool fence_set_list_has(const struct fence_set_list *l, int64_t fence_id, int64_t person_id);

#endif
