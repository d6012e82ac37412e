/* One reader and one writer for all nouns, led by their table of fields. */
#include "api/registrar_json.h"

#include <assert.h>
#include <string.h>

#include "geo/base/buf.h"
#include "geo/geojson.h"

enum {
    DECIMALS = 7,
    M2_DECIMALS = 1,
    DATE_BYTES = 10,
    ITEM_MAX = 100, /* bytes of the name of a piece of equipment */
    ITEM_COUNT_MAX = 100000,
};

static const int64_t ID_MAX = (INT64_C(1) << 53) - 1;

static const char *shape_key(const struct registry_kind *kind)
{
    return kind->shape == REGISTRY_POINT ? "place" : "area";
}

/* ---- reading */

/* An optional text may be emptied. */
static bool is_empty_text(const struct input *v, struct arena *a)
{
    return input_is_text(v) && strcmp(input_dump(a, v), "\"\"") == 0;
}

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int digits(const char *text, int count)
{
    int number = 0;

    for (int i = 0; i < count; i++)
        number = 10 * number + text[i] - '0';
    return number;
}

/* A day that the calendar has: 2027-01-31. */
static bool is_date(const char *text)
{
    static const int DAYS[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

    if (strlen(text) != DATE_BYTES)
        return false;
    for (int i = 0; i < DATE_BYTES; i++)
        if (i == 4 || i == 7 ? text[i] != '-' : text[i] < '0' || text[i] > '9')
            return false;
    const int year = digits(text, 4);
    const int month = digits(&text[5], 2);
    const int day = digits(&text[8], 2);

    return year >= 1900 && month >= 1 && month <= 12 && day >= 1 &&
           day <= DAYS[month - 1] + (month == 2 && is_leap(year));
}

static bool read_date(const struct input *v, const char **out, struct fail *f)
{
    const char *text;

    if (!input_text(v, REGISTRY_WORDS_MAX, &text, f))
        return false;
    if (is_date(text)) {
        *out = text;
        return true;
    }
    fail_set(f, FAIL_INPUT, DATE_MALFORMED, "this is no date: %.40s", text);
    fail_allowed(f, "a day of the calendar, like 2027-01-31");
    fail_value(f, text);
    return input_blame(v, f);
}

static bool read_item(const struct input *v, struct emit *e, struct fail *f)
{
    struct input_key keys[] = { { .name = "item", .required = true },
                                { .name = "count", .required = true } };
    const char *item;
    int64_t count;

    if (!input_keys(v, keys, 2, f) || !input_text(keys[0].value, ITEM_MAX, &item, f) ||
        !input_int(keys[1].value, 1, ITEM_COUNT_MAX, &count, f))
        return false;
    emit_object(e);
    emit_key_text(e, "item", item);
    emit_key_int(e, "count", count);
    emit_end(e);
    return true;
}

/* Kept as JSON that we have written ourselves. */
static bool read_list(const struct input *v, struct arena *a, const char **out, struct fail *f)
{
    struct buf bytes = { 0 };
    struct emit e = emit_to(&bytes);
    int32_t count;
    bool is_good = input_array(v, 0, REGISTRY_LIST_MAX, &count, f);

    if (!is_good)
        return false;
    emit_array(&e);
    for (int32_t i = 0; is_good && i < count; i++)
        is_good = read_item(input_item(v, i), &e, f);
    if (is_good) {
        emit_end(&e);
        *out = arena_copy(a, bytes.bytes, bytes.size);
    }
    buf_free(&bytes);
    return is_good;
}

static bool read_value(const struct registry_field *field, const struct input *v, struct arena *a,
                       struct registry_value *out, struct fail *f)
{
    int32_t word;

    switch (field->type) {
    case REGISTRY_INT:
        return input_int(v, field->min, field->max, &out->number, f);
    case REGISTRY_WORD:
        if (!input_word(v, field->words, field->word_count, &word, f))
            return false;
        out->text = field->words[word];
        return true;
    case REGISTRY_ID:
        return input_int(v, 1, ID_MAX, &out->number, f);
    case REGISTRY_DATE:
        return read_date(v, &out->text, f);
    case REGISTRY_LIST:
        return read_list(v, a, &out->text, f);
    case REGISTRY_TEXT:
        break;
    }
    if (!field->required && is_empty_text(v, a)) {
        out->text = "";
        return true;
    }
    return input_text(v, (size_t)field->max, &out->text, f);
}

static bool read_shape(const struct registry_kind *kind, const struct input *v, struct arena *a,
                       struct figure *out, struct fail *f)
{
    struct point place;

    if (kind->shape != REGISTRY_POINT)
        return geojson_read_figure(a, v, FIGURE_AREAS, out, f);
    if (!frame_read_place(v, &place, f))
        return false;
    *out = figure_point(a, place);
    return true;
}

/* The keys that an object of the noun may have: its fields, then its shape if it has
 * one. Those of a change leave out what is fixed. */
static int32_t list_keys(const struct registry_kind *kind, bool change, struct input_key *keys)
{
    int32_t count = 0;

    for (int32_t i = 0; i < kind->field_count; i++)
        if (!change || !kind->fields[i].fixed)
            keys[count++] = (struct input_key){ .name = kind->fields[i].name,
                                                .required = !change && kind->fields[i].required };
    if (kind->shape != REGISTRY_NONE)
        keys[count++] =
            (struct input_key){ .name = shape_key(kind),
                                .required = !change && kind->shape != REGISTRY_AREA_OR_NONE };
    return count;
}

bool registrar_json_read(enum registry_noun noun, const struct input *v, struct arena *a,
                         struct registry_item *item, struct fail *f)
{
    const struct registry_kind *kind = registry_kind(noun);
    struct input_key keys[REGISTRY_FIELDS_MAX + 1];

    if (!input_keys(v, keys, list_keys(kind, false, keys), f))
        return false;
    *item = registry_blank(noun);
    for (int32_t i = 0; i < kind->field_count; i++)
        if (keys[i].value && !read_value(&kind->fields[i], keys[i].value, a, &item->values[i], f))
            return false;
    return kind->shape == REGISTRY_NONE || !keys[kind->field_count].value ||
           read_shape(kind, keys[kind->field_count].value, a, &item->figure, f);
}

static bool fail_null(const struct input *v, const char *name, struct fail *f)
{
    fail_set(f, FAIL_INPUT, VALUE_WRONG_TYPE, "%s cannot be left out", name);
    fail_allowed(f, "any value but null");
    return input_blame(v, f);
}

static bool patch_key(enum registry_noun noun, const char *name, const struct input *v,
                      struct arena *a, struct registry_item *item, struct fail *f)
{
    const struct registry_kind *kind = registry_kind(noun);
    const int32_t at = registry_field_find(kind, name);

    if (at < 0 && !input_is_null(v))
        return read_shape(kind, v, a, &item->figure, f);
    if (at < 0 && kind->shape != REGISTRY_AREA_OR_NONE)
        return fail_null(v, name, f);
    if (at < 0) {
        item->figure = (struct figure){ .kind = FIGURE_AREAS };
        return true;
    }
    if (!input_is_null(v))
        return read_value(&kind->fields[at], v, a, &item->values[at], f);
    if (kind->fields[at].required || kind->fields[at].refers == REGISTRY_TO_ORG)
        return fail_null(v, name, f);
    item->values[at] = registry_blank(noun).values[at];
    return true;
}

bool registrar_json_patch(enum registry_noun noun, const struct input *v, struct arena *a,
                          struct registry_item *item, struct fail *f)
{
    struct input_key keys[REGISTRY_FIELDS_MAX + 1];
    void *cursor = NULL;
    const struct input *value;
    const char *name;

    if (!input_keys(v, keys, list_keys(registry_kind(noun), true, keys), f))
        return false;
    while ((name = input_next(v, &cursor, &value)))
        if (!patch_key(noun, name, value, a, item, f))
            return false;
    return true;
}

bool registrar_json_properties(enum registry_noun noun, const struct input *v, struct arena *a,
                               struct registry_item *item, struct fail *f)
{
    const struct registry_kind *kind = registry_kind(noun);

    for (int32_t i = 0; i < kind->field_count; i++) {
        const struct registry_field *field = &kind->fields[i];
        const struct input *value = v ? input_get(v, field->name) : NULL;

        if (value && !read_value(field, value, a, &item->values[i], f))
            return false;
        if (!value && field->required) {
            fail_set(f, FAIL_INPUT, KEY_MISSING, "a property is missing: %s", field->name);
            return v ? input_blame(v, f) : false;
        }
    }
    return true;
}

/* ---- writing */

bool registrar_json_turn(struct registry_item *items, int32_t count, enum frame frame,
                         struct arena *a, struct fail *f)
{
    for (int32_t i = 0; i < count; i++) {
        const struct figure figure = items[i].figure;

        if (!figure_from_wgs84(a, frame, &figure, &items[i].figure, f))
            return false;
    }
    return true;
}

void registrar_json_place(struct emit *e, struct point p, enum frame frame)
{
    emit_object(e);
    emit_key_number(e, "lon", p.lon, DECIMALS);
    emit_key_number(e, "lat", p.lat, DECIMALS);
    emit_key_text(e, "frame", frame_word(frame));
    emit_end(e);
}

/* geojson_write closes the object that it opens, so the frame goes in front of
 * its first key. */
void registrar_json_figure(struct emit *e, const struct figure *figure, enum frame frame)
{
    struct buf whole = { 0 };
    struct buf geometry = { 0 };
    struct emit inner = emit_to(&geometry);

    geojson_write(&inner, figure);
    assert(geometry.size > 1 && geometry.bytes[0] == '{');
    buf_format(&whole, "{\"frame\":\"%s\",", frame_word(frame));
    buf_put(&whole, geometry.bytes + 1, geometry.size - 1);
    emit_raw(e, whole.bytes, whole.size);
    buf_free(&whole);
    buf_free(&geometry);
}

static void write_value(struct emit *e, const struct registry_field *field,
                        const struct registry_value *value)
{
    emit_key(e, field->name);
    if (field->type == REGISTRY_ID && value->number == 0)
        emit_null(e);
    else if (field->type == REGISTRY_INT || field->type == REGISTRY_ID)
        emit_int(e, value->number);
    else if (field->type == REGISTRY_LIST)
        emit_raw(e, value->text, strlen(value->text));
    else
        emit_text(e, value->text);
}

static void write_fields(struct emit *e, const struct registry_kind *kind,
                         const struct registry_item *item)
{
    for (int32_t i = 0; i < kind->field_count; i++)
        write_value(e, &kind->fields[i], &item->values[i]);
}

static void write_life(struct emit *e, const struct registry_item *item)
{
    emit_key_int(e, "version", item->version);
    emit_key_text(e, "valid_from", item->valid_from);
    emit_key_text(e, "valid_to", item->valid_to);
}

void registrar_json_write(struct emit *e, enum registry_noun noun, const struct registry_item *item,
                          enum frame frame)
{
    const struct registry_kind *kind = registry_kind(noun);

    emit_object(e);
    emit_key_int(e, kind->id_name, item->id);
    write_fields(e, kind, item);
    if (kind->shape != REGISTRY_NONE)
        emit_key(e, shape_key(kind));
    if (kind->shape == REGISTRY_POINT)
        registrar_json_place(e, item->figure.points[0], frame);
    else if (item->figure.point_count > 0)
        registrar_json_figure(e, &item->figure, frame);
    else if (kind->shape != REGISTRY_NONE)
        emit_null(e);
    write_life(e, item);
}

void registrar_json_feature(struct emit *e, enum registry_noun noun,
                            const struct registry_item *item)
{
    const struct registry_kind *kind = registry_kind(noun);

    emit_object(e);
    emit_key_text(e, "type", "Feature");
    if (item->id != 0)
        emit_key_int(e, "id", item->id);
    emit_key(e, "properties");
    emit_object(e);
    write_fields(e, kind, item);
    if (item->valid_from)
        write_life(e, item);
    emit_end(e);
    emit_key(e, "geometry");
    if (item->figure.point_count > 0)
        geojson_write(e, &item->figure);
    else
        emit_null(e);
    emit_end(e);
}

void registrar_json_overlaps(struct emit *e, const struct grids_overlaps *overlaps)
{
    emit_key(e, "warnings");
    emit_array(e);
    for (int32_t i = 0; i < overlaps->count; i++) {
        const struct grids_overlap *overlap = &overlaps->items[i];

        emit_object(e);
        emit_key_text(e, "code", fail_word(CODE_GRIDS_OVERLAP));
        emit_key_int(e, "grid_id", overlap->grid_id);
        emit_key_text(e, "grid_code", overlap->code);
        emit_key_int(e, "other_id", overlap->other_id);
        emit_key_text(e, "other_code", overlap->other_code);
        emit_key_number(e, "common_m2", overlap->common_m2, M2_DECIMALS);
        emit_end(e);
    }
    emit_end(e);
    emit_key_bool(e, "more_warnings", overlaps->more);
}
