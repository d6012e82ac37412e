/* As many buckets as there are slots, and no list of addresses: two that fall into one
 * slot share it, which only makes the limit stricter for both. Where they fall is
 * secret, so that nobody can choose whom to share with. */
#include "api/throttle.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "engine/clock.h"
#include "engine/secret.h"

struct bucket {
    int64_t full_us; /* when it will be full again; steady clock */
};

struct throttle {
    unsigned char key[SECRET_KEY_BYTES];
    pthread_mutex_t lock; /* guards the buckets */
    struct bucket buckets[THROTTLE_SLOTS];
};

static const int64_t DROP_US = 1000000 / THROTTLE_PER_S; /* one request takes so long to fill */

struct throttle *throttle_new(void)
{
    struct throttle *t = calloc(1, sizeof *t);

    if (!t)
        abort();
    secret_random(t->key, sizeof t->key);
    pthread_mutex_init(&t->lock, NULL);
    return t;
}

void throttle_free(struct throttle *t)
{
    if (!t)
        return;
    pthread_mutex_destroy(&t->lock);
    free(t);
}

static struct bucket *bucket_of(struct throttle *t, const void *bytes, size_t size)
{
    unsigned char hash[SECRET_HASH_BYTES];
    uint32_t slot;

    secret_keyed_hash(t->key, bytes, size, hash);
    memcpy(&slot, hash, sizeof slot);
    return &t->buckets[slot % THROTTLE_SLOTS];
}

static bool take(struct throttle *t, struct bucket *b, int64_t now_us)
{
    pthread_mutex_lock(&t->lock);
    const int64_t full_us = (b->full_us > now_us ? b->full_us : now_us) + DROP_US;
    const bool good = full_us - now_us <= THROTTLE_BURST * DROP_US;

    if (good)
        b->full_us = full_us;
    pthread_mutex_unlock(&t->lock);
    return good;
}

bool throttle_take(struct throttle *t, uint64_t address, int64_t now_us)
{
    return take(t, bucket_of(t, &address, sizeof address), now_us);
}

/* The last address of a list is the one that the nearest proxy saw itself. */
static const char *last_of(const char *list)
{
    const char *comma = strrchr(list, ',');

    list = comma ? comma + 1 : list;
    return list + strspn(list, " \t");
}

bool throttle_pass(struct throttle *t, const struct request *r, struct reply *out, struct fail *f)
{
    const char *list = r->from_this_machine ? request_header(r, "X-Forwarded-For") : NULL;
    const char *named = list ? last_of(list) : NULL;

    if (!t || (r->from_this_machine && !list) ||
        take(t, named ? bucket_of(t, named, strlen(named)) : bucket_of(t, &r->peer, sizeof r->peer),
             clock_steady_us()))
        return true;
    fail_set(f, FAIL_BUSY, TOO_MANY_REQUESTS, "too many requests from this address");
    reply_header(out, "Retry-After", "10");
    return reply_refuse(out, 429, f);
}
