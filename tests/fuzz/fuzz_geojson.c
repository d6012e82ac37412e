/* Fuzz target of geo/geojson.c: what is read is written and read again as the
 * same figures. */
#include "geo/geojson.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_figure(struct arena *a, const struct figure *figure)
{
    struct buf text = { 0 };
    struct emit e = emit_to(&text);
    struct fail f = { 0 };
    struct figure again;

    geojson_write(&e, figure);
    const struct input *v = input_parse(a, text.bytes, text.size, &f);

    assert(v);
    assert(geojson_read_geometry(a, v, FRAME_WGS84, figure->kind, &again, &f));
    assert(again.multi == figure->multi && again.point_count == figure->point_count);
    assert(again.run_count == figure->run_count && again.area_count == figure->area_count);
    buf_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct fail f = { 0 };
    const struct input *v = input_parse(a, (const char *)data, size, &f);
    struct geojson doc;

    if (v && geojson_read(a, v, &doc, &f)) {
        for (int32_t i = 0; i < doc.feature_count; i++)
            if (doc.features[i].figure)
                check_figure(a, doc.features[i].figure);
    } else {
        assert(f.kind == FAIL_INPUT && f.text[0]);
    }
    arena_free(a);
    return 0;
}
