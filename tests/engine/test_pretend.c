/* Made-up places: spread over the streets, the same for the same seed, and added
 * once. The town is a lattice of streets of 15 by 15 junctions. */
#include "tests/support/check_near.h"

#include <string.h>

#include "engine/pretend.h"
#include "tests/support/database.h"

static const char STREETS[] =
    "WITH i AS (INSERT INTO vigil.import (file_name, file_sha256, city_name, attribution, current) "
    "VALUES ('f', 's', 'Town', 'a', true) RETURNING import_id), "
    "node AS (SELECT x * 100 + y AS id, x, y, ST_SetSRID(ST_MakePoint(117 + x * 0.005, "
    "34 + y * 0.005), 4326) AS at FROM generate_series(0, 14) x, generate_series(0, 14) y), "
    "made AS (INSERT INTO vigil.segment (way_id, from_node, to_node, ordinal, start_cm, length_cm, "
    "class, access, name, name_zh, name_en, geom, import_id) "
    "SELECT a.id, a.id, b.id, 0, 0, 50000, 5, 63, "
    "CASE WHEN a.y = 0 THEN '' WHEN a.y = 1 THEN repeat('长', 30) ELSE '第' || a.y || '路' END, "
    "CASE WHEN a.y = 2 THEN '第二路' ELSE '' END, CASE WHEN a.y = 2 THEN 'Second Road' ELSE '' "
    "END, "
    "ST_MakeLine(a.at, b.at), (SELECT import_id FROM i) "
    "FROM node a JOIN node b ON (b.x = a.x + 1 AND b.y = a.y) OR (b.x = a.x AND b.y = a.y + 1) "
    "RETURNING 1) SELECT count(*) FROM made";

static bool make(struct database *d, const struct pretend_wish *wish, struct pretend_report *report,
                 struct fail *f)
{
    struct ids *ids = ids_new();
    const bool ok = pretend_city(d->db, ids, wish, report, f);

    ids_free(ids);
    return ok;
}

static void without_streets_there_is_nothing_to_make(void **state)
{
    const struct pretend_wish wish = { .station_count = 1 };
    struct pretend_report report = { -1, -1, -1 };
    struct fail f = { 0 };

    assert_false(make(*state, &wish, &report, &f));
    assert_int_equal(f.code, CODE_NO_CITY_YET);
    assert_int_equal(report.station_count, -1);
}

static void places_are_made_once_and_stand_on_junctions(void **state)
{
    struct database *d = *state;
    const struct pretend_wish wish = {
        .station_count = 10,
        .lookout_count = 30,
        .grid_side_m = 1000,
        .grid_kind = GRID_KIND_HEXAGON,
        .seed = 5,
    };
    struct pretend_report report;
    struct fail f = { 0 };

    database_text(d, STREETS);
    assert_true(make(d, &wish, &report, &f));
    assert_int_equal(report.station_count, 10);
    assert_int_equal(report.lookout_count, 30);
    assert_true(report.grid_count > 10);
    assert_int_equal(database_int(d,
                                  "SELECT count(*) FROM vigil.station s WHERE EXISTS (SELECT 1 "
                                  "FROM vigil.segment g WHERE ST_DWithin(g.geom, s.geom, 1e-9))"),
                     10);
    /* They are spread: no two within 800 m in a town of seven kilometres. */
    assert_int_equal(
        database_int(d, "SELECT count(*) FROM vigil.station a JOIN vigil.station b ON a.station_id "
                        "< b.station_id AND ST_DistanceSphere(a.geom, b.geom) < 800"),
        0);
    assert_int_equal(database_int(d, "SELECT count(*) FROM vigil.layer_version WHERE layer IN "
                                     "('stations', 'lookouts', 'grids') AND version = 2"),
                     3);
    assert_true(make(d, &wish, &report, &f));
    assert_int_equal(report.station_count + report.lookout_count + report.grid_count, 0);
    assert_int_equal(database_int(d, "SELECT max(version) FROM vigil.layer_version"), 2);
}

static void names_are_in_both_languages_and_never_cut(void **state)
{
    struct database *d = *state;
    const struct pretend_wish wish = { .lookout_count = 225, .seed = 1 };
    struct pretend_report report;
    struct fail f = { 0 };

    database_text(d, STREETS);
    assert_true(make(d, &wish, &report, &f));
    assert_true(report.lookout_count > 200);
    assert_true(database_int(d, "SELECT count(*) FROM vigil.lookout_point WHERE name = "
                                "'第二路瞭望点 Second Road Lookout'") > 0);
    assert_true(database_int(d, "SELECT count(*) FROM vigil.lookout_point WHERE name ~ "
                                "'^第3路瞭望点 [0-9]+$'") > 0);
    assert_int_equal(
        database_int(d, "SELECT count(*) FROM vigil.lookout_point WHERE name LIKE '%长%'"), 0);
}

static void the_same_seed_makes_the_same_places_and_another_makes_others(void **state)
{
    static const char SUM[] = "SELECT md5(string_agg(code || ST_AsText(geom), ',' ORDER BY code)) "
                              "FROM vigil.station";
    struct database *d = *state;
    struct pretend_wish wish = { .station_count = 12, .seed = 7 };
    struct pretend_report report;
    struct fail f = { 0 };
    const char *sums[3];

    database_text(d, STREETS);
    for (int32_t i = 0; i < 3; i++) {
        wish.seed = i < 2 ? 7 : 8;
        assert_true(make(d, &wish, &report, &f));
        sums[i] = database_text(d, SUM);
        database_int(d, "WITH gone AS (DELETE FROM vigil.station RETURNING 1) SELECT count(*) FROM "
                        "gone");
    }
    assert_string_equal(sums[0], sums[1]);
    assert_string_not_equal(sums[0], sums[2]);
}

static void a_failure_makes_nothing(void **state)
{
    struct database *d = *state;
    const struct pretend_wish wish = { .station_count = 3, .grid_side_m = 1 };
    struct pretend_report report;
    struct fail f = { 0 };

    database_text(d, STREETS);
    assert_false(make(d, &wish, &report, &f));
    assert_int_equal(f.code, CODE_VALUE_OUT_OF_RANGE);
    assert_int_equal(database_int(d, "SELECT count(*) FROM vigil.station"), 0);
}

#define WITH_DATABASE(test) cmocka_unit_test_setup_teardown(test, database_setup, database_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_DATABASE(without_streets_there_is_nothing_to_make),
        WITH_DATABASE(places_are_made_once_and_stand_on_junctions),
        WITH_DATABASE(names_are_in_both_languages_and_never_cut),
        WITH_DATABASE(the_same_seed_makes_the_same_places_and_another_makes_others),
        WITH_DATABASE(a_failure_makes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
