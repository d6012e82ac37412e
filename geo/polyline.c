/* Each number is the difference to the one before it, in units of the last digit,
 * sign in the lowest bit, five bits a character from the lowest, plus 63; the
 * sixth bit says that more follow. */
#include "geo/polyline.h"

#include <assert.h>
#include <math.h>

enum { CHARACTERS_MAX = 7, FIRST_CHARACTER = 63, LAST_CHARACTER = 126, FIRST_ROOM = 64 };

static double unit_of(int digits)
{
    assert(digits == 5 || digits == 6);
    return digits == 5 ? 1e5 : 1e6;
}

static void put_number(struct buf *out, int64_t value)
{
    uint64_t left = value < 0 ? ~((uint64_t)value << 1) : (uint64_t)value << 1;

    while (left >= 0x20) {
        buf_byte(out, (unsigned char)(((left & 0x1F) | 0x20) + FIRST_CHARACTER));
        left >>= 5;
    }
    buf_byte(out, (unsigned char)(left + FIRST_CHARACTER));
}

void polyline_encode(struct buf *out, const struct point *points, int32_t point_count, int digits)
{
    const double unit = unit_of(digits);
    int64_t lat = 0;
    int64_t lon = 0;

    for (int32_t i = 0; i < point_count; i++) {
        const int64_t next_lat = llround(points[i].lat * unit);
        const int64_t next_lon = llround(points[i].lon * unit);

        put_number(out, next_lat - lat);
        put_number(out, next_lon - lon);
        lat = next_lat;
        lon = next_lon;
    }
}

struct reader {
    const char *text;
    size_t length;
    size_t at;
};

static bool malformed(const struct reader *r, const char *why, struct fail *f)
{
    fail_set(f, FAIL_INPUT, POLYLINE_MALFORMED, "the polyline cannot be read: %s, character %zu",
             why, r->at + 1);
    return fail_allowed(f, "characters ? to ~, a latitude and a longitude for each point");
}

/* Seven characters hold 360 degrees in units of 1e-6, sign and all; with more,
 * the sums could leave an int64. */
static bool read_number(struct reader *r, int64_t *out, struct fail *f)
{
    uint64_t value = 0;

    for (int i = 0; i < CHARACTERS_MAX; i++) {
        if (r->at == r->length)
            return malformed(r, "it ends within a number", f);
        const unsigned char c = (unsigned char)r->text[r->at];

        if (c < FIRST_CHARACTER || c > LAST_CHARACTER)
            return malformed(r, "a character that it does not use", f);
        const uint64_t bits = (uint64_t)(c - FIRST_CHARACTER);

        value |= (bits & 0x1F) << (5 * i);
        r->at++;
        if (bits < 0x20) {
            *out = (value & 1) ? -(int64_t)(value >> 1) - 1 : (int64_t)(value >> 1);
            return true;
        }
    }
    return malformed(r, "a number that is too long", f);
}

/* Every point ends two numbers, and every number ends in one character without
 * the sixth bit: counting them gives the room to take, no more. */
static int64_t count_numbers(const char *text, size_t length)
{
    int64_t count = 0;

    for (size_t i = 0; i < length; i++)
        count += (unsigned char)text[i] < FIRST_CHARACTER + 0x20;
    return count;
}

bool polyline_decode(struct arena *a, const char *text, size_t length, int digits,
                     int32_t point_max, const struct point **points, int32_t *point_count,
                     struct fail *f)
{
    const double unit = unit_of(digits);
    const int64_t numbers = count_numbers(text, length);
    struct reader r = { text, length, 0 };
    int32_t count = 0;
    int64_t lat = 0;
    int64_t lon = 0;

    assert(point_max <= POLYLINE_POINT_MAX);
    if (numbers / 2 > point_max) {
        fail_set(f, FAIL_INPUT, VALUE_TOO_LONG, "the polyline has %lld points, more than %d",
                 (long long)(numbers / 2), point_max);
        return fail_allowed(f, "at most %d points", point_max);
    }
    struct point *out = arena_take(a, (size_t)(numbers / 2), sizeof *out);

    while (r.at < length) {
        const size_t start = r.at;
        int64_t north;
        int64_t east;

        if (!read_number(&r, &north, f) || !read_number(&r, &east, f))
            return false;
        lat += north;
        lon += east;
        out[count] = (struct point){ .lon = (double)lon / unit, .lat = (double)lat / unit };
        if (!point_valid(out[count])) {
            r.at = start;
            return malformed(&r, "a point that is not on the earth", f);
        }
        count++;
    }
    *points = out;
    *point_count = count;
    return true;
}
