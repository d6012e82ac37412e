/* Fuzz target of geo/wkb.c and geo/shape.c: what is read is a figure of places
 * that is written and read back the same; what GEOS calls invalid it repairs. */
#include "geo/wkb.h"

#include <assert.h>
#include <string.h>

#include "geo/shape.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SHAPE_POINTS_MAX = 200 };

static void check_same(struct arena *a, const struct figure *figure)
{
    struct buf bytes = { 0 };
    struct figure again;
    struct fail f;

    for (int32_t i = 0; i < figure->point_count; i++)
        assert(point_valid(figure->points[i]));
    wkb_write(&bytes, figure);
    assert(wkb_read(a, bytes.bytes, bytes.size, &again, &f));
    assert(again.kind == figure->kind && again.multi == figure->multi);
    assert(again.point_count == figure->point_count && again.run_count == figure->run_count);
    assert(again.area_count == figure->area_count);
    assert(memcmp(again.points, figure->points,
                  (size_t)figure->point_count * sizeof *figure->points) == 0);
    buf_free(&bytes);
}

static void check_shape(struct arena *a, const struct figure *figure)
{
    struct shape *s = shape_take(a);
    struct figure repaired;
    struct fail f = { 0 };

    if (shape_check(s, figure, &f))
        return;
    assert(f.code == CODE_SHAPE_INVALID && f.text[0]);
    if (shape_repair(s, figure, &repaired, &f)) {
        assert(repaired.kind == figure->kind);
        assert(shape_check(s, &repaired, &f));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct figure figure;
    struct fail f = { 0 };

    if (wkb_read(a, data, size, &figure, &f)) {
        check_same(a, &figure);
        if (figure.point_count <= SHAPE_POINTS_MAX)
            check_shape(a, &figure);
    } else {
        assert(f.kind == FAIL_INPUT && f.text[0]);
    }
    arena_free(a);
    return 0;
}
