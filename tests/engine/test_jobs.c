/* Jobs: queued, done, ended by wish, taken up again; told as they go. */
#include "tests/support/check_near.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "engine/clock.h"
#include "engine/jobs.h"
#include "tests/support/database.h"

enum { PATIENCE_MS = 10000, COUNT_TO = 3 };

/* What the kinds below do, and wait for. */
static atomic_int begun, may_go_on;

static void pause_ms(int64_t ms)
{
    const struct timespec t = { .tv_nsec = ms * 1000000 };

    nanosleep(&t, NULL);
}

static bool allow(const struct input *wish, struct fail *f)
{
    (void)wish;
    (void)f;
    return true;
}

static bool run_count(struct job *job, const char **result, struct fail *f)
{
    int64_t to;

    if (!input_int(input_get(job->wish, "to"), 0, 100, &to, f))
        return false;
    for (int64_t i = 0; i < to; i++)
        if (!jobs_step(job, (double)i / (double)to, "counting", f))
            return false;
    *result = arena_text(job->arena, "{\"counted\":%lld}", (long long)to);
    return true;
}

/* Until it is ended from outside. */
static bool run_wait(struct job *job, const char **result, struct fail *f)
{
    static const char *const WORDS[] = { "one", "two" };

    (void)result;
    atomic_fetch_add(&begun, 1);
    if (job->saved && strcmp(job->saved, "{\"at\": 7}") == 0) {
        *result = "{\"went_on\":7}";
        return true;
    }
    if (!jobs_save(job, "{\"at\":7}", f))
        return false;
    for (int i = 0; !atomic_load(&may_go_on); i++) {
        if (!jobs_step(job, 0.5, WORDS[i % 2], f))
            return false;
        pause_ms(2);
    }
    return true;
}

static bool run_fail(struct job *job, const char **result, struct fail *f)
{
    (void)job;
    (void)result;
    return fail_set(f, FAIL_BROKEN, SHAPE_INVALID, "nothing came of it");
}

static const struct job_kind KINDS[] = { { "count", allow, run_count },
                                         { "wait", allow, run_wait },
                                         { "fail", allow, run_fail } };

struct site {
    struct database *d;
    struct db *app;
    struct jobs *jobs;
};

static struct jobs *open_jobs(struct site *s, int32_t planners)
{
    struct fail f = { 0 };
    struct jobs *jobs = jobs_open(s->d->address, planners, KINDS, 3, &(struct jobs_means){ 0 }, &f);

    if (!jobs)
        fail_msg("%s", f.text);
    return jobs;
}

static int setup(void **state)
{
    struct site *s = calloc(1, sizeof *s);

    s->d = database_new(true);
    s->app = database_reader(s->d, 1);
    atomic_store(&begun, 0);
    atomic_store(&may_go_on, 0);
    *state = s;
    return 0;
}

static int teardown(void **state)
{
    struct site *s = *state;

    atomic_store(&may_go_on, 1);
    jobs_close(s->jobs);
    db_close(s->app);
    database_free(s->d);
    free(s);
    return 0;
}

static void ask(struct site *s, int64_t id, const char *kind, const char *wish)
{
    const struct jobs_new job = { .job_id = id, .org_id = 1, .kind = kind, .wish = wish };
    struct fail f = { 0 };

    if (!jobs_add(s->app, &job, s->d->arena, &f))
        fail_msg("%s", f.text);
}

static const char *state_of(struct site *s, int64_t id)
{
    return database_text(
        s->d,
        arena_text(s->d->arena, "SELECT state FROM vigil.job WHERE job_id = %lld", (long long)id));
}

static void until(struct site *s, int64_t id, const char *state)
{
    const int64_t end_us = clock_steady_us() + PATIENCE_MS * 1000LL;

    while (strcmp(state_of(s, id), state) != 0) {
        if (clock_steady_us() > end_us)
            fail_msg("job %lld is %s, not %s", (long long)id, state_of(s, id), state);
        pause_ms(5);
    }
}

static void until_begun(int times)
{
    const int64_t end_us = clock_steady_us() + PATIENCE_MS * 1000LL;

    while (atomic_load(&begun) < times) {
        if (clock_steady_us() > end_us)
            fail_msg("nobody begins");
        pause_ms(2);
    }
}

static void what_is_asked_for_is_done_and_its_result_stays(void **state)
{
    struct site *s = *state;

    s->jobs = open_jobs(s, 2);
    ask(s, 1, "count", "{\"to\":3}");
    ask(s, 2, "fail", "{}");
    until(s, 1, "done");
    until(s, 2, "failed");
    assert_int_equal(database_int(s->d, "SELECT (result->>'counted')::bigint FROM vigil.job WHERE "
                                        "job_id = 1 AND share = 1 AND finished_at >= started_at"),
                     3);
    assert_string_equal(database_text(s->d, "SELECT code || ': ' || detail FROM vigil.job WHERE "
                                            "job_id = 2 AND result IS NULL"),
                        "shape_invalid: nothing came of it");
}

static void whoever_may_see_it_is_told_how_it_goes(void **state)
{
    struct site *s = *state;

    s->jobs = open_jobs(s, 1);
    ask(s, 1, "count", "{\"to\":3}");
    until(s, 1, "done");
    assert_string_equal(
        database_text(s->d, "SELECT string_agg(DISTINCT data::json->>'state', ' ' ORDER BY "
                            "data::json->>'state') FROM vigil.outbox WHERE kind = 'job'"),
        "done queued running");
}

static void an_end_that_is_wished_comes(void **state)
{
    struct site *s = *state;
    struct fail f = { 0 };

    s->jobs = open_jobs(s, 1);
    ask(s, 1, "wait", "{}");
    until_begun(1);
    ask(s, 2, "count", "{\"to\":1}"); /* nobody has time for it */
    assert_true(jobs_cancel(s->app, 2, &f));
    assert_string_equal(state_of(s, 2), "cancelled");
    assert_true(jobs_cancel(s->app, 1, &f));
    until(s, 1, "cancelled");
    assert_true(jobs_cancel(s->app, 1, &f)); /* changes nothing */
    assert_string_equal(state_of(s, 1), "cancelled");
}

static void what_a_process_leaves_at_its_end_another_takes_up_where_it_was(void **state)
{
    struct site *s = *state;

    s->jobs = open_jobs(s, 1);
    ask(s, 1, "wait", "{}");
    until_begun(1);
    pause_ms(20);
    jobs_close(s->jobs);
    assert_string_equal(state_of(s, 1), "queued");
    assert_int_equal(database_int(s->d, "SELECT tries FROM vigil.job"), 0);
    s->jobs = open_jobs(s, 1);
    until(s, 1, "done");
    assert_int_equal(database_int(s->d, "SELECT (result->>'went_on')::bigint FROM vigil.job"), 7);
}

/* A job that another has taken since is let go of, whatever this runner thinks. */
static void what_the_dead_leave_is_taken_and_after_three_given_up(void **state)
{
    struct site *s = *state;
    struct fail f = { 0 };

    ask(s, 1, "count", "{\"to\":2}");
    ask(s, 2, "count", "{\"to\":2}");
    assert_true(
        db_script(s->d->db,
                  "UPDATE vigil.job SET state = 'running', runner = -job_id, started_at = now(),"
                  " beat_at = now() - interval '1 hour', tries = job_id + 1",
                  &f));
    s->jobs = open_jobs(s, 1);
    until(s, 1, "done");
    until(s, 2, "failed");
    assert_string_equal(database_text(s->d, "SELECT code FROM vigil.job WHERE job_id = 2"),
                        "job_given_up");
}

static void a_runner_that_has_lost_its_job_ends(void **state)
{
    struct site *s = *state;
    struct fail f = { 0 };

    s->jobs = open_jobs(s, 1);
    ask(s, 1, "wait", "{}");
    until_begun(1);
    assert_true(db_script(s->d->db, "UPDATE vigil.job SET runner = -1", &f));
    ask(s, 2, "count", "{\"to\":1}");
    until(s, 2, "done"); /* by the planner that let go */
    assert_string_equal(state_of(s, 1), "running");
}

static void more_than_the_city_bears_are_refused(void **state)
{
    struct site *s = *state;
    const struct jobs_new job = { .job_id = 1001, .org_id = 1, .kind = "count", .wish = "{}" };
    struct fail f = { 0 };

    assert_true(db_script(s->d->db,
                          "INSERT INTO vigil.job (job_id, org_id, kind, wish)"
                          " SELECT n, 1, 'count', '{}' FROM generate_series(1, 1000) n",
                          &f));
    assert_false(jobs_add(s->app, &job, s->d->arena, &f));
    assert_int_equal(f.code, CODE_JOBS_TOO_MANY);
    assert_int_equal(f.kind, FAIL_BUSY);
}

static void nobody_ends_what_she_does_not_see(void **state)
{
    struct site *s = *state;
    struct fail f = { 0 };
    struct db *other;

    assert_true(db_script(s->d->db,
                          "INSERT INTO vigil.org (org_id, parent_id, kind, code, name)"
                          " VALUES (2, 1, 'county', '320301', 'Two')",
                          &f));
    ask(s, 1, "count", "{\"to\":1}");
    other = database_reader(s->d, 2);
    assert_true(jobs_cancel(other, 1, &f));
    db_close(other);
    assert_string_equal(state_of(s, 1), "queued");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_asked_for_is_done_and_its_result_stays, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(whoever_may_see_it_is_told_how_it_goes, setup, teardown),
        cmocka_unit_test_setup_teardown(an_end_that_is_wished_comes, setup, teardown),
        cmocka_unit_test_setup_teardown(
            what_a_process_leaves_at_its_end_another_takes_up_where_it_was, setup, teardown),
        cmocka_unit_test_setup_teardown(what_the_dead_leave_is_taken_and_after_three_given_up,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(a_runner_that_has_lost_its_job_ends, setup, teardown),
        cmocka_unit_test_setup_teardown(more_than_the_city_bears_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(nobody_ends_what_she_does_not_see, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
