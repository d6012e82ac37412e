#ifndef GEO_TRACK_H
#define GEO_TRACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "geo/base/arena.h"
#include "geo/base/buf.h"
#include "geo/base/fail.h"
#include "geo/point.h"

/* Where somebody was over a stretch of time, as few bytes: nothing of place, time,
 * accuracy, speed or flags is lost. People who report as phones do take 3 to 6 bytes a
 * fix (tests/geo/test_track.c holds it to that). */
struct track_fix {
    int64_t fix_us;      /* the device's time, microseconds since 1970 */
    struct point_e7 at;  /* WGS 84 */
    int32_t accuracy_dm; /* decimetres, -1 when unknown */
    int32_t speed_cms;   /* centimetres a second, -1 when unknown */
    uint32_t flags;      /* kept as they are */
};

enum {
    TRACK_FIX_MAX = 10000,          /* in one encoding */
    TRACK_COARSE_E7 = 10000,        /* side of a coarse cell: a thousandth of a degree */
    TRACK_COARSE_DM = 800,          /* how far from its middle one can be in it */
    TRACK_COARSE_US = 60 * 1000000, /* one coarse fix a minute */
};

/* By time; of fixes with the same time one stays, always the same one, so that what was
 * sent twice is there once. The new count. */
int32_t track_sort(struct track_fix *fixes, int32_t count);

/* What is left when it has become old: of each minute its first fix, with the minute
 * begun, the middle of its cell, an accuracy that says so, the flags of all and no speed.
 * For fixes as track_sort leaves them; the new count. Coarsening again changes nothing. */
int32_t track_coarsen(struct track_fix *fixes, int32_t count);

/* Appends 1 to TRACK_FIX_MAX fixes, as track_sort leaves them, with valid places and
 * times from 1970 on. */
void track_encode(struct buf *out, const struct track_fix *fixes, int32_t count);

/* FAIL_BROKEN with TRACK_MALFORMED for bytes that track_encode does not make. */
bool track_decode(struct arena *a, const void *bytes, size_t size, struct track_fix **fixes,
                  int32_t *count, struct fail *f);

#endif
