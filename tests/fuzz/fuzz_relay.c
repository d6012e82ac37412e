/* Batches as they come from another node: refused, or the same when packed again. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "engine/relay.h"
#include "geo/base/arena.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

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
        if (again.count > 0)
            assert(memcmp(text.fixes, again.fixes, (size_t)again.count * sizeof *text.fixes) == 0);
    }
    arena_free(a);
    return 0;
}
