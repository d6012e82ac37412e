/* The order of an opening: fair, the same for everyone who draws it, and not to be
 * won by being fast. */
#include "tests/support/check_near.h"

#include <string.h>

#include "engine/lot.h"
#include "tests/support/town.h"

enum { SQUADS = 38 };

static const unsigned char SEED[LOT_SEED_BYTES] = "thirty-two bytes of seed, fixed.";

static void fill(struct lot_entry *entries)
{
    for (int i = 0; i < SQUADS; i++)
        entries[i] = (struct lot_entry){
            .claim_id = 100 + i, .squad_id = 1 + i, .arrival = i, .fair = true
        };
}

static void fewest_days_come_first_and_late_comers_in_their_order(void **state)
{
    struct lot_entry entries[SQUADS];

    (void)state;
    fill(entries);
    for (int i = 0; i < SQUADS; i++) {
        entries[i].held = i % 3;
        entries[i].fair = i % 5 != 0;
    }
    lot_order(entries, SQUADS, SEED, 7);
    for (int i = 1; i < SQUADS; i++) {
        const struct lot_entry *a = &entries[i - 1], *b = &entries[i];

        assert_true(a->fair >= b->fair);
        if (a->fair && b->fair) {
            assert_true(a->held <= b->held);
            if (a->held == b->held)
                assert_true(lot_draw(SEED, 7, a->squad_id) < lot_draw(SEED, 7, b->squad_id));
        }
        if (!a->fair)
            assert_true(a->arrival < b->arrival);
    }
}

static void in_what_order_they_came_makes_no_difference_in_the_window(void **state)
{
    struct lot_entry one[SQUADS], other[SQUADS];
    struct town_dice dice = { 5 };

    (void)state;
    fill(one);
    fill(other);
    for (int i = SQUADS - 1; i > 0; i--) {
        const int j = town_pick(&dice, i + 1);
        const struct lot_entry kept = other[i];

        other[i] = other[j];
        other[j] = kept;
        other[i].arrival = 1000 - i;
    }
    lot_order(one, SQUADS, SEED, 3);
    lot_order(other, SQUADS, SEED, 3);
    for (int i = 0; i < SQUADS; i++)
        assert_int_equal(one[i].squad_id, other[i].squad_id);
}

/* Over many days each squad wins about as often: 3,800 draws, 100 expected each, and
 * six standard deviations are 59. */
static void over_many_days_every_squad_wins_about_as_often(void **state)
{
    int won[SQUADS + 1] = { 0 };

    (void)state;
    for (int day = 1; day <= 3800; day++) {
        struct lot_entry entries[SQUADS];

        fill(entries);
        lot_order(entries, SQUADS, SEED, day);
        won[entries[0].squad_id]++;
    }
    for (int squad = 1; squad <= SQUADS; squad++)
        assert_in_range(won[squad], 41, 159);
}

/* The vector lets anyone check a draw: printf 'SEED''7:3' | sha256sum. */
static void the_lot_is_what_the_description_says(void **state)
{
    (void)state;
    assert_true(lot_draw(SEED, 7, 3) == 0x05612eb055c06b43ULL);
    assert_true(lot_draw(SEED, 7, 3) != lot_draw(SEED, 73, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fewest_days_come_first_and_late_comers_in_their_order),
        cmocka_unit_test(in_what_order_they_came_makes_no_difference_in_the_window),
        cmocka_unit_test(over_many_days_every_squad_wins_about_as_often),
        cmocka_unit_test(the_lot_is_what_the_description_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
