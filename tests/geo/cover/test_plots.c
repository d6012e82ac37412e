/* Whose each metre is, against the areas one by one. */
#include "tests/support/check_near.h"

#include "geo/cover/plots.h"
#include "tests/support/town.h"

static const struct range_piece ALL[] = { { 0, 0, 10000 }, { 1, 0, 10000 } };
static const struct range_piece HALF[] = { { 0, 5000, 10000 } };
static const struct range_piece THIRD[] = { { 0, 0, 3000 }, { 0, 4000, 6000 } };
static const struct plots_weight HEAVY[] = { { { 0, 9000, 9500 }, 7000 } };
static const uint8_t COUNTS[] = { 1, 1, 0, 1 };

/* The city, a county in it and a village in the county; another village. */
static const struct plots_area ORGS[] = { { .org = -1 },
                                          { .org = 0, .pieces = ALL, .piece_count = 1 },
                                          { .org = 1, .pieces = HALF, .piece_count = 1 },
                                          { .org = 0 } };
static const struct plots_area CELLS[] = {
    { .pieces = THIRD, .piece_count = 2, .profile = 0, .org = 1 },
    { .pieces = ALL, .piece_count = 2, .profile = 0, .org = 3 },
    { .pieces = HALF, .piece_count = 1, .profile = 2, .org = 0 },
};

static const struct plots *lay(struct arena *a, const uint8_t *counts)
{
    const struct plots_wish wish = { .network = town_blocks(1, (struct point){ 117.2, 34.3 }, a),
                                     .counts = counts,
                                     .cells = CELLS,
                                     .cell_count = 3,
                                     .orgs = ORGS,
                                     .org_count = 4,
                                     .weights = HEAVY,
                                     .weight_count = 1,
                                     .weight = 1000 };

    return plots_lay(&wish, a);
}

static void a_metre_is_of_the_first_cell_of_a_profile_and_of_the_deepest_organisation(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    const struct plots *p = lay(a, COUNTS);
    static const struct {
        uint32_t to_cm;
        int32_t org, cell, other_cell;
        uint32_t weight;
    } want[] = { { 3000, 1, 0, -1, 1000 }, { 4000, 1, 1, -1, 1000 }, { 5000, 1, 0, -1, 1000 },
                 { 6000, 2, 0, 2, 1000 },  { 9000, 2, 1, 2, 1000 },  { 9500, 2, 1, 2, 7000 },
                 { 10000, 2, 1, 2, 1000 } };

    assert_int_equal(p->first[1], sizeof want / sizeof *want);
    for (int32_t i = 0; i < p->first[1]; i++) {
        const struct plots_lot *lot = &p->lots[p->plots[i].lot];

        assert_int_equal(p->plots[i].to_cm, want[i].to_cm);
        assert_int_equal(p->plots[i].weight, want[i].weight);
        assert_int_equal(lot->org, want[i].org);
        assert_int_equal(lot->cell[0], want[i].cell);
        assert_int_equal(lot->cell[1], PLOTS_NO_CELL);
        assert_int_equal(lot->cell[2], want[i].other_cell);
    }
    assert_int_equal(p->org_level[2], 2);
    assert_int_equal(p->org_parent[2], 1);
    arena_free(a);
}

static void without_an_organisation_it_is_the_cells_and_without_a_cell_the_citys(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    const struct plots *p = lay(a, COUNTS);
    const struct plot *second = &p->plots[p->first[1]];
    const struct plot *fourth = &p->plots[p->first[3]];

    assert_int_equal(p->first[2] - p->first[1], 1);
    assert_int_equal(p->lots[second->lot].org, 3);
    assert_int_equal(p->lots[second->lot].cell[0], 1);
    assert_int_equal(p->first[4] - p->first[3], 1);
    assert_int_equal(p->lots[fourth->lot].org, 0);
    assert_int_equal(p->lots[fourth->lot].cell[0], PLOTS_NO_CELL);
    arena_free(a);
}

static void a_plot_ends_where_another_station_is_nearer(void **state)
{
    (void)state;
    static const uint8_t walks[] = { 1, 1, 1, 1 };
    static const struct spot at[] = { { 0, 2000 }, { 0, 9000 } };
    static const struct plots_area city[] = { { .org = -1 } };
    struct arena *a = arena_new();
    const struct network *n = town_blocks(1, (struct point){ 117.2, 34.3 }, a);
    struct catchment stations;

    catchment_find(&(struct catchment_wish){ n, walks, at, 2 }, a, &stations);
    const struct plots_wish wish = { .network = n,
                                     .counts = COUNTS,
                                     .orgs = city,
                                     .org_count = 1,
                                     .weight = 1000,
                                     .stations = &stations,
                                     .station_count = 2 };
    const struct plots *p = plots_lay(&wish, a);

    assert_int_equal(p->station_count, 2);
    assert_int_equal(p->first[1], 2);
    assert_int_equal(p->plots[0].to_cm, 5500);
    assert_int_equal(p->lots[p->plots[0].lot].station, 0);
    assert_int_equal(p->plots[1].to_cm, 10000);
    assert_int_equal(p->lots[p->plots[1].lot].station, 1);
    assert_int_equal(p->lot_count, 2);
    assert_int_equal(lay(a, COUNTS)->lots[0].station, PLOTS_NO_STATION);
    arena_free(a);
}

static void a_street_that_does_not_count_has_no_plot(void **state)
{
    (void)state;
    static const uint8_t none[] = { 0, 0, 0, 0 };
    struct arena *a = arena_new();
    const struct plots *p = lay(a, COUNTS);

    assert_int_equal(p->first[2], p->first[3]);
    p = lay(a, none);
    assert_int_equal(p->first[4], 0);
    assert_int_equal(p->lot_count, 0);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_metre_is_of_the_first_cell_of_a_profile_and_of_the_deepest_organisation),
        cmocka_unit_test(without_an_organisation_it_is_the_cells_and_without_a_cell_the_citys),
        cmocka_unit_test(a_plot_ends_where_another_station_is_nearer),
        cmocka_unit_test(a_street_that_does_not_count_has_no_plot),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
