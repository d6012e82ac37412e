#include "engine/upkeep.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "engine/archive.h"
#include "engine/clock.h"
#include "engine/erasure.h"
#include "engine/log.h"
#include "engine/metrics.h"

enum { LIMIT_MS = 120000 }; /* of a statement: the history of an hour has millions of rows */

static const int64_t SECOND_US = 1000000;
static const int64_t HOUR_US = INT64_C(3600000000);

struct upkeep {
    const struct config *config;
    struct db *db; /* the thread's own */

    pthread_mutex_t lock; /* guards the rest */
    pthread_cond_t woken;
    bool stopping;
    bool has_thread;
    pthread_t thread;
};

/* ------------------------------------------------------------------ one round */

static bool expire(struct db *db, enum queries_id query, int64_t keep, struct fail *f)
{
    const struct db_value value = db_int(keep);

    return db_run(db, query, &value, 1, NULL, NULL, f);
}

static bool expire_positions(struct db *db, int64_t keep_h, struct arena *a, struct fail *f)
{
    const struct db_value value = db_int(keep_h);
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_RETENTION_POSITIONS, &value, 1, a, &rows, f))
        return false;
    if (db_get_int(rows, 0, 0) > 0)
        log_line(LOG_INFO, "positions_expired", log_int("hours", db_get_int(rows, 0, 0)));
    return true;
}

/* Hours are made ahead: what lies in none of them is a sign that this went wrong, or
 * came hours after it had been received. */
static bool look_outside(struct db *db, struct arena *a, struct fail *f)
{
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_POSITION_OUTSIDE, NULL, 0, a, &rows, f))
        return false;
    metrics_set(METRIC_POSITIONS_OUTSIDE, db_get_int(rows, 0, 0));
    if (db_get_int(rows, 0, 0) > 0)
        log_line(LOG_WARNING, "positions_outside", log_int("count", db_get_int(rows, 0, 0)));
    return true;
}

/* In this order: an hour is packed before an incident's tracks are copied out of it, and
 * both before it becomes coarse or goes. */
static bool age_positions(struct db *db, const struct config *c,
                          const struct archive_patience *wait, struct arena *a, struct fail *f)
{
    int64_t packed = 0, copied = 0, coarse = 0;

    if (!look_outside(db, a, f) || !archive_pack(db, ARCHIVE_GRACE_S, wait, &packed, f) ||
        !archive_copy(db, wait, &copied, f) ||
        !archive_coarsen(db, config_int(c, CONFIG_COARSEN_POSITIONS_H), wait, &coarse, f))
        return false;
    if (packed + copied + coarse > 0)
        log_line(LOG_INFO, "positions_aged", log_int("hours_packed", packed),
                 log_int("tracks_copied", copied), log_int("hours_coarsened", coarse));
    return expire_positions(db, config_int(c, CONFIG_RETENTION_POSITIONS_H), a, f);
}

/* Piece by piece: who hears the last number kept knows from the database's own note
 * that what was before it cannot be heard again. */
static bool forget_events(struct db *db, int64_t keep_d, bool (*go_on)(void *self), void *self,
                          struct arena *a, struct fail *f)
{
    const struct db_value value = db_int(keep_d);
    const struct db_rows *rows;

    do {
        if (!db_run(db, QUERIES_FEED_FORGET, &value, 1, a, &rows, f))
            return false;
    } while (db_get_int(rows, 0, 0) > 0 && (!go_on || go_on(self)));
    return true;
}

static bool carry_out(struct db *db, const struct config *c, bool all, bool (*go_on)(void *self),
                      void *self, struct fail *f)
{
    const struct archive_patience wait = { go_on, self };
    struct arena *a = arena_new();
    int64_t deleted = 0;
    bool good = erasure_work(db, go_on, self, &deleted, f);

    if (deleted > 0)
        log_line(LOG_INFO, "positions_erased", log_int("count", deleted));
    if (good && all)
        good =
            age_positions(db, c, &wait, a, f) &&
            expire(db, QUERIES_RETENTION_TRACKS, config_int(c, CONFIG_RETENTION_TRACKS_D), f) &&
            expire(db, QUERIES_RETENTION_PROOFS, config_int(c, CONFIG_RETENTION_PROOFS_D), f) &&
            expire(db, QUERIES_RETENTION_COVERAGE, config_int(c, CONFIG_RETENTION_COVERAGE_D), f) &&
            expire(db, QUERIES_RETENTION_FENCES, config_int(c, CONFIG_RETENTION_POSITIONS_H), f) &&
            expire(db, QUERIES_RETENTION_ENROLMENTS, config_int(c, CONFIG_RETENTION_ENROLMENTS_D),
                   f) &&
            forget_events(db, config_int(c, CONFIG_RETENTION_EVENTS_D), go_on, self, a, f) &&
            db_run(db, QUERIES_RETENTION_ANSWERS, NULL, 0, NULL, NULL, f);
    arena_free(a);
    return good;
}

bool upkeep_once(struct db *db, const struct config *c, bool all, struct fail *f)
{
    return carry_out(db, c, all, NULL, NULL, f);
}

/* ------------------------------------------------------------------ the thread */

static bool is_wanted(void *self)
{
    struct upkeep *u = self;

    pthread_mutex_lock(&u->lock);
    const bool is_on = !u->stopping;

    pthread_mutex_unlock(&u->lock);
    return is_on;
}

/* False when it is time to stop. */
static bool rest(struct upkeep *u)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += UPKEEP_LOOK_S;
    pthread_mutex_lock(&u->lock);
    while (!u->stopping && pthread_cond_timedwait(&u->woken, &u->lock, &until) == 0)
        ;
    pthread_mutex_unlock(&u->lock);
    return is_wanted(u);
}

static void *keep_up(void *self)
{
    struct upkeep *u = self;
    int64_t last_us = 0; /* when all was done; steady clock */
    int64_t last_hour = 0;
    bool was_good = true;

    do {
        const int64_t now_us = clock_steady_us();
        const int64_t hour = clock_wall_us() / HOUR_US;
        const bool all = hour != last_hour || now_us - last_us >= UPKEEP_EVERY_S * SECOND_US;
        struct fail why = { 0 };
        const bool good = carry_out(u->db, u->config, all, is_wanted, u, &why);

        if (!good && was_good)
            log_line(LOG_WARNING, "upkeep_failed", log_text("code", fail_word(why.code)),
                     log_text("detail", why.text));
        if (good && all) {
            last_us = now_us;
            last_hour = hour;
        }
        was_good = good;
    } while (rest(u));
    return NULL;
}

struct upkeep *upkeep_open(const struct config *c, struct fail *f)
{
    struct upkeep *u = calloc(1, sizeof *u);
    pthread_condattr_t steady;

    if (!u)
        abort();
    u->config = c;
    pthread_mutex_init(&u->lock, NULL);
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_cond_init(&u->woken, &steady);
    pthread_condattr_destroy(&steady);
    u->db = db_open(config_text(c, CONFIG_DATABASE), f);
    if (u->db && db_become(u->db, DB_ENGINE, f) && db_limit(u->db, LIMIT_MS, f)) {
        u->has_thread = pthread_create(&u->thread, NULL, keep_up, u) == 0;
        if (u->has_thread)
            return u;
        fail_set(f, FAIL_BROKEN, THREAD_REFUSED, "the system gives no thread for the upkeep");
    }
    upkeep_close(u);
    return NULL;
}

void upkeep_close(struct upkeep *u)
{
    if (!u)
        return;
    pthread_mutex_lock(&u->lock);
    u->stopping = true;
    pthread_cond_signal(&u->woken);
    pthread_mutex_unlock(&u->lock);
    if (u->has_thread)
        pthread_join(u->thread, NULL);
    db_close(u->db);
    pthread_cond_destroy(&u->woken);
    pthread_mutex_destroy(&u->lock);
    free(u);
}
