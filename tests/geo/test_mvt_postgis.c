/* geo/mvt.c against ST_AsMVT of PostGIS: the same features, ids and attributes,
 * and geometry within a unit. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "geo/base/input.h"
#include "geo/mvt.h"
#include "geo/wkb.h"
#include "tests/support/check_near.h"
#include "tests/support/database.h"
#include "tests/support/mvt_read.h"

/* Random points, walks and round areas on and around a tile, large enough that
 * rounding does not decide whether they exist. */
static const char *const MAKE =
    "CREATE TABLE thing AS "
    "WITH RECURSIVE seed AS (SELECT setseed(0.5)),"
    " place AS (SELECT i AS id, i % 5 AS kind, ST_XMin(t) + random() * 1.3 * (ST_XMax(t) - "
    "ST_XMin(t)) "
    "   - 0.15 * (ST_XMax(t) - ST_XMin(t)) AS x, ST_YMin(t) + random() * 1.3 * (ST_YMax(t) - "
    "ST_YMin(t)) "
    "   - 0.15 * (ST_YMax(t) - ST_YMin(t)) AS y, (ST_XMax(t) - ST_XMin(t)) / 4096 AS unit, "
    "   30 + random() * 500 AS reach, random() * 6 AS turn "
    "   FROM seed, generate_series(1, 1500) i, ST_TileEnvelope(14, 13525, 6530) t),"
    " shape AS (SELECT *, CASE kind"
    "   WHEN 0 THEN ST_MakePoint(x, y)"
    "   WHEN 1 THEN ST_MakeLine(ST_MakePoint(x, y), ST_MakePoint(x + unit * reach * cos(turn),"
    "     y + unit * reach * sin(turn)))"
    "   WHEN 2 THEN ST_ExteriorRing(ST_Buffer(ST_MakePoint(x, y), unit * reach, 3))"
    "   WHEN 3 THEN ST_Buffer(ST_MakePoint(x, y), unit * reach, 4)"
    "   ELSE ST_Difference(ST_Buffer(ST_MakePoint(x, y), unit * reach, 6),"
    "     ST_Buffer(ST_MakePoint(x, y), unit * reach * 0.4, 2)) END AS plane FROM place) "
    "SELECT id, kind, CASE WHEN id % 3 = 0 THEN '云龙路' ELSE 'street ' || id % 40 END AS name,"
    " (id % 200 - 100)::bigint AS count, id / 7.0::float8 AS share, id % 2 = 0 AS even,"
    " ST_Transform(ST_SetSRID(plane, 3857), 4326) AS geom FROM shape";

static const char *const THEIRS =
    "SELECT encode(ST_AsMVT(q, 'thing', 4096, 'geom', 'id'), 'hex') FROM ("
    "SELECT id, name, count, share, even, ST_AsMVTGeom(ST_Transform(geom, 3857),"
    " ST_TileEnvelope(14, 13525, 6530), 4096, 64, true) AS geom FROM thing ORDER BY id) q "
    "WHERE geom IS NOT NULL";

static const char *const ROWS =
    "SELECT json_agg(json_build_array(id, name, count, share, even, encode(ST_AsEWKB(geom), 'hex'))"
    " ORDER BY id) FROM thing";

static int digit(char c)
{
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

static unsigned char *from_hex(struct arena *a, const char *hex, size_t *size)
{
    *size = strlen(hex) / 2;
    unsigned char *bytes = arena_take(a, *size, 1);

    for (size_t i = 0; i < *size; i++)
        bytes[i] = (unsigned char)(digit(hex[2 * i]) * 16 + digit(hex[2 * i + 1]));
    return bytes;
}

static void put_row(struct mvt *m, struct arena *a, const struct input *row)
{
    struct figure figure;
    struct fail f;
    const char *name;
    const char *hex;
    int64_t id;
    int64_t count;
    double share;
    bool even;
    size_t size;

    assert_true(input_int(input_item(row, 0), 0, INT32_MAX, &id, &f));
    assert_true(input_text(input_item(row, 1), 100, &name, &f));
    assert_true(input_int(input_item(row, 2), -100, 100, &count, &f));
    assert_true(input_number(input_item(row, 3), 0, 1e6, &share, &f));
    assert_true(input_bool(input_item(row, 4), &even, &f));
    assert_true(input_text(input_item(row, 5), 1 << 20, &hex, &f));
    const unsigned char *bytes = from_hex(a, hex, &size);

    assert_true(wkb_read(a, bytes, size, &figure, &f));
    mvt_feature(m, id);
    mvt_tag(m, mvt_key(m, "name"), mvt_text(m, name));
    mvt_tag(m, mvt_key(m, "count"), mvt_int(m, count));
    mvt_tag(m, mvt_key(m, "share"), mvt_double(m, share));
    mvt_tag(m, mvt_key(m, "even"), mvt_bool(m, even));
    mvt_put_figure(m, &figure);
}

static struct mvt_read_layer our_layer(struct database *d)
{
    struct fail f;
    const char *json = database_text(d, ROWS);
    const struct input *rows = input_parse(d->arena, json, strlen(json), &f);
    struct mvt *m = mvt_new();
    struct buf out = { 0 };
    struct mvt_read_tile tile;
    int32_t count;

    assert_non_null(rows);
    assert_true(input_array(rows, 1500, 1500, &count, &f));
    mvt_start(m, (struct tile){ 14, 13525, 6530 }, &out);
    mvt_layer(m, "thing");
    for (int32_t i = 0; i < count; i++)
        put_row(m, d->arena, input_item(rows, i));
    mvt_end(m);
    assert_null(mvt_read(d->arena, arena_copy(d->arena, out.bytes, out.size), out.size, &tile));
    buf_free(&out);
    mvt_free(m);
    return tile.layers[0];
}

static struct mvt_read_layer their_layer(struct database *d)
{
    size_t size;
    const unsigned char *bytes = from_hex(d->arena, database_text(d, THEIRS), &size);
    struct mvt_read_tile tile;
    const char *wrong = mvt_read(d->arena, bytes, size, &tile);

    if (wrong)
        fail_msg("PostGIS's tile has %s", wrong);
    return tile.layers[0];
}

static void check_tags(const struct mvt_read_layer *ours, const struct mvt_read_feature *mine,
                       const struct mvt_read_layer *theirs, const struct mvt_read_feature *other)
{
    assert_int_equal(mine->tag_count, other->tag_count);
    for (int32_t i = 0; i < other->tag_count; i++) {
        const char *key = theirs->keys[other->tags[2 * i]];
        const struct mvt_read_value *want = &theirs->values[other->tags[2 * i + 1]];
        const struct mvt_read_value *got = mvt_read_tag(ours, mine, key);

        assert_non_null(got);
        assert_int_equal(got->kind, want->kind);
        assert_true(got->integer == want->integer);
        check_near(got->number, want->number, 1e-9 * fabs(want->number));
        assert_string_equal(got->text ? got->text : "", want->text ? want->text : "");
    }
}

static double segment_distance(const int32_t *p, const int32_t *a, const int32_t *b)
{
    const double x = b[0] - a[0];
    const double y = b[1] - a[1];
    const double length_2 = x * x + y * y;
    const double part =
        length_2 > 0.0 ? fmax(0.0, fmin(1.0, ((p[0] - a[0]) * x + (p[1] - a[1]) * y) / length_2))
                       : 0.0;

    return hypot(p[0] - a[0] - part * x, p[1] - a[1] - part * y);
}

static double part_distance(const int32_t *p, const struct mvt_read_part *part)
{
    double nearest = INFINITY;

    for (int32_t i = 0; i < part->count; i++) {
        const int32_t next = i + 1 < part->count ? i + 1 : part->closed ? 0 : i;

        nearest = fmin(nearest, segment_distance(p, part->xy + (ptrdiff_t)2 * i,
                                                 part->xy + (ptrdiff_t)2 * next));
    }
    return nearest;
}

/* PostGIS rounds before it cuts, so where a line crosses the edge of the buffer
 * at a small angle the crossings lie further apart. Nobody sees that edge. */
static bool on_edge(const int32_t *p)
{
    return p[0] == -TILE_BUFFER || p[0] == TILE_EXTENT + TILE_BUFFER || p[1] == -TILE_BUFFER ||
           p[1] == TILE_EXTENT + TILE_BUFFER;
}

/* How far the farthest point of one, edges aside, is from the other. */
static double apart(const struct mvt_read_feature *one, const struct mvt_read_feature *other)
{
    double farthest = 0.0;

    for (int32_t i = 0; i < one->part_count; i++) {
        for (int32_t k = 0; k < one->parts[i].count; k++) {
            double nearest = INFINITY;

            if (one->type != 1 && on_edge(one->parts[i].xy + (ptrdiff_t)2 * k))
                continue;
            for (int32_t n = 0; n < other->part_count; n++)
                nearest = fmin(
                    nearest, part_distance(one->parts[i].xy + (ptrdiff_t)2 * k, &other->parts[n]));
            farthest = fmax(farthest, nearest);
        }
    }
    return farthest;
}

static double area(const struct mvt_read_feature *feature)
{
    double sum = 0.0;

    for (int32_t i = 0; i < feature->part_count; i++)
        sum += (double)mvt_read_area(&feature->parts[i]) / 2.0;
    return sum;
}

static double around(const struct mvt_read_feature *feature)
{
    double sum = 0.0;

    for (int32_t i = 0; i < feature->part_count; i++) {
        const struct mvt_read_part *part = &feature->parts[i];

        for (int32_t k = 0; k < part->count; k++) {
            const int32_t *a = part->xy + (ptrdiff_t)2 * k;
            const int32_t *b = part->xy + (k + 1 < part->count ? (ptrdiff_t)2 * (k + 1) : 0);

            sum += hypot(a[0] - b[0], a[1] - b[1]);
        }
    }
    return sum;
}

static void every_feature_is_as_postgis_writes_it(void **state)
{
    /* Both round: each may be half a unit beside the truth in x and in y. */
    const double unit = 1.5;
    struct database *d = *state;
    int32_t areas = 0;
    struct fail f;

    if (!db_script(d->db, MAKE, &f))
        fail_msg("%s", f.text);
    const struct mvt_read_layer ours = our_layer(d);
    const struct mvt_read_layer theirs = their_layer(d);

    assert_string_equal(ours.name, theirs.name);
    assert_int_equal(ours.extent, theirs.extent);
    assert_true(theirs.feature_count > 700 && theirs.feature_count < 1500);
    for (int32_t i = 0; i < ours.feature_count && i < theirs.feature_count; i++) {
        const struct mvt_read_feature *mine = &ours.features[i];
        const struct mvt_read_feature *other = &theirs.features[i];

        if (mine->id != other->id)
            fail_msg("feature %d is %d and in PostGIS %d", i, (int)mine->id, (int)other->id);
        assert_int_equal(mine->type, other->type);
        check_tags(&ours, mine, &theirs, other);
        if (apart(mine, other) > unit || apart(other, mine) > unit)
            fail_msg("feature %d is %.2f and %.2f units apart", (int)mine->id, apart(mine, other),
                     apart(other, mine));
        if (mine->type == 3) {
            check_near(area(mine), area(other), around(other));
            areas++;
        }
    }
    assert_int_equal(ours.feature_count, theirs.feature_count);
    assert_true(areas > 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_feature_is_as_postgis_writes_it, database_setup,
                                        database_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
