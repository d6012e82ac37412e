/* Enrolling devices: what is told once, who may, and what ends. */
#include "tests/support/check_near.h"

#include <string.h>

#include "engine/engine.h"
#include "engine/keyring.h"
#include "tests/support/asking.h"
#include "tests/support/database.h"

static struct asking_room ROOM;

static const char CITY[] =
    "INSERT INTO vigil.org (org_id, parent_id, kind, code, name) VALUES"
    " (2, 1, 'county', '320301', 'Two'), (3, 1, 'county', '320302', 'Three');"
    "INSERT INTO vigil.person (person_id, display_name, org_id, mode, location_consent, on_duty)"
    " VALUES (1, 'of two', 2, 'foot', true, true), (2, 'of three', 3, 'taxi', true, true)";

static int set_up(void **state)
{
    if (asking_open_room(&ROOM, state))
        return -1;
    asking_change(&ROOM, CITY);
    asking_as(ROOM.worker, ROLE_MANAGER, 2, 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return asking_close_room(&ROOM);
}

static struct asking_answer ask(const char *method, const char *target, const char *headers,
                                const char *body)
{
    return asking_send(ROOM.worker, method, target, headers, body);
}

static struct asking_answer enrol_as(const char *key, const char *format)
{
    return ask("POST", "/v1/devices", key,
               arena_text(ROOM.d->arena,
                          "{\"person_id\":1,\"name\":\"her phone\",\"format\":\"%s\","
                          "\"frame\":\"gcj02\"}",
                          format));
}

static struct asking_answer enrol(void)
{
    return enrol_as(asking_fresh_key(&ROOM), "osmand");
}

static bool opens(const char *secret)
{
    unsigned char hash[DEVICES_HASH_BYTES];
    struct keyring_device device;

    assert_true(devices_hash(secret, hash));
    return keyring_find(engine_keyring(asking_engine(ROOM.asking)), hash, &device);
}

static const char *kept(const char *text)
{
    return arena_text(ROOM.d->arena, "%s", text);
}

static int64_t rows(const char *what)
{
    return database_int(ROOM.d, arena_text(ROOM.d->arena, "SELECT count(*) FROM vigil.%s", what));
}

static void the_secret_is_told_once(void **state)
{
    const char *key = asking_fresh_key(&ROOM);
    struct asking_answer answer = enrol_as(key, "osmand");

    (void)state;
    asking_expect(&answer, 201, NULL);
    const char *secret = kept(asking_text(&answer, "/secret"));

    assert_int_equal(strlen(secret), 26);
    assert_memory_equal(secret, "vgd_", 4);
    assert_true(opens(secret));
    assert_string_equal(asking_text(&answer, "/frame"), "gcj02");
    assert_int_equal(asking_int(&answer, "/org_id"), 2);
    answer = enrol_as(key, "osmand");
    asking_expect(&answer, 201, NULL);
    assert_true(strstr(answer.body, "\"secret\":null}") != NULL);
    assert_int_equal(rows("device"), 1);
    answer = ask("GET", "/v1/devices", NULL, NULL);
    asking_expect(&answer, 200, NULL);
    assert_null(strstr(answer.body, secret));
    assert_false(asking_has(&answer, "/items/0/secret"));
}

static void nothing_of_it_is_kept(void **state)
{
    const struct asking_answer answer = enrol();
    const char *secret = kept(asking_text(&answer, "/secret"));

    (void)state;
    assert_int_equal(
        database_int(ROOM.d, arena_text(ROOM.d->arena,
                                        "SELECT count(*) FROM vigil.device d WHERE d::text"
                                        " LIKE '%%%s%%'",
                                        secret + 4)),
        0);
    assert_int_equal(database_int(ROOM.d, arena_text(ROOM.d->arena,
                                                     "SELECT count(*) FROM vigil.idempotency i,"
                                                     " vigil.audit a WHERE i::text || a::text LIKE "
                                                     "'%%%s%%'",
                                                     secret + 4)),
                     0);
    assert_int_equal(rows("audit WHERE action = 'device_enrolled' AND org_id = 2"), 1);
}

static void another_secret_ends_the_one_before(void **state)
{
    struct asking_answer answer = enrol();
    const char *first = kept(asking_text(&answer, "/secret"));
    const char *path = arena_text(ROOM.d->arena, "/v1/devices/%lld/rotate",
                                  (long long)asking_int(&answer, "/device_id"));

    (void)state;
    answer = ask("POST", path, asking_fresh_key(&ROOM), "{}");
    asking_expect(&answer, 422, "key_missing");
    assert_true(opens(first));
    answer = ask("POST", path, asking_fresh_key(&ROOM), "{\"purpose\":\"lost\"}");
    asking_expect(&answer, 201, NULL);
    const char *second = kept(asking_text(&answer, "/secret"));

    assert_string_not_equal(first, second);
    assert_int_equal(asking_int(&answer, "/version"), 2);
    assert_false(opens(first));
    assert_true(opens(second));
    assert_int_equal(rows("audit WHERE action = 'device_rotated' AND purpose = 'lost'"), 1);
}

static void what_is_closed_opens_nothing(void **state)
{
    struct asking_answer answer = enrol();
    const char *secret = kept(asking_text(&answer, "/secret"));
    const char *path =
        arena_text(ROOM.d->arena, "/v1/devices/%lld", (long long)asking_int(&answer, "/device_id"));

    (void)state;
    answer = ask("DELETE", path, NULL, NULL);
    asking_expect(&answer, 204, NULL);
    assert_false(opens(secret));
    assert_int_equal(rows("device WHERE secret_hash IS NOT NULL"), 0);
    answer = ask("GET", path, NULL, NULL);
    asking_expect(&answer, 404, "device_unknown");
    answer = ask("DELETE", path, NULL, NULL);
    asking_expect(&answer, 404, "device_unknown");
    assert_int_equal(rows("audit WHERE action = 'device_closed'"), 1);
}

static void what_another_process_did_is_learnt_by_looking(void **state)
{
    struct asking_answer answer = enrol();
    const char *secret = kept(asking_text(&answer, "/secret"));

    (void)state;
    asking_change(&ROOM,
                  "UPDATE vigil.device SET secret_hash = sha256('other'), version = version + 1");
    assert_false(opens(secret));
    answer = enrol();
    secret = kept(asking_text(&answer, "/secret"));
    asking_change(&ROOM, "UPDATE vigil.person SET valid_to = now() WHERE person_id = 1");
    assert_false(opens(secret));
    assert_int_equal(rows("device WHERE valid_to IS NULL"), 0);
}

static void what_it_was_called_goes_with_its_person(void **state)
{
    const struct asking_answer answer = enrol();

    (void)state;
    asking_expect(&answer, 201, NULL);
    asking_change(
        &ROOM, "UPDATE vigil.person SET valid_to = now() WHERE person_id = 1;"
               "INSERT INTO vigil.erasure (erasure_id, person_id, org_id, values_gone, memberships,"
               " credentials, tokens, positions_at) VALUES (1, 1, 2, 0, 0, 0, 0, now())");
    assert_int_equal(rows("device WHERE name <> 'erased' OR valid_to IS NULL"), 0);
    assert_int_equal(rows("device"), 1);
}

static void it_goes_where_its_person_goes(void **state)
{
    struct asking_answer answer = enrol();

    (void)state;
    asking_change(&ROOM, "UPDATE vigil.person SET org_id = 3 WHERE person_id = 1");
    answer = ask("GET", "/v1/devices", NULL, NULL);
    assert_int_equal(asking_count(&answer, "/items"), 0);
    asking_as(ROOM.worker, ROLE_DISPATCHER, 3, 0);
    answer = ask("GET", "/v1/devices?person_id=1", NULL, NULL);
    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_int(&answer, "/items/0/org_id"), 3);
}

static void what_it_declared_can_be_put_right(void **state)
{
    struct asking_answer answer = enrol();
    const char *path =
        arena_text(ROOM.d->arena, "/v1/devices/%lld", (long long)asking_int(&answer, "/device_id"));
    const char *secret = kept(asking_text(&answer, "/secret"));

    (void)state;
    answer = ask("PATCH", path, "If-Match: \"1\"", "{\"frame\":\"wgs84\"}");
    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_text(&answer, "/frame"), "wgs84");
    assert_string_equal(asking_text(&answer, "/format"), "osmand");
    assert_string_equal(asking_header(&answer, "ETag"), "\"2\"");
    assert_true(opens(secret));
    answer = ask("PATCH", path, "If-Match: \"1\"", "{\"frame\":\"bd09\"}");
    asking_expect(&answer, 412, "version_stale");
    answer = ask("PATCH", path, NULL, "{\"frame\":\"bd09\"}");
    asking_expect(&answer, 412, "version_missing");
    answer = ask("PATCH", path, "If-Match: *", "{\"person_id\":2}");
    asking_expect(&answer, 422, "key_unknown");
}

static void a_list_goes_on_with_its_cursor(void **state)
{
    struct asking_answer answer;

    (void)state;
    for (int i = 0; i < 3; i++) {
        answer = enrol();
        asking_expect(&answer, 201, NULL);
    }
    answer = ask("GET", "/v1/devices?limit=2", NULL, NULL);
    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_count(&answer, "/items"), 2);
    const char *next =
        arena_text(ROOM.d->arena, "/v1/devices?limit=2&cursor=%s", asking_text(&answer, "/next"));

    answer = ask("GET", next, NULL, NULL);
    assert_int_equal(asking_count(&answer, "/items"), 1);
    assert_true(strstr(answer.body, "\"next\":null") != NULL);
    answer = ask("GET", arena_text(ROOM.d->arena, "%s&person_id=1", next), NULL, NULL);
    asking_expect(&answer, 422, "cursor_malformed");
}

static void nobody_elses_devices_are_there(void **state)
{
    struct asking_answer answer = enrol();
    const char *path =
        arena_text(ROOM.d->arena, "/v1/devices/%lld", (long long)asking_int(&answer, "/device_id"));

    (void)state;
    asking_as(ROOM.worker, ROLE_MANAGER, 3, 0);
    answer = ask("GET", path, NULL, NULL);
    asking_expect(&answer, 404, "device_unknown");
    answer = ask("PATCH", path, "If-Match: *", "{\"name\":\"mine\"}");
    asking_expect(&answer, 404, "device_unknown");
    answer = ask("DELETE", path, NULL, NULL);
    asking_expect(&answer, 404, "device_unknown");
    answer = ask("POST", arena_text(ROOM.d->arena, "%s/rotate", path), asking_fresh_key(&ROOM),
                 "{\"purpose\":\"lost\"}");
    asking_expect(&answer, 404, "device_unknown");
    answer = enrol(); /* to a person of two */
    asking_expect(&answer, 422, "person_unknown");
    assert_string_equal(asking_text(&answer, "/pointer"), "/person_id");
    asking_as(ROOM.worker, ROLE_DISPATCHER, 2, 0);
    answer = enrol();
    asking_expect(&answer, 403, "role_not_allowed");
}

static void she_reads_which_are_hers(void **state)
{
    struct asking_answer answer = enrol();
    const char *secret = kept(asking_text(&answer, "/secret"));

    (void)state;
    asking_as(ROOM.worker, ROLE_VOLUNTEER, 2, 1);
    answer = ask("GET", "/v1/me/export", NULL, NULL);
    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_text(&answer, "/devices/0/name"), "her phone");
    assert_null(strstr(answer.body, secret));
    asking_as(ROOM.worker, ROLE_VOLUNTEER, 3, 2);
    answer = ask("GET", "/v1/me/export", NULL, NULL);
    assert_int_equal(asking_count(&answer, "/devices"), 0);
}

static void bad_bodies_are_refused(void **state)
{
    static const struct {
        const char *body, *code;
    } BAD[] = {
        { "{\"person_id\":1,\"name\":\"x\",\"format\":\"osmand\"}", "key_missing" },
        { "{\"person_id\":1,\"name\":\"x\",\"format\":\"gpx\",\"frame\":\"wgs84\"}",
          "value_not_allowed" },
        { "{\"person_id\":1,\"name\":\"x\",\"format\":\"json\",\"frame\":\"wgs\"}",
          "frame_unknown" },
        { "{\"person_id\":1,\"name\":\"\",\"format\":\"json\",\"frame\":\"wgs84\"}",
          "value_empty" },
        { "{\"person_id\":0,\"name\":\"x\",\"format\":\"json\",\"frame\":\"wgs84\"}",
          "value_out_of_range" },
        { "{\"person_id\":9,\"name\":\"x\",\"format\":\"json\",\"frame\":\"wgs84\"}",
          "person_unknown" },
        { "{\"person_id\":1,\"name\":\"x\",\"format\":\"json\",\"frame\":\"wgs84\",\"secret\":1}",
          "key_unknown" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        const struct asking_answer answer =
            ask("POST", "/v1/devices", asking_fresh_key(&ROOM), BAD[i].body);

        asking_expect(&answer, 422, BAD[i].code);
    }
    assert_int_equal(rows("device"), 0);
}

#define ROOM_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROOM_TEST(the_secret_is_told_once),
        ROOM_TEST(nothing_of_it_is_kept),
        ROOM_TEST(another_secret_ends_the_one_before),
        ROOM_TEST(what_is_closed_opens_nothing),
        ROOM_TEST(what_another_process_did_is_learnt_by_looking),
        ROOM_TEST(what_it_was_called_goes_with_its_person),
        ROOM_TEST(it_goes_where_its_person_goes),
        ROOM_TEST(what_it_declared_can_be_put_right),
        ROOM_TEST(a_list_goes_on_with_its_cursor),
        ROOM_TEST(nobody_elses_devices_are_there),
        ROOM_TEST(she_reads_which_are_hers),
        ROOM_TEST(bad_bodies_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
