#ifndef ENGINE_WEEK_ROWS_H
#define ENGINE_WEEK_ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "engine/weeks.h"

/* Rows of a stored week on their way into its tables: gathered while its book is at hand,
 * written when others may have the book again. */
enum { WEEK_ROWS_MAX = 10 * 1000 * 1000 }; /* intervals of one week */

struct week_rows_table {
    struct buf bytes;
    int32_t count;
};

struct week_rows {
    const struct weeks_book *book;
    int64_t week_id;
    struct week_rows_table sources, intervals, gaps, sums;
};

/* A source with what it covers, and the mark by which it is known again. */
void week_rows_source(struct week_rows *r, const struct week_sources_one *one, uint64_t mark,
                      const struct slab *slabs, int32_t count);

/* The gaps of a segment; `a` is scratch space. */
void week_rows_gaps(struct week_rows *r, int32_t segment, struct arena *a);

/* What there are sums of, and their words in SQL. */
enum week_rows_by {
    WEEK_ROWS_CITY,
    WEEK_ROWS_ORG,
    WEEK_ROWS_GRID,
    WEEK_ROWS_STATION,
    WEEK_ROWS_BYS
};
extern const char *const WEEK_ROWS_BY_WORDS[WEEK_ROWS_BYS];

int32_t week_rows_areas(const struct terrain *t, enum week_rows_by by);
int64_t week_rows_area_id(const struct terrain *t, enum week_rows_by by, int32_t place);
/* The hours of one of them. Of a book of WEEKS_HOURS_MAX hours. */
void week_rows_sum(struct week_rows *r, enum week_rows_by by, int32_t place);

/* Within the caller's transaction. */
bool week_rows_load(struct week_rows *r, struct db *db, struct fail *f);
void week_rows_free(struct week_rows *r);

#endif
