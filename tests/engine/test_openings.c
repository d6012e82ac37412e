/* The job "area_gaps" as the outside asks for it: what is left of cells and districts. */
#include "engine/openings.h"

#include <math.h>
#include <string.h>
#include <time.h>

#include "engine/clock.h"
#include "engine/engine.h"
#include "engine/terrain.h"
#include "tests/support/asking.h"
#include "tests/support/block.h"
#include "tests/support/check_near.h"
#include "tests/support/database.h"

enum { SIDE = 6, PATIENCE_MS = 20000 };

static struct asking_room ROOM;

/* Lookout 7 sees 30 m and has a shift from half past eight to ten; cell 70 and county 2 lie
 * around it. Cell 71 is the city's own and seen by nobody. */
static const char CITY[] =
    "INSERT INTO vigil.org (org_id, parent_id, kind, code, name, area) VALUES"
    " (2, 1, 'county', '110101', 'East', ST_Multi(ST_MakeEnvelope(116.3925, 39.9025, 116.3935, "
    "39.9035, 4326)));"
    "INSERT INTO vigil.lookout_point (lookout_point_id, org_id, code, name, state, reach_m, "
    "min_staff, geom) VALUES"
    " (7, 2, 'L7', 'Seven', 'active', 30, 0, 'SRID=4326;POINT(116.393 39.903)');"
    "INSERT INTO vigil.grid (grid_id, org_id, code, profile, kind, geom) VALUES"
    " (70, 2, 'G70', 'free', 'square', ST_Multi(ST_MakeEnvelope(116.3925, 39.9025, 116.3935, "
    "39.9035, 4326))),"
    " (71, 1, 'G71', 'free', 'square', ST_Multi(ST_MakeEnvelope(116.3895, 39.8995, 116.3905, "
    "39.9005, 4326)));"
    "INSERT INTO vigil.shift (shift_id, org_id, day, name, lookout_point_id, during, cutoff_at, "
    "joins, approval, radius_m) VALUES (900, 1, '2030-01-07', 'Shift', 7, "
    "'[2030-01-07 08:30Z,2030-01-07 10:00Z)', '2030-01-07 08:00Z', 'members', false, 100);";

/* A house north-west of the lookout point, 12 m away and 10 m long. */
static const char HOUSE[] =
    "INSERT INTO osm.building (osm_id, kind, name, geom) VALUES (1, 'yes', '', "
    "ST_Multi(ST_MakeEnvelope(116.39280, 39.90308, 116.39290, 39.90318, 4326)))";

static int set_up(void **state)
{
    return asking_open_blocks(&ROOM, state, SIDE, CITY);
}

static int tear_down(void **state)
{
    (void)state;
    return asking_close_room(&ROOM);
}

static struct asking_answer ask_for(int64_t org_id, const char *from)
{
    asking_as(ROOM.worker, ROLE_PLANNER, org_id, 0);
    return asking_send(ROOM.worker, "POST", "/v1/coverage/jobs", asking_fresh_key(&ROOM),
                       arena_text(ROOM.d->arena,
                                  "{\"kind\":\"area_gaps\",\"of\":\"plan\",\"from\":\"%s\"}",
                                  from));
}

static struct asking_answer result_of(int64_t org_id, const char *from)
{
    static const struct timespec PAUSE = { .tv_nsec = 10000000 };
    const int64_t end_us = clock_steady_us() + PATIENCE_MS * 1000LL;
    const struct asking_answer made = ask_for(org_id, from);

    asking_expect(&made, 201, NULL);
    const int64_t job_id = asking_int(&made, "/job_id"); /* the next answer takes its place */

    for (;;) {
        const struct asking_answer a =
            asking_send(ROOM.worker, "GET",
                        arena_text(ROOM.d->arena, "/v1/jobs/%lld", (long long)job_id), NULL, NULL);

        asking_expect(&a, 200, NULL);
        if (strcmp(asking_text(&a, "/state"), "done") == 0)
            return a;
        if (clock_steady_us() > end_us || strcmp(asking_text(&a, "/state"), "failed") == 0)
            fail_msg("the job is %s", a.body);
        nanosleep(&PAUSE, NULL);
    }
}

static void what_a_staffed_lookout_point_sees_is_taken_from_cells_and_districts(void **state)
{
    const double circle_m2 = M_PI * 30 * 30;
    const struct asking_answer a = result_of(1, "2030-01-07T08:00:00Z");

    (void)state;
    assert_int_equal(asking_int(&a, "/result/lookouts"), 1);
    assert_int_equal(asking_int(&a, "/result/repaired"), 0);
    assert_int_equal(asking_int(&a, "/result/areas_left_out"), 0);
    assert_int_equal(asking_count(&a, "/result/items"), 3);
    assert_string_equal(asking_text(&a, "/result/items/0/by"), "grid");
    assert_int_equal(asking_int(&a, "/result/items/0/id"), 70);
    check_near(asking_number(&a, "/result/items/0/whole_m2") -
                   asking_number(&a, "/result/items/0/open_m2"),
               circle_m2, circle_m2 / 1000);
    assert_string_equal(asking_text(&a, "/result/items/0/area/type"), "Polygon");
    assert_int_equal(asking_count(&a, "/result/items/0/area/coordinates"), 2);
    check_near(asking_number(&a, "/result/items/1/open_m2"),
               asking_number(&a, "/result/items/1/whole_m2"), 0.05);
    assert_string_equal(asking_text(&a, "/result/items/2/by"), "org");
    check_near(asking_number(&a, "/result/items/2/open_m2"),
               asking_number(&a, "/result/items/0/open_m2"), 0.05);
}

static void nobody_sees_anything_when_nobody_is_there(void **state)
{
    const struct asking_answer a = result_of(1, "2030-01-07T10:00:00Z");

    (void)state;
    assert_int_equal(asking_int(&a, "/result/lookouts"), 0);
    check_near(asking_number(&a, "/result/items/0/open_m2"),
               asking_number(&a, "/result/items/0/whole_m2"), 0.05);
}

static void what_is_behind_a_house_is_not_seen(void **state)
{
    const struct asking_answer free = result_of(1, "2030-01-07T09:00:00Z");
    const double free_m2 = asking_number(&free, "/result/items/0/open_m2");

    (void)state;
    database_run(ROOM.d, HOUSE);
    const struct asking_answer built = result_of(1, "2030-01-07T09:00:00Z");

    assert_true(asking_number(&built, "/result/items/0/open_m2") > free_m2 + 100);
}

static void a_county_is_told_of_its_own_areas_alone(void **state)
{
    const struct asking_answer a = result_of(2, "2030-01-07T09:00:00Z");

    (void)state;
    assert_int_equal(asking_count(&a, "/result/items"), 2);
    assert_int_equal(asking_int(&a, "/result/items/0/id"), 70);
    assert_int_equal(asking_int(&a, "/result/items/1/id"), 2);
}

static void an_hour_that_is_not_whole_is_refused(void **state)
{
    const struct asking_answer a = ask_for(1, "2030-01-07T09:30:00Z");

    (void)state;
    asking_expect(&a, 422, "value_not_allowed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            what_a_staffed_lookout_point_sees_is_taken_from_cells_and_districts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nobody_sees_anything_when_nobody_is_there, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_is_behind_a_house_is_not_seen, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_county_is_told_of_its_own_areas_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_hour_that_is_not_whole_is_refused, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
