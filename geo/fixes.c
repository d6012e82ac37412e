/* A scanner for exactly one shape of JSON: twenty thousand fixes a second are
 * most of what the server ever reads, and a tree of them would cost more than
 * everything that is done with them. The grammar is RFC 8259's, as strict as
 * jansson reads it; a test holds the two against each other. */
#include "geo/fixes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "geo/base/input.h"
#include "geo/frame.h"
#include "geo/instant.h"

static const int64_t SECOND_US = 1000000;
static const int64_t PERSON_MAX = (1LL << 53) - 1;
static const uint64_t EXACT_MAX = 1ULL << 53; /* doubles hold every integer up to here */
static const double POWERS[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                 1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };

enum {
    TEXT_ROOM = 64, /* the longest text that means anything is a time */
    ITEMS_START = 8,
    EXACT_POWER_MAX = 22, /* 1e22 is the last power of ten that a double holds exactly */
    EXPONENT_MAX = 100000
};

struct scan {
    const char *start;
    const char *at;
    const char *end;
    struct arena *arena;
    struct fail *fail;
    int depth;
};

/* A value as far as fixes need it. */
struct value {
    enum { VALUE_NULL, VALUE_NUMBER, VALUE_TEXT, VALUE_OTHER } kind;
    double number;
    bool is_whole; /* written without fraction and exponent, and fits */
    int64_t whole;
    char text[TEXT_ROOM];
    bool is_long; /* the text did not fit */
};

/* ------------------------------------------------------------------ JSON */

static bool malformed(struct scan *s, const char *what)
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
static char peek(struct scan *s)
{
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\n' || *s->at == '\t' || *s->at == '\r'))
        s->at++;
    return s->at < s->end ? *s->at : '\0';
}

static bool take(struct scan *s, char c)
{
    if (peek(s) != c)
        return false;
    s->at++;
    return true;
}

static bool deeper(struct scan *s)
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
        return malformed(s, "an exponent without digits");
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

static bool number(struct scan *s, struct value *out)
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
        return malformed(s, "a number without digits");
    if (leads_with_zero && count > 1)
        return malformed(s, "a number that begins with 0");
    out->kind = VALUE_NUMBER;
    out->is_whole = dropped == 0 && mantissa <= (uint64_t)INT64_MAX;
    out->whole = out->is_whole ? (int64_t)mantissa : 0;
    if (*from == '-')
        out->whole = -out->whole;
    if (s->at < s->end && *s->at == '.') {
        out->is_whole = false;
        s->at++;
        if (!digits(s, &mantissa, &dropped, &after_point))
            return malformed(s, "a point without digits behind it");
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
            return malformed(s, "an escape without four hexadecimal digits");
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
        return malformed(s, "an unknown escape");
    if (!four_hex(s, out))
        return false;
    if (*out == 0)
        return malformed(s, "a NUL in a text");
    if (*out < 0xD800 || *out > 0xDFFF)
        return true;
    if (*out > 0xDBFF || s->end - s->at < 2 || s->at[0] != '\\' || s->at[1] != 'u')
        return malformed(s, "half a surrogate pair");
    s->at += 2;
    if (!four_hex(s, &low))
        return false;
    if (low < 0xDC00 || low > 0xDFFF)
        return malformed(s, "half a surrogate pair");
    *out = 0x10000 + ((*out - 0xD800) << 10) + (low - 0xDC00);
    return true;
}

static void keep(struct value *out, size_t *length, const char *bytes, int size)
{
    if (*length + (size_t)size >= TEXT_ROOM) {
        out->is_long = true;
        return;
    }
    memcpy(out->text + *length, bytes, (size_t)size);
    *length += (size_t)size;
}

/* No word we know has a character above ASCII, so which one it was is not kept. */
static void keep_escaped(struct value *out, size_t *length, uint32_t point)
{
    const char byte = point < 0x80 ? (char)point : '\x7F';

    keep(out, length, &byte, 1);
}

static bool text(struct scan *s, struct value *out)
{
    size_t length = 0;

    out->kind = VALUE_TEXT;
    out->is_long = false;
    s->at++; /* the quotation mark */
    for (;;) {
        uint32_t point;

        if (s->at == s->end)
            return malformed(s, "a text without its end");
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
            return malformed(s, "a control character, or what is not UTF-8");
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
        return malformed(s, "an unknown word");
    s->at += length;
    return true;
}

/* Anything but an object or an array. */
static bool scalar(struct scan *s, struct value *out)
{
    const char c = peek(s);

    out->kind = VALUE_OTHER;
    if (c == '"')
        return text(s, out);
    if (c == '-' || (c >= '0' && c <= '9'))
        return number(s, out);
    if (c == 't')
        return literal(s, "true");
    if (c == 'f')
        return literal(s, "false");
    out->kind = VALUE_NULL;
    if (c == 'n')
        return literal(s, "null");
    return malformed(s, "no value where one should be");
}

static bool key(struct scan *s, struct value *out)
{
    if (peek(s) != '"')
        return malformed(s, "no key where one should be");
    if (!text(s, out))
        return false;
    return take(s, ':') || malformed(s, "no colon behind a key");
}

/* Steps over an object or array of any content. `kinds` remembers what is open,
 * so that there is no recursion for the sender to steer. */
static bool skip_nested(struct scan *s)
{
    char kinds[INPUT_DEPTH_MAX + 1] = { 0 };
    const int ground = s->depth;
    struct value ignored;
    bool is_first = false;

    do {
        const char c = peek(s);

        if (c == '{' || c == '[') {
            if (!deeper(s))
                return false;
            s->at++;
            kinds[s->depth] = c;
            is_first = true;
        } else if (!scalar(s, &ignored)) {
            return false;
        }
        /* Close what ends here, then stand before the next value. */
        while (s->depth > ground && take(s, kinds[s->depth] == '{' ? '}' : ']')) {
            s->depth--;
            is_first = false;
        }
        if (s->depth == ground)
            return true;
        if (!is_first && !take(s, ','))
            return malformed(s, "no comma between two values");
        is_first = false;
    } while (kinds[s->depth] != '{' || key(s, &ignored));
    return false;
}

static bool any_value(struct scan *s, struct value *out)
{
    const char c = peek(s);

    if (c != '{' && c != '[')
        return scalar(s, out);
    out->kind = VALUE_OTHER;
    return skip_nested(s);
}

/* ------------------------------------------------------------------ a fix */

enum field { PERSON_ID, LON, LAT, FRAME, FIX_TIME, ACCURACY_M, SPEED_MPS, FIELD_COUNT };

static const char *const FIELDS[FIELD_COUNT] = { "person_id", "lon",        "lat",      "frame",
                                                 "fix_time",  "accuracy_m", "speed_mps" };

/* What an item said, before it is judged. */
struct draft {
    uint32_t seen;    /* bit by field, null included */
    uint32_t present; /* with a value */
    struct point place;
    double accuracy_m;
    double speed_mps;
    char frame[TEXT_ROOM];
};

static void note(struct fixes_item *item, enum fail_code code)
{
    if (item->code == CODE_NONE)
        item->code = code;
}

static enum field field_of(const struct value *name)
{
    int field = 0;

    while (field < FIELD_COUNT && (name->is_long || strcmp(name->text, FIELDS[field]) != 0))
        field++;
    return (enum field)field;
}

static void keep_field(enum field field, const struct value *v, struct draft *d,
                       struct fixes_item *item)
{
    const bool wants_text = field == FRAME || field == FIX_TIME;

    d->present |= 1u << field;
    if (v->kind != (wants_text ? VALUE_TEXT : VALUE_NUMBER)) {
        note(item, CODE_VALUE_WRONG_TYPE);
        return;
    }
    switch (field) {
    case PERSON_ID:
        if (!v->is_whole)
            note(item, CODE_VALUE_WRONG_TYPE);
        else if (v->whole < 1 || v->whole > PERSON_MAX)
            note(item, CODE_VALUE_OUT_OF_RANGE);
        item->person_id = v->whole;
        break;
    case LON:
        d->place.lon = v->number;
        break;
    case LAT:
        d->place.lat = v->number;
        break;
    case ACCURACY_M:
        d->accuracy_m = v->number;
        break;
    case SPEED_MPS:
        d->speed_mps = v->number;
        break;
    case FRAME:
        memcpy(d->frame, v->is_long ? "?" : v->text, v->is_long ? 2 : strlen(v->text) + 1);
        break;
    case FIX_TIME:
        if (v->is_long || !instant_read(v->text, strlen(v->text), &item->fix_us))
            note(item, CODE_TIME_MALFORMED);
        break;
    case FIELD_COUNT:
        break;
    }
}

static bool one_field(struct scan *s, struct draft *d, struct fixes_item *item)
{
    struct value v;

    if (!key(s, &v))
        return false;
    const enum field field = field_of(&v);

    if (!any_value(s, &v))
        return false;
    if (field == FIELD_COUNT) {
        note(item, CODE_KEY_UNKNOWN);
        return true;
    }
    if (d->seen & 1u << field)
        note(item, CODE_JSON_DUPLICATE_KEY);
    d->seen |= 1u << field;
    if (v.kind != VALUE_NULL)
        keep_field(field, &v, d, item);
    return true;
}

/* Rounded to `unit`s; absent is -1. */
static int32_t amount(const struct draft *d, enum field field, double value, double max,
                      double units, struct fixes_item *item)
{
    if (!(d->present & 1u << field))
        return -1;
    if (!(value >= 0 && value <= max)) {
        note(item, CODE_VALUE_OUT_OF_RANGE);
        return -1;
    }
    return (int32_t)lround(value * units);
}

static void judge_place(const struct draft *d, struct fixes_item *item)
{
    enum frame frame;
    struct point at;
    struct fail why;

    if (!frame_from_word(d->present & 1u << FRAME ? d->frame : NULL, &frame, &why) ||
        !frame_to_wgs84(frame, d->place, &at, &why))
        note(item, why.code);
    else
        item->at = point_to_e7(at);
}

static void judge(const struct draft *d, int64_t now_us, struct fixes_item *item)
{
    const uint32_t required = 1u << PERSON_ID | 1u << LON | 1u << LAT | 1u << FIX_TIME;

    if ((d->present & required) != required)
        note(item, CODE_KEY_MISSING);
    item->accuracy_dm = amount(d, ACCURACY_M, d->accuracy_m, FIXES_ACCURACY_MAX_M, 10.0, item);
    item->speed_cms = amount(d, SPEED_MPS, d->speed_mps, FIXES_SPEED_MAX_MPS, 100.0, item);
    if (item->code != CODE_NONE)
        return;
    judge_place(d, item);
    if (item->fix_us < now_us - FIXES_OLD_MAX_S * SECOND_US)
        note(item, CODE_FIX_TOO_OLD);
    if (item->fix_us > now_us + FIXES_AHEAD_MAX_S * SECOND_US)
        note(item, CODE_FIX_IN_FUTURE);
}

static bool one_item(struct scan *s, int64_t now_us, struct fixes_item *item)
{
    struct draft d = { 0 };
    struct value other;

    if (peek(s) != '{') {
        note(item, CODE_VALUE_WRONG_TYPE);
        return any_value(s, &other);
    }
    if (!deeper(s))
        return false;
    s->at++;
    if (!take(s, '}')) {
        do {
            if (!one_field(s, &d, item))
                return false;
        } while (take(s, ','));
        if (!take(s, '}'))
            return malformed(s, "an object without its end");
    }
    s->depth--;
    judge(&d, now_us, item);
    return true;
}

/* ------------------------------------------------------------------ the body */

static struct fixes_item *item_new(struct scan *s, struct fixes *out, int32_t *room)
{
    if (out->count == *room) {
        const int32_t more = *room ? 4 * *room : ITEMS_START;
        struct fixes_item *items = arena_take(s->arena, (size_t)more, sizeof *items);

        if (out->count > 0)
            memcpy(items, out->items, (size_t)out->count * sizeof *items);
        out->items = items;
        *room = more;
    }
    return &out->items[out->count++];
}

static bool bad_count(struct scan *s, const char *text)
{
    fail_set(s->fail, FAIL_INPUT, VALUE_OUT_OF_RANGE, "%s", text);
    fail_allowed(s->fail, "1 to %d items", FIXES_COUNT_MAX);
    return fail_at(s->fail, "/positions");
}

static bool item_list(struct scan *s, int64_t now_us, struct fixes *out)
{
    int32_t room = 0;

    if (peek(s) != '[') {
        fail_set(s->fail, FAIL_INPUT, VALUE_WRONG_TYPE, "positions must be an array");
        fail_allowed(s->fail, "an array");
        return fail_at(s->fail, "/positions");
    }
    if (!deeper(s))
        return false;
    s->at++;
    if (take(s, ']'))
        return bad_count(s, "positions is empty");
    do {
        if (out->count == FIXES_COUNT_MAX)
            return bad_count(s, "positions has too many items");
        if (!one_item(s, now_us, item_new(s, out, &room)))
            return false;
    } while (take(s, ','));
    if (!take(s, ']'))
        return malformed(s, "an array without its end");
    s->depth--;
    return true;
}

/* Behind {"positions": */
static bool batch(struct scan *s, int64_t now_us, struct fixes *out)
{
    struct value name;

    if (!item_list(s, now_us, out))
        return false;
    if (take(s, '}'))
        return true;
    if (!take(s, ',') || !key(s, &name))
        return malformed(s, "an object without its end");
    if (!name.is_long && strcmp(name.text, "positions") == 0)
        return fail_set(s->fail, FAIL_INPUT, JSON_DUPLICATE_KEY, "the JSON has positions twice");
    fail_set(s->fail, FAIL_INPUT, KEY_UNKNOWN, "\"%.40s\" is no key beside positions", name.text);
    fail_allowed(s->fail, "positions");
    return fail_value(s->fail, name.text);
}

static bool whole_body(struct scan *s, int64_t now_us, struct fixes *out)
{
    struct value name;
    int32_t room = 0;

    if (peek(s) != '{') {
        struct value other;

        if (!any_value(s, &other))
            return false;
        fail_set(s->fail, FAIL_INPUT, VALUE_WRONG_TYPE, "the body must be an object");
        return fail_allowed(s->fail, "a fix, or {\"positions\": [fix, …]}");
    }
    const char *brace = s->at++;

    if (peek(s) == '"') {
        if (!key(s, &name))
            return false;
        if (!name.is_long && strcmp(name.text, "positions") == 0) {
            s->depth = 1;
            return batch(s, now_us, out);
        }
    }
    s->at = brace;
    return one_item(s, now_us, item_new(s, out, &room));
}

bool fixes_read(struct arena *a, const char *bytes, size_t size, int64_t now_us, struct fixes *out,
                struct fail *f)
{
    struct scan s = { .start = bytes, .at = bytes, .end = bytes + size, .arena = a, .fail = f };
    struct fixes found = { 0 };

    if (size > FIXES_BODY_MAX)
        return fail_set(f, FAIL_INPUT, VALUE_TOO_LONG, "the body has more than %d bytes",
                        FIXES_BODY_MAX);
    if (!whole_body(&s, now_us, &found))
        return false;
    if (peek(&s) != '\0' || s.at != s.end)
        return malformed(&s, "something behind the end");
    *out = found;
    return true;
}
