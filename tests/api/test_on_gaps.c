/* Who could take a gap of a plan, and what would close it. */
#include "tests/support/check_near.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "engine/coverage.h"
#include "engine/csv.h"
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

static int set_up(void **state)
{
    return asking_open_blocks(&ROOM, state, SIDE, CITY);
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
    database_run(ROOM.d, "UPDATE vigil.squad SET station_id = NULL");
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

static struct asking_answer file_of(const char *query, int32_t status)
{
    asking_as(ROOM.worker, ROLE_PLANNER, 1, 0);
    const struct asking_answer a = asking_send(
        ROOM.worker, "GET",
        arena_text(ROOM.d->arena,
                   "/v1/gaps?kind=plan&from=2030-01-07T00:00:00Z&to=2030-01-07T04:00:00Z&%s",
                   query),
        NULL, NULL);

    asking_expect(&a, status, NULL);
    return a;
}

/* The sum of a column, which is found by its name. */
static double sum_of(const struct csv *c, const char *name)
{
    double sum = 0;
    int32_t at = 0;

    while (at < c->header.count && strcmp(c->header.cells[at], name) != 0)
        at++;
    assert_true(at < c->header.count);
    for (int32_t i = 0; i < c->row_count; i++)
        sum += strtod(c->rows[i].cells[at], NULL);
    return sum;
}

static void as_a_table_there_are_all_of_them(void **state)
{
    struct asking_answer a = file_of("limit=1", 200);
    const double metre_hours = asking_number(&a, "/totals/metre_hours");
    const double length_m = asking_number(&a, "/totals/length_m");
    const int64_t count = asking_int(&a, "/totals/count");
    struct fail f = { 0 };
    struct csv c;

    (void)state;
    database_run(ROOM.d, "UPDATE vigil.squad SET name = '=cmd|calc' WHERE squad_id = 50");
    a = file_of("format=csv", 200);
    assert_string_equal(a.type, "text/csv; charset=utf-8");
    assert_string_equal(asking_header(&a, "Content-Disposition"),
                        "attachment; filename=\"gaps.csv\"");
    assert_null(asking_header(&a, "Vigil-Next"));
    assert_memory_equal(a.body, "\xEF\xBB\xBFgap_id,segment_id,street,", 28);
    assert_non_null(strstr(a.body, ",\"'=cmd|calc\",")); /* no formula */
    assert_non_null(strstr(a.body, "\"LINESTRING (116.3"));
    assert_true(csv_read(a.body, a.size, ROOM.d->arena, &c, &f));
    assert_int_equal(c.row_count, count);
    check_near(sum_of(&c, "length_m"), length_m, 0.01);
    check_near(sum_of(&c, "metre_hours"), metre_hours, 0.5);
    a = file_of("format=csv&limit=3", 200);
    const char *next =
        arena_text(ROOM.d->arena, "format=csv&cursor=%s", asking_header(&a, "Vigil-Next"));

    a = file_of(next, 200);
    assert_true(csv_read(a.body, a.size, ROOM.d->arena, &c, &f));
    assert_int_equal(c.row_count, count - 3);
}

static void as_a_geopackage_too(void **state)
{
    struct asking_answer a = file_of("limit=1", 200);
    const double length_m = asking_number(&a, "/totals/length_m");
    const int64_t count = asking_int(&a, "/totals/count");
    sqlite3_stmt *s;
    sqlite3 *db;

    (void)state;
    a = file_of("format=gpkg", 200);
    assert_string_equal(a.type, "application/geopackage+sqlite3");
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    assert_int_equal(sqlite3_deserialize(
                         db, "main", (unsigned char *)arena_copy(ROOM.d->arena, a.body, a.size),
                         (sqlite3_int64)a.size, (sqlite3_int64)a.size, SQLITE_DESERIALIZE_READONLY),
                     SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db,
                                        "SELECT count(*), sum(length_m), min(squad_id), min(fix), "
                                        "max(hours) FROM gaps",
                                        -1, &s, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int64(s, 0), count);
    check_near(sqlite3_column_double(s, 1), length_m, 0.01);
    assert_int_equal(sqlite3_column_int64(s, 2), 50);
    assert_non_null(sqlite3_column_text(s, 3));
    check_near(sqlite3_column_double(s, 4), 4, 0);
    sqlite3_finalize(s);
    sqlite3_close(db);
}

static void what_a_file_cannot_be_is_refused(void **state)
{
    (void)state;
    struct asking_answer a = file_of("format=xlsx", 422);

    assert_string_equal(asking_text(&a, "/pointer"), "/format");
    a = file_of("format=gpkg&frame=gcj02", 422);
    assert_string_equal(asking_text(&a, "/pointer"), "/frame");
    a = file_of("format=json&limit=1001", 422);
    assert_string_equal(asking_text(&a, "/code"), "query_out_of_range");
    file_of("format=csv&limit=100001", 422);
    file_of("format=geojson&limit=1001", 200);
}

/* Lookout point 7 is there for two of the four hours, and a house hides a part of what it
 * would see. */
static const char SHIFT[] =
    "INSERT INTO osm.building (osm_id, kind, geom) VALUES (1, 'yes',"
    " ST_Multi(ST_MakeEnvelope(116.39215, 39.9018, 116.39225, 39.9022, 4326)));"
    "UPDATE vigil.lookout_point SET reach_m = 170, version = version + 1;"
    "INSERT INTO vigil.shift (shift_id, org_id, day, name, lookout_point_id, during, cutoff_at, "
    "joins, approval, radius_m) VALUES (800, 1, '2030-01-07', 'Shift', 7, '[2030-01-07 "
    "01:00Z,2030-01-07 03:00Z)', '2030-01-07 00:00Z', 'members', false, 100)";

static void a_plan_is_verified_by_geos(void **state)
{
    (void)state;
    database_run(ROOM.d, SHIFT);
    assert_true(terrain_settle(engine_terrain(asking_engine(ROOM.asking))));
    assert_true(database_int(ROOM.d, "SELECT sum(to_cm - from_cm) FROM vigil.lookout_view WHERE "
                                     "is_blocked") > 2000);
    struct asking_answer a = file_of("verify=geos&limit=1", 200);

    assert_string_equal(asking_text(&a, "/verified/by"), "geos");
    assert_int_equal(asking_int(&a, "/verified/segments"), 2 * SIDE * (SIDE + 1));
    assert_int_equal(asking_int(&a, "/verified/lookout_points"), 1);
    check_near(asking_number(&a, "/verified/list_m"), asking_number(&a, "/totals/length_m"), 1e-3);
    check_near(asking_number(&a, "/verified/geos_m"), asking_number(&a, "/totals/length_m"), 1e-3);
    assert_true(asking_number(&a, "/totals/metre_hours") <
                4 * asking_number(&a, "/totals/length_m"));
    assert_true(asking_number(&a, "/verified/difference_m") < 0.1);
    assert_true(asking_number(&a, "/verified/difference_metre_hours") < 0.2);
    asking_as(ROOM.worker, ROLE_PLANNER, 3, 0); /* whose lookout point it is not */
    a = asking_send(
        ROOM.worker, "GET",
        "/v1/gaps?kind=plan&from=2030-01-07T00:00:00Z&to=2030-01-07T04:00:00Z&verify=geos", NULL,
        NULL);
    asking_expect(&a, 200, NULL);
    assert_int_equal(asking_int(&a, "/verified/lookout_points"), 0);
    assert_true(asking_number(&a, "/verified/difference_m") < 0.1);
    a = file_of("verify=geos&street=Row%202", 200); /* some of the streets */
    assert_int_equal(asking_int(&a, "/verified/segments"), SIDE);
    assert_true(asking_number(&a, "/verified/difference_m") < 0.1);
}

/* What is kept of a view is made to say less than it saw: three streets by five metres. */
static void a_list_from_a_view_that_was_tampered_with_is_found_out(void **state)
{
    (void)state;
    database_run(ROOM.d, SHIFT);
    assert_true(terrain_settle(engine_terrain(asking_engine(ROOM.asking))));
    database_run(
        ROOM.d,
        "UPDATE vigil.lookout_view SET to_cm = to_cm - 500 WHERE (segment_id, from_cm) IN (SELECT "
        "segment_id, from_cm FROM vigil.lookout_view WHERE NOT is_blocked AND to_cm - from_cm > "
        "1000 "
        "ORDER BY segment_id LIMIT 3);"
        "UPDATE vigil.lookout_point SET name = 'Once more', version = version + 1");
    assert_true(terrain_settle(engine_terrain(asking_engine(ROOM.asking))));
    const struct asking_answer a = file_of("verify=geos", 200);

    check_near(asking_number(&a, "/verified/difference_m"), 15, 0.1);
    check_near(asking_number(&a, "/verified/difference_metre_hours"), 30, 0.2);
    check_near(asking_number(&a, "/verified/worst/difference_m"), 5, 0.05);
}

static void what_is_so_now_is_verified_by_geos(void **state)
{
    (void)state;
    database_run(
        ROOM.d,
        "UPDATE vigil.lookout_point SET reach_m = 130, version = version + 1;"
        "INSERT INTO vigil.person (person_id, display_name, org_id) VALUES (101, 'P', 1);"
        "INSERT INTO vigil.shift (shift_id, org_id, day, name, lookout_point_id, during, "
        "cutoff_at, "
        "joins, approval, radius_m) VALUES (801, 1, current_date, 'S', 7, tstzrange(now() - "
        "interval "
        "'1 hour', now() + interval '5 hours'), now() - interval '2 hours', 'assigned', false, "
        "100);"
        "INSERT INTO vigil.shift_need (shift_id, role, org_id, min_count, max_count) VALUES (801, "
        "'watch', 1, 1, 4);"
        "INSERT INTO vigil.signup (signup_id, org_id, shift_id, person_id, role, during, state) "
        "VALUES (802, 1, 801, 101, 'watch', tstzrange(now(), now()), 'checked_in')");
    asking_as(ROOM.worker, ROLE_PLANNER, 1, 0);
    assert_true(terrain_settle(engine_terrain(asking_engine(ROOM.asking))));
    assert_true(coverage_settle(engine_coverage(asking_engine(ROOM.asking))));
    const struct asking_answer a =
        asking_send(ROOM.worker, "GET", "/v1/gaps?class=unwatched&verify=geos", NULL, NULL);

    asking_expect(&a, 200, NULL);
    assert_int_equal(asking_int(&a, "/verified/lookout_points"), 1);
    assert_true(asking_number(&a, "/totals/length_m") < 4000 - 4 * 100);
    assert_true(asking_number(&a, "/verified/difference_m") < 0.1);
    check_near(asking_number(&a, "/verified/list_m"), asking_number(&a, "/totals/length_m"), 1e-3);
    check_near(asking_number(&a, "/verified/geos_m"), asking_number(&a, "/totals/length_m"), 0.1);
}

static void what_cannot_be_verified_is_refused(void **state)
{
    (void)state;
    struct asking_answer a = file_of("verify=geos&bbox=116,39,117,40", 422);

    assert_string_equal(asking_text(&a, "/pointer"), "/bbox");
    a = file_of("verify=geos&format=csv", 422);
    assert_string_equal(asking_text(&a, "/pointer"), "/format");
    a = file_of("verify=postgis", 422);
    assert_string_equal(asking_text(&a, "/pointer"), "/verify");
    a = file_of("verify=none", 200);
    assert_false(asking_has(&a, "/verified"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_nearest_squad_is_the_one_that_walks_least),
        TEST(the_squads_of_others_are_not_told),
        TEST(the_fix_is_what_gains_most_by_the_minute),
        TEST(as_a_table_there_are_all_of_them),
        TEST(as_a_geopackage_too),
        TEST(what_a_file_cannot_be_is_refused),
        TEST(a_plan_is_verified_by_geos),
        TEST(a_list_from_a_view_that_was_tampered_with_is_found_out),
        TEST(what_is_so_now_is_verified_by_geos),
        TEST(what_cannot_be_verified_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
