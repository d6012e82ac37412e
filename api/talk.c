#include "api/talk.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "api/endpoints.h"

enum { IDLE_MAX = 64 };

struct talks {
    int64_t bodies_max;
    _Atomic int64_t bodies_size; /* all bodies being held */
    _Atomic int64_t count;
    pthread_mutex_t idle_lock; /* idle, idle_count */
    struct talk *idle;
    int32_t idle_count;
};

struct talks *talk_all_new(int64_t bodies_max)
{
    struct talks *all = calloc(1, sizeof *all);

    if (!all)
        abort();
    all->bodies_max = bodies_max;
    pthread_mutex_init(&all->idle_lock, NULL);
    return all;
}

void talk_all_free(struct talks *all)
{
    if (!all)
        return;
    for (struct talk *t = all->idle, *next; t; t = next) {
        next = t->next_idle;
        arena_free(t->arena);
        free(t);
    }
    pthread_mutex_destroy(&all->idle_lock);
    free(all);
}

struct talk *talk_new(struct talks *all)
{
    pthread_mutex_lock(&all->idle_lock);
    struct talk *t = all->idle;

    if (t) {
        all->idle = t->next_idle;
        all->idle_count--;
    }
    pthread_mutex_unlock(&all->idle_lock);
    if (!t) {
        t = calloc(1, sizeof *t);
        if (!t)
            abort();
        t->arena = arena_new();
    }
    atomic_fetch_add(&all->count, 1);
    return t;
}

void talk_free(struct talks *all, struct talk *t)
{
    struct arena *arena = t->arena;
    const int64_t kept = (int64_t)t->body.size;

    if (t->answer.reply.arena)
        reply_clear(&t->answer.reply);
    buf_free(&t->body);
    atomic_fetch_sub(&all->bodies_size, kept);
    arena_reset(arena);
    memset(t, 0, sizeof *t);
    t->arena = arena;
    pthread_mutex_lock(&all->idle_lock);
    const bool keep = all->idle_count < IDLE_MAX;

    if (keep) {
        t->next_idle = all->idle;
        all->idle = t;
        all->idle_count++;
    }
    pthread_mutex_unlock(&all->idle_lock);
    if (!keep) {
        arena_free(arena);
        free(t);
    }
    atomic_fetch_sub(&all->count, 1);
}

int64_t talk_count(const struct talks *all)
{
    return all->count;
}

bool talk_take_body(struct talks *all, struct talk *t, const char *bytes, size_t size)
{
    const size_t most = t->answer.match.endpoint->body_max;

    t->bytes_seen += (int64_t)size;
    if (t->bytes_seen > 2 * (int64_t)most)
        return false;
    if (t->body.size + size > most)
        return true;
    if (atomic_fetch_add(&all->bodies_size, (int64_t)size) + (int64_t)size > all->bodies_max) {
        atomic_fetch_sub(&all->bodies_size, (int64_t)size);
        return false;
    }
    buf_put(&t->body, bytes, size);
    return true;
}
