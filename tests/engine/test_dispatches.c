/* Tests of engine/dispatches.c and engine/dispatch_order.c where they meet time, history
 * and each other; what is answered over HTTP is in tests/api/test_on_dispatches.c. */
#include "tests/support/check_near.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "engine/dispatches.h"
#include "engine/engine.h"
#include "engine/live.h"
#include "tests/support/asking.h"
#include "tests/support/database.h"
#include "tests/support/scene.h"

static void an_order_that_nobody_answers_expires(void **state)
{
    const int64_t incident = scene_incident("fire");
    const int64_t order = scene_send(incident, SCENE_FIRST);
    const int64_t answered = scene_send(incident, 101);
    struct db *db = db_open(SCENE_ROOM.d->address, &(struct fail){ 0 });
    struct asking_answer answer;
    struct fail f = { 0 };
    struct live *live = engine_live(asking_engine(SCENE_ROOM.asking));

    (void)state;
    assert_true(db_become(db, DB_ENGINE, &f));
    assert_true(dispatches_expire(db, live, &f));
    assert_int_equal(scene_taken_by(SCENE_FIRST), incident); /* there is still time */
    scene_as_volunteer(101);
    scene_expect(answered, "accept", "accepted");
    scene_run("UPDATE vigil.dispatch_person SET expires_at = now() - interval '1 s'");
    scene_as_volunteer(SCENE_FIRST);
    answer = scene_step(order, "accept", NULL);
    asking_expect(&answer, 409, "dispatch_late");
    assert_true(dispatches_expire(db, live, &f));
    assert_int_equal(scene_taken_by(SCENE_FIRST), 0);
    scene_as_dispatcher();
    answer =
        scene_ask("GET", arena_text(SCENE_ROOM.d->arena, "/v1/incidents/%lld", (long long)incident),
                  NULL, NULL);
    assert_string_equal(asking_text(&answer, "/dispatches/0/people/0/state"), "expired");
    assert_string_equal(asking_text(&answer, "/dispatches/0/people/0/how"), "timer");
    assert_string_equal(asking_text(&answer, "/dispatches/1/people/0/state"), "accepted");
    db_close(db);
}

static void the_history_cannot_be_rewritten(void **state)
{
    static const char *const TRIES[] = {
        "UPDATE vigil.dispatch_person SET taken_from = now()",
        "UPDATE vigil.dispatch_person SET taken_to = now()",
        "UPDATE vigil.dispatch_person SET state = 'offered'",
        "UPDATE vigil.dispatch_person SET person_id = 5",
        "DELETE FROM vigil.dispatch_person",
    };

    (void)state;
    scene_step(scene_send(scene_incident("fire"), SCENE_FIRST), "stand_down", NULL);
    for (size_t i = 0; i < sizeof TRIES / sizeof *TRIES; i++) {
        struct fail f = { 0 };

        assert_false(db_script(SCENE_ROOM.d->db, TRIES[i], &f));
        assert_non_null(strstr(f.text, "not rewritten"));
    }
}

/* ---- many at once */

enum { RACERS = 6, ROUNDS = 40 };

struct racer {
    struct asking_worker *worker;
    int64_t incident_id;
    int number, won;
};

static void *race(void *self)
{
    struct racer *r = self;
    char path[80], key[60], body[80];

    snprintf(path, sizeof path, "/v1/incidents/%lld/dispatches", (long long)r->incident_id);
    for (int i = 0; i < ROUNDS; i++) {
        const int person = SCENE_FIRST + (r->number + i) % 4;

        snprintf(key, sizeof key, "Idempotency-Key: race-%d-%d", r->number, i);
        if (i % 3 == 0)
            snprintf(body, sizeof body, "{\"squad_id\":%d,\"reason\":\"race\"}",
                     SCENE_SQUAD + i % 2);
        else
            snprintf(body, sizeof body, "{\"people\":[%d],\"reason\":\"race\"}", person);
        struct asking_answer answer = asking_send(r->worker, "POST", path, key, body);

        if (answer.status != 201) {
            asking_expect(&answer, 409, "person_taken");
            continue;
        }
        r->won++;
        snprintf(path, sizeof path, "/v1/dispatches/%lld/stand_down",
                 (long long)asking_int(&answer, "/dispatch/dispatch_id"));
        answer = asking_send(r->worker, "POST", path, NULL, NULL);
        asking_expect(&answer, 200, NULL);
        snprintf(path, sizeof path, "/v1/incidents/%lld/dispatches", (long long)r->incident_id);
    }
    return NULL;
}

static void of_many_who_want_the_same_people_each_has_them_alone(void **state)
{
    struct racer racers[RACERS];
    pthread_t threads[RACERS];
    int won = 0;

    (void)state;
    for (int i = 0; i < RACERS; i++)
        racers[i] = (struct racer){ .worker = asking_worker_new(SCENE_ROOM.asking),
                                    .incident_id = scene_incident("fire"),
                                    .number = i };
    for (int i = 0; i < RACERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
    for (int i = 0; i < RACERS; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < RACERS; i++) {
        won += racers[i].won;
        asking_worker_free(racers[i].worker);
    }
    assert_true(won > 0);
    assert_int_equal(database_int(SCENE_ROOM.d, "SELECT count(*) FROM vigil.dispatch"), won);
    assert_int_equal(database_int(SCENE_ROOM.d, "SELECT count(*) FROM vigil.dispatch_overlap"), 0);
    assert_int_equal(
        database_int(SCENE_ROOM.d, "SELECT count(*) FROM vigil.dispatch_person WHERE active"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_begin, scene_end)
        TEST(an_order_that_nobody_answers_expires),
        TEST(the_history_cannot_be_rewritten),
        TEST(of_many_who_want_the_same_people_each_has_them_alone),
#undef TEST
    };

    return cmocka_run_group_tests(tests, scene_open, scene_close);
}
