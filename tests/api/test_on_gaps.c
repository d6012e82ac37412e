/* Who could take a gap of a plan, and what would close it. */
#include "tests/support/check_near.h"

#include <string.h>

#include "engine/engine.h"
#include "engine/terrain.h"
#include "tests/support/asking.h"
#include "tests/support/block.h"
#include "tests/support/database.h"

enum { SIDE = 4 };

static struct asking_room ROOM;

/* Squad 50 sets out from the south-western corner, 51 from the north-eastern one; lookout
 * point 7 stands on a crossing and sees a part of each street there. */
static const char CITY[] =
    "INSERT INTO vigil.org (org_id, parent_id, kind, code, name, area) VALUES (2, 1, 'county', "
    "'110101', 'East', NULL),"
    " (3, 1, 'county', '110102', 'West', ST_Multi(ST_MakeEnvelope(116, 39, 117, 40, 4326)));"
    "INSERT INTO vigil.station (station_id, org_id, code, name, geom) VALUES"
    " (20, 2, 'S20', 'Corner', 'SRID=4326;POINT(116.39 39.9)'), (21, 3, 'S21', 'Far', "
    "'SRID=4326;POINT(116.394 39.904)');"
    "INSERT INTO vigil.squad (squad_id, org_id, kind, code, name, station_id) VALUES"
    " (50, 2, 'squad', 'A', 'Near', 20), (51, 3, 'squad', 'B', 'Far', 21), (52, 3, 'squad', 'C', "
    "'Nowhere', NULL);"
    "INSERT INTO vigil.lookout_point (lookout_point_id, org_id, code, name, state, reach_m, geom) "
    "VALUES"
    " (7, 1, 'L7', 'Seven', 'active', 200, 'SRID=4326;POINT(116.392 39.902)');";

static void run(const char *sql)
{
    struct fail f = { 0 };

    if (!db_script(ROOM.d->db, sql, &f))
        fail_msg("%s", f.text);
}

static int set_up(void **state)
{
    struct fail f = { 0 };

    if (asking_open_room(&ROOM, state))
        return -1;
    block_import(ROOM.d, SIDE, BLOCK_BEIJING);
    run(CITY);
    if (!engine_follow(asking_engine(ROOM.asking), &f))
        fail_msg("%s", f.text);
    assert_true(terrain_settle(engine_terrain(asking_engine(ROOM.asking))));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return asking_close_room(&ROOM);
}

/* Of a day that nobody has planned; along the street, the nearest to its beginning first. */
static struct asking_answer gaps(int64_t org_id, const char *street)
{
    asking_as(ROOM.worker, ROLE_PLANNER, org_id, 0);
    const struct asking_answer a = asking_send(
        ROOM.worker, "GET",
        arena_text(ROOM.d->arena,
                   "/v1/gaps?kind=plan&from=2030-01-07T00:00:00Z&to=2030-01-07T04:00:00Z&street=%s",
                   street),
        NULL, NULL);

    asking_expect(&a, 200, NULL);
    return a;
}

/* The corner's squad is 50 m from the middle of the first block. */
static void the_nearest_squad_is_the_one_that_walks_least(void **state)
{
    const struct asking_answer a = gaps(1, "Row%200");

    (void)state;
    assert_int_equal(asking_int(&a, "/items/0/nearest_squad/squad_id"), 50);
    assert_string_equal(asking_text(&a, "/items/0/nearest_squad/name"), "Near");
    check_near(asking_number(&a, "/items/0/nearest_squad/walk_s"), 41, 1);
    const struct asking_answer far = gaps(1, "Row%204");
    const char *last = arena_text(ROOM.d->arena, "/items/%d/nearest_squad/squad_id",
                                  asking_count(&far, "/items") - 1);

    assert_int_equal(asking_int(&far, last), 51);
}

static void the_squads_of_others_are_not_told(void **state)
{
    const struct asking_answer a = gaps(3, "Row%200");

    (void)state;
    assert_int_equal(asking_int(&a, "/items/0/nearest_squad/squad_id"), 51);
}

static void the_fix_is_what_gains_most_by_the_minute(void **state)
{
    struct asking_answer a = gaps(1, "Row%200");

    (void)state;
    assert_string_equal(asking_text(&a, "/items/0/cheapest_fix/kind"), "move_beat");
    assert_int_equal(asking_int(&a, "/items/0/cheapest_fix/squad_id"), 50);
    check_near(asking_number(&a, "/items/0/cheapest_fix/gain_metre_hours"), 400, 0.1);
    assert_int_equal(asking_int(&a, "/items/0/cheapest_fix/cost_min"), 3);
    run("UPDATE vigil.squad SET station_id = NULL");
    a = gaps(1, "Row%202"); /* past the lookout point, which sees all of its middle blocks */
    assert_false(asking_has(&a, "/items/0/nearest_squad/squad_id"));
    int extended = 0;

    for (int i = 0; i < asking_count(&a, "/items"); i++) {
        const char *at = arena_text(ROOM.d->arena, "/items/%d/cheapest_fix", i);
        const char *kind = asking_text(&a, arena_text(ROOM.d->arena, "%s/kind", at));

        if (strcmp(kind, "extend_shift") != 0)
            continue;
        extended++;
        assert_int_equal(asking_int(&a, arena_text(ROOM.d->arena, "%s/lookout_point_id", at)), 7);
        assert_int_equal(asking_int(&a, arena_text(ROOM.d->arena, "%s/cost_min", at)), 30);
    }
    assert_true(extended >= 2);
    a = gaps(3, "Row%202"); /* the lookout point is not theirs */
    assert_string_equal(asking_text(&a, "/items/0/cheapest_fix/kind"), "new_lookout");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_nearest_squad_is_the_one_that_walks_least),
        TEST(the_squads_of_others_are_not_told),
        TEST(the_fix_is_what_gains_most_by_the_minute),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
