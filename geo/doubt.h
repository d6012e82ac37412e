#ifndef GEO_DOUBT_H
#define GEO_DOUBT_H

#include <stdbool.h>
#include <stdint.h>

#include "geo/frame.h"
#include "geo/point.h"
#include "geo/road/snap.h"

/* What cannot be right about where a phone says it is, told from its own fixes: a jump
 * that nobody could make, a clock that is wrong, and a frame that it does not really
 * send. Nothing here decides what becomes of it. */
struct doubt_fix {
    struct point_e7 at;  /* WGS 84 */
    int32_t accuracy_dm; /* -1 when unknown */
    int32_t speed_cms;   /* as the device says, -1 when unknown */
    int64_t fix_us;
};

/* ------------------------------------------------------------------ jumps */

/* So many fixes in a row that fit each other but not the last believed one are
 * believed instead of it: then it was that one that was wrong, or she has really come
 * there. */
enum { DOUBT_AGREE = 3 };

/* What is remembered of a person; all zero at first. */
struct doubt_jumps {
    struct doubt_fix believed; /* the newest */
    struct doubt_fix newest;   /* of those that are not believed */
    bool has_believed;
    int8_t agreeing; /* how many of them fit each other */
    int8_t riding;   /* fixes for which she is taken to be in a vehicle */
};

/* Takes a fix into account. True when it is a jump: further from the last believed
 * one than `mode` can come in the time between, whatever both accuracies leave open.
 * Someone who demonstrably rides, by fixes that agree or by the speed her device
 * states, is measured by a car. Fixes older than the believed one are judged and
 * change nothing. MODE_COUNT stands for a mode that is not known. */
bool doubt_jump(struct doubt_jumps *j, enum mode mode, const struct doubt_fix *fix);

/* ------------------------------------------------------------------ clocks */

enum { DOUBT_REQUESTS = 5 }; /* that are weighed together, at least */

enum doubt_clock_says { DOUBT_CLOCK_NOTHING, DOUBT_CLOCK_RIGHT, DOUBT_CLOCK_WRONG };

/* What is remembered of a device's clock; all zero at first. */
struct doubt_clock {
    int64_t received_us, fix_us;     /* the last request, and the newest fix in it */
    int64_t first_late_us, since_us; /* of the first of those that are equally late */
    int32_t count;                   /* of requests that are, one behind the other */
};

/* Takes into account that a fix of `fix_us` was received at `received_us`; fixes of one
 * request have one time of receipt. A clock is told from fixes of some minutes that all
 * come equally late, or early: a queue that is sent after a tunnel catches up. Then
 * *late_us says by how much. */
enum doubt_clock_says doubt_clock(struct doubt_clock *c, int64_t fix_us, int64_t received_us,
                                  int64_t *late_us);

/* ------------------------------------------------------------------ frames */

/* The last fixes of someone who moves, all declared in one frame: enough to see
 * whether they lie on streets. */
enum { DOUBT_FIXES = 20 };

struct doubt_window {
    enum frame declared;
    int32_t count; /* of fixes in it, at most DOUBT_FIXES */
    int32_t next;  /* where the next one goes; the oldest gives way */
    struct point_e7 at[DOUBT_FIXES];
    int16_t accuracy_dm[DOUBT_FIXES];
};

/* Keeps a fix that has moved far enough, is not where she has been, and is sharp enough
 * to tell; false when it is not kept. Another frame begins anew. */
bool doubt_keep(struct doubt_window *w, enum frame declared, const struct doubt_fix *fix);

/* What the streets say of a window. Wgs84 and cgcs2000 are one. */
struct doubt_verdict {
    bool is_doubted;   /* `likely` beats the declared frame by far */
    bool is_cleared;   /* the declared frame fits well, and no other comes near */
    enum frame likely; /* fits best; the declared one where nothing fits better */
    double declared_m; /* from the streets in the middle of the fixes, under each frame */
    double likely_m;
};

/* Matches a full window to the streets under each frame: how far its fixes lie from those
 * that run the way she came and went. False when nothing can be told: it is not full, or
 * the frames do not differ there. 0.1 to 0.4 ms. */
bool doubt_frame(const struct doubt_window *w, const struct snap_index *streets, enum mode mode,
                 struct doubt_verdict *out);

#endif
