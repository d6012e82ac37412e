/* What a patrol is proven to have walked, over HTTP. */
#include "tests/support/check_near.h"

#include <string.h>
#include <time.h>

#include "tests/support/asking.h"
#include "tests/support/block.h"
#include "tests/support/database.h"
#include "tests/support/patrol_town.h"

enum { PATIENCE_S = 30 };

static struct asking_room ROOM;

static int open_room(void **state)
{
    if (asking_open_room(&ROOM, state) != 0)
        return 1;
    patrol_town(ROOM.d);
    return 0;
}

static int close_room(void **state)
{
    (void)state;
    return asking_close_room(&ROOM);
}

static struct asking_answer get(const char *path)
{
    return asking_send(ROOM.worker, "GET", path, NULL, NULL);
}

static struct asking_answer post(const char *path)
{
    return asking_send(ROOM.worker, "POST", path, asking_fresh_key(&ROOM), NULL);
}

static void as_manager(void)
{
    asking_as(ROOM.worker, ROLE_MANAGER, 2, 0);
}

/* The engine's own thread does it. */
static void wait_until_proven(void)
{
    const time_t begin = time(NULL);

    while (database_int(ROOM.d,
                        "SELECT count(*) FROM vigil.proof WHERE claim_id = 1 AND NOT"
                        " (SELECT proof_wanted FROM vigil.claim WHERE claim_id = 1)") == 0) {
        if (time(NULL) - begin > PATIENCE_S)
            fail_msg("nothing was proven in %d s", PATIENCE_S);
        nanosleep(&(struct timespec){ .tv_nsec = 50000000 }, NULL);
    }
}

/* Half of the beat. */
static void prove_half(void)
{
    patrol_town_check_in(ROOM.d);
    patrol_town_walk(ROOM.d, 11, 5, 0, 1.2, 20, 1);
    database_run(ROOM.d, "UPDATE vigil.claim SET state = 'finished'");
    as_manager();
    const struct asking_answer answer = post("/v1/claims/1/prove");

    asking_expect(&answer, 200, NULL);
    wait_until_proven();
}

static void a_proof_says_how_much_by_whom_and_what_is_missing(void **state)
{
    struct asking_answer answer;

    (void)state;
    as_manager();
    answer = get("/v1/claims/1/proof");
    asking_expect(&answer, 404, "proof_missing");
    prove_half();
    answer = get("/v1/claims/1/proof");
    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_text(&answer, "/state"), "verified");
    check_near(asking_number(&answer, "/length_m"), 400, 0.001);
    check_near(asking_number(&answer, "/proven_m"), 200, 30);
    check_near(asking_number(&answer, "/share"), 0.5, 0.08);
    assert_int_equal(asking_count(&answer, "/tracks"), 2);
    assert_string_equal(asking_text(&answer, "/tracks/0/verdict"), "proven");
    assert_int_equal(asking_int(&answer, "/tracks/0/positions"), 20);
    assert_string_equal(asking_text(&answer, "/tracks/1/reason"), "proof_no_positions");
    assert_true(asking_count(&answer, "/missed") >= 2);
    assert_string_equal(asking_text(&answer, "/missed/0/street"), "Row 0");
    answer = get("/v1/claims/1");
    check_near(asking_number(&answer, "/proof/proven_m"), 200, 30);
    answer = get("/v1/claims/1/proof/geojson");
    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_text(&answer, "/frame"), "wgs84");
    assert_true(strstr(answer.body, "\"kind\" : \"missed\"") != NULL);
    assert_true(strstr(answer.body, "\"kind\" : \"proven\"") != NULL);
}

static void a_manager_credits_what_is_not_credited_by_itself(void **state)
{
    struct asking_answer answer;

    (void)state;
    as_manager();
    answer = post("/v1/claims/1/prove");
    asking_expect(&answer, 409, "patrol_state"); /* it is under way */
    answer = post("/v1/claims/1/credit");
    asking_expect(&answer, 409, "patrol_state");
    prove_half();
    asking_as(ROOM.worker, ROLE_VOLUNTEER, 2, 11);
    answer = post("/v1/claims/1/credit");
    asking_expect(&answer, 403, NULL);
    as_manager();
    answer = post("/v1/claims/1/credit");
    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_text(&answer, "/state"), "credited");
    answer = post("/v1/claims/1/credit");
    asking_expect(&answer, 409, "patrol_state");
}

static void positions_that_came_late_count_when_it_is_proven_again(void **state)
{
    struct asking_answer answer;

    (void)state;
    prove_half();
    patrol_town_walk(ROOM.d, 12, 5, 200, 1.2, 18, 2);
    answer = post("/v1/claims/1/prove");
    asking_expect(&answer, 200, NULL);
    wait_until_proven();
    answer = get("/v1/claims/1/proof");
    check_near(asking_number(&answer, "/proven_m"), 375, 30);
    assert_string_equal(asking_text(&answer, "/state"), "credited");
    database_run(ROOM.d, "UPDATE vigil.claim SET started_at = now() - interval '3 days'");
    answer = post("/v1/claims/1/prove");
    asking_expect(&answer, 409, "proof_coarse");
}

static void the_squad_sees_its_proof_a_member_her_own_track_a_neighbour_nothing(void **state)
{
    struct asking_answer answer;

    (void)state;
    prove_half();
    asking_as(ROOM.worker, ROLE_VOLUNTEER, 2, 11); /* the leader */
    answer = get("/v1/claims/1/proof");
    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_count(&answer, "/tracks"), 2);
    asking_as(ROOM.worker, ROLE_VOLUNTEER, 2, 12);
    answer = get("/v1/claims/1/proof");
    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_count(&answer, "/tracks"), 1);
    assert_int_equal(asking_int(&answer, "/tracks/0/person_id"), 12);
    check_near(asking_number(&answer, "/proven_m"), 200, 30);
    asking_as(ROOM.worker, ROLE_VOLUNTEER, 2, 13);
    answer = get("/v1/claims/1/proof");
    asking_expect(&answer, 404, "not_found");
    asking_as(ROOM.worker, ROLE_MANAGER, 3, 0);
    answer = get("/v1/claims/1/proof");
    asking_expect(&answer, 404, "not_found");
    answer = get("/v1/claims/1/proof/geojson");
    asking_expect(&answer, 404, "not_found");
    answer = post("/v1/claims/1/prove");
    asking_expect(&answer, 404, "not_found");
    asking_as(ROOM.worker, ROLE_DISPATCHER, 2, 0);
    answer = get("/v1/claims/1/proof");
    asking_expect(&answer, 200, NULL);
    answer = post("/v1/claims/1/prove");
    asking_expect(&answer, 403, NULL);
}

/* Row 0 begins at the corner; a block is 0.001 degrees. */
static const char *beat_with(const char *code, double lon, double lat, int stay_s)
{
    return arena_text(
        ROOM.d->arena,
        "{\"org_id\":2,\"code\":\"%s\",\"name\":\"和平路\",\"segments\":[%lld],\"checkpoints\":["
        "{\"name\":\"银行\",\"place\":{\"lon\":%.6f,\"lat\":%.6f,\"frame\":\"wgs84\"},\"stay_s\":%"
        "d}]}",
        code,
        (long long)database_int(ROOM.d, "SELECT segment_id FROM vigil.segment"
                                        " WHERE name = 'Row 0' AND start_cm = 0"),
        lon, lat, stay_s);
}

static void a_beat_has_checkpoints_on_its_streets(void **state)
{
    struct asking_answer answer;

    (void)state;
    as_manager();
    answer = asking_send(ROOM.worker, "POST", "/v1/beats", asking_fresh_key(&ROOM),
                         beat_with("K1", BLOCK_PORTO.lon + 0.0004, BLOCK_PORTO.lat + 0.0001, 600));
    asking_expect(&answer, 201, NULL);
    assert_int_equal(asking_count(&answer, "/checkpoints"), 1);
    assert_string_equal(asking_text(&answer, "/checkpoints/0/name"), "银行");
    check_near(asking_number(&answer, "/checkpoints/0/at_m"), 40, 0.1);
    check_near(asking_number(&answer, "/checkpoints/0/place/lat"), BLOCK_PORTO.lat, 1e-6);
    assert_int_equal(asking_int(&answer, "/checkpoints/0/stay_s"), 600);
    answer = asking_send(ROOM.worker, "POST", "/v1/beats", asking_fresh_key(&ROOM),
                         beat_with("K2", BLOCK_PORTO.lon + 0.0004, BLOCK_PORTO.lat + 0.001, 600));
    asking_expect(&answer, 422, "no_street_near");
    assert_string_equal(asking_text(&answer, "/pointer"), "/checkpoints/0/place");
    answer = asking_send(ROOM.worker, "POST", "/v1/beats", asking_fresh_key(&ROOM),
                         beat_with("K3", BLOCK_PORTO.lon, BLOCK_PORTO.lat, 3601));
    asking_expect(&answer, 422, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_proof_says_how_much_by_whom_and_what_is_missing,
                                        open_room, close_room),
        cmocka_unit_test_setup_teardown(a_manager_credits_what_is_not_credited_by_itself, open_room,
                                        close_room),
        cmocka_unit_test_setup_teardown(positions_that_came_late_count_when_it_is_proven_again,
                                        open_room, close_room),
        cmocka_unit_test_setup_teardown(
            the_squad_sees_its_proof_a_member_her_own_track_a_neighbour_nothing, open_room,
            close_room),
        cmocka_unit_test_setup_teardown(a_beat_has_checkpoints_on_its_streets, open_room,
                                        close_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
