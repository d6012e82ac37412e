#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine/swarm.h"
#include "engine/tiles.h"
#include "tests/support/database.h"
#include "tests/support/mvt_read.h"

enum { ROOM = 8 << 20, THREADS = 6 };

static const struct point CENTRE = { 11.97, 57.70 };
static const struct sight EVERYONE = { .everyone = true };

struct room {
    struct database *d;
    struct db *db;
    struct tiles *tiles;
    struct live *live;
    struct tiles_reader reader;
};

/* A crossing of two streets and one of everything else, around the centre. */
static const char CITY[] =
    "INSERT INTO vigil.import (file_name, file_sha256, city_name, attribution, current)"
    " VALUES ('test', '', 'Test', 'nobody', true);"
    "INSERT INTO vigil.segment (way_id, from_node, to_node, ordinal, start_cm, length_cm, class,"
    " access, name, geom, import_id) SELECT way, way, way + 1, 0, 0, 100000, class, access, name,"
    " ST_GeomFromText(line, 4326), (SELECT import_id FROM vigil.import) FROM (VALUES"
    " (1, 0, 21, 'First Street', 'LINESTRING(11.96 57.70, 11.98 57.70)'),"
    " (3, 10, 3, '', 'LINESTRING(11.97 57.69, 11.97 57.71)'))"
    " AS street(way, class, access, name, line);"
    "INSERT INTO osm.water (osm_id, kind, name, geom) VALUES (1, 'lake', 'Pond',"
    " ST_MakeEnvelope(11.961, 57.691, 11.969, 57.699, 4326));"
    "INSERT INTO osm.green (osm_id, kind, name, geom) VALUES (2, 'park', 'Park',"
    " ST_Multi(ST_MakeEnvelope(11.971, 57.701, 11.979, 57.709, 4326)));"
    "INSERT INTO osm.building (osm_id, kind, name, geom) VALUES (3, 'yes', '',"
    " ST_Multi(ST_MakeEnvelope(11.9702, 57.7002, 11.9708, 57.7008, 4326)));"
    "INSERT INTO osm.place (osm_id, kind, name, geom) VALUES (4, 'city', 'Testville',"
    " ST_SetSRID(ST_MakePoint(11.9703, 57.7003), 4326));"
    "INSERT INTO osm.boundary (osm_id, kind, name, admin_level, geom) VALUES (5, 'administrative',"
    " '', 2, ST_Multi(ST_GeomFromText('LINESTRING(11.95 57.7001, 11.99 57.7001)', 4326)));"
    "INSERT INTO vigil.station (station_id, code, name, geom) VALUES (1024, 'S1', 'North',"
    " ST_SetSRID(ST_MakePoint(11.9701, 57.7001), 4326));"
    "INSERT INTO vigil.lookout_point (lookout_point_id, code, name, state, geom) VALUES (1024,"
    " 'L1', 'Gate', 'active', ST_SetSRID(ST_MakePoint(11.9702, 57.7001), 4326));"
    "INSERT INTO vigil.grid (grid_id, code, profile, kind, geom) VALUES (1024, 'G1', 'free',"
    " 'square', ST_Multi(ST_MakeEnvelope(11.965, 57.695, 11.975, 57.705, 4326)));";

static void fill(struct database *d, const char *sql)
{
    struct fail f = { 0 };

    if (!db_script(d->db, sql, &f))
        fail_msg("%s", f.text);
}

static int open_empty(void **state)
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

static int open_room(void **state)
{
    if (open_empty(state) != 0)
        return -1;
    fill(((struct room *)*state)->d, CITY);
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

static void assert_refused(struct room *room, const char *names, struct tile at,
                           enum fail_kind kind, enum fail_code code)
{
    const struct layer_set set = set_of(names);
    struct tiles_stamp stamp;
    struct buf bytes = { 0 };
    struct fail f = { 0 };

    assert_false(tiles_stamp(room->tiles, &room->reader, &set, at, &stamp, &f) &&
                 tiles_write(room->tiles, &room->reader, &set, at, &stamp, &bytes, &f));
    assert_int_equal(f.kind, kind);
    assert_int_equal(f.code, code);
    assert_int_equal(bytes.size, 0);
}

/* ---- what the statements give ---- */

static void every_layer_of_the_database_gives_tiles_as_the_specification_says(void **state)
{
    struct room *room = *state;

    for (int32_t i = 0; i < LAYER_ROW_COUNT; i++) {
        const struct layer *layer = &LAYER_ROWS[i];

        if (layer_in_memory(layer))
            continue;
        for (int32_t z = layer->zoom_min; z <= layer->zoom_max; z++) {
            const struct mvt_read_tile tile = ask_read(room, layer->name, tile_at(CENTRE, z));

            for (int32_t n = 0; n < tile.layer_count; n++) {
                assert_int_equal(tile.layers[n].extent, TILE_EXTENT);
                assert_true(tile.layers[n].feature_count > 0);
            }
            if (z == layer->zoom_max)
                assert_string_equal(tile.layers[0].name, layer->parts[0].name);
        }
    }
}

static void a_street_in_a_tile_has_its_id_class_name_and_direction(void **state)
{
    struct room *room = *state;
    const struct mvt_read_tile tile = ask_read(room, "streets", tile_at(CENTRE, 15));
    const struct mvt_read_layer *l = &tile.layers[0];
    const struct mvt_read_feature *ft = &l->features[l->feature_count - 1]; /* the widest is last */

    assert_int_equal(l->feature_count, 2);
    assert_int_equal(
        ft->id, database_int(room->d, "SELECT segment_id FROM vigil.segment WHERE way_id = 1"));
    assert_string_equal(mvt_read_tag(l, ft, "class")->text, "motorway");
    assert_string_equal(mvt_read_tag(l, ft, "name")->text, "First Street");
    assert_int_equal(mvt_read_tag(l, ft, "oneway")->integer, 1);
    assert_string_equal(mvt_read_tag(l, &l->features[0], "class")->text, "path");
    assert_null(mvt_read_tag(l, &l->features[0], "name"));
}

/* A name that is the same in a language is not said twice. */
static void a_street_has_its_names_in_both_languages(void **state)
{
    struct room *room = *state;

    fill(room->d, "UPDATE vigil.segment SET name_en = 'First', name_zh = name WHERE way_id = 1");
    const struct mvt_read_tile tile = ask_read(room, "streets", tile_at(CENTRE, 15));
    const struct mvt_read_layer *l = &tile.layers[0];
    const struct mvt_read_feature *ft = &l->features[l->feature_count - 1];

    assert_string_equal(mvt_read_tag(l, ft, "name_en")->text, "First");
    assert_null(mvt_read_tag(l, ft, "name_zh"));
}

static void from_far_away_only_wide_streets_are_drawn(void **state)
{
    const struct mvt_read_tile tile = ask_read(*state, "streets", tile_at(CENTRE, 8));

    assert_int_equal(tile.layer_count, 1);
    assert_int_equal(tile.layers[0].feature_count, 1);
}

static void where_nothing_is_the_tile_is_empty(void **state)
{
    const struct point elsewhere = { -120, -40 };
    struct buf bytes = ask(*state, "streets,water,stations", tile_at(elsewhere, 12), NULL);

    assert_int_equal(bytes.size, 0);
    buf_free(&bytes);
}

static void layers_asked_for_together_stand_in_one_tile(void **state)
{
    const struct mvt_read_tile tile =
        ask_read(*state, "streets,green,grids,stations", tile_at(CENTRE, 15));

    assert_int_equal(tile.layer_count, 5); /* grids bring their labels */
    assert_string_equal(tile.layers[0].name, "streets");
    assert_string_equal(tile.layers[4].name, "stations");
}

static void what_is_closed_is_not_shown(void **state)
{
    struct room *room = *state;

    fill(room->d, "UPDATE vigil.station SET valid_to = now();"
                  "INSERT INTO vigil.layer_version (layer, version) VALUES ('stations', 7)"
                  " ON CONFLICT (layer) DO UPDATE SET version = 7");
    assert_int_equal(ask_read(room, "stations", tile_at(CENTRE, 15)).layer_count, 0);
}

static void where_the_data_are_too_dense_detail_is_left_out(void **state)
{
    struct room *room = *state;

    fill(room->d, "INSERT INTO vigil.station (station_id, code, name, geom)"
                  " SELECT 100000 + i, 'D' || i, 'Station of the dense quarter ' || i,"
                  " ST_SetSRID(ST_MakePoint(11.97 + (i % 200) * 1e-6, 57.70 + i * 1e-8), 4326)"
                  " FROM generate_series(1, 20000) AS i");
    struct buf bytes = ask(room, "stations", tile_at(CENTRE, 12), NULL);

    assert_in_range(bytes.size, 1000, TILES_TILE_MAX);
    buf_free(&bytes);
}

/* ---- what is refused ---- */

static void a_zoom_without_tiles_is_refused(void **state)
{
    assert_refused(*state, "buildings", tile_at(CENTRE, 8), FAIL_MISSING, CODE_TILE_OUTSIDE);
    assert_refused(*state, "streets", tile_at(CENTRE, 18), FAIL_MISSING, CODE_TILE_OUTSIDE);
    assert_refused(*state, "streets,buildings", tile_at(CENTRE, 4), FAIL_MISSING,
                   CODE_TILE_OUTSIDE);
}

static void before_the_first_import_there_are_no_streets_but_stations(void **state)
{
    struct room *room = *state;
    struct buf bytes = ask(room, "stations", tile_at(CENTRE, 12), NULL);

    assert_int_equal(bytes.size, 0);
    assert_refused(room, "streets", tile_at(CENTRE, 12), FAIL_BUSY, CODE_NO_CITY_YET);
    assert_refused(room, "stations,streets", tile_at(CENTRE, 12), FAIL_BUSY, CODE_NO_CITY_YET);
}

static void a_statement_that_failed_is_tried_again(void **state)
{
    struct room *room = *state;

    fill(room->d, "ALTER TABLE osm.water RENAME TO water_away");
    assert_refused(room, "water", tile_at(CENTRE, 14), FAIL_BROKEN, CODE_DATABASE_FAILED);
    fill(room->d, "ALTER TABLE osm.water_away RENAME TO water");
    assert_int_equal(ask_read(room, "water", tile_at(CENTRE, 14)).layer_count, 1);
}

/* ---- the cache ---- */

static void a_tile_is_made_once_until_its_data_change(void **state)
{
    struct room *room = *state;
    struct tiles_stamp first;
    struct tiles_stamp second;
    struct tiles_stamp third;
    struct buf one = ask(room, "stations", tile_at(CENTRE, 14), &first);
    struct buf two = ask(room, "stations", tile_at(CENTRE, 14), &second);

    assert_string_equal(first.tag, second.tag);
    assert_int_equal(one.size, two.size);
    assert_memory_equal(one.bytes, two.bytes, one.size);
    assert_int_equal(tiles_count(room->tiles).made, 1);
    assert_int_equal(tiles_count(room->tiles).found, 1);
    fill(room->d, "INSERT INTO vigil.layer_version (layer, version) VALUES ('stations', 5)"
                  " ON CONFLICT (layer) DO UPDATE SET version = vigil.layer_version.version + 1");
    buf_free(&two);
    two = ask(room, "stations", tile_at(CENTRE, 14), &third);
    assert_string_not_equal(first.tag, third.tag);
    assert_int_equal(tiles_count(room->tiles).made, 2);
    buf_free(&one);
    buf_free(&two);
}

static void a_new_import_makes_streets_old_but_not_stations(void **state)
{
    struct room *room = *state;
    struct tiles_stamp streets[2];
    struct tiles_stamp stations[2];

    for (int32_t i = 0; i < 2; i++) {
        struct buf one = ask(room, "streets", tile_at(CENTRE, 14), &streets[i]);
        struct buf two = ask(room, "stations", tile_at(CENTRE, 14), &stations[i]);

        buf_free(&one);
        buf_free(&two);
        fill(room->d, "UPDATE vigil.import SET current = false;"
                      "INSERT INTO vigil.import (file_name, file_sha256, city_name, attribution,"
                      " current) VALUES ('again', '', 'Test', 'nobody', true)");
    }
    assert_string_not_equal(streets[0].tag, streets[1].tag);
    assert_string_equal(stations[0].tag, stations[1].tag);
}

static void tags_tell_tiles_and_layers_apart(void **state)
{
    struct room *room = *state;
    struct tiles_stamp stamps[4];
    struct buf bytes[] = {
        ask(room, "stations", tile_at(CENTRE, 14), &stamps[0]),
        ask(room, "stations", tile_at(CENTRE, 13), &stamps[1]),
        ask(room, "lookouts", tile_at(CENTRE, 14), &stamps[2]),
        ask(room, "stations,lookouts", tile_at(CENTRE, 14), &stamps[3]),
    };

    for (int32_t i = 0; i < 4; i++) {
        buf_free(&bytes[i]);
        for (int32_t n = 0; n < i; n++)
            assert_string_not_equal(stamps[i].tag, stamps[n].tag);
    }
}

static void the_cache_keeps_to_its_bytes(void **state)
{
    struct room *room = *state;
    struct tiles *big = room->tiles;

    room->tiles = tiles_new(2000);
    for (int32_t z = 5; z <= 15; z++) {
        struct buf bytes = ask(room, "streets,water,boundaries,places", tile_at(CENTRE, z), NULL);

        buf_free(&bytes);
    }
    assert_in_range(tiles_count(room->tiles).bytes, 1, 2000);
    assert_in_range(tiles_count(room->tiles).kept, 1, 12);
    tiles_free(room->tiles);
    room->tiles = big;
}

struct asker {
    struct room *room;
    pthread_barrier_t *start;
    size_t size;
    bool good;
};

static void *ask_alone(void *self)
{
    struct asker *me = self;
    struct fail f = { 0 };
    struct buf bytes = { 0 };
    struct arena *arena = arena_new();
    struct db *db = db_open(me->room->d->address, &f);
    struct tiles_reader reader = { db, me->room->live, arena, &EVERYONE, NULL };
    struct tiles_stamp stamp;
    struct layer_set set;
    const struct tile at = tile_at(CENTRE, 13);

    pthread_barrier_wait(me->start);
    me->good = db && layer_parse("streets", &set, &f) &&
               tiles_stamp(me->room->tiles, &reader, &set, at, &stamp, &f) &&
               tiles_write(me->room->tiles, &reader, &set, at, &stamp, &bytes, &f);
    me->size = bytes.size;
    buf_free(&bytes);
    db_close(db);
    arena_free(arena);
    return NULL;
}

static void a_tile_that_many_ask_for_at_once_is_made_once(void **state)
{
    struct room *room = *state;
    struct asker askers[THREADS];
    pthread_t threads[THREADS];
    pthread_barrier_t start;

    pthread_barrier_init(&start, NULL, THREADS);
    for (int32_t i = 0; i < THREADS; i++) {
        askers[i] = (struct asker){ room, &start, 0, false };
        assert_int_equal(pthread_create(&threads[i], NULL, ask_alone, &askers[i]), 0);
    }
    for (int32_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    for (int32_t i = 0; i < THREADS; i++) {
        assert_true(askers[i].good && askers[i].size > 0);
        assert_int_equal(askers[i].size, askers[0].size);
    }
    assert_int_equal(tiles_count(room->tiles).made, 1);
    assert_int_equal(tiles_count(room->tiles).found, THREADS - 1);
    pthread_barrier_destroy(&start);
}

static void while_the_database_is_away_what_is_kept_is_served(void **state)
{
    struct room *room = *state;
    struct tiles_stamp before;
    struct tiles_stamp after;
    struct buf one = ask(room, "streets", tile_at(CENTRE, 14), &before);

    room->reader.db = NULL;
    struct buf two = ask(room, "streets", tile_at(CENTRE, 14), &after);

    assert_string_equal(before.tag, after.tag);
    assert_int_equal(one.size, two.size);
    assert_refused(room, "streets", tile_at(CENTRE, 13), FAIL_BUSY, CODE_DATABASE_AWAY);
    buf_free(&one);
    buf_free(&two);
}

static void without_ever_seeing_the_database_only_people_are_shown(void **state)
{
    struct room *room = *state;

    room->reader.db = NULL;
    struct buf bytes = ask(room, "people", tile_at(CENTRE, 14), NULL);

    assert_int_equal(bytes.size, 0);
    assert_refused(room, "stations", tile_at(CENTRE, 14), FAIL_BUSY, CODE_DATABASE_AWAY);
}

#define ROOM_TEST(name) cmocka_unit_test_setup_teardown(name, open_room, close_room)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROOM_TEST(every_layer_of_the_database_gives_tiles_as_the_specification_says),
        ROOM_TEST(a_street_in_a_tile_has_its_id_class_name_and_direction),
        ROOM_TEST(a_street_has_its_names_in_both_languages),
        ROOM_TEST(from_far_away_only_wide_streets_are_drawn),
        ROOM_TEST(where_nothing_is_the_tile_is_empty),
        ROOM_TEST(layers_asked_for_together_stand_in_one_tile),
        ROOM_TEST(what_is_closed_is_not_shown),
        ROOM_TEST(where_the_data_are_too_dense_detail_is_left_out),
        ROOM_TEST(a_zoom_without_tiles_is_refused),
        cmocka_unit_test_setup_teardown(before_the_first_import_there_are_no_streets_but_stations,
                                        open_empty, close_room),
        ROOM_TEST(a_statement_that_failed_is_tried_again),
        ROOM_TEST(a_tile_is_made_once_until_its_data_change),
        ROOM_TEST(a_new_import_makes_streets_old_but_not_stations),
        ROOM_TEST(tags_tell_tiles_and_layers_apart),
        ROOM_TEST(the_cache_keeps_to_its_bytes),
        ROOM_TEST(a_tile_that_many_ask_for_at_once_is_made_once),
        ROOM_TEST(while_the_database_is_away_what_is_kept_is_served),
        ROOM_TEST(without_ever_seeing_the_database_only_people_are_shown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
