#ifndef ENGINE_ORGS_H
#define ENGINE_ORGS_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"
#include "geo/point.h"

/* The organisation tree as it was at one moment, in memory: what everything that is
 * answered without the database checks scope against. It never changes after it is
 * made; whoever holds one may read it on any thread. Some thousand organisations,
 * 64 bytes each and their names. */
struct orgs;

enum { ORGS_CITY_ID = 1 }; /* the root, which everything stands under */

enum orgs_kind {
    ORGS_CITY,
    ORGS_COUNTY,
    ORGS_TOWNSHIP,
    ORGS_VILLAGE,
    ORGS_SECTOR, /* a branch by trade, beside the territory */
    ORGS_FIRM,   /* a partner */
    ORGS_KINDS
};

struct orgs_one {
    int64_t org_id;
    int64_t parent_id; /* 0: the city */
    enum orgs_kind kind;
    bool is_closed;
    const char *code;
    const char *name;
};

/* Reads the whole tree, closed organisations too: their rows stay in scope. */
const struct orgs *orgs_load(struct db *db, struct fail *f);
const struct orgs *orgs_hold(const struct orgs *o); /* once more */
void orgs_drop(const struct orgs *o);               /* NULL does nothing */

/* Whether one stands at or below the other: O(1), by preorder numbers. False when
 * either is not known. */
bool orgs_within(const struct orgs *o, int64_t ancestor_id, int64_t org_id);
/* Those at or below one: how many, with their places for orgs_at from *first on. 0 when
 * it is not known. */
int32_t orgs_below(const struct orgs *o, int64_t org_id, int32_t *first);
int64_t orgs_at(const struct orgs *o, int32_t place);
bool orgs_get(const struct orgs *o, int64_t org_id, struct orgs_one *out);
int32_t orgs_count(const struct orgs *o);

/* Mutual aid: whether a rule lets those who act for `borrower_id` be offered people
 * of `lender_id` who stand at this place. A rule names lender, borrower and how far
 * from the borrower's area (straight line, metres) the lender's people may stand; it
 * holds for everyone at or below the two. */
bool orgs_lends(const struct orgs *o, int64_t lender_id, int64_t borrower_id, struct point at);

/* Whether any rule holds for that borrower. */
bool orgs_borrows(const struct orgs *o, int64_t borrower_id);

/* "city", "county", … and back; false when there is no such kind. */
const char *orgs_kind_word(enum orgs_kind kind);
bool orgs_kind_of(const char *word, enum orgs_kind *out);

#endif
