/* Vector tiles over HTTP. */
#include "api/handlers.h"

#include <string.h>

#include "api/address.h"
#include "api/fresh.h"
#include "engine/engine.h"
#include "engine/tiles.h"
#include "geo/frame.h"

/* A tile shows who was where: no shared cache may keep it, and the browser asks
 * each time whether its copy still holds. */
static void write_caching(struct reply *out, const char *tag)
{
    reply_header(out, "Cache-Control", "private, no-cache");
    reply_header(out, "Vigil-Frame", "wgs84");
    reply_etag(out, tag);
}

/* Tiles come in WGS 84 only: whoever asks for another frame must not get a map
 * that is some hundred metres beside it. */
static bool read_frame(const struct request *r, struct fail *f)
{
    const char *word = request_query(r, "frame");
    enum frame frame = FRAME_WGS84;

    if (word && !frame_from_word(word, &frame, f))
        return false;
    if (frame == FRAME_WGS84 || frame == FRAME_CGCS2000)
        return true;
    fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "tiles are not made in the frame %s",
             frame_word(frame));
    fail_at(f, "/frame");
    fail_value(f, frame_word(frame));
    return fail_allowed(f, "wgs84, cgcs2000");
}

static bool read_tile(const struct request *r, struct layer_set *set, struct tile *at,
                      struct fail *f)
{
    if (!layer_parse(request_param(r, "layer"), set, f))
        return false;
    if (tile_parse_pieces(request_param(r, "z"), request_param(r, "x"), request_param(r, "y"), at,
                          f))
        return true;
    f->kind = FAIL_MISSING; /* here it is a path that names no tile */
    return false;
}

/* What is kept, and what comes from memory, is served without the database. */
static bool read_database(const struct request *r, const struct layer_set *set,
                          struct tiles_reader *reader, struct fail *f)
{
    return !layer_needs_database(set) || request_db(r, &reader->db, f) ||
           f->code == CODE_DATABASE_AWAY;
}

bool on_tiles_get(const struct request *r, struct reply *out, struct fail *f)
{
    const struct sight sight = request_sight(r);
    struct tiles_reader reader = { NULL, engine_live(r->engine), r->arena, &sight,
                                   engine_coverage(r->engine) };
    struct tiles *tiles = engine_tiles(r->engine);
    struct layer_set set;
    struct tile at;
    struct tiles_stamp stamp;
    struct buf bytes = { 0 };

    if (!read_tile(r, &set, &at, f) || !read_frame(r, f) || !read_database(r, &set, &reader, f) ||
        !tiles_stamp(tiles, &reader, &set, at, &stamp, f))
        return false;
    if (fresh_copy(r, stamp.tag)) {
        reply_empty(out, REPLY_NOT_MODIFIED);
        write_caching(out, stamp.tag);
        return true;
    }
    const bool made = tiles_write(tiles, &reader, &set, at, &stamp, &bytes, f);

    if (made) {
        buf_put(reply_bytes(out, REPLY_OK, "application/vnd.mapbox-vector-tile"), bytes.bytes,
                bytes.size);
        write_caching(out, stamp.tag);
    }
    buf_free(&bytes);
    return made;
}

static void write_part(struct emit *e, const struct layer *layer, const struct layer_part *part)
{
    emit_object(e);
    emit_key_text(e, "id", part->name);
    emit_key_text(e, "description", layer->about);
    emit_key_int(e, "minzoom", layer->zoom_min);
    emit_key_int(e, "maxzoom", layer->zoom_max);
    emit_key(e, "fields");
    emit_object(e);
    for (const char *at = part->fields; *at; at += strspn(at, " ")) {
        char name[32];
        const size_t length = strcspn(at, " ");

        memcpy(name, at, length);
        name[length] = '\0';
        emit_key_text(e, name, "");
        at += length;
    }
    emit_end(e);
    emit_end(e);
}

static void write_bounds(struct emit *e, const struct world *w)
{
    emit_key(e, "bounds");
    emit_array(e);
    emit_number(e, w->south_west.lon, 6);
    emit_number(e, w->south_west.lat, 6);
    emit_number(e, w->north_east.lon, 6);
    emit_number(e, w->north_east.lat, 6);
    emit_end(e);
    emit_key(e, "center");
    emit_array(e);
    emit_number(e, w->centre.lon, 6);
    emit_number(e, w->centre.lat, 6);
    emit_int(e, 12);
    emit_end(e);
    emit_key_text(e, "attribution", w->attribution);
}

static void write_description(struct emit *e, const struct request *r, const struct layer_set *set,
                              const struct world *w)
{
    const char *names = request_param(r, "layer");

    emit_object(e);
    emit_key_text(e, "tilejson", "3.0.0");
    emit_key_text(e, "name", names);
    emit_key_text(e, "scheme", "xyz");
    emit_key_text(e, "frame", "wgs84");
    emit_key(e, "tiles");
    emit_array(e);
    emit_text(e, arena_text(r->arena, "%s/tiles/%s/{z}/{x}/{y}.mvt", address_base(r), names));
    emit_end(e);
    emit_key_int(e, "minzoom", layer_zoom_min(set));
    emit_key_int(e, "maxzoom", layer_zoom_max(set));
    if (w)
        write_bounds(e, w);
    emit_key(e, "vector_layers");
    emit_array(e);
    for (int32_t i = 0; i < set->count; i++)
        for (int32_t p = 0; p < LAYER_PART_MAX && set->items[i]->parts[p].name; p++)
            write_part(e, set->items[i], &set->items[i]->parts[p]);
    emit_end(e);
    emit_end(e);
}

bool on_tiles_describe(const struct request *r, struct reply *out, struct fail *f)
{
    struct layer_set set;

    if (!layer_parse(request_param(r, "layer"), &set, f) || !read_frame(r, f))
        return false;
    const struct world *w = engine_hold(r->engine);

    write_description(reply_json(out, REPLY_OK), r, &set, w);
    reply_header(out, "Cache-Control", "private, no-cache");
    if (w)
        world_drop(w);
    return true;
}
