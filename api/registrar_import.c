/* An import reads every feature before it touches the database, so that one
 * answer names all that is wrong with the file. */
#include "api/registrar_import.h"

#include <stdlib.h>
#include <string.h>

#include "api/registrar.h"
#include "api/registrar_json.h"
#include "api/registrar_refs.h"
#include "engine/engine.h"
#include "engine/grids.h"
#include "geo/base/buf.h"
#include "geo/geojson.h"
#include "geo/shape.h"

enum { SCRATCH_MAX = 1 << 16 };

struct error {
    int32_t index;
    struct fail fail;
    bool has_where;
    struct point where;
    const struct figure *area; /* to be repaired, or NULL */
};

/* A file on its way in. */
struct intake {
    struct registrar_import batch;
    enum frame frame;
    int32_t *feature_of; /* item → feature */
    int32_t error_count; /* of all features that cannot be taken */
    int32_t kept_count;
    struct error errors[REGISTRAR_IMPORT_ERRORS_MAX];
    const char *ignored[REGISTRAR_IMPORT_IGNORED_MAX];
    int32_t ignored_count;
};

/* ---- reading */

static void keep_error(struct intake *in, int32_t index, const struct figure *area,
                       const struct fail *f)
{
    in->error_count++;
    if (in->kept_count == REGISTRAR_IMPORT_ERRORS_MAX)
        return;
    struct error *error = &in->errors[in->kept_count++];

    *error = (struct error){ .index = index, .fail = *f };
    error->has_where =
        registrar_turn_failure(&error->fail, in->frame, in->batch.r->arena, &error->where);
    error->area = error->has_where ? area : NULL;
}

/* What registry_check says of the noun's own object, said of the feature. */
static void point_into_feature(struct intake *in, int32_t index, struct fail *f)
{
    const bool shape = strcmp(f->pointer, "/area") == 0 || strcmp(f->pointer, "/place") == 0;

    fail_at(f, arena_text(in->batch.r->arena, "/features/%d%s%s", index,
                          shape ? "/geometry" : "/properties", shape ? "" : f->pointer));
}

static void note_ignored(struct intake *in, const char *name)
{
    if (registry_field_find(registry_kind(in->batch.noun), name) >= 0)
        return;
    for (int32_t i = 0; i < in->ignored_count; i++)
        if (strcmp(in->ignored[i], name) == 0)
            return;
    if (in->ignored_count < REGISTRAR_IMPORT_IGNORED_MAX)
        in->ignored[in->ignored_count++] = name;
}

static void note_properties(struct intake *in, const struct input *properties)
{
    const struct input *value;
    void *cursor = NULL;
    const char *name;

    while ((name = input_next(properties, &cursor, &value)))
        note_ignored(in, name);
}

static bool read_feature(struct intake *in, const struct input *v, struct registry_item *item,
                         struct fail *f)
{
    static const char *const FEATURE[] = { "Feature" };
    struct input_key keys[] = {
        { .name = "type", .required = true },
        { .name = "geometry", .required = true },
        { .name = "properties" },
        { .name = "id" },
        { .name = "bbox" },
    };
    const enum registry_noun noun = in->batch.noun;
    struct arena *a = in->batch.r->arena;
    int32_t word;

    *item = registry_blank(noun);
    if (!input_keys(v, keys, sizeof keys / sizeof *keys, f) ||
        !input_word(keys[0].value, FEATURE, 1, &word, f))
        return false;
    if (keys[2].value && !input_is_object(keys[2].value)) {
        fail_set(f, FAIL_INPUT, VALUE_WRONG_TYPE, "properties must be an object");
        return input_blame(keys[2].value, f);
    }
    if (keys[2].value)
        note_properties(in, keys[2].value);
    return geojson_read_geometry(a, keys[1].value, in->frame,
                                 registry_kind(noun)->shape == REGISTRY_POINT ? FIGURE_POINTS
                                                                              : FIGURE_AREAS,
                                 &item->figure, f) &&
           registrar_json_properties(noun, keys[2].value ? keys[2].value : v, a, item, f);
}

static bool is_one_point(const struct intake *in, const struct registry_item *item, struct fail *f)
{
    if (registry_kind(in->batch.noun)->shape != REGISTRY_POINT || item->figure.point_count == 1)
        return true;
    fail_set(f, FAIL_INPUT, FIGURE_KIND, "a %s is one point and not %d",
             registry_kind(in->batch.noun)->noun, item->figure.point_count);
    fail_allowed(f, "Point");
    return fail_at(f, "/place");
}

static void take_feature(struct intake *in, const struct input *feature, int32_t index,
                         struct shape *shape)
{
    struct registry_item *item = &in->batch.items[in->batch.count];
    struct fail f;

    if (!read_feature(in, feature, item, &f)) {
        keep_error(in, index, NULL, &f);
        return;
    }
    if (!is_one_point(in, item, &f) || !registry_check(in->batch.noun, item, shape, &f) ||
        !registrar_refs_check(in->batch.r, NULL, in->batch.noun, item, &f)) {
        struct figure *area = arena_take(in->batch.r->arena, 1, sizeof *area);

        *area = item->figure;
        point_into_feature(in, index, &f);
        keep_error(in, index, area, &f);
        return;
    }
    in->feature_of[in->batch.count++] = index;
}

/* What GEOS makes of a feature is of no use after its check; kept until the end of
 * the request it would take more room than the file. */
static void read_features(struct intake *in, const struct input *features, int32_t count)
{
    struct arena *scratch = arena_new();
    struct shape *shape = shape_take(scratch);

    for (int32_t i = 0; i < count; i++) {
        if (arena_used(scratch) > SCRATCH_MAX) {
            arena_reset(scratch);
            shape = shape_take(scratch);
        }
        take_feature(in, input_item(features, i), i, shape);
    }
    arena_free(scratch);
}

static bool read_collection(const struct input *body, struct intake *in,
                            const struct input **features, int32_t *count, struct fail *f)
{
    static const char *const COLLECTION[] = { "FeatureCollection" };
    struct input_key keys[] = {
        { .name = "type", .required = true },
        { .name = "frame" },
        { .name = "features", .required = true },
        { .name = "name" },
        { .name = "crs" },
        { .name = "bbox" },
        { .name = "next" }, /* of a list that was asked for as GeoJSON */
    };
    int32_t word;

    if (!input_keys(body, keys, sizeof keys / sizeof *keys, f) ||
        !input_word(keys[0].value, COLLECTION, 1, &word, f) ||
        !frame_read_word(keys[1].value, &in->frame, f) || !geojson_crs(keys[4].value, f))
        return false;
    *features = keys[2].value;
    return input_array(keys[2].value, 1, REGISTRAR_IMPORT_FEATURES_MAX, count, f);
}

/* ---- codes that stand twice */

struct code_at {
    const char *profile; /* of a grid; else "" */
    const char *code;
    int32_t item;
};

static int by_code(const void *one, const void *other)
{
    const struct code_at *a = one;
    const struct code_at *b = other;
    int order = strcmp(a->code, b->code);

    if (order == 0)
        order = strcmp(a->profile, b->profile);
    return order != 0 ? order : a->item - b->item;
}

static void find_repeated(struct intake *in)
{
    struct registrar_import *batch = &in->batch;
    const int32_t profile = registry_field_find(registry_kind(batch->noun), "profile");
    struct code_at *codes = arena_take(batch->r->arena, (size_t)batch->count + 1, sizeof *codes);

    for (int32_t i = 0; i < batch->count; i++)
        codes[i] = (struct code_at){
            profile >= 0 ? batch->items[i].values[profile].text : "",
            registry_code(&batch->items[i]),
            i,
        };
    qsort(codes, (size_t)batch->count, sizeof *codes, by_code);
    for (int32_t i = 1; i < batch->count; i++) {
        const int32_t feature = in->feature_of[codes[i].item];
        struct fail f;

        if (strcmp(codes[i].code, codes[i - 1].code) != 0 ||
            strcmp(codes[i].profile, codes[i - 1].profile) != 0)
            continue;
        fail_set(&f, FAIL_INPUT, CODE_REPEATED, "features %d and %d have the same code: %.40s",
                 in->feature_of[codes[i - 1].item], feature, codes[i].code);
        fail_at(&f, "/code");
        fail_value(&f, codes[i].code);
        point_into_feature(in, feature, &f);
        keep_error(in, feature, NULL, &f);
    }
}

static bool find_taken(struct intake *in, struct db *db, struct fail *f)
{
    struct registrar_import *batch = &in->batch;
    struct registry_taken taken;

    if (!registry_find_taken(db, batch->noun, batch->items, batch->count, batch->r->arena, &taken,
                             f))
        return false;
    for (int32_t i = 0; i < taken.count; i++) {
        const int32_t item = taken.item_at[i];
        struct fail said;

        registry_fail_taken(batch->noun, &batch->items[item], taken.id[i], &said);
        point_into_feature(in, in->feature_of[item], &said);
        keep_error(in, in->feature_of[item], NULL, &said);
    }
    return true;
}

/* ---- answering */

static int by_index(const void *one, const void *other)
{
    const struct error *a = one;
    const struct error *b = other;

    return a->index - b->index;
}

static void write_errors(struct emit *e, struct intake *in)
{
    emit_key_int(e, "refused", in->error_count);
    emit_key(e, "errors");
    emit_array(e);
    for (int32_t i = 0; i < in->kept_count; i++) {
        const struct error *error = &in->errors[i];

        emit_object(e);
        emit_key_int(e, "index", error->index);
        emit_key_text(e, "pointer", error->fail.pointer);
        emit_key_text(e, "code", fail_word(error->fail.code));
        emit_key_text(e, "detail", error->fail.text);
        if (error->fail.value[0])
            emit_key_text(e, "value", error->fail.value);
        if (error->fail.allowed[0])
            emit_key_text(e, "allowed", error->fail.allowed);
        if (error->has_where) {
            emit_key(e, "where");
            registrar_json_place(e, error->where, in->frame);
        }
        if (error->area)
            registrar_write_repair(e, error->area, in->frame, in->batch.r->arena);
        emit_end(e);
    }
    emit_end(e);
}

static void write_ignored(struct emit *e, const char *const *ignored, int32_t count)
{
    emit_key(e, "ignored_properties");
    emit_array(e);
    for (int32_t i = 0; i < count; i++)
        emit_text(e, ignored[i]);
    emit_end(e);
}

static bool refuse(struct intake *in, bool dry_run, struct reply *out, struct fail *f)
{
    struct emit *e;

    qsort(in->errors, (size_t)in->kept_count, sizeof *in->errors, by_index);
    fail_set(f, FAIL_INPUT, IMPORT_REFUSED,
             "%d feature%s cannot be taken, nothing was imported; the first is feature %d: %.200s",
             in->error_count, in->error_count == 1 ? "" : "s", in->errors[0].index,
             in->errors[0].fail.text);
    fail_at(f, in->errors[0].fail.pointer);
    if (dry_run) {
        e = reply_json(out, REPLY_OK);
        emit_object(e);
        emit_key_bool(e, "dry_run", true);
        emit_key_int(e, "would_add", 0);
        write_ignored(e, in->ignored, in->ignored_count);
    } else {
        e = reply_problem(out, 0, f);
    }
    write_errors(e, in);
    emit_end(e);
    return true;
}

static void write_cells(struct emit *e, struct registrar_import *batch)
{
    emit_key(e, "preview");
    emit_object(e);
    emit_key_text(e, "type", "FeatureCollection");
    emit_key_text(e, "frame", frame_word(batch->frame));
    emit_key(e, "features");
    emit_array(e);
    for (int32_t i = 0; i < batch->count; i++)
        registrar_json_feature(e, batch->noun, &batch->items[i]);
    emit_end(e);
    emit_end(e);
}

/* Adds in the transaction that is open and says what came of it. */
static bool add(struct registrar_import *batch, struct db *db, struct grids_overlaps *overlaps,
                struct fail *f)
{
    const struct request *r = batch->r;
    struct registry_taken taken;

    *overlaps = (struct grids_overlaps){ 0 };
    for (int32_t i = 0; i < batch->count; i++)
        registrar_refs_fill(r, batch->noun, &batch->items[i]);
    if (!registry_begin_writing(db, batch->noun, f) ||
        !registry_find_taken(db, batch->noun, batch->items, batch->count, r->arena, &taken, f))
        return false;
    if (taken.count > 0)
        return registry_fail_taken(batch->noun, &batch->items[taken.item_at[0]], taken.id[0], f);
    return registry_add(db, engine_ids(r->engine), batch->noun, batch->items, batch->count, f) &&
           registrar_refs_record_import(r, db, batch->noun, batch->count, f) &&
           (batch->noun != REGISTRY_GRIDS ||
            grids_find_overlaps(db, batch->items, batch->count, !batch->laid, r->arena, overlaps,
                                f));
}

static bool make(void *self, struct db *db, struct emit *e, const char **location, struct fail *f)
{
    struct registrar_import *batch = self;
    struct grids_overlaps overlaps;

    *location = NULL;
    if (!add(batch, db, &overlaps, f))
        return false;
    emit_object(e);
    emit_key_int(e, "added", batch->count);
    write_ignored(e, batch->ignored, batch->ignored_count);
    registrar_json_overlaps(e, &overlaps);
    emit_end(e);
    return true;
}

static bool preview(struct registrar_import *batch, struct reply *out, struct fail *f)
{
    struct arena *a = batch->r->arena;
    struct grids_overlaps overlaps;
    struct db *db;

    if (!request_db(batch->r, &db, f) || !db_begin(db, f))
        return false;
    const bool ok = add(batch, db, &overlaps, f);

    db_rollback(db);
    if (!ok ||
        (batch->laid && !registrar_json_turn(batch->items, batch->count, batch->frame, a, f)))
        return false;
    for (int32_t i = 0; i < batch->count; i++)
        batch->items[i].id = 0; /* it is not there */
    struct emit *e = reply_json(out, REPLY_OK);

    emit_object(e);
    emit_key_bool(e, "dry_run", true);
    emit_key_int(e, "would_add", batch->count);
    emit_key_int(e, "refused", 0);
    emit_key(e, "errors");
    emit_array(e);
    emit_end(e);
    write_ignored(e, batch->ignored, batch->ignored_count);
    registrar_json_overlaps(e, &overlaps);
    if (batch->laid)
        write_cells(e, batch);
    emit_end(e);
    return true;
}

bool registrar_import_add(struct registrar_import *batch, bool dry_run, struct reply *out,
                          struct fail *f)
{
    return dry_run ? preview(batch, out, f) : registrar_once(batch->r, out, make, batch, f);
}

bool registrar_import(const struct request *r, enum registry_noun noun, struct reply *out,
                      struct fail *f)
{
    struct intake *in = arena_take(r->arena, 1, sizeof *in);
    const struct input *body, *features;
    struct db *db;
    int32_t count;
    bool dry_run;

    in->batch = (struct registrar_import){ .r = r, .noun = noun };
    if (!registrar_flag(r, "dry_run", &dry_run, f) || !request_json(r, &body, f) ||
        !read_collection(body, in, &features, &count, f) || !request_db(r, &db, f))
        return false;
    in->batch.items = arena_take(r->arena, (size_t)count, sizeof *in->batch.items);
    in->feature_of = arena_take(r->arena, (size_t)count, sizeof *in->feature_of);
    read_features(in, features, count);
    find_repeated(in);
    in->batch.ignored = in->ignored;
    in->batch.ignored_count = in->ignored_count;
    if (in->error_count == 0 && registrar_import_add(&in->batch, dry_run, out, f))
        return true;
    /* A code may be taken, and the caller wants to hear of all of them. That is
     * asked after the key of the request was looked up: sent again, it is answered
     * from there and not by its own rows. */
    if (in->error_count == 0 && f->code != CODE_CODE_TAKEN)
        return false;
    if (!find_taken(in, db, f))
        return false;
    return in->error_count > 0 && refuse(in, dry_run, out, f);
}
