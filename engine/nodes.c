/* Notifications arrive in the order of the commits, so whoever hears her own beat has
 * heard all that was committed before it. They are lost with the connection alone; the
 * numbers of the batches say when that was not noticed.
 *
 * Someone who comes on duty on one node may be located through another before this one
 * knows it: her first fixes are held back until people have been followed. */
#include "engine/nodes.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/clock.h"
#include "engine/db.h"
#include "engine/log.h"
#include "engine/metrics.h"
#include "engine/reach.h"
#include "engine/relay.h"

enum {
    WAIT_MS = 100,    /* longest that nothing is looked after */
    FOLLOW_MS = 100,  /* least time between two looks for changed people */
    LIMIT_MS = 20000, /* for a statement */
    AWAY_MS = 50,     /* between two tries; engine/reach sees to it that they are cheap */
    HELD_MAX = 20000, /* fixes of people who are not known to be tracked yet */
    CHUNK = 256,      /* positions read at once */
    NAME_SIZE = 64,
};

struct peer {
    struct nodes_one one;
    char name[NAME_SIZE];
    char version[NAME_SIZE];
};

struct nodes {
    char *database;
    char name[NAME_SIZE];
    struct live *live;
    int64_t node_id;
    int64_t started_us;
    bool (*follow)(void *self, struct fail *f);
    void *self;
    int32_t ear_count;
    struct nodes_ear ears[NODES_EAR_MAX];

    /* The thread's own. Times are of the steady clock. */
    struct db *listening;
    struct db *db;
    struct arena *arena; /* of one round */
    bool is_listening;
    bool is_away;                              /* and it was said */
    int64_t listened_us, beat_us, followed_us; /* when that was last begun */
    bool follow_wanted;
    struct relay_order order;
    int32_t held_count;
    struct live_fix *held;

    pthread_t thread;
    bool has_thread;
    _Atomic bool stopping;

    pthread_mutex_t lock; /* guards the rest */
    bool is_behind;       /* something was missed */
    int64_t heard_us;     /* up to then all has been heard, by both clocks */
    int64_t heard_wall_us;
    int64_t lag_us;
    int64_t resync_count;
    int64_t listed_us; /* when the peers were looked at */
    int32_t peer_count;
    struct peer peers[NODES_LIST_MAX];
};

/* ------------------------------------------------------------------ being behind */

static void fall_behind(struct nodes *n, const char *reason)
{
    pthread_mutex_lock(&n->lock);
    const bool is_news = !n->is_behind;

    n->is_behind = true;
    pthread_mutex_unlock(&n->lock);
    if (is_news)
        log_line(LOG_WARNING, "positions_missed", log_text("reason", reason));
}

static bool is_behind(struct nodes *n)
{
    pthread_mutex_lock(&n->lock);
    const bool behind = n->is_behind;

    pthread_mutex_unlock(&n->lock);
    return behind;
}

/* Under the lock. */
static int64_t stale_since(const struct nodes *n)
{
    const bool is_stale = n->is_behind || reach_is_away() ||
                          clock_steady_us() - n->heard_us > NODES_SILENT_MS * 1000LL;

    return is_stale ? n->heard_wall_us : 0;
}

bool nodes_stale(struct nodes *n, int64_t *since_us)
{
    pthread_mutex_lock(&n->lock);
    const int64_t since = stale_since(n);

    pthread_mutex_unlock(&n->lock);
    if (since)
        *since_us = since;
    return since != 0;
}

/* ------------------------------------------------------------------ positions heard */

/* Live takes them, then the others who listen. */
static void take(struct nodes *n, struct live_fix *fixes, int32_t count)
{
    live_snap(n->live, fixes, count);
    live_move(n->live, fixes, count);
    for (int32_t i = 0; i < n->ear_count; i++)
        n->ears[i].heard(n->ears[i].self, fixes, count);
    metrics_count(METRIC_POSITIONS_HEARD, count);
}

/* Keeps those back whom this process does not know as tracked; how many are left. */
static int32_t hold_back(struct nodes *n, struct live_fix *fixes, int32_t count)
{
    int32_t kept = 0;

    live_read(n->live);
    for (int32_t i = 0; i < count; i++) {
        if (live_tracks(n->live, fixes[i].person_id))
            fixes[kept++] = fixes[i];
        else if (n->held_count < HELD_MAX)
            n->held[n->held_count++] = fixes[i];
    }
    live_read_end(n->live);
    if (n->held_count == HELD_MAX)
        fall_behind(n, "people");
    n->follow_wanted |= n->held_count > 0;
    return kept;
}

static void hear_positions(struct nodes *n, const char *said)
{
    struct relay_text text;

    if (!relay_unpack(said, n->arena, &text)) {
        fall_behind(n, "unreadable");
        return;
    }
    if (text.from.node_id == n->node_id)
        return; /* our own writers have moved live already */
    if (!relay_follows(&n->order, &text))
        fall_behind(n, "gap");
    take(n, text.fixes, hold_back(n, text.fixes, text.count));
}

/* ------------------------------------------------------------------ beats */

/* "node moment": our own says up to when we have heard everything. */
static void hear_beat(struct nodes *n, const char *said)
{
    char *end;
    const int64_t node_id = strtoll(said, &end, 10);
    const int64_t now_us = clock_steady_us();

    if (node_id != n->node_id)
        return;
    pthread_mutex_lock(&n->lock);
    n->heard_us = strtoll(end, NULL, 10);
    n->lag_us = now_us - n->heard_us;
    n->heard_wall_us = clock_wall_us() - n->lag_us;
    metrics_observe_us(METRIC_FEED_DELAY, n->lag_us);
    pthread_mutex_unlock(&n->lock);
}

static void hear_one(void *self, const char *channel, const char *said)
{
    struct nodes *n = self;

    if (strcmp(channel, "vigil_position") == 0)
        hear_positions(n, said);
    else if (strcmp(channel, "vigil_person") == 0)
        n->follow_wanted = true;
    else
        hear_beat(n, said);
}

static struct nodes_one self_now(struct nodes *n)
{
    struct nodes_one one = { .node_id = n->node_id,
                             .name = n->name,
                             .version = VIGIL_VERSION,
                             .is_self = true,
                             .started_us = n->started_us };

    live_read(n->live);
    one.index_hash = live_hash(n->live);
    one.placed_count = live_placed_count(n->live);
    live_read_end(n->live);
    pthread_mutex_lock(&n->lock);
    one.lag_us = n->lag_us;
    one.resync_count = n->resync_count;
    one.stale_since_us = stale_since(n);
    pthread_mutex_unlock(&n->lock);
    return one;
}

static void keep_text(char *to, const char *text)
{
    const size_t size = strnlen(text, NAME_SIZE - 1);

    memcpy(to, text, size);
    to[size] = '\0';
}

static void keep_peers(struct nodes *n, const struct db_rows *rows)
{
    int32_t awake = 0;

    pthread_mutex_lock(&n->lock);
    n->listed_us = clock_steady_us();
    n->peer_count = 0;
    for (int32_t i = 0; i < db_count(rows) && n->peer_count < NODES_LIST_MAX; i++) {
        struct peer *p = &n->peers[n->peer_count];

        if (db_get_int(rows, i, 0) == n->node_id)
            continue;
        p->one = (struct nodes_one){ .node_id = db_get_int(rows, i, 0),
                                     .started_us = db_get_int(rows, i, 3),
                                     .silence_us = db_get_int(rows, i, 4),
                                     .index_hash = (uint64_t)db_get_int(rows, i, 5),
                                     .placed_count = db_get_int(rows, i, 6),
                                     .lag_us = db_get_int(rows, i, 7),
                                     .resync_count = db_get_int(rows, i, 8),
                                     .stale_since_us = db_get_int(rows, i, 9) };
        keep_text(p->name, db_get_text(rows, i, 1));
        keep_text(p->version, db_get_text(rows, i, 2));
        awake += p->one.silence_us <= NODES_SILENT_MS * 1000LL;
        n->peer_count++;
    }
    pthread_mutex_unlock(&n->lock);
    metrics_set(METRIC_NODES, awake + 1);
}

static bool beat(struct nodes *n, struct fail *f)
{
    const struct nodes_one now = self_now(n);
    const struct db_rows *rows;

    n->beat_us = clock_steady_us();

    const struct db_value values[] = {
        db_int(n->node_id),
        db_text(n->name),
        db_text(VIGIL_VERSION),
        db_int(n->started_us),
        db_int((int64_t)now.index_hash),
        db_int(now.placed_count),
        db_int(now.lag_us),
        db_int(now.resync_count),
        db_int(now.stale_since_us),
        db_int(n->beat_us),
    };

    metrics_set(METRIC_STALE, now.stale_since_us != 0);
    if (!db_run(n->db, QUERIES_NODE_BEAT, values, sizeof values / sizeof *values, n->arena, &rows,
                f))
        return false;
    keep_peers(n, rows);
    if (db_count(rows) > 0)
        metrics_set(METRIC_FEED_QUEUE, (int64_t)(db_get_double(rows, 0, 10) * 100));
    return true;
}

/* ------------------------------------------------------------------ reading again */

struct reading {
    struct nodes *nodes;
    int32_t count;
    struct live_fix fixes[CHUNK];
};

static void apply(struct reading *r)
{
    live_snap(r->nodes->live, r->fixes, r->count);
    live_move(r->nodes->live, r->fixes, r->count);
    r->count = 0;
}

static bool read_one(void *self, const struct db_rows *row, struct fail *f)
{
    struct reading *r = self;

    (void)f;
    r->fixes[r->count++] = (struct live_fix){
        .person_id = db_get_int(row, 0, 0),
        .at = { .lon = (int32_t)db_get_int(row, 0, 1), .lat = (int32_t)db_get_int(row, 0, 2) },
        .accuracy_dm = (int32_t)db_get_int(row, 0, 3),
        .speed_cms = (int32_t)db_get_int(row, 0, 4),
        .fix_us = db_get_int(row, 0, 5),
        .received_us = db_get_int(row, 0, 6),
        .flags = (uint32_t)db_get_int(row, 0, 7) & ~(uint32_t)LIVE_UNBELIEVED,
    };
    if (r->count == CHUNK)
        apply(r);
    return true;
}

/* People first: then those who have gone off duty meanwhile are known as such. */
static bool catch_up(struct nodes *n, struct fail *f)
{
    const int64_t began = clock_steady_us();
    struct reading *r = arena_take(n->arena, 1, sizeof *r);

    r->nodes = n;
    if (!n->follow(n->self, f) || !db_each(n->db, QUERIES_NODE_POSITIONS, NULL, 0, read_one, r, f))
        return false;
    apply(r);
    n->followed_us = began;
    n->follow_wanted = false;
    n->held_count = 0;
    for (int32_t i = 0; i < n->ear_count; i++)
        if (n->ears[i].lost)
            n->ears[i].lost(n->ears[i].self);
    pthread_mutex_lock(&n->lock);
    n->is_behind = false;
    n->resync_count++;
    pthread_mutex_unlock(&n->lock);
    metrics_count(METRIC_RESYNCS, 1);
    log_line(LOG_INFO, "positions_read_again",
             log_int("took_ms", (clock_steady_us() - began) / 1000));
    return true;
}

/* ------------------------------------------------------------------ the thread */

static bool listen_anew(struct nodes *n, struct fail *f)
{
    n->order.count = 0; /* what they have told meanwhile is about to be read */
    n->listened_us = clock_steady_us();
    db_close(n->listening);
    n->listening = db_open(n->database, f);
    n->is_listening = n->listening && db_become(n->listening, DB_ENGINE, f) &&
                      db_run(n->listening, QUERIES_NODE_LISTEN, NULL, 0, NULL, NULL, f);
    return n->is_listening;
}

static bool hear(struct nodes *n, struct fail *f)
{
    const int64_t now_us = clock_steady_us();
    const int64_t beat_us = n->beat_us + NODES_BEAT_MS * 1000LL;
    const int64_t follow_us = n->follow_wanted ? n->followed_us + FOLLOW_MS * 1000LL : beat_us;
    const int64_t until_us = follow_us < beat_us ? follow_us : beat_us;

    const int64_t wait_ms = until_us > now_us ? (until_us - now_us) / 1000 + 1 : 0;

    if (db_hear(n->listening, wait_ms < WAIT_MS ? wait_ms : WAIT_MS, hear_one, n, f))
        return true;
    n->is_listening = false;
    fall_behind(n, "connection");
    return false;
}

/* Those who were held back are taken, now that it is known whether they are tracked. */
static bool follow(struct nodes *n, struct fail *f)
{
    if (!n->follow(n->self, f))
        return false;
    n->followed_us = clock_steady_us();
    n->follow_wanted = false;
    const int32_t held = n->held_count;

    n->held_count = 0;
    live_read(n->live);
    int32_t kept = 0;

    for (int32_t i = 0; i < held; i++)
        if (live_tracks(n->live, n->held[i].person_id))
            n->held[kept++] = n->held[i];
    live_read_end(n->live);
    take(n, n->held, kept);
    return true;
}

static bool is_due(int64_t last_us, int64_t every_ms)
{
    return clock_steady_us() - last_us >= every_ms * 1000;
}

/* A connection that is open and says nothing is worth nothing. */
static void mind_silence(struct nodes *n)
{
    pthread_mutex_lock(&n->lock);
    const int64_t last_us = n->heard_us > n->listened_us ? n->heard_us : n->listened_us;
    const bool is_silent = n->is_listening && is_due(last_us, NODES_SILENT_MS);

    pthread_mutex_unlock(&n->lock);
    if (!is_silent)
        return;
    n->is_listening = false;
    fall_behind(n, "silence");
}

static bool go_round(struct nodes *n, struct fail *f)
{
    return (n->is_listening || listen_anew(n, f)) && (!is_behind(n) || catch_up(n, f)) &&
           hear(n, f) &&
           (!n->follow_wanted || !is_due(n->followed_us, FOLLOW_MS) || follow(n, f)) &&
           (!is_due(n->beat_us, NODES_BEAT_MS) || beat(n, f));
}

/* Said once when it begins and once when it is over. */
static void report(struct nodes *n, bool is_good, const struct fail *why)
{
    if (!is_good && !n->is_away)
        log_line(LOG_WARNING, "nodes_away", log_text("code", fail_word(why->code)),
                 log_text("detail", why->text));
    if (is_good && n->is_away)
        log_line(LOG_INFO, "nodes_again", log_int("node_id", n->node_id));
    n->is_away = !is_good;
}

static void *listen_on(void *self)
{
    static const struct timespec AWAY = { .tv_nsec = AWAY_MS * 1000000L };
    struct nodes *n = self;

    while (!n->stopping) {
        struct fail why = { 0 };
        const bool is_good = go_round(n, &why);

        report(n, is_good, &why);
        mind_silence(n);
        arena_reset(n->arena);
        if (!is_good)
            nanosleep(&AWAY, NULL);
    }
    return NULL;
}

/* ------------------------------------------------------------------ opening */

static bool enter(struct nodes *n, struct fail *f)
{
    const struct db_value values[] = { db_text(n->name), db_text(VIGIL_VERSION) };
    const struct db_rows *rows;

    n->db = db_open(n->database, f);
    if (!n->db || !db_become(n->db, DB_ENGINE, f) || !db_limit(n->db, LIMIT_MS, f) ||
        !db_run(n->db, QUERIES_NODE_ENTER, values, 2, n->arena, &rows, f))
        return false;
    n->node_id = db_get_int(rows, 0, 0);
    n->started_us = n->heard_wall_us = clock_wall_us();
    n->heard_us = clock_steady_us();
    return listen_anew(n, f);
}

struct nodes *nodes_open(const char *database, const char *name, struct live *l, struct fail *f)
{
    struct nodes *n = calloc(1, sizeof *n);

    if (!n || !(n->database = strdup(database)))
        abort();
    n->held = calloc(HELD_MAX, sizeof *n->held);
    if (!n->held)
        abort();
    keep_text(n->name, name);
    n->live = l;
    n->arena = arena_new();
    pthread_mutex_init(&n->lock, NULL);
    if (enter(n, f))
        return n;
    nodes_close(n);
    return NULL;
}

void nodes_add_ear(struct nodes *n, struct nodes_ear ear)
{
    assert(!n->has_thread && n->ear_count < NODES_EAR_MAX);
    n->ears[n->ear_count++] = ear;
}

bool nodes_start(struct nodes *n, bool (*follow_people)(void *self, struct fail *f), void *self,
                 struct fail *f)
{
    n->follow = follow_people;
    n->self = self;
    n->has_thread = pthread_create(&n->thread, NULL, listen_on, n) == 0;
    return n->has_thread ||
           fail_set(f, FAIL_BROKEN, THREAD_REFUSED, "the system gives no thread for the nodes");
}

void nodes_stop(struct nodes *n)
{
    if (!n || !n->has_thread)
        return;
    n->stopping = true;
    pthread_join(n->thread, NULL);
    n->has_thread = false;
}

void nodes_close(struct nodes *n)
{
    const struct db_value value = db_int(n ? n->node_id : 0);
    struct fail unsaid; /* others see that we are gone by our silence */

    if (!n)
        return;
    nodes_stop(n);
    if (n->node_id)
        (void)db_run(n->db, QUERIES_NODE_LEAVE, &value, 1, NULL, NULL, &unsaid);
    db_close(n->listening);
    db_close(n->db);
    pthread_mutex_destroy(&n->lock);
    arena_free(n->arena);
    free(n->held);
    free(n->database);
    free(n);
}

int64_t nodes_id(const struct nodes *n)
{
    return n->node_id;
}

/* ------------------------------------------------------------------ the list */

static int by_number(const void *one, const void *other)
{
    const int64_t a = ((const struct nodes_one *)one)->node_id;
    const int64_t b = ((const struct nodes_one *)other)->node_id;

    return (a > b) - (a < b);
}

int32_t nodes_list(struct nodes *n, struct arena *a, const struct nodes_one **out)
{
    struct nodes_one *all = arena_take(a, NODES_LIST_MAX + 1, sizeof *all);
    int32_t count = 0;

    all[count++] = self_now(n);
    pthread_mutex_lock(&n->lock);
    const int64_t since_us = clock_steady_us() - n->listed_us;

    for (int32_t i = 0; i < n->peer_count; i++) {
        struct nodes_one *one = &all[count++];

        *one = n->peers[i].one;
        one->name = arena_copy(a, n->peers[i].name, strlen(n->peers[i].name));
        one->version = arena_copy(a, n->peers[i].version, strlen(n->peers[i].version));
        one->silence_us += since_us;
        one->is_silent = one->silence_us > NODES_SILENT_MS * 1000LL;
    }
    pthread_mutex_unlock(&n->lock);
    qsort(all, (size_t)count, sizeof *all, by_number);
    *out = all;
    return count;
}
