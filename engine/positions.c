/* Requests put jobs into the queue of a writer and sleep; the writer gathers jobs
 * into a batch and commits it as one. A batch closes when it is full, when it is
 * POSITIONS_WAIT_MS old, or when nothing has come for a moment: whoever would
 * send the next fix is usually waiting for this very commit. Meanwhile the next
 * batch gathers by itself.
 *
 * One statement of arrays writes a batch into both tables, and leaves out whom the
 * database does not want tracked: what this process knows may be some seconds old,
 * when another one changed it. Batches because one commit for each fix would be far
 * too slow (a disk flushes some hundred times a second). */
#include "engine/positions.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/clock.h"
#include "engine/db.h"
#include "engine/metrics.h"

const struct positions_options POSITIONS_USUAL = { .writer_count = 1, .queue_max = 200000 };

enum { QUIET_MS = 1, COLUMNS = 8, ERASED_MAX = 3 };

/* The share of one request that goes to one writer. It lives in the request's
 * arena and is the writer's until `waiting` of the request counts it done. */
struct job {
    struct job *next;
    struct ask *ask;
    struct live_fix *fixes;
    struct fixes_item **items; /* of the request, told what became of each */
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
    int32_t stage_count;
    struct positions_stage stages[POSITIONS_STAGE_MAX];
    struct writer writers[POSITIONS_WRITER_MAX];
};

/* ------------------------------------------------------------------ the batch */

struct batch {
    struct job *jobs;
    int32_t count;
};

/* Why the database leaves out the fixes of a person, as position_put says it. */
static const enum fail_code REASONS[] = { CODE_PERSON_UNKNOWN, CODE_CONSENT_MISSING,
                                          CODE_OFF_DUTY };

/* The fixes of a batch as columns; nothing is written when it is asked for twice. */
static void lay_out(struct writer *w, const struct batch *b, struct db_value values[COLUMNS])
{
    int64_t *columns[COLUMNS];
    size_t row = 0;

    for (int i = 0; i < COLUMNS; i++)
        columns[i] = arena_take(w->arena, (size_t)b->count, sizeof **columns);
    for (const struct job *job = b->jobs; job; job = job->next) {
        for (int32_t i = 0; i < job->count; i++, row++) {
            const struct live_fix *fix = &job->fixes[i];

            columns[0][row] = fix->person_id;
            columns[1][row] = fix->at.lon;
            columns[2][row] = fix->at.lat;
            columns[3][row] = fix->accuracy_dm;
            columns[4][row] = fix->speed_cms;
            columns[5][row] = fix->fix_us;
            columns[6][row] = fix->received_us;
            columns[7][row] = fix->flags;
        }
    }
    for (int i = 0; i < COLUMNS; i++)
        values[i] = db_ints(columns[i], row);
}

/* A connection that broke while nobody used it is noticed by the first batch after,
 * and someone may be erased while her fix is being written; such a batch is tried
 * again. When the answer to a commit was lost the rows may be there twice in the
 * history, which does no harm. */
static bool write_batch(struct writer *w, const struct batch *b, const struct db_rows **refused,
                        struct fail *f)
{
    struct db_value values[COLUMNS];

    lay_out(w, b, values);
    for (int tries = 0;; tries++) {
        if (db_run(w->db, QUERIES_POSITION_PUT, values, COLUMNS, w->arena, refused, f))
            return true;
        if ((f->code != CODE_DATABASE_AWAY || tries > 0) &&
            (f->code != CODE_REFERENCE_UNKNOWN || tries == ERASED_MAX))
            return false;
    }
}

static void judge(const struct positions *p, const struct batch *b)
{
    for (const struct job *job = b->jobs; job; job = job->next)
        for (int32_t i = 0; i < p->stage_count; i++)
            if (p->stages[i].judge)
                p->stages[i].judge(p->stages[i].self, job->fixes, job->count);
}

static void show(const struct positions *p, const struct batch *b)
{
    for (const struct job *job = b->jobs; job; job = job->next) {
        live_move(p->live, job->fixes, job->count);
        for (int32_t i = 0; i < p->stage_count; i++)
            if (p->stages[i].passed)
                p->stages[i].passed(p->stages[i].self, job->fixes, job->count);
    }
}

static void refuse(const struct batch *b, int64_t person_id, enum fail_code why)
{
    for (const struct job *job = b->jobs; job; job = job->next) {
        for (int32_t i = 0; i < job->count; i++) {
            if (job->fixes[i].person_id != person_id)
                continue;
            job->fixes[i].person_id = 0; /* moves nobody */
            job->items[i]->code = why;
        }
    }
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
    const int64_t began = clock_steady_us();
    const struct db_rows *refused = NULL;
    struct fail why = { 0 };

    judge(w->of, b);
    const bool is_written = write_batch(w, b, &refused, &why);

    metrics_count(METRIC_POSITIONS_BATCHES, is_written);
    metrics_observe_us(METRIC_POSITIONS_COMMIT_TIME, clock_steady_us() - began);
    for (int32_t i = 0; is_written && i < db_count(refused); i++)
        refuse(b, db_get_int(refused, i, 0), REASONS[db_get_int(refused, i, 1)]);
    if (is_written)
        show(w->of, b);
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

void positions_add_stage(struct positions *p, struct positions_stage stage)
{
    assert(p->stage_count < POSITIONS_STAGE_MAX);
    p->stages[p->stage_count++] = stage;
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

/* What one fix is told: CODE_NONE when it may go on to be written. */
static enum fail_code fate(const struct live *l, const struct sight *sight, int64_t person_id)
{
    struct live_person person;

    if (!live_get(l, person_id, &person) || !sight_sees(sight, &person))
        return CODE_PERSON_UNKNOWN;
    if (person.bars & ABLE_BIT(ABLE_NO_CONSENT))
        return CODE_CONSENT_MISSING;
    return person.on_duty || person.taken_incident_id ? CODE_NONE : CODE_OFF_DUTY;
}

/* The fixes of people who may be tracked, and of which items they are. */
struct admitted {
    struct live_fix *fixes;
    struct fixes_item **items;
    int32_t count;
};

static struct admitted let_in(struct positions *p, const struct sight *sight, struct fixes *fixes,
                              struct arena *a)
{
    const int64_t now_us = clock_wall_us();
    struct admitted in = {
        .fixes = arena_take(a, (size_t)fixes->count, sizeof *in.fixes),
        .items = arena_take(a, (size_t)fixes->count, sizeof(struct fixes_item *)),
    };

    live_read(p->live);
    for (int32_t i = 0; i < fixes->count; i++) {
        struct fixes_item *item = &fixes->items[i];

        if (item->code == CODE_NONE)
            item->code = fate(p->live, sight, item->person_id);
        if (item->code != CODE_NONE)
            continue;
        in.items[in.count] = item;
        in.fixes[in.count++] = (struct live_fix){ .person_id = item->person_id,
                                                  .at = item->at,
                                                  .frame = item->frame,
                                                  .accuracy_dm = item->accuracy_dm,
                                                  .speed_cms = item->speed_cms,
                                                  .fix_us = item->fix_us,
                                                  .received_us = now_us };
    }
    live_read_end(p->live);
    return in;
}

static int32_t writer_of(const struct positions *p, int64_t person_id)
{
    return (int32_t)(((uint64_t)person_id * 0x9E3779B97F4A7C15u >> 33) % (uint64_t)p->writer_count);
}

/* One job for each writer that has a share in it. */
static struct job *jobs_of(const struct positions *p, const struct admitted *in, struct ask *ask,
                           struct arena *a)
{
    struct job *jobs = arena_take(a, (size_t)p->writer_count, sizeof *jobs);

    for (int32_t i = 0; i < in->count; i++) {
        struct job *job = &jobs[writer_of(p, in->fixes[i].person_id)];

        if (!job->ask) {
            *job = (struct job){
                .ask = ask,
                .fixes = arena_take(a, (size_t)in->count, sizeof *job->fixes),
                .items = arena_take(a, (size_t)in->count, sizeof(struct fixes_item *)),
            };
            ask->waiting++;
        }
        job->fixes[job->count] = in->fixes[i];
        job->items[job->count++] = in->items[i];
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

bool positions_take(struct positions *p, const struct sight *sight, struct fixes *fixes,
                    struct arena *a, struct fail *f)
{
    const struct admitted in = let_in(p, sight, fixes, a);
    struct ask ask = { 0 };

    if (in.count == 0)
        return true;
    live_snap(p->live, in.fixes, in.count);
    cond_open(&ask.done);
    struct job *jobs = jobs_of(p, &in, &ask, a);

    pthread_mutex_lock(&p->lock);
    const bool has_room = p->queued + in.count <= p->queue_max;

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
