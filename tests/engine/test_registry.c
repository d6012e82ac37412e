/* The registry below HTTP: what is written is what is read, and the limits. */
#include "tests/support/check_near.h"

#include <string.h>

#include "engine/registry.h"
#include "tests/support/database.h"

static struct registry_item station(struct arena *a, const char *code, double lon)
{
    struct registry_item item = registry_blank(REGISTRY_STATIONS);

    item.values[0].text = code;
    item.values[1].text = "平安站";
    item.figure = figure_point(a, (struct point){ lon, 34 });
    return item;
}

static bool add(struct database *d, enum registry_noun noun, struct registry_item *items,
                int32_t count, struct fail *f)
{
    struct ids *ids = ids_new();
    const bool ok = db_begin(d->db, f) && registry_begin_writing(d->db, noun, f) &&
                    registry_add(d->db, ids, noun, items, count, f) && db_commit(d->db, f);

    if (!ok)
        db_rollback(d->db);
    ids_free(ids);
    return ok;
}

static void what_is_added_is_read_again_field_by_field(void **state)
{
    struct database *d = *state;
    struct registry_item item = registry_blank(REGISTRY_LOOKOUT_POINTS);
    struct registry_item back;
    struct fail f = { 0 };

    item.figure = figure_point(d->arena, (struct point){ -179.9999999, -89.1234567 });
    item.values[0].text = "L";
    item.values[1].text = "\xF0\x9F\x91\x81 \"quoted\" \\ 瞭望";
    item.values[2].text = "suspended";
    item.values[3].number = 5000;
    item.values[4].number = 0;
    assert_true(add(d, REGISTRY_LOOKOUT_POINTS, &item, 1, &f));
    assert_true(registry_get(d->db, REGISTRY_LOOKOUT_POINTS, item.id, d->arena, &back, &f));
    assert_string_equal(back.values[1].text, item.values[1].text);
    assert_string_equal(back.values[2].text, "suspended");
    assert_int_equal(back.values[3].number, 5000);
    assert_int_equal(back.values[4].number, 0);
    assert_string_equal(back.values[5].text, "");
    assert_int_equal(back.version, 1);
    check_near(back.figure.points[0].lon, -179.9999999, 0);
    check_near(back.figure.points[0].lat, -89.1234567, 0);
}

static void taken_codes_are_told_in_the_order_of_the_items(void **state)
{
    struct database *d = *state;
    struct registry_item items[] = { station(d->arena, "a", 1), station(d->arena, "b \"'\\", 2),
                                     station(d->arena, "c", 3) };
    struct registry_item asked[] = { station(d->arena, "x", 1), station(d->arena, "c", 1),
                                     station(d->arena, "b \"'\\", 1), station(d->arena, "A", 1) };
    struct registry_taken taken;
    struct fail f = { 0 };

    assert_true(add(d, REGISTRY_STATIONS, items, 3, &f));
    assert_true(registry_find_taken(d->db, REGISTRY_STATIONS, asked, 4, d->arena, &taken, &f));
    assert_int_equal(taken.count, 2);
    assert_int_equal(taken.item_at[0], 1);
    assert_int_equal(taken.id[0], items[2].id);
    assert_int_equal(taken.item_at[1], 2);
    assert_int_equal(taken.id[1], items[1].id);
}

static void the_database_refuses_what_the_program_forgot_to(void **state)
{
    static const struct point BOW[] = { { 1, 1 }, { 2, 2 }, { 2, 1 }, { 1, 2 }, { 1, 1 } };
    struct database *d = *state;
    struct registry_item twins[] = { station(d->arena, "t", 1), station(d->arena, "t", 2) };
    struct registry_item grid = registry_blank(REGISTRY_GRIDS);
    struct fail f = { 0 };

    assert_false(add(d, REGISTRY_STATIONS, twins, 2, &f));
    assert_int_equal(f.kind, FAIL_CONFLICT);
    grid.values[0].text = "bow";
    grid.figure = figure_ring(d->arena, BOW, 5);
    assert_false(registry_check(REGISTRY_GRIDS, &grid, shape_take(d->arena), &f));
    assert_int_equal(f.code, CODE_SHAPE_INVALID);
    assert_false(add(d, REGISTRY_GRIDS, &grid, 1, &f));
    assert_int_equal(f.kind, FAIL_INPUT);
    assert_int_equal(database_int(d, "SELECT count(*) FROM vigil.station"), 0);
    assert_int_equal(database_int(d, "SELECT count(*) FROM vigil.layer_version"), 0);
}

static void areas_of_too_many_points_are_refused_and_full_pages_end_early(void **state)
{
    enum { POINTS = REGISTRY_POINTS_MAX, GRIDS = 25 };
    static struct point ring[POINTS + 1];
    struct database *d = *state;
    struct registry_item grids[GRIDS];
    struct registry_page page;
    struct registry_filter filter = { .limit = 1000 };
    struct fail f = { 0 };
    int32_t seen = 0;

    for (int32_t i = 0; i < POINTS; i++) /* up along a comb-free curve and straight back */
        ring[i] = (struct point){ 100 + 1e-6 * i, 10 + 1e-9 * i * i };
    ring[POINTS - 1] = ring[0];
    for (int32_t i = 0; i < GRIDS; i++) {
        grids[i] = registry_blank(REGISTRY_GRIDS);
        grids[i].values[0].text = arena_text(d->arena, "g%d", i);
        grids[i].figure = figure_ring(d->arena, ring, POINTS);
    }
    assert_true(registry_check(REGISTRY_GRIDS, &grids[0], shape_take(d->arena), &f));
    assert_true(add(d, REGISTRY_GRIDS, grids, GRIDS, &f));
    do {
        assert_true(registry_list(d->db, REGISTRY_GRIDS, &filter, d->arena, &page, &f));
        assert_true(page.count > 0 && page.count <= REGISTRY_PAGE_POINTS_MAX / POINTS);
        seen += page.count;
        filter.after_id = page.items[page.count - 1].id;
    } while (page.more);
    assert_int_equal(seen, GRIDS);

    ring[POINTS - 1] = (struct point){ 100, 10.00001 };
    ring[POINTS] = ring[0];
    grids[0].figure = figure_ring(d->arena, ring, POINTS + 1);
    assert_false(registry_check(REGISTRY_GRIDS, &grids[0], shape_take(d->arena), &f));
    assert_int_equal(f.code, CODE_FIGURE_TOO_LARGE);
}

/* A hundred metres long and a millimetre wide. */
static void a_sliver_is_no_area(void **state)
{
    static const struct point RING[] = {
        { 100, 10 }, { 100.001, 10 }, { 100.001, 10.00000001 }, { 100, 10.00000001 }, { 100, 10 }
    };
    struct database *d = *state;
    struct registry_item grid = registry_blank(REGISTRY_GRIDS);
    struct fail f = { 0 };

    grid.values[0].text = "g1";
    grid.figure = figure_ring(d->arena, RING, 5);
    assert_false(registry_check(REGISTRY_GRIDS, &grid, shape_take(d->arena), &f));
    assert_int_equal(f.code, CODE_VALUE_OUT_OF_RANGE);
    assert_string_equal(f.pointer, "/area");
    assert_string_equal(f.allowed, "an area of at least 1 m²");
}

#define WITH_DATABASE(test) cmocka_unit_test_setup_teardown(test, database_setup, database_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_DATABASE(what_is_added_is_read_again_field_by_field),
        WITH_DATABASE(taken_codes_are_told_in_the_order_of_the_items),
        WITH_DATABASE(the_database_refuses_what_the_program_forgot_to),
        WITH_DATABASE(a_sliver_is_no_area),
        WITH_DATABASE(areas_of_too_many_points_are_refused_and_full_pages_end_early),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
