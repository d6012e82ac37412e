/* Fuzz target of geo/base/input.c: a document that is read can be walked, every
 * value knows where it stands, and written out it is read again as the same. */
#include "geo/base/input.h"

#include <assert.h>
#include <math.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { VALUES_MAX = 5000 };

struct walk {
    const struct input *waiting[VALUES_MAX];
    int32_t count;
};

static void add(struct walk *w, const struct input *v)
{
    if (w->count < VALUES_MAX)
        w->waiting[w->count++] = v;
}

static void open_value(struct walk *w, const struct input *v)
{
    const struct input *item;
    void *cursor = NULL;
    struct fail f = { 0 };
    int32_t count;

    while (input_is_object(v) && input_next(v, &cursor, &item))
        add(w, item);
    if (input_is_array(v) && input_array(v, 0, INT32_MAX, &count, &f))
        for (int32_t i = 0; i < count && i < VALUES_MAX; i++)
            add(w, input_item(v, i));
}

static void read_value(const struct input *v)
{
    static const char *const WORDS[] = { "foot", "car" };
    struct input_key keys[] = { { "type", true, NULL }, { "lon", false, NULL } };
    struct fail f = { 0 };
    const char *text;
    int64_t whole;
    double number;
    double numbers[3];
    int32_t index;
    bool yes;

    if (input_number(v, -1e9, 1e9, &number, &f))
        assert(isfinite(number) && fabs(number) <= 1e9);
    if (input_int(v, -5, 5, &whole, &f))
        assert(whole >= -5 && whole <= 5);
    if (input_text(v, 20, &text, &f))
        assert(strlen(text) >= 1 && strlen(text) <= 20);
    if (input_word(v, WORDS, 2, &index, &f))
        assert(index == 0 || index == 1);
    if (input_numbers(v, 1, 3, numbers, &index, &f))
        assert(index >= 1 && index <= 3);
    input_bool(v, &yes, &f);
    input_keys(v, keys, 2, &f);
    f = (struct fail){ 0 };
    input_blame(v, &f);
    assert(strlen(f.pointer) < sizeof f.pointer && strlen(f.value) < sizeof f.value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct walk walk;
    struct arena *a = arena_new();
    struct fail f = { 0 };
    const struct input *v = input_parse(a, (const char *)data, size, &f);

    if (v) {
        const char *text = input_dump(a, v);
        const struct input *again = input_parse(a, text, strlen(text), &f);

        assert(again && strcmp(text, input_dump(a, again)) == 0);
        walk.count = 0;
        add(&walk, v);
        while (walk.count > 0) {
            const struct input *next = walk.waiting[--walk.count];

            read_value(next);
            open_value(&walk, next);
        }
    } else {
        assert(f.kind == FAIL_INPUT && f.code != CODE_NONE && f.text[0]);
    }
    arena_free(a);
    return 0;
}
