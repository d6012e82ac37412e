#ifndef API_FIX_JSON_H
#define API_FIX_JSON_H

#include "engine/live.h"
#include "geo/base/emit.h"

/* What is said of a fix beside its place, into an open object: fix_time, fix_age_s,
 * stale, accuracy_m when it is known, and position_flags, what is doubted. */
void fix_json_write(struct emit *e, const struct live_fix *fix, int64_t age_us,
                    const struct age_limits *ages);

#endif
