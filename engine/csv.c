/* A file is made UTF-8 first, whole, and then read by one pass over its bytes. The
 * cells are written over the copy in place: what a quote or a blank takes away only
 * makes them shorter. */
#include "engine/csv.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unicode/ucnv.h>

#include "geo/base/utf8.h"

enum { SHOWN = 60, GROWTH = 2 /* GB18030 writes a character of 3 bytes in 2 */ };

static const char MARK[] = "\xEF\xBB\xBF";
enum { MARK_SIZE = sizeof MARK - 1 };

/* ------------------------------------------------------------------ encoding */

static bool not_text(struct fail *f)
{
    fail_set(f, FAIL_INPUT, CSV_ENCODING, "this file is neither UTF-8 nor GB18030 text");
    return fail_allowed(f, "CSV in UTF-8 or GB18030");
}

/* By way of UTF-16, in which ICU thinks. */
static bool from_gb18030(const char *bytes, size_t size, struct arena *a, char **out,
                         size_t *out_size, struct fail *f)
{
    UErrorCode status = U_ZERO_ERROR;
    UConverter *gb = ucnv_open("gb18030", &status);
    UConverter *utf8 = ucnv_open("UTF-8", &status);
    char *target = arena_take(a, GROWTH * size + 1, 1);
    char *end = target;
    const char *source = bytes;

    assert(U_SUCCESS(status));
    ucnv_setToUCallBack(gb, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &status);
    ucnv_convertEx(utf8, gb, &end, target + GROWTH * size, &source, bytes + size, NULL, NULL, NULL,
                   NULL, true, true, &status);
    ucnv_close(gb);
    ucnv_close(utf8);
    *out = target;
    *out_size = (size_t)(end - target);
    return (U_SUCCESS(status) && utf8_valid(target, *out_size)) || not_text(f);
}

static bool to_utf8(const char *bytes, size_t size, struct arena *a, char **out, size_t *out_size,
                    const char **encoding, struct fail *f)
{
    if (memchr(bytes, '\0', size))
        return not_text(f);
    *encoding = "utf-8";
    *out_size = size;
    if (utf8_valid(bytes, size)) {
        *out = arena_copy(a, bytes, size);
    } else {
        *encoding = "gb18030";
        if (!from_gb18030(bytes, size, a, out, out_size, f))
            return false;
    }
    if (*out_size >= MARK_SIZE && memcmp(*out, MARK, MARK_SIZE) == 0) {
        *out += MARK_SIZE;
        *out_size -= MARK_SIZE;
    }
    return true;
}

/* ------------------------------------------------------------------ cells and rows */

/* The file while it is read: `at` goes over the bytes, `put` follows behind it
 * where the cells come to stand. */
struct reading {
    char *at;
    char *end;
    int32_t line;
    struct arena *arena;
};

static bool is_line_end(const struct reading *r)
{
    return r->at == r->end || *r->at == '\n' || *r->at == '\r';
}

static void pass_line_end(struct reading *r)
{
    if (r->at < r->end && *r->at == '\r' && r->at + 1 < r->end && r->at[1] == '\n')
        r->at++;
    if (r->at < r->end)
        r->at++;
    r->line++;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* What stands between quotes, with "" made ". False when the quote stays open. */
static bool read_quoted(struct reading *r, char **put)
{
    for (r->at++; r->at < r->end; r->at++) {
        if (*r->at == '"') {
            if (r->at + 1 == r->end || r->at[1] != '"') {
                r->at++;
                return true;
            }
            r->at++;
        } else if (*r->at == '\n' ||
                   (*r->at == '\r' && (r->at + 1 == r->end || r->at[1] != '\n'))) {
            r->line++;
        }
        *(*put)++ = *r->at;
    }
    return false;
}

/* An apostrophe before what a spreadsheet would calculate is csv_write's. */
static const char *without_guard(const char *cell)
{
    return cell[0] == '\'' && cell[1] != '\0' && strchr("=+-@\t\r", cell[1]) ? cell + 1 : cell;
}

static const char *trimmed(struct reading *r, char *start, char *end)
{
    while (start < end && is_blank(*start))
        start++;
    while (end > start && is_blank(end[-1]))
        end--;
    return without_guard(arena_copy(r->arena, start, (size_t)(end - start)));
}

static void blame_row(struct csv_row *row, struct fail *f)
{
    if (row->wrong.kind == FAIL_NONE)
        row->wrong = *f;
}

/* One cell, up to its comma or the line's end. False when a quote stays open. */
static bool read_cell(struct reading *r, struct csv_row *row, const char **cell)
{
    struct fail f;
    char *start = r->at;
    char *put = r->at;
    bool was_quoted = false;

    while (r->at < r->end && is_blank(*r->at))
        *put++ = *r->at++;
    if (r->at < r->end && *r->at == '"') {
        was_quoted = true;
        start = put;
        if (!read_quoted(r, &put))
            return false;
    }
    for (; !is_line_end(r) && *r->at != ','; r->at++) {
        if (*r->at == '"' || (was_quoted && !is_blank(*r->at))) {
            fail_set(&f, FAIL_INPUT, CSV_QUOTE_STRAY,
                     "line %d has a quote in the middle of a cell: a cell is quoted whole",
                     row->line);
            blame_row(row, &f);
        }
        *put++ = *r->at;
    }
    if (put - start > CSV_CELL_MAX) {
        fail_set(&f, FAIL_INPUT, CSV_CELL_TOO_LONG, "line %d has a cell of %lld bytes", row->line,
                 (long long)(put - start));
        fail_allowed(&f, "at most %d bytes", CSV_CELL_MAX);
        blame_row(row, &f);
        put = start;
    }
    *cell = trimmed(r, start, put);
    return true;
}

static bool quote_open(const struct csv_row *row, struct fail *f)
{
    return fail_set(f, FAIL_INPUT, CSV_QUOTE_OPEN, "a quote that line %d opens is never closed",
                    row->line);
}

static bool too_large(const char *what, int32_t most, struct fail *f)
{
    fail_set(f, FAIL_INPUT, CSV_TOO_LARGE, "this file has more than %d %s", most, what);
    return fail_allowed(f, "at most %d %s", most, what);
}

/* A line of the file: its cells, and none when it is empty. */
static bool read_row(struct reading *r, struct csv_row *row, struct fail *f)
{
    const char *cells[CSV_COLUMNS_MAX] = { NULL };
    bool is_empty = true;
    bool goes_on = true;

    *row = (struct csv_row){ .line = r->line };
    while (goes_on) {
        if (row->count == CSV_COLUMNS_MAX)
            return too_large("columns", CSV_COLUMNS_MAX, f);
        if (!read_cell(r, row, &cells[row->count]))
            return quote_open(row, f);
        is_empty &= cells[row->count++][0] == '\0';
        goes_on = !is_line_end(r);
        r->at += goes_on; /* the comma */
    }
    pass_line_end(r);
    if (is_empty && row->wrong.kind == FAIL_NONE)
        row->count = 0;
    row->cells = arena_take(r->arena, (size_t)row->count + 1, sizeof *row->cells);
    memcpy(row->cells, cells, (size_t)row->count * sizeof *cells);
    return true;
}

/* Cells behind the last column are no harm while they are empty: spreadsheets write
 * them. */
static void check_count(const struct csv *c, struct csv_row *row)
{
    struct fail f;

    while (row->count > c->header.count && row->cells[row->count - 1][0] == '\0')
        row->count--;
    if (row->count == c->header.count)
        return;
    fail_set(&f, FAIL_INPUT, CSV_CELL_COUNT, "line %d has %d cells where the first line has %d",
             row->line, row->count, c->header.count);
    fail_allowed(&f, "%d cells", c->header.count);
    blame_row(row, &f);
}

static bool read_rows(struct reading *r, struct csv *c, struct fail *f)
{
    int32_t room = 0;

    while (r->at < r->end) {
        struct csv_row row;

        if (!read_row(r, &row, f))
            return false;
        if (row.count == 0)
            continue;
        if (c->row_count == CSV_ROWS_MAX)
            return too_large("lines", CSV_ROWS_MAX, f);
        if (c->row_count == room) {
            struct csv_row *rows;

            room = room ? 2 * room : 256;
            rows = arena_take(r->arena, (size_t)room, sizeof *rows);
            if (c->row_count > 0)
                memcpy(rows, c->rows, (size_t)c->row_count * sizeof *rows);
            c->rows = rows;
        }
        check_count(c, &row);
        c->rows[c->row_count++] = row;
    }
    return true;
}

bool csv_read(const char *bytes, size_t size, struct arena *a, struct csv *out, struct fail *f)
{
    struct csv c = { 0 };
    struct reading r = { .line = 1, .arena = a };
    size_t length;

    if (size > CSV_BYTES_MAX)
        return too_large("bytes", CSV_BYTES_MAX, f);
    if (size == 0)
        return fail_set(f, FAIL_INPUT, CSV_EMPTY, "this file has no line that names its columns");
    if (!to_utf8(bytes, size, a, &r.at, &length, &c.encoding, f))
        return false;
    r.end = r.at + length;
    while (r.at < r.end && c.header.count == 0)
        if (!read_row(&r, &c.header, f))
            return false;
    if (c.header.count == 0)
        return fail_set(f, FAIL_INPUT, CSV_EMPTY, "this file has no line that names its columns");
    if (c.header.wrong.kind != FAIL_NONE) {
        *f = c.header.wrong;
        return false;
    }
    while (c.header.cells[c.header.count - 1][0] == '\0')
        c.header.count--;
    if (!read_rows(&r, &c, f))
        return false;
    *out = c;
    return true;
}

/* ------------------------------------------------------------------ columns */

bool csv_is_called(const char *names, const char *cell)
{
    const size_t length = strlen(cell);

    for (const char *at = names; at; at = strchr(at, '|') ? strchr(at, '|') + 1 : NULL)
        if (strcspn(at, "|") == length && strncasecmp(at, cell, length) == 0)
            return true;
    return false;
}

const char *csv_word(const struct csv_column *column, struct arena *a)
{
    return arena_copy(a, column->names, strcspn(column->names, "|"));
}

static bool take_column(const struct csv *c, int32_t at, struct csv_column *columns, int32_t count,
                        struct fail *f)
{
    const char *name = c->header.cells[at];

    for (int32_t i = 0; i < count; i++) {
        if (!csv_is_called(columns[i].names, name))
            continue;
        if (columns[i].at >= 0) {
            fail_set(f, FAIL_INPUT, COLUMN_REPEATED, "the column \"%.*s\" is there twice", SHOWN,
                     name);
            return fail_value(f, name);
        }
        columns[i].at = at;
        return true;
    }
    fail_set(f, FAIL_INPUT, COLUMN_UNKNOWN, "there is no column \"%.*s\"", SHOWN, name);
    fail_value(f, name);
    struct buf allowed = { 0 };

    for (int32_t i = 0; i < count; i++) {
        buf_string(&allowed, i ? ", " : "");
        buf_put(&allowed, columns[i].names, strcspn(columns[i].names, "|"));
    }
    fail_allowed(f, "%s", buf_text(&allowed));
    buf_free(&allowed);
    return false;
}

bool csv_find(const struct csv *c, struct csv_column *columns, int32_t count, struct fail *f)
{
    for (int32_t i = 0; i < count; i++)
        columns[i].at = -1;
    for (int32_t i = 0; i < c->header.count; i++)
        if (!take_column(c, i, columns, count, f))
            return false;
    for (int32_t i = 0; i < count; i++) {
        if (columns[i].at >= 0 || !columns[i].required)
            continue;
        const int length = (int)strcspn(columns[i].names, "|");

        fail_set(f, FAIL_INPUT, COLUMN_MISSING, "the column \"%.*s\" is missing", length,
                 columns[i].names);
        return fail_allowed(f, "%.*s", length, columns[i].names);
    }
    return true;
}

const char *csv_cell(const struct csv_row *row, const struct csv_column *column)
{
    return column->at >= 0 && column->at < row->count ? row->cells[column->at] : "";
}

/* ------------------------------------------------------------------ writing */

void csv_write_mark(struct buf *b)
{
    buf_put(b, MARK, MARK_SIZE);
}

void csv_write(struct buf *b, const char *const *cells, int32_t count)
{
    for (int32_t i = 0; i < count; i++) {
        const char *cell = cells[i] ? cells[i] : "";
        const bool guarded = cell[0] != '\0' && strchr("=+-@\t\r", cell[0]);
        const bool quoted = guarded || cell[strcspn(cell, ",\"\r\n \t")] != '\0';

        buf_string(b, i ? "," : "");
        buf_string(b, quoted ? "\"" : "");
        buf_string(b, guarded ? "'" : "");
        for (const char *at = cell; *at; at++) {
            if (*at == '"')
                buf_byte(b, '"');
            buf_byte(b, (unsigned char)*at);
        }
        buf_string(b, quoted ? "\"" : "");
    }
    buf_string(b, "\r\n");
}
