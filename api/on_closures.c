/* Streets that are closed or slowed for a time. */
#include <math.h>
#include <string.h>

#include "api/handlers.h"
#include "api/registrar.h"
#include "api/rotas.h"
#include "api/way.h"
#include "engine/audit.h"
#include "engine/closure_edit.h"
#include "engine/closures.h"
#include "engine/engine.h"
#include "geo/geojson.h"
#include "geo/instant.h"
#include "geo/shape.h"

enum {
    /* what may be changed */
    REASON,
    STARTS,
    ENDS,
    /* what stays */
    ORG,
    MODES,
    DIRECTION,
    EFFECT,
    FACTOR,
    SPEED,
    SEGMENTS,
    BETWEEN,
    AREA,
    WAY,
    KEYS,
    KEYS_OF_CHANGE = ORG
};

static const struct input_key NAMES[KEYS] = {
    [REASON] = { "reason", true, NULL },    [STARTS] = { "starts_at", false, NULL },
    [ENDS] = { "ends_at", false, NULL },    [ORG] = { "org_id", false, NULL },
    [MODES] = { "modes", false, NULL },     [DIRECTION] = { "direction", false, NULL },
    [EFFECT] = { "effect", false, NULL },   [FACTOR] = { "factor", false, NULL },
    [SPEED] = { "speed_kmh", false, NULL }, [SEGMENTS] = { "segment_ids", false, NULL },
    [BETWEEN] = { "between", false, NULL }, [AREA] = { "area", false, NULL },
    [WAY] = { "way_id", false, NULL },
};

static const char *const EFFECTS[] = { "closed", "slowed" };
enum { CLOSED, SLOWED };

static const char GEOJSON[] = "application/geo+json";

/* ------------------------------------------------------------------ reading */

static bool read_modes(const struct input *v, uint32_t *out, struct fail *f)
{
    int32_t count;

    if (!v)
        return true;
    if (!input_array(v, 1, MODE_COUNT, &count, f))
        return false;
    *out = 0;
    for (int32_t i = 0; i < count; i++) {
        enum mode mode;

        if (!way_read_mode(input_item(v, i), &mode, f))
            return false;
        *out |= 1u << mode;
    }
    return true;
}

static bool read_thousandths(const struct input *v, double min, double max, int32_t *out,
                             struct fail *f)
{
    double number;

    if (!v)
        return true;
    if (!input_number(v, min, max, &number, f))
        return false;
    *out = (int32_t)lround(number * 1000);
    return true;
}

/* Slowed is by a factor or to a speed, closed is neither. */
static bool read_effect(const struct input_key *keys, struct closure_edit *e, struct fail *f)
{
    int32_t effect = CLOSED;

    if ((keys[EFFECT].value && !input_word(keys[EFFECT].value, EFFECTS, 2, &effect, f)) ||
        !read_thousandths(keys[FACTOR].value, PACE_FACTOR_MIN / 1000.0, PACE_FACTOR_MAX / 1000.0,
                          &e->factor, f) ||
        !read_thousandths(keys[SPEED].value, CLOSURE_EDIT_SPEED_MIN_KMH, CLOSURE_EDIT_SPEED_MAX_KMH,
                          &e->speed_mh, f))
        return false;
    const int given = !!keys[FACTOR].value + !!keys[SPEED].value;

    if (given == (effect == SLOWED))
        return true;
    fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "%s with %d of factor and speed_kmh",
             EFFECTS[effect], given);
    fail_allowed(f, "slowed with one of factor and speed_kmh, closed with neither");
    fail_value(f, EFFECTS[effect]);
    return fail_at(f, "/effect");
}

static bool read_moment(const struct input *v, int64_t *out_us, struct fail *f)
{
    return !v || rotas_read_moment(v, out_us, f);
}

static bool read_segments(const struct request *r, const struct input *v, struct closure_edit *e,
                          struct fail *f)
{
    if (!input_array(v, 1, CLOSURE_EDIT_IDS_MAX, &e->segment_count, f))
        return false;
    int64_t *ids = arena_take(r->arena, (size_t)e->segment_count, sizeof *ids);

    for (int32_t i = 0; i < e->segment_count; i++)
        if (!rotas_read_id(input_item(v, i), &ids[i], f))
            return false;
    e->segment_ids = ids;
    return true;
}

static bool read_between(const struct request *r, const struct input *v, struct closure_edit *e,
                         struct fail *f)
{
    struct point ends[2];
    int32_t count;

    if (!input_array(v, 2, 2, &count, f) || !frame_read_place(input_item(v, 0), &ends[0], f) ||
        !frame_read_place(input_item(v, 1), &ends[1], f))
        return false;
    const struct world *w = engine_hold_city(r->engine, f);
    const bool is_found = w && closure_edit_between(e, w, ends[0], ends[1], r->arena, f);

    world_drop(w);
    return is_found;
}

static bool read_area(const struct request *r, const struct input *v, struct closure_edit *e,
                      struct fail *f)
{
    if (!rotas_read_area(r, v, CLOSURE_EDIT_AREA_POINTS_MAX, &e->area, f))
        return false;
    if (e->direction == CLOSURE_EDIT_BOTH)
        return true;
    fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "an area has no direction %s",
             CLOSURE_EDIT_DIRECTION_WORDS[e->direction]);
    fail_allowed(f, "both");
    fail_value(f, CLOSURE_EDIT_DIRECTION_WORDS[e->direction]);
    return fail_at(f, "/direction");
}

static bool read_streets(const struct request *r, const struct input_key *keys,
                         struct closure_edit *e, struct fail *f)
{
    const int count =
        !!keys[SEGMENTS].value + !!keys[BETWEEN].value + !!keys[AREA].value + !!keys[WAY].value;
    int32_t direction = CLOSURE_EDIT_BOTH;

    if (count != 1) {
        fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "%d keys say which streets", count);
        fail_allowed(f, "one of segment_ids, between, area, way_id");
        return fail_value(f, arena_text(r->arena, "%d keys", count));
    }
    if (keys[DIRECTION].value && !input_word(keys[DIRECTION].value, CLOSURE_EDIT_DIRECTION_WORDS,
                                             CLOSURE_EDIT_DIRECTIONS, &direction, f))
        return false;
    e->direction = (enum closure_edit_direction)direction;
    if (keys[SEGMENTS].value)
        return read_segments(r, keys[SEGMENTS].value, e, f);
    if (keys[BETWEEN].value)
        return read_between(r, keys[BETWEEN].value, e, f);
    return keys[AREA].value ? read_area(r, keys[AREA].value, e, f)
                            : rotas_read_id(keys[WAY].value, &e->way_id, f);
}

static void take_keys(struct input_key *keys, int32_t count, bool is_new)
{
    for (int32_t i = 0; i < count; i++) {
        keys[i] = NAMES[i];
        keys[i].required = keys[i].required && is_new;
    }
}

/* ------------------------------------------------------------------ doing */

static bool record(const struct request *r, struct db *db, const struct closure_edit *e,
                   const char *action, const char *detail, struct fail *f)
{
    const struct audit_entry entry = {
        .token_id = r->caller.token_id,
        .person_id = r->caller.person_id,
        .org_id = e->org_id,
        .action = action,
        .subject = arena_text(r->arena, "closure %lld", (long long)e->closure_id),
        .purpose = e->reason,
        .request_id = r->id,
        .detail = detail,
    };

    return audit_add(db, &entry, f);
}

static const char *moment_or_null(int64_t us, struct arena *a)
{
    char text[INSTANT_SIZE];

    if (us == 0)
        return "null";
    instant_write(us, text);
    return arena_text(a, "\"%s\"", text);
}

static const char *times_of(const struct closure_edit *e, struct arena *a)
{
    return arena_text(a, "{\"starts_at\":%s,\"ends_at\":%s}", moment_or_null(e->starts_us, a),
                      moment_or_null(e->ends_us, a));
}

static const char *effect_of(const struct closure_edit *e, struct arena *a)
{
    const char *what = e->factor     ? arena_text(a, "\"factor\":%g", e->factor / 1000.0)
                       : e->speed_mh ? arena_text(a, "\"speed_kmh\":%g", e->speed_mh / 1000.0)
                                     : "\"closed\":true";

    return arena_text(a, "{%s,\"modes\":%u,\"starts_at\":%s,\"ends_at\":%s}", what, e->modes,
                      moment_or_null(e->starts_us, a), moment_or_null(e->ends_us, a));
}

static bool offer_repair(const struct request *r, const struct input *area,
                         const struct figure *figure, struct reply *out, struct fail *f)
{
    enum frame frame = FRAME_WGS84;
    struct fail unused;

    frame_read_word(input_get(area, "frame"), &frame, &unused); /* it was read before */
    fail_at(f, "/area");
    return registrar_offer_repair(r, figure, frame, out, f);
}

struct creation {
    const struct request *r;
    struct closure_edit edit;
};

/* Who is answered may count on it: what she asks this process next knows of the change. */
static bool obey(const struct request *r)
{
    closures_obey(engine_closures(r->engine));
    return true;
}

static bool make(void *self, struct db *db, int64_t id, struct fail *f)
{
    struct creation *c = self;

    c->edit.closure_id = id;
    return closure_edit_add(db, &c->edit, c->r->arena, f) &&
           record(c->r, db, &c->edit, "closure_created", effect_of(&c->edit, c->r->arena), f);
}

bool on_closures_create(const struct request *r, struct reply *out, struct fail *f)
{
    struct creation c = { .r = r,
                          .edit = { .org_id = r->caller.org_id, .modes = (1u << MODE_COUNT) - 1 } };
    const struct rotas_making making = { r, ROTA_CLOSURES, make, &c };
    struct input_key keys[KEYS];
    const struct input *body;

    take_keys(keys, KEYS, true);
    if (!request_json(r, &body, f) || !input_keys(body, keys, KEYS, f) ||
        !input_text(keys[REASON].value, CLOSURE_EDIT_REASON_MAX, &c.edit.reason, f) ||
        !rotas_read_id(keys[ORG].value, &c.edit.org_id, f) ||
        !read_modes(keys[MODES].value, &c.edit.modes, f) || !read_effect(keys, &c.edit, f) ||
        !read_moment(keys[STARTS].value, &c.edit.starts_us, f) ||
        !read_moment(keys[ENDS].value, &c.edit.ends_us, f) || !read_streets(r, keys, &c.edit, f))
        return false;
    if (c.edit.area && !shape_check(shape_take(r->arena), c.edit.area, f))
        return offer_repair(r, keys[AREA].value, c.edit.area, out, f);
    return rotas_make(&making, out, f) && obey(r);
}

struct change {
    const struct request *r;
    int64_t closure_id;
    int64_t version;
    const struct input_key *keys;
    bool ends_never; /* ends_at is null, not absent */
};

static bool change(void *self, struct db *db, struct fail *f)
{
    const struct change *c = self;
    struct closure_edit e;

    if (!closure_edit_get(db, c->closure_id, c->r->arena, &e, f) ||
        (c->keys[REASON].value &&
         !input_text(c->keys[REASON].value, CLOSURE_EDIT_REASON_MAX, &e.reason, f)) ||
        !read_moment(c->keys[STARTS].value, &e.starts_us, f) ||
        !read_moment(c->keys[ENDS].value, &e.ends_us, f))
        return false;
    if (c->ends_never)
        e.ends_us = 0;
    e.version = c->version;
    return closure_edit_change(db, &e, c->r->arena, f) &&
           record(c->r, db, &e, "closure_changed", times_of(&e, c->r->arena), f);
}

static bool is_null(const struct input *body, const char *name)
{
    const struct input *value;
    void *cursor = NULL;

    for (const char *key; (key = input_next(body, &cursor, &value));)
        if (strcmp(key, name) == 0)
            return input_is_null(value);
    return false;
}

bool on_closures_change(const struct request *r, struct reply *out, struct fail *f)
{
    struct input_key keys[KEYS_OF_CHANGE];
    struct change c = { .r = r, .keys = keys };
    const struct input *body;

    take_keys(keys, KEYS_OF_CHANGE, false);
    if (!rotas_id(r, ROTA_CLOSURES, &c.closure_id, f) ||
        !registrar_version(r, true, &c.version, f) || !request_json(r, &body, f) ||
        !input_keys(body, keys, KEYS_OF_CHANGE, f))
        return false;
    c.ends_never = is_null(body, "ends_at");
    return rotas_change(r, ROTA_CLOSURES, &c.closure_id, change, &c, out, f) && obey(r);
}

/* Lifting what is lifted changes nothing. */
static bool lift(const struct request *r, struct db *db, int64_t id, struct fail *f)
{
    struct closure_edit e = { .closure_id = id };
    struct rota_item item;

    return rota_get(db, ROTA_CLOSURES, id, r->arena, &item, f) &&
           closure_edit_lift(db, &e, r->arena, f) &&
           (e.org_id == 0 || record(r, db, &e, "closure_lifted", NULL, f)) && db_commit(db, f);
}

bool on_closures_lift(const struct request *r, struct reply *out, struct fail *f)
{
    struct db *db;
    int64_t id;

    if (!rotas_id(r, ROTA_CLOSURES, &id, f) || !request_db(r, &db, f) || !db_begin(db, f))
        return false;
    if (!lift(r, db, id, f)) {
        db_rollback(db);
        return false;
    }
    reply_empty(out, REPLY_NO_CONTENT);
    return obey(r);
}

/* ------------------------------------------------------------------ lists */

bool on_closures_list(const struct request *r, struct reply *out, struct fail *f)
{
    bool unused;

    return registrar_flag(r, "active", &unused, f) && rotas_list(r, ROTA_CLOSURES, 0, out, f);
}

bool on_closures_get(const struct request *r, struct reply *out, struct fail *f)
{
    return rotas_get(r, ROTA_CLOSURES, out, f);
}

/* ------------------------------------------------------------------ for everyone */

/* What the streets themselves would show: not whose it is, nor why, nor its number. */

static bool put_line(struct emit *e, const struct network *n, int32_t segment, enum frame frame,
                     struct fail *f)
{
    emit_array(e);
    for (int32_t i = n->first_shape[segment]; i < n->first_shape[segment + 1]; i++) {
        struct point p;

        if (!frame_from_wgs84(frame, point_from_e7(n->shape[i]), &p, f))
            return false;
        geojson_write_position(e, p);
    }
    emit_end(e);
    return true;
}

static void put_properties(struct emit *e, const struct closure_book_one *one)
{
    char text[INSTANT_SIZE];

    emit_key(e, "properties");
    emit_object(e);
    emit_key_text(e, "effect", EFFECTS[one->factor || one->speed_mh ? SLOWED : CLOSED]);
    if (one->factor)
        emit_key_number(e, "factor", one->factor / 1000.0, 3);
    if (one->speed_mh)
        emit_key_number(e, "speed_kmh", one->speed_mh / 1000.0, 3);
    emit_key(e, "modes");
    emit_array(e);
    for (enum mode mode = 0; mode < MODE_COUNT; mode++)
        if (one->modes >> mode & 1)
            emit_text(e, network_mode_word(mode));
    emit_end(e);
    instant_write(one->ends_us, text);
    emit_key_text(e, "ends_at", one->ends_us ? text : NULL);
    emit_end(e);
}

static bool put_feature(struct emit *e, const struct network *n, const struct closure_book_one *one,
                        enum frame frame, struct fail *f)
{
    emit_object(e);
    emit_key_text(e, "type", "Feature");
    put_properties(e, one);
    emit_key(e, "geometry");
    emit_object(e);
    emit_key_text(e, "type", "MultiLineString");
    emit_key(e, "coordinates");
    emit_array(e);
    for (int32_t i = 0; i < one->segment_count; i++)
        if (!put_line(e, n, one->segments[i], frame, f))
            return false;
    emit_end(e);
    emit_end(e);
    emit_end(e);
    return true;
}

static bool put_streets(struct emit *e, const struct world *w, const struct closure_book_one *list,
                        int32_t count, enum frame frame, struct fail *f)
{
    emit_object(e);
    emit_key_text(e, "type", "FeatureCollection");
    emit_key_text(e, "frame", frame_word(frame));
    emit_key(e, "features");
    emit_array(e);
    for (int32_t i = 0; i < count; i++)
        if (list[i].segment_count > 0 && !put_feature(e, w->network, &list[i], frame, f))
            return false;
    emit_end(e);
    emit_end(e);
    return true;
}

bool on_closures_streets(const struct request *r, struct reply *out, struct fail *f)
{
    const struct closure_book_one *list;
    const struct world *w;
    struct emit e;
    enum frame frame;

    if (!way_read_frame(request_query(r, "frame"), &frame, f))
        return false;
    const int32_t count = closures_list(engine_closures(r->engine), r->arena, &w, &list);

    e = emit_to(reply_bytes(out, REPLY_OK, GEOJSON));
    const bool ok = put_streets(&e, w, list, count, frame, f);

    world_drop(w);
    return ok;
}
