/* Each planner has a connection that does the work and one that only hears: what is queued
 * wakes it, and it looks now and then anyway, for what the dead have left. */
#include "engine/jobs.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/clock.h"
#include "engine/log.h"
#include "engine/metrics.h"

enum {
    WAIT_MS = 200, /* longest that the end is not noticed */
    LOOK_MS = 5000,
    AWAY_MS = 200, /* between two tries while the database is away */
    DETAIL_MAX = 1000,
};

struct planner {
    struct jobs *jobs;
    struct db *listening; /* the thread's, as the next three */
    struct db *db;
    int64_t look_us; /* when it looks without having heard; steady clock */
    bool is_heard;
    pthread_t thread;
    bool has_thread;
};

struct jobs {
    char *database;
    const struct job_kind *kinds;
    int32_t kind_count;
    struct jobs_means means;
    char *words; /* of the kinds, as an array of SQL */
    struct planner planners[JOBS_PLANNERS_MAX];
    int32_t planner_count;

    pthread_mutex_t lock; /* guards the next */
    bool stopping;
};

struct job_run {
    struct jobs *jobs;
    int64_t runner;
    int64_t told_us;
    char step[JOBS_STEP_MAX + 1];
};

static bool is_stopping(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    const bool stopping = jobs->stopping;

    pthread_mutex_unlock(&jobs->lock);
    return stopping;
}

const struct job_kind *jobs_kind(const struct job_kind *kinds, int32_t kind_count, const char *word)
{
    for (int32_t i = 0; i < kind_count; i++)
        if (strcmp(kinds[i].word, word) == 0)
            return &kinds[i];
    return NULL;
}

/* ------------------------------------------------------------------ asking */

bool jobs_add(struct db *db, const struct jobs_new *job, struct arena *a, struct fail *f)
{
    const struct db_value values[] = {
        db_int(job->job_id),
        db_int(job->org_id),
        db_text(job->kind),
        db_text(job->wish),
        job->token_id ? db_int(job->token_id) : db_null(),
        job->person_id ? db_int(job->person_id) : db_null(),
        db_int(JOBS_OPEN_MAX),
    };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_JOB_ADD, values, 7, a, &rows, f))
        return false;
    if (db_changed(rows) == 1)
        return true;
    fail_set(f, FAIL_BUSY, JOBS_TOO_MANY, "%d jobs wait or run already", JOBS_OPEN_MAX);
    return fail_allowed(f, "fewer than %d jobs at a time", JOBS_OPEN_MAX);
}

bool jobs_cancel(struct db *db, int64_t job_id, struct fail *f)
{
    const struct db_value id = db_int(job_id);

    return db_run(db, QUERIES_JOB_CANCEL, &id, 1, NULL, NULL, f);
}

/* ------------------------------------------------------------------ being done */

static bool fail_lost(const struct job *job, struct fail *f)
{
    return fail_set(f, FAIL_CONFLICT, JOB_LOST, "another process has taken job %lld",
                    (long long)job->job_id);
}

bool jobs_step(struct job *job, double share, const char *step, struct fail *f)
{
    struct job_run *run = job->run;
    const int64_t now_us = clock_steady_us();
    const struct db_rows *rows;

    assert(strlen(step) <= JOBS_STEP_MAX);
    if (is_stopping(run->jobs))
        return fail_set(f, FAIL_BUSY, JOB_HALTED, "the process ends; job %lld goes on elsewhere",
                        (long long)job->job_id);
    if (strcmp(step, run->step) == 0 && now_us < run->told_us + JOBS_TOLD_EVERY_MS * 1000LL)
        return true;
    const struct db_value values[] = { db_int(job->job_id), db_int(run->runner), db_double(share),
                                       db_text(step) };

    if (!db_run(job->db, QUERIES_JOB_STEP, values, 4, job->arena, &rows, f))
        return false;
    if (db_count(rows) == 0)
        return fail_lost(job, f);
    if (db_get_bool(rows, 0, 0))
        return fail_set(f, FAIL_CONFLICT, JOB_CANCELLED, "the end of job %lld was wished",
                        (long long)job->job_id);
    run->told_us = now_us;
    memcpy(run->step, step, strlen(step) + 1);
    return true;
}

bool jobs_save(struct job *job, const char *json, struct fail *f)
{
    const struct db_value values[] = { db_int(job->job_id), db_int(job->run->runner),
                                       db_text(json) };
    const struct db_rows *rows;

    assert(strlen(json) <= JOBS_RESULT_MAX);
    return db_run(job->db, QUERIES_JOB_SAVE, values, 3, job->arena, &rows, f) &&
           (db_changed(rows) == 1 || fail_lost(job, f));
}

/* As what the job ends; "queued" is for another process. NULL: it is not ours any more. */
static const char *ending(const struct fail *why, bool is_done)
{
    if (is_done)
        return "done";
    if (why->code == CODE_JOB_CANCELLED)
        return "cancelled";
    if (why->code == CODE_JOB_LOST || why->code == CODE_DATABASE_AWAY)
        return NULL;
    return why->code == CODE_JOB_HALTED ? "queued" : "failed";
}

static bool end(struct job *job, const char *state, const char *result, const struct fail *why,
                struct fail *f)
{
    const bool is_failed = strcmp(state, "failed") == 0;
    const struct db_value values[] = {
        db_int(job->job_id),
        db_int(job->run->runner),
        db_text(state),
        db_text(result),
        is_failed ? db_text(fail_word(why->code)) : db_null(),
        is_failed ? db_text(why->text) : db_null(),
    };

    return db_run(job->db, QUERIES_JOB_END, values, 6, job->arena, NULL, f);
}

static bool carry_out(struct job *job, const struct job_kind *kind, struct fail *f)
{
    const int64_t began_us = clock_steady_us();
    struct fail why = { 0 };
    const char *result = NULL;
    const bool is_done = kind->run(job, &result, &why);
    const char *state;

    db_rollback(job->db); /* of one that failed within a transaction */
    state = ending(&why, is_done);
    assert(!result || strlen(result) <= JOBS_RESULT_MAX);
    metrics_observe_us(METRIC_JOB_TIME, clock_steady_us() - began_us);
    log_line(is_done ? LOG_INFO : LOG_WARNING, "job_over", log_int("job_id", job->job_id),
             log_text("kind", kind->word), log_text("state", state ? state : "left"),
             log_text("code", is_done ? "" : fail_word(why.code)),
             log_text("detail", is_done ? "" : why.text),
             log_int("took_ms", (clock_steady_us() - began_us) / 1000));
    return !state || end(job, state, is_done ? result : NULL, &why, f);
}

/* ------------------------------------------------------------------ planners */

static bool take(struct planner *p, bool *is_taken, struct fail *f)
{
    struct jobs *jobs = p->jobs;
    struct arena *a = arena_new();
    const struct db_value values[] = { db_text(jobs->words), db_int(JOBS_SILENT_S) };
    const struct db_rows *rows;
    bool ok = db_run(p->db, QUERIES_JOB_TAKE, values, 2, a, &rows, f);

    *is_taken = ok && db_count(rows) > 0;
    if (*is_taken) {
        struct job_run run = { .jobs = jobs, .runner = db_get_int(rows, 0, 5) };
        const char *wish = db_get_text(rows, 0, 3);
        struct job job = {
            .job_id = db_get_int(rows, 0, 0),
            .org_id = db_get_int(rows, 0, 1),
            .wish = input_parse(a, wish, strlen(wish), f),
            .saved = db_get_text(rows, 0, 4),
            .means = jobs->means,
            .db = p->db,
            .arena = a,
            .run = &run,
        };
        const struct job_kind *kind =
            jobs_kind(jobs->kinds, jobs->kind_count, db_get_text(rows, 0, 2));

        assert(kind); /* only of its kinds are taken */
        ok = job.wish && carry_out(&job, kind, f);
    }
    arena_free(a);
    return ok;
}

static void hear_one(void *self, const char *channel, const char *said)
{
    struct planner *p = self;

    (void)channel;
    (void)said;
    p->is_heard = true;
}

static bool connect_anew(struct planner *p, struct fail *f)
{
    db_close(p->listening);
    p->listening = db_open(p->jobs->database, f);
    if (p->listening && !p->db)
        p->db = db_open(p->jobs->database, f);
    p->is_heard = true; /* whatever was queued meanwhile */
    if (p->listening && p->db && db_become(p->listening, DB_ENGINE, f) &&
        db_become(p->db, DB_ENGINE, f) && db_limit(p->db, 0, f) &&
        db_run(p->listening, QUERIES_JOB_LISTEN, NULL, 0, NULL, NULL, f))
        return true;
    db_close(p->listening);
    p->listening = NULL;
    return false;
}

static bool go_round(struct planner *p, struct fail *f)
{
    bool is_taken = true;

    if (!p->listening && !connect_anew(p, f))
        return false;
    if (!db_hear(p->listening, p->is_heard ? 0 : WAIT_MS, hear_one, p, f)) {
        db_close(p->listening);
        p->listening = NULL;
        return false;
    }
    if (!p->is_heard && clock_steady_us() < p->look_us)
        return true;
    p->is_heard = false;
    p->look_us = clock_steady_us() + LOOK_MS * 1000LL;
    while (is_taken && !is_stopping(p->jobs))
        if (!take(p, &is_taken, f))
            return false;
    return true;
}

static void *keep_on(void *self)
{
    static const struct timespec AWAY = { .tv_nsec = AWAY_MS * 1000000L };
    struct planner *p = self;
    bool is_away = false;

    while (!is_stopping(p->jobs)) {
        struct fail why = { 0 };
        const bool is_good = go_round(p, &why);

        if (!is_good && !is_away)
            log_line(LOG_WARNING, "jobs_away", log_text("code", fail_word(why.code)),
                     log_text("detail", why.text));
        is_away = !is_good;
        if (!is_good) {
            p->is_heard = true;
            nanosleep(&AWAY, NULL);
        }
    }
    return NULL;
}

/* ------------------------------------------------------------------ opening */

static char *words_of(const struct job_kind *kinds, int32_t count)
{
    struct buf words = { 0 };

    buf_format(&words, "{");
    for (int32_t i = 0; i < count; i++)
        buf_format(&words, "%s%s", i > 0 ? "," : "", kinds[i].word);
    buf_format(&words, "}");
    char *text = strdup(buf_text(&words));

    buf_free(&words);
    if (!text)
        abort();
    return text;
}

static bool start(struct jobs *jobs, int32_t planners, struct fail *f)
{
    for (int32_t i = 0; i < planners; i++) {
        struct planner *p = &jobs->planners[i];

        p->jobs = jobs;
        jobs->planner_count = i + 1;
        if (!connect_anew(p, f))
            return false;
        p->has_thread = pthread_create(&p->thread, NULL, keep_on, p) == 0;
        if (!p->has_thread)
            return fail_set(f, FAIL_BROKEN, THREAD_REFUSED,
                            "the system gives no thread for a planner");
    }
    return true;
}

struct jobs *jobs_open(const char *database, int32_t planners, const struct job_kind *kinds,
                       int32_t kind_count, const struct jobs_means *means, struct fail *f)
{
    struct jobs *jobs = calloc(1, sizeof *jobs);

    assert(planners >= 0 && planners <= JOBS_PLANNERS_MAX);
    if (!jobs || !(jobs->database = strdup(database)))
        abort();
    jobs->kinds = kinds;
    jobs->kind_count = kind_count;
    jobs->means = *means;
    jobs->words = words_of(kinds, kind_count);
    pthread_mutex_init(&jobs->lock, NULL);
    if (start(jobs, planners, f))
        return jobs;
    jobs_close(jobs);
    return NULL;
}

void jobs_close(struct jobs *jobs)
{
    if (!jobs)
        return;
    pthread_mutex_lock(&jobs->lock);
    jobs->stopping = true;
    pthread_mutex_unlock(&jobs->lock);
    for (int32_t i = 0; i < jobs->planner_count; i++) {
        if (jobs->planners[i].has_thread)
            pthread_join(jobs->planners[i].thread, NULL);
        db_close(jobs->planners[i].listening);
        db_close(jobs->planners[i].db);
    }
    pthread_mutex_destroy(&jobs->lock);
    free(jobs->words);
    free(jobs->database);
    free(jobs);
}
