/* Hot spots and weights as the outside makes them, and coverage counted by them. */
#include "tests/support/check_near.h"

#include <math.h>
#include <string.h>
#include <time.h>

#include "engine/clock.h"
#include "engine/engine.h"
#include "engine/terrain.h"
#include "tests/support/asking.h"
#include "tests/support/block.h"
#include "tests/support/database.h"

enum { SIDE = 6, STREETS_M = 8400, PATIENCE_MS = 20000 };

static struct asking_room ROOM;

static const char HOUR[] = "/v1/coverage/hours?from=2030-01-07T00:00:00Z&to=2030-01-07T01:00:00Z";
static const char SPOT[] =
    "{\"code\":\"H1\",\"name\":\"Market\",\"area\":{\"type\":\"MultiPolygon\",\"frame\":\"wgs84\","
    "\"coordinates\":[[[[116.3925,39.9025],[116.3935,39.9025],[116.3935,39.9035],[116.3925,39.9035]"
    ","
    "[116.3925,39.9025]]]]}}";

static int set_up(void **state)
{
    struct fail f = { 0 };

    if (asking_open_room(&ROOM, state))
        return -1;
    block_import(ROOM.d, SIDE, BLOCK_BEIJING);
    if (!db_script(ROOM.d->db,
                   "INSERT INTO vigil.org (org_id, parent_id, kind, code, name) VALUES (2, 1, "
                   "'county', '110101', 'East');"
                   "INSERT INTO vigil.incident (incident_id, org_id, type, priority, geom) SELECT "
                   "1, 1, type, 2, 'SRID=4326;POINT(116.391 39.901)' FROM vigil.incident_type "
                   "ORDER BY type LIMIT 1",
                   &f) ||
        !engine_follow(asking_engine(ROOM.asking), &f))
        fail_msg("%s", f.text);
    assert_true(terrain_settle(engine_terrain(asking_engine(ROOM.asking))));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return asking_close_room(&ROOM);
}

static struct asking_answer ask(enum role role, int64_t org_id, const char *method,
                                const char *path, const char *body)
{
    asking_as(ROOM.worker, role, org_id, 0);
    return asking_send(ROOM.worker, method, path,
                       strcmp(method, "POST") == 0 ? asking_fresh_key(&ROOM) : NULL, body);
}

/* Weighed by a job with these keys; the state in which it ended. */
static const char *weigh(int64_t org_id, const char *keys)
{
    static const struct timespec PAUSE = { .tv_nsec = 10000000 };
    const int64_t end_us = clock_steady_us() + PATIENCE_MS * 1000LL;
    struct asking_answer a = ask(ROLE_ADMIN, org_id, "POST", "/v1/coverage/jobs",
                                 arena_text(ROOM.d->arena, "{\"kind\":\"weights\"%s}", keys));

    asking_expect(&a, 201, NULL);
    const char *path =
        arena_text(ROOM.d->arena, "/v1/jobs/%lld", (long long)asking_int(&a, "/job_id"));

    for (;;) {
        a = ask(ROLE_ADMIN, org_id, "GET", path, NULL);
        const char *state = asking_text(&a, "/state");

        if (strcmp(state, "queued") != 0 && strcmp(state, "running") != 0)
            return state;
        if (clock_steady_us() > end_us)
            fail_msg("the job is %s", a.body);
        nanosleep(&PAUSE, NULL);
    }
}

static void settle(void)
{
    assert_true(terrain_settle(engine_terrain(asking_engine(ROOM.asking))));
}

/* Of the first hour, in which nothing is planned: all that the streets weigh. */
static double weight(void)
{
    settle();
    const struct asking_answer a = ask(ROLE_PLANNER, 1, "GET", HOUR, NULL);

    asking_expect(&a, 200, NULL);
    return asking_number(&a, "/hours/0/gap_weight_h");
}

static void coverage_is_counted_by_the_version_in_use(void **state)
{
    struct asking_answer a = ask(ROLE_PLANNER, 1, "POST", "/v1/hot_spots", SPOT);

    (void)state;
    asking_expect(&a, 201, NULL);
    check_near(weight(), STREETS_M, 1e-6);
    /* The crossing in it has 111 m of street north to south and 85 m east to west. */
    assert_string_equal(weigh(1, ",\"incidents\":0,\"points\":0,\"hot_spots\":2,\"floor\":0.5"),
                        "done");
    const double hot_m = (weight() - STREETS_M / 2.0) / 2;

    assert_true(hot_m > 150 && hot_m < 250);
    /* Incidents weigh 1 a metre on average, whatever their number. */
    assert_string_equal(weigh(1, ",\"incidents\":1,\"points\":0,\"hot_spots\":0,\"floor\":0"),
                        "done");
    assert_true(fabs(weight() - STREETS_M) < 0.01 * STREETS_M);
    a = ask(ROLE_AUDITOR, 1, "GET", "/v1/coverage/weights?limit=1", NULL);
    asking_expect(&a, 200, NULL);
    assert_int_equal(asking_count(&a, "/items"), 1);
    assert_int_equal(asking_int(&a, "/items/0/incident_count"), 1);
    const char *path = arena_text(ROOM.d->arena, "/v1/coverage/weights?limit=1&cursor=%s",
                                  asking_text(&a, "/next"));

    a = ask(ROLE_AUDITOR, 1, "GET", path, NULL);
    assert_int_equal(asking_int(&a, "/items/0/hot_spot_count"), 1);
    /* The earlier one again, and then none. */
    const char *body = arena_text(ROOM.d->arena, "{\"weight_version_id\":%lld}",
                                  (long long)asking_int(&a, "/items/0/weight_version_id"));

    a = ask(ROLE_ADMIN, 1, "PUT", "/v1/coverage/weights", body);
    asking_expect(&a, 204, NULL);
    check_near(weight(), STREETS_M / 2.0 + 2 * hot_m, 1e-3);
    a = ask(ROLE_ADMIN, 1, "PUT", "/v1/coverage/weights", "{\"weight_version_id\":null}");
    asking_expect(&a, 204, NULL);
    check_near(weight(), STREETS_M, 1e-6);
}

static void only_the_city_says_what_its_streets_weigh(void **state)
{
    struct asking_answer a;

    (void)state;
    assert_string_equal(weigh(2, ""), "failed");
    assert_string_equal(weigh(1, ",\"use\":false"), "done");
    const int64_t id =
        database_int(ROOM.d, "SELECT weight_version_id FROM vigil.weight_version WHERE NOT in_use");
    const char *body = arena_text(ROOM.d->arena, "{\"weight_version_id\":%lld}", (long long)id);

    a = ask(ROLE_ADMIN, 2, "PUT", "/v1/coverage/weights", body);
    assert_true(a.status == 403 || a.status == 404);
    a = ask(ROLE_PLANNER, 1, "PUT", "/v1/coverage/weights", body);
    asking_expect(&a, 403, NULL);
    assert_int_equal(database_int(ROOM.d, "SELECT count(*) FROM vigil.weight_version WHERE in_use"),
                     0);
}

static void what_cannot_be_is_refused(void **state)
{
    static const struct {
        const char *method, *path, *body, *code;
    } CASES[] = {
        { "POST", "/v1/coverage/jobs", "{\"kind\":\"weights\",\"floor\":-1}",
          "value_out_of_range" },
        { "POST", "/v1/coverage/jobs", "{\"kind\":\"weights\",\"reach_m\":10}",
          "value_out_of_range" },
        { "POST", "/v1/coverage/jobs", "{\"kind\":\"weights\",\"crime\":1}", "key_unknown" },
        { "PUT", "/v1/coverage/weights", "{}", "key_missing" },
        { "PUT", "/v1/coverage/weights", "{\"weight_version_id\":99}", "reference_unknown" },
        { "POST", "/v1/hot_spots", "{\"code\":\"H\",\"name\":\"N\"}", "key_missing" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct asking_answer a =
            ask(ROLE_ADMIN, 1, CASES[i].method, CASES[i].path, CASES[i].body);

        asking_expect(&a, 422, CASES[i].code);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(coverage_is_counted_by_the_version_in_use, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(only_the_city_says_what_its_streets_weigh, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_is_refused, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
