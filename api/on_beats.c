/* Beats: the streets that a patrol walks, in their order. */
#include <string.h>

#include "api/handlers.h"
#include "api/rotas.h"
#include "engine/patrols.h"
#include "geo/frame.h"

static const char GEOJSON[] = "application/geo+json";

static bool read_segments(const struct request *r, const struct input *v, struct patrols_beat *b,
                          struct fail *f)
{
    if (!input_array(v, 1, PATROLS_SEGMENTS_MAX, &b->segment_count, f))
        return false;
    int64_t *ids = arena_take(r->arena, (size_t)b->segment_count, sizeof *ids);

    for (int32_t i = 0; i < b->segment_count; i++)
        if (!rotas_read_id(input_item(v, i), &ids[i], f))
            return false;
    b->segments = ids;
    return true;
}

static bool read_checkpoint(const struct input *v, struct patrols_checkpoint *c, struct fail *f)
{
    struct input_key keys[] = { { "name", true, NULL },
                                { "place", true, NULL },
                                { "stay_s", false, NULL } };

    *c = (struct patrols_checkpoint){ 0 };
    return input_keys(v, keys, 3, f) && input_text(keys[0].value, PATROLS_NAME_MAX, &c->name, f) &&
           frame_read_place(keys[1].value, &c->at, f) &&
           rotas_read_int(keys[2].value, 0, PATROLS_STAY_MAX_S, &c->stay_s, f);
}

static bool read_checkpoints(const struct request *r, const struct input *v, struct patrols_beat *b,
                             struct fail *f)
{
    if (!v)
        return true;
    if (!input_array(v, 0, PATROLS_CHECKPOINTS_MAX, &b->checkpoint_count, f))
        return false;
    struct patrols_checkpoint *all =
        arena_take(r->arena, (size_t)b->checkpoint_count + 1, sizeof *all);

    for (int32_t i = 0; i < b->checkpoint_count; i++)
        if (!read_checkpoint(input_item(v, i), &all[i], f))
            return false;
    b->checkpoints = all;
    return true;
}

struct beat_creation {
    const struct request *r;
    struct patrols_beat beat;
};

static bool make_beat(void *self, struct db *db, int64_t id, struct fail *f)
{
    struct beat_creation *c = self;
    const struct rotas_standing s = { .org_id = c->beat.org_id };

    c->beat.beat_id = id;
    return rotas_stands(c->r, db, &s, f) && patrols_add_beat(db, &c->beat, c->r->arena, f);
}

bool on_beats_create(const struct request *r, struct reply *out, struct fail *f)
{
    struct input_key keys[] = { { "org_id", true, NULL },
                                { "code", true, NULL },
                                { "name", true, NULL },
                                { "segments", true, NULL },
                                { "checkpoints", false, NULL } };
    struct beat_creation c = { .r = r };
    const struct rotas_making making = { r, ROTA_BEATS, make_beat, &c };
    const struct input *body;

    return request_json(r, &body, f) && input_keys(body, keys, 5, f) &&
           rotas_read_id(keys[0].value, &c.beat.org_id, f) &&
           input_text(keys[1].value, PATROLS_CODE_MAX, &c.beat.code, f) &&
           input_text(keys[2].value, PATROLS_NAME_MAX, &c.beat.name, f) &&
           read_segments(r, keys[3].value, &c.beat, f) &&
           read_checkpoints(r, keys[4].value, &c.beat, f) && rotas_make(&making, out, f);
}

bool on_beats_list(const struct request *r, struct reply *out, struct fail *f)
{
    return rotas_list(r, ROTA_BEATS, 0, out, f);
}

bool on_beats_get(const struct request *r, struct reply *out, struct fail *f)
{
    return rotas_get(r, ROTA_BEATS, out, f);
}

bool on_beats_geojson(const struct request *r, struct reply *out, struct fail *f)
{
    const char *feature;
    struct db *db;
    int64_t id;

    if (!rotas_id(r, ROTA_BEATS, &id, f) || !request_db(r, &db, f) ||
        !patrols_beat_geojson(db, id, r->arena, &feature, f))
        return false;
    buf_put(reply_bytes(out, REPLY_OK, GEOJSON), feature, strlen(feature));
    return true;
}

bool on_beats_close(const struct request *r, struct reply *out, struct fail *f)
{
    return rotas_close(r, ROTA_BEATS, patrols_close_beat, out, f);
}
