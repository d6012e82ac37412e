#ifndef GEO_ROAD_IMAGE_H
#define GEO_ROAD_IMAGE_H

#include "geo/base/buf.h"
#include "geo/road/network.h"

/* A network as one run of bytes that is used in place: written once, mapped by
 * every later start. It holds the layout, what is forbidden, and the hierarchy of its
 * states, which takes longest to find, but no costs: they are those of the hour and of what
 * is closed, and follow from the rest in a moment. The bytes are those of this machine's
 * kind (little-endian); another kind refuses them and makes its own. */

/* Raised whenever the layout or the meaning of a value changes. */
enum { IMAGE_VERSION = 3 };

/* Appends the image; `out` must be empty. */
void image_write(const struct network *n, struct buf *out);

/* Makes a network of the bytes without copying them: they must stay and be aligned
 * to 8. Every offset, count, order and value is checked, so that a network that was
 * opened can be searched safely whatever the bytes were, and its hierarchy is one. False with
 * STREETS_FILE_REFUSED, which says why; costs are not set (see network_price). */
bool image_open(const void *bytes, size_t size, int64_t import_id, int64_t import_mark,
                struct network *out, struct fail *f);

/* What the image says its checksum should be for these bytes, which need room for
 * its head: for tests that damage an image on purpose. */
void image_seal(void *bytes, size_t size);

#endif
