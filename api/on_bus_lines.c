/* Lines of buses, and the buses on them as moving eyes. */
#include "api/fix_json.h"
#include "api/handlers.h"
#include "api/registrar.h"
#include "api/rotas.h"
#include "engine/age.h"
#include "engine/bus_lines.h"
#include "engine/clock.h"
#include "engine/engine.h"
#include "geo/geojson.h"

enum { NAME, PATH, STOPS, NEAR, OFF, ORG, CODE, KEYS, KEYS_OF_CHANGE = ORG, BUSES_MAX = 1000 };

/* ------------------------------------------------------------------ reading */

static bool read_path(const struct request *r, const struct input *v, struct bus_lines_one *one,
                      struct fail *f)
{
    struct figure *path = arena_take(r->arena, 1, sizeof *path);

    if (!v)
        return true;
    if (!geojson_read_figure(r->arena, v, FIGURE_LINES, path, f))
        return false;
    if (path->point_count < 2 || path->point_count > BUS_LINES_POINTS_MAX) {
        fail_set(f, FAIL_INPUT, FIGURE_TOO_LARGE, "the path has %d points", path->point_count);
        fail_allowed(f, "2 to %d points", BUS_LINES_POINTS_MAX);
        return input_blame(v, f);
    }
    one->path = path;
    return true;
}

static bool read_stop(const struct input *v, struct figure_draft *d, const char **name,
                      struct fail *f)
{
    struct input_key keys[] = { { "name", true, NULL }, { "place", true, NULL } };
    struct point place;

    return input_keys(v, keys, 2, f) && input_text(keys[0].value, BUS_LINES_NAME_MAX, name, f) &&
           frame_read_place(keys[1].value, &place, f) && figure_draft_point(d, place, f);
}

static bool read_stops(const struct request *r, const struct input *v, struct bus_lines_one *one,
                       struct fail *f)
{
    struct figure_draft *d = figure_draft_take(r->arena, FIGURE_POINTS);
    int32_t count;

    if (!v)
        return true;
    if (!input_array(v, 1, BUS_LINES_STOPS_MAX, &count, f))
        return false;
    const char **names = arena_take(r->arena, (size_t)count, sizeof *names);

    for (int32_t i = 0; i < count; i++)
        if (!read_stop(input_item(v, i), d, &names[i], f))
            return false;
    struct figure *stops = arena_take(r->arena, 1, sizeof *stops);

    *stops = figure_draft_done(d, true);
    one->stops = stops;
    one->stop_names = names;
    return true;
}

/* What is absent stays as it is. */
static bool read_course(const struct request *r, const struct input_key *keys,
                        struct bus_lines_one *one, struct fail *f)
{
    return (!keys[NAME].value || input_text(keys[NAME].value, BUS_LINES_NAME_MAX, &one->name, f)) &&
           read_path(r, keys[PATH].value, one, f) && read_stops(r, keys[STOPS].value, one, f) &&
           rotas_read_int(keys[NEAR].value, BUS_LINES_NEAR_MIN, BUS_LINES_NEAR_MAX, &one->near_m,
                          f) &&
           rotas_read_int(keys[OFF].value, BUS_LINES_OFF_MIN, BUS_LINES_OFF_MAX, &one->off_m, f);
}

static const struct input_key NAMES[KEYS] = {
    [NAME] = { "name", true, NULL },   [PATH] = { "path", true, NULL },
    [STOPS] = { "stops", true, NULL }, [NEAR] = { "near_m", false, NULL },
    [OFF] = { "off_m", false, NULL },  [ORG] = { "org_id", false, NULL },
    [CODE] = { "code", true, NULL },
};

/* ------------------------------------------------------------------ making, changing */

struct creation {
    const struct request *r;
    struct bus_lines_one one;
};

static bool make(void *self, struct db *db, int64_t id, struct fail *f)
{
    struct creation *c = self;

    c->one.bus_line_id = id;
    return bus_lines_add(db, &c->one, c->r->arena, f);
}

bool on_bus_lines_create(const struct request *r, struct reply *out, struct fail *f)
{
    struct creation c = { .r = r,
                          .one = { .org_id = r->caller.org_id,
                                   .near_m = BUS_LINES_NEAR_USUAL,
                                   .off_m = BUS_LINES_OFF_USUAL } };
    const struct rotas_making making = { r, ROTA_BUS_LINES, make, &c };
    struct input_key keys[KEYS];
    const struct input *body;

    for (int i = 0; i < KEYS; i++)
        keys[i] = NAMES[i];
    return request_json(r, &body, f) && input_keys(body, keys, KEYS, f) &&
           rotas_read_id(keys[ORG].value, &c.one.org_id, f) &&
           input_text(keys[CODE].value, BUS_LINES_CODE_MAX, &c.one.code, f) &&
           read_course(r, keys, &c.one, f) && rotas_make(&making, out, f);
}

struct change {
    const struct request *r;
    int64_t bus_line_id;
    int64_t version;
    const struct input_key *keys;
};

static bool change(void *self, struct db *db, struct fail *f)
{
    const struct change *c = self;
    struct bus_lines_one one;

    if (!bus_lines_get(db, c->bus_line_id, c->r->arena, &one, f) ||
        !read_course(c->r, c->keys, &one, f))
        return false;
    one.version = c->version;
    return bus_lines_change(db, &one, c->r->arena, f);
}

bool on_bus_lines_change(const struct request *r, struct reply *out, struct fail *f)
{
    struct input_key keys[KEYS_OF_CHANGE];
    struct change c = { .r = r, .keys = keys };
    const struct input *body;

    for (int i = 0; i < KEYS_OF_CHANGE; i++)
        keys[i] = (struct input_key){ NAMES[i].name, false, NULL };
    return rotas_id(r, ROTA_BUS_LINES, &c.bus_line_id, f) &&
           registrar_version(r, true, &c.version, f) && request_json(r, &body, f) &&
           input_keys(body, keys, KEYS_OF_CHANGE, f) &&
           rotas_change(r, ROTA_BUS_LINES, &c.bus_line_id, change, &c, out, f);
}

bool on_bus_lines_close(const struct request *r, struct reply *out, struct fail *f)
{
    return rotas_close(r, ROTA_BUS_LINES, bus_lines_close, out, f);
}

bool on_bus_lines_list(const struct request *r, struct reply *out, struct fail *f)
{
    return rotas_list(r, ROTA_BUS_LINES, 0, out, f);
}

bool on_bus_lines_get(const struct request *r, struct reply *out, struct fail *f)
{
    return rotas_get(r, ROTA_BUS_LINES, out, f);
}

/* ------------------------------------------------------------------ buses */

/* It sees something while it stands or slows down at a stop, if that was just now. */
static bool counts_as_eyes(const struct live_fix *fix, bool is_stale)
{
    return !is_stale && fix->flags & LIVE_AT_STOP && !(fix->flags & LIVE_UNBELIEVED);
}

static void write_bus(struct emit *e, const struct live_person *bus, const struct age_limits *ages)
{
    const int64_t age = age_us(&bus->fix, clock_wall_us());
    const struct point at = point_from_e7(bus->fix.at);

    emit_object(e);
    emit_key_int(e, "person_id", bus->person_id);
    emit_key(e, "place");
    emit_object(e);
    emit_key_number(e, "lon", at.lon, 7);
    emit_key_number(e, "lat", at.lat, 7);
    emit_key_text(e, "frame", frame_word(FRAME_WGS84));
    emit_end(e);
    fix_json_write(e, &bus->fix, age, ages);
    emit_key_bool(e, "at_stop", (bus->fix.flags & LIVE_AT_STOP) != 0);
    emit_key_bool(e, "eyes", counts_as_eyes(&bus->fix, age_is_stale(ages, age)));
    emit_end(e);
}

static bool find_code(const struct request *r, int64_t bus_line_id, const char **code,
                      struct fail *f)
{
    const struct db_value id = db_int(bus_line_id);
    const struct db_rows *rows;
    struct db *db;

    if (!request_db(r, &db, f) || !db_run(db, QUERIES_BUS_LINE_CODE, &id, 1, r->arena, &rows, f))
        return false;
    if (db_count(rows) == 0)
        return rota_missing(ROTA_BUS_LINES, bus_line_id, r->arena, f);
    *code = db_get_text(rows, 0, 0);
    return true;
}

/* Those of its crews who are on the way and whom the caller sees. */
bool on_bus_lines_buses(const struct request *r, struct reply *out, struct fail *f)
{
    struct live *live = engine_live(r->engine);
    const struct sight sight = request_sight(r);
    const char *code = "";
    int64_t id, *crew;

    if (!rotas_id(r, ROTA_BUS_LINES, &id, f) || !find_code(r, id, &code, f))
        return false;
    const int32_t count = bus_lines_crew(engine_bus_lines(r->engine), code, r->arena, &crew);
    struct emit *e = reply_json(out, REPLY_OK);
    int32_t told = 0;

    emit_object(e);
    emit_key(e, "items");
    emit_array(e);
    live_read(live);
    for (int32_t i = 0; i < count && told < BUSES_MAX; i++) {
        struct live_person bus;

        if (!live_get(live, crew[i], &bus) || !bus.has_fix || !sight_sees(&sight, &bus))
            continue;
        write_bus(e, &bus, live_ages(live));
        told++;
    }
    live_read_end(live);
    emit_end(e);
    emit_key_text(e, "next", NULL);
    emit_end(e);
    return true;
}
