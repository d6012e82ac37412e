/* Fences over HTTP: what goes together, who may, and what came of it. */
#include "tests/support/check_near.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/clock.h"
#include "engine/engine.h"
#include "engine/fences.h"
#include "geo/instant.h"
#include "tests/support/asking.h"
#include "tests/support/database.h"

static struct asking_room ROOM;

/* The county (2) with a township (3), and their neighbour (4). */
static const char CITY[] =
    "INSERT INTO vigil.org (org_id, parent_id, kind, code, name) VALUES"
    " (2, 1, 'county', 'C', 'County'), (3, 2, 'township', 'T', 'Township'),"
    " (4, 1, 'county', 'N', 'Neighbour');"
    "INSERT INTO vigil.person (person_id, display_name, org_id, location_consent, on_duty) VALUES"
    " (11, 'Ada', 3, true, true), (14, 'Dan', 4, true, true);"
    "INSERT INTO vigil.squad (squad_id, org_id, kind, code, name) VALUES (6, 3, 'squad', 'S', "
    "'Squad');"
    "INSERT INTO vigil.lookout_point (lookout_point_id, org_id, code, name, reach_m, geom)"
    " VALUES (5, 3, 'L5', '云龙瞭望点', 250, ST_SetSRID(ST_MakePoint(117.185, 34.261), 4326)),"
    " (8, 4, 'L8', 'Theirs', 5, ST_SetSRID(ST_MakePoint(117.3, 34.261), 4326));"
    "INSERT INTO vigil.grid (grid_id, org_id, code, profile, kind, geom) VALUES (7, 3, 'G', 'free',"
    " 'square', ST_Multi(ST_MakeEnvelope(117.18, 34.26, 117.19, 34.27, 4326)));"
    "INSERT INTO vigil.incident (incident_id, org_id, type, priority, geom)"
    " VALUES (9, 3, 'help', 3, ST_SetSRID(ST_MakePoint(117.185, 34.261), 4326));";

static int set_up(void **state)
{
    struct fail f = { 0 };

    if (asking_open_room(&ROOM, state))
        return -1;
    if (!db_script(ROOM.d->db, CITY, &f) || !engine_follow(asking_engine(ROOM.asking), &f))
        fail_msg("%s: %s", fail_word(f.code), f.text);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return asking_close_room(&ROOM);
}

static struct asking_answer create_as(enum role role, int64_t org_id, const char *body)
{
    asking_as(ROOM.worker, role, org_id, 0);
    return asking_send(ROOM.worker, "POST", "/v1/fences", asking_fresh_key(&ROOM), body);
}

static struct asking_answer create(const char *body)
{
    return create_as(ROLE_MANAGER, 2, body);
}

static struct asking_answer get(const char *target)
{
    return asking_send(ROOM.worker, "GET", target, NULL, NULL);
}

/* ------------------------------------------------------------------ making */

static void a_fence_takes_the_shape_of_what_it_is_around(void **state)
{
    struct asking_answer a =
        create("{\"org_id\":3,\"name\":\"On "
               "post\",\"lookout_point_id\":5,\"kinds\":[\"enter\",\"absent\"]}");

    (void)state;
    asking_expect(&a, 201, NULL);
    check_near(asking_number(&a, "/place/lon"), 117.185, 1e-7);
    assert_int_equal(asking_int(&a, "/radius_m"), 250);
    assert_int_equal(asking_int(&a, "/margin_m"), 10);
    assert_int_equal(asking_int(&a, "/grace_s"), 300);
    assert_int_equal(asking_int(&a, "/inside"), 0);
    assert_string_equal(asking_text(&a, "/whom"), "everyone");
    assert_string_equal(asking_text(&a, "/kinds/1"), "absent");
    assert_non_null(asking_header(&a, "Location"));

    a = create("{\"name\":\"Grid\",\"grid_id\":7,\"kinds\":[\"leave\"]}");
    asking_expect(&a, 201, NULL);
    assert_int_equal(asking_int(&a, "/org_id"), 2);
    assert_string_equal(asking_text(&a, "/area/type"), "MultiPolygon");
    assert_string_equal(asking_text(&a, "/area/frame"), "wgs84");
    assert_false(asking_has(&a, "/place/lon"));

    a = create(
        "{\"name\":\"Scene\",\"incident_id\":9,\"kinds\":[\"enter\",\"dwell\"],\"dwell_s\":20}");
    asking_expect(&a, 201, NULL);
    assert_int_equal(asking_int(&a, "/radius_m"), 50);
    assert_int_equal(asking_int(&a, "/dwell_s"), 20);
    assert_string_equal(asking_text(&a, "/whom"), "dispatched");
}

static void a_free_fence_is_kept_in_one_frame(void **state)
{
    struct asking_answer a = create(
        "{\"name\":\"Square\",\"place\":{\"lon\":117.190773,\"lat\":34.259778,\"frame\":"
        "\"gcj02\"},\"radius_m\":80,\"kinds\":[\"enter\"],\"whom\":\"squad\",\"squad_id\":6}");

    (void)state;
    asking_expect(&a, 201, NULL);
    check_near(asking_number(&a, "/place/lon"), 117.185, 2e-6);
    check_near(asking_number(&a, "/place/lat"), 34.261, 2e-6);
    assert_int_equal(asking_int(&a, "/squad_id"), 6);

    a = create(
        "{\"name\":\"Park\",\"area\":{\"frame\":\"wgs84\",\"type\":\"Polygon\",\"coordinates\":"
        "[[[117.18,34.26],[117.19,34.26],[117.19,34.27],[117.18,34.26]]]},\"kinds\":[\"enter\"]}");
    asking_expect(&a, 201, NULL);
    assert_string_equal(asking_text(&a, "/area/type"), "MultiPolygon");
    assert_false(asking_has(&a, "/radius_m") && asking_int(&a, "/radius_m") > 0);
}

static void what_does_not_go_together_is_refused(void **state)
{
    static const struct {
        const char *body, *code, *pointer;
    } BAD[] = {
        { "{\"name\":\"x\",\"kinds\":[\"enter\"]}", "value_not_allowed", "" },
        { "{\"name\":\"x\",\"kinds\":[\"enter\"],\"lookout_point_id\":5,\"grid_id\":7}",
          "value_not_allowed", "" },
        { "{\"name\":\"x\",\"kinds\":[\"enter\"],\"grid_id\":7,\"radius_m\":50}",
          "value_not_allowed", "/radius_m" },
        { "{\"name\":\"x\",\"kinds\":[\"enter\"],\"place\":{\"lon\":117,\"lat\":34,\"frame\":"
          "\"wgs84\"}}",
          "key_missing", "/radius_m" },
        { "{\"name\":\"x\",\"kinds\":[\"dwell\"],\"grid_id\":7}", "key_missing", "/dwell_s" },
        { "{\"name\":\"x\",\"kinds\":[\"enter\"],\"grid_id\":7,\"dwell_s\":60}",
          "value_not_allowed", "/dwell_s" },
        { "{\"name\":\"x\",\"kinds\":[\"absent\"],\"grid_id\":7}", "value_not_allowed", "/kinds" },
        { "{\"name\":\"x\",\"kinds\":[],\"grid_id\":7}", NULL, "/kinds" },
        { "{\"name\":\"x\",\"kinds\":[\"fly\"],\"grid_id\":7}", NULL, "/kinds/0" },
        { "{\"name\":\"x\",\"kinds\":[\"enter\"],\"grid_id\":7,\"whom\":\"squad\"}",
          "value_not_allowed", "/squad_id" },
        { "{\"name\":\"x\",\"kinds\":[\"enter\"],\"grid_id\":7,\"squad_id\":6}",
          "value_not_allowed", "/squad_id" },
        { "{\"name\":\"x\",\"kinds\":[\"enter\"],\"grid_id\":7,\"whom\":\"rostered\"}",
          "value_not_allowed", "/whom" },
        { "{\"name\":\"x\",\"kinds\":[\"enter\"],\"grid_id\":7,\"whom\":\"dispatched\"}",
          "value_not_allowed", "/whom" },
        { "{\"name\":\"x\",\"kinds\":[\"enter\"],\"grid_id\":70}", "reference_unknown",
          "/grid_id" },
        { "{\"name\":\"x\",\"kinds\":[\"enter\"],\"lookout_point_id\":8}", "reference_unknown",
          "/lookout_point_id" }, /* the neighbour's */
        { "{\"name\":\"x\",\"kinds\":[\"enter\"],\"grid_id\":7,\"org_id\":4}", "reference_unknown",
          "/org_id" },
        { "{\"name\":\"x\",\"kinds\":[\"enter\"],\"area\":{\"frame\":\"wgs84\",\"type\":"
          "\"Polygon\","
          "\"coordinates\":[[[117,34],[118,35],[118,34],[117,35],[117,34]]]}}",
          "shape_invalid", "/area" },
        { "{\"name\":\"x\",\"kinds\":[\"enter\"],\"grid_id\":7,\"colour\":\"red\"}", "key_unknown",
          NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        const struct asking_answer a = create(BAD[i].body);

        asking_expect(&a, 422, BAD[i].code);
        if (BAD[i].pointer && BAD[i].pointer[0])
            assert_string_equal(asking_text(&a, "/pointer"), BAD[i].pointer);
    }
    assert_int_equal(database_int(ROOM.d, "SELECT count(*) FROM vigil.fence"), 0);
}

static void a_city_has_room_for_so_many(void **state)
{
    struct fail f = { 0 };

    (void)state;
    assert_true(db_script(
        ROOM.d->db,
        arena_text(
            ROOM.d->arena,
            "INSERT INTO vigil.fence (fence_id, org_id, name, geom, radius_m, margin_m, whom,"
            " kinds, grace_s) SELECT 100000 + i, 4, 'x', ST_SetSRID(ST_MakePoint(117, 34), 4326),"
            " 100, 10, 'everyone', '{enter}', 0 FROM generate_series(1, %d) i",
            FENCES_MAX),
        &f));
    const struct asking_answer a = create("{\"name\":\"x\",\"grid_id\":7,\"kinds\":[\"enter\"]}");

    asking_expect(&a, 409, "fences_too_many");
}

/* ------------------------------------------------------------------ changing */

static void a_change_needs_the_version_and_keeps_the_rest(void **state)
{
    const char *path;
    struct asking_answer a =
        create("{\"name\":\"Grid\",\"grid_id\":7,\"kinds\":[\"dwell\"],\"dwell_s\":60}");

    (void)state;
    path = arena_text(ROOM.d->arena, "%s", asking_header(&a, "Location"));
    a = asking_send(ROOM.worker, "PATCH", path, NULL, "{\"name\":\"Other\"}");
    asking_expect(&a, 412, "version_missing");
    a = asking_send(ROOM.worker, "PATCH", path, "If-Match: \"1\"", "{\"name\":\"Other\"}");
    asking_expect(&a, 200, NULL);
    assert_string_equal(asking_text(&a, "/name"), "Other");
    assert_int_equal(asking_int(&a, "/dwell_s"), 60);
    assert_int_equal(asking_int(&a, "/version"), 2);
    a = asking_send(ROOM.worker, "PATCH", path, "If-Match: \"1\"", "{\"name\":\"Late\"}");
    asking_expect(&a, 412, "version_stale");
    a = asking_send(ROOM.worker, "PATCH", path, "If-Match: \"2\"", "{\"radius_m\":100}");
    asking_expect(&a, 422, "value_not_allowed");
    a = asking_send(ROOM.worker, "PATCH", path, "If-Match: \"2\"", "{\"kinds\":[\"enter\"]}");
    asking_expect(&a, 200, NULL);
    assert_false(strstr(a.body, "\"dwell_s\":60"));
    a = asking_send(ROOM.worker, "PATCH", path, "If-Match: \"3\"", "{\"grid_id\":8}");
    asking_expect(&a, 422, "key_unknown");
}

static void closing_ends_it_once(void **state)
{
    const char *path;
    struct asking_answer a = create("{\"name\":\"Grid\",\"grid_id\":7,\"kinds\":[\"enter\"]}");

    (void)state;
    path = arena_text(ROOM.d->arena, "%s", asking_header(&a, "Location"));
    for (int i = 0; i < 2; i++) {
        a = asking_send(ROOM.worker, "DELETE", path, NULL, NULL);
        asking_expect(&a, 204, NULL);
    }
    a = get(path);
    asking_expect(&a, 200, NULL);
    assert_non_null(asking_text(&a, "/valid_to"));
    a = get("/v1/fences");
    assert_int_equal(asking_count(&a, "/items"), 0);
    a = asking_send(ROOM.worker, "PATCH", path, "If-Match: \"2\"", "{\"name\":\"Late\"}");
    asking_expect(&a, 404, "not_found");
    assert_string_equal(
        database_text(ROOM.d, "SELECT string_agg(action, ' ' ORDER BY audit_id) FROM vigil.audit"
                              " WHERE subject LIKE 'fence %'"),
        "fence_created fence_closed");
}

/* ------------------------------------------------------------------ who sees it */

static void what_is_out_of_scope_is_not_there(void **state)
{
    struct asking_answer a = create("{\"name\":\"Grid\",\"grid_id\":7,\"kinds\":[\"enter\"]}");
    const char *path = arena_text(ROOM.d->arena, "%s", asking_header(&a, "Location"));

    (void)state;
    asking_as(ROOM.worker, ROLE_MANAGER, 4, 0);
    a = get(path);
    asking_expect(&a, 404, "not_found");
    a = asking_send(ROOM.worker, "DELETE", path, NULL, NULL);
    asking_expect(&a, 404, "not_found");
    a = asking_send(ROOM.worker, "PATCH", path, "If-Match: \"1\"", "{\"name\":\"Mine\"}");
    asking_expect(&a, 404, "not_found");
    a = get("/v1/fences");
    assert_int_equal(asking_count(&a, "/items"), 0);
    asking_as(ROOM.worker, ROLE_AUDITOR, 2, 0);
    a = get(path);
    asking_expect(&a, 200, NULL);
    a = asking_send(ROOM.worker, "DELETE", path, NULL, NULL);
    asking_expect(&a, 403, NULL);
    a = create_as(ROLE_VOLUNTEER, 2, "{\"name\":\"x\",\"grid_id\":7,\"kinds\":[\"enter\"]}");
    asking_expect(&a, 403, NULL);
}

static void stays_and_absences_are_listed_newest_first(void **state)
{
    struct fail f = { 0 };
    struct asking_answer a;

    (void)state;
    assert_true(db_script(
        ROOM.d->db,
        "INSERT INTO vigil.fence (fence_id, org_id, name, grid_id, geom, margin_m, whom, kinds, "
        "grace_s)"
        " SELECT i, CASE i WHEN 50 THEN 3 ELSE 4 END, 'x', 7, geom, 0, 'everyone', '{enter}', 0"
        " FROM vigil.grid, generate_series(50, 51) i;"
        "INSERT INTO vigil.fence_visit (fence_id, org_id, person_id, enter_us, leave_us, ended_by)"
        " SELECT fence, org, person, vigil.now_us() - since * 60000000, vigil.now_us() - till * "
        "60000000,"
        " CASE WHEN till > 0 THEN 'left' END FROM (VALUES (50, 3, 11, 60::bigint, 50::bigint), "
        "(50, 3, 11, 40, 30),"
        " (50, 3, 11, 20, NULL), (51, 4, 14, 20, NULL)) v (fence, org, person, since, till)",
        &f));
    asking_as(ROOM.worker, ROLE_DISPATCHER, 2, 0);
    a = get("/v1/fence_visits?limit=2");
    asking_expect(&a, 200, NULL);
    assert_int_equal(asking_count(&a, "/items"), 2);
    assert_non_null(strstr(a.body, "\"left_at\" : null"));
    assert_string_equal(asking_text(&a, "/items/1/ended_by"), "left");
    a = get(
        arena_text(ROOM.d->arena, "/v1/fence_visits?limit=2&cursor=%s", asking_text(&a, "/next")));
    asking_expect(&a, 200, NULL);
    assert_int_equal(asking_count(&a, "/items"), 1);
    assert_string_equal(asking_text(&a, "/items/0/ended_by"), "left");
    a = get("/v1/fence_visits?state=inside");
    assert_int_equal(asking_count(&a, "/items"), 1);
    a = get("/v1/fence_visits?person_id=14");
    assert_int_equal(asking_count(&a, "/items"), 0);
    a = get("/v1/fence_visits?fence_id=50&person_id=11&state=ended");
    assert_int_equal(asking_count(&a, "/items"), 2);
    a = get("/v1/fence_absences");
    asking_expect(&a, 200, NULL);
    assert_int_equal(asking_count(&a, "/items"), 0);
    a = get("/v1/fences?place_id=7");
    assert_int_equal(asking_count(&a, "/items"), 1);
    assert_int_equal(asking_int(&a, "/items/0/inside"), 1);
}

/* ------------------------------------------------------------------ the whole way */

static void report_from(double lon)
{
    char now[INSTANT_SIZE];
    struct asking_answer a;

    instant_write(clock_wall_us(), now);
    asking_as(ROOM.worker, ROLE_GATEWAY, 1, 0);
    a = asking_send(ROOM.worker, "POST", "/v1/positions", NULL,
                    arena_text(ROOM.d->arena,
                               "{\"person_id\":11,\"lon\":%.7f,\"lat\":34.261,\"frame\":\"wgs84\","
                               "\"fix_time\":\"%s\"}",
                               lon, now));
    asking_expect(&a, 200, NULL);
}

/* How many events of the kind were told; the fence is known within two seconds. */
static int64_t told(const char *what)
{
    return database_int(
        ROOM.d, arena_text(ROOM.d->arena,
                           "SELECT count(*) FROM (SELECT kind, data FROM vigil.outbox UNION ALL"
                           " SELECT kind, data FROM vigil.event) e"
                           " WHERE kind = 'fence' AND data::json ->> 'what' = '%s'",
                           what));
}

static void what_is_reported_is_told_as_an_event(void **state)
{
    const struct timespec nap = { .tv_nsec = 100000000 };
    const int64_t until_us = clock_steady_us() + 20000000;
    const struct asking_answer made =
        create("{\"org_id\":3,\"name\":\"Here\",\"lookout_point_id\":5,\"kinds\":[\"enter\","
               "\"leave\"]}");

    (void)state;
    asking_expect(&made, 201, NULL);
    while (told("enter") == 0 && clock_steady_us() < until_us) {
        report_from(117.185);
        nanosleep(&nap, NULL);
    }
    assert_int_equal(told("enter"), 1);
    /* So far in so short a time is not believed, until the next fixes agree with it. */
    while (told("leave") == 0 && clock_steady_us() < until_us) {
        report_from(117.189); /* 370 m east of a circle of 250 m */
        nanosleep(&nap, NULL);
    }
    assert_int_equal(told("leave"), 1);
    assert_int_equal(told("enter"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define IN_CITY(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
        IN_CITY(a_fence_takes_the_shape_of_what_it_is_around),
        IN_CITY(a_free_fence_is_kept_in_one_frame),
        IN_CITY(what_does_not_go_together_is_refused),
        IN_CITY(a_city_has_room_for_so_many),
        IN_CITY(a_change_needs_the_version_and_keeps_the_rest),
        IN_CITY(closing_ends_it_once),
        IN_CITY(what_is_out_of_scope_is_not_there),
        IN_CITY(stays_and_absences_are_listed_newest_first),
        IN_CITY(what_is_reported_is_told_as_an_event),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
