/* Positions in the formats of others, and in our own in few bytes. What an app that is
 * not ours gets as an answer decides whether it keeps a position and sends it again:
 * OsmAnd, the Traccar Client and OwnTracks all take any 2xx as delivered and try
 * everything else once more. So a position that will never be taken is answered 200,
 * and one that might be later 429 or 503. */
#include "api/badge.h"
#include "api/cadence_json.h"
#include "api/handlers.h"
#include "api/on_positions.h"
#include "engine/clock.h"
#include "engine/engine.h"
#include "engine/keyring.h"
#include "engine/positions.h"
#include "geo/osmand.h"
#include "geo/owntracks.h"
#include "geo/packed.h"

bool on_trackers_packed(const struct request *r, struct reply *out, struct fail *f)
{
    struct fixes_sender device;
    struct fixes fixes;

    if (r->caller.device.device_id != 0 && !badge_speaks(r, DEVICES_PACKED, f))
        return false;
    return positions_have_room(engine_positions(r->engine), f) &&
           packed_read(r->arena, r->body, r->body_size, clock_wall_us(),
                       on_positions_sender(r, &device), &fixes, f) &&
           on_positions_pass(r, &fixes, on_positions_write, out, f);
}

bool on_trackers_osmand(const struct request *r, struct reply *out, struct fail *f)
{
    const int64_t now_us = clock_wall_us();
    const struct osmand_pair *pairs;
    struct fixes_sender device;
    struct fixes fixes;
    int32_t count;

    if (!badge_speaks(r, DEVICES_OSMAND, f) || !positions_have_room(engine_positions(r->engine), f))
        return false;
    const struct fixes_sender *sender = on_positions_sender(r, &device);

    if (badge_has_json(r)) {
        if (!osmand_read_json(r->arena, r->body, r->body_size, now_us, sender, &fixes, f))
            return false;
    } else if (!badge_pairs(r, &pairs, &count, f) ||
               !osmand_read(r->arena, pairs, count, now_us, sender, &fixes, f)) {
        return false;
    }
    return on_positions_pass(r, &fixes, on_positions_write, out, f);
}

/* ------------------------------------------------------------------ OwnTracks */

enum { SIGNIFICANT = 1, MOVE = 2 }; /* its `monitoring` */

/* The apps report by themselves every some minutes in the one mode, and as often as the
 * interval says in the other; Android calls the interval of the latter by a name of its
 * own. Who has switched remote commands off is not asked again until it changes. */
static void write_interval(struct emit *e, const struct request *r, int32_t report_s)
{
    const bool is_idle = report_s >= cadence_json_idle_s(r);

    emit_object(e);
    emit_key_text(e, "_type", "cmd");
    emit_key_text(e, "action", "setConfiguration");
    emit_key(e, "configuration");
    emit_object(e);
    emit_key_text(e, "_type", "configuration");
    emit_key_int(e, "monitoring", is_idle ? SIGNIFICANT : MOVE);
    emit_key_int(e, "locatorInterval", report_s);
    emit_key_int(e, "moveModeLocatorInterval", report_s);
    emit_end(e);
    emit_end(e);
}

/* An array of messages to the app, mostly none. */
static void write_messages(const struct request *r, const struct fixes *fixes,
                           enum reply_status status, struct reply *out)
{
    const struct keyring_device *device = &r->caller.device;
    const int32_t report_s = cadence_json_report_s(r, device->person_id);
    struct emit *e = reply_json(out, status);

    (void)fixes;
    emit_array(e);
    if (report_s > 0 && keyring_tell(engine_keyring(r->engine), device->device_id, report_s))
        write_interval(e, r, report_s);
    emit_end(e);
}

bool on_trackers_owntracks(const struct request *r, struct reply *out, struct fail *f)
{
    struct fixes_sender device;
    struct fixes fixes;

    if (!badge_speaks(r, DEVICES_OWNTRACKS, f) ||
        !positions_have_room(engine_positions(r->engine), f) ||
        !owntracks_read(r->arena, r->body, r->body_size, clock_wall_us(),
                        on_positions_sender(r, &device), &fixes, f))
        return false;
    if (fixes.count > 0)
        return on_positions_pass(r, &fixes, write_messages, out, f);
    write_messages(r, &fixes, REPLY_OK, out);
    return true;
}
