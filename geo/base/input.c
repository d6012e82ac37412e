/* The home of jansson. Its tree is owned by the arena; a struct input is a
 * jansson value together with the way back to the root, made when a caller
 * descends, so that a failure can say where it happened. */
#include "geo/base/input.h"

#include <assert.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "geo/base/buf.h"

struct input {
    json_t *value;
    struct arena *arena;
    const struct input *parent; /* NULL at the root */
    const char *key;            /* in an object */
    int32_t index;              /* in an array */
};

static void release(void *value)
{
    json_decref(value);
}

static struct input *node(struct arena *a, json_t *value, const struct input *parent,
                          const char *key, int32_t index)
{
    struct input *v = arena_take(a, 1, sizeof *v);

    *v = (struct input){ value, a, parent, key, index };
    return v;
}

static bool too_deep(struct fail *f)
{
    fail_set(f, FAIL_INPUT, JSON_DEEP, "the JSON is nested deeper than %d levels", INPUT_DEPTH_MAX);
    return fail_allowed(f, "at most %d levels", INPUT_DEPTH_MAX);
}

/* jansson's own nesting limit is 2,048, and three bytes of text become two hundred of
 * memory: both are counted before it sees the text. Brackets and commas inside strings
 * do not count. Every value but the first stands behind a comma or an opening bracket. */
static bool extent_allowed(const char *bytes, size_t size, struct fail *f)
{
    int depth = 0;
    size_t values = 1;
    bool in_string = false;

    for (size_t i = 0; i < size; i++) {
        const char c = bytes[i];

        if (in_string && c == '\\')
            i++;
        else if (c == '"')
            in_string = !in_string;
        else if (!in_string && (c == '{' || c == '[') && ++depth > INPUT_DEPTH_MAX)
            return too_deep(f);
        else if (!in_string && (c == '}' || c == ']'))
            depth--;
        values += !in_string && (c == '{' || c == '[' || c == ',');
    }
    if (values <= INPUT_VALUES_MAX)
        return true;
    fail_set(f, FAIL_INPUT, JSON_TOO_MANY, "the JSON holds more than %d values", INPUT_VALUES_MAX);
    return fail_allowed(f, "at most %d values", INPUT_VALUES_MAX);
}

const struct input *input_parse(struct arena *a, const char *bytes, size_t size, struct fail *f)
{
    json_error_t error;

    if (size == 0) {
        fail_set(f, FAIL_INPUT, JSON_MALFORMED, "the JSON cannot be read: it is empty");
        return NULL;
    }
    if (!extent_allowed(bytes, size, f))
        return NULL;
    json_t *root = json_loadb(bytes, size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);

    if (!root && json_error_code(&error) == json_error_duplicate_key) {
        fail_set(f, FAIL_INPUT, JSON_DUPLICATE_KEY,
                 "the JSON has a key twice: %s, line %d column %d", error.text, error.line,
                 error.column);
        return NULL;
    }
    if (!root) {
        fail_set(f, FAIL_INPUT, JSON_MALFORMED, "the JSON cannot be read: %s, line %d column %d",
                 error.text, error.line, error.column);
        return NULL;
    }
    arena_defer(a, release, root);
    return node(a, root, NULL, NULL, 0);
}

/* A step of a pointer by RFC 6901: '~' is ~0 and '/' is ~1. */
static void put_step(struct buf *out, const char *key)
{
    buf_byte(out, '/');
    for (const char *c = key; *c; c++) {
        if (*c == '~')
            buf_string(out, "~0");
        else if (*c == '/')
            buf_string(out, "~1");
        else
            buf_byte(out, (unsigned char)*c);
    }
}

static void put_pointer(const struct input *v, struct buf *out)
{
    const struct input *way[INPUT_DEPTH_MAX];
    int levels = 0;

    for (; v->parent; v = v->parent) {
        assert(levels < INPUT_DEPTH_MAX);
        way[levels++] = v;
    }
    while (levels-- > 0) {
        if (way[levels]->key)
            put_step(out, way[levels]->key);
        else
            buf_format(out, "/%d", way[levels]->index);
    }
}

/* Takes the value's text piece by piece and stops when there is enough of it to
 * be shown: the value may be as large as a body. */
static int show_piece(const char *piece, size_t size, void *shown)
{
    buf_put(shown, piece, size);
    return ((struct buf *)shown)->size < sizeof((struct fail *)NULL)->value ? 0 : -1;
}

bool input_blame(const struct input *v, struct fail *f)
{
    struct buf text = { 0 };

    put_pointer(v, &text);
    fail_at(f, buf_text(&text));
    buf_clear(&text);
    /* 15 digits are what every decimal survives: 41.15 comes back as it was sent. */
    json_dump_callback(v->value, show_piece, &text,
                       JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(15));
    fail_value(f, buf_text(&text));
    buf_free(&text);
    return false;
}

static const char *name_of(const struct input *v)
{
    if (v->key)
        return v->key;
    return v->parent ? "an item" : "the body";
}

static bool wrong_type(const struct input *v, const char *wanted, struct fail *f)
{
    fail_set(f, FAIL_INPUT, VALUE_WRONG_TYPE, "%s must be %s", name_of(v), wanted);
    fail_allowed(f, "%s", wanted);
    return input_blame(v, f);
}

static void put_names(struct buf *out, const struct input_key *keys, int32_t key_count)
{
    for (int32_t i = 0; i < key_count; i++)
        buf_format(out, "%s%s", i > 0 ? ", " : "", keys[i].name);
}

static bool refuse_key(const struct input *v, enum fail_code code, const char *what,
                       const char *name, const struct input_key *keys, int32_t key_count,
                       struct fail *f)
{
    struct buf names = { 0 };
    struct buf pointer = { 0 };

    put_names(&names, keys, key_count);
    put_pointer(v, &pointer);
    put_step(&pointer, name);
    fail_record(f, FAIL_INPUT, code, "%s: %s", what, name);
    fail_allowed(f, "%s", buf_text(&names));
    fail_at(f, buf_text(&pointer));
    fail_value(f, name);
    buf_free(&names);
    buf_free(&pointer);
    return false;
}

static struct input_key *find_key(struct input_key *keys, int32_t key_count, const char *name)
{
    for (int32_t i = 0; i < key_count; i++)
        if (strcmp(keys[i].name, name) == 0)
            return &keys[i];
    return NULL;
}

bool input_keys(const struct input *v, struct input_key *keys, int32_t key_count, struct fail *f)
{
    const char *name;
    json_t *value;

    if (!json_is_object(v->value))
        return wrong_type(v, "an object", f);
    for (int32_t i = 0; i < key_count; i++)
        keys[i].value = NULL;
    json_object_foreach(v->value, name, value)
    {
        struct input_key *key = find_key(keys, key_count, name);

        if (!key)
            return refuse_key(v, CODE_KEY_UNKNOWN, "there is no such key", name, keys, key_count,
                              f);
        if (!json_is_null(value))
            key->value = node(v->arena, value, v, key->name, 0);
    }
    for (int32_t i = 0; i < key_count; i++)
        if (keys[i].required && !keys[i].value)
            return refuse_key(v, CODE_KEY_MISSING, "a key is missing", keys[i].name, keys,
                              key_count, f);
    return true;
}

const struct input *input_get(const struct input *v, const char *key)
{
    json_t *value = json_object_get(v->value, key);

    return value && !json_is_null(value) ? node(v->arena, value, v, key, 0) : NULL;
}

const char *input_next(const struct input *v, void **cursor, const struct input **value)
{
    *cursor = *cursor ? json_object_iter_next(v->value, *cursor) : json_object_iter(v->value);
    if (!*cursor)
        return NULL;
    const char *key = json_object_iter_key(*cursor);

    *value = node(v->arena, json_object_iter_value(*cursor), v, key, 0);
    return key;
}

bool input_is_object(const struct input *v)
{
    return json_is_object(v->value);
}

bool input_is_array(const struct input *v)
{
    return json_is_array(v->value);
}

bool input_is_text(const struct input *v)
{
    return json_is_string(v->value);
}

bool input_is_number(const struct input *v)
{
    return json_is_number(v->value);
}

bool input_is_null(const struct input *v)
{
    return json_is_null(v->value);
}

bool input_number(const struct input *v, double min, double max, double *out, struct fail *f)
{
    if (!input_is_number(v))
        return wrong_type(v, "a number", f);
    const double number = json_number_value(v->value);

    if (!isfinite(number) || number < min || number > max) {
        fail_set(f, FAIL_INPUT, VALUE_OUT_OF_RANGE, "%s must be %.10g to %.10g: %.10g", name_of(v),
                 min, max, number);
        fail_allowed(f, "%.10g to %.10g", min, max);
        return input_blame(v, f);
    }
    *out = number;
    return true;
}

bool input_int(const struct input *v, int64_t min, int64_t max, int64_t *out, struct fail *f)
{
    if (!json_is_integer(v->value))
        return wrong_type(v, "a whole number", f);
    const int64_t number = json_integer_value(v->value);

    if (number < min || number > max) {
        fail_set(f, FAIL_INPUT, VALUE_OUT_OF_RANGE, "%s must be %lld to %lld: %lld", name_of(v),
                 (long long)min, (long long)max, (long long)number);
        fail_allowed(f, "%lld to %lld", (long long)min, (long long)max);
        return input_blame(v, f);
    }
    *out = number;
    return true;
}

bool input_bool(const struct input *v, bool *out, struct fail *f)
{
    if (!json_is_boolean(v->value))
        return wrong_type(v, "true or false", f);
    *out = json_is_true(v->value);
    return true;
}

static bool has_control(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7F)
            return true;
    return false;
}

bool input_text(const struct input *v, size_t max_bytes, const char **out, struct fail *f)
{
    if (!input_is_text(v))
        return wrong_type(v, "a text", f);
    const size_t length = json_string_length(v->value);

    if (length == 0) {
        fail_set(f, FAIL_INPUT, VALUE_EMPTY, "%s must not be empty", name_of(v));
        fail_allowed(f, "1 to %zu bytes", max_bytes);
        return input_blame(v, f);
    }
    if (length > max_bytes) {
        fail_set(f, FAIL_INPUT, VALUE_TOO_LONG, "%s must have 1 to %zu bytes and has %zu",
                 name_of(v), max_bytes, length);
        fail_allowed(f, "1 to %zu bytes", max_bytes);
        return input_blame(v, f);
    }
    if (has_control(json_string_value(v->value), length)) {
        fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "%s has a control character", name_of(v));
        fail_allowed(f, "text without control characters");
        return input_blame(v, f);
    }
    *out = json_string_value(v->value);
    return true;
}

static bool unknown_word(const struct input *v, const char *const *words, int32_t word_count,
                         struct fail *f)
{
    struct buf list = { 0 };

    for (int32_t i = 0; i < word_count; i++)
        buf_format(&list, "%s%s", i > 0 ? ", " : "", words[i]);
    fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "%s must be one of %s: %s", name_of(v),
             buf_text(&list), json_string_value(v->value));
    fail_allowed(f, "%s", buf_text(&list));
    buf_free(&list);
    return input_blame(v, f);
}

bool input_word(const struct input *v, const char *const *words, int32_t word_count, int32_t *out,
                struct fail *f)
{
    if (!input_is_text(v))
        return wrong_type(v, "a text", f);
    for (int32_t i = 0; i < word_count; i++) {
        if (strcmp(words[i], json_string_value(v->value)) == 0) {
            *out = i;
            return true;
        }
    }
    return unknown_word(v, words, word_count, f);
}

bool input_array(const struct input *v, int32_t min, int32_t max, int32_t *count, struct fail *f)
{
    if (!input_is_array(v))
        return wrong_type(v, "an array", f);
    const size_t size = json_array_size(v->value);

    if (size < (size_t)min || size > (size_t)max) {
        char allowed[40];

        if (min == max)
            snprintf(allowed, sizeof allowed, "exactly %d items", min);
        else
            snprintf(allowed, sizeof allowed, "%d to %d items", min, max);
        fail_set(f, FAIL_INPUT, VALUE_OUT_OF_RANGE, "%s must have %s and has %zu", name_of(v),
                 allowed, size);
        fail_allowed(f, "%s", allowed);
        return input_blame(v, f);
    }
    *count = (int32_t)size;
    return true;
}

bool input_numbers(const struct input *v, int32_t min, int32_t max, double *out, int32_t *count,
                   struct fail *f)
{
    int32_t size;

    if (!input_array(v, min, max, &size, f))
        return false;
    for (int32_t i = 0; i < size; i++) {
        const json_t *item = json_array_get(v->value, (size_t)i);

        if (!json_is_number(item) || !isfinite(json_number_value(item)))
            return wrong_type(input_item(v, i), "a number", f);
        out[i] = json_number_value(item);
    }
    *count = size;
    return true;
}

const struct input *input_item(const struct input *v, int32_t index)
{
    assert(index >= 0 && (size_t)index < json_array_size(v->value));
    return node(v->arena, json_array_get(v->value, (size_t)index), v, NULL, index);
}

const char *input_dump(struct arena *a, const struct input *v)
{
    char *text = json_dumps(v->value, JSON_ENCODE_ANY | JSON_COMPACT);
    const char *copy = text ? arena_copy(a, text, strlen(text)) : arena_copy(a, "", 0);

    free(text);
    return copy;
}
