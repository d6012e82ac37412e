#include "geo/packed.h"

#include "tests/support/check_near.h"

#include <string.h>

#include "geo/base/buf.h"

static const int64_t NOW_US = 1795331700000000; /* 2026-11-22T07:15:00Z */
static const int64_t NOW_MS = 1795331700000;

static struct arena *memory;

static int set_up(void **state)
{
    (void)state;
    memory = arena_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(memory);
    return 0;
}

/* ------------------------------------------------------------------ writing, for the tests */

static void put_varint(struct buf *out, uint64_t value)
{
    for (; value >= 128; value >>= 7)
        buf_byte(out, (unsigned char)(value | 128));
    buf_byte(out, (unsigned char)value);
}

static void put_zigzag(struct buf *out, int64_t value)
{
    put_varint(out, value < 0 ? 2 * (uint64_t)-value - 1 : 2 * (uint64_t)value);
}

struct packed_fix {
    int64_t person_id, time_ms, lon_e7, lat_e7;
    int32_t accuracy_dm, speed_cms; /* -1: not said */
    int32_t hired;                  /* likewise */
};

static void put_fix(struct buf *out, bool is_named, const struct packed_fix *f,
                    const struct packed_fix *before)
{
    if (is_named)
        put_varint(out, (uint64_t)f->person_id);
    put_zigzag(out, f->time_ms - before->time_ms);
    put_zigzag(out, f->lon_e7 - before->lon_e7);
    put_zigzag(out, f->lat_e7 - before->lat_e7);
    buf_byte(out, (unsigned char)((f->accuracy_dm >= 0) | (f->speed_cms >= 0) << 1 |
                                  (f->hired + 1) << 2));
    if (f->accuracy_dm >= 0)
        put_varint(out, (uint64_t)f->accuracy_dm);
    if (f->speed_cms >= 0)
        put_varint(out, (uint64_t)f->speed_cms);
}

static struct buf pack(enum frame frame, bool is_named, const struct packed_fix *fixes,
                       int32_t count)
{
    struct packed_fix before = { .time_ms = fixes[0].time_ms };
    struct buf out = { 0 };

    buf_put(&out, "VP\1", 3);
    buf_byte(&out, (unsigned char)((unsigned)frame | (is_named ? 4U : 0U)));
    put_varint(&out, (uint64_t)count);
    put_varint(&out, (uint64_t)before.time_ms);
    for (int32_t i = 0; i < count; i++) {
        put_fix(&out, is_named, &fixes[i], &before);
        before = fixes[i];
    }
    return out;
}

static struct fixes read_all(const struct buf *bytes, const struct fixes_sender *sender)
{
    struct fixes found;
    struct fail f = { 0 };

    if (!packed_read(memory, bytes->bytes, bytes->size, NOW_US, sender, &found, &f))
        fail_msg("%s: %s", fail_word(f.code), f.text);
    return found;
}

/* ------------------------------------------------------------------ what is read */

static const struct fixes_sender SENDER = { .person_id = 7, .frame = FRAME_WGS84 };

static void what_was_packed_is_read(void **state)
{
    const struct packed_fix fixes[] = {
        { 11, NOW_MS - 3000, 1171850000, 342610000, 85, 140, -1 },
        { 12, NOW_MS - 5000, -1800000000, -900000000, -1, -1, 0 },
        { 0, NOW_MS, 1800000000, 900000000, 0, 0, 1 },
    };
    struct buf bytes = pack(FRAME_WGS84, true, fixes, 3);
    const struct fixes found = read_all(&bytes, &SENDER);

    (void)state;
    assert_int_equal(found.count, 3);
    for (int32_t i = 0; i < 3; i++) {
        const struct fixes_item *item = &found.items[i];

        assert_int_equal(item->code, CODE_NONE);
        assert_int_equal(item->person_id, fixes[i].person_id ? fixes[i].person_id : 7);
        assert_int_equal(item->at.lon, fixes[i].lon_e7);
        assert_int_equal(item->at.lat, fixes[i].lat_e7);
        assert_int_equal(item->fix_us, fixes[i].time_ms * 1000);
        assert_int_equal(item->accuracy_dm, fixes[i].accuracy_dm);
        assert_int_equal(item->speed_cms, fixes[i].speed_cms);
        assert_int_equal(item->hired, fixes[i].hired);
    }
    buf_free(&bytes);
}

static void every_1e7th_of_a_degree_comes_back(void **state)
{
    struct packed_fix fixes[FIXES_COUNT_MAX];

    (void)state;
    for (int32_t i = 0; i < FIXES_COUNT_MAX; i++)
        fixes[i] =
            (struct packed_fix){ 0,  NOW_MS - i, 1163912345 + 7919 * i, 399054321 - 104729 * i, -1,
                                 -1, -1 };
    struct buf bytes = pack(FRAME_WGS84, false, fixes, FIXES_COUNT_MAX);
    const struct fixes found = read_all(&bytes, &SENDER);

    for (int32_t i = 0; i < FIXES_COUNT_MAX; i++) {
        assert_int_equal(found.items[i].code, CODE_NONE);
        assert_int_equal(found.items[i].at.lon, fixes[i].lon_e7);
        assert_int_equal(found.items[i].at.lat, fixes[i].lat_e7);
    }
    buf_free(&bytes);
}

/* A walk of one fix in 10 s: some 14 m east and north, time, kind, accuracy and speed. */
static void one_that_follows_takes_few_bytes(void **state)
{
    struct packed_fix fixes[100];

    (void)state;
    for (int32_t i = 0; i < 100; i++)
        fixes[i] = (struct packed_fix){
            0, NOW_MS - 1000000 + 10000 * i, 1171850000 + 1300 * i, 342610000 + 1100 * i, 50, 140,
            -1
        };
    struct buf bytes = pack(FRAME_GCJ02, false, fixes, 100);

    assert_true(bytes.size < 100 * 12);
    buf_free(&bytes);
}

static void the_frame_is_converted(void **state)
{
    const struct packed_fix fix = { 0, NOW_MS, 1171907730, 342597780, -1, -1, -1 };
    const struct fixes_sender sender = { .person_id = 7, .frame = FRAME_GCJ02 };
    struct buf bytes = pack(FRAME_GCJ02, false, &fix, 1);
    const struct fixes found = read_all(&bytes, &sender);

    (void)state;
    assert_int_equal(found.items[0].code, CODE_NONE);
    assert_int_equal(found.items[0].frame, FRAME_GCJ02);
    check_near(found.items[0].at.lon / 1e7, 117.185, 2e-6);
    check_near(found.items[0].at.lat / 1e7, 34.261, 2e-6);
    buf_free(&bytes);
}

static void an_item_that_cannot_be_taken_does_not_hold_up_the_others(void **state)
{
    const struct packed_fix fixes[] = {
        { 1, NOW_MS, 1171850000, 342610000, -1, -1, -1 },
        { 1, NOW_MS - 25 * 3600000LL, 1171850000, 342610000, -1, -1, -1 },
        { 1, NOW_MS + 6 * 60000, 1171850000, 342610000, -1, -1, -1 },
        { 1, NOW_MS, 1800000001, 342610000, -1, -1, -1 },
        { 1, NOW_MS, 1171850000, 342610000, 1000001, -1, -1 },
        { 1, NOW_MS, 1171850000, 342610000, -1, 50001, -1 },
        { 0, NOW_MS, 1171850000, 342610000, -1, -1, -1 },
        { 1LL << 53, NOW_MS, 1171850000, 342610000, -1, -1, -1 },
        { 2, NOW_MS, 1171850000, 342610000, -1, -1, -1 },
    };
    static const enum fail_code CODES[] = {
        CODE_NONE,
        CODE_FIX_TOO_OLD,
        CODE_FIX_IN_FUTURE,
        CODE_PLACE_OUT_OF_RANGE,
        CODE_VALUE_OUT_OF_RANGE,
        CODE_VALUE_OUT_OF_RANGE,
        CODE_KEY_MISSING,
        CODE_VALUE_OUT_OF_RANGE,
        CODE_NONE,
    };
    struct buf bytes = pack(FRAME_WGS84, true, fixes, 9);
    const struct fixes found = read_all(&bytes, NULL);

    (void)state;
    for (int32_t i = 0; i < 9; i++)
        if (found.items[i].code != CODES[i])
            fail_msg("item %d: %s", i, fail_word(found.items[i].code));
    buf_free(&bytes);
}

static void another_frame_than_the_device_declared_is_refused(void **state)
{
    const struct packed_fix fix = { 0, NOW_MS, 1171850000, 342610000, -1, -1, -1 };
    struct buf bytes = pack(FRAME_GCJ02, false, &fix, 1);

    (void)state;
    assert_int_equal(read_all(&bytes, &SENDER).items[0].code, CODE_FRAME_DIFFERS);
    buf_free(&bytes);
}

/* ------------------------------------------------------------------ what is refused whole */

static void refused(const void *bytes, size_t size)
{
    struct fixes found;
    struct fail f = { 0 };

    if (packed_read(memory, bytes, size, NOW_US, &SENDER, &found, &f))
        fail_msg("%zu bytes were read", size);
    assert_int_equal(f.code, CODE_PACKED_MALFORMED);
}

static void what_is_no_batch_is_refused(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
    } BAD[] = {
        { "", 0 },
        { "VQ\1\0\1\0", 6 },
        { "VP\2\0\1\0", 6 },
        { "VP\1\x08\1\0\0\0\0\0", 10 }, /* a bit of the head that means nothing */
        { "VP\1\0\0\0", 6 },            /* none */
        { "VP\1\0\xe9\7\0", 7 },        /* 1001 */
        { "VP\1\0\1\0\0\0\0\x10", 10 }, /* a kind that means nothing */
        { "VP\1\0\1\0\0\0\0\x0c", 10 }, /* vacant and hired */
        { "VP\1\0\1\0\1\0\0\0", 10 },   /* before 1970 */
        { "VP\1\0\1\0\0\0\0\0\0", 11 }, /* something behind it */
        { "VP\1\0\1\0\0\0\0\1", 10 },   /* without its accuracy */
        { "VP\1\0\1\x80\x80\x80\x80\x80\x80\x80\x80\x80\x02\0\0\0\0", 19 }, /* more than 64 bits */
        { "VP\1\0\1\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\1\0\0\0\0", 20 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        refused(BAD[i].bytes, BAD[i].size);
}

static void a_batch_cut_anywhere_is_refused(void **state)
{
    const struct packed_fix fixes[] = { { 11, NOW_MS - 3000, 1171850000, 342610000, 85, 140, 1 },
                                        { 12, NOW_MS, 1171851000, 342611000, 85, 140, -1 } };
    struct buf bytes = pack(FRAME_WGS84, true, fixes, 2);

    (void)state;
    for (size_t size = 0; size < bytes.size; size++)
        refused(arena_copy(memory, bytes.bytes, size), size);
    buf_free(&bytes);
}

static void steps_that_overflow_are_refused(void **state)
{
    const struct packed_fix fixes[] = { { 0, NOW_MS, INT64_MAX - 5, 0, -1, -1, -1 },
                                        { 0, NOW_MS, INT64_MAX - 4, 0, -1, -1, -1 } };
    struct buf bytes = pack(FRAME_WGS84, false, fixes, 1);
    const struct fixes found = read_all(&bytes, &SENDER);

    (void)state;
    assert_int_equal(found.items[0].code, CODE_PLACE_OUT_OF_RANGE);
    buf_free(&bytes);
    bytes = pack(FRAME_WGS84, false, fixes, 2);
    bytes.bytes[bytes.size - 3] = (char)0x7e; /* east by 63 instead of by 1 */
    refused(bytes.bytes, bytes.size);
    buf_free(&bytes);
}

static void a_body_over_its_limit_is_refused_unread(void **state)
{
    char *body = arena_take(memory, PACKED_BODY_MAX + 1, 1);
    struct fixes found;
    struct fail f = { 0 };

    (void)state;
    assert_false(packed_read(memory, body, PACKED_BODY_MAX + 1, NOW_US, &SENDER, &found, &f));
    assert_int_equal(f.code, CODE_VALUE_TOO_LONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_packed_is_read),
        cmocka_unit_test(every_1e7th_of_a_degree_comes_back),
        cmocka_unit_test(one_that_follows_takes_few_bytes),
        cmocka_unit_test(the_frame_is_converted),
        cmocka_unit_test(an_item_that_cannot_be_taken_does_not_hold_up_the_others),
        cmocka_unit_test(another_frame_than_the_device_declared_is_refused),
        cmocka_unit_test(what_is_no_batch_is_refused),
        cmocka_unit_test(a_batch_cut_anywhere_is_refused),
        cmocka_unit_test(steps_that_overflow_are_refused),
        cmocka_unit_test(a_body_over_its_limit_is_refused_unread),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
