/* Where phones say where they are. */
#include "api/handlers.h"
#include "engine/clock.h"
#include "engine/engine.h"
#include "engine/metrics.h"
#include "engine/positions.h"
#include "geo/fixes.h"

static int32_t count_accepted(const struct fixes *fixes)
{
    int32_t accepted = 0;

    for (int32_t i = 0; i < fixes->count; i++)
        accepted += fixes->items[i].code == CODE_NONE;
    return accepted;
}

static void write_fates(struct emit *e, const struct fixes *fixes, int32_t accepted)
{
    emit_object(e);
    emit_key_int(e, "accepted", accepted);
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
    emit_end(e);
}

bool on_positions_send(const struct request *r, struct reply *out, struct fail *f)
{
    const struct sight sight = request_sight(r);
    struct fixes fixes;

    if (!fixes_read(r->arena, r->body, r->body_size, clock_wall_us(), &fixes, f) ||
        !positions_take(engine_positions(r->engine), &sight, &fixes, r->arena, f))
        return false;
    const int32_t accepted = count_accepted(&fixes);

    metrics_count(METRIC_POSITIONS_ACCEPTED, accepted);
    metrics_count(METRIC_POSITIONS_REJECTED, fixes.count - accepted);
    write_fates(reply_json(out, REPLY_OK), &fixes, accepted);
    return true;
}
