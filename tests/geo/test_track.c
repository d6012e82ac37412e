/* geo/track.c: a stretch of somebody's way in few bytes, whole, and coarse when old. */
#include "geo/track.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/check_near.h"

static const int64_t NOON_US = INT64_C(1795348800000000);

static bool same(const struct track_fix *a, const struct track_fix *b)
{
    return a->fix_us == b->fix_us && a->at.lon == b->at.lon && a->at.lat == b->at.lat &&
           a->accuracy_dm == b->accuracy_dm && a->speed_cms == b->speed_cms && a->flags == b->flags;
}

/* The bytes that it took. */
static size_t comes_back(const struct track_fix *fixes, int32_t count)
{
    struct arena *a = arena_new();
    struct buf out = { 0 };
    struct track_fix *back;
    struct fail f;
    int32_t back_count;

    track_encode(&out, fixes, count);
    assert_true(track_decode(a, out.bytes, out.size, &back, &back_count, &f));
    assert_int_equal(back_count, count);
    for (int32_t i = 0; i < count; i++)
        assert_true(same(&back[i], &fixes[i]));
    const size_t size = out.size;

    buf_free(&out);
    arena_free(a);
    return size;
}

static void the_extremes_come_back(void **state)
{
    static const struct track_fix WIDE[] = {
        { 0, { -1800000000, -900000000 }, -1, -1, 0 },
        { 1, { 1800000000, 900000000 }, INT32_MAX, INT32_MAX, UINT32_MAX },
        { 2, { -1800000000, 900000000 }, 0, 0, 0 },
        { INT64_C(253402300799999998), { 0, 0 }, -1, INT32_MAX, 1 },
        { INT64_C(253402300799999999), { 1800000000, -900000000 }, INT32_MAX, -1, 1 },
    };

    (void)state;
    comes_back(WIDE, 5);
    for (int32_t i = 0; i < 5; i++)
        comes_back(&WIDE[i], 1);
}

/* A walk as a phone reports it: a step, some noise, an accuracy that wanders. */
static void walk(struct track_fix *fixes, int32_t count, int64_t step_us, double step_m)
{
    int32_t lon = 1171850000, lat = 342610000, accuracy = 60;

    srandom(7);
    for (int32_t i = 0; i < count; i++) {
        const int32_t turn = i / 40 % 4;

        lon += (int32_t)(step_m * 110 * (turn < 2 ? 1 : -1)) + (int32_t)(random() % 61) - 30;
        lat += (int32_t)(step_m * 30 * (turn == 1 ? 1 : -1)) + (int32_t)(random() % 61) - 30;
        if (random() % 3 == 0)
            accuracy += (int32_t)(random() % 21) - 10;
        fixes[i] = (struct track_fix){
            .fix_us = NOON_US + i * step_us + (step_us < 60000000 ? 0 : random() % 2 * 1000000),
            .at = { lon, lat },
            .accuracy_dm = accuracy > 10 ? accuracy : 10,
            .speed_cms = (int32_t)(step_m * 1e8 / (double)step_us) + (int32_t)(random() % 15),
        };
    }
}

static void a_walk_takes_at_most_six_bytes_a_fix(void **state)
{
    static const struct {
        int32_t count;
        int64_t step_us;
        double step_m;
        double bytes; /* a fix, at most */
    } WALKS[] = {
        { 1200, 3000000, 4, 4.5 }, /* the peak of an evening */
        { 360, 10000000, 13, 5 },  /* dispatched */
        { 60, 60000000, 70, 6 },   /* on patrol */
    };
    struct track_fix fixes[1200];

    (void)state;
    for (size_t i = 0; i < sizeof WALKS / sizeof *WALKS; i++) {
        walk(fixes, WALKS[i].count, WALKS[i].step_us, WALKS[i].step_m);
        const double bytes = (double)comes_back(fixes, WALKS[i].count) / WALKS[i].count;

        print_message("%d fixes: %.2f bytes each\n", WALKS[i].count, bytes);
        if (bytes > WALKS[i].bytes)
            fail_msg("%.2f bytes a fix, not %.2f", bytes, WALKS[i].bytes);
    }
}

static void whoever_stands_still_takes_a_byte_a_fix(void **state)
{
    struct track_fix fixes[1000];

    (void)state;
    for (int32_t i = 0; i < 1000; i++)
        fixes[i] = (struct track_fix){ NOON_US + i * 1000000, { 7, -7 }, 50, 0, 4 };
    assert_true(comes_back(fixes, 1000) < 1000);
}

static void the_longest_track_comes_back(void **state)
{
    struct track_fix *fixes = calloc(TRACK_FIX_MAX, sizeof *fixes);

    (void)state;
    walk(fixes, TRACK_FIX_MAX, 100000, 1);
    comes_back(fixes, TRACK_FIX_MAX);
    free(fixes);
}

static void what_was_sent_twice_is_there_once_and_in_order(void **state)
{
    static const struct track_fix SENT[] = {
        { NOON_US + 2, { 3, 3 }, 1, 1, 0 }, { NOON_US, { 1, 1 }, 1, 1, 0 },
        { NOON_US + 2, { 3, 3 }, 1, 1, 0 }, { NOON_US + 1, { 2, 2 }, 1, 1, 0 },
        { NOON_US + 1, { 9, 2 }, 1, 1, 0 },
    };
    struct track_fix one[5], other[5];

    (void)state;
    for (int i = 0; i < 5; i++) {
        one[i] = SENT[i];
        other[4 - i] = SENT[i];
    }
    assert_int_equal(track_sort(one, 5), 3);
    assert_int_equal(track_sort(other, 5), 3);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(one[i].fix_us, NOON_US + i);
        assert_true(same(&one[i], &other[i])); /* whoever sorts */
    }
    assert_int_equal(track_sort(one, 0), 0);
}

static void what_is_old_says_neither_where_nor_when_exactly(void **state)
{
    struct track_fix fixes[120], again[120];

    (void)state;
    walk(fixes, 120, 3000000, 4);
    fixes[1].flags = 5;
    const struct track_fix first = fixes[0];
    const int32_t count = track_coarsen(fixes, 120);

    assert_int_equal(count, 6); /* six minutes */
    for (int32_t i = 0; i < count; i++) {
        assert_int_equal(fixes[i].fix_us, NOON_US + i * (int64_t)TRACK_COARSE_US);
        assert_int_equal(fixes[i].at.lon % TRACK_COARSE_E7, TRACK_COARSE_E7 / 2);
        assert_int_equal(fixes[i].at.lat % TRACK_COARSE_E7, TRACK_COARSE_E7 / 2);
        assert_int_equal(fixes[i].speed_cms, -1);
        assert_true(fixes[i].accuracy_dm >= TRACK_COARSE_DM);
    }
    assert_true(abs(fixes[0].at.lon - first.at.lon) <= TRACK_COARSE_E7 / 2);
    assert_int_equal(fixes[0].flags, 5);
    memcpy(again, fixes, sizeof again);
    assert_int_equal(track_coarsen(again, count), count);
    for (int32_t i = 0; i < count; i++)
        assert_true(same(&fixes[i], &again[i]));
}

static void coarse_places_stay_on_the_earth(void **state)
{
    static const struct point_e7 PLACES[][2] = {
        { { 1800000000, 900000000 }, { 1799995000, 899995000 } },
        { { -1800000000, -900000000 }, { -1799995000, -899995000 } },
        { { -1, -10000 }, { -5000, -5000 } },
        { { 0, 9999 }, { 5000, 5000 } },
    };

    (void)state;
    for (size_t i = 0; i < sizeof PLACES / sizeof *PLACES; i++) {
        struct track_fix fix = { .at = PLACES[i][0], .accuracy_dm = -1 };

        assert_int_equal(track_coarsen(&fix, 1), 1);
        assert_int_equal(fix.at.lon, PLACES[i][1].lon);
        assert_int_equal(fix.at.lat, PLACES[i][1].lat);
    }
}

static void bytes_that_are_no_track_are_refused(void **state)
{
    static const struct track_fix TWO[] = { { NOON_US, { 1, 2 }, 3, 4, 5 },
                                            { NOON_US + 1, { 2, 3 }, 4, 5, 5 } };
    struct arena *a = arena_new();
    struct buf out = { 0 };
    struct track_fix *back = NULL;
    struct fail f = { 0 };
    int32_t count = 77;

    (void)state;
    track_encode(&out, TWO, 2);
    for (size_t size = 0; size < out.size; size++) { /* cut anywhere */
        assert_false(track_decode(a, out.bytes, size, &back, &count, &f));
        assert_int_equal(f.code, CODE_TRACK_MALFORMED);
        assert_int_equal(f.kind, FAIL_BROKEN);
    }
    buf_byte(&out, 0); /* and one byte more */
    assert_false(track_decode(a, out.bytes, out.size, &back, &count, &f));
    out.size--;
    out.bytes[0] = 9; /* of another version */
    assert_false(track_decode(a, out.bytes, out.size, &back, &count, &f));
    assert_false(track_decode(a, "\x01\x00", 2, &back, &count, &f));         /* of nothing */
    assert_false(track_decode(a, "\x01\xFF\xFF\x7F", 4, &back, &count, &f)); /* too many */
    assert_false(track_decode(a, "\x01\xFF\xFF\xFF\xFF\xFF", 6, &back, &count, &f));
    assert_null(back);
    assert_int_equal(count, 77);
    buf_free(&out);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_extremes_come_back),
        cmocka_unit_test(a_walk_takes_at_most_six_bytes_a_fix),
        cmocka_unit_test(whoever_stands_still_takes_a_byte_a_fix),
        cmocka_unit_test(the_longest_track_comes_back),
        cmocka_unit_test(what_was_sent_twice_is_there_once_and_in_order),
        cmocka_unit_test(what_is_old_says_neither_where_nor_when_exactly),
        cmocka_unit_test(coarse_places_stay_on_the_earth),
        cmocka_unit_test(bytes_that_are_no_track_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
