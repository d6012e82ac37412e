/* The grammar is RFC 8259's, as strict as jansson reads it; the test of
 * geo/fixes holds the two against each other. */
#include "geo/scan.h"

#include <stdlib.h>
#include <string.h>

#include "geo/base/input.h"

static const uint64_t EXACT_MAX = 1ULL << 53; /* doubles hold every integer up to here */
static const double POWERS[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                 1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };

enum {
    EXACT_POWER_MAX = 22, /* 1e22 is the last power of ten that a double holds exactly */
    EXPONENT_MAX = 100000
};

bool scan_malformed(struct scan *s, const char *what)
{
    int line = 1, column = 1;

    for (const char *c = s->start; c < s->at; c++) {
        column = *c == '\n' ? 1 : column + 1;
        line += *c == '\n';
    }
    return fail_set(s->fail, FAIL_INPUT, JSON_MALFORMED,
                    "the JSON cannot be read: %s, line %d column %d", what, line, column);
}

/* The next byte that is no white space, not yet taken; NUL at the end, which no
 * value begins with either. */
char scan_peek(struct scan *s)
{
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\n' || *s->at == '\t' || *s->at == '\r'))
        s->at++;
    return s->at < s->end ? *s->at : '\0';
}

bool scan_take(struct scan *s, char c)
{
    if (scan_peek(s) != c)
        return false;
    s->at++;
    return true;
}

bool scan_deeper(struct scan *s)
{
    if (++s->depth > INPUT_DEPTH_MAX)
        return fail_set(s->fail, FAIL_INPUT, JSON_DEEP, "the JSON is nested deeper than %d levels",
                        INPUT_DEPTH_MAX);
    return true;
}

static bool digits(struct scan *s, uint64_t *mantissa, int *dropped, int *count)
{
    const char *first = s->at;

    for (; s->at < s->end && *s->at >= '0' && *s->at <= '9'; s->at++) {
        if (*mantissa <= (UINT64_MAX - 9) / 10)
            *mantissa = *mantissa * 10 + (uint64_t)(*s->at - '0');
        else
            ++*dropped;
    }
    *count = (int)(s->at - first);
    return *count > 0;
}

static bool exponent(struct scan *s, int *out)
{
    uint64_t size = 0;
    int dropped = 0;
    int count;

    s->at++;
    const bool is_negative = s->at < s->end && *s->at == '-';

    if (s->at < s->end && (*s->at == '-' || *s->at == '+'))
        s->at++;
    if (!digits(s, &size, &dropped, &count))
        return scan_malformed(s, "an exponent without digits");
    const int limited = dropped > 0 || size > EXPONENT_MAX ? EXPONENT_MAX : (int)size;

    *out = is_negative ? -limited : limited;
    return true;
}

/* Where mantissa and power are both exact one rounding is made, so the result is
 * the nearest double (Clinger, How to Read Floating Point Numbers Accurately,
 * 1990); the rest is for strtod, which needs a terminated text. */
static double real_of(struct scan *s, const char *from, uint64_t mantissa, int power)
{
    if (mantissa <= EXACT_MAX && power >= -EXACT_POWER_MAX && power <= EXACT_POWER_MAX) {
        const double value =
            power < 0 ? (double)mantissa / POWERS[-power] : (double)mantissa * POWERS[power];

        return *from == '-' ? -value : value;
    }
    return strtod(arena_copy(s->arena, from, (size_t)(s->at - from)), NULL);
}

static bool number(struct scan *s, struct scan_value *out)
{
    const char *from = s->at;
    uint64_t mantissa = 0;
    int dropped = 0;
    int after_point = 0;
    int power = 0;
    int count;

    if (*s->at == '-')
        s->at++;
    const bool leads_with_zero = s->at < s->end && *s->at == '0';

    if (!digits(s, &mantissa, &dropped, &count))
        return scan_malformed(s, "a number without digits");
    if (leads_with_zero && count > 1)
        return scan_malformed(s, "a number that begins with 0");
    out->kind = SCAN_NUMBER;
    out->is_whole = dropped == 0 && mantissa <= (uint64_t)INT64_MAX;
    out->whole = out->is_whole ? (int64_t)mantissa : 0;
    if (*from == '-')
        out->whole = -out->whole;
    if (s->at < s->end && *s->at == '.') {
        out->is_whole = false;
        s->at++;
        if (!digits(s, &mantissa, &dropped, &after_point))
            return scan_malformed(s, "a point without digits behind it");
    }
    if (s->at < s->end && (*s->at == 'e' || *s->at == 'E')) {
        out->is_whole = false;
        if (!exponent(s, &power))
            return false;
    }
    /* Digits that were dropped make the mantissa inexact; strtod sees them all. */
    if (dropped > 0)
        mantissa = UINT64_MAX;
    out->number = real_of(s, from, mantissa, power - after_point);
    return true;
}

/* How many bytes the character at `at` has, 0 when it is not UTF-8 (RFC 3629:
 * no overlong forms, no surrogates, nothing above U+10FFFF). */
static int character_size(const char *at, const char *end)
{
    const unsigned char *c = (const unsigned char *)at;
    const int64_t left = end - at;
    unsigned min = 0x80, max = 0xBF;
    int size;

    if (*c < 0x80)
        return 1;
    if (*c >= 0xC2 && *c <= 0xDF) {
        size = 2;
    } else if (*c >= 0xE0 && *c <= 0xEF) {
        size = 3;
        min = *c == 0xE0 ? 0xA0 : min;
        max = *c == 0xED ? 0x9F : max;
    } else if (*c >= 0xF0 && *c <= 0xF4) {
        size = 4;
        min = *c == 0xF0 ? 0x90 : min;
        max = *c == 0xF4 ? 0x8F : max;
    } else {
        return 0;
    }
    if (left < size || c[1] < min || c[1] > max)
        return 0;
    for (int i = 2; i < size; i++)
        if (c[i] < 0x80 || c[i] > 0xBF)
            return 0;
    return size;
}

static bool four_hex(struct scan *s, uint32_t *out)
{
    *out = 0;
    for (int i = 0; i < 4; i++, s->at++) {
        const char c = s->at < s->end ? *s->at : '\0';
        uint32_t d;

        if (c >= '0' && c <= '9')
            d = (uint32_t)(c - '0');
        else if (c >= 'a' && c <= 'f')
            d = (uint32_t)(c - 'a') + 10;
        else if (c >= 'A' && c <= 'F')
            d = (uint32_t)(c - 'A') + 10;
        else
            return scan_malformed(s, "an escape without four hexadecimal digits");
        *out = *out * 16 + d;
    }
    return true;
}

/* What stands behind a backslash, as a code point. */
static bool escape(struct scan *s, uint32_t *out)
{
    static const char NAMES[] = "\"\\/bfnrt";
    static const char MEANS[] = "\"\\/\b\f\n\r\t";
    const char c = s->at < s->end ? *s->at++ : '\0';
    const char *named = c ? strchr(NAMES, c) : NULL;
    uint32_t low;

    if (named) {
        *out = (unsigned char)MEANS[named - NAMES];
        return true;
    }
    if (c != 'u')
        return scan_malformed(s, "an unknown escape");
    if (!four_hex(s, out))
        return false;
    if (*out == 0)
        return scan_malformed(s, "a NUL in a text");
    if (*out < 0xD800 || *out > 0xDFFF)
        return true;
    if (*out > 0xDBFF || s->end - s->at < 2 || s->at[0] != '\\' || s->at[1] != 'u')
        return scan_malformed(s, "half a surrogate pair");
    s->at += 2;
    if (!four_hex(s, &low))
        return false;
    if (low < 0xDC00 || low > 0xDFFF)
        return scan_malformed(s, "half a surrogate pair");
    *out = 0x10000 + ((*out - 0xD800) << 10) + (low - 0xDC00);
    return true;
}

static void keep(struct scan_value *out, size_t *length, const char *bytes, int size)
{
    if (*length + (size_t)size >= SCAN_TEXT_ROOM) {
        out->is_long = true;
        return;
    }
    memcpy(out->text + *length, bytes, (size_t)size);
    *length += (size_t)size;
}

/* No word we know has a character above ASCII, so which one it was is not kept. */
static void keep_escaped(struct scan_value *out, size_t *length, uint32_t point)
{
    const char byte = point < 0x80 ? (char)point : '\x7F';

    keep(out, length, &byte, 1);
}

static bool text(struct scan *s, struct scan_value *out)
{
    size_t length = 0;

    out->kind = SCAN_TEXT;
    out->is_long = false;
    s->at++; /* the quotation mark */
    for (;;) {
        uint32_t point = 0;

        if (s->at == s->end)
            return scan_malformed(s, "a text without its end");
        if (*s->at == '"')
            break;
        if (*s->at == '\\') {
            s->at++;
            if (!escape(s, &point))
                return false;
            keep_escaped(out, &length, point);
            continue;
        }
        const int size = (unsigned char)*s->at < 0x20 ? 0 : character_size(s->at, s->end);

        if (size == 0)
            return scan_malformed(s, "a control character, or what is not UTF-8");
        keep(out, &length, s->at, size);
        s->at += size;
    }
    s->at++;
    out->text[length] = '\0';
    return true;
}

static bool literal(struct scan *s, const char *word)
{
    const size_t length = strlen(word);

    if ((size_t)(s->end - s->at) < length || memcmp(s->at, word, length) != 0)
        return scan_malformed(s, "an unknown word");
    s->at += length;
    return true;
}

/* Anything but an object or an array. */
static bool scalar(struct scan *s, struct scan_value *out)
{
    const char c = scan_peek(s);

    if (c == '"')
        return text(s, out);
    if (c == '-' || (c >= '0' && c <= '9'))
        return number(s, out);
    out->kind = SCAN_TRUE;
    if (c == 't')
        return literal(s, "true");
    out->kind = SCAN_FALSE;
    if (c == 'f')
        return literal(s, "false");
    out->kind = SCAN_NULL;
    if (c == 'n')
        return literal(s, "null");
    return scan_malformed(s, "no value where one should be");
}

bool scan_key(struct scan *s, struct scan_value *out)
{
    if (scan_peek(s) != '"')
        return scan_malformed(s, "no key where one should be");
    if (!text(s, out))
        return false;
    return scan_take(s, ':') || scan_malformed(s, "no colon behind a key");
}

/* Steps over an object or array of any content. `kinds` remembers what is open,
 * so that there is no recursion for the sender to steer. */
static bool skip_nested(struct scan *s)
{
    char kinds[INPUT_DEPTH_MAX + 1] = { 0 };
    const int ground = s->depth;
    struct scan_value ignored;
    bool is_first = false;

    do {
        const char c = scan_peek(s);

        if (c == '{' || c == '[') {
            if (!scan_deeper(s))
                return false;
            s->at++;
            kinds[s->depth] = c;
            is_first = true;
        } else if (!scalar(s, &ignored)) {
            return false;
        }
        /* Close what ends here, then stand before the next value. */
        while (s->depth > ground && scan_take(s, kinds[s->depth] == '{' ? '}' : ']')) {
            s->depth--;
            is_first = false;
        }
        if (s->depth == ground)
            return true;
        if (!is_first && !scan_take(s, ','))
            return scan_malformed(s, "no comma between two values");
        is_first = false;
    } while (kinds[s->depth] != '{' || scan_key(s, &ignored));
    return false;
}

bool scan_value(struct scan *s, struct scan_value *out)
{
    const char c = scan_peek(s);

    if (c != '{' && c != '[')
        return scalar(s, out);
    out->kind = SCAN_OTHER;
    return skip_nested(s);
}
