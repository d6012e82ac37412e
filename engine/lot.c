#include "engine/lot.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/secret.h"

enum { TEXT_MAX = 48 };

uint64_t lot_draw(const unsigned char seed[LOT_SEED_BYTES], int64_t day_id, int64_t squad_id)
{
    unsigned char drawn[SECRET_HASH_BYTES];
    char bytes[LOT_SEED_BYTES + TEXT_MAX];
    uint64_t lot = 0;

    memcpy(bytes, seed, LOT_SEED_BYTES);
    const int length = snprintf(bytes + LOT_SEED_BYTES, TEXT_MAX, "%lld:%lld", (long long)day_id,
                                (long long)squad_id);

    assert(length > 0 && length < TEXT_MAX);
    secret_hash(bytes, LOT_SEED_BYTES + (size_t)length, drawn);
    for (int i = 0; i < 8; i++)
        lot = lot << 8 | drawn[i];
    return lot;
}

/* An entry with its lot, so that it is drawn once and not at every comparison. */
struct drawn {
    struct lot_entry entry;
    uint64_t lot;
};

static int compare(uint64_t one, uint64_t other)
{
    return (one > other) - (one < other);
}

/* Arrival decides last: two lots of eight bytes may be equal. */
static int by_turn(const void *one, const void *other)
{
    const struct drawn *a = one;
    const struct drawn *b = other;
    int order = (int)b->entry.fair - (int)a->entry.fair;

    if (order == 0 && a->entry.fair)
        order = compare((uint64_t)a->entry.held, (uint64_t)b->entry.held);
    if (order == 0 && a->entry.fair)
        order = compare(a->lot, b->lot);
    if (order == 0)
        order = compare((uint64_t)a->entry.arrival, (uint64_t)b->entry.arrival);
    return order;
}

void lot_order(struct lot_entry *entries, int32_t count, const unsigned char seed[LOT_SEED_BYTES],
               int64_t day_id)
{
    struct drawn *all = calloc((size_t)count + 1, sizeof *all);

    if (!all)
        abort();
    for (int32_t i = 0; i < count; i++)
        all[i] = (struct drawn){ entries[i], lot_draw(seed, day_id, entries[i].squad_id) };
    qsort(all, (size_t)count, sizeof *all, by_turn);
    for (int32_t i = 0; i < count; i++)
        entries[i] = all[i].entry;
    free(all);
}
