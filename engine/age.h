#ifndef ENGINE_AGE_H
#define ENGINE_AGE_H

#include <stdbool.h>
#include <stdint.h>

struct live_fix;

/* How old a fix is, and what follows from that. A fix that is fresh counts as it is.
 * An older one is stale: since then she may have gone anywhere that her mode takes
 * her to, so she may come sooner or later than from there, by as much as the fix is
 * older than fresh. Beyond the limit nobody knows where she is: she is not sent. */
struct age_limits {
    int32_t fresh_s;
    int32_t limit_s; /* at least fresh_s */
};

extern const struct age_limits AGE_USUAL;

/* By the device's time, or by ours where the device's clock is doubted; at least 0. */
int64_t age_us(const struct live_fix *fix, int64_t now_us);

bool age_is_stale(const struct age_limits *limits, int64_t age_us);
bool age_is_lost(const struct age_limits *limits, int64_t age_us);
/* By how much she may come sooner, or later, than from where she was; at most
 * INT32_MAX. */
uint32_t age_spread_ms(const struct age_limits *limits, int64_t age_us);

#endif
