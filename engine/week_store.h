#ifndef ENGINE_WEEK_STORE_H
#define ENGINE_WEEK_STORE_H

#include "engine/jobs.h"
#include "engine/weeks.h"

/* The job "week": 168 hours of coverage, by the plan or as they were, are worked out
 * (engine/weeks) and kept in PostGIS, in the place of what was kept of them before: who
 * covers which stretch when, how much is left of each hour, and every gap. So whoever uses
 * SQL or QGIS sees the same numbers. */
enum { WEEK_STORE_ROWS_MAX = 10 * 1000 * 1000 };

/* {"of": "plan" | "actual", "from": a moment at a whole hour} */
bool week_store_read(const struct input *wish, struct weeks_wish *out, struct fail *f);
bool week_store_check(const struct input *wish, struct fail *f);
bool week_store_run(struct job *job, const char **result, struct fail *f);

#endif
