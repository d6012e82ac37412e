/* Fuzz target of geo/gpx.c: whatever the bytes, points are valid or the failure says why. */
#include "geo/gpx.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    const struct gpx_point *points;
    struct fail f = { 0 };
    int32_t count;

    if (gpx_read(a, (const char *)data, size, &points, &count, &f)) {
        assert(count > 0 && count <= GPX_POINT_MAX);
        for (int32_t i = 0; i < count; i++)
            assert(point_valid(points[i].at) && points[i].at_us >= 0);
    } else {
        assert(f.kind == FAIL_INPUT && f.text[0]);
    }
    arena_free(a);
    return 0;
}
