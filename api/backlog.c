#include "api/backlog.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/metrics.h"

struct backlog {
    pthread_mutex_t lock; /* everything below */
    pthread_cond_t changed;
    struct backlog_item *first, **end;
    int64_t count, most;
    bool shut;
};

struct backlog *backlog_new(int64_t most)
{
    struct backlog *b = calloc(1, sizeof *b);

    if (!b) {
        fprintf(stderr, "out of memory: the backlog\n");
        abort();
    }
    pthread_mutex_init(&b->lock, NULL);
    pthread_cond_init(&b->changed, NULL);
    b->end = &b->first;
    b->most = most;
    return b;
}

void backlog_free(struct backlog *b)
{
    if (!b)
        return;
    pthread_mutex_destroy(&b->lock);
    pthread_cond_destroy(&b->changed);
    free(b);
}

bool backlog_put(struct backlog *b, struct backlog_item *item,
                 void (*before)(struct backlog_item *item))
{
    pthread_mutex_lock(&b->lock);
    const bool room = b->count < b->most && !b->shut;

    if (room) {
        before(item);
        item->next = NULL;
        *b->end = item;
        b->end = &item->next;
        b->count++;
        metrics_set(METRIC_QUEUE_LENGTH, b->count);
        pthread_cond_signal(&b->changed);
    }
    pthread_mutex_unlock(&b->lock);
    return room;
}

struct backlog_item *backlog_take(struct backlog *b)
{
    pthread_mutex_lock(&b->lock);
    while (!b->first && !b->shut)
        pthread_cond_wait(&b->changed, &b->lock);
    struct backlog_item *item = b->first;

    if (item) {
        b->first = item->next;
        if (!b->first)
            b->end = &b->first;
        b->count--;
        metrics_set(METRIC_QUEUE_LENGTH, b->count);
    }
    pthread_mutex_unlock(&b->lock);
    return item;
}

void backlog_shut(struct backlog *b)
{
    pthread_mutex_lock(&b->lock);
    b->shut = true;
    pthread_cond_broadcast(&b->changed);
    pthread_mutex_unlock(&b->lock);
}
