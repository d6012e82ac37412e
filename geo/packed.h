#ifndef GEO_PACKED_H
#define GEO_PACKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "geo/base/arena.h"
#include "geo/base/fail.h"
#include "geo/fixes.h"

/* Fixes in few bytes, for terminals on mobile data and gateways of many: about 11 bytes
 * for one that follows another, against 150 as JSON.
 *
 *   "VP" 1        three bytes: what this is, and its version
 *   head          a byte: bits 0-1 the frame (0 wgs84, 1 cgcs2000, 2 gcj02, 3 bd09),
 *                 bit 2 set when every fix names its person; the others are 0
 *   count         varint, 1 to FIXES_COUNT_MAX
 *   time          varint, milliseconds since 1970
 *   then of each fix
 *     person      varint; only when the head says so; 0 is the sender's own
 *     later       zigzag, milliseconds since the fix before; of the first, since `time`
 *     east north  two zigzags, 1e-7 degrees from the fix before; of the first, from 0, 0
 *     kind        a byte: bit 0 an accuracy follows, bit 1 a speed follows, bits 2-3 of a
 *                 taxi: 0 not said, 1 vacant, 2 hired; the others are 0
 *     accuracy    varint, decimetres
 *     speed       varint, centimetres a second
 *
 * and nothing behind the last. A varint has the low seven bits first, the eighth set
 * while more follow, ten bytes at the most; a zigzag is a varint of 2n, or -2n-1 when n
 * is negative (both as Protocol Buffers have them). */
enum { PACKED_BODY_MAX = 64 * 1024 };

/* False with PACKED_MALFORMED, which says at which byte, when it is not that; as with
 * geo/fixes, a fix that cannot be taken is marked and the others go on. `sender` is the
 * device, NULL for a sender of many, whose fixes all name somebody. */
bool packed_read(struct arena *a, const void *bytes, size_t size, int64_t now_us,
                 const struct fixes_sender *sender, struct fixes *out, struct fail *f);

#endif
