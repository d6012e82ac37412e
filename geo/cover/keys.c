/* Open addressing with linear probing, where taking one out moves the followers up (Knuth,
 * The Art of Computer Programming 3, 6.4, algorithm R). */
#include "geo/cover/keys.h"

#include <assert.h>
#include <string.h>

enum { TABLE_FIRST = 64, NONE = -1 };

void keys_free(struct keys *k)
{
    buf_free(&k->ids);
    buf_free(&k->table);
    buf_free(&k->free_ones);
    *k = (struct keys){ 0 };
}

static int32_t *table_of(const struct keys *k)
{
    return (void *)k->table.bytes;
}

static int64_t id_of(const struct keys *k, int32_t number)
{
    return ((const int64_t *)(const void *)k->ids.bytes)[number];
}

static uint32_t place_of(const struct keys *k, int64_t id)
{
    return (uint32_t)keys_stir(0, (uint64_t)id) & (k->table_size - 1);
}

/* Where the id stands or would stand. */
static uint32_t seek(const struct keys *k, int64_t id)
{
    const int32_t *table = table_of(k);
    uint32_t i = place_of(k, id);

    while (table[i] != NONE && id_of(k, table[i]) != id)
        i = (i + 1) & (k->table_size - 1);
    return i;
}

static void widen(struct keys *k)
{
    struct buf old = k->table;
    const int32_t *numbers = (const void *)old.bytes;
    const uint32_t old_size = k->table_size;
    const uint32_t size = old_size ? 2 * old_size : TABLE_FIRST;

    k->table = (struct buf){ 0 };
    k->table_size = size;
    memset(buf_reserve(&k->table, size * sizeof(int32_t)), 0xff, size * sizeof(int32_t));
    k->table.size = size * sizeof(int32_t);
    for (uint32_t i = 0; i < old_size; i++)
        if (numbers[i] != NONE)
            table_of(k)[seek(k, id_of(k, numbers[i]))] = numbers[i];
    buf_free(&old);
}

int32_t keys_find(const struct keys *k, int64_t id)
{
    return k->count > 0 ? table_of(k)[seek(k, id)] : NONE;
}

int32_t keys_add(struct keys *k, int64_t id)
{
    int32_t number = keys_find(k, id);
    uint32_t i;

    if (number != NONE)
        return number;
    if (2 * ((uint32_t)k->count + 1) > k->table_size)
        widen(k);
    i = seek(k, id);
    if (k->free_ones.size > 0) {
        k->free_ones.size -= sizeof number;
        memcpy(&number, k->free_ones.bytes + k->free_ones.size, sizeof number);
        memcpy(k->ids.bytes + (size_t)number * sizeof id, &id, sizeof id);
    } else {
        number = (int32_t)(k->ids.size / sizeof id);
        buf_put(&k->ids, &id, sizeof id);
    }
    table_of(k)[i] = number;
    k->count++;
    return number;
}

void keys_remove(struct keys *k, int64_t id)
{
    int32_t *table = table_of(k);
    uint32_t hole = seek(k, id);
    const uint32_t mask = k->table_size - 1;

    assert(table[hole] != NONE);
    buf_put(&k->free_ones, &table[hole], sizeof table[hole]);
    for (uint32_t i = (hole + 1) & mask; table[i] != NONE; i = (i + 1) & mask) {
        const uint32_t home = place_of(k, id_of(k, table[i]));

        if (((i - home) & mask) >= ((i - hole) & mask)) {
            table[hole] = table[i];
            hole = i;
        }
    }
    table[hole] = NONE;
    k->count--;
}

size_t keys_bytes(const struct keys *k)
{
    return k->ids.room + k->table.room + k->free_ones.room;
}
