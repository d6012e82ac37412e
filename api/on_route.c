/* The fastest way from here to there. */
#include "api/handlers.h"
#include "api/way.h"
#include "engine/engine.h"
#include "engine/nearby.h"

struct wish {
    struct point from, to;
    enum mode mode;
    enum frame frame; /* of the answer */
};

static bool read_wish(const struct request *r, struct wish *w, struct fail *f)
{
    struct input_key keys[] = { { "from", true, NULL },
                                { "to", true, NULL },
                                { "mode", true, NULL } };
    const struct input *body;

    return way_read_frame(request_query(r, "frame"), &w->frame, f) && request_json(r, &body, f) &&
           input_keys(body, keys, 3, f) && frame_read_place(keys[0].value, &w->from, f) &&
           frame_read_place(keys[1].value, &w->to, f) && way_read_mode(keys[2].value, &w->mode, f);
}

static void write_route(struct emit *e, const struct wish *w, const struct route *route,
                        const struct point *points)
{
    emit_object(e);
    emit_key_text(e, "mode", network_mode_word(w->mode));
    emit_key_text(e, "frame", frame_word(w->frame));
    emit_key_number(e, "duration_s", route->cost_ms / 1000.0, 3);
    emit_key_number(e, "length_m", route->length_cm / 100.0, 2);
    way_write_line(e, points, route->point_count);
    way_write_steps(e, route, points, w->frame);
    emit_end(e);
}

static bool answer(const struct request *r, const struct world *w, const struct wish *wish,
                   struct reply *out, struct fail *f)
{
    const struct point *points;
    struct route route;

    if (!nearby_way(w, wish->mode, wish->from, wish->to, r->worker->route_room, r->arena, &route,
                    f) ||
        !way_turn(&route, wish->frame, r->arena, &points, f))
        return false;
    write_route(reply_json(out, REPLY_OK), wish, &route, points);
    return true;
}

bool on_route_find(const struct request *r, struct reply *out, struct fail *f)
{
    struct wish wish;

    if (!read_wish(r, &wish, f))
        return false;
    const struct world *w = engine_hold_city(r->engine, f);
    const bool is_found = w && answer(r, w, &wish, out, f);

    world_drop(w);
    return is_found;
}
