/* Positions, nearest and route as the outside asks for them. */
#include "tests/support/check_near.h"

#include <stdlib.h>
#include <string.h>

#include "engine/clock.h"
#include "engine/engine.h"
#include "geo/frame.h"
#include "geo/instant.h"
#include "tests/support/asking.h"
#include "tests/support/block.h"
#include "tests/support/database.h"

enum { SIDE = 10, PEOPLE = 30 };

static struct asking_room ROOM;

static struct asking_answer send(const char *target, const char *body)
{
    const bool is_report = strcmp(target, "/v1/positions") == 0;

    asking_as(ROOM.worker, is_report ? ROLE_GATEWAY : ROLE_DISPATCHER, 1, 0);
    return asking_send(ROOM.worker, "POST", target, NULL, body);
}

/* Blocks in Beijing, where every frame is at home; people 1 to 30 without a fix. */
static int set_up(void **state)
{
    struct fail f = { 0 };

    if (asking_open_room(&ROOM, state))
        return -1;
    block_import(ROOM.d, SIDE, BLOCK_BEIJING);
    if (!db_script(ROOM.d->db,
                   "INSERT INTO vigil.person (person_id, display_name, mode, skills, on_duty,"
                   "                          location_consent)"
                   " SELECT i, '志愿者 ' || i, (ARRAY['car', 'foot', 'ebike'])[1 + i % 3], i % 4, "
                   "i <> 30, true"
                   " FROM generate_series(1, 30) AS i",
                   &f) ||
        !engine_follow(asking_engine(ROOM.asking), &f))
        fail_msg("%s", f.text);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return asking_close_room(&ROOM);
}

static const char *now_text(int64_t ahead_us)
{
    char text[INSTANT_SIZE];

    instant_write(clock_wall_us() + ahead_us, text);
    return arena_text(ROOM.d->arena, "%s", text);
}

/* A place on the streets, in blocks from the south-west. */
static struct point at(double east, double north)
{
    return (struct point){ BLOCK_BEIJING.lon + east * 0.001, BLOCK_BEIJING.lat + north * 0.001 };
}

static const char *place(struct point p, enum frame frame)
{
    struct fail f;

    assert_true(frame_from_wgs84(frame, p, &p, &f));
    return arena_text(ROOM.d->arena, "\"lon\":%.9f,\"lat\":%.9f,\"frame\":\"%s\"", p.lon, p.lat,
                      frame_word(frame));
}

static const char *fix(int64_t person_id, struct point p, enum frame frame)
{
    return arena_text(ROOM.d->arena, "{\"person_id\":%lld,%s,\"fix_time\":\"%s\",\"accuracy_m\":5}",
                      (long long)person_id, place(p, frame), now_text(0));
}

/* Person i stands i blocks east on row 2 (to 9), the others farther north. */
static void everyone_reports(void)
{
    struct buf body = { 0 };

    buf_string(&body, "{\"positions\":[");
    for (int i = 1; i < PEOPLE; i++)
        buf_format(&body, "%s%s", i > 1 ? "," : "",
                   fix(i, at(i % 10, (double)(2 + i / 10 * 2)), (enum frame)(i % FRAME_COUNT)));
    buf_string(&body, "]}");

    const struct asking_answer answer = send("/v1/positions", buf_text(&body));

    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_int(&answer, "/accepted"), PEOPLE - 1);
    assert_int_equal(asking_count(&answer, "/rejected"), 0);
    buf_free(&body);
}

/* ------------------------------------------------------------------ positions */

static void each_item_is_accepted_or_rejected_with_its_code(void **state)
{
    const char *old = now_text(-25LL * 3600 * 1000000);
    const char *soon = now_text(6LL * 60 * 1000000);
    const char *spot = place(at(1, 1), FRAME_WGS84);
    const char *body =
        arena_text(ROOM.d->arena,
                   "{\"positions\":[%s,%s,%s,{\"person_id\":1,%s,\"fix_time\":\"%s\"},"
                   "{\"person_id\":1,%s,\"fix_time\":\"%s\"},{\"person_id\":1,\"lon\":1,\"lat\":2,"
                   "\"fix_time\":\"%s\"},%s]}",
                   fix(1, at(1, 1), FRAME_GCJ02), fix(31, at(1, 1), FRAME_WGS84),
                   fix(30, at(1, 1), FRAME_BD09), spot, old, spot, soon, soon,
                   fix(2, at(2, 1), FRAME_CGCS2000));
    const struct asking_answer answer = send("/v1/positions", body);
    static const char *const CODES[] = { "person_unknown", "off_duty", "fix_too_old",
                                         "fix_in_future", "frame_missing" };

    (void)state;
    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_int(&answer, "/accepted"), 2);
    assert_int_equal(asking_count(&answer, "/rejected"), 5);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(asking_int(&answer, arena_text(ROOM.d->arena, "/rejected/%d/index", i)),
                         i + 1);
        assert_string_equal(asking_text(&answer, arena_text(ROOM.d->arena, "/rejected/%d/code", i)),
                            CODES[i]);
    }
    assert_int_equal(database_int(ROOM.d, "SELECT count(*) FROM vigil.position_history"), 2);
    assert_int_equal(database_int(ROOM.d, "SELECT abs(lon_e7 - 1163910000) FROM vigil.position_last"
                                          " WHERE person_id = 1") < 5,
                     1);
}

static void a_body_that_cannot_be_read_takes_nothing(void **state)
{
    static const struct {
        const char *body;
        int32_t status;
        const char *code;
    } CASES[] = {
        { "{\"positions\":[", 400, "json_malformed" },
        { "", 400, NULL },
        { "[]", 422, "value_wrong_type" },
        { "{\"positions\":[]}", 422, "value_out_of_range" },
        { "{\"positions\":{}}", 422, "value_wrong_type" },
        { "{\"positions\":[{}],\"more\":0}", 422, "key_unknown" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct asking_answer answer = send("/v1/positions", CASES[i].body);

        asking_expect(&answer, CASES[i].status, CASES[i].code);
    }
    assert_int_equal(database_int(ROOM.d, "SELECT count(*) FROM vigil.position_history"), 0);
}

/* ------------------------------------------------------------------ nearest */

static void the_nearest_come_first_each_by_her_own_mode(void **state)
{
    struct asking_answer answer;
    double last = 0;

    (void)state;
    everyone_reports();
    answer = send("/v1/nearest", arena_text(ROOM.d->arena, "{\"place\":{%s},\"k\":30}",
                                            place(at(4, 2), FRAME_WGS84)));
    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_count(&answer, "/people"), PEOPLE - 1);
    for (int i = 0; i < PEOPLE - 1; i++) {
        const char *person = arena_text(ROOM.d->arena, "/people/%d", i);
        const double eta_s = asking_number(&answer, arena_text(ROOM.d->arena, "%s/eta_s", person));
        const double road_m =
            asking_number(&answer, arena_text(ROOM.d->arena, "%s/road_m", person));
        const int64_t id = asking_int(&answer, arena_text(ROOM.d->arena, "%s/person_id", person));

        assert_true(eta_s >= last);
        last = eta_s;
        /* On blocks the way is as long as its two sides. */
        const double want_m = 100.0 * (double)(labs(id % 10 - 4) + labs(id / 10 * 2));

        check_near(road_m, want_m, 1.5);
        assert_true(asking_number(&answer, arena_text(ROOM.d->arena, "%s/fix_age_s", person)) < 60);
        assert_false(asking_has(&answer, arena_text(ROOM.d->arena, "%s/route", person)));
    }
    assert_int_equal(asking_int(&answer, "/people/0/person_id"), 4);
    assert_string_equal(asking_text(&answer, "/people/0/name"), "志愿者 4");
    assert_string_equal(asking_text(&answer, "/people/0/mode"), "foot");
    check_near(asking_number(&answer, "/people/0/position/lon"), at(4, 2).lon, 2e-7);
    assert_string_equal(asking_text(&answer, "/people/0/position/frame"), "wgs84");
}

static void wishes_narrow_who_is_found(void **state)
{
    static const struct {
        const char *wish;
        int32_t count;
    } CASES[] = {
        { "", 10 }, /* by default */
        { ",\"k\":3", 3 },
        { ",\"k\":100,\"modes\":[\"car\"]", 9 },
        { ",\"k\":100,\"modes\":[\"car\",\"ebike\"]", 19 },
        { ",\"k\":100,\"skills\":[\"first_aid\"]", 15 },
        { ",\"k\":100,\"skills\":[\"first_aid\",\"aed\"]", 7 },
        { ",\"k\":100,\"skills\":[\"drone\"]", 0 },
        { ",\"k\":100,\"modes\":[\"foot\"],\"limit_s\":1", 1 },
        { ",\"k\":2,\"routes\":true", 2 },
    };

    (void)state;
    everyone_reports();
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct asking_answer answer =
            send("/v1/nearest", arena_text(ROOM.d->arena, "{\"place\":{%s}%s}",
                                           place(at(4, 2), FRAME_GCJ02), CASES[i].wish));

        asking_expect(&answer, 200, NULL);
        assert_int_equal(asking_count(&answer, "/people"), CASES[i].count);
    }
}

static void the_route_leads_from_her_street_to_the_place(void **state)
{
    (void)state;
    everyone_reports();
    const struct asking_answer answer = send(
        "/v1/nearest?frame=gcj02",
        arena_text(ROOM.d->arena, "{\"place\":{%s},\"k\":2,\"routes\":true,\"modes\":[\"ebike\"]}",
                   place(at(6, 1), FRAME_BD09)));
    struct point want;
    struct fail f;

    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_text(&answer, "/place/frame"), "gcj02");
    assert_true(frame_from_wgs84(FRAME_GCJ02, at(6, 1), &want, &f));
    check_near(asking_number(&answer, "/place/lon"), want.lon, 2e-7);
    assert_string_equal(asking_text(&answer, "/people/0/position/frame"), "gcj02");
    assert_string_equal(asking_text(&answer, "/people/0/route/frame"), "gcj02");
    const int32_t points = asking_count(&answer, "/people/0/route/geometry/coordinates");

    assert_true(points >= 2);
    check_near(
        asking_number(&answer, arena_text(ROOM.d->arena,
                                          "/people/0/route/geometry/coordinates/%d/0", points - 1)),
        want.lon, 2e-6);
    assert_true(strlen(asking_text(&answer, "/people/0/route/polyline")) > 4);
}

static void wishes_that_make_no_sense_are_refused(void **state)
{
    static const struct {
        const char *body;
        int32_t status;
        const char *code;
    } CASES[] = {
        { "{}", 422, "key_missing" },
        { "{\"place\":{\"lon\":116.39,\"lat\":39.9}}", 422, "frame_missing" },
        { "{\"place\":{\"lon\":116.39,\"lat\":39.9,\"frame\":\"utm\"}}", 422, "frame_unknown" },
        { "{\"place\":{\"lon\":116.39,\"lat\":99,\"frame\":\"wgs84\"}}", 422,
          "place_out_of_range" },
        { "{\"place\":{\"lon\":2.3,\"lat\":48.8,\"frame\":\"bd09\"}}", 422, "frame_outside_china" },
        { "{\"place\":{\"lon\":2.3,\"lat\":48.8,\"frame\":\"wgs84\"}}", 422, "no_street_near" },
#define HERE "{\"place\":{\"lon\":116.392,\"lat\":39.902,\"frame\":\"wgs84\"}"
        { HERE ",\"k\":0}", 422, "value_out_of_range" },
        { HERE ",\"k\":1001}", 422, "value_out_of_range" },
        { HERE ",\"k\":101,\"routes\":true}", 422, "value_out_of_range" },
        { HERE ",\"k\":1.5}", 422, NULL },
        { HERE ",\"modes\":[]}", 422, "value_out_of_range" },
        { HERE ",\"modes\":[\"horse\"]}", 422, "value_not_allowed" },
        { HERE ",\"skills\":[\"flying\"]}", 422, "value_not_allowed" },
        { HERE ",\"skills\":\"aed\"}", 422, "value_wrong_type" },
        { HERE ",\"limit_s\":0}", 422, "value_out_of_range" },
        { HERE ",\"routes\":1}", 422, "value_wrong_type" },
        { HERE ",\"fast\":true}", 422, "key_unknown" },
        { HERE, 400, "json_malformed" },
#undef HERE
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct asking_answer answer = send("/v1/nearest", CASES[i].body);

        asking_expect(&answer, CASES[i].status, CASES[i].code);
        if (CASES[i].code && strcmp(CASES[i].code, "no_street_near") == 0)
            assert_string_equal(asking_text(&answer, "/pointer"), "/place");
    }
    const struct asking_answer answer =
        send("/v1/nearest?frame=mars",
             "{\"place\":{\"lon\":116.392,\"lat\":39.902,\"frame\":\"wgs84\"}}");

    asking_expect(&answer, 422, "frame_unknown");
}

/* ------------------------------------------------------------------ route */

static void a_route_tells_its_steps_in_both_languages(void **state)
{
    const char *body = arena_text(ROOM.d->arena, "{\"from\":{%s},\"to\":{%s},\"mode\":\"foot\"}",
                                  place(at(3.5, 1), FRAME_WGS84), place(at(4, 1.75), FRAME_GCJ02));
    const struct asking_answer answer = send("/v1/route", body);

    (void)state;
    asking_expect(&answer, 200, NULL);
    check_near(asking_number(&answer, "/length_m"), 125, 1.5);
    assert_string_equal(asking_text(&answer, "/mode"), "foot");
    assert_string_equal(asking_text(&answer, "/frame"), "wgs84");
    assert_true(asking_number(&answer, "/duration_s") > 60);
    const int32_t steps = asking_count(&answer, "/steps");

    assert_int_equal(steps, 3);
    assert_string_equal(asking_text(&answer, "/steps/0/turn"), "depart");
    assert_string_equal(asking_text(&answer, "/steps/0/text_en"), "Set off along Row 1");
    assert_string_equal(asking_text(&answer, "/steps/0/text_zh"), "出发，沿Row 1");
    assert_string_equal(asking_text(&answer, "/steps/1/turn"), "left");
    assert_string_equal(asking_text(&answer, "/steps/1/text_en"), "Turn left onto Column 4");
    assert_string_equal(asking_text(&answer, "/steps/1/text_zh"), "左转进入Column 4");
    assert_string_equal(asking_text(&answer, "/steps/2/turn"), "arrive");
    check_near(asking_number(&answer, "/steps/1/location/lon"), at(4, 1).lon, 1e-6);
    check_near(asking_number(&answer, "/steps/0/length_m") +
                   asking_number(&answer, "/steps/1/length_m"),
               125, 1.5);
    assert_string_equal(asking_text(&answer, "/geometry/type"), "LineString");
}

static void a_route_leads_over_the_places_on_the_way(void **state)
{
    const char *body = arena_text(
        ROOM.d->arena, "{\"from\":{%s},\"to\":{%s},\"via\":[{%s},{%s}],\"mode\":\"foot\"}",
        place(at(0.5, 1), FRAME_WGS84), place(at(1.5, 1), FRAME_WGS84),
        place(at(2.5, 1), FRAME_BD09), place(at(1.5, 2), FRAME_WGS84));
    const struct asking_answer answer = send("/v1/route", body);
    double length_m = 0, duration_s = 0;

    (void)state;
    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_count(&answer, "/legs"), 3);
    for (int32_t i = 0; i < 3; i++) {
        const int32_t step =
            (int32_t)asking_number(&answer, arena_text(ROOM.d->arena, "/legs/%d/first_step", i));

        assert_string_equal(asking_text(&answer, arena_text(ROOM.d->arena, "/steps/%d/turn", step)),
                            i == 0 ? "depart" : "waypoint");
        length_m += asking_number(&answer, arena_text(ROOM.d->arena, "/legs/%d/length_m", i));
        duration_s += asking_number(&answer, arena_text(ROOM.d->arena, "/legs/%d/duration_s", i));
    }
    check_near(asking_number(&answer, "/legs/0/length_m"), 200, 2);
    check_near(asking_number(&answer, "/length_m"), length_m, 0.02);
    check_near(asking_number(&answer, "/duration_s"), duration_s, 0.002);
    assert_int_equal(asking_count(&answer, "/alternatives"), 0);
}

static void a_route_keeps_clear_of_what_is_to_be_avoided(void **state)
{
    const struct point west = at(1.2, 0.9), east = at(1.8, 1.1);
    const char *ends = arena_text(ROOM.d->arena, "{\"from\":{%s},\"to\":{%s},\"mode\":\"foot\"",
                                  place(at(0.5, 1), FRAME_WGS84), place(at(2.5, 1), FRAME_WGS84));
    const char *area = arena_text(ROOM.d->arena,
                                  "{\"frame\":\"wgs84\",\"type\":\"Polygon\",\"coordinates\":[[[%."
                                  "7f,%.7f],[%.7f,%.7f],[%.7f,%.7f],"
                                  "[%.7f,%.7f],[%.7f,%.7f]]]}",
                                  west.lon, west.lat, east.lon, west.lat, east.lon, east.lat,
                                  west.lon, east.lat, west.lon, west.lat);
    struct asking_answer answer = send("/v1/route", arena_text(ROOM.d->arena, "%s}", ends));

    (void)state;
    asking_expect(&answer, 200, NULL);
    check_near(asking_number(&answer, "/length_m"), 200, 2);
    answer =
        send("/v1/route", arena_text(ROOM.d->arena, "%s,\"avoid\":{\"areas\":[%s]}}", ends, area));
    asking_expect(&answer, 200, NULL);
    check_near(asking_number(&answer, "/length_m"), 400, 4);
    answer = send("/v1/route",
                  arena_text(ROOM.d->arena, "%s,\"avoid\":{\"classes\":[\"residential\"]}}", ends));
    asking_expect(&answer, 422, "no_route");
}

static void a_route_comes_with_other_ways_that_are_no_shorter(void **state)
{
    const char *body =
        arena_text(ROOM.d->arena, "{\"from\":{%s},\"to\":{%s},\"mode\":\"car\",\"alternatives\":3}",
                   place(at(0.5, 0), FRAME_WGS84), place(at(3, 2.5), FRAME_WGS84));
    const struct asking_answer answer = send("/v1/route", body);

    (void)state;
    asking_expect(&answer, 200, NULL);
    const int32_t count = asking_count(&answer, "/alternatives");

    assert_in_range(count, 1, 3);
    for (int32_t i = 0; i < count; i++) {
        assert_true(asking_number(&answer, arena_text(ROOM.d->arena, "/alternatives/%d/duration_s",
                                                      i)) >= asking_number(&answer, "/duration_s"));
        assert_true(asking_count(&answer, arena_text(ROOM.d->arena, "/alternatives/%d/steps", i)) >=
                    2);
    }
}

static void routes_that_cannot_be_are_refused(void **state)
{
    static const struct {
        const char *body;
        const char *code;
        const char *pointer;
    } CASES[] = {
#define HERE "{\"lon\":116.392,\"lat\":39.902,\"frame\":\"wgs84\"}"
#define FAR  "{\"lon\":2.3,\"lat\":48.8,\"frame\":\"wgs84\"}"
        { "{\"from\":" HERE ",\"to\":" HERE "}", "key_missing", NULL },
        { "{\"from\":" HERE ",\"to\":" FAR ",\"mode\":\"car\"}", "no_street_near", "/to" },
        { "{\"from\":" FAR ",\"to\":" HERE ",\"mode\":\"car\"}", "no_street_near", "/from" },
        { "{\"from\":" HERE ",\"to\":" HERE ",\"mode\":\"bus\"}", "value_not_allowed", "/mode" },
        { "{\"from\":" HERE ",\"to\":" HERE ",\"mode\":\"car\",\"over\":[]}", "key_unknown", NULL },
        { "{\"from\":" HERE ",\"to\":" HERE ",\"mode\":\"car\",\"via\":[" HERE "," FAR "]}",
          "no_street_near", "/via/1" },
        { "{\"from\":" HERE ",\"to\":" HERE ",\"mode\":\"car\",\"alternatives\":4}",
          "value_out_of_range", "/alternatives" },
        { "{\"from\":" HERE ",\"to\":" HERE ",\"mode\":\"car\",\"alternatives\":1,\"via\":[" HERE
          "]}",
          "route_alternatives", "/alternatives" },
        { "{\"from\":" HERE ",\"to\":" HERE ",\"mode\":\"car\",\"alternatives\":1,\"avoid\":{"
          "\"classes\":[\"ferry\"]}}",
          "route_alternatives", "/alternatives" },
        { "{\"from\":" HERE ",\"to\":" HERE ",\"mode\":\"car\",\"avoid\":{\"classes\":[\"rail\"]}}",
          "value_not_allowed", "/avoid/classes/0" },
        { "{\"from\":" HERE ",\"to\":" HERE ",\"mode\":\"car\",\"avoid\":{\"areas\":[{\"type\":"
          "\"Polygon\",\"frame\":\"wgs84\",\"coordinates\":[[[0,0],[1,1],[1,0],[0,1],[0,0]]]}]}}",
          "shape_invalid", "/avoid/areas/0" },
        { "{\"from\":" HERE ",\"to\":" HERE ",\"mode\":\"car\",\"avoid\":{\"areas\":[{\"type\":"
          "\"Polygon\",\"coordinates\":[]}]}}",
          "frame_missing", NULL },
#undef HERE
#undef FAR
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct asking_answer answer = send("/v1/route", CASES[i].body);

        asking_expect(&answer, 422, CASES[i].code);
        if (CASES[i].pointer)
            assert_string_equal(asking_text(&answer, "/pointer"), CASES[i].pointer);
    }
}

static int set_up_empty(void **state)
{
    return asking_open_room(&ROOM, state);
}

static void before_the_first_import_one_is_asked_to_come_again(void **state)
{
    struct asking_answer answer =
        send("/v1/nearest", "{\"place\":{\"lon\":116.392,\"lat\":39.902,\"frame\":\"wgs84\"}}");

    (void)state;
    asking_expect(&answer, 503, "no_city_yet");
    assert_non_null(asking_header(&answer, "Retry-After"));
    answer =
        send("/v1/route", "{\"from\":{\"lon\":116.392,\"lat\":39.902,\"frame\":\"wgs84\"},\"to\":"
                          "{\"lon\":116.392,\"lat\":39.902,\"frame\":\"wgs84\"},\"mode\":\"car\"}");
    asking_expect(&answer, 503, "no_city_yet");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_item_is_accepted_or_rejected_with_its_code, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_body_that_cannot_be_read_takes_nothing, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_nearest_come_first_each_by_her_own_mode, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(wishes_narrow_who_is_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_route_leads_from_her_street_to_the_place, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(wishes_that_make_no_sense_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_route_tells_its_steps_in_both_languages, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_route_leads_over_the_places_on_the_way, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_route_keeps_clear_of_what_is_to_be_avoided, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_route_comes_with_other_ways_that_are_no_shorter, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(routes_that_cannot_be_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(before_the_first_import_one_is_asked_to_come_again,
                                        set_up_empty, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
