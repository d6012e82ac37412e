#ifndef ENGINE_CSV_H
#define ENGINE_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "geo/base/arena.h"
#include "geo/base/buf.h"
#include "geo/base/fail.h"

/* Tables as spreadsheets write them: RFC 4180, lines ended by CR LF, LF or CR, in
 * UTF-8 with or without a byte-order mark, or in GB18030 (and so GBK and GB 2312),
 * which is told apart because it is hardly ever valid UTF-8. The first line names
 * the columns. A line that cannot be read is kept with what is wrong with it, so that
 * the others can be let in; what leaves no line sure (an open quote, bytes that are
 * no text) refuses the whole file. */
enum {
    CSV_BYTES_MAX = 8 * 1024 * 1024,
    CSV_ROWS_MAX = 20000, /* beside the header */
    CSV_COLUMNS_MAX = 64,
    CSV_CELL_MAX = 4000 /* bytes */
};

struct csv_row {
    int32_t line; /* of the file, from 1; a quoted cell may have further ones */
    int32_t count;
    const char **cells; /* without the blanks around them */
    struct fail wrong;  /* kind FAIL_NONE: nothing */
};

struct csv {
    struct csv_row header;
    struct csv_row *rows; /* empty lines left out */
    int32_t row_count;
    const char *encoding; /* "utf-8" or "gb18030" */
};

/* All in the arena; `bytes` are not needed any more. CSV_ENCODING, CSV_QUOTE_OPEN,
 * CSV_EMPTY, CSV_TOO_LARGE. A row may be wrong with CSV_QUOTE_STRAY, CSV_CELL_COUNT
 * or CSV_CELL_TOO_LONG. */
bool csv_read(const char *bytes, size_t size, struct arena *a, struct csv *out, struct fail *f);

/* Where a column stands. `names` are what it may be called, parted by "|", compared
 * without regard to small and capital letters: "name|姓名". The first is its word. */
struct csv_column {
    const char *names;
    bool required;
    int32_t at; /* set by csv_find; -1: the file has none */
};

/* Finds the columns; COLUMN_MISSING, COLUMN_UNKNOWN for one that is none of them,
 * COLUMN_REPEATED. */
bool csv_find(const struct csv *c, struct csv_column *columns, int32_t count, struct fail *f);
/* The cell of a column, "" when the file has no such column. */
const char *csv_cell(const struct csv_row *row, const struct csv_column *column);
/* Whether a cell says one of the names, as csv_find reads them. */
bool csv_is_called(const char *names, const char *cell);
/* The first name of a column. */
const char *csv_word(const struct csv_column *column, struct arena *a);

/* Writes a row. A cell that a spreadsheet would take for a formula (it begins with
 * = + - @ or a tab) gets an apostrophe before it, which csv_read takes off again. */
void csv_write(struct buf *b, const char *const *cells, int32_t count);
/* EF BB BF: without it spreadsheets take UTF-8 for their own code page. */
void csv_write_mark(struct buf *b);

#endif
