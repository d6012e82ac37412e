/* Stations over HTTP. What is proved here of stations holds for lookout points
 * and grids: the code is one. */
#include "tests/support/check_near.h"

#include <pthread.h>
#include <string.h>

#include "tests/support/asking.h"
#include "tests/support/database.h"

static struct asking_room ROOM;

static struct asking_answer send(const char *method, const char *target, const char *headers,
                                 const char *body)
{
    return asking_send(ROOM.worker, method, target, headers, body);
}

static const char *body_of(const char *code)
{
    return arena_text(ROOM.d->arena,
                      "{\"code\":\"%s\",\"name\":\"平安站 %s\",\"place\":{\"lon\":117.185,"
                      "\"lat\":34.261,\"frame\":\"wgs84\"}}",
                      code, code);
}

static int64_t made(const char *code)
{
    const struct asking_answer answer =
        send("POST", "/v1/stations", asking_fresh_key(&ROOM), body_of(code));

    asking_expect(&answer, 201, NULL);
    return asking_int(&answer, "/station_id");
}

static const char *path_of(int64_t id)
{
    return arena_text(ROOM.d->arena, "/v1/stations/%lld", (long long)id);
}

static void a_station_is_made_and_read_again(void **state)
{
    struct asking_answer answer =
        send("POST", "/v1/stations", asking_fresh_key(&ROOM),
             "{\"code\":\"XZ-001\",\"name\":\"云龙 service point\",\"address\":\"和平路 1\","
             "\"opening_hours\":\"08:00-20:00\",\"phone\":\"0516 1234\","
             "\"place\":{\"lon\":117.190773,\"lat\":34.259778,\"frame\":\"gcj02\"}}");

    (void)state;
    asking_expect(&answer, 201, NULL);
    const int64_t id = asking_int(&answer, "/station_id");

    assert_string_equal(asking_header(&answer, "Location"), path_of(id));
    assert_string_equal(asking_header(&answer, "ETag"), "\"1\"");
    assert_int_equal(asking_int(&answer, "/version"), 1);

    answer = send("GET", path_of(id), NULL, NULL);
    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_header(&answer, "ETag"), "\"1\"");
    assert_string_equal(asking_text(&answer, "/code"), "XZ-001");
    assert_string_equal(asking_text(&answer, "/name"), "云龙 service point");
    assert_string_equal(asking_text(&answer, "/address"), "和平路 1");
    assert_string_equal(asking_text(&answer, "/opening_hours"), "08:00-20:00");
    assert_string_equal(asking_text(&answer, "/phone"), "0516 1234");
    assert_string_equal(asking_text(&answer, "/place/frame"), "wgs84");
    check_near(asking_number(&answer, "/place/lon"), 117.185, 2e-6);
    check_near(asking_number(&answer, "/place/lat"), 34.261, 2e-6);
    assert_false(asking_has(&answer, "/valid_to"));
    assert_int_equal(strlen(asking_text(&answer, "/valid_from")), 24);

    const char *other = arena_text(ROOM.d->arena, "%s?frame=gcj02", path_of(id));

    answer = send("GET", other, NULL, NULL);
    assert_string_equal(asking_text(&answer, "/place/frame"), "gcj02");
    check_near(asking_number(&answer, "/place/lon"), 117.190773, 1e-6);
    check_near(asking_number(&answer, "/place/lat"), 34.259778, 1e-6);
}

#define PLACE "\"place\":{\"lon\":117.1,\"lat\":34.2,\"frame\":\"wgs84\"}"
#define AT(lon, lat, frame)                                                                        \
    "{\"code\":\"a\",\"name\":\"n\",\"place\":{\"lon\":" lon ",\"lat\":" lat ",\"frame\":" frame   \
    "}}"

static const struct {
    const char *body;
    int32_t status;
    const char *code;
    const char *pointer; /* NULL: whatever it is */
} NONSENSE[] = {
    { NULL, 400, "body_missing", NULL },
    { "", 400, "body_missing", NULL },
    { "{", 400, "json_malformed", NULL },
    { "[]", 422, "value_wrong_type", NULL },
    { "{}", 422, "key_missing", "/code" },
    { "{\"code\":\"a\",\"code\":\"b\"}", 400, "json_duplicate_key", NULL },
    { "{\"code\":\"a\",\"name\":\"n\"}", 422, "key_missing", "/place" },
    { "{\"code\":\"a\",\"name\":null," PLACE "}", 422, "key_missing", "/name" },
    { "{\"code\":\"a\",\"name\":\"\"," PLACE "}", 422, "value_empty", "/name" },
    { "{\"code\":7,\"name\":\"n\"," PLACE "}", 422, "value_wrong_type", "/code" },
    { "{\"code\":\" a\",\"name\":\"n\"," PLACE "}", 422, "code_malformed", "/code" },
    { "{\"code\":\"a \",\"name\":\"n\"," PLACE "}", 422, "code_malformed", "/code" },
    { "{\"code\":\"a\\u0007\",\"name\":\"n\"," PLACE "}", 422, "value_not_allowed", "/code" },
    { "{\"code\":\"12345678901234567890123456789012345678901\",\"name\":\"n\"," PLACE "}", 422,
      "value_too_long", "/code" },
    { "{\"code\":\"a\",\"name\":\"n\",\"nmae\":\"n\"," PLACE "}", 422, "key_unknown", "/nmae" },
    { "{\"code\":\"a\",\"name\":\"n\",\"station_id\":5," PLACE "}", 422, "key_unknown",
      "/station_id" },
    { "{\"code\":\"a\",\"name\":\"n\",\"place\":[1,2]}", 422, "value_wrong_type", "/place" },
    { "{\"code\":\"a\",\"name\":\"n\",\"place\":{\"lon\":1,\"lat\":2}}", 422, "frame_missing",
      NULL },
    { AT("1", "2", "\"wgs\""), 422, "frame_unknown", "/place/frame" },
    { AT("181", "2", "\"wgs84\""), 422, "place_out_of_range", NULL },
    { AT("1", "-91", "\"wgs84\""), 422, "place_out_of_range", NULL },
    { AT("\"1\"", "2", "\"wgs84\""), 422, "value_wrong_type", "/place/lon" },
    { AT("1", "2", "\"bd09\""), 422, "frame_outside_china", NULL },
    { AT("NaN", "2", "\"wgs84\""), 400, "json_malformed", NULL },
    { AT("1e999", "2", "\"wgs84\""), 400, "json_malformed", NULL },
};

static void bodies_that_make_no_sense_are_refused_and_nothing_is_made(void **state)
{
    const int64_t before = database_int(ROOM.d, "SELECT count(*) FROM vigil.station");

    (void)state;
    for (size_t i = 0; i < sizeof NONSENSE / sizeof *NONSENSE; i++) {
        const struct asking_answer answer =
            send("POST", "/v1/stations", asking_fresh_key(&ROOM), NONSENSE[i].body);

        asking_expect(&answer, NONSENSE[i].status, NONSENSE[i].code);
        assert_string_equal(answer.type, "application/problem+json");
        if (NONSENSE[i].pointer)
            assert_string_equal(asking_text(&answer, "/pointer"), NONSENSE[i].pointer);
    }
    assert_int_equal(database_int(ROOM.d, "SELECT count(*) FROM vigil.station"), before);
}

static void making_needs_a_key_and_a_key_makes_once(void **state)
{
    struct asking_answer answer = send("POST", "/v1/stations", NULL, body_of("KEY"));

    (void)state;
    asking_expect(&answer, 422, "idempotency_key_missing");
    answer = send("POST", "/v1/stations", "Idempotency-Key: a b", body_of("KEY"));
    asking_expect(&answer, 422, "idempotency_key_malformed");
    answer = send("POST", "/v1/stations", "Idempotency-Key: once", body_of("KEY"));
    asking_expect(&answer, 201, NULL);

    const int64_t id = asking_int(&answer, "/station_id");
    const char *first = arena_text(ROOM.d->arena, "%s", answer.body);

    answer = send("POST", "/v1/stations", "Idempotency-Key: once", body_of("KEY"));
    asking_expect(&answer, 201, NULL);
    assert_string_equal(answer.body, first);
    assert_string_equal(asking_header(&answer, "Location"), path_of(id));
    assert_string_equal(asking_header(&answer, "ETag"), "\"1\"");
    answer = send("POST", "/v1/stations", "Idempotency-Key: once", body_of("OTHER"));
    asking_expect(&answer, 422, "idempotency_key_reused");
    assert_int_equal(
        database_int(ROOM.d, "SELECT count(*) FROM vigil.station WHERE code IN ('KEY', 'OTHER')"),
        1);
}

static void a_code_belongs_to_one_open_station(void **state)
{
    const int64_t id = made("DUP");
    struct asking_answer answer =
        send("POST", "/v1/stations", asking_fresh_key(&ROOM), body_of("DUP"));

    (void)state;
    asking_expect(&answer, 409, "code_taken");
    assert_string_equal(asking_text(&answer, "/pointer"), "/code");
    assert_string_equal(asking_text(&answer, "/value"), "DUP");
    answer = send("DELETE", path_of(id), NULL, NULL);
    asking_expect(&answer, 204, NULL);
    assert_true(made("DUP") != id);
}

static void a_change_needs_the_version_that_was_read(void **state)
{
    const char *path = path_of(made("CHANGE"));
    struct asking_answer answer = send("PATCH", path, NULL, "{\"name\":\"new\"}");

    (void)state;
    asking_expect(&answer, 412, "version_missing");
    answer = send("PATCH", path, "If-Match: \"1\"", "{\"name\":\"new\",\"phone\":\"110\"}");
    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_header(&answer, "ETag"), "\"2\"");
    assert_string_equal(asking_text(&answer, "/name"), "new");
    assert_string_equal(asking_text(&answer, "/code"), "CHANGE");
    answer = send("PATCH", path, "If-Match: \"1\"", "{\"name\":\"newer\"}");
    asking_expect(&answer, 412, "version_stale");
    answer = send("PATCH", path, "If-Match: \"2\"", "{\"phone\":null}");
    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_text(&answer, "/phone"), "");
    assert_string_equal(asking_text(&answer, "/name"), "new");
    answer = send("PATCH", path, "If-Match: *",
                  "{\"place\":{\"lon\":117.5,\"lat\":34.5,\"frame\":\"cgcs2000\"}}");
    asking_expect(&answer, 200, NULL);
    check_near(asking_number(&answer, "/place/lon"), 117.5, 1e-7);
    assert_int_equal(asking_int(&answer, "/version"), 4);
}

static void changes_that_make_no_sense_are_refused(void **state)
{
    static const struct {
        const char *match;
        const char *body;
        int32_t status;
        const char *code;
    } CASES[] = {
        { "If-Match: 1", "{\"name\":\"x\"}", 422, "version_malformed" },
        { "If-Match: W/\"1\"", "{\"name\":\"x\"}", 422, "version_malformed" },
        { "If-Match: \"1", "{\"name\":\"x\"}", 422, "version_malformed" },
        { "If-Match: \"-1\"", "{\"name\":\"x\"}", 422, "version_malformed" },
        { "If-Match: \"99999999999999999999999\"", "{\"name\":\"x\"}", 412, "version_stale" },
        { "If-Match: \"1\"", "{\"name\":null}", 422, "value_wrong_type" },
        { "If-Match: \"1\"", "{\"place\":null}", 422, "value_wrong_type" },
        { "If-Match: \"1\"", "{\"version\":9}", 422, "key_unknown" },
        { "If-Match: \"1\"", "{\"place\":{\"lon\":1,\"lat\":2}}", 422, "frame_missing" },
        { "If-Match: \"1\"", "{\"code\":\"TAKEN\"}", 409, "code_taken" },
        { "If-Match: \"1\"", "[]", 422, "value_wrong_type" },
    };
    const int64_t id = made("STAYS");

    (void)state;
    made("TAKEN");
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct asking_answer answer =
            send("PATCH", path_of(id), CASES[i].match, CASES[i].body);

        asking_expect(&answer, CASES[i].status, CASES[i].code);
    }
    const struct asking_answer answer = send("GET", path_of(id), NULL, NULL);

    assert_int_equal(asking_int(&answer, "/version"), 1);
    assert_string_equal(asking_text(&answer, "/name"), "平安站 STAYS");
}

static void closing_keeps_the_history_and_ends_the_changes(void **state)
{
    const char *path = path_of(made("CLOSE"));
    struct asking_answer answer = send("DELETE", path, "If-Match: \"5\"", NULL);

    (void)state;
    asking_expect(&answer, 412, "version_stale");
    answer = send("DELETE", path, "If-Match: \"1\"", NULL);
    asking_expect(&answer, 204, NULL);
    assert_int_equal(answer.size, 0);
    answer = send("DELETE", path, NULL, NULL);
    asking_expect(&answer, 204, NULL);
    answer = send("GET", path, NULL, NULL);
    asking_expect(&answer, 200, NULL);
    assert_int_equal(strlen(asking_text(&answer, "/valid_to")), 24);
    assert_int_equal(asking_int(&answer, "/version"), 2);
    answer = send("PATCH", path, "If-Match: \"2\"", "{\"name\":\"x\"}");
    asking_expect(&answer, 409, "already_closed");
    answer = send("GET", "/v1/stations?q=CLOSE", NULL, NULL);
    assert_int_equal(asking_count(&answer, "/items"), 0);
}

static void unknown_and_malformed_ids_are_refused(void **state)
{
    static const struct {
        const char *id;
        int32_t status;
        const char *code;
    } CASES[] = {
        { "9007199254740991", 404, "not_found" },
        { "9007199254740992", 422, "id_malformed" },
        { "0", 422, "id_malformed" },
        { "-1", 422, "id_malformed" },
        { "1e3", 422, "id_malformed" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const char *path = arena_text(ROOM.d->arena, "/v1/stations/%s", CASES[i].id);
        struct asking_answer answer = send("GET", path, NULL, NULL);

        asking_expect(&answer, CASES[i].status, CASES[i].code);
        answer = send("DELETE", path, NULL, NULL);
        asking_expect(&answer, CASES[i].status, CASES[i].code);
        answer = send("PATCH", path, "If-Match: \"1\"", "{}");
        asking_expect(&answer, CASES[i].status, CASES[i].code);
    }
}

static void every_change_counts_the_map_layer_up_and_a_refusal_does_not(void **state)
{
    static const char SQL[] =
        "SELECT coalesce(max(version), 1) FROM vigil.layer_version WHERE layer = 'stations'";
    const int64_t before = database_int(ROOM.d, SQL);
    const int64_t id = made("LAYER");

    (void)state;
    assert_int_equal(database_int(ROOM.d, SQL), before + 1);
    send("POST", "/v1/stations", asking_fresh_key(&ROOM), body_of("LAYER"));
    assert_int_equal(database_int(ROOM.d, SQL), before + 1);
    send("PATCH", path_of(id), "If-Match: *", "{\"phone\":\"1\"}");
    assert_int_equal(database_int(ROOM.d, SQL), before + 2);
    send("DELETE", path_of(id), NULL, NULL);
    assert_int_equal(database_int(ROOM.d, SQL), before + 3);
}

enum { RACERS = 6 };

struct racer {
    const char *headers;
    const char *body;
    int32_t status;
    int64_t id;
};

static void *race(void *self)
{
    struct racer *r = self;
    struct asking_worker *w = asking_worker_new(ROOM.asking);
    const struct asking_answer answer = asking_send(w, "POST", "/v1/stations", r->headers, r->body);

    r->status = answer.status;
    if (r->status == 201)
        r->id = asking_int(&answer, "/station_id");
    asking_worker_free(w);
    return NULL;
}

static void run_race(struct racer *racers)
{
    pthread_t threads[RACERS];

    for (int32_t i = 0; i < RACERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
    for (int32_t i = 0; i < RACERS; i++)
        pthread_join(threads[i], NULL);
}

static void of_many_that_want_a_code_at_once_one_gets_it(void **state)
{
    struct racer racers[RACERS];
    int32_t made_count = 0;

    (void)state;
    for (int32_t i = 0; i < RACERS; i++)
        racers[i] = (struct racer){ asking_fresh_key(&ROOM), body_of("RACE-CODE"), 0, 0 };
    run_race(racers);
    for (int32_t i = 0; i < RACERS; i++) {
        assert_true(racers[i].status == 201 || racers[i].status == 409);
        made_count += racers[i].status == 201;
    }
    assert_int_equal(made_count, 1);
    assert_int_equal(
        database_int(ROOM.d, "SELECT count(*) FROM vigil.station WHERE code = 'RACE-CODE'"), 1);
}

static void one_key_sent_many_times_at_once_makes_one_station(void **state)
{
    struct racer racers[RACERS];

    (void)state;
    for (int32_t i = 0; i < RACERS; i++)
        racers[i] = (struct racer){ "Idempotency-Key: raced", body_of("RACE-KEY"), 0, 0 };
    run_race(racers);
    for (int32_t i = 0; i < RACERS; i++) {
        assert_int_equal(racers[i].status, 201);
        assert_int_equal(racers[i].id, racers[0].id);
    }
}

static int open_room(void **state)
{
    return asking_open_room(&ROOM, state);
}

static int close_room(void **state)
{
    (void)state;
    return asking_close_room(&ROOM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_station_is_made_and_read_again),
        cmocka_unit_test(bodies_that_make_no_sense_are_refused_and_nothing_is_made),
        cmocka_unit_test(making_needs_a_key_and_a_key_makes_once),
        cmocka_unit_test(a_code_belongs_to_one_open_station),
        cmocka_unit_test(a_change_needs_the_version_that_was_read),
        cmocka_unit_test(changes_that_make_no_sense_are_refused),
        cmocka_unit_test(closing_keeps_the_history_and_ends_the_changes),
        cmocka_unit_test(unknown_and_malformed_ids_are_refused),
        cmocka_unit_test(every_change_counts_the_map_layer_up_and_a_refusal_does_not),
        cmocka_unit_test(of_many_that_want_a_code_at_once_one_gets_it),
        cmocka_unit_test(one_key_sent_many_times_at_once_makes_one_station),
    };

    return cmocka_run_group_tests(tests, open_room, close_room);
}
