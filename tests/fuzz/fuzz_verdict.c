/* Certificates of plans: a question and a proof of any bytes. What is accepted keeps its own
 * promise: the value is not above the bound. */
#include <assert.h>
#include <stdint.h>

#include "engine/seal.h"
#include "geo/plan/verdict.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *a = arena_new();
    struct verdict v;
    struct seal s;
    struct fail f;
    const size_t split = size ? bytes[0] % size : 0;

    seal_open((const char *)bytes, size, &s, &f);
    if (size && verdict_reach((const char *)bytes + 1, split, (const char *)bytes + 1 + split,
                              size - 1 - split, a, &v, &f))
        assert(v.value <= v.bound / v.scale);
    arena_free(a);
    return 0;
}
