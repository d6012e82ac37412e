/* geo/polyline.c: lines as text. */
#include "geo/polyline.h"

#include <string.h>

#include "tests/support/check_near.h"

static bool decode(struct arena *a, const char *text, int digits, int32_t max,
                   const struct point **points, int32_t *count, struct fail *f)
{
    return polyline_decode(a, text, strlen(text), digits, max, points, count, f);
}

static void the_example_of_the_format_comes_out(void **state)
{
    static const struct point LINE[] = { { -120.2, 38.5 },
                                         { -120.95, 40.7 },
                                         { -126.453, 43.252 } };
    struct arena *a = arena_new();
    struct buf out = { 0 };
    const struct point *back;
    struct fail f;
    int32_t count;

    (void)state;
    polyline_encode(&out, LINE, 3, 5);
    assert_string_equal(buf_text(&out), "_p~iF~ps|U_ulLnnqC_mqNvxq`@");
    assert_true(decode(a, buf_text(&out), 5, 10, &back, &count, &f));
    assert_int_equal(count, 3);
    for (int i = 0; i < 3; i++) {
        check_near(back[i].lon, LINE[i].lon, 1e-9);
        check_near(back[i].lat, LINE[i].lat, 1e-9);
    }
    buf_free(&out);
    arena_free(a);
}

static void the_widest_lines_come_back_in_both_precisions(void **state)
{
    static const struct point LINE[] = { { -180, -90 },
                                         { 180, 90 },
                                         { 180, 90 },
                                         { -180, 90 },
                                         { 0, 0 },
                                         { 1e-6, -1e-6 },
                                         { 117.190773, 34.259778 } };
    struct arena *a = arena_new();

    (void)state;
    for (int digits = 5; digits <= 6; digits++) {
        const double within = digits == 5 ? 0.51e-5 : 0.51e-6;
        struct buf out = { 0 };
        const struct point *back;
        struct fail f;
        int32_t count;

        polyline_encode(&out, LINE, 7, digits);
        assert_true(decode(a, buf_text(&out), digits, 7, &back, &count, &f));
        assert_int_equal(count, 7);
        for (int i = 0; i < 7; i++) {
            check_near(back[i].lon, LINE[i].lon, within);
            check_near(back[i].lat, LINE[i].lat, within);
        }
        buf_free(&out);
    }
    arena_free(a);
}

static void nothing_is_an_empty_line(void **state)
{
    struct arena *a = arena_new();
    struct buf out = { 0 };
    const struct point *back;
    struct fail f;
    int32_t count = 7;

    (void)state;
    polyline_encode(&out, NULL, 0, 5);
    assert_int_equal(out.size, 0);
    assert_true(decode(a, "", 5, 10, &back, &count, &f));
    assert_int_equal(count, 0);
    arena_free(a);
}

static void text_that_is_no_line_is_refused(void **state)
{
    static const char *const WRONG[] = {
        "_p~iF",            /* a latitude alone */
        "_p~iF~ps|",        /* ends within a number */
        "_p~iF ~ps|U",      /* a blank */
        "_p~iF~ps|U\n",     /* a newline */
        "_p~iF~ps|U\x7f?",  /* beyond the alphabet */
        "~~~~~~~~?",        /* a number too long */
        "_gjaR_gjaR",       /* 100 degrees of latitude */
        "????_kb~hF_kbbhF", /* leaves the earth on the way */
    };
    struct arena *a = arena_new();
    const struct point *back = NULL;
    struct fail f;
    int32_t count = 7;

    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        if (decode(a, WRONG[i], 5, 10, &back, &count, &f))
            fail_msg("was read: %s", WRONG[i]);
        assert_int_equal(f.code, CODE_POLYLINE_MALFORMED);
        assert_non_null(strstr(f.text, "character"));
    }
    assert_null(back);
    assert_int_equal(count, 7);
    arena_free(a);
}

static void more_points_than_allowed_are_refused_before_they_are_read(void **state)
{
    struct arena *a = arena_new();
    const size_t most = 2000000;
    char *text = arena_take(a, most + 1, 1);
    const size_t taken = arena_used(a);
    const struct point *back;
    struct fail f;
    int32_t count;

    (void)state;
    memset(text, '?', most);
    assert_false(decode(a, text, 5, 1000, &back, &count, &f));
    assert_int_equal(f.code, CODE_VALUE_TOO_LONG);
    assert_int_equal(arena_used(a), taken);
    assert_false(decode(a, "??????", 5, 2, &back, &count, &f));
    assert_true(decode(a, "??????", 5, 3, &back, &count, &f));
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_of_the_format_comes_out),
        cmocka_unit_test(the_widest_lines_come_back_in_both_precisions),
        cmocka_unit_test(nothing_is_an_empty_line),
        cmocka_unit_test(text_that_is_no_line_is_refused),
        cmocka_unit_test(more_points_than_allowed_are_refused_before_they_are_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
