/* geo/base/emit.c: JSON going out. */
#include "geo/base/emit.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "geo/base/arena.h"
#include "geo/base/input.h"
#include "tests/support/check_near.h"

struct room {
    struct buf out;
    struct emit emit;
};

static struct room *begin(void **state)
{
    static struct room room;

    (void)state;
    buf_free(&room.out);
    room.emit = emit_to(&room.out);
    return &room;
}

static int end(void **state)
{
    buf_free(&begin(state)->out);
    return 0;
}

static void commas_stand_where_they_belong(void **state)
{
    struct room *room = begin(state);
    struct emit *e = &room->emit;

    emit_object(e);
    emit_key(e, "empty");
    emit_array(e);
    emit_end(e);
    emit_key_text(e, "text", "x");
    emit_key_int(e, "low", INT64_MIN);
    emit_key_bool(e, "yes", true);
    emit_key_bool(e, "no", false);
    emit_key_text(e, "none", NULL);
    emit_key_number(e, "half", 0.5, 3);
    emit_key(e, "list");
    emit_array(e);
    emit_int(e, 1);
    emit_object(e);
    emit_end(e);
    emit_null(e);
    emit_raw(e, "[2]", 3);
    emit_end(e);
    emit_end(e);
    assert_string_equal(buf_text(&room->out),
                        "{\"empty\":[],\"text\":\"x\",\"low\":-9223372036854775808,\"yes\":true,"
                        "\"no\":false,\"none\":null,\"half\":0.5,\"list\":[1,{},null,[2]]}");
}

static void numbers_have_no_exponent_and_no_needless_zeros(void **state)
{
    static const struct {
        double value;
        int decimals;
        const char *want;
    } NUMBERS[] = {
        { 0.0, 3, "0" },
        { -0.0, 3, "0" },
        { -0.0004, 3, "0" },
        { 1.5, 3, "1.5" },
        { 100.0, 2, "100" },
        { 100.0, 0, "100" },
        { -1.25, 1, "-1.2" },
        { 117.19, 7, "117.19" },
        { 1e15, 0, "1000000000000000" },
        { 0.0000001, 7, "0.0000001" },
        { 999.9996, 3, "1000" },
        { NAN, 3, "null" },
        { INFINITY, 3, "null" },
        { -INFINITY, 0, "null" },
    };

    for (size_t i = 0; i < sizeof NUMBERS / sizeof *NUMBERS; i++) {
        struct room *room = begin(state);

        emit_number(&room->emit, NUMBERS[i].value, NUMBERS[i].decimals);
        assert_string_equal(buf_text(&room->out), NUMBERS[i].want);
    }
    struct room *room = begin(state);

    emit_number(&room->emit, -DBL_MAX, 9);
    assert_int_equal(strlen(buf_text(&room->out)), 310);
}

/* What printf would write, without the zeros at its end. */
static const char *by_printf(char text[400], double value, int decimals)
{
    int length = snprintf(text, 400, "%.*f", (int)((unsigned)decimals % 10), value);

    while (decimals > 0 && text[length - 1] == '0')
        length--;
    if (decimals > 0 && text[length - 1] == '.')
        length--;
    text[length] = 0;
    return strcmp(text, "-0") == 0 ? "0" : text;
}

/* Numbers of every size, many of them in the middle between two that can be written. */
static void numbers_are_rounded_as_printf_rounds_them(void **state)
{
    uint64_t dice = 88172645463325252u;

    for (int i = 0; i < 300000; i++) {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        const int decimals = (int)(dice % 10);
        const double size = pow(10, (double)(dice >> 8 & 31) - 12);
        const double value =
            (dice & 64 ? -1 : 1) * (dice & 128 ? ((double)(dice >> 40) + 0.5) / pow(10, decimals)
                                               : (double)(dice >> 20) * size);
        struct room *room = begin(state);
        char want[400];

        emit_number(&room->emit, value, decimals);
        assert_string_equal(buf_text(&room->out), by_printf(want, value, decimals));
    }
}

static void every_text_comes_back_through_the_parser(void **state)
{
    static const char *const TEXTS[] = {
        "",         "plain", "\"quoted\\\"", "tab\tline\nreturn\r", "\x01\x1f\x7f", "云龙路 é 𠮷",
        "</script>"
    };

    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        struct room *room = begin(state);
        struct arena *a = arena_new();
        struct fail f;
        int32_t which;

        emit_array(&room->emit);
        emit_text(&room->emit, TEXTS[i]);
        emit_end(&room->emit);
        const struct input *v = input_parse(a, room->out.bytes, room->out.size, &f);

        assert_non_null(v);
        assert_true(input_word(input_item(v, 0), &TEXTS[i], 1, &which, &f));
        arena_free(a);
    }
}

static void what_is_no_utf8_becomes_the_replacement_character(void **state)
{
    static const struct {
        const char *text;
        size_t length;
        const char *want;
    } WRONG[] = {
        { "a\xFFz", 3, "\"a\xEF\xBF\xBDz\"" },
        { "\xC0\xAF", 2, "\"\xEF\xBF\xBD\xEF\xBF\xBD\"" },                 /* overlong */
        { "\xED\xA0\x80", 3, "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"" }, /* surrogate */
        { "\xE4\xBA", 2, "\"\xEF\xBF\xBD\xEF\xBF\xBD\"" },                 /* cut */
        { "a\0b", 3, "\"a\\u0000b\"" },
    };

    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        struct room *room = begin(state);

        emit_text_sized(&room->emit, WRONG[i].text, WRONG[i].length);
        assert_string_equal(buf_text(&room->out), WRONG[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commas_stand_where_they_belong),
        cmocka_unit_test(numbers_have_no_exponent_and_no_needless_zeros),
        cmocka_unit_test(numbers_are_rounded_as_printf_rounds_them),
        cmocka_unit_test(every_text_comes_back_through_the_parser),
        cmocka_unit_test(what_is_no_utf8_becomes_the_replacement_character),
    };

    return cmocka_run_group_tests(tests, NULL, end);
}
