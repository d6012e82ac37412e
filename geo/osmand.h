#ifndef GEO_OSMAND_H
#define GEO_OSMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "geo/base/arena.h"
#include "geo/base/fail.h"
#include "geo/fixes.h"

/* What OsmAnd's online tracking and the Traccar Client send, as they send it. Whatever
 * else stands in it (altitude, bearing, battery …) is passed over.
 *
 * As parameters, in the address or in a form: lat, lon, timestamp, and perhaps
 * accuracy, hdop, speed, valid. Both apps use these names for different things, and
 * their clocks tell them apart:
 *
 *                 OsmAnd                        Traccar Client to version 8
 *   timestamp     milliseconds since 1970       seconds since 1970
 *   speed         metres a second               knots
 *   hdop          the accuracy in metres        (a dilution of precision: passed over)
 *   accuracy      (as hdop, when so typed in)   metres, 0 when not known
 *
 * (OsmAnd: LiveMonitoringHelper fills in Location.getSpeed() and getAccuracy(); Traccar
 * Client: Position multiplies by 1.943844.) A timestamp in RFC 3339 goes with knots, as
 * in Traccar's own description of the protocol.
 *
 * As JSON, which the Traccar Client sends from version 9 on, in metres and metres a
 * second, -1 for what is not known; `location` may be an array, oldest first:
 *
 *   {"location": {"timestamp": "2026-11-22T07:14:00.000Z",
 *                 "coords": {"latitude": 34.26, "longitude": 117.19, "accuracy": 8,
 *                            "speed": 1.4, "heading": 90, "altitude": 40}, …},
 *    "device_id": "…"} */
enum { OSMAND_BODY_MAX = 256 * 1024, OSMAND_ID_SIZE = 64 };

/* A parameter, decoded. */
struct osmand_pair {
    const char *name;
    const char *value;
};

/* One fix. False with KEY_MISSING when there is no lat, lon or timestamp among the
 * parameters; what cannot be taken otherwise is an item with a code. */
bool osmand_read(struct arena *a, const struct osmand_pair *pairs, int32_t count, int64_t now_us,
                 const struct fixes_sender *sender, struct fixes *out, struct fail *f);

/* One fix or several. False when it is not JSON of that shape. */
bool osmand_read_json(struct arena *a, const char *bytes, size_t size, int64_t now_us,
                      const struct fixes_sender *sender, struct fixes *out, struct fail *f);

/* Whose it is: the parameter id or deviceid, the key device_id; false when it is not
 * there or does not fit. */
bool osmand_id(const struct osmand_pair *pairs, int32_t count, char out[OSMAND_ID_SIZE]);
bool osmand_id_json(struct arena *a, const char *bytes, size_t size, char out[OSMAND_ID_SIZE]);

#endif
