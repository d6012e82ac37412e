/* The city in one answer: what the console asks first, and then every few
 * seconds to learn whether anything has moved. */
#include "api/handlers.h"

#include <string.h>

#include "engine/clock.h"
#include "engine/config.h"
#include "engine/coverage.h"
#include "engine/engine.h"
#include "engine/figures.h"
#include "engine/swarm.h"
#include "geo/instant.h"

enum { PLACE_DECIMALS = 6 };

static void write_bounds(struct emit *e, const struct world *w)
{
    const double corners[] = { w->south_west.lon, w->south_west.lat, w->north_east.lon,
                               w->north_east.lat };

    emit_key(e, "bounds");
    emit_array(e);
    for (int32_t i = 0; i < 4; i++)
        emit_number(e, corners[i], PLACE_DECIMALS);
    emit_end(e);
}

/* An extract of streets alone has nothing to show on the other layers. */
static void write_layers(struct emit *e, struct arena *a, const struct world *w)
{
    emit_key(e, "layers");
    emit_array(e);
    for (const char *at = w->layers; at && *at; at += strspn(at, " ")) {
        const int length = (int)strcspn(at, " ");

        emit_text(e, arena_text(a, "%.*s", length, at));
        at += length;
    }
    emit_end(e);
}

/* The version is a text: its 64 bits do not fit a number in JSON. */
static void write_people(struct emit *e, const struct request *r)
{
    const struct sight sight = request_sight(r);
    const struct swarm_count count = swarm_count(engine_live(r->engine), &sight);
    const struct muster_count people = count.people;

    emit_key(e, "people");
    emit_object(e);
    emit_key_int(e, "known", people.known);
    emit_key_int(e, "placed", people.placed);
    emit_key_int(e, "on_duty", people.on_duty);
    emit_key_int(e, "available", people.available);
    emit_key_text(e, "version", arena_text(r->arena, "%016llx", (unsigned long long)count.version));
    emit_end(e);
}

/* How much of the caller's streets is covered; nothing of it before it is known. */
static void write_coverage(struct emit *e, const struct request *r)
{
    struct coverage *c = engine_coverage(r->engine);
    struct coverage_view v;
    struct figures figures;
    struct fail unsaid;

    emit_key(e, "coverage");
    if (!coverage_read(c, &v, &unsaid)) {
        emit_null(e);
        return;
    }
    const int32_t org = terrain_org(v.terrain, r->caller.org_id);

    figures_below(&v, org, &figures);
    coverage_read_end(c);
    emit_object(e);
    emit_key_int(e, "version", (int64_t)v.version);
    figures_write(e, &figures);
    emit_end(e);
}

bool on_city_get(const struct request *r, struct reply *out, struct fail *f)
{
    const struct world *w = engine_hold_city(r->engine, f);
    char now[INSTANT_SIZE];

    if (!w)
        return false;
    instant_write(clock_wall_us(), now);
    struct emit *e = reply_json(out, REPLY_OK);

    emit_object(e);
    emit_key_text(e, "name", w->city_name);
    emit_key_text(e, "attribution", w->attribution);
    emit_key_text(e, "frame", "wgs84");
    write_bounds(e, w);
    write_layers(e, r->arena, w);
    emit_key_int(e, "segments", w->network->segment_count);
    emit_key_text(e, "time", now);
    emit_key_text(e, "time_zone", config_text(engine_config(r->engine), CONFIG_CITY_TIME_ZONE));
    write_people(e, r);
    write_coverage(e, r);
    emit_end(e);
    world_drop(w);
    return true;
}
