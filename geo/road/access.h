#ifndef GEO_ROAD_ACCESS_H
#define GEO_ROAD_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "geo/road/network.h"

/* What the tags of an OpenStreetMap way say about a street: what it is, who may
 * use it in which direction, how fast. The one place that holds these rules.
 *
 * A street is a `highway` that somebody can move along, or a ferry. Areas,
 * platforms, building sites, proposals, race tracks and what is no longer there
 * are not. A street that nobody may use (a private road) is one all the same: it
 * is on the map, with no access. */
struct access_tag {
    const char *key;
    const char *value;
};

/* One bit for each mode and direction, forward meaning the way's own. */
enum {
    ACCESS_FOOT_FORWARD = 1 << 0,
    ACCESS_FOOT_BACK = 1 << 1,
    ACCESS_EBIKE_FORWARD = 1 << 2,
    ACCESS_EBIKE_BACK = 1 << 3,
    ACCESS_CAR_FORWARD = 1 << 4,
    ACCESS_CAR_BACK = 1 << 5,
    ACCESS_ALL = (1 << 6) - 1,
    ACCESS_SPEED_MIN_KMH = 5,
    ACCESS_SPEED_MAX_KMH = 150,
};

struct access {
    enum street_class street_class;
    uint8_t bits;
    int16_t maxspeed_kmh; /* 0: the class decides */
};

/* False when the way is no street; *out is left alone then. Of a key that comes
 * twice the first counts. */
bool access_read(const struct access_tag *tags, int32_t tag_count, struct access *out);

/* Who may pass (bits 1 << mode) after access=, vehicle=, foot= and so on, when `modes` may
 * without any: for what is not a way. */
uint8_t access_modes(const struct access_tag *tags, int32_t tag_count, uint8_t modes);

#endif
