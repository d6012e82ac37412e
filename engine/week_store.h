#ifndef ENGINE_WEEK_STORE_H
#define ENGINE_WEEK_STORE_H

#include "engine/jobs.h"
#include "engine/weeks.h"

/* Weeks in PostGIS: who covers which stretch when, how much is left of each hour, and every
 * gap, so that whoever uses SQL or QGIS sees the numbers that the books (engine/weeks) have.
 * With each goes what it was worked out from: who looks again sees what has changed since,
 * and writes that alone. Written so or whole, the rows are the same. */
struct week_store_done {
    int64_t week_id;
    bool is_whole;           /* nothing that was stored could be left */
    int32_t changed;         /* sources */
    int32_t intervals, gaps; /* rows that were written */
};

/* Stores a book of WEEKS_HOURS_MAX hours that is at hand, in a transaction of its own as the
 * engine, and gives it back as soon as it is read, also when it fails. */
bool week_store_write(struct db *db, struct weeks *weeks, const struct weeks_book *book,
                      bool is_whole, struct arena *a, struct week_store_done *done, struct fail *f);

/* Whether a week is not stored yet, or as something was that is not so any more: of what
 * has been, up to when it was known then. */
bool week_store_stale(struct db *db, const struct terrain *t, const struct weeks_wish *wish,
                      struct arena *a, bool *is_stale, struct fail *f);

/* The job "week" stores one whole: {"of": "plan" | "actual", "from": a moment at a whole
 * hour}. */
bool week_store_read(const struct input *wish, struct weeks_wish *out, struct fail *f);
bool week_store_check(const struct input *wish, struct fail *f);
bool week_store_run(struct job *job, const char **result, struct fail *f);

#endif
