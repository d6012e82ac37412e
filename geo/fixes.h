#ifndef GEO_FIXES_H
#define GEO_FIXES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "geo/base/arena.h"
#include "geo/base/fail.h"
#include "geo/frame.h"
#include "geo/point.h"

/* What phones send: one fix, or {"positions": [fix, …]}, each
 *
 *   {"person_id": 7, "lon": 116.39, "lat": 39.9, "frame": "gcj02",
 *    "fix_time": "2026-11-22T15:15:00+08:00", "accuracy_m": 8, "speed_mps": 1.4,
 *    "hired": false}
 *
 * with the last three optional and no other key; `hired` is what a taxi's terminal
 * knows, that it has a fare. The body is scanned once, without a tree. An item that cannot be taken
 * is marked with a code and the others go on, so that a phone's queue never sticks on one bad fix;
 * the body as a whole is refused only when it is not JSON or not of this shape. */
enum {
    FIXES_BODY_MAX = 1024 * 1024, /* bytes */
    FIXES_COUNT_MAX = 1000,       /* items in a body */
    FIXES_ACCURACY_MAX_M = 100000,
    FIXES_SPEED_MAX_MPS = 500,
    FIXES_OLD_MAX_S = 24 * 3600, /* before now */
    FIXES_AHEAD_MAX_S = 5 * 60   /* after now */
};

/* One item of the body. Unless `code` is CODE_NONE only `key` is to be used beside it. */
struct fixes_item {
    enum fail_code code;
    const char *key; /* whose value is at fault, as named above or in its own format; NULL: none */
    int32_t hired;   /* 0 or 1; -1 when absent */
    int64_t person_id;
    struct point_e7 at;  /* WGS 84 */
    enum frame frame;    /* that it was declared in */
    int32_t accuracy_dm; /* -1 when absent */
    int32_t speed_cms;   /* -1 when absent */
    int64_t fix_us;
};

struct fixes {
    int32_t count; /* 1 to FIXES_COUNT_MAX */
    struct fixes_item *items;
};

/* False when nothing can be read of it: JSON_MALFORMED, JSON_DEEP,
 * JSON_DUPLICATE_KEY, VALUE_WRONG_TYPE, VALUE_OUT_OF_RANGE, KEY_UNKNOWN beside
 * "positions", VALUE_TOO_LONG above FIXES_BODY_MAX. The items live in the arena. */
bool fixes_read(struct arena *a, const char *bytes, size_t size, int64_t now_us, struct fixes *out,
                struct fail *f);

/* Who sends: an enrolled device is one person's and has declared its frame. Her items
 * need not name either; one that names another frame is FRAME_DIFFERS. */
struct fixes_sender {
    int64_t person_id;
    enum frame frame;
};

/* The same from such a device; NULL is like fixes_read. */
bool fixes_read_from(struct arena *a, const char *bytes, size_t size, int64_t now_us,
                     const struct fixes_sender *sender, struct fixes *out, struct fail *f);

/* What would have been right where an item has a code; NULL when nothing that can be sent
 * otherwise would be. Static. */
const char *fixes_allowed(const struct fixes_item *item);

/* --- for the readers of other formats: packed, osmand, owntracks ----------- */

/* One fix as it was read. */
struct fixes_reading {
    struct point place; /* in the frame of the sender */
    double accuracy_m;  /* negative when not known */
    double speed_mps;   /* likewise */
    int64_t fix_us;
    int32_t hired; /* 0 or 1; -1 when not said */
};

/* The item that comes of it, with a code when it cannot be taken. */
struct fixes_item fixes_item_of(const struct fixes_reading *reading,
                                const struct fixes_sender *sender, int64_t now_us);

#endif
