#ifndef GEO_BASE_INPUT_H
#define GEO_BASE_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "geo/base/arena.h"
#include "geo/base/fail.h"

/* JSON coming in. A document is parsed once, strictly: UTF-8, one value and
 * nothing after it, no duplicate key, at most INPUT_DEPTH_MAX levels and
 * INPUT_VALUES_MAX values. Every value knows where it stands, so that a failure points at it (RFC
 * 6901). Values live as long as the arena and belong to its thread. The size limit is the caller's:
 * check it before parsing. */
enum {
    INPUT_DEPTH_MAX = 16,
    INPUT_VALUES_MAX = 1500000, /* 500,000 coordinates; some hundred bytes of memory each */
};

struct input;

/* NULL with JSON_MALFORMED (says line and column), JSON_DEEP, JSON_TOO_MANY or
 * JSON_DUPLICATE_KEY. */
const struct input *input_parse(struct arena *a, const char *bytes, size_t size, struct fail *f);

/* One key that an object may have. input_keys fills `value`: NULL when the key
 * is absent or null. */
struct input_key {
    const char *name;
    bool required;
    const struct input *value;
};

/* Reads an object of exactly these keys: an unknown one, a missing required one
 * or anything but an object is refused, saying which keys are allowed. */
bool input_keys(const struct input *v, struct input_key *keys, int32_t key_count, struct fail *f);

/* The value of one key, or NULL; for objects whose keys are the sender's own
 * (GeoJSON properties). */
const struct input *input_get(const struct input *v, const char *key);

/* Visits the keys of an object in the order they stood. *cursor starts at NULL. */
const char *input_next(const struct input *v, void **cursor, const struct input **value);

bool input_is_object(const struct input *v);
bool input_is_array(const struct input *v);
bool input_is_text(const struct input *v);
bool input_is_number(const struct input *v);
/* For readers that tell null from an absent key; input_keys and input_get do not. */
bool input_is_null(const struct input *v);

/* Readers of one value. Each says what was wrong, where, and what is allowed. */
bool input_number(const struct input *v, double min, double max, double *out, struct fail *f);
bool input_int(const struct input *v, int64_t min, int64_t max, int64_t *out, struct fail *f);
bool input_bool(const struct input *v, bool *out, struct fail *f);
/* 1 to `max_bytes` bytes (VALUE_EMPTY, VALUE_TOO_LONG); control characters are
 * refused. */
bool input_text(const struct input *v, size_t max_bytes, const char **out, struct fail *f);
/* One of `words`; *out is its index. */
bool input_word(const struct input *v, const char *const *words, int32_t word_count, int32_t *out,
                struct fail *f);
/* An array of min to max items. */
bool input_array(const struct input *v, int32_t min, int32_t max, int32_t *count, struct fail *f);
/* The item at an index that the array has. */
const struct input *input_item(const struct input *v, int32_t index);
/* An array of min to max finite numbers. */
bool input_numbers(const struct input *v, int32_t min, int32_t max, double *out, int32_t *count,
                   struct fail *f);

/* Points the failure at this value and returns false. */
bool input_blame(const struct input *v, struct fail *f);

/* The value as JSON text, in the arena. */
const char *input_dump(struct arena *a, const struct input *v);

#endif
