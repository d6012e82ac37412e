/* Tests of geo/road/odd.c. */
#include "geo/road/odd.h"

#include "geo/road/draft.h"
#include "tests/support/check_near.h"
#include "tests/support/town.h"

/* One street of about a kilometre with these properties, drawn straight east. */
static const struct network *street(int32_t class, int32_t limit_kmh, double drawn_m,
                                    uint32_t length_cm, struct arena *a)
{
    const struct point_e7 from = point_to_e7((struct point){ 117.2, 0 });
    const struct point_e7 shape[] = {
        from, { from.lon + (int32_t)(drawn_m / 111319.4908 * 1e7 + 0.5), from.lat }
    };
    const struct draft_segment s = { .segment_id = 7,
                                     .way_id = 3,
                                     .from_node = 1,
                                     .to_node = 2,
                                     .length_cm = length_cm,
                                     .street_class = class,
                                     .access = 63,
                                     .maxspeed_kmh = limit_kmh,
                                     .name = "",
                                     .shape = shape,
                                     .shape_count = 2 };
    struct network *n = arena_take(a, 1, sizeof *n);
    struct draft *d = draft_new();
    struct fail f = { 0 };

    if (!draft_add(d, &s, &f) || !draft_finish(d, 1, a, n, &f))
        fail_msg("%s", f.text);
    draft_free(d);
    return n;
}

static void what_cannot_be_right_is_found_and_nothing_else(void **state)
{
    static const struct {
        int32_t class, limit_kmh;
        double drawn_m;
        uint32_t length_cm;
        enum odd_kind want; /* ODD_KINDS: nothing */
        double value;
    } CASES[] = {
        { STREET_RESIDENTIAL, 0, 1000, 100000, ODD_KINDS, 0 },
        { STREET_RESIDENTIAL, 90, 1000, 100000, ODD_KINDS, 0 },
        { STREET_RESIDENTIAL, 91, 1000, 100000, ODD_FAST, 91 },
        { STREET_TERTIARY, 91, 1000, 100000, ODD_KINDS, 0 },
        { STREET_FERRY, 120, 1000, 100000, ODD_KINDS, 0 },
        { STREET_MOTORWAY, 120, 1000, 100000, ODD_KINDS, 0 },
        { STREET_TERTIARY, 9, 1000, 100000, ODD_SLOW, 9 },
        { STREET_TERTIARY, 10, 1000, 100000, ODD_KINDS, 0 },
        { STREET_RESIDENTIAL, 5, 1000, 100000, ODD_KINDS, 0 },
        { STREET_TRUNK, 0, 30000, 3000000, ODD_KINDS, 0 },
        { STREET_TRUNK, 0, 30001, 3000100, ODD_LONG, 30001 },
        { STREET_FERRY, 0, 50000, 5000000, ODD_KINDS, 0 },
        { STREET_PATH, 0, 1019, 100000, ODD_KINDS, 0 },
        { STREET_PATH, 0, 1021, 100000, ODD_DRAWN, 1021 },
        { STREET_PATH, 0, 979, 100000, ODD_DRAWN, 979 },
        { STREET_PATH, 0, 3, 101, ODD_KINDS, 0 }, /* a metre: only rounding */
        { STREET_PATH, 0, 4, 101, ODD_DRAWN, 4 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct arena *a = arena_new();
        const struct odd *found;
        const int32_t count = odd_find(
            street(CASES[i].class, CASES[i].limit_kmh, CASES[i].drawn_m, CASES[i].length_cm, a), a,
            &found);

        assert_int_equal(count, CASES[i].want != ODD_KINDS);
        if (count == 1) {
            assert_int_equal(found->segment, 0);
            assert_int_equal(found->kind, CASES[i].want);
            check_near(found->value, CASES[i].value, 0.02);
        }
        arena_free(a);
    }
}

static void a_street_may_be_odd_in_several_ways(void **state)
{
    struct arena *a = arena_new();
    const struct odd *found;

    (void)state;
    assert_int_equal(odd_find(street(STREET_TRACK, 120, 31000, 4000000, a), a, &found), 3);
    assert_int_equal(found[0].kind, ODD_FAST);
    assert_int_equal(found[1].kind, ODD_LONG);
    assert_int_equal(found[2].kind, ODD_DRAWN);
    assert_string_equal(odd_word(found[2].kind), "drawn");
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_cannot_be_right_is_found_and_nothing_else),
        cmocka_unit_test(a_street_may_be_odd_in_several_ways),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
