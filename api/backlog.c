#include "api/backlog.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/metrics.h"

enum { FIRST_IN_A_ROW = 7 }; /* while something waits in bulk */

struct lane {
    struct backlog_item *first, **end;
    int64_t count;
};

struct backlog {
    pthread_mutex_t lock; /* everything below */
    pthread_cond_t changed;
    pthread_cond_t remembered; /* something came that memory answers */
    struct lane lanes[BACKLOG_LANES];
    int64_t most;
    int32_t in_a_row;  /* of the first lane, taken while the other one waited */
    bool memory_waits; /* its worker, and nobody has called it yet */
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
    pthread_cond_init(&b->remembered, NULL);
    for (int i = 0; i < BACKLOG_LANES; i++)
        b->lanes[i].end = &b->lanes[i].first;
    b->most = most;
    return b;
}

void backlog_free(struct backlog *b)
{
    if (!b)
        return;
    pthread_mutex_destroy(&b->lock);
    pthread_cond_destroy(&b->changed);
    pthread_cond_destroy(&b->remembered);
    free(b);
}

/* Under the lock. */
static void tell_length(const struct backlog *b)
{
    int64_t sum = 0;

    for (int i = 0; i < BACKLOG_LANES; i++)
        sum += b->lanes[i].count;
    metrics_set(METRIC_QUEUE_LENGTH, sum);
}

/* Under the lock: whom to call for one more item. One worker is enough, and whoever is
 * called looks through all that is for her. */
static pthread_cond_t *whom_to_call(struct backlog *b, enum backlog_lane which)
{
    if (which != BACKLOG_MEMORY || !b->memory_waits)
        return &b->changed;
    b->memory_waits = false;
    return &b->remembered;
}

/* Called when the lock is free again: else whoever wakes would wait for it at once. */
bool backlog_put(struct backlog *b, enum backlog_lane which, struct backlog_item *item,
                 void (*before)(struct backlog_item *item))
{
    struct lane *lane = &b->lanes[which];

    pthread_cond_t *called = NULL;

    pthread_mutex_lock(&b->lock);
    if (lane->count < b->most && !b->shut) {
        before(item);
        item->next = NULL;
        *lane->end = item;
        lane->end = &item->next;
        lane->count++;
        tell_length(b);
        called = whom_to_call(b, which);
    }
    pthread_mutex_unlock(&b->lock);
    if (called)
        pthread_cond_signal(called);
    return called != NULL;
}

/* Under the lock: whose turn it is. */
static struct lane *next_lane(struct backlog *b)
{
    struct lane *bulk = &b->lanes[BACKLOG_BULK];
    struct lane *other = &b->lanes[b->lanes[BACKLOG_FIRST].first ? BACKLOG_FIRST : BACKLOG_MEMORY];

    if (!bulk->first || (other->first && b->in_a_row < FIRST_IN_A_ROW)) {
        b->in_a_row = bulk->first ? b->in_a_row + 1 : 0;
        return other;
    }
    b->in_a_row = 0;
    return bulk;
}

/* Under the lock: the first of a lane, NULL when it is empty. */
static struct backlog_item *take_from(struct backlog *b, struct lane *lane)
{
    struct backlog_item *item = lane->first;

    if (item) {
        lane->first = item->next;
        if (!lane->first)
            lane->end = &lane->first;
        lane->count--;
        tell_length(b);
    }
    return item;
}

struct backlog_item *backlog_take(struct backlog *b)
{
    struct backlog_item *item;

    pthread_mutex_lock(&b->lock);
    while (!(item = take_from(b, next_lane(b))) && !b->shut)
        pthread_cond_wait(&b->changed, &b->lock);
    pthread_mutex_unlock(&b->lock);
    return item;
}

struct backlog_item *backlog_take_memory(struct backlog *b)
{
    struct backlog_item *item;

    pthread_mutex_lock(&b->lock);
    while (!(item = take_from(b, &b->lanes[BACKLOG_MEMORY])) && !b->shut) {
        b->memory_waits = true;
        pthread_cond_wait(&b->remembered, &b->lock);
    }
    b->memory_waits = false;
    pthread_mutex_unlock(&b->lock);
    return item;
}

void backlog_shut(struct backlog *b)
{
    pthread_mutex_lock(&b->lock);
    b->shut = true;
    pthread_cond_broadcast(&b->changed);
    pthread_cond_broadcast(&b->remembered);
    pthread_mutex_unlock(&b->lock);
}
