/* geo/wkb.c: figures to and from EWKB. */
#include "geo/wkb.h"

#include <math.h>
#include <string.h>

#include "tests/support/check_near.h"
#include "tests/support/room.h"

static int digit(char c)
{
    return c <= '9' ? c - '0' : c - 'A' + 10;
}

static bool read_hex(struct arena *a, const char *hex, struct figure *out, struct fail *f)
{
    const size_t size = strlen(hex) / 2;
    unsigned char *bytes = arena_take(a, size, 1);

    for (size_t i = 0; i < size; i++)
        bytes[i] = (unsigned char)(digit(hex[2 * i]) * 16 + digit(hex[2 * i + 1]));
    return wkb_read(a, bytes, size, out, f);
}

/* SELECT ST_AsHEXEWKB(geom) of PostGIS 3.3. */
static void what_postgis_writes_is_read(void **state)
{
    struct arena *a = ((struct room *)*state)->arena;
    struct figure figure;
    struct fail f;

    assert_true(read_hex(a, "0101000020E6100000000000000000F03F0000000000000040", &figure, &f));
    assert_int_equal(figure.kind, FIGURE_POINTS);
    assert_false(figure.multi);
    check_near(figure.points[0].lon, 1, 0);
    check_near(figure.points[0].lat, 2, 0);
    /* The same in the other byte order and without SRID. */
    assert_true(read_hex(a, "00000000013FF00000000000004000000000000000", &figure, &f));
    check_near(figure.points[0].lon, 1, 0);
    check_near(figure.points[0].lat, 2, 0);
    /* POINT EMPTY and MULTIPOLYGON EMPTY */
    assert_true(read_hex(a, "0101000020E6100000000000000000F87F000000000000F87F", &figure, &f));
    assert_int_equal(figure.point_count, 0);
    assert_true(read_hex(a, "0106000020E610000000000000", &figure, &f));
    assert_int_equal(figure.kind, FIGURE_AREAS);
    assert_int_equal(figure.area_count, 0);
    assert_true(figure.multi);
    /* MULTIPOINT(1 2) */
    assert_true(read_hex(a, "0104000020E6100000010000000101000000000000000000F03F0000000000000040",
                         &figure, &f));
    assert_int_equal(figure.point_count, 1);
    assert_true(figure.multi);
}

static struct figure everything(struct arena *a, enum figure_kind kind, int pieces)
{
    struct figure_draft *d = figure_draft_take(a, kind);
    struct fail f;

    for (int piece = 0; piece < pieces; piece++) {
        for (int run = 0; run <= piece && kind != FIGURE_POINTS; run++) {
            for (int i = 0; i < 5 + run; i++)
                assert_true(figure_draft_point(
                    d, (struct point){ piece + (i % (4 + run)) * 0.1, run - i % (4 + run) * 0.1 },
                    &f));
            assert_true(figure_draft_end_run(d, &f));
        }
        if (kind == FIGURE_POINTS)
            assert_true(figure_draft_point(d, (struct point){ piece, -piece }, &f));
        if (kind == FIGURE_AREAS)
            assert_true(figure_draft_end_area(d, &f));
    }
    return figure_draft_done(d, false);
}

static void every_figure_comes_back_the_same(void **state)
{
    struct arena *a = ((struct room *)*state)->arena;

    for (int kind = 0; kind < 3; kind++) {
        for (int pieces = 1; pieces < 40; pieces += 7) {
            const struct figure want = everything(a, (enum figure_kind)kind, pieces);
            struct buf bytes = { 0 };
            struct figure got;
            struct fail f;

            wkb_write(&bytes, &want);
            assert_true(wkb_read(a, bytes.bytes, bytes.size, &got, &f));
            assert_int_equal(got.kind, want.kind);
            assert_int_equal(got.multi, want.multi);
            assert_int_equal(got.point_count, want.point_count);
            assert_int_equal(got.run_count, want.run_count);
            assert_int_equal(got.area_count, want.area_count);
            assert_memory_equal(got.points, want.points,
                                (size_t)want.point_count * sizeof *want.points);
            assert_memory_equal(got.first_point, want.first_point,
                                ((size_t)want.run_count + 1) * sizeof(int32_t));
            assert_memory_equal(got.first_run, want.first_run,
                                ((size_t)want.area_count + 1) * sizeof(int32_t));
            buf_free(&bytes);
        }
    }
}

static void a_figure_cut_anywhere_is_refused(void **state)
{
    struct arena *a = ((struct room *)*state)->arena;
    const struct figure want = everything(a, FIGURE_AREAS, 3);
    struct buf bytes = { 0 };
    struct figure got = { .point_count = 77 };
    struct fail f;

    wkb_write(&bytes, &want);
    for (size_t size = 0; size < bytes.size; size++) {
        char *exact = arena_copy(a, bytes.bytes, size);

        assert_false(wkb_read(a, exact, size, &got, &f));
        assert_int_equal(f.code, CODE_WKB_MALFORMED);
    }
    buf_byte(&bytes, 0);
    assert_false(wkb_read(a, bytes.bytes, bytes.size, &got, &f));
    assert_int_equal(f.code, CODE_WKB_MALFORMED);
    assert_int_equal(got.point_count, 77);
    buf_free(&bytes);
}

static void what_we_do_not_keep_is_refused(void **state)
{
    static const struct {
        const char *hex;
        enum fail_code code;
    } WRONG[] = {
        { "02", CODE_WKB_MALFORMED },
        { "0201000000000000000000F03F0000000000000040", CODE_WKB_MALFORMED },         /* order */
        { "0101000020110F0000000000000000F03F0000000000000040", CODE_WKB_MALFORMED }, /* 3857 */
        { "01010000A0E6100000000000000000F03F00000000000000400000000000000840",
          CODE_WKB_MALFORMED }, /* Z */
        { "01E9030000000000000000F03F00000000000000400000000000000840",
          CODE_WKB_MALFORMED },                        /* ISO Z */
        { "0107000000000000000", CODE_WKB_MALFORMED }, /* collection */
        { "010000000000000000", CODE_WKB_MALFORMED },
        { "0108000000"
          "00000000",
          CODE_WKB_MALFORMED },                                               /* curve */
        { "0101000000000000000000F07F0000000000000040", CODE_WKB_MALFORMED }, /* infinity */
        { "0101000000000000000000F87F0000000000000040", CODE_WKB_MALFORMED }, /* half NaN */
        { "010100000000000000000069400000000000000040", CODE_WKB_MALFORMED }, /* lon 200 */
        { "0102000000FFFFFFFF000000000000F03F0000000000000040",
          CODE_WKB_MALFORMED }, /* 4e9 points */
        { "0106000000FFFFFFFF", CODE_WKB_MALFORMED },
        { "010200000001000000000000000000F03F0000000000000040",
          CODE_FIGURE_MALFORMED }, /* one point */
        /* MULTIPOINT of a line */
        { "01040000000100000001020000000200000000000000000000000000000000000000000000000000F03F0000"
          "0000000"
          "00000",
          CODE_WKB_MALFORMED },
        /* POLYGON of an open ring */
        { "010300000001000000040000000000000000000000000000000000000000000000000"
          "0F03F0000000000000000"
          "000000000000F03F000000000000F03F0000000000000000000000000000F03F",
          CODE_FIGURE_MALFORMED },
    };
    struct arena *a = ((struct room *)*state)->arena;

    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        struct figure got = { .point_count = 77 };
        struct fail f = { 0 };

        if (read_hex(a, WRONG[i].hex, &got, &f))
            fail_msg("was read: %s", WRONG[i].hex);
        if (f.code != WRONG[i].code)
            fail_msg("%s (%s): %s", fail_word(f.code), f.text, WRONG[i].hex);
        assert_int_equal(got.point_count, 77);
    }
}

static void a_figure_over_the_limit_is_refused(void **state)
{
    struct arena *a = ((struct room *)*state)->arena;
    struct buf bytes = { 0 };
    struct figure got;
    struct fail f;
    const uint32_t count = FIGURE_POINT_MAX + 1;
    const char head[] = { 1, 2, 0, 0, 0 }; /* a line */

    buf_put(&bytes, head, sizeof head);
    buf_put(&bytes, &count, sizeof count);
    memset(buf_reserve(&bytes, (size_t)count * 16), 0, (size_t)count * 16);
    bytes.size += (size_t)count * 16;
    assert_false(wkb_read(a, bytes.bytes, bytes.size, &got, &f));
    assert_int_equal(f.code, CODE_FIGURE_TOO_LARGE);
    buf_free(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_postgis_writes_is_read),
        cmocka_unit_test(every_figure_comes_back_the_same),
        cmocka_unit_test(a_figure_cut_anywhere_is_refused),
        cmocka_unit_test(what_we_do_not_keep_is_refused),
        cmocka_unit_test(a_figure_over_the_limit_is_refused),
    };

    return cmocka_run_group_tests(tests, room_open, room_close);
}
