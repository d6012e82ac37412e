/* Fuzz target of what anybody may send before she has a token: whatever comes in as an
 * enrolment is refused, or every value of it is within its limits and has been agreed
 * to; and of what a person says of herself. */
#include "api/enrolments_json.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "api/own_json.h"
#include "engine/chain.h"
#include "geo/base/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SIZE_MAX_BYTES = 1 << 14 };

static const struct consents_text TEXTS[] = {
    { .purpose = "contact", .required = true, .version = 1 },
    { .purpose = "location", .version = 2 },
};

static void check_values(const struct own_data *d)
{
    assert(strlen(d->name) >= 1 && strlen(d->name) <= 200);
    assert(d->birth_year == 0 || d->birth_year >= 1900);
    for (int i = 0; i < PERSONAL_FIELDS; i++)
        assert(!d->values[i] ||
               (strlen(d->values[i]) >= 1 && strlen(d->values[i]) <= PERSONAL_TEXT_MAX));
}

static void read_enrolment(const struct input *v, struct arena *a)
{
    struct enrolments_wish wish;
    struct buf b = { 0 };
    struct emit e = emit_to(&b);
    struct fail f = { 0 };

    if (!enrolments_json_read(v, TEXTS, 2, a, &wish, &f))
        return;
    check_values(&wish.who);
    assert(wish.who.values[PERSONAL_PHONE]);
    assert(strncmp(wish.consents, "contact:1", 9) == 0);
    const struct enrolments_row row = { .name = wish.who.name,
                                        .mode = wish.who.mode,
                                        .state = "pending",
                                        .language = wish.language,
                                        .consents = wish.consents };

    enrolments_json_row(&e, &row);
    assert(input_parse(a, b.bytes, b.size, &f));
    buf_free(&b);
}

static void read_own(const struct input *v, struct arena *a)
{
    struct own_data d = { .name = "Anna", .mode = "foot" };
    struct fail f = { 0 };

    d.values[PERSONAL_PHONE] = "13800138000";
    if (!own_json_read(v, a, &d, &f))
        return;
    check_values(&d);
    assert(d.values[PERSONAL_PHONE]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct chain_head head;
    char again[CHAIN_HEAD_SIZE];
    struct fail f = { 0 };

    if (size <= SIZE_MAX_BYTES) {
        const char *text = arena_copy(a, data, size);
        const struct input *v = input_parse(a, text, size, &f);

        if (v) {
            read_enrolment(v, a);
            read_own(v, a);
        }
        if (chain_head_read(text, &head)) {
            chain_head_text(&head, again);
            assert(strcmp(strchr(text, ':'), strchr(again, ':')) == 0);
        }
    }
    arena_free(a);
    return 0;
}
