/* geo/mvt.c: vector tiles, decoded again by tests/support/mvt_read.c. */
#include "geo/mvt.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/check_near.h"
#include "tests/support/mvt_read.h"

struct room {
    struct arena *arena;
    struct mvt *mvt;
    struct buf out;
};

static const struct tile TILE = { 14, 13525, 6530 }; /* Xuzhou */

static int open_room(void **state)
{
    static struct room room;

    room.arena = arena_new();
    room.mvt = mvt_new();
    *state = &room;
    return 0;
}

static int close_room(void **state)
{
    struct room *room = *state;

    mvt_free(room->mvt);
    buf_free(&room->out);
    arena_free(room->arena);
    return 0;
}

static void start(struct room *room, struct tile tile)
{
    buf_clear(&room->out);
    mvt_start(room->mvt, tile, &room->out);
}

static struct mvt_read_tile finish(struct room *room)
{
    struct mvt_read_tile tile;

    mvt_end(room->mvt);
    const char *wrong = mvt_read(room->arena, room->out.bytes, room->out.size, &tile);

    if (wrong)
        fail_msg("the tile has %s", wrong);
    return tile;
}

/* The place of a unit in the tile. */
static struct point at(double x, double y)
{
    return tile_point(TILE, (struct tile_xy){ x, y });
}

static struct figure ring_of(struct arena *a, const double (*xy)[2], int32_t count)
{
    struct point *points = arena_take(a, (size_t)count + 1, sizeof *points);

    for (int32_t i = 0; i < count; i++)
        points[i] = at(xy[i][0], xy[i][1]);
    points[count] = points[0];
    return figure_ring(a, points, count + 1);
}

static struct figure line_of(struct arena *a, const double (*xy)[2], int32_t count)
{
    struct point *points = arena_take(a, (size_t)count, sizeof *points);

    for (int32_t i = 0; i < count; i++)
        points[i] = at(xy[i][0], xy[i][1]);
    return figure_line(a, points, count);
}

static void check_part(const struct mvt_read_part *part, const int32_t (*want)[2], int32_t count)
{
    assert_int_equal(part->count, count);
    for (int32_t i = 0; i < count; i++) {
        assert_int_equal(part->xy[2 * i], want[i][0]);
        assert_int_equal(part->xy[2 * i + 1], want[i][1]);
    }
}

static void features_keep_their_ids_and_attributes(void **state)
{
    struct room *room = *state;
    struct mvt *m = room->mvt;
    char *long_text = arena_take(room->arena, 701, 1);

    memset(long_text, 'x', 700);
    start(room, TILE);
    mvt_layer(m, "people");
    const uint32_t name = mvt_key(m, "name");

    mvt_feature(m, INT64_C(9007199254740991));
    mvt_tag(m, name, mvt_text(m, "云龙路"));
    mvt_tag(m, mvt_key(m, "age"), mvt_int(m, 300));
    mvt_tag(m, mvt_key(m, "below"), mvt_int(m, INT64_MIN));
    mvt_tag(m, mvt_key(m, "share"), mvt_double(m, 0.25));
    mvt_tag(m, mvt_key(m, "free"), mvt_bool(m, true));
    mvt_tag(m, mvt_key(m, "note"), mvt_text(m, long_text));
    assert_true(mvt_put_point(m, at(100, 200)));
    mvt_feature(m, -1);
    mvt_tag(m, name, mvt_text(m, ""));
    assert_true(mvt_put_xy(m, -64, 4160));
    assert_int_equal(mvt_feature_count(m), 2);

    const struct mvt_read_tile tile = finish(room);
    const struct mvt_read_layer *layer = &tile.layers[0];
    const struct mvt_read_feature *one = &layer->features[0];

    assert_int_equal(tile.layer_count, 1);
    assert_string_equal(layer->name, "people");
    assert_int_equal(layer->extent, 4096);
    assert_int_equal(layer->feature_count, 2);
    assert_true(one->id == INT64_C(9007199254740991));
    assert_int_equal(one->type, 1);
    assert_string_equal(mvt_read_tag(layer, one, "name")->text, "云龙路");
    assert_int_equal(mvt_read_tag(layer, one, "age")->integer, 300);
    assert_true(mvt_read_tag(layer, one, "below")->integer == INT64_MIN);
    check_near(mvt_read_tag(layer, one, "share")->number, 0.25, 0);
    assert_int_equal(mvt_read_tag(layer, one, "free")->kind, MVT_READ_BOOL);
    assert_int_equal(mvt_read_tag(layer, one, "free")->integer, 1);
    assert_string_equal(mvt_read_tag(layer, one, "note")->text, long_text);
    check_part(&one->parts[0], (const int32_t[][2]){ { 100, 200 } }, 1);
    assert_true(layer->features[1].id == -1);
    assert_string_equal(mvt_read_tag(layer, &layer->features[1], "name")->text, "");
    check_part(&layer->features[1].parts[0], (const int32_t[][2]){ { -64, 4160 } }, 1);
}

static void keys_and_values_stand_once_in_each_layer(void **state)
{
    struct room *room = *state;
    struct mvt *m = room->mvt;

    start(room, TILE);
    for (int layer = 0; layer < 2; layer++) {
        mvt_layer(m, layer == 0 ? "a" : "b");
        for (int i = 0; i < 3000; i++) {
            mvt_feature(m, i);
            mvt_tag(m, mvt_key(m, "mode"), mvt_text(m, i % 2 ? "foot" : "car"));
            mvt_tag(m, mvt_key(m, "n"), mvt_int(m, i % 1000 - 500));
            assert_true(mvt_put_xy(m, i, i));
        }
    }
    const struct mvt_read_tile tile = finish(room);

    assert_int_equal(tile.layer_count, 2);
    for (int i = 0; i < 2; i++) {
        const struct mvt_read_layer *layer = &tile.layers[i];

        assert_int_equal(layer->key_count, 2);
        assert_int_equal(layer->value_count, 1002);
        assert_int_equal(layer->feature_count, 3000);
        for (int k = 0; k < 3000; k++) {
            const struct mvt_read_feature *feature = &layer->features[k];

            assert_string_equal(mvt_read_tag(layer, feature, "mode")->text, k % 2 ? "foot" : "car");
            assert_int_equal(mvt_read_tag(layer, feature, "n")->integer, k % 1000 - 500);
        }
    }
}

static void values_of_other_kinds_are_other_values(void **state)
{
    struct room *room = *state;
    struct mvt *m = room->mvt;

    start(room, TILE);
    mvt_layer(m, "x");
    const uint32_t numbers[] = { mvt_int(m, 1), mvt_bool(m, true), mvt_double(m, 1.0),
                                 mvt_text(m, "1"), mvt_int(m, -1) };

    for (int i = 0; i < 5; i++)
        for (int k = 0; k < i; k++)
            assert_int_not_equal(numbers[i], numbers[k]);
    assert_int_equal(mvt_int(m, 1), numbers[0]);
    assert_int_equal(mvt_text(m, "1"), numbers[3]);
    mvt_end(m);
    assert_int_equal(room->out.size, 0);
}

static void what_lies_outside_is_left_out(void **state)
{
    struct room *room = *state;
    struct mvt *m = room->mvt;
    static const double FAR[][2] = { { 5000, 10 }, { 6000, 4000 }, { 9000, -100 } };
    const struct figure far_line = line_of(room->arena, FAR, 3);
    const struct figure far_ring = ring_of(room->arena, FAR, 3);
    const struct figure nothing = { .kind = FIGURE_AREAS };
    const struct point abroad[] = { { -8.6, 41.1 }, { 117.0, -89.0 }, { -180, 34.2 }, { 180, 90 } };

    start(room, TILE);
    mvt_layer(m, "empty");
    mvt_layer(m, "also");
    for (int i = 0; i < 4; i++) {
        mvt_feature(m, i);
        assert_false(mvt_put_point(m, abroad[i]));
    }
    mvt_feature(m, 5);
    assert_false(mvt_put_xy(m, 4161, 0));
    mvt_feature(m, 5);
    assert_false(mvt_put_xy(m, 0, -65));
    mvt_feature(m, 6);
    assert_false(mvt_put_figure(m, &far_line));
    mvt_feature(m, 7);
    assert_false(mvt_put_figure(m, &far_ring));
    mvt_feature(m, 8);
    assert_false(mvt_put_figure(m, &nothing));
    assert_int_equal(finish(room).layer_count, 0);
}

static void a_line_is_cut_at_the_buffer_and_comes_back_as_another_part(void **state)
{
    static const double XY[][2] = { { 100, 100 },  { 100, -1000 }, { 200, -1000 }, { 200, 300 },
                                    { 5000, 300 }, { 5000, 500 },  { 3000, 500.2 } };
    struct room *room = *state;
    const struct figure line = line_of(room->arena, XY, 7);

    start(room, TILE);
    mvt_layer(room->mvt, "l");
    mvt_feature(room->mvt, 1);
    assert_true(mvt_put_figure(room->mvt, &line));

    const struct mvt_read_tile tile = finish(room);
    const struct mvt_read_feature *one = &tile.layers[0].features[0];

    assert_int_equal(one->type, 2);
    assert_int_equal(one->part_count, 3);
    check_part(&one->parts[0], (const int32_t[][2]){ { 100, 100 }, { 100, -64 } }, 2);
    check_part(&one->parts[1], (const int32_t[][2]){ { 200, -64 }, { 200, 300 }, { 4160, 300 } },
               3);
    check_part(&one->parts[2], (const int32_t[][2]){ { 4160, 500 }, { 3000, 500 } }, 2);
}

static void points_that_say_nothing_are_dropped(void **state)
{
    static const double STRAIGHT[][2] = { { 0, 0 },   { 0.2, 0.1 }, { 10, 10 }, { 20, 20 },
                                          { 30, 30 }, { 30, 10 },   { 30, 20 } };
    static const double DOT[][2] = { { 5, 5 }, { 5.2, 5.2 }, { 5.1, 4.9 } };
    struct room *room = *state;
    const struct figure line = line_of(room->arena, STRAIGHT, 7);
    const struct figure dot_line = line_of(room->arena, DOT, 3);
    const struct figure dot_ring = ring_of(room->arena, DOT, 3);

    start(room, TILE);
    mvt_layer(room->mvt, "l");
    mvt_feature(room->mvt, 1);
    assert_true(mvt_put_figure(room->mvt, &line));
    mvt_feature(room->mvt, 2);
    assert_false(mvt_put_figure(room->mvt, &dot_line));
    mvt_feature(room->mvt, 3);
    assert_false(mvt_put_figure(room->mvt, &dot_ring));

    const struct mvt_read_tile tile = finish(room);

    assert_int_equal(tile.layers[0].feature_count, 1);
    /* A line may turn back on itself: that is its shape. */
    check_part(&tile.layers[0].features[0].parts[0],
               (const int32_t[][2]){ { 0, 0 }, { 30, 30 }, { 30, 10 }, { 30, 20 } }, 4);
}

static void rings_turn_as_the_specification_says_whichever_way_they_came(void **state)
{
    static const double OUTLINE[][2] = { { 10, 10 }, { 110, 10 }, { 110, 110 }, { 10, 110 } };
    static const double HOLE[][2] = { { 20, 20 }, { 40, 20 }, { 40, 40 }, { 20, 40 } };
    struct room *room = *state;

    start(room, TILE);
    mvt_layer(room->mvt, "a");
    for (int turn = 0; turn < 2; turn++) {
        struct figure_draft *d = figure_draft_take(room->arena, FIGURE_AREAS);
        struct fail f;

        for (int ring = 0; ring < 2; ring++) {
            for (int i = 0; i <= 4; i++) {
                const double *xy = (ring ? HOLE : OUTLINE)[(turn ? 4 - i : i) % 4];

                assert_true(figure_draft_point(d, at(xy[0], xy[1]), &f));
            }
            assert_true(figure_draft_end_run(d, &f));
        }
        assert_true(figure_draft_end_area(d, &f));
        const struct figure area = figure_draft_done(d, false);

        mvt_feature(room->mvt, turn);
        assert_true(mvt_put_figure(room->mvt, &area));
    }
    const struct mvt_read_tile tile = finish(room);

    for (int turn = 0; turn < 2; turn++) {
        const struct mvt_read_feature *area = &tile.layers[0].features[turn];

        assert_int_equal(area->type, 3);
        assert_int_equal(area->part_count, 2);
        assert_int_equal(mvt_read_area(&area->parts[0]), 2 * 100 * 100);
        assert_int_equal(mvt_read_area(&area->parts[1]), -2 * 20 * 20);
    }
}

static void an_area_around_the_tile_becomes_its_window(void **state)
{
    static const double AROUND[][2] = {
        { -9000, -9000 }, { 9000, -9000 }, { 9000, 9000 }, { -9000, 9000 }
    };
    struct room *room = *state;
    const struct figure area = ring_of(room->arena, AROUND, 4);

    start(room, TILE);
    mvt_layer(room->mvt, "a");
    mvt_feature(room->mvt, 1);
    assert_true(mvt_put_figure(room->mvt, &area));
    const struct mvt_read_tile tile = finish(room);
    const struct mvt_read_part *part = &tile.layers[0].features[0].parts[0];

    assert_int_equal(part->count, 4);
    assert_true(mvt_read_area(part) == INT64_C(2) * 4224 * 4224);
}

static void an_area_cut_at_two_sides_keeps_its_size(void **state)
{
    /* A comb whose three teeth reach over the north edge. */
    static const double COMB[][2] = { { 0, 1000 },  { 0, -500 },   { 100, -500 }, { 100, 500 },
                                      { 200, 500 }, { 200, -500 }, { 300, -500 }, { 300, 500 },
                                      { 400, 500 }, { 400, -500 }, { 500, -500 }, { 500, 1000 } };
    struct room *room = *state;
    const struct figure area = ring_of(room->arena, COMB, 12);

    start(room, TILE);
    mvt_layer(room->mvt, "a");
    mvt_feature(room->mvt, 1);
    assert_true(mvt_put_figure(room->mvt, &area));
    const struct mvt_read_tile tile = finish(room);

    assert_int_equal(mvt_read_area(&tile.layers[0].features[0].parts[0]),
                     2 * (500 * 500 + 3 * 100 * 564));
}

static void areas_that_vanish_take_their_holes_with_them(void **state)
{
    static const double BIG[][2] = { { 10, 10 }, { 110, 10 }, { 110, 110 }, { 10, 110 } };
    static const double TINY[][2] = { { 10, 10 }, { 10.2, 10 }, { 10.2, 10.2 }, { 10, 10.2 } };
    struct room *room = *state;
    struct figure_draft *d = figure_draft_take(room->arena, FIGURE_AREAS);
    struct fail f;

    for (int ring = 0; ring < 2; ring++) {
        for (int i = 0; i <= 4; i++) {
            const double *xy = (ring ? BIG : TINY)[i % 4];

            assert_true(figure_draft_point(d, at(xy[0], xy[1]), &f));
        }
        assert_true(figure_draft_end_run(d, &f));
    }
    assert_true(figure_draft_end_area(d, &f));
    const struct figure area = figure_draft_done(d, false);

    start(room, TILE);
    mvt_layer(room->mvt, "a");
    mvt_feature(room->mvt, 1);
    assert_false(mvt_put_figure(room->mvt, &area));
    assert_int_equal(finish(room).layer_count, 0);
}

static void several_points_are_one_feature(void **state)
{
    struct room *room = *state;
    struct figure_draft *d = figure_draft_take(room->arena, FIGURE_POINTS);
    struct fail f;

    assert_true(figure_draft_point(d, at(1, 2), &f) && figure_draft_point(d, at(9000, 2), &f) &&
                figure_draft_point(d, at(300, 4), &f));
    const struct figure points = figure_draft_done(d, true);

    start(room, TILE);
    mvt_layer(room->mvt, "p");
    mvt_feature(room->mvt, 1);
    assert_true(mvt_put_figure(room->mvt, &points));
    const struct mvt_read_tile tile = finish(room);

    check_part(&tile.layers[0].features[0].parts[0], (const int32_t[][2]){ { 1, 2 }, { 300, 4 } },
               2);
}

static void an_encoder_gives_the_same_tile_again_and_again(void **state)
{
    struct room *room = *state;
    struct buf first = { 0 };

    for (int round = 0; round < 3; round++) {
        start(room, TILE);
        mvt_layer(room->mvt, "p");
        for (int i = 0; i < 500; i++) {
            mvt_feature(room->mvt, i);
            mvt_tag(room->mvt, mvt_key(room->mvt, "k"), mvt_int(room->mvt, i));
            mvt_put_xy(room->mvt, i, 4096 - i);
        }
        mvt_end(room->mvt);
        if (round == 0)
            buf_put(&first, room->out.bytes, room->out.size);
        assert_int_equal(first.size, room->out.size);
        assert_memory_equal(first.bytes, room->out.bytes, first.size);
    }
    buf_free(&first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(features_keep_their_ids_and_attributes),
        cmocka_unit_test(keys_and_values_stand_once_in_each_layer),
        cmocka_unit_test(values_of_other_kinds_are_other_values),
        cmocka_unit_test(what_lies_outside_is_left_out),
        cmocka_unit_test(a_line_is_cut_at_the_buffer_and_comes_back_as_another_part),
        cmocka_unit_test(points_that_say_nothing_are_dropped),
        cmocka_unit_test(rings_turn_as_the_specification_says_whichever_way_they_came),
        cmocka_unit_test(an_area_around_the_tile_becomes_its_window),
        cmocka_unit_test(an_area_cut_at_two_sides_keeps_its_size),
        cmocka_unit_test(areas_that_vanish_take_their_holes_with_them),
        cmocka_unit_test(several_points_are_one_feature),
        cmocka_unit_test(an_encoder_gives_the_same_tile_again_and_again),
    };

    return cmocka_run_group_tests(tests, open_room, close_room);
}
