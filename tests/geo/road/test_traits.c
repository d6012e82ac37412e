/* Who has what, beside a plain table of the same. */
#include "geo/road/traits.h"

#include "tests/support/check_near.h"

#include <string.h>

#include "tests/support/town.h"

enum { SLOTS = 3000, TRAITS = 7, TURNS = 20000, WISHES = 400 };

struct table {
    bool has[SLOTS][TRAITS];
};

static bool has_all(const bool *has, const struct traits_wish *wish)
{
    bool any = wish->any_count == 0;

    for (int32_t i = 0; i < wish->all_count; i++)
        if (!has[wish->all[i]])
            return false;
    for (int32_t i = 0; i < wish->any_count; i++)
        any |= has[wish->any[i]];
    return any;
}

static struct traits_wish random_wish(struct town_dice *dice)
{
    struct traits_wish wish = { .all_count = 1 + town_pick(dice, 3),
                                .any_count = town_pick(dice, 3) };

    for (int32_t i = 0; i < wish.all_count; i++)
        wish.all[i] = (uint8_t)town_pick(dice, TRAITS);
    for (int32_t i = 0; i < wish.any_count; i++)
        wish.any[i] = (uint8_t)town_pick(dice, TRAITS);
    return wish;
}

/* Listed piece by piece, in pieces of the least size. */
static void check_list(const struct traits *t, const struct table *table,
                       const struct traits_wish *wish)
{
    int32_t slots[TRAITS_BLOCK];
    int32_t from = 0, next = 0;

    for (int32_t count; (count = traits_list(t, wish, &from, slots, TRAITS_BLOCK)) > 0;)
        for (int32_t i = 0; i < count; i++) {
            while (next < SLOTS && !has_all(table->has[next], wish))
                next++;
            assert_int_equal(slots[i], next);
            next++;
        }
    while (next < SLOTS && !has_all(table->has[next], wish))
        next++;
    assert_int_equal(next, SLOTS); /* nobody was left out */
}

static void who_has_several_traits_is_listed_in_order(void **state)
{
    static struct table table;
    struct town_dice dice = { 1843 };
    struct traits t = { 0 };

    (void)state;
    memset(&table, 0, sizeof table);
    for (int32_t turn = 0; turn < TURNS; turn++) {
        const int32_t slot = town_pick(&dice, 1 + turn * SLOTS / TURNS);
        const int32_t trait = town_pick(&dice, 1 + town_pick(&dice, TRAITS)); /* the first often */

        traits_reserve(&t, slot + 1);
        traits_turn(&t, slot, trait);
        table.has[slot][trait] ^= true;
        if (turn % (TURNS / WISHES) == 0) {
            const struct traits_wish wish = random_wish(&dice);

            check_list(&t, &table, &wish);
        }
    }
    for (int32_t trait = 0; trait < TRAITS; trait++) {
        int32_t count = 0;

        for (int32_t slot = 0; slot < SLOTS; slot++)
            count += table.has[slot][trait];
        assert_int_equal(t.count[trait], count);
    }
    traits_free(&t);
}

static void nobody_is_listed_where_nobody_is(void **state)
{
    const struct traits_wish wish = { .all_count = 1, .all = { 3 } };
    struct traits t = { 0 };
    int32_t slots[TRAITS_BLOCK];
    int32_t from = 0;

    (void)state;
    assert_int_equal(traits_list(&t, &wish, &from, slots, TRAITS_BLOCK), 0);
    traits_reserve(&t, 1);
    from = 0;
    assert_int_equal(traits_list(&t, &wish, &from, slots, TRAITS_BLOCK), 0);
    traits_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_has_several_traits_is_listed_in_order),
        cmocka_unit_test(nobody_is_listed_where_nobody_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
