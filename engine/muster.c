/* A table by organisation: open addressing, at most half full. An organisation once
 * in it stays: there are some thousand of them. */
#include "engine/muster.h"

#include <stdlib.h>

#include "engine/roster.h"

enum { TABLE_FIRST = 256 };

struct entry {
    int64_t org_id;
    bool is_used;
    struct muster_count count;
};

struct muster {
    struct entry *table;
    uint32_t size; /* a power of two */
    uint32_t used;
};

struct muster *muster_new(void)
{
    struct muster *m = roster_memory(1, sizeof *m);

    m->size = TABLE_FIRST;
    m->table = roster_memory(m->size, sizeof *m->table);
    return m;
}

void muster_free(struct muster *m)
{
    if (!m)
        return;
    free(m->table);
    free(m);
}

static struct entry *find(const struct muster *m, int64_t org_id)
{
    uint32_t i = (uint32_t)((uint64_t)org_id * 0x9E3779B97F4A7C15u >> 32);

    while (m->table[i & (m->size - 1)].is_used && m->table[i & (m->size - 1)].org_id != org_id)
        i++;
    return &m->table[i & (m->size - 1)];
}

static void grow(struct muster *m)
{
    const struct muster old = *m;

    m->size *= 2;
    m->table = roster_memory(m->size, sizeof *m->table);
    for (uint32_t i = 0; i < old.size; i++)
        if (old.table[i].is_used)
            *find(m, old.table[i].org_id) = old.table[i];
    free(old.table);
}

void muster_add(struct muster *m, int64_t org_id, struct muster_count by)
{
    struct entry *e = find(m, org_id);

    if (!e->is_used) {
        if (2 * (m->used + 1) > m->size) {
            grow(m);
            e = find(m, org_id);
        }
        *e = (struct entry){ .org_id = org_id, .is_used = true };
        m->used++;
    }
    e->count.known += by.known;
    e->count.placed += by.placed;
    e->count.on_duty += by.on_duty;
    e->count.available += by.available;
}

struct muster_count muster_sum(const struct muster *m,
                               bool (*counts)(const void *self, int64_t org_id), const void *self)
{
    struct muster_count sum = { 0 };

    for (uint32_t i = 0; i < m->size; i++) {
        const struct entry *e = &m->table[i];

        if (!e->is_used || (counts && !counts(self, e->org_id)))
            continue;
        sum.known += e->count.known;
        sum.placed += e->count.placed;
        sum.on_duty += e->count.on_duty;
        sum.available += e->count.available;
    }
    return sum;
}
