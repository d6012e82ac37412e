/* Old fixes. */
#include "engine/age.h"

#include "engine/live.h"

static const int64_t SECOND_US = 1000000;

/* Whoever is on duty and idle reports every five minutes; one report may be late. */
const struct age_limits AGE_USUAL = { .fresh_s = 360, .limit_s = 3600 };

int64_t age_us(const struct live_fix *fix, int64_t now_us)
{
    const int64_t at_us = fix->flags & LIVE_CLOCK_SKEW ? fix->received_us : fix->fix_us;

    return at_us < now_us ? now_us - at_us : 0;
}

bool age_is_stale(const struct age_limits *limits, int64_t age_us)
{
    return age_us > limits->fresh_s * SECOND_US;
}

bool age_is_lost(const struct age_limits *limits, int64_t age_us)
{
    return age_us > limits->limit_s * SECOND_US;
}

uint32_t age_spread_ms(const struct age_limits *limits, int64_t age_us)
{
    const int64_t beyond_ms = (age_us - limits->fresh_s * SECOND_US) / 1000;

    return beyond_ms <= 0 ? 0 : beyond_ms < INT32_MAX ? (uint32_t)beyond_ms : INT32_MAX;
}
