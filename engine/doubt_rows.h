#ifndef ENGINE_DOUBT_ROWS_H
#define ENGINE_DOUBT_ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"

/* What is doubted, as it is read and cleared by staff; engine/doubts finds it. All of it
 * within the connection's scope. */
struct doubt_rows_one {
    int64_t doubt_id, person_id, org_id;
    const char *name;               /* of the person */
    const char *kind;               /* "frame", "clock_skew" */
    const char *declared, *likely;  /* frames; NULL for a clock */
    double declared_m, likely_m;    /* from the streets in the middle of the fixes, under each */
    int64_t late_s;                 /* of a clock */
    int64_t fixes;                  /* that showed it */
    const char *since, *cleared_at; /* RFC 3339; cleared_at NULL: it is open */
    int64_t cleared_by;             /* the token; 0: better fixes */
};

enum doubt_rows_state { DOUBT_ROWS_OPEN, DOUBT_ROWS_CLEARED, DOUBT_ROWS_ALL };

struct doubt_rows_wish {
    int64_t before_id; /* 0: from the newest */
    int64_t limit;
    enum doubt_rows_state state;
    const char *kind;  /* NULL: any */
    int64_t person_id; /* 0: anybody */
};

/* The newest first, in the arena. */
bool doubt_rows_list(struct db *db, const struct doubt_rows_wish *wish, struct arena *a,
                     struct doubt_rows_one **out, int32_t *count, struct fail *f);
/* DOUBT_UNKNOWN. */
bool doubt_rows_get(struct db *db, int64_t doubt_id, struct arena *a, struct doubt_rows_one *out,
                    struct fail *f);
/* Says that it is over; *is_changed false: it was before. Within a transaction. */
bool doubt_rows_clear(struct db *db, int64_t doubt_id, int64_t token_id, struct arena *a,
                      bool *is_changed, struct fail *f);

#endif
