/* Tests of engine/csv.c. */
#include "engine/csv.h"

#include <string.h>

#include "tests/support/check_near.h"

struct desk {
    struct arena *arena;
    struct csv csv;
    struct fail fail;
};

static int set_up(void **state)
{
    static struct desk desk;

    desk = (struct desk){ .arena = arena_new() };
    *state = &desk;
    return 0;
}

static int tear_down(void **state)
{
    struct desk *d = *state;

    arena_free(d->arena);
    return 0;
}

static bool reads(struct desk *d, const char *bytes, size_t size)
{
    d->csv = (struct csv){ 0 };
    d->fail = (struct fail){ 0 };
    return csv_read(bytes, size, d->arena, &d->csv, &d->fail);
}

static void must_read(struct desk *d, const char *text)
{
    if (!reads(d, text, strlen(text)))
        fail_msg("%s: %s", fail_word(d->fail.code), d->fail.text);
}

static const char *cell(const struct desk *d, int32_t row, int32_t column)
{
    assert_in_range(row, 0, d->csv.row_count - 1);
    assert_in_range(column, 0, d->csv.rows[row].count - 1);
    return d->csv.rows[row].cells[column];
}

static void cells_are_read_as_rfc_4180_writes_them(void **state)
{
    struct desk *d = *state;

    must_read(d, "name,phone,note\r\n"
                 "王小明,13800001234,\r\n"
                 "\r\n"
                 " \"O\"\"Neill, A\" ,,\"two\r\nlines\"\n"
                 "last,1,2");
    assert_int_equal(d->csv.header.count, 3);
    assert_int_equal(d->csv.row_count, 3);
    assert_string_equal(d->csv.encoding, "utf-8");
    assert_string_equal(cell(d, 0, 0), "王小明");
    assert_string_equal(cell(d, 0, 2), "");
    assert_string_equal(cell(d, 1, 0), "O\"Neill, A");
    assert_string_equal(cell(d, 1, 2), "two\r\nlines");
    assert_int_equal(d->csv.rows[0].line, 2);
    assert_int_equal(d->csv.rows[1].line, 4);
    assert_int_equal(d->csv.rows[2].line, 6);
    assert_string_equal(cell(d, 2, 0), "last");
    for (int32_t i = 0; i < 3; i++)
        assert_int_equal(d->csv.rows[i].wrong.kind, FAIL_NONE);
}

static void a_mark_and_gb18030_are_accepted(void **state)
{
    /* 姓名,手机号 / 李娜,139 / 𠮷田,1 in GB18030: two and four bytes a character. */
    static const char GB[] = "\xd0\xd5\xc3\xfb,\xca\xd6\xbb\xfa\xba\xc5\n\xc0\xee\xc4\xc8,139\n"
                             "\x95\x34\xb2\x35\xcc\xef,1\n";
    static const char GB_MARK[] = "\x84\x31\x95\x33\xd0\xd5\xc3\xfb\n\xc0\xee\n";
    struct desk *d = *state;

    must_read(d, "\xef\xbb\xbf姓名\n李娜\n");
    assert_string_equal(d->csv.header.cells[0], "姓名");
    must_read(d, GB);
    assert_string_equal(d->csv.encoding, "gb18030");
    assert_string_equal(d->csv.header.cells[1], "手机号");
    assert_string_equal(cell(d, 0, 0), "李娜");
    assert_string_equal(cell(d, 1, 0), "𠮷田");
    must_read(d, GB_MARK);
    assert_string_equal(d->csv.header.cells[0], "姓名");
}

static void a_file_that_is_no_table_is_refused_whole(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
        enum fail_code code;
        const char *says;
    } CASES[] = {
        { "", 0, CODE_CSV_EMPTY, "names its columns" },
        { "\r\n\r\n ,\n", 7, CODE_CSV_EMPTY, "names its columns" },
        { "\xff\xfen\0a\0", 6, CODE_CSV_ENCODING, "UTF-8" },
        { "name\n\xff\n", 7, CODE_CSV_ENCODING, "GB18030" },
        { "a\0b", 3, CODE_CSV_ENCODING, "UTF-8" },
        { "name\na\nb,\"c\nd\n", 14, CODE_CSV_QUOTE_OPEN, "line 3" },
        { "name,\"a\"b\n", 10, CODE_CSV_QUOTE_STRAY, "line 1" },
    };
    struct desk *d = *state;

    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        assert_false(reads(d, CASES[i].bytes, CASES[i].size));
        assert_int_equal(d->fail.code, CASES[i].code);
        assert_int_equal(d->fail.kind, FAIL_INPUT);
        assert_non_null(strstr(d->fail.text, CASES[i].says));
    }
}

static void a_bad_line_leaves_the_others(void **state)
{
    struct desk *d = *state;

    must_read(d, "a,b\n1,2\n3\n4,5,6\n7,8,,\nx\"y,1\n\"z\" w,2\n9,10\n");
    assert_int_equal(d->csv.row_count, 7);
    assert_int_equal(d->csv.rows[0].wrong.code, CODE_NONE);
    assert_int_equal(d->csv.rows[1].wrong.code, CODE_CSV_CELL_COUNT);
    assert_non_null(strstr(d->csv.rows[1].wrong.text, "line 3 has 1 cells"));
    assert_int_equal(d->csv.rows[2].wrong.code, CODE_CSV_CELL_COUNT);
    assert_int_equal(d->csv.rows[3].wrong.code, CODE_NONE);
    assert_int_equal(d->csv.rows[4].wrong.code, CODE_CSV_QUOTE_STRAY);
    assert_int_equal(d->csv.rows[5].wrong.code, CODE_CSV_QUOTE_STRAY);
    assert_int_equal(d->csv.rows[6].wrong.code, CODE_NONE);
    assert_string_equal(cell(d, 6, 1), "10");
}

static void limits_are_named(void **state)
{
    struct desk *d = *state;
    struct buf b = { 0 };

    for (int32_t i = 0; i <= CSV_COLUMNS_MAX; i++)
        buf_string(&b, "a,");
    assert_false(reads(d, b.bytes, b.size));
    assert_int_equal(d->fail.code, CODE_CSV_TOO_LARGE);
    assert_non_null(strstr(d->fail.text, "64 columns"));
    buf_clear(&b);
    for (int32_t i = 0; i < CSV_ROWS_MAX + 2; i++)
        buf_string(&b, "a\n");
    assert_false(reads(d, b.bytes, b.size));
    assert_non_null(strstr(d->fail.text, "20000 lines"));
    b.size -= 2;
    assert_true(reads(d, b.bytes, b.size));
    assert_int_equal(d->csv.row_count, CSV_ROWS_MAX);
    buf_clear(&b);
    buf_string(&b, "a\n");
    for (int32_t i = 0; i <= CSV_CELL_MAX; i++)
        buf_byte(&b, 'x');
    assert_true(reads(d, b.bytes, b.size));
    assert_int_equal(d->csv.rows[0].wrong.code, CODE_CSV_CELL_TOO_LONG);
    assert_string_equal(cell(d, 0, 0), "");
    assert_false(reads(d, b.bytes, CSV_BYTES_MAX + 1));
    assert_int_equal(d->fail.code, CODE_CSV_TOO_LARGE);
    buf_free(&b);
}

static void columns_are_found_by_either_name(void **state)
{
    struct csv_column columns[] = { { "name|姓名", true, 0 }, { "phone|手机号", false, 0 } };
    struct desk *d = *state;

    must_read(d, "手机号,NAME\n1,b\n");
    assert_true(csv_find(&d->csv, columns, 2, &d->fail));
    assert_string_equal(csv_cell(&d->csv.rows[0], &columns[0]), "b");
    assert_string_equal(csv_cell(&d->csv.rows[0], &columns[1]), "1");
    assert_string_equal(csv_word(&columns[1], d->arena), "phone");
    must_read(d, "name\nb\n");
    assert_true(csv_find(&d->csv, columns, 2, &d->fail));
    assert_string_equal(csv_cell(&d->csv.rows[0], &columns[1]), "");
    must_read(d, "phone\n1\n");
    assert_false(csv_find(&d->csv, columns, 2, &d->fail));
    assert_int_equal(d->fail.code, CODE_COLUMN_MISSING);
    must_read(d, "name,姓名\n1,2\n");
    assert_false(csv_find(&d->csv, columns, 2, &d->fail));
    assert_int_equal(d->fail.code, CODE_COLUMN_REPEATED);
    must_read(d, "name,nam\n1,2\n");
    assert_false(csv_find(&d->csv, columns, 2, &d->fail));
    assert_int_equal(d->fail.code, CODE_COLUMN_UNKNOWN);
    assert_string_equal(d->fail.value, "nam");
    assert_string_equal(d->fail.allowed, "name, phone");
}

static void formulas_are_made_harmless_and_come_back(void **state)
{
    static const char *const HEAD[] = { "a", "b", "c" };
    static const char *const CELLS[] = { "=HYPERLINK(\"http://x\")", "+86 138", "@a,b" };
    static const char *const MORE[] = { "-1", "plain", "a\nb" };
    struct desk *d = *state;
    struct buf b = { 0 };

    csv_write_mark(&b);
    csv_write(&b, HEAD, 3);
    csv_write(&b, CELLS, 3);
    csv_write(&b, MORE, 3);
    assert_string_equal(buf_text(&b), "\xef\xbb\xbf"
                                      "a,b,c\r\n"
                                      "\"'=HYPERLINK(\"\"http://x\"\")\",\"'+86 138\",\"'@a,b\"\r\n"
                                      "\"'-1\",plain,\"a\nb\"\r\n");
    must_read(d, buf_text(&b));
    for (int32_t i = 0; i < 3; i++) {
        assert_string_equal(cell(d, 0, i), CELLS[i]);
        assert_string_equal(cell(d, 1, i), MORE[i]);
    }
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(cells_are_read_as_rfc_4180_writes_them, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_mark_and_gb18030_are_accepted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_that_is_no_table_is_refused_whole, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_bad_line_leaves_the_others, set_up, tear_down),
        cmocka_unit_test_setup_teardown(limits_are_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(columns_are_found_by_either_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(formulas_are_made_harmless_and_come_back, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
