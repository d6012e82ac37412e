/* A tile shows what its reader may see, whoever asked for it before. */
#include "engine/tiles.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/database.h"

static const char CITY[] =
    "INSERT INTO vigil.org (org_id, parent_id, kind, code, name) VALUES"
    " (2, 1, 'county', '320301', 'Two'), (3, 1, 'county', '320302', 'Three');"
    "INSERT INTO vigil.station (station_id, code, name, geom, org_id) SELECT 1024 * n, 'S' || n,"
    " 'Canary' || n, ST_SetSRID(ST_MakePoint(11.97, 57.7), 4326), n FROM generate_series(1, 3) n;"
    "INSERT INTO vigil.lookout_point (lookout_point_id, code, name, geom, org_id)"
    " SELECT 1024 * n, 'L' || n, 'Canary' || n, ST_SetSRID(ST_MakePoint(11.97, 57.7), 4326), n"
    " FROM generate_series(1, 3) n;"
    "INSERT INTO vigil.grid (grid_id, code, name, profile, kind, geom, org_id)"
    " SELECT n, 'G' || n, 'Canary' || n, 'free', 'square',"
    " ST_Multi(ST_MakeEnvelope(11.965, 57.695, 11.975, 57.705, 4326)), n"
    " FROM generate_series(1, 3) n";

struct room {
    struct database *d;
    struct tiles *tiles;
    struct live *live;
};

static struct room ROOM;

static int open_room(void **state)
{
    struct fail f = { 0 };

    (void)state;
    ROOM.d = database_new(true);
    ROOM.tiles = tiles_new(1 << 20);
    ROOM.live = live_new();
    live_age(ROOM.live, (struct age_limits){ INT32_MAX, INT32_MAX });
    return db_script(ROOM.d->db, CITY, &f) ? 0 : 1;
}

static int close_room(void **state)
{
    (void)state;
    tiles_free(ROOM.tiles);
    live_free(ROOM.live);
    database_free(ROOM.d);
    return 0;
}

struct shown {
    unsigned int canaries; /* a bit for each organisation's that is in the tile */
    struct tiles_stamp stamp;
};

static bool holds(const struct buf *bytes, const char *word)
{
    return bytes->bytes && memmem(bytes->bytes, bytes->size, word, strlen(word)) != NULL;
}

static struct shown show(const char *names, int64_t org_id)
{
    static const char *const CANARIES[] = { "Canary1", "Canary2", "Canary3" };
    struct db *db = database_reader(ROOM.d, org_id);
    const struct sight sight = { .org_id = org_id };
    const struct tiles_reader reader = { db, ROOM.live, ROOM.d->arena, &sight, NULL };
    const struct tile at = { 14, 8736, 4960 };
    struct shown out = { 0 };
    struct buf bytes = { 0 };
    struct layer_set set;
    struct fail f = { 0 };

    if (!layer_parse(names, &set, &f) ||
        !tiles_stamp(ROOM.tiles, &reader, &set, at, &out.stamp, &f) ||
        !tiles_write(ROOM.tiles, &reader, &set, at, &out.stamp, &bytes, &f))
        fail_msg("%s", f.text);
    for (unsigned int i = 0; i < 3; i++)
        out.canaries |= (unsigned int)holds(&bytes, CANARIES[i]) << (i + 1);
    buf_free(&bytes);
    db_close(db);
    return out;
}

static void a_kept_tile_is_given_to_its_own_scope_only(void **state)
{
    static const char *const LAYERS[] = { "stations", "lookouts", "grids",
                                          "stations,lookouts,grids" };

    (void)state;
    for (size_t i = 0; i < sizeof LAYERS / sizeof *LAYERS; i++) {
        assert_int_equal(show(LAYERS[i], 1).canaries, 1 << 1 | 1 << 2 | 1 << 3);
        assert_int_equal(show(LAYERS[i], 2).canaries, 1 << 2);
        assert_int_equal(show(LAYERS[i], 3).canaries, 1 << 3);
        assert_int_equal(show(LAYERS[i], 0).canaries, 0);
        assert_int_equal(show(LAYERS[i], 1).canaries, 1 << 1 | 1 << 2 | 1 << 3);
    }
}

static void tags_differ_by_scope(void **state)
{
    const struct shown two = show("stations", 2);
    const struct shown three = show("stations", 3);

    (void)state;
    assert_string_not_equal(two.stamp.tag, three.stamp.tag);
    assert_string_equal(two.stamp.tag, show("stations", 2).stamp.tag);
}

static void who_moves_in_the_tree_changes_what_is_shown(void **state)
{
    struct fail f = { 0 };

    (void)state;
    assert_int_equal(show("stations", 2).canaries, 1 << 2);
    assert_true(db_script(ROOM.d->db, "UPDATE vigil.org SET parent_id = 2 WHERE org_id = 3", &f));
    assert_int_equal(show("stations", 2).canaries, 1 << 2 | 1 << 3);
    assert_true(db_script(ROOM.d->db, "UPDATE vigil.org SET parent_id = 1 WHERE org_id = 3", &f));
    assert_int_equal(show("stations", 2).canaries, 1 << 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kept_tile_is_given_to_its_own_scope_only),
        cmocka_unit_test(tags_differ_by_scope),
        cmocka_unit_test(who_moves_in_the_tree_changes_what_is_shown),
    };

    return cmocka_run_group_tests(tests, open_room, close_room);
}
