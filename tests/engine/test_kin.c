/* Who belongs to an organisation, against a plain table of everyone. */
#include "engine/kin.h"

#include "tests/support/check_near.h"
#include "tests/support/town.h"

enum { ORGS = 700, PEOPLE = 60, ROUNDS = 60000 };

static bool is_one_of(const int64_t *ids, int32_t count, int64_t id)
{
    for (int32_t i = 0; i < count; i++)
        if (ids[i] == id)
            return true;
    return false;
}

static void whoever_joined_and_has_not_left_belongs(void **state)
{
    static bool belongs[ORGS][PEOPLE];
    struct town_dice dice = { 5 };
    struct kin *k = kin_new();

    (void)state;
    for (int32_t round = 0; round < ROUNDS; round++) {
        const int32_t org = town_pick(&dice, ORGS);
        const int32_t person = town_pick(&dice, PEOPLE);

        if (belongs[org][person])
            kin_leave(k, org * INT64_C(1000003), person + 1);
        else
            kin_join(k, org * INT64_C(1000003), person + 1);
        belongs[org][person] = !belongs[org][person];
    }
    for (int32_t org = 0; org < ORGS; org++) {
        const int64_t *ids;
        const int32_t count = kin_of(k, org * INT64_C(1000003), &ids);
        int32_t expected = 0;

        for (int32_t person = 0; person < PEOPLE; person++) {
            expected += belongs[org][person];
            assert_true(is_one_of(ids, count, person + 1) == belongs[org][person]);
        }
        assert_int_equal(count, expected);
    }
    kin_free(k);
}

static void nobody_belongs_to_what_is_not_known(void **state)
{
    struct kin *k = kin_new();
    const int64_t *ids;

    (void)state;
    assert_int_equal(kin_of(k, 5, &ids), 0);
    kin_join(k, 5, 1);
    kin_leave(k, 5, 1);
    assert_int_equal(kin_of(k, 5, &ids), 0);
    kin_free(k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whoever_joined_and_has_not_left_belongs),
        cmocka_unit_test(nobody_belongs_to_what_is_not_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
