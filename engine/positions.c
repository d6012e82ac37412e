/* Requests put jobs into the queue of a writer and sleep; the writer gathers jobs
 * into a batch and commits it as one. A batch closes when it is full, when it is
 * POSITIONS_WAIT_MS old, or when nothing has come for a moment: whoever would
 * send the next fix is usually waiting for this very commit. Meanwhile the next
 * batch gathers by itself.
 *
 * COPY and one statement of arrays, both in binary: 20,000 durable positions a
 * second cost PostgreSQL a quarter of a core so, and one commit each would never
 * get there (a disk flushes some hundred times a second). */
#include "engine/positions.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/clock.h"
#include "engine/db.h"
#include "engine/metrics.h"
#include "engine/pgwire.h"

const struct positions_options POSITIONS_USUAL = { .writer_count = 1, .queue_max = 200000 };

enum { QUIET_MS = 1, COLUMNS = 7 };

/* The share of one request that goes to one writer. It lives in the request's
 * arena and is the writer's until `waiting` of the request counts it done. */
struct job {
    struct job *next;
    struct ask *ask;
    const struct live_fix *fixes;
    int32_t count;
};

/* A request that waits. */
struct ask {
    int32_t waiting; /* jobs not done */
    bool is_failed;
    struct fail why;
    pthread_cond_t done;
};

struct writer {
    struct positions *of;
    pthread_t thread;
    pthread_cond_t filled;
    struct job *first, *last;
    int32_t queued; /* fixes */
    struct db *db;
    struct arena *arena; /* of the batch in hand */
};

struct positions {
    pthread_mutex_t lock; /* guards the queues, the asks and `closing` */
    bool closing;
    int32_t queued; /* fixes, over all writers */
    int32_t queue_max;
    int32_t writer_count;
    int32_t started;
    struct live *live;
    struct writer writers[POSITIONS_WRITER_MAX];
};

/* ------------------------------------------------------------------ the batch */

struct batch {
    struct job *jobs;
    const struct live_fix **fixes;
    int32_t count;
};

static int by_person_newest_first(const void *one, const void *other)
{
    const struct live_fix *a = *(const struct live_fix *const *)one;
    const struct live_fix *b = *(const struct live_fix *const *)other;

    if (a->person_id != b->person_id)
        return a->person_id < b->person_id ? -1 : 1;
    if (a->fix_us != b->fix_us)
        return a->fix_us > b->fix_us ? -1 : 1;
    return 0;
}

static void put_unless_unknown(struct buf *out, int32_t value)
{
    if (value < 0)
        pgwire_null(out);
    else
        pgwire_int4(out, value);
}

static bool copy_history(struct writer *w, const struct batch *b, struct fail *f)
{
    struct buf rows = { 0 };

    pgwire_copy_begin(&rows);
    for (int32_t i = 0; i < b->count; i++) {
        const struct live_fix *fix = b->fixes[i];

        pgwire_row(&rows, COLUMNS);
        pgwire_int8(&rows, fix->person_id);
        pgwire_int4(&rows, fix->at.lon);
        pgwire_int4(&rows, fix->at.lat);
        put_unless_unknown(&rows, fix->accuracy_dm);
        put_unless_unknown(&rows, fix->speed_cms);
        pgwire_int8(&rows, fix->fix_us);
        pgwire_int8(&rows, fix->received_us);
    }
    pgwire_copy_end(&rows);
    const bool copied = db_copy(w->db, QUERIES_POSITION_HISTORY_COPY, &rows, f);

    buf_free(&rows);
    return copied;
}

static bool put_last(struct writer *w, const struct batch *b, struct fail *f)
{
    int64_t *columns[COLUMNS];
    struct db_value values[COLUMNS];
    size_t people = 0;

    for (int i = 0; i < COLUMNS; i++)
        columns[i] = arena_take(w->arena, (size_t)b->count, sizeof **columns);
    for (int32_t i = 0; i < b->count; i++) {
        const struct live_fix *fix = b->fixes[i];

        if (i > 0 && fix->person_id == b->fixes[i - 1]->person_id)
            continue;
        columns[0][people] = fix->person_id;
        columns[1][people] = fix->at.lon;
        columns[2][people] = fix->at.lat;
        columns[3][people] = fix->accuracy_dm;
        columns[4][people] = fix->speed_cms;
        columns[5][people] = fix->fix_us;
        columns[6][people] = fix->received_us;
        people++;
    }
    for (int i = 0; i < COLUMNS; i++)
        values[i] = db_ints(columns[i], people);
    return db_run(w->db, QUERIES_POSITION_LAST_PUT, values, COLUMNS, w->arena, NULL, f);
}

static bool write_once(struct writer *w, const struct batch *b, struct fail *f)
{
    if (!db_begin(w->db, f))
        return false;
    if (copy_history(w, b, f) && put_last(w, b, f))
        return db_commit(w->db, f);
    db_rollback(w->db);
    return false;
}

/* A connection that broke while nobody used it is noticed by the first batch
 * after; that one is tried again. When the answer to a commit was lost the rows
 * may be there twice in the history, which does no harm. */
static bool write_batch(struct writer *w, const struct batch *b, struct fail *f)
{
    return write_once(w, b, f) || (f->code == CODE_DATABASE_AWAY && write_once(w, b, f));
}

static void answer(struct positions *p, const struct batch *b, bool is_written,
                   const struct fail *why)
{
    pthread_mutex_lock(&p->lock);
    for (struct job *job = b->jobs, *next; job; job = next) {
        struct ask *ask = job->ask;

        next = job->next;
        if (!is_written) {
            ask->is_failed = true;
            ask->why = *why;
        }
        if (--ask->waiting == 0)
            pthread_cond_signal(&ask->done);
    }
    pthread_mutex_unlock(&p->lock);
}

static void carry_out(struct writer *w, struct batch *b)
{
    struct fail why = { 0 };

    b->fixes = arena_take(w->arena, (size_t)b->count, sizeof(struct live_fix *));
    b->count = 0;
    for (const struct job *job = b->jobs; job; job = job->next)
        for (int32_t i = 0; i < job->count; i++)
            b->fixes[b->count++] = &job->fixes[i];
    /* `&job->fixes[i]` is const, what qsort moves are the pointers to them. */
    qsort((void *)b->fixes, (size_t)b->count, sizeof(struct live_fix *), by_person_newest_first);

    const int64_t began = clock_steady_us();
    const bool is_written = write_batch(w, b, &why);

    metrics_count(METRIC_POSITIONS_BATCHES, is_written);
    metrics_observe_us(METRIC_POSITIONS_COMMIT_TIME, clock_steady_us() - began);
    if (is_written)
        for (const struct job *job = b->jobs; job; job = job->next)
            live_move(w->of->live, job->fixes, job->count);
    answer(w->of, b, is_written, &why);
    arena_reset(w->arena);
}

/* ------------------------------------------------------------------ the writer */

static struct timespec after_us(int64_t us)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    now.tv_nsec += (long)(us % 1000000) * 1000;
    now.tv_sec += us / 1000000 + now.tv_nsec / 1000000000;
    now.tv_nsec %= 1000000000;
    return now;
}

/* Under the lock: waits until the batch that is queued should be closed. */
static void wait_for_more(struct writer *w)
{
    const int64_t opened = clock_steady_us();

    while (!w->of->closing && w->queued < POSITIONS_BATCH_MAX) {
        const int64_t left = opened + POSITIONS_WAIT_MS * 1000 - clock_steady_us();
        const int32_t so_far = w->queued;
        const int64_t quiet = left < QUIET_MS * 1000 ? left : QUIET_MS * 1000;
        struct timespec until = after_us(quiet > 0 ? quiet : 0);

        if (left <= 0)
            return;
        pthread_cond_timedwait(&w->filled, &w->of->lock, &until);
        if (w->queued == so_far)
            return;
    }
}

/* Under the lock: the jobs of one batch, at least one. */
static struct batch take_jobs(struct writer *w)
{
    struct batch b = { .jobs = w->first };
    struct job *end = NULL;

    for (struct job *job = w->first; job; job = job->next) {
        if (end && b.count + job->count > POSITIONS_BATCH_MAX)
            break;
        b.count += job->count;
        end = job;
    }
    assert(end);
    w->first = end->next;
    if (!w->first)
        w->last = NULL;
    end->next = NULL;
    w->queued -= b.count;
    w->of->queued -= b.count;
    return b;
}

static void *write_on(void *self)
{
    struct writer *w = self;
    struct positions *p = w->of;

    pthread_mutex_lock(&p->lock);
    for (;;) {
        while (!w->first && !p->closing)
            pthread_cond_wait(&w->filled, &p->lock);
        if (!w->first)
            break;
        wait_for_more(w);
        struct batch b = take_jobs(w);

        pthread_mutex_unlock(&p->lock);
        carry_out(w, &b);
        pthread_mutex_lock(&p->lock);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

static void cond_open(pthread_cond_t *cond)
{
    pthread_condattr_t steady;

    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &steady);
    pthread_condattr_destroy(&steady);
}

static bool writer_open(struct writer *w, struct positions *p, const char *database, struct fail *f)
{
    struct db *db = db_open(database, f);

    if (!db)
        return false;
    if (!db_become(db, DB_ENGINE, f)) {
        db_close(db);
        return false;
    }
    w->of = p;
    w->db = db;
    w->arena = arena_new();
    cond_open(&w->filled);
    if (pthread_create(&w->thread, NULL, write_on, w) == 0)
        return true;
    pthread_cond_destroy(&w->filled);
    arena_free(w->arena);
    db_close(db);
    return fail_set(f, FAIL_BROKEN, THREAD_REFUSED, "the system gives no thread for the writer");
}

struct positions *positions_open(const char *database, struct live *l,
                                 const struct positions_options *options, struct fail *f)
{
    struct positions *p = calloc(1, sizeof *p);

    if (!p)
        abort();
    assert(options->writer_count >= 1 && options->writer_count <= POSITIONS_WRITER_MAX);
    pthread_mutex_init(&p->lock, NULL);
    p->live = l;
    p->queue_max = options->queue_max;
    p->writer_count = options->writer_count;
    while (p->started < p->writer_count) {
        if (!writer_open(&p->writers[p->started], p, database, f)) {
            positions_close(p);
            return NULL;
        }
        p->started++;
    }
    return p;
}

void positions_close(struct positions *p)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->closing = true;
    for (int32_t i = 0; i < p->started; i++)
        pthread_cond_signal(&p->writers[i].filled);
    pthread_mutex_unlock(&p->lock);
    for (int32_t i = 0; i < p->started; i++) {
        struct writer *w = &p->writers[i];

        pthread_join(w->thread, NULL);
        pthread_cond_destroy(&w->filled);
        arena_free(w->arena);
        db_close(w->db);
    }
    pthread_mutex_destroy(&p->lock);
    free(p);
}

/* ------------------------------------------------------------------ the request */

/* Says no to people who are not known or not on duty; the others become fixes. */
static int32_t let_in(struct positions *p, struct fixes *fixes, struct live_fix *out)
{
    const int64_t now_us = clock_wall_us();
    int32_t count = 0;

    live_read(p->live);
    for (int32_t i = 0; i < fixes->count; i++) {
        struct fixes_item *item = &fixes->items[i];
        struct live_person person;

        if (item->code != CODE_NONE)
            continue;
        if (!live_get(p->live, item->person_id, &person))
            item->code = CODE_PERSON_UNKNOWN;
        else if (!person.on_duty)
            item->code = CODE_OFF_DUTY;
        else
            out[count++] = (struct live_fix){ .person_id = item->person_id,
                                              .at = item->at,
                                              .accuracy_dm = item->accuracy_dm,
                                              .speed_cms = item->speed_cms,
                                              .fix_us = item->fix_us,
                                              .received_us = now_us };
    }
    live_read_end(p->live);
    return count;
}

static int32_t writer_of(const struct positions *p, int64_t person_id)
{
    return (int32_t)(((uint64_t)person_id * 0x9E3779B97F4A7C15u >> 33) % (uint64_t)p->writer_count);
}

/* One job for each writer that has a share in it. */
static struct job *jobs_of(const struct positions *p, const struct live_fix *fixes, int32_t count,
                           struct ask *ask, struct arena *a)
{
    struct job *jobs = arena_take(a, (size_t)p->writer_count, sizeof *jobs);
    struct live_fix **shares = arena_take(a, (size_t)p->writer_count, sizeof *shares);

    for (int32_t i = 0; i < count; i++) {
        const int32_t w = writer_of(p, fixes[i].person_id);

        if (!shares[w]) {
            shares[w] = arena_take(a, (size_t)count, sizeof **shares);
            jobs[w] = (struct job){ .ask = ask, .fixes = shares[w] };
            ask->waiting++;
        }
        shares[w][jobs[w].count++] = fixes[i];
    }
    return jobs;
}

/* Under the lock. */
static void queue(struct positions *p, struct job *jobs)
{
    for (int32_t i = 0; i < p->writer_count; i++) {
        struct writer *w = &p->writers[i];
        struct job *job = &jobs[i];

        if (job->count == 0)
            continue;
        if (w->last)
            w->last->next = job;
        else
            w->first = job;
        w->last = job;
        w->queued += job->count;
        p->queued += job->count;
        pthread_cond_signal(&w->filled);
    }
}

bool positions_take(struct positions *p, struct fixes *fixes, struct arena *a, struct fail *f)
{
    struct live_fix *found = arena_take(a, (size_t)fixes->count, sizeof *found);
    const int32_t count = let_in(p, fixes, found);
    struct ask ask = { 0 };

    if (count == 0)
        return true;
    live_snap(p->live, found, count);
    cond_open(&ask.done);
    struct job *jobs = jobs_of(p, found, count, &ask, a);

    pthread_mutex_lock(&p->lock);
    const bool has_room = p->queued + count <= p->queue_max;

    if (has_room)
        queue(p, jobs);
    while (has_room && ask.waiting > 0)
        pthread_cond_wait(&ask.done, &p->lock);
    pthread_mutex_unlock(&p->lock);
    pthread_cond_destroy(&ask.done);
    if (!has_room)
        return fail_set(f, FAIL_BUSY, TOO_MANY_POSITIONS,
                        "%d positions are waiting to be written already", p->queue_max);
    if (ask.is_failed)
        *f = ask.why;
    return !ask.is_failed;
}
