#include "engine/reach.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "engine/clock.h"
#include "engine/db.h"
#include "engine/log.h"
#include "engine/metrics.h"
#include "engine/secret.h"

struct reach {
    struct db *db;
    pthread_t thread;
    bool is_stopping; /* guarded by `lock` */
};

/* One for the process: connections are opened in many places, and none of them should
 * have to be told. */
static _Atomic int64_t away_since_us;
static _Atomic uint32_t times;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards what is doubted and who stops */
static pthread_cond_t woken = PTHREAD_COND_INITIALIZER;
static bool is_doubted;

bool reach_is_away(void)
{
    return reach_away_since_us() != 0;
}

int64_t reach_away_since_us(void)
{
    return atomic_load_explicit(&away_since_us, memory_order_relaxed);
}

uint32_t reach_times(void)
{
    return atomic_load_explicit(&times, memory_order_relaxed);
}

void reach_doubt(void)
{
    pthread_mutex_lock(&lock);
    is_doubted = true;
    pthread_cond_broadcast(&woken);
    pthread_mutex_unlock(&lock);
}

/* Until so long has passed, this is closed or, where that counts, somebody doubts;
 * false when it is closed. */
static bool rest(const struct reach *r, int64_t ms, bool may_doubt)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += (long)(ms % 1000) * 1000000;
    until.tv_sec += ms / 1000 + until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&lock);
    while (!r->is_stopping && !(may_doubt && is_doubted))
        if (pthread_cond_timedwait(&woken, &lock, &until) != 0)
            break;
    is_doubted = false;
    const bool goes_on = !r->is_stopping;

    pthread_mutex_unlock(&lock);
    return goes_on;
}

static void lose(const struct fail *why)
{
    if (reach_is_away())
        return;
    atomic_store(&away_since_us, clock_wall_us());
    metrics_set(METRIC_DATABASE_AWAY, 1);
    log_line(LOG_WARNING, "database_away", log_text("code", fail_word(why->code)),
             log_text("detail", why->text));
}

static void find(void)
{
    const int64_t since_us = reach_away_since_us();

    if (since_us == 0)
        return;
    atomic_fetch_add(&times, 1);
    atomic_store(&away_since_us, 0);
    metrics_set(METRIC_DATABASE_AWAY, 0);
    log_line(LOG_INFO, "database_back", log_int("after_ms", (clock_wall_us() - since_us) / 1000));
}

/* Half of it or more, by chance. */
static int64_t shaken(int64_t ms)
{
    uint32_t chance;

    secret_random(&chance, sizeof chance);
    return ms / 2 + chance % (ms / 2 + 1);
}

static void *ask_on(void *self)
{
    struct reach *r = self;
    int64_t retry_ms = REACH_RETRY_MIN_MS;
    bool goes_on = true;

    while (goes_on) {
        struct fail why = { 0 };

        if (db_ping(r->db, REACH_SILENT_MS, &why)) {
            find();
            retry_ms = REACH_RETRY_MIN_MS;
            goes_on = rest(r, REACH_ASK_MS, true);
            continue;
        }
        lose(&why);
        goes_on = rest(r, shaken(retry_ms), false);
        retry_ms = retry_ms * 2 < REACH_RETRY_MAX_MS ? retry_ms * 2 : REACH_RETRY_MAX_MS;
    }
    return NULL;
}

struct reach *reach_open(const char *database, struct fail *f)
{
    struct reach *r = calloc(1, sizeof *r);

    if (!r)
        abort();
    r->db = db_open(database, f);
    if (r->db && pthread_create(&r->thread, NULL, ask_on, r) == 0)
        return r;
    if (r->db)
        fail_set(f, FAIL_BROKEN, THREAD_REFUSED, "the system gives no thread for the database");
    db_close(r->db);
    free(r);
    return NULL;
}

void reach_close(struct reach *r)
{
    if (!r)
        return;
    pthread_mutex_lock(&lock);
    r->is_stopping = true;
    pthread_cond_broadcast(&woken);
    pthread_mutex_unlock(&lock);
    pthread_join(r->thread, NULL);
    atomic_store(&away_since_us, 0);
    metrics_set(METRIC_DATABASE_AWAY, 0);
    db_close(r->db);
    free(r);
}
