#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine/layer.h"
#include "geo/tile.h"

static void every_layer_can_be_asked_for_by_its_name(void **state)
{
    (void)state;
    for (int32_t i = 0; i < LAYER_ROW_COUNT; i++) {
        struct layer_set set;
        struct fail f = { 0 };

        assert_true(layer_parse(LAYER_ROWS[i].name, &set, &f));
        assert_int_equal(set.count, 1);
        assert_ptr_equal(set.items[0], &LAYER_ROWS[i]);
    }
}

static void every_layer_has_tiles_somewhere_and_says_what_is_in_them(void **state)
{
    (void)state;
    for (int32_t i = 0; i < LAYER_ROW_COUNT; i++) {
        const struct layer *layer = &LAYER_ROWS[i];

        assert_in_range(layer->zoom_min, 0, layer->zoom_max);
        assert_in_range(layer->zoom_max, layer->zoom_min, TILE_ZOOM_MAX);
        assert_non_null(layer->parts[0].name);
        assert_non_null(layer->parts[0].fields);
        assert_true(layer_in_memory(layer) == (layer->statement == LAYERS_COUNT));
    }
}

static void a_name_that_is_repeated_counts_once(void **state)
{
    struct layer_set set;
    struct fail f = { 0 };

    (void)state;
    assert_true(layer_parse("water,streets,water,streets", &set, &f));
    assert_int_equal(set.count, 2);
    assert_string_equal(set.items[0]->name, "water");
    assert_string_equal(set.items[1]->name, "streets");
    assert_int_equal(layer_zoom_min(&set), 5);
    assert_true(layer_needs_database(&set));
    assert_true(layer_parse("people", &set, &f));
    assert_false(layer_needs_database(&set));
}

static void names_that_are_no_layers_are_refused(void **state)
{
    static const char *const WRONG[] = { "",         ",",        "roads",
                                         "streets,", ",streets", "streets,,water",
                                         "Streets",  "streets ", "streets,water,nothing" };

    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        struct layer_set set = { .count = -1 };
        struct fail f = { 0 };

        assert_false(layer_parse(WRONG[i], &set, &f));
        assert_int_equal(f.kind, FAIL_MISSING);
        assert_int_equal(f.code, CODE_LAYER_UNKNOWN);
        assert_non_null(strstr(f.allowed, "streets"));
        assert_int_equal(set.count, -1);
    }
}

/* Repeating a name makes no more work, but asking for a thousand is no map. */
static void a_list_of_more_than_ten_names_is_refused(void **state)
{
    struct layer_set set;
    struct fail f = { 0 };

    (void)state;
    assert_true(
        layer_parse("water,water,water,water,water,water,water,water,water,water", &set, &f));
    assert_int_equal(set.count, 1);
    assert_false(
        layer_parse("water,water,water,water,water,water,water,water,water,water,water", &set, &f));
    assert_int_equal(f.kind, FAIL_INPUT);
    assert_int_equal(f.code, CODE_LAYERS_TOO_MANY);
}

static void a_set_has_tiles_where_any_of_its_layers_has(void **state)
{
    struct layer_set set;
    struct fail f = { 0 };

    (void)state;
    assert_true(layer_parse("buildings,stations", &set, &f));
    assert_int_equal(layer_zoom_min(&set), 5);
    assert_int_equal(layer_zoom_max(&set), 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_layer_can_be_asked_for_by_its_name),
        cmocka_unit_test(every_layer_has_tiles_somewhere_and_says_what_is_in_them),
        cmocka_unit_test(a_name_that_is_repeated_counts_once),
        cmocka_unit_test(names_that_are_no_layers_are_refused),
        cmocka_unit_test(a_list_of_more_than_ten_names_is_refused),
        cmocka_unit_test(a_set_has_tiles_where_any_of_its_layers_has),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
