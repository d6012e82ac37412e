/* A commit that waits for a synchronous standby, which is not there, until somebody cancels
 * the waiting: it was done here and may be undone by a fail-over, so nobody may be told
 * that it is kept. */
#include "tests/support/check_near.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/batches.h"
#include "engine/clock.h"
#include "engine/idempotency.h"
#include "tests/support/database.h"

enum { PATIENCE_S = 30, NAP_MS = 10 };

static const char CANCEL[] = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity"
                             " WHERE datname = current_database() AND wait_event = 'SyncRep'";

/* The test's own connections wait for standbys; those of other tests on the cluster do not
 * (tools/cluster). */
struct scene {
    struct database *d;
    struct db *db;
    const char *address;
    pthread_t canceller;
    _Atomic bool is_over;
};

static void nap(void)
{
    nanosleep(&(struct timespec){ .tv_nsec = NAP_MS * 1000000L }, NULL);
}

static void *cancel_on(void *self)
{
    struct scene *s = self;
    struct fail f = { 0 };
    struct db *db = db_open(s->d->address, &f);

    while (!s->is_over) {
        if (db)
            (void)db_script(db, CANCEL, &f);
        nap();
    }
    db_close(db);
    return NULL;
}

static void name_standby(struct scene *s, const char *name)
{
    database_text(
        s->d, arena_text(s->d->arena, "ALTER SYSTEM SET synchronous_standby_names = '%s'", name));
    database_text(s->d, "SELECT pg_reload_conf()");
}

static bool write_row(struct scene *s, struct fail *f)
{
    return db_begin(s->db, f) && db_script(s->db, "INSERT INTO kept VALUES (1)", f) &&
           db_commit(s->db, f);
}

static int64_t rows(struct scene *s)
{
    return database_int(s->d, "SELECT count(*) FROM kept");
}

/* Every commit of the test waits from here on, or none does: the server takes the new
 * setting up some time after it was told to. */
static void await_waiting(struct scene *s, bool wanted)
{
    const int64_t until_us = clock_steady_us() + PATIENCE_S * INT64_C(1000000);
    struct fail f = { 0 };

    while (write_row(s, &f) == wanted) {
        if (clock_steady_us() > until_us)
            fail_msg("commits %s", wanted ? "do not wait" : "still wait");
        nap();
    }
}

static int set_up(void **state)
{
    struct scene *s = calloc(1, sizeof *s);
    struct fail f = { 0 };

    s->d = database_new(true);
    s->address = arena_text(s->d->arena, "%s options='-c synchronous_commit=on'", s->d->address);
    s->db = db_open(s->address, &f);
    if (!s->db || !db_script(s->db, "CREATE TABLE kept (n int)", &f))
        fail_msg("%s", f.text);
    *state = s;
    return pthread_create(&s->canceller, NULL, cancel_on, s);
}

static int tear_down(void **state)
{
    struct scene *s = *state;

    name_standby(s, "");
    s->is_over = true;
    pthread_join(s->canceller, NULL);
    db_close(s->db);
    database_free(s->d);
    free(s);
    return 0;
}

static void a_commit_without_its_standby_is_unknown(void **state)
{
    struct scene *s = *state;
    const struct db_value values[] = { db_int(9001), db_text("alone"), db_text("0") };
    struct fail f = { 0 };

    assert_true(write_row(s, &f));
    name_standby(s, "nobody");
    await_waiting(s, true);

    const int64_t before = rows(s);

    assert_false(write_row(s, &f));
    assert_int_equal(f.kind, FAIL_BUSY);
    assert_int_equal(f.code, CODE_DATABASE_AWAY);
    assert_non_null(strstr(f.text, "standby"));
    assert_int_equal(rows(s), before + 1); /* it was committed here */

    /* What is a transaction of its own, too. */
    assert_false(db_run(s->db, QUERIES_MIGRATION_RECORD, values, 3, NULL, NULL, &f));
    assert_int_equal(f.code, CODE_DATABASE_AWAY);
    assert_false(db_script(s->db, "INSERT INTO kept VALUES (2)", &f));
    assert_int_equal(f.code, CODE_DATABASE_AWAY);
    assert_true(db_run(s->db, QUERIES_PING, NULL, 0, NULL, NULL, &f));
    name_standby(s, "");
    await_waiting(s, false);
    assert_true(write_row(s, &f));
}

/* Whoever asks again finds what was committed, and is told so only when it has arrived. */
static void an_answer_is_given_again_when_its_standby_has_it(void **state)
{
    struct scene *s = *state;
    const struct idempotency_ask ask = { 7, "key-1", "POST /v1/incidents", "{}", 2 };
    const struct idempotency_answer made = { 201, "application/json", "/v1/incidents/1", "{}", 2 };
    struct idempotency_answer answer;
    struct fail f = { 0 };
    bool again;

    name_standby(s, "nobody");
    await_waiting(s, true);
    assert_true(idempotency_begin(s->db, &ask, s->d->arena, &again, &answer, &f));
    assert_false(again);
    assert_false(idempotency_finish(s->db, &ask, &made, &f));
    assert_int_equal(f.code, CODE_DATABASE_AWAY);
    assert_false(idempotency_begin(s->db, &ask, s->d->arena, &again, &answer, &f));
    assert_int_equal(f.code, CODE_DATABASE_AWAY);
    name_standby(s, "");
    await_waiting(s, false);
    assert_true(idempotency_begin(s->db, &ask, s->d->arena, &again, &answer, &f));
    assert_true(again);
    assert_int_equal(answer.status, 201);
}

static enum batches_end write_fix(struct scene *s, struct batches *b, int64_t fix_us)
{
    struct live_fix fix = { .person_id = 1,
                            .at = { 5, 7 },
                            .accuracy_dm = -1,
                            .fix_us = fix_us,
                            .received_us = clock_wall_us() };
    enum fail_code code = CODE_NONE;
    struct fail f = { 0 };

    return batches_write(b, &fix, 1, &code, s->d->arena, &f);
}

static void a_batch_is_acknowledged_when_its_standby_has_it(void **state)
{
    struct scene *s = *state;
    struct fail f = { 0 };

    database_text(s->d, "INSERT INTO vigil.person (person_id, display_name, on_duty,"
                        " location_consent) VALUES (1, 'one', true, true)");
    struct batches *b = batches_open(s->address, (struct batches_by){ 77, 3 }, &f);

    assert_non_null(b);
    assert_int_equal(write_fix(s, b, 5), BATCHES_WRITTEN);
    name_standby(s, "nobody");
    await_waiting(s, true);
    assert_int_equal(write_fix(s, b, 6), BATCHES_UNKNOWN);
    name_standby(s, "");
    await_waiting(s, false);
    assert_int_equal(write_fix(s, b, 7), BATCHES_WRITTEN);
    assert_int_equal(database_int(s->d, "SELECT count(*) FROM vigil.position_history"), 3);
    batches_close(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_commit_without_its_standby_is_unknown, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_answer_is_given_again_when_its_standby_has_it, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_batch_is_acknowledged_when_its_standby_has_it, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
