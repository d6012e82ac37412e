/* One lock for all streams: what is done under it is brief, a few copies a listener,
 * and whoever wakes a connection must know that it is still there. */
#include "api/streams.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/clock.h"
#include "engine/config.h"
#include "engine/engine.h"
#include "engine/log.h"
#include "engine/metrics.h"
#include "engine/orgs.h"
#include "engine/tokens.h"
#include "geo/base/arena.h"
#include "geo/base/emit.h"
#include "geo/instant.h"

static const int64_t SECOND_US = 1000000;

enum ending { GOES_ON, HUNG_UP, SERVER_STOPS, TOKEN_ENDED, FELL_BEHIND };

struct stream {
    struct streams *all;
    int64_t token_id;
    int64_t expires_us; /* of the token, wall clock; 0: not yet known */
    struct feed_listener who;
    struct streams_carrier carrier; /* empty until it is carried */
    struct buf waiting;
    size_t taken;                 /* of it, already */
    struct feed_place place;      /* the last event that was looked at */
    int64_t said_us;              /* when something was last put in; steady clock */
    int64_t since_us, sent_count; /* for the log */
    enum ending ending;
    bool is_full; /* more stands in the feed than there was room for */
    bool asked;   /* whether the token lives */
    bool rests;   /* the carrier waits to be woken */
    bool started; /* it has got what it had missed */
    struct stream *previous, *next;
};

struct streams {
    struct engine *engine;
    struct feed *feed;
    int64_t most, most_per_token;
    int64_t heartbeat_us;
    struct arena *arena; /* of the feed's thread, for looks at tokens */
    int64_t tokens_us;   /* the feed's thread: when it looked last; steady clock */

    pthread_mutex_t lock; /* the rest, and all of every stream */
    pthread_cond_t woken;
    struct stream *first;
    int64_t count;
    bool has_news, shut, stopping;
    pthread_t thread;
};

/* ------------------------------------------------------------------ writing */

/* A line feed within the JSON can only be white space: it begins another line of data. */
static void put_lines(struct buf *out, const struct buf *json)
{
    const char *at = json->bytes;
    const char *end = json->bytes + json->size;

    while (at < end) {
        const char *feed = memchr(at, '\n', (size_t)(end - at));
        const char *stop = feed ? feed : end;

        buf_string(out, "data: ");
        buf_put(out, at, (size_t)(stop - at));
        buf_byte(out, '\n');
        at = stop + 1;
    }
}

void streams_write(struct buf *out, const struct feed_item *item)
{
    const struct feed_event *event = &item->event;
    struct buf json = { 0 };
    struct emit e = emit_to(&json);
    char at[INSTANT_SIZE];

    instant_write(item->told_us, at);
    emit_object(&e);
    emit_key_int(&e, "number", item->number);
    emit_key_text(&e, "kind", event->kind);
    emit_key_text(&e, "at", at);
    emit_key(&e, "org_id");
    if (event->org_id == FEED_NOBODY)
        emit_null(&e);
    else
        emit_int(&e, event->org_id);
    if (event->incident_id)
        emit_key_int(&e, "incident_id", event->incident_id);
    emit_key(&e, "data");
    emit_raw(&e, event->data, strlen(event->data));
    emit_end(&e);
    buf_format(out, "id: %lld\nevent: %s\n", (long long)item->number, event->kind);
    put_lines(out, &json);
    buf_byte(out, '\n');
    buf_free(&json);
}

/* ------------------------------------------------------------------ one stream */

static void end(struct stream *stream, enum ending why)
{
    if (stream->ending == GOES_ON)
        stream->ending = why;
}

static void wake(struct stream *stream)
{
    if (!stream->rests)
        return;
    stream->rests = false;
    stream->carrier.wake(stream->carrier.self);
}

/* What may be put in at this moment; the orgs are held. */
struct pump {
    struct stream *stream;
    const struct orgs *orgs;
};

static bool put_one(void *self, const struct feed_item *item)
{
    const struct pump *p = self;
    struct stream *stream = p->stream;

    if (stream->waiting.size - stream->taken >= STREAMS_BUFFER_MAX) {
        stream->is_full = true;
        return false;
    }
    if (feed_reaches(p->orgs, &stream->who, &item->event)) {
        streams_write(&stream->waiting, item);
        stream->sent_count++;
        metrics_count(METRIC_EVENTS_SENT, 1);
    }
    return true;
}

/* The number tells her from where to go on, also when what she missed was not for her. */
static void put_heartbeat(struct stream *stream)
{
    buf_format(&stream->waiting, ":\nid: %lld\n\n", (long long)stream->place.after);
}

static void pump(struct stream *stream, const struct orgs *orgs, int64_t now_us)
{
    struct pump p = { stream, orgs };
    const size_t before = stream->waiting.size;

    if (stream->ending == GOES_ON && stream->expires_us && clock_wall_us() >= stream->expires_us)
        end(stream, TOKEN_ENDED);
    if (stream->started && stream->ending == GOES_ON) {
        stream->is_full = false;
        if (!feed_read(stream->all->feed, &stream->place, put_one, &p))
            end(stream, FELL_BEHIND);
        else if (stream->waiting.size == before &&
                 now_us - stream->said_us >= stream->all->heartbeat_us)
            put_heartbeat(stream);
        if (stream->waiting.size != before)
            stream->said_us = now_us;
    }
    if (stream->waiting.size > stream->taken || stream->ending != GOES_ON)
        wake(stream);
}

void streams_put(struct stream *stream, const struct feed_item *item)
{
    streams_write(&stream->waiting, item);
    stream->sent_count++;
}

void streams_reset(struct stream *stream, int64_t head)
{
    buf_clear(&stream->waiting);
    buf_format(&stream->waiting, "id: %lld\nevent: reset\ndata: {\"number\":%lld}\n\n",
               (long long)head, (long long)head);
}

void streams_start(struct stream *stream, const struct feed_place *from)
{
    pthread_mutex_lock(&stream->all->lock);
    stream->place = *from;
    stream->started = true;
    buf_format(&stream->waiting, "retry: 1000\nid: %lld\n\n", (long long)from->after);
    pthread_mutex_unlock(&stream->all->lock);
}

size_t streams_waiting(const struct stream *stream)
{
    return stream->waiting.size;
}

void streams_carry(struct stream *stream, const struct streams_carrier *carrier)
{
    pthread_mutex_lock(&stream->all->lock);
    stream->carrier = *carrier;
    pthread_mutex_unlock(&stream->all->lock);
}

int64_t streams_read(struct stream *stream, char *out, size_t most)
{
    struct streams *s = stream->all;
    int64_t size = -1;

    pthread_mutex_lock(&s->lock);
    const size_t there = stream->waiting.size - stream->taken;

    if (there > 0 && (stream->ending == GOES_ON || stream->ending == SERVER_STOPS)) {
        size = (int64_t)(there < most ? there : most);
        memcpy(out, stream->waiting.bytes + stream->taken, (size_t)size);
        stream->taken += (size_t)size;
        if ((size_t)size == there) {
            buf_clear(&stream->waiting);
            if (stream->waiting.room > STREAMS_BUFFER_MAX)
                buf_free(&stream->waiting);
            stream->taken = 0;
            if (stream->is_full) {
                s->has_news = true;
                pthread_cond_signal(&s->woken);
            }
        }
    } else if (stream->ending == GOES_ON) {
        size = 0;
        stream->rests = true;
        stream->carrier.rest(stream->carrier.self);
    }
    pthread_mutex_unlock(&s->lock);
    return size;
}

/* ------------------------------------------------------------------ coming and going */

/* Nobody tells when the listener of a connection that rests hangs up: it is asked for. */
static void look_who_is_gone(struct streams *s)
{
    for (struct stream *stream = s->first; stream; stream = stream->next) {
        if (!stream->rests || !stream->carrier.gone(stream->carrier.self))
            continue;
        end(stream, HUNG_UP);
        wake(stream);
    }
}

/* Those who still listen, all and with this token. */
static void count_listeners(const struct streams *s, int64_t token_id, int64_t *all, int64_t *own)
{
    *all = *own = 0;
    for (const struct stream *other = s->first; other; other = other->next) {
        *all += other->ending == GOES_ON;
        *own += other->ending == GOES_ON && other->token_id == token_id;
    }
}

static bool has_room(struct streams *s, int64_t token_id, struct fail *f)
{
    int64_t all, own;

    if (s->shut)
        return fail_set(f, FAIL_BUSY, SERVER_STOPPING, "the server is stopping");
    count_listeners(s, token_id, &all, &own);
    if (all >= s->most || own >= s->most_per_token) {
        look_who_is_gone(s);
        count_listeners(s, token_id, &all, &own);
    }
    if (all >= s->most) {
        fail_set(f, FAIL_BUSY, LISTENERS_FULL, "%lld are listening already", (long long)all);
        return fail_allowed(f, "%lld listeners", (long long)s->most);
    }
    if (own >= s->most_per_token) {
        fail_set(f, FAIL_BUSY, LISTENERS_FULL, "%lld are listening with this token already",
                 (long long)own);
        return fail_allowed(f, "%lld listeners with one token", (long long)s->most_per_token);
    }
    return true;
}

bool streams_add(struct streams *s, int64_t token_id, const struct feed_listener *who,
                 struct stream **out, struct fail *f)
{
    const int64_t now_us = clock_steady_us();
    struct stream *stream = NULL;

    pthread_mutex_lock(&s->lock);
    if (has_room(s, token_id, f)) {
        stream = calloc(1, sizeof *stream);
        if (!stream)
            abort();
        *stream = (struct stream){ .all = s,
                                   .token_id = token_id,
                                   .who = *who,
                                   .since_us = now_us,
                                   .said_us = now_us,
                                   .next = s->first };
        if (s->first)
            s->first->previous = stream;
        s->first = stream;
        metrics_set(METRIC_LISTENERS, ++s->count);
    }
    pthread_mutex_unlock(&s->lock);
    *out = stream;
    return stream != NULL;
}

void streams_give_up(void *self)
{
    static const char *const WHY[] = { "listener", "listener", "server", "token", "behind" };
    struct stream *stream = self;
    struct streams *s = stream->all;

    pthread_mutex_lock(&s->lock);
    if (stream->previous)
        stream->previous->next = stream->next;
    else
        s->first = stream->next;
    if (stream->next)
        stream->next->previous = stream->previous;
    metrics_set(METRIC_LISTENERS, --s->count);
    pthread_cond_signal(&s->woken);
    pthread_mutex_unlock(&s->lock);
    if (stream->ending == FELL_BEHIND)
        metrics_count(METRIC_LISTENERS_CUT, 1);
    log_line(LOG_INFO, "listener_gone", log_int("token_id", stream->token_id),
             log_text("ended_by", WHY[stream->ending]), log_int("events", stream->sent_count),
             log_int("took_ms", (clock_steady_us() - stream->since_us) / 1000));
    buf_free(&stream->waiting);
    free(stream);
}

/* ------------------------------------------------------------------ tokens */

/* The tokens with which somebody listens. A stream that comes while the database is
 * asked is looked at the next time. */
static int64_t *gather_tokens(struct streams *s, int32_t *count)
{
    pthread_mutex_lock(&s->lock);
    int64_t *ids = arena_take(s->arena, (size_t)s->count + 1, sizeof *ids);

    *count = 0;
    for (struct stream *stream = s->first; stream; stream = stream->next) {
        stream->asked = true;
        ids[(*count)++] = stream->token_id;
    }
    pthread_mutex_unlock(&s->lock);
    return ids;
}

static int compare_lives(const void *a, const void *b)
{
    const struct tokens_life *left = a, *right = b;

    return (left->token_id > right->token_id) - (left->token_id < right->token_id);
}

static void take_lives(struct streams *s, const struct tokens_life *lives, int32_t count)
{
    for (struct stream *stream = s->first; stream; stream = stream->next) {
        const struct tokens_life key = { .token_id = stream->token_id };
        const struct tokens_life *life =
            bsearch(&key, lives, (size_t)count, sizeof *lives, compare_lives);

        if (!stream->asked)
            continue;
        if (life) {
            stream->expires_us = life->expires_us;
        } else {
            end(stream, TOKEN_ENDED);
            wake(stream);
        }
    }
}

static void check_tokens(struct streams *s, struct db *db)
{
    struct fail ignored = { 0 }; /* the feed says who is away; the next look asks again */
    struct tokens_life *lives;
    int32_t asked, count;
    const int64_t *ids = gather_tokens(s, &asked);

    if (asked > 0 && tokens_living(db, ids, asked, s->arena, &lives, &count, &ignored)) {
        pthread_mutex_lock(&s->lock);
        take_lives(s, lives, count);
        pthread_mutex_unlock(&s->lock);
    }
    arena_reset(s->arena);
}

/* On the feed's thread. */
static void looked(void *self, struct db *db, bool has_news)
{
    struct streams *s = self;
    const int64_t now_us = clock_steady_us();

    if (has_news) {
        pthread_mutex_lock(&s->lock);
        s->has_news = true;
        pthread_cond_signal(&s->woken);
        pthread_mutex_unlock(&s->lock);
    }
    if (now_us - s->tokens_us >= STREAMS_TOKEN_MS * 1000LL) {
        s->tokens_us = now_us;
        check_tokens(s, db);
    }
}

/* ------------------------------------------------------------------ the thread */

static void wait_for_news(struct streams *s)
{
    const int64_t until_us = clock_steady_us() + SECOND_US;
    const struct timespec until = { .tv_sec = until_us / SECOND_US,
                                    .tv_nsec = until_us % SECOND_US * 1000 };

    while (!s->has_news && !s->stopping && clock_steady_us() < until_us)
        pthread_cond_timedwait(&s->woken, &s->lock, &until);
    s->has_news = false;
}

static void *pump_on(void *self)
{
    struct streams *s = self;
    int64_t gone_us = 0; /* when it was last looked who is gone */

    pthread_mutex_lock(&s->lock);
    while (!s->stopping) {
        wait_for_news(s);
        pthread_mutex_unlock(&s->lock);
        const struct orgs *orgs = engine_orgs(s->engine);

        pthread_mutex_lock(&s->lock);
        const int64_t now_us = clock_steady_us();

        if (now_us - gone_us >= SECOND_US) {
            gone_us = now_us;
            look_who_is_gone(s);
        }
        for (struct stream *stream = s->first; stream; stream = stream->next)
            pump(stream, orgs, now_us);
        pthread_mutex_unlock(&s->lock);
        orgs_drop(orgs);
        pthread_mutex_lock(&s->lock);
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

struct streams *streams_open(struct engine *engine, const struct config *c)
{
    struct streams *s = calloc(1, sizeof *s);
    pthread_condattr_t steady;

    if (!s)
        abort();
    s->engine = engine;
    s->feed = engine_feed(engine);
    s->most = config_int(c, CONFIG_MAX_LISTENERS);
    s->most_per_token = config_int(c, CONFIG_MAX_LISTENERS_PER_TOKEN);
    s->heartbeat_us = config_int(c, CONFIG_HEARTBEAT_S) * SECOND_US;
    s->arena = arena_new();
    pthread_mutex_init(&s->lock, NULL);
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_cond_init(&s->woken, &steady);
    pthread_condattr_destroy(&steady);
    if (pthread_create(&s->thread, NULL, pump_on, s) != 0) {
        fprintf(stderr, "no thread can be started\n");
        abort();
    }
    feed_watch(s->feed, looked, s);
    return s;
}

void streams_shut(struct streams *s)
{
    if (!s)
        return;
    pthread_mutex_lock(&s->lock);
    s->shut = true;
    for (struct stream *stream = s->first; stream; stream = stream->next) {
        end(stream, SERVER_STOPS);
        wake(stream);
    }
    pthread_mutex_unlock(&s->lock);
}

void streams_close(struct streams *s)
{
    if (!s)
        return;
    feed_watch(s->feed, NULL, NULL);
    pthread_mutex_lock(&s->lock);
    s->stopping = true;
    pthread_cond_signal(&s->woken);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->thread, NULL);
    assert(s->count == 0);
    arena_free(s->arena);
    pthread_cond_destroy(&s->woken);
    pthread_mutex_destroy(&s->lock);
    free(s);
}
