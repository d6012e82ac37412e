/* Where phones say where they are. */
#include "api/on_positions.h"

#include "api/badge.h"
#include "api/cadence_json.h"
#include "api/handlers.h"
#include "engine/clock.h"
#include "engine/crews.h"
#include "engine/engine.h"
#include "engine/metrics.h"
#include "engine/positions.h"

int32_t on_positions_accepted(const struct fixes *fixes)
{
    int32_t accepted = 0;

    for (int32_t i = 0; i < fixes->count; i++)
        accepted += fixes->items[i].code == CODE_NONE;
    return accepted;
}

/* A request while its fixes are being written. */
struct pass {
    const struct request *request;
    struct reply *reply;
    struct fixes *fixes;
    void (*write)(const struct request *r, const struct fixes *fixes, enum reply_status status,
                  struct reply *out);
};

static void arrive(void *self, enum positions_end end, const struct fail *why)
{
    const struct pass *pass = self;
    const struct fixes *fixes = pass->fixes;

    if (end != POSITIONS_FAILED) {
        const int32_t accepted = on_positions_accepted(fixes);

        metrics_count(METRIC_POSITIONS_ACCEPTED, accepted);
        metrics_count(METRIC_POSITIONS_REJECTED, fixes->count - accepted);
        pass->write(pass->request, fixes, end == POSITIONS_COMMITTED ? REPLY_OK : REPLY_ACCEPTED,
                    pass->reply);
    }
    reply_arrived(pass->reply, why);
}

/* What taxis' terminals say of their fares; the positions are of use even when that
 * cannot be written. */
static void note_fares(const struct request *r, const struct sight *sight,
                       const struct fixes *fixes)
{
    struct live *live = engine_live(r->engine);
    struct fail unsaid;
    struct db *db;

    if (crews_has_news(live, sight, fixes) && request_db(r, &db, &unsaid))
        crews_note(db, live, sight, fixes, r->arena, &unsaid);
}

bool on_positions_pass(const struct request *r, struct fixes *fixes,
                       void (*write)(const struct request *r, const struct fixes *fixes,
                                     enum reply_status status, struct reply *out),
                       struct reply *out, struct fail *f)
{
    const struct sight sight = request_sight(r);
    struct pass *pass = arena_take(r->arena, 1, sizeof *pass);
    struct fixes *kept = arena_take(r->arena, 1, sizeof *kept);

    note_fares(r, &sight, fixes);
    *kept = *fixes;
    *pass = (struct pass){ .request = r, .reply = out, .fixes = kept, .write = write };
    reply_later(out);
    return positions_send(engine_positions(r->engine), &sight, kept, r->arena,
                          (struct positions_done){ arrive, pass }, f);
}

static void write_rejected(struct emit *e, const struct fixes_item *item, int32_t index)
{
    const char *allowed = fixes_allowed(item);

    emit_object(e);
    emit_key_int(e, "index", index);
    emit_key_text(e, "code", fail_word(item->code));
    if (item->key)
        emit_key_text(e, "key", item->key);
    if (allowed)
        emit_key_text(e, "allowed", allowed);
    emit_end(e);
}

void on_positions_write(const struct request *r, const struct fixes *fixes,
                        enum reply_status status, struct reply *out)
{
    struct emit *e = reply_json(out, status);

    emit_object(e);
    emit_key_int(e, "accepted", on_positions_accepted(fixes));
    emit_key(e, "rejected");
    emit_array(e);
    for (int32_t i = 0; i < fixes->count; i++)
        if (fixes->items[i].code != CODE_NONE)
            write_rejected(e, &fixes->items[i], i);
    emit_end(e);
    cadence_json_write(e, r, fixes);
    if (status == REPLY_ACCEPTED)
        emit_key_text(e, "durability", "node-local");
    emit_end(e);
}

const struct fixes_sender *on_positions_sender(const struct request *r, struct fixes_sender *sender)
{
    const struct keyring_device *device = &r->caller.device;

    if (device->device_id == 0)
        return NULL;
    *sender = (struct fixes_sender){ .person_id = device->person_id, .frame = device->frame };
    return sender;
}

bool on_positions_send(const struct request *r, struct reply *out, struct fail *f)
{
    struct fixes_sender device;
    struct fixes fixes;

    if (r->caller.device.device_id != 0 && !badge_speaks(r, DEVICES_JSON, f))
        return false;
    return positions_have_room(engine_positions(r->engine), f) &&
           fixes_read_from(r->arena, r->body, r->body_size, clock_wall_us(),
                           on_positions_sender(r, &device), &fixes, f) &&
           on_positions_pass(r, &fixes, on_positions_write, out, f);
}
