/* Batches as they come from another node: refused, or the same when packed again. */
#include <assert.h>
#include <stdint.h>

#include "engine/relay.h"
#include "geo/base/arena.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* All that travels. Bytes are not compared: those between the fields may be anything. */
static bool is_same(const struct live_fix *a, const struct live_fix *b)
{
    return a->person_id == b->person_id && a->at.lon == b->at.lon && a->at.lat == b->at.lat &&
           a->frame == b->frame && a->accuracy_dm == b->accuracy_dm &&
           a->speed_cms == b->speed_cms && a->fix_us == b->fix_us &&
           a->received_us == b->received_us && a->flags == b->flags;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *a = arena_new();
    struct relay_text text, again;
    const char *const *texts;

    if (relay_unpack(arena_copy(a, bytes, size), a, &text)) {
        assert(text.count <= RELAY_FIXES_MAX && text.part < text.part_count);
        const int32_t count = relay_pack(a, &text.from, text.fixes, text.count, &texts);

        assert(relay_unpack(texts[0], a, &again) && again.part_count == count);
        assert(again.from.number == text.from.number && again.count <= text.count);
        for (int32_t i = 0; i < again.count; i++)
            assert(is_same(&text.fixes[i], &again.fixes[i]));
    }
    arena_free(a);
    return 0;
}
