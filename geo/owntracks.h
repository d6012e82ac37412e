#ifndef GEO_OWNTRACKS_H
#define GEO_OWNTRACKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "geo/base/arena.h"
#include "geo/base/fail.h"
#include "geo/fixes.h"

/* What the OwnTracks apps post in their HTTP mode: one message, told by its `_type`.
 * Of "location" we take lat, lon, tst (seconds since 1970), acc (metres) and vel (km/h);
 * the apps leave out what is zero or not known. Every other message, and an empty body
 * (a friend deleted in the app), is nothing for us and no mistake: an app sends it again
 * until it is answered, and everything else waits behind it. */
enum { OWNTRACKS_BODY_MAX = 256 * 1024 /* waypoints and cards with a picture */ };

/* *out has one item, or none. False when it is no message, or one that was encrypted in
 * the app (POSITION_ENCRYPTED): that is for its user to switch off. */
bool owntracks_read(struct arena *a, const char *bytes, size_t size, int64_t now_us,
                    const struct fixes_sender *sender, struct fixes *out, struct fail *f);

#endif
