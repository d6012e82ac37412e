/* What is said to be wrong with the streets, to whom. */
#include "tests/support/check_near.h"

#include <string.h>

#include "engine/engine.h"
#include "tests/support/asking.h"
#include "tests/support/block.h"
#include "tests/support/database.h"

enum { SIDE = 10, COUNTY = 2, OTHER_COUNTY = 3 };

static struct asking_room ROOM;

/* Junctions are numbered row by row from the south-west, 11 a row. Cars come to the corner
 * 0 by 11, where something lets everybody through, and not away from it; a bollard at 1 keeps
 * them from the street between. To the street from 60 to 61 they cannot come either. One
 * street has a limit that is none. */
static const char TROUBLES[] =
    "UPDATE vigil.segment SET access = 15 | 32 WHERE valid_to IS NULL AND from_node = 0;"
    "UPDATE vigil.segment SET access = 15 WHERE valid_to IS NULL"
    " AND (from_node IN (60, 61) OR to_node IN (60, 61)) AND NOT (from_node = 60 AND to_node = 61);"
    "UPDATE vigil.segment SET maxspeed_kmh = 120"
    " WHERE valid_to IS NULL AND from_node = 100 AND to_node = 101;"
    "INSERT INTO vigil.barrier (node_id, kind, tags, geom, import_id)"
    " SELECT node_id, kind, jsonb_build_object('barrier', kind),"
    " ST_SetSRID(ST_MakePoint(116.391, 39.9), 4326), import_id"
    " FROM vigil.import, (VALUES (1, 'bollard'), (11, 'entrance')) AS b (node_id, kind)"
    " WHERE current;"
    "INSERT INTO vigil.org (org_id, parent_id, kind, code, name) VALUES"
    " (2, 1, 'county', '320301', 'Two'), (3, 1, 'county', '320302', 'Three');"
    "INSERT INTO vigil.station (station_id, code, name, address, opening_hours, phone, geom, "
    "org_id)"
    " SELECT i, 'S' || i, 'Station ' || i, '', '', '', ST_SetSRID(ST_MakePoint(x, y), 4326), o"
    " FROM (VALUES (1, 116.3955, 39.905, 2), (2, 116.3955, 39.907, 2), (3, 117.5, 39.9, 3)) AS s "
    "(i, x, y, o);"
    "INSERT INTO vigil.lookout_point (lookout_point_id, code, name, state, hours, geom, org_id)"
    " VALUES (9, 'L', 'Lookout', 'active', '', ST_SetSRID(ST_MakePoint(116.39, 39.9), 4326), 2)";

static int set_up(void **state)
{
    struct fail f = { 0 };

    if (asking_open_room(&ROOM, state))
        return -1;
    block_import(ROOM.d, SIDE, BLOCK_BEIJING);
    if (!db_script(ROOM.d->db, TROUBLES, &f) || !engine_follow(asking_engine(ROOM.asking), &f))
        fail_msg("%s", f.text);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return asking_close_room(&ROOM);
}

static struct asking_answer report(enum role role, int64_t org_id, const char *target)
{
    asking_as(ROOM.worker, role, org_id, 0);
    return asking_send(ROOM.worker, "GET", target, NULL, NULL);
}

static void what_does_not_hang_together_is_told_by_mode(void **state)
{
    struct asking_answer a = report(ROLE_PLANNER, 1, "/v1/network/report");

    (void)state;
    asking_expect(&a, 200, NULL);
    assert_int_equal(asking_int(&a, "/segment_count"), 2 * SIDE * (SIDE + 1));
    assert_string_equal(asking_text(&a, "/modes/0/mode"), "foot");
    assert_int_equal(asking_int(&a, "/modes/0/strong_count"), 1);
    assert_int_equal(asking_count(&a, "/modes/0/patches"), 0);
    assert_string_equal(asking_text(&a, "/modes/2/mode"), "car");
    assert_int_equal(asking_int(&a, "/modes/2/weak_count"), 2);
    assert_int_equal(asking_int(&a, "/modes/2/trap/segment_count"), 1);
    check_near(asking_number(&a, "/modes/2/trap/length_m"), 100, 0);
    assert_int_equal(asking_int(&a, "/modes/2/island/patch_count"), 2);
    assert_int_equal(asking_count(&a, "/modes/2/patches"), 3);
    assert_string_equal(asking_text(&a, "/modes/2/patches/0/standing"), "island");
    assert_string_equal(asking_text(&a, "/modes/2/patches/0/class"), "residential");
    assert_string_equal(asking_text(&a, "/modes/2/patches/1/standing"), "island");
    check_near(asking_number(&a, "/modes/2/patches/1/place/lat"), 39.905, 1e-7);
    assert_string_equal(asking_text(&a, "/modes/2/patches/2/standing"), "trap");
}

static void the_barrier_that_cuts_is_named(void **state)
{
    struct asking_answer a = report(ROLE_AUDITOR, 1, "/v1/network/report");

    (void)state;
    asking_expect(&a, 200, NULL);
    assert_int_equal(asking_int(&a, "/barrier_count"), 1);
    assert_int_equal(asking_int(&a, "/barriers/0/node_id"), 1);
    assert_string_equal(asking_text(&a, "/barriers/0/kind"), "bollard");
    assert_string_equal(asking_text(&a, "/barriers/0/mode"), "car");
    assert_string_equal(asking_text(&a, "/barriers/0/standing"), "island");
}

/* Blocks are said to be 100 m long and drawn shorter or longer. */
static void what_the_map_has_wrong_is_told(void **state)
{
    struct asking_answer a = report(ROLE_ADMIN, 1, "/v1/network/report?limit=1000");
    int32_t fast = 0;

    (void)state;
    asking_expect(&a, 200, NULL);
    assert_int_equal(asking_int(&a, "/odd_counts/fast"), 1);
    assert_int_equal(asking_int(&a, "/odd_counts/drawn"), 2 * SIDE * (SIDE + 1));
    assert_int_equal(asking_count(&a, "/odd"), 2 * SIDE * (SIDE + 1) + 1);
    for (int32_t i = 0; i < asking_count(&a, "/odd"); i++) {
        const char *at = arena_text(ROOM.d->arena, "/odd/%d", i);

        if (strcmp(asking_text(&a, arena_text(ROOM.d->arena, "%s/why", at)), "fast") != 0)
            continue;
        check_near(asking_number(&a, arena_text(ROOM.d->arena, "%s/limit_kmh", at)), 120, 0);
        fast++;
    }
    assert_int_equal(fast, 1);
}

/* A station on the street that cars cannot come to; one beside the city; and a lookout
 * point in the corner. Walkers come to all but the one that is far from any street. */
static void places_that_are_cut_off_are_told_to_those_whose_they_are(void **state)
{
    struct asking_answer a = report(ROLE_ADMIN, 1, "/v1/network/report");

    (void)state;
    asking_expect(&a, 200, NULL);
    assert_int_equal(asking_int(&a, "/places_looked_at"), 4);
    assert_int_equal(asking_int(&a, "/place_count"), 5);
    assert_string_equal(asking_text(&a, "/places/0/kind"), "station");
    assert_int_equal(asking_int(&a, "/places/0/id"), 1);
    assert_string_equal(asking_text(&a, "/places/0/mode"), "car");
    assert_string_equal(asking_text(&a, "/places/0/standing"), "island");
    assert_int_equal(asking_int(&a, "/places/1/id"), 3);
    assert_string_equal(asking_text(&a, "/places/1/standing"), "nowhere");
    assert_string_equal(asking_text(&a, "/places/4/kind"), "lookout_point");
    assert_string_equal(asking_text(&a, "/places/4/standing"), "island");
    a = report(ROLE_MANAGER, OTHER_COUNTY, "/v1/network/report");
    asking_expect(&a, 200, NULL);
    assert_int_equal(asking_int(&a, "/places_looked_at"), 1);
    assert_int_equal(asking_int(&a, "/place_count"), 3);
    a = report(ROLE_MANAGER, COUNTY, "/v1/network/report");
    assert_int_equal(asking_int(&a, "/place_count"), 2);
}

static void findings_are_counted_beyond_those_that_are_listed(void **state)
{
    struct asking_answer a = report(ROLE_ADMIN, 1, "/v1/network/report?limit=1");

    (void)state;
    asking_expect(&a, 200, NULL);
    assert_int_equal(asking_int(&a, "/place_count"), 5);
    assert_int_equal(asking_count(&a, "/places"), 1);
    assert_int_equal(asking_count(&a, "/modes/2/patches"), 1);
    a = report(ROLE_ADMIN, 1, "/v1/network/report?limit=1001");
    asking_expect(&a, 422, "query_out_of_range");
    a = report(ROLE_ADMIN, 1, "/v1/network/report?limit=0");
    asking_expect(&a, 422, "query_out_of_range");
}

static void it_is_for_the_staff(void **state)
{
    struct asking_answer a = report(ROLE_GATEWAY, 1, "/v1/network/report");

    (void)state;
    asking_expect(&a, 403, NULL);
    a = report(ROLE_PARTNER, 1, "/v1/network/report");
    asking_expect(&a, 403, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_does_not_hang_together_is_told_by_mode),
        cmocka_unit_test(the_barrier_that_cuts_is_named),
        cmocka_unit_test(what_the_map_has_wrong_is_told),
        cmocka_unit_test(places_that_are_cut_off_are_told_to_those_whose_they_are),
        cmocka_unit_test(findings_are_counted_beyond_those_that_are_listed),
        cmocka_unit_test(it_is_for_the_staff),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
