#ifndef GEO_INSTANT_H
#define GEO_INSTANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Moments as microseconds since 1970 in UTC, and as RFC 3339 writes them. The
 * years are 1970 to 9999. */
enum { INSTANT_SIZE = sizeof "2026-11-22T07:15:00.123Z" };

/* Reads "2026-11-22T15:15:00.123+08:00": a date that exists, T or t, hours to 23,
 * at most nine digits of a second (what is finer than a microsecond is dropped),
 * then Z, z or an offset. The 60th second is allowed and is the next minute's
 * first. False, and *out_us left alone, for anything else. */
bool instant_read(const char *text, size_t length, int64_t *out_us);

/* In UTC with milliseconds, rounded down; `us` is 0 to the end of 9999. */
void instant_write(int64_t us, char out[INSTANT_SIZE]);

#endif
