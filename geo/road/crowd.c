/* People in slots of 40 bytes; those on one segment form a ring-less list in both
 * directions, so that moving one is O(1). A table by id finds the slot: open
 * addressing with linear probing, at most half full, where taking one out moves the
 * followers up (Knuth, The Art of Computer Programming 3, 6.4, algorithm R). */
#include "geo/road/crowd.h"

#include <assert.h>
#include <string.h>

#include "geo/base/buf.h"

enum { NOBODY = -1, TABLE_FIRST = 64 };

struct slot {
    int64_t person_id;
    uint64_t skills;
    int32_t segment; /* NOBODY while free */
    int32_t next;    /* on the segment, or of the free ones */
    int32_t before;  /* on the segment */
    int32_t tag;
    uint32_t along_cm : 28;
    uint32_t mode : 2;
    uint32_t available : 1;
};

static_assert(sizeof(struct slot) == 40, "memory per person is promised");
static_assert(NETWORK_LENGTH_MAX_CM < 1 << 28, "along_cm must fit its bits");
static_assert(MODE_COUNT <= 4, "mode must fit its bits");

struct crowd {
    struct arena *arena; /* holds this and first_on */
    int32_t segment_count;
    int32_t *first_on; /* per segment, NOBODY when empty */
    struct buf slots;
    int32_t slot_count;
    int32_t free_slot;
    int32_t count;
    struct buf table;    /* slots by id, NOBODY where free */
    uint32_t table_size; /* a power of two */
};

static struct slot *slot_at(const struct crowd *c, int32_t slot)
{
    return (struct slot *)(void *)c->slots.bytes + slot;
}

static int32_t *table_of(const struct crowd *c)
{
    return (void *)c->table.bytes;
}

static void table_make(struct crowd *c, uint32_t size)
{
    const size_t bytes = size * sizeof(int32_t);

    c->table = (struct buf){ 0 };
    c->table_size = size;
    memset(buf_reserve(&c->table, bytes), 0xff, bytes);
    c->table.size = bytes;
}

struct crowd *crowd_new(const struct network *n)
{
    struct arena *a = arena_new();
    struct crowd *c = arena_take(a, 1, sizeof *c);

    c->arena = a;
    c->segment_count = n->segment_count;
    c->first_on = arena_take(a, (size_t)n->segment_count, sizeof *c->first_on);
    c->free_slot = NOBODY;
    for (int32_t s = 0; s < n->segment_count; s++)
        c->first_on[s] = NOBODY;
    table_make(c, TABLE_FIRST);
    return c;
}

void crowd_free(struct crowd *c)
{
    if (!c)
        return;
    buf_free(&c->slots);
    buf_free(&c->table);
    arena_free(c->arena);
}

/* The finisher of splitmix64 (Steele, Lea and Flood 2014): ids are often in a row. */
static uint32_t home_of(const struct crowd *c, int64_t person_id)
{
    uint64_t x = (uint64_t)person_id;

    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return (uint32_t)(x ^ (x >> 31)) & (c->table_size - 1);
}

/* Where the id is in the table, or the free place where it belongs. */
static uint32_t place_of(const struct crowd *c, int64_t person_id)
{
    const int32_t *table = table_of(c);
    uint32_t i = home_of(c, person_id);

    while (table[i] != NOBODY && slot_at(c, table[i])->person_id != person_id)
        i = (i + 1) & (c->table_size - 1);
    return i;
}

static void table_double(struct crowd *c)
{
    struct buf old = c->table;
    const int32_t *old_table = table_of(c);
    const uint32_t old_size = c->table_size;

    table_make(c, 2 * old_size);
    for (uint32_t i = 0; i < old_size; i++)
        if (old_table[i] != NOBODY)
            table_of(c)[place_of(c, slot_at(c, old_table[i])->person_id)] = old_table[i];
    buf_free(&old);
}

void crowd_reserve(struct crowd *c, int32_t people)
{
    assert(people >= 0 && people <= CROWD_PEOPLE_MAX);
    while (2 * (uint32_t)people > c->table_size)
        table_double(c);
    if (people > c->slot_count)
        buf_reserve(&c->slots, (size_t)(people - c->slot_count) * sizeof(struct slot));
}

static int32_t slot_new(struct crowd *c)
{
    const int32_t freed = c->free_slot;

    if (freed != NOBODY) {
        c->free_slot = slot_at(c, freed)->next;
        return freed;
    }
    assert(c->slot_count < CROWD_PEOPLE_MAX);
    buf_reserve(&c->slots, sizeof(struct slot));
    c->slots.size += sizeof(struct slot);
    return c->slot_count++;
}

static void link_up(struct crowd *c, int32_t slot)
{
    struct slot *s = slot_at(c, slot);

    s->before = NOBODY;
    s->next = c->first_on[s->segment];
    if (s->next != NOBODY)
        slot_at(c, s->next)->before = slot;
    c->first_on[s->segment] = slot;
}

static void unlink_from(struct crowd *c, int32_t slot)
{
    const struct slot *s = slot_at(c, slot);

    if (s->before != NOBODY)
        slot_at(c, s->before)->next = s->next;
    else
        c->first_on[s->segment] = s->next;
    if (s->next != NOBODY)
        slot_at(c, s->next)->before = s->before;
}

void crowd_put(struct crowd *c, const struct crowd_person *person)
{
    assert(person->spot.segment >= 0 && person->spot.segment < c->segment_count);
    assert(person->spot.along_cm <= NETWORK_LENGTH_MAX_CM && person->mode < MODE_COUNT);

    uint32_t place = place_of(c, person->person_id);
    int32_t slot = table_of(c)[place];

    if (slot == NOBODY) {
        if (2 * ((uint32_t)c->count + 1) > c->table_size) {
            table_double(c);
            place = place_of(c, person->person_id);
        }
        slot = slot_new(c);
        table_of(c)[place] = slot;
        c->count++;
    } else {
        unlink_from(c, slot);
    }
    *slot_at(c, slot) = (struct slot){
        .person_id = person->person_id,
        .skills = person->skills,
        .segment = person->spot.segment,
        .along_cm = person->spot.along_cm & ((1u << 28) - 1),
        .mode = person->mode & 3u,
        .available = person->available,
        .tag = person->tag,
    };
    link_up(c, slot);
}

/* Frees a place of the table and moves up those who only stood behind it because
 * it was taken. */
static void table_clear(struct crowd *c, uint32_t hole)
{
    const uint32_t mask = c->table_size - 1;
    int32_t *table = table_of(c);

    for (uint32_t i = (hole + 1) & mask; table[i] != NOBODY; i = (i + 1) & mask) {
        const uint32_t home = home_of(c, slot_at(c, table[i])->person_id);

        if (((i - home) & mask) >= ((i - hole) & mask)) {
            table[hole] = table[i];
            hole = i;
        }
    }
    table[hole] = NOBODY;
}

void crowd_remove(struct crowd *c, int64_t person_id)
{
    const uint32_t place = place_of(c, person_id);
    const int32_t slot = table_of(c)[place];

    if (slot == NOBODY)
        return;
    unlink_from(c, slot);
    table_clear(c, place);
    slot_at(c, slot)->segment = NOBODY;
    slot_at(c, slot)->next = c->free_slot;
    c->free_slot = slot;
    c->count--;
}

static void person_of(const struct slot *s, struct crowd_person *out)
{
    *out = (struct crowd_person){
        .person_id = s->person_id,
        .spot = { .segment = s->segment, .along_cm = s->along_cm },
        .mode = (enum mode)s->mode,
        .available = s->available,
        .skills = s->skills,
        .tag = s->tag,
    };
}

bool crowd_get(const struct crowd *c, int64_t person_id, struct crowd_person *out)
{
    const int32_t slot = table_of(c)[place_of(c, person_id)];

    if (slot == NOBODY)
        return false;
    person_of(slot_at(c, slot), out);
    return true;
}

int32_t crowd_count(const struct crowd *c)
{
    return c->count;
}

size_t crowd_bytes(const struct crowd *c)
{
    return (size_t)c->segment_count * sizeof *c->first_on + c->slots.room + c->table.room;
}

bool crowd_next(const struct crowd *c, int32_t segment, int32_t *cursor, struct crowd_person *out)
{
    const int32_t slot = *cursor == NOBODY ? c->first_on[segment] : slot_at(c, *cursor)->next;

    if (slot == NOBODY)
        return false;
    *cursor = slot;
    person_of(slot_at(c, slot), out);
    return true;
}
