/* Fuzz target of api/registrar_json.c: whatever comes in as the body of a noun of the
 * registry is refused, or every field of it is within its limits and its place is one;
 * and what was read can be written and is JSON. */
#include "api/registrar_json.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "geo/base/buf.h"
#include "geo/shape.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SIZE_MAX_BYTES = 1 << 16 };

static bool is_within(const struct registry_field *field, const struct registry_value *value)
{
    switch (field->type) {
    case REGISTRY_ID:
        return value->number >= 0 && value->number < INT64_C(1) << 53;
    case REGISTRY_DATE:
        return !value->text || strlen(value->text) == strlen("2026-11-22");
    case REGISTRY_INT:
        return value->number >= field->min && value->number <= field->max;
    case REGISTRY_TEXT:
        return strlen(value->text) <= (size_t)field->max && (!field->required || value->text[0]);
    case REGISTRY_LIST:
    case REGISTRY_WORD:
        break;
    }
    return value->text != NULL;
}

static void check_item(enum registry_noun noun, const struct registry_item *item)
{
    const struct registry_kind *kind = registry_kind(noun);

    for (int32_t i = 0; i < kind->field_count; i++)
        assert(is_within(&kind->fields[i], &item->values[i]));
    for (int32_t i = 0; i < item->figure.point_count; i++)
        assert(point_valid(item->figure.points[i]));
}

static void check_written(enum registry_noun noun, const struct registry_item *item,
                          struct arena *a)
{
    struct buf b = { 0 };
    struct emit e = emit_to(&b);
    struct fail f = { 0 };

    emit_array(&e);
    registrar_json_write(&e, noun, item, FRAME_WGS84);
    emit_end(&e);
    registrar_json_feature(&e, noun, item);
    emit_end(&e);
    assert(input_parse(a, b.bytes, b.size, &f));
    buf_free(&b);
}

static bool has_fixed(enum registry_noun noun)
{
    const struct registry_kind *kind = registry_kind(noun);
    bool fixed = false;

    for (int32_t i = 0; i < kind->field_count; i++)
        fixed |= kind->fields[i].fixed;
    return fixed;
}

static void read_as(enum registry_noun noun, const struct input *v, struct arena *a)
{
    struct registry_item item;
    struct fail f = { 0 };

    if (registrar_json_read(noun, v, a, &item, &f)) {
        check_item(noun, &item);
        if (registry_check(noun, &item, shape_take(a), &f)) {
            check_written(noun, &item, a);
            if (!has_fixed(noun)) /* such a body is a patch, too */
                assert(registrar_json_patch(noun, v, a, &item, &f));
        }
    }
    item = registry_blank(noun);
    if (input_is_object(v) && registrar_json_properties(noun, v, a, &item, &f))
        check_item(noun, &item);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct fail f = { 0 };

    if (size <= SIZE_MAX_BYTES) {
        const struct input *v = input_parse(a, arena_copy(a, data, size), size, &f);

        for (int32_t noun = 0; v && noun < REGISTRY_NOUNS; noun++)
            read_as((enum registry_noun)noun, v, a);
    }
    arena_free(a);
    return 0;
}
