/* Two connections: one that only hears, so that no notification is lost among answers, and
 * one that asks. */
#include "engine/closures.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/clock.h"
#include "engine/log.h"
#include "engine/metrics.h"

enum {
    WAIT_MS = 100, /* longest that a new world or the end is not noticed */
    LOOK_MS = 2000,
    AWAY_MS = 50, /* between two tries; engine/reach sees to it that they are cheap */
    LIMIT_MS = 20000,
    SETTLE_MAX_MS = 20000,
    OBEY_MAX_MS = 200,
};

/* What others may see of the last look. */
struct shown {
    struct arena *arena;
    const struct world *world;
    const struct closure_book_one *list;
    int32_t count;
};

struct closures {
    char *database;
    struct world_slot *worlds;

    struct db *listening; /* the thread's, as the next six */
    struct db *db;
    struct closure_book *book;
    int64_t look_us; /* when it is time for the next look; steady clock */
    bool is_listening;
    bool is_heard; /* something has changed */
    bool is_away;  /* and it was said */

    pthread_mutex_t lock; /* guards the rest */
    pthread_cond_t looked;
    struct shown shown;
    bool stopping;
    int64_t wanted; /* looks that somebody waits for */
    int64_t obeyed; /* the last of them whose costs are in force */
    int64_t looks;  /* and the labels with them */
    pthread_t thread;
    bool has_thread;
};

bool closures_enter(struct db *db, const char *zone, const struct world *w, struct fail *f)
{
    struct closure_book *book = closure_book_new(zone);
    struct closure_book_look found;
    const bool ok = closure_book_bring(book, db, w, &found, f);

    for (enum mode mode = 0; mode < MODE_COUNT && ok; mode++)
        traffic_label(w->traffic, mode);
    closure_book_free(book);
    return ok;
}

/* ------------------------------------------------------------------ hearing */

static void hear_one(void *self, const char *channel, const char *said)
{
    struct closures *c = self;

    (void)channel;
    (void)said;
    c->is_heard = true;
}

static bool listen_anew(struct closures *c, struct fail *f)
{
    db_close(c->listening);
    c->listening = db_open(c->database, f);
    c->is_listening = c->listening && db_become(c->listening, DB_ENGINE, f) &&
                      db_run(c->listening, QUERIES_TRAFFIC_LISTEN, NULL, 0, NULL, NULL, f);
    c->is_heard = true; /* whatever was said meanwhile */
    return c->is_listening;
}

static bool hear(struct closures *c, int64_t most_ms, struct fail *f)
{
    c->is_listening = db_hear(c->listening, most_ms, hear_one, c, f);
    return c->is_listening;
}

/* ------------------------------------------------------------------ looking */

static void log_look(const struct closure_book_look *look, int32_t count, int64_t began_us)
{
    metrics_set(METRIC_CLOSURES, count);
    if (!look->is_news)
        return;
    metrics_observe_us(METRIC_TRAFFIC_TIME, clock_steady_us() - began_us);
    log_line(LOG_INFO, "traffic_changed", log_int("closures", count),
             log_int("costs", look->changed_count),
             log_int("took_ms", (clock_steady_us() - began_us) / 1000));
}

/* Labels of one mode after the other, while nothing more is heard. */
static bool bring_labels(struct closures *c, const struct world *w, struct fail *f)
{
    for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
        if (!hear(c, 0, f))
            return false;
        if (c->is_heard)
            return true;
        traffic_label(w->traffic, mode);
    }
    return true;
}

static void show(struct closures *c, const struct world *w)
{
    struct shown next = { .arena = arena_new(), .world = world_hold_again(w) };

    next.count = closure_book_list(c->book, next.arena, &next.list);
    pthread_mutex_lock(&c->lock);
    const struct shown before = c->shown;

    c->shown = next;
    pthread_mutex_unlock(&c->lock);
    world_drop(before.world);
    arena_free(before.arena);
}

/* Only the thread itself exchanges what is shown. */
static bool is_new(const struct closures *c, const struct world *w)
{
    return !c->shown.world || c->shown.world->version != w->version;
}

static bool look(struct closures *c, const struct world *w, struct fail *f)
{
    const int64_t began_us = clock_steady_us();
    struct closure_book_look found;

    c->is_heard = false;
    if (!closure_book_bring(c->book, c->db, w, &found, f))
        return false;
    if (found.is_news || is_new(c, w))
        show(c, w);
    const int64_t left_us = found.next_us - found.now_us;

    c->look_us = began_us + (left_us < LOOK_MS * 1000LL ? left_us : LOOK_MS * 1000LL);
    log_look(&found, c->shown.count, began_us);
    return true;
}

static int64_t wanted(struct closures *c)
{
    pthread_mutex_lock(&c->lock);
    const int64_t wish = c->wanted;

    pthread_mutex_unlock(&c->lock);
    return wish;
}

static void note(struct closures *c, int64_t *reached, int64_t wish)
{
    pthread_mutex_lock(&c->lock);
    *reached = wish;
    pthread_cond_broadcast(&c->looked);
    pthread_mutex_unlock(&c->lock);
}

static bool follow(struct closures *c, const struct world *w, struct fail *f)
{
    const int64_t wish = wanted(c);
    const bool is_asked = wish > c->looks;

    if (!c->is_heard && !is_asked && !is_new(c, w) && clock_steady_us() < c->look_us)
        return true;
    if (!look(c, w, f))
        return false;
    note(c, &c->obeyed, wish);
    if (!bring_labels(c, w, f))
        return false;
    if (!c->is_heard)
        note(c, &c->looks, wish);
    return true;
}

static int64_t wait_ms(const struct closures *c)
{
    const int64_t left_ms = (c->look_us - clock_steady_us() + 999) / 1000;

    if (c->is_heard || left_ms <= 0)
        return 0;
    return left_ms < WAIT_MS ? left_ms : WAIT_MS;
}

static bool go_round(struct closures *c, struct fail *f)
{
    if (!c->is_listening && !listen_anew(c, f))
        return false;
    const struct world *w = world_hold(c->worlds);
    const bool ok = hear(c, w ? wait_ms(c) : WAIT_MS, f) && (!w || follow(c, w, f));

    world_drop(w);
    return ok;
}

/* Said once when it begins and once when it is over. */
static void report(struct closures *c, bool is_good, const struct fail *why)
{
    if (!is_good && !c->is_away)
        log_line(LOG_WARNING, "closures_away", log_text("code", fail_word(why->code)),
                 log_text("detail", why->text));
    if (is_good && c->is_away)
        log_line(LOG_INFO, "closures_again", log_int("closures", c->shown.count));
    c->is_away = !is_good;
}

static bool is_stopping(struct closures *c)
{
    pthread_mutex_lock(&c->lock);
    const bool stopping = c->stopping;

    pthread_mutex_unlock(&c->lock);
    return stopping;
}

static void *keep_on(void *self)
{
    static const struct timespec AWAY = { .tv_nsec = AWAY_MS * 1000000L };
    struct closures *c = self;

    while (!is_stopping(c)) {
        struct fail why = { 0 };
        const bool is_good = go_round(c, &why);

        report(c, is_good, &why);
        if (!is_good)
            nanosleep(&AWAY, NULL);
    }
    return NULL;
}

/* ------------------------------------------------------------------ opening */

/* Asks once, of nothing, what the first closure will ask, so that the database has it
 * planned by then. */
static bool warm_up(struct closures *c, struct fail *f)
{
    static const int64_t NOTHING[1] = { 0 };
    const struct db_value none = db_ints(NOTHING, 1);

    return db_run(c->db, QUERIES_TRAFFIC_SEGMENTS, &none, 1, NULL, NULL, f) &&
           db_run(c->db, QUERIES_CLOSURE_TURN, NULL, 0, NULL, NULL, f);
}

static bool start(struct closures *c, struct fail *f)
{
    c->db = db_open(c->database, f);
    if (!c->db || !db_become(c->db, DB_ENGINE, f) || !db_limit(c->db, LIMIT_MS, f) ||
        !warm_up(c, f) || !listen_anew(c, f))
        return false;
    c->has_thread = pthread_create(&c->thread, NULL, keep_on, c) == 0;
    return c->has_thread ||
           fail_set(f, FAIL_BROKEN, THREAD_REFUSED, "the system gives no thread for closures");
}

struct closures *closures_open(const char *database, const char *zone, struct world_slot *worlds,
                               struct fail *f)
{
    struct closures *c = calloc(1, sizeof *c);
    pthread_condattr_t steady;

    if (!c || !(c->database = strdup(database)))
        abort();
    c->worlds = worlds;
    c->book = closure_book_new(zone);
    pthread_mutex_init(&c->lock, NULL);
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_cond_init(&c->looked, &steady);
    pthread_condattr_destroy(&steady);
    if (start(c, f))
        return c;
    closures_close(c);
    return NULL;
}

void closures_close(struct closures *c)
{
    if (!c)
        return;
    pthread_mutex_lock(&c->lock);
    c->stopping = true;
    pthread_mutex_unlock(&c->lock);
    if (c->has_thread)
        pthread_join(c->thread, NULL);
    db_close(c->listening);
    db_close(c->db);
    world_drop(c->shown.world);
    arena_free(c->shown.arena);
    closure_book_free(c->book);
    pthread_cond_destroy(&c->looked);
    pthread_mutex_destroy(&c->lock);
    free(c->database);
    free(c);
}

/* ------------------------------------------------------------------ asking */

/* Under the lock, since the next look may let go of it. */
static struct closure_book_one *copy(const struct shown *s, struct arena *a)
{
    struct closure_book_one *list = arena_take(a, (size_t)s->count + 1, sizeof *list);

    for (int32_t i = 0; i < s->count; i++) {
        const size_t size = (size_t)s->list[i].segment_count * sizeof(int32_t);
        int32_t *segments = arena_take(a, size / sizeof *segments + 1, sizeof *segments);

        memcpy(segments, s->list[i].segments, size);
        list[i] = s->list[i];
        list[i].segments = segments;
    }
    return list;
}

int32_t closures_list(struct closures *c, struct arena *a, const struct world **w,
                      const struct closure_book_one **out)
{
    pthread_mutex_lock(&c->lock);
    const int32_t count = c->shown.count;

    *w = c->shown.world ? world_hold_again(c->shown.world) : NULL;
    *out = copy(&c->shown, a);
    pthread_mutex_unlock(&c->lock);
    return count;
}

/* Until a look that begins now has reached so far. */
static bool wait_for(struct closures *c, const int64_t *reached, int64_t most_ms)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += most_ms % 1000 * 1000000;
    until.tv_sec += most_ms / 1000 + until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&c->lock);
    const int64_t mine = c->wanted = c->wanted + 1;

    while (*reached < mine && pthread_cond_timedwait(&c->looked, &c->lock, &until) == 0)
        ;
    const bool is_reached = *reached >= mine;

    pthread_mutex_unlock(&c->lock);
    return is_reached;
}

bool closures_obey(struct closures *c)
{
    return wait_for(c, &c->obeyed, OBEY_MAX_MS);
}

bool closures_settle(struct closures *c)
{
    return wait_for(c, &c->looks, SETTLE_MAX_MS);
}
