/* Where phones say where they are. */
#include "api/on_positions.h"

#include "api/handlers.h"
#include "engine/clock.h"
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

bool on_positions_pass(const struct request *r, struct fixes *fixes,
                       void (*write)(const struct request *r, const struct fixes *fixes,
                                     enum reply_status status, struct reply *out),
                       struct reply *out, struct fail *f)
{
    const struct sight sight = request_sight(r);
    struct pass *pass = arena_take(r->arena, 1, sizeof *pass);
    struct fixes *kept = arena_take(r->arena, 1, sizeof *kept);

    *kept = *fixes;
    *pass = (struct pass){ .request = r, .reply = out, .fixes = kept, .write = write };
    reply_later(out);
    return positions_send(engine_positions(r->engine), &sight, kept, r->arena,
                          (struct positions_done){ arrive, pass }, f);
}

static void write_fates(const struct request *r, const struct fixes *fixes,
                        enum reply_status status, struct reply *out)
{
    struct emit *e = reply_json(out, status);

    (void)r;
    emit_object(e);
    emit_key_int(e, "accepted", on_positions_accepted(fixes));
    emit_key(e, "rejected");
    emit_array(e);
    for (int32_t i = 0; i < fixes->count; i++) {
        if (fixes->items[i].code == CODE_NONE)
            continue;
        emit_object(e);
        emit_key_int(e, "index", i);
        emit_key_text(e, "code", fail_word(fixes->items[i].code));
        emit_end(e);
    }
    emit_end(e);
    if (status == REPLY_ACCEPTED)
        emit_key_text(e, "durability", "node-local");
    emit_end(e);
}

bool on_positions_send(const struct request *r, struct reply *out, struct fail *f)
{
    struct fixes fixes;

    return positions_have_room(engine_positions(r->engine), f) &&
           fixes_read(r->arena, r->body, r->body_size, clock_wall_us(), &fixes, f) &&
           on_positions_pass(r, &fixes, write_fates, out, f);
}
