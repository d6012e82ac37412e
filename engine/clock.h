#ifndef ENGINE_CLOCK_H
#define ENGINE_CLOCK_H

#include <stdint.h>

/* The only readers of the machine's clocks. */

/* Microseconds since 1970 in UTC; may jump when the clock is set. */
int64_t clock_wall_us(void);
/* Microseconds that never go back, from an arbitrary start: for durations. */
int64_t clock_steady_us(void);
/* The same in nanoseconds, for what takes microseconds. */
int64_t clock_steady_ns(void);

#endif
