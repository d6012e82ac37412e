/* Routes in JSON. The sentences of the steps stand here and not in the
 * catalogues because every answer carries both languages at once. */
#include "api/way.h"

#include "engine/people.h"
#include "geo/polyline.h"

enum { DIGITS = 5, DEGREE_DECIMALS = 7, SKILL_BITS = 63, WORD_MAX = 40 };

static const char *const MODES[MODE_COUNT] = { "foot", "ebike", "car" };

bool way_read_frame(const char *word, enum frame *out, struct fail *f)
{
    *out = FRAME_WGS84;
    return !word || frame_from_word(word, out, f) || fail_at(f, "/frame");
}

bool way_read_box(const char *text, enum frame frame, struct box *out, struct fail *f)
{
    struct box asked;

    if (!box_parse(text, &asked, f))
        return fail_at(f, "/bbox");
    *out = box_empty();
    for (int i = 0; i < 4; i++) {
        struct point corner = { i & 1 ? asked.max.lon : asked.min.lon,
                                i & 2 ? asked.max.lat : asked.min.lat };

        if (!frame_to_wgs84(frame, corner, &corner, f))
            return fail_at(f, "/bbox");
        *out = box_with(*out, corner);
    }
    return true;
}

bool way_read_mode(const struct input *v, enum mode *out, struct fail *f)
{
    int32_t mode;

    if (!input_word(v, MODES, MODE_COUNT, &mode, f))
        return false;
    *out = (enum mode)mode;
    return true;
}

bool way_read_skills(const struct input *v, uint64_t *out, struct fail *f)
{
    uint64_t skills = 0;
    int32_t count = 0;

    if (v && !input_array(v, 0, SKILL_BITS, &count, f))
        return false;
    for (int32_t i = 0; i < count; i++) {
        const struct input *item = input_item(v, i);
        const char *word;
        uint64_t bit;

        if (!input_text(item, WORD_MAX, &word, f))
            return false;
        if (!people_skill(word, &bit, f))
            return input_blame(item, f);
        skills |= bit;
    }
    *out = skills;
    return true;
}

void way_write_skills(struct emit *e, uint64_t skills)
{
    emit_key(e, "skills");
    emit_array(e);
    for (int32_t i = 0; i < SKILL_BITS; i++)
        if (skills >> i & 1 && people_skill_word(i))
            emit_text(e, people_skill_word(i));
    emit_end(e);
}

void way_write_place(struct emit *e, struct point p, enum frame frame)
{
    emit_object(e);
    emit_key_number(e, "lon", p.lon, DEGREE_DECIMALS);
    emit_key_number(e, "lat", p.lat, DEGREE_DECIMALS);
    emit_key_text(e, "frame", frame_word(frame));
    emit_end(e);
}

bool way_turn(const struct route *route, enum frame frame, struct arena *a,
              const struct point **out, struct fail *f)
{
    struct point *points = arena_take(a, (size_t)route->point_count, sizeof *points);

    for (int32_t i = 0; i < route->point_count; i++)
        if (!frame_from_wgs84(frame, route->points[i], &points[i], f))
            return false;
    *out = points;
    return true;
}

void way_write_line(struct emit *e, const struct point *points, int32_t count)
{
    struct buf line = { 0 };

    polyline_encode(&line, points, count, DIGITS);
    emit_key(e, "polyline");
    emit_text_sized(e, line.bytes, line.size);
    buf_free(&line);
    emit_key(e, "geometry");
    emit_object(e);
    emit_key_text(e, "type", "LineString");
    emit_key(e, "coordinates");
    emit_array(e);
    for (int32_t i = 0; i < count; i++) {
        emit_array(e);
        emit_number(e, points[i].lon, DEGREE_DECIMALS);
        emit_number(e, points[i].lat, DEGREE_DECIMALS);
        emit_end(e);
    }
    emit_end(e);
    emit_end(e);
}

/* What to do, alone and with the street's name behind it. */
struct sentence {
    const char *alone;
    const char *onto;
};

static const struct sentence ENGLISH[] = {
    [TURN_DEPART] = { "Set off", "Set off along " },
    [TURN_STRAIGHT] = { "Go straight on", "Go straight on along " },
    [TURN_SLIGHT_LEFT] = { "Bear left", "Bear left onto " },
    [TURN_LEFT] = { "Turn left", "Turn left onto " },
    [TURN_SHARP_LEFT] = { "Turn sharp left", "Turn sharp left onto " },
    [TURN_SLIGHT_RIGHT] = { "Bear right", "Bear right onto " },
    [TURN_RIGHT] = { "Turn right", "Turn right onto " },
    [TURN_SHARP_RIGHT] = { "Turn sharp right", "Turn sharp right onto " },
    [TURN_BACK] = { "Turn round", "Turn round, back along " },
    [TURN_ROUNDABOUT] = { "Enter the roundabout", "Enter the roundabout: " },
    [TURN_WAYPOINT] = { "You have reached the place on the way; go on",
                        "You have reached the place on the way; go on along " },
    [TURN_ARRIVE] = { "You have arrived", "You have arrived: " },
};

static const struct sentence CHINESE[] = {
    [TURN_DEPART] = { "出发", "出发，沿" },
    [TURN_STRAIGHT] = { "直行", "直行进入" },
    [TURN_SLIGHT_LEFT] = { "向左前方行进", "向左前方进入" },
    [TURN_LEFT] = { "左转", "左转进入" },
    [TURN_SHARP_LEFT] = { "向左后方转弯", "向左后方转入" },
    [TURN_SLIGHT_RIGHT] = { "向右前方行进", "向右前方进入" },
    [TURN_RIGHT] = { "右转", "右转进入" },
    [TURN_SHARP_RIGHT] = { "向右后方转弯", "向右后方转入" },
    [TURN_BACK] = { "掉头", "掉头，沿" },
    [TURN_ROUNDABOUT] = { "进入环岛", "进入环岛：" },
    [TURN_WAYPOINT] = { "到达途经点，继续前行", "到达途经点，继续沿" },
    [TURN_ARRIVE] = { "到达目的地", "到达目的地：" },
};

/* Out of a roundabout again; the exit stands between the two. */
struct round {
    const char *before;
    struct sentence after;
};

static const struct round ENGLISH_ROUND = { "At the roundabout take exit ", { "", " onto " } };
static const struct round CHINESE_ROUND = { "进入环岛，从第",
                                            { "个出口驶出", "个出口驶出，进入" } };

static void write_sentence(struct emit *e, const char *key, const struct sentence *all,
                           const struct round *round, const struct route_step *step)
{
    const struct sentence *s = step->exit > 0 ? &round->after : &all[step->turn];
    struct buf text = { 0 };

    if (step->exit > 0)
        buf_format(&text, "%s%d", round->before, step->exit);
    buf_string(&text, step->name[0] ? s->onto : s->alone);
    buf_string(&text, step->name);
    emit_key_text(e, key, buf_text(&text));
    buf_free(&text);
}

void way_write_steps(struct emit *e, const struct route *route, const struct point *points,
                     enum frame frame)
{
    emit_key(e, "steps");
    emit_array(e);
    for (int32_t i = 0; i < route->step_count; i++) {
        const struct route_step *step = &route->steps[i];

        emit_object(e);
        emit_key_text(e, "turn", route_turn_word(step->turn));
        if (step->exit > 0)
            emit_key_int(e, "exit", step->exit);
        emit_key_text(e, "name", step->name);
        emit_key_number(e, "length_m", step->length_cm / 100.0, 2);
        emit_key_number(e, "duration_s", step->cost_ms / 1000.0, 3);
        emit_key(e, "location");
        way_write_place(e, points[step->first_point], frame);
        write_sentence(e, "text_en", ENGLISH, &ENGLISH_ROUND, step);
        write_sentence(e, "text_zh", CHINESE, &CHINESE_ROUND, step);
        emit_end(e);
    }
    emit_end(e);
}
