/* What is answered while the database is away, and what has become of it afterwards. */
#include "tests/support/check_near.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "engine/clock.h"
#include "engine/engine.h"
#include "engine/live.h"
#include "engine/reach.h"
#include "engine/shelter.h"
#include "geo/instant.h"
#include "tests/support/asking.h"
#include "tests/support/database.h"

enum { LONG_MS = 30000, PROMPT_MS = 5000 };

#define FIRE "{\"type\":\"fire\",\"place\":{\"lon\":116.02,\"lat\":39.7,\"frame\":\"wgs84\"}}"
#define HELP "{\"type\":\"help\",\"place\":{\"lon\":116.02,\"lat\":39.7,\"frame\":\"wgs84\"}}"

struct outage {
    struct asking_room room;
    char folder[64];
};

static void must(bool is_good, const struct fail *f)
{
    if (!is_good)
        fail_msg("%s: %s", fail_word(f->code), f->text);
}

static int set_up(void **state)
{
    struct outage *o = calloc(1, sizeof *o);
    struct database *d = database_new(true);
    struct fail f = { 0 };

    must(db_script(d->db,
                   "INSERT INTO vigil.person (person_id, org_id, display_name, on_duty,"
                   " location_consent) SELECT i, 1, 'person ' || i, i = 100, true"
                   " FROM generate_series(100, 101) AS i",
                   &f),
         &f);
    snprintf(o->folder, sizeof o->folder, "/tmp/vigil-test-away-XXXXXX");
    assert_non_null(mkdtemp(o->folder));
    d->spool_dir = o->folder;
    o->room.d = d;
    o->room.asking = asking_new(d);
    o->room.worker = asking_worker_new(o->room.asking);
    *state = o;
    return 0;
}

static int tear_down(void **state)
{
    struct outage *o = *state;
    char path[96];

    asking_close_room(&o->room);
    snprintf(path, sizeof path, "%s/spool-1", o->folder);
    unlink(path);
    rmdir(o->folder);
    free(o);
    return 0;
}

static struct asking_answer ask(struct outage *o, const char *method, const char *target,
                                const char *headers, const char *body)
{
    return asking_send(o->room.worker, method, target, headers, body);
}

/* The token is known since, and so are types and numbers. */
static void go_away(struct outage *o)
{
    const int64_t until_us = clock_steady_us() + LONG_MS * 1000;
    const struct asking_answer answer = ask(o, "GET", "/v1/incidents", NULL, NULL);
    struct fail f = { 0 };

    asking_expect(&answer, 200, NULL);
    must(engine_follow(asking_engine(o->room.asking), &f), &f);
    shelter_tick(engine_shelter(asking_engine(o->room.asking)), o->room.d->db);
    database_shut(o->room.d, true);
    while (!reach_is_away() && clock_steady_us() < until_us)
        nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
    assert_true(reach_is_away());
}

static void come_back(struct outage *o)
{
    const int64_t until_us = clock_steady_us() + LONG_MS * 1000;
    struct shelter *s = engine_shelter(asking_engine(o->room.asking));

    database_shut(o->room.d, false);
    while ((reach_is_away() || shelter_waiting(s) > 0) && clock_steady_us() < until_us)
        nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
    assert_false(reach_is_away());
    assert_int_equal(shelter_waiting(s), 0);
}

static void a_report_is_kept_once_and_has_its_final_number(void **state)
{
    struct outage *o = *state;
    const char *key = asking_fresh_key(&o->room);

    go_away(o);
    struct asking_answer answer = ask(o, "POST", "/v1/incidents", key, FIRE);

    asking_expect(&answer, 202, NULL);
    assert_string_equal(asking_text(&answer, "/durability"), "node-local");
    const int64_t id = asking_int(&answer, "/incident_id");
    const char *path = arena_text(o->room.d->arena, "/v1/incidents/%lld", (long long)id);

    assert_string_equal(asking_header(&answer, "Location"), path);
    answer = ask(o, "POST", "/v1/incidents", key, FIRE);
    asking_expect(&answer, 202, NULL);
    assert_int_equal(asking_int(&answer, "/incident_id"), id);
    answer = ask(o, "POST", "/v1/incidents", key, HELP);
    asking_expect(&answer, 422, "idempotency_key_reused");
    answer = ask(o, "POST", "/v1/incidents", asking_fresh_key(&o->room), FIRE);
    asking_expect(&answer, 202, NULL);
    assert_int_not_equal(asking_int(&answer, "/incident_id"), id);

    come_back(o);
    answer = ask(o, "POST", "/v1/incidents", key, FIRE);
    assert_int_equal(answer.status, 202);
    assert_int_equal(asking_int(&answer, "/incident_id"), id);
    answer = ask(o, "GET", path, NULL, NULL);
    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_text(&answer, "/state"), "reported");
    assert_int_equal(database_int(o->room.d, "SELECT count(*) FROM vigil.incident"), 2);
}

/* An answer from before is given again: the key made nothing new. */
static void a_report_from_before_is_told_again(void **state)
{
    struct outage *o = *state;
    const char *key = asking_fresh_key(&o->room);
    struct asking_answer answer = ask(o, "POST", "/v1/incidents", key, FIRE);
    const int64_t id = asking_int(&answer, "/incident_id");

    asking_expect(&answer, 201, NULL);
    go_away(o);
    answer = ask(o, "POST", "/v1/incidents", key, FIRE);
    asking_expect(&answer, 201, NULL);
    assert_int_equal(asking_int(&answer, "/incident_id"), id);
    answer = ask(o, "POST", "/v1/incidents", key, HELP);
    asking_expect(&answer, 422, "idempotency_key_reused");
    come_back(o);
    assert_int_equal(database_int(o->room.d, "SELECT count(*) FROM vigil.incident"), 1);
}

static void a_bad_report_is_refused_as_ever(void **state)
{
    struct outage *o = *state;

    go_away(o);
    struct asking_answer answer =
        ask(o, "POST", "/v1/incidents", asking_fresh_key(&o->room),
            "{\"type\":\"dragon\",\"place\":{\"lon\":116,\"lat\":39,\"frame\":\"wgs84\"}}");

    asking_expect(&answer, 422, "incident_type_unknown");
    answer = ask(o, "POST", "/v1/incidents", NULL, FIRE);
    asking_expect(&answer, 422, "idempotency_key_missing");
    answer = ask(o, "POST", "/v1/incidents",
                 arena_text(o->room.d->arena, "%s\nAuthorization: Bearer nobody",
                            asking_fresh_key(&o->room)),
                 FIRE);
    assert_true(answer.status == 401 || answer.status == 503);
    come_back(o);
    assert_int_equal(database_int(o->room.d, "SELECT count(*) FROM vigil.incident"), 0);
}

/* One of a body of positions. */
static const char *fix_of(struct outage *o, int64_t person_id)
{
    char now[INSTANT_SIZE];

    instant_write(clock_wall_us(), now);
    return arena_text(o->room.d->arena,
                      "{\"person_id\":%lld,\"lon\":116.02,\"lat\":39.7,\"frame\":\"wgs84\","
                      "\"fix_time\":\"%s\"}",
                      (long long)person_id, now);
}

/* Both people, now, by a gateway. */
static struct asking_answer report(struct outage *o)
{
    asking_as(o->room.worker, ROLE_GATEWAY, 1, 0);
    return ask(
        o, "POST", "/v1/positions", NULL,
        arena_text(o->room.d->arena, "{\"positions\":[%s,%s]}", fix_of(o, 100), fix_of(o, 101)));
}

static void positions_are_kept_and_shown_and_come_in(void **state)
{
    struct outage *o = *state;
    struct live *live = engine_live(asking_engine(o->room.asking));
    struct live_person person = { 0 };
    struct asking_answer answer = report(o);

    asking_expect(&answer, 200, NULL);
    asking_as(o->room.worker, ROLE_ADMIN, 1, 0);
    go_away(o);
    answer = report(o);
    asking_expect(&answer, 202, NULL);
    assert_string_equal(asking_text(&answer, "/durability"), "node-local");
    assert_int_equal(asking_int(&answer, "/accepted"), 1);
    assert_string_equal(asking_text(&answer, "/rejected/0/code"), "off_duty");
    live_read(live);
    assert_true(live_get(live, 100, &person));
    assert_true(person.fix.flags & LIVE_NODE_LOCAL);
    live_read_end(live);
    come_back(o);
    assert_int_equal(database_int(o->room.d, "SELECT count(*) FROM vigil.position_history"), 2);
    assert_int_equal(database_int(o->room.d, arena_text(o->room.d->arena,
                                                        "SELECT count(*) FROM vigil.position_last"
                                                        " WHERE person_id = 100 AND fix_us = %lld",
                                                        (long long)person.fix.fix_us)),
                     1);
}

static void every_other_change_is_put_off_at_once(void **state)
{
    struct outage *o = *state;
    const char *key = asking_fresh_key(&o->room);
    struct asking_answer answer = ask(o, "POST", "/v1/incidents", key, FIRE);
    const int64_t id = asking_int(&answer, "/incident_id");
    const char *orders =
        arena_text(o->room.d->arena, "/v1/incidents/%lld/dispatches", (long long)id);

    go_away(o);
    const int64_t began_us = clock_steady_us();

    answer = ask(o, "POST", orders, asking_fresh_key(&o->room),
                 "{\"people\":[100],\"reason\":\"near\"}");
    asking_expect(&answer, 503, "database_away");
    assert_non_null(asking_header(&answer, "Retry-After"));
    answer = ask(o, "POST", "/v1/orgs", asking_fresh_key(&o->room),
                 "{\"kind\":\"county\",\"parent_id\":1,\"code\":\"X\",\"name\":\"X\"}");
    asking_expect(&answer, 503, "database_away");
    answer = ask(o, "GET", "/v1/incidents", NULL, NULL);
    asking_expect(&answer, 503, "database_away");
    assert_true(clock_steady_us() - began_us < PROMPT_MS * 1000);
    come_back(o);
    answer = ask(o, "GET", "/v1/incidents", NULL, NULL);
    asking_expect(&answer, 200, NULL);
}

#define IN_AN_OUTAGE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_AN_OUTAGE(a_report_is_kept_once_and_has_its_final_number),
        IN_AN_OUTAGE(a_report_from_before_is_told_again),
        IN_AN_OUTAGE(a_bad_report_is_refused_as_ever),
        IN_AN_OUTAGE(positions_are_kept_and_shown_and_come_in),
        IN_AN_OUTAGE(every_other_change_is_put_off_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
