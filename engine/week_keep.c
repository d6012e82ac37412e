#include "engine/week_keep.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/clock.h"
#include "engine/log.h"
#include "engine/week_store.h"

enum {
    WAIT_MS = 200,  /* longest that the end is not noticed */
    CALM_MS = 2000, /* after something was heard: more may come with it */
    LIMIT_MS = 300000,
};

struct week_keep {
    struct week_keep_round round;
    struct db *listening;
    int64_t look_us; /* when it looks next; steady clock */
    int64_t leader;  /* the connection that holds the lock, or 0 */
    bool is_failing; /* and it was said */

    pthread_mutex_t lock; /* guards the next */
    bool stopping;
    bool has_thread;
    pthread_t thread;
};

/* ------------------------------------------------------------------ one look */

static bool write_week(const struct week_keep_round *round, const struct weeks_wish *wish,
                       struct arena *a, struct fail *f)
{
    const int64_t began_us = clock_steady_us();
    const struct weeks_book *book;
    struct week_store_done done;

    if (!weeks_take(round->weeks, wish, &book, f) ||
        !week_store_write(round->db, round->weeks, book, false, a, &done, f))
        return false;
    log_line(LOG_INFO, "week_kept", log_text("kind", WEEK_SOURCES_KIND_WORDS[wish->kind]),
             log_int("from_s", wish->from_s), log_int("is_whole", done.is_whole),
             log_int("changed", done.changed), log_int("intervals", done.intervals),
             log_int("gaps", done.gaps), log_int("took_ms", (clock_steady_us() - began_us) / 1000));
    return true;
}

static bool keep_one(const struct week_keep_round *round, const struct terrain *t,
                     const struct db_rows *rows, int32_t row, int32_t *written, struct fail *f)
{
    const struct weeks_wish wish = { strcmp(db_get_text(rows, row, 0), "plan") == 0
                                         ? WEEK_SOURCES_PLAN
                                         : WEEK_SOURCES_ACTUAL,
                                     db_get_int(rows, row, 1), WEEKS_HOURS_MAX, COVER_UNWATCHED };
    bool is_due = db_get_bool(rows, row, 2);
    struct arena *a = arena_new();
    bool ok = is_due || week_store_stale(round->db, t, &wish, a, &is_due, f);

    if (ok && is_due) {
        ok = write_week(round, &wish, a, f);
        *written += ok;
    }
    arena_free(a);
    return ok;
}

bool week_keep_once(const struct week_keep_round *round, int32_t *written, struct fail *f)
{
    const struct db_value values[] = { db_int(config_int(round->config, CONFIG_COVERAGE_WEEKS)),
                                       db_text(config_text(round->config, CONFIG_CITY_TIME_ZONE)) };
    const struct terrain *t = terrain_hold(round->terrains);
    struct arena *a = arena_new();
    const struct db_rows *rows;
    bool ok = true;

    *written = 0;
    if (t) { /* else there is nothing yet to be covered */
        ok = db_run(round->db, QUERIES_WEEK_KEPT, values, 2, a, &rows, f);
        for (int32_t i = 0; ok && i < db_count(rows) && *written < WEEK_KEEP_MOST; i++)
            ok = keep_one(round, t, rows, i, written, f);
    }
    arena_free(a);
    terrain_drop(t);
    return ok;
}

/* ------------------------------------------------------------------ the thread */

static bool is_stopping(struct week_keep *k)
{
    pthread_mutex_lock(&k->lock);
    const bool stopping = k->stopping;

    pthread_mutex_unlock(&k->lock);
    return stopping;
}

static bool lead(struct week_keep *k, bool *is_leader, struct fail *f)
{
    const struct db_value held = db_int(k->leader);
    struct arena *a = arena_new();
    const struct db_rows *rows;
    const bool ok = db_run(k->round.db, QUERIES_WEEK_KEEP_LEAD, &held, 1, a, &rows, f);

    *is_leader = ok && db_get_bool(rows, 0, 0);
    k->leader = *is_leader ? db_get_int(rows, 0, 1) : 0;
    arena_free(a);
    return ok;
}

static void look(struct week_keep *k)
{
    struct fail why = { 0 };
    int32_t written;
    bool is_leader;
    const bool ok =
        lead(k, &is_leader, &why) && (!is_leader || week_keep_once(&k->round, &written, &why));

    if (!ok && !k->is_failing && why.code != CODE_WEEKS_BUSY)
        log_line(LOG_WARNING, "weeks_not_kept", log_text("code", fail_word(why.code)),
                 log_text("detail", why.text));
    k->is_failing = !ok;
}

static void hear_one(void *self, const char *channel, const char *said)
{
    struct week_keep *k = self;
    const int64_t soon_us = clock_steady_us() + CALM_MS * 1000LL;

    (void)channel;
    (void)said;
    if (soon_us < k->look_us)
        k->look_us = soon_us;
}

static void hear(struct week_keep *k)
{
    static const struct timespec AWAY = { .tv_nsec = WAIT_MS * 1000000L };
    struct fail f = { 0 };

    if (!k->listening) {
        k->listening = db_open(config_text(k->round.config, CONFIG_DATABASE), &f);
        if (k->listening && db_become(k->listening, DB_ENGINE, &f) &&
            db_run(k->listening, QUERIES_WEEK_KEEP_LISTEN, NULL, 0, NULL, NULL, &f))
            return;
    } else if (db_hear(k->listening, WAIT_MS, hear_one, k, &f)) {
        return;
    }
    db_close(k->listening);
    k->listening = NULL;
    nanosleep(&AWAY, NULL);
}

/* The first look is not at once: a process that starts has other things to do. */
static void *keep_on(void *self)
{
    struct week_keep *k = self;

    k->look_us = clock_steady_us() + WEEK_KEEP_LOOK_S * 1000000LL;
    while (!is_stopping(k)) {
        hear(k);
        if (clock_steady_us() < k->look_us)
            continue;
        k->look_us = clock_steady_us() + WEEK_KEEP_LOOK_S * 1000000LL;
        look(k);
    }
    return NULL;
}

struct week_keep *week_keep_open(const struct config *c, struct terrain_slot *terrains,
                                 struct weeks *weeks, struct fail *f)
{
    struct week_keep *k = calloc(1, sizeof *k);

    if (!k)
        abort();
    k->round = (struct week_keep_round){ NULL, c, terrains, weeks };
    pthread_mutex_init(&k->lock, NULL);
    if (config_int(c, CONFIG_COVERAGE_WEEKS) == 0)
        return k; /* nothing is to be kept */
    k->round.db = db_open(config_text(c, CONFIG_DATABASE), f);
    if (k->round.db && db_become(k->round.db, DB_ENGINE, f) && db_limit(k->round.db, LIMIT_MS, f)) {
        k->has_thread = pthread_create(&k->thread, NULL, keep_on, k) == 0;
        if (k->has_thread)
            return k;
        fail_set(f, FAIL_BROKEN, THREAD_REFUSED, "the system gives no thread for kept weeks");
    }
    week_keep_close(k);
    return NULL;
}

void week_keep_close(struct week_keep *k)
{
    if (!k)
        return;
    pthread_mutex_lock(&k->lock);
    k->stopping = true;
    pthread_mutex_unlock(&k->lock);
    if (k->has_thread)
        pthread_join(k->thread, NULL);
    db_close(k->listening);
    db_close(k->round.db);
    pthread_mutex_destroy(&k->lock);
    free(k);
}
