/* An open hash of people, each with her few stays beside her. Whoever is in no fence
 * has no slot: what follows a freed slot is moved up, so that no marks of the past stay
 * behind. */
#include "engine/presence.h"

#include <stdlib.h>
#include <string.h>

enum { SIZE_FIRST = 1024, ROOM_FIRST = 2 };

struct slot {
    int64_t person_id; /* 0: free */
    int32_t count;
    int32_t room;
    struct presence_stay *stays;
};

struct presence {
    uint32_t mask;
    int32_t count;
    struct slot *slots;
};

static void *memory(void *old, size_t count, size_t size)
{
    void *block = realloc(old, count * size);

    if (!block)
        abort();
    return block;
}

static struct slot *slots_new(uint32_t size)
{
    struct slot *slots = calloc(size, sizeof *slots);

    if (!slots)
        abort();
    return slots;
}

struct presence *presence_new(void)
{
    struct presence *p = memory(NULL, 1, sizeof *p);

    *p = (struct presence){ .mask = SIZE_FIRST - 1, .slots = slots_new(SIZE_FIRST) };
    return p;
}

void presence_clear(struct presence *p)
{
    for (uint32_t i = 0; i <= p->mask; i++)
        free(p->slots[i].stays);
    memset(p->slots, 0, ((size_t)p->mask + 1) * sizeof *p->slots);
    p->count = 0;
}

void presence_free(struct presence *p)
{
    if (!p)
        return;
    presence_clear(p);
    free(p->slots);
    free(p);
}

static uint32_t home_of(const struct presence *p, int64_t person_id)
{
    return (uint32_t)((uint64_t)person_id * 0x9E3779B97F4A7C15u >> 32) & p->mask;
}

/* Where she is, or the free slot that she would have. */
static struct slot *find(const struct presence *p, int64_t person_id)
{
    uint32_t i = home_of(p, person_id);

    while (p->slots[i].person_id != 0 && p->slots[i].person_id != person_id)
        i = (i + 1) & p->mask;
    return &p->slots[i];
}

static void grow(struct presence *p)
{
    struct presence wider = { .mask = 2 * p->mask + 1, .count = p->count };

    wider.slots = slots_new(wider.mask + 1);
    for (uint32_t i = 0; i <= p->mask; i++)
        if (p->slots[i].person_id != 0)
            *find(&wider, p->slots[i].person_id) = p->slots[i];
    free(p->slots);
    *p = wider;
}

int32_t presence_of(const struct presence *p, int64_t person_id, const struct presence_stay **out)
{
    const struct slot *s = find(p, person_id);

    *out = s->stays;
    return s->person_id == 0 ? 0 : s->count;
}

bool presence_put(struct presence *p, int64_t person_id, const struct presence_stay *stay)
{
    if ((uint32_t)p->count * 2 >= p->mask)
        grow(p);
    struct slot *s = find(p, person_id);

    for (int32_t i = 0; s->person_id != 0 && i < s->count; i++) {
        if (s->stays[i].fence_id == stay->fence_id) {
            s->stays[i] = *stay;
            return true;
        }
    }
    if (s->person_id != 0 && s->count == PRESENCE_FENCES_MAX)
        return false;
    if (s->person_id == 0) {
        *s = (struct slot){ .person_id = person_id, .room = ROOM_FIRST };
        s->stays = memory(NULL, ROOM_FIRST, sizeof *s->stays);
        p->count++;
    } else if (s->count == s->room) {
        s->room *= 2;
        s->stays = memory(s->stays, (size_t)s->room, sizeof *s->stays);
    }
    s->stays[s->count++] = *stay;
    return true;
}

static void free_slot(struct presence *p, struct slot *s)
{
    uint32_t hole = (uint32_t)(s - p->slots);

    free(s->stays);
    *s = (struct slot){ 0 };
    p->count--;
    for (uint32_t i = (hole + 1) & p->mask; p->slots[i].person_id != 0; i = (i + 1) & p->mask) {
        const uint32_t home = home_of(p, p->slots[i].person_id);

        /* Whoever is searched for from behind the hole, or at it, does not pass it. */
        if (((i - home) & p->mask) < ((i - hole) & p->mask))
            continue;
        p->slots[hole] = p->slots[i];
        p->slots[i] = (struct slot){ 0 };
        hole = i;
    }
}

void presence_take_out(struct presence *p, int64_t person_id, int64_t fence_id)
{
    struct slot *s = find(p, person_id);

    for (int32_t i = 0; s->person_id != 0 && i < s->count; i++) {
        if (s->stays[i].fence_id != fence_id)
            continue;
        s->stays[i] = s->stays[--s->count];
        if (s->count == 0)
            free_slot(p, s);
        return;
    }
}

void presence_forget(struct presence *p, int64_t person_id)
{
    struct slot *s = find(p, person_id);

    if (s->person_id != 0)
        free_slot(p, s);
}

int32_t presence_count(const struct presence *p)
{
    return p->count;
}

int32_t presence_people(const struct presence *p, int32_t from, int64_t *out, int32_t most,
                        int32_t *count)
{
    uint32_t i = (uint32_t)from;

    *count = 0;
    for (; i <= p->mask && *count < most; i++)
        if (p->slots[i].person_id != 0)
            out[(*count)++] = p->slots[i].person_id;
    return i > p->mask ? 0 : (int32_t)i;
}
