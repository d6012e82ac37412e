/* geo/base/buf.c: bytes that grow at the end. */
#include "geo/base/buf.h"

#include <string.h>

#include "tests/support/check_near.h"

static void what_is_put_in_stands_there_in_order(void **state)
{
    struct buf b = { 0 };

    (void)state;
    buf_string(&b, "ab");
    buf_byte(&b, 'c');
    buf_put(&b, "\0d", 2);
    buf_format(&b, "%d%s", 12, "xyz");
    buf_put(&b, NULL, 0);
    assert_int_equal(b.size, 10);
    assert_memory_equal(b.bytes, "abc\0d12xyz", 10);
    assert_int_equal(strlen(buf_text(&b)), 3);
    assert_int_equal(b.size, 10);
    buf_free(&b);
    assert_null(b.bytes);
}

static void an_empty_buf_is_an_empty_text(void **state)
{
    struct buf b = { 0 };

    (void)state;
    assert_non_null(buf_reserve(&b, 0));
    assert_string_equal(buf_text(&b), "");
    buf_format(&b, "%s", "");
    assert_int_equal(b.size, 0);
    buf_free(&b);
    buf_free(&b);
}

static void it_grows_over_every_size(void **state)
{
    struct buf b = { 0 };

    (void)state;
    for (int i = 0; i < 100000; i++)
        buf_byte(&b, (unsigned char)(i % 251));
    assert_int_equal(b.size, 100000);
    for (int i = 0; i < 100000; i++)
        assert_int_equal((unsigned char)b.bytes[i], i % 251);
    memset(buf_reserve(&b, 1000000), 'x', 1000000);
    b.size += 1000000;
    assert_int_equal(b.bytes[b.size - 1], 'x');
    buf_format(&b, "%0500000d", 1);
    assert_int_equal(b.size, 1600000);
    buf_free(&b);
}

static void clearing_keeps_the_room(void **state)
{
    struct buf b = { 0 };

    (void)state;
    buf_format(&b, "%01000d", 1);
    const size_t room = b.room;

    buf_clear(&b);
    assert_int_equal(b.size, 0);
    assert_int_equal(b.room, room);
    assert_string_equal(buf_text(&b), "");
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_put_in_stands_there_in_order),
        cmocka_unit_test(an_empty_buf_is_an_empty_text),
        cmocka_unit_test(it_grows_over_every_size),
        cmocka_unit_test(clearing_keeps_the_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
