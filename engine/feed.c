/* Telling is one row in the outbox. The rest is one thread with one connection. Who
 * gives the numbers looks often for what has been committed instead of being notified
 * by those who tell: a commit that notifies holds a lock of the whole database over its
 * flush to the disk. The one commit that numbers a batch notifies the other processes,
 * which look by themselves, too, when nothing wakes them. */
#include "engine/feed.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/clock.h"
#include "engine/log.h"
#include "engine/metrics.h"
#include "engine/orgs.h"
#include "engine/pgwire.h"

enum {
    LOOK_MS = 40,    /* between two looks of the one who gives numbers */
    FOLLOW_MS = 250, /* of the others, who are woken when there is something */
    AWAY_MS = 250,   /* while the database is away */
    LIMIT_MS = 5000, /* for a statement */
    BATCH = 500,     /* events read at once */
};

struct feed {
    struct db *db; /* the thread's, as are the six below */
    struct arena *arena;
    int64_t numbering; /* process id of the connection as which we give numbers; 0: another does */
    int64_t listening; /* of the one that listens for notifications */
    bool is_away;
    bool is_full; /* the last look found as much as it could take */
    pthread_t thread;
    _Atomic bool stopping;

    pthread_mutex_t watching; /* looked, self: held while it runs */
    void (*looked)(void *self, struct db *db, bool has_news);
    void *self;

    pthread_mutex_t lock;                  /* the rest */
    int64_t head;                          /* number of the newest */
    int64_t life;                          /* counts how often the numbers went back */
    int64_t first;                         /* of the oldest in memory; head + 1: none is */
    size_t size;                           /* bytes of all */
    struct feed_item *ring[FEED_RING_MAX]; /* by number % FEED_RING_MAX */
};

/* ------------------------------------------------------------------ telling */

bool feed_tell(struct db *db, const struct feed_event *event, struct fail *f)
{
    const struct db_value values[] = {
        db_text(event->kind),
        db_int(event->org_id),
        db_int(event->firm_id),
        db_int(event->incident_id),
        db_ints(event->people, (size_t)event->people_count),
        db_text(event->data),
    };

    assert(event->org_id > 0 && event->people_count <= FEED_PEOPLE_MAX);
    assert(strlen(event->data) <= FEED_DATA_MAX);
    return db_run(db, QUERIES_FEED_TELL, values, 6, NULL, NULL, f);
}

/* ------------------------------------------------------------------ whom it reaches */

static bool names(const struct feed_event *event, int64_t person_id)
{
    if (person_id == 0)
        return false;
    for (int32_t i = 0; i < event->people_count; i++)
        if (event->people[i] == person_id)
            return true;
    return false;
}

bool feed_reaches(const struct orgs *orgs, const struct feed_listener *who,
                  const struct feed_event *event)
{
    if (event->org_id == FEED_NOBODY)
        return true;
    switch (who->kind) {
    case FEED_STAFF:
        return orgs_within(orgs, who->org_id, event->org_id) || names(event, who->person_id);
    case FEED_FIRM:
        return event->firm_id != 0 && event->firm_id == who->org_id;
    case FEED_OWN:
        return names(event, who->person_id);
    }
    return false;
}

/* ------------------------------------------------------------------ rows */

static struct feed_item item_of(const struct db_rows *rows, int32_t i, const int64_t *people,
                                int32_t people_count)
{
    return (struct feed_item){ .number = db_get_int(rows, i, 0),
                               .told_us = db_get_int(rows, i, 7),
                               .event = { .kind = db_get_text(rows, i, 1),
                                          .org_id = db_get_int(rows, i, 2),
                                          .firm_id = db_get_int(rows, i, 3),
                                          .incident_id = db_get_int(rows, i, 4),
                                          .people = people,
                                          .people_count = people_count,
                                          .data = db_get_text(rows, i, 6) } };
}

static void copy_people(const void *items, int32_t count, int64_t *out)
{
    for (int32_t i = 0; i < count; i++)
        out[i] = pgwire_item(items, i);
}

/* One block, so that it is freed as one. */
static struct feed_item *item_new(const struct db_rows *rows, int32_t row, size_t *size)
{
    int32_t count;
    const void *people = db_get_ints(rows, row, 5, &count);
    const size_t kind_size = strlen(db_get_text(rows, row, 1)) + 1;
    const size_t data_size = strlen(db_get_text(rows, row, 6)) + 1;
    struct feed_item *item;

    *size = sizeof *item + (size_t)count * sizeof(int64_t) + kind_size + data_size;
    item = malloc(*size);
    if (!item)
        abort();
    int64_t *to = (int64_t *)(item + 1);
    char *text = (char *)(to + count);

    copy_people(people, count, to);
    *item = item_of(rows, row, to, count);
    item->event.kind = memcpy(text, item->event.kind, kind_size);
    item->event.data = memcpy(text + kind_size, item->event.data, data_size);
    return item;
}

static size_t size_of(const struct feed_item *item)
{
    return sizeof *item + (size_t)item->event.people_count * sizeof(int64_t) +
           strlen(item->event.kind) + strlen(item->event.data) + 2;
}

bool feed_replay(struct db *db, int64_t after, int64_t to, int32_t most, struct arena *a,
                 struct feed_missed *out, struct fail *f)
{
    const struct db_value values[] = { db_int(after), db_int(to), db_int(most + 1) };
    const struct db_rows *rows;
    const struct db_rows *kept;

    /* What is forgotten between the two is in the first and behind the second's floor. */
    if (!db_run(db, QUERIES_FEED_REPLAY, values, 3, a, &rows, f) ||
        !db_run(db, QUERIES_FEED_KEPT, NULL, 0, a, &kept, f))
        return false;
    out->count = db_count(rows) > most ? most : db_count(rows);
    out->is_whole = db_count(rows) <= most && after >= db_get_int(kept, 0, 0) &&
                    after <= db_get_int(kept, 0, 1);
    out->items = arena_take(a, (size_t)out->count + 1, sizeof *out->items);
    for (int32_t i = 0; i < out->count; i++) {
        int32_t people_count;
        const void *people = db_get_ints(rows, i, 5, &people_count);
        int64_t *copy = arena_take(a, (size_t)people_count + 1, sizeof *copy);

        copy_people(people, people_count, copy);
        out->items[i] = item_of(rows, i, copy, people_count);
    }
    return true;
}

/* ------------------------------------------------------------------ the ring */

static void drop_oldest(struct feed *feed)
{
    struct feed_item **slot = &feed->ring[feed->first++ % FEED_RING_MAX];

    feed->size -= size_of(*slot);
    free(*slot);
    *slot = NULL;
}

static void start_from(struct feed *feed, int64_t head)
{
    while (feed->first <= feed->head)
        drop_oldest(feed);
    feed->head = head;
    feed->first = head + 1;
}

static void append(struct feed *feed, struct feed_item *item, size_t size)
{
    /* After days without the database some have been forgotten meanwhile. */
    if (item->number != feed->head + 1)
        start_from(feed, item->number - 1);
    while (feed->first <= feed->head &&
           (item->number - feed->first >= FEED_RING_MAX || feed->size + size > FEED_RING_BYTES))
        drop_oldest(feed);
    feed->ring[item->number % FEED_RING_MAX] = item;
    feed->size += size;
    feed->head = item->number;
}

struct feed_place feed_newest(struct feed *feed)
{
    pthread_mutex_lock(&feed->lock);
    const struct feed_place place = { feed->head, feed->life };

    pthread_mutex_unlock(&feed->lock);
    return place;
}

bool feed_read(struct feed *feed, struct feed_place *place,
               bool (*each)(void *self, const struct feed_item *item), void *self)
{
    pthread_mutex_lock(&feed->lock);
    const bool reaches = place->after + 1 >= feed->first && place->life == feed->life;

    while (reaches && place->after < feed->head &&
           each(self, feed->ring[(place->after + 1) % FEED_RING_MAX]))
        place->after++;
    pthread_mutex_unlock(&feed->lock);
    return reaches;
}

/* ------------------------------------------------------------------ the thread */

/* A database that was put back to an earlier state numbers anew: what is remembered
 * is of no use then. */
static void check_head(struct feed *feed, int64_t head)
{
    pthread_mutex_lock(&feed->lock);
    const int64_t before = feed->head;

    if (head < before) {
        start_from(feed, head);
        feed->life++;
    }
    pthread_mutex_unlock(&feed->lock);
    if (head < before)
        log_line(LOG_WARNING, "events_went_back", log_int("from", before), log_int("to", head));
}

static bool give_numbers(struct feed *feed, struct fail *f)
{
    const struct db_value numbering = db_int(feed->numbering);
    const struct db_rows *rows;

    if (!db_run(feed->db, QUERIES_FEED_LOOK, &numbering, 1, feed->arena, &rows, f))
        return false;
    const bool is_mine = db_get_int(rows, 0, 0) >= 0;

    const int64_t backend = db_get_int(rows, 0, 1);

    if (is_mine && feed->numbering == 0)
        log_line(LOG_INFO, "numbering_events", log_int("backend", backend));
    feed->numbering = is_mine ? backend : 0;
    if (backend != feed->listening) {
        if (!db_run(feed->db, QUERIES_FEED_LISTEN, NULL, 0, feed->arena, NULL, f))
            return false;
        feed->listening = backend;
    }
    check_head(feed, db_get_int(rows, 0, 2));
    return true;
}

static bool take_new(struct feed *feed, bool *has_news, struct fail *f)
{
    const struct db_value values[] = { db_int(feed_newest(feed).after), db_int(BATCH) };
    const struct db_rows *rows;

    if (!db_run(feed->db, QUERIES_FEED_SINCE, values, 2, feed->arena, &rows, f))
        return false;
    const int64_t now_us = clock_wall_us();
    const int32_t count = db_count(rows);

    pthread_mutex_lock(&feed->lock);
    for (int32_t i = 0; i < count; i++) {
        size_t size;
        struct feed_item *item = item_new(rows, i, &size);

        append(feed, item, size);
        metrics_observe_us(METRIC_EVENT_DELAY, now_us > item->told_us ? now_us - item->told_us : 0);
    }
    pthread_mutex_unlock(&feed->lock);
    metrics_set(METRIC_EVENT_NUMBER, feed_newest(feed).after);
    *has_news = count > 0;
    feed->is_full = count == BATCH;
    return true;
}

/* Said once when it begins and once when it is over. */
static void report(struct feed *feed, bool is_good, const struct fail *why)
{
    if (!is_good && !feed->is_away)
        log_line(LOG_WARNING, "events_away", log_text("code", fail_word(why->code)),
                 log_text("detail", why->text));
    if (is_good && feed->is_away)
        log_line(LOG_INFO, "events_again", log_int("number", feed_newest(feed).after));
    feed->is_away = !is_good;
}

static void look(struct feed *feed)
{
    struct fail why = { 0 };
    bool has_news = false;

    feed->is_full = false;

    const bool is_good = give_numbers(feed, &why) && take_new(feed, &has_news, &why);

    report(feed, is_good, &why);
    pthread_mutex_lock(&feed->watching);
    if (is_good && feed->looked)
        feed->looked(feed->self, feed->db, has_news);
    pthread_mutex_unlock(&feed->watching);
    arena_reset(feed->arena);
}

static void pause_a_little(struct feed *feed)
{
    static const struct timespec AWAY = { .tv_nsec = AWAY_MS * 1000000L };
    struct fail unsaid; /* the next look says it */

    if (feed->is_away)
        nanosleep(&AWAY, NULL);
    else if (!feed->is_full)
        (void)db_hear(feed->db, feed->numbering ? LOOK_MS : FOLLOW_MS, NULL, NULL, &unsaid);
}

static void *look_on(void *self)
{
    struct feed *feed = self;

    while (!feed->stopping) {
        look(feed);
        pause_a_little(feed);
    }
    return NULL;
}

void feed_watch(struct feed *feed, void (*looked)(void *self, struct db *db, bool has_news),
                void *self)
{
    pthread_mutex_lock(&feed->watching);
    feed->looked = looked;
    feed->self = self;
    pthread_mutex_unlock(&feed->watching);
}

/* ------------------------------------------------------------------ opening */

static bool find_head(struct feed *feed, const char *database, struct fail *f)
{
    const struct db_rows *rows;

    feed->db = db_open(database, f);
    if (!feed->db || !db_become(feed->db, DB_ENGINE, f) || !db_limit(feed->db, LIMIT_MS, f) ||
        !db_run(feed->db, QUERIES_FEED_HEAD, NULL, 0, feed->arena, &rows, f))
        return false;
    start_from(feed, db_get_int(rows, 0, 0));
    return true;
}

static void give_back(struct feed *feed)
{
    while (feed->first <= feed->head)
        drop_oldest(feed);
    db_close(feed->db);
    arena_free(feed->arena);
    pthread_mutex_destroy(&feed->lock);
    pthread_mutex_destroy(&feed->watching);
    free(feed);
}

struct feed *feed_open(const char *database, struct fail *f)
{
    struct feed *feed = calloc(1, sizeof *feed);

    if (!feed)
        abort();
    feed->arena = arena_new();
    feed->first = 1;
    pthread_mutex_init(&feed->watching, NULL);
    pthread_mutex_init(&feed->lock, NULL);
    if (!find_head(feed, database, f)) {
        give_back(feed);
        return NULL;
    }
    if (pthread_create(&feed->thread, NULL, look_on, feed) != 0) {
        fail_set(f, FAIL_BROKEN, THREAD_REFUSED, "the system gives no thread for the events");
        give_back(feed);
        return NULL;
    }
    return feed;
}

void feed_close(struct feed *feed)
{
    if (!feed)
        return;
    feed->stopping = true;
    pthread_join(feed->thread, NULL);
    give_back(feed);
}
