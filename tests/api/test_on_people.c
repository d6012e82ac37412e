/* The volunteers as the outside sees and changes them. */
#include "tests/support/check_near.h"

#include <string.h>

#include "engine/clock.h"
#include "engine/engine.h"
#include "engine/positions.h"
#include "tests/support/asking.h"
#include "tests/support/database.h"

static struct asking_room ROOM;

static struct asking_answer ask(const char *method, const char *target, const char *headers,
                                const char *body)
{
    return asking_send(ROOM.worker, method, target, headers, body);
}

static int set_up(void **state)
{
    return asking_open_room(&ROOM, state);
}

static int tear_down(void **state)
{
    (void)state;
    return asking_close_room(&ROOM);
}

static int64_t made(const char *body)
{
    const struct asking_answer answer = ask("POST", "/v1/people", asking_fresh_key(&ROOM), body);

    asking_expect(&answer, 201, NULL);
    return asking_int(&answer, "/person_id");
}

static const char *path_of(int64_t id)
{
    return arena_text(ROOM.d->arena, "/v1/people/%lld", (long long)id);
}

static void consents(int64_t person_id)
{
    struct fail f;

    assert_true(
        db_script(ROOM.d->db,
                  arena_text(ROOM.d->arena,
                             "UPDATE vigil.person SET location_consent = true, on_duty = true"
                             " WHERE person_id = %lld",
                             (long long)person_id),
                  &f));
    assert_true(engine_follow(asking_engine(ROOM.asking), &f));
}

static void reports_from(int64_t person_id, int32_t lon_e7, int32_t lat_e7)
{
    struct fixes_item item = { .person_id = person_id,
                               .at = { lon_e7, lat_e7 },
                               .accuracy_dm = 75,
                               .speed_cms = -1,
                               .fix_us = clock_wall_us() };
    struct fixes fixes = { .count = 1, .items = &item };
    struct fail f;

    assert_true(positions_take(engine_positions(asking_engine(ROOM.asking)),
                               &(struct sight){ .everyone = true }, &fixes, ROOM.d->arena, &f));
    assert_int_equal(item.code, CODE_NONE);
}

static void a_person_is_made_known_at_once(void **state)
{
    struct asking_answer answer =
        ask("POST", "/v1/people", asking_fresh_key(&ROOM),
            "{\"name\":\"王小明\",\"mode\":\"ebike\",\"skills\":[\"aed\",\"first_aid\",\"aed\"]}");
    const int64_t id = asking_int(&answer, "/person_id");

    (void)state;
    asking_expect(&answer, 201, NULL);
    assert_string_equal(asking_header(&answer, "Location"), path_of(id));
    consents(id);
    reports_from(id, 1163900000, 399000000);
    answer = ask("GET", path_of(id), NULL, NULL);
    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_header(&answer, "ETag"), "\"1\"");
    assert_string_equal(asking_text(&answer, "/name"), "王小明");
    assert_string_equal(asking_text(&answer, "/mode"), "ebike");
    assert_int_equal(asking_count(&answer, "/skills"), 2);
    assert_string_equal(asking_text(&answer, "/skills/0"), "first_aid");
    check_near(asking_number(&answer, "/position/lon"), 116.39, 1e-9);
    check_near(asking_number(&answer, "/accuracy_m"), 7.5, 1e-9);
    answer = ask("GET", arena_text(ROOM.d->arena, "%s?frame=gcj02", path_of(id)), NULL, NULL);
    check_near(asking_number(&answer, "/position/lon"), 116.3962, 0.0005);
    assert_string_equal(asking_text(&answer, "/position/frame"), "gcj02");
}

static void the_same_wish_twice_makes_one(void **state)
{
    const char *key = asking_fresh_key(&ROOM);
    struct asking_answer answer = ask("POST", "/v1/people", key, "{\"name\":\"a\"}");
    const int64_t id = asking_int(&answer, "/person_id");

    (void)state;
    answer = ask("POST", "/v1/people", key, "{\"name\":\"a\"}");
    asking_expect(&answer, 201, NULL);
    assert_int_equal(asking_int(&answer, "/person_id"), id);
    answer = ask("POST", "/v1/people", key, "{\"name\":\"b\"}");
    asking_expect(&answer, 422, "idempotency_key_reused");
    assert_int_equal(database_int(ROOM.d, "SELECT count(*) FROM vigil.person"), 1);
    answer = ask("POST", "/v1/people", NULL, "{\"name\":\"a\"}");
    assert_true(answer.status == 400 || answer.status == 422);
}

static void a_change_needs_the_newest_version(void **state)
{
    const int64_t id = made("{\"name\":\"a\"}");
    struct asking_answer answer =
        ask("PATCH", path_of(id), "If-Match: \"1\"", "{\"mode\":\"car\",\"on_duty\":false}");
    struct live_person p = { 0 };

    (void)state;
    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_int(&answer, "/version"), 2);
    assert_string_equal(asking_header(&answer, "ETag"), "\"2\"");
    assert_string_equal(asking_text(&answer, "/name"), "a");
    struct live *l = engine_live(asking_engine(ROOM.asking));

    live_read(l);
    assert_true(live_get(l, id, &p));
    live_read_end(l);
    assert_int_equal(p.mode, MODE_CAR);
    assert_false(p.on_duty);
    answer = ask("PATCH", path_of(id), "If-Match: \"1\"", "{\"name\":\"b\"}");
    asking_expect(&answer, 412, "version_stale");
    answer = ask("PATCH", path_of(id), NULL, "{\"name\":\"b\"}");
    assert_int_equal(answer.status, 412);
    answer = ask("PATCH", path_of(id), "If-Match: *", "{\"skills\":[\"fire\"]}");
    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_int(&answer, "/version"), 3);
    answer = ask("PATCH", path_of(id), "If-Match: *", "{\"person_id\":1}");
    asking_expect(&answer, 422, "key_unknown");
    answer = ask("PATCH", path_of(id + 1), "If-Match: *", "{\"name\":\"b\"}");
    asking_expect(&answer, 404, "person_unknown");
}

static void bad_people_are_refused(void **state)
{
    static const struct {
        const char *body;
        const char *code;
    } CASES[] = {
        { "{}", "key_missing" },
        { "{\"name\":\"\"}", NULL },
        { "{\"name\":7}", "value_wrong_type" },
        { "{\"name\":\"a\",\"mode\":\"horse\"}", "value_not_allowed" },
        { "{\"name\":\"a\",\"skills\":[\"flying\"]}", "value_not_allowed" },
        { "{\"name\":\"a\",\"on_duty\":\"yes\"}", "value_wrong_type" },
        { "{\"name\":\"a\",\"telephone\":\"1\"}", "key_unknown" },
        { "{\"name\":\"a\",\"phone\":\"1\"}", "phone_malformed" },
        { "{\"name\":\"a\",\"identity\":\"320300199001011231\"}", "identity_malformed" },
        { "{\"name\":\"a\",\"identity\":\"320300199001011230\",\"birth_year\":1991}",
          "birth_year_differs" },
        { "{\"name\":\"a\",\"recruit\":\"for_ever\"}", "value_not_allowed" },
        { "{\"name\":\"a\",\"birth_year\":1800}", "value_out_of_range" },
        { "{\"name\":\"a\",\"birth_year\":2099}", "value_out_of_range" },
        { "{\"name\":\"a\",\"org_id\":4711}", "org_unknown" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct asking_answer answer =
            ask("POST", "/v1/people", asking_fresh_key(&ROOM), CASES[i].body);

        asking_expect(&answer, 422, CASES[i].code);
    }
    assert_int_equal(database_int(ROOM.d, "SELECT count(*) FROM vigil.person"), 0);
    struct asking_answer answer = ask("GET", "/v1/people/77", NULL, NULL);

    asking_expect(&answer, 404, "person_unknown");
    answer = ask("GET", "/v1/people/none", NULL, NULL);
    asking_expect(&answer, 422, "id_malformed");
}

static void many_people(void)
{
    struct fail f;

    assert_true(
        db_script(ROOM.d->db,
                  "INSERT INTO vigil.person (person_id, display_name, mode, on_duty,"
                  "                          location_consent)"
                  " SELECT i, 'person ' || i, (ARRAY['car', 'foot'])[1 + i % 2], i % 5 <> 0, true"
                  " FROM generate_series(1, 250) AS i;"
                  "INSERT INTO vigil.position_last"
                  " SELECT i, i * 1000, i * 1000, NULL, NULL, 1, 1"
                  " FROM generate_series(1, 250) AS i"
                  " ON CONFLICT (person_id) DO UPDATE SET lon_e7 = excluded.lon_e7,"
                  " lat_e7 = excluded.lat_e7, fix_us = excluded.fix_us",
                  &f));
    assert_true(engine_follow(asking_engine(ROOM.asking), &f));
}

/* Goes through all pages; gives how many people there were, each once: by id, or what is
 * searched for by what was found. */
static int walk_pages(const char *target, int *pages)
{
    const char *cursor = NULL;
    const bool by_id = strstr(target, "q=") == NULL;
    bool seen[251] = { false };
    int64_t last = 0;
    int people = 0;

    for (*pages = 0; *pages < 100; ++*pages) {
        const struct asking_answer answer =
            ask("GET", cursor ? arena_text(ROOM.d->arena, "%s&cursor=%s", target, cursor) : target,
                NULL, NULL);

        asking_expect(&answer, 200, NULL);
        for (int i = 0; i < asking_count(&answer, "/items"); i++, people++) {
            const int64_t id =
                asking_int(&answer, arena_text(ROOM.d->arena, "/items/%d/person_id", i));

            assert_true(id > last || !by_id);
            assert_false(seen[id]);
            seen[id] = true;
            last = id;
        }
        if (!asking_has(&answer, "/next") || input_is_null(input_get(answer.json, "next")))
            break;
        cursor = arena_text(ROOM.d->arena, "%s", asking_text(&answer, "/next"));
    }
    ++*pages;
    return people;
}

static void lists_come_in_pages_and_can_be_narrowed(void **state)
{
    static const struct {
        const char *target;
        int people;
        int pages;
    } CASES[] = {
        { "/v1/people?limit=100", 250, 3 },
        { "/v1/people?limit=125", 250, 2 },
        { "/v1/people?limit=1000", 250, 1 },
        { "/v1/people?limit=50&mode=car", 125, 3 },
        { "/v1/people?limit=100&on_duty=false", 50, 1 },
        { "/v1/people?limit=100&q=person%2012", 13, 1 },
        { "/v1/people?limit=4&q=person%2012", 13, 4 },
        { "/v1/people?limit=30&q=erso", 250, 9 },
        { "/v1/people?limit=7&bbox=0.00995,0,0.0201,1", 81, 12 },
        { "/v1/people?limit=1000&bbox=0.00995,0,0.0201,1&on_duty=true", 81, 1 },
        { "/v1/people?limit=10&bbox=50,50,51,51", 0, 1 },
    };

    (void)state;
    many_people();
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        int pages;

        assert_int_equal(walk_pages(CASES[i].target, &pages), CASES[i].people);
        assert_int_equal(pages, CASES[i].pages);
    }
}

static void bad_lists_are_refused(void **state)
{
    static const struct {
        const char *target;
        const char *code;
    } CASES[] = {
        { "/v1/people?mode=horse", "value_not_allowed" },
        { "/v1/people?on_duty=1", "value_not_allowed" },
        { "/v1/people?limit=0", "query_out_of_range" },
        { "/v1/people?limit=1001", "query_out_of_range" },
        { "/v1/people?bbox=1,2,3", "box_malformed" },
        { "/v1/people?cursor=made-up", "cursor_malformed" },
        { "/v1/people?frame=mars", "frame_unknown" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct asking_answer answer = ask("GET", CASES[i].target, NULL, NULL);

        asking_expect(&answer, 422, CASES[i].code);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_person_is_made_known_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_same_wish_twice_makes_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_change_needs_the_newest_version, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bad_people_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lists_come_in_pages_and_can_be_narrowed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bad_lists_are_refused, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
