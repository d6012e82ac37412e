/* The fastest way from here to there: over places, clear of streets, with others to choose from. */
#include "api/handlers.h"
#include "api/way.h"
#include "engine/engine.h"
#include "engine/journey.h"
#include "geo/geojson.h"
#include "geo/shape.h"

enum { FROM, TO, MODE, VIA, ALTERNATIVES, AVOID, KEY_COUNT };

enum { SHORT_PLACES = 4 }; /* a way over more takes long */

struct wish {
    struct journey_wish journey;
    struct point places[ROUTE_PLACES_MAX];
    struct avoid avoid;
    enum frame frame; /* of the answer */
};

static bool read_places(const struct input_key *keys, struct wish *w, struct fail *f)
{
    int32_t via_count = 0;

    if (keys[VIA].value && !input_array(keys[VIA].value, 0, JOURNEY_VIA_MAX, &via_count, f))
        return false;
    for (int32_t i = 0; i < via_count; i++)
        if (!frame_read_place(input_item(keys[VIA].value, i), &w->places[1 + i], f))
            return false;
    w->journey.places = w->places;
    w->journey.place_count = via_count + 2;
    return frame_read_place(keys[FROM].value, &w->places[0], f) &&
           frame_read_place(keys[TO].value, &w->places[via_count + 1], f);
}

static bool read_areas(const struct request *r, const struct input *v, struct avoid *out,
                       struct fail *f)
{
    int32_t points = 0;

    if (!input_array(v, 0, AVOID_AREAS_MAX, &out->area_count, f))
        return false;
    struct figure *areas = arena_take(r->arena, (size_t)out->area_count + 1, sizeof *areas);

    for (int32_t i = 0; i < out->area_count; i++) {
        if (!geojson_read_figure(r->arena, input_item(v, i), FIGURE_AREAS, &areas[i], f))
            return false;
        points += areas[i].point_count;
    }
    if (points > AVOID_POINTS_MAX) {
        fail_set(f, FAIL_INPUT, FIGURE_TOO_LARGE, "the areas to be avoided have %d points", points);
        fail_allowed(f, "at most %d points in all areas together", AVOID_POINTS_MAX);
        return input_blame(v, f);
    }
    for (int32_t i = 0; i < out->area_count; i++)
        if (!shape_check(shape_take(r->arena), &areas[i], f))
            return input_blame(input_item(v, i), f);
    out->areas = areas;
    return true;
}

static bool read_classes(const struct input *v, struct avoid *out, struct fail *f)
{
    int32_t count;

    if (!input_array(v, 0, STREET_CLASS_COUNT, &count, f))
        return false;
    for (int32_t i = 0; i < count; i++) {
        int32_t class;

        if (!input_word(input_item(v, i), NETWORK_CLASS_WORDS, STREET_CLASS_COUNT, &class, f))
            return false;
        out->classes |= 1u << class;
    }
    return true;
}

static bool read_avoid(const struct request *r, const struct input *v, struct wish *w,
                       struct fail *f)
{
    struct input_key keys[] = { { "areas", false, NULL }, { "classes", false, NULL } };

    if (!v)
        return true;
    if (!request_may_take_long(r, f) || !input_keys(v, keys, 2, f) ||
        (keys[0].value && !read_areas(r, keys[0].value, &w->avoid, f)) ||
        (keys[1].value && !read_classes(keys[1].value, &w->avoid, f)))
        return false;
    if (w->avoid.area_count > 0 || w->avoid.classes)
        w->journey.avoid = &w->avoid;
    return true;
}

static bool read_others(const struct input *v, struct wish *w, struct fail *f)
{
    int64_t others = 0;

    if (v && !input_int(v, 0, JOURNEY_OTHERS_MAX, &others, f))
        return false;
    w->journey.others = (int32_t)others;
    if (others == 0 || (w->journey.place_count == 2 && !w->journey.avoid))
        return true;
    fail_set(f, FAIL_INPUT, ROUTE_ALTERNATIVES,
             "there are no alternatives to a route over places on the way or clear of streets");
    fail_allowed(f, "alternatives without via and avoid");
    return input_blame(v, f);
}

static bool read_wish(const struct request *r, struct wish *w, struct fail *f)
{
    struct input_key keys[KEY_COUNT] = {
        [FROM] = { "from", true, NULL },
        [TO] = { "to", true, NULL },
        [MODE] = { "mode", true, NULL },
        [VIA] = { "via", false, NULL },
        [ALTERNATIVES] = { "alternatives", false, NULL },
        [AVOID] = { "avoid", false, NULL },
    };
    const struct input *body;

    return way_read_frame(request_query(r, "frame"), &w->frame, f) && request_json(r, &body, f) &&
           input_keys(body, keys, KEY_COUNT, f) && read_places(keys, w, f) &&
           way_read_mode(keys[MODE].value, &w->journey.mode, f) &&
           read_avoid(r, keys[AVOID].value, w, f) && read_others(keys[ALTERNATIVES].value, w, f) &&
           ((w->journey.others == 0 && w->journey.place_count <= SHORT_PLACES) ||
            request_may_take_long(r, f));
}

/* What a route and an alternative to it have in common. */
static void write_way(struct emit *e, const struct route *route, const struct point *points,
                      enum frame frame)
{
    emit_key_number(e, "duration_s", route->cost_ms / 1000.0, 3);
    emit_key_number(e, "length_m", route->length_cm / 100.0, 2);
    way_write_line(e, points, route->point_count);
    way_write_steps(e, route, points, frame);
}

static void write_legs(struct emit *e, const struct route *route)
{
    emit_key(e, "legs");
    emit_array(e);
    for (int32_t i = 0; i < route->leg_count; i++) {
        emit_object(e);
        emit_key_number(e, "duration_s", route->legs[i].cost_ms / 1000.0, 3);
        emit_key_number(e, "length_m", route->legs[i].length_cm / 100.0, 2);
        emit_key_int(e, "first_step", route->legs[i].first_step);
        emit_end(e);
    }
    emit_end(e);
}

static void write_journey(struct emit *e, const struct wish *w, const struct journey *j,
                          const struct point *const *points)
{
    emit_object(e);
    emit_key_text(e, "mode", network_mode_word(w->journey.mode));
    emit_key_text(e, "frame", frame_word(w->frame));
    write_way(e, &j->route, points[0], w->frame);
    write_legs(e, &j->route);
    emit_key(e, "alternatives");
    emit_array(e);
    for (int32_t i = 0; i < j->other_count; i++) {
        emit_object(e);
        write_way(e, &j->others[i], points[1 + i], w->frame);
        emit_end(e);
    }
    emit_end(e);
    emit_end(e);
}

static bool answer(const struct request *r, const struct world *w, const struct wish *wish,
                   struct reply *out, struct fail *f)
{
    const struct point *points[1 + JOURNEY_OTHERS_MAX];
    struct journey j;

    if (!journey_find(w, &wish->journey, r->worker->route_room, r->arena, &j, f) ||
        !way_turn(&j.route, wish->frame, r->arena, &points[0], f))
        return false;
    for (int32_t i = 0; i < j.other_count; i++)
        if (!way_turn(&j.others[i], wish->frame, r->arena, &points[1 + i], f))
            return false;
    write_journey(reply_json(out, REPLY_OK), wish, &j, points);
    return true;
}

bool on_route_find(const struct request *r, struct reply *out, struct fail *f)
{
    struct wish wish = { 0 };

    if (!read_wish(r, &wish, f))
        return false;
    const struct world *w = engine_hold_city(r->engine, f);
    const bool is_found = w && answer(r, w, &wish, out, f);

    world_drop(w);
    return is_found;
}
