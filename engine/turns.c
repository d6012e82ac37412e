/* One mutex guards the counts and is never held for longer than counting takes. */
#include "engine/turns.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

struct turns {
    pthread_mutex_t lock; /* guards everything below */
    pthread_cond_t to_read;
    pthread_cond_t to_write;
    pthread_cond_t to_claim;
    int32_t reading;
    int32_t waiting_to_read;
    bool is_writing;
    bool wants_to_write;
    uint64_t phase; /* counts the moments of writing */
    uint64_t next_claim;
    uint64_t claim; /* whose turn it is */
};

struct turns *turns_new(void)
{
    struct turns *t = calloc(1, sizeof *t);

    if (!t)
        abort();
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->to_read, NULL);
    pthread_cond_init(&t->to_write, NULL);
    pthread_cond_init(&t->to_claim, NULL);
    return t;
}

void turns_free(struct turns *t)
{
    if (!t)
        return;
    assert(t->reading == 0 && t->claim == t->next_claim);
    pthread_cond_destroy(&t->to_claim);
    pthread_cond_destroy(&t->to_write);
    pthread_cond_destroy(&t->to_read);
    pthread_mutex_destroy(&t->lock);
    free(t);
}

/* Who comes while someone writes or waits to write stands back for that one
 * moment; its end counts her among those who read. */
void turns_read(struct turns *t)
{
    pthread_mutex_lock(&t->lock);
    if (t->is_writing || t->wants_to_write) {
        const uint64_t phase = t->phase;

        t->waiting_to_read++;
        while (t->phase == phase)
            pthread_cond_wait(&t->to_read, &t->lock);
    } else {
        t->reading++;
    }
    pthread_mutex_unlock(&t->lock);
}

void turns_read_end(struct turns *t)
{
    pthread_mutex_lock(&t->lock);
    if (--t->reading == 0 && t->wants_to_write)
        pthread_cond_signal(&t->to_write);
    pthread_mutex_unlock(&t->lock);
}

void turns_claim(struct turns *t)
{
    pthread_mutex_lock(&t->lock);
    const uint64_t mine = t->next_claim++;

    while (t->claim != mine)
        pthread_cond_wait(&t->to_claim, &t->lock);
    pthread_mutex_unlock(&t->lock);
}

void turns_release(struct turns *t)
{
    pthread_mutex_lock(&t->lock);
    t->claim++;
    pthread_cond_broadcast(&t->to_claim);
    pthread_mutex_unlock(&t->lock);
}

void turns_write(struct turns *t)
{
    pthread_mutex_lock(&t->lock);
    assert(!t->is_writing && !t->wants_to_write);
    t->wants_to_write = true;
    while (t->reading > 0)
        pthread_cond_wait(&t->to_write, &t->lock);
    t->wants_to_write = false;
    t->is_writing = true;
    pthread_mutex_unlock(&t->lock);
}

void turns_write_end(struct turns *t)
{
    pthread_mutex_lock(&t->lock);
    t->is_writing = false;
    t->phase++;
    t->reading += t->waiting_to_read;
    t->waiting_to_read = 0;
    pthread_cond_broadcast(&t->to_read);
    pthread_mutex_unlock(&t->lock);
}
