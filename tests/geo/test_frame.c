/* geo/frame.c: the four frames and the reader of a place. */
#include "geo/frame.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/check_near.h"

/* Places measured in three frames (Xuzhou, Xinyi, Pizhou, Yunmeng). */
static const struct {
    struct point wgs84, gcj02, bd09;
} MEASURED[] = {
    { { 117.185000, 34.261000 }, { 117.190773, 34.259778 }, { 117.197360, 34.265480 } },
    { { 118.354000, 34.369000 }, { 118.359673, 34.367920 }, { 118.366234, 34.373751 } },
    { { 117.963000, 34.335000 }, { 117.968552, 34.333650 }, { 117.974972, 34.339973 } },
    { { 113.753000, 31.021000 }, { 113.758815, 31.018755 }, { 113.765223, 31.025096 } },
};
enum { MEASURED_COUNT = sizeof MEASURED / sizeof *MEASURED };

/* What six digits after the point can say. */
static const double DIGITS = 6e-7;

static void check_place(struct point got, struct point want, double within)
{
    check_near(got.lon, want.lon, within);
    check_near(got.lat, want.lat, within);
}

static struct point from(enum frame frame, struct point p)
{
    struct point out;
    struct fail f;

    assert_true(frame_to_wgs84(frame, p, &out, &f));
    return out;
}

static struct point to(enum frame frame, struct point p)
{
    struct point out;
    struct fail f;

    assert_true(frame_from_wgs84(frame, p, &out, &f));
    return out;
}

static void measured_places_agree_in_every_frame(void **state)
{
    (void)state;
    for (int i = 0; i < MEASURED_COUNT; i++) {
        check_place(to(FRAME_GCJ02, MEASURED[i].wgs84), MEASURED[i].gcj02, DIGITS);
        check_place(to(FRAME_BD09, MEASURED[i].wgs84), MEASURED[i].bd09, DIGITS);
        check_place(from(FRAME_GCJ02, MEASURED[i].gcj02), MEASURED[i].wgs84, 2 * DIGITS);
        check_place(from(FRAME_BD09, MEASURED[i].bd09), MEASURED[i].wgs84, 2 * DIGITS);
    }
}

static void four_phones_at_one_spot_give_one_place(void **state)
{
    (void)state;
    for (int i = 0; i < MEASURED_COUNT; i++) {
        const struct point wgs84 = MEASURED[i].wgs84;

        assert_true(point_distance_m(from(FRAME_WGS84, wgs84), wgs84) < 1.0);
        assert_true(point_distance_m(from(FRAME_CGCS2000, wgs84), wgs84) < 1.0);
        assert_true(point_distance_m(from(FRAME_GCJ02, MEASURED[i].gcj02), wgs84) < 1.0);
        assert_true(point_distance_m(from(FRAME_BD09, MEASURED[i].bd09), wgs84) < 1.0);
    }
}

static void check_round_trip(enum frame frame, struct point p)
{
    const double off_m = point_distance_m(from(frame, to(frame, p)), p);

    if (off_m > 0.001)
        fail_msg("%s of %.9f, %.9f comes back %.6f m off", frame_word(frame), p.lon, p.lat, off_m);
}

static void the_way_back_is_true_to_a_millimetre_on_the_whole_rectangle(void **state)
{
    (void)state;
    for (int x = 0; x <= 150; x++) {
        for (int y = 0; y <= 150; y++) {
            const struct point p = {
                .lon = x == 150 ? 137.8347 : 72.004 + (137.8347 - 72.004) * x / 150,
                .lat = y == 150 ? 55.8271 : 0.8293 + (55.8271 - 0.8293) * y / 150,
            };

            check_round_trip(FRAME_GCJ02, p);
            check_round_trip(FRAME_BD09, p);
        }
    }
}

static void the_way_back_is_true_at_the_kink_of_the_formula(void **state)
{
    (void)state;
    for (int i = -200; i <= 200; i++) {
        check_round_trip(FRAME_GCJ02, (struct point){ 105.0 + i * 1e-9, 31.0 });
        check_round_trip(FRAME_BD09, (struct point){ 105.0 + i * 1e-6, 31.0 });
    }
}

static void gcj02_outside_the_rectangle_is_wgs84(void **state)
{
    static const struct point ABROAD[] = { { 11.97, 57.71 },  { -8.61, 41.15 },  { 139.69, 35.68 },
                                           { 151.2, -33.87 }, { -180.0, 90.0 },  { 180.0, -90.0 },
                                           { 72.003, 30.0 },  { 137.836, 30.0 }, { 100.0, 0.829 } };

    (void)state;
    for (size_t i = 0; i < sizeof ABROAD / sizeof *ABROAD; i++) {
        check_place(to(FRAME_GCJ02, ABROAD[i]), ABROAD[i], 0.0);
        if (i < 6)
            check_place(from(FRAME_GCJ02, ABROAD[i]), ABROAD[i], 0.0);
    }
}

static void bd09_outside_the_rectangle_is_refused(void **state)
{
    struct point out = { 1, 2 };
    struct fail f;

    (void)state;
    assert_false(frame_to_wgs84(FRAME_BD09, (struct point){ 11.97, 57.71 }, &out, &f));
    assert_int_equal(f.code, CODE_FRAME_OUTSIDE_CHINA);
    assert_int_equal(f.kind, FAIL_INPUT);
    assert_non_null(strstr(f.text, "57.71"));
    assert_non_null(strstr(f.allowed, "137.8347"));
    assert_false(frame_from_wgs84(FRAME_BD09, (struct point){ 138.0, 40.0 }, &out, &f));
    assert_int_equal(f.code, CODE_FRAME_OUTSIDE_CHINA);
    check_place(out, (struct point){ 1, 2 }, 0.0);
}

static void words_and_frames_go_both_ways(void **state)
{
    (void)state;
    for (int i = 0; i < FRAME_COUNT; i++) {
        enum frame frame = FRAME_COUNT;
        struct fail f;

        assert_true(frame_from_word(frame_word((enum frame)i), &frame, &f));
        assert_int_equal(frame, i);
    }
}

static void words_that_are_no_frame_are_refused(void **state)
{
    static const char *const WRONG[] = { "WGS84", "gcj-02", "bd09 ", "wgs8", "wgs844", "火星" };
    enum frame frame = FRAME_COUNT;
    struct fail f;

    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        assert_false(frame_from_word(WRONG[i], &frame, &f));
        assert_int_equal(f.code, CODE_FRAME_UNKNOWN);
        assert_string_equal(f.value, WRONG[i]);
        assert_non_null(strstr(f.allowed, "gcj02"));
    }
    assert_false(frame_from_word("", &frame, &f));
    assert_int_equal(f.code, CODE_FRAME_MISSING);
    assert_false(frame_from_word(NULL, &frame, &f));
    assert_int_equal(f.code, CODE_FRAME_MISSING);
    assert_int_equal(frame, FRAME_COUNT);
}

static bool read_place(struct arena *a, const char *json, struct point *out, struct fail *f)
{
    const struct input *v = input_parse(a, json, strlen(json), f);

    assert_non_null(v);
    return frame_read_place(v, out, f);
}

static void a_place_is_read_into_wgs84(void **state)
{
    struct arena *a = arena_new();
    struct point out;
    struct fail f;

    (void)state;
    assert_true(
        read_place(a, "{\"lon\":117.190773,\"lat\":34.259778,\"frame\":\"gcj02\"}", &out, &f));
    check_place(out, MEASURED[0].wgs84, 2 * DIGITS);
    assert_true(read_place(a, "{\"frame\":\"wgs84\",\"lat\":-90,\"lon\":180}", &out, &f));
    check_place(out, (struct point){ 180.0, -90.0 }, 0.0);
    arena_free(a);
}

static void what_is_no_place_is_refused(void **state)
{
    static const struct {
        const char *json;
        enum fail_code code;
        const char *pointer;
    } WRONG[] = {
        { "{\"lon\":1,\"lat\":2}", CODE_FRAME_MISSING, "" },
        { "{\"lon\":1,\"lat\":2,\"frame\":null}", CODE_FRAME_MISSING, "" },
        { "{\"lon\":1,\"lat\":2,\"frame\":\"mars\"}", CODE_FRAME_UNKNOWN, "/frame" },
        { "{\"lon\":1,\"lat\":2,\"frame\":4}", CODE_VALUE_WRONG_TYPE, "/frame" },
        { "{\"lon\":181,\"lat\":2,\"frame\":\"wgs84\"}", CODE_PLACE_OUT_OF_RANGE, "/lon" },
        { "{\"lon\":1,\"lat\":-90.001,\"frame\":\"wgs84\"}", CODE_PLACE_OUT_OF_RANGE, "/lat" },
        { "{\"lon\":\"1\",\"lat\":2,\"frame\":\"wgs84\"}", CODE_VALUE_WRONG_TYPE, "/lon" },
        { "{\"lat\":2,\"frame\":\"wgs84\"}", CODE_KEY_MISSING, "/lon" },
        { "{\"lon\":1,\"lat\":2,\"alt\":3,\"frame\":\"wgs84\"}", CODE_KEY_UNKNOWN, "/alt" },
        { "{\"lon\":11,\"lat\":57,\"frame\":\"bd09\"}", CODE_FRAME_OUTSIDE_CHINA, "" },
        { "[1,2]", CODE_VALUE_WRONG_TYPE, "" },
    };
    struct arena *a = arena_new();

    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        struct point out = { 7, 8 };
        struct fail f;

        assert_false(read_place(a, WRONG[i].json, &out, &f));
        assert_string_equal(fail_word(f.code), fail_word(WRONG[i].code));
        assert_string_equal(f.pointer, WRONG[i].pointer);
        check_place(out, (struct point){ 7, 8 }, 0.0);
    }
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measured_places_agree_in_every_frame),
        cmocka_unit_test(four_phones_at_one_spot_give_one_place),
        cmocka_unit_test(the_way_back_is_true_to_a_millimetre_on_the_whole_rectangle),
        cmocka_unit_test(the_way_back_is_true_at_the_kink_of_the_formula),
        cmocka_unit_test(gcj02_outside_the_rectangle_is_wgs84),
        cmocka_unit_test(bd09_outside_the_rectangle_is_refused),
        cmocka_unit_test(words_and_frames_go_both_ways),
        cmocka_unit_test(words_that_are_no_frame_are_refused),
        cmocka_unit_test(a_place_is_read_into_wgs84),
        cmocka_unit_test(what_is_no_place_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
