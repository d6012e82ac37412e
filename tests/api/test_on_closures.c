/* Closures and speeds by the hour as the outside asks for them, and what comes of it. */
#include "tests/support/check_near.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/clock.h"
#include "engine/closures.h"
#include "engine/engine.h"
#include "geo/instant.h"
#include "tests/support/asking.h"
#include "tests/support/block.h"
#include "tests/support/database.h"

enum { SIDE = 6 };

static struct asking_room ROOM;

static struct asking_answer send_as(enum role role, const char *method, const char *target,
                                    const char *body)
{
    const bool is_new = strcmp(method, "POST") == 0 && strcmp(target, "/v1/closures") == 0;

    asking_as(ROOM.worker, role, 1, 0);
    return asking_send(ROOM.worker, method, target, is_new ? asking_fresh_key(&ROOM) : NULL, body);
}

static struct asking_answer post(const char *body)
{
    return send_as(ROLE_DISPATCHER, "POST", "/v1/closures", body);
}

static const char *text(const char *format, ...) __attribute__((format(printf, 1, 2)));

static const char *text(const char *format, ...)
{
    struct buf b = { 0 };
    char line[2000];
    va_list values;

    va_start(values, format);
    vsnprintf(line, sizeof line, format, values);
    va_end(values);
    buf_string(&b, line);
    const char *kept = arena_copy(ROOM.d->arena, b.bytes, b.size);

    buf_free(&b);
    return kept;
}

static void settle(void)
{
    assert_true(closures_settle(engine_closures(asking_engine(ROOM.asking))));
}

/* A place on the streets, in blocks from the south-west. */
static const char *place(double east, double north)
{
    return text("{\"lon\":%.7f,\"lat\":%.7f,\"frame\":\"wgs84\"}", BLOCK_BEIJING.lon + east * 0.001,
                BLOCK_BEIJING.lat + north * 0.001);
}

/* By car along the southernmost row, from the middle of one block to that of another. */
static double drive_s(double from, double to)
{
    const struct asking_answer a =
        send_as(ROLE_DISPATCHER, "POST", "/v1/route",
                text("{\"from\":%s,\"to\":%s,\"mode\":\"car\"}", place(from, 0), place(to, 0)));

    asking_expect(&a, 200, NULL);
    return asking_number(&a, "/duration_s");
}

/* Makes a closure that must be taken; its id. */
static int64_t make(const char *body)
{
    const struct asking_answer a = post(body);

    asking_expect(&a, 201, NULL);
    const int64_t id = asking_int(&a, "/closure_id");

    settle();
    return id;
}

static void lift(int64_t id)
{
    const struct asking_answer a =
        send_as(ROLE_DISPATCHER, "DELETE", text("/v1/closures/%lld", (long long)id), NULL);

    asking_expect(&a, 204, NULL);
    settle();
}

static const char *between(double from, double to, const char *more)
{
    return text("{\"reason\":\"burst main\",\"between\":[%s,%s]%s}", place(from, 0), place(to, 0),
                more);
}

static int set_up(void **state)
{
    struct fail f = { 0 };

    if (asking_open_room(&ROOM, state))
        return -1;
    block_import(ROOM.d, SIDE, BLOCK_BEIJING);
    if (!engine_follow(asking_engine(ROOM.asking), &f))
        fail_msg("%s", f.text);
    settle();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return asking_close_room(&ROOM);
}

/* Each test begins with open streets, whatever another left. */
static int open_all(void **state)
{
    struct fail f;

    (void)state;
    if (!db_script(ROOM.d->db, "UPDATE vigil.closure SET lifted_at = now() WHERE lifted_at IS NULL",
                   &f))
        return -1;
    settle();
    return 0;
}

/* ------------------------------------------------------------------ what comes of it */

static void the_way_leads_around_what_is_closed_until_it_is_lifted(void **state)
{
    const double before = drive_s(0.5, 3.5);

    (void)state;
    const int64_t id = make(between(1.2, 1.8, ""));

    assert_true(drive_s(0.5, 3.5) > before + 1);
    lift(id);
    check_near(drive_s(0.5, 3.5), before, 1e-9);
}

static void overlapping_closures_hold_until_the_last_is_lifted(void **state)
{
    const double before = drive_s(0.5, 3.5);

    (void)state;
    const int64_t one = make(between(1.2, 1.8, ""));
    const int64_t other = make(between(1.3, 2.7, ",\"effect\":\"slowed\",\"factor\":0.7"));
    const double both = drive_s(0.5, 3.5);

    lift(one);
    const double slowed = drive_s(0.5, 3.5);

    assert_true(both > slowed && slowed > before);
    lift(other);
    check_near(drive_s(0.5, 3.5), before, 1e-9);
}

static void a_direction_closes_one_side_only(void **state)
{
    const double there = drive_s(0.5, 3.5), back = drive_s(3.5, 0.5);

    (void)state;
    const int64_t id = make(between(1.2, 1.8, ",\"direction\":\"forward\",\"modes\":[\"car\"]"));

    assert_true(drive_s(0.5, 3.5) > there + 1);
    check_near(drive_s(3.5, 0.5), back, 1e-9);
    lift(id);
    const int64_t other = make(between(1.2, 1.8, ",\"direction\":\"backward\""));

    check_near(drive_s(0.5, 3.5), there, 1e-9);
    assert_true(drive_s(3.5, 0.5) > back + 1);
    lift(other);
}

static void modes_that_are_not_named_pass(void **state)
{
    const double before = drive_s(0.5, 3.5);

    (void)state;
    const int64_t id = make(between(1.2, 1.8, ",\"modes\":[\"foot\",\"ebike\"]"));

    check_near(drive_s(0.5, 3.5), before, 1e-9);
    lift(id);
}

/* A piece of the southernmost row within one block. */
static int64_t make_area(double from, double to)
{
    const double west = BLOCK_BEIJING.lon + from * 0.001, east = BLOCK_BEIJING.lon + to * 0.001;
    const double south = BLOCK_BEIJING.lat - 0.0002, north = BLOCK_BEIJING.lat + 0.0002;

    return make(
        text("{\"reason\":\"fair\",\"area\":{\"type\":\"Polygon\",\"frame\":\"wgs84\","
             "\"coordinates\":[[[%.7f,%.7f],[%.7f,%.7f],[%.7f,%.7f],[%.7f,%.7f],[%.7f,%.7f]]]}}",
             west, south, east, south, east, north, west, north, west, south));
}

static void an_area_closes_all_streets_in_it_and_tells_its_shape(void **state)
{
    const double before = drive_s(0.5, 3.5);

    (void)state;
    const int64_t id = make_area(1.2, 1.8);
    const struct asking_answer a =
        send_as(ROLE_DISPATCHER, "GET", text("/v1/closures/%lld", (long long)id), NULL);

    asking_expect(&a, 200, NULL);
    assert_int_equal(asking_int(&a, "/segments"), 1);
    assert_int_equal(asking_count(&a, "/segment_ids"), 1);
    assert_string_equal(asking_text(&a, "/area/type"), "MultiPolygon");
    assert_string_equal(asking_text(&a, "/geometry/type"), "MultiLineString");
    assert_true(drive_s(0.5, 3.5) > before + 1);
    lift(id);
}

static void what_is_planned_begins_and_ends_by_itself_and_is_told(void **state)
{
    const double before = drive_s(0.5, 3.5);
    char starts[INSTANT_SIZE], ends[INSTANT_SIZE];
    const int64_t now_us = clock_wall_us() / 1000 * 1000; /* as exact as it is written */

    (void)state;
    instant_write(now_us + 1500000, starts);
    instant_write(now_us + 6000000, ends);
    const int64_t id =
        make(between(1.2, 1.8, text(",\"starts_at\":\"%s\",\"ends_at\":\"%s\"", starts, ends)));

    if (clock_wall_us() < now_us + 1400000)
        check_near(drive_s(0.5, 3.5), before, 1e-9);
    while (drive_s(0.5, 3.5) < before + 1)
        assert_true(clock_wall_us() < now_us + 5900000);
    assert_true(clock_wall_us() >= now_us + 1500000);
    while (drive_s(0.5, 3.5) > before + 1)
        assert_true(clock_wall_us() < now_us + 16000000);
    assert_true(clock_wall_us() >= now_us + 6000000);
    settle();
    assert_string_equal(
        database_text(ROOM.d, text("SELECT string_agg(data::json ->> 'what', ' ' ORDER BY number)"
                                   " FROM (SELECT outbox_id + 1000000 AS number, kind, data FROM"
                                   " vigil.outbox UNION ALL SELECT number, kind, data FROM"
                                   " vigil.event) e WHERE kind = 'closure'"
                                   " AND data::json ->> 'closure_id' = '%lld'",
                                   (long long)id)),
        "created started ended");
}

/* What every listener hears, and those for whose ears the rest is. */
static int64_t told(const char *kind, int64_t org_id)
{
    return database_int(ROOM.d, text("SELECT count(*) FROM (SELECT kind, org_id FROM vigil.outbox"
                                     " UNION ALL SELECT kind, org_id FROM vigil.event) e"
                                     " WHERE kind = '%s' AND org_id = %lld",
                                     kind, (long long)org_id));
}

static void whoever_closes_a_street_everybody_hears_that_streets_are_closed(void **state)
{
    const int64_t streets = told("closed_streets", 0);
    const int64_t closures = told("closure", 1);

    (void)state;
    int64_t id = make(between(1.2, 1.8, ",\"starts_at\":\"2099-01-01T00:00:00Z\""));
    lift(id);
    assert_int_equal(told("closed_streets", 0), streets); /* it never was in force */
    assert_int_equal(told("closure", 1), closures + 2);
    id = make(between(1.2, 1.8, ""));
    const int64_t closed = told("closed_streets", 0);

    assert_true(closed > streets);
    settle();
    lift(id);
    assert_true(told("closed_streets", 0) > closed);
    assert_string_equal(database_text(ROOM.d, "SELECT DISTINCT data FROM (SELECT kind, data FROM"
                                              " vigil.outbox UNION ALL SELECT kind, data FROM"
                                              " vigil.event) e WHERE kind = 'closed_streets'"),
                        "{}");
}

static void a_patch_moves_the_window(void **state)
{
    const double before = drive_s(0.5, 3.5);

    (void)state;
    const int64_t id = make(between(1.2, 1.8, ",\"starts_at\":\"2099-01-01T00:00:00Z\""));
    const char *target = text("/v1/closures/%lld", (long long)id);

    check_near(drive_s(0.5, 3.5), before, 1e-9);
    asking_as(ROOM.worker, ROLE_DISPATCHER, 1, 0);
    struct asking_answer a =
        asking_send(ROOM.worker, "PATCH", target, "If-Match: \"1\"",
                    "{\"starts_at\":\"2026-01-01T00:00:00Z\",\"reason\":\"x\"}");

    asking_expect(&a, 200, NULL);
    assert_string_equal(asking_text(&a, "/state"), "active");
    settle();
    assert_true(drive_s(0.5, 3.5) > before + 1);
    a = asking_send(ROOM.worker, "PATCH", target, "If-Match: \"1\"", "{\"reason\":\"y\"}");
    asking_expect(&a, 412, "version_stale");
    a = asking_send(ROOM.worker, "PATCH", target, "If-Match: \"2\"",
                    "{\"ends_at\":\"2020-01-01T00:00:00Z\"}");
    asking_expect(&a, 422, "value_not_allowed");
    lift(id);
    a = asking_send(ROOM.worker, "PATCH", target, "If-Match: \"3\"", "{\"reason\":\"y\"}");
    asking_expect(&a, 404, "not_found");
}

static void the_audit_says_who_closed_what_and_why(void **state)
{
    (void)state;
    const int64_t id = make(between(1.2, 1.8, ""));

    lift(id);
    assert_string_equal(
        database_text(ROOM.d,
                      text("SELECT string_agg(action || ' ' || purpose, ', ' ORDER BY audit_id)"
                           " FROM vigil.audit WHERE subject = 'closure %lld' AND token_id > 0",
                           (long long)id)),
        "closure_created burst main, closure_lifted burst main");
}

static void everyone_sees_the_streets_but_not_why(void **state)
{
    (void)state;
    const int64_t id = make(between(1.2, 1.8, ""));
    const struct asking_answer a =
        send_as(ROLE_VOLUNTEER, "GET", "/v1/closed_streets?frame=gcj02", NULL);

    asking_expect(&a, 200, NULL);
    assert_int_equal(asking_count(&a, "/features"), 1);
    assert_string_equal(asking_text(&a, "/features/0/properties/effect"), "closed");
    assert_false(asking_has(&a, "/features/0/properties/closure_id"));
    assert_int_equal(asking_count(&a, "/features/0/geometry/coordinates"), 1);
    assert_null(strstr(a.body, "burst"));
    lift(id);
    const struct asking_answer b = send_as(ROLE_VOLUNTEER, "GET", "/v1/closed_streets", NULL);

    assert_int_equal(asking_count(&b, "/features"), 0);
}

static void a_new_import_keeps_what_is_closed(void **state)
{
    const double before = drive_s(0.5, 3.5);
    struct fail f = { 0 };

    (void)state;
    const int64_t id = make(between(1.2, 1.8, ""));
    const double around = drive_s(0.5, 3.5);
    const int64_t area = make_area(5.2, 5.8);

    /* The same streets under new ids, as when an import cuts the ways anew. */
    if (!db_script(
            ROOM.d->db,
            "UPDATE vigil.import SET current = false;"
            "INSERT INTO vigil.import (file_name, file_sha256, city_name, attribution,"
            " finished_at, segment_count, bounds) SELECT file_name, file_sha256, city_name,"
            " attribution, now(), segment_count, bounds FROM vigil.import LIMIT 1;"
            "CREATE TEMP TABLE was AS SELECT * FROM vigil.segment WHERE valid_to IS NULL;"
            "UPDATE vigil.segment SET valid_to = now() WHERE valid_to IS NULL;"
            "INSERT INTO vigil.segment (way_id, from_node, to_node, ordinal, start_cm,"
            " length_cm, class, access, maxspeed_kmh, name, geom, import_id)"
            " SELECT way_id, from_node, to_node, ordinal, start_cm, length_cm, class, access,"
            " maxspeed_kmh, name, geom, import_id FROM was ORDER BY segment_id DESC;"
            "UPDATE vigil.import SET current = true WHERE import_id ="
            " (SELECT max(import_id) FROM vigil.import)",
            &f) ||
        !engine_follow(asking_engine(ROOM.asking), &f))
        fail_msg("%s", f.text);
    check_near(drive_s(0.5, 3.5), around, 1e-9); /* before its own thread has looked */
    settle();
    check_near(drive_s(0.5, 3.5), around, 1e-9);
    const struct asking_answer a =
        send_as(ROLE_DISPATCHER, "GET", text("/v1/closures/%lld", (long long)area), NULL);

    assert_int_equal(asking_int(&a, "/segments"), 1);
    lift(area);
    lift(id);
    check_near(drive_s(0.5, 3.5), before, 1e-9);
}

/* ------------------------------------------------------------------ refusals */

static void what_makes_no_sense_is_refused(void **state)
{
    static const struct {
        const char *body;
        const char *code;
    } CASES[] = {
        { "{\"reason\":\"x\"}", "value_not_allowed" },
        { "{\"segment_ids\":[1]}", "key_missing" },
        { "{\"reason\":\"\",\"segment_ids\":[1]}", "value_empty" },
        { "{\"reason\":\"x\",\"segment_ids\":[1],\"way_id\":1}", "value_not_allowed" },
        { "{\"reason\":\"x\",\"segment_ids\":[999999999]}", "reference_unknown" },
        { "{\"reason\":\"x\",\"way_id\":999999999}", "reference_unknown" },
        { "{\"reason\":\"x\",\"segment_ids\":[]}", NULL },
        { "{\"reason\":\"x\",\"segment_ids\":[1],\"modes\":[]}", NULL },
        { "{\"reason\":\"x\",\"segment_ids\":[1],\"modes\":[\"boat\"]}", NULL },
        { "{\"reason\":\"x\",\"segment_ids\":[1],\"effect\":\"slowed\"}", "value_not_allowed" },
        { "{\"reason\":\"x\",\"segment_ids\":[1],\"factor\":0.5}", "value_not_allowed" },
        { "{\"reason\":\"x\",\"segment_ids\":[1],\"effect\":\"slowed\",\"factor\":0.5,"
          "\"speed_kmh\":5}",
          "value_not_allowed" },
        { "{\"reason\":\"x\",\"segment_ids\":[1],\"effect\":\"slowed\",\"factor\":0.001}", NULL },
        { "{\"reason\":\"x\",\"segment_ids\":[1],\"effect\":\"slowed\",\"speed_kmh\":500}", NULL },
        { "{\"reason\":\"x\",\"segment_ids\":[1],\"ends_at\":\"2020-01-01T00:00:00Z\"}",
          "value_not_allowed" },
        { "{\"reason\":\"x\",\"segment_ids\":[1],\"starts_at\":\"2098-01-01T00:00:00Z\","
          "\"ends_at\":\"2097-01-01T00:00:00Z\"}",
          "value_not_allowed" },
        { "{\"reason\":\"x\",\"segment_ids\":[1],\"org_id\":99}", "reference_unknown" },
        { "{\"reason\":\"x\",\"segment_ids\":[1],\"until\":1}", "key_unknown" },
        { "{\"reason\":\"x\",\"between\":[{\"lon\":1,\"lat\":1,\"frame\":\"wgs84\"},"
          "{\"lon\":1,\"lat\":1,\"frame\":\"wgs84\"}]}",
          "no_street_near" },
        { "{\"reason\":\"x\",\"area\":{\"type\":\"Polygon\",\"frame\":\"wgs84\",\"coordinates\":"
          "[[[0,0],[1,0],[1,1],[0,0]]]}}",
          "value_not_allowed" },
        { "{\"reason\":\"x\",\"direction\":\"forward\",\"area\":{\"type\":\"Polygon\",\"frame\":"
          "\"wgs84\",\"coordinates\":[[[0,0],[1,0],[1,1],[0,0]]]}}",
          "value_not_allowed" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct asking_answer a = post(CASES[i].body);

        asking_expect(&a, 422, CASES[i].code);
        if (!asking_has(&a, "/allowed"))
            fail_msg("nothing is said to be allowed: %s", a.body);
    }
    assert_string_equal(database_text(ROOM.d, "SELECT count(*) FROM vigil.closure"
                                              " WHERE lifted_at IS NULL AND ends_at IS NULL"),
                        "0");
}

static void a_street_that_is_not_there_is_named(void **state)
{
    (void)state;
    const int64_t there =
        database_int(ROOM.d, "SELECT min(segment_id) FROM vigil.segment WHERE valid_to IS NULL");
    struct asking_answer a =
        post(text("{\"reason\":\"x\",\"segment_ids\":[%lld,999999999]}", (long long)there));

    asking_expect(&a, 422, "reference_unknown");
    assert_string_equal(asking_text(&a, "/detail"),
                        "the map of now has no street segment 999999999");
    assert_string_equal(asking_text(&a, "/pointer"), "/segment_ids/1");
    assert_string_equal(asking_text(&a, "/value"), "999999999");
    a = post("{\"reason\":\"x\",\"between\":[{\"lon\":1,\"lat\":2,\"frame\":\"wgs84\"},"
             "{\"lon\":1,\"lat\":1,\"frame\":\"wgs84\"}]}");
    asking_expect(&a, 422, "no_street_near");
    assert_string_equal(asking_text(&a, "/pointer"), "/between/0");
    assert_string_equal(asking_text(&a, "/value"), "1.0000000, 2.0000000");
}

static void only_staff_closes_streets_and_only_in_its_scope(void **state)
{
    (void)state;
    const int64_t id = make(between(1.2, 1.8, ""));
    const char *target = text("/v1/closures/%lld", (long long)id);
    struct asking_answer a = send_as(ROLE_VOLUNTEER, "POST", "/v1/closures", between(1, 2, ""));

    asking_expect(&a, 403, NULL);
    a = send_as(ROLE_AUDITOR, "POST", "/v1/closures", between(1, 2, ""));
    asking_expect(&a, 403, NULL);
    a = send_as(ROLE_AUDITOR, "GET", target, NULL);
    asking_expect(&a, 200, NULL);
    if (!db_script(ROOM.d->db,
                   "INSERT INTO vigil.org (org_id, parent_id, kind, code, name)"
                   " VALUES (77, 1, 'county', 'c77', 'County')",
                   &(struct fail){ 0 }))
        fail_msg("no county");
    asking_as(ROOM.worker, ROLE_DISPATCHER, 77, 0);
    a = asking_send(ROOM.worker, "GET", target, NULL, NULL);
    asking_expect(&a, 404, "not_found");
    a = asking_send(ROOM.worker, "DELETE", target, NULL, NULL);
    asking_expect(&a, 404, "not_found");
    a = asking_send(ROOM.worker, "GET", "/v1/closures", NULL, NULL);
    assert_int_equal(asking_count(&a, "/items"), 0);
    a = send_as(ROLE_DISPATCHER, "GET", "/v1/closures?active=true", NULL);
    assert_int_equal(asking_count(&a, "/items"), 1);
    a = send_as(ROLE_DISPATCHER, "GET", "/v1/closures?active=false", NULL);
    assert_int_equal(asking_count(&a, "/items"), 0);
    a = send_as(ROLE_DISPATCHER, "GET", "/v1/closures?active=maybe", NULL);
    asking_expect(&a, 422, "value_not_allowed");
    lift(id);
}

/* ------------------------------------------------------------------ by the hour */

static const char *hours_body(double factor)
{
    struct buf b = { 0 };

    buf_string(&b, "{\"factors\":[");
    for (int class = 0; class < STREET_CLASS_COUNT; class ++) {
        buf_format(&b, "%s{\"class\":\"%s\",\"mode\":\"car\",\"factors\":[", class ? "," : "",
                   NETWORK_CLASS_WORDS[class]);
        for (int hour = 0; hour < 168; hour++)
            buf_format(&b, "%s%g", hour ? "," : "", factor);
        buf_string(&b, "]}");
    }
    buf_string(&b, "]}");
    const char *kept = arena_copy(ROOM.d->arena, b.bytes, b.size);

    buf_free(&b);
    return kept;
}

static void the_hour_makes_streets_slower_and_fast_again(void **state)
{
    const double before = drive_s(0.5, 3.5);

    (void)state;
    struct asking_answer a = send_as(ROLE_ADMIN, "PUT", "/v1/speed_hours", hours_body(0.25));

    asking_expect(&a, 200, NULL);
    assert_int_equal(asking_count(&a, "/factors"), STREET_CLASS_COUNT);
    settle();
    check_near(drive_s(0.5, 3.5), 4 * before, 0.02);
    a = send_as(ROLE_AUDITOR, "GET", "/v1/speed_hours", NULL);
    check_near(asking_number(&a, "/factors/3/factors/167"), 0.25, 1e-9);
    a = send_as(ROLE_ADMIN, "PUT", "/v1/speed_hours", hours_body(1));
    settle();
    check_near(drive_s(0.5, 3.5), before, 1e-9);
}

static void hours_that_make_no_sense_are_refused(void **state)
{
    static const char *const BODIES[] = {
        "{}",
        "{\"factors\":[]}",
        "{\"factors\":[{\"class\":\"primary\",\"mode\":\"car\",\"factors\":[1,2]}]}",
        "{\"factors\":[{\"class\":\"river\",\"mode\":\"car\",\"factors\":[1]}]}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof BODIES / sizeof *BODIES; i++) {
        const struct asking_answer a = send_as(ROLE_ADMIN, "PUT", "/v1/speed_hours", BODIES[i]);

        asking_expect(&a, 422, NULL);
    }
    struct asking_answer a = send_as(ROLE_ADMIN, "PUT", "/v1/speed_hours", hours_body(0.001));

    asking_expect(&a, 422, NULL);
    a = send_as(ROLE_DISPATCHER, "PUT", "/v1/speed_hours", hours_body(1));
    asking_expect(&a, 403, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_way_leads_around_what_is_closed_until_it_is_lifted, open_all),
        cmocka_unit_test_setup(overlapping_closures_hold_until_the_last_is_lifted, open_all),
        cmocka_unit_test_setup(a_direction_closes_one_side_only, open_all),
        cmocka_unit_test_setup(modes_that_are_not_named_pass, open_all),
        cmocka_unit_test_setup(an_area_closes_all_streets_in_it_and_tells_its_shape, open_all),
        cmocka_unit_test_setup(what_is_planned_begins_and_ends_by_itself_and_is_told, open_all),
        cmocka_unit_test_setup(whoever_closes_a_street_everybody_hears_that_streets_are_closed,
                               open_all),
        cmocka_unit_test_setup(a_patch_moves_the_window, open_all),
        cmocka_unit_test_setup(the_audit_says_who_closed_what_and_why, open_all),
        cmocka_unit_test_setup(everyone_sees_the_streets_but_not_why, open_all),
        cmocka_unit_test_setup(a_new_import_keeps_what_is_closed, open_all),
        cmocka_unit_test_setup(what_makes_no_sense_is_refused, open_all),
        cmocka_unit_test_setup(a_street_that_is_not_there_is_named, open_all),
        cmocka_unit_test_setup(only_staff_closes_streets_and_only_in_its_scope, open_all),
        cmocka_unit_test_setup(the_hour_makes_streets_slower_and_fast_again, open_all),
        cmocka_unit_test_setup(hours_that_make_no_sense_are_refused, open_all),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
