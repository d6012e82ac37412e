/* Fixes that count as one. */
#include "geo/road/group.h"

#include <math.h>

#include "geo/road/lattice.h"
#include "tests/support/check_near.h"

static const int64_t SECOND_US = 1000000;

static struct match_fix fix_at(double s, double east_e5, double accuracy_m)
{
    return (struct match_fix){ .at_us = (int64_t)(s * 1e6),
                               .at = { 117.2 + east_e5 * 1e-5, 0.1 },
                               .accuracy_m = accuracy_m };
}

static void one_fix_stands_for_itself(void **state)
{
    struct group g = { 0 };
    const struct match_fix fix = fix_at(7, 3, 20);

    (void)state;
    assert_true(group_takes(&g, &fix));
    group_add(&g, &fix);
    assert_int_equal(group_middle_us(&g), 7 * SECOND_US);
    check_near(group_at(&g, 7 * SECOND_US).at.lon, fix.at.lon, 1e-12);
    check_near(group_at(&g, 7 * SECOND_US).accuracy_m, 20, 1e-9);
}

static void who_goes_evenly_is_known_at_each_moment(void **state)
{
    struct group g = { 0 };

    (void)state;
    for (int i = 0; i <= 5; i++) {
        const struct match_fix fix = fix_at(5 * i, 4 * i, 30);

        assert_true(group_takes(&g, &fix));
        group_add(&g, &fix);
    }
    check_near(group_at(&g, 0).at.lon, 117.2, 1e-9);
    check_near(group_at(&g, g.last_us).at.lon, 117.2 + 20e-5, 1e-9);
    check_near(group_at(&g, group_middle_us(&g)).at.lon, 117.2 + 10e-5, 1e-9);
}

static void the_middle_is_surer_than_the_ends_and_crowded_fixes_say_no_more(void **state)
{
    struct group wide = { 0 }, crowded = { 0 };

    (void)state;
    for (int i = 0; i < 4; i++) {
        const struct match_fix far = fix_at(10 * i, 0, 30), near = fix_at(i, 0, 30);

        group_add(&wide, &far);
        group_add(&crowded, &near);
    }
    check_near(group_at(&wide, group_middle_us(&wide)).accuracy_m, 15, 1e-9);
    assert_true(group_at(&wide, 0).accuracy_m > 20);
    assert_true(group_at(&wide, 0).accuracy_m <= 30);
    check_near(group_at(&crowded, group_middle_us(&crowded)).accuracy_m, 30 / sqrt(1.3), 1e-9);
}

static void what_is_far_away_late_or_too_much_belongs_to_another(void **state)
{
    struct group g = { 0 };
    const struct match_fix first = fix_at(0, 0, 15), beyond = fix_at(5, 40, 15),
                           later = fix_at(31, 0, 15), next = fix_at(16, 0, 15);

    (void)state;
    group_add(&g, &first);
    assert_false(group_takes(&g, &beyond));
    assert_false(group_takes(&g, &later));
    assert_true(group_takes(&g, &next));
    for (int i = 1; i < GROUP_MAX; i++) {
        const struct match_fix more = fix_at(i, 0, 15);

        group_add(&g, &more);
    }
    assert_false(group_takes(&g, &next));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_fix_stands_for_itself),
        cmocka_unit_test(who_goes_evenly_is_known_at_each_moment),
        cmocka_unit_test(the_middle_is_surer_than_the_ends_and_crowded_fixes_say_no_more),
        cmocka_unit_test(what_is_far_away_late_or_too_much_belongs_to_another),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
