/* A table by organisation: open addressing, at most half full. An organisation once in it
 * stays: there are some thousand of them. Whoever leaves is looked for among those of her
 * organisation, some hundred mostly, and seldom does. */
#include "engine/kin.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "engine/roster.h"

enum { TABLE_FIRST = 256, LIST_FIRST = 8 };

struct entry {
    int64_t org_id;
    bool is_used;
    int32_t count, room;
    int64_t *person_ids;
};

struct kin {
    struct entry *table;
    uint32_t size; /* a power of two */
    uint32_t used;
};

struct kin *kin_new(void)
{
    struct kin *k = roster_memory(1, sizeof *k);

    k->size = TABLE_FIRST;
    k->table = roster_memory(k->size, sizeof *k->table);
    return k;
}

void kin_free(struct kin *k)
{
    if (!k)
        return;
    for (uint32_t i = 0; i < k->size; i++)
        free(k->table[i].person_ids);
    free(k->table);
    free(k);
}

static struct entry *find(const struct kin *k, int64_t org_id)
{
    uint32_t i = (uint32_t)((uint64_t)org_id * 0x9E3779B97F4A7C15u >> 32);

    while (k->table[i & (k->size - 1)].is_used && k->table[i & (k->size - 1)].org_id != org_id)
        i++;
    return &k->table[i & (k->size - 1)];
}

static void grow(struct kin *k)
{
    const struct kin old = *k;

    k->size *= 2;
    k->table = roster_memory(k->size, sizeof *k->table);
    for (uint32_t i = 0; i < old.size; i++)
        if (old.table[i].is_used)
            *find(k, old.table[i].org_id) = old.table[i];
    free(old.table);
}

static void lengthen(struct entry *e)
{
    const int32_t room = e->room ? 2 * e->room : LIST_FIRST;
    int64_t *ids = roster_memory((size_t)room, sizeof *ids);

    if (e->count > 0)
        memcpy(ids, e->person_ids, (size_t)e->count * sizeof *ids);
    free(e->person_ids);
    e->person_ids = ids;
    e->room = room;
}

void kin_join(struct kin *k, int64_t org_id, int64_t person_id)
{
    struct entry *e = find(k, org_id);

    if (!e->is_used) {
        if (2 * (k->used + 1) > k->size) {
            grow(k);
            e = find(k, org_id);
        }
        *e = (struct entry){ .org_id = org_id, .is_used = true };
        k->used++;
    }
    if (e->count == e->room)
        lengthen(e);
    e->person_ids[e->count++] = person_id;
}

void kin_leave(struct kin *k, int64_t org_id, int64_t person_id)
{
    struct entry *e = find(k, org_id);
    int32_t i = 0;

    while (i < e->count && e->person_ids[i] != person_id)
        i++;
    assert(i < e->count);
    e->person_ids[i] = e->person_ids[--e->count];
}

int32_t kin_of(const struct kin *k, int64_t org_id, const int64_t **person_ids)
{
    const struct entry *e = find(k, org_id);

    *person_ids = e->person_ids;
    return e->count;
}
