/* Requests put jobs into the queue of a writer and go on; the writer gathers jobs into a
 * batch, commits it as one and tells those whose it was. A batch closes when it is full
 * or its first job is POSITIONS_WAIT_MS old. Meanwhile the next batch gathers by itself.
 *
 * Batches because one commit for each fix would be far too slow (a disk flushes some
 * hundred times a second). */
#include "engine/positions.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/batches.h"
#include "engine/clock.h"
#include "engine/metrics.h"

const struct positions_options POSITIONS_USUAL = { .writer_count = 1, .queue_max = 200000 };

/* The share of one request that goes to one writer. It lives in the request's
 * arena and is the writer's until `waiting` of the request counts it done. */
struct job {
    struct job *next;
    struct ask *ask;
    struct live_fix *fixes;
    struct fixes_item **items; /* of the request, told what became of each */
    int32_t count;
    int64_t queued_us; /* steady clock */
};

/* A request that waits. */
struct ask {
    _Atomic int32_t waiting; /* jobs not done; the last one to be done tells `done` */
    _Atomic bool is_local;
    _Atomic bool is_failed; /* whoever sets it first says why */
    struct fail why;
    struct positions_done done;
};

/* What is written together. */
struct batch {
    struct job *jobs;
    int32_t count;
    struct live_fix fixes[POSITIONS_BATCH_MAX];
    enum fail_code codes[POSITIONS_BATCH_MAX];
};

struct writer {
    struct positions *of;
    pthread_t thread;
    pthread_cond_t filled;
    struct job *first, *last;
    int32_t queued; /* fixes */
    struct batches *batches;
    struct arena *arena; /* of the batch in hand, which is */
    struct batch *batch;
};

struct positions {
    pthread_mutex_t lock; /* guards the queues and `closing` */
    bool closing;
    int32_t queued; /* fixes, over all writers */
    int32_t queue_max;
    int32_t writer_count;
    int32_t started;
    struct live *live;
    struct positions_refuge refuge;
    int32_t stage_count;
    struct positions_stage stages[POSITIONS_STAGE_MAX];
    struct writer writers[POSITIONS_WRITER_MAX];
};

/* ------------------------------------------------------------------ the batch */

static void gather(struct batch *b)
{
    int32_t at = 0;

    for (const struct job *job = b->jobs; job; job = job->next) {
        memcpy(b->fixes + at, job->fixes, (size_t)job->count * sizeof *job->fixes);
        at += job->count;
    }
    assert(at == b->count);
    memset(b->codes, 0, (size_t)at * sizeof *b->codes);
}

static void judge(const struct positions *p, struct batch *b)
{
    for (int32_t i = 0; i < p->stage_count; i++)
        if (p->stages[i].judge)
            p->stages[i].judge(p->stages[i].self, b->fixes, b->count);
}

/* Everybody has seen them. */
static void pass_over_repeats(struct batch *b)
{
    for (int32_t i = 0; i < b->count; i++)
        if (b->fixes[i].is_repeat)
            b->fixes[i].person_id = 0;
}

static void show(const struct positions *p, struct batch *b)
{
    pass_over_repeats(b);
    live_move(p->live, b->fixes, b->count);
    for (int32_t i = 0; i < p->stage_count; i++)
        if (p->stages[i].passed)
            p->stages[i].passed(p->stages[i].self, b->fixes, b->count);
}

/* The database is not there for them: if there is a refuge, it may keep them. */
static bool keep(const struct positions *p, struct batch *b, bool maybe_written, struct fail *why)
{
    if (!p->refuge.keep || (why->code != CODE_DATABASE_AWAY && why->code != CODE_DISK_FULL))
        return false;
    pass_over_repeats(b);
    for (int32_t i = 0; i < b->count; i++)
        b->fixes[i].flags |= LIVE_NODE_LOCAL;
    return p->refuge.keep(p->refuge.self, b->fixes, b->count, maybe_written, why);
}

static enum positions_end write_batch(struct writer *w, struct fail *why)
{
    struct batch *b = w->batch;
    const int64_t began = clock_steady_us();
    const enum batches_end end =
        batches_write(w->batches, b->fixes, b->count, b->codes, w->arena, why);

    metrics_count(METRIC_POSITIONS_BATCHES, end == BATCHES_WRITTEN);
    metrics_observe_us(METRIC_POSITIONS_COMMIT_TIME, clock_steady_us() - began);
    if (end == BATCHES_WRITTEN)
        return POSITIONS_COMMITTED;
    return keep(w->of, b, end == BATCHES_UNKNOWN, why) ? POSITIONS_NODE_LOCAL : POSITIONS_FAILED;
}

/* One of the jobs of a request is done. */
static void count_done(struct ask *ask)
{
    enum positions_end end = POSITIONS_COMMITTED;

    if (atomic_fetch_sub(&ask->waiting, 1) != 1)
        return;
    if (ask->is_local)
        end = POSITIONS_NODE_LOCAL;
    if (ask->is_failed)
        end = POSITIONS_FAILED;
    ask->done.call(ask->done.self, end, ask->is_failed ? &ask->why : NULL);
}

/* Whoever is told may be gone at once, and the job with it. */
static void tell(const struct batch *b, enum positions_end end, const struct fail *why)
{
    const enum fail_code *code = b->codes;

    for (struct job *job = b->jobs, *next; job; job = next) {
        next = job->next;
        for (int32_t i = 0; i < job->count; i++, code++)
            if (*code != CODE_NONE)
                job->items[i]->code = *code;
        if (end == POSITIONS_NODE_LOCAL)
            job->ask->is_local = true;
        if (end == POSITIONS_FAILED && !atomic_exchange(&job->ask->is_failed, true))
            job->ask->why = *why;
        count_done(job->ask);
    }
}

static void carry_out(struct writer *w)
{
    struct fail why = { 0 };

    gather(w->batch);
    judge(w->of, w->batch);
    const enum positions_end end = write_batch(w, &why);

    if (end != POSITIONS_FAILED)
        show(w->of, w->batch);
    tell(w->batch, end, &why);
    arena_reset(w->arena);
}

/* ------------------------------------------------------------------ the writer */

static struct timespec at_us(int64_t steady_us)
{
    return (struct timespec){ .tv_sec = steady_us / 1000000,
                              .tv_nsec = (long)(steady_us % 1000000) * 1000 };
}

/* Under the lock: waits until the batch that is queued should be closed. */
static void wait_for_more(struct writer *w)
{
    const struct timespec until = at_us(w->first->queued_us + POSITIONS_WAIT_MS * 1000);

    while (!w->of->closing && w->queued < POSITIONS_BATCH_MAX)
        if (pthread_cond_timedwait(&w->filled, &w->of->lock, &until) != 0)
            return;
}

/* Under the lock: the jobs of one batch, at least one. */
static void take_jobs(struct writer *w)
{
    struct batch *b = w->batch;
    struct job *end = NULL;

    b->jobs = w->first;
    b->count = 0;
    for (struct job *job = w->first; job; job = job->next) {
        if (end && b->count + job->count > POSITIONS_BATCH_MAX)
            break;
        b->count += job->count;
        end = job;
    }
    assert(end && b->count <= POSITIONS_BATCH_MAX);
    w->first = end->next;
    if (!w->first)
        w->last = NULL;
    end->next = NULL;
    w->queued -= b->count;
    w->of->queued -= b->count;
    metrics_set(METRIC_POSITIONS_QUEUED, w->of->queued);
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
        take_jobs(w);
        pthread_mutex_unlock(&p->lock);
        carry_out(w);
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

static void writer_free(struct writer *w)
{
    pthread_cond_destroy(&w->filled);
    arena_free(w->arena);
    free(w->batch);
    batches_close(w->batches);
}

static bool writer_open(struct writer *w, struct positions *p, const char *database,
                        int64_t node_id, struct fail *f)
{
    const struct batches_by by = { .node_id = node_id, .writer = p->started };

    w->batches = batches_open(database, by, f);
    if (!w->batches)
        return false;
    w->of = p;
    w->arena = arena_new();
    w->batch = calloc(1, sizeof *w->batch);
    if (!w->batch)
        abort();
    cond_open(&w->filled);
    if (pthread_create(&w->thread, NULL, write_on, w) == 0)
        return true;
    writer_free(w);
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
        if (!writer_open(&p->writers[p->started], p, database, options->node_id, f)) {
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

void positions_set_refuge(struct positions *p, struct positions_refuge refuge)
{
    p->refuge = refuge;
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
        pthread_join(p->writers[i].thread, NULL);
        writer_free(&p->writers[i]);
    }
    pthread_mutex_destroy(&p->lock);
    free(p);
}

/* ------------------------------------------------------------------ the request */

/* What one fix is told: CODE_NONE when it may go on to be written. */
static enum fail_code fate(const struct sight *sight, const struct live_person *person)
{
    if (!sight_sees(sight, person))
        return CODE_PERSON_UNKNOWN;
    if (person->bars & ABLE_BIT(ABLE_NO_CONSENT))
        return CODE_CONSENT_MISSING;
    return person->on_duty || person->taken_incident_id ? CODE_NONE : CODE_OFF_DUTY;
}

/* Whether an item goes on to be written. What stands in memory is committed or, as
 * *is_local then says, perhaps only kept by this node; neither is done again. */
static bool is_wanted(const struct live *l, const struct sight *sight, struct fixes_item *item,
                      bool *is_local)
{
    struct live_person person;

    if (item->code != CODE_NONE)
        return false;
    item->code = live_get(l, item->person_id, &person) ? fate(sight, &person) : CODE_PERSON_UNKNOWN;
    if (item->code != CODE_NONE)
        return false;
    if (!person.has_fix || person.fix.fix_us != item->fix_us)
        return true;
    *is_local |= (person.fix.flags & LIVE_NODE_LOCAL) != 0;
    return false;
}

/* The fixes of people who may be tracked, and of which items they are. */
struct admitted {
    struct live_fix *fixes;
    struct fixes_item **items;
    int32_t count;
    bool is_local; /* some that are left out were kept by this node before */
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

        if (!is_wanted(p->live, sight, item, &in.is_local))
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

/* Under the lock. A writer is woken for its first job and for a full batch; in between
 * it waits for the time to run out. */
static void queue(struct positions *p, struct job *jobs)
{
    const int64_t now_us = clock_steady_us();

    for (int32_t i = 0; i < p->writer_count; i++) {
        struct writer *w = &p->writers[i];
        struct job *job = &jobs[i];

        if (job->count == 0)
            continue;
        const bool was_short = w->queued < POSITIONS_BATCH_MAX;
        const bool is_first = !w->first;

        job->queued_us = now_us;
        if (w->last)
            w->last->next = job;
        else
            w->first = job;
        w->last = job;
        w->queued += job->count;
        p->queued += job->count;
        if (is_first || (was_short && w->queued >= POSITIONS_BATCH_MAX))
            pthread_cond_signal(&w->filled);
    }
    metrics_set(METRIC_POSITIONS_QUEUED, p->queued);
}

static bool fail_full(const struct positions *p, struct fail *f)
{
    return fail_set(f, FAIL_BUSY, TOO_MANY_POSITIONS,
                    "%d positions are waiting to be written already", p->queue_max);
}

bool positions_have_room(struct positions *p, struct fail *f)
{
    pthread_mutex_lock(&p->lock);
    const bool has_room = p->queued < p->queue_max;

    pthread_mutex_unlock(&p->lock);
    return has_room || fail_full(p, f);
}

bool positions_send(struct positions *p, const struct sight *sight, struct fixes *fixes,
                    struct arena *a, struct positions_done done, struct fail *f)
{
    const struct admitted in = let_in(p, sight, fixes, a);

    if (in.count == 0) {
        done.call(done.self, in.is_local ? POSITIONS_NODE_LOCAL : POSITIONS_COMMITTED, NULL);
        return true;
    }
    live_snap(p->live, in.fixes, in.count);
    struct ask *ask = arena_take(a, 1, sizeof *ask);
    struct job *jobs = jobs_of(p, &in, ask, a);

    ask->done = done;
    ask->is_local = in.is_local;
    pthread_mutex_lock(&p->lock);
    const bool has_room = p->queued + in.count <= p->queue_max;

    if (has_room)
        queue(p, jobs);
    pthread_mutex_unlock(&p->lock);
    return has_room || fail_full(p, f);
}

/* ------------------------------------------------------------------ waiting */

struct patience {
    pthread_mutex_t lock; /* guards the rest */
    pthread_cond_t told;
    bool is_told;
    bool is_failed;
    struct fail *f;
};

static void end_patience(void *self, enum positions_end end, const struct fail *why)
{
    struct patience *who = self;

    pthread_mutex_lock(&who->lock);
    who->is_told = true;
    who->is_failed = end == POSITIONS_FAILED;
    if (why)
        *who->f = *why;
    pthread_cond_signal(&who->told);
    pthread_mutex_unlock(&who->lock);
}

bool positions_take(struct positions *p, const struct sight *sight, struct fixes *fixes,
                    struct arena *a, struct fail *f)
{
    struct patience who = { .lock = PTHREAD_MUTEX_INITIALIZER,
                            .told = PTHREAD_COND_INITIALIZER,
                            .f = f };
    const struct positions_done done = { end_patience, &who };
    const bool is_sent = positions_send(p, sight, fixes, a, done, f);

    pthread_mutex_lock(&who.lock);
    while (is_sent && !who.is_told)
        pthread_cond_wait(&who.told, &who.lock);
    pthread_mutex_unlock(&who.lock);
    pthread_cond_destroy(&who.told);
    pthread_mutex_destroy(&who.lock);
    return is_sent && !who.is_failed;
}
