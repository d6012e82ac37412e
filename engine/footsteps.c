/* Two tables, of this turn and of the last one: forgetting is emptying the older one. */
#include "engine/footsteps.h"

#include <stdlib.h>
#include <string.h>

enum { SIZE_FIRST = 1024 };

struct slot {
    int64_t person_id; /* 0: free */
    struct fence_fix fix;
};

struct table {
    uint32_t mask;
    uint32_t count;
    struct slot *slots;
};

struct footsteps {
    struct table now, before;
};

static struct table table_new(uint32_t size)
{
    struct slot *slots = calloc(size, sizeof *slots);

    if (!slots)
        abort();
    return (struct table){ .mask = size - 1, .slots = slots };
}

struct footsteps *footsteps_new(void)
{
    struct footsteps *s = malloc(sizeof *s);

    if (!s)
        abort();
    *s = (struct footsteps){ table_new(SIZE_FIRST), table_new(SIZE_FIRST) };
    return s;
}

void footsteps_free(struct footsteps *s)
{
    if (!s)
        return;
    free(s->now.slots);
    free(s->before.slots);
    free(s);
}

static struct slot *find(const struct table *t, int64_t person_id)
{
    uint32_t i = (uint32_t)((uint64_t)person_id * 0x9E3779B97F4A7C15u >> 32) & t->mask;

    while (t->slots[i].person_id != 0 && t->slots[i].person_id != person_id)
        i = (i + 1) & t->mask;
    return &t->slots[i];
}

static void put(struct table *t, int64_t person_id, const struct fence_fix *fix)
{
    if (t->count * 2 >= t->mask) {
        struct table wider = table_new(2 * (t->mask + 1));

        wider.count = t->count;
        for (uint32_t i = 0; i <= t->mask; i++)
            if (t->slots[i].person_id != 0)
                *find(&wider, t->slots[i].person_id) = t->slots[i];
        free(t->slots);
        *t = wider;
    }
    struct slot *slot = find(t, person_id);

    t->count += slot->person_id == 0;
    *slot = (struct slot){ person_id, *fix };
}

static const struct fence_fix *known(const struct footsteps *s, int64_t person_id)
{
    const struct slot *slot = find(&s->now, person_id);

    if (slot->person_id == 0)
        slot = find(&s->before, person_id);
    return slot->person_id == 0 ? NULL : &slot->fix;
}

void footsteps_stood(struct footsteps *s, int64_t person_id, const struct fence_fix *last)
{
    const struct fence_fix *before = known(s, person_id);
    const struct fence_fix newest = before && before->fix_us >= last->fix_us ? *before : *last;

    put(&s->now, person_id, &newest);
}

enum footsteps_step footsteps_take(struct footsteps *s, int64_t person_id,
                                   const struct fence_fix *to, struct fence_fix *from)
{
    const struct fence_fix *before = known(s, person_id);

    if (before && before->fix_us >= to->fix_us)
        return FOOTSTEPS_OLD;
    const enum footsteps_step step = before ? FOOTSTEPS_NEXT : FOOTSTEPS_FIRST;

    if (before)
        *from = *before;
    put(&s->now, person_id, to);
    return step;
}

void footsteps_turn(struct footsteps *s)
{
    const struct table older = s->before;

    s->before = s->now;
    s->now = older;
    memset(s->now.slots, 0, ((size_t)s->now.mask + 1) * sizeof *s->now.slots);
    s->now.count = 0;
}
