/* Fuzz target of engine/csv.c: whatever a file is, its cells are text within their
 * limits, a row is wrong or has a cell for each column, and what is written out is
 * read again as the same. */
#include "engine/csv.h"

#include <assert.h>
#include <string.h>

#include "geo/base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_row(const struct csv *c, const struct csv_row *row)
{
    assert(row->line >= 1 && row->count >= 0 && row->count <= CSV_COLUMNS_MAX);
    assert(row->wrong.kind != FAIL_NONE || row->count == c->header.count);
    for (int32_t i = 0; i < row->count; i++) {
        assert(strlen(row->cells[i]) <= CSV_CELL_MAX);
        assert(utf8_valid(row->cells[i], strlen(row->cells[i])));
    }
}

/* The rows that are right, written and read again. */
static void there_and_back(const struct csv *c, struct arena *a)
{
    struct buf b = { 0 };
    struct csv again;
    struct fail f = { 0 };
    int32_t row = 0;

    csv_write_mark(&b);
    csv_write(&b, c->header.cells, c->header.count);
    for (int32_t i = 0; i < c->row_count; i++)
        if (c->rows[i].wrong.kind == FAIL_NONE)
            csv_write(&b, c->rows[i].cells, c->rows[i].count);
    if (b.size <= CSV_BYTES_MAX) {
        assert(csv_read(b.bytes, b.size, a, &again, &f));
        assert(again.header.count == c->header.count);
        for (int32_t i = 0; i < c->row_count; i++) {
            if (c->rows[i].wrong.kind != FAIL_NONE)
                continue;
            for (int32_t k = 0; k < c->header.count; k++)
                assert(strcmp(again.rows[row].cells[k], c->rows[i].cells[k]) == 0);
            row++;
        }
        assert(row == again.row_count);
    }
    buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct csv_column columns[] = { { "name|姓名", true, 0 }, { "phone|手机号", false, 0 } };
    struct arena *a = arena_new();
    struct fail f = { 0 };
    struct csv c;

    if (csv_read((const char *)data, size, a, &c, &f)) {
        assert(c.header.count >= 1 && c.row_count <= CSV_ROWS_MAX);
        for (int32_t i = 0; i < c.row_count; i++)
            check_row(&c, &c.rows[i]);
        there_and_back(&c, a);
        if (csv_find(&c, columns, 2, &f))
            for (int32_t i = 0; i < c.row_count; i++)
                assert(csv_cell(&c.rows[i], &columns[0]) && csv_cell(&c.rows[i], &columns[1]));
        else
            assert(f.kind == FAIL_INPUT && f.text[0]);
    } else {
        assert(f.kind == FAIL_INPUT && f.code != CODE_NONE && f.text[0]);
    }
    arena_free(a);
    return 0;
}
