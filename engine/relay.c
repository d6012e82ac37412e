/* A text is base64 of: format, node, writer, number, part, part_count, count, and then
 * the fixes, each number as a varint (7 bits a byte, lowest first) of its difference
 * from that of the fix before, signs folded into the lowest bit. A fix takes about 20
 * bytes, so some 280 of them go into one notification. */
#include "engine/relay.h"

#include <assert.h>
#include <string.h>

enum {
    FORMAT = 1, /* another one is refused: its sender is newer than we are */
    FIELDS = 8,
    VARINT_MAX = 10,
    FIX_MAX = FIELDS * VARINT_MAX,
    HEAD_MAX = 7 * VARINT_MAX,
    BYTES_MAX = RELAY_TEXT_MAX / 4 * 3,
};

static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* ------------------------------------------------------------------ numbers */

static size_t put(unsigned char *to, uint64_t value)
{
    size_t size = 0;

    while (value >= 0x80) {
        to[size++] = (unsigned char)(value | 0x80);
        value >>= 7;
    }
    to[size++] = (unsigned char)value;
    return size;
}

static uint64_t fold(int64_t value)
{
    return (uint64_t)value << 1 ^ (value < 0 ? UINT64_MAX : 0);
}

static int64_t unfold(uint64_t value)
{
    return (int64_t)(value >> 1 ^ (0 - (value & 1)));
}

/* What is left to read; bad once something was not there. */
struct reader {
    const unsigned char *at, *end;
    bool is_bad;
};

static uint64_t get(struct reader *r)
{
    uint64_t value = 0;

    for (int shift = 0; shift < 64 && r->at < r->end; shift += 7) {
        const unsigned char byte = *r->at++;

        if (shift == 63 && byte > 1)
            break;
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80)
            return value;
    }
    r->is_bad = true;
    return 0;
}

static int64_t get_within(struct reader *r, int64_t least, int64_t most)
{
    const uint64_t value = get(r);

    if (value > INT64_MAX || (int64_t)value < least || (int64_t)value > most) {
        r->is_bad = true;
        return least;
    }
    return (int64_t)value;
}

/* ------------------------------------------------------------------ fixes as numbers */

static void spread(const struct live_fix *fix, int64_t fields[FIELDS])
{
    fields[0] = fix->person_id;
    fields[1] = fix->at.lon;
    fields[2] = fix->at.lat;
    fields[3] = fix->accuracy_dm;
    fields[4] = fix->speed_cms;
    fields[5] = fix->fix_us;
    fields[6] = fix->received_us;
    fields[7] = fix->flags;
}

static bool between(int64_t value, int64_t least, int64_t most)
{
    return value >= least && value <= most;
}

static bool gather(const int64_t fields[FIELDS], struct live_fix *fix)
{
    *fix = (struct live_fix){ .person_id = fields[0],
                              .at = { .lon = (int32_t)fields[1], .lat = (int32_t)fields[2] },
                              .accuracy_dm = (int32_t)fields[3],
                              .speed_cms = (int32_t)fields[4],
                              .fix_us = fields[5],
                              .received_us = fields[6],
                              .flags = (uint32_t)fields[7] };
    return fields[0] > 0 && between(fields[1], -1800000000, 1800000000) &&
           between(fields[2], -900000000, 900000000) && between(fields[3], -1, INT32_MAX) &&
           between(fields[4], -1, INT32_MAX) && fields[5] > 0 && fields[6] > 0 &&
           between(fields[7], 0, UINT32_MAX);
}

/* Differences wrap around, so that any two numbers have one. */
static int64_t minus(int64_t one, int64_t other)
{
    return (int64_t)((uint64_t)one - (uint64_t)other);
}

static int64_t plus(int64_t one, int64_t other)
{
    return (int64_t)((uint64_t)one + (uint64_t)other);
}

/* ------------------------------------------------------------------ packing */

/* The fixes of one text. */
struct part {
    unsigned char bytes[BYTES_MAX];
    size_t size;
    int32_t count;
    int64_t before[FIELDS];
};

static void add(struct part *part, const struct live_fix *fix)
{
    int64_t fields[FIELDS];

    spread(fix, fields);
    for (int i = 0; i < FIELDS; i++) {
        part->size += put(part->bytes + part->size, fold(minus(fields[i], part->before[i])));
        part->before[i] = fields[i];
    }
    part->count++;
}

static char *in_base64(struct arena *a, const unsigned char *bytes, size_t size)
{
    char *text = arena_take(a, (size + 2) / 3 * 4 + 1, 1);
    char *to = text;

    for (size_t i = 0; i < size; i += 3) {
        const size_t left = size - i;
        const uint32_t three = (uint32_t)bytes[i] << 16 |
                               (left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) |
                               (left > 2 ? bytes[i + 2] : 0);

        *to++ = DIGITS[three >> 18];
        *to++ = DIGITS[three >> 12 & 63];
        *to++ = left > 1 ? DIGITS[three >> 6 & 63] : '=';
        *to++ = left > 2 ? DIGITS[three & 63] : '=';
    }
    return text;
}

static const char *finish(struct arena *a, const struct relay_from *from, const struct part *part,
                          int32_t number, int32_t part_count)
{
    const uint64_t head[] = {
        FORMAT,           (uint64_t)from->node_id, (uint64_t)from->writer, (uint64_t)from->number,
        (uint64_t)number, (uint64_t)part_count,    (uint64_t)part->count
    };
    unsigned char bytes[BYTES_MAX];
    size_t size = 0;

    for (size_t i = 0; i < sizeof head / sizeof *head; i++)
        size += put(bytes + size, head[i]);
    assert(size + part->size <= BYTES_MAX);
    memcpy(bytes + size, part->bytes, part->size);
    return in_base64(a, bytes, size + part->size);
}

int32_t relay_pack(struct arena *a, const struct relay_from *from, const struct live_fix *fixes,
                   int32_t count, const char *const **texts)
{
    struct part *parts[RELAY_PARTS_MAX] = { arena_take(a, 1, sizeof **parts) };
    int32_t part_count = 1;

    assert(from->node_id > 0 && from->writer >= 0 && from->number > 0);
    for (int32_t i = 0; i < count; i++) {
        struct part *last = parts[part_count - 1];

        if (fixes[i].person_id == 0)
            continue;
        if (last->count == RELAY_FIXES_MAX || last->size + FIX_MAX + HEAD_MAX > BYTES_MAX) {
            assert(part_count < RELAY_PARTS_MAX);
            last = parts[part_count++] = arena_take(a, 1, sizeof *last);
        }
        add(last, &fixes[i]);
    }
    const char **made = arena_take(a, (size_t)part_count, sizeof *made);

    for (int32_t i = 0; i < part_count; i++)
        made[i] = finish(a, from, parts[i], i, part_count);
    *texts = made;
    return part_count;
}

/* ------------------------------------------------------------------ unpacking */

static int digit_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Into `bytes`, which has room for BYTES_MAX; how many, or 0 when it is no base64. */
static size_t from_base64(const char *text, unsigned char *bytes)
{
    const size_t length = strnlen(text, RELAY_TEXT_MAX + 1);
    size_t size = length / 4 * 3;

    if (length == 0 || length > RELAY_TEXT_MAX || length % 4 != 0)
        return 0;
    for (size_t i = 0; i < length; i += 4) {
        const bool is_last = i + 4 == length;
        uint32_t three = 0;

        for (size_t k = 0; k < 4; k++) {
            const bool is_pad =
                is_last && text[i + k] == '=' && (k == 3 || (k == 2 && text[i + 3] == '='));
            const int digit = is_pad ? 0 : digit_of(text[i + k]);

            if (digit < 0)
                return 0;
            size -= is_pad;
            three = three << 6 | (uint32_t)digit;
        }
        bytes[i / 4 * 3] = (unsigned char)(three >> 16);
        bytes[i / 4 * 3 + 1] = (unsigned char)(three >> 8);
        bytes[i / 4 * 3 + 2] = (unsigned char)three;
    }
    return size;
}

static bool read_fixes(struct reader *r, struct relay_text *out)
{
    int64_t fields[FIELDS] = { 0 };

    for (int32_t i = 0; i < out->count; i++) {
        for (int k = 0; k < FIELDS; k++)
            fields[k] = plus(fields[k], unfold(get(r)));
        if (r->is_bad || !gather(fields, &out->fixes[i]))
            return false;
    }
    return r->at == r->end;
}

bool relay_unpack(const char *text, struct arena *a, struct relay_text *out)
{
    unsigned char bytes[BYTES_MAX + 3];
    const size_t size = from_base64(text, bytes);
    struct reader r = { .at = bytes, .end = bytes + size };
    struct relay_text read = { 0 };

    get_within(&r, FORMAT, FORMAT);
    read.from.node_id = get_within(&r, 1, INT64_MAX);
    read.from.writer = (int32_t)get_within(&r, 0, INT32_MAX);
    read.from.number = get_within(&r, 1, INT64_MAX);
    read.part = (int32_t)get_within(&r, 0, RELAY_PARTS_MAX - 1);
    read.part_count = (int32_t)get_within(&r, read.part + 1, RELAY_PARTS_MAX);
    read.count = (int32_t)get_within(&r, 0, RELAY_FIXES_MAX);
    if (r.is_bad)
        return false;
    read.fixes = arena_take(a, (size_t)read.count + 1, sizeof *read.fixes);
    if (!read_fixes(&r, &read))
        return false;
    *out = read;
    return true;
}

/* ------------------------------------------------------------------ the order */

static struct relay_last *last_of(struct relay_order *order, const struct relay_from *from)
{
    struct relay_last *oldest = &order->last[0];

    for (int32_t i = 0; i < order->count; i++) {
        struct relay_last *last = &order->last[i];

        if (last->from.node_id == from->node_id && last->from.writer == from->writer)
            return last;
        if (last->heard < oldest->heard)
            oldest = last;
    }
    if (order->count < RELAY_WRITERS_MAX)
        oldest = &order->last[order->count++];
    *oldest = (struct relay_last){ .part_count = 0 };
    return oldest;
}

static bool comes_after(const struct relay_last *last, const struct relay_text *text)
{
    if (last->part + 1 < last->part_count)
        return text->from.number == last->from.number && text->part == last->part + 1 &&
               text->part_count == last->part_count;
    return text->part == 0 && (last->part_count == 0 || text->from.number == last->from.number + 1);
}

bool relay_follows(struct relay_order *order, const struct relay_text *text)
{
    struct relay_last *last = last_of(order, &text->from);
    const bool good = comes_after(last, text);

    *last = (struct relay_last){ .from = text->from,
                                 .part = text->part,
                                 .part_count = text->part_count,
                                 .heard = ++order->heard };
    return good;
}
