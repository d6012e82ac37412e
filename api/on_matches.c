/* Which way somebody went whose positions are sent along. */
#include "api/handlers.h"
#include "api/match_json.h"
#include "api/way.h"
#include "engine/engine.h"

bool on_matches_find(const struct request *r, struct reply *out, struct fail *f)
{
    struct input_key keys[] = { { "mode", true, NULL }, { "fixes", true, NULL } };
    const struct match_fix *fixes;
    const struct input *body;
    struct matches found;
    enum frame frame;
    enum mode mode;
    int32_t count;

    if (!way_read_frame(request_query(r, "frame"), &frame, f) || !request_json(r, &body, f) ||
        !input_keys(body, keys, 2, f) || !way_read_mode(keys[0].value, &mode, f) ||
        !match_json_read(keys[1].value, r->arena, &fixes, &count, f))
        return false;
    const struct world *w = engine_hold_city(r->engine, f);

    if (!w)
        return false;
    const struct match_streets streets = matches_streets(w, mode);

    matches_find(&streets, fixes, count, r->worker->hop_room, r->arena, &found);
    const bool is_written = match_json_write(r, &found, mode, frame, out, f);

    world_drop(w);
    return is_written;
}
