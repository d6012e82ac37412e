/* Slots in one array, found by two chains: by hash and by id. */
#include "engine/keyring.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { START = 1024, NONE = -1, TOLD_NOTHING = -1 };

struct slot {
    unsigned char hash[DEVICES_HASH_BYTES];
    struct keyring_device device; /* device_id 0: the slot is free */
    int32_t told_s;
    int32_t next_of_hash;
    int32_t next_of_id; /* of a free slot, the next free one */
};

struct keyring {
    pthread_rwlock_t lock; /* the rest, but for `mark` */
    struct slot *slots;
    int32_t *by_hash, *by_id; /* where a chain begins; as many as there are slots */
    int32_t room;             /* a power of two */
    int32_t count;
    int32_t free; /* the first free slot */
    int64_t mark; /* of whoever follows: transactions below have been seen */
};

static void *take(size_t count, size_t size)
{
    void *p = calloc(count, size);

    if (!p)
        abort();
    return p;
}

/* ------------------------------------------------------------------ chains */

static int32_t place_of_hash(const struct keyring *k, const unsigned char *hash)
{
    uint32_t number;

    memcpy(&number, hash, sizeof number);
    return (int32_t)(number & (uint32_t)(k->room - 1));
}

static int32_t place_of_id(const struct keyring *k, int64_t id)
{
    return (int32_t)((uint64_t)id * 0x9E3779B97F4A7C15u >> 33 & (uint64_t)(k->room - 1));
}

static void link_slot(struct keyring *k, int32_t slot)
{
    int32_t *of_hash = &k->by_hash[place_of_hash(k, k->slots[slot].hash)];
    int32_t *of_id = &k->by_id[place_of_id(k, k->slots[slot].device.device_id)];

    k->slots[slot].next_of_hash = *of_hash;
    k->slots[slot].next_of_id = *of_id;
    *of_hash = slot;
    *of_id = slot;
}

static void unlink_slot(struct keyring *k, int32_t slot)
{
    int32_t *at = &k->by_hash[place_of_hash(k, k->slots[slot].hash)];

    while (*at != slot)
        at = &k->slots[*at].next_of_hash;
    *at = k->slots[slot].next_of_hash;
    at = &k->by_id[place_of_id(k, k->slots[slot].device.device_id)];
    while (*at != slot)
        at = &k->slots[*at].next_of_id;
    *at = k->slots[slot].next_of_id;
}

static int32_t slot_of_id(const struct keyring *k, int64_t device_id)
{
    int32_t slot = k->by_id[place_of_id(k, device_id)];

    while (slot != NONE && k->slots[slot].device.device_id != device_id)
        slot = k->slots[slot].next_of_id;
    return slot;
}

/* Slots `from` and on become free, and every chain begins anew. */
static void lay_out(struct keyring *k, int32_t from)
{
    free(k->by_hash);
    free(k->by_id);
    k->by_hash = take((size_t)k->room, sizeof *k->by_hash);
    k->by_id = take((size_t)k->room, sizeof *k->by_id);
    for (int32_t i = 0; i < k->room; i++)
        k->by_hash[i] = k->by_id[i] = NONE;
    for (int32_t i = 0; i < from; i++)
        link_slot(k, i);
    for (int32_t i = from; i < k->room; i++)
        k->slots[i].next_of_id = i + 1 < k->room ? i + 1 : NONE;
    k->free = from;
}

/* Only when all are taken. */
static void grow(struct keyring *k)
{
    struct slot *more = take((size_t)k->room * 2, sizeof *more);

    memcpy(more, k->slots, (size_t)k->room * sizeof *more);
    free(k->slots);
    k->slots = more;
    k->room *= 2;
    lay_out(k, k->room / 2);
}

static int32_t take_slot(struct keyring *k)
{
    if (k->free == NONE)
        grow(k);
    const int32_t slot = k->free;

    k->free = k->slots[slot].next_of_id;
    k->slots[slot].told_s = TOLD_NOTHING;
    k->count++;
    return slot;
}

static void give_back(struct keyring *k, int32_t slot)
{
    unlink_slot(k, slot);
    memset(&k->slots[slot], 0, sizeof k->slots[slot]);
    k->slots[slot].next_of_id = k->free;
    k->free = slot;
    k->count--;
}

/* ------------------------------------------------------------------ what the header names */

struct keyring *keyring_new(void)
{
    struct keyring *k = take(1, sizeof *k);

    pthread_rwlock_init(&k->lock, NULL);
    k->room = START;
    k->slots = take(START, sizeof *k->slots);
    lay_out(k, 0);
    return k;
}

void keyring_free(struct keyring *k)
{
    if (!k)
        return;
    pthread_rwlock_destroy(&k->lock);
    free(k->slots);
    free(k->by_hash);
    free(k->by_id);
    free(k);
}

/* Hashes are of 128 random bits: how long a comparison takes says nothing of a secret. */
bool keyring_find(struct keyring *k, const unsigned char hash[DEVICES_HASH_BYTES],
                  struct keyring_device *out)
{
    pthread_rwlock_rdlock(&k->lock);
    int32_t slot = k->by_hash[place_of_hash(k, hash)];

    while (slot != NONE && memcmp(k->slots[slot].hash, hash, DEVICES_HASH_BYTES) != 0)
        slot = k->slots[slot].next_of_hash;
    if (slot != NONE)
        *out = k->slots[slot].device;
    pthread_rwlock_unlock(&k->lock);
    return slot != NONE;
}

void keyring_put(struct keyring *k, const unsigned char *hash, const struct keyring_device *device)
{
    pthread_rwlock_wrlock(&k->lock);
    int32_t slot = slot_of_id(k, device->device_id);

    if (slot == NONE && hash) {
        slot = take_slot(k);
        memcpy(k->slots[slot].hash, hash, DEVICES_HASH_BYTES);
        k->slots[slot].device = *device;
        link_slot(k, slot);
    } else if (slot != NONE) {
        unlink_slot(k, slot);
        if (hash)
            memcpy(k->slots[slot].hash, hash, DEVICES_HASH_BYTES);
        k->slots[slot].device = *device;
        link_slot(k, slot);
    }
    pthread_rwlock_unlock(&k->lock);
}

void keyring_drop(struct keyring *k, int64_t device_id)
{
    pthread_rwlock_wrlock(&k->lock);
    const int32_t slot = slot_of_id(k, device_id);

    if (slot != NONE)
        give_back(k, slot);
    pthread_rwlock_unlock(&k->lock);
}

bool keyring_tell(struct keyring *k, int64_t device_id, int32_t report_s)
{
    pthread_rwlock_wrlock(&k->lock);
    const int32_t slot = slot_of_id(k, device_id);
    const bool is_news = slot != NONE && k->slots[slot].told_s != report_s;

    if (is_news)
        k->slots[slot].told_s = report_s;
    pthread_rwlock_unlock(&k->lock);
    return is_news;
}

int32_t keyring_count(struct keyring *k)
{
    pthread_rwlock_rdlock(&k->lock);
    const int32_t count = k->count;

    pthread_rwlock_unlock(&k->lock);
    return count;
}

static bool follow_one(void *self, const struct db_rows *row, struct fail *f)
{
    struct keyring_device d = { .device_id = db_get_int(row, 0, 0) };
    size_t size;

    if (db_is_null(row, 0, 1)) {
        keyring_drop(self, d.device_id);
        return true;
    }
    d.person_id = db_get_int(row, 0, 2);
    d.org_id = db_get_int(row, 0, 3);
    if (devices_format_of(db_get_text(row, 0, 4), &d.format) &&
        frame_from_word(db_get_text(row, 0, 5), &d.frame, f))
        keyring_put(self, db_get_bytes(row, 0, 1, &size), &d);
    return true;
}

/* The mark of the next time is taken before this look: what commits between the two is
 * seen twice, never missed. */
bool keyring_follow(struct keyring *k, struct db *db, struct arena *a, struct fail *f)
{
    const struct db_value since = db_int(k->mark);
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_PEOPLE_WATERMARK, NULL, 0, a, &rows, f) ||
        !db_each(db, QUERIES_DEVICE_SINCE, &since, 1, follow_one, k, f))
        return false;
    k->mark = db_get_int(rows, 0, 0);
    return true;
}
