/* Fuzz target of geo/mvt.c and geo/clip.c: features made of the bytes at hand are
 * encoded, and the tile must come apart as the specification says and hold what
 * went in. */
#include "geo/mvt.h"

#include <assert.h>
#include <string.h>

#include "tests/support/mvt_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { POINTS_MAX = 24, FEATURES_MAX = 40 };

struct source {
    const uint8_t *at;
    const uint8_t *end;
};

static uint32_t take(struct source *s, int bytes)
{
    uint32_t value = 0;

    for (; bytes > 0; bytes--)
        value = value << 8 | (s->at < s->end ? *s->at++ : 0);
    return value;
}

/* Around the tile: from two tiles before it to two behind it. */
static struct point take_point(struct source *s, struct tile tile)
{
    const double x = (double)take(s, 2) / 65535 * 5 * TILE_EXTENT - 2 * TILE_EXTENT;
    const double y = (double)take(s, 2) / 65535 * 5 * TILE_EXTENT - 2 * TILE_EXTENT;
    const struct point p = tile_point(tile, (struct tile_xy){ x, y });

    return point_valid(p) ? p : (struct point){ 0, 0 };
}

static struct figure take_figure(struct source *s, struct arena *a, struct tile tile)
{
    const enum figure_kind kind = (enum figure_kind)(take(s, 1) % 3);
    struct figure_draft *d = figure_draft_take(a, kind);
    const uint32_t runs = 1 + take(s, 1) % 3;
    struct fail f;

    for (uint32_t run = 0; run < runs; run++) {
        const uint32_t count = (kind == FIGURE_AREAS ? 3 : 2) + take(s, 1) % POINTS_MAX;
        struct point first = { 0, 0 };

        for (uint32_t i = 0; i < count; i++) {
            const struct point p = take_point(s, tile);

            first = i == 0 ? p : first;
            assert(figure_draft_point(d, p, &f));
        }
        if (kind == FIGURE_AREAS)
            assert(figure_draft_point(d, first, &f));
        if (kind != FIGURE_POINTS)
            assert(figure_draft_end_run(d, &f));
    }
    if (kind == FIGURE_AREAS)
        assert(figure_draft_end_area(d, &f));
    return figure_draft_done(d, false);
}

struct written {
    int64_t id;
    int32_t type;
    int64_t value;
};

static int32_t write_features(struct mvt *m, struct arena *a, struct source *s, struct tile tile,
                              struct written *written)
{
    int32_t count = 0;

    mvt_layer(m, "layer");
    const uint32_t key = mvt_key(m, "n");
    const uint32_t name = mvt_key(m, "name");

    for (int i = 0; i < FEATURES_MAX && s->at < s->end; i++) {
        const int64_t value = (int64_t)take(s, 1) - 128;
        const struct figure figure = take_figure(s, a, tile);
        bool is_in;

        mvt_feature(m, i);
        mvt_tag(m, key, mvt_int(m, value));
        if (value % 2 == 0)
            mvt_tag(m, name, mvt_text(m, value % 4 == 0 ? "even" : ""));
        if (figure.kind == FIGURE_POINTS && figure.point_count == 1)
            is_in = mvt_put_point(m, figure.points[0]);
        else
            is_in = mvt_put_figure(m, &figure);
        if (is_in)
            written[count++] = (struct written){ i, (int32_t)figure.kind + 1, value };
    }
    return count;
}

static void check_units(const struct mvt_read_feature *feature)
{
    for (int32_t i = 0; i < feature->part_count; i++) {
        for (int32_t k = 0; k < 2 * feature->parts[i].count; k++) {
            const int32_t unit = feature->parts[i].xy[k];

            assert(unit >= -TILE_BUFFER && unit <= TILE_EXTENT + TILE_BUFFER);
        }
    }
}

static void check_tile(const struct mvt_read_tile *read, const struct written *written,
                       int32_t count)
{
    assert(read->layer_count == (count > 0));
    for (int32_t i = 0; i < count; i++) {
        const struct mvt_read_feature *feature = &read->layers[0].features[i];

        assert(read->layers[0].feature_count == count);
        assert(feature->id == written[i].id && feature->type == written[i].type);
        assert(mvt_read_tag(&read->layers[0], feature, "n")->integer == written[i].value);
        check_units(feature);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct source s = { data, data + size };
    struct arena *a = arena_new();
    struct mvt *m = mvt_new();
    struct buf out = { 0 };
    struct written written[FEATURES_MAX];
    struct mvt_read_tile read;
    const int32_t zoom = (int32_t)(take(&s, 1) % (TILE_ZOOM_MAX + 1));
    const struct tile tile = { zoom, (int32_t)(take(&s, 3) & ((1U << zoom) - 1)),
                               (int32_t)(take(&s, 3) & ((1U << zoom) - 1)) };

    mvt_start(m, tile, &out);
    const int32_t count = write_features(m, a, &s, tile, written);

    assert(count == mvt_feature_count(m));
    mvt_end(m);
    const char *wrong = mvt_read(a, out.bytes, out.size, &read);

    assert(!wrong);
    check_tile(&read, written, count);
    buf_free(&out);
    mvt_free(m);
    arena_free(a);
    return 0;
}
