#ifndef ENGINE_ROTA_H
#define ENGINE_ROTA_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"

/* What of rosters, fences, closures and jobs is read: each noun has one query
 * (schema/queries/<noun>_rows.sql) that gives its rows as the JSON that answers carry, so
 * that listing them and reading one is the same for all and is here once. */
enum rota_noun {
    ROTA_SHIFT_TEMPLATES,
    ROTA_SHIFTS,
    ROTA_SIGNUPS,
    ROTA_SIGNUPS_OF_CLAIM, /* the same, where the parent is a claim */
    ROTA_BEATS,
    ROTA_PATROL_PLANS,
    ROTA_PATROL_DAYS,
    ROTA_CLAIMS,
    ROTA_HOURS,
    ROTA_FENCES,
    ROTA_FENCE_VISITS, /* the newest first, as the next; only listed */
    ROTA_FENCE_ABSENCES,
    ROTA_BUS_LINES,
    ROTA_CLOSURES,
    ROTA_JOBS,
    ROTA_NOUNS
};

struct rota_filter {
    int64_t after_id;
    int64_t limit;
    int64_t org_id;        /* at or below it; 0: wherever the caller sees */
    int64_t parent_id;     /* what the noun's query calls $5; 0: any */
    const char *from, *to; /* days, "2026-11-23"; NULL: any */
    const char *word;      /* a state or kind; NULL: any */
    int64_t other_id;      /* $9; 0: any */
};

struct rota_item {
    int64_t id;
    int64_t version;
    const char *json;
};

struct rota_page {
    int32_t count;
    struct rota_item *items;
    bool more;
};

/* By id; what is closed is not listed. */
bool rota_list(struct db *db, enum rota_noun noun, const struct rota_filter *filter,
               struct arena *a, struct rota_page *page, struct fail *f);
/* One of them, closed ones too; FAIL_MISSING with NOT_FOUND. */
bool rota_get(struct db *db, enum rota_noun noun, int64_t id, struct arena *a,
              struct rota_item *item, struct fail *f);
/* What rota_get says of one that the caller does not see. */
bool rota_missing(enum rota_noun noun, int64_t id, struct arena *a, struct fail *f);

/* "2026-11-23", a day that there is; false for anything else. */
bool rota_is_day(const char *text);
/* Whether such a day is a Monday, with which weeks begin. */
bool rota_is_monday(const char *day);
/* "2026-12" as the month's first day, "2026-12-01"; NULL when it is none. */
const char *rota_month(const char *text, struct arena *a);

#endif
