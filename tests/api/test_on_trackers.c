/* Positions in every format that a device is enrolled for, as the apps send them: with
 * the secret where each puts it, and good for nothing else. */
#include "tests/support/check_near.h"

#include <stdlib.h>
#include <string.h>

#include "engine/cadence.h"
#include "engine/clock.h"
#include "engine/engine.h"
#include "geo/base/buf.h"
#include "geo/instant.h"
#include "tests/support/asking.h"
#include "tests/support/database.h"

static struct asking_room ROOM;

static const char CITY[] =
    "INSERT INTO vigil.org (org_id, parent_id, kind, code, name) VALUES"
    " (2, 1, 'county', '320301', 'Two'), (3, 1, 'county', '320302', 'Three');"
    "INSERT INTO vigil.person (person_id, display_name, org_id, mode, location_consent, on_duty)"
    " VALUES (1, 'of two', 2, 'foot', true, true), (2, 'of three', 3, 'taxi', true, true),"
    " (3, 'of two', 2, 'foot', true, false), (4, 'of two', 2, 'bus', true, true)";

static int set_up(void **state)
{
    if (asking_open_room(&ROOM, state))
        return -1;
    asking_change(&ROOM, CITY);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return asking_close_room(&ROOM);
}

/* Nobody's token: what is shown is shown by the request itself. */
static const char NO_TOKEN[] = "Authorization: ";

/* Lives until the test is over. */
#define TEXT(...) arena_text(ROOM.d->arena, __VA_ARGS__)

static const char *enrol(int64_t person_id, const char *format, const char *frame)
{
    asking_as(ROOM.worker, ROLE_ADMIN, 1, 0);
    const struct asking_answer answer = asking_send(
        ROOM.worker, "POST", "/v1/devices", asking_fresh_key(&ROOM),
        TEXT("{\"person_id\":%lld,\"name\":\"hers\",\"format\":\"%s\",\"frame\":\"%s\"}",
             (long long)person_id, format, frame));

    asking_expect(&answer, 201, NULL);
    return TEXT("%s", asking_text(&answer, "/secret"));
}

static const char *bearer(const char *secret)
{
    return TEXT("Authorization: Bearer %s", secret);
}

static const char *ago(int64_t seconds)
{
    char moment[INSTANT_SIZE];

    instant_write(clock_wall_us() - seconds * 1000000, moment);
    return TEXT("%s", moment);
}

static const char *seconds_ago(int64_t seconds, const char *more)
{
    return TEXT("%lld%s", (long long)(clock_wall_us() / 1000000 - seconds), more);
}

static struct live_person seen(int64_t person_id)
{
    struct live *live = engine_live(asking_engine(ROOM.asking));
    struct live_person person = { 0 };

    live_read(live);
    live_get(live, person_id, &person);
    live_read_end(live);
    return person;
}

static int64_t rows(const char *what)
{
    return database_int(ROOM.d, arena_text(ROOM.d->arena, "SELECT count(*) FROM vigil.%s", what));
}

static void took(const struct asking_answer *answer, int64_t accepted)
{
    asking_expect(answer, 200, NULL);
    if (asking_int(answer, "/accepted") != accepted)
        fail_msg("%s", answer->body);
}

/* ------------------------------------------------------------------ the formats */

static void osmand_comes_by_its_address(void **state)
{
    const char *secret = enrol(1, "osmand", "wgs84");
    const struct asking_answer answer =
        asking_send(ROOM.worker, "GET",
                    TEXT("/v1/osmand?id=%s&lat=34.261&lon=117.185&timestamp=%s&hdop=12.5"
                         "&altitude=43.0&speed=1.5&bearing=270.0",
                         secret, seconds_ago(5, "123")),
                    NO_TOKEN, NULL);

    (void)state;
    took(&answer, 1);
    assert_int_equal(asking_int(&answer, "/report_s"), 300);
    const struct live_person she = seen(1);

    assert_true(she.has_fix);
    assert_int_equal(she.fix.at.lon, 1171850000);
    assert_int_equal(she.fix.accuracy_dm, 125);
    assert_int_equal(she.fix.speed_cms, 150);
}

static void the_traccar_client_posts_its_address(void **state)
{
    const char *secret = enrol(1, "osmand", "wgs84");
    const char *query = TEXT("id=%s&timestamp=%s&lat=34.261&lon=117.185&speed=5.831532&bearing=90.0"
                             "&altitude=43.0&accuracy=14.25&batt=81.0&mock=true",
                             secret, seconds_ago(5, ""));
    struct asking_answer answer =
        asking_send(ROOM.worker, "POST", TEXT("/v1/osmand?%s", query), NO_TOKEN, NULL);

    (void)state;
    took(&answer, 1);
    assert_int_equal(seen(1).fix.speed_cms, 300);
    query = TEXT("id=%s&timestamp=%s&lat=34.262&lon=117.186&speed=0", secret, seconds_ago(2, ""));
    answer = asking_send(ROOM.worker, "POST", "/v1/osmand",
                         "Authorization: \nContent-Type: application/x-www-form-urlencoded", query);
    took(&answer, 1);
    assert_int_equal(seen(1).fix.at.lat, 342620000);
}

static void the_newer_traccar_client_posts_json(void **state)
{
    const char *secret = enrol(1, "osmand", "wgs84");
    const char *body =
        TEXT("{\"location\":{\"timestamp\":\"%s\",\"coords\":{\"latitude\":34.261,"
             "\"longitude\":117.185,\"accuracy\":8,\"speed\":1.4,\"heading\":90,\"altitude\":43},"
             "\"is_moving\":true,\"extras\":{},\"_\":\"&id=x&\"},\"device_id\":\"%s\"}",
             ago(5), secret);
    struct asking_answer answer = asking_send(ROOM.worker, "POST", "/v1/osmand", NO_TOKEN, body);

    (void)state;
    took(&answer, 1);
    assert_int_equal(seen(1).fix.speed_cms, 140);
    answer = asking_send(ROOM.worker, "POST", "/v1/osmand", NO_TOKEN, body);
    took(&answer, 1); /* sent again because the answer was lost */
    assert_int_equal(database_int(ROOM.d, "SELECT count(DISTINCT (person_id, fix_us)) FROM "
                                          "vigil.position_history"),
                     1);
}

/* "wx:vgd_…" in base64, whose length leaves no remainder of three. */
static const char *basic(const char *name, const char *password)
{
    static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *pair = TEXT("%s:%s", name, password);
    struct buf out = { 0 };

    for (size_t i = 0; i < strlen(pair); i += 3) {
        const size_t left = strlen(pair) - i;
        uint32_t bits = 0;

        for (size_t k = 0; k < 3; k++)
            bits = bits << 8 | (k < left ? (unsigned char)pair[i + k] : 0);
        for (size_t k = 0; k < 4; k++)
            buf_byte(&out, k <= left ? (unsigned char)DIGITS[bits >> (18 - 6 * k) & 63] : '=');
    }
    const char *header = TEXT("Authorization: Basic %s", buf_text(&out));

    buf_free(&out);
    return header;
}

static const char *owntracks(int64_t seconds, const char *place)
{
    return TEXT(
        "{\"_type\":\"location\",\"acc\":14,\"batt\":81,\"m\":1,\"tid\":\"wx\",%s,\"vel\":36,"
        "\"topic\":\"owntracks/http/wx\",\"tst\":%s}",
        place, seconds_ago(seconds, ""));
}

static void owntracks_comes_by_a_password_and_is_told_how_often(void **state)
{
    static const char PLACE[] = "\"lat\":34.261,\"lon\":117.185";
    const char *she = basic("wx", enrol(1, "owntracks", "wgs84"));
    struct asking_answer answer =
        asking_send(ROOM.worker, "POST", "/v1/owntracks", she, owntracks(9, PLACE));

    (void)state;
    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_text(&answer, "/0/action"), "setConfiguration");
    assert_int_equal(asking_int(&answer, "/0/configuration/locatorInterval"), 300);
    assert_int_equal(asking_int(&answer, "/0/configuration/monitoring"), 1);
    assert_int_equal(seen(1).fix.speed_cms, 1000);
    answer = asking_send(ROOM.worker, "POST", "/v1/owntracks", she, owntracks(6, PLACE));
    asking_expect(&answer, 200, NULL);
    assert_string_equal(answer.body, "[]"); /* it knows */
    asking_change(&ROOM,
                  "INSERT INTO vigil.incident (incident_id, org_id, type, priority, geom)"
                  " VALUES (5, 2, 'help', 2, 'SRID=4326;POINT(117.19 34.26)');"
                  "INSERT INTO vigil.dispatch (dispatch_id, incident_id, org_id, expires_at)"
                  " VALUES (6, 5, 2, now() + interval '1 hour');"
                  "INSERT INTO vigil.dispatch_person (dispatch_id, person_id, incident_id, org_id, "
                  "expires_at)"
                  " VALUES (6, 1, 5, 2, now() + interval '1 hour')");
    answer = asking_send(ROOM.worker, "POST", "/v1/owntracks", she, owntracks(3, PLACE));
    assert_int_equal(asking_int(&answer, "/0/configuration/moveModeLocatorInterval"), 10);
    assert_int_equal(asking_int(&answer, "/0/configuration/monitoring"), 2);
}

static void what_owntracks_says_besides_is_answered(void **state)
{
    static const char *const OTHERS[] = { "{\"_type\":\"lwt\",\"tst\":1795331640}",
                                          "{\"_type\":\"status\"}", "" };
    const char *she = basic("wxy", enrol(3, "owntracks", "wgs84"));

    (void)state;
    for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++) {
        const struct asking_answer answer =
            asking_send(ROOM.worker, "POST", "/v1/owntracks", she, OTHERS[i]);

        asking_expect(&answer, 200, NULL);
        assert_string_equal(answer.body, "[]");
    }
    struct asking_answer answer = asking_send(ROOM.worker, "POST", "/v1/owntracks", she,
                                              owntracks(3, "\"lat\":34.2,\"lon\":117.1"));

    asking_expect(&answer, 200, NULL); /* she is off duty: nothing is kept, nothing is wanted */
    assert_string_equal(answer.body, "[]");
    assert_int_equal(rows("position_history"), 0);
    answer = asking_send(ROOM.worker, "POST", "/v1/owntracks", she,
                         "{\"_type\":\"encrypted\",\"data\":\"x\"}");
    asking_expect(&answer, 422, "position_encrypted");
}

static void json_needs_neither_person_nor_frame(void **state)
{
    const char *secret = bearer(enrol(1, "json", "gcj02"));
    struct asking_answer answer =
        asking_send(ROOM.worker, "POST", "/v1/positions", secret,
                    TEXT("{\"lon\":117.190773,\"lat\":34.259778,\"fix_time\":\"%s\"}", ago(5)));

    (void)state;
    took(&answer, 1);
    check_near(seen(1).fix.at.lon / 1e7, 117.185, 2e-6);
    answer = asking_send(ROOM.worker, "POST", "/v1/positions", secret,
                         TEXT("{\"lon\":117.19,\"lat\":34.26,\"frame\":\"wgs84\","
                              "\"fix_time\":\"%s\"}",
                              ago(4)));
    took(&answer, 0);
    assert_string_equal(asking_text(&answer, "/rejected/0/code"), "frame_differs");
    assert_string_equal(asking_text(&answer, "/rejected/0/key"), "frame");
    assert_string_equal(asking_text(&answer, "/rejected/0/allowed"),
                        "the frame that the device was enrolled with");
    answer = asking_send(ROOM.worker, "POST", "/v1/positions", secret,
                         TEXT("{\"person_id\":4,\"lon\":117.19,\"lat\":34.26,"
                              "\"fix_time\":\"%s\"}",
                              ago(4)));
    took(&answer, 0);
    assert_string_equal(asking_text(&answer, "/rejected/0/code"), "person_unknown");
    assert_int_equal(rows("position_history"), 1);
}

static void put_varint(struct buf *out, uint64_t value)
{
    for (; value >= 128; value >>= 7)
        buf_byte(out, (unsigned char)(value | 128));
    buf_byte(out, (unsigned char)value);
}

static void packed_comes_in_few_bytes(void **state)
{
    const char *secret = bearer(enrol(1, "packed", "gcj02"));
    struct buf out = { 0 };

    (void)state;
    buf_put(&out, "VP\1\2\1", 5);
    put_varint(&out, (uint64_t)(clock_wall_us() / 1000 - 5000));
    buf_byte(&out, 2); /* a millisecond later */
    put_varint(&out, 2 * 1171907730ULL);
    put_varint(&out, 2 * 342597780ULL);
    buf_put(&out, "\3\x55\x0e", 3);
    struct asking_answer answer =
        asking_send(ROOM.worker, "POST", "/v1/positions/packed",
                    TEXT("%s\nContent-Type: application/octet-stream", secret), buf_text(&out));

    buf_free(&out);
    took(&answer, 1);
    check_near(seen(1).fix.at.lon / 1e7, 117.185, 2e-6);
    assert_int_equal(seen(1).fix.accuracy_dm, 85);
    answer = asking_send(ROOM.worker, "POST", "/v1/positions/packed", secret, "{}");
    asking_expect(&answer, 415, "content_type");
    answer = asking_send(ROOM.worker, "POST", "/v1/positions/packed",
                         TEXT("%s\nContent-Type: application/octet-stream", secret), "VP");
    asking_expect(&answer, 422, "packed_malformed");
}

/* ------------------------------------------------------------------ what a secret opens */

static void a_secret_opens_its_own_door_alone(void **state)
{
    const char *osmand = enrol(1, "osmand", "wgs84");
    const char *json = enrol(1, "json", "wgs84");
    static const char *const OTHERS[][2] = {
        { "GET", "/v1/people/1" }, { "GET", "/v1/me" },      { "POST", "/v1/me/duty" },
        { "GET", "/v1/events" },   { "GET", "/v1/devices" }, { "POST", "/v1/nearest" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++) {
        const struct asking_answer answer =
            asking_send(ROOM.worker, OTHERS[i][0], OTHERS[i][1], bearer(json),
                        OTHERS[i][0][0] == 'P' ? "{}" : NULL);

        asking_expect(&answer, 401, NULL);
    }
    struct asking_answer answer =
        asking_send(ROOM.worker, "POST", "/v1/positions", bearer(osmand),
                    TEXT("{\"lon\":117.19,\"lat\":34.26,\"fix_time\":\"%s\"}", ago(5)));

    asking_expect(&answer, 422, "device_format");
    assert_string_equal(asking_text(&answer, "/allowed"), "json");
    answer = asking_send(ROOM.worker, "POST", "/v1/owntracks", basic("wx", osmand), "");
    asking_expect(&answer, 422, "device_format");
    answer =
        asking_send(ROOM.worker, "GET",
                    TEXT("/v1/osmand?id=%s&lat=34&lon=117&timestamp=%s", json, seconds_ago(1, "")),
                    NO_TOKEN, NULL);
    asking_expect(&answer, 422, "device_format");
    assert_int_equal(rows("position_history"), 0);
}

static void a_wrong_secret_is_told_nothing(void **state)
{
    static const char *const WRONG[] = { "123456", "vgd_AAECAwQFBgcICQoLDA0ODw", "vgd_", "vgd_%20",
                                         "vgd_AAECAwQFBgcICQoLDA0ODwAAAAAAAAAAAAAAAAAAAAAAAAAAA" };

    (void)state;
    enrol(1, "osmand", "wgs84");
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        struct asking_answer answer = asking_send(
            ROOM.worker, "GET",
            TEXT("/v1/osmand?id=%s&lat=34&lon=117&timestamp=%s", WRONG[i], seconds_ago(1, "")),
            NO_TOKEN, NULL);

        asking_expect(&answer, 401, "token_invalid");
        assert_null(strstr(answer.body, WRONG[i]));
        answer = asking_send(ROOM.worker, "POST", "/v1/owntracks", basic("x", WRONG[i]), "");
        asking_expect(&answer, 401, "token_invalid");
    }
    struct asking_answer answer =
        asking_send(ROOM.worker, "GET", "/v1/osmand?lat=34&lon=117&timestamp=1", NO_TOKEN, NULL);

    asking_expect(&answer, 401, "not_signed_in");
    answer = asking_send(ROOM.worker, "POST", "/v1/owntracks", "Authorization: Basic !!!", "");
    asking_expect(&answer, 401, "token_invalid");
    answer = asking_send(ROOM.worker, "POST", "/v1/owntracks", NO_TOKEN, "");
    asking_expect(&answer, 401, "not_signed_in");
}

static void a_token_is_no_device(void **state)
{
    (void)state;
    asking_as(ROOM.worker, ROLE_DEVICE, 2, 1);
    struct asking_answer answer =
        asking_send(ROOM.worker, "GET", "/v1/osmand?lat=34&lon=117&timestamp=1", NULL, NULL);

    asking_expect(&answer, 422, "device_format");
    asking_as(ROOM.worker, ROLE_VOLUNTEER, 2, 1);
    answer = asking_send(ROOM.worker, "GET", "/v1/osmand?lat=34&lon=117&timestamp=1", NULL, NULL);
    asking_expect(&answer, 403, "role_not_allowed");
}

/* A phone's queue must not stick on what will never be taken. */
static void what_will_never_be_taken_is_answered_as_delivered(void **state)
{
    const char *secret = enrol(3, "osmand", "wgs84");
    struct asking_answer answer = asking_send(
        ROOM.worker, "GET",
        TEXT("/v1/osmand?id=%s&lat=34.261&lon=117.185&timestamp=%s", secret, seconds_ago(5, "")),
        NO_TOKEN, NULL);

    (void)state;
    took(&answer, 0);
    assert_string_equal(asking_text(&answer, "/rejected/0/code"), "off_duty");
    assert_true(strstr(answer.body, "\"report_s\":null") != NULL);
    answer = asking_send(ROOM.worker, "GET",
                         TEXT("/v1/osmand?id=%s&lat=34.261&lon=117.185&timestamp=%s", secret,
                              seconds_ago(100000, "")),
                         NO_TOKEN, NULL);
    took(&answer, 0);
    assert_string_equal(asking_text(&answer, "/rejected/0/code"), "fix_too_old");
    answer = asking_send(ROOM.worker, "GET", TEXT("/v1/osmand?id=%s", secret), NO_TOKEN, NULL);
    asking_expect(&answer, 422, "key_missing");
    answer = asking_send(ROOM.worker, "POST", "/v1/osmand", NO_TOKEN,
                         TEXT("id=%s&lat=%s&a=%%zz", secret, "34"));
    asking_expect(&answer, 401, "not_signed_in"); /* a form that cannot be read names nobody */
}

/* ------------------------------------------------------------------ how often */

static void a_gateway_hears_who_is_wanted_sooner(void **state)
{
    (void)state;
    asking_change(&ROOM,
                  "INSERT INTO vigil.incident (incident_id, org_id, type, priority, geom)"
                  " VALUES (5, 2, 'help', 2, 'SRID=4326;POINT(117.19 34.26)');"
                  "INSERT INTO vigil.dispatch (dispatch_id, incident_id, org_id, expires_at)"
                  " VALUES (6, 5, 2, now() + interval '1 hour');"
                  "INSERT INTO vigil.dispatch_person (dispatch_id, person_id, incident_id, org_id, "
                  "expires_at)"
                  " VALUES (6, 1, 5, 2, now() + interval '1 hour')");
    asking_as(ROOM.worker, ROLE_GATEWAY, 1, 0);
    const char *item =
        TEXT("\"lon\":117.19,\"lat\":34.26,\"frame\":\"wgs84\",\"fix_time\":\"%s\"", ago(5));
    const struct asking_answer answer = asking_send(
        ROOM.worker, "POST", "/v1/positions", NULL,
        TEXT("{\"positions\":[{\"person_id\":4,%s},{\"person_id\":1,%s},{\"person_id\":3,%s},"
             "{\"person_id\":4,%s},{\"person_id\":2,%s}]}",
             item, item, item, item, item));

    took(&answer, 4);
    assert_int_equal(asking_int(&answer, "/report_s"), 300);
    assert_true(strstr(answer.body, "\"report\":[{\"report_s\":10,\"person_ids\":[1]},"
                                    "{\"report_s\":20,\"person_ids\":[2,4]}]") != NULL);
}

static void on_patrol_she_reports_every_twenty_seconds(void **state)
{
    struct cadence *cadence = engine_cadence(asking_engine(ROOM.asking));
    struct live_person she = seen(1);

    (void)state;
    assert_int_equal(cadence_report_s(cadence, &she), 300);
    asking_change(
        &ROOM,
        "INSERT INTO vigil.beat (beat_id, org_id, code, name, length_cm) VALUES (1, 2, 'b', 'b', "
        "1);"
        "INSERT INTO vigil.patrol_plan (plan_id, org_id, beat_id, name, weekdays, starts_min,"
        " length_min, cutoff_min, capacity, min_people, max_people, radius_m)"
        " VALUES (1, 2, 1, 'p', 127, 0, 60, 60, 1, 1, 8, 100);"
        "INSERT INTO vigil.patrol_opening (opening_id, plan_id, org_id, month, opens_at, closes_at,"
        " seed) VALUES (1, 1, 2, date_trunc('month', now())::date, now() - interval '2 days',"
        " now() - interval '1 day', sha256('x'));"
        "INSERT INTO vigil.patrol_day (day_id, opening_id, plan_id, beat_id, org_id, day, during,"
        " cutoff_at, min_people, max_people, radius_m) VALUES (1, 1, 1, 1, 2, now()::date,"
        " tstzrange(now() - interval '1 hour', now() + interval '1 hour'), now() - interval '2 "
        "hours', 1, 8, 100);"
        "INSERT INTO vigil.patrol_place (day_id, place, org_id) VALUES (1, 1, 2);"
        "INSERT INTO vigil.squad (squad_id, org_id, kind, code, name) VALUES (1, 2, 'squad', 's', "
        "'s');"
        "INSERT INTO vigil.claim (claim_id, day_id, place, org_id, squad_id, squad_org_id, month,"
        " during, state, fair) VALUES (1, 1, 1, 2, 1, 2, date_trunc('month', now())::date,"
        " tstzrange(now() - interval '1 hour', now() + interval '1 hour'), 'started', true);"
        "INSERT INTO vigil.signup (signup_id, org_id, claim_id, person_id, role, during, state)"
        " VALUES (1, 2, 1, 1, 'member', 'empty', 'checked_in')");
    cadence_tick(cadence, ROOM.d->db);
    assert_int_equal(cadence_report_s(cadence, &she), 20);
    she.taken_incident_id = 9;
    assert_int_equal(cadence_report_s(cadence, &she), 10);
    she.bars |= ABLE_BIT(ABLE_NO_CONSENT);
    assert_int_equal(cadence_report_s(cadence, &she), 0);
    asking_change(&ROOM, "UPDATE vigil.signup SET state = 'checked_out'");
    cadence_tick(cadence, ROOM.d->db);
    she = seen(1);
    assert_int_equal(cadence_report_s(cadence, &she), 300);
    assert_int_equal(cadence_report_s(cadence, &(struct live_person){ .person_id = 1 }), 0);
}

/* ------------------------------------------------------------------ fares */

static struct asking_answer taxi_says(const char *secret, int64_t seconds, const char *hired)
{
    return asking_send(ROOM.worker, "POST", "/v1/positions", bearer(secret),
                       TEXT("{\"lon\":117.19,\"lat\":34.26,\"fix_time\":\"%s\",\"hired\":%s}",
                            ago(seconds), hired));
}

static bool is_hired(int64_t person_id)
{
    return (seen(person_id).bars & ABLE_BIT(ABLE_HIRED)) != 0;
}

static void a_terminal_says_when_its_taxi_has_a_fare(void **state)
{
    const char *secret = enrol(2, "json", "wgs84");
    struct asking_answer answer = taxi_says(secret, 20, "true");

    (void)state;
    took(&answer, 1);
    assert_true(is_hired(2));
    assert_int_equal(rows("person WHERE person_id = 2 AND hired"), 1);
    answer = taxi_says(secret, 15, "true"); /* no news */
    took(&answer, 1);
    assert_int_equal(rows("person WHERE person_id = 2 AND version = 2"), 1);
    answer = taxi_says(secret, 30, "false"); /* of before, and late */
    took(&answer, 1);
    assert_true(is_hired(2));
    answer = taxi_says(secret, 10, "false");
    took(&answer, 1);
    assert_false(is_hired(2));
    assert_int_equal(rows("person WHERE person_id = 2 AND hired"), 0);
}

static void nobody_else_has_a_fare(void **state)
{
    const char *secret = enrol(1, "json", "wgs84");
    struct asking_answer answer = taxi_says(secret, 20, "true");

    (void)state;
    took(&answer, 1);
    assert_int_equal(rows("person WHERE hired"), 0);
    asking_as(ROOM.worker, ROLE_GATEWAY, 2, 0); /* of another county than the taxi's */
    answer = asking_send(ROOM.worker, "POST", "/v1/positions", NULL,
                         TEXT("{\"person_id\":2,\"lon\":117.19,\"lat\":34.26,\"frame\":\"wgs84\","
                              "\"fix_time\":\"%s\",\"hired\":true}",
                              ago(5)));
    took(&answer, 0);
    assert_int_equal(rows("person WHERE hired"), 0);
    asking_as(ROOM.worker, ROLE_GATEWAY, 3, 0);
    answer = asking_send(ROOM.worker, "POST", "/v1/positions", NULL,
                         TEXT("{\"person_id\":2,\"lon\":117.19,\"lat\":34.26,\"frame\":\"wgs84\","
                              "\"fix_time\":\"%s\",\"hired\":true}",
                              ago(5)));
    took(&answer, 1);
    assert_true(is_hired(2));
}

#define ROOM_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROOM_TEST(osmand_comes_by_its_address),
        ROOM_TEST(the_traccar_client_posts_its_address),
        ROOM_TEST(the_newer_traccar_client_posts_json),
        ROOM_TEST(owntracks_comes_by_a_password_and_is_told_how_often),
        ROOM_TEST(what_owntracks_says_besides_is_answered),
        ROOM_TEST(json_needs_neither_person_nor_frame),
        ROOM_TEST(packed_comes_in_few_bytes),
        ROOM_TEST(a_secret_opens_its_own_door_alone),
        ROOM_TEST(a_wrong_secret_is_told_nothing),
        ROOM_TEST(a_token_is_no_device),
        ROOM_TEST(what_will_never_be_taken_is_answered_as_delivered),
        ROOM_TEST(a_gateway_hears_who_is_wanted_sooner),
        ROOM_TEST(on_patrol_she_reports_every_twenty_seconds),
        ROOM_TEST(a_terminal_says_when_its_taxi_has_a_fare),
        ROOM_TEST(nobody_else_has_a_fare),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
