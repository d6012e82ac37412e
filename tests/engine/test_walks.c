/* Patrols under way, as coverage sees them: engine/walks.c over engine/coverage.c. */
#include "tests/support/check_near.h"

#include "engine/coverage.h"
#include "engine/engine.h"
#include "engine/figures.h"
#include "tests/support/asking.h"
#include "tests/support/database.h"
#include "tests/support/patrol_town.h"

static struct asking_room ROOM;

/* The patrol day goes on for another hour. */
static int set_up(void **state)
{
    if (asking_open_room(&ROOM, state))
        return -1;
    patrol_town(ROOM.d);
    database_run(
        ROOM.d,
        "UPDATE vigil.patrol_day SET during = tstzrange(lower(during), now() + interval '1 hour');"
        "UPDATE vigil.claim SET during = (SELECT during FROM vigil.patrol_day)");
    patrol_town_check_in(ROOM.d);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return asking_close_room(&ROOM);
}

/* Metres that patrols cover, when everything is known that is in the database. */
static double patrolled_m(void)
{
    struct engine *e = asking_engine(ROOM.asking);
    struct coverage_view v;
    struct figures figures;
    struct fail f = { 0 };

    if (!engine_follow(e, &f))
        fail_msg("%s", f.text);
    assert_true(terrain_settle(engine_terrain(e)));
    assert_true(coverage_settle(engine_coverage(e)));
    if (!coverage_read(engine_coverage(e), &v, &f))
        fail_msg("%s", f.text);
    figures_below(&v, 0, &figures);
    coverage_read_end(engine_coverage(e));
    return (double)figures.length_cm.patrol / 100;
}

/* What was walked before this process looked for the first time comes out of the history. */
static void who_walks_a_patrol_covers_the_streets_behind_her(void **state)
{
    (void)state;
    patrol_town_walk(ROOM.d, 11, 30, 0, 1.2, 34, 1);
    check_near(patrolled_m(), 400, 60);
}

/* There somebody has to stay for a while. */
static void in_a_hot_spot_it_is_not_enough_to_pass(void **state)
{
    (void)state;
    database_run(
        ROOM.d,
        "INSERT INTO vigil.hot_spot (hot_spot_id, org_id, code, name, geom)"
        " SELECT 1, 1, 'H', 'H', ST_Multi(ST_SetSRID(ST_Expand(ST_Extent(geom)::geometry, 0.01), "
        "4326))"
        " FROM vigil.segment");
    patrol_town_walk(ROOM.d, 11, 30, 0, 1.2, 34, 1);
    check_near(patrolled_m(), 0, 0);
}

static void who_rides_does_not(void **state)
{
    (void)state;
    patrol_town_walk(ROOM.d, 11, 30, 0, 4.2, 10, 1);
    check_near(patrolled_m(), 0, 0);
}

static void who_is_on_no_patrol_does_not(void **state)
{
    (void)state;
    patrol_town_walk(ROOM.d, 13, 30, 0, 1.2, 34, 1);
    check_near(patrolled_m(), 0, 0);
}

static void off_her_beat_she_does_not(void **state)
{
    (void)state;
    database_run(
        ROOM.d,
        "UPDATE vigil.beat_segment b SET segment_id = g.segment_id FROM (SELECT segment_id, "
        "row_number() OVER (ORDER BY segment_id) AS n FROM vigil.segment WHERE name = 'Row 3') g "
        "WHERE g.n = b.position");
    patrol_town_walk(ROOM.d, 11, 30, 0, 1.2, 34, 1);
    check_near(patrolled_m(), 0, 0);
}

static void while_the_patrol_pauses_nobody_does(void **state)
{
    (void)state;
    database_run(ROOM.d, "UPDATE vigil.claim SET state = 'paused'");
    patrol_town_walk(ROOM.d, 11, 30, 0, 1.2, 34, 1);
    check_near(patrolled_m(), 0, 0);
    database_run(ROOM.d,
                 "UPDATE vigil.claim SET state = 'started'"); /* what was before is over by then */
    check_near(patrolled_m(), 0, 0);
}

/* What is certain of it: the rest may still turn out to have been a ride. */
static void what_she_walks_now_is_seen_some_minutes_later(void **state)
{
    (void)state;
    check_near(patrolled_m(), 0, 0);
    patrol_town_walk(ROOM.d, 11, 172, 0, 0.8, 46, 1); /* from eight minutes ago until now */
    assert_in_range((int32_t)patrolled_m(), 100, 340);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(who_walks_a_patrol_covers_the_streets_behind_her, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(in_a_hot_spot_it_is_not_enough_to_pass, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_rides_does_not, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_is_on_no_patrol_does_not, set_up, tear_down),
        cmocka_unit_test_setup_teardown(off_her_beat_she_does_not, set_up, tear_down),
        cmocka_unit_test_setup_teardown(while_the_patrol_pauses_nobody_does, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_she_walks_now_is_seen_some_minutes_later, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
