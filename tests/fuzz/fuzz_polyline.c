/* Fuzz target of geo/polyline.c: what is read is written and read again as the
 * same line. The first byte chooses the precision. */
#include "geo/polyline.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { POINTS_MAX = 100 };

    if (size == 0)
        return 0;
    struct arena *a = arena_new();
    const int digits = data[0] & 1 ? 5 : 6;
    const char *text = (const char *)data + 1;
    const struct point *points;
    const struct point *again;
    struct fail f = { 0 };
    int32_t count;
    int32_t again_count;

    if (polyline_decode(a, text, size - 1, digits, POINTS_MAX, &points, &count, &f)) {
        struct buf out = { 0 };

        assert(count <= POINTS_MAX);
        polyline_encode(&out, points, count, digits);
        assert(
            polyline_decode(a, out.bytes, out.size, digits, POINTS_MAX, &again, &again_count, &f));
        assert(again_count == count);
        assert(count == 0 || memcmp(points, again, (size_t)count * sizeof *points) == 0);
        buf_free(&out);
    } else {
        assert(f.kind == FAIL_INPUT && f.text[0]);
    }
    arena_free(a);
    return 0;
}
