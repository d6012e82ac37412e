/* A GeoPackage is read back by SQLite alone, as others read it. */
#include "engine/geopackage.h"

#include "tests/support/check_near.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#include "geo/base/arena.h"

enum { COLUMN_COUNT = 23, HEAD_SIZE = 8, ENVELOPE_SIZE = 32 };

static const struct point LINE[] = { { -8.61, 41.15 }, { -8.62, 41.16 }, { -8.6, 41.17 } };
static const int64_t AT_US = INT64_C(1763877600123000);

static struct geopackage_value text(const char *t)
{
    return (struct geopackage_value){ .kind = GEOPACKAGE_TEXT, .text = t };
}

static struct geopackage_value whole(int64_t n)
{
    return (struct geopackage_value){ .kind = GEOPACKAGE_INTEGER, .whole = n };
}

static struct geopackage_value real(double n)
{
    return (struct geopackage_value){ .kind = GEOPACKAGE_REAL, .real = n };
}

/* As the table of gaps has them; the second half stays empty. */
static void fill(struct geopackage_value *row)
{
    memset(row, 0, COLUMN_COUNT * sizeof *row);
    row[0] = text("7-0-100");
    row[1] = whole(7);
    row[2] = text("Rua \"d'Ouro\"; 中路");
    row[3] = text("residential");
    row[8] = whole(1);
    row[9] = real(0);
    row[10] = real(1);
    row[11] = real(1);
    row[12] = text("dark");
    row[15] = real(2.5);
}

static void make(struct buf *out, int32_t rows)
{
    struct arena *a = arena_new();
    const struct figure line = figure_line(a, LINE, 3);
    struct geopackage_value row[COLUMN_COUNT];
    struct fail f = { 0 };
    struct geopackage *g = geopackage_new(GEOPACKAGE_GAPS, &f);

    assert_non_null(g);
    fill(row);
    for (int32_t i = 0; i < rows; i++)
        assert_true(geopackage_add(g, &line, row, COLUMN_COUNT, &f));
    assert_true(geopackage_finish(g, AT_US, out, &f));
    geopackage_free(g);
    arena_free(a);
}

/* The buf must outlive it. */
static sqlite3 *opened(struct buf *bytes)
{
    sqlite3 *db;

    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    assert_int_equal(sqlite3_deserialize(db, "main", (unsigned char *)bytes->bytes,
                                         (sqlite3_int64)bytes->size, (sqlite3_int64)bytes->size,
                                         SQLITE_DESERIALIZE_READONLY),
                     SQLITE_OK);
    return db;
}

static sqlite3_stmt *first_row(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *s;

    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    return s;
}

static void expect(sqlite3 *db, const char *sql, const char *want)
{
    sqlite3_stmt *s = first_row(db, sql);

    assert_string_equal((const char *)sqlite3_column_text(s, 0), want);
    sqlite3_finalize(s);
}

static void it_says_what_it_is(void **state)
{
    struct buf bytes = { 0 };

    (void)state;
    make(&bytes, 3);
    assert_memory_equal(bytes.bytes, "SQLite format 3", 16);
    assert_memory_equal(bytes.bytes + 68, "GPKG", 4); /* where readers look for it */
    sqlite3 *db = opened(&bytes);

    expect(db, "PRAGMA application_id", "1196444487");
    expect(db, "PRAGMA user_version", "10300");
    expect(db, "PRAGMA integrity_check", "ok");
    expect(db, "SELECT count(*) FROM pragma_foreign_key_check", "0");
    expect(db,
           "SELECT group_concat(srs_id) FROM (SELECT srs_id FROM gpkg_spatial_ref_sys ORDER BY 1)",
           "-1,0,4326");
    expect(db, "SELECT table_name || data_type || last_change || srs_id FROM gpkg_contents",
           "gapsfeatures2025-11-23T06:00:00.123Z4326");
    expect(db,
           "SELECT printf('%.2f %.2f %.2f %.2f', min_x, min_y, max_x, max_y) FROM gpkg_contents",
           "-8.62 41.15 -8.60 41.17");
    expect(
        db,
        "SELECT column_name || geometry_type_name || srs_id || z || m FROM gpkg_geometry_columns",
        "geomLINESTRING432600");
    sqlite3_close(db);
    buf_free(&bytes);
}

static void rows_have_their_values_and_lines(void **state)
{
    struct buf bytes = { 0 };

    (void)state;
    make(&bytes, 3);
    sqlite3 *db = opened(&bytes);

    expect(db, "SELECT group_concat(fid) FROM gaps", "1,2,3");
    expect(db, "SELECT street FROM gaps", "Rua \"d'Ouro\"; 中路");
    expect(db, "SELECT weight || ',' || ifnull(squad, 'none') FROM gaps WHERE fid = 2", "2.5,none");
    sqlite3_stmt *s = first_row(db, "SELECT geom FROM gaps");
    const unsigned char *blob = sqlite3_column_blob(s, 0);
    double envelope[4], places[6];
    int32_t srs;
    uint32_t count;

    assert_int_equal(sqlite3_column_bytes(s, 0), HEAD_SIZE + ENVELOPE_SIZE + 9 + 48);
    assert_memory_equal(blob, "GP\0\3", 4);
    memcpy(&srs, blob + 4, sizeof srs);
    assert_int_equal(srs, 4326);
    memcpy(envelope, blob + HEAD_SIZE, sizeof envelope);
    check_near(envelope[0], -8.62, 0);
    check_near(envelope[1], -8.6, 0);
    check_near(envelope[2], 41.15, 0);
    check_near(envelope[3], 41.17, 0);
    blob += HEAD_SIZE + ENVELOPE_SIZE;
    assert_memory_equal(blob, "\1\2\0\0\0", 5); /* a line, without flags */
    memcpy(&count, blob + 5, sizeof count);
    assert_int_equal(count, 3);
    memcpy(places, blob + 9, sizeof places);
    for (int i = 0; i < 3; i++) {
        check_near(places[2 * i], LINE[i].lon, 0);
        check_near(places[2 * i + 1], LINE[i].lat, 0);
    }
    sqlite3_finalize(s);
    sqlite3_close(db);
    buf_free(&bytes);
}

static void one_without_rows_is_whole(void **state)
{
    struct buf bytes = { 0 };

    (void)state;
    make(&bytes, 0);
    sqlite3 *db = opened(&bytes);

    expect(db, "PRAGMA integrity_check", "ok");
    expect(db, "SELECT count(*) FROM gaps", "0");
    expect(db, "SELECT ifnull(min_x, 'nowhere') FROM gpkg_contents", "nowhere");
    sqlite3_close(db);
    buf_free(&bytes);
}

static void what_a_table_cannot_hold_is_refused_with_the_words_of_sqlite(void **state)
{
    struct arena *a = arena_new();
    const struct figure line = figure_line(a, LINE, 3);
    struct geopackage_value row[COLUMN_COUNT];
    struct fail f = { 0 };
    struct geopackage *g = geopackage_new(GEOPACKAGE_GAPS, &f);

    (void)state;
    fill(row);
    row[0].kind = GEOPACKAGE_NULL;
    assert_false(geopackage_add(g, &line, row, COLUMN_COUNT, &f));
    assert_int_equal(f.code, CODE_GEOPACKAGE_FAILED);
    assert_non_null(strstr(f.text, "gap_id"));
    geopackage_free(g);
    arena_free(a);
}

/* For whoever has another reader: tests/engine/test_gdal. */
static int write_one(const char *path)
{
    const int file = creat(path, 0600);
    struct buf bytes = { 0 };

    if (file < 0)
        return 1;
    make(&bytes, 2);
    const bool is_written = write(file, bytes.bytes, bytes.size) == (ssize_t)bytes.size;

    buf_free(&bytes);
    return close(file) == 0 && is_written ? 0 : 1;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_says_what_it_is),
        cmocka_unit_test(rows_have_their_values_and_lines),
        cmocka_unit_test(one_without_rows_is_whole),
        cmocka_unit_test(what_a_table_cannot_hold_is_refused_with_the_words_of_sqlite),
    };

    if (argc > 1)
        return write_one(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
