#include "api/gate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct arena *arena;

static int open_arena(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

#define FIELD(name, value)                                                                         \
    {                                                                                              \
        (name), sizeof(name) - 1, (value), sizeof(value) - 1                                       \
    }

struct head_case {
    const char *version;
    int32_t count;
    struct gate_field fields[4];
    bool good;
    int64_t body_size;
};

static const struct head_case HEADS[] = {
    { "HTTP/1.1", 1, { FIELD("Host", "a") }, true, 0 },
    { "HTTP/1.0", 0, { { 0 } }, true, 0 },
    { "HTTP/1.0", 1, { FIELD("Content-Length", "5") }, true, 5 },
    { "HTTP/1.1", 2, { FIELD("Host", "a"), FIELD("content-length", "007") }, true, 7 },
    { "HTTP/1.1", 2, { FIELD("Host", "a"), FIELD("Transfer-Encoding", "Chunked") }, true, -1 },
    { "HTTP/1.1", 2, { FIELD("Host", "[::1]:80"), FIELD("X", "\ta\xC3\xA9 b") }, true, 0 },
    { "HTTP/1.1", 0, { { 0 } }, false, 0 },
    { "HTTP/1.1", 2, { FIELD("Host", "a"), FIELD("host", "b") }, false, 0 },
    { "HTTP/1.0", 2, { FIELD("Host", "a"), FIELD("Host", "a") }, false, 0 },
    { "HTTP/1.1", 1, { FIELD("Host", "a b") }, false, 0 },
    { "HTTP/1.1", 1, { FIELD("Host", "a/b") }, false, 0 },
    { "HTTP/2.0", 1, { FIELD("Host", "a") }, false, 0 },
    { "", 1, { FIELD("Host", "a") }, false, 0 },
    { "HTTP/1.1",
      3,
      { FIELD("Host", "a"), FIELD("Content-Length", "5"), FIELD("Transfer-Encoding", "chunked") },
      false,
      0 },
    { "HTTP/1.1",
      3,
      { FIELD("Host", "a"), FIELD("Content-Length", "0"), FIELD("Content-Length", "40") },
      false,
      0 },
    { "HTTP/1.1",
      3,
      { FIELD("Host", "a"), FIELD("Content-Length", "5"), FIELD("Content-Length", "5") },
      false,
      0 },
    { "HTTP/1.0", 1, { FIELD("Transfer-Encoding", "chunked") }, false, 0 },
    { "HTTP/1.1", 2, { FIELD("Host", "a"), FIELD("Transfer-Encoding", "xchunked") }, false, 0 },
    { "HTTP/1.1",
      2,
      { FIELD("Host", "a"), FIELD("Transfer-Encoding", "chunked, identity") },
      false,
      0 },
    { "HTTP/1.1", 2, { FIELD("Host", "a"), FIELD("Content-Length", "+5") }, false, 0 },
    { "HTTP/1.1", 2, { FIELD("Host", "a"), FIELD("Content-Length", "-1") }, false, 0 },
    { "HTTP/1.1", 2, { FIELD("Host", "a"), FIELD("Content-Length", "5, 5") }, false, 0 },
    { "HTTP/1.1", 2, { FIELD("Host", "a"), FIELD("Content-Length", "0x5") }, false, 0 },
    { "HTTP/1.1", 2, { FIELD("Host", "a"), FIELD("Content-Length", "") }, false, 0 },
    { "HTTP/1.1",
      2,
      { FIELD("Host", "a"), FIELD("Content-Length", "18446744073709551621") },
      false,
      0 },
    { "HTTP/1.1", 2, { FIELD("Host", "a"), FIELD("X y", "v") }, false, 0 },
    { "HTTP/1.1", 2, { FIELD("Host", "a"), FIELD("X\x01", "v") }, false, 0 },
    { "HTTP/1.1", 2, { FIELD("Host", "a"), FIELD("", "v") }, false, 0 },
    { "HTTP/1.1", 2, { FIELD("Host", "a"), FIELD("X", "a\rb") }, false, 0 },
    { "HTTP/1.1", 2, { FIELD("Host", "a"), FIELD("X", "a\nb") }, false, 0 },
    { "HTTP/1.1", 2, { FIELD("Host", "a"), FIELD("X", "a\0b") }, false, 0 },
    { "HTTP/1.1", 2, { FIELD("Host", "a"), FIELD("X", "a\x7F") }, false, 0 },
};

static void framing_that_two_hops_could_read_in_two_ways_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof HEADS / sizeof *HEADS; i++) {
        const struct head_case *c = &HEADS[i];
        const struct gate_head head = { "POST", "/a", c->version, c->fields, c->count };
        struct gate_pass pass;
        struct fail f = { 0 };
        const bool good = gate_check(&head, arena, &pass, &f);

        if (good != c->good)
            fail_msg("case %zu: %s", i, f.text);
        if (good)
            assert_int_equal(pass.body_size, c->body_size);
        else
            assert_int_equal(f.code, CODE_REQUEST_MALFORMED);
    }
}

static void a_method_is_a_word(void **state)
{
    static const struct gate_field HOST[] = { FIELD("Host", "a") };
    static const char *const BAD[] = { "", "GE T", "GET\x01", "G(T" };
    struct gate_pass pass;
    struct fail f;

    (void)state;
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        const struct gate_head head = { BAD[i], "/", "HTTP/1.1", HOST, 1 };

        assert_false(gate_check(&head, arena, &pass, &f));
    }
}

static void too_long_targets_and_too_many_headers_have_words_of_their_own(void **state)
{
    char target[GATE_TARGET_MAX + 2];
    struct gate_field fields[GATE_FIELDS_MAX + 1];
    struct gate_head head = { "GET", target, "HTTP/1.1", fields, 1 };
    struct gate_pass pass;
    struct fail f;

    (void)state;
    memset(target, 'a', sizeof target);
    target[0] = '/';
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        fields[i] = (struct gate_field)FIELD("X", "y");
    fields[0] = (struct gate_field)FIELD("Host", "a");

    target[GATE_TARGET_MAX + 1] = '\0';
    assert_false(gate_check(&head, arena, &pass, &f));
    assert_int_equal(f.code, CODE_TARGET_TOO_LONG);
    target[GATE_TARGET_MAX] = '\0';
    assert_true(gate_check(&head, arena, &pass, &f));

    head.field_count = GATE_FIELDS_MAX + 1;
    assert_false(gate_check(&head, arena, &pass, &f));
    assert_int_equal(f.code, CODE_HEADERS_TOO_LARGE);
    head.field_count = GATE_FIELDS_MAX;
    assert_true(gate_check(&head, arena, &pass, &f));
}

static void a_path_is_decoded_once(void **state)
{
    static const char *const CASES[][2] = {
        { "/", "/" },           { "/v1/stations", "/v1/stations" },
        { "/a%20b", "/a b" },   { "/%E5%8D%97%E4%BA%AC", "/\xE5\x8D\x97\xE4\xBA\xAC" },
        { "/a%2520", "/a%20" }, { "/...", "/..." },
        { "/a/", "/a/" },       { "/a+b", "/a+b" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const char *path = NULL;
        struct fail f = { 0 };

        if (!gate_path(CASES[i][0], strlen(CASES[i][0]), arena, &path, &f))
            fail_msg("%s: %s", CASES[i][0], f.text);
        assert_string_equal(path, CASES[i][1]);
    }
}

static void a_path_that_means_two_things_is_refused(void **state)
{
    static const char *const BAD[] = {
        "",      "a",         "*",           "http://evil/x", "//evil/x",   "/a//b",   "/./a",
        "/a/..", "/%2e%2e/a", "/a/%2E",      "/.%2e/a",       "/a%2fb",     "/a%2Fb",  "/a%5cb",
        "/a\\b", "/a%00b",    "/a%0d%0aX:1", "/a%7f",         "/%zz",       "/%",      "/%a",
        "/a b",  "/a\tb",     "/a#b",        "/%C3%28",       "/%ED%A0%80", "/%C0%AF", "/\xC3\xA9",
        "/a\"b", "/<a>",      "/a{b}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        const char *path = NULL;
        struct fail f = { 0 };

        if (gate_path(BAD[i], strlen(BAD[i]), arena, &path, &f))
            fail_msg("%s was taken as %s", BAD[i], path);
        assert_int_equal(f.code, CODE_TARGET_MALFORMED);
    }
}

static void queries_are_decoded_and_stand_once(void **state)
{
    struct gate_pass pass = { 0 };
    struct fail f;

    (void)state;
    assert_true(gate_queries("q=a+b%26c&empty=&bare", 21, arena, &pass, &f));
    assert_int_equal(pass.query_count, 3);
    assert_string_equal(pass.queries[0].name, "q");
    assert_string_equal(pass.queries[0].value, "a b&c");
    assert_string_equal(pass.queries[1].value, "");
    assert_string_equal(pass.queries[2].name, "bare");
    assert_true(gate_queries("", 0, arena, &pass, &f));
    assert_int_equal(pass.query_count, 0);

    static const char *const BAD[] = { "a=1&a=2", "=1", "a=%00", "a=%zz", "a=\xFF", "a=%FF", "&&" };

    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        if (gate_queries(BAD[i], strlen(BAD[i]), arena, &pass, &f))
            fail_msg("%s was taken", BAD[i]);
}

static void the_bytes_between_the_parts_of_a_head_are_counted(void **state)
{
    /* As libmicrohttpd leaves "GET /a HTTP/1.1\r\nHost: b\r\n\r\n" behind. */
    static const char READ[] = "GET\0/a\0HTTP/1.1\0\0Host\0 b\0\0\0\0";
    const size_t size = sizeof READ - 1;
    struct gate_field field = { READ + 17, 4, READ + 23, 1 };
    struct gate_head head = { READ, "/a", READ + 7, &field, 1 };

    (void)state;
    assert_int_equal(size, 28);
    assert_true(gate_is_tight(&head, READ + 4, 2, size));
    assert_false(gate_is_tight(&head, READ + 4, 2, size - 1)); /* a bare LF at the end */
    assert_false(gate_is_tight(&head, READ + 4, 2, size + 2)); /* a NUL cut the value */
    assert_false(gate_is_tight(&head, READ + 5, 2, size));     /* a doubled blank */
    assert_false(gate_is_tight(&head, READ + 4, 1, size));     /* a NUL in the target */
    field.name--;
    assert_false(gate_is_tight(&head, READ + 4, 2, size)); /* a bare LF after the first line */
}

static void request_ids_are_short_and_plain(void **state)
{
    char text[GATE_REQUEST_ID_MAX + 2];

    (void)state;
    assert_true(gate_request_id("a-B_9.z"));
    assert_false(gate_request_id(""));
    assert_false(gate_request_id("a b"));
    assert_false(gate_request_id("a\"b"));
    memset(text, 'a', sizeof text);
    text[GATE_REQUEST_ID_MAX + 1] = '\0';
    assert_false(gate_request_id(text));
    text[GATE_REQUEST_ID_MAX] = '\0';
    assert_true(gate_request_id(text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(framing_that_two_hops_could_read_in_two_ways_is_refused),
        cmocka_unit_test(a_method_is_a_word),
        cmocka_unit_test(too_long_targets_and_too_many_headers_have_words_of_their_own),
        cmocka_unit_test(a_path_is_decoded_once),
        cmocka_unit_test(a_path_that_means_two_things_is_refused),
        cmocka_unit_test(queries_are_decoded_and_stand_once),
        cmocka_unit_test(the_bytes_between_the_parts_of_a_head_are_counted),
        cmocka_unit_test(request_ids_are_short_and_plain),
    };

    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
