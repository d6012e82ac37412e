/* Tests of engine/tiles.c: people in tiles. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine/clock.h"
#include "engine/swarm.h"
#include "engine/tiles.h"
#include "tests/support/database.h"
#include "tests/support/mvt_read.h"

enum { ROOM = 8 << 20 };

static const struct point CENTRE = { 11.97, 57.70 };
static const struct sight EVERYONE = { .everyone = true };

struct room {
    struct database *d;
    struct db *db;
    struct tiles *tiles;
    struct live *live;
    struct tiles_reader reader;
};

static int open_room(void **state)
{
    struct room *room = test_calloc(1, sizeof *room);

    if (database_setup(state) != 0)
        return -1;
    room->d = *state;
    room->tiles = tiles_new(ROOM);
    room->live = live_new();
    live_age(room->live, (struct age_limits){ INT32_MAX, INT32_MAX });
    room->db = database_reader(room->d, 1);
    room->reader = (struct tiles_reader){ room->db, room->live, room->d->arena, &EVERYONE, NULL };
    *state = room;
    return 0;
}

static int close_room(void **state)
{
    struct room *room = *state;

    db_close(room->db);
    tiles_free(room->tiles);
    live_free(room->live);
    database_free(room->d);
    test_free(room);
    return 0;
}

static struct layer_set set_of(const char *names)
{
    struct layer_set set;
    struct fail f = { 0 };

    assert_true(layer_parse(names, &set, &f));
    return set;
}

/* The tile, which must be one. The stamp goes to *stamp when it is not NULL. */
static struct buf ask(struct room *room, const char *names, struct tile at,
                      struct tiles_stamp *stamp)
{
    const struct layer_set set = set_of(names);
    struct tiles_stamp own;
    struct buf bytes = { 0 };
    struct fail f = { 0 };

    if (!tiles_stamp(room->tiles, &room->reader, &set, at, &own, &f) ||
        !tiles_write(room->tiles, &room->reader, &set, at, &own, &bytes, &f))
        fail_msg("%s at zoom %d: %s", names, at.z, f.text);
    if (stamp)
        *stamp = own;
    return bytes;
}

static struct mvt_read_tile ask_read(struct room *room, const char *names, struct tile at)
{
    struct mvt_read_tile tile;
    struct buf bytes = ask(room, names, at, NULL);
    const char *wrong = mvt_read(room->d->arena, bytes.bytes, bytes.size, &tile);

    if (wrong)
        fail_msg("%s at zoom %d: %s", names, at.z, wrong);
    buf_free(&bytes);
    return tile;
}

/* People on a diagonal, 1e-4 degrees apart; every third is a taxi with a fare. */
static void add_people(struct room *room, int32_t count)
{
    for (int32_t i = 0; i < count; i++) {
        struct live_person person = {
            .person_id = 1 + i,
            .name = "someone",
            .mode = (enum mode)(i % MODE_COUNT),
            .on_duty = true,
            .bars = i % 3 == 0 ? ABLE_BIT(ABLE_HIRED) : 0,
            .has_fix = true,
            .fix = { .person_id = 1 + i,
                     .accuracy_dm = -1,
                     .speed_cms = -1,
                     .fix_us = INT64_C(1760000000000000) },
        };

        person.fix.at = point_to_e7((struct point){ CENTRE.lon + i * 1e-4, CENTRE.lat + i * 5e-5 });
        live_know(room->live, &person, 1);
    }
}

static void near_by_everyone_is_a_point_with_mode_and_state(void **state)
{
    struct room *room = *state;

    add_people(room, 3);
    const struct mvt_read_tile tile = ask_read(room, "people", tile_at(CENTRE, 14));
    const struct mvt_read_layer *l = &tile.layers[0];

    assert_string_equal(l->name, "people");
    assert_int_equal(l->feature_count, 3);
    for (int32_t i = 0; i < 3; i++) {
        const struct mvt_read_feature *ft = &l->features[i];

        assert_in_range(ft->id, 1, 3);
        assert_string_equal(mvt_read_tag(l, ft, "mode")->text,
                            network_mode_word((enum mode)((ft->id - 1) % MODE_COUNT)));
        assert_int_equal(mvt_read_tag(l, ft, "available")->integer, (ft->id - 1) % 3 != 0);
        assert_int_equal(mvt_read_tag(l, ft, "fix_s")->integer, 1760000000);
    }
}

static void who_is_stale_or_doubted_is_marked(void **state)
{
    struct room *room = *state;
    const int64_t now_us = clock_wall_us();
    const struct live_fix fixes[] = {
        { .person_id = 2, .fix_us = now_us - 50 * 1000000LL },
        { .person_id = 3, .fix_us = now_us - 2000 * 1000000LL },
        { .person_id = 5, .fix_us = now_us, .flags = LIVE_FRAME },
        { .person_id = 6, .fix_us = now_us, .flags = LIVE_JUMP },
    };
    static const struct {
        int64_t available, stale, doubt;
    } WANT[] = { { 0 }, { 0, 1, 0 }, { 1, 0, 0 }, { 1, 1, 0 }, { 0 }, { 0, 0, 1 }, { 0, 1, 1 } };

    live_age(room->live, (struct age_limits){ 1000, 3000 });
    add_people(room, 6);
    for (size_t i = 0; i < sizeof fixes / sizeof *fixes; i++) {
        struct live_fix fix = fixes[i];

        fix.at = point_to_e7((struct point){ CENTRE.lon + (double)i * 1e-4, CENTRE.lat });
        live_move(room->live, &fix, 1);
    }
    const struct mvt_read_tile tile = ask_read(room, "people", tile_at(CENTRE, 14));
    const struct mvt_read_layer *l = &tile.layers[0];

    assert_int_equal(l->feature_count, 6);
    for (int32_t i = 0; i < 6; i++) {
        const struct mvt_read_feature *ft = &l->features[i];

        if (ft->id == 1 || ft->id == 4)
            continue; /* taxis with a fare, long not heard of */
        if (mvt_read_tag(l, ft, "available")->integer != WANT[ft->id].available ||
            mvt_read_tag(l, ft, "stale")->integer != WANT[ft->id].stale ||
            mvt_read_tag(l, ft, "doubt")->integer != WANT[ft->id].doubt)
            fail_msg("person %lld", (long long)ft->id);
    }
}

static void from_far_away_people_are_counted_and_nobody_twice(void **state)
{
    struct room *room = *state;
    int64_t counted = 0, available = 0;
    const struct tile t = tile_at(CENTRE, 10);

    add_people(room, 300);
    for (int32_t dx = -1; dx <= 1; dx++)
        for (int32_t dy = -1; dy <= 1; dy++) {
            const struct tile at = { t.z, t.x + dx, t.y + dy };
            const struct mvt_read_tile tile = ask_read(room, "people", at);

            for (int32_t i = 0; tile.layer_count > 0 && i < tile.layers[0].feature_count; i++) {
                const struct mvt_read_layer *l = &tile.layers[0];

                assert_string_equal(l->name, "people_cells");
                counted += mvt_read_tag(l, &l->features[i], "count")->integer;
                available += mvt_read_tag(l, &l->features[i], "available")->integer;
            }
        }
    assert_int_equal(counted, 300);
    assert_int_equal(available, 200);
}

static void a_crowd_too_dense_for_points_is_counted(void **state)
{
    struct room *room = *state;
    struct live_person *people = test_calloc(60000, sizeof *people);

    for (int32_t i = 0; i < 60000; i++) {
        people[i] = (struct live_person){
            .person_id = 1 + i,
            .name = "someone",
            .on_duty = true,
            .has_fix = true,
            .fix = { .person_id = 1 + i, .accuracy_dm = -1, .speed_cms = -1, .fix_us = 1 },
        };
        const int32_t row = i / 300;

        people[i].fix.at =
            point_to_e7((struct point){ CENTRE.lon + (i % 300) * 1e-5, CENTRE.lat + row * 1e-5 });
    }
    live_know(room->live, people, 60000);
    test_free(people);
    const struct tile at = tile_at(CENTRE, 13);
    struct buf bytes = ask(room, "people", at, NULL);

    assert_in_range(bytes.size, 1, TILES_TILE_MAX);
    assert_string_equal(ask_read(room, "people", at).layers[0].name, "people_cells");
    buf_free(&bytes);
}

static void a_step_of_anyone_changes_the_tag_of_her_tile(void **state)
{
    struct room *room = *state;
    struct tiles_stamp before, same, after;

    add_people(room, 1);
    struct buf one = ask(room, "people", tile_at(CENTRE, 14), &before);
    struct buf two = ask(room, "people", tile_at(CENTRE, 14), &same);

    struct live_fix fix = {
        .person_id = 1, .accuracy_dm = -1, .speed_cms = -1, .fix_us = INT64_C(1760000001000000)
    };
    fix.at = point_to_e7((struct point){ CENTRE.lon + 2e-5, CENTRE.lat });
    live_move(room->live, &fix, 1);
    struct buf three = ask(room, "people", tile_at(CENTRE, 14), &after);

    assert_string_equal(before.tag, same.tag);
    assert_string_not_equal(before.tag, after.tag);
    buf_free(&one);
    buf_free(&two);
    buf_free(&three);
}

#define ROOM_TEST(name) cmocka_unit_test_setup_teardown(name, open_room, close_room)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROOM_TEST(near_by_everyone_is_a_point_with_mode_and_state),
        ROOM_TEST(who_is_stale_or_doubted_is_marked),
        ROOM_TEST(from_far_away_people_are_counted_and_nobody_twice),
        ROOM_TEST(a_crowd_too_dense_for_points_is_counted),
        ROOM_TEST(a_step_of_anyone_changes_the_tag_of_her_tile),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
