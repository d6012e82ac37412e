#include "geo/packed.h"

#include <string.h>

static const int64_t PERSON_MAX = (1LL << 53) - 1;
static const int64_t TIME_MAX_MS = INT64_MAX / 1000;

enum { VARINT_BITS = 64, FRAME_BITS = 3, NAMES_PEOPLE = 1 << 2, HEAD_BITS = 7 };
enum { HAS_ACCURACY = 1, HAS_SPEED = 2, HIRED_SHIFT = 2, HIRED_MAX = 2, KIND_BITS = 15 };

static const unsigned char MAGIC[] = { 'V', 'P', 1 };

struct reader {
    const unsigned char *start, *at, *end;
    struct fail *fail;
};

static bool malformed(const struct reader *r, const char *what)
{
    return fail_set(r->fail, FAIL_INPUT, PACKED_MALFORMED, "%s at byte %zu", what,
                    (size_t)(r->at - r->start));
}

static bool read_byte(struct reader *r, unsigned *out)
{
    if (r->at == r->end)
        return malformed(r, "the batch ends too early");
    *out = *r->at++;
    return true;
}

static bool read_varint(struct reader *r, uint64_t *out)
{
    uint64_t value = 0;
    unsigned byte = 0;

    for (int shift = 0; shift < VARINT_BITS; shift += 7) {
        if (!read_byte(r, &byte))
            return false;
        if (shift == 63 && byte > 1)
            break;
        value |= (uint64_t)(byte & 127) << shift;
        if (byte < 128) {
            *out = value;
            return true;
        }
    }
    return malformed(r, "a number has more than 64 bits");
}

/* A number of 0 to `max`; what is more stays as max + 1, to be refused for what it is. */
static bool read_amount(struct reader *r, int64_t max, int64_t *out)
{
    uint64_t value;

    if (!read_varint(r, &value))
        return false;
    *out = value > (uint64_t)max ? max + 1 : (int64_t)value;
    return true;
}

/* Adds a zigzag to what the fix before had. */
static bool add_step(struct reader *r, int64_t *sum)
{
    uint64_t raw;

    if (!read_varint(r, &raw))
        return false;
    const int64_t step = (int64_t)(raw >> 1) ^ -(int64_t)(raw & 1);

    return !__builtin_add_overflow(*sum, step, sum) || malformed(r, "a step is too large");
}

/* Where the fix before was, from which the next is told. */
struct trace {
    int64_t time_ms;
    int64_t lon_e7, lat_e7;
};

static bool read_kind(struct reader *r, struct fixes_reading *reading)
{
    int64_t amount;
    unsigned kind;

    if (!read_byte(r, &kind))
        return false;
    const unsigned hired = kind >> HIRED_SHIFT & 3;

    if (kind > KIND_BITS || hired > HIRED_MAX)
        return malformed(r, "a fix of an unknown kind");
    reading->hired = (int32_t)hired - 1;
    if (kind & HAS_ACCURACY) {
        if (!read_amount(r, FIXES_ACCURACY_MAX_M * 10, &amount))
            return false;
        reading->accuracy_m = (double)amount / 10;
    }
    if (kind & HAS_SPEED) {
        if (!read_amount(r, FIXES_SPEED_MAX_MPS * 100, &amount))
            return false;
        reading->speed_mps = (double)amount / 100;
    }
    return true;
}

/* Of whom the fixes are, and what time it is. */
struct setting {
    struct fixes_sender sender; /* person_id 0: nobody's own */
    int64_t now_us;
    bool names_people;
};

static bool read_fix(struct reader *r, const struct setting *s, struct trace *t,
                     struct fixes_item *out)
{
    struct fixes_reading reading = { .accuracy_m = -1, .speed_mps = -1 };
    struct fixes_sender of = s->sender;
    int64_t person_id = 0;

    if ((s->names_people && !read_amount(r, PERSON_MAX, &person_id)) || !add_step(r, &t->time_ms) ||
        !add_step(r, &t->lon_e7) || !add_step(r, &t->lat_e7) || !read_kind(r, &reading))
        return false;
    if (t->time_ms < 0 || t->time_ms > TIME_MAX_MS)
        return malformed(r, "a time that no clock has");
    if (person_id > 0)
        of.person_id = person_id;
    reading.place = (struct point){ (double)t->lon_e7 / 1e7, (double)t->lat_e7 / 1e7 };
    reading.fix_us = t->time_ms * 1000;
    *out = fixes_item_of(&reading, &of, s->now_us);
    if (of.person_id == 0)
        out->code = CODE_KEY_MISSING;
    if (of.person_id > PERSON_MAX)
        out->code = CODE_VALUE_OUT_OF_RANGE;
    return true;
}

static bool read_head(struct reader *r, struct setting *s, int64_t *count, struct trace *t)
{
    unsigned head;

    if ((size_t)(r->end - r->at) < sizeof MAGIC || memcmp(r->at, MAGIC, sizeof MAGIC) != 0)
        return malformed(r, "no batch of version 1");
    r->at += sizeof MAGIC;
    if (!read_byte(r, &head))
        return false;
    if (head > HEAD_BITS)
        return malformed(r, "a head of an unknown kind");
    s->sender.frame = (enum frame)(head & FRAME_BITS);
    s->names_people = (head & NAMES_PEOPLE) != 0;
    if (!read_amount(r, FIXES_COUNT_MAX, count))
        return false;
    if (*count < 1 || *count > FIXES_COUNT_MAX) {
        malformed(r, "a batch of too few or too many fixes");
        return fail_allowed(r->fail, "1 to %d fixes", FIXES_COUNT_MAX);
    }
    return read_amount(r, TIME_MAX_MS, &t->time_ms);
}

static void refuse_all(struct fixes *fixes, enum fail_code why)
{
    for (int32_t i = 0; i < fixes->count; i++)
        fixes->items[i].code = why;
}

bool packed_read(struct arena *a, const void *bytes, size_t size, int64_t now_us,
                 const struct fixes_sender *sender, struct fixes *out, struct fail *f)
{
    struct reader r = { .start = bytes, .at = bytes, .fail = f };
    struct setting s = { .now_us = now_us };
    struct trace t = { 0 };
    int64_t count;

    r.end = r.start + size;
    if (size > PACKED_BODY_MAX)
        return fail_set(f, FAIL_INPUT, VALUE_TOO_LONG, "the batch has more than %d bytes",
                        PACKED_BODY_MAX);
    if (!read_head(&r, &s, &count, &t))
        return false;
    s.sender.person_id = sender ? sender->person_id : 0;
    struct fixes found = { .count = (int32_t)count,
                           .items = arena_take(a, (size_t)count, sizeof *found.items) };

    for (int32_t i = 0; i < found.count; i++)
        if (!read_fix(&r, &s, &t, &found.items[i]))
            return false;
    if (r.at != r.end)
        return malformed(&r, "something behind the last fix");
    if (sender && sender->frame != s.sender.frame)
        refuse_all(&found, CODE_FRAME_DIFFERS);
    *out = found;
    return true;
}
