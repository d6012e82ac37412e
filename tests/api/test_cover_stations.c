/* Coverage by station: now, hour by hour, and the gaps, against distances counted on a
 * board of streets. */
#include "tests/support/check_near.h"

#include <stdlib.h>
#include <string.h>

#include "engine/coverage.h"
#include "engine/engine.h"
#include "engine/terrain.h"
#include "tests/support/asking.h"
#include "tests/support/block.h"
#include "tests/support/database.h"

enum { SIDE = 6, BLOCK_CM = 10000, LINE_CM = SIDE * BLOCK_CM, STATIONS = 4, OUT_OF_TOWN = 3 };

static struct asking_room ROOM;

/* Stations stand on crossings, so many blocks east and north; the last is far away. */
struct crossing {
    int32_t east, north;
};
static const struct crossing AT[OUT_OF_TOWN] = { { 1, 1 }, { 5, 2 }, { 1, 5 } };

/* Station 22 is of the county 3. Lookout 7 stands on the crossing 2 east, 2 north. */
static const char CITY[] =
    "INSERT INTO vigil.org (org_id, parent_id, kind, code, name) VALUES"
    " (2, 1, 'county', '110101', 'East'), (3, 1, 'county', '110102', 'West');"
    "INSERT INTO vigil.station (station_id, org_id, code, name, geom) VALUES"
    " (20, 1, 'S20', 'South', 'SRID=4326;POINT(116.391 39.901)'),"
    " (21, 1, 'S21', 'East', 'SRID=4326;POINT(116.395 39.902)'),"
    " (22, 3, 'S22', 'North', 'SRID=4326;POINT(116.391 39.905)'),"
    " (23, 1, 'S23', 'Away', 'SRID=4326;POINT(100 30)');"
    "INSERT INTO vigil.lookout_point (lookout_point_id, org_id, code, name, state, reach_m, "
    "min_staff, geom) VALUES"
    " (7, 1, 'L7', 'Seven', 'active', 60, 0, 'SRID=4326;POINT(116.392 39.902)');"
    "INSERT INTO vigil.shift (shift_id, org_id, day, name, lookout_point_id, during, cutoff_at,"
    "                         joins, approval, radius_m)"
    " VALUES (2, 1, '2030-01-07', 'Shift', 7, '[2030-01-07 08:30Z,2030-01-07 10:00Z)',"
    "         '2030-01-07 08:00Z', 'members', false, 100);";

static const char HOURS[] = "from=2030-01-07T08:00:00Z&to=2030-01-07T11:00:00Z";

static void settle(void)
{
    assert_true(terrain_settle(engine_terrain(asking_engine(ROOM.asking))));
    assert_true(coverage_settle(engine_coverage(asking_engine(ROOM.asking))));
}

static int set_up(void **state)
{
    asking_open_blocks(&ROOM, state, SIDE, CITY);
    settle();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return asking_close_room(&ROOM);
}

static struct asking_answer ask(int64_t org_id, const char *target)
{
    asking_as(ROOM.worker, ROLE_PLANNER, org_id, 0);
    return asking_send(ROOM.worker, "GET", target, NULL, NULL);
}

static struct asking_answer told(int64_t org_id, const char *target)
{
    const struct asking_answer a = ask(org_id, target);

    asking_expect(&a, 200, NULL);
    return a;
}

static const char *at(const char *list, int32_t i, const char *key)
{
    return arena_text(ROOM.d->arena, "/%s/%d/%s", list, i, key);
}

/* On a board one walks the sum of both ways. In halves of a centimetre. */
static int64_t far_from(struct crossing c, int64_t east, int64_t north)
{
    return llabs(east - 2 * (int64_t)c.east * BLOCK_CM) +
           llabs(north - 2 * (int64_t)c.north * BLOCK_CM);
}

/* Of each of so many first stations, counted centimetre by centimetre. */
static void count_streets(int32_t station_count, int64_t cm[OUT_OF_TOWN])
{
    memset(cm, 0, OUT_OF_TOWN * sizeof *cm);
    for (int64_t line = 0; line <= SIDE; line++)
        for (int64_t along = 1; along < 2 * (int64_t)LINE_CM; along += 2)
            for (int32_t column = 0; column < 2; column++) {
                const int64_t across = 2 * line * BLOCK_CM;
                int64_t best = INT64_MAX;
                int32_t nearest = 0;

                for (int32_t i = 0; i < station_count; i++) {
                    const int64_t is_far =
                        column ? far_from(AT[i], across, along) : far_from(AT[i], along, across);

                    nearest = is_far < best ? i : nearest;
                    best = is_far < best ? is_far : best;
                }
                cm[nearest]++;
            }
}

static void every_street_is_of_the_station_nearest_on_foot(void **state)
{
    const struct asking_answer a = told(1, "/v1/coverage?by=station");
    int64_t cm[OUT_OF_TOWN];

    (void)state;
    count_streets(OUT_OF_TOWN, cm);
    assert_int_equal(asking_count(&a, "/items"), STATIONS);
    for (int32_t i = 0; i < OUT_OF_TOWN; i++) {
        assert_int_equal(asking_int(&a, at("items", i, "station_id")), 20 + i);
        check_near(asking_number(&a, at("items", i, "length_m")), (double)cm[i] / 100, 1e-9);
        check_near(asking_number(&a, at("items", i, "dark_m")), (double)cm[i] / 100, 1e-9);
        assert_true(asking_number(&a, at("items", i, "longest_gap_m")) > 0);
    }
    assert_string_equal(asking_text(&a, "/items/1/name"), "East");
    assert_string_equal(asking_text(&a, "/items/1/code"), "S21");
    check_near(asking_number(&a, "/items/3/length_m"), 0, 0); /* no street is near it */
}

static void when_a_station_closes_its_streets_are_the_others(void **state)
{
    int64_t cm[OUT_OF_TOWN];

    (void)state;
    database_run(ROOM.d, "UPDATE vigil.station SET valid_to = now() WHERE station_id = 22");
    settle();
    struct asking_answer a = told(1, "/v1/coverage?by=station");

    count_streets(2, cm);
    assert_int_equal(asking_count(&a, "/items"), STATIONS - 1);
    check_near(asking_number(&a, "/items/0/length_m"), (double)cm[0] / 100, 1e-9);
    check_near(asking_number(&a, "/items/1/length_m"), (double)cm[1] / 100, 1e-9);
    database_run(ROOM.d,
                 "UPDATE vigil.station SET geom = 'SRID=4326;POINT(100 30)' WHERE station_id = 21");
    settle();
    a = told(1, "/v1/coverage?station_id=20");
    assert_int_equal(asking_count(&a, "/items"), 1);
    check_near(asking_number(&a, "/items/0/length_m"), 2.0 * (SIDE + 1) * LINE_CM / 100, 1e-9);
    database_run(ROOM.d, "UPDATE vigil.station SET valid_to = now()");
    settle();
    a = told(1, "/v1/coverage?by=station");
    assert_int_equal(asking_count(&a, "/items"), 0);
    a = told(1, "/v1/gaps?limit=1");
    assert_false(asking_has(&a, "/items/0/station_id/0"));
    assert_non_null(strstr(a.body, "\"station_id\":null,\"station\":null"));
}

static void the_streets_of_a_station_are_told_one_by_one(void **state)
{
    const struct asking_answer whole = told(1, "/v1/coverage?station_id=21");
    const double length_m = asking_number(&whole, "/items/0/length_m");
    const struct asking_answer a = told(1, "/v1/coverage?by=street&station_id=21&limit=1000");
    double sum_m = 0;

    (void)state;
    for (int32_t i = 0; i < asking_count(&a, "/items"); i++)
        sum_m += asking_number(&a, at("items", i, "length_m"));
    check_near(sum_m, length_m, 1e-6);
    assert_true(asking_count(&a, "/items") < 2 * SIDE * (SIDE + 1));
}

static void gaps_name_their_station_and_are_found_by_it(void **state)
{
    double sum_m = 0;

    (void)state;
    for (int32_t id = 20; id < 20 + STATIONS; id++) {
        const struct asking_answer a =
            told(1, arena_text(ROOM.d->arena, "/v1/gaps?station_id=%d&limit=1000", id));

        sum_m += asking_number(&a, "/totals/length_m");
        assert_int_equal(asking_count(&a, "/items") > 0, id < 20 + OUT_OF_TOWN);
        for (int32_t i = 0; i < asking_count(&a, "/items"); i++)
            assert_int_equal(asking_int(&a, at("items", i, "station_id")), id);
    }
    check_near(sum_m, 2.0 * (SIDE + 1) * LINE_CM / 100, 1e-6);
    struct asking_answer a =
        told(1, "/v1/gaps?kind=plan&from=2030-01-07T08:00:00Z&to=2030-01-07T11:00:00Z"
                "&station_id=21&format=geojson");

    assert_string_equal(asking_text(&a, "/features/0/properties/station"), "East");
    assert_true(asking_number(&a, "/totals/metre_hours") > 0);
    a = told(1, "/v1/gaps?station_id=21&limit=1");
    const char *next = asking_text(&a, "/next");

    a = ask(1, arena_text(ROOM.d->arena, "/v1/gaps?station_id=20&limit=1&cursor=%s", next));
    asking_expect(&a, 422, NULL); /* it is of another list */
}

static void hours_are_told_by_station(void **state)
{
    const struct asking_answer a =
        told(1, arena_text(ROOM.d->arena, "/v1/coverage/hours?kind=plan&by=station&%s", HOURS));
    double length_m = 0, gap_m_h = 0, whole_m_h = 0;

    (void)state;
    assert_int_equal(asking_count(&a, "/items"), STATIONS);
    for (int32_t i = 0; i < STATIONS; i++) {
        length_m += asking_number(&a, at("items", i, "length_m"));
        gap_m_h += asking_number(&a, at("items", i, "gap_m_h"));
    }
    for (int32_t h = 0; h < 3; h++)
        whole_m_h += asking_number(&a, at("hours", h, "gap_m_h"));
    check_near(length_m, asking_number(&a, "/length_m"), 1e-6);
    check_near(gap_m_h, whole_m_h, 0.1);
    /* Most of what the lookout point sees is of station 20: half of the first hour, all of the
     * second, nothing of the last. */
    check_near(asking_number(&a, "/items/0/shares/0"), asking_number(&a, "/items/0/shares/1") / 2,
               1e-5);
    assert_true(asking_number(&a, "/items/0/shares/1") > 0);
    check_near(asking_number(&a, "/items/0/shares/2"), 0, 0);
    check_near(asking_number(&a, "/items/2/shares/1"), 0, 0);
    assert_non_null(strstr(a.body, "\"share\":null")); /* of the one without streets */
    const struct asking_answer one =
        told(1, arena_text(ROOM.d->arena, "/v1/coverage/hours?kind=plan&station_id=21&%s", HOURS));

    assert_int_equal(asking_count(&one, "/items"), 1);
    assert_int_equal(asking_int(&one, "/items/0/station_id"), 21);
}

static void a_moment_of_the_plan_is_told_by_station(void **state)
{
    const struct asking_answer a =
        told(1, "/v1/coverage?kind=plan&at=2030-01-07T09:00:00Z&by=station");

    (void)state;
    assert_int_equal(asking_count(&a, "/items"), STATIONS);
    /* Half-way between the crossing of the lookout point and the next one station 21 is nearer. */
    assert_true(asking_number(&a, "/items/0/lookout_m") > 150);
    assert_true(asking_number(&a, "/items/1/lookout_m") > 0);
    check_near(asking_number(&a, "/items/2/lookout_m"), 0, 0);
    check_near(asking_number(&a, "/items/0/lookout_m") + asking_number(&a, "/items/1/lookout_m"),
               asking_number(&a, "/city/lookout_m"), 1e-6);
}

static void whoever_does_not_see_a_station_is_not_told_of_it(void **state)
{
    const char *const asked[] = {
        "/v1/coverage?station_id=22",
        "/v1/coverage?by=street&station_id=22",
        "/v1/coverage?kind=plan&at=2030-01-07T09:00:00Z&station_id=22",
        "/v1/gaps?station_id=22",
        "/v1/coverage/hours?kind=plan&station_id=22&from=2030-01-07T00:00:00Z",
        "/v1/coverage?station_id=99",
    };
    struct asking_answer a;

    (void)state;
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        a = ask(2, asked[i]);
        asking_expect(&a, 404, "not_found");
    }
    a = told(2, "/v1/coverage?by=station");
    assert_int_equal(asking_count(&a, "/items"), 0);
    a = told(3, "/v1/coverage?by=station");
    assert_int_equal(asking_count(&a, "/items"), 1);
    /* The county has the streets; the station that is nearest to all of them is another's. */
    database_run(ROOM.d,
                 "UPDATE vigil.org SET area = ST_Multi(ST_MakeEnvelope(116, 39, 117, 40, 4326))"
                 " WHERE org_id = 2");
    settle();
    a = told(2, "/v1/gaps?limit=1000");
    assert_true(asking_count(&a, "/items") > 0);
    assert_null(strstr(a.body, "\"North\""));
    assert_null(strstr(a.body, "\"station_id\":2"));
}

static void of_one_station_nothing_is_told_by_grid(void **state)
{
    const char *const asked[] = {
        "/v1/coverage?by=grid&station_id=20",
        "/v1/coverage?by=city&station_id=20",
        "/v1/coverage/hours?by=org&station_id=20&from=2030-01-07T00:00:00Z",
    };

    (void)state;
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        const struct asking_answer a = ask(1, asked[i]);

        asking_expect(&a, 422, "value_not_allowed");
        assert_non_null(strstr(a.body, "station"));
    }
    const struct asking_answer a = ask(1, "/v1/gaps?station_id=x");

    asking_expect(&a, 422, NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_street_is_of_the_station_nearest_on_foot),
        TEST(when_a_station_closes_its_streets_are_the_others),
        TEST(the_streets_of_a_station_are_told_one_by_one),
        TEST(gaps_name_their_station_and_are_found_by_it),
        TEST(hours_are_told_by_station),
        TEST(a_moment_of_the_plan_is_told_by_station),
        TEST(whoever_does_not_see_a_station_is_not_told_of_it),
        TEST(of_one_station_nothing_is_told_by_grid),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
