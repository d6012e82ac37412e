/* Before a batch is written, the stage notes where its people are (judge); afterwards
 * live shows where they have come to, and the way between is held against the fences
 * (passed). What comes of it changes what this process knows at once, and waits in a
 * queue for the thread that writes it.
 *
 * What is known here may be wrong for a moment: another process saw her, a crossing was
 * refused, the queue overflowed. So the thread reads the stays that changed twice a
 * second, looks every two seconds whether those who are inside still are, and reads all
 * of them anew from time to time. */
#include "engine/fences.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "engine/clock.h"
#include "engine/db.h"
#include "engine/fence_guard.h"
#include "engine/log.h"
#include "engine/metrics.h"

enum {
    ROUND_MS = 500,       /* how often the thread follows */
    LOOK_EVERY = 4,       /* rounds: fences, lists, roll call, who is still there */
    ANEW_EVERY = 60,      /* rounds: everything */
    SWEEP_MAX = 256,      /* people looked at in one go */
    SETTLED_US = 2000000, /* a fix that old has passed, in whichever process took it */
    SETTLE_MAX_S = 20,
    CLOSING_TRIES = 3,
};

struct fences {
    const struct orgs *(*orgs)(void *self);
    void *orgs_self;
    struct db *db;       /* the thread's, as the next six */
    struct arena *arena; /* of one round */
    int64_t fences_mark; /* transactions from here on may have changed a fence */
    int64_t visits_mark; /* or a stay */
    int32_t round;
    bool is_failing; /* and it was said */
    bool is_loaded;

    pthread_mutex_t lock; /* guards the rest */
    pthread_cond_t woken;
    pthread_cond_t finished;
    bool stopping;
    int64_t rounds; /* finished well */
    int64_t wanted; /* rounds that somebody waits for */
    struct fence_guard guard;
    pthread_t thread;
    bool has_thread;
};

/* ------------------------------------------------------------------ the stage */

static void judge(void *self, struct live_fix *fixes, int32_t count)
{
    struct fences *f = self;

    pthread_mutex_lock(&f->lock);
    fence_guard_note(&f->guard, fixes, count);
    pthread_mutex_unlock(&f->lock);
}

static void passed(void *self, const struct live_fix *fixes, int32_t count)
{
    struct fences *f = self;
    const struct orgs *orgs = f->orgs(f->orgs_self);

    pthread_mutex_lock(&f->lock);
    fence_guard_pass(&f->guard, orgs, fixes, count);
    if (crossings_count(f->guard.crossings) > 0)
        pthread_cond_signal(&f->woken);
    pthread_mutex_unlock(&f->lock);
    orgs_drop(orgs);
}

struct positions_stage fences_stage(struct fences *f)
{
    return (struct positions_stage){ .self = f, .judge = judge, .passed = passed };
}

/* ------------------------------------------------------------------ writing */

/* What the database will not have in any case is let go: who is inside is then read anew. */
static bool write_head(struct fences *f, const struct crossing *head, int32_t count,
                       struct fail *why)
{
    int64_t told;

    if (crossings_write(f->db, head, count, f->arena, &told, why)) {
        metrics_count(METRIC_FENCE_EVENTS, told);
        return true;
    }
    if (why->kind == FAIL_BUSY)
        return false;
    log_line(LOG_ERROR, "fence_crossings_refused", log_int("count", count),
             log_text("code", fail_word(why->code)), log_text("detail", why->text));
    metrics_count(METRIC_FENCE_CROSSINGS_LOST, count);
    pthread_mutex_lock(&f->lock);
    f->guard.is_lost = true;
    pthread_mutex_unlock(&f->lock);
    return true;
}

static bool write_all(struct fences *f, struct fail *why)
{
    struct crossing head[CROSSINGS_BATCH_MAX];

    for (;;) {
        pthread_mutex_lock(&f->lock);
        const int32_t count = crossings_head(f->guard.crossings, head);

        pthread_mutex_unlock(&f->lock);
        if (count == 0)
            return true;
        if (!write_head(f, head, count, why))
            return false;
        pthread_mutex_lock(&f->lock);
        crossings_drop(f->guard.crossings, count);
        pthread_mutex_unlock(&f->lock);
    }
}

/* ------------------------------------------------------------------ following */

/* All stays as they are in the database. */
static bool read_inside(struct fences *f, struct fail *why)
{
    const struct db_rows *rows;

    if (!db_run(f->db, QUERIES_FENCE_INSIDE, NULL, 0, f->arena, &rows, why))
        return false;
    struct presence *inside = presence_new();

    for (int32_t i = 0; i < db_count(rows); i++) {
        const struct presence_stay stay = { db_get_int(rows, i, 1), db_get_int(rows, i, 2),
                                            db_get_bool(rows, i, 3) };

        presence_put(inside, db_get_int(rows, i, 0), &stay);
    }
    pthread_mutex_lock(&f->lock);
    fence_guard_exchange(&f->guard, inside);
    pthread_mutex_unlock(&f->lock);
    return true;
}

static bool follow_visits(struct fences *f, int64_t next_mark, struct fail *why)
{
    const struct db_value since = db_int(f->visits_mark);
    const struct db_rows *rows;

    if (!db_run(f->db, QUERIES_FENCE_VISITS_SINCE, &since, 1, f->arena, &rows, why))
        return false;
    pthread_mutex_lock(&f->lock);
    for (int32_t i = 0; i < db_count(rows); i++) {
        const struct presence_stay stay = { db_get_int(rows, i, 1), db_get_int(rows, i, 2),
                                            db_get_bool(rows, i, 4) };

        fence_guard_hear(&f->guard, db_get_int(rows, i, 0), &stay, db_get_int(rows, i, 3));
    }
    pthread_mutex_unlock(&f->lock);
    f->visits_mark = next_mark;
    return true;
}

static bool load_fences(struct fences *f, struct fail *why)
{
    struct fence_set *set = fence_set_load(f->db, why);

    if (!set)
        return false;
    pthread_mutex_lock(&f->lock);
    struct fence_set *before = f->guard.set;

    f->guard.set = set;
    pthread_mutex_unlock(&f->lock);
    fence_set_free(before);
    metrics_set(METRIC_FENCES, fence_set_count(set));
    return true;
}

static bool load_list(struct fences *f, struct fail *why)
{
    struct fence_set_list *list = fence_set_list_load(f->db, why);

    if (!list)
        return false;
    pthread_mutex_lock(&f->lock);
    struct fence_set_list *before = f->guard.list;

    f->guard.list = list;
    pthread_mutex_unlock(&f->lock);
    fence_set_list_free(before);
    return true;
}

/* The set is only exchanged by this thread. */
static bool call_roll(struct fences *f, struct fail *why)
{
    const struct db_rows *rows;

    if (!fence_set_calls_roll(f->guard.set))
        return true;
    if (!db_run(f->db, QUERIES_FENCE_ROLL_CALL, NULL, 0, f->arena, &rows, why))
        return false;
    metrics_count(METRIC_FENCE_EVENTS, db_get_int(rows, 0, 0));
    return true;
}

static void look_at_all(struct fences *f)
{
    const int64_t until_us = clock_wall_us() - SETTLED_US;
    int64_t people[SWEEP_MAX];
    int32_t at = 0, count;

    do {
        pthread_mutex_lock(&f->lock);
        at = presence_people(f->guard.presence, at, people, SWEEP_MAX, &count);
        for (int32_t i = 0; i < count; i++)
            fence_guard_look_at(&f->guard, people[i], until_us);
        pthread_mutex_unlock(&f->lock);
    } while (at);
}

/* ------------------------------------------------------------------ the thread */

static bool look(struct fences *f, bool are_changed, int64_t next_mark, struct fail *why)
{
    if ((are_changed || !f->is_loaded) && !load_fences(f, why))
        return false;
    f->fences_mark = next_mark;
    if (!load_list(f, why) || !call_roll(f, why))
        return false;
    look_at_all(f);
    return write_all(f, why);
}

static bool follow(struct fences *f, bool with_look, struct fail *why)
{
    const struct db_value since = db_int(f->fences_mark);
    const struct db_rows *rows;

    if (!write_all(f, why) ||
        !db_run(f->db, QUERIES_FENCE_CHANGED, &since, 1, f->arena, &rows, why))
        return false;
    const bool are_changed = db_get_bool(rows, 0, 0);
    const int64_t next_mark = db_get_int(rows, 0, 1);

    pthread_mutex_lock(&f->lock);
    const bool is_anew = !f->is_loaded || f->guard.is_lost || f->round % ANEW_EVERY == 0;

    footsteps_turn(f->guard.footsteps);
    pthread_mutex_unlock(&f->lock);
    if (is_anew && !read_inside(f, why))
        return false;
    if (is_anew)
        f->visits_mark = next_mark;
    else if (!follow_visits(f, next_mark, why))
        return false;
    if ((with_look || !f->is_loaded) && !look(f, are_changed, next_mark, why))
        return false;
    f->is_loaded = true;
    return true;
}

/* Said once when it begins and once when it is over. */
static void report(struct fences *f, bool is_good, const struct fail *why)
{
    if (!is_good && !f->is_failing)
        log_line(LOG_WARNING, "fences_failed", log_text("code", fail_word(why->code)),
                 log_text("detail", why->text));
    if (is_good && f->is_failing)
        log_line(LOG_INFO, "fences_again", log_int("fences", fence_set_count(f->guard.set)));
    f->is_failing = !is_good;
}

/* Under the lock: until the next round, a crossing or the end. While the database is away
 * crossings wait for the next round. */
static void rest(struct fences *f)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += ROUND_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    while (!f->stopping && f->wanted <= f->rounds &&
           (f->is_failing || crossings_count(f->guard.crossings) == 0) &&
           pthread_cond_timedwait(&f->woken, &f->lock, &until) == 0)
        ;
}

static bool turn(struct fences *f, int64_t *next_us, bool in_full, struct fail *why)
{
    const int64_t now_us = clock_steady_us();

    if (!in_full && now_us < *next_us)
        return write_all(f, why);
    *next_us = now_us + ROUND_MS * 1000;
    f->round++;
    return follow(f, in_full || f->round % LOOK_EVERY == 0, why);
}

static void *keep_watch(void *self)
{
    struct fences *f = self;
    int64_t next_us = 0;

    pthread_mutex_lock(&f->lock);
    while (!f->stopping) {
        const bool in_full = f->wanted > f->rounds;
        const int64_t wanted = f->wanted;
        struct fail why = { 0 };

        pthread_mutex_unlock(&f->lock);
        const bool is_good = turn(f, &next_us, in_full, &why);

        report(f, is_good, &why);
        arena_reset(f->arena);
        pthread_mutex_lock(&f->lock);
        if (is_good && in_full)
            f->rounds = wanted;
        pthread_cond_broadcast(&f->finished);
        rest(f);
    }
    pthread_mutex_unlock(&f->lock);
    return NULL;
}

/* ------------------------------------------------------------------ opening */

static void cond_open(pthread_cond_t *cond)
{
    pthread_condattr_t steady;

    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &steady);
    pthread_condattr_destroy(&steady);
}

struct fences *fences_open(const char *database, struct live *live,
                           const struct orgs *(*orgs)(void *self), void *self, struct fail *why)
{
    struct fences *f = calloc(1, sizeof *f);

    if (!f)
        abort();
    f->orgs = orgs;
    f->orgs_self = self;
    f->arena = arena_new();
    fence_guard_start(&f->guard, live);
    pthread_mutex_init(&f->lock, NULL);
    cond_open(&f->woken);
    cond_open(&f->finished);
    f->db = db_open(database, why);
    if (f->db && db_become(f->db, DB_ENGINE, why) && follow(f, true, why)) {
        f->has_thread = pthread_create(&f->thread, NULL, keep_watch, f) == 0;
        if (f->has_thread)
            return f;
        fail_set(why, FAIL_BROKEN, THREAD_REFUSED, "the system gives no thread for the fences");
    }
    fences_close(f);
    return NULL;
}

void fences_close(struct fences *f)
{
    struct fail unsaid;

    if (!f)
        return;
    pthread_mutex_lock(&f->lock);
    f->stopping = true;
    pthread_cond_signal(&f->woken);
    pthread_mutex_unlock(&f->lock);
    if (f->has_thread) {
        pthread_join(f->thread, NULL);
        for (int i = 0; i < CLOSING_TRIES && !write_all(f, &unsaid); i++)
            ;
    }
    db_close(f->db);
    fence_guard_end(&f->guard);
    arena_free(f->arena);
    pthread_cond_destroy(&f->finished);
    pthread_cond_destroy(&f->woken);
    pthread_mutex_destroy(&f->lock);
    free(f);
}

bool fences_settle(struct fences *f)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += SETTLE_MAX_S;
    pthread_mutex_lock(&f->lock);
    const int64_t mine = f->wanted = f->wanted + 1;

    pthread_cond_signal(&f->woken);
    while (f->rounds < mine && pthread_cond_timedwait(&f->finished, &f->lock, &until) == 0)
        ;
    const bool is_settled = f->rounds >= mine;

    pthread_mutex_unlock(&f->lock);
    return is_settled;
}
