/* Tests of geo/cover/span.c: against a street that is kept centimetre by centimetre. */
#include "geo/cover/span.h"

#include <string.h>

#include "tests/support/check_near.h"
#include "tests/support/town.h"

enum { LENGTH = 40, SPANS = 12, ROUNDS = 20000, SEGMENTS = 5 };

static int32_t roll_spans(struct town_dice *dice, struct span *out)
{
    const int32_t count = town_pick(dice, SPANS);

    for (int32_t i = 0; i < count; i++) {
        const int32_t from = town_pick(dice, LENGTH);

        out[i] =
            (struct span){ (uint32_t)from, (uint32_t)(from + town_pick(dice, LENGTH - from + 1)) };
    }
    return count;
}

static void paint(const struct span *spans, int32_t count, bool *street)
{
    memset(street, 0, LENGTH);
    for (int32_t i = 0; i < count; i++)
        for (uint32_t cm = spans[i].from_cm; cm < spans[i].to_cm; cm++)
            street[cm] = true;
}

static void check_tidy(const struct span *spans, int32_t count)
{
    for (int32_t i = 0; i < count; i++) {
        assert_true(spans[i].from_cm < spans[i].to_cm);
        if (i > 0)
            assert_true(spans[i - 1].to_cm < spans[i].from_cm);
    }
}

static void check_same(const struct span *spans, int32_t count, const bool *street)
{
    bool painted[LENGTH];

    check_tidy(spans, count);
    paint(spans, count, painted);
    assert_memory_equal(painted, street, LENGTH);
}

static void lists_hold_what_the_centimetres_hold(void **state)
{
    struct town_dice dice = { 3 };

    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        struct span a[SPANS], b[SPANS], out[2 * SPANS + 1];
        bool in_a[LENGTH], in_b[LENGTH], want[LENGTH];
        int32_t a_count = roll_spans(&dice, a);
        int32_t b_count = roll_spans(&dice, b);

        paint(a, a_count, in_a);
        paint(b, b_count, in_b);
        a_count = span_tidy(a, a_count);
        b_count = span_tidy(b, b_count);
        check_same(a, a_count, in_a);
        for (int32_t i = 0; i < LENGTH; i++)
            want[i] = in_a[i] || in_b[i];
        check_same(out, span_or(a, a_count, b, b_count, out), want);
        for (int32_t i = 0; i < LENGTH; i++)
            want[i] = in_a[i] && in_b[i];
        check_same(out, span_and(a, a_count, b, b_count, out), want);
        for (int32_t i = 0; i < LENGTH; i++)
            want[i] = in_a[i] && !in_b[i];
        check_same(out, span_minus(a, a_count, b, b_count, out), want);
    }
}

static void spans_that_touch_are_one_and_those_without_length_are_none(void **state)
{
    struct span spans[] = { { 5, 9 }, { 3, 3 }, { 9, 12 }, { 0, 2 }, { 13, 14 } };

    (void)state;
    assert_int_equal(span_tidy(spans, 5), 3);
    assert_int_equal(spans[1].from_cm, 5);
    assert_int_equal(spans[1].to_cm, 12);
    assert_int_equal(span_length_cm(spans, 3), 10);
}

static void roll_pieces(struct town_dice *dice, struct arena *a, struct range_band *out)
{
    struct range_piece *pieces = arena_take(a, SPANS, sizeof *pieces);
    const int32_t count = town_pick(dice, SPANS);

    for (int32_t i = 0; i < count; i++) {
        const int32_t from = town_pick(dice, LENGTH);

        pieces[i] = (struct range_piece){ town_pick(dice, SEGMENTS), (uint32_t)from,
                                          (uint32_t)(from + town_pick(dice, LENGTH - from + 1)) };
    }
    *out = (struct range_band){ .piece_count = span_tidy_pieces(pieces, count), .pieces = pieces };
}

static int32_t pieces_of(const struct range_band *band, int32_t segment, struct span *out)
{
    int32_t count = 0;

    for (int32_t i = 0; i < band->piece_count; i++)
        if (band->pieces[i].segment == segment)
            out[count++] = (struct span){ band->pieces[i].from_cm, band->pieces[i].to_cm };
    return count;
}

static void pieces_are_spans_on_each_segment(void **state)
{
    static int32_t (*const ALONE[])(const struct span *, int32_t, const struct span *, int32_t,
                                    struct span *) = { span_or, span_and, span_minus };
    struct town_dice dice = { 4 };

    (void)state;
    for (int round = 0; round < ROUNDS / 10; round++) {
        struct arena *arena = arena_new();
        struct range_band a, b, out;

        roll_pieces(&dice, arena, &a);
        roll_pieces(&dice, arena, &b);
        for (enum span_how how = SPAN_OR; how <= SPAN_MINUS; how++) {
            int64_t length_cm = 0;

            span_mix(how, &a, &b, arena, &out);
            for (int32_t s = 0; s < SEGMENTS; s++) {
                struct span one[SPANS], other[SPANS], want[2 * SPANS + 1], got[2 * SPANS + 1];
                const int32_t one_count = pieces_of(&a, s, one);
                const int32_t count =
                    ALONE[how](one, one_count, other, pieces_of(&b, s, other), want);

                assert_int_equal(pieces_of(&out, s, got), count);
                assert_memory_equal(got, want, (size_t)count * sizeof *want);
                length_cm += span_length_cm(want, count);
            }
            assert_int_equal(out.length_cm, length_cm);
        }
        arena_free(arena);
    }
}

static void the_rest_is_everything_else(void **state)
{
    struct town_dice dice = { 5 };
    struct arena *a = arena_new();
    const struct network *n = town_random(&dice, 10, 20, false, a);
    const struct range_piece piece = { 3, 0, n->length_cm[3] };
    const struct range_band some = { .piece_count = 1, .pieces = &piece };
    struct range_band rest, whole;
    int64_t length_cm = 0;

    (void)state;
    for (int32_t s = 0; s < n->segment_count; s++)
        length_cm += n->length_cm[s];
    span_rest(n, &some, a, &rest);
    assert_int_equal(rest.length_cm, length_cm - n->length_cm[3]);
    span_mix(SPAN_OR, &rest, &some, a, &whole);
    assert_int_equal(whole.piece_count, n->segment_count);
    assert_int_equal(whole.length_cm, length_cm);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_hold_what_the_centimetres_hold),
        cmocka_unit_test(spans_that_touch_are_one_and_those_without_length_are_none),
        cmocka_unit_test(pieces_are_spans_on_each_segment),
        cmocka_unit_test(the_rest_is_everything_else),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
