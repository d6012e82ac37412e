/* Doubts over HTTP: who sees and clears them, and a wrong phone from its first fix to the
 * list; and how old fixes are told of. */
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

static struct asking_room ROOM;

static const char CITY[] =
    "INSERT INTO vigil.org (org_id, parent_id, kind, code, name) VALUES"
    " (2, 1, 'county', '320301', 'Two'), (3, 1, 'county', '320302', 'Three');"
    "INSERT INTO vigil.person (person_id, display_name, org_id, mode, location_consent, on_duty)"
    " VALUES (1, 'of two', 2, 'foot', true, true), (2, 'of three', 3, 'foot', true, true);"
    "INSERT INTO vigil.doubt (person_id, org_id, kind, declared, likely, declared_m, likely_m,"
    " fixes) VALUES (1, 2, 'frame', 'wgs84', 'gcj02', 41.25, 3.5, 20),"
    " (2, 3, 'frame', 'bd09', 'gcj02', 41, 3, 20);"
    "INSERT INTO vigil.doubt (person_id, org_id, kind, late_s, fixes)"
    " VALUES (1, 2, 'clock_skew', 900, 5);";

static int set_up(void **state)
{
    if (asking_open_room(&ROOM, state))
        return -1;
    asking_change(&ROOM, CITY);
    asking_as(ROOM.worker, ROLE_DISPATCHER, 2, 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return asking_close_room(&ROOM);
}

static struct asking_answer get(const char *target)
{
    struct asking_answer answer = asking_send(ROOM.worker, "GET", target, NULL, NULL);

    asking_expect(&answer, 200, NULL);
    return answer;
}

static int64_t doubt_of(int64_t person_id)
{
    return database_int(ROOM.d, arena_text(ROOM.d->arena,
                                           "SELECT doubt_id FROM vigil.doubt WHERE kind = 'frame'"
                                           " AND person_id = %lld",
                                           (long long)person_id));
}

static struct asking_answer clear(int64_t doubt_id)
{
    return asking_send(ROOM.worker, "POST",
                       arena_text(ROOM.d->arena, "/v1/doubts/%lld/clear", (long long)doubt_id),
                       NULL, NULL);
}

static void the_list_has_what_is_open_of_those_one_sees(void **state)
{
    struct asking_answer answer = get("/v1/doubts");

    (void)state;
    assert_int_equal(asking_count(&answer, "/items"), 2);
    assert_string_equal(asking_text(&answer, "/items/0/kind"), "clock_skew");
    assert_int_equal(asking_int(&answer, "/items/0/late_s"), 900);
    assert_false(asking_has(&answer, "/items/0/declared"));
    assert_string_equal(asking_text(&answer, "/items/1/name"), "of two");
    assert_string_equal(asking_text(&answer, "/items/1/declared"), "wgs84");
    assert_string_equal(asking_text(&answer, "/items/1/likely"), "gcj02");
    check_near(asking_number(&answer, "/items/1/likely_m"), 3.5, 1e-9);
    assert_int_equal(asking_int(&answer, "/items/1/fixes"), 20);
    asking_as(ROOM.worker, ROLE_ADMIN, 1, 0);
    answer = get("/v1/doubts");
    assert_int_equal(asking_count(&answer, "/items"), 3);
}

static void the_list_is_filtered_and_paged(void **state)
{
    struct asking_answer answer = get("/v1/doubts?kind=frame");

    (void)state;
    assert_int_equal(asking_count(&answer, "/items"), 1);
    answer = get("/v1/doubts?person_id=2");
    assert_int_equal(asking_count(&answer, "/items"), 0);
    answer = get("/v1/doubts?state=cleared");
    assert_int_equal(asking_count(&answer, "/items"), 0);
    answer = get("/v1/doubts?limit=1");
    assert_int_equal(asking_count(&answer, "/items"), 1);
    answer = get(
        arena_text(ROOM.d->arena, "/v1/doubts?limit=1&cursor=%s", asking_text(&answer, "/next")));
    assert_string_equal(asking_text(&answer, "/items/0/kind"), "frame");
    assert_false(asking_has(&answer, "/next") && asking_text(&answer, "/next"));
    answer = asking_send(ROOM.worker, "GET", "/v1/doubts?state=closed", NULL, NULL);
    asking_expect(&answer, 422, "value_not_allowed");
    answer = asking_send(ROOM.worker, "GET", "/v1/doubts?kind=jump", NULL, NULL);
    asking_expect(&answer, 422, "value_not_allowed");
}

static void clearing_is_done_once_and_recorded(void **state)
{
    struct asking_answer answer = clear(doubt_of(1));

    (void)state;
    asking_expect(&answer, 200, NULL);
    assert_true(asking_has(&answer, "/cleared_by_hand"));
    assert_int_equal(database_int(ROOM.d, "SELECT count(*) FROM vigil.doubt"
                                          " WHERE cleared_at IS NOT NULL AND cleared_by > 0"),
                     1);
    answer = clear(doubt_of(1));
    asking_expect(&answer, 200, NULL);
    assert_int_equal(
        database_int(ROOM.d, "SELECT count(*) FROM vigil.audit WHERE action = 'doubt_cleared'"), 1);
    answer = get("/v1/doubts?state=all");
    assert_int_equal(asking_count(&answer, "/items"), 2);
}

static void of_others_there_is_nothing_to_clear(void **state)
{
    struct asking_answer answer = clear(doubt_of(2));

    (void)state;
    asking_expect(&answer, 404, "doubt_unknown");
    answer = clear(999999);
    asking_expect(&answer, 404, "doubt_unknown");
    asking_as(ROOM.worker, ROLE_AUDITOR, 1, 0);
    answer = clear(doubt_of(1));
    asking_expect(&answer, 403, NULL);
    asking_as(ROOM.worker, ROLE_VOLUNTEER, 2, 1);
    answer = asking_send(ROOM.worker, "GET", "/v1/doubts", NULL, NULL);
    asking_expect(&answer, 403, NULL);
    assert_int_equal(
        database_int(ROOM.d, "SELECT count(*) FROM vigil.doubt WHERE cleared_at IS NOT NULL"), 0);
}

/* ------------------------------------------------------------------ age */

static void report(int64_t age_s, const char *more)
{
    char at[INSTANT_SIZE];
    struct asking_answer answer;

    instant_write(clock_wall_us() - age_s * 1000000, at);
    asking_as(ROOM.worker, ROLE_GATEWAY, 1, 0);
    answer = asking_send(ROOM.worker, "POST", "/v1/positions", NULL,
                         arena_text(ROOM.d->arena,
                                    "{\"person_id\":1,\"lon\":116.3905,\"lat\":39.9,\"frame\":"
                                    "\"wgs84\",\"fix_time\":\"%s\"%s}",
                                    at, more));
    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_int(&answer, "/accepted"), 1);
    asking_as(ROOM.worker, ROLE_DISPATCHER, 2, 0);
}

static struct asking_answer nearest(const char *more)
{
    struct asking_answer answer = asking_send(
        ROOM.worker, "POST", "/v1/nearest", NULL,
        arena_text(ROOM.d->arena,
                   "{\"place\":{\"lon\":116.391,\"lat\":39.9,\"frame\":\"wgs84\"}%s}", more));

    asking_expect(&answer, 200, NULL);
    return answer;
}

static void an_old_position_is_told_with_what_may_have_become_of_it(void **state)
{
    struct asking_answer answer;

    (void)state;
    block_import(ROOM.d, 10, (struct point){ 116.386, 39.896 });
    asking_change(&ROOM, "UPDATE vigil.doubt SET cleared_at = now()");
    report(5000, "");
    answer = nearest("");
    assert_int_equal(asking_count(&answer, "/people"), 0);
    answer = nearest(",\"include_unavailable\":true");
    assert_string_equal(asking_text(&answer, "/people/0/hindrances/0"), "stale");
    answer = get("/v1/people/1");
    assert_true(strstr(answer.body, "\"available\":false,\"unavailable\":[\"stale\"]") != NULL);
    report(1000, ",\"accuracy_m\":12.5");
    answer = nearest("");
    const double eta_s = asking_number(&answer, "/people/0/eta_s");

    check_near(asking_number(&answer, "/people/0/eta_most_s"), eta_s + 1000 - 360, 60);
    check_near(asking_number(&answer, "/people/0/eta_least_s"), 0, 1e-9);
    check_near(asking_number(&answer, "/people/0/accuracy_m"), 12.5, 1e-9);
    answer = nearest(",\"fix_age_max_s\":1200");
    assert_int_equal(asking_count(&answer, "/people"), 1);
    answer = nearest(",\"fix_age_max_s\":900");
    assert_int_equal(asking_count(&answer, "/people"), 0);
    answer = get("/v1/people/1");
    check_near(asking_number(&answer, "/fix_age_s"), 1000, 60);
    assert_true(strstr(answer.body, "\"stale\":true") != NULL);
    report(10, "");
    answer = nearest("");
    check_near(asking_number(&answer, "/people/0/eta_most_s"),
               asking_number(&answer, "/people/0/eta_s"), 1e-9);
    answer = get("/v1/people/1");
    assert_true(strstr(answer.body, "\"available\":true,\"unavailable\":[]") != NULL);
    assert_true(strstr(answer.body, "\"stale\":false") != NULL);
    assert_int_equal(asking_count(&answer, "/position_flags"), 0);
}

static void whose_frame_is_in_doubt_is_not_available(void **state)
{
    const struct live_fix fix = { .person_id = 1,
                                  .at = { 1163905000, 399000000 },
                                  .accuracy_dm = -1,
                                  .speed_cms = -1,
                                  .fix_us = clock_wall_us(),
                                  .received_us = clock_wall_us(),
                                  .flags = LIVE_FRAME };

    (void)state;
    block_import(ROOM.d, 10, (struct point){ 116.386, 39.896 });
    asking_change(&ROOM, "SELECT 1"); /* what was imported is followed */
    live_move(engine_live(asking_engine(ROOM.asking)), &fix, 1);
    struct asking_answer answer = nearest(",\"include_unavailable\":true");

    assert_string_equal(asking_text(&answer, "/people/0/hindrances/0"), "frame_in_doubt");
    answer = get("/v1/people/1");
    assert_true(strstr(answer.body, "\"unavailable\":[\"frame_in_doubt\"]") != NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_list_has_what_is_open_of_those_one_sees, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_list_is_filtered_and_paged, set_up, tear_down),
        cmocka_unit_test_setup_teardown(whose_frame_is_in_doubt_is_not_available, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(clearing_is_done_once_and_recorded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(of_others_there_is_nothing_to_clear, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_old_position_is_told_with_what_may_have_become_of_it,
                                        set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
