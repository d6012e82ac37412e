/* What coverage is counted on follows the database: lookout points, cells, organisations,
 * classes, imports. */
#include "tests/support/check_near.h"

#include <stdlib.h>
#include <string.h>

#include "engine/terrain.h"
#include "tests/support/block.h"
#include "tests/support/database.h"

enum { SIDE = 4, SEGMENTS = 2 * SIDE * (SIDE + 1) };

/* Lookout 7 stands in the middle of a block and sees 60 m, no street unless it sees farther;
 * 8 on a crossing. */
static const char CITY[] =
    "INSERT INTO vigil.lookout_point (lookout_point_id, code, name, state, reach_m, geom) VALUES"
    " (7, 'L7', 'Seven', 'active', 20, 'SRID=4326;POINT(116.3915 39.9015)'),"
    " (8, 'L8', 'Eight', 'active', 50, 'SRID=4326;POINT(116.392 39.902)');";

struct site {
    struct database *d;
    struct world_slot *worlds;
    struct terrain_slot *slot;
};

static void run(struct site *s, const char *sql)
{
    struct fail f = { 0 };

    if (!db_script(s->d->db, sql, &f))
        fail_msg("%s", f.text);
}

static struct terrain_slot *open_slot(struct site *s)
{
    struct fail f = { 0 };
    struct terrain_slot *slot = terrain_open(s->d->address, s->worlds, &f);

    if (!slot)
        fail_msg("%s", f.text);
    return slot;
}

/* The streets of block_import as a world: ids and import are the database's. */
static void publish(struct site *s)
{
    struct world *w = block_world(s->worlds, SIDE, BLOCK_BEIJING);
    struct network *n;
    int64_t *ids = arena_take(s->d->arena, SEGMENTS, sizeof *ids);

    memcpy(&n, &w->network, sizeof n); /* it may be changed, not being published yet */
    assert_int_equal(n->segment_count, SEGMENTS);
    n->import_id = database_int(s->d, "SELECT import_id FROM vigil.import WHERE current");
    for (int64_t i = 0; i < SEGMENTS; i++)
        ids[i] = i + database_int(
                         s->d, "SELECT min(segment_id) FROM vigil.segment WHERE valid_to IS NULL");
    n->segment_id = ids;
    world_publish(s->worlds, w);
}

static int setup(void **state)
{
    struct site *s = calloc(1, sizeof *s);

    s->d = database_new(true);
    s->worlds = world_slot_new();
    block_import(s->d, SIDE, BLOCK_BEIJING);
    run(s, CITY);
    *state = s;
    return 0;
}

static int teardown(void **state)
{
    struct site *s = *state;

    terrain_close(s->slot);
    world_slot_free(s->worlds);
    database_free(s->d);
    free(s);
    return 0;
}

static const struct terrain *now(struct site *s)
{
    assert_true(terrain_settle(s->slot));
    const struct terrain *t = terrain_hold(s->slot);

    assert_non_null(t);
    return t;
}

static int64_t seen(struct site *s, int64_t lookout)
{
    const struct terrain *t = now(s);
    const int64_t cm = t->lookouts[terrain_lookout(t, lookout)].seen.length_cm;

    terrain_drop(t);
    return cm;
}

static void there_is_none_before_there_is_a_city(void **state)
{
    struct site *s = *state;

    s->slot = open_slot(s);
    assert_null(terrain_hold(s->slot));
    publish(s);
    const struct terrain *t = now(s);

    assert_int_equal(t->plots->segment_count, SEGMENTS);
    assert_int_equal(t->lookout_count, 2);
    assert_int_equal(terrain_lookout(t, 9), -1);
    assert_int_equal(terrain_org(t, 1), 0);
    assert_int_equal(terrain_org(t, 2), -1);
    terrain_drop(t);
}

static void a_lookout_point_that_moves_or_sees_farther_is_looked_at_again(void **state)
{
    struct site *s = *state;

    publish(s);
    s->slot = open_slot(s);
    assert_int_equal(seen(s, 7), 0);
    assert_true(seen(s, 8) > 18000);
    const struct terrain *before = now(s);

    run(s, "UPDATE vigil.lookout_point SET reach_m = 80 WHERE lookout_point_id = 7");
    assert_true(seen(s, 7) > 10000);
    run(s, "UPDATE vigil.lookout_point SET geom = 'SRID=4326;POINT(100 30)' WHERE lookout_point_id "
           "= 8");
    assert_int_equal(seen(s, 8), 0);
    const struct terrain *after = now(s);

    assert_true(after->version > before->version);
    assert_int_equal(after->laid, before->laid); /* the streets are cut as they were */
    assert_ptr_equal(after->plots, before->plots);
    terrain_drop(before);
    terrain_drop(after);
}

static void a_building_hides_what_is_behind_it(void **state)
{
    struct site *s = *state;

    run(s, "INSERT INTO osm.building (osm_id, kind, geom) VALUES (1, 'yes',"
           " ST_Multi(ST_MakeEnvelope(116.39215, 39.9018, 116.39225, 39.9022, 4326)))");
    publish(s);
    s->slot = open_slot(s);
    const struct terrain *t = now(s);
    const struct views_lookout *l = &t->lookouts[terrain_lookout(t, 8)];

    assert_true(l->blocked.length_cm > 3000 && l->blocked.length_cm < 5500);
    assert_int_equal(
        database_int(s->d, "SELECT seen_cm FROM vigil.lookout_seen WHERE lookout_point_id = 8"),
        l->seen.length_cm);
    assert_int_equal(database_int(s->d, "SELECT sum(to_cm - from_cm) FROM vigil.lookout_view "
                                        "WHERE lookout_point_id = 8 AND is_blocked"),
                     l->blocked.length_cm);
    assert_int_equal(
        database_int(s->d,
                     "SELECT building_count FROM vigil.lookout_seen WHERE lookout_point_id = 8"),
        1);
    terrain_drop(t);
}

/* What one has worked out the other reads; it comes to the same. */
static void two_processes_see_the_same(void **state)
{
    struct site *s = *state;

    publish(s);
    s->slot = open_slot(s);
    const int64_t one = seen(s, 8);

    run(s, "UPDATE vigil.lookout_view SET to_cm = to_cm - 1 WHERE lookout_point_id = 8 AND "
           "segment_id ="
           " (SELECT min(segment_id) FROM vigil.lookout_view WHERE lookout_point_id = 8)");
    terrain_close(s->slot);
    s->slot = open_slot(s);
    assert_int_equal(seen(s, 8), one - 1); /* and so it was read */
    run(s, "DELETE FROM vigil.lookout_seen");
    run(s, "UPDATE vigil.lookout_point SET version = version + 1");
    assert_int_equal(seen(s, 8), one);
}

static void cells_and_organisations_cut_the_streets_anew(void **state)
{
    struct site *s = *state;

    publish(s);
    s->slot = open_slot(s);
    const struct terrain *before = now(s);

    assert_int_equal(before->plots->cell_count, 0);
    run(s, "INSERT INTO vigil.org (org_id, parent_id, kind, code, name, area) VALUES (2, 1, "
           "'county', 'C', 'County',"
           " ST_Multi(ST_MakeEnvelope(116.38, 39.8, 116.392, 40, 4326)))");
    run(s, "INSERT INTO vigil.grid (grid_id, org_id, code, profile, kind, geom) VALUES (70, 2, "
           "'G', 'free', 'square',"
           " ST_Multi(ST_MakeEnvelope(116.3915, 39.9015, 116.3925, 39.9025, 4326)))");
    const struct terrain *after = now(s);

    assert_true(after->laid > before->laid);
    assert_int_equal(terrain_cell(after, 70), 0);
    assert_int_equal(terrain_org(after, 2), 1);
    assert_string_equal(after->orgs[1].name, "County");
    assert_int_equal(before->plots->cell_count, 0); /* who holds it sees what it was */
    run(s, "UPDATE vigil.grid SET valid_to = now()");
    run(s, "UPDATE vigil.cover_class SET counts = false");
    terrain_drop(before);
    before = after;
    after = now(s);
    assert_int_equal(after->plots->cell_count, 0);
    assert_int_equal(after->plots->first[SEGMENTS], 0);
    terrain_drop(before);
    terrain_drop(after);
}

static void a_station_has_the_streets_that_are_nearest_to_it(void **state)
{
    struct site *s = *state;

    publish(s);
    s->slot = open_slot(s);
    const struct terrain *before = now(s);

    assert_int_equal(before->plots->station_count, 0);
    run(s, "INSERT INTO vigil.station (station_id, code, name, geom) VALUES"
           " (9, 'S9', 'Nine', 'SRID=4326;POINT(116.39 39.9)'),"
           " (5, 'S5', 'Five', 'SRID=4326;POINT(116.394 39.904)')");
    const struct terrain *after = now(s);

    assert_true(after->laid > before->laid);
    assert_int_equal(after->plots->station_count, 2);
    assert_int_equal(terrain_station(after, 5), 0);
    assert_int_equal(terrain_station(after, 9), 1);
    assert_int_equal(terrain_station(after, 7), -1);
    assert_string_equal(after->stations[1].name, "Nine");
    /* Segment 0 begins at the one corner, the last one ends at the other. */
    assert_int_equal(after->plots->lots[after->plots->plots[0].lot].station, 1);
    assert_int_equal(
        after->plots->lots[after->plots->plots[after->plots->first[SEGMENTS] - 1].lot].station, 0);
    terrain_drop(before);
    terrain_drop(after);
}

static void another_import_is_looked_at_from_everywhere(void **state)
{
    struct site *s = *state;

    publish(s);
    s->slot = open_slot(s);
    const int64_t one = seen(s, 8);

    block_import(s->d, SIDE, BLOCK_BEIJING);
    publish(s);
    assert_int_equal(seen(s, 8), one);
    assert_int_equal(
        database_int(s->d, "SELECT count(*) FROM vigil.lookout_view v JOIN vigil.segment g USING "
                           "(segment_id) WHERE g.valid_to IS NOT NULL"),
        0);
}

static void it_outlives_the_absence_of_the_database(void **state)
{
    struct site *s = *state;

    publish(s);
    s->slot = open_slot(s);
    terrain_drop(now(s));
    database_shut(s->d, true);
    const struct terrain *t = terrain_hold(s->slot);

    assert_non_null(t);
    terrain_drop(t);
    database_shut(s->d, false);
    run(s, "UPDATE vigil.lookout_point SET reach_m = 80 WHERE lookout_point_id = 7");
    assert_true(seen(s, 7) > 10000);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(there_is_none_before_there_is_a_city),
        TEST(a_lookout_point_that_moves_or_sees_farther_is_looked_at_again),
        TEST(a_building_hides_what_is_behind_it),
        TEST(two_processes_see_the_same),
        TEST(cells_and_organisations_cut_the_streets_anew),
        TEST(a_station_has_the_streets_that_are_nearest_to_it),
        TEST(another_import_is_looked_at_from_everywhere),
        TEST(it_outlives_the_absence_of_the_database),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
