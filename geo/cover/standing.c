#include "geo/cover/standing.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST = 64, NOBODY = STANDING_NOBODY };

static uint32_t hash(int64_t person_id)
{
    return (uint32_t)(((uint64_t)person_id * UINT64_C(0x9e3779b97f4a7c15)) >> 32);
}

static uint32_t place_of(const struct standing *s, int64_t person_id)
{
    uint32_t i = hash(person_id) & s->table_mask;

    while (s->table[i] != NOBODY && s->people[s->table[i]].person_id != person_id)
        i = (i + 1) & s->table_mask;
    return i;
}

/* `count` places, nobody in any. */
static int32_t *nobody(int32_t *old, size_t count)
{
    int32_t *all = realloc(old, (count + 1) * sizeof *all);

    if (!all)
        abort();
    for (size_t i = 0; i < count; i++)
        all[i] = NOBODY;
    return all;
}

/* Twice as many, whose slots are given out from the lowest on. */
static void make_room(struct standing *s)
{
    const int32_t before = s->room;

    s->room = before ? 2 * before : FIRST;
    s->people = realloc(s->people, (size_t)s->room * sizeof *s->people);
    if (!s->people)
        abort();
    for (int32_t slot = s->room - 1; slot >= before; slot--) {
        s->people[slot] = (struct standing_person){ .next = s->free_slot };
        s->free_slot = slot;
    }
    s->table_mask = 2 * (uint32_t)s->room - 1;
    s->table = nobody(s->table, (size_t)s->table_mask + 1);
    for (int32_t slot = 0; slot < before; slot++)
        if (s->people[slot].person_id)
            s->table[place_of(s, s->people[slot].person_id)] = slot;
}

void standing_start(struct standing *s, int32_t segment_count)
{
    *s = (struct standing){ .segment_count = segment_count, .free_slot = NOBODY };
    s->first_on = nobody(NULL, (size_t)segment_count);
    make_room(s);
}

void standing_end(struct standing *s)
{
    free(s->people);
    free(s->first_on);
    free(s->table);
}

int32_t standing_find(const struct standing *s, int64_t person_id)
{
    return s->table[place_of(s, person_id)];
}

int32_t standing_enter(struct standing *s, int64_t person_id, enum mode mode, struct spot spot)
{
    if (s->free_slot == NOBODY)
        make_room(s);
    const int32_t slot = s->free_slot;
    const int32_t next = s->first_on[spot.segment];

    s->table[place_of(s, person_id)] = slot;
    s->free_slot = s->people[slot].next;
    s->people[slot] = (struct standing_person){ person_id, spot, mode, NOBODY, next, 0 };
    if (next != NOBODY)
        s->people[next].before = slot;
    s->first_on[spot.segment] = slot;
    s->count++;
    return slot;
}

/* What stands behind a gap and would not be found any more moves into it (Knuth, The Art of
 * Computer Programming 3, 6.4, algorithm R). */
static void leave_table(struct standing *s, int64_t person_id)
{
    uint32_t gap = place_of(s, person_id);

    s->table[gap] = NOBODY;
    for (uint32_t i = (gap + 1) & s->table_mask; s->table[i] != NOBODY;
         i = (i + 1) & s->table_mask) {
        const uint32_t home = hash(s->people[s->table[i]].person_id) & s->table_mask;

        if (((i - home) & s->table_mask) < ((i - gap) & s->table_mask))
            continue;
        s->table[gap] = s->table[i];
        s->table[i] = NOBODY;
        gap = i;
    }
}

void standing_leave(struct standing *s, int32_t slot)
{
    struct standing_person *p = &s->people[slot];

    leave_table(s, p->person_id);
    if (p->before == NOBODY)
        s->first_on[p->spot.segment] = p->next;
    else
        s->people[p->before].next = p->next;
    if (p->next != NOBODY)
        s->people[p->next].before = p->before;
    *p = (struct standing_person){ .next = s->free_slot };
    s->free_slot = slot;
    s->count--;
}

size_t standing_bytes(const struct standing *s)
{
    return (size_t)s->room * sizeof *s->people +
           ((size_t)s->table_mask + 1 + (size_t)s->segment_count) * sizeof(int32_t);
}
