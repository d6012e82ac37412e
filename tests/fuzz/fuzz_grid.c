/* Fuzz target of geo/grid.c: a code that is read is its own text, and its parts
 * make it up again. The first byte chooses the profile. */
#include "geo/grid.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct arena *a = arena_new();
    const enum grid_profile profile = (enum grid_profile)(data[0] % GRID_PROFILE_COUNT);
    const char *text = arena_copy(a, data + 1, size - 1);
    struct grid_code code;
    struct fail f = { 0 };

    if (!grid_code_parse(profile, text, &code, &f)) {
        assert(f.code == CODE_GRID_CODE_MALFORMED && f.text[0] && f.allowed[0]);
        arena_free(a);
        return 0;
    }
    const char *digits = arena_text(a, "%06d%03d%03d%0*d", code.county, code.street, code.community,
                                    profile == GRID_PROFILE_DB11 ? 3 : 2, code.cell);

    assert(strcmp(code.text, text) == 0);
    if (profile == GRID_PROFILE_CJT349)
        digits = arena_text(a, "%06d%s", code.object, digits);
    assert(profile == GRID_PROFILE_FREE || strcmp(digits, text) == 0);
    arena_free(a);
    return 0;
}
