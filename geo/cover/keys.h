#ifndef GEO_COVER_KEYS_H
#define GEO_COVER_KEYS_H

#include "geo/base/buf.h"

/* Mixes a value into a hash: the finalizer of splitmix64. */
static inline uint64_t keys_stir(uint64_t hash, uint64_t value)
{
    uint64_t h = hash * 0x9e3779b97f4a7c15U + value;

    h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9U;
    h = (h ^ (h >> 27)) * 0x94d049bb133111ebU;
    return h ^ (h >> 31);
}

/* Small numbers for database ids, given from 0 on, and given again after an id has gone.
 * Starts at { 0 } and ends with keys_free. */
struct keys {
    struct buf ids;       /* int64_t by number */
    struct buf table;     /* numbers by id, -1 where free; at most half full */
    uint32_t table_size;  /* a power of two */
    int32_t count;        /* of ids that have a number */
    struct buf free_ones; /* numbers that are given again, the last first */
};

void keys_free(struct keys *k);

/* The number of an id, or -1. */
int32_t keys_find(const struct keys *k, int64_t id);
/* The number of an id, now if it had none. */
int32_t keys_add(struct keys *k, int64_t id);
/* The id must have a number. */
void keys_remove(struct keys *k, int64_t id);

size_t keys_bytes(const struct keys *k);

#endif
