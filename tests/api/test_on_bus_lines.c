/* Lines of buses over HTTP, and what the stage says of the fixes of their crews. */
#include "tests/support/check_near.h"

#include <stdlib.h>
#include <string.h>

#include "engine/bus_lines.h"
#include "engine/clock.h"
#include "engine/engine.h"
#include "geo/crs.h"
#include "tests/support/asking.h"
#include "tests/support/database.h"

static struct asking_room ROOM;

static const struct point FIRST = { 117.185, 34.261 };

/* Ada (11) drives on line 3, Bo (12) in a crew of it, Cy (13) a taxi; Dan (14) drives on
 * line 3, too, but for the neighbour (4). */
static const char CITY[] =
    "INSERT INTO vigil.org (org_id, parent_id, kind, code, name) VALUES"
    " (2, 1, 'county', 'C', 'County'), (4, 1, 'county', 'N', 'Neighbour');"
    "INSERT INTO vigil.person (person_id, display_name, org_id, mode, line, location_consent, "
    "on_duty)"
    " VALUES (11, 'Ada', 2, 'bus', '3', true, true), (12, 'Bo', 2, 'bus', '', true, true),"
    " (13, 'Cy', 2, 'taxi', '', true, true), (14, 'Dan', 4, 'bus', '3', true, true);"
    "INSERT INTO vigil.squad (squad_id, org_id, kind, code, name, mode, line)"
    " VALUES (6, 2, 'crew', 'B3', 'Bus crew', 'bus', '3');"
    "INSERT INTO vigil.squad_member (squad_id, person_id, org_id) VALUES (6, 12, 2)";

static void follow(void)
{
    struct fail f = { 0 };

    if (!engine_follow(asking_engine(ROOM.asking), &f) ||
        !bus_lines_follow(engine_bus_lines(asking_engine(ROOM.asking)), ROOM.d->db, &f))
        fail_msg("%s: %s", fail_word(f.code), f.text);
}

static int set_up(void **state)
{
    struct fail f = { 0 };

    if (asking_open_room(&ROOM, state))
        return -1;
    if (!db_script(ROOM.d->db, CITY, &f))
        fail_msg("%s: %s", fail_word(f.code), f.text);
    follow();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return asking_close_room(&ROOM);
}

/* To the north for a kilometre, with stops at its ends. */
static const char *line_of(const char *code, const char *more)
{
    const struct point last = crs_ahead(FIRST, 0, 1000);

    return arena_text(
        ROOM.d->arena,
        "{\"org_id\":2,\"code\":\"%s\",\"name\":\"三路\",\"path\":{\"frame\":\"wgs84\",\"type\":"
        "\"LineString\",\"coordinates\":[[%.7f,%.7f],[%.7f,%.7f]]},\"stops\":[{\"name\":\"First\","
        "\"place\":{\"lon\":%.7f,\"lat\":%.7f,\"frame\":\"wgs84\"}},{\"name\":\"Last\",\"place\":"
        "{\"lon\":%.7f,\"lat\":%.7f,\"frame\":\"wgs84\"}}]%s}",
        code, FIRST.lon, FIRST.lat, last.lon, last.lat, FIRST.lon, FIRST.lat, last.lon, last.lat,
        more);
}

static struct asking_answer create(const char *body)
{
    asking_as(ROOM.worker, ROLE_MANAGER, 2, 0);
    return asking_send(ROOM.worker, "POST", "/v1/bus_lines", asking_fresh_key(&ROOM), body);
}

static struct asking_answer get(const char *target)
{
    return asking_send(ROOM.worker, "GET", target, NULL, NULL);
}

/* What the stage says of a fix so far north of the first stop, and east of the path. */
static uint32_t flags_at(int64_t person_id, double north_m, double east_m, int32_t accuracy_dm)
{
    const struct positions_stage stage =
        bus_lines_stage(engine_bus_lines(asking_engine(ROOM.asking)));
    struct live_fix fix = {
        .person_id = person_id,
        .at = point_to_e7(crs_ahead(crs_ahead(FIRST, 0, north_m), 90, east_m)),
        .accuracy_dm = accuracy_dm,
        .fix_us = clock_wall_us(),
        .received_us = clock_wall_us(),
    };

    stage.judge(stage.self, &fix, 1);
    live_move(engine_live(asking_engine(ROOM.asking)), &fix, 1);
    return fix.flags;
}

/* ------------------------------------------------------------------ eyes */

static void a_bus_counts_as_eyes_only_at_or_near_its_stops(void **state)
{
    const struct asking_answer made = create(line_of("3", ""));

    (void)state;
    asking_expect(&made, 201, NULL);
    follow();
    assert_int_equal(flags_at(11, 30, 0, 50), LIVE_AT_STOP);
    assert_int_equal(flags_at(11, 500, 0, 50), 0); /* on the way */
    assert_int_equal(flags_at(11, 970, 20, -1), LIVE_AT_STOP);
    assert_int_equal(flags_at(11, 500, 140, -1), 0);
    assert_int_equal(flags_at(11, 500, 160, -1), LIVE_OFF_LINE);
    assert_int_equal(flags_at(11, 500, 160, 200), 0);        /* or it is just vague */
    assert_int_equal(flags_at(11, 30, 0, 1000), 0);          /* so vague that it may be anywhere */
    assert_int_equal(flags_at(12, 30, 0, 50), LIVE_AT_STOP); /* as one of the crew */
    assert_int_equal(flags_at(13, 30, 0, 50), 0);            /* a taxi */
    assert_int_equal(flags_at(99, 30, 0, 50), 0);
}

static void without_its_line_nothing_is_said_of_a_bus(void **state)
{
    (void)state;
    assert_int_equal(flags_at(11, 5000, 5000, 50), 0);
    const struct asking_answer made = create(line_of("4", ""));

    asking_expect(&made, 201, NULL);
    follow();
    assert_int_equal(flags_at(11, 5000, 5000, 50), 0);
}

static void the_buses_of_a_line_are_those_the_caller_sees(void **state)
{
    struct asking_answer a = create(line_of("3", ""));
    const char *path = arena_text(ROOM.d->arena, "%s/buses", asking_header(&a, "Location"));

    (void)state;
    follow();
    flags_at(11, 20, 0, 50);
    flags_at(12, 500, 0, 50);
    flags_at(14, 20, 0, 50);
    a = get(path);
    asking_expect(&a, 200, NULL);
    assert_int_equal(asking_count(&a, "/items"), 2);
    assert_int_equal(asking_int(&a, "/items/0/person_id"), 11);
    assert_non_null(strstr(a.body, "\"eyes\":true"));
    assert_non_null(strstr(a.body, "\"eyes\":false"));
    assert_string_equal(asking_text(&a, "/items/1/place/frame"), "wgs84");
    asking_as(ROOM.worker, ROLE_ADMIN, 1, 0);
    a = get(path);
    assert_int_equal(asking_count(&a, "/items"), 3);
    asking_as(ROOM.worker, ROLE_DISPATCHER, 4, 0);
    a = get(path);
    asking_expect(&a, 404, "not_found");
}

static void a_line_that_is_moved_or_closed_is_known_at_the_next_look(void **state)
{
    struct asking_answer a = create(line_of("3", ""));
    const char *path = arena_text(ROOM.d->arena, "%s", asking_header(&a, "Location"));

    (void)state;
    follow();
    assert_int_equal(flags_at(11, 30, 0, 50), LIVE_AT_STOP);
    a = asking_send(ROOM.worker, "PATCH", path, "If-Match: \"1\"", "{\"near_m\":20}");
    asking_expect(&a, 200, NULL);
    assert_int_equal(asking_int(&a, "/near_m"), 20);
    assert_string_equal(asking_text(&a, "/stops/1/name"), "Last");
    follow();
    assert_int_equal(flags_at(11, 30, 0, 50), 0);
    a = asking_send(ROOM.worker, "PATCH", path, "If-Match: \"2\"",
                    "{\"stops\":[{\"name\":\"Only\",\"place\":{\"lon\":117.185,\"lat\":34.2613,"
                    "\"frame\":\"wgs84\"}}]}");
    asking_expect(&a, 200, NULL);
    assert_int_equal(asking_count(&a, "/stops"), 1);
    assert_string_equal(asking_text(&a, "/name"), "三路");
    follow();
    assert_int_equal(flags_at(11, 30, 0, 50), LIVE_AT_STOP);
    a = asking_send(ROOM.worker, "DELETE", path, NULL, NULL);
    asking_expect(&a, 204, NULL);
    follow();
    assert_int_equal(flags_at(11, 30, 0, 50), 0);
    a = get(arena_text(ROOM.d->arena, "%s/buses", path));
    asking_expect(&a, 404, "not_found");
}

/* ------------------------------------------------------------------ refusals */

static void what_cannot_be_is_refused(void **state)
{
    struct asking_answer a = create(line_of("3", ""));

    (void)state;
    asking_expect(&a, 201, NULL);
    a = create(line_of("3", ""));
    asking_expect(&a, 409, "code_taken");
    a = create(line_of("5", ",\"near_m\":5"));
    asking_expect(&a, 422, NULL);
    a = create(line_of("5", ",\"colour\":1"));
    asking_expect(&a, 422, "key_unknown");
    a = create("{\"org_id\":4,\"code\":\"5\",\"name\":\"x\",\"path\":{\"frame\":\"wgs84\",\"type\":"
               "\"LineString\",\"coordinates\":[[117,34],[117.1,34]]},\"stops\":[{\"name\":\"A\","
               "\"place\":{\"lon\":117,\"lat\":34,\"frame\":\"wgs84\"}}]}");
    asking_expect(&a, 422, "reference_unknown");
    a = create("{\"code\":\"5\",\"name\":\"x\",\"path\":{\"type\":\"LineString\",\"coordinates\":"
               "[[117,34],[117.1,34]]},\"stops\":[]}");
    asking_expect(&a, 422, "frame_missing");
    a = create(
        "{\"code\":\"5\",\"name\":\"x\",\"path\":{\"frame\":\"wgs84\",\"type\":\"LineString\","
        "\"coordinates\":[[117,34],[117.1,34]]},\"stops\":[]}");
    asking_expect(&a, 422, NULL);
    a = create("{\"code\":\"5\",\"name\":\"x\",\"path\":{\"frame\":\"wgs84\",\"type\":\"Point\","
               "\"coordinates\":[117,34]},\"stops\":[]}");
    asking_expect(&a, 422, "figure_kind");
    asking_as(ROOM.worker, ROLE_AUDITOR, 2, 0);
    a = asking_send(ROOM.worker, "POST", "/v1/bus_lines", asking_fresh_key(&ROOM),
                    line_of("6", ""));
    asking_expect(&a, 403, NULL);
    a = get("/v1/bus_lines");
    asking_expect(&a, 200, NULL);
    assert_int_equal(asking_count(&a, "/items"), 1);
    asking_as(ROOM.worker, ROLE_MANAGER, 4, 0);
    a = get("/v1/bus_lines");
    assert_int_equal(asking_count(&a, "/items"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define IN_CITY(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
        IN_CITY(a_bus_counts_as_eyes_only_at_or_near_its_stops),
        IN_CITY(without_its_line_nothing_is_said_of_a_bus),
        IN_CITY(the_buses_of_a_line_are_those_the_caller_sees),
        IN_CITY(a_line_that_is_moved_or_closed_is_known_at_the_next_look),
        IN_CITY(what_cannot_be_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
