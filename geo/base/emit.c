/* JSON text by RFC 8259. Numbers never use an exponent and text is escaped only
 * where it must be, so that answers stay short and easy to compare. */
#include "geo/base/emit.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "geo/base/utf8.h"

enum { NUMBER_ROOM = 352, DECIMALS_MAX = 9 };

struct emit emit_to(struct buf *out)
{
    return (struct emit){ .out = out };
}

static void before_value(struct emit *e)
{
    const bool in_object = e->depth > 0 && e->open[e->depth - 1] == '{';

    assert(!in_object || e->after_key);
    assert(e->depth > 0 || !e->wants_comma); /* a document is one value */
    if (e->wants_comma && !e->after_key)
        buf_byte(e->out, ',');
    e->after_key = false;
    e->wants_comma = true;
}

static void open_level(struct emit *e, char mark)
{
    before_value(e);
    assert(e->depth < EMIT_DEPTH_MAX);
    e->open[e->depth++] = mark;
    e->wants_comma = false;
    buf_byte(e->out, (unsigned char)mark);
}

void emit_object(struct emit *e)
{
    open_level(e, '{');
}

void emit_array(struct emit *e)
{
    open_level(e, '[');
}

void emit_end(struct emit *e)
{
    assert(e->depth > 0 && !e->after_key);
    buf_byte(e->out, e->open[--e->depth] == '{' ? '}' : ']');
    e->wants_comma = true;
}

static void put_escaped(struct buf *out, unsigned char c)
{
    switch (c) {
    case '"':
        buf_string(out, "\\\"");
        return;
    case '\\':
        buf_string(out, "\\\\");
        return;
    case '\n':
        buf_string(out, "\\n");
        return;
    case '\t':
        buf_string(out, "\\t");
        return;
    case '\r':
        buf_string(out, "\\r");
        return;
    default:
        buf_format(out, "\\u%04x", (unsigned int)c);
    }
}

/* How much from here on is ASCII that stands for itself: nearly all of most texts. */
static size_t plain_length(const unsigned char *s, size_t length)
{
    size_t n = 0;

    while (n < length && s[n] >= 0x20 && s[n] < 0x7F && s[n] != '"' && s[n] != '\\')
        n++;
    return n;
}

static void put_quoted(struct buf *out, const char *text, size_t length)
{
    const unsigned char *s = (const unsigned char *)text;

    buf_byte(out, '"');
    for (size_t i = 0; i < length;) {
        const size_t plain = plain_length(s + i, length - i);

        buf_put(out, s + i, plain);
        i += plain;
        if (i == length)
            break;
        const size_t n = utf8_character(text + i, length - i);

        if (n == 0)
            buf_string(out, "\xEF\xBF\xBD");
        else if (n == 1)
            put_escaped(out, s[i]);
        else
            buf_put(out, s + i, n);
        i += n > 0 ? n : 1;
    }
    buf_byte(out, '"');
}

void emit_key(struct emit *e, const char *key)
{
    assert(e->depth > 0 && e->open[e->depth - 1] == '{' && !e->after_key);
    if (e->wants_comma)
        buf_byte(e->out, ',');
    put_quoted(e->out, key, strlen(key));
    buf_byte(e->out, ':');
    e->after_key = true;
}

void emit_text_sized(struct emit *e, const char *text, size_t length)
{
    before_value(e);
    put_quoted(e->out, text, length);
}

void emit_text(struct emit *e, const char *text)
{
    if (text)
        emit_text_sized(e, text, strlen(text));
    else
        emit_null(e);
}

void emit_int(struct emit *e, int64_t value)
{
    char digits[NUMBER_ROOM];
    char *const end = digits + sizeof digits;
    char *text = end;
    uint64_t left = value < 0 ? -(uint64_t)value : (uint64_t)value;

    before_value(e);
    do
        *--text = (char)('0' + left % 10);
    while ((left /= 10) > 0);
    if (value < 0)
        *--text = '-';
    buf_put(e->out, text, (size_t)(end - text));
}

void emit_bool(struct emit *e, bool value)
{
    before_value(e);
    buf_string(e->out, value ? "true" : "false");
}

void emit_null(struct emit *e)
{
    before_value(e);
    buf_string(e->out, "null");
}

/* On its own, so that the compiler sees how many decimals there can be. */
static int number_text(char digits[static NUMBER_ROOM], double value, unsigned decimals)
{
    return snprintf(digits, NUMBER_ROOM, "%.*f", (int)(decimals % (DECIMALS_MAX + 1)), value);
}

/* The number as a whole count of its last decimal. False where multiplying could have
 * moved it over the middle between two counts, or where it is very large: printf, which
 * is ten times slower, knows the exact value. */
static bool whole_units(double value, int decimals, uint64_t *units)
{
    static const double UNITS[] = { 1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9 };
    static const double LARGEST = 1e12, NEAR_THE_MIDDLE = 1e-3;
    const double scaled = fabs(value) * UNITS[decimals];

    if (!(scaled < LARGEST))
        return false;
    *units = (uint64_t)scaled;
    const double rest = scaled - (double)*units;

    *units += rest > 0.5;
    return fabs(rest - 0.5) > NEAR_THE_MIDDLE;
}

/* Units and decimals as text that ends where `end` points; where it begins. Zeros at its
 * end are left out. */
static char *units_text(char *end, uint64_t units, int decimals)
{
    char *at = end;

    for (; decimals > 0 && units % 10 == 0; decimals--)
        units /= 10;
    for (bool has_point = decimals > 0; units > 0 || decimals >= 0; units /= 10) {
        *--at = (char)('0' + units % 10);
        if (--decimals == 0 && has_point)
            *--at = '.';
    }
    return at;
}

void emit_number(struct emit *e, double value, int decimals)
{
    char digits[NUMBER_ROOM];
    char *const end = digits + sizeof digits;
    uint64_t units;

    assert(decimals >= 0 && decimals <= DECIMALS_MAX);
    if (!isfinite(value)) {
        emit_null(e);
        return;
    }
    before_value(e);
    if (whole_units(value, decimals, &units)) {
        char *text = units_text(end, units, decimals);

        if (value < 0 && units > 0)
            *--text = '-';
        buf_put(e->out, text, (size_t)(end - text));
        return;
    }
    int length = number_text(digits, value, (unsigned)decimals);

    while (decimals > 0 && digits[length - 1] == '0')
        length--;
    if (decimals > 0 && digits[length - 1] == '.')
        length--;
    if (length == 2 && digits[0] == '-' && digits[1] == '0')
        buf_byte(e->out, '0');
    else
        buf_put(e->out, digits, (size_t)length);
}

void emit_raw(struct emit *e, const char *json, size_t length)
{
    assert(length > 0);
    before_value(e);
    buf_put(e->out, json, length);
}

void emit_key_text(struct emit *e, const char *key, const char *text)
{
    emit_key(e, key);
    emit_text(e, text);
}

void emit_key_int(struct emit *e, const char *key, int64_t value)
{
    emit_key(e, key);
    emit_int(e, value);
}

void emit_key_bool(struct emit *e, const char *key, bool value)
{
    emit_key(e, key);
    emit_bool(e, value);
}

void emit_key_number(struct emit *e, const char *key, double value, int decimals)
{
    emit_key(e, key);
    emit_number(e, value, decimals);
}
